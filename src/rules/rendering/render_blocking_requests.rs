//! `render-blocking-requests`: style sheets and scripts that the first render waited for.

use crate::order::Arrange;
use crate::page_load::{Certainty, Metric, Owner, PageLoad, Resource, blocking};
use crate::recording::{Missing, RenderBlocking, RequestId, ResourceKind};
use crate::rules::gain;
use crate::rules::rule::declare_rule;
use crate::rules::text::{Message, Part, message};
use crate::rules::{Evidence, Finding, Method, Outcome, Savings, Severity, Topic, why_not};
use crate::units::{Bytes, Millis, Ratio};

/// Less delay is not worth a word: DevTools' render-blocking insight draws its line here, too (`MINIMUM_WASTED_MS`).
const NEGLIGIBLE: Millis = Millis(50.0);

/// From this delay on it is a warning: about one round trip of a mobile network.
const NOTICEABLE: Millis = Millis(100.0);

/// From this delay on it is serious: one of the 1.8 seconds that Google calls a good First Contentful Paint.
const LONG: Millis = Millis(1_000.0);

/// It is serious as well if the delay is this part of the way to the first render …
const GREAT_PART: Ratio = Ratio(0.4);

/// … and no less than this.
const GREAT_PART_AT_LEAST: Millis = Millis(300.0);

/// A paint this soon after a script waited for it: the script runs, then a few frames pass.
const AT_ONCE: Millis = Millis(100.0);

declare_rule! {
    /// ## In plain words
    /// Before a browser shows anything it waits for certain files: style sheets and scripts at the beginning of the page.
    /// Here visitors looked at an empty page until they had arrived.
    ///
    /// ## What it finds
    /// Style sheets and scripts that held rendering back, if the last of them ended 50 ms or more after the document.
    /// Whether a file blocks is what the browser recorded (`_renderBlocking`); else it is read from the document's HTML
    /// (a script in the head without `async`, `defer` or `type=module`; a style sheet whose `media` applies); else it
    /// follows from the priority Chromium gave it. The evidence says which. In a trace only what ended before the first
    /// paint counts, and scripts in the body only if the paint followed them at once.
    ///
    /// ## Why it matters
    /// The first render cannot come before the last blocking file is here and, for a script, has run. Files from other
    /// hosts pay for a new connection on top.
    ///
    /// ## How to fix it
    /// Scripts: `defer`, `async` or `type=module`, unless they must run first. Style sheets: put the rules for the first
    /// view inline, load the rest with a `media` that does not apply yet, split by `media`, and serve them from the
    /// document's own host. Other companies' scripts in the head are the most rewarding ones to move.
    ///
    /// ## How savings are estimated
    /// Between none and the time from the end of the document to the end of the last blocking file: an upper bound on how
    /// much earlier the first render could be, since something else may hold it up next.
    ///
    /// ## When to ignore it
    /// A small style sheet that the page cannot do without has to block. Do not trade it for a page that jumps.
    ///
    /// ## References
    /// - [HTML standard: render-blocking mechanism](https://html.spec.whatwg.org/multipage/dom.html#render-blocking-mechanism)
    /// - [Chrome: Render-blocking requests](https://developer.chrome.com/docs/performance/insights/render-blocking)
    /// - [web.dev: Understand the critical path](https://web.dev/learn/performance/understanding-the-critical-path)
    /// - [Chromium: resource fetch prioritization](https://web.dev/articles/fetch-priority#resource-priority)
    pub static RENDER_BLOCKING_REQUESTS = {
        id: "render-blocking-requests",
        title: "Files the first render waits for",
        topic: Topic::Rendering,
        severity: Severity::Serious,
        owner: Owner::Origin,
        needs: [Missing::Dates, Missing::Document],
        since: "0.1.0",
        check: check,
    }
}

struct Blocker {
    id: RequestId,
    /// From the end of the document to its own.
    late: Millis,
    took: Millis,
    certainty: Certainty,
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let Some(document) = load.document.request.and_then(|id| load.span(id)) else {
        return Outcome::NotApplicable("the recording does not hold the page's document");
    };
    let paint = [load.milestones.first_paint, load.milestones.fcp].into_iter().flatten();
    let rendered = paint.filter(|at| at.certainty == Certainty::Measured).map(|at| at.ms).reduce(Millis::min);
    let mut n_candidates = 0_u64;
    let mut n_known = 0_u64;
    let mut blockers = Vec::new();
    for (request, resource) in load.network() {
        if !matches!(resource.kind, ResourceKind::Script | ResourceKind::Stylesheet) {
            continue;
        }
        n_candidates += 1;
        let Some(blocking) = resource.blocking else { continue };
        n_known += 1;
        // The HTML names a file once; what fetches it again later is a script's doing.
        let first = load.addresses.requests_to(request.url_text().expose()).first().copied();
        let is_again = blocking.certainty != Certainty::Measured && first.is_some_and(|first| first < request.id());
        let Some(span) = load.span(request.id()).filter(|_| holds_first_render(load, resource)) else { continue };
        let is_after = rendered.is_some_and(|rendered| rendered <= span.start);
        if is_again || is_after {
            continue;
        }
        let late = span.end - document.end;
        if Millis::ZERO < late {
            let certainty = blocking.certainty;
            blockers.push(Blocker { id: request.id(), late, took: span.duration(), certainty });
        }
    }
    if n_candidates == 0 {
        return Outcome::NotApplicable("the page asked for no style sheet and no script");
    }
    if n_known == 0 {
        return Outcome::NotChecked(why_not(Missing::RenderBlocking));
    }
    if let Some(traced) = blocking::before_first_paint(load) {
        keep_what_paint_waited_for(load, &traced, rendered, &mut blockers);
    }
    blockers.arrange_by(|a, b| b.late.total_cmp(&a.late));
    match blockers.first().map(|blocker| blocker.late) {
        Some(delay) if NEGLIGIBLE <= delay => Outcome::found(finding(load, &blockers, delay)),
        _ => Outcome::Passed,
    }
}

/// Leaves only what held rendering back by the trace and ended before the first paint. What stands in the body leaves
/// what is before it to be painted, so it counts only if it was the last and the paint followed at once.
fn keep_what_paint_waited_for(
    load: &PageLoad<'_>,
    traced: &[RequestId],
    painted: Option<Millis>,
    blockers: &mut Vec<Blocker>,
) {
    let is_in_body = |id: RequestId| load.request(id).render_blocking() == Some(RenderBlocking::InBodyParserBlocking);
    let end = |id: RequestId| load.span(id).map_or(Millis::ZERO, |span| span.end);
    let of_head = traced.iter().filter(|id| !is_in_body(**id));
    let last = of_head.map(|id| end(*id)).fold(Millis::ZERO, Millis::max);
    let was_last = |id| last < end(id) && painted.is_some_and(|painted| painted <= end(id) + AT_ONCE);
    blockers.retain(|one| traced.binary_search(&one.id).is_ok() && (!is_in_body(one.id) || was_last(one.id)));
}

fn holds_first_render(load: &PageLoad<'_>, resource: &Resource<'_>) -> bool {
    let blocks = resource
        .blocking
        .is_some_and(|found| matches!(found.how, RenderBlocking::Blocking | RenderBlocking::InBodyParserBlocking));
    // What a frame's document asks for blocks that frame only.
    let of_frame = resource.initiator.is_some_and(|id| {
        let is_document = load.resource(id).is_some_and(|by| by.kind == ResourceKind::Document);
        is_document && load.document.request != Some(id)
    });
    blocks && !of_frame
}

fn finding(load: &PageLoad<'_>, blockers: &[Blocker], delay: Millis) -> Finding {
    let first_render = load.milestones.first_render().map(|at| at.ms);
    let is_great_part = first_render.is_some_and(|at| at * GREAT_PART.0 <= delay) && GREAT_PART_AT_LEAST <= delay;
    let severity = match delay {
        delay if LONG <= delay || is_great_part => Severity::Serious,
        delay if NOTICEABLE <= delay => Severity::Warning,
        _ => Severity::Notice,
    };
    let files = Part::Counted(blockers.len() as u64, "file", "files");
    let measured = load.milestones.fcp.filter(|fcp| fcp.certainty == Certainty::Measured);
    let mut engineer = message![files.clone(), " blocked rendering; the last ended ", delay, " after the document"];
    if let Some(fcp) = measured {
        engineer.0.extend(message![", ", Part::Metric(Metric::Fcp), " was at ", fcp.ms].0);
    }
    engineer.0.extend(message!["."].0);
    Finding {
        severity,
        owner: gain::owner_of(load, blockers.iter().map(|blocker| blocker.id)),
        customer: message![
            "After the page itself had arrived, nothing could be shown for up to ",
            delay,
            " while the browser waited for ",
            files,
            "."
        ],
        engineer,
        fix: message![
            "Give scripts ",
            Part::Code("defer"),
            " or ",
            Part::Code("async"),
            "; put the styles of the first view into the ",
            "document and load the rest without blocking."
        ],
        evidence: blockers.iter().map(|blocker| evidence(load, blocker)).collect(),
        savings: Some(Savings {
            milestone: Some(Metric::Fcp),
            ms: (Millis::ZERO, delay),
            bytes: Bytes(0),
            method: Method::Bound,
        }),
    }
}

fn evidence(load: &PageLoad<'_>, blocker: &Blocker) -> Evidence {
    let kind = load.resource(blocker.id).map_or(ResourceKind::Other, |resource| resource.kind);
    let how: Message = match blocker.certainty {
        Certainty::Measured => message!["the browser recorded it as blocking"],
        Certainty::Derived => message!["blocking by its place and attributes in the HTML"],
        Certainty::Estimated => message!["blocking by the priority the browser gave it"],
    };
    let mut text = message![kind, ", took ", blocker.took, " and ended ", blocker.late, " after the document; "];
    text.0.extend(how.0);
    let set_up = load.request(blocker.id).phases().set_up().filter(|set_up| NEGLIGIBLE <= *set_up);
    if let Some(set_up) = set_up {
        text.0.extend(message!["; ", set_up, " of it for a new connection"].0);
    }
    Evidence { request: Some(blocker.id), text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::{Made, MadeRequest};
    use crate::recording::{FrameId, InitiatorKind, Priority, TracedRequest};
    use crate::rules::testing::{check_rule, outcome};

    const PAGE: &str = "https://shop.example/";

    fn page(html: &str, make: impl FnOnce(MadeRequest<'_>) -> MadeRequest<'_>) -> Made {
        Made::page(PAGE)
            .milestones(|m| m.dom_content_loaded = Some(Millis(1_000.0)))
            .document(|r| r.wait(100.0).body(html))
            .request("https://shop.example/a", |r| {
                make(r.start(110.0).kind(ResourceKind::Script).initiator(InitiatorKind::Parser, PAGE))
            })
    }

    #[test]
    fn scripts_in_the_head() {
        check_rule(&RENDER_BLOCKING_REQUESTS, page("<script src=a></script>", |r| r.wait(200.0)), "found");
        check_rule(&RENDER_BLOCKING_REQUESTS, page("<script src=a></script>", |r| r.wait(20.0)), "passed");
        check_rule(&RENDER_BLOCKING_REQUESTS, page("<script defer src=a></script>", |r| r.wait(200.0)), "passed");
        check_rule(&RENDER_BLOCKING_REQUESTS, page("<p>x<script src=a></script>", |r| r.wait(200.0)), "passed");
    }

    #[test]
    fn what_the_browser_recorded_counts_first() {
        let recorded = |how| {
            page("<script defer src=a></script>", |r| r.wait(200.0).change(|row| row.render_blocking = Some(how)))
        };
        check_rule(&RENDER_BLOCKING_REQUESTS, recorded(RenderBlocking::Blocking), "found");
        check_rule(&RENDER_BLOCKING_REQUESTS, recorded(RenderBlocking::NonBlocking), "passed");
    }

    #[test]
    fn what_is_fetched_again_does_not_count() {
        let made = page("<script src=a></script>", |r| r.wait(20.0))
            .request("https://shop.example/a", |r| r.start(3_000.0).wait(500.0).kind(ResourceKind::Script));
        check_rule(&RENDER_BLOCKING_REQUESTS, made, "passed");
        let painted = page("<script src=a></script>", |r| r.start(400.0).wait(200.0))
            .milestones(|m| m.first_contentful_paint = Some(Millis(300.0)));
        check_rule(&RENDER_BLOCKING_REQUESTS, painted, "passed");
    }

    #[test]
    fn a_trace_tells_what_the_paint_waited_for() {
        // A script in the head until 310 ms and one in the body until `end`.
        let traced = |end: f64, painted: f64| {
            page("", |r| {
                r.wait(200.0).change(|row| {
                    row.render_blocking = Some(RenderBlocking::Blocking);
                    row.priority = Some(Priority::High);
                })
            })
            .request("https://shop.example/body.js", |r| {
                r.start(120.0).wait(end - 120.0).kind(ResourceKind::Script).change(|row| {
                    row.render_blocking = Some(RenderBlocking::InBodyParserBlocking);
                    row.priority = Some(Priority::High);
                })
            })
            .milestones(|m| m.first_paint = Some(Millis(painted)))
            .traced()
            .change(|recording| {
                recording.timeline.navigations[0].milestones.first_paint = Some(Millis(painted));
                recording.timeline.requests = [100.0, 310.0, end]
                    .map(|end| TracedRequest {
                        frame: Some(FrameId(0)),
                        network_end: Millis(end),
                        ..TracedRequest::default()
                    })
                    .into();
            })
        };
        let found = |end, painted| match outcome(&RENDER_BLOCKING_REQUESTS, traced(end, painted)) {
            Outcome::Found(found) => found[0].evidence.iter().filter_map(|one| one.request).map(|id| id.0).collect(),
            _ => Vec::new(),
        };
        assert_eq!(found(300.0, 350.0), [1]);
        assert_eq!(found(400.0, 420.0), [2, 1]);
        assert_eq!(found(400.0, 600.0), [1]);
        assert_eq!(found(400.0, 390.0), [1]);
        assert_eq!(found(400.0, 300.0), [] as [u32; 0]);
    }

    #[test]
    fn severity_follows_the_delay() {
        let severity =
            |wait: f64| match outcome(&RENDER_BLOCKING_REQUESTS, page("<script src=a></script>", |r| r.wait(wait))) {
                Outcome::Found(findings) => findings[0].severity,
                other => panic!("{other:?}"),
            };
        assert_eq!(severity(60.0), Severity::Notice);
        assert_eq!(severity(200.0), Severity::Warning);
        assert_eq!(severity(450.0), Severity::Serious);
        assert_eq!(severity(2_000.0), Severity::Serious);
    }

    #[test]
    fn not_applicable_and_not_checked() {
        check_rule(&RENDER_BLOCKING_REQUESTS, Made::page(PAGE).document(|r| r), "not-applicable");
        check_rule(&RENDER_BLOCKING_REQUESTS, Made::page(PAGE).without(Missing::Document), "not-checked");
        let untold =
            Made::page(PAGE).document(|r| r).request("https://shop.example/a", |r| r.kind(ResourceKind::Script));
        check_rule(&RENDER_BLOCKING_REQUESTS, untold, "not-checked");
    }
}
