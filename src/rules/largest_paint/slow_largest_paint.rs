//! `slow-largest-paint`: the largest content came late, and which part of the way to it took most.

use crate::page_load::{Metric, Owner, PageLoad};
use crate::recording::{LargestPaintParts, Missing};
use crate::rules::rule::declare_rule;
use crate::rules::text::{Message, Part, message};
use crate::rules::{Evidence, Finding, Outcome, Severity, Topic};
use crate::units::Millis;

/// Google calls an LCP good up to here (75th percentile of visits).
const GOOD: Millis = Millis(2_500.0);

/// And poor from here on.
const POOR: Millis = Millis(4_000.0);

declare_rule! {
    /// ## In plain words
    /// The largest picture or text of the first view came late. This tells which part of the way to it took the most time.
    ///
    /// ## What it finds
    /// Loads whose Largest Contentful Paint came after 2.5 seconds (serious after 4 seconds), with its parts as the trace
    /// shows them: the wait for the document's first byte; until the picture was asked for; while it was loading; until it
    /// was painted. Text has only the first and the last.
    ///
    /// ## Why it matters
    /// It is the moment at which visitors see what they came for.
    ///
    /// ## How to fix it
    /// Begin with the largest part. First byte: server, CDN, redirects. Until it was asked for: name the picture in the
    /// HTML, preload it. While loading: smaller file, nearer server, fewer rivals. Until it was painted: scripts, style
    /// sheets and fonts that hold rendering. Other rules tell what exactly was found in each.
    ///
    /// ## How savings are estimated
    /// They are not: the rules for each cause tell them.
    ///
    /// ## When to ignore it
    /// If the recording was made on a slower line or device than visitors have.
    ///
    /// ## References
    /// - [Chrome: LCP breakdown](https://developer.chrome.com/docs/performance/insights/lcp-breakdown)
    /// - [web.dev: Optimize LCP](https://web.dev/articles/optimize-lcp)
    /// - [Largest Contentful Paint](https://w3c.github.io/largest-contentful-paint/)
    pub static SLOW_LARGEST_PAINT = {
        id: "slow-largest-paint",
        title: "Main content late on screen",
        topic: Topic::LargestPaint,
        severity: Severity::Serious,
        owner: Owner::Origin,
        needs: [Missing::PaintTimes],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let Some(lcp) = load.milestones.lcp.map(|lcp| lcp.ms) else {
        return Outcome::NotChecked("the recording does not tell when the largest content was painted");
    };
    if lcp <= GOOD {
        return Outcome::Passed;
    }
    let parts = load.navigation().and_then(|navigation| navigation.largest_paint_parts(load.recording));
    Outcome::found(finding(load, lcp, parts))
}

/// The name of the largest part, for customers and engineers, and who can shorten it.
fn largest(parts: &LargestPaintParts) -> (Millis, &'static str, &'static str, Option<Owner>) {
    let all = [
        (parts.time_to_first_byte, "waiting for the page itself", "time to first byte", None),
        (
            parts.load_delay.unwrap_or_default(),
            "until the browser learnt of the picture and asked for it",
            "load delay",
            None,
        ),
        (parts.load_duration.unwrap_or_default(), "loading the picture", "load duration", None),
        (parts.render_delay, "until what was there could be shown", "render delay", Some(Owner::Client)),
    ];
    all.into_iter().fold((Millis::ZERO, "", "", None), |a, b| if a.0 < b.0 { b } else { a })
}

fn finding(load: &PageLoad<'_>, lcp: Millis, parts: Option<LargestPaintParts>) -> Finding {
    let request = load.iter().find(|(request, _)| request.is_lcp()).map(|(request, _)| request.id());
    let mut customer = message!["The main content appeared only after ", lcp, "."];
    let mut engineer = message![Metric::Lcp, " at ", lcp];
    let mut owner = None;
    let mut evidence = Vec::new();
    if let Some(parts) = parts {
        let (time, plain, name, by) = largest(&parts);
        owner = by;
        customer.0.extend(message![" Most of that, ", time, ", passed ", plain, "."].0);
        engineer.0.extend(message![", most of it ", name, " (", time, ")"].0);
        evidence.push(Evidence { request, text: parts_text(load, &parts) });
    }
    engineer.0.extend(message!["."].0);
    Finding {
        severity: if POOR <= lcp { Severity::Serious } else { Severity::Warning },
        owner,
        customer,
        engineer,
        fix: message!["Shorten the largest part first; the other findings name what is in it."],
        evidence,
        savings: None,
    }
}

fn parts_text(load: &PageLoad<'_>, parts: &LargestPaintParts) -> Message {
    let mut text = message!["first byte ", parts.time_to_first_byte];
    if let (Some(delay), Some(duration)) = (parts.load_delay, parts.load_duration) {
        text.0.extend(message![", load delay ", delay, ", load duration ", duration].0);
    }
    text.0.extend(message![", render delay ", parts.render_delay].0);
    let paint = load.navigation().and_then(|navigation| navigation.largest_paint);
    if let Some(name) = paint.and_then(|paint| paint.node_name) {
        text.0.extend(message!["; element ", Part::Name(name)].0);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::Made;
    use crate::recording::{LargestPaint, PaintKind, RequestId, TracedRequest};
    use crate::rules::testing::{check_rule, outcome};

    fn page(lcp: f64) -> Made {
        Made::page("https://shop.example/")
            .document(|r| r)
            .milestones(|m| m.largest_contentful_paint = Some(Millis(lcp)))
    }

    #[test]
    fn limits_of_lcp() {
        check_rule(&SLOW_LARGEST_PAINT, page(2_500.0), "passed");
        let severity = |lcp| match outcome(&SLOW_LARGEST_PAINT, page(lcp)) {
            Outcome::Found(found) => found[0].severity,
            other => panic!("{other:?}"),
        };
        assert_eq!([severity(2_501.0), severity(4_000.0)], [Severity::Warning, Severity::Serious]);
        let without = Made::page("https://shop.example/").without(Missing::PaintTimes);
        check_rule(&SLOW_LARGEST_PAINT, without, "not-checked");
        check_rule(&SLOW_LARGEST_PAINT, Made::page("https://shop.example/").document(|r| r), "not-checked");
    }

    #[test]
    fn the_largest_part_is_named() {
        let made = page(5_000.0).traced().change(|recording| {
            recording.timeline.requests =
                vec![TracedRequest { first_byte: Some(Millis(400.0)), ..TracedRequest::default() }];
            let navigation = &mut recording.timeline.navigations[0];
            navigation.document = Some(RequestId(0));
            navigation.largest_paint = Some(LargestPaint {
                at: Millis(5_000.0),
                kind: Some(PaintKind::Text),
                size: None,
                node: None,
                node_name: None,
                is_lazy: false,
                image_url: None,
                request: None,
                n_candidates: 1,
            });
        });
        let Outcome::Found(found) = outcome(&SLOW_LARGEST_PAINT, made) else { panic!("nothing found") };
        assert!(found[0].engineer.0.contains(&Part::Text("render delay")), "{:?}", found[0].engineer);
        assert!(found[0].engineer.0.contains(&Part::Ms(Millis(4_600.0))));
        assert_eq!(found[0].owner, Some(Owner::Client));
    }
}
