//! `slowed-processor`: DevTools slowed the processor down while recording.

use crate::page_load::{Owner, PageLoad};
use crate::recording::Missing;
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Finding, Outcome, Severity, Topic};

declare_rule! {
    /// ## In plain words
    /// The computer was slowed down on purpose while this was recorded (the "CPU" menu of the browser's developer tools).
    /// Work of scripts, style and layout took that much longer than it takes there otherwise.
    ///
    /// ## What it finds
    /// A trace whose own description says that the processor was throttled.
    ///
    /// ## Why it matters
    /// Such figures stand for visitors with slow phones, not for the machine that recorded. Compared with others they
    /// mislead; which script works longest stays true.
    ///
    /// ## How to fix it
    /// Nothing is broken. To see the times of this machine, record again without throttling; to compare before and after,
    /// throttle both the same way.
    ///
    /// ## How savings are estimated
    /// None are: this is about the recording, not about the page.
    ///
    /// ## When to ignore it
    /// If throttling was wanted.
    ///
    /// ## References
    /// - [Chrome: Throttling](https://developer.chrome.com/docs/devtools/settings/throttling)
    pub static SLOWED_PROCESSOR = {
        id: "slowed-processor",
        title: "Recorded with a slowed processor",
        topic: Topic::Recording,
        severity: Severity::Notice,
        owner: Owner::Client,
        needs: [Missing::MainThread],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    match load.recording.timeline.facts.processor_slowdown {
        None => Outcome::NotChecked("the file does not tell how fast the processor was let run; traces of DevTools do"),
        Some(times) if times <= 1.0 => Outcome::Passed,
        Some(times) => Outcome::found(finding(times)),
    }
}

fn finding(times: f64) -> Finding {
    Finding {
        severity: Severity::Notice,
        owner: None,
        customer: message![
            "The computer was slowed down for this recording: work in the browser took ",
            Part::Score(times),
            " times as long as it would have otherwise."
        ],
        engineer: message!["The trace's metadata say: CPU throttling ", Part::Score(times), "\u{d7}."],
        fix: message!["To see the times of this machine, record again without CPU throttling."],
        evidence: Vec::new(),
        savings: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::Made;
    use crate::rules::testing::check_rule;

    #[test]
    fn as_the_trace_says() {
        let made = |times: Option<f64>| {
            let page = Made::page("https://shop.example/").document(|r| r);
            page.work(&[(0, "RunTask", 100.0, 10.0, "")])
                .change(|recording| recording.timeline.facts.processor_slowdown = times)
        };
        check_rule(&SLOWED_PROCESSOR, made(Some(4.0)), "found");
        check_rule(&SLOWED_PROCESSOR, made(Some(1.0)), "passed");
        check_rule(&SLOWED_PROCESSOR, made(None), "not-checked");
        check_rule(&SLOWED_PROCESSOR, made(Some(4.0)).without(Missing::MainThread), "not-checked");
    }
}
