//! `late-discovery`: pictures of the first view that the browser learnt of late, from a style sheet or a script.

use crate::order::Arrange;
use std::collections::BTreeSet;

use crate::http::url;
use crate::page_load::chains::Chains;
use crate::page_load::markup::HintKind;
use crate::page_load::{Metric, Owner, PageLoad, downloads};
use crate::recording::{Missing, Priority, Request, RequestId, ResourceKind};
use crate::rules::gain;
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Evidence, Finding, Method, Outcome, Savings, Severity, Topic};
use crate::units::{Bytes, Millis};

/// Smaller pictures are icons; they are no largest content.
const SMALL: Bytes = Bytes::kib(10);

/// Without priorities only pictures of this size are taken for content of the first view.
const LARGE: Bytes = Bytes::kib(50);

/// A picture asked for this soon after the document is not late: one round trip of a mobile network.
const SOON: Millis = Millis(150.0);

/// From this delay on it is a warning.
const NOTICEABLE: Millis = Millis(250.0);

/// From this delay on it is serious, if the picture is known to be the largest content: two fifths of the 2.5 seconds
/// that Google calls good.
const LONG: Millis = Millis(1_000.0);

/// A step of the chain that began later than this after the one before waited for something else: a timer, a click.
const PAUSE: Millis = Millis(1_000.0);

declare_rule! {
    /// ## In plain words
    /// An important picture was not named in the page itself but in a style sheet or a program. The browser could not know
    /// of it before those had arrived, so it began to fetch the picture late.
    ///
    /// ## What it finds
    /// Pictures that the HTML does not name and no preload announces, that a style sheet or a script asked for 150 ms or
    /// more after the document had arrived, and that belong to the first view: marked as the largest content in the
    /// recording, or of 10 KiB or more and fetched by Chromium with high priority, which it gives to pictures inside the
    /// viewport; where the recording has no priorities, of 50 KiB or more. Pictures after an action of the user do not
    /// count: nothing on the way from the document to the picture may have paused for more than a second.
    ///
    /// ## Why it matters
    /// The largest picture often is the Largest Contentful Paint. Its delay is time in which the line may even be idle.
    ///
    /// ## How to fix it
    /// Put the picture into the HTML as `<img>`, with `fetchpriority="high"`; or announce it with
    /// `<link rel="preload" as="image">` (with `imagesrcset` for responsive pictures). Render the first view on the server
    /// instead of waiting for script and data.
    ///
    /// ## How savings are estimated
    /// Between none and the time from the end of the document to the start of the picture's request: an upper bound on how
    /// much earlier it could have been asked for.
    ///
    /// ## When to ignore it
    /// If the picture is decoration, or appears on purpose after something else.
    ///
    /// ## References
    /// - [web.dev: Optimize LCP, eliminate resource load delay](https://web.dev/articles/optimize-lcp#1_eliminate_resource_load_delay)
    /// - [Chrome: LCP request discovery](https://developer.chrome.com/docs/performance/insights/lcp-discovery)
    /// - [web.dev: Don't fight the browser preload scanner](https://web.dev/articles/preload-scanner)
    pub static LATE_DISCOVERY = {
        id: "late-discovery",
        title: "Important pictures discovered late",
        topic: Topic::Rendering,
        severity: Severity::Serious,
        owner: Owner::Origin,
        needs: [Missing::Dates, Missing::Initiators, Missing::Document],
        since: "0.1.0",
        check: check,
    }
}

struct Late {
    id: RequestId,
    /// From the end of the document to the request's start.
    delay: Millis,
    chain: Vec<RequestId>,
    is_lcp: bool,
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let Some(document) = load.document.request.and_then(|id| load.span(id)) else {
        return Outcome::NotApplicable("the recording does not hold the page's document");
    };
    let chains = Chains::of(load);
    let announced = announced(load);
    let mut n_images = 0_u64;
    let mut late = Vec::new();
    for (request, resource) in load.network() {
        if resource.kind != ResourceKind::Image {
            continue;
        }
        n_images += 1;
        let Some(span) = load.span(request.id()).filter(|_| is_of_first_view(load, request)) else { continue };
        let delay = span.start - document.end;
        if delay < SOON || gain::is_third_party(resource) || is_announced(&announced, request) {
            continue;
        }
        let chain = chains.to(request.id());
        use ResourceKind::{Fetch, Script, Stylesheet, Xhr};
        let waited_for = chains.parent(request.id()).and_then(|id| load.resource(id)).map(|by| by.kind);
        let by_other_file = matches!(waited_for, Some(Stylesheet | Script | Fetch | Xhr));
        if by_other_file && chains.is_unbroken(&chain, PAUSE) {
            late.push(Late { id: request.id(), delay, chain, is_lcp: request.is_lcp() });
        }
    }
    if n_images == 0 {
        return Outcome::NotApplicable("the page asked for no picture");
    }
    if late.is_empty() {
        return Outcome::Passed;
    }
    late.arrange_by(|a, b| b.is_lcp.cmp(&a.is_lcp).then(b.delay.total_cmp(&a.delay)));
    Outcome::found(finding(load, &late))
}

fn is_of_first_view(load: &PageLoad<'_>, request: Request<'_>) -> bool {
    let sent = downloads::sent_bytes(request).or(downloads::decoded_bytes(request)).unwrap_or_default();
    let is_high = match load.recording.provenance.missing.contains(&Missing::Priorities) {
        true => LARGE <= sent,
        false => matches!(request.priority(), Some(Priority::High | Priority::VeryHigh)) && SMALL <= sent,
    };
    request.is_lcp() || (is_high && downloads::is_download(request))
}

/// Addresses that the HTML names, as an image or as a preload.
fn announced(load: &PageLoad<'_>) -> BTreeSet<String> {
    let Some(markup) = &load.markup else { return BTreeSet::new() };
    let images = markup.images.iter().flat_map(|image| image.addresses());
    let hints = markup.hints.iter().filter(|hint| hint.kind == HintKind::Preload).map(|hint| hint.url.as_str());
    images.chain(hints).map(url::canonical).collect()
}

fn is_announced(announced: &BTreeSet<String>, request: Request<'_>) -> bool {
    request.preloaded() || announced.contains(&url::canonical(request.url_text().expose()))
}

fn finding(load: &PageLoad<'_>, late: &[Late]) -> Finding {
    let delay = late.iter().map(|one| one.delay).fold(Millis::ZERO, Millis::max);
    let lcp_delay = late.iter().filter(|one| one.is_lcp).map(|one| one.delay).fold(Millis::ZERO, Millis::max);
    let pictures = Part::Counted(late.len() as u64, "picture", "pictures");
    let evidence = late.iter().map(|one| {
        let mut text = message!["asked for ", one.delay, " after the document had arrived"];
        for (n, id) in one.chain.iter().skip(1).rev().skip(1).enumerate() {
            text.0.extend(message![if n == 0 { ", after " } else { " ← " }, *id].0);
        }
        if one.is_lcp {
            text.0.extend(message!["; it is the page's largest content"].0);
        } else if load.request(one.id).priority().is_some() {
            text.0.extend(message!["; the browser gave it high priority, so it is in the first view"].0);
        }
        Evidence { request: Some(one.id), text }
    });
    Finding {
        severity: match delay {
            _ if LONG <= lcp_delay => Severity::Serious,
            delay if NOTICEABLE <= delay => Severity::Warning,
            _ => Severity::Notice,
        },
        owner: None,
        customer: message![
            pictures.clone(),
            " of the first view could be fetched only late, up to ",
            delay,
            " after the page itself had arrived, because the page does not name ",
            Part::agreeing(late.len(), "it.", "them.")
        ],
        engineer: message![
            pictures,
            " of the first view found through a style sheet or script instead of the HTML, the latest ",
            delay,
            " after the document's end."
        ],
        fix: message![
            "Put the picture into the HTML as ",
            Part::Code("<img fetchpriority=high>"),
            " or announce it with ",
            Part::Code("<link rel=preload as=image>"),
            "."
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
    const SHEET: &str = "https://shop.example/site.css";

    /// Document 0–100, style sheet 110–310, a picture from 400 on.
    fn check(expected: &str, html: &str, make: impl FnOnce(MadeRequest<'_>) -> MadeRequest<'_>) {
        let made = Made::page(PAGE)
            .document(|r| r.wait(100.0).body(html))
            .request(SHEET, |r| {
                r.kind(ResourceKind::Stylesheet).start(110.0).wait(200.0).initiator(InitiatorKind::Parser, PAGE)
            })
            .request("https://shop.example/hero.jpg", |r| {
                make(
                    r.kind(ResourceKind::Image)
                        .start(400.0)
                        .bytes(200_000, 200_000, 200_000)
                        .initiator(InitiatorKind::Parser, SHEET)
                        .change(|row| row.priority = Some(Priority::High)),
                )
            });
        check_rule(&LATE_DISCOVERY, made, expected);
    }

    #[test]
    fn a_picture_of_a_style_sheet() {
        check("found", "<p>", |r| r);
        check("found", "<p>", |r| r.bytes(5_000, 5_000, 5_000).change(|row| row.is_lcp = true));
    }

    #[test]
    fn near_misses() {
        check("passed", "<p>", |r| r.change(|row| row.priority = Some(Priority::Low)));
        check("passed", "<p>", |r| r.bytes(5_000, 5_000, 5_000));
        check("passed", "<p>", |r| r.start(200.0));
        check("passed", "<p>", |r| r.start(5_000.0));
        check("passed", "<img src=hero.jpg>", |r| r);
        check("passed", "<link rel=preload as=image href=hero.jpg>", |r| r);
        check("passed", "<p>", |r| r.initiator(InitiatorKind::Parser, PAGE));
        check_rule(&LATE_DISCOVERY, Made::page(PAGE).document(|r| r), "not-applicable");
        check_rule(&LATE_DISCOVERY, Made::page(PAGE).without(Missing::Initiators), "not-checked");
    }
}
