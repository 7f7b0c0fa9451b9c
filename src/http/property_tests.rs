//! Whatever headers say, they are judged: no panic, no contradiction, and no more time than their length asks for.

use proptest::prelude::*;

use crate::http::cache_status;
use crate::http::exchange::Exchange;
use crate::http::judgment::judge;
use crate::http::vary::{self, Compare};
use crate::http::{no_vary_search, priority, structured, validation};
use crate::units::WallTime;

/// Names that caches look at.
const NAMES: [&str; 24] = [
    "cache-control",
    "cdn-cache-control",
    "surrogate-control",
    "edge-control",
    "date",
    "expires",
    "age",
    "vary",
    "etag",
    "last-modified",
    "pragma",
    "cache-status",
    "proxy-status",
    "server-timing",
    "server",
    "via",
    "x-cache",
    "cf-ray",
    "x-served-by",
    "x-msedge-ref",
    "x-vercel-id",
    "set-cookie",
    "connection",
    "x-timer",
];

/// Pieces of values, as they are and as they should not be.
const PIECES: [&str; 40] = [
    "max-age",
    "=",
    "60",
    "\"",
    "\\",
    ",",
    ";",
    " ",
    "no-cache",
    "private",
    "s-maxage=",
    "9999999999999999999999",
    "-1",
    "1.5",
    "1e400",
    "Sun, 01 Mar 2026 12:00:00 GMT",
    "Sunday, 01-Mar-26 12:00:00 GMT",
    "*",
    "HIT",
    "MISS",
    "stale-while-revalidate=",
    "public",
    "\u{e9}",
    "\u{fc}\u{1F980}",
    "?1",
    "(",
    ")",
    ":aGk=:",
    "@1",
    "%\"f%c3%bc\"",
    "cfEdge;dur=",
    "cfL4;desc=\"?rtt=1",
    "1.1 varnish",
    "-FRA",
    "Ref B: FRAEDGE",
    "::",
    "c[ ",
    "W/",
    "nan",
    "inf",
];

fn value() -> impl Strategy<Value = String> {
    let piece = prop_oneof![4 => proptest::sample::select(&PIECES[..]).prop_map(str::to_owned), 1 => ".{0,6}"];
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

fn lines() -> impl Strategy<Value = Vec<(&'static str, String)>> {
    proptest::collection::vec((proptest::sample::select(&NAMES[..]), value()), 0..8)
}

fn refs<'a>(lines: &'a [(&'static str, String)]) -> Vec<(&'a str, &'a str)> {
    lines.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_it_says_it_is_judged(
        request in lines(),
        response in lines(),
        status: u16,
        times in proptest::array::uniform3(proptest::option::of(any::<f64>())),
    ) {
        let (request, response) = (refs(&request), refs(&response));
        let [request_time, response_time, now] = times.map(|ms| ms.map(WallTime));
        let exchange = Exchange {
            method: "GET",
            url: "https://a.example/cdn-cgi/x",
            status,
            request: &request,
            response: &response,
            request_time,
            response_time,
        };
        let judged = judge(&exchange, now);
        for cache in [&judged.private, &judged.shared] {
            prop_assert!(cache.age.is_finite() && 0.0 <= cache.age.0);
            prop_assert!(cache.is_fresh || !cache.is_reusable);
            prop_assert!(cache.policy.storable || !cache.is_fresh);
            prop_assert_eq!(cache.policy.storable, cache.policy.refusal.is_none());
        }
        prop_assert!(judged.private.policy.storable || !judged.shared.policy.storable || response.iter().any(|line| {
            line.0 == "cache-control" && line.1.to_ascii_lowercase().contains("s-maxage")
        }), "a shared cache may keep more only by s-maxage");
        for layer in &judged.cdn.layers {
            prop_assert!(layer.pop.is_none_or(|pop| pop.is_ascii()));
        }
        vary::matches(response.iter().map(|line| line.1), &request, &response, Compare::ByMeaning);
        let updated = validation::updated(&response, &request);
        prop_assert!(updated.len() <= request.len() + response.len());
        // What a response confirms of itself it leaves as it is, but for the order.
        let (mut same, mut before) = (validation::updated(&response, &response), response.clone());
        same.sort_unstable();
        before.sort_unstable();
        prop_assert_eq!(same, before);
    }

    #[test]
    fn whatever_is_written_is_read_or_refused(text in value()) {
        structured::item(&text);
        structured::list(&text);
        structured::dictionary(&text);
        cache_status::parse(&text);
        cache_status::parse_proxy_status(&text);
        priority::parse(&text);
        no_vary_search::parse(&text).matches(&text, &text);
    }
}

/// Long values take no longer than they are long: with a square of it, this would take minutes.
#[test]
fn long_headers_take_linear_time() {
    let units = ["max-age=1,", "a\"b,", "(a ", "a;b=1,", "%\"%c3", "x=\"\\\"", "1,", "Foo,", "hit;", " ", "=", "("];
    for unit in units {
        let long = unit.repeat(200_000 / unit.len());
        let lines: Vec<_> = NAMES.iter().map(|name| (*name, long.as_str())).collect();
        let many: Vec<_> = long.split(',').take(5_000).map(|part| ("foo", part)).chain(lines.iter().copied()).collect();
        let exchange = Exchange {
            method: "GET",
            url: &long,
            status: 200,
            request: &many,
            response: &lines,
            request_time: None,
            response_time: None,
        };
        judge(&exchange, None);
        vary::matches([long.as_str()], &many, &many, Compare::ByMeaning);
        validation::updated(&many, &many);
        no_vary_search::parse(&long).matches(&long, &long);
    }
}
