//! What a cache may do with a response: store it (RFC 9111 §3), how long it is fresh (§4.2.1), how old it is already
//! (§4.2.3), whether it may be used without asking (§4) or while stale (RFC 5861).
//!
//! Three questions with three answers; none is folded into another, because the advice differs.

use crate::http::cache_control::{CacheControl, Delta, delta_seconds};
use crate::http::{date, list};
use crate::units::Seconds;

/// Whose cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cache {
    /// A browser's.
    Private,
    /// A CDN's or proxy's.
    Shared,
}

/// A request and its answer, as far as caches look at them. Header names in lower case, lines in wire order.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub struct Exchange<'a> {
    pub method: &'a str,
    pub url: &'a str,
    pub status: u16,
    pub request: &'a [(&'a str, &'a str)],
    pub response: &'a [(&'a str, &'a str)],
    /// When the request was sent, in seconds since 1970; `None`: not recorded.
    pub request_time: Option<i64>,
    /// When the answer arrived, likewise.
    pub response_time: Option<i64>,
}

/// Where a freshness lifetime comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// `s-maxage` (shared caches only).
    SMaxAge,
    /// `max-age`.
    MaxAge,
    /// `Expires` minus `Date`.
    Expires,
    /// 10 % of the time since `Last-Modified`: nothing was said, and the RFC allows a guess (§4.2.2).
    Heuristic,
    /// Nothing was said and there is nothing to guess from.
    Nothing,
}

/// What one cache may do with a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Whether it may be stored.
    pub storable: bool,
    /// How long it is fresh; meaningless where it may not be stored.
    pub lifetime: Seconds,
    /// Where that comes from.
    pub basis: Basis,
    /// Whether each use must ask first (`no-cache` without field names, `Vary: *`).
    pub asks_always: bool,
    /// Whether it may never be used stale.
    pub must_revalidate: bool,
    /// How long it may be used stale while it is fetched anew in the background (RFC 5861 §3).
    pub stale_while_revalidate: Seconds,
    /// How long it may be used stale if fetching fails (RFC 5861 §4).
    pub stale_if_error: Seconds,
    /// How old it was when it arrived.
    pub age_on_arrival: Seconds,
}

impl Policy {
    /// What `cache` may do.
    pub fn of(exchange: &Exchange<'_>, cache: Cache) -> Self {
        let control = CacheControl::parse(exchange.response_lines("cache-control"));
        let shared = cache == Cache::Shared;
        let storable = is_storable(exchange, &control, cache);
        let (lifetime, basis) = lifetime(exchange, &control, cache);
        let no_cache = control.has_unqualified("no-cache");
        let varies_always = list::members(exchange.response_lines("vary")).any(|name| name == "*");
        let shared_only = shared && (control.has("proxy-revalidate") || control.has("s-maxage"));
        let must_revalidate = control.has("must-revalidate") || no_cache || shared_only;
        let window = |name| match control.seconds(name) {
            Some(Delta::Valid(seconds)) if storable && !must_revalidate => seconds,
            _ => Seconds(0),
        };
        Self {
            storable,
            lifetime,
            basis,
            asks_always: no_cache || varies_always,
            must_revalidate,
            stale_while_revalidate: window("stale-while-revalidate"),
            stale_if_error: window("stale-if-error"),
            age_on_arrival: age_on_arrival(exchange),
        }
    }
}

impl<'a> Exchange<'a> {
    /// Values of a response header in order.
    pub fn response_lines(&self, name: &str) -> impl Iterator<Item = &'a str> {
        self.response.iter().filter(move |line| line.0 == name).map(|line| line.1)
    }

    /// Values of a request header in order.
    pub fn request_lines(&self, name: &str) -> impl Iterator<Item = &'a str> {
        self.request.iter().filter(move |line| line.0 == name).map(|line| line.1)
    }

    /// `Date` of the response, else the time it arrived (RFC 9110 §6.6.1).
    pub fn date(&self) -> Option<i64> {
        let said = self.response_lines("date").next();
        said.and_then(|said| date::parse(said, self.response_time)).or(self.response_time)
    }
}

/// Statuses that may be stored without explicit lifetime (RFC 9110 §15.1).
pub fn is_heuristically_cacheable(status: u16) -> bool {
    matches!(status, 200 | 203 | 204 | 206 | 300 | 301 | 308 | 404 | 405 | 410 | 414 | 501)
}

/// The final statuses that RFC 9110 §15 defines: what `must-understand` asks for (RFC 9111 §5.2.2.3).
fn is_understood(status: u16) -> bool {
    matches!(status, 200..=206 | 300..=305 | 307 | 308 | 400..=417 | 421 | 422 | 426 | 500..=505)
}

fn is_storable(exchange: &Exchange<'_>, control: &CacheControl<'_>, cache: Cache) -> bool {
    let request_control = CacheControl::parse(exchange.request_lines("cache-control"));
    let status = exchange.status;
    let shared = cache == Cache::Shared;
    let has_expires = exchange.response_lines("expires").next().is_some();
    let explicit = control.has("max-age") || has_expires || (shared && control.has("s-maxage"));
    let method_allows = match exchange.method {
        "GET" | "HEAD" => true,
        "POST" => {
            let location = exchange.response_lines("content-location").next();
            explicit && location.is_some_and(|to| crate::http::url::resolve(exchange.url, to) == exchange.url)
        }
        _ => false,
    };
    // `must-understand` takes the place of `no-store` for caches that know the status (§5.2.2.3).
    let forbidden = match control.has("must-understand") {
        true => !is_understood(status),
        false => control.has("no-store"),
    };
    if !method_allows || status < 200 || status == 304 || forbidden || request_control.has("no-store") {
        return false;
    }
    if shared && control.has_unqualified("private") {
        return false;
    }
    let authorized = exchange.request_lines("authorization").next().is_some();
    let for_all = ["public", "must-revalidate", "s-maxage"].iter().any(|name| control.has(name));
    if shared && authorized && !for_all {
        return false;
    }
    let marked = control.has("public") || (!shared && control.has("private"));
    marked || explicit || is_heuristically_cacheable(status)
}

/// §4.2.1, first match counts.
fn lifetime(exchange: &Exchange<'_>, control: &CacheControl<'_>, cache: Cache) -> (Seconds, Basis) {
    let shared = cache == Cache::Shared;
    if let Some(said) = control.seconds("s-maxage").filter(|_| shared) {
        return (said.or_zero(), Basis::SMaxAge);
    }
    if let Some(said) = control.seconds("max-age") {
        return (said.or_zero(), Basis::MaxAge);
    }
    if let Some(expires) = exchange.response_lines("expires").next() {
        // An invalid date, in particular 0, means "expired already" (§5.3).
        let expires = date::parse(expires, exchange.response_time);
        let lasts = expires.zip(exchange.date()).map_or(0, |(expires, date)| expires - date);
        return (Seconds(lasts.max(0) as u64), Basis::Expires);
    }
    let marked = control.has("public") || (!shared && control.has("private"));
    let may_guess = marked || is_heuristically_cacheable(exchange.status);
    let modified = exchange.response_lines("last-modified").next();
    let modified = modified.and_then(|text| date::parse(text, exchange.response_time));
    match modified.zip(exchange.date()).filter(|_| may_guess) {
        Some((modified, date)) if modified <= date => (Seconds((date - modified) as u64 / 10), Basis::Heuristic),
        _ => (Seconds(0), Basis::Nothing),
    }
}

/// §4.2.3, at the moment of arrival.
fn age_on_arrival(exchange: &Exchange<'_>) -> Seconds {
    // The first member of the first line; ignored if it is no number (§5.1).
    let said = exchange.response_lines("age").next().and_then(|line| list::members([line]).next());
    let age_value = match said.map(delta_seconds) {
        Some(Delta::Valid(seconds)) => seconds.0 as i64,
        Some(Delta::Invalid) | None => 0,
    };
    let date = exchange.response_lines("date").next().and_then(|text| date::parse(text, exchange.response_time));
    let between = |from: Option<i64>, to: Option<i64>| from.zip(to).map_or(0, |(from, to)| to - from).max(0);
    let apparent_age = between(date, exchange.response_time);
    let response_delay = between(exchange.request_time, exchange.response_time);
    Seconds(apparent_age.max(age_value + response_delay) as u64)
}

#[cfg(test)]
mod tests;
