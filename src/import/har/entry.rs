//! One entry of a HAR → [`RawEntry`]. The order of members does not matter; of two with the same name the last counts.

use crate::import::har::Draft;
use crate::import::har::bodies;
use crate::import::har::dates;
use crate::import::har::header_lines;
use crate::import::har::initiator;
use crate::import::har::problems;
use crate::import::har::raw::{RawCache, RawEntry, RawRequest, RawResponse, RawTimings};
use crate::import::har::reader::{Reader, Step, members};
use crate::import::json::{Result, Token};
use crate::text::StrId;
use std::io::Read;

/// Of a `data:` address only the beginning is kept: its media type, and enough to tell it from others.
const MAX_DATA_URL_BYTES: usize = 256;

/// Reads one member of an entry.
pub(super) fn member<R: Read>(r: &mut Reader<R>, draft: &mut Draft, entry: &mut RawEntry, key: &str) -> Result<()> {
    if key.starts_with('_') {
        return extension(r, draft, entry, key);
    }
    members!(r, key, {
        "pageref" => entry.page = r.id(&mut draft.recording.strings)?,
        "startedDateTime" => {
            entry.started = date(r)?;
            entry.has_bad_date = entry.started.is_none();
        },
        "time" => entry.time = r.number()?,
        "request" => entry.request = request(r, draft)?,
        "response" => {
            let (response, cache, from_early_hints) = response(r, draft)?;
            entry.response = response;
            entry.cache = cache.or(entry.cache);
            entry.from_early_hints |= from_early_hints;
        },
        "timings" => entry.timings = timings(r)?,
        "serverIPAddress" => entry.ip = r.interned(&mut draft.recording.strings)?,
        "connection" => entry.connection = r.id(&mut draft.recording.strings)?,
    })
}

/// Reads one member that a tool added.
fn extension<R: Read>(r: &mut Reader<R>, draft: &mut Draft, entry: &mut RawEntry, key: &str) -> Result<()> {
    let strings = &mut draft.recording.strings;
    members!(r, key, {
        "_connectionId" => entry.connection_id = r.id(strings)?,
        "_socket" => entry.connection_id = entry.connection_id.or(r.id(strings)?),
        "_priority" => entry.priority = r.interned(strings)?,
        "_initialPriority" => entry.initial_priority = r.interned(strings)?,
        "_initial_priority" => entry.initial_priority = r.interned(strings)?,
        "_resourceType" => entry.resource_type = r.interned(strings)?,
        "_renderBlocking" => entry.render_blocking = r.interned(strings)?,
        "_initiator" => initiator::read(r, draft, &mut entry.initiator)?,
        "_initiator_type" => entry.initiator.kind = r.interned(strings)?.or(entry.initiator.kind),
        "_initiator_line" => entry.initiator.line = initiator::line(r.number()?, 1).or(entry.initiator.line),
        "_fromCache" => entry.cache = cache_word(r)?.or(entry.cache),
        "_fetchType" => entry.fetch_type = r.interned(strings)?,
        "_was_pushed" => entry.was_pushed = r.flag()? == Some(true),
        "_isLCP" => entry.is_lcp = r.flag()? == Some(true),
        "_isLinkPreload" => entry.request.is_link_preload = r.flag()? == Some(true),
        "_wasAborted" => entry.was_aborted = r.flag()? == Some(true),
        "_serviceWorkerRef" => entry.has_worker_ref = r.interned(strings)?.is_some(),
        "_failureText" => entry.response.error = r.interned(strings)?.or(entry.response.error),
        "_error" => entry.response.error = r.interned(strings)?.or(entry.response.error),
        "_webSocketMessages" => entry.messages = r.count()?.or(entry.messages),
        "_eventSourceMessages" => entry.messages = r.count()?.or(entry.messages),
        "_cached" => entry.web_page_test.get_or_insert_default().is_repeat_view = r.flag()? == Some(true),
        "_run" => entry.web_page_test.get_or_insert_default().run = r.number()?,
        "_created" => entry.web_page_test.get_or_insert_default().created = r.number()?,
        "_dns_start" => entry.web_page_test.get_or_insert_default().dns_start = r.number()?,
        "_dns_end" => entry.web_page_test.get_or_insert_default().dns_end = r.number()?,
        "_connect_start" => entry.web_page_test.get_or_insert_default().connect_start = r.number()?,
        "_connect_end" => entry.web_page_test.get_or_insert_default().connect_end = r.number()?,
        "_ssl_start" => entry.web_page_test.get_or_insert_default().ssl_start = r.number()?,
        "_ssl_end" => entry.web_page_test.get_or_insert_default().ssl_end = r.number()?,
        "_load_start" => entry.web_page_test.get_or_insert_default().load_start = r.number()?,
        "_ttfb_start" => entry.web_page_test.get_or_insert_default().ttfb_start = r.number()?,
        "_ttfb_end" => entry.web_page_test.get_or_insert_default().ttfb_end = r.number()?,
        "_download_start" => entry.web_page_test.get_or_insert_default().download_start = r.number()?,
        "_download_end" => entry.web_page_test.get_or_insert_default().download_end = r.number()?,
        "_bytesIn" => entry.web_page_test.get_or_insert_default().bytes_in = r.number()?,
        "_objectSize" => entry.web_page_test.get_or_insert_default().object_size = r.number()?,
        "_objectSizeUncompressed" => entry.web_page_test.get_or_insert_default().object_size_uncompressed = r.number()?,
    })
}

pub(super) fn date<R: Read>(r: &mut Reader<R>) -> Result<Option<dates::Date>> {
    let date = match r.json.peek()? {
        Token::Number => dates::from_number(r.json.number()?),
        _ => r.with_text(dates::parse)?.flatten(),
    };
    match date.map(|date| date.oddity) {
        None => r.note(&problems::BAD_DATE),
        Some(None) => {}
        Some(Some(dates::Oddity::NoZone)) => r.note(&problems::NO_ZONE),
        Some(Some(dates::Oddity::ThousandMillis)) => r.note(&problems::THOUSAND_MILLIS),
        Some(Some(dates::Oddity::Epoch)) => r.note(&problems::EPOCH_DATE),
    }
    Ok(date)
}

fn request<R: Read>(r: &mut Reader<R>, draft: &mut Draft) -> Result<RawRequest> {
    let mut request = RawRequest::default();
    request.is_present = r.object(|r, key| {
        members!(r, key, {
            "method" => request.method = method(r, draft)?,
            "url" => request.url = url(r, draft)?,
            "httpVersion" => request.http_version = r.interned(&mut draft.recording.strings)?,
            "headers" => (request.headers, request.has_pseudo_headers) = header_lines::read(r, draft)?,
            "cookies" => draft.log.has_cookies |= 0 < r.count()?.unwrap_or_default(),
            "headersSize" => request.headers_size = r.number()?,
            "bodySize" => request.body_size = r.number()?,
            "postData" => request.post_bytes = bodies::measure_post_data(r)?,
            "_isLinkPreload" => request.is_link_preload = r.flag()? == Some(true),
        })
    })?;
    Ok(request)
}

/// The method in upper case.
fn method<R: Read>(r: &mut Reader<R>, draft: &mut Draft) -> Result<Option<StrId>> {
    let strings = &mut draft.recording.strings;
    r.with_text(|text| match text.trim() {
        text if text.bytes().any(|byte| byte.is_ascii_lowercase()) => strings.intern(&text.to_ascii_uppercase()),
        text => strings.intern(text),
    })
}

/// The address without fragment; of `data:` addresses only the beginning.
pub(super) fn url<R: Read>(r: &mut Reader<R>, draft: &mut Draft) -> Result<Option<StrId>> {
    let strings = &mut draft.recording.strings;
    let url = r.with_text(|text| {
        let kept = kept_part(text.trim());
        (!kept.is_empty()).then(|| strings.intern(kept))
    })?;
    Ok(url.flatten())
}

fn kept_part(url: &str) -> &str {
    if url.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:")) {
        return url.get(..url.floor_char_boundary(MAX_DATA_URL_BYTES)).unwrap_or_default();
    }
    url.split('#').next().unwrap_or_default()
}

/// The response, where it came from if a member says so, and whether an early hint asked for it.
fn response<R: Read>(r: &mut Reader<R>, draft: &mut Draft) -> Result<(RawResponse, Option<RawCache>, bool)> {
    let mut response = RawResponse::default();
    let mut cache = None;
    let mut from_early_hints = false;
    response.is_present = r.object(|r, key| {
        let mut came_from = |is_so: Option<bool>, from| {
            if is_so == Some(true) {
                cache = Some(from);
            }
        };
        members!(r, key, {
            "status" => response.status = r.number()?,
            "httpVersion" => response.http_version = r.interned(&mut draft.recording.strings)?,
            "headers" => (response.headers, response.has_pseudo_headers) = header_lines::read(r, draft)?,
            "cookies" => draft.log.has_cookies |= 0 < r.count()?.unwrap_or_default(),
            "content" => bodies::read_content(r, draft, &mut response)?,
            "redirectURL" => response.redirect_url = url(r, draft)?,
            "headersSize" => response.headers_size = r.number()?,
            "bodySize" => response.body_size = r.number()?,
            "_transferSize" => response.transfer_size = r.number()?,
            "_error" => response.error = error(r, draft)?.or(response.error),
            "_failureText" => response.error = error(r, draft)?.or(response.error),
            "_charlesStatus" => response.error = charles_status(r, draft)?.or(response.error),
            "_fetchedViaServiceWorker" => response.via_service_worker = r.flag()? == Some(true),
            "_serviceWorkerResponseSource" =>
                response.worker_source = r.interned(&mut draft.recording.strings)?,
            "_fromCache" => cache = cache_word(r)?.or(cache),
            "_fromDiskCache" => came_from(r.flag()?, RawCache::Disk),
            "fromDiskCache" => came_from(r.flag()?, RawCache::Disk),
            "fromPrefetchCache" => came_from(r.flag()?, RawCache::Prefetch),
            "fromServiceWorker" => came_from(r.flag()?, RawCache::ServiceWorker),
            "fromEarlyHints" => from_early_hints = r.flag()? == Some(true),
        })
    })?;
    Ok((response, cache, from_early_hints))
}

/// An error as text. capture-har writes an object here: something went wrong, nobody knows what.
fn error<R: Read>(r: &mut Reader<R>, draft: &mut Draft) -> Result<Option<StrId>> {
    if matches!(r.json.peek()?, Token::Object | Token::Array) {
        r.json.skip()?;
        return Ok(Some(draft.recording.strings.intern("error")));
    }
    let strings = &mut draft.recording.strings;
    let error = r.with_text(|text| (!text.is_empty()).then(|| strings.intern(text)))?;
    Ok(error.flatten())
}

/// `_charlesStatus` (Charles 4) is no error if the transfer is complete.
fn charles_status<R: Read>(r: &mut Reader<R>, draft: &mut Draft) -> Result<Option<StrId>> {
    let strings = &mut draft.recording.strings;
    let error = r.with_text(|text| (!text.is_empty() && text != "COMPLETE").then(|| strings.intern(text)))?;
    Ok(error.flatten())
}

/// `_fromCache` (Chrome): "memory" or "disk"; others write a truth value.
fn cache_word<R: Read>(r: &mut Reader<R>) -> Result<Option<RawCache>> {
    if r.json.peek()? == Token::Bool {
        return Ok(r.json.boolean()?.then_some(RawCache::Disk));
    }
    let cache = r.with_text(|text| match text {
        "memory" => Some(RawCache::Memory),
        "disk" => Some(RawCache::Disk),
        "prefetch" => Some(RawCache::Prefetch),
        _ => None,
    })?;
    Ok(cache.flatten())
}

fn timings<R: Read>(r: &mut Reader<R>) -> Result<RawTimings> {
    let mut timings = RawTimings::default();
    let mut is_empty = true;
    r.object(|r, key| {
        is_empty = false;
        members!(r, key, {
            "blocked" => timings.blocked = r.number()?,
            "dns" => timings.dns = r.number()?,
            "connect" => timings.connect = r.number()?,
            "ssl" => timings.ssl = r.number()?,
            "send" => timings.send = r.number()?,
            "wait" => timings.wait = r.number()?,
            "receive" => timings.receive = r.number()?,
            "_blocked_queueing" => timings.blocked_queueing = r.number()?,
            "_blocked_proxy" => timings.blocked_proxy = r.number()?,
            "_queued" => timings.queued = r.number()?,
            "_workerStart" => timings.worker_start = r.number()?,
            "_workerReady" => timings.worker_ready = r.number()?,
            "_workerFetchStart" => timings.worker_fetch_start = r.number()?,
            "_workerRespondWithSettled" => timings.worker_settled = r.number()?,
        })
    })?;
    timings.is_present = !is_empty;
    Ok(timings)
}
