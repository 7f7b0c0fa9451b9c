//! What caching did for a load and would do for the next one.

use serde::{Deserialize, Serialize};

use crate::redact::Clean;

/// What the browser's cache did in a load, and what later visits would take if nothing changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct LoadCachingReport {
    /// Whose cache is reckoned with.
    pub browser: Clean,
    /// Whether that is only assumed: the recording names no browser whose cache is known.
    pub assumed: bool,
    /// How the responses of this load came, in a fixed order; ways that did not occur are left out.
    pub answered: Vec<AnsweredReport>,
    /// Requests of which it can be told what later visits do with them.
    pub requests: u64,
    /// What these take on a first visit.
    pub first_bytes: u64,
    pub visits: Vec<LaterLoadReport>,
}

/// Responses that came in one way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct AnsweredReport {
    /// `network`, `bypassed`, `confirmed`, `memory`, `disk`, `prefetch`, `service-worker`, `push`, `nothing`.
    pub how: Clean,
    pub requests: u64,
    /// On the wire.
    pub bytes: u64,
}

/// The same page opened again after some time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct LaterLoadReport {
    pub after_s: u64,
    /// Requests answered from the cache, without a word to the server.
    pub from_cache: u64,
    /// Likewise, and asked about in the background.
    pub in_background: u64,
    /// Requests that wait for a 304.
    pub confirmed: u64,
    /// Requests that fetch the whole response again.
    pub downloaded: u64,
    /// Sent by servers.
    pub bytes: u64,
    /// Less than on a first visit.
    pub saved_bytes: u64,
}

/// What caching did for one response and would do for the next request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CachingReport {
    /// What a browser's cache can do with it: `fresh`, `short-lived`, `guessed`, `stale`, `asks`,
    /// `not-kept`, `unsaid`.
    pub verdict: Option<Clean>,
    /// How it came, see [`AnsweredReport::how`].
    pub answered: Option<Clean>,
    /// `none`, `etag`, `weak-etag`, `last-modified`, `etag+last-modified`, `weak-etag+last-modified`.
    pub validator: Clean,
    /// Who may keep it: `shared` caches as well, only `private` ones, or `none`.
    pub kept_by: Option<Clean>,
    /// Empty where it cannot be told.
    pub visits: Vec<LaterRequestReport>,
}

/// The same request some time later.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct LaterRequestReport {
    pub after_s: u64,
    /// `cache`, `cache+background`, `confirmed` (a 304 is waited for) or `download`.
    pub way: Clean,
    /// Sent by the server then.
    pub bytes: Option<u64>,
}
