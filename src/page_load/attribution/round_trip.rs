//! How long one round trip to a host takes, as far as the recording shows it.

use std::collections::BTreeMap;

use crate::http::url::Url;
use crate::order::Arrange;
use crate::page_load::connections::used_transport;
use crate::page_load::{Certainty, PageLoad, Resource, Throttling};
use crate::recording::{Phases, RequestId, ResourceKind};
use crate::units::Millis;

/// Estimated round trips, by host: its ports are at the same place.
#[derive(Debug, Default)]
pub struct RoundTrips {
    /// No answer of the whole load came faster than this, if that tells something.
    floor: Option<Millis>,
    by_host: BTreeMap<String, Seen>,
}

/// What was seen of one host.
#[derive(Debug, Default)]
struct Seen {
    /// The shortest handshake: TCP and TLS 1.3 take one round trip each (RFC 9293 §3.5, RFC 8446 §2), so of a pair
    /// the longer one counts; TLS 1.2 and its reckoning only make it longer, which the shortest wait then bounds.
    handshake: Option<Millis>,
    /// The shortest TCP handshake.
    connect: Option<Millis>,
    /// The two shortest waits with the first one's request. No answer comes in less than a round trip.
    shortest_wait: Option<(Millis, RequestId)>,
    second_wait: Option<Millis>,
    /// Waits for answers from the CDN's cache; sorted once all are seen.
    hits: Vec<Millis>,
}

/// Answers, and static files among them. When this many all took at least some time, that time is the line's (or one
/// that DevTools' throttling adds to each answer, which handshakes do not show), not every single server's: static
/// files need none.
const FLOOR_NEEDS: (usize, usize) = (5, 3);

/// Answers from the CDN's cache that a median needs: of fewer, one slow one makes it.
const FEWEST_HITS: usize = 3;

/// Milliseconds. A shorter handshake is one with a proxy on the visitor's own machine or network.
const OWN_NETWORK: Millis = Millis(1.0);

impl Seen {
    fn shake_hands(&mut self, phases: Phases) {
        if let Some(connect) = phases.connect.filter(|connect| Millis::ZERO < *connect) {
            self.connect = Some(self.connect.map_or(connect, |shortest| shortest.min(connect)));
        }
        let handshake = phases.connect.unwrap_or_default().max(phases.tls.unwrap_or_default());
        if Millis::ZERO < handshake {
            self.handshake = Some(self.handshake.map_or(handshake, |shortest| shortest.min(handshake)));
        }
    }

    fn distance(&self) -> Option<Millis> {
        let connect = self.connect.filter(|connect| OWN_NETWORK <= *connect)?;
        Some(self.shortest_wait.map_or(connect, |(wait, _)| wait.min(connect)))
    }
}

impl RoundTrips {
    /// Looks at all requests of a load.
    pub fn of(load: &PageLoad<'_>) -> Self {
        let mut by_host: BTreeMap<String, Seen> = BTreeMap::new();
        let mut shortest: Option<Millis> = None;
        let (mut n_answers, mut n_static) = (0, 0);
        let sent = load.iter().filter(|(request, resource)| resource.is_network || request.from_service_worker());
        for (request, resource) in sent {
            let Some(host) = host(resource) else { continue };
            // What a service worker answered tells nothing of the line.
            if !used_transport(request) || request.via_service_worker() {
                continue;
            }
            let phases = request.phases();
            let seen = by_host.entry(host).or_default();
            seen.shake_hands(phases);
            // Waits of 0 are caches and rounding, not answers.
            let Some(wait) = phases.wait.filter(|wait| Millis::ZERO < *wait && request.status().is_some()) else {
                continue;
            };
            if request.status() != Some(0) {
                shortest = Some(shortest.map_or(wait, |known| known.min(wait)));
                n_answers += 1;
                n_static += usize::from(is_static(resource.kind));
            }
            if load.edge_of(request.id()).asked_origin == Some(false) {
                seen.hits.push(wait);
            }
            match seen.shortest_wait {
                Some((shortest, _)) if shortest <= wait => {
                    seen.second_wait = Some(seen.second_wait.map_or(wait, |second| second.min(wait)));
                }
                before => {
                    seen.second_wait = before.map(|(shortest, _)| shortest);
                    seen.shortest_wait = Some((wait, request.id()));
                }
            }
        }
        // A change of view uses the connections of the page it is in.
        let before = load.recording.all_requests().take_while(|_| load.is_view_change());
        for request in before.filter(|request| request.page() < load.page && used_transport(*request)) {
            let host = Url::parse(request.url_text().expose()).map(|url| url.host.to_ascii_lowercase());
            if let Some(seen) = host.and_then(|host| by_host.get_mut(&host)) {
                seen.shake_hands(request.phases());
            }
        }
        for seen in by_host.values_mut() {
            seen.hits.arrange_by(Millis::total_cmp);
        }
        let is_throttled = matches!(load.throttling, Throttling::Yes(_));
        let floor = shortest.filter(|_| is_throttled || FLOOR_NEEDS.0 <= n_answers && FLOOR_NEEDS.1 <= n_static);
        Self { floor, by_host }
    }

    /// The median wait for what the CDN in front of a request's host had in its cache; `None`: too few such answers.
    pub fn hit_wait(&self, load: &PageLoad<'_>, request: RequestId) -> Option<Millis> {
        let hits = &self.by_host.get(&host(load.resource(request)?)?)?.hits;
        hits.get(hits.len() / 2).copied().filter(|_| FEWEST_HITS <= hits.len())
    }

    /// The round trip of a request's host, with what throttling adds to it; `None`: the recording shows neither a
    /// handshake nor another answer of it.
    pub fn to(&self, load: &PageLoad<'_>, request: RequestId) -> Option<(Millis, Certainty)> {
        let seen = self.seen(load, request);
        let floor = self.floor.filter(|floor| seen.is_none_or(|(ms, _)| ms < *floor));
        floor.map(|floor| (floor, Certainty::Estimated)).or(seen)
    }

    /// How far away a request's host is: what the CDN measured, else its shortest TCP handshake, which busy lines and
    /// machines hold up least. `None`: the recording shows neither.
    pub fn distance(&self, load: &PageLoad<'_>, request: RequestId) -> Option<Millis> {
        let handshake = || self.by_host.get(&host(load.resource(request)?)?)?.distance();
        load.edge_of(request).round_trip.or_else(handshake)
    }

    /// How far away the nearest host is: what the visitor's own line takes at most. `None`: no host shows it.
    pub fn shortest_distance(&self) -> Option<Millis> {
        self.by_host.values().filter_map(Seen::distance).min_by(Millis::total_cmp)
    }

    fn seen(&self, load: &PageLoad<'_>, request: RequestId) -> Option<(Millis, Certainty)> {
        if let Some(measured) = load.edge_of(request).round_trip {
            return Some((measured, Certainty::Measured));
        }
        let seen = self.by_host.get(&host(load.resource(request)?)?)?;
        let shortest_wait = seen.shortest_wait.map(|(wait, _)| wait);
        if let Some(handshake) = seen.handshake {
            let bounded = shortest_wait.map_or(handshake, |wait| wait.min(handshake));
            return Some((bounded, Certainty::Derived));
        }
        // Without a handshake only other answers bound it: a request's own wait would leave its server nothing.
        let (wait, whose) = seen.shortest_wait?;
        let others = if whose == request { seen.second_wait.map(|second| second.min(wait)) } else { Some(wait) };
        Some((others?, Certainty::Estimated))
    }
}

fn is_static(kind: ResourceKind) -> bool {
    use ResourceKind::{Font, Image, Media, Script, Stylesheet};
    matches!(kind, Stylesheet | Script | Font | Image | Media)
}

fn host(resource: &Resource<'_>) -> Option<String> {
    let host = resource.url.as_ref()?.host;
    (!host.is_empty()).then(|| host.to_ascii_lowercase())
}
