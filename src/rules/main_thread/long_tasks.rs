//! `long-tasks`: tasks of the main thread during which the page cannot react.

use crate::order::Arrange;
use crate::page_load::long_tasks::{self, LongTask};
use crate::page_load::{Metric, Owner, PageLoad};
use crate::recording::{Missing, RequestId};
use crate::rules::gain;
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Evidence, Finding, Method, Outcome, Savings, Severity, Topic, work_text};
use crate::units::{Bytes, Millis};

/// From this much blocking time on it is a warning: what Google calls a good Total Blocking Time ends here.
const NOTICEABLE: Millis = Millis(200.0);

/// From this much on it is serious: what Google calls a poor Total Blocking Time begins here.
const LONG: Millis = Millis(600.0);

/// How many tasks are told, the longest first.
const MOST_TOLD: usize = 20;

declare_rule! {
    /// ## In plain words
    /// The browser does one thing at a time for a page. For stretches of this visit it was busy without a break, so that
    /// clicks, typing and scrolling would have waited.
    ///
    /// ## What it finds
    /// Tasks of more than 50 ms on the page's own thread (those of frames in other processes do not hold it), with the
    /// script and the function that took the most of each. What they take beyond 50 ms each, from the first paint on and
    /// outside of answers to input, decides the weight: 200 ms are a warning, 600 ms are serious.
    ///
    /// ## Why it matters
    /// An input that comes in such a task waits for its end. Before the first paint long tasks delay the paint itself.
    ///
    /// ## How to fix it
    /// Do less, later, or in pieces: split work with `scheduler.yield()` or `setTimeout()`, load what the first view does
    /// not need on demand, render on the server, move reckoning into a worker. Of third-party scripts: load them after
    /// the page has become usable.
    ///
    /// ## How savings are estimated
    /// Between none and the blocking time, if all tasks were cut into pieces of at most 50 ms.
    ///
    /// ## When to ignore it
    /// On the recording machine other programs or a slowed-down processor may have lengthened tasks. Compare two
    /// recordings.
    ///
    /// ## References
    /// - [W3C Long Tasks](https://w3c.github.io/longtasks/)
    /// - [web.dev: Optimize long tasks](https://web.dev/articles/optimize-long-tasks)
    /// - [web.dev: Total Blocking Time](https://web.dev/articles/tbt)
    pub static LONG_TASKS = {
        id: "long-tasks",
        title: "Tasks that block the page",
        topic: Topic::MainThread,
        severity: Severity::Serious,
        owner: Owner::Origin,
        needs: [Missing::MainThread],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let Some(mut tasks) = long_tasks::of(load) else {
        return Outcome::NotApplicable("the page's own thread is not in the recording");
    };
    if tasks.is_empty() {
        return Outcome::Passed;
    }
    tasks.arrange_by(|a, b| b.span.duration().total_cmp(&a.span.duration()));
    Outcome::found(finding(load, &tasks))
}

/// The script that took the most of a task.
fn request_of(load: &PageLoad<'_>, task: &LongTask) -> Option<RequestId> {
    task.content.request(load)
}

/// Third parties' if they have more than half of the blocking time.
fn owner_of(load: &PageLoad<'_>, tasks: &[LongTask], all: Millis) -> Option<Owner> {
    let is_third = |task: &&LongTask| gain::owner_of(load, request_of(load, task)) == Some(Owner::ThirdParty);
    let third: Millis = tasks.iter().filter(is_third).map(LongTask::blocking).sum();
    (all * 0.5 < third).then_some(Owner::ThirdParty)
}

fn finding(load: &PageLoad<'_>, tasks: &[LongTask]) -> Finding {
    let all: Millis = tasks.iter().map(LongTask::blocking).sum();
    let painted = load.milestones.fcp.map_or(Millis::ZERO, |fcp| fcp.ms);
    let blocking: Millis = tasks
        .iter()
        .filter(|task| painted < task.span.end && !task.during_input)
        .map(|task| task.blocking().min(task.span.end - painted))
        .sum();
    let longest = tasks.first().map_or(Millis::ZERO, |task| task.span.duration());
    let n = Part::Counted(tasks.len() as u64, "task", "tasks");
    Finding {
        severity: match blocking {
            blocking if LONG <= blocking => Severity::Serious,
            blocking if NOTICEABLE <= blocking => Severity::Warning,
            _ => Severity::Notice,
        },
        owner: owner_of(load, tasks, all),
        customer: message![
            Part::Counted(tasks.len() as u64, "time", "times"),
            " the browser was so busy with this page that it could not react at once to a click or a key; the longest ",
            "took ",
            longest,
            "."
        ],
        engineer: message![
            n,
            " over 50 ms, the longest ",
            longest,
            "; ",
            blocking,
            " of blocking time after the first paint and outside of input."
        ],
        fix: message![
            "Split this work with ",
            Part::Code("scheduler.yield()"),
            ", load what the first view does not need later, and move reckoning into a worker."
        ],
        evidence: tasks.iter().take(MOST_TOLD).map(|task| evidence(load, task)).collect(),
        savings: Some(Savings {
            milestone: Some(Metric::Tbt),
            ms: (Millis::ZERO, blocking),
            bytes: Bytes(0),
            method: Method::Bound,
        }),
    }
}

fn evidence(load: &PageLoad<'_>, task: &LongTask) -> Evidence {
    let mut text = message![task.span.duration(), " at ", task.span.start];
    text.0.extend(work_text::content(load, &task.content, task.span.duration()).0);
    if task.during_input {
        text.0.extend(message!["; an input waited for it"].0);
    }
    Evidence { request: request_of(load, task), text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::SiteId;
    use crate::recording::testing::Made;
    use crate::rules::testing::{check_rule, outcome};

    const PAGE: &str = "https://shop.example/";
    const APP: &str = "https://shop.example/app.js";

    fn page(duration: f64) -> Made {
        Made::page(PAGE)
            .document(|r| r)
            .request(APP, |r| r.start(20.0))
            .milestones(|m| m.first_contentful_paint = Some(Millis(50.0)))
            .work(&[
                (0, "RunTask", 100.0, duration, ""),
                (1, "EvaluateScript", 100.0, duration - 1.0, APP),
                (2, "fn ", 100.0, duration - 1.0, APP),
                (3, "fn hydrate", 101.0, duration - 3.0, APP),
                (4, "fn inner", 101.0, duration - 8.0, "https://shop.example/vendor.js"),
                (5, "fn helper", 101.0, 5.0, "https://shop.example/vendor.js"),
                (0, "RunTask", 5_000.0, 50.0, ""),
            ])
    }

    fn found(made: Made) -> Finding {
        match outcome(&LONG_TASKS, made) {
            Outcome::Found(mut found) => found.remove(0),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn severity_follows_the_blocking_time() {
        for (duration, expected) in [(60.0, Severity::Notice), (260.0, Severity::Warning), (651.0, Severity::Serious)] {
            let found = found(page(duration));
            assert_eq!((found.severity, found.evidence.len()), (expected, 1));
            assert_eq!(found.evidence[0].request, Some(RequestId(1)));
            assert_eq!(found.savings.expect("savings").ms.1, Millis(duration - 50.0));
        }
    }

    #[test]
    fn the_functions_with_most_of_the_time_are_told() {
        let recording = page(400.0).recording();
        let loads = PageLoad::all(&recording);
        let tasks = long_tasks::of(&loads[0]).expect("work");
        let content = &tasks[0].content;
        let name = |id: &SiteId| recording.timeline.main_thread.site(*id).and_then(|site| site.function);
        let path: Vec<_> = content.path.iter().map(|id| recording.text(name(id).expect("a name")).expose()).collect();
        assert_eq!(path, ["hydrate", "inner"]);
        let (script, time) = content.script.expect("a script");
        assert_eq!((recording.text(script).expose(), time), (APP, Millis(399.0)));
    }

    #[test]
    fn work_before_the_first_paint_and_for_input_does_not_weigh() {
        let late = page(260.0).milestones(|m| m.first_contentful_paint = Some(Millis(300.0)));
        assert_eq!(found(late).severity, Severity::Notice);
        let input = page(900.0).change(|recording| {
            let event = recording.strings.intern("click");
            recording.timeline.interactions.push(crate::recording::Interaction {
                event,
                recorded_id: 1,
                start: Millis(90.0),
                duration: Millis(920.0),
                input_delay: Millis(10.0),
                processing: Millis(900.0),
                presentation_delay: Millis(10.0),
                frame: None,
                node: None,
            });
        });
        assert_eq!(found(input).severity, Severity::Notice);
    }

    #[test]
    fn near_misses() {
        check_rule(&LONG_TASKS, page(50.0), "passed");
        check_rule(&LONG_TASKS, Made::page(PAGE).without(Missing::MainThread), "not-checked");
        check_rule(&LONG_TASKS, Made::page(PAGE), "not-applicable");
    }
}
