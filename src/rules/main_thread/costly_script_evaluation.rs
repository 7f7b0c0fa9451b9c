//! `costly-script-evaluation`: scripts that do far more on starting than their size explains.

use crate::order::Arrange;
use crate::page_load::evaluation::{self, Evaluation};
use crate::page_load::{Metric, Owner, PageLoad};
use crate::recording::{LONG_TASK, Missing};
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Evidence, Finding, Method, Outcome, Savings, Severity, Topic, gain};
use crate::units::{Bytes, Millis};

/// Milliseconds for each 1,024 decoded bytes. Of 60 scripts in recordings of real sites on desktop machines half took
/// less than 0.13, three quarters less than 0.42: this is seven times the usual, and no matter of a slow machine alone.
const COSTLY: f64 = 1.0;

/// Less than this is not felt, however small the script (W3C Long Tasks).
const WORTH_TELLING: Millis = LONG_TASK;

/// From this much on it is serious: an input meanwhile waits longer than the 200 ms of a good INP.
const LONG: Millis = Millis(200.0);

/// How many scripts are told.
const MOST_TOLD: usize = 20;

declare_rule! {
    /// ## In plain words
    /// Some programs of this page do a lot of work the moment they are loaded, much more than programs of their size
    /// usually do.
    ///
    /// ## What it finds
    /// Scripts whose compilation and first run took 50 ms or more, and 1 ms or more for each KiB (decoded). The size of
    /// a script explains about 0.1 ms for each KiB; the rest is what its top level does.
    ///
    /// ## Why it matters
    /// Making such a script smaller helps little: the time goes into what it does on starting, which blocks the page.
    ///
    /// ## How to fix it
    /// Look at the script's first run in a profile. Build tables, parse data and start widgets when they are first
    /// needed, in pieces or in a worker; render on the server what the script would build.
    ///
    /// ## How savings are estimated
    /// From none to what these scripts took beyond 1 ms for each KiB.
    ///
    /// ## When to ignore it
    /// If the script is what the page is for. On a machine with a slowed-down processor (4 or 6 times in tests of
    /// phones) every script takes that much longer.
    ///
    /// ## References
    /// - [V8: The cost of JavaScript](https://v8.dev/blog/cost-of-javascript-2019)
    /// - [web.dev: Script evaluation and long tasks](https://web.dev/articles/script-evaluation-and-long-tasks)
    /// - [Chrome: Reduce JavaScript execution time](https://developer.chrome.com/docs/lighthouse/performance/bootup-time)
    pub static COSTLY_SCRIPT_EVALUATION = {
        id: "costly-script-evaluation",
        title: "Costly start of scripts",
        topic: Topic::MainThread,
        severity: Severity::Serious,
        owner: Owner::Origin,
        needs: [Missing::MainThread],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let Some(mut all) = evaluation::of(load) else {
        return Outcome::NotApplicable("the page's own thread is not in the recording");
    };
    if all.is_empty() {
        return Outcome::NotApplicable("no script with a file and a known size of its own was started");
    }
    all.retain(|one| WORTH_TELLING <= one.took && COSTLY <= one.ms_per_kib());
    all.arrange_by(|a, b| b.took.total_cmp(&a.took));
    match all.first() {
        None => Outcome::Passed,
        Some(worst) => Outcome::found(finding(load, worst, &all)),
    }
}

fn finding(load: &PageLoad<'_>, worst: &Evaluation, all: &[Evaluation]) -> Finding {
    let total: Millis = all.iter().map(|one| one.took).sum();
    let beyond = |one: &Evaluation| one.took - Millis(one.bytes.0 as f64 / 1024.0 * COSTLY);
    Finding {
        severity: if LONG <= total { Severity::Serious } else { Severity::Warning },
        owner: gain::owner_of(load, all.iter().map(|one| one.request)),
        customer: message![
            Part::Counted(all.len() as u64, "program", "programs"),
            " of this page kept the browser busy for ",
            total,
            " on starting, far more than ",
            Part::agreeing(all.len(), "its size explains.", "their size explains."),
        ],
        engineer: message![
            worst.request,
            " took ",
            worst.took,
            " to compile and run for ",
            worst.bytes,
            ": ",
            Part::Score(worst.ms_per_kib()),
            " ms per KiB; ",
            Part::Counted(all.len() as u64, "script", "scripts"),
            " like this, ",
            total,
            "."
        ],
        fix: message!["Do less at the top level: build and start things when they are first needed, in pieces."],
        evidence: all.iter().take(MOST_TOLD).map(evidence).collect(),
        savings: Some(Savings {
            milestone: Some(Metric::Tbt),
            ms: (Millis::ZERO, all.iter().map(beyond).sum()),
            bytes: Bytes(0),
            method: Method::Bound,
        }),
    }
}

fn evidence(one: &Evaluation) -> Evidence {
    let text = message![one.took, " for ", one.bytes, ": ", Part::Score(one.ms_per_kib()), " ms per KiB"];
    Evidence { request: Some(one.request), text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::Made;
    use crate::recording::{RequestId, ResourceKind};
    use crate::rules::testing::{check_rule, outcome};

    const APP: &str = "https://shop.example/app.js";

    fn page(kib: u64, compile: f64, run: f64) -> Made {
        Made::page("https://shop.example/")
            .document(|r| r)
            .request(APP, |r| r.kind(ResourceKind::Script).bytes(1_000, 1_000, kib * 1024))
            .work(&[
                (0, "RunTask", 100.0, compile + run, ""),
                (1, "v8.compile", 100.0, compile, APP),
                (1, "EvaluateScript", 100.0 + compile, run, APP),
                (2, "v8.compile", 101.0 + compile, run / 2.0, "https://shop.example/inner.js"),
                (0, "RunTask", 4_000.0, 900.0, ""),
                (1, "FunctionCall", 4_000.0, 900.0, APP),
            ])
    }

    #[test]
    fn time_for_size() {
        for (kib, run, expected) in [(50, 40.0, Severity::Warning), (100, 190.0, Severity::Serious)] {
            let Outcome::Found(found) = outcome(&COSTLY_SCRIPT_EVALUATION, page(kib, 10.0, run)) else {
                panic!("nothing for {kib}")
            };
            assert_eq!((found[0].severity, found[0].evidence.len()), (expected, 1));
            assert_eq!(found[0].evidence[0].request, Some(RequestId(1)));
            assert_eq!(found[0].savings.expect("savings").ms.1, Millis(10.0 + run - kib as f64));
        }
    }

    #[test]
    fn near_misses() {
        check_rule(&COSTLY_SCRIPT_EVALUATION, page(51, 10.0, 40.0), "passed");
        check_rule(&COSTLY_SCRIPT_EVALUATION, page(1, 9.0, 40.0), "passed");
        let made = || Made::page("https://shop.example/");
        check_rule(&COSTLY_SCRIPT_EVALUATION, made().traced(), "not-applicable");
        check_rule(&COSTLY_SCRIPT_EVALUATION, made(), "not-applicable");
        check_rule(&COSTLY_SCRIPT_EVALUATION, made().without(Missing::MainThread), "not-checked");
    }
}
