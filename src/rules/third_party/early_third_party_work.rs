//! `early-third-party-work`: one other company's scripts at work before the main content was there.

use crate::page_load::main_thread::{self, PartyWork};
use crate::page_load::{Metric, Owner, PageLoad};
use crate::recording::Missing;
use crate::rules::rule::declare_rule;
use crate::rules::text::{Message, message};
use crate::rules::third_party::third_party_main_thread::{others, party};
use crate::rules::{Evidence, Finding, Method, Outcome, Savings, Severity, Topic};
use crate::units::{Bytes, Millis, Ratio};

/// From this much work of one party on it is told: six frames that could have been drawn.
const WORTH_TELLING: Millis = Millis(100.0);

/// From this much on it is serious: a fifth of the 2.5 seconds of a good LCP.
const LONG: Millis = Millis(500.0);

/// How many other parties are told besides.
const MOST_TOLD: usize = 10;

declare_rule! {
    /// ## In plain words
    /// Before visitors could see the main content of this page, the browser was running another company's program.
    ///
    /// ## What it finds
    /// A company (or a site that no company is known of) whose scripts began work, layout and style included, of 100 ms
    /// or more of the page's own thread before the largest contentful paint. 500 ms are serious.
    ///
    /// ## Why it matters
    /// The thread that runs scripts is the one that reads HTML and paints. Until a script ends, nothing is shown.
    ///
    /// ## How to fix it
    /// Start this company's script after the main content is shown: `async` and `defer` only change when it is fetched
    /// and in which order it runs; to run it later, insert it on the `load` event, on interaction or when the browser
    /// is idle (`requestIdleCallback()`). In a tag manager: trigger on "window loaded" instead of on "page view".
    ///
    /// ## How savings are estimated
    /// Between none (the page may have waited for the network meanwhile) and all work of such companies before the
    /// paint.
    ///
    /// ## When to ignore it
    /// If the script decides what is shown first: consent by law, an experiment, a price.
    ///
    /// ## References
    /// - [web.dev: Load third-party JavaScript efficiently](https://web.dev/articles/efficiently-load-third-party-javascript)
    /// - [web.dev: Optimize LCP](https://web.dev/articles/optimize-lcp)
    /// - [Best practices for tags and tag managers](https://web.dev/articles/tag-best-practices)
    pub static EARLY_THIRD_PARTY_WORK = {
        id: "early-third-party-work",
        title: "Third party at work before the main content",
        topic: Topic::ThirdParty,
        severity: Severity::Serious,
        owner: Owner::ThirdParty,
        needs: [Missing::PaintTimes, Missing::MainThread],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let Some(lcp) = load.milestones.lcp else {
        return Outcome::NotChecked("the recording does not tell when the main content was painted");
    };
    let Some(work) = main_thread::until(load, lcp.ms) else {
        return Outcome::NotApplicable("the page's own thread is not in the recording");
    };
    let mut others = others(&work);
    others.retain(|party| WORTH_TELLING <= party.begun);
    match others.first() {
        None => Outcome::Passed,
        Some(first) => Outcome::found(finding(load, first, &others, lcp.ms)),
    }
}

fn finding(load: &PageLoad<'_>, first: &PartyWork, others: &[&PartyWork], lcp: Millis) -> Finding {
    let total: Millis = others.iter().map(|party| party.begun).sum();
    let share = Ratio(if Millis::ZERO < lcp { first.begun.0 / lcp.0 } else { 0.0 });
    Finding {
        severity: if LONG <= first.begun { Severity::Serious } else { Severity::Warning },
        owner: None,
        customer: message![
            "Before the main content was there, the browser spent ",
            first.begun,
            " on a program of ",
            party(load, first),
            "."
        ],
        engineer: message![
            party(load, first),
            " took ",
            first.begun,
            " of the main thread before the largest paint at ",
            lcp,
            " (",
            share,
            ")."
        ],
        fix: message!["Start it after the main content is shown: on interaction, on the load event, or when idle."],
        evidence: others.iter().take(MOST_TOLD).map(|one| evidence(load, one)).collect(),
        savings: Some(Savings {
            milestone: Some(Metric::Lcp),
            ms: (Millis::ZERO, total),
            bytes: Bytes(0),
            method: Method::Bound,
        }),
    }
}

fn evidence(load: &PageLoad<'_>, one: &PartyWork) -> Evidence {
    let text: Message =
        message![party(load, one), ": ", one.begun, " before the paint, ", one.own, " in its own functions"];
    Evidence { request: load.request_of_script(one.url), text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::RequestId;
    use crate::recording::testing::Made;
    use crate::rules::testing::{check_rule, outcome};

    const CHAT: &str = "https://chat.vendor.example/chat.js";

    /// The chat's script begins at 100 ms and takes `took`; the main content is painted at `lcp`.
    fn page(script: &str, took: f64, lcp: f64) -> Made {
        Made::page("https://shop.example/")
            .document(|r| r)
            .request(script, |r| r.start(20.0))
            .milestones(move |m| m.largest_contentful_paint = Some(Millis(lcp)))
            .work(&[
                (0, "RunTask", 100.0, took, ""),
                (1, "EvaluateScript", 100.0, took, script),
                (2, "Layout", 100.0, took / 4.0, ""),
            ])
    }

    #[test]
    fn what_ran_before_the_paint() {
        for (took, lcp, expected) in
            [(100.0, 900.0, Severity::Warning), (600.0, 900.0, Severity::Serious), (900.0, 300.0, Severity::Warning)]
        {
            let Outcome::Found(found) = outcome(&EARLY_THIRD_PARTY_WORK, page(CHAT, took, lcp)) else {
                panic!("nothing for {took}")
            };
            assert_eq!((found[0].severity, found[0].evidence[0].request), (expected, Some(RequestId(1))));
            let before = took.min(lcp - 100.0);
            assert_eq!(found[0].savings.expect("savings").ms.1, Millis(before));
        }
    }

    #[test]
    fn near_misses() {
        check_rule(&EARLY_THIRD_PARTY_WORK, page(CHAT, 99.0, 900.0), "passed");
        check_rule(&EARLY_THIRD_PARTY_WORK, page(CHAT, 900.0, 150.0), "passed");
        check_rule(&EARLY_THIRD_PARTY_WORK, page("https://shop.example/app.js", 500.0, 900.0), "passed");
        let made = || Made::page("https://shop.example/");
        check_rule(&EARLY_THIRD_PARTY_WORK, made(), "not-checked");
        check_rule(&EARLY_THIRD_PARTY_WORK, made().without(Missing::MainThread), "not-checked");
        let no_thread = made().milestones(|m| m.largest_contentful_paint = Some(Millis(300.0)));
        check_rule(&EARLY_THIRD_PARTY_WORK, no_thread, "not-applicable");
    }
}
