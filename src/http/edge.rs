//! What a response's headers say of the CDN in front of the server, in short and without borrowing from them: what it
//! takes to divide the waiting for a response, to count and to judge. All that they say is in [`crate::http::cdn`].

use crate::http::cdn::{self, Cdn, CdnError, Kind, Vendor};
use crate::http::exchange::Exchange;
use crate::http::server_timing;
use crate::units::Millis;

pub use crate::http::cdn::EdgeStatus;

/// What the headers say.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Edge {
    /// The CDN nearest to the visitor; `None`: none recognized.
    pub vendor: Option<Vendor>,
    /// That, or the cache in front that the site or somebody on the way runs.
    pub layer: Option<Vendor>,
    /// Whether it, or a cache that nobody knows, had the response; `None`: no such layer shows.
    pub status: Option<EdgeStatus>,
    /// The header line that tells the status.
    pub told_by: Option<&'static str>,
    /// What its second cache, between edge and origin, says of itself.
    pub shield: Option<EdgeStatus>,
    /// Whether the site's own servers were asked during the request; `None`: it cannot be told.
    pub asked_origin: Option<bool>,
    /// Whether the edge fetches a fresh copy after answering with an old one.
    pub refreshes: bool,
    /// The time that the edge itself took, without its wait for the origin.
    pub edge_time: Option<Millis>,
    /// The time that the edge waited for the origin, or that the origin says it took.
    pub origin_time: Option<Millis>,
    /// From the request's arrival at the edge until its answer, waits included.
    pub total_time: Option<Millis>,
    /// The part of `origin_time` in which the edge set up a connection to the origin.
    pub connect_time: Option<Millis>,
    /// The time that the site's own code at the edge took.
    pub worker_time: Option<Millis>,
    /// The round trip between visitor and edge as the edge's own TCP stack saw it.
    pub round_trip: Option<Millis>,
    /// Packets of the visitor's connection that were lost or sent again so far.
    pub lost_packets: Option<u64>,
    /// Whether the edge answered in the site's place with a test of whether the visitor is a robot.
    pub is_challenge: bool,
    /// A failure page of the CDN.
    pub error: Option<CdnError>,
}

/// Names of `Server-Timing` metrics in which a server tells its own whole time: common frameworks and middlewares.
const WHOLE_TIME: [&str; 6] = ["total", "app", "origin", "backend", "processing", "ttfb"];

/// Reads them.
pub fn read(exchange: &Exchange<'_>) -> Edge {
    of(&cdn::read(exchange), exchange)
}

/// Of what was read already.
pub fn of(cdn: &Cdn<'_>, exchange: &Exchange<'_>) -> Edge {
    // The caches of platforms and gateways are the site's own servers.
    let is_edge = |kind| matches!(kind, Kind::Network | Kind::Cache);
    let front = cdn.front().filter(|front| is_edge(front.vendor.kind()));
    let status = front.and_then(|front| front.status);
    let waited = cdn.edge_total_ms.zip(cdn.origin_ms).map(|(total, origin)| (total - origin).max(0.0));
    let said_by_origin = || {
        let mut metrics = exchange.response_lines("server-timing").flat_map(server_timing::parse);
        let is_whole = |name: &str| WHOLE_TIME.iter().any(|known| name.eq_ignore_ascii_case(known));
        metrics.find_map(|metric| metric.duration.filter(|_| is_whole(metric.name)))
    };
    // What the origin says of a hit is replayed from the response that filled the cache.
    let from_edge = status.is_some_and(EdgeStatus::is_from_edge);
    let origin_ms = if from_edge { None } else { cdn.origin_ms.or_else(said_by_origin) };
    Edge {
        vendor: front.filter(|front| front.vendor.kind() == Kind::Network).map(|front| front.vendor),
        layer: front.map(|front| front.vendor).filter(|vendor| *vendor != Vendor::UnknownProxy),
        status,
        told_by: front.and_then(|front| cdn::status_header(exchange, front.vendor)),
        shield: front.and_then(|front| front.shield?.status),
        asked_origin: front.and_then(|_| cdn.origin_contacted()),
        refreshes: front.is_some_and(|front| front.refreshes),
        edge_time: cdn.edge_ms.or(waited).map(Millis),
        origin_time: origin_ms.map(Millis),
        total_time: cdn.edge_total_ms.map(Millis),
        connect_time: cdn.connect_ms.filter(|_| !from_edge).map(Millis),
        worker_time: cdn.worker_ms.map(Millis),
        round_trip: cdn.tcp.and_then(|tcp| tcp.rtt_ms).filter(|ms| 0.0 < *ms).map(Millis),
        lost_packets: cdn.tcp.and_then(|tcp| Some(tcp.lost?.max(tcp.retransmitted.unwrap_or_default()))),
        is_challenge: cdn.mitigated.is_some(),
        error: cdn.error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(
        headers: &[(&str, &str)],
        vendor: Option<&str>,
        status: Option<EdgeStatus>,
        ms: (Option<f64>, Option<f64>),
    ) {
        let exchange = Exchange {
            method: "GET",
            url: "https://a.example/",
            status: 200,
            request: &[],
            response: headers,
            request_time: None,
            response_time: None,
        };
        let edge = read(&exchange);
        let times = (edge.edge_time.map(|time| time.0), edge.origin_time.map(|time| time.0));
        let vendor_name = edge.vendor.map(Vendor::name);
        assert_eq!((vendor_name, edge.status, times), (vendor, status, ms), "{headers:?}");
    }

    #[test]
    fn vendors_words_are_understood() {
        use EdgeStatus::*;
        let cf = ("cf-ray", "8f00aa-FRA");
        check(&[cf, ("cf-cache-status", "HIT")], Some("cloudflare"), Some(Hit), (None, None));
        check(&[cf], Some("cloudflare"), Some(EdgeGenerated), (None, None));
        check(
            &[cf, ("cf-cache-status", "DYNAMIC"), ("server-timing", "cfEdge;dur=4, cfOrigin;dur=210")],
            Some("cloudflare"),
            Some(Dynamic),
            (Some(4.0), Some(210.0)),
        );
        check(
            &[("x-amz-cf-id", "x"), ("x-cache", "RefreshHit from cloudfront")],
            Some("cloudfront"),
            Some(Revalidated),
            (None, None),
        );
        check(
            &[("x-served-by", "cache-iad-1, cache-fra-2"), ("x-cache", "MISS, HIT")],
            Some("fastly"),
            Some(Hit),
            (None, None),
        );
        check(&[("cache-status", "Origin; fwd=miss, \"Edge\"; hit")], None, Some(Hit), (None, None));
        check(&[("cache-status", "Edge; fwd=stale; fwd-status=304")], None, Some(Revalidated), (None, None));
        check(&[("age", "12")], None, Some(Hit), (None, None));
        check(&[("age", "0")], None, Some(Unknown), (None, None));
        check(&[("x-drupal-cache", "HIT")], None, None, (None, None));
        check(&[("server-timing", "db;dur=30, total;dur=95")], None, None, (None, Some(95.0)));
    }

    #[test]
    fn origin_time_of_a_hit_is_a_replay() {
        let headers = [("x-cache", "HIT"), ("server-timing", "edge;dur=2, origin;dur=300")];
        check(&headers, None, Some(EdgeStatus::Hit), (Some(2.0), None));
    }
}
