//! `input-delay`: clicks, taps and keys that waited for other work before anything handled them.

use crate::page_load::{Owner, PageLoad};
use crate::recording::Missing;
use crate::rules::answers::{self, AnswerPart, Words};
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Outcome, Severity, Topic};

declare_rule! {
    /// ## In plain words
    /// Somebody clicked or typed while the page was busy with something else, so the click had to wait its turn.
    ///
    /// ## What it finds
    /// Interactions of more than 100 ms to the next frame in which 50 ms or more passed before the first event handler
    /// began, and longer than handling and drawing took. The evidence names what ran meanwhile. More than 200 ms in all is
    /// a warning, more than 500 ms serious: the limits of Interaction to Next Paint.
    ///
    /// ## Why it matters
    /// The visitor gets no sign that the page heard them, and clicks again.
    ///
    /// ## How to fix it
    /// Break up the task that was in the way with `scheduler.yield()`; do not start heavy work while people begin to use
    /// the page; keep timers and third-party scripts short. On phones a page without `<meta name="viewport">` waits for
    /// the second tap of a double tap.
    ///
    /// ## How savings are estimated
    /// Between none and the longest such wait.
    ///
    /// ## When to ignore it
    /// An input in the first moments of loading, if loading itself is short.
    ///
    /// ## References
    /// - [Chrome: INP breakdown](https://developer.chrome.com/docs/performance/insights/inp-breakdown)
    /// - [web.dev: Optimize input delay](https://web.dev/articles/optimize-input-delay)
    /// - [Event Timing](https://w3c.github.io/event-timing/)
    pub static INPUT_DELAY = {
        id: "input-delay",
        title: "Input that had to wait",
        topic: Topic::Interaction,
        severity: Severity::Serious,
        owner: Owner::Origin,
        needs: [Missing::MainThread],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let part = AnswerPart { took: |answer| answer.interaction.input_delay, content: |answer| &answer.before };
    let words = Words {
        customer: message!["it was busy with something else."],
        engineer: "waiting for other work",
        fix: message![
            "Break up the task that was in the way with ",
            Part::Code("scheduler.yield()"),
            ", or start it when nobody is waiting."
        ],
    };
    answers::check(load, &part, words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::answers::testing::{click, page};
    use crate::rules::testing::{check_rule, outcome};

    #[test]
    fn the_longest_part_is_to_blame() {
        check_rule(&INPUT_DELAY, click(300.0, 5.0, 15.0), "found");
        check_rule(&INPUT_DELAY, click(45.0, 40.0, 16.0), "passed");
        check_rule(&INPUT_DELAY, click(90.0, 1.0, 5.0), "passed");
    }

    #[test]
    fn what_was_in_the_way_is_named() {
        let made = click(300.0, 5.0, 15.0).work(&[
            (0, "RunTask", 900.0, 400.0, ""),
            (1, "FunctionCall", 900.0, 399.0, "https://shop.example/app.js"),
        ]);
        let Outcome::Found(found) = outcome(&INPUT_DELAY, made) else { panic!("nothing found") };
        assert_eq!(found[0].evidence[0].request, Some(crate::recording::RequestId(1)));
    }

    #[test]
    fn without_input_or_trace() {
        check_rule(&INPUT_DELAY, page(), "not-applicable");
        check_rule(&INPUT_DELAY, page().without(Missing::MainThread), "not-checked");
    }
}
