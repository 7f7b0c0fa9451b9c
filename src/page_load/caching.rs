//! Per response: how long caches may keep it, judged by the recording's own clock.

use crate::http::cache_control::CacheControl;
use crate::http::date;
use crate::http::freshness::{Basis, Cache, Exchange, Policy};
use crate::http::url::Url;
use crate::page_load::PageLoad;
use crate::recording::{HeaderRange, Recording, Request};
use crate::units::{Millis, Seconds, WallTime};

/// How long a browser may use a stored response without asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lifetime {
    /// Said by `max-age` or `Expires`.
    Explicit(Seconds),
    /// Nothing was said, `Last-Modified` lets the browser guess (RFC 9111 §4.2.2: 10 % of its age).
    Heuristic(Seconds),
    /// It must ask each time: `no-cache`, `max-age=0`, `Expires` in the past, `Vary: *`.
    None,
    /// It may not be stored: `no-store`, method or status.
    NotStorable,
    /// Nothing said and nothing to guess from.
    Unsaid,
}

/// What caching a response allows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Caching {
    /// For the browser's cache; `None`: no response headers recorded.
    pub lifetime: Option<Lifetime>,
    /// Whether it carries `ETag` or `Last-Modified`.
    pub has_validator: bool,
    /// Whether `Cache-Control: private` is set.
    pub is_private: bool,
    /// Whether the address says its content never changes (a content hash in the file name, `immutable`).
    pub is_versioned: bool,
    /// What a browser's cache may do with it, in full; `None`: no response headers recorded, or no response.
    pub browser: Option<Policy>,
    /// What a CDN's cache may do with it, by `Cache-Control` alone; CDNs have settings of their own beside it.
    pub shared: Option<Policy>,
}

/// Derives them for all requests of a load, in the order of `load.requests`.
pub fn derive(load: &PageLoad<'_>) -> Vec<Caching> {
    load.requests.iter().map(|id| of_request(load.request(*id))).collect()
}

/// Whether the address changes whenever the content does: a content hash in the file name (`app.3f9a2b1c.js`), a
/// version in the query (`?v=12`, `?ver=5.1`) or in the path (`/v1.2.3/`, `/jquery@3.7.1/`).
pub fn is_versioned_address(url: &Url<'_>) -> bool {
    let by_query = url.query.is_some_and(|query| query.split('&').any(is_version_parameter));
    let mut segments = url.path.split('/').filter(|segment| segment.len() <= MAX_SEGMENT).rev().take(MAX_SEGMENTS);
    by_query || segments.any(|segment| segment.split(['.', '-', '_', '~']).any(is_content_hash) || has_release(segment))
}

/// Segments longer than this are encoded data, not names.
const MAX_SEGMENT: usize = 256;

/// Where build tools put hashes: the file name or one of the folders right above it.
const MAX_SEGMENTS: usize = 4;

/// The shortest content hash of common build tools, in characters (webpack's `[contenthash:8]`, Vite's 8).
const MIN_HASH: usize = 8;

/// The longest, SHA-512 in hexadecimal.
const MAX_HASH: usize = 128;

fn of_request(request: Request<'_>) -> Caching {
    let recording = request.recording();
    let has = |name| request.response_header(name).next().is_some();
    let lines = request.response_header("cache-control").map(|line| line.expose());
    let control = CacheControl::parse(lines);
    let policies = policies(request);
    let url = Url::parse(request.url_text().expose());
    Caching {
        lifetime: policies.map(|[browser, _]| lifetime(&browser)),
        has_validator: has("etag") || last_modified(recording, request).is_some(),
        is_private: control.has_unqualified("private"),
        is_versioned: control.has("immutable") || url.is_some_and(|url| is_versioned_address(&url)),
        browser: policies.map(|[browser, _]| browser),
        shared: policies.map(|[_, shared]| shared),
    }
}

fn last_modified(recording: &Recording, request: Request<'_>) -> Option<i64> {
    let now = recording.origin.map(|origin| origin.0 as i64 / 1000);
    date::parse(request.response_header("last-modified").next()?.expose(), now)
}

/// For the browser's cache and for a shared one.
fn policies(request: Request<'_>) -> Option<[Policy; 2]> {
    // What a recording shows of an answer from a cache is old: its age says nothing of the clock.
    with_exchange(request, |exchange| [Cache::Private, Cache::Shared].map(|cache| Policy::of(exchange, cache)))
}

/// Looks at a recorded request and its answer as caches do. `None`: no response headers recorded, or no response.
pub fn with_exchange<T>(request: Request<'_>, look: impl FnOnce(&Exchange<'_>) -> T) -> Option<T> {
    let recording = request.recording();
    let status = request.status().filter(|_| !request.response_headers().is_empty())?;
    let lines = |range: HeaderRange| -> Vec<(&str, &str)> {
        let lines = recording.headers.lines(range).iter();
        lines.map(|line| (recording.text(line.name).expose(), recording.text(line.value).expose())).collect()
    };
    let (asked, answered) = (lines(request.request_headers()), lines(request.response_headers()));
    let clock = |offset: Millis| recording.origin.map(|origin| WallTime(origin.0 + offset.0));
    Some(look(&Exchange {
        method: request.method_text().expose(),
        url: request.url_text().expose(),
        // A 304 carries the headers of the stored response that it confirms.
        status: if status == 304 { 200 } else { status },
        request: &asked,
        response: &answered,
        request_time: request.start().and_then(clock),
        response_time: response_time(request).and_then(clock),
    }))
}

/// When the first byte of the answer arrived, as an offset.
fn response_time(request: Request<'_>) -> Option<Millis> {
    Some(request.start()? + request.phases().before(crate::recording::Phase::Receive))
}

fn lifetime(policy: &Policy) -> Lifetime {
    match policy.basis {
        _ if !policy.storable => Lifetime::NotStorable,
        _ if policy.asks_always => Lifetime::None,
        Basis::Nothing => Lifetime::Unsaid,
        _ if policy.lifetime == Seconds(0) => Lifetime::None,
        Basis::Heuristic => Lifetime::Heuristic(policy.lifetime),
        Basis::MaxAge | Basis::Expires | Basis::SMaxAge => Lifetime::Explicit(policy.lifetime),
    }
}

fn is_version_parameter(parameter: &str) -> bool {
    const NAMES: [&str; 12] = ["v", "ver", "version", "rev", "revision", "hash", "build", "t", "ts", "cb", "_v", "md5"];
    let Some((name, value)) = parameter.split_once('=') else {
        return parameter.bytes().any(|b| b.is_ascii_digit()) && is_version_value(parameter);
    };
    let is_name = NAMES.iter().any(|known| name.eq_ignore_ascii_case(known));
    is_name && is_version_value(value)
}

/// Numbers, releases, dates, hashes; not words and not nothing.
fn is_version_value(value: &str) -> bool {
    value.len() <= MAX_HASH
        && value.bytes().any(|b| b.is_ascii_digit())
        && value.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
}

/// Hexadecimal, or letters and digits well mixed: `3f9a2b1c`, `DiwrgTda` has no digit and counts only with both cases
/// mixed inside; a date (`20240131`) or an id (`12345678`) is a version as well.
fn is_content_hash(part: &str) -> bool {
    let bytes = part.as_bytes();
    if !(MIN_HASH..=MAX_HASH).contains(&bytes.len()) || !bytes.iter().all(u8::is_ascii_alphanumeric) {
        return false;
    }
    let n_digits = bytes.iter().filter(|b| b.is_ascii_digit()).count();
    if bytes.iter().all(u8::is_ascii_hexdigit) {
        // `facade` and `deadbeef` are words; a hash of 8 hexadecimal digits has no digit once in 43 files.
        return 0 < n_digits;
    }
    let kind = |b: &u8| (b.is_ascii_digit(), b.is_ascii_uppercase());
    let n_changes = bytes.windows(2).filter(|pair| pair.first().map(kind) != pair.last().map(kind)).count();
    // `bootstrap4` changes once, `html5shiv` and `MyBigName` up to three times; a random mix changes at every other
    // character.
    4 <= n_changes && 0 < n_digits || 5 <= n_changes
}

/// `v1.2.3`, `jquery@3.7.1`, `jquery-3.7.1.min.js`.
fn has_release(segment: &str) -> bool {
    let mut parts = segment.split(['@', '-', '_', 'v', 'V']);
    parts.any(|part| {
        let numbers = part.split('.').take_while(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
        3 <= numbers.count()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::{Made, MadeRequest};

    const FILE: &str = "https://shop.example/app.js";

    fn caching(url: &str, make: impl FnOnce(MadeRequest<'_>) -> MadeRequest<'_>) -> Caching {
        let recording = Made::page("https://shop.example/").request(url, make).recording();
        PageLoad::all(&recording).remove(0).caching.remove(0)
    }

    #[test]
    fn lifetimes() {
        #[track_caller]
        fn check(headers: &[(&str, &str)], expected: Option<Lifetime>) {
            let found = caching(FILE, |r| headers.iter().fold(r, |r, (name, value)| r.response(name, value)));
            assert_eq!(found.lifetime, expected, "{headers:?}");
        }
        let cc = "cache-control";
        check(&[], None);
        check(&[("date", "x")], Some(Lifetime::Unsaid));
        check(&[(cc, "max-age=60")], Some(Lifetime::Explicit(Seconds(60))));
        check(&[(cc, "max-age=0")], Some(Lifetime::None));
        check(&[(cc, "no-cache, max-age=60")], Some(Lifetime::None));
        check(&[(cc, "no-store")], Some(Lifetime::NotStorable));
        check(&[(cc, "max-age=60"), ("vary", "*")], Some(Lifetime::None));
        check(&[("expires", "0")], Some(Lifetime::None));
        // By the response's own date, whatever year it is now.
        let date = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");
        check(&[date, ("expires", "Sun, 06 Nov 1994 09:49:37 GMT")], Some(Lifetime::Explicit(Seconds(3600))));
        check(&[date, ("last-modified", "Sun, 06 Nov 1994 08:32:57 GMT")], Some(Lifetime::Heuristic(Seconds(100))));
        // Without a date by the recording's origin, 2026-01-01T00:00:00Z.
        check(&[("expires", "Thu, 01 Jan 2026 01:00:00 GMT")], Some(Lifetime::Explicit(Seconds(3600))));
        assert_eq!(caching(FILE, |r| r.status(500).response("x", "y")).lifetime, Some(Lifetime::NotStorable));
        let confirmed = caching(FILE, |r| r.status(304).response(cc, "max-age=60"));
        assert_eq!(confirmed.lifetime, Some(Lifetime::Explicit(Seconds(60))));
    }

    #[test]
    fn flags() {
        let found = caching(FILE, |r| r.response("etag", "\"x\"").response("cache-control", "private, immutable"));
        assert_eq!((found.has_validator, found.is_private, found.is_versioned), (true, true, true));
        let found = caching(FILE, |r| r.response("last-modified", "nonsense"));
        assert_eq!((found.has_validator, found.is_private, found.is_versioned), (false, false, false));
    }

    #[test]
    fn versioned_addresses() {
        for (path, expected) in [
            ("app.3f9a2b1c.js", true),
            ("index-BxK93_aQ.js", false), // Vite's alphabet holds `_` and `-`: half a hash is too short to tell
            ("index-D4xQ9kLm.js", true),
            ("main.d41d8cd98f00b204e9800998ecf8427e.css", true),
            ("_next/static/chunks/4bd1b696-7c5f1a2b3d4e5f60.js", true),
            ("assets/abcdef0123456789/logo.png", true),
            ("jquery-3.7.1.min.js", true),
            ("npm/vue@3.4.21/dist/vue.js", true),
            ("v1.2.3/lib.js", true),
            ("style.css?ver=5.8.1", true),
            ("style.css?v=20240131", true),
            ("style.css?1699999999", true),
            ("app.js", false),
            ("bootstrap.min.js", false),
            ("facade.js", false),
            ("javascript.js", false),
            ("html5shiv-printshiv.js", false),
            ("IntersectionObserver.js", false),
            ("style.css?theme=dark", false),
            ("style.css?v=", false),
            ("image.png?width=600", false),
            ("api/v1/users", false),
            ("", false),
        ] {
            let address = format!("https://shop.example/{path}");
            assert_eq!(is_versioned_address(&Url::parse(&address).expect("a URL")), expected, "{path}");
        }
    }
}
