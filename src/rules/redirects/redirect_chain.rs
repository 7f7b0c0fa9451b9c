//! `redirect-chain`: files of the page whose addresses led elsewhere.

use crate::order::Arrange;
use std::collections::BTreeSet;

use crate::http::url;
use crate::page_load::document::{is_hop, is_internal_redirect};
use crate::page_load::{Owner, PageLoad, Party, Resource};
use crate::recording::{CompletionState, ErrorKind, Request, RequestId, ResourceKind};
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Evidence, Finding, Method, Outcome, Savings, Severity, Topic};
use crate::units::Millis;

/// Milliseconds that redirects of one file may take before it is more than a notice: what people begin to notice
/// (Nielsen, 1993).
const NOTICEABLE: Millis = Millis(100.0);

declare_rule! {
    /// ## In plain words
    /// Some files of the page are not where the page looks for them: the server sends the browser on to another
    /// address. Each detour delays that file.
    ///
    /// ## What it finds
    /// Requests of the page (not its document) that were answered with a redirect, followed to their end. Redirects of
    /// the site's own style sheets, scripts, fonts and data requests that take 100 ms or more are a warning; other
    /// files and other companies' addresses are a notice. A chain that comes back to an address of its own is a loop
    /// and fails. The browser's own switch to HTTPS (status 307 with `Non-Authoritative-Reason`) does not count.
    ///
    /// ## Why it matters
    /// A redirect costs at least one round trip, with another host also a new connection. If the file holds rendering
    /// back, the page appears that much later.
    ///
    /// ## How to fix it
    /// - Write the final address into the page, style sheet or script that asks for the file.
    /// - Break loops: let one of the two rules win.
    ///
    /// ## How savings are estimated
    /// The time of the longest chain among files that are needed early, as an upper bound: whether the page waited for
    /// just that file is not always in the recording.
    ///
    /// ## When to ignore it
    /// Redirects of advertising and measuring companies among each other, and to signed addresses of a file storage:
    /// they are meant to be, and rarely hold anything back.
    ///
    /// ## References
    /// - [RFC 9110 §15.4: redirection](https://www.rfc-editor.org/rfc/rfc9110#section-15.4)
    /// - [Redirections in HTTP](https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/Redirections)
    pub static REDIRECT_CHAIN = {
        id: "redirect-chain",
        title: "Files reached only through redirects",
        topic: Topic::Redirects,
        severity: Severity::Warning,
        owner: Owner::Origin,
        needs: [],
        since: "0.1.0",
        check: check,
    }
}

/// Redirects of one file, followed to their end.
struct Chain {
    first: RequestId,
    hops: Vec<RequestId>,
    time: Millis,
    is_loop: bool,
    is_own: bool,
    is_early: bool,
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let mut chains: Vec<Chain> = load
        .network()
        .filter(|(request, resource)| begins_chain(load, *request, resource))
        .map(|(request, _)| follow(load, request.id()))
        .collect();
    let weight = |chain: &Chain| (chain.is_loop, chain.is_own, chain.is_early);
    chains.arrange_by(|a, b| weight(b).cmp(&weight(a)).then(b.time.total_cmp(&a.time)).then(a.first.cmp(&b.first)));
    match chains.first() {
        Some(worst) => Outcome::found(finding(load, worst, &chains)),
        None => Outcome::Passed,
    }
}

fn begins_chain(load: &PageLoad<'_>, request: Request<'_>, resource: &Resource<'_>) -> bool {
    let of_document = load.document.redirects.contains(&request.id()) || load.document.request == Some(request.id());
    is_hop(request) && !of_document && resource.redirected_from.is_none() && !is_internal_redirect(request)
}

fn follow(load: &PageLoad<'_>, first: RequestId) -> Chain {
    let mut hops = vec![first];
    let mut seen = BTreeSet::from([url::canonical(load.request(first).url_text().expose())]);
    let mut is_loop = false;
    let mut last = first;
    // Each step leads to a later request, so this ends.
    while let Some(next) = load.resource(last).and_then(|resource| resource.redirected_to) {
        is_loop |= !seen.insert(url::canonical(load.request(next).url_text().expose()));
        last = next;
        if !is_hop(load.request(next)) {
            break;
        }
        hops.push(next);
    }
    let last_request = load.request(last);
    is_loop |= last_request.completion() == CompletionState::Failed(ErrorKind::TooManyRedirects);
    let kind = load.resource(last).map_or(ResourceKind::Other, |resource| resource.kind);
    let is_own = hops.iter().all(|id| load.resource(*id).is_some_and(|resource| resource.party == Party::First));
    let start = load.request(first).start();
    let end = if hops.last() == Some(&last) { last_request.end() } else { last_request.start() };
    let recorded = match (start, end) {
        (Some(start), Some(end)) => (end - start).at_least_zero(),
        _ => hops.iter().map(|id| load.request(*id).phases().total()).sum(),
    };
    Chain { first, hops, time: recorded, is_loop, is_own, is_early: is_early(kind) }
}

/// Kinds that rendering or scripts wait for.
fn is_early(kind: ResourceKind) -> bool {
    use ResourceKind::{Fetch, Font, Script, Stylesheet, Xhr};
    matches!(kind, Stylesheet | Script | Font | Fetch | Xhr)
}

fn finding(load: &PageLoad<'_>, worst: &Chain, chains: &[Chain]) -> Finding {
    let matters = |chain: &Chain| chain.is_own && (chain.is_loop || (chain.is_early && NOTICEABLE <= chain.time));
    let severity = if chains.iter().any(matters) { Severity::Warning } else { Severity::Notice };
    let loops = chains.iter().filter(|chain| chain.is_loop).count() as u64;
    let mut customer = message![
        Part::Counted(chains.len() as u64, "file was", "files were"),
        " not where the page looked: the browser was sent on to another address. The longest detour took ",
        chains.iter().map(|chain| chain.time).max_by(Millis::total_cmp).unwrap_or_default(),
        "."
    ];
    let mut engineer = message![
        Part::Counted(chains.len() as u64, "request", "requests"),
        " of the page ended in redirects; ",
        worst.first,
        " went through ",
        Part::Counted(worst.hops.len() as u64, "redirect", "redirects"),
        " in ",
        worst.time,
        "."
    ];
    if 0 < loops {
        customer.0.extend(message![" Some of them lead in a circle and never arrive."].0);
        engineer.0.extend(message![" ", Part::Counted(loops, "chain is a loop", "chains are loops"), "."].0);
    }
    Finding {
        severity,
        owner: (!chains.iter().any(|chain| chain.is_own)).then_some(Owner::ThirdParty),
        customer,
        engineer,
        fix: message!["Write the final address of each file into the page, style sheet or script that asks for it."],
        evidence: chains.iter().flat_map(|chain| &chain.hops).map(|id| evidence(load, *id)).collect(),
        savings: savings(load, chains),
    }
}

fn evidence(load: &PageLoad<'_>, hop: RequestId) -> Evidence {
    let request = load.request(hop);
    let mut text = message![];
    if let Some(status) = request.status() {
        text.0.extend(message!["status ", Part::Status(status), ", "].0);
    }
    match request.response_header("location").next() {
        Some(_) => text.0.push(Part::ResponseHeader(hop, "location")),
        None => text.0.push("redirected".into()),
    }
    if let Some(time) = request.duration() {
        text.0.extend(message![", ", time].0);
    }
    Evidence { request: Some(hop), text }
}

fn savings(load: &PageLoad<'_>, chains: &[Chain]) -> Option<Savings> {
    let (metric, at) = load.milestones.main()?;
    let counts = |chain: &&Chain| {
        let before = load.span(chain.first).is_some_and(|span| span.end <= at.ms);
        chain.is_own && chain.is_early && before
    };
    let most = chains.iter().filter(counts).map(|chain| chain.time).max_by(Millis::total_cmp)?;
    Some(Savings {
        milestone: Some(metric),
        ms: (Millis::ZERO, most),
        bytes: Default::default(),
        method: Method::Bound,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::Made;
    use crate::rules::testing::{check_rule, outcome};

    fn redirected(kind: ResourceKind, from: &str, to: &str, wait: f64) -> Made {
        Made::page("https://shop.example/")
            .document(|r| r)
            .request(from, |r| r.kind(kind).start(100.0).wait(wait).status(302).response("location", to))
            .request(to, |r| r.kind(kind).start(100.0 + wait))
    }

    #[track_caller]
    fn severity(made: Made) -> Severity {
        match outcome(&REDIRECT_CHAIN, made) {
            Outcome::Found(all) => all[0].severity,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_is_needed_early_weighs_more() {
        let (from, to) = ("https://shop.example/a", "https://shop.example/b");
        assert_eq!(severity(redirected(ResourceKind::Stylesheet, from, to, 150.0)), Severity::Warning);
        assert_eq!(severity(redirected(ResourceKind::Stylesheet, from, to, 50.0)), Severity::Notice);
        assert_eq!(severity(redirected(ResourceKind::Image, from, to, 150.0)), Severity::Notice);
        let pixel = ("https://sync.ads.example/1", "https://sync.bids.example/2");
        assert_eq!(severity(redirected(ResourceKind::Script, pixel.0, pixel.1, 150.0)), Severity::Notice);
    }

    #[test]
    fn loops_are_told() {
        let hop = |made: Made, from: &str, to: &str, start| {
            made.request(from, |r| r.kind(ResourceKind::Script).start(start).status(302).response("location", to))
        };
        let mut made = Made::page("https://shop.example/").document(|r| r);
        for n in 0..3 {
            made = hop(made, "https://shop.example/a", "/b", 100.0 + 40.0 * f64::from(n));
            made = hop(made, "https://shop.example/b", "/a", 120.0 + 40.0 * f64::from(n));
        }
        let Outcome::Found(found) = outcome(&REDIRECT_CHAIN, made) else { panic!() };
        assert_eq!((found[0].severity, found[0].evidence.len()), (Severity::Warning, 6));
    }

    #[test]
    fn near_misses() {
        let to_document = Made::page("https://shop.example/b")
            .request("https://shop.example/a", |r| r.status(301).response("location", "/b"))
            .document(|r| r.start(50.0));
        check_rule(&REDIRECT_CHAIN, to_document, "passed");
        let internal = Made::page("https://shop.example/").document(|r| r).request("http://shop.example/x", |r| {
            r.status(307).response("location", "https://shop.example/x").response("non-authoritative-reason", "HSTS")
        });
        check_rule(&REDIRECT_CHAIN, internal, "passed");
        let not_modified =
            Made::page("https://shop.example/").document(|r| r).request("https://shop.example/x", |r| r.status(304));
        check_rule(&REDIRECT_CHAIN, not_modified, "passed");
    }
}
