//! `blocking-preflights`: data requests that had to ask for permission first.

use crate::order::Arrange;
use std::collections::BTreeSet;

use crate::http::url;
use crate::page_load::{Owner, PageLoad};
use crate::recording::{Request, ResourceKind};
use crate::rules::connections::on_the_way;
use crate::rules::gain;
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Evidence, Finding, Message, Method, Outcome, Savings, Severity, Topic};
use crate::units::Millis;

/// Milliseconds of preflights on the way to the main milestone, or of a single one: what people notice (Nielsen, 1993).
const NOTICEABLE: Millis = Millis(100.0);

declare_rule! {
    /// ## In plain words
    /// Before it may fetch data from another server, the browser first asks that server for permission. That question
    /// takes a trip of its own, and the data waits for it.
    ///
    /// ## What it finds
    /// CORS preflights (`OPTIONS` requests with `Access-Control-Request-Method`) and the time they took, set-up of the
    /// connection left out: the request itself would have paid for that. It is a warning where they took 100 ms or more
    /// on the way to the main milestone, else a notice; short ones that nothing waited for are not told. Firefox and Safari leave preflights out of their recordings.
    ///
    /// ## Why it matters
    /// Every such call takes twice as long. The permission is kept for five seconds only, unless the server says
    /// otherwise, so it is asked for again and again.
    ///
    /// ## How to fix it
    /// - Offer the data under the page's own host (`/api` through a proxy or the CDN): no permission is needed there.
    /// - Send `Access-Control-Max-Age: 7200`; Chromium keeps a permission for two hours at most, Firefox for a day.
    /// - Send requests that need no permission: GET or POST with a plain media type and no headers of your own.
    ///
    /// ## How savings are estimated
    /// At most the time of the preflights on the way to the main milestone, at least nothing: on a first visit a longer
    /// `Access-Control-Max-Age` alone gains nothing.
    ///
    /// ## When to ignore it
    /// Calls that nobody waits for.
    ///
    /// ## References
    /// - [Fetch standard: CORS-preflight fetch](https://fetch.spec.whatwg.org/#cors-preflight-fetch)
    /// - [Preflight request](https://developer.mozilla.org/en-US/docs/Glossary/Preflight_request)
    /// - [Access-Control-Max-Age](https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Access-Control-Max-Age)
    pub static BLOCKING_PREFLIGHTS = {
        id: "blocking-preflights",
        title: "Data requests waited for permission (CORS preflights)",
        topic: Topic::Connections,
        severity: Severity::Warning,
        owner: Owner::Origin,
        needs: [],
        since: "0.1.0",
        check: check,
    }
}

struct Preflight<'a> {
    request: Request<'a>,
    time: Millis,
    is_on_the_way: bool,
}

fn check(load: &PageLoad<'_>) -> Outcome {
    // A preflight holds the call it asks permission for: the request for the same address.
    let addresses: BTreeSet<String> =
        on_the_way(load).into_iter().map(|id| url::canonical(load.request(id).url_text().expose())).collect();
    let succeeded = |request: Request<'_>| request.status().is_some_and(|status| (200..300).contains(&status));
    let mut preflights: Vec<_> = load
        .network()
        .filter(|(request, resource)| resource.kind == ResourceKind::Preflight && succeeded(*request))
        .map(|(request, _)| Preflight {
            request,
            time: time(request),
            is_on_the_way: addresses.contains(&url::canonical(request.url_text().expose())),
        })
        .collect();
    preflights.arrange_by(|a, b| {
        b.is_on_the_way.cmp(&a.is_on_the_way).then(b.time.total_cmp(&a.time)).then(a.request.id().cmp(&b.request.id()))
    });
    match preflights.first() {
        Some(worst) if !worst.is_on_the_way && worst.time < NOTICEABLE => Outcome::Passed,
        Some(worst) => Outcome::found(finding(load, worst, &preflights)),
        None => Outcome::NotApplicable("no preflights were recorded"),
    }
}

/// What a preflight cost: its time without the set-up of a connection.
fn time(request: Request<'_>) -> Millis {
    let whole = request.duration().unwrap_or_else(|| request.phases().total());
    (whole - request.phases().set_up().unwrap_or_default()).at_least_zero()
}

fn finding(load: &PageLoad<'_>, worst: &Preflight<'_>, preflights: &[Preflight<'_>]) -> Finding {
    let n_preflights = preflights.len() as u64;
    let total: Millis = preflights.iter().map(|one| one.time).sum();
    let on_the_way: Millis = preflights.iter().filter(|one| one.is_on_the_way).map(|one| one.time).sum();
    Finding {
        severity: if NOTICEABLE <= on_the_way { Severity::Warning } else { Severity::Notice },
        owner: gain::owner_of(load, preflights.iter().map(|one| one.request.id())),
        customer: message![
            "Before fetching data the browser asked another server for permission ",
            if n_preflights == 1 { "once".into() } else { Part::Counted(n_preflights, "time", "times") },
            "; the longest question took ",
            worst.time,
            "."
        ],
        engineer: message![
            Part::Counted(n_preflights, "CORS preflight", "CORS preflights"),
            " took ",
            total,
            " together, set-up of connections not counted; ",
            on_the_way,
            " of it on the way to the main milestone."
        ],
        fix: message![
            "Offer the data under the page's own host, or send ",
            Part::Code("Access-Control-Max-Age: 7200"),
            " so that the permission is kept."
        ],
        evidence: preflights.iter().map(evidence).collect(),
        savings: load.milestones.main().filter(|_| Millis::ZERO < on_the_way).map(|(metric, _)| Savings {
            milestone: Some(metric),
            ms: (Millis::ZERO, on_the_way),
            bytes: Default::default(),
            method: Method::Bound,
        }),
    }
}

fn evidence(preflight: &Preflight<'_>) -> Evidence {
    let id = preflight.request.id();
    let mut text: Message = message!["preflight took ", preflight.time, ", "];
    text.0.push(Part::ResponseHeader(id, "access-control-max-age"));
    Evidence { request: Some(id), text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::RequestId;
    use crate::recording::testing::Made;
    use crate::rules::testing::{check_rule, outcome};

    const API: &str = "https://api.example/list";

    fn called(preflight: ResourceKind, status: u16) -> Made {
        Made::page("https://shop.example/")
            .document(|r| r)
            .request(API, |r| r.kind(preflight).start(100.0).set_up(5.0, 50.0, 50.0).wait(150.0).status(status))
            .request(API, |r| r.kind(ResourceKind::Fetch).start(355.0).wait(200.0))
            .milestones(|m| m.largest_contentful_paint = Some(Millis(600.0)))
    }

    #[test]
    fn set_up_does_not_count() {
        let Outcome::Found(found) = outcome(&BLOCKING_PREFLIGHTS, called(ResourceKind::Preflight, 204)) else {
            panic!()
        };
        assert!(found[0].customer.0.contains(&Part::Ms(Millis(150.0))));
        assert!(found[0].evidence[0].text.0.contains(&Part::ResponseHeader(RequestId(1), "access-control-max-age")));
    }

    #[test]
    fn near_misses() {
        check_rule(&BLOCKING_PREFLIGHTS, called(ResourceKind::Fetch, 200), "not-applicable");
        // A preflight that was refused is a failure, not a delay.
        check_rule(&BLOCKING_PREFLIGHTS, called(ResourceKind::Preflight, 403), "not-applicable");
    }
}
