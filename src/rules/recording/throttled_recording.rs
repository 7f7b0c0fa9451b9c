//! `throttled-recording`: DevTools slowed the network down while recording.

use crate::page_load::throttling::{Throttled, Throttling};
use crate::page_load::{Owner, PageLoad};
use crate::recording::Missing;
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Evidence, Finding, Outcome, Severity, Topic};

declare_rule! {
    /// ## In plain words
    /// The network was slowed down on purpose while this was recorded (the "Throttling" menu of the browser's developer
    /// tools). Times are those of a simulated slow line, not of the line that was there.
    ///
    /// ## What it finds
    /// The traces that Chromium's throttling leaves in a recording, all of them together: no answer of at least eight, from
    /// at least two hosts, came faster than a preset's latency, while the fastest lies right above it; handshakes, which are
    /// not slowed, took less than half of that; and no body came faster than the preset's rate. Packet-level throttling
    /// (WebPageTest, a slow router) cannot be told from a slow line and is not looked for.
    ///
    /// ## Why it matters
    /// Comparing such figures with those of real visitors misleads. What is relatively slow is still slow, and the order of
    /// the findings holds for visitors with such a line.
    ///
    /// ## How to fix it
    /// Nothing is broken. To see real times, record again with throttling off; to compare before and after, throttle both
    /// the same way.
    ///
    /// ## How savings are estimated
    /// None are: this is about the recording, not about the page.
    ///
    /// ## When to ignore it
    /// If throttling was wanted.
    ///
    /// ## References
    /// - [Chrome: Throttling](https://developer.chrome.com/docs/devtools/settings/throttling)
    /// - [Lighthouse: Network throttling, request-level and packet-level](https://github.com/GoogleChrome/lighthouse/blob/main/docs/throttling.md)
    /// - [DevTools' presets](https://github.com/ChromeDevTools/devtools-frontend/blob/main/front_end/core/sdk/NetworkManager.ts)
    pub static THROTTLED_RECORDING = {
        id: "throttled-recording",
        title: "Recorded with a slowed network",
        topic: Topic::Recording,
        severity: Severity::Notice,
        owner: Owner::Client,
        needs: [Missing::Phases],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    match &load.throttling {
        Throttling::Untold(why) => Outcome::NotApplicable(why),
        Throttling::No => Outcome::Passed,
        Throttling::Yes(throttled) => Outcome::found(finding(throttled)),
    }
}

fn finding(throttled: &Throttled) -> Finding {
    let Throttled { preset, fastest, wait, handshake, n_answers } = *throttled;
    Finding {
        severity: Severity::Notice,
        owner: None,
        customer: message![
            "The network was slowed down for this recording, it seems with the browser's setting \"",
            preset.name,
            "\". Real visitors on a better line wait less."
        ],
        engineer: message![
            "The fastest of ",
            Part::Counted(n_answers, "answer", "answers"),
            " took ",
            wait,
            ", right above the ",
            preset.latency,
            " that DevTools' preset \"",
            preset.name,
            "\" adds, while a handshake took ",
            handshake,
            "."
        ],
        fix: message!["To see real times, record again with throttling off."],
        evidence: vec![Evidence {
            request: Some(fastest),
            text: message![
                "the fastest answer of all: ",
                wait,
                "; the preset's latency is ",
                preset.latency,
                "; the fastest handshake took ",
                handshake
            ],
        }],
        savings: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::Made;
    use crate::rules::testing::check_rule;

    fn page(wait: f64, handshake: f64, receive: f64) -> Made {
        let mut made = Made::page("https://shop.example/").request("https://shop.example/", |r| {
            r.set_up(0.0, handshake, handshake).wait(wait).bytes(2_000, 1_800, 5_000)
        });
        for n in 0..10_u32 {
            let host = if n % 2 == 0 { "cdn.example" } else { "shop.example" };
            made = made.request(&format!("https://{host}/{n}"), |r| {
                r.wait(wait + 10.0 * f64::from(n)).receive(receive).bytes(70_000, 70_000, 70_000)
            });
        }
        made
    }

    #[test]
    fn presets_and_near_misses() {
        check_rule(&THROTTLED_RECORDING, page(565.0, 60.0, 1_000.0), "found");
        check_rule(&THROTTLED_RECORDING, page(2_010.0, 60.0, 2_000.0), "found");
        // A line that is slow indeed: its handshakes are slow as well.
        check_rule(&THROTTLED_RECORDING, page(565.0, 560.0, 1_000.0), "passed");
        // A slow server on a fast line: bodies come fast.
        check_rule(&THROTTLED_RECORDING, page(565.0, 60.0, 20.0), "passed");
        check_rule(&THROTTLED_RECORDING, page(900.0, 60.0, 1_000.0), "passed");
        check_rule(&THROTTLED_RECORDING, page(40.0, 60.0, 1_000.0), "passed");
        check_rule(&THROTTLED_RECORDING, Made::page("https://shop.example/").document(|r| r), "not-applicable");
        check_rule(&THROTTLED_RECORDING, page(565.0, 60.0, 1_000.0).without(Missing::Phases), "not-checked");
    }
}
