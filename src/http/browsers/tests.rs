//! Expected values are from the browsers' sources, worked out by hand.

use super::*;

const NOON: &str = "Sun, 01 Mar 2026 12:00:00 GMT";
const NOON_MS: f64 = 1_772_366_400_000.0;

/// Each browser's verdict, an answer of noon asked for again `later` seconds afterwards.
fn judged(status: u16, headers: &[(&str, &str)], later: f64) -> [(bool, Lifetime, Option<&'static str>); 3] {
    let arrived = Some(WallTime(NOON_MS));
    let exchange = Exchange {
        method: "GET",
        url: "https://a.example/x",
        status,
        request: &[],
        response: headers,
        request_time: arrived,
        response_time: arrived,
    };
    let all = judge(&exchange, &Facts::of(&exchange), Some(WallTime(NOON_MS + later * 1000.0)));
    [all.chrome, all.firefox, all.safari].map(|one| (one.stored, one.lifetime, one.reuse.map(Reuse::word)))
}

#[test]
fn browsers_differ() {
    #[track_caller]
    fn check(status: u16, headers: &[(&str, &str)], later: f64, expected: [(bool, Lifetime, &'static str); 3]) {
        let expected = expected.map(|(stored, lifetime, reuse)| (stored, lifetime, Some(reuse)));
        assert_eq!(judged(status, headers, later), expected, "{status} {headers:?}");
    }
    let cc = "cache-control";
    let s = Lifetime::Seconds;
    check(200, &[(cc, "max-age=60")], 9.0, [(true, s(60.0), "cache"); 3]);
    check(
        200,
        &[(cc, "max-age=60, max-age=5")],
        9.0,
        [(true, s(60.0), "cache"), (true, s(5.0), "validate"), (true, s(60.0), "cache")],
    );
    check(
        200,
        &[(cc, "max-age=600s")],
        9.0,
        [(true, s(0.0), "validate"), (true, s(600.0), "cache"), (true, s(0.0), "validate")],
    );
    check(
        200,
        &[(cc, "max-age=\"600\"")],
        9.0,
        [(true, s(0.0), "validate"), (true, s(0.0), "validate"), (true, s(600.0), "cache")],
    );
    check(
        301,
        &[("date", NOON)],
        9.0,
        [(true, Lifetime::Forever, "cache"), (true, Lifetime::Forever, "cache"), (true, s(31_536_000.0), "cache")],
    );
    check(
        503,
        &[(cc, "max-age=60")],
        9.0,
        [(true, s(60.0), "cache"), (true, s(60.0), "validate"), (false, s(60.0), "network")],
    );
    check(
        200,
        &[(cc, "max-age=60"), ("pragma", "no-cache")],
        9.0,
        [(true, s(0.0), "validate"), (true, s(60.0), "validate"), (true, s(60.0), "validate")],
    );
    check(
        200,
        &[("date", NOON), ("last-modified", "Sun, 01 Mar 2020 12:00:00 GMT")],
        9.0,
        [(true, s(18_930_240.0), "cache"), (true, s(604_800.0), "cache"), (true, s(18_930_240.0), "cache")],
    );
    check(200, &[(cc, "max-age=5, stale-while-revalidate=60")], 9.0, [(true, s(5.0), "cache+background"); 3]);
    check(200, &[(cc, "max-age=5, stale-while-revalidate=60, must-revalidate")], 9.0, [(true, s(5.0), "validate"); 3]);
    check(
        200,
        &[(cc, "max-age=9")],
        9.0,
        [(true, s(9.0), "validate"), (true, s(9.0), "validate"), (true, s(9.0), "cache")],
    );
    check(
        200,
        &[(cc, "max-age=60"), ("age", "-1")],
        0.0,
        [(true, s(60.0), "cache"), (true, s(60.0), "validate"), (true, s(60.0), "cache")],
    );
    check(200, &[(cc, "no-store")], 9.0, [(false, s(0.0), "network"); 3]);
}

#[test]
fn dates_that_are_none_leave_it_open() {
    let found = judged(200, &[("expires", "Sun, 1 Mar 2026 13:00:00 GMT")], 0.0);
    assert_eq!(found, [(true, Lifetime::Unknown, None); 3]);
    let found = judged(200, &[("expires", "0"), ("date", NOON)], 0.0);
    assert_eq!(found, [(true, Lifetime::Seconds(0.0), Some("validate")); 3]);
}
