//! Expected values are from RFC 9111's rules, worked out by hand.

use super::*;

const NOON: &str = "Sun, 01 Mar 2026 12:00:00 GMT";
const NOON_MS: f64 = 1_772_366_400_000.0;

fn exchange<'a>(status: u16, response: &'a [(&'a str, &'a str)]) -> Exchange<'a> {
    Exchange {
        method: "GET",
        url: "https://a.example/x",
        status,
        request: &[],
        response,
        request_time: Some(WallTime(NOON_MS)),
        response_time: Some(WallTime(NOON_MS)),
    }
}

#[test]
fn lifetimes() {
    #[track_caller]
    fn check(response: &[(&str, &str)], private: (u64, Basis), shared: (u64, Basis)) {
        let exchange = exchange(200, response);
        for (cache, (seconds, basis)) in [(Cache::Private, private), (Cache::Shared, shared)] {
            let policy = Policy::of(&exchange, cache);
            assert_eq!((policy.lifetime, policy.basis), (Seconds(seconds), basis), "{cache:?} {response:?}");
        }
    }
    let cc = "cache-control";
    check(&[(cc, "max-age=60")], (60, Basis::MaxAge), (60, Basis::MaxAge));
    check(&[(cc, "max-age=60, s-maxage=600")], (60, Basis::MaxAge), (600, Basis::SMaxAge));
    check(&[(cc, "s-maxage=600")], (0, Basis::Nothing), (600, Basis::SMaxAge));
    check(&[(cc, "max-age=ten"), ("expires", "Sun, 01 Mar 2026 13:00:00 GMT")], (0, Basis::MaxAge), (0, Basis::MaxAge));
    let expires = [("date", NOON), ("expires", "Sun, 01 Mar 2026 13:00:00 GMT")];
    check(&expires, (3600, Basis::Expires), (3600, Basis::Expires));
    check(&[("date", NOON), ("expires", "0")], (0, Basis::Expires), (0, Basis::Expires));
    check(&expires[1..], (3600, Basis::Expires), (3600, Basis::Expires));
    let modified = [("date", NOON), ("last-modified", "Sun, 01 Mar 2026 02:00:00 GMT")];
    check(&modified, (3600, Basis::Heuristic), (3600, Basis::Heuristic));
    check(
        &[("date", NOON), ("last-modified", "Sun, 01 Mar 2026 13:00:00 GMT")],
        (0, Basis::Nothing),
        (0, Basis::Nothing),
    );
    check(&[(cc, "immutable")], (0, Basis::Nothing), (0, Basis::Nothing));
}

#[test]
fn storing() {
    #[track_caller]
    fn check(status: u16, control: &str, private: bool, shared: bool) {
        let response = [("cache-control", control)];
        let exchange = exchange(status, &response);
        let storable = [Cache::Private, Cache::Shared].map(|cache| Policy::of(&exchange, cache).storable);
        assert_eq!(storable, [private, shared], "{status} {control}");
    }
    check(200, "", true, true);
    check(200, "no-store", false, false);
    check(200, "no-store, max-age=60", false, false);
    check(200, "private", true, false);
    check(200, "private=\"x\"", true, true);
    check(302, "", false, false);
    check(302, "max-age=60", true, true);
    check(302, "s-maxage=60", false, true);
    check(302, "private", true, false);
    check(404, "", true, true);
    check(500, "", false, false);
    check(304, "max-age=60", false, false);
    check(200, "must-understand, no-store", true, true);
    check(299, "must-understand, no-store", false, false);
    let with_credentials = Exchange { request: &[("authorization", "x")], ..exchange(200, &[]) };
    assert!(Policy::of(&with_credentials, Cache::Private).storable);
    assert!(!Policy::of(&with_credentials, Cache::Shared).storable);
    assert!(!Policy::of(&Exchange { method: "POST", ..exchange(200, &[]) }, Cache::Private).storable);
}

#[test]
fn asking_and_staleness() {
    let response = [("cache-control", "no-cache=\"x\", max-age=1, stale-while-revalidate=9, stale-if-error=8")];
    let policy = Policy::of(&exchange(200, &response), Cache::Private);
    assert!(!policy.asks_always && !policy.must_revalidate);
    assert_eq!((policy.stale_while_revalidate, policy.stale_if_error), (Seconds(9), Seconds(8)));
    let strict = [("cache-control", "no-cache, stale-while-revalidate=9"), ("vary", "accept, *")];
    let policy = Policy::of(&exchange(200, &strict), Cache::Private);
    assert!(policy.asks_always && policy.must_revalidate);
    assert_eq!(policy.stale_while_revalidate, Seconds(0));
}

#[test]
fn ages() {
    #[track_caller]
    fn check(response: &[(&str, &str)], delay: f64, expected: u64) {
        let exchange = Exchange { response_time: Some(WallTime(NOON_MS + delay * 1000.0)), ..exchange(200, response) };
        assert_eq!(Policy::of(&exchange, Cache::Private).age_on_arrival, Seconds(expected), "{response:?}");
    }
    check(&[("date", NOON)], 0.0, 0);
    check(&[("date", NOON), ("age", "100")], 2.0, 102);
    check(&[("date", "Sun, 01 Mar 2026 11:00:00 GMT"), ("age", "100")], 0.0, 3600);
    check(&[("age", "x")], 0.0, 0);
    check(&[("age", "7, 9")], 0.0, 7);
    check(&[("age", "99999999999999999999")], 0.0, 1 << 31);
    check(&[("date", "Sun, 01 Mar 2026 13:00:00 GMT")], 0.0, 0);
}
