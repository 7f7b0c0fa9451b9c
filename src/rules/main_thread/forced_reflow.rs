//! `forced-reflow`: scripts that make the browser compute the layout in the middle of their run, again and again.

use crate::page_load::forced_reflow::{self, ForcedReflows};
use crate::page_load::{Metric, Owner, PageLoad};
use crate::recording::Missing;
use crate::rules::gain;
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Evidence, Finding, Method, Outcome, Savings, Severity, Topic};
use crate::units::{Bytes, Millis};

/// From this much forced work on it is a warning: alone it would make a long task (W3C Long Tasks).
const NOTICEABLE: Millis = Millis(50.0);

/// From this much on it is serious: an input meanwhile waits longer than the 200 ms of a good INP.
const LONG: Millis = Millis(200.0);

/// How many functions are told; the rest is small.
const MOST_TOLD: usize = 10;

declare_rule! {
    /// ## In plain words
    /// A program of this page asks for the size or place of something right after it has changed the page. The browser
    /// then has to lay out the page anew at once, instead of once at the end. In a loop that adds up.
    ///
    /// ## What it finds
    /// Style and layout work inside of running script, in tasks that have 30 ms or more of it (Chrome's own limit for its
    /// warning), by the function that forced it.
    ///
    /// ## Why it matters
    /// While it computes, the page neither reacts nor paints.
    ///
    /// ## How to fix it
    /// Read first (`offsetHeight`, `getBoundingClientRect()`, `scrollTop`, computed styles), then write; never in turns
    /// within a loop. Move writes into `requestAnimationFrame()`, measure with `ResizeObserver` or
    /// `IntersectionObserver`, and keep the part that is laid out small with `contain: layout`.
    ///
    /// ## How savings are estimated
    /// Between none and all forced work: one layout of the result has to remain.
    ///
    /// ## When to ignore it
    /// One measurement after one change, such as placing a menu, cannot be avoided.
    ///
    /// ## References
    /// - [Chrome: Forced reflow](https://developer.chrome.com/docs/performance/insights/forced-reflow)
    /// - [web.dev: Avoid large, complex layouts and layout thrashing](https://web.dev/articles/avoid-large-complex-layouts-and-layout-thrashing)
    /// - [What forces layout](https://gist.github.com/paulirish/5d52fb081b3570c81e3a)
    pub static FORCED_REFLOW = {
        id: "forced-reflow",
        title: "Layout forced by scripts",
        topic: Topic::MainThread,
        severity: Severity::Serious,
        owner: Owner::Origin,
        needs: [Missing::MainThread],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    match forced_reflow::of(load) {
        Some(forced) if forced.n_events == 0 => Outcome::Passed,
        Some(forced) => Outcome::found(finding(load, &forced)),
        None => Outcome::NotApplicable("the page's own thread is not in the recording"),
    }
}

fn finding(load: &PageLoad<'_>, forced: &ForcedReflows) -> Finding {
    let requests = forced.by_site.iter().filter_map(|one| load.request_of_site(one.site?));
    let evidence = forced.by_site.iter().take(MOST_TOLD).map(|one| {
        let times = Part::Counted(one.n_events, "forced computation", "forced computations");
        let mut text = match one.site {
            Some(site) => message![site, ": "],
            None => message!["by script that the recording does not name: "],
        };
        text.0.extend(message![times, " of style or layout, ", one.total].0);
        if let Some(task) = load.recording.timeline.main_thread.slices.get(one.task) {
            text.0.extend(message![", in a task of ", task.duration, " at ", load.since_start(task.start)].0);
        }
        Evidence { request: one.site.and_then(|site| load.request_of_site(site)), text }
    });
    Finding {
        severity: match forced.total {
            total if LONG <= total => Severity::Serious,
            total if NOTICEABLE <= total => Severity::Warning,
            _ => Severity::Notice,
        },
        owner: gain::owner_of(load, requests),
        customer: message![
            "Programs of this page made the browser arrange the page anew in the middle of their work, ",
            Part::Counted(forced.n_events, "time", "times"),
            ". Together that took ",
            forced.total,
            ", in which the page could not react."
        ],
        engineer: message![
            Part::Counted(forced.n_events, "forced style or layout computation", "forced style or layout computations"),
            " of ",
            forced.total,
            " by ",
            Part::Counted(forced.by_site.len() as u64, "function", "functions"),
            "."
        ],
        fix: message![
            "Read sizes and places first, then change the page; move changes into ",
            Part::Code("requestAnimationFrame()"),
            " and never read and write in turns within a loop."
        ],
        evidence: evidence.collect(),
        savings: Some(Savings {
            milestone: Some(Metric::Tbt),
            ms: (Millis::ZERO, forced.total),
            bytes: Bytes(0),
            method: Method::Bound,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::Made;
    use crate::rules::testing::{check_rule, outcome};

    const PAGE: &str = "https://shop.example/";
    const APP: &str = "https://shop.example/app.js";

    fn page(forced: f64) -> Made {
        Made::page(PAGE).document(|r| r).request(APP, |r| r.start(20.0)).work(&[
            (0, "RunTask", 100.0, 500.0, ""),
            (1, "fn resizeCards", 100.0, 490.0, APP),
            (2, "Layout 9", 110.0, forced / 2.0, ""),
            (2, "UpdateLayoutTree 9", 400.0, forced / 2.0, ""),
        ])
    }

    #[test]
    fn severity_follows_the_time() {
        for (forced, expected) in [(40.0, Severity::Notice), (60.0, Severity::Warning), (400.0, Severity::Serious)] {
            let Outcome::Found(found) = outcome(&FORCED_REFLOW, page(forced)) else { panic!("nothing found") };
            assert_eq!((found[0].severity, found[0].evidence.len()), (expected, 1));
            assert_eq!(found[0].savings.expect("savings").ms.1, Millis(forced));
        }
    }

    #[test]
    fn near_misses() {
        let own = Made::page(PAGE).work(&[(0, "RunTask", 100.0, 500.0, ""), (1, "Layout 9", 110.0, 300.0, "")]);
        check_rule(&FORCED_REFLOW, own, "passed");
        check_rule(&FORCED_REFLOW, Made::page(PAGE).without(Missing::MainThread), "not-checked");
        check_rule(&FORCED_REFLOW, Made::page(PAGE), "not-applicable");
    }
}
