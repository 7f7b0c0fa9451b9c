//! `many-requests`: the page is made of very many files.

use crate::order::Arrange;
use std::collections::BTreeMap;

use crate::page_load::connections::used_transport;
use crate::page_load::{Owner, PageLoad};
use crate::recording::{RequestId, ResourceKind};
use crate::rules::gain;
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Evidence, Finding, Outcome, Severity, Topic};

/// Requests before the load event. The median page makes about 70 (HTTP Archive's Web Almanac 2024, Page Weight).
const MANY: u64 = 100;

/// Requests before the load event: about three times the median page's.
const VERY_MANY: u64 = 200;

declare_rule! {
    /// ## In plain words
    /// The page is put together from very many single files. Each of them is asked for, answered and worked on by
    /// itself.
    ///
    /// ## What it finds
    /// More than 100 requests over the network that began before the load event (all of the load where that was not
    /// recorded). From 200 on it is a warning. Answers from caches do not count.
    ///
    /// ## Why it matters
    /// Newer versions of HTTP send many files side by side, yet each still costs headers, a place in the queue, and
    /// work in browser and server. Small files also compress worse than large ones.
    ///
    /// ## How to fix it
    /// - Load images and frames below the first screen lazily (`loading="lazy"`).
    /// - Bundle scripts and style sheets that always go together; import icons as one sprite or font.
    /// - Drop third parties that nobody asks for any more.
    ///
    /// ## How savings are estimated
    /// They are not: what a request costs depends on what it waits for. Other rules tell where time went.
    ///
    /// ## When to ignore it
    /// Maps, galleries and editors over HTTP/2 or HTTP/3 whose files appear as one scrolls.
    ///
    /// ## References
    /// - [Web Almanac: page weight](https://almanac.httparchive.org/en/2024/page-weight)
    /// - [Browser-level lazy loading](https://web.dev/articles/browser-level-image-lazy-loading)
    pub static MANY_REQUESTS = {
        id: "many-requests",
        title: "Very many requests",
        topic: Topic::Transfer,
        severity: Severity::Warning,
        owner: Owner::Origin,
        needs: [],
        since: "0.1.0",
        check: check,
    }
}

/// Requests of one kind.
#[derive(Default)]
struct Group {
    n_requests: u64,
    n_third_party: u64,
    first: Option<RequestId>,
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let until = load.milestones.load.map(|load| load.ms);
    let mut kinds: BTreeMap<ResourceKind, Group> = BTreeMap::new();
    for (request, resource) in load.network() {
        let after = match (load.span(request.id()), until) {
            (Some(span), Some(until)) => until < span.start,
            _ => false,
        };
        if after || !used_transport(request) {
            continue;
        }
        let group = kinds.entry(resource.kind).or_default();
        group.n_requests += 1;
        group.n_third_party += u64::from(gain::is_third_party(resource));
        group.first.get_or_insert(request.id());
    }
    let n_requests: u64 = kinds.values().map(|group| group.n_requests).sum();
    match n_requests {
        0 => Outcome::NotApplicable("no request went over the network"),
        n if n <= MANY => Outcome::Passed,
        _ => Outcome::found(finding(n_requests, kinds)),
    }
}

fn finding(n_requests: u64, kinds: BTreeMap<ResourceKind, Group>) -> Finding {
    let n_third_party: u64 = kinds.values().map(|group| group.n_third_party).sum();
    let mut kinds: Vec<_> = kinds.into_iter().collect();
    kinds.arrange_by(|a, b| b.1.n_requests.cmp(&a.1.n_requests).then(a.0.cmp(&b.0)));
    Finding {
        severity: if VERY_MANY <= n_requests { Severity::Warning } else { Severity::Notice },
        owner: (n_requests < 2 * n_third_party).then_some(Owner::ThirdParty),
        customer: message![
            "The page is put together from ",
            Part::Counted(n_requests, "single file", "single files"),
            ". A usual page needs about 70."
        ],
        engineer: message![
            Part::Counted(n_requests, "request", "requests"),
            " went over the network before the load event, ",
            n_third_party,
            " of them to third parties."
        ],
        fix: message![
            "Load what is below the first screen lazily, bundle small files that go together, and drop third parties ",
            "that nobody needs."
        ],
        evidence: kinds
            .into_iter()
            .map(|(kind, group)| Evidence {
                request: group.first.filter(|_| group.n_requests == 1),
                text: message![kind, ": ", Part::Counted(group.n_requests, "request", "requests")],
            })
            .collect(),
        savings: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::Made;
    use crate::rules::testing::{check_rule, outcome};
    use crate::units::Millis;

    fn images(n: u32) -> Made {
        let mut made = Made::page("https://shop.example/").document(|r| r);
        for at in 0..n {
            made = made.request(&format!("https://shop.example/{at}.png"), |r| r.kind(ResourceKind::Image).start(50.0));
        }
        made
    }

    #[test]
    fn number_decides() {
        for (n, expected) in [(100, Severity::Notice), (199, Severity::Warning)] {
            let Outcome::Found(found) = outcome(&MANY_REQUESTS, images(n)) else { panic!() };
            assert_eq!((found[0].severity, found[0].evidence.len()), (expected, 2));
        }
    }

    #[test]
    fn near_misses() {
        check_rule(&MANY_REQUESTS, images(99), "passed");
        let after_load = images(300).milestones(|m| m.load = Some(Millis(40.0)));
        check_rule(&MANY_REQUESTS, after_load, "passed");
        check_rule(&MANY_REQUESTS, Made::page("https://shop.example/"), "not-applicable");
    }
}
