//! Everything that caches make of one response, at one time: the browser's and a shared cache by RFC 9111, the CDN by
//! what is meant for it and what it says, and the three browsers as they are.

use crate::http::browsers::{self, Verdicts};
use crate::http::cdn::{self, Cdn, EdgeStatus};
use crate::http::exchange::{Exchange, Facts};
use crate::http::freshness::{Basis, Cache, Policy};
use crate::http::targeted;
use crate::units::{Millis, WallTime};

/// What caches make of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgment<'a> {
    /// A browser's cache by RFC 9111.
    pub private: Use,
    /// A shared cache by RFC 9111.
    pub shared: Use,
    /// What the headers say of the layers in front of the server.
    pub cdn: Cdn<'a>,
    /// What a CDN may do: a shared cache that heeds the headers meant for it (RFC 9213).
    pub cdn_policy: Policy,
    /// The header that a CDN goes by instead of `Cache-Control`.
    pub targeted_by: Option<&'static str>,
    /// The browsers as they are.
    pub browsers: Verdicts,
}

/// What one cache may do with it now.
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct Use {
    pub policy: Policy,
    /// RFC 9111 §4.2.3.
    pub age: Millis,
    pub is_fresh: bool,
    /// Whether it may answer the same request without asking: fresh, and nothing wants it validated each time.
    pub is_reusable: bool,
    pub why: &'static str,
}

/// Judges the response at `now`; `None`: when it arrived.
pub fn judge<'a>(exchange: &Exchange<'a>, now: Option<WallTime>) -> Judgment<'a> {
    let facts = Facts::of(exchange);
    let now = now.or(exchange.response_time);
    let of = |cache| {
        let policy = Policy::by(exchange, &facts, &facts.directives, cache, true);
        let age = policy.age_at(now, exchange.response_time);
        let is_fresh = policy.is_fresh_at(age);
        let is_reusable = is_fresh && !policy.asks_always;
        Use { policy, age, is_fresh, is_reusable, why: why(&policy, is_fresh, facts.varies_always) }
    };
    let (private, shared) = (of(Cache::Private), of(Cache::Shared));
    let cdn = cdn::read(exchange);
    let vendor = cdn.front().map(|front| front.vendor.name());
    let targeted = targeted::select(exchange, vendor);
    let cdn_policy = match &targeted {
        Some((_, directives)) => Policy::by(exchange, &facts, directives, Cache::Shared, false),
        None => shared.policy,
    };
    let targeted_by = targeted.map(|(field, _)| field.name);
    let browsers = browsers::judge(exchange, &facts, now);
    Judgment { private, shared, cdn, cdn_policy, targeted_by, browsers }
}

impl Judgment<'_> {
    /// What the CDN's verdict and policy come from.
    pub fn why_cdn(&self) -> &'static str {
        let status = self.cdn.front().and_then(|front| front.status);
        match (self.targeted_by.is_some(), status) {
            (true, _) => "a header meant for CDNs takes the place of Cache-Control and Expires (RFC 9213)",
            (_, Some(EdgeStatus::Hit)) => "answered from its cache",
            (_, Some(EdgeStatus::Miss)) => "not in its cache: it asked further",
            (_, Some(EdgeStatus::Stale)) => "answered from its cache with a copy past its lifetime",
            (_, Some(EdgeStatus::Revalidated)) => "its copy was too old, and confirmed",
            (_, Some(EdgeStatus::Expired)) => "its copy was too old: it fetched a new one",
            (_, Some(EdgeStatus::Bypass)) => "its cache was not allowed to be used for this request or response",
            (_, Some(EdgeStatus::Dynamic)) => "never a candidate for its cache",
            (_, Some(EdgeStatus::EdgeGenerated)) => "made by the edge itself",
            (_, Some(EdgeStatus::Error)) => "a failure page",
            (_, Some(EdgeStatus::Unknown)) => "a layer is there and does not tell",
            (_, None) => "no CDN is recognized; Cache-Control counts as for any shared cache",
        }
    }
}

fn why(policy: &Policy, is_fresh: bool, varies_always: bool) -> &'static str {
    if let Some(refusal) = policy.refusal {
        return refusal.text();
    }
    match (policy.basis, is_fresh) {
        _ if policy.asks_always && varies_always => "Vary: * lets it answer no other request",
        _ if policy.asks_always => "no-cache: to be validated before each use",
        (Basis::SMaxAge, true) => "s-maxage is longer than its age",
        (Basis::SMaxAge, false) => "older than s-maxage",
        (Basis::MaxAge, true) => "max-age is longer than its age",
        (Basis::MaxAge, false) => "older than max-age",
        (Basis::Expires, true) => "Expires minus Date is longer than its age",
        (Basis::Expires, false) => "older than Expires minus Date",
        (Basis::Heuristic, true) => {
            "nothing is said; younger than a tenth of the time since Last-Modified (RFC 9111 §4.2.2)"
        }
        (Basis::Heuristic, false) => {
            "nothing is said; older than a tenth of the time since Last-Modified (RFC 9111 §4.2.2)"
        }
        (Basis::Nothing, _) => "nothing is said, and there is nothing to guess from",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_response_four_answers() {
        let arrived = Some(WallTime(1_772_366_400_000.0));
        let exchange = Exchange {
            method: "GET",
            url: "https://a.example/",
            status: 200,
            request: &[],
            response: &[
                ("date", "Sun, 01 Mar 2026 12:00:00 GMT"),
                ("cache-control", "private, max-age=60"),
                ("cdn-cache-control", "max-age=600"),
                ("cf-ray", "8dd84d62cee41992-FRA"),
                ("cf-cache-status", "MISS"),
            ],
            request_time: arrived,
            response_time: arrived,
        };
        let judged = judge(&exchange, Some(WallTime(1_772_366_400_000.0 + 59_500.0)));
        assert!(judged.private.is_reusable && !judged.shared.policy.storable && judged.cdn_policy.storable);
        assert_eq!(judged.private.age, Millis(59_500.0));
        assert_eq!((judged.targeted_by, judged.cdn_policy.lifetime.0), (Some("cdn-cache-control"), 600));
        assert_eq!(judged.browsers.chrome.reuse, Some(browsers::Reuse::Cache));
        let later = judge(&exchange, Some(WallTime(1_772_366_400_000.0 + 60_000.0)));
        assert!(!later.private.is_fresh, "just as old as it may be is too old");
        assert_eq!(judge(&exchange, None).private.age, Millis::ZERO);
    }
}
