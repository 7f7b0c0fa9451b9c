//! What CDNs and caches in front of servers delivered: how much came from them, and whose time the waiting was; host by
//! host.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::http::cdn::Vendor;
use crate::http::edge::EdgeStatus;
use crate::order::Arrange;
use crate::page_load::attribution::{RoundTrips, divide_wait};
use crate::page_load::connections::used_transport;
use crate::page_load::{Owner, PageLoad, Resource, downloads};
use crate::recording::{Request, RequestId};
use crate::units::{Bytes, Millis, Seconds};

/// What came through one CDN, or one cache that nobody knows, of one host.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivery {
    /// The first of its requests: names the host.
    pub request: RequestId,
    /// The CDN or the software of the cache; `None`: nothing tells whose cache it is.
    pub vendor: Option<Vendor>,
    /// Answers that came over the network through it.
    pub all: Amount,
    /// Those that tell whether the cache had them.
    pub told: Amount,
    /// Those that came from the cache, confirmed ones included.
    pub hits: Amount,
    /// Files that the cache could have had: static, and their headers let shared caches keep them.
    pub could: Amount,
    /// Those of them that came from the cache.
    pub could_hits: Amount,
    /// How many answers have each status, in the order of [`EdgeStatus::ALL`].
    pub by_status: [u64; EdgeStatus::ALL.len()],
    /// The waiting of all these answers added up, by whose time it was. They overlap: it is no time of the page.
    pub line: Millis,
    #[allow(missing_docs)]
    pub edge: Millis,
    #[allow(missing_docs)]
    pub origin: Millis,
    /// Waiting of which nothing tells whose it was.
    pub untold: Millis,
}

/// Some answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Amount {
    /// How many.
    pub n: u64,
    /// On the wire.
    pub bytes: Bytes,
}

/// Whether the answer came from the cache, if only after asking whether it still holds.
pub fn is_hit(status: EdgeStatus) -> bool {
    matches!(status, EdgeStatus::Hit | EdgeStatus::Stale | EdgeStatus::Revalidated)
}

/// Whether the cache could have had a file: it is the same for every visitor, and its headers let shared caches keep
/// it, or one did.
pub fn could_be_hit(load: &PageLoad<'_>, request: Request<'_>, resource: &Resource<'_>, status: EdgeStatus) -> bool {
    let shared = load.caching_of(request.id()).and_then(|caching| caching.shared);
    let may = shared.is_some_and(|shared| shared.storable && !shared.asks_always && Seconds(0) < shared.lifetime);
    downloads::is_static_file(request, resource) && (is_hit(status) || may)
}

/// All of a load, those with the most answers first.
pub fn all(load: &PageLoad<'_>) -> Vec<Delivery> {
    let round_trips = RoundTrips::of(load);
    let mut by_host: BTreeMap<(String, Option<Vendor>), Delivery> = BTreeMap::new();
    for (request, resource) in load.network() {
        let edge = load.edge_of(request.id());
        let Some(status) = edge.status.filter(|_| used_transport(request) && !request.via_service_worker()) else {
            continue;
        };
        let host = resource.url.map(|url| url.host.to_ascii_lowercase()).unwrap_or_default();
        let delivery = by_host.entry((host, edge.layer)).or_insert_with(|| Delivery::new(request.id(), edge.layer));
        let bytes = downloads::sent_bytes(request).unwrap_or_default();
        delivery.all.add(bytes);
        let at = EdgeStatus::ALL.iter().position(|known| *known == status);
        if let Some(n) = at.and_then(|at| delivery.by_status.get_mut(at)) {
            *n += 1;
        }
        if status != EdgeStatus::Unknown {
            delivery.told.add(bytes);
        }
        if is_hit(status) {
            delivery.hits.add(bytes);
        }
        if status != EdgeStatus::Unknown && could_be_hit(load, request, resource, status) {
            delivery.could.add(bytes);
            if is_hit(status) {
                delivery.could_hits.add(bytes);
            }
        }
        for piece in divide_wait(load, &round_trips, request, request.phases().wait.unwrap_or_default()) {
            *match piece.owner {
                Owner::Network => &mut delivery.line,
                Owner::Edge => &mut delivery.edge,
                Owner::Origin => &mut delivery.origin,
                _ => &mut delivery.untold,
            } += piece.time;
        }
    }
    let mut all: Vec<_> = by_host.into_values().collect();
    all.arrange_by_key(|delivery| (Reverse(delivery.all.n), delivery.request));
    all
}

impl Delivery {
    fn new(request: RequestId, vendor: Option<Vendor>) -> Self {
        let none = Amount::default();
        Self {
            request,
            vendor,
            all: none,
            told: none,
            hits: none,
            could: none,
            could_hits: none,
            by_status: [0; EdgeStatus::ALL.len()],
            line: Millis::ZERO,
            edge: Millis::ZERO,
            origin: Millis::ZERO,
            untold: Millis::ZERO,
        }
    }
}

impl Amount {
    fn add(&mut self, bytes: Bytes) {
        self.n += 1;
        self.bytes += bytes;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::ResourceKind;
    use crate::recording::testing::Made;

    #[test]
    fn hosts_are_counted_apart() {
        let mut made = Made::page("https://shop.example/").document(|r| {
            r.set_up(0.0, 20.0, 0.0)
                .wait(220.0)
                .bytes(900, 900, 900)
                .response("cf-ray", "x-FRA")
                .response("cf-cache-status", "DYNAMIC")
        });
        for (at, status) in ["HIT", "REVALIDATED", "MISS", "BYPASS"].into_iter().enumerate() {
            made = made.request(&format!("https://cdn.shop.example/{at}.js"), |r| {
                let control = if status == "BYPASS" { "private" } else { "max-age=600" };
                let r = r.kind(ResourceKind::Script).start(300.0).set_up(0.0, 20.0, 0.0).wait(50.0);
                r.bytes(2000, 1900, 5000)
                    .response("cf-ray", "x-FRA")
                    .response("cf-cache-status", status)
                    .response("cache-control", control)
            });
        }
        let made = made.request("https://shop.example/plain", |r| r.wait(20.0).response("date", "x"));
        let recording = made.recording();
        let found = all(&PageLoad::all(&recording)[0]);
        let counts: Vec<_> = found.iter().map(|d| (d.all.n, d.told.n, d.hits.n, d.could.n, d.could_hits.n)).collect();
        assert_eq!(counts, [(4, 4, 2, 3, 2), (1, 1, 0, 0, 0)]);
        assert_eq!(found[0].hits.bytes, Bytes(4000));
        // Hit: the edge; the others: the origin, beyond a round trip each.
        assert_eq!((found[0].line, found[0].edge, found[0].origin), (Millis(80.0), Millis(30.0), Millis(90.0)));
        assert_eq!((found[1].line, found[1].origin, found[1].untold), (Millis(20.0), Millis(200.0), Millis::ZERO));
    }
}
