//! Per response: how long caches may keep it, judged by the recording's own clock; what the browser did, and what it
//! would do on a later visit.

mod versions;
pub mod visits;

pub use versions::is_versioned_address;
pub use visits::{Answered, Return, ReturnVisit, ReturnVisits};

use crate::http::browsers::Browser;
use crate::http::cache_control::CacheControl;
use crate::http::date;
use crate::http::exchange::Facts;
use crate::http::freshness::{Basis, Cache, Exchange, Policy};
use crate::http::url::Url;
use crate::http::validation::ETag;
use crate::page_load::PageLoad;
use crate::recording::{HeaderRange, Phase, Recording, Request};
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

/// What a cache can do with a response, in a word: by RFC 9111, for a browser's cache, when it arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It may be used without asking for as long as it says, also on the last of the visits of [`visits::AFTER`].
    Fresh,
    /// The same, but the visitor who comes back so late waits for it again.
    ShortLived,
    /// The same, for as long as the browser guesses.
    Guessed,
    /// It has a lifetime, which was over on arrival.
    Stale,
    /// Each use must ask first.
    Asks,
    /// It may not be kept.
    NotKept,
    /// Nothing is said and there is nothing to guess from.
    Unsaid,
}

/// What a later request can ask with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Validators {
    /// `ETag`; `Some(true)`: a weak one.
    pub weak_etag: Option<bool>,
    /// `Last-Modified` that is a date.
    pub last_modified: bool,
}

/// What caching a response allows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Caching {
    /// For the browser's cache; `None`: no response headers recorded.
    pub lifetime: Option<Lifetime>,
    /// The same in a word.
    pub verdict: Option<Verdict>,
    /// Whether it carries `ETag` or `Last-Modified`.
    pub has_validator: bool,
    /// Which.
    pub validators: Validators,
    /// Whether `Cache-Control: private` is set.
    pub is_private: bool,
    /// Whether the address says its content never changes (a content hash in the file name, `immutable`).
    pub is_versioned: bool,
    /// What a browser's cache may do with it, in full; `None`: no response headers recorded, or no response.
    pub browser: Option<Policy>,
    /// What a CDN's cache may do with it, by `Cache-Control` alone; CDNs have settings of their own beside it.
    pub shared: Option<Policy>,
    /// How the browser got it; `None`: it did not come for the page from anywhere (inline, extensions).
    pub answered: Option<Answered>,
    /// What the browser would do on later visits, see [`visits::AFTER`]; `None` where that cannot be told.
    pub visits: [Option<Return>; visits::AFTER.len()],
}

impl Caching {
    /// Who may keep the response, in a word; `None`: not known.
    pub fn kept_by(&self) -> Option<&'static str> {
        let (browser, shared) = self.browser.zip(self.shared)?;
        Some(match (browser.storable, shared.storable) {
            (_, true) => "shared",
            (true, false) => "private",
            (false, false) => "none",
        })
    }
}

impl Lifetime {
    /// Of what a browser's cache may do.
    pub fn of(policy: &Policy) -> Self {
        match policy.basis {
            _ if !policy.storable => Self::NotStorable,
            _ if policy.asks_always => Self::None,
            Basis::Nothing => Self::Unsaid,
            _ if policy.lifetime == Seconds(0) => Self::None,
            Basis::Heuristic => Self::Heuristic(policy.lifetime),
            Basis::MaxAge | Basis::Expires | Basis::SMaxAge => Self::Explicit(policy.lifetime),
        }
    }
}

impl Verdict {
    /// The word used in reports and in filters.
    pub fn word(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::ShortLived => "short-lived",
            Self::Guessed => "guessed",
            Self::Stale => "stale",
            Self::Asks => "asks",
            Self::NotKept => "not-kept",
            Self::Unsaid => "unsaid",
        }
    }

    /// Of what a browser's cache may do.
    pub fn of(policy: &Policy) -> Self {
        let is_fresh_after = |time: Seconds| policy.is_fresh_at(policy.arrival_age + Millis(time.0 as f64 * 1000.0));
        let is_fresh = is_fresh_after(Seconds(0));
        let [.., week] = visits::AFTER;
        match Lifetime::of(policy) {
            Lifetime::Explicit(_) if is_fresh_after(week) => Self::Fresh,
            Lifetime::Explicit(_) if is_fresh => Self::ShortLived,
            Lifetime::Heuristic(_) if is_fresh => Self::Guessed,
            Lifetime::Explicit(_) | Lifetime::Heuristic(_) => Self::Stale,
            Lifetime::None => Self::Asks,
            Lifetime::NotStorable => Self::NotKept,
            Lifetime::Unsaid => Self::Unsaid,
        }
    }
}

impl Validators {
    /// The word used in reports.
    pub fn word(self) -> &'static str {
        match (self.weak_etag, self.last_modified) {
            (Some(false), true) => "etag+last-modified",
            (Some(true), true) => "weak-etag+last-modified",
            (Some(false), false) => "etag",
            (Some(true), false) => "weak-etag",
            (None, true) => "last-modified",
            (None, false) => "none",
        }
    }
}

/// Derives them for all requests of a load, in the order of `load.requests`.
pub fn derive(load: &PageLoad<'_>) -> Vec<Caching> {
    let browser = browser(load.recording).unwrap_or(visits::ASSUMED);
    load.iter().map(|(request, resource)| of_request(load, request, resource.is_network, browser)).collect()
}

/// The browser of the recording, as far as its cache is known.
pub fn browser(recording: &Recording) -> Option<Browser> {
    recording.provenance.browser.name.and_then(|name| Browser::of_name(recording.text(name).expose()))
}

fn of_request(load: &PageLoad<'_>, request: Request<'_>, is_network: bool, browser: Browser) -> Caching {
    let has = |name| request.response_header(name).next().is_some();
    let lines = request.response_header("cache-control").map(|line| line.expose());
    let control = CacheControl::parse(lines);
    let judged = with_exchange_of(load, request, |exchange| {
        let facts = Facts::of(exchange);
        let policy = |cache| Policy::by(exchange, &facts, &facts.directives, cache, true);
        let visits = visits::of_exchange(request, exchange, &facts, browser);
        (policy(Cache::Private), policy(Cache::Shared), visits)
    });
    let url = Url::parse(request.url_text().expose());
    let validators = Validators {
        weak_etag: request.response_header("etag").next().map(|tag| ETag::parse(tag.expose()).is_weak),
        last_modified: last_modified(request).is_some(),
    };
    Caching {
        lifetime: judged.map(|(browser, ..)| Lifetime::of(&browser)),
        verdict: judged.map(|(browser, ..)| Verdict::of(&browser)),
        has_validator: has("etag") || validators.last_modified,
        validators,
        is_private: control.has_unqualified("private"),
        is_versioned: control.has("immutable") || url.is_some_and(|url| is_versioned_address(&url)),
        browser: judged.map(|(browser, ..)| browser),
        shared: judged.map(|(_, shared, _)| shared),
        answered: is_network.then(|| Answered::of(request)),
        visits: judged.filter(|_| is_network).map(|(.., visits)| visits).unwrap_or_default(),
    }
}

fn last_modified(request: Request<'_>) -> Option<i64> {
    let now = request.recording().origin.map(|origin| origin.0 as i64 / 1000);
    date::parse(request.response_header("last-modified").next()?.expose(), now)
}

/// Looks at a recorded request and its answer as caches do. `None`: no response headers recorded, or no response.
pub fn with_exchange<T>(request: Request<'_>, look: impl FnOnce(&Exchange<'_>) -> T) -> Option<T> {
    exchange_at(request, Millis::ZERO, look)
}

/// The same, at the servers' time where the recording's clock was found to be wrong.
pub fn with_exchange_of<T>(
    load: &PageLoad<'_>,
    request: Request<'_>,
    look: impl FnOnce(&Exchange<'_>) -> T,
) -> Option<T> {
    exchange_at(request, load.clocks.recorder_ahead.unwrap_or_default(), look)
}

/// `ahead`: how far the recording's clock is ahead of the servers'.
fn exchange_at<T>(request: Request<'_>, ahead: Millis, look: impl FnOnce(&Exchange<'_>) -> T) -> Option<T> {
    let recording = request.recording();
    let status = request.status().filter(|_| !request.response_headers().is_empty())?;
    let lines = |range: HeaderRange| -> Vec<(&str, &str)> {
        let lines = recording.headers.lines(range).iter();
        lines.map(|line| (recording.text(line.name).expose(), recording.text(line.value).expose())).collect()
    };
    let (asked, answered) = (lines(request.request_headers()), lines(request.response_headers()));
    let clock = |offset: Millis| recording.origin.map(|origin| WallTime(origin.0 + offset.0 - ahead.0));
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
    Some(request.start()? + request.phases().before(Phase::Receive))
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
    fn verdicts_tell_what_a_later_visit_does() {
        #[track_caller]
        fn check(line: &str, expected: Verdict) {
            let found = caching(FILE, |r| r.response("cache-control", line)).verdict;
            assert_eq!(found, Some(expected), "{line}");
        }
        check("max-age=605000", Verdict::Fresh);
        check("max-age=604800", Verdict::ShortLived);
        check("max-age=1", Verdict::ShortLived);
        check("max-age=0", Verdict::Asks);
        check("no-store, max-age=604800", Verdict::NotKept);
    }

    #[test]
    fn flags() {
        let found = caching(FILE, |r| r.response("etag", "\"x\"").response("cache-control", "private, immutable"));
        assert_eq!((found.has_validator, found.is_private, found.is_versioned), (true, true, true));
        let found = caching(FILE, |r| r.response("last-modified", "nonsense"));
        assert_eq!((found.has_validator, found.is_private, found.is_versioned), (false, false, false));
    }
}
