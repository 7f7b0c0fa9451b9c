//! What CDNs delivered for a load, and why they did not.

use serde::{Deserialize, Serialize};

use crate::redact::Clean;

/// What came through one CDN, or one cache that nobody knows, of one host.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct DeliveryReport {
    pub host: Option<Clean>,
    /// `None`: a cache of which no header tells whose it is.
    pub vendor: Option<Clean>,
    /// Answers over the network that came through it.
    pub requests: u64,
    pub bytes: u64,
    /// Those that tell whether the cache had them.
    pub told: u64,
    pub told_bytes: u64,
    /// Those that came from the cache, confirmed ones included.
    pub hits: u64,
    pub hit_bytes: u64,
    /// Static files whose headers let shared caches keep them, and how many of those came from the cache.
    pub cacheable: u64,
    pub cacheable_hits: u64,
    /// Statuses that occurred.
    pub statuses: Vec<StatusCount>,
    /// The waiting of all these answers added up, by whose time it was. Answers overlap: it is no time of the page.
    pub network_ms: f64,
    pub edge_ms: f64,
    pub origin_ms: f64,
    pub unknown_ms: f64,
}

/// How many answers have a status.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct StatusCount {
    pub status: Clean,
    pub requests: u64,
}

/// A layer behind the one nearest to the visitor: the CDN's own second cache, another CDN, a cache of the site.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct LayerReport {
    pub vendor: Clean,
    /// `None`: what it said is from the request that filled the cache in front of it.
    pub status: Option<Clean>,
    pub pop: Option<Clean>,
}
