//! `missing-mobile-viewport`: pages on which phones wait for a second tap.

use crate::page_load::document_meta::{self, MobileViewport};
use crate::page_load::{Metric, Owner, PageLoad, interactions};
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Evidence, Finding, Method, Outcome, Savings, Severity, Topic};
use crate::units::{Bytes, Millis};

/// How long browsers wait for the second tap of a double tap at most (Chromium's double-tap timeout).
const DOUBLE_TAP: Millis = Millis(300.0);

/// An answer to a tap is late beyond this: a good INP ends here.
const LATE: Millis = Millis(200.0);

/// A wait before the handlers that is shorter has other reasons (Chrome's limit in its viewport insight).
const WAITED: Millis = Millis(50.0);

declare_rule! {
    /// ## In plain words
    /// On phones this page is drawn like on a wide screen and shrunk. Because visitors may want to zoom with a double tap,
    /// each tap waits up to 0.3 seconds for a second one.
    ///
    /// ## What it finds
    /// Pages whose frames the browser did not draw as fit for mobile devices; where only requests were recorded, documents
    /// without `<meta name="viewport">`. It is a warning where taps or clicks of this recording took more than 200 ms and
    /// waited 50 ms or more for their handlers.
    ///
    /// ## Why it matters
    /// The wait adds to every tap, and text is too small to read.
    ///
    /// ## How to fix it
    /// Put `<meta name="viewport" content="width=device-width, initial-scale=1">` into the head. A fixed width such as
    /// `width=1024` does not help.
    ///
    /// ## How savings are estimated
    /// Between none and the longest such wait of a tap or click, 300 ms at most.
    ///
    /// ## When to ignore it
    /// If nobody uses the page on a touch screen.
    ///
    /// ## References
    /// - [Chrome: Optimize viewport for mobile](https://developer.chrome.com/docs/performance/insights/viewport)
    /// - [300 ms tap delay, gone away](https://developer.chrome.com/blog/300ms-tap-delay-gone-away)
    /// - [MDN: viewport](https://developer.mozilla.org/docs/Web/HTML/Reference/Elements/meta/name/viewport)
    pub static MISSING_MOBILE_VIEWPORT = {
        id: "missing-mobile-viewport",
        title: "Page not fit for phones",
        topic: Topic::Interaction,
        severity: Severity::Warning,
        owner: Owner::Origin,
        needs: [],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    match document_meta::mobile_viewport(load) {
        MobileViewport { is_optimized: Some(true), .. } => Outcome::Passed,
        viewport @ MobileViewport { is_optimized: Some(false), .. } => Outcome::found(finding(load, viewport)),
        MobileViewport { has_meta: Some(true), .. } => Outcome::Passed,
        viewport @ MobileViewport { has_meta: Some(false), .. } => Outcome::found(finding(load, viewport)),
        _ => Outcome::NotChecked("the recording neither holds the document's text nor tells how frames were drawn"),
    }
}

fn finding(load: &PageLoad<'_>, viewport: MobileViewport) -> Finding {
    let is_pointer = |event: &str| ["pointer", "touch", "mouse", "click"].iter().any(|word| event.starts_with(word));
    let waited = interactions::slowest(load)
        .iter()
        .map(|answer| answer.interaction)
        .filter(|one| LATE < one.duration && WAITED <= one.input_delay)
        .filter(|one| is_pointer(load.recording.text(one.event).expose()))
        .map(|one| one.input_delay.min(DOUBLE_TAP))
        .fold(Millis::ZERO, Millis::max);
    let why = match viewport {
        MobileViewport { is_optimized: Some(_), has_meta: Some(true) } => {
            message!["the browser drew frames as not fit for mobile devices, although there is a viewport element"]
        }
        MobileViewport { is_optimized: Some(_), .. } => {
            message!["the browser drew frames as not fit for mobile devices"]
        }
        _ => message!["there is no viewport element in the document"],
    };
    let has_waited = Millis::ZERO < waited;
    Finding {
        severity: if has_waited { Severity::Warning } else { Severity::Notice },
        owner: None,
        customer: message!["On phones each tap on this page may wait up to 0.3 seconds, and text is small."],
        engineer: message!["Not optimized for mobile devices: taps wait for a double tap of up to ", DOUBLE_TAP, "."],
        fix: message![
            "Put ",
            Part::Code("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"),
            " into the head."
        ],
        evidence: vec![Evidence { request: load.document.request, text: why }],
        savings: has_waited.then_some(Savings {
            milestone: Some(Metric::Inp),
            ms: (Millis::ZERO, waited),
            bytes: Bytes(0),
            method: Method::Bound,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::Made;
    use crate::recording::{FrameId, MobileCheck, ViewportMeta};
    use crate::rules::answers::testing::click;
    use crate::rules::testing::{check_rule, outcome};

    /// Drawn so at these ms.
    fn drawn(made: Made, checks: &[(bool, f64, f64)]) -> Made {
        made.traced().change(|recording| {
            for (is_optimized, first, last) in checks {
                let (first, last) = (Millis(*first), Millis(*last));
                let frame = Some(FrameId(0));
                recording.timeline.facts.mobile_checks.push(MobileCheck {
                    frame,
                    is_optimized: *is_optimized,
                    first,
                    last,
                });
            }
        })
    }

    fn page() -> Made {
        Made::page("https://shop.example/").document(|r| r)
    }

    #[test]
    fn as_drawn() {
        check_rule(&MISSING_MOBILE_VIEWPORT, drawn(page(), &[(true, 100.0, 900.0)]), "passed");
        let changed = drawn(page(), &[(true, 100.0, 900.0), (false, 950.0, 950.0)]);
        check_rule(&MISSING_MOBILE_VIEWPORT, changed, "found");
        // What was drawn before the element was read does not count.
        let read = |made: Made| {
            made.change(|recording| {
                let meta = ViewportMeta { at: Millis(150.0), frame: Some(FrameId(0)), content: None };
                recording.timeline.facts.viewport_metas.push(meta);
            })
        };
        let early = read(drawn(page(), &[(false, 100.0, 120.0), (true, 160.0, 900.0)]));
        check_rule(&MISSING_MOBILE_VIEWPORT, early, "passed");
    }

    #[test]
    fn as_written() {
        let html = |text: &'static str| Made::page("https://shop.example/").document(move |r| r.body(text));
        check_rule(&MISSING_MOBILE_VIEWPORT, html("<meta name=Viewport content='width=device-width'>"), "passed");
        check_rule(&MISSING_MOBILE_VIEWPORT, html("<p>"), "found");
        check_rule(&MISSING_MOBILE_VIEWPORT, page(), "not-checked");
    }

    #[test]
    fn a_click_that_waited_makes_it_a_warning() {
        let severity = |made: Made| match outcome(&MISSING_MOBILE_VIEWPORT, drawn(made, &[(false, 1.0, 2.0)])) {
            Outcome::Found(found) => (found[0].severity, found[0].savings.map(|savings| savings.ms.1)),
            other => panic!("{other:?}"),
        };
        assert_eq!(severity(page()), (Severity::Notice, None));
        assert_eq!(severity(click(400.0, 5.0, 5.0)), (Severity::Warning, Some(DOUBLE_TAP)));
        assert_eq!(severity(click(40.0, 300.0, 5.0)), (Severity::Notice, None));
    }
}
