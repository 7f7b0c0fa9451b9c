//! `blocked-largest-paint`: the main picture was there, but the browser was busy with something else.

use crate::page_load::largest_image::{self, Blocked};
use crate::page_load::{Metric, Owner, PageLoad};
use crate::recording::{Missing, RequestId};
use crate::rules::rule::declare_rule;
use crate::rules::text::message;
use crate::rules::{Evidence, Finding, Method, Outcome, Savings, Severity, Topic, gain, work_text};
use crate::units::{Bytes, Millis};

/// From this much work on it is told: six frames that could have been drawn.
const WORTH_TELLING: Millis = Millis(100.0);

/// From this much on it is serious: a fifth of the 2.5 seconds of a good LCP.
const LONG: Millis = Millis(500.0);

/// It is told if at least this part of the wait was work; else something other held the paint back.
const PART: f64 = 0.5;

/// How many tasks are told.
const MOST_TOLD: usize = 10;

declare_rule! {
    /// ## In plain words
    /// The main picture had arrived, but the browser could not show it: it was running programs of the page.
    ///
    /// ## What it finds
    /// A largest content that is a picture, where between its last byte and its paint the page's own thread was at work
    /// for 100 ms or more, and for at least half of that time. The evidence names what ran.
    ///
    /// ## Why it matters
    /// All the haste to fetch the picture is lost if scripts stand between it and the screen.
    ///
    /// ## How to fix it
    /// Run after the first paint what the first view does not need: `defer`, dynamic `import()`, hydration in pieces with
    /// `scheduler.yield()`; put the picture into the HTML instead of letting a script create it.
    ///
    /// ## How savings are estimated
    /// Between none and the work in that time.
    ///
    /// ## When to ignore it
    /// If the work is what makes the picture visible at all, such as decoding it.
    ///
    /// ## References
    /// - [web.dev: Optimize LCP, element render delay](https://web.dev/articles/optimize-lcp#3_reduce_element_render_delay)
    /// - [Chrome: LCP breakdown](https://developer.chrome.com/docs/performance/insights/lcp-breakdown)
    /// - [web.dev: Optimize long tasks](https://web.dev/articles/optimize-long-tasks)
    pub static BLOCKED_LARGEST_PAINT = {
        id: "blocked-largest-paint",
        title: "Main picture held back by work",
        topic: Topic::LargestPaint,
        severity: Severity::Serious,
        owner: Owner::Origin,
        needs: [Missing::PaintTimes, Missing::MainThread],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let Some(image) = largest_image::of(load) else {
        return Outcome::NotApplicable("the largest content is no picture with a request of its own, as far as known");
    };
    match largest_image::blocked(load, &image) {
        Some(blocked) if WORTH_TELLING <= blocked.busy && blocked.span.duration() * PART <= blocked.busy => {
            Outcome::found(finding(load, image.request, &blocked))
        }
        _ => Outcome::Passed,
    }
}

fn finding(load: &PageLoad<'_>, image: RequestId, blocked: &Blocked) -> Finding {
    let wait = blocked.span.duration();
    let mut evidence = vec![Evidence {
        request: Some(image),
        text: message!["there at ", blocked.span.start, ", painted at ", blocked.span.end],
    }];
    evidence.extend(blocked.tasks.iter().take(MOST_TOLD).map(|(at, duration, content)| {
        let mut text = message!["meanwhile: ", *duration, " at ", *at];
        text.0.extend(work_text::content(load, content, *duration).0);
        Evidence { request: content.request(load), text }
    }));
    let scripts = blocked.tasks.iter().filter_map(|(_, _, content)| content.request(load));
    Finding {
        severity: if LONG <= blocked.busy { Severity::Serious } else { Severity::Warning },
        owner: gain::owner_of(load, scripts),
        customer: message![
            "The main picture was there but was shown only ",
            wait,
            " later, because the browser was running programs of the page."
        ],
        engineer: message![
            "The largest picture waited ",
            wait,
            " for its paint; the page's thread was at work for ",
            blocked.busy,
            " of that."
        ],
        fix: message!["Do this work after the first paint, or in pieces."],
        evidence,
        savings: Some(Savings {
            milestone: Some(Metric::Lcp),
            ms: (Millis::ZERO, blocked.busy),
            bytes: Bytes(0),
            method: Method::Bound,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::Made;
    use crate::recording::{LargestPaint, PaintKind, ResourceKind};
    use crate::rules::testing::{check_rule, outcome};

    /// A picture that is there at 310 ms and painted at `painted`; a script runs from 320 ms on for `busy`.
    fn page(painted: f64, busy: f64) -> Made {
        Made::page("https://shop.example/")
            .document(|r| r)
            .request("https://shop.example/hero.jpg", |r| {
                r.kind(ResourceKind::Image).start(300.0).change(|row| row.is_lcp = true)
            })
            .request("https://shop.example/app.js", |r| r.kind(ResourceKind::Script).start(310.0))
            .work(&[(0, "RunTask", 320.0, busy, ""), (1, "EvaluateScript", 320.0, busy, "https://shop.example/app.js")])
            .change(move |recording| {
                recording.timeline.navigations[0].largest_paint = Some(LargestPaint {
                    at: Millis(painted),
                    kind: Some(PaintKind::Image),
                    size: None,
                    node: None,
                    node_name: None,
                    is_lazy: false,
                    image_url: None,
                    request: Some(RequestId(1)),
                    n_candidates: 1,
                });
            })
    }

    #[test]
    fn work_between_picture_and_paint() {
        check_rule(&BLOCKED_LARGEST_PAINT, page(430.0, 100.0), "found");
        check_rule(&BLOCKED_LARGEST_PAINT, page(430.0, 99.0), "passed");
        check_rule(&BLOCKED_LARGEST_PAINT, page(530.0, 100.0), "passed");
        check_rule(&BLOCKED_LARGEST_PAINT, page(305.0, 100.0), "passed");
        let Outcome::Found(found) = outcome(&BLOCKED_LARGEST_PAINT, page(900.0, 800.0)) else { panic!("nothing") };
        assert_eq!(found[0].severity, Severity::Serious);
        // What lies after the paint does not count.
        assert_eq!(found[0].savings.expect("savings").ms.1, Millis(580.0));
        assert_eq!(found[0].evidence[1].request, Some(RequestId(2)));
    }

    #[test]
    fn untold() {
        let made = || Made::page("https://shop.example/");
        check_rule(&BLOCKED_LARGEST_PAINT, made(), "not-applicable");
        check_rule(&BLOCKED_LARGEST_PAINT, made().without(Missing::MainThread), "not-checked");
    }
}
