//! Causes as the vendors' documentation gives them.

use super::*;
use crate::http::cdn;

type Lines<'a> = &'a [(&'a str, &'a str)];

fn exchange<'a>(method: &'a str, url: &'a str, request: Lines<'a>, response: Lines<'a>) -> Exchange<'a> {
    Exchange { method, url, status: 200, request, response, request_time: None, response_time: None }
}

/// The causes told and possible of a response through Cloudflare with this status.
#[track_caller]
fn check(status: &str, url: &str, lines: Lines<'_>, told: &[Cause], possible: &[Cause]) {
    let mut all = vec![("cf-ray", "8dd84d62cee41992-FRA"), ("cf-cache-status", status)];
    all.extend(lines);
    check_all(&exchange("GET", url, &[], &all), told, possible);
}

#[track_caller]
fn check_all(exchange: &Exchange<'_>, told: &[Cause], possible: &[Cause]) {
    let reasons = explain(exchange, &cdn::read(exchange));
    let found: Vec<_> = reasons.told.iter().map(|reason| reason.cause).collect();
    assert_eq!((found.as_slice(), reasons.possible.as_slice()), (told, possible), "{exchange:?}");
}

const FILE: &str = "https://a.example/app.js";
const YEAR: (&str, &str) = ("cache-control", "public, max-age=31536000");

#[test]
fn misses() {
    use Cause::*;
    check("HIT", FILE, &[YEAR], &[], &[]);
    check("MISS", FILE, &[YEAR], &[], &[FirstVisit]);
    check("MISS", "https://a.example/app.js?_=17", &[YEAR], &[], &[FirstVisit, Address]);
    check("MISS", FILE, &[YEAR, ("vary", "Accept-Encoding, User-Agent")], &[], &[FirstVisit, OtherVariant]);
    check("MISS", FILE, &[("date", "x")], &[], &[FirstVisit, NoLifetime]);
    // What may not be kept was called a miss for ever before 2026.
    check("MISS", FILE, &[("cache-control", "private, max-age=60")], &[Private], &[]);
    check("MISS", FILE, &[YEAR, ("set-cookie", "a=b")], &[SetCookie], &[]);
    check("MISS", FILE, &[YEAR, ("set-cookie", "__cf_bm=x")], &[], &[FirstVisit]);
}

#[test]
fn bypasses_and_what_is_never_tried() {
    use Cause::*;
    check("BYPASS", FILE, &[("cache-control", "no-store, private")], &[NoStore, Private], &[]);
    check("BYPASS", FILE, &[YEAR, ("vary", "*")], &[VaryAlways], &[]);
    check("BYPASS", FILE, &[("cache-control", "max-age=0")], &[AsksAlways], &[]);
    check("BYPASS", FILE, &[YEAR], &[], &[HiddenHeader, Rule, Cookies]);
    check("BYPASS", FILE, &[YEAR, ("cdn-cache-control", "no-store")], &[NoStore], &[]);
    check("BYPASS", FILE, &[YEAR, ("content-length", "600000000")], &[TooLarge], &[]);
    check("DYNAMIC", FILE, &[YEAR], &[], &[Rule, SwitchedOff]);
    check("DYNAMIC", "https://a.example/data.json", &[YEAR], &[NotByDefault], &[]);
    check("DYNAMIC", "https://a.example/", &[("cache-control", "no-store")], &[NotByDefault, NoStore], &[]);
    let ray = [("cf-ray", "8dd84d62cee41992-FRA"), ("cf-cache-status", "BYPASS"), ("cache-control", "max-age=60")];
    check_all(&exchange("GET", FILE, &[("authorization", "Basic x")], &ray), &[Authorization], &[]);
    check_all(&exchange("POST", FILE, &[], &ray), &[Method], &[]);
}

#[test]
fn copies_that_were_too_old() {
    use Cause::*;
    check("EXPIRED", FILE, &[("cache-control", "s-maxage=60")], &[Expired], &[]);
    check("REVALIDATED", FILE, &[YEAR], &[Expired], &[ShortSetting, Purged]);
    check("REVALIDATED", FILE, &[("cache-control", "no-cache")], &[AsksAlways], &[]);
    check("STALE", FILE, &[YEAR], &[OriginFailed], &[]);
    check("UPDATING", FILE, &[YEAR], &[Refreshing], &[]);
    let stale = [("cache-status", "Edge; hit; ttl=-5"), ("cache-control", "max-age=9, stale-while-revalidate=60")];
    check_all(&exchange("GET", FILE, &[], &stale), &[Refreshing], &[]);
    check_all(&exchange("GET", FILE, &[], &stale[..1]), &[], &[Refreshing, OriginFailed]);
}

#[test]
fn vendors_differ() {
    use Cause::*;
    let akamai = ("x-cache", "TCP_MISS from a1.deploy.akamaitechnologies.com (AkamaiGHost/11)");
    check_all(&exchange("GET", FILE, &[], &[akamai, YEAR, ("vary", "User-Agent")]), &[Variants], &[]);
    let bunny = ("server", "BunnyCDN-DE1-755");
    let query = "https://a.example/a.js?x=1";
    check_all(&exchange("GET", query, &[], &[bunny, ("cdn-cache", "MISS"), YEAR]), &[], &[FirstVisit]);
    let front = [("x-amz-cf-id", "x"), ("x-cache", "Miss from cloudfront"), YEAR];
    check_all(&exchange("GET", FILE, &[], &front), &[], &[FirstVisit, Rule]);
    let shield = [("x-amz-cf-id", "x"), ("x-cache", "OriginShieldHit from cloudfront"), YEAR];
    check_all(&exchange("GET", FILE, &[], &shield), &[RegionalHit], &[]);
    // Akamai goes by its own settings, whatever browsers are told.
    let refreshed = ("x-cache", "TCP_REFRESH_HIT from a1.deploy.akamaitechnologies.com (AkamaiGHost/11)");
    let not_kept = ("cache-control", "max-age=0, no-cache");
    check_all(&exchange("GET", FILE, &[], &[refreshed, not_kept]), &[Expired], &[AsksAlways, ShortSetting, Purged]);
    // Vercel's browsers are told to ask always; what the CDN was told does not show.
    let vercel = [("x-vercel-cache", "MISS"), ("cache-control", "public, max-age=0, must-revalidate")];
    check_all(&exchange("GET", FILE, &[], &vercel), &[], &[FirstVisit, AsksAlways, HiddenHeader]);
    let azure = [("x-azure-ref", "x"), ("x-cache", "CONFIG_NOCACHE"), YEAR];
    check_all(&exchange("GET", FILE, &[], &azure), &[Configured], &[]);
    let own = [("cache-status", "Edge; fwd=vary-miss; stored"), YEAR];
    check_all(&exchange("GET", FILE, &[], &own), &[Variants], &[]);
    let own = [("cache-status", "Edge; fwd=uri-miss"), YEAR];
    check_all(&exchange("GET", query, &[], &own), &[NotStored], &[FirstVisit, Address]);
}

#[test]
fn the_proof_is_the_line_that_decides() {
    let lines =
        [("cf-ray", "8dd84d62cee41992-FRA"), ("cf-cache-status", "EXPIRED"), ("cdn-cache-control", "max-age=9")];
    let exchange = exchange("GET", FILE, &[], &lines);
    let reasons = explain(&exchange, &cdn::read(&exchange));
    assert_eq!(reasons.told, [Reason { cause: Cause::Expired, proof: Proof::Response("cdn-cache-control") }]);
}
