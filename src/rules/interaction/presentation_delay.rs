//! `presentation-delay`: clicks, taps and keys whose effect took long to be drawn.

use crate::page_load::{Owner, PageLoad};
use crate::recording::Missing;
use crate::rules::answers::{self, AnswerPart, Words};
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Outcome, Severity, Topic};

declare_rule! {
    /// ## In plain words
    /// Somebody clicked or typed and the page's program was done with it soon, but the browser took long to draw the
    /// result.
    ///
    /// ## What it finds
    /// Interactions of more than 100 ms to the next frame in which 50 ms or more passed between the end of the event
    /// handlers and the frame, and longer than waiting and handling took: style, layout, paint, callbacks of
    /// `requestAnimationFrame()`, or other tasks in between. More than 200 ms in all is a warning, more than 500 ms
    /// serious: the limits of Interaction to Next Paint.
    ///
    /// ## Why it matters
    /// For the visitor it makes no difference why the screen does not change.
    ///
    /// ## How to fix it
    /// Change less of the page at once: fewer elements, `content-visibility: auto` for what is far below, `contain` around
    /// what changes; keep `requestAnimationFrame()` callbacks short; show large tables and lists in parts.
    ///
    /// ## How savings are estimated
    /// Between none and the time between handlers and frame in the slowest of them; one frame of 16 ms always remains.
    ///
    /// ## When to ignore it
    /// If the recording machine was slowed down on purpose and the figure is within what its factor explains.
    ///
    /// ## References
    /// - [Chrome: INP breakdown](https://developer.chrome.com/docs/performance/insights/inp-breakdown)
    /// - [web.dev: Optimize Interaction to Next Paint](https://web.dev/articles/optimize-inp)
    /// - [MDN: content-visibility](https://developer.mozilla.org/docs/Web/CSS/content-visibility)
    pub static PRESENTATION_DELAY = {
        id: "presentation-delay",
        title: "Frames that came late after input",
        topic: Topic::Interaction,
        severity: Severity::Serious,
        owner: Owner::Origin,
        needs: [Missing::MainThread],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let part = AnswerPart { took: |answer| answer.interaction.presentation_delay, content: |answer| &answer.after };
    let words = Words {
        customer: message!["the browser took that long to draw what had changed."],
        engineer: "between the handlers and the frame",
        fix: message![
            "Change fewer elements at once, put ",
            Part::Code("content-visibility: auto"),
            " on what is out of view, and keep ",
            Part::Code("requestAnimationFrame()"),
            " callbacks short."
        ],
    };
    answers::check(load, &part, words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::answers::testing::{click, page};
    use crate::rules::testing::check_rule;

    #[test]
    fn the_longest_part_is_to_blame() {
        check_rule(&PRESENTATION_DELAY, click(1.0, 7.0, 480.0), "found");
        check_rule(&PRESENTATION_DELAY, click(1.0, 300.0, 15.0), "passed");
        check_rule(&PRESENTATION_DELAY, click(1.0, 7.0, 90.0), "passed");
    }

    #[test]
    fn without_input_or_trace() {
        check_rule(&PRESENTATION_DELAY, page(), "not-applicable");
        check_rule(&PRESENTATION_DELAY, page().without(Missing::MainThread), "not-checked");
    }
}
