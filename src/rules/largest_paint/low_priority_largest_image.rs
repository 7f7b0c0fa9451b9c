//! `low-priority-largest-image`: the main picture of the first view is fetched like any other.

use crate::page_load::largest_image::{self, LargestImage};
use crate::page_load::{Owner, PageLoad};
use crate::recording::{Missing, Priority};
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Evidence, Finding, Outcome, Severity, Topic};
use crate::units::Millis;

/// An LCP after this is not good any more, so that the picture's turn matters.
const GOOD_LCP: Millis = Millis(2_500.0);

declare_rule! {
    /// ## In plain words
    /// Browsers fetch pictures after scripts and styles, because they do not know which one matters. The page could tell
    /// them.
    ///
    /// ## What it finds
    /// A largest content that is a picture without `fetchpriority="high"` on its tag or its preload. It is a notice; a
    /// warning where the LCP came after 2.5 seconds and the browser began to fetch the picture with low priority.
    ///
    /// ## Why it matters
    /// Pictures begin with low priority and are raised only after layout. Until then scripts and other pictures go first,
    /// and in the head of the page low priority requests are held back.
    ///
    /// ## How to fix it
    /// Put `fetchpriority="high"` on the `<img>` of the main picture, and on its preload if it has one. Only on one or two.
    ///
    /// ## How savings are estimated
    /// They are not: what is gained depends on what else the page fetches.
    ///
    /// ## When to ignore it
    /// If the largest content differs from device to device, or the picture is there long before it is painted.
    ///
    /// ## References
    /// - [Chrome: LCP request discovery](https://developer.chrome.com/docs/performance/insights/lcp-discovery)
    /// - [web.dev: Optimize resource loading with the Fetch Priority API](https://web.dev/articles/fetch-priority)
    /// - [MDN: fetchpriority](https://developer.mozilla.org/docs/Web/HTML/Reference/Attributes/fetchpriority)
    pub static LOW_PRIORITY_LARGEST_IMAGE = {
        id: "low-priority-largest-image",
        title: "Main picture without priority",
        topic: Topic::LargestPaint,
        severity: Severity::Warning,
        owner: Owner::Origin,
        needs: [Missing::PaintTimes],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    match largest_image::of(load) {
        None => Outcome::NotApplicable("the largest content is no picture with a request of its own, as far as known"),
        Some(image) => match image.has_high_priority {
            Some(false) => Outcome::found(finding(load, &image)),
            Some(true) => Outcome::Passed,
            None => Outcome::NotChecked("the recording does not tell how the largest picture was asked for"),
        },
    }
}

fn finding(load: &PageLoad<'_>, image: &LargestImage) -> Finding {
    let request = load.request(image.request);
    let first = request.initial_priority();
    let is_late = load.milestones.lcp.is_some_and(|lcp| GOOD_LCP < lcp.ms);
    let is_low = matches!(first, Some(Priority::VeryLow | Priority::Low | Priority::Medium));
    let mut text = message!["the largest content, no fetchpriority"];
    if let Some(first) = first {
        text.0.extend(message!["; priority ", priority_word(first), " at first"].0);
        if let Some(last) = request.priority().filter(|last| *last != first) {
            text.0.extend(message![", later ", priority_word(last)].0);
        }
    }
    Finding {
        severity: if is_late && is_low { Severity::Warning } else { Severity::Notice },
        owner: None,
        customer: message![
            "The page does not tell the browser that the main picture matters most, so others go first."
        ],
        engineer: message!["The largest content is a picture without ", Part::Code("fetchpriority=high"), "."],
        fix: message!["Put ", Part::Code("fetchpriority=\"high\""), " on it."],
        evidence: vec![Evidence { request: Some(image.request), text }],
        savings: None,
    }
}

fn priority_word(priority: Priority) -> &'static str {
    match priority {
        Priority::VeryLow => "very low",
        Priority::Low => "low",
        Priority::Medium => "medium",
        Priority::High => "high",
        Priority::VeryHigh => "very high",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::Made;
    use crate::recording::{FetchPriority, ResourceKind, TracedRequest};
    use crate::rules::testing::{check_rule, outcome};

    fn page(fetch_priority: FetchPriority, lcp: f64) -> Made {
        Made::page("https://shop.example/")
            .document(|r| r)
            .request("https://shop.example/hero.jpg", |r| {
                r.kind(ResourceKind::Image).start(300.0).change(|row| {
                    row.is_lcp = true;
                    row.initial_priority = Some(Priority::Low);
                })
            })
            .milestones(|m| m.largest_contentful_paint = Some(Millis(lcp)))
            .change(move |recording| {
                let hero = TracedRequest { fetch_priority, ..TracedRequest::default() };
                recording.timeline.requests = vec![TracedRequest::default(), hero];
            })
    }

    #[test]
    fn as_recorded() {
        check_rule(&LOW_PRIORITY_LARGEST_IMAGE, page(FetchPriority::High, 3_000.0), "passed");
        let severity = |lcp| match outcome(&LOW_PRIORITY_LARGEST_IMAGE, page(FetchPriority::Auto, lcp)) {
            Outcome::Found(found) => found[0].severity,
            other => panic!("{other:?}"),
        };
        assert_eq!([severity(2_000.0), severity(3_000.0)], [Severity::Notice, Severity::Warning]);
        check_rule(&LOW_PRIORITY_LARGEST_IMAGE, Made::page("https://shop.example/"), "not-applicable");
        let without = Made::page("https://shop.example/").without(Missing::PaintTimes);
        check_rule(&LOW_PRIORITY_LARGEST_IMAGE, without, "not-checked");
    }
}
