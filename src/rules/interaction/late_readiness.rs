//! `late-readiness`: the page is there to be seen, but its own script still blocks it.

use crate::page_load::long_tasks::LongTask;
use crate::page_load::readiness::{self, Readiness};
use crate::page_load::{Metric, Owner, PageLoad};
use crate::recording::Missing;
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Evidence, Finding, Method, Outcome, Savings, Severity, Topic, gain, work_text};
use crate::units::{Bytes, Millis};

/// From this much blocking time on it is told: what Google calls a good Total Blocking Time ends here.
const WORTH_TELLING: Millis = Millis(200.0);

/// From this much on it is serious: what Google calls a poor Total Blocking Time begins here.
const LONG: Millis = Millis(600.0);

/// An input that waited this long for its handlers was felt (web.dev/articles/rail: answers within 100 ms).
const FELT: Millis = Millis(100.0);

/// How many tasks are told.
const MOST_TOLD: usize = 10;

declare_rule! {
    /// ## In plain words
    /// The page can be seen but not yet used: its main program is still starting, and clicks may have to wait.
    ///
    /// ## What it finds
    /// The time between the first contentful paint and the end of the last long task of the site's main script (the one
    /// that began the most work of the page's thread) before the page was quiet for 5 seconds. It is told if long tasks blocked
    /// for 200 ms in between; 600 ms, or an input that waited 100 ms for its handlers meanwhile, are serious. This is
    /// what frameworks do when they make a page sent by the server alive ("hydration").
    ///
    /// ## Why it matters
    /// Visitors begin to use a page as soon as they see it. Inputs in that time are late or do nothing.
    ///
    /// ## How to fix it
    /// Hydrate in pieces, what is visible first, and the rest on interaction (islands, progressive hydration, server
    /// components); yield between the pieces with `scheduler.yield()`. Send less script. Start third parties afterwards.
    /// Make links and forms work without script.
    ///
    /// ## How savings are estimated
    /// From none to the blocking time in between.
    ///
    /// ## When to ignore it
    /// If nothing on the page can be used before that anyway, such as a map or a game.
    ///
    /// ## References
    /// - [web.dev: Rendering on the web](https://web.dev/articles/rendering-on-the-web)
    /// - [web.dev: Optimize input delay](https://web.dev/articles/optimize-input-delay)
    /// - [web.dev: Time to Interactive](https://web.dev/articles/tti)
    pub static LATE_READINESS = {
        id: "late-readiness",
        title: "Page visible but not yet usable",
        topic: Topic::Interaction,
        severity: Severity::Serious,
        owner: Owner::Origin,
        needs: [Missing::PaintTimes, Missing::MainThread],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    match readiness::of(load) {
        None => Outcome::NotApplicable("no script of the site blocked the page after its first paint, as far as known"),
        Some(ready) if ready.blocking < WORTH_TELLING => Outcome::Passed,
        Some(ready) => Outcome::found(finding(load, &ready)),
    }
}

fn finding(load: &PageLoad<'_>, ready: &Readiness<'_>) -> Finding {
    let waited = ready.waited.filter(|input| FELT <= input.input_delay);
    let mut evidence = vec![Evidence {
        request: load.request_of_script(ready.script),
        text: message!["the site's main script; first paint at ", ready.span.start, ", done at ", ready.span.end],
    }];
    if let Some(input) = waited {
        let text = message![
            Part::Name(input.event),
            " at ",
            load.since_start(input.start),
            " waited ",
            input.input_delay,
            " for its handlers"
        ];
        evidence.push(Evidence { request: None, text });
    }
    evidence.extend(ready.tasks.iter().take(MOST_TOLD).map(|task| {
        let mut text = message![task.span.duration(), " at ", task.span.start];
        text.0.extend(work_text::content(load, &task.content, task.span.duration()).0);
        Evidence { request: task.content.request(load), text }
    }));
    let until_its_end = |task: &LongTask| task.span.duration().min(task.span.end - ready.span.start);
    let longest = ready.tasks.iter().map(until_its_end).fold(Millis::ZERO, Millis::max);
    let is_serious = LONG <= ready.blocking || waited.is_some();
    Finding {
        severity: if is_serious { Severity::Serious } else { Severity::Warning },
        owner: gain::owner_of(load, ready.tasks.iter().filter_map(|task| task.content.request(load))),
        customer: message![
            "The page could be seen after ",
            ready.span.start,
            ", but its program was ready only after ",
            ready.span.end,
            "; until then a click could have to wait for up to ",
            longest,
            "."
        ],
        engineer: message![
            ready.blocking,
            " of blocking time in ",
            Part::Counted(ready.tasks.len() as u64, "long task", "long tasks"),
            " between the first contentful paint at ",
            ready.span.start,
            " and the end of the main script's work at ",
            ready.span.end,
            "."
        ],
        fix: message![
            "Make the page alive in pieces, what is visible first, and let inputs in between with ",
            Part::Code("scheduler.yield()"),
            "."
        ],
        evidence,
        savings: Some(Savings {
            milestone: Some(Metric::Tbt),
            ms: (Millis::ZERO, ready.blocking),
            bytes: Bytes(0),
            method: Method::Bound,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::Made;
    use crate::recording::{Interaction, RequestId};
    use crate::rules::testing::{check_rule, outcome};

    const APP: &str = "https://shop.example/app.js";
    const CHAT: &str = "https://chat.vendor.example/chat.js";

    /// First paint at 200 ms; a stranger's task of 100 ms; the app's task of `took` begins at `at`; later another one.
    fn page(script: &str, at: f64, took: f64) -> Made {
        Made::page("https://shop.example/")
            .document(|r| r)
            .request(script, |r| r.start(20.0))
            .request(CHAT, |r| r.start(20.0))
            .milestones(|m| m.first_contentful_paint = Some(Millis(200.0)))
            .work(&[
                (0, "RunTask", 300.0, 100.0, ""),
                (1, "FunctionCall", 300.0, 100.0, CHAT),
                (0, "RunTask", at, took, ""),
                (1, "FunctionCall", at, took, script),
                (0, "RunTask", 20_000.0, 900.0, ""),
                (1, "FunctionCall", 20_000.0, 900.0, script),
            ])
    }

    fn with_click(made: Made, start: f64, input_delay: f64) -> Made {
        made.change(move |recording| {
            let event = recording.strings.intern("click");
            recording.timeline.interactions.push(Interaction {
                event,
                recorded_id: 1,
                start: Millis(start),
                duration: Millis(input_delay + 20.0),
                input_delay: Millis(input_delay),
                processing: Millis(10.0),
                presentation_delay: Millis(10.0),
                frame: None,
                node: None,
            });
        })
    }

    #[test]
    fn until_the_main_script_is_done() {
        for (took, expected) in [(210.0, Severity::Warning), (650.0, Severity::Serious)] {
            let Outcome::Found(found) = outcome(&LATE_READINESS, page(APP, 500.0, took)) else { panic!("{took}") };
            assert_eq!((found[0].severity, found[0].evidence[0].request), (expected, Some(RequestId(1))));
            assert_eq!(found[0].savings.expect("savings").ms.1, Millis(took - 50.0 + 50.0));
            assert!(found[0].engineer.0.contains(&Part::Ms(Millis(500.0 + took))));
            assert!(found[0].customer.0.contains(&Part::Ms(Millis(took))));
        }
        // Between the two tasks.
        let waited = with_click(page(APP, 1_000.0, 400.0), 500.0, 120.0);
        let Outcome::Found(found) = outcome(&LATE_READINESS, waited) else { panic!("nothing") };
        assert_eq!((found[0].severity, found[0].evidence.len()), (Severity::Serious, 4));
    }

    #[test]
    fn near_misses() {
        check_rule(&LATE_READINESS, page(APP, 500.0, 190.0), "passed");
        // Before the first paint, and long after it.
        check_rule(&LATE_READINESS, page(APP, 20.0, 150.0), "not-applicable");
        check_rule(&LATE_READINESS, page(APP, 6_000.0, 900.0), "not-applicable");
        check_rule(&LATE_READINESS, page("https://tags.vendor.example/t.js", 500.0, 900.0), "not-applicable");
        let made = || Made::page("https://shop.example/");
        check_rule(&LATE_READINESS, made(), "not-applicable");
        check_rule(&LATE_READINESS, made().without(Missing::MainThread), "not-checked");
    }
}
