//! What a response's headers say of the layers in front of the server: which CDN, which caches behind it, whether they
//! had the response, where they stand, how long edge and origin took.
//!
//! Several in one response are normal. The one nearest to visitors writes last: its id, and mostly `Server`. What
//! layers behind it said was stored with the response and is told again on every hit; then it says nothing of this
//! request.

pub mod failure;
mod networks;
mod origins;
pub mod reason;
mod timing;
mod vendor;
pub mod words;

use timing::Timings;
use vendor::Vendors;
pub use vendor::{Kind, Vendor, is_edge_cookie};
pub use words::EdgeStatus;

use crate::http::cache_status;
use crate::http::exchange::Exchange;
use crate::http::structured;

/// What the headers say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cdn<'a> {
    /// Nearest to the visitor first; empty: no layer shows.
    pub layers: Vec<Layer<'a>>,
    /// Milliseconds that the edge itself took, without its wait for the origin.
    pub edge_ms: Option<f64>,
    /// Milliseconds that the edge waited for what is behind it.
    pub origin_ms: Option<f64>,
    /// Milliseconds from the request until the edge answered, waits included.
    pub edge_total_ms: Option<f64>,
    /// The part of `origin_ms` in which the edge set up a connection to it.
    pub connect_ms: Option<f64>,
    /// Milliseconds that the site's own code at the edge took.
    pub worker_ms: Option<f64>,
    /// The visitor's connection as the edge saw it.
    pub tcp: Option<Tcp>,
    /// Why the edge answered in the site's place: `challenge`, `deny`.
    pub mitigated: Option<&'a str>,
    /// A failure page of the CDN.
    pub error: Option<CdnError>,
    /// A service of the CDN itself below its own path.
    pub internal: Option<&'static str>,
}

/// One layer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Layer<'a> {
    /// Whose.
    pub vendor: Vendor,
    /// Whether it had the response; `None`: what it said is from another request.
    pub status: Option<EdgeStatus>,
    /// Code of the place it stands at, as the vendor writes it.
    pub pop: Option<&'a str>,
    /// The vendor's second cache, between edge and origin.
    pub shield: Option<Shield<'a>>,
    /// Where the site's code runs, as the vendor writes it.
    pub origin_region: Option<&'a str>,
    /// Whether it fetches a fresh copy after answering.
    pub refreshes: bool,
}

/// A vendor's second cache.
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct Shield<'a> {
    pub status: Option<EdgeStatus>,
    pub pop: Option<&'a str>,
}

/// A TCP connection as the edge saw it.
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct Tcp {
    pub rtt_ms: Option<f64>,
    pub lost: Option<u64>,
    pub retransmitted: Option<u64>,
}

/// A failure page of a CDN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CdnError {
    /// The vendor's code.
    pub code: u32,
    /// Whose failure it is.
    pub side: Side,
}

/// Whose failure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The CDN's, or its configuration's.
    Edge,
    /// The server's behind it.
    Origin,
}

/// Reads them.
pub fn read<'a>(exchange: &Exchange<'a>) -> Cdn<'a> {
    let mut vendors = Vendors::of(exchange.response);
    clear_up(&mut vendors, exchange);
    let timings = Timings::of(exchange);
    let mut cdn = Cdn { tcp: timings.tcp, connect_ms: timings.connect, worker_ms: timings.cf_worker, ..Cdn::default() };
    for vendor in vendors.iter() {
        let layer = match vendor.kind() {
            Kind::Network => networks::layer(vendor, exchange, &timings),
            _ => origins::layer(vendor, exchange),
        };
        cdn.layers.push(layer);
    }
    if cdn.layers.is_empty() {
        cdn.layers.extend(origins::unknown(exchange));
    }
    front_first(&mut cdn.layers, exchange);
    if let Some(front) = cdn.layers.first_mut() {
        if front.status == Some(EdgeStatus::Unknown) && front.vendor.kind() != Kind::Gateway {
            front.status = Some(origins::generic(exchange).unwrap_or(EdgeStatus::Unknown));
        }
        if proxy_failed(exchange) {
            front.status = Some(EdgeStatus::Error);
        }
        let front = *front;
        forget_replays(&mut cdn.layers, front);
        networks::details(&mut cdn, front, exchange, &timings);
    }
    cdn
}

impl<'a> Cdn<'a> {
    /// The layer nearest to the visitor.
    pub fn front(&self) -> Option<&Layer<'a>> {
        self.layers.first()
    }

    /// Whether the site's own servers were asked during the request; `None`: it cannot be told.
    pub fn origin_contacted(&self) -> Option<bool> {
        let (front, behind) = self.layers.split_first()?;
        let asks = front.status?.asks_origin()?;
        let has = |status: Option<EdgeStatus>| status.is_some_and(EdgeStatus::is_from_edge);
        let shielded = front.shield.is_some_and(|shield| has(shield.status));
        Some(asks && !shielded && !behind.iter().any(|layer| has(layer.status)))
    }
}

impl<'a> Layer<'a> {
    /// With nothing else known.
    fn new(vendor: Vendor, status: Option<EdgeStatus>) -> Self {
        let status = Some(status.unwrap_or(EdgeStatus::Unknown));
        Self { vendor, status, pop: None, shield: None, origin_region: None, refreshes: false }
    }

    /// At this place, if it is a code.
    fn at(self, pop: Option<&'a str>) -> Self {
        Self { pop: pop.filter(|pop| is_code(pop)), ..self }
    }
}

/// The headers in which layers tell whether they had a response: those of one vendor before those of all.
const STATUS_HEADERS: [&str; 22] = [
    "cf-cache-status",
    "x-vercel-cache",
    "cdn-cache",
    "x-77-cache",
    "eo-cache-status",
    "x-sucuri-cache",
    "akamai-cache-status",
    "cache-status",
    "x-cache",
    "x-cache-lookup",
    "x-cache-status",
    "x-proxy-cache",
    "x-nginx-cache",
    "x-fastcgi-cache",
    "cdn_cache_status",
    "cdn-cache-status",
    "x-hcs-proxy-type",
    "x-check-cacheable",
    "cache",
    "x-varnish",
    "server-timing",
    "age",
];

/// The header line in which the layer tells whether it had the response, as far as one is known.
pub fn status_header(exchange: &Exchange<'_>, vendor: Vendor) -> Option<&'static str> {
    let is_told = |name: &&&str| match **name {
        "cf-cache-status" => vendor == Vendor::Cloudflare,
        "cache" => vendor == Vendor::Gcore,
        "server-timing" => vendor.kind() == Kind::Network,
        _ => true,
    };
    let has = |name: &&&str| exchange.response_header(name).is_some();
    STATUS_HEADERS.iter().filter(is_told).find(has).copied()
}

/// Whether the text can be the code of a place.
fn is_code(text: &str) -> bool {
    /// The longest in use names a city: `frankfurtDE`.
    const MAX: usize = 24;
    (2..=MAX).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// Some signs are shared: what one vendor's layer explains is no sign of another.
fn clear_up(vendors: &mut Vendors, exchange: &Exchange<'_>) {
    let has = |name: &str| exchange.response_header(name).is_some();
    if vendors.has(Vendor::Fastly) && !has("x-varnish") {
        vendors.remove(Vendor::Varnish); // Fastly calls itself so in `Via`
    }
    let explain_nginx = [Vendor::Kong, Vendor::SiteGround, Vendor::GithubPages, Vendor::Kinsta, Vendor::WpEngine];
    if explain_nginx.into_iter().any(|vendor| vendors.has(vendor)) {
        vendors.remove(Vendor::NginxCache);
    }
    if vendors.has(Vendor::TencentEdgeOne) {
        vendors.remove(Vendor::Tencent);
    }
    if exchange.response_header("x-id").is_some() && has("cache") {
        vendors.insert(Vendor::Gcore);
    }
    if has("x-cache-lookup") && vendors.iter().next().is_none() {
        vendors.insert(Vendor::Squid);
    }
    // Pages are kept by CDNs' own storage; a CDN of the same company in front tells more.
    if vendors.has(Vendor::Alibaba) && !has("eagleid") && !has("x-swift-cachetime") && !has("x-swift-savetime") {
        let is_alone = !exchange.response.iter().any(|line| line.0.starts_with("ali-swift-"));
        if is_alone {
            vendors.remove(Vendor::Alibaba); // Tengine is a server that anybody may run
        }
    }
}

/// The layer that `Server` names is the nearest; else the order is the vendors' own.
fn front_first(layers: &mut [Layer<'_>], exchange: &Exchange<'_>) {
    let Some(server) = exchange.response_header("server") else { return };
    let server = Vendors::of(&[("server", server)]);
    let named = layers.iter().position(|layer| layer.vendor.kind() == Kind::Network && server.has(layer.vendor));
    if let Some(front) = named.and_then(|at| layers.get_mut(..=at)) {
        front.rotate_right(1);
    }
}

/// What layers behind a cache that answered said is from the request that filled it.
fn forget_replays(layers: &mut [Layer<'_>], front: Layer<'_>) {
    if front.status.is_some_and(|status| status.is_from_edge() || status == EdgeStatus::Revalidated) {
        for layer in layers.iter_mut().skip(1) {
            (layer.status, layer.shield) = (None, None);
        }
    }
}

/// Whether the nearest proxy tells a failure (RFC 9209 §2.1.1).
fn proxy_failed(exchange: &Exchange<'_>) -> bool {
    let text = structured::joined(exchange.response_lines("proxy-status"));
    let status = text.as_deref().and_then(cache_status::parse_proxy_status);
    status.is_some_and(|status| status.error.is_some())
}

#[cfg(test)]
mod tests;
