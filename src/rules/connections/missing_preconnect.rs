//! `missing-preconnect`: important hosts whose connection was opened only when the first file of them was needed.

use crate::order::Arrange;
use std::collections::BTreeSet;

use crate::http::url::Url;
use crate::page_load::connections::origin;
use crate::page_load::markup::{HintKind, header_hints};
use crate::page_load::{Owner, PageLoad, Resource};
use crate::recording::{Missing, Phase, RenderBlocking, Request, RequestId, ResourceKind};
use crate::rules::connections::on_the_way;
use crate::rules::gain;
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Evidence, Finding, Method, Outcome, Savings, Severity, Topic};
use crate::units::Millis;

/// Milliseconds. Lighthouse's `uses-rel-preconnect` ignores smaller gains (`IGNORE_THRESHOLD_IN_MS`).
const SMALL: Millis = Millis(50.0);

/// Milliseconds. From here on people notice (Nielsen, 1993).
const NOTICEABLE: Millis = Millis(100.0);

declare_rule! {
    /// ## In plain words
    /// An important file comes from another server, and the browser got in touch with that server only when it needed
    /// the file. It could have done so while the page itself was still arriving.
    ///
    /// ## What it finds
    /// Hosts other than the page's own from which a file was needed before the first paint (`DOMContentLoaded` where
    /// that was not recorded): render-blocking files, fonts, and what the main milestone waited for; whose connection was opened at least 50 ms after the first byte of
    /// the page, without a `preconnect` (or `preload`) for that host in the page or in a `Link` header. Companies that only measure or
    /// advertise are left out unless their file holds rendering back: their connections should not come first.
    ///
    /// ## Why it matters
    /// Opening a connection takes two to three round trips. They can pass while the page is still being read, if the
    /// browser knows in time.
    ///
    /// ## How to fix it
    /// - Put `<link rel="preconnect" href="https://host">` at the beginning of the page's head, with `crossorigin` for
    ///   fonts and other files that are fetched in CORS mode; or send it as a `Link` header or `103 Early Hints`.
    /// - Better still: serve the file from the page's own host.
    /// - Four hosts at most; each unused connection costs the others.
    ///
    /// ## How savings are estimated
    /// At most the time the set-up took, and no more than the time between the page's first byte and the request: that
    /// is how much earlier the browser could have begun. The lower bound is nothing.
    ///
    /// ## When to ignore it
    /// Files that only some visitors need.
    ///
    /// ## References
    /// - [Establish network connections early](https://web.dev/articles/preconnect-and-dns-prefetch)
    /// - [rel=preconnect](https://developer.mozilla.org/en-US/docs/Web/HTML/Attributes/rel/preconnect)
    /// - [Preconnect to required origins (Lighthouse)](https://developer.chrome.com/docs/lighthouse/performance/uses-rel-preconnect)
    pub static MISSING_PRECONNECT = {
        id: "missing-preconnect",
        title: "Important hosts contacted late",
        topic: Topic::Connections,
        severity: Severity::Warning,
        owner: Owner::Origin,
        needs: [Missing::Phases, Missing::Dates, Missing::Document],
        since: "0.1.0",
        check: check,
    }
}

/// A host that could have been connected to earlier.
struct Late {
    request: RequestId,
    set_up: Millis,
    /// How much of the set-up would have been over.
    gain: Millis,
    is_on_the_way: bool,
    is_font: bool,
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let Some(document) = load.document.request else {
        return Outcome::NotApplicable("the recording does not hold the page's document");
    };
    let Some(known_at) = first_byte(load, document) else {
        return Outcome::NotChecked("the recording does not tell when the page began to arrive");
    };
    let way = on_the_way(load);
    let mut seen: BTreeSet<String> = hinted_origins(load, document);
    seen.extend(load.resource(document).and_then(|resource| resource.url.as_ref().and_then(origin)));
    let mut late = Vec::new();
    for (request, resource) in load.network() {
        let Some(host) = resource.url.as_ref().and_then(origin) else { continue };
        // Whoever comes second to a host cannot gain by an earlier connection.
        if !seen.insert(host) || !matters(load, request, resource, way.contains(&request.id())) {
            continue;
        }
        let phases = request.phases();
        let has_handshake = phases.connect.or(phases.tls).is_some_and(|time| Millis::ZERO < time);
        let (Some(set_up), Some(span), true) = (phases.set_up(), load.span(request.id()), has_handshake) else {
            continue;
        };
        let begun = span.start + phases.before(Phase::Dns);
        let gain = set_up.min(begun - known_at);
        if SMALL <= gain {
            late.push(Late {
                request: request.id(),
                set_up,
                gain,
                is_on_the_way: way.contains(&request.id()),
                is_font: resource.kind == ResourceKind::Font,
            });
        }
    }
    late.arrange_by(|a, b| {
        b.is_on_the_way.cmp(&a.is_on_the_way).then(b.gain.total_cmp(&a.gain)).then(a.request.cmp(&b.request))
    });
    match late.first() {
        Some(worst) => Outcome::found(finding(load, worst, &late)),
        None => Outcome::Passed,
    }
}

/// When the browser could have read a hint: the first byte of the document.
fn first_byte(load: &PageLoad<'_>, document: RequestId) -> Option<Millis> {
    let phases = load.request(document).phases();
    phases.wait?;
    Some(load.span(document)?.start + phases.before(Phase::Receive))
}

/// Hosts that the page or its headers name ahead of time.
fn hinted_origins(load: &PageLoad<'_>, document: RequestId) -> BTreeSet<String> {
    let of_headers = header_hints(load.request(document));
    let of_markup = load.markup.iter().flat_map(|markup| &markup.hints);
    let opens = |kind: HintKind| matches!(kind, HintKind::Preconnect | HintKind::Preload | HintKind::ModulePreload);
    let hints = of_headers.iter().chain(of_markup).filter(|hint| opens(hint.kind));
    hints.filter_map(|hint| Url::parse(&hint.url).as_ref().and_then(origin)).collect()
}

fn matters(load: &PageLoad<'_>, request: Request<'_>, resource: &Resource<'_>, is_on_the_way: bool) -> bool {
    let blocks = resource.blocking.is_some_and(|blocking| blocking.how == RenderBlocking::Blocking);
    let before_render = match (load.milestones.first_render(), load.span(request.id())) {
        (Some(render), Some(span)) => span.start < render.ms,
        (None, _) => is_on_the_way,
        (Some(_), None) => false,
    };
    // Frames and what they ask for hold the load event, but the page is there without them.
    let is_frame = resource.kind == ResourceKind::Document;
    let is_wanted = blocks || !gain::is_background(resource);
    before_render && !is_frame && is_wanted && (is_on_the_way || blocks || resource.kind == ResourceKind::Font)
}

fn finding(load: &PageLoad<'_>, worst: &Late, late: &[Late]) -> Finding {
    let sure = load.markup.as_ref().is_some_and(|markup| !markup.is_cut);
    let gain: Millis = late.iter().filter(|one| one.is_on_the_way).map(|one| one.gain).sum();
    let severity = if NOTICEABLE <= gain && sure { Severity::Warning } else { Severity::Notice };
    let mut engineer = message![
        "The connection to ",
        Part::Host(worst.request),
        " took ",
        worst.set_up,
        " and could have been opened about ",
        worst.gain,
        " earlier; ",
        Part::Counted(late.len() as u64, "host", "hosts"),
        " in all."
    ];
    if !sure {
        engineer
            .0
            .extend(message![" The page's HTML is not in the recording, so hints in it could not be looked for."].0);
    }
    let attribute = if worst.is_font {
        Part::Code("<link rel=\"preconnect\" crossorigin>")
    } else {
        Part::Code("<link rel=\"preconnect\">")
    };
    Finding {
        severity,
        owner: None,
        customer: message![
            "An important file comes from another server, which the browser got in touch with later than it could have. ",
            "That cost ",
            worst.gain,
            " at most."
        ],
        engineer,
        fix: message![
            "Put ",
            attribute,
            " for ",
            Part::Host(worst.request),
            " at the beginning of the page's head, or serve the file from the page's own host."
        ],
        evidence: late.iter().map(evidence).collect(),
        savings: load.milestones.main().filter(|_| Millis::ZERO < gain).map(|(metric, _)| Savings {
            milestone: Some(metric),
            ms: (Millis::ZERO, gain),
            bytes: Default::default(),
            method: Method::Bound,
        }),
    }
}

fn evidence(late: &Late) -> Evidence {
    let text = message![late.set_up, " to set up the connection, ", late.gain, " of it avoidable"];
    Evidence { request: Some(late.request), text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::Made;
    use crate::rules::testing::{check_rule, outcome};

    /// A render-blocking sheet of another host, asked for `start` ms after navigation start.
    fn sheet(html: &str, start: f64) -> Made {
        Made::page("https://shop.example/")
            .document(|r| r.wait(100.0).body(html))
            .request("https://fonts.example/type.css", |r| {
                r.kind(ResourceKind::Stylesheet)
                    .start(start)
                    .set_up(10.0, 60.0, 60.0)
                    .change(|row| row.render_blocking = Some(RenderBlocking::Blocking))
            })
            .milestones(|m| m.first_contentful_paint = Some(Millis(start + 200.0)))
    }

    #[test]
    fn a_late_connection_is_found() {
        let Outcome::Found(found) = outcome(&MISSING_PRECONNECT, sheet("<head></head>", 400.0)) else { panic!() };
        assert_eq!(found[0].evidence.len(), 1);
        assert!(found[0].severity <= Severity::Warning);
    }

    #[test]
    fn hints_are_respected() {
        let hint = "<head><link rel=preconnect href=https://fonts.example></head>";
        check_rule(&MISSING_PRECONNECT, sheet(hint, 400.0), "passed");
        let other = "<head><link rel=preconnect href=https://other.example></head>";
        check_rule(&MISSING_PRECONNECT, sheet(other, 400.0), "found");
    }

    #[test]
    fn near_misses() {
        // Asked for right when the page began to arrive: a hint beside it would gain nothing.
        check_rule(&MISSING_PRECONNECT, sheet("<head></head>", 130.0), "passed");
        let own = Made::page("https://shop.example/")
            .document(|r| r.body("<p>"))
            .request("https://shop.example/a.css", |r| {
                r.kind(ResourceKind::Stylesheet).start(500.0).set_up(10.0, 60.0, 60.0)
            });
        check_rule(&MISSING_PRECONNECT, own, "passed");
        check_rule(&MISSING_PRECONNECT, sheet("", 400.0).without(Missing::Phases), "not-checked");
    }
}
