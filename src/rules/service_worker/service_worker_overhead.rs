//! `service-worker-overhead`: requests that waited for the page's own service worker.

use crate::order::Arrange;
use crate::page_load::service_worker::own_fetch;
use crate::page_load::{Owner, PageLoad};
use crate::recording::{Request, RequestId, Source};
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Evidence, Finding, Method, Outcome, Savings, Severity, Topic};
use crate::units::Millis;

/// Milliseconds. Shorter times in the worker are the price of having one: a message there and back.
const SHORT: Millis = Millis(5.0);

/// Milliseconds on the document, or on any other request. From here on people notice (Nielsen, 1993).
const NOTICEABLE: Millis = Millis(100.0);

declare_rule! {
    /// ## In plain words
    /// This site installed a helper in the browser (a service worker) through which its requests pass. Waking the helper
    /// up and running its code took time before the network was asked.
    ///
    /// ## What it finds
    /// The time to start the service worker and reach it, and the time its `fetch` handler took until it answered, less
    /// the time its own request to the network took. Times of 5 ms and more are told; 100 ms and more on the document
    /// are a warning. Only Chromium's recordings hold these times.
    ///
    /// ## Why it matters
    /// A stopped worker has to be started first, on slow phones in some 50 to 300 ms, and the document waits for it. A
    /// handler that reads a database or does other work before it asks the network delays every request it handles.
    ///
    /// ## How to fix it
    /// - Switch navigation preload on, so that the document is asked for while the worker starts.
    /// - Answer first, work later: `event.waitUntil` for logging and cache updates.
    /// - Exclude what the worker only passes on: static routing (`event.addRoutes`) or no `respondWith` at all.
    /// - Keep the worker's script small: it is evaluated at each start.
    ///
    /// ## How savings are estimated
    /// For the document: between nothing and the whole time in the worker, since all else waits for it. For other
    /// requests nothing is claimed.
    ///
    /// ## When to ignore it
    /// Files that the worker answers from its cache in less time than the network would take.
    ///
    /// ## References
    /// - [Speed up service worker with navigation preloads](https://web.dev/blog/navigation-preload)
    /// - [ServiceWorker static routing API](https://developer.chrome.com/blog/service-worker-static-routing)
    /// - [Service Workers](https://www.w3.org/TR/service-workers/)
    pub static SERVICE_WORKER_OVERHEAD = {
        id: "service-worker-overhead",
        title: "Time spent in the service worker",
        topic: Topic::ServiceWorker,
        severity: Severity::Warning,
        owner: Owner::Client,
        needs: [],
        since: "0.1.0",
        check: check,
    }
}

/// The worker's part in one request.
struct Overhead {
    id: RequestId,
    startup: Millis,
    handler: Millis,
    /// Whether the recording shows the worker's own request, so that its wait for the network is left out for certain.
    is_certain: bool,
    is_document: bool,
}

impl Overhead {
    fn total(&self) -> Millis {
        self.startup + self.handler
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let mut n_handled: u64 = 0;
    let mut all = Vec::new();
    for (request, _) in load.network().filter(|(request, _)| request.via_service_worker()) {
        n_handled += 1;
        let startup = request.worker_startup().unwrap_or_default();
        let whole = request.worker_response().unwrap_or_default();
        let is_document = load.document.request == Some(request.id());
        let network = network_part(load, request, is_document);
        let handler = (whole - network.unwrap_or_default()).at_least_zero();
        all.push(Overhead { id: request.id(), startup, handler, is_certain: network.is_some(), is_document });
    }
    let told = all.iter().any(|one| Millis::ZERO < one.total());
    all.retain(|one| SHORT <= one.total());
    all.arrange_by(|a, b| {
        b.is_document.cmp(&a.is_document).then(b.total().total_cmp(&a.total())).then(a.id.cmp(&b.id))
    });
    match all.first() {
        _ if n_handled == 0 => Outcome::NotApplicable("no service worker handled the page's requests"),
        _ if !told => Outcome::NotChecked("the recording does not tell how long the service worker took"),
        Some(worst) => Outcome::found(finding(load, worst, &all, n_handled)),
        None => Outcome::Passed,
    }
}

/// The time in which the worker itself waited for the network: its own fetch of the address. Where that was not
/// recorded and the answer came from the network, all of it; but with the document one must know that the time may be
/// the worker's. `None`: the recording does not tell.
fn network_part(load: &PageLoad<'_>, request: Request<'_>, is_document: bool) -> Option<Millis> {
    let whole = request.worker_response().unwrap_or_default();
    match own_fetch(load, request) {
        Some(own) => Some(load.span(own)?.duration().min(whole)),
        None if is_document || request.source() == Some(Source::ServiceWorker) => None,
        None => Some(whole),
    }
}

fn finding(load: &PageLoad<'_>, worst: &Overhead, all: &[Overhead], n_handled: u64) -> Finding {
    let document = all.first().filter(|one| one.is_document);
    let of_document = document.map_or(Millis::ZERO, |one| if one.is_certain { one.total() } else { one.startup });
    let longest = all.iter().map(Overhead::total).max_by(Millis::total_cmp).unwrap_or_default();
    Finding {
        severity: if NOTICEABLE <= of_document { Severity::Warning } else { Severity::Notice },
        owner: None,
        customer: message![
            "The site's helper in the browser (its service worker) held requests back; the longest for ",
            longest,
            if all.iter().all(|one| one.is_certain) { "." } else { ", which may hold its own wait for the network." }
        ],
        engineer: message![
            "The service worker handled ",
            Part::Counted(n_handled, "request", "requests"),
            "; ",
            worst.id,
            " waited ",
            worst.startup,
            " until it was ready and ",
            worst.handler,
            if worst.is_certain { " for its handler, the network not counted." } else { " for its handler." }
        ],
        fix: message![
            "Switch on navigation preload, answer before doing other work (",
            Part::Code("event.waitUntil"),
            "), and leave requests alone that the worker only passes on."
        ],
        evidence: all.iter().map(evidence).collect(),
        savings: match (document, load.milestones.main()) {
            (Some(document), Some((metric, _))) => Some(Savings {
                milestone: Some(metric),
                ms: (Millis::ZERO, document.total()),
                bytes: Default::default(),
                method: Method::Bound,
            }),
            _ => None,
        },
    }
}

fn evidence(one: &Overhead) -> Evidence {
    let text = message![one.startup, " until the worker was ready, ", one.handler, " in its handler"];
    Evidence { request: Some(one.id), text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::{Made, MadeRequest};
    use crate::rules::testing::{check_rule, outcome};

    fn handled<'a>(r: MadeRequest<'a>, startup: f64, response: f64) -> MadeRequest<'a> {
        r.wait(startup + response).change(|row| {
            row.via_service_worker = true;
            row.source = Some(Source::ServiceWorker);
            row.worker_startup = Some(Millis(startup));
            row.worker_response = Some(Millis(response));
        })
    }

    #[test]
    fn the_document_weighs_most() {
        let slow = Made::page("https://shop.example/").document(|r| handled(r, 110.0, 20.0));
        let Outcome::Found(found) = outcome(&SERVICE_WORKER_OVERHEAD, slow) else { panic!() };
        assert_eq!(found[0].severity, Severity::Warning);
        // The handler may have waited for the network.
        let unclear = Made::page("https://shop.example/").document(|r| handled(r, 10.0, 300.0));
        let Outcome::Found(found) = outcome(&SERVICE_WORKER_OVERHEAD, unclear) else { panic!() };
        assert_eq!(found[0].severity, Severity::Notice);
        let other = Made::page("https://shop.example/")
            .document(|r| handled(r, 0.0, 1.0))
            .request("https://shop.example/api", |r| handled(r, 0.0, 300.0));
        let Outcome::Found(found) = outcome(&SERVICE_WORKER_OVERHEAD, other) else { panic!() };
        assert_eq!((found[0].severity, found[0].savings), (Severity::Notice, None));
    }

    #[test]
    fn the_workers_wait_for_the_network_does_not_count() {
        let made = Made::page("https://shop.example/")
            .document(|r| handled(r, 0.0, 500.0))
            .request("https://shop.example/", |r| {
                r.start(20.0).wait(480.0).change(|row| row.from_service_worker = true)
            })
            .milestones(|m| m.load = Some(Millis(900.0)));
        let Outcome::Found(found) = outcome(&SERVICE_WORKER_OVERHEAD, made) else { panic!() };
        assert_eq!(found[0].savings.map(|savings| savings.ms.1), Some(Millis(20.0)));
    }

    #[test]
    fn an_answer_from_the_network_whose_fetch_was_not_recorded() {
        let made = Made::page("https://shop.example/")
            .document(|r| handled(r, 0.0, 650.0).change(|row| row.source = Some(Source::Network)))
            .milestones(|m| m.load = Some(Millis(800.0)));
        let Outcome::Found(found) = outcome(&SERVICE_WORKER_OVERHEAD, made) else { panic!() };
        assert_eq!(found[0].severity, Severity::Notice);
        assert_eq!(found[0].savings.map(|savings| savings.ms.1), Some(Millis(650.0)));
    }

    #[test]
    fn near_misses() {
        let quick = Made::page("https://shop.example/").document(|r| handled(r, 2.0, 2.0));
        check_rule(&SERVICE_WORKER_OVERHEAD, quick, "passed");
        check_rule(&SERVICE_WORKER_OVERHEAD, Made::page("https://shop.example/").document(|r| r), "not-applicable");
        let untold = Made::page("https://shop.example/").document(|r| r.change(|row| row.via_service_worker = true));
        check_rule(&SERVICE_WORKER_OVERHEAD, untold, "not-checked");
    }
}
