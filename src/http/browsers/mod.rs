//! What the browsers' own caches do with a response, where that is not what RFC 9111 says: models of Chromium's,
//! Firefox's and WebKit's HTTP caches, written after what their sources do and checked against what the browsers did
//! in the public cache tests. Dates that are none of the RFC's three forms are read leniently and differently by each;
//! where the answer hangs on one, it is unknown.

mod chrome;
mod firefox;
mod safari;

use crate::http::exchange::{Exchange, Facts};
use crate::units::WallTime;

/// What one browser does with a response.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Verdict {
    /// Whether it keeps it.
    pub stored: bool,
    /// How long it takes it for fresh.
    pub lifetime: Lifetime,
    /// What it does when the same address is asked for again; `None`: not known.
    pub reuse: Option<Reuse>,
    /// Where the lifetime comes from.
    pub why: Why,
}

/// How long a browser takes a response for fresh, in seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Lifetime {
    /// So long; less than a second counts.
    Seconds(f64),
    /// As long as it is kept.
    Forever,
    /// It hangs on how the browser reads a date that is none.
    Unknown,
}

/// What a browser does for the next request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reuse {
    /// Uses what it has.
    Cache,
    /// Uses what it has and fetches it anew in the background.
    CacheAndBackground,
    /// Asks whether it is still good.
    Validate,
    /// Fetches it, for it has nothing.
    Network,
}

/// Where a browser's lifetime comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Why {
    MaxAge,
    Expires,
    Heuristic,
    /// A status that is meant for ever, and nothing else said.
    Permanent,
    /// `no-cache`, `no-store` or `Pragma: no-cache` before anything else.
    NoCache,
    /// The status allows no guess.
    Status,
    /// Nothing to go by.
    Nothing,
    /// `Expires` is no date of the RFC's three forms.
    LenientDate,
}

/// What all three do.
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct Verdicts {
    pub chrome: Verdict,
    pub firefox: Verdict,
    pub safari: Verdict,
}

/// A browser whose cache is modelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Browser {
    Chrome,
    Firefox,
    Safari,
}

/// What the browsers do with the response at `now`.
pub fn judge(exchange: &Exchange<'_>, facts: &Facts<'_>, now: Option<WallTime>) -> Verdicts {
    Verdicts {
        chrome: Browser::Chrome.judge(exchange, facts, now),
        firefox: Browser::Firefox.judge(exchange, facts, now),
        safari: Browser::Safari.judge(exchange, facts, now),
    }
}

impl Browser {
    /// The browser of this name, or the one whose engine a browser of this name has.
    pub fn of_name(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        let has = |word: &&str| name.contains(word);
        const CHROMIUM: [&str; 8] = ["chrom", "edge", "opera", "samsung", "vivaldi", "brave", "yandex", "blink"];
        if CHROMIUM.iter().any(has) {
            return Some(Self::Chrome);
        }
        if has(&"firefox") || has(&"gecko") {
            return Some(Self::Firefox);
        }
        (has(&"safari") || has(&"webkit")).then_some(Self::Safari)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Chrome => "Chrome",
            Self::Firefox => "Firefox",
            Self::Safari => "Safari",
        }
    }

    /// What it does with the response at `now`.
    pub fn judge(self, exchange: &Exchange<'_>, facts: &Facts<'_>, now: Option<WallTime>) -> Verdict {
        let clock = Clock::of(exchange, facts, now);
        match self {
            Self::Chrome => chrome::judge(exchange, facts, &clock),
            Self::Firefox => firefox::judge(exchange, facts, &clock),
            Self::Safari => safari::judge(exchange, facts, &clock),
        }
    }
}

impl Reuse {
    /// The word used in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Cache => "cache",
            Self::CacheAndBackground => "cache+background",
            Self::Validate => "validate",
            Self::Network => "network",
        }
    }
}

impl Why {
    /// The word used in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::MaxAge => "max-age",
            Self::Expires => "expires",
            Self::Heuristic => "heuristic",
            Self::Permanent => "permanent",
            Self::NoCache => "no-cache",
            Self::Status => "status",
            Self::Nothing => "none",
            Self::LenientDate => "unmodelled lenient Expires",
        }
    }
}

/// The times that all models reckon with, in seconds.
struct Clock {
    /// The response's `Date`, else when it arrived.
    date: Option<i64>,
    /// From `Date` to the arrival.
    apparent_age: f64,
    /// From the request to the arrival.
    delay: f64,
    /// From the arrival until now.
    resident: f64,
}

impl Clock {
    fn of(exchange: &Exchange<'_>, facts: &Facts<'_>, now: Option<WallTime>) -> Self {
        let seconds = |time: Option<WallTime>| time.map(|time| time.0 / 1000.0);
        let between = |from: Option<f64>, to: Option<f64>| {
            let apart = from.zip(to).map(|(from, to)| to - from);
            apart.filter(|apart| apart.is_finite()).map_or(0.0, |apart| apart.max(0.0))
        };
        let arrived = seconds(exchange.response_time);
        Self {
            date: facts.date_or_arrival(),
            apparent_age: between(facts.date.and_then(|date| date.time).map(|time| time as f64), arrived),
            delay: between(seconds(exchange.request_time), arrived),
            resident: between(arrived, seconds(now)),
        }
    }
}

/// What all three have in common at the end.
fn conclude(stored: bool, lifetime: Lifetime, why: Why, stale: f64, age: f64, must_validate: bool) -> Verdict {
    let reuse = match lifetime {
        Lifetime::Unknown => return Verdict { stored, lifetime, reuse: None, why },
        _ if !stored => Reuse::Network,
        _ if must_validate => Reuse::Validate,
        Lifetime::Forever => Reuse::Cache,
        Lifetime::Seconds(seconds) if age < seconds => Reuse::Cache,
        Lifetime::Seconds(seconds) if age < seconds + stale => Reuse::CacheAndBackground,
        Lifetime::Seconds(_) => Reuse::Validate,
    };
    Verdict { stored, lifetime, reuse: Some(reuse), why }
}

/// The number in a text of ASCII digits only, at most `max`.
fn whole_number(text: &str, max: u64) -> Option<u64> {
    let is_number = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| text.parse().unwrap_or(max).min(max))
}

/// A directive and what stands behind its `=`.
fn name_and_value(member: &str) -> (&str, Option<&str>) {
    match member.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (member, None),
    }
}

#[cfg(test)]
mod tests;
