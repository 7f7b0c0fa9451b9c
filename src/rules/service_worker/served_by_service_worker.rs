//! `served-by-service-worker`: files that the page's own service worker gave, without any network.

use crate::page_load::caching::Answered;
use crate::page_load::{Owner, PageLoad};
use crate::recording::RequestId;
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Evidence, Finding, Outcome, Severity, Topic};

declare_rule! {
    /// ## In plain words
    /// An earlier visit installed a helper in the browser (a service worker), which gave these files without asking the
    /// network. Visitors who come for the first time do not have it yet.
    ///
    /// ## What it finds
    /// Requests that the recording says a service worker answered by itself: from its own cache or with something it
    /// made. What it only passed on to the network is not among them.
    ///
    /// ## Why it matters
    /// Sizes, headers and times of these files say nothing of the servers, and nothing of a first visit.
    ///
    /// ## How to fix it
    /// To judge a first visit, record again in a private window, or with "Bypass for network" switched on.
    ///
    /// ## How savings are estimated
    /// None are: this is about the recording, not about the page.
    ///
    /// ## When to ignore it
    /// If the complaint is about a repeat visit.
    ///
    /// ## References
    /// - [Service Workers](https://www.w3.org/TR/service-workers/)
    /// - [Chrome: Debug service workers](https://developer.chrome.com/docs/devtools/progressive-web-apps#service-workers)
    pub static SERVED_BY_SERVICE_WORKER = {
        id: "served-by-service-worker",
        title: "Files that a service worker gave",
        topic: Topic::ServiceWorker,
        severity: Severity::Notice,
        owner: Owner::Client,
        needs: [],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let mut n_requests = 0_u64;
    let mut served: Vec<RequestId> = Vec::new();
    for (request, _) in load.network() {
        n_requests += 1;
        if load.caching_of(request.id()).is_some_and(|caching| caching.answered == Some(Answered::ServiceWorker)) {
            served.push(request.id());
        }
    }
    if n_requests == 0 {
        return Outcome::NotApplicable("nothing went over the network");
    }
    if served.is_empty() {
        return Outcome::Passed;
    }
    let files = Part::Counted(served.len() as u64, "file", "files");
    Outcome::found(Finding {
        severity: Severity::Notice,
        owner: None,
        customer: message![
            files.clone(),
            " came from a helper of this site in the browser (a service worker). It is not there on a first visit."
        ],
        engineer: message![
            files,
            " of ",
            n_requests,
            " requests were answered by the service worker without the network."
        ],
        fix: message!["To judge a first visit, record again in a private window."],
        evidence: served
            .iter()
            .map(|id| Evidence { request: Some(*id), text: message!["answered by the service worker"] })
            .collect(),
        savings: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::Source;
    use crate::recording::testing::Made;
    use crate::rules::testing::{check_rule, outcome};

    fn page(source: Source) -> Made {
        Made::page("https://shop.example/").document(|r| r).request("https://shop.example/a.css", |r| {
            r.change(|row| {
                row.source = Some(source);
                row.via_service_worker = true;
            })
        })
    }

    #[test]
    fn what_the_worker_gave() {
        let Outcome::Found(found) = outcome(&SERVED_BY_SERVICE_WORKER, page(Source::ServiceWorker)) else { panic!() };
        assert_eq!(found[0].evidence[0].request, Some(RequestId(1)));
    }

    #[test]
    fn near_misses() {
        check_rule(&SERVED_BY_SERVICE_WORKER, page(Source::Network), "passed");
        check_rule(&SERVED_BY_SERVICE_WORKER, Made::page("https://shop.example/"), "not-applicable");
    }
}
