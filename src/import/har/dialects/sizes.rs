//! Sizes: six conventions for the same words.

use crate::import::har::dialects::outcome;
use crate::import::har::dialects::{Producer, Seen};
use crate::import::har::raw::RawWebPageTest;
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
    let transfer = transfer(seen, source).filter(|transfer| {
        // An answer over the network has headers at least; Chrome and Playwright write 0 where they do not know.
        *transfer != Bytes(0)
            || !matches!(source, Some(Source::Network | Source::Revalidated | Source::Push))
            || outcome::is_via_service_worker(seen)
    });
    let body = body(seen, transfer, source, protocol);
    let decoded = decoded(seen).filter(|decoded| {
        // Nothing decodes to nothing; it is 0 where the tool lost the body.
        *decoded != Bytes(0) || body.unwrap_or_default() == Bytes(0)
    });
    Sizes { transfer, body, decoded }
}

/// A recorded size, if it is one. The format writes -1 for "not available"; Chrome and Playwright get to other negative
/// numbers by subtracting header sizes.
pub(in crate::import::har) fn size(number: Option<f64>) -> Option<Bytes> {
    number.filter(|number| (0.0..9e15).contains(number)).map(|number| Bytes(number as u64))
}

fn transfer(seen: &Seen, source: Option<Source>) -> Option<Bytes> {
    let raw = &seen.raw.response;
    if is_local(source) || outcome::is_via_service_worker(seen) {
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

/// Whether the answer was on the machine already.
fn is_local(source: Option<Source>) -> bool {
    matches!(
        source,
        Some(Source::MemoryCache | Source::DiskCache | Source::PrefetchCache | Source::ServiceWorker | Source::Inline)
    )
}

/// WebPageTest 2 leaves `_objectSize` at 0 and counts only `_bytesIn`, which has the headers.
fn web_page_test_body(seen: &Seen, own: &RawWebPageTest) -> Option<Bytes> {
    match (size(own.object_size), size(own.bytes_in), size(seen.raw.response.headers_size)) {
        (Some(Bytes(0)), Some(bytes_in), Some(headers)) => Some(bytes_in.saturating_sub(headers)),
        (own, ..) => own,
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
    if let Some(own) = seen.raw.web_page_test.as_deref().and_then(|own| web_page_test_body(seen, own)) {
        return Some(own);
    }
    // A body that broke off is shorter than announced.
    let is_whole = |length: &Bytes| is_local(source) || transfer.is_none_or(|transfer| *length <= transfer);
    if let Some(length) = content_length(seen).filter(is_whole) {
        return Some(length);
    }
    let transfer = transfer?;
    let headers = size(raw.headers_size);
    match seen.producer {
        Producer::Firefox(major) if FIRST_FIREFOX_WITH_HEADERS_IN_BODY_SIZE <= major => {
            headers.map(|headers| transfer.saturating_sub(headers))
        }
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
