//! `late-fonts`: fonts that the browser learnt of late, after style sheets had told it.

use crate::order::Arrange;
use std::collections::BTreeSet;

use crate::http::url;
use crate::page_load::chains::Chains;
use crate::page_load::markup::HintKind;
use crate::page_load::{Metric, Owner, PageLoad, downloads};
use crate::recording::{Missing, Request, RequestId, ResourceKind};
use crate::rules::gain;
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Evidence, Finding, Method, Outcome, Savings, Severity, Topic};
use crate::units::{Bytes, Millis};

/// A font asked for this soon after the document is not late: one round trip of a mobile network.
const SOON: Millis = Millis(150.0);

/// From this delay of the font's arrival on it is a warning: the style sheet's round trip, the font's own and a
/// connection between them.
const NOTICEABLE: Millis = Millis(500.0);

/// A step of the chain that began later than this after the one before waited for something else: a timer, a click.
const PAUSE: Millis = Millis(1_000.0);

declare_rule! {
    /// ## In plain words
    /// The page's typefaces were fetched late. The browser learns of them only from a style sheet, and asks when it is
    /// about to draw text with them.
    ///
    /// ## What it finds
    /// Fonts of the site that no preload announces and that were asked for 150 ms or more after the document had arrived,
    /// through a style sheet and without a pause of more than a second on the way. The evidence tells the chain, and the
    /// time for a new connection where the font's host was a new one.
    ///
    /// ## Why it matters
    /// Until the font is here, text is invisible or stands in a fallback font and jumps when the font comes. Each sheet on
    /// the way and each further host adds a round trip or three.
    ///
    /// ## How to fix it
    /// Preload the one or two fonts of the first view:
    /// `<link rel="preload" as="font" type="font/woff2" href="…" crossorigin>`; serve fonts from the site's own host;
    /// declare them in the document's own style instead of an imported sheet. If they must come from another host, add
    /// `<link rel="preconnect" href="…" crossorigin>`.
    ///
    /// ## How savings are estimated
    /// Between none and the time from the document's end to the latest such font's request.
    ///
    /// ## When to ignore it
    /// If `font-display: optional` or `swap` is set and the fallback fits; if the font is not in the first view, since a
    /// preload would then take the line from something more important.
    ///
    /// ## References
    /// - [web.dev: Best practices for fonts](https://web.dev/articles/font-best-practices)
    /// - [web.dev: Preload optional fonts](https://web.dev/articles/preload-optional-fonts)
    /// - [MDN: rel=preload](https://developer.mozilla.org/docs/Web/HTML/Reference/Attributes/rel/preload)
    pub static LATE_FONTS = {
        id: "late-fonts",
        title: "Fonts discovered late",
        topic: Topic::Fonts,
        severity: Severity::Warning,
        owner: Owner::Origin,
        needs: [Missing::Dates, Missing::Initiators, Missing::Document],
        since: "0.1.0",
        check: check,
    }
}

struct Late {
    id: RequestId,
    /// From the document's end to the request's start.
    delay: Millis,
    /// From the document's end to the request's end.
    end: Millis,
    set_up: Option<Millis>,
    chain: Vec<RequestId>,
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let Some(document) = load.document.request.and_then(|id| load.span(id)) else {
        return Outcome::NotApplicable("the recording does not hold the page's document");
    };
    let chains = Chains::of(load);
    let preloads = preloads(load);
    let mut n_fonts = 0_u64;
    let mut late = Vec::new();
    for (request, resource) in load.network() {
        if resource.kind != ResourceKind::Font || !downloads::is_download(request) {
            continue;
        }
        n_fonts += 1;
        let Some(span) = load.span(request.id()) else { continue };
        let delay = span.start - document.end;
        if delay < SOON || gain::is_third_party(resource) || is_preloaded(&preloads, request) {
            continue;
        }
        let by_sheet =
            resource.initiator.and_then(|id| load.resource(id)).is_some_and(|by| by.kind == ResourceKind::Stylesheet);
        let chain = chains.to(request.id());
        if by_sheet && chains.is_unbroken(&chain, PAUSE) {
            let (end, set_up) = (span.end - document.end, request.phases().set_up());
            late.push(Late { id: request.id(), delay, end, set_up, chain });
        }
    }
    if n_fonts == 0 {
        return Outcome::NotApplicable("no font came over the network");
    }
    if late.is_empty() {
        return Outcome::Passed;
    }
    late.arrange_by(|a, b| b.end.total_cmp(&a.end));
    Outcome::found(finding(&late))
}

/// Addresses that the document announces.
fn preloads(load: &PageLoad<'_>) -> BTreeSet<String> {
    let hints = load.markup.iter().flat_map(|markup| &markup.hints);
    hints.filter(|hint| hint.kind == HintKind::Preload).map(|hint| url::canonical(&hint.url)).collect()
}

fn is_preloaded(preloads: &BTreeSet<String>, request: Request<'_>) -> bool {
    request.preloaded() || preloads.contains(&url::canonical(request.url_text().expose()))
}

fn finding(late: &[Late]) -> Finding {
    let delay = late.iter().map(|one| one.delay).fold(Millis::ZERO, Millis::max);
    let end = late.first().map_or(Millis::ZERO, |one| one.end);
    let fonts = Part::Counted(late.len() as u64, "font", "fonts");
    let evidence = late.iter().map(|one| {
        let mut text = message!["asked for ", one.delay, " after the document had arrived, there after ", one.end];
        for (n, id) in one.chain.iter().skip(1).rev().skip(1).enumerate() {
            text.0.extend(message![if n == 0 { ", by " } else { " ← " }, *id].0);
        }
        if let Some(set_up) = one.set_up.filter(|set_up| Millis(1.0) <= *set_up) {
            text.0.extend(message!["; ", set_up, " of it for a new connection"].0);
        }
        Evidence { request: Some(one.id), text }
    });
    Finding {
        severity: if end < NOTICEABLE { Severity::Notice } else { Severity::Warning },
        owner: None,
        customer: message![
            fonts.clone(),
            " could be fetched only late; the last was there ",
            end,
            " after the page itself. Until then text is ",
            "invisible or looks different."
        ],
        engineer: message![
            fonts,
            " found through style sheets and not preloaded; asked for up to ",
            delay,
            " after the document's end, the last ended after ",
            end,
            "."
        ],
        fix: message![
            "Preload the fonts of the first view with ",
            Part::Code("<link rel=preload as=font type=font/woff2 crossorigin>"),
            " and serve them from the site's own host."
        ],
        evidence: evidence.collect(),
        savings: Some(Savings {
            milestone: Some(Metric::Lcp),
            ms: (Millis::ZERO, delay),
            bytes: Bytes(0),
            method: Method::Bound,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::InitiatorKind;
    use crate::recording::testing::{Made, MadeRequest};
    use crate::rules::testing::check_rule;

    const PAGE: &str = "https://shop.example/";
    const SHEET: &str = "https://shop.example/type.css";

    fn check(expected: &str, html: &str, make: impl FnOnce(MadeRequest<'_>) -> MadeRequest<'_>) {
        let made = Made::page(PAGE)
            .document(|r| r.wait(100.0).body(html))
            .request(SHEET, |r| {
                r.kind(ResourceKind::Stylesheet).start(110.0).wait(200.0).initiator(InitiatorKind::Parser, PAGE)
            })
            .request("https://shop.example/f.woff2", |r| {
                make(
                    r.kind(ResourceKind::Font)
                        .start(400.0)
                        .bytes(40_000, 40_000, 40_000)
                        .initiator(InitiatorKind::Parser, SHEET),
                )
            });
        check_rule(&LATE_FONTS, made, expected);
    }

    #[test]
    fn late_and_near_misses() {
        check("found", "<p>", |r| r);
        check("passed", "<p>", |r| r.start(220.0));
        check("passed", "<p>", |r| r.start(2_000.0));
        check("passed", "<link rel=preload as=font crossorigin href=f.woff2>", |r| r);
        check("passed", "<p>", |r| r.initiator(InitiatorKind::Parser, PAGE));
        check("not-applicable", "<p>", |r| r.bytes(0, 0, 40_000));
        check_rule(&LATE_FONTS, Made::page(PAGE).without(Missing::Document), "not-checked");
    }
}
