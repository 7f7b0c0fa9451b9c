//! `throttled-recording`: DevTools slowed the network down while recording.

use std::collections::BTreeSet;

use crate::page_load::{Owner, PageLoad, downloads};
use crate::recording::{Missing, RequestId};
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Evidence, Finding, Outcome, Severity, Topic};
use crate::units::{Bytes, Millis, TimeSpan};

/// A preset of Chromium's DevTools: what it adds to each request at least, and bytes a second.
struct Preset {
    name: &'static str,
    latency: Millis,
    bytes_per_second: f64,
}

/// Chromium's presets (`front_end/core/sdk/NetworkManager.ts`): the latency and rate of the names, times the factors by
/// which DevTools makes up for slowing requests instead of packets.
const PRESETS: [Preset; 3] = [
    Preset { name: "3G", latency: Millis(2_000.0), bytes_per_second: 50_000.0 },
    Preset { name: "Slow 4G", latency: Millis(562.5), bytes_per_second: 180_000.0 },
    Preset { name: "Fast 4G", latency: Millis(165.0), bytes_per_second: 1_012_500.0 },
];

/// Fewer requests could be this slow by chance.
const FEWEST_REQUESTS: usize = 8;

/// Fewer servers could be this slow by chance, or be one data center far away.
const FEWEST_HOSTS: usize = 2;

/// The fastest answer of all may lie this much above the preset's latency, as a part of it: the real round trip and the
/// fastest server's work.
const SLACK: f64 = 0.25;

/// Times are rounded; DevTools' timer may fire this much early, as a part of the latency.
const EARLY: f64 = 0.02;

/// Handshakes are not slowed by DevTools. If they are shorter than this part of the fastest answer, the latency is not
/// the line's.
const REAL_ROUND_TRIP: f64 = 0.5;

/// No body may come faster than the preset's rate, give or take this part.
const RATE_SLACK: f64 = 1.15;

/// Bodies below this say nothing about the rate.
const TELLING: Bytes = Bytes::kib(20);

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

struct Fastest {
    request: RequestId,
    wait: Millis,
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let mut fastest: Option<Fastest> = None;
    let mut n_requests = 0_usize;
    let mut hosts = BTreeSet::new();
    let mut handshake: Option<Millis> = None;
    let mut bodies: Vec<(TimeSpan, Bytes)> = Vec::new();
    for (request, resource) in load.network() {
        let phases = request.phases();
        let shortest = phases.connect.into_iter().chain(phases.tls).filter(|ms| Millis::ZERO < *ms);
        if let Some(shortest) = shortest.reduce(Millis::max) {
            handshake = Some(handshake.map_or(shortest, |known| known.min(shortest)));
        }
        let Some(wait) = phases.wait.filter(|_| downloads::is_download(request)) else { continue };
        n_requests += 1;
        hosts.extend(resource.url.map(|url| url.host));
        if fastest.as_ref().is_none_or(|known| wait < known.wait) {
            fastest = Some(Fastest { request: request.id(), wait });
        }
        if let (Some(span), Some(sent)) = (downloads::receive_span(load, request), downloads::sent_bytes(request)) {
            bodies.push((span, sent));
        }
    }
    let Some(fastest) = fastest.filter(|_| FEWEST_REQUESTS <= n_requests && FEWEST_HOSTS <= hosts.len()) else {
        return Outcome::NotApplicable("too few answers over the network to tell");
    };
    let Some(handshake) = handshake else {
        return Outcome::NotApplicable("no connection was set up while recording, so latencies cannot be compared");
    };
    let preset = PRESETS.iter().find(|preset| {
        let latency = preset.latency.0;
        let lies_above = latency * (1.0 - EARLY) <= fastest.wait.0 && fastest.wait.0 <= latency * (1.0 + SLACK);
        lies_above && handshake.0 < latency * REAL_ROUND_TRIP && keeps_to_rate(&bodies, preset.bytes_per_second)
    });
    match preset {
        Some(preset) => Outcome::found(finding(preset, &fastest, handshake, n_requests as u64)),
        None => Outcome::Passed,
    }
}

/// Whether every telling body came at the rate or slower. The first piece of a body may come at once, so very short
/// receive phases of small bodies say nothing.
fn keeps_to_rate(bodies: &[(TimeSpan, Bytes)], bytes_per_second: f64) -> bool {
    let telling = bodies.iter().filter(|(_, sent)| TELLING <= *sent);
    let mut rates = telling.map(|(span, sent)| sent.0 as f64 * 1_000.0 / span.duration().0.max(1.0));
    rates.all(|rate| rate <= bytes_per_second * RATE_SLACK)
}

fn finding(preset: &Preset, fastest: &Fastest, handshake: Millis, n_requests: u64) -> Finding {
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
            Part::Counted(n_requests, "answer", "answers"),
            " took ",
            fastest.wait,
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
            request: Some(fastest.request),
            text: message![
                "the fastest answer of all: ",
                fastest.wait,
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
