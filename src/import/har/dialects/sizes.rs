//! Sizes: six conventions for the same words.

use crate::import::har::dialects::outcome;
use crate::import::har::dialects::{Producer, Seen};
use crate::recording::{Protocol, Source};
use crate::units::Bytes;

/// Sizes of one response.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::import::har) struct Sizes {
    pub(in crate::import::har) transfer: Option<Bytes>,
    pub(in crate::import::har) body: Option<Bytes>,
    pub(in crate::import::har) decoded: Option<Bytes>,
}

/// What a response weighed on the wire, as sent, and decoded.
pub(in crate::import::har) fn of_response(seen: &Seen, source: Option<Source>, protocol: Option<Protocol>) -> Sizes {
    let transfer = transfer(seen, source);
    Sizes { transfer, body: body(seen, transfer, source, protocol), decoded: decoded(seen) }
}

/// A recorded size, if it is one. The format writes -1 for "not available"; Chrome and Playwright get to other negative
/// numbers by subtracting header sizes.
pub(in crate::import::har) fn size(number: Option<f64>) -> Option<Bytes> {
    number.filter(|number| (0.0..9e15).contains(number)).map(|number| Bytes(number as u64))
}

fn transfer(seen: &Seen, source: Option<Source>) -> Option<Bytes> {
    let raw = &seen.raw.response;
    let is_local = matches!(
        source,
        Some(Source::MemoryCache | Source::DiskCache | Source::PrefetchCache | Source::ServiceWorker | Source::Inline)
    );
    if is_local || outcome::is_via_service_worker(seen) {
        return Some(Bytes(0));
    }
    let web_page_test = seen.raw.web_page_test.as_deref().and_then(|own| size(own.bytes_in));
    if let Some(known) = size(raw.transfer_size).or(web_page_test) {
        return Some(known);
    }
    if let Producer::Firefox(major) = seen.producer {
        return firefox_transfer(seen, major);
    }
    let headers = size(raw.headers_size);
    let body = match seen.status() {
        // What is cached is not sent again; old Chrome writes minus its size.
        Some(304) => Some(Bytes(0)),
        _ => size(raw.body_size).or(content_length(seen)),
    };
    match (body, headers) {
        (Some(body), Some(headers)) => Some(body + headers),
        (Some(body), None) => Some(body),
        (None, _) => None,
    }
}

/// Firefox ≥ 57: `bodySize` is the whole answer with headers. For a 304 it is that of the cached body, which was not
/// sent.
fn firefox_transfer(seen: &Seen, major: u32) -> Option<Bytes> {
    let raw = &seen.raw.response;
    let headers = size(raw.headers_size);
    if seen.status() == Some(304) {
        return headers;
    }
    let total = size(raw.body_size)?;
    match headers {
        Some(headers) if major < FIRST_FIREFOX_WITH_HEADERS_IN_BODY_SIZE => Some(total + headers),
        _ => Some(total),
    }
}

/// Firefox 56 still writes the body alone, 62 both.
const FIRST_FIREFOX_WITH_HEADERS_IN_BODY_SIZE: u32 = 57;

/// The body as sent. On HTTP/2 and 3 nobody tells the size of the compressed headers, so there only `Content-Length`
/// and WebPageTest know it.
fn body(seen: &Seen, transfer: Option<Bytes>, source: Option<Source>, protocol: Option<Protocol>) -> Option<Bytes> {
    let raw = &seen.raw.response;
    if matches!(source, Some(Source::Inline)) {
        return None;
    }
    if matches!(seen.status(), Some(100..=199 | 204 | 304)) {
        return Some(Bytes(0));
    }
    if let Some(own) = seen.raw.web_page_test.as_deref().and_then(|own| size(own.object_size)) {
        return Some(own);
    }
    if let Some(length) = content_length(seen) {
        return Some(length);
    }
    let transfer = transfer?;
    let headers = size(raw.headers_size);
    match seen.producer {
        Producer::Firefox(major) if FIRST_FIREFOX_WITH_HEADERS_IN_BODY_SIZE <= major => match headers {
            Some(headers) => Some(transfer.saturating_sub(headers)),
            None => None,
        },
        _ if size(raw.transfer_size).is_none() => size(raw.body_size),
        _ if matches!(protocol, Some(Protocol::H2 | Protocol::H3)) => None,
        _ => headers.filter(|headers| *headers <= transfer).map(|headers| transfer.saturating_sub(headers)),
    }
}

/// `Content-Length`, unless there is no body for it: answers to HEAD name the length that GET would have.
fn content_length(seen: &Seen) -> Option<Bytes> {
    let is_head = seen.text(seen.raw.request.method) == "HEAD";
    if is_head {
        return None;
    }
    seen.header(seen.raw.response.headers, "content-length")?.parse().ok().map(Bytes)
}

fn decoded(seen: &Seen) -> Option<Bytes> {
    let raw = &seen.raw.response;
    if let Some(own) = seen.raw.web_page_test.as_deref().and_then(|own| size(own.object_size_uncompressed)) {
        return Some(own);
    }
    let recorded = raw.body.recorded_bytes.map(Bytes);
    let told = size(raw.content_size);
    let is_encoded = seen
        .header(raw.headers, "content-encoding")
        .is_some_and(|coding| !coding.is_empty() && !coding.eq_ignore_ascii_case("identity"));
    if seen.producer == Producer::Mitmproxy {
        return mitmproxy_decoded(seen).or(told);
    }
    match (told, recorded) {
        // The text is decoded everywhere, the size is not; and Safari writes 0 for what came from memory.
        (Some(told), Some(recorded)) if told < recorded && (is_encoded || told == Bytes(0)) => Some(recorded),
        (Some(told), None) if is_encoded && writes_encoded_content_size(seen, told) => None,
        (Some(told), _) => Some(told),
        (None, recorded) => recorded,
    }
}

/// mitmproxy: `size` is what was sent, `compression` what decoding adds.
fn mitmproxy_decoded(seen: &Seen) -> Option<Bytes> {
    let raw = &seen.raw.response;
    size(Some(raw.content_size? + raw.compression?))
}

/// WebPageTest and Firefox ≥ 147 write the encoded size. (Firefox 146 does not, 153 does.)
fn writes_encoded_content_size(seen: &Seen, told: Bytes) -> bool {
    match seen.producer {
        Producer::WebPageTest => true,
        Producer::Firefox(major) => 146 < major && content_length(seen).is_none_or(|length| length == told),
        _ => false,
    }
}
