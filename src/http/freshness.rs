//! What a cache may do with a response: store it (RFC 9111 §3), how long it is fresh (§4.2.1), how old it is already
//! (§4.2.3), whether it may be used without asking (§4) or while stale (RFC 5861).
//!
//! Three questions with three answers; none is folded into another, because the advice differs.

use crate::http::cache_control::Delta;
use crate::http::directives::Directives;
pub use crate::http::exchange::Exchange;
use crate::http::exchange::Facts;
use crate::units::{Millis, Seconds, WallTime};

/// Whose cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cache {
    /// A browser's.
    Private,
    /// A CDN's or proxy's.
    Shared,
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

/// Why a response may not be stored (RFC 9111 §3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Answers to this method are not stored.
    Method,
    /// An interim answer, or a 304, which only updates what is stored.
    Status,
    /// `no-store` in the response.
    NoStore,
    /// `must-understand` with a status that RFC 9110 does not define (§5.2.2.3).
    NotUnderstood,
    /// `no-store` in the request.
    RequestNoStore,
    /// `private`, and the cache is shared.
    Private,
    /// The request was made with credentials, and the response does not release it for shared caches (§3.5).
    Authorization,
    /// Nothing allows it: no lifetime, no `public`, and the status is none that may be stored by default.
    NotAllowed,
}

/// What one cache may do with a response.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Policy {
    /// Whether it may be stored.
    pub storable: bool,
    /// Why not.
    pub refusal: Option<Refusal>,
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
    /// How old it was when it arrived, rounded down.
    pub age_on_arrival: Seconds,
    /// The same, exactly.
    pub arrival_age: Millis,
}

impl Policy {
    /// What `cache` may do.
    pub fn of(exchange: &Exchange<'_>, cache: Cache) -> Self {
        let facts = Facts::of(exchange);
        Self::by(exchange, &facts, &facts.directives, cache, true)
    }

    /// What `cache` may do by these directives, which may be others than those of `Cache-Control`; then `Expires` does
    /// not count either (RFC 9213 §2.2).
    pub fn by(
        exchange: &Exchange<'_>,
        facts: &Facts<'_>,
        control: &Directives,
        cache: Cache,
        expires_counts: bool,
    ) -> Self {
        let shared = cache == Cache::Shared;
        let has_expires = expires_counts && facts.expires.is_some();
        let refusal = refusal(exchange, facts, control, cache, has_expires);
        let storable = refusal.is_none();
        let (lifetime, basis) = lifetime(exchange, facts, control, cache, has_expires);
        let shared_only = shared && (control.proxy_revalidate || control.s_maxage.is_some());
        let must_revalidate = control.must_revalidate || control.no_cache || shared_only;
        let window = |said| match said {
            Some(Delta::Valid(seconds)) if storable && !must_revalidate => seconds,
            _ => Seconds(0),
        };
        let arrival_age = age_on_arrival(exchange, facts);
        Self {
            storable,
            refusal,
            lifetime,
            basis,
            asks_always: control.no_cache || facts.varies_always,
            must_revalidate,
            stale_while_revalidate: window(control.stale_while_revalidate),
            stale_if_error: window(control.stale_if_error),
            age_on_arrival: Seconds((arrival_age.0 / 1000.0) as u64),
            arrival_age,
        }
    }

    /// How old the response is at `now` (§4.2.3): it ages where it lies. A clock that ran backward adds nothing.
    pub fn age_at(&self, now: Option<WallTime>, arrived: Option<WallTime>) -> Millis {
        self.arrival_age + between(arrived, now)
    }

    /// Whether it is fresh at this age (§4.2): just as old as it may be is too old.
    pub fn is_fresh_at(&self, age: Millis) -> bool {
        self.storable && age.0 < self.lifetime.0 as f64 * 1000.0
    }
}

impl Refusal {
    /// In words.
    pub fn text(self) -> &'static str {
        match self {
            Self::Method => "not storable: answers to this method are not kept",
            Self::Status => "not storable: this status is not kept by itself",
            Self::NoStore => "not storable: no-store",
            Self::NotUnderstood => "not storable: must-understand with a status that RFC 9110 does not define",
            Self::RequestNoStore => "not storable: the request says no-store",
            Self::Private => "not storable in shared caches: private",
            Self::Authorization => {
                "not storable in shared caches: requested with Authorization and not released for them"
            }
            Self::NotAllowed => "not storable: no lifetime is given and the status allows no guess",
        }
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

fn refusal(
    exchange: &Exchange<'_>,
    facts: &Facts<'_>,
    control: &Directives,
    cache: Cache,
    has_expires: bool,
) -> Option<Refusal> {
    let status = exchange.status;
    let shared = cache == Cache::Shared;
    let explicit = control.max_age.is_some() || has_expires || (shared && control.s_maxage.is_some());
    let method_allows = match exchange.method {
        "GET" | "HEAD" => true,
        "POST" => {
            let same = |to| crate::http::url::resolve(exchange.url, to) == exchange.url;
            explicit && facts.content_location.is_some_and(same)
        }
        _ => false,
    };
    if !method_allows {
        return Some(Refusal::Method);
    }
    if status < 200 || status == 304 {
        return Some(Refusal::Status);
    }
    // `must-understand` takes the place of `no-store` for caches that know the status (§5.2.2.3).
    if control.must_understand && !is_understood(status) {
        return Some(Refusal::NotUnderstood);
    }
    if !control.must_understand && control.no_store {
        return Some(Refusal::NoStore);
    }
    if facts.request_no_store {
        return Some(Refusal::RequestNoStore);
    }
    if shared && control.private_wholly {
        return Some(Refusal::Private);
    }
    let for_all = control.public || control.must_revalidate || control.s_maxage.is_some();
    if shared && facts.authorized && !for_all {
        return Some(Refusal::Authorization);
    }
    let marked = control.public || (!shared && control.private);
    (!marked && !explicit && !is_heuristically_cacheable(status)).then_some(Refusal::NotAllowed)
}

/// §4.2.1, first match counts.
fn lifetime(
    exchange: &Exchange<'_>,
    facts: &Facts<'_>,
    control: &Directives,
    cache: Cache,
    has_expires: bool,
) -> (Seconds, Basis) {
    let shared = cache == Cache::Shared;
    if let Some(said) = control.s_maxage.filter(|_| shared) {
        return (said.or_zero(), Basis::SMaxAge);
    }
    if let Some(said) = control.max_age {
        return (said.or_zero(), Basis::MaxAge);
    }
    if let Some(expires) = facts.expires.filter(|_| has_expires) {
        // An invalid date, in particular 0, means "expired already" (§5.3).
        let lasts = expires.time.zip(facts.date_or_arrival()).map_or(0, |(expires, date)| expires - date);
        return (Seconds(lasts.max(0) as u64), Basis::Expires);
    }
    let marked = control.public || (!shared && control.private);
    let may_guess = marked || is_heuristically_cacheable(exchange.status);
    let modified = facts.last_modified.and_then(|modified| modified.time);
    match modified.zip(facts.date_or_arrival()).filter(|_| may_guess) {
        Some((modified, date)) if modified <= date => (Seconds((date - modified) as u64 / 10), Basis::Heuristic),
        _ => (Seconds(0), Basis::Nothing),
    }
}

/// §4.2.3, at the moment of arrival.
fn age_on_arrival(exchange: &Exchange<'_>, facts: &Facts<'_>) -> Millis {
    let age_value = Millis(facts.age_seconds().0 as f64 * 1000.0);
    let date = facts.date.and_then(|date| date.time).map(|seconds| WallTime(seconds as f64 * 1000.0));
    let apparent_age = between(date, exchange.response_time);
    let response_delay = between(exchange.request_time, exchange.response_time);
    apparent_age.max(age_value + response_delay)
}

/// None if one of them is unknown or they are in the wrong order.
fn between(from: Option<WallTime>, to: Option<WallTime>) -> Millis {
    let apart = from.zip(to).map(|(from, to)| Millis(to.0 - from.0)).filter(|apart| apart.is_finite());
    apart.unwrap_or_default().at_least_zero()
}

#[cfg(test)]
mod tests;
