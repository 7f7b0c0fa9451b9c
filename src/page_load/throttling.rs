//! Whether DevTools slowed the network down while recording.

use std::collections::BTreeSet;

use crate::page_load::{PageLoad, downloads};
use crate::recording::RequestId;
use crate::units::{Bytes, Millis, TimeSpan};

/// Whether the network was throttled.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Throttling {
    /// The recording does not tell; why.
    Untold(&'static str),
    /// It does not look so.
    No,
    /// By a preset of DevTools.
    Yes(Throttled),
}

/// What shows that it was.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Throttled {
    /// The preset whose traces these are.
    pub preset: &'static Preset,
    /// The request that was answered fastest.
    pub fastest: RequestId,
    /// How long it waited.
    pub wait: Millis,
    /// The fastest handshake; DevTools does not slow them.
    pub handshake: Millis,
    /// How many answers came over the network.
    pub n_answers: u64,
}

/// A preset of Chromium's DevTools: what it adds to each request at least, and bytes a second.
#[derive(Debug, PartialEq)]
#[allow(missing_docs)]
pub struct Preset {
    pub name: &'static str,
    pub latency: Millis,
    pub bytes_per_second: f64,
}

/// Chromium's presets (`front_end/core/sdk/NetworkManager.ts`): the latency and rate of the names, times the factors by
/// which DevTools makes up for slowing requests instead of packets.
static PRESETS: [Preset; 3] = [
    Preset { name: "3G", latency: Millis(2_000.0), bytes_per_second: 50_000.0 },
    Preset { name: "Slow 4G", latency: Millis(562.5), bytes_per_second: 180_000.0 },
    Preset { name: "Fast 4G", latency: Millis(165.0), bytes_per_second: 1_012_500.0 },
];

/// Fewer requests could be this slow by chance.
const FEWEST_REQUESTS: usize = 8;

/// Fewer servers could be this slow by chance, or be one data center far away.
const FEWEST_HOSTS: usize = 2;

/// Fewer answers, or of one server, tell if they are at least this many and all lie within [`TIGHT`] of a preset whose
/// latency is at least [`UNUSUAL`]: a file and a page that a server makes do not take equally long by chance.
const FEWEST_ALIKE: usize = 3;

/// How far above the preset's latency [`FEWEST_ALIKE`] may lie, as a part of it: some 34 ms of the slower presets' 562.5 ms,
/// for the real round trip and the work of a quick server.
const TIGHT: f64 = 0.06;

/// Milliseconds. Many servers answer everything within shorter times.
const UNUSUAL: Millis = Millis(500.0);

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

const TOO_FEW: &str = "too few answers over the network to tell";

/// Looks for the traces that Chromium's throttling leaves, all of them together.
pub fn of(load: &PageLoad<'_>) -> Throttling {
    let mut fastest: Option<(RequestId, Millis)> = None;
    let mut slowest = Millis::ZERO;
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
        slowest = slowest.max(wait);
        hosts.extend(resource.url.map(|url| url.host));
        if fastest.is_none_or(|(_, known)| wait < known) {
            fastest = Some((request.id(), wait));
        }
        if let (Some(span), Some(sent)) = (downloads::receive_span(load, request), downloads::sent_bytes(request)) {
            bodies.push((span, sent));
        }
    }
    let are_many = FEWEST_REQUESTS <= n_requests && FEWEST_HOSTS <= hosts.len();
    let are_alike = FEWEST_ALIKE <= n_requests && UNUSUAL <= slowest;
    let Some((fastest, wait)) = fastest.filter(|_| are_many || are_alike) else {
        return Throttling::Untold(TOO_FEW);
    };
    let Some(handshake) = handshake else {
        return Throttling::Untold("no connection was set up while recording, so latencies cannot be compared");
    };
    let preset = PRESETS.iter().find(|preset| {
        let latency = preset.latency.0;
        let (furthest, slack) = if are_many { (wait, SLACK) } else { (slowest, TIGHT) };
        let is_telling = are_many || UNUSUAL <= preset.latency;
        let lies_above = is_telling && latency * (1.0 - EARLY) <= wait.0 && furthest.0 <= latency * (1.0 + slack);
        lies_above && handshake.0 < latency * REAL_ROUND_TRIP && keeps_to_rate(&bodies, preset.bytes_per_second)
    });
    match preset {
        Some(preset) => Throttling::Yes(Throttled { preset, fastest, wait, handshake, n_answers: n_requests as u64 }),
        None if are_many => Throttling::No,
        None => Throttling::Untold(TOO_FEW),
    }
}

/// Whether every telling body came at the rate or slower. The first piece of a body may come at once, so very short
/// receive phases of small bodies say nothing.
fn keeps_to_rate(bodies: &[(TimeSpan, Bytes)], bytes_per_second: f64) -> bool {
    let telling = bodies.iter().filter(|(_, sent)| TELLING <= *sent);
    let mut rates = telling.map(|(span, sent)| sent.0 as f64 * 1_000.0 / span.duration().0.max(1.0));
    rates.all(|rate| rate <= bytes_per_second * RATE_SLACK)
}
