//! Headers as the vendors document them.

use super::*;

fn exchange<'a>(status: u16, response: &'a [(&'a str, &'a str)]) -> Exchange<'a> {
    Exchange {
        method: "GET",
        url: "https://a.example/x.js",
        status,
        request: &[],
        response,
        request_time: None,
        response_time: None,
    }
}

#[test]
fn layers() {
    #[track_caller]
    fn check(headers: &[(&str, &str)], expected: &[(&str, Option<&str>, Option<&str>)]) {
        let cdn = read(&exchange(200, headers));
        let word = |layer: &Layer<'_>| layer.status.map(EdgeStatus::word);
        let found: Vec<_> = cdn.layers.iter().map(|layer| (layer.vendor.name(), word(layer), layer.pop)).collect();
        assert_eq!(found, expected, "{headers:?}");
    }
    let ray = ("cf-ray", "8dd84d62cee41992-FRA");
    check(&[ray, ("cf-cache-status", "UPDATING")], &[("cloudflare", Some("stale"), Some("FRA"))]);
    check(&[ray], &[("cloudflare", Some("edge-generated"), Some("FRA"))]);
    // What is behind a hit was told when the cache was filled.
    let fastly =
        [("x-served-by", "cache-iad-1-IAD, cache-fra-2-FRA"), ("x-cache", "HIT, MISS"), ("via", "1.1 varnish")];
    let behind = |status| [ray, ("cf-cache-status", status), fastly[0], fastly[1], fastly[2]];
    check(&behind("MISS"), &[("cloudflare", Some("miss"), Some("FRA")), ("fastly", Some("miss"), Some("FRA"))]);
    check(&behind("HIT"), &[("cloudflare", Some("hit"), Some("FRA")), ("fastly", None, Some("FRA"))]);
    check(&fastly, &[("fastly", Some("miss"), Some("FRA"))]);
    check(
        &[("server", "Netlify"), ("x-amz-cf-id", "x"), ("cache-status", "\"Netlify Edge\"; hit")],
        &[("netlify", Some("hit"), None), ("cloudfront", None, None)],
    );
    check(&[("x-azure-ref", "x"), ("x-cache", "PRIVATE_NOSTORE")], &[("azure-front-door", Some("bypass"), None)]);
    check(
        &[("x-msedge-ref", "Ref A: 1 Ref B: FRAEDGE0812 Ref C: 2"), ("x-cache", "TCP_HIT")],
        &[("azure-front-door", Some("hit"), Some("FRA"))],
    );
    check(&[("server", "AmazonS3"), ("x-amz-request-id", "x")], &[("amazon-s3", Some("dynamic"), None)]);
    check(&[("x-iinfo", "1-2"), ("x-cdn", "Imperva")], &[("imperva", Some("unknown"), None)]);
    check(&[("server", "ECS (fra/123)"), ("x-cache", "HIT")], &[("edgio", Some("hit"), Some("fra"))]);
    check(&[("x-nws-log-uuid", "1"), ("x-cache-lookup", "Hit From Upstream")], &[("tencent", Some("miss"), None)]);
    check(&[("via", "1.1 vegur")], &[("heroku", Some("dynamic"), None)]);
    check(&[("cache-status", "Souin; hit")], &[("souin", Some("hit"), None)]);
    check(&[("cache-status", "Corp; fwd=uri-miss")], &[("unknown-proxy", Some("miss"), None)]);
    check(
        &[("proxy-status", "edge; error=dns_timeout"), ("via", "1.1 edge")],
        &[("unknown-proxy", Some("error"), None)],
    );
    check(&[("server", "nginx")], &[]);
    // A place is a code, nothing else.
    check(&[("server", "keycdn"), ("x-edge-location", "a b\"<")], &[("keycdn", Some("unknown"), None)]);
}

#[test]
fn times_and_shields() {
    let headers = [
        ("x-amz-cf-id", "x"),
        ("x-cache", "Miss from cloudfront"),
        ("server-timing", "cdn-upstream-dns;dur=1,cdn-upstream-connect;dur=69,cdn-upstream-fbl;dur=562"),
        ("server-timing", "cdn-downstream-fbl;dur=640, cdn-hit-layer;desc=\"REC\", cdn-pop;desc=\"PHX50-C2\""),
    ];
    let cdn = read(&exchange(200, &headers));
    assert_eq!((cdn.origin_ms, cdn.edge_total_ms), (Some(632.0), Some(640.0)));
    assert_eq!(cdn.front().and_then(|front| front.pop), Some("PHX"));
    assert_eq!(cdn.origin_contacted(), Some(true));
    let shielded = read(&exchange(200, &[("x-amz-cf-id", "x"), ("x-cache", "OriginShieldHit from cloudfront")]));
    assert_eq!(shielded.origin_contacted(), Some(false));
}

#[test]
fn cloudflare_failures() {
    #[track_caller]
    fn check(status: u16, headers: &[(&str, &str)], expected: Option<CdnError>) {
        let mut all = vec![("cf-ray", "8dd84d62cee41992-FRA")];
        all.extend(headers);
        assert_eq!(read(&exchange(status, &all)).error, expected, "{status} {headers:?}");
    }
    check(522, &[], Some(CdnError { code: 522, side: Side::Origin }));
    check(530, &[("cf-error-type", "1016")], Some(CdnError { code: 1016, side: Side::Edge }));
    check(502, &[("cf-error-type", "origin")], Some(CdnError { code: 502, side: Side::Origin }));
    check(502, &[], None);
}
