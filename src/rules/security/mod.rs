//! Rules about encryption, as far as it costs time or breaks the page, and about what shared caches must not keep.

mod cached_cookie;
mod insecure_page;
mod mixed_content;
mod page_under_file_address;
mod shared_private_response;
mod token_in_cacheable_url;

use crate::http::edge::EdgeStatus;
use crate::http::freshness::Basis;
use crate::http::judgment;
use crate::page_load::caching;
use crate::recording::Request;
use crate::rules::Rule;
use crate::units::Seconds;

pub(super) static RULES: &[&Rule] = &[
    &mixed_content::MIXED_CONTENT,
    &insecure_page::INSECURE_PAGE,
    &shared_private_response::SHARED_PRIVATE_RESPONSE,
    &cached_cookie::CACHED_COOKIE,
    &token_in_cacheable_url::TOKEN_IN_CACHEABLE_URL,
    &page_under_file_address::PAGE_UNDER_FILE_ADDRESS,
];

/// Hosts that browsers trust without encryption (Secure Contexts §3.1): the own machine.
fn is_trustworthy(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    host == "localhost" || host.ends_with(".localhost") || host.starts_with("127.") || host == "::1"
}

/// What a shared cache may do with a response, and whether this one came out of one.
struct SharedUse {
    /// The time for which a shared cache may use it without asking, if it was said.
    lifetime: Option<Seconds>,
    /// Whether it came out of a shared cache.
    was_shared: bool,
    /// The header that says so.
    said_by: &'static str,
}

/// By what is meant for CDNs, else by `Cache-Control`.
fn shared_use(request: Request<'_>) -> Option<SharedUse> {
    caching::with_exchange(request, |exchange| {
        let judgment = judgment::judge(exchange, None);
        let policy = &judgment.cdn_policy;
        let is_said =
            policy.storable && !policy.asks_always && !matches!(policy.basis, Basis::Heuristic | Basis::Nothing);
        let status = judgment.cdn.front().and_then(|front| front.status);
        let by_default = if exchange.response_header("cache-control").is_some() { "cache-control" } else { "expires" };
        SharedUse {
            lifetime: Some(policy.lifetime).filter(|lifetime| is_said && Seconds(0) < *lifetime),
            was_shared: matches!(status, Some(EdgeStatus::Hit | EdgeStatus::Stale)),
            said_by: judgment.targeted_by.unwrap_or(by_default),
        }
    })
}
