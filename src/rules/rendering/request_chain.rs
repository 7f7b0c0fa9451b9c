//! `request-chain`: requests that each had to wait for the one before.

use crate::order::Arrange;
use std::collections::BTreeSet;

use crate::page_load::chains::Chains;
use crate::page_load::{Owner, PageLoad};
use crate::recording::{Missing, RequestId, ResourceKind};
use crate::rules::gain;
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Evidence, Finding, Method, Outcome, Savings, Severity, Topic};
use crate::units::{Bytes, Millis};

/// Requests in a chain, the document included. Three are ordinary: document, style sheet, font.
const LONG_CHAIN: usize = 4;

/// A chain that ended sooner after the document cost little.
const QUICK: Millis = Millis(400.0);

/// From this time on it is a warning.
const SLOW: Millis = Millis(1_000.0);

/// A step that began later than this after the one before waited for something else: a timer, a click, its turn.
const PAUSE: Millis = Millis(300.0);

/// How many chains are told; many share most of their links.
const MOST_TOLD: usize = 5;

declare_rule! {
    /// ## In plain words
    /// Some files of the page can only be asked for after another file has arrived, and that one after another. Each link
    /// of such a chain costs the visitor a full trip to a server and back.
    ///
    /// ## What it finds
    /// Chains of four or more requests, the document included, that ended 400 ms or more after the document, where each
    /// was asked for by the one before, or by a script as soon as its data had arrived. Steps that waited for something
    /// else (more than 300 ms of pause) break the chain. Redirects have a rule of their own and do not count as links.
    ///
    /// ## Why it matters
    /// A chain cannot be faster than the sum of its round trips and server times, however fast the line is.
    ///
    /// ## How to fix it
    /// Make the later links known earlier: `<link rel="preload">` or `modulepreload` in the document, data in the
    /// document instead of a second question, one script instead of a script that loads a script.
    ///
    /// ## How savings are estimated
    /// Between none and the time from the document's end to the start of the chain's last request.
    ///
    /// ## When to ignore it
    /// If the end of the chain is not needed early: statistics, chat, pictures far below.
    ///
    /// ## References
    /// - [Chrome: Network dependency tree](https://developer.chrome.com/docs/performance/insights/network-dependency-tree)
    /// - [web.dev: Preload critical assets](https://web.dev/articles/preload-critical-assets)
    /// - [MDN: rel=modulepreload](https://developer.mozilla.org/docs/Web/HTML/Reference/Attributes/rel/modulepreload)
    pub static REQUEST_CHAIN = {
        id: "request-chain",
        title: "Requests one after the other",
        topic: Topic::Rendering,
        severity: Severity::Warning,
        owner: Owner::Origin,
        needs: [Missing::Dates, Missing::Initiators, Missing::Document],
        since: "0.1.0",
        check: check,
    }
}

struct Chain {
    /// Without redirects; the document first.
    links: Vec<RequestId>,
    /// From the document's end to the last link's start.
    delay: Millis,
    /// From the document's end to the last link's end.
    end: Millis,
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let Some(document) = load.document.request.and_then(|id| load.span(id)) else {
        return Outcome::NotApplicable("the recording does not hold the page's document");
    };
    let chains = Chains::of(load);
    // Only chains that nothing hangs on.
    let parents: BTreeSet<_> = load.network().filter_map(|(request, _)| chains.parent(request.id())).collect();
    let mut found = Vec::new();
    for (request, resource) in load.network() {
        let matters = matches!(
            resource.kind,
            ResourceKind::Script
                | ResourceKind::Stylesheet
                | ResourceKind::Image
                | ResourceKind::Font
                | ResourceKind::Xhr
                | ResourceKind::Fetch
        );
        if !matters || parents.contains(&request.id()) || gain::is_third_party(resource) {
            continue;
        }
        let Some(span) = load.span(request.id()) else { continue };
        let end = span.end - document.end;
        if end < QUICK {
            continue;
        }
        let chain = chains.to(request.id());
        if !chains.is_unbroken(&chain, PAUSE) {
            continue;
        }
        let is_hop = |id: &RequestId| load.resource(*id).is_some_and(|resource| resource.redirected_to.is_some());
        let links: Vec<_> = chain.into_iter().filter(|id| !is_hop(id)).collect();
        if LONG_CHAIN <= links.len() {
            found.push(Chain { links, delay: span.start - document.end, end });
        }
    }
    if found.is_empty() {
        return Outcome::Passed;
    }
    found.arrange_by(|a, b| b.end.total_cmp(&a.end));
    Outcome::found(finding(load, &found))
}

fn finding(load: &PageLoad<'_>, found: &[Chain]) -> Finding {
    let longest = found.iter().map(|chain| chain.links.len()).max().unwrap_or(LONG_CHAIN) as u64;
    let end = found.first().map_or(Millis::ZERO, |chain| chain.end);
    let delay = found.iter().map(|chain| chain.delay).fold(Millis::ZERO, Millis::max);
    let chains = Part::Counted(found.len() as u64, "chain", "chains");
    let evidence = found.iter().take(MOST_TOLD).map(|chain| {
        let mut text =
            message!["number ", chain.links.len() as u64, " in a chain, ended ", chain.end, " after the document:"];
        for (n, id) in chain.links.iter().enumerate() {
            let took = load.span(*id).map_or(Millis::ZERO, |span| span.duration());
            text.0.extend(message![if n == 0 { " " } else { " → " }, *id, " (", took, ")"].0);
        }
        Evidence { request: chain.links.last().copied(), text }
    });
    Finding {
        severity: if end < SLOW { Severity::Notice } else { Severity::Warning },
        owner: None,
        customer: message![
            "Up to ",
            longest,
            " files came one after the other, each asked for only when the one before had arrived; the last ",
            "ended ",
            end,
            " after the page itself."
        ],
        engineer: message![
            chains,
            " of ",
            LONG_CHAIN as u64,
            " or more dependent requests; the longest has ",
            longest,
            ", the latest ended ",
            end,
            " after the document."
        ],
        fix: message![
            "Announce the later files in the document with ",
            Part::Code("<link rel=preload>"),
            " or ",
            Part::Code("modulepreload"),
            ", and put first data into the document."
        ],
        evidence: evidence.collect(),
        savings: Some(Savings { milestone: None, ms: (Millis::ZERO, delay), bytes: Bytes(0), method: Method::Bound }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::InitiatorKind;
    use crate::recording::testing::Made;
    use crate::rules::testing::check_rule;

    const PAGE: &str = "https://shop.example/";
    const APP: &str = "https://shop.example/app.js";

    /// Document 0–100, script 110–310, data 320–720, a picture from `at` on that takes `took`.
    fn page(at: f64, took: f64) -> Made {
        Made::page(PAGE)
            .document(|r| r.wait(100.0))
            .request(APP, |r| {
                r.kind(ResourceKind::Script).start(110.0).wait(200.0).initiator(InitiatorKind::Parser, PAGE)
            })
            .request("https://shop.example/api", |r| {
                r.kind(ResourceKind::Fetch).start(320.0).wait(400.0).initiator(InitiatorKind::Script, APP)
            })
            .request("https://shop.example/hero.jpg", |r| {
                r.kind(ResourceKind::Image).start(at).wait(took).initiator(InitiatorKind::Script, APP)
            })
    }

    #[test]
    fn chains() {
        check_rule(&REQUEST_CHAIN, page(725.0, 250.0), "found");
        check_rule(&REQUEST_CHAIN, page(400.0, 250.0), "passed");
        check_rule(&REQUEST_CHAIN, page(3_000.0, 250.0), "passed");
        check_rule(&REQUEST_CHAIN, Made::page(PAGE), "not-applicable");
        check_rule(&REQUEST_CHAIN, page(725.0, 250.0).without(Missing::Initiators), "not-checked");
    }
}
