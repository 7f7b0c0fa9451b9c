//! Per response: how long caches may keep it, judged by the recording's own clock. (Deepened by a later issue.)

use crate::page_load::PageLoad;
use crate::units::Seconds;

/// How long a browser may use a stored response without asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lifetime {
    /// Said by `max-age` or `Expires`.
    Explicit(Seconds),
    /// Nothing was said, `Last-Modified` lets the browser guess (RFC 9111 §4.2.2: 10 % of its age).
    Heuristic(Seconds),
    /// It must ask each time: `no-cache`, `max-age=0`, `Expires` in the past.
    None,
    /// It may not be stored: `no-store`, method or status.
    NotStorable,
    /// Nothing said and nothing to guess from.
    Unsaid,
}

/// What caching a response allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caching {
    /// For the browser's cache; `None`: no response headers recorded.
    pub lifetime: Option<Lifetime>,
    /// Whether it carries `ETag` or `Last-Modified`.
    pub has_validator: bool,
    /// Whether `Cache-Control: private` is set.
    pub is_private: bool,
    /// Whether the address says its content never changes (a content hash in the file name, `immutable`).
    pub is_versioned: bool,
}

/// Derives them for all requests of a load, in the order of `load.requests`.
pub fn derive(load: &PageLoad<'_>) -> Vec<Caching> {
    let _ = load;
    Vec::new()
}
