//! What each grammar keeps and removes.

use crate::redact::{Redactor, Share};
use crate::text::Untrusted;

fn check_at(share: Share, cases: &[(&str, &str, &str)]) {
    for (name, value, expected) in cases {
        let mut redactor = Redactor::new(share);
        let line = redactor.header(Untrusted::new(name), Untrusted::new(value));
        assert_eq!(line.value.as_str(), *expected, "{name}: {value}");
    }
}

fn check(cases: &[(&str, &str, &str)]) {
    check_at(Share::Vendor, cases);
}

#[test]
fn caching() {
    check(&[
        ("Cache-Control", "max-age=31536000, immutable", "max-age=31536000, immutable"),
        ("cache-control", "Public,max-age=60,hunter2,ttl=4711", "public, max-age=60, ~name.a1~, ttl=~value.a2~"),
        ("cache-control", "private=\"Set-Cookie\", no-cache", "private=\"Set-Cookie\", no-cache"),
        ("cache-control", "max-age=hunter2hunter2hunter2", "max-age=~value.a1.21~"),
        (
            "strict-transport-security",
            "max-age=63072000; includeSubDomains; preload",
            "max-age=63072000; includeSubDomains; preload",
        ),
        ("Last-Modified", "Tue, 01 Oct 2024 10:00:00 GMT", "Tue, 01 Oct 2024 10:00:00 GMT"),
        ("Expires", "-1", "-1"),
        ("Expires", "0", "0"),
        ("Expires", "hunter2", "‹value a1›"),
        ("Age", "3600", "3600"),
        ("ETag", "W/\"5f0e1c2d3a4b5c6d\"", "W/‹etag a1, 18 B›"),
        ("ETag", "\"abc\"", "‹etag a1›"),
        ("Vary", "Accept-Encoding, Origin,hunter2x", "Accept-Encoding, Origin, ~name.a1~"),
        ("Vary", "*", "*"),
    ]);
    check_at(Share::Public, &[("Last-Modified", "Tue, 01 Oct 2024 10:00:00 GMT", "‹date›")]);
}

#[test]
fn caches_of_vendors() {
    check(&[
        ("x-cache", "Hit from cloudfront", "Hit from cloudfront"),
        ("x-cache", "HIT, MISS", "HIT, MISS"),
        (
            "x-cache",
            "TCP_HIT from a23-1-2-3.deploy.akamaitechnologies.com (AkamaiGHost/9.9)",
            "TCP_HIT from akamaitechnologies.com (AkamaiGHost/9.9)",
        ),
        ("cf-cache-status", "DYNAMIC", "DYNAMIC"),
        ("cache-status", "ExampleCache; hit; ttl=30", "ExampleCache; hit; ttl=30"),
        ("cf-ray", "8d1c2b3a4f5e6d7c-FRA", "8d1c2b3a4f5e6d7c-FRA"),
        ("cf-ray", "8d1c2b3a4f5e6d7c-hunter2", "‹value a1, 24 B›"),
        ("x-request-id", "efefb71a-241d-414a-acaf-e34482166a1d", "efefb71a-241d-414a-acaf-e34482166a1d"),
        ("x-served-by", "cache-fra-eddf8230123-FRA, cache-ams2100-AMS", "cache-FRA, cache-AMS"),
        ("x-amz-cf-pop", "FRA50-C1", "FRA50-C1"),
        ("x-amz-cf-pop", "Jane50-C1", "‹value a1›"),
        ("server", "nginx/1.25.3 (Ubuntu)", "nginx/1.25.3 (Ubuntu)"),
        ("server", "AmazonS3", "AmazonS3"),
        ("server", "hunter2server", "~value.a1~"),
        (
            "via",
            "1.1 varnish, 1.1 0a1b2c3d4e5f60718293.cloudfront.net (CloudFront)",
            "1.1 varnish, 1.1 cloudfront.net (CloudFront)",
        ),
        (
            "server-timing",
            "cache;desc=\"hit\", db;dur=53.2, hunter2x;dur=1;desc=\"jane@mail.test\"",
            "cache;desc=\"hit\", db;dur=53.2, ~label.a1~;dur=1;desc=\"~label.a2~\"",
        ),
        ("alt-svc", "h3=\":443\"; ma=86400, h3-29=\":443\"", "h3=\":443\"; ma=86400, h3-29=\":443\""),
    ]);
    check_at(
        Share::Public,
        &[
            ("cf-ray", "8d1c2b3a4f5e6d7c-FRA", "…-FRA"),
            ("x-request-id", "efefb71a-241d-414a-acaf-e34482166a1d", "‹value a1, 64 B›"),
        ],
    );
}

#[test]
fn addresses() {
    check(&[
        ("Location", "https://shop.test/reset/ysUgOYYFmGtXf2u0J6t4", "https://shop.test/reset/~p.a1.20~"),
        ("Location", "javascript:fetch('https://evil.test')", "‹address a1, 37 B›"),
        ("Referer", "https://u:p@shop.test/cart#x", "https://shop.test/cart"),
        (
            "Link",
            "</assets/app.css>; rel=preload; as=style, <https://cdn.test/hunter2x9>; rel=preconnect",
            "</assets/app.css>; rel=preload; as=style, <https://cdn.test/~p.a1~>; rel=preconnect",
        ),
        ("Refresh", "0; url=https://shop.test/?t=hunter2", "0; url=https://shop.test/?t=~q.a1~"),
        (
            "Content-Security-Policy",
            "default-src 'self' *.cdn.test; script-src 'nonce-hunter2hunter2' https:; report-uri /r?k=hunter2",
            "default-src 'self' *.cdn.test; script-src ~value.a1.22~ https:; report-uri /r?k=~q.a2~",
        ),
        ("Access-Control-Allow-Origin", "https://shop.test", "https://shop.test"),
        ("Timing-Allow-Origin", "*", "*"),
        ("Content-Type", "text/html; charset=UTF-8", "text/html; charset=utf-8"),
        ("Content-Type", "multipart/form-data; boundary=hunter2", "multipart/form-data"),
        ("Host", "shop.test:8080", "shop.test:8080"),
    ]);
}

#[test]
fn secrets_and_people() {
    check(&[
        (
            "Set-Cookie",
            "JSESSIONID=P26fEQWCrnwu5iZSYmnx; Path=/; Max-Age=3600; HttpOnly; Secure; SameSite=Lax",
            "JSESSIONID=‹cookie a1, 20 B›; Path=/; Max-Age=3600; HttpOnly; Secure; SameSite=Lax",
        ),
        (
            "set-cookie",
            "hunter2x=1\nlang=de; Domain=.shop.test",
            "~name.a1~=‹cookie a2›, lang=‹cookie a3›; Domain=shop.test",
        ),
        ("Cookie", "a=1; b=2", "2 cookies, 8 B"),
        ("authorization", "Bearer eyJhbGciOiJIUzI1NiJ9.e30.abc", "Bearer ‹credential a1, 28 B›"),
        ("authorization", "hunter2hunter2hunter2", "‹credential a1, 21 B›"),
        ("WWW-Authenticate", "Basic realm=\"Jane's files\"", "Basic realm=~value.a1~"),
        ("x-api-key", "hunter2", "‹value a1›"),
        ("X-Forwarded-For", "198.51.100.233", "‹value a1›"),
        (
            "User-Agent",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
            "Chrome 131 on Windows",
        ),
        (
            "User-Agent",
            "Mozilla/5.0 (X11; Linux x86_64; rv:146.0) Gecko/20100101 Firefox/146.0",
            "Firefox 146 on Linux",
        ),
        ("User-Agent", "hunter2/1.0", "‹value a1›"),
        ("sec-ch-ua", "\"Chromium\";v=\"131\", \"Not_A Brand\";v=\"24\"", "Chromium 131"),
        ("sec-fetch-mode", "navigate", "navigate"),
        ("priority", "u=1, i", "u=1, i"),
        ("Accept-Encoding", "gzip, deflate, br, zstd", "gzip, deflate, br, zstd"),
        ("accept", "image/avif,image/webp,*/*;q=0.8", "image/avif, image/webp, */*;q=0.8"),
        ("accept-language", "de-DE,de;q=0.9,en;q=0.8", "de, en"),
        ("Content-Disposition", "attachment; filename=\"jane.pdf\"", "attachment; ‹file a1, 19 B›"),
    ]);
}

#[test]
fn names() {
    let check = |name: &str, expected: &str| {
        let line = Redactor::new(Share::Vendor).header(Untrusted::new(name), Untrusted::new(""));
        assert_eq!(line.name.as_str(), expected);
    };
    check("X-CSRF-Token", "x-csrf-token");
    check("Ocp-Apim-Subscription-Key", "ocp-apim-subscription-key");
    check("x-key-9f8e7d6c5b4a", "‹name a1, 18 B›");
}
