//! `timer-churn`: timers and messages that keep the page's thread busy after it has loaded.

use crate::page_load::timers::{self, AfterLoad, Repeated};
use crate::page_load::{Metric, Owner, PageLoad};
use crate::recording::Missing;
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Evidence, Finding, Method, Outcome, Savings, Severity, Topic, gain};
use crate::units::{Bytes, Millis, Ratio};

/// After the load event there has to be this much of a recording: what goes on cannot be seen in less.
const LONG_ENOUGH: Millis = Millis(3000.0);

/// Times that a script has to run; some work is put off once or twice on purpose.
const MANY: u64 = 10;

/// In so many different seconds it has to run: else it is the end of loading.
const SECONDS: u64 = 3;

/// Part of the time from which on it is told: one input in twenty meets such a run. (Chrome lets timers of pages in
/// the background have a hundredth.)
const SHARE: f64 = 0.05;

/// Part of the time from which on it is a warning: one input in five meets such a run.
const LARGE_SHARE: f64 = 0.2;

/// How many scripts are told.
const MOST_TOLD: usize = 10;

declare_rule! {
    /// ## In plain words
    /// Nobody does anything and the page is complete, but its programs go on working, again and again.
    ///
    /// ## What it finds
    /// Scripts that timers (`setTimeout`, `setInterval`), messages (`postMessage`) or scheduled tasks ran ten times or
    /// more after the load event, in at least three different seconds, and that together took a twentieth of that time
    /// or more. It needs three seconds of recording after the load event.
    ///
    /// ## Why it matters
    /// Inputs wait for such runs, and phones and laptops never rest: battery and heat.
    ///
    /// ## How to fix it
    /// Ask for what is waited for instead of looking again and again: `IntersectionObserver`, `ResizeObserver`,
    /// `MutationObserver`, events. Stop timers when their work is done or the page is hidden; draw in
    /// `requestAnimationFrame()`; poll servers rarely, or let them push.
    ///
    /// ## How savings are estimated
    /// From none to all the time of these runs in the recording.
    ///
    /// ## When to ignore it
    /// Games, videos, live figures: if the visitor sees the result of each run.
    ///
    /// ## References
    /// - [MDN: setInterval()](https://developer.mozilla.org/docs/Web/API/Window/setInterval)
    /// - [Chrome: Heavy throttling of chained JS timers](https://developer.chrome.com/blog/timer-throttling-in-chrome-88)
    /// - [web.dev: Optimize long tasks](https://web.dev/articles/optimize-long-tasks)
    pub static TIMER_CHURN = {
        id: "timer-churn",
        title: "Timers that never rest",
        topic: Topic::MainThread,
        severity: Severity::Warning,
        owner: Owner::Origin,
        needs: [Missing::MainThread, Missing::PageTimes],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let Some(mut after) = timers::after_load(load) else {
        return Outcome::NotApplicable("the recording has no load event on the page's own thread");
    };
    if after.span.duration() < LONG_ENOUGH {
        return Outcome::NotChecked("the recording ends less than three seconds after the load event");
    }
    after.scripts.retain(|one| MANY <= one.n && SECONDS <= one.n_seconds);
    let total: Millis = after.scripts.iter().map(|one| one.total).sum();
    let share = Ratio(total.0 / after.span.duration().0);
    match after.scripts.first() {
        Some(first) if Ratio(SHARE) <= share => Outcome::found(finding(load, first, &after, total, share)),
        _ => Outcome::Passed,
    }
}

fn finding(load: &PageLoad<'_>, first: &Repeated, after: &AfterLoad, total: Millis, share: Ratio) -> Finding {
    let n: u64 = after.scripts.iter().map(|one| one.n).sum();
    let requests = after.scripts.iter().filter_map(|one| one.request(load));
    let worst = match first.script {
        Some(script) => Part::Address(script),
        None => Part::Text("a script that the recording does not name"),
    };
    Finding {
        severity: if LARGE_SHARE <= share.0 { Severity::Warning } else { Severity::Notice },
        owner: gain::owner_of(load, requests),
        customer: message![
            "After the page had loaded, its programs went on working by themselves: they took ",
            share,
            " of the browser's time for this page."
        ],
        engineer: message![
            Part::Counted(n, "run", "runs"),
            " by timers and messages in the ",
            after.span.duration(),
            " after the load event, ",
            total,
            " (",
            share,
            "); most by ",
            worst,
            "."
        ],
        fix: message![
            "Observe what is waited for (",
            Part::Code("IntersectionObserver"),
            ", events) instead of looking again and again, and stop timers whose work is done."
        ],
        evidence: after.scripts.iter().take(MOST_TOLD).map(|one| evidence(load, one)).collect(),
        savings: Some(Savings {
            milestone: Some(Metric::Inp),
            ms: (Millis::ZERO, total * (1.0 / n.max(1) as f64)),
            bytes: Bytes(0),
            method: Method::Bound,
        }),
    }
}

fn evidence(load: &PageLoad<'_>, one: &Repeated) -> Evidence {
    let mut text = match one.site {
        Some(site) => message![site, ": "],
        None => message![],
    };
    text.0.extend(message![Part::Counted(one.n, "run", "runs"), ", ", one.total].0);
    if 0 < one.n_messages {
        text.0.extend(message![", ", Part::Counted(one.n_messages, "of them a message", "of them messages")].0);
    }
    Evidence { request: one.request(load), text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::RequestId;
    use crate::recording::testing::Made;
    use crate::rules::testing::{check_rule, outcome};

    const APP: &str = "https://shop.example/app.js";

    /// The page has loaded at 500 ms; `name` runs the script for `took` every `apart` ms, `n` times.
    fn page(name: &str, n: u32, apart: f64, took: f64, end: f64) -> Made {
        let mut slices = Vec::new();
        for at in 0..n {
            let start = 600.0 + f64::from(at) * apart;
            slices.push((0, "RunTask", start, took, ""));
            slices.push((1, name, start, took, ""));
            slices.push((2, "FunctionCall", start, took, APP));
        }
        Made::page("https://shop.example/")
            .document(|r| r)
            .request(APP, |r| r.start(20.0))
            .milestones(|m| m.load = Some(Millis(500.0)))
            .work(&slices)
            .change(move |recording| recording.timeline.navigations[0].end = Millis(end))
    }

    #[test]
    fn what_goes_on() {
        for (name, took, expected) in [
            ("TimerFire", 10.0, Severity::Notice),
            ("HandlePostMessage", 10.0, Severity::Notice),
            ("TimerFire", 30.0, Severity::Warning),
        ] {
            let Outcome::Found(found) = outcome(&TIMER_CHURN, page(name, 40, 100.0, took, 4600.0)) else {
                panic!("nothing for {name} {took}")
            };
            assert_eq!((found[0].severity, found[0].evidence[0].request), (expected, Some(RequestId(1))));
            assert!(found[0].engineer.0.contains(&Part::Ms(Millis(40.0 * took))));
            assert_eq!(found[0].savings.expect("savings").ms.1, Millis(took));
        }
    }

    #[test]
    fn what_runs_within_a_run_counts_once() {
        let mut slices = Vec::new();
        for at in 0..40 {
            let start = 600.0 + f64::from(at) * 100.0;
            slices.extend([(0, "RunTask", start, 30.0, ""), (1, "TimerFire", start, 20.0, "")]);
            slices.extend([(2, "FunctionCall", start, 20.0, APP), (3, "HandlePostMessage", start, 10.0, APP)]);
            // It begins where the one before ends.
            slices.push((1, "TimerFire", start + 20.0, 10.0, APP));
        }
        let Outcome::Found(found) = outcome(&TIMER_CHURN, page("TimerFire", 0, 1.0, 1.0, 4600.0).work(&slices)) else {
            panic!("nothing")
        };
        assert!(found[0].engineer.0.contains(&Part::Counted(80, "run", "runs")), "{:?}", found[0].engineer);
        assert!(found[0].engineer.0.contains(&Part::Ms(Millis(1200.0))), "{:?}", found[0].engineer);
    }

    #[test]
    fn near_misses() {
        check_rule(&TIMER_CHURN, page("TimerFire", 9, 300.0, 100.0, 4500.0), "passed");
        // The end of loading.
        check_rule(&TIMER_CHURN, page("TimerFire", 19, 100.0, 90.0, 4500.0), "passed");
        check_rule(&TIMER_CHURN, page("TimerFire", 40, 100.0, 4.0, 4500.0), "passed");
        check_rule(&TIMER_CHURN, page("FireAnimationFrame", 40, 100.0, 30.0, 4500.0), "passed");
        check_rule(&TIMER_CHURN, page("TimerFire", 40, 50.0, 30.0, 3400.0), "not-checked");
        let made = || Made::page("https://shop.example/");
        check_rule(&TIMER_CHURN, made(), "not-applicable");
        check_rule(&TIMER_CHURN, made().without(Missing::MainThread), "not-checked");
    }
}
