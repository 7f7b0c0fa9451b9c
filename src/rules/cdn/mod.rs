//! Rules about the CDN in front of the site.

mod document_not_cached_at_edge;
mod edge_cache_miss;

use crate::http::edge::EdgeStatus;
use crate::rules::Rule;

pub(super) static RULES: &[&Rule] =
    &[&document_not_cached_at_edge::DOCUMENT_NOT_CACHED_AT_EDGE, &edge_cache_miss::EDGE_CACHE_MISS];

/// Why the edge did not answer by itself, in plain words; `None`: it did, or does not tell.
fn why_missed(status: EdgeStatus) -> Option<&'static str> {
    Some(match status {
        EdgeStatus::Miss => "not in the edge's cache",
        EdgeStatus::Expired => "in the edge's cache, but too old",
        EdgeStatus::Bypass => "the edge's cache was not allowed to be used",
        EdgeStatus::Dynamic => "never a candidate for the edge's cache",
        EdgeStatus::Hit | EdgeStatus::Stale | EdgeStatus::Revalidated | EdgeStatus::EdgeGenerated => return None,
        EdgeStatus::Error | EdgeStatus::Unknown => return None,
    })
}

/// The header in which CDNs tell whether they had a response, in the order in which they are trusted.
const STATUS_HEADERS: [&str; 9] = [
    "cf-cache-status",
    "cache-status",
    "x-vercel-cache",
    "x-cache",
    "x-cache-status",
    "x-nf-cache-status",
    "x-proxy-cache",
    "cdn-cache",
    "server-timing",
];

/// The header line in which a response tells its cache status.
fn status_header(request: crate::recording::Request<'_>) -> Option<&'static str> {
    STATUS_HEADERS.into_iter().find(|name| request.response_header(name).next().is_some())
}
