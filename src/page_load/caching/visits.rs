//! What the browser did to get each response, and what it would do if the visitor came back later and nothing had
//! changed: by the model of the recording's browser, at the recording's own time of the response plus the time away.

use crate::http::browsers::{self, Browser};
use crate::http::exchange::{Exchange, Facts};
use crate::page_load::{PageLoad, downloads};
use crate::recording::{Request, Source};
use crate::units::{Bytes, Seconds, WallTime};

/// How long visitors stay away: an hour, a day, a week.
pub const AFTER: [Seconds; 3] = [Seconds(3_600), Seconds::days(1), Seconds::days(7)];

/// Whose cache is reckoned with where the recording does not name its browser: the most used one.
pub const ASSUMED: Browser = Browser::Chrome;

/// Bytes. What an answer 304 takes on the wire: a status line and the headers that RFC 9110 §15.4.5 asks for.
const CONFIRMATION: Bytes = Bytes(300);

/// How the browser got a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answered {
    /// Over the network.
    Network,
    /// Over the network, and the request told all caches to stay out of it: "Disable cache", a forced reload.
    Bypassed,
    /// It asked whether what it had was still good, and it was (304).
    Confirmed,
    /// From memory: the same page had it.
    Memory,
    /// From the browser's cache on disk.
    Disk,
    /// Fetched in advance.
    Prefetch,
    /// From a service worker of the page; HTTP's rules played no part.
    ServiceWorker,
    /// Sent by the server unasked.
    Push,
    /// Not at all.
    Nothing,
}

/// What the browser does on a later visit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Return {
    #[allow(missing_docs)]
    pub way: Way,
    /// Sent by the server then; `None`: the size of the response is not known.
    pub bytes: Option<Bytes>,
}

/// How the browser gets a response on a later visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// From its cache. Nothing is sent.
    Cache,
    /// From its cache, and it asks in the background (RFC 5861).
    Background,
    /// It asks and waits for a 304.
    Confirmed,
    /// It fetches all of it again.
    Download,
}

/// A later visit as a whole.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReturnVisit {
    /// How long after this one.
    pub after: Seconds,
    /// Requests answered in each [`Way`], in the order in which these stand there.
    pub n: [u64; 4],
    /// Sent by servers then.
    pub bytes: Bytes,
    /// What a first visit takes, less `bytes`.
    pub saved: Bytes,
}

/// What later visits take.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReturnVisits {
    /// Whose cache was reckoned with; `None`: [`ASSUMED`], as the recording names no browser that is known.
    pub browser: Option<Browser>,
    /// Requests of which it can be told what happens to them.
    pub n_requests: u64,
    /// What they take on a first visit.
    pub first: Bytes,
    /// One for each of [`AFTER`].
    pub visits: [ReturnVisit; AFTER.len()],
}

impl Answered {
    /// All, in the order in which they are told.
    pub const ALL: [Self; 9] = [
        Self::Network,
        Self::Bypassed,
        Self::Confirmed,
        Self::Memory,
        Self::Disk,
        Self::Prefetch,
        Self::ServiceWorker,
        Self::Push,
        Self::Nothing,
    ];

    /// What the recording says of it.
    pub fn of(request: Request<'_>) -> Self {
        match request.source() {
            Some(Source::MemoryCache) => Self::Memory,
            Some(Source::DiskCache) => Self::Disk,
            Some(Source::PrefetchCache) => Self::Prefetch,
            Some(Source::ServiceWorker) => Self::ServiceWorker,
            Some(Source::Revalidated) => Self::Confirmed,
            Some(Source::Push) => Self::Push,
            _ if request.status().is_none_or(|status| status == 0) => Self::Nothing,
            _ if request.status() == Some(304) => Self::Confirmed,
            _ if bypasses_caches(request) => Self::Bypassed,
            Some(Source::Network | Source::Inline) | None => Self::Network,
        }
    }

    /// The word used in reports and in filters.
    pub fn word(self) -> &'static str {
        match self {
            Self::Network => "network",
            Self::Bypassed => "bypassed",
            Self::Confirmed => "confirmed",
            Self::Memory => "memory",
            Self::Disk => "disk",
            Self::Prefetch => "prefetch",
            Self::ServiceWorker => "service-worker",
            Self::Push => "push",
            Self::Nothing => "nothing",
        }
    }
}

/// Whether a request tells all caches to stay out of it: `Cache-Control: no-cache` and `Pragma: no-cache` together, as
/// browsers send them with "Disable cache" and on a forced reload.
pub fn bypasses_caches(request: Request<'_>) -> bool {
    let says = |name| request.request_header(name).any(|line| line.expose().eq_ignore_ascii_case("no-cache"));
    says("cache-control") && says("pragma")
}

impl Way {
    /// The word used in reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Cache => "cache",
            Self::Background => "cache+background",
            Self::Confirmed => "confirmed",
            Self::Download => "download",
        }
    }
}

/// What the browser would do with a response on later visits.
pub(super) fn of_exchange(
    request: Request<'_>,
    exchange: &Exchange<'_>,
    facts: &Facts<'_>,
    browser: Browser,
) -> [Option<Return>; AFTER.len()] {
    let answered = Answered::of(request);
    if matches!(answered, Answered::ServiceWorker | Answered::Nothing) {
        return [None; AFTER.len()]; // what it will answer is in its own hands
    }
    if answered == Answered::Memory {
        return [Some(Return { way: Way::Cache, bytes: Some(Bytes(0)) }); AFTER.len()]; // the page asks twice then as well
    }
    let has_validator = exchange.response.iter().any(|line| matches!(line.0, "etag" | "last-modified"));
    // Some tools record of a 304 only its own headers. If those do not say how long it lives, what was stored did, and it
    // was asked about today.
    let says_nothing = facts.control.is_empty() && facts.expires.is_none() && facts.last_modified.is_none();
    let is_untold = request.status() == Some(304) && says_nothing;
    AFTER.map(|after| {
        let now = exchange.response_time.map(|arrived| WallTime(arrived.0 + after.0 as f64 * 1000.0))?;
        let verdict = browser.judge(exchange, facts, Some(now));
        let reuse = if is_untold { browsers::Reuse::Validate } else { verdict.reuse? };
        let asks = || if has_validator || is_untold { CONFIRMATION } else { size(request).unwrap_or(CONFIRMATION) };
        Some(match reuse {
            browsers::Reuse::Cache => Return { way: Way::Cache, bytes: Some(Bytes(0)) },
            browsers::Reuse::CacheAndBackground => Return { way: Way::Background, bytes: Some(asks()) },
            browsers::Reuse::Validate if has_validator || is_untold => {
                Return { way: Way::Confirmed, bytes: Some(CONFIRMATION) }
            }
            browsers::Reuse::Validate | browsers::Reuse::Network => Return { way: Way::Download, bytes: size(request) },
        })
    })
}

/// What the response takes on the wire, whether or not it came over it this time.
fn size(request: Request<'_>) -> Option<Bytes> {
    let is_confirmation = request.status() == Some(304);
    let sent = downloads::sent_bytes(request).filter(|_| !is_confirmation);
    let announced = || request.response_header("content-length").next()?.expose().parse().ok().map(Bytes);
    sent.or_else(|| announced().filter(|_| !is_confirmation)).or_else(|| downloads::decoded_bytes(request))
}

/// Adds up what later visits take; `None`: the recording tells of no response what it allows.
pub fn add_up(load: &PageLoad<'_>) -> Option<ReturnVisits> {
    let visit = |after| ReturnVisit { after, n: [0; 4], bytes: Bytes(0), saved: Bytes(0) };
    let browser = super::browser(load.recording);
    let mut all = ReturnVisits { browser, n_requests: 0, first: Bytes(0), visits: AFTER.map(visit) };
    for (id, caching) in load.requests.iter().zip(&load.caching) {
        let [Some(hour), Some(day), Some(week)] = caching.visits else { continue };
        let from_memory = caching.answered == Some(Answered::Memory);
        let first = if from_memory { Bytes(0) } else { size(load.request(*id)).unwrap_or_default() };
        all.n_requests += 1;
        all.first += first;
        for (visit, then) in all.visits.iter_mut().zip([hour, day, week]) {
            if let Some(n) = visit.n.get_mut(then.way as usize) {
                *n += 1;
            }
            let bytes = then.bytes.unwrap_or_default().min(first);
            visit.bytes += bytes;
            visit.saved += first.saturating_sub(bytes);
        }
    }
    (0 < all.n_requests).then_some(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::{Made, MadeRequest};

    fn visits(make: impl FnOnce(MadeRequest<'_>) -> MadeRequest<'_>) -> [Option<&'static str>; 3] {
        let recording = Made::page("https://shop.example/")
            .request("https://shop.example/app.js", |r| make(r.bytes(20_000, 19_800, 60_000)))
            .recording();
        let load = PageLoad::all(&recording).remove(0);
        load.caching[0].visits.map(|visit| visit.map(|visit| visit.way.word()))
    }

    #[track_caller]
    fn check(headers: &[(&str, &str)], expected: [&'static str; 3]) {
        let found = visits(|r| headers.iter().fold(r, |r, (name, value)| r.response(name, value)));
        assert_eq!(found, expected.map(Some), "{headers:?}");
    }

    #[test]
    fn later_visits() {
        let (cc, tag) = ("cache-control", ("etag", "\"a\""));
        check(&[(cc, "max-age=31536000")], ["cache", "cache", "cache"]);
        check(&[(cc, "max-age=90000"), tag], ["cache", "cache", "confirmed"]);
        check(&[(cc, "max-age=7200")], ["cache", "download", "download"]);
        check(
            &[(cc, "max-age=60, stale-while-revalidate=86400"), tag],
            ["cache+background", "cache+background", "confirmed"],
        );
        check(&[(cc, "no-store"), tag], ["download", "download", "download"]);
        check(&[(cc, "no-cache"), tag], ["confirmed", "confirmed", "confirmed"]);
        check(&[tag], ["confirmed", "confirmed", "confirmed"]);
        // Age spent on the way counts: 26 hours of lifetime, 3 hours of them over on arrival.
        check(&[(cc, "max-age=93600"), ("age", "10800"), tag], ["cache", "confirmed", "confirmed"]);
        // A tenth of ten days is a day and over.
        let date = ("date", "Thu, 01 Jan 2026 00:00:00 GMT");
        check(&[date, ("last-modified", "Sun, 21 Dec 2025 00:00:00 GMT")], ["cache", "cache", "confirmed"]);
    }

    #[test]
    fn what_the_browser_did() {
        use crate::recording::Source;
        assert_eq!(visits(|r| r), [None; 3]);
        let served = visits(|r| r.change(|row| row.source = Some(Source::ServiceWorker)).response("x", "y"));
        assert_eq!(served, [None; 3]);
        let bare = visits(|r| r.status(304).response("date", "Thu, 01 Jan 2026 00:00:00 GMT"));
        assert_eq!(bare, [Some("confirmed"); 3]);
        let recording = Made::page("https://shop.example/")
            .request("https://shop.example/a", |r| r.header("pragma", "no-cache").header("cache-control", "no-cache"))
            .request("https://shop.example/b", |r| r.change(|row| row.source = Some(Source::DiskCache)))
            .request("https://shop.example/c", |r| r.status(304))
            .request("data:,x", |r| r)
            .recording();
        let load = PageLoad::all(&recording).remove(0);
        let words: Vec<_> = load.caching.iter().map(|caching| caching.answered.map(Answered::word)).collect();
        assert_eq!(words, [Some("bypassed"), Some("disk"), Some("confirmed"), None]);
    }

    #[test]
    fn sums() {
        let recording = Made::page("https://shop.example/")
            .request("https://shop.example/a.js", |r| {
                r.response("cache-control", "max-age=7200").response("etag", "\"1\"").bytes(20_000, 19_800, 60_000)
            })
            .request("https://shop.example/b.js", |r| {
                r.response("cache-control", "no-store").bytes(5_000, 4_800, 9_000)
            })
            .recording();
        let all = add_up(&PageLoad::all(&recording).remove(0)).expect("headers");
        assert_eq!((all.browser, all.n_requests, all.first), (None, 2, Bytes(25_000)));
        let [hour, day, _] = all.visits;
        assert_eq!((hour.n, hour.bytes, hour.saved), ([1, 0, 0, 1], Bytes(5_000), Bytes(20_000)));
        assert_eq!((day.n, day.bytes, day.saved), ([0, 0, 1, 1], Bytes(5_300), Bytes(19_700)));
    }
}
