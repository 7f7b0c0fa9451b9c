//! `slow-event-handler`: clicks, taps and keys whose handlers ran for long.

use crate::page_load::{Owner, PageLoad};
use crate::recording::Missing;
use crate::rules::answers::{self, AnswerPart, Words};
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Outcome, Severity, Topic};

declare_rule! {
    /// ## In plain words
    /// Somebody clicked or typed, and the page's program reckoned for so long that the answer came late.
    ///
    /// ## What it finds
    /// Interactions of more than 100 ms to the next frame in which the event handlers took 50 ms or more, and longer than
    /// the wait before and the drawing after them. More than 200 ms in all is a warning, more than 500 ms serious: the
    /// limits of Interaction to Next Paint.
    ///
    /// ## Why it matters
    /// Until the handlers are done nothing on the page changes: no pressed button, no letter in the field.
    ///
    /// ## How to fix it
    /// Show the answer first and do the rest after it: `scheduler.yield()`, `requestAnimationFrame()` with `setTimeout()`,
    /// a worker for reckoning. Update only what changed instead of rendering the whole page.
    ///
    /// ## How savings are estimated
    /// Between none and the handlers' time in the slowest of them.
    ///
    /// ## When to ignore it
    /// If the recording machine was slowed down on purpose and the figure is within what its factor explains.
    ///
    /// ## References
    /// - [Chrome: INP breakdown](https://developer.chrome.com/docs/performance/insights/inp-breakdown)
    /// - [web.dev: Optimize Interaction to Next Paint](https://web.dev/articles/optimize-inp)
    /// - [Event Timing](https://w3c.github.io/event-timing/)
    pub static SLOW_EVENT_HANDLER = {
        id: "slow-event-handler",
        title: "Slow event handlers",
        topic: Topic::Interaction,
        severity: Severity::Serious,
        owner: Owner::Origin,
        needs: [Missing::MainThread],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let part = AnswerPart { took: |answer| answer.interaction.processing, content: |answer| &answer.handling };
    let words = Words {
        customer: message!["a program in it was reckoning."],
        engineer: "in event handlers",
        fix: message![
            "Answer first, reckon after: break the handler up with ",
            Part::Code("scheduler.yield()"),
            " or move the work into a worker."
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
        check_rule(&SLOW_EVENT_HANDLER, click(1.0, 300.0, 15.0), "found");
        check_rule(&SLOW_EVENT_HANDLER, click(1.0, 70.0, 15.0), "passed");
        check_rule(&SLOW_EVENT_HANDLER, click(310.0, 300.0, 15.0), "passed");
        check_rule(&SLOW_EVENT_HANDLER, click(30.0, 45.0, 40.0), "passed");
    }

    #[test]
    fn without_input_or_trace() {
        check_rule(&SLOW_EVENT_HANDLER, page(), "not-applicable");
        check_rule(&SLOW_EVENT_HANDLER, page().without(Missing::MainThread), "not-checked");
    }
}
