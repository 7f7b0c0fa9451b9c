//! The metrics by which CDNs tell in `Server-Timing` how long they took.

use crate::http::cdn::Tcp;
use crate::http::cdn::words::{self, EdgeStatus};
use crate::http::exchange::Exchange;
use crate::http::server_timing;

/// Microseconds in a millisecond.
const MICROS: f64 = 1000.0;

/// What is said. Times in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Timings<'a> {
    /// Cloudflare's: the edge without its wait, the wait for the origin, a worker.
    pub cf_edge: Option<f64>,
    pub cf_origin: Option<f64>,
    pub cf_worker: Option<f64>,
    /// `cfL4`: the state of the visitor's TCP connection.
    pub tcp: Option<Tcp>,
    /// Akamai's, and others' that use the same names.
    pub edge: Option<f64>,
    pub origin: Option<f64>,
    /// CloudFront's: looking up, connecting to and waiting for the origin, which sum to the origin's part.
    pub upstream: Option<f64>,
    /// CloudFront's: connecting to the origin; 0 on a connection that was there.
    pub connect: Option<f64>,
    /// CloudFront's: until the edge sent its first byte.
    pub downstream: Option<f64>,
    /// Whether the response was in the cache.
    pub status: Option<EdgeStatus>,
    /// CloudFront's location.
    pub pop: Option<&'a str>,
    /// CloudFront's layer that had the response.
    pub hit_layer: Option<&'a str>,
}

impl<'a> Timings<'a> {
    /// Reads all lines.
    pub fn of(exchange: &Exchange<'a>) -> Self {
        let mut all = Self::default();
        for metric in exchange.response_lines("server-timing").flat_map(server_timing::parse) {
            let ms = metric.duration;
            let first = |field: &mut Option<f64>| *field = field.or(ms);
            let said = metric.description;
            match metric.name {
                "cfEdge" => first(&mut all.cf_edge),
                "cfOrigin" => first(&mut all.cf_origin),
                "cfWorker" => first(&mut all.cf_worker),
                "cfL4" => all.tcp = all.tcp.or_else(|| said.map(tcp)),
                "cfCacheStatus" | "cdn-cache" => all.status = all.status.or_else(|| words::read(said?)),
                "edge" => first(&mut all.edge),
                "origin" => first(&mut all.origin),
                "cdn-cache-hit" => all.status = all.status.or(Some(EdgeStatus::Hit)),
                "cdn-cache-miss" => all.status = all.status.or(Some(EdgeStatus::Miss)),
                "cdn-cache-refresh" => all.status = all.status.or(Some(EdgeStatus::Revalidated)),
                "cdn-upstream-dns" | "cdn-upstream-connect" | "cdn-upstream-fbl" => {
                    all.upstream = all.upstream.map_or(ms, |sum| Some(sum + ms.unwrap_or_default()));
                    if metric.name == "cdn-upstream-connect" {
                        first(&mut all.connect);
                    }
                }
                "cdn-downstream-fbl" => first(&mut all.downstream),
                "cdn-pop" => all.pop = all.pop.or(said),
                "cdn-hit-layer" => all.hit_layer = all.hit_layer.or(said),
                _ => {}
            }
        }
        all
    }
}

/// `?proto=TCP&rtt=20966&…`, times in microseconds.
fn tcp(said: &str) -> Tcp {
    let value = |name: &str| -> Option<f64> {
        let mut pairs = said.trim_start_matches('?').split('&').filter_map(|pair| pair.split_once('='));
        pairs.find(|(found, _)| *found == name)?.1.parse().ok().filter(|number: &f64| number.is_finite())
    };
    Tcp {
        rtt_ms: value("rtt").map(|micros| micros / MICROS),
        lost: value("lost").map(|n| n as u64),
        retransmitted: value("retrans").map(|n| n as u64),
    }
}
