//! How a request ended and who answered it.

use crate::import::har::dialects::{Producer, Seen};
use crate::import::har::raw::RawCache;
use crate::recording::{CompletionState, ErrorKind, ResourceKind, Source};

/// How a request ended. `is_unfinished`: its times say that it was still under way.
pub(in crate::import::har) fn completion(
    seen: &Seen,
    kind: Option<ResourceKind>,
    is_unfinished: bool,
) -> CompletionState {
    let raw = seen.raw;
    let error = error_text(seen);
    if is_unfinished {
        return CompletionState::Unfinished;
    }
    if raw.was_aborted {
        return CompletionState::Cancelled;
    }
    match (seen.status(), error) {
        (Some(status), Some(error)) => after_a_response(status, kind, error_state(error, kind)),
        (Some(_), None) => CompletionState::Finished,
        (None, Some(error)) => error_state(error, kind),
        // `data:` and the like have no status in Firefox and Firebug.
        (None, None) if seen.is_inline() || is_unmarked_firefox_cache_hit(seen) => CompletionState::Finished,
        (None, None) if is_blocked_by_chrome(seen) => CompletionState::Blocked,
        (None, None) => CompletionState::Failed(ErrorKind::Other),
    }
}

/// The recorded error; `null` and empty ones are none, and so is "(no text)" of tools that always write one.
pub(in crate::import::har) fn error_text<'a>(seen: &Seen<'a>) -> Option<&'a str> {
    Some(seen.text(seen.raw.response.error)).filter(|error| !error.is_empty())
}

/// Chrome writes `net::ERR_ABORTED` also for whole answers: those without a body (204, 205), streams that the page
/// closed, and failures (400 and up) whose body it does not read, as of scripts. Any other error after a response means
/// that its body broke off.
fn after_a_response(status: u16, kind: Option<ResourceKind>, state: CompletionState) -> CompletionState {
    let is_stream = matches!(kind, Some(ResourceKind::EventSource | ResourceKind::WebSocket));
    match state {
        CompletionState::Cancelled if is_stream || matches!(status, 101 | 204 | 205 | 304 | 400..) => {
            CompletionState::Finished
        }
        // Redirects have no body that anybody reads.
        _ if (300..400).contains(&status) => CompletionState::Finished,
        CompletionState::Failed(ErrorKind::Other) => CompletionState::Failed(ErrorKind::Truncated),
        state => state,
    }
}

/// What an error text means: Chromium's `net::ERR_…` (net/base/net_error_list.h), Firefox's `NS_ERROR_…`, words of
/// proxies. Parts of names, the more telling ones first.
fn error_state(error: &str, kind: Option<ResourceKind>) -> CompletionState {
    use CompletionState::{Blocked, Cancelled, Failed};
    const BY_PART: &[(&str, CompletionState)] = &[
        ("BLOCKED_BY_RESPONSE", Failed(ErrorKind::Policy)),
        ("BLOCKED_BY_ORB", Failed(ErrorKind::Policy)),
        ("BLOCKED", Blocked),
        ("UNSAFE_PORT", Blocked),
        ("TRACKING", Blocked),
        ("DISALLOWED_URL", Blocked),
        ("CORS", Failed(ErrorKind::Policy)),
        ("INTERNET_DISCONNECTED", Failed(ErrorKind::Offline)),
        ("OFFLINE", Failed(ErrorKind::Offline)),
        ("NETWORK_CHANGED", Failed(ErrorKind::ConnectionReset)),
        ("NAME_NOT_RESOLVED", Failed(ErrorKind::NameNotResolved)),
        ("NAME_RESOLUTION", Failed(ErrorKind::NameNotResolved)),
        ("UNKNOWN_HOST", Failed(ErrorKind::NameNotResolved)),
        ("ENOTFOUND", Failed(ErrorKind::NameNotResolved)),
        ("REFUSED", Failed(ErrorKind::ConnectionRefused)),
        ("TIMED_OUT", Failed(ErrorKind::TimedOut)),
        ("TIMEOUT", Failed(ErrorKind::TimedOut)),
        ("ETIMEDOUT", Failed(ErrorKind::TimedOut)),
        ("TOO_MANY_REDIRECTS", Failed(ErrorKind::TooManyRedirects)),
        ("REDIRECT_LOOP", Failed(ErrorKind::TooManyRedirects)),
        ("CONTENT_LENGTH_MISMATCH", Failed(ErrorKind::Truncated)),
        ("INCOMPLETE_CHUNKED", Failed(ErrorKind::Truncated)),
        ("PARTIAL_TRANSFER", Failed(ErrorKind::Truncated)),
        ("CLIENT_DISCONNECTED", Cancelled),
        ("CONNECTION_RESET", Failed(ErrorKind::ConnectionReset)),
        ("CONNECTION_CLOSED", Failed(ErrorKind::ConnectionReset)),
        ("CONNECTION_ABORTED", Failed(ErrorKind::ConnectionReset)),
        ("SERVER_DISCONNECTED", Failed(ErrorKind::ConnectionReset)),
        ("EMPTY_RESPONSE", Failed(ErrorKind::ConnectionReset)),
        ("NET_RESET", Failed(ErrorKind::ConnectionReset)),
        ("ECONNRESET", Failed(ErrorKind::ConnectionReset)),
        ("PROTOCOL_ERROR", Failed(ErrorKind::Protocol)),
        ("INVALID_RESPONSE", Failed(ErrorKind::Protocol)),
        ("INVALID_HTTP", Failed(ErrorKind::Protocol)),
        ("SSL", Failed(ErrorKind::Tls)),
        ("CERT", Failed(ErrorKind::Tls)),
        ("TLS", Failed(ErrorKind::Tls)),
        ("ABORTED", Cancelled),
        ("CANCEL", Cancelled),
    ];
    let upper = error.to_ascii_uppercase().replace([' ', '-'], "_");
    if upper.contains("ERR_FAILED") && is_fetched_under_cors(kind) {
        return Failed(ErrorKind::Policy);
    }
    let known = BY_PART.iter().find(|(part, _)| upper.contains(part));
    known.map_or(Failed(ErrorKind::Other), |(_, state)| *state)
}

/// What is fetched with CORS gets Chromium's `net::ERR_FAILED` when CORS forbids it; other causes have their own names.
fn is_fetched_under_cors(kind: Option<ResourceKind>) -> bool {
    matches!(kind, Some(ResourceKind::Fetch | ResourceKind::Xhr | ResourceKind::Font | ResourceKind::Script))
}

/// Chrome (all versions) names no error for requests that never went out: forbidden by a content security policy, as
/// mixed content, or by "block request". Those that are still under way have their own sign.
fn is_blocked_by_chrome(seen: &Seen) -> bool {
    seen.producer == Producer::Chrome
        && seen.raw.resource_type.is_some()
        && seen.raw.response.is_present
        && seen.raw.response.headers.is_empty()
}

/// Who answered; `None` if nobody did, or if it is not the network's business (extensions, files).
pub(in crate::import::har) fn source(seen: &Seen) -> Option<Source> {
    let raw = seen.raw;
    if seen.is_inline() {
        return Some(Source::Inline);
    }
    if !matches!(seen.scheme.as_str(), "http" | "https" | "ws" | "wss" | "") {
        return None;
    }
    if is_via_service_worker(seen) {
        return Some(service_worker_answer(seen));
    }
    match raw.cache {
        Some(RawCache::Memory) => return Some(Source::MemoryCache),
        Some(RawCache::Disk) => return Some(Source::DiskCache),
        Some(RawCache::Prefetch) => return Some(Source::PrefetchCache),
        Some(RawCache::ServiceWorker) => return Some(Source::ServiceWorker),
        None => {}
    }
    match seen.text(raw.fetch_type) {
        "Memory Cache" => return Some(Source::MemoryCache),
        "Disk Cache" => return Some(Source::DiskCache),
        _ => {}
    }
    if is_unmarked_firefox_cache_hit(seen) {
        return Some(Source::DiskCache);
    }
    let status = seen.status()?;
    let is_cached = is_unmarked_playwright_cache_hit(seen) || is_unmarked_chrome_cache_hit(seen);
    Some(match status {
        304 => Source::Revalidated,
        _ if raw.was_pushed => Source::Push,
        _ if is_cached => Source::DiskCache,
        _ => Source::Network,
    })
}

/// Whether a service worker of the page handled the request.
pub(in crate::import::har) fn is_via_service_worker(seen: &Seen) -> bool {
    seen.raw.response.via_service_worker
        || seen.raw.cache == Some(RawCache::ServiceWorker)
        || seen.text(seen.raw.fetch_type) == "Service Worker"
}

/// `_serviceWorkerResponseSource` (Chrome): network, http-cache, cache-storage or fallback-code.
fn service_worker_answer(seen: &Seen) -> Source {
    match seen.text(seen.raw.response.worker_source) {
        "network" => Source::Network,
        "http-cache" => Source::DiskCache,
        _ => Source::ServiceWorker,
    }
}

/// Firefox (all versions) does not mark answers from its cache: no time, no header size, no address. Version 54 gives
/// neither status nor times, but headers and body.
fn is_unmarked_firefox_cache_hit(seen: &Seen) -> bool {
    let raw = seen.raw;
    let has_answer = seen.status().is_some() || !raw.response.headers.is_empty();
    matches!(seen.producer, Producer::Firefox(_))
        && has_answer
        && raw.response.error.is_none()
        && raw.time.unwrap_or_default() == 0.0
        && raw.response.headers_size.is_none_or(|size| size <= 0.0)
        && seen.text(raw.ip).is_empty()
        && [raw.timings.wait, raw.timings.receive].iter().all(|phase| phase.is_none_or(|ms| ms <= 0.0))
}

/// Playwright: nothing transferred, a body size of minus the header size, no wait.
fn is_unmarked_playwright_cache_hit(seen: &Seen) -> bool {
    let raw = seen.raw;
    seen.producer == Producer::Playwright
        && raw.response.transfer_size == Some(0.0)
        && raw.response.body_size.is_some_and(|size| size < 0.0)
        && raw.timings.wait.is_none_or(|wait| wait < 0.0)
}

/// Chrome before `_fromCache` (about version 67): nothing transferred of a body that is there.
fn is_unmarked_chrome_cache_hit(seen: &Seen) -> bool {
    let response = &seen.raw.response;
    matches!(seen.producer, Producer::Chrome | Producer::ChromeHarCapturer)
        && response.transfer_size == Some(0.0)
        && response.content_size.is_some_and(|size| 0.0 < size)
        && response.error.is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_errors() {
        for (text, expected) in [
            ("net::ERR_ABORTED", CompletionState::Cancelled),
            ("net::ERR_BLOCKED_BY_CLIENT", CompletionState::Blocked),
            ("net::ERR_BLOCKED_BY_RESPONSE.NotSameOrigin", CompletionState::Failed(ErrorKind::Policy)),
            ("net::ERR_INTERNET_DISCONNECTED", CompletionState::Failed(ErrorKind::Offline)),
            ("net::ERR_NAME_NOT_RESOLVED", CompletionState::Failed(ErrorKind::NameNotResolved)),
            ("net::ERR_CERT_AUTHORITY_INVALID", CompletionState::Failed(ErrorKind::Tls)),
            ("net::ERR_CONNECTION_REFUSED", CompletionState::Failed(ErrorKind::ConnectionRefused)),
            ("net::ERR_CONNECTION_TIMED_OUT", CompletionState::Failed(ErrorKind::TimedOut)),
            ("net::ERR_HTTP2_PROTOCOL_ERROR", CompletionState::Failed(ErrorKind::Protocol)),
            ("net::ERR_QUIC_PROTOCOL_ERROR", CompletionState::Failed(ErrorKind::Protocol)),
            ("Client disconnected.", CompletionState::Cancelled),
            ("[object Object]", CompletionState::Failed(ErrorKind::Other)),
        ] {
            assert_eq!(error_state(text, None), expected, "{text}");
        }
        let forbidden = CompletionState::Failed(ErrorKind::Policy);
        assert_eq!(error_state("net::ERR_FAILED", Some(ResourceKind::Fetch)), forbidden);
    }

    #[test]
    fn an_aborted_answer_may_be_whole() {
        let cancelled = CompletionState::Cancelled;
        assert_eq!(after_a_response(204, None, cancelled), CompletionState::Finished);
        assert_eq!(after_a_response(200, Some(ResourceKind::EventSource), cancelled), CompletionState::Finished);
        assert_eq!(after_a_response(200, Some(ResourceKind::Image), cancelled), cancelled);
        assert_eq!(after_a_response(404, Some(ResourceKind::Script), cancelled), CompletionState::Finished);
        let other = CompletionState::Failed(ErrorKind::Other);
        assert_eq!(after_a_response(200, None, other), CompletionState::Failed(ErrorKind::Truncated));
    }
}
