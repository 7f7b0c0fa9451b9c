//! Headers with mistakes in them, and some without.

use super::*;

fn found(headers: &[(&str, &str)]) -> Vec<Fault> {
    let exchange = Exchange {
        method: "GET",
        url: "https://a.example/",
        status: 200,
        request: &[],
        response: headers,
        request_time: None,
        response_time: None,
    };
    of(&exchange, &Facts::of(&exchange))
}

const DATE: (&str, &str) = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");
const HOUR_LATER: (&str, &str) = ("expires", "Sun, 06 Nov 1994 09:49:37 GMT");

#[test]
fn instructions() {
    use Fault::*;
    #[track_caller]
    fn check(line: &str, expected: &[Fault]) {
        assert_eq!(found(&[("cache-control", line)]), expected, "{line}");
    }
    for fine in [
        "",
        "public, max-age=31536000, immutable",
        "no-cache, no-store, max-age=0, must-revalidate",
        "no-cache=\"set-cookie\", max-age=60",
        "max-age=60, stale-while-revalidate=60, x-own=1, community=\"UCI\"",
        "private, max-age=60",
        "public, no-cache",
        "max-age=60, max-age=60",
    ] {
        check(fine, &[]);
    }
    check("public; max-age=60", &[Semicolon]);
    check("max-age=60; public", &[Semicolon]);
    check("no store", &[NoDirective]);
    check("max_age=60, nocache, s-max-age=5", &[Misspelt("max-age"), Misspelt("no-cache"), Misspelt("s-maxage")]);
    check("max-age=ten", &[NoSeconds("max-age")]);
    check("max-age=-1, s-maxage=1.5, max-age", &[NoSeconds("max-age"), NoSeconds("s-maxage"), Twice("max-age")]);
    check("max-age=\"60\"", &[Quoted("max-age")]);
    check("max-age = 60", &[Spaced("max-age")]);
    check("max-age=60, max-age=3600", &[Twice("max-age")]);
    check("no-store, max-age=60", &[LifetimeForbidden("no-store")]);
    check("public, no-store", &[LifetimeForbidden("no-store")]);
    check("no-cache, max-age=60", &[LifetimeForbidden("no-cache")]);
    check("private, public, s-maxage=5", &[PrivateBeside("public")]);
    check("private, s-maxage=5", &[PrivateBeside("s-maxage")]);
    check("private, s-maxage=0, max-age=0", &[]);
    check("public, max-age=0, no-store", &[]);
    check("max-age=0, immutable", &[ImmutableForNoTime]);
    check("max-age=9, must-revalidate, stale-while-revalidate=5", &[StaleForbidden("must-revalidate")]);
    check("max-age=9, s-maxage=9, stale-if-error=5", &[StaleForbiddenWhenShared("s-maxage")]);
    check("max-age=9, pre-check=0, only-if-cached", &[Dead("only-if-cached"), Dead("pre-check")]);
    let vercel = found(&[("cache-control", "s-maxage=9, stale-while-revalidate=5"), ("x-vercel-id", "fra1::x")]);
    assert_eq!(vercel, []);
}

#[test]
fn other_headers() {
    use Fault::*;
    let cc = |line| ("cache-control", line);
    #[track_caller]
    fn check(headers: &[(&str, &str)], expected: &[Fault]) {
        assert_eq!(found(headers), expected, "{headers:?}");
    }
    check(&[("pragma", "no-cache"), cc("max-age=60")], &[PragmaBesideLifetime]);
    check(&[("pragma", "no-cache"), DATE, HOUR_LATER], &[PragmaBesideLifetime]);
    check(&[("pragma", "no-cache"), cc("no-cache")], &[]);
    check(&[("pragma", "no-cache")], &[]);
    check(&[("expires", "next year")], &[ExpiresUnreadable]);
    check(&[("expires", "0")], &[]);
    check(&[("expires", "next year"), cc("max-age=5")], &[]);
    check(&[HOUR_LATER], &[DateMissing]);
    check(&[DATE, HOUR_LATER], &[]);
    check(&[DATE, HOUR_LATER, cc("max-age=3630")], &[]);
    check(&[DATE, HOUR_LATER, cc("max-age=60")], &[ExpiresDiffers]);
    check(&[DATE, HOUR_LATER, cc("max-age=7200"), ("age", "3600")], &[]);
    check(&[DATE, ("expires", "Thu, 31 Dec 2037 23:55:55 GMT"), cc("max-age=315360000")], &[]);
    check(&[("expires", "next year"), cc("no-cache")], &[]);
    check(&[DATE, ("expires", "Sun, 19 Nov 1978 05:00:00 GMT"), cc("max-age=60")], &[]);
    check(&[("age", "1.5")], &[AgeUnreadable]);
    check(&[("age", "99999999999999999999")], &[]);
    check(&[("etag", "abc")], &[ETagUnreadable]);
    check(&[("etag", "w/\"abc\"")], &[ETagUnreadable]);
    check(&[("etag", "W/\"abc\"")], &[]);
    check(&[DATE, ("last-modified", "yesterday"), cc("max-age=5")], &[LastModifiedUnreadable]);
    check(&[("etag", "\"a\""), ("etag", "\"b\"")], &[Repeated("etag")]);
    check(&[("etag", "\"a\""), ("etag", "\"a\"")], &[]);
}

#[test]
fn thousands_of_members_are_one_mistake_each() {
    let line = "max-age=x,".repeat(20_000);
    assert_eq!(found(&[("cache-control", &line)]), [Fault::NoSeconds("max-age")]);
}
