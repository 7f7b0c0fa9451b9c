//! Secrets planted in every string of a recording come out of no report, whatever its form and whoever it is for; and
//! a report does not change when only the secrets do.

use serde_json::{Map, Value, json};
use std::collections::HashMap;
use weir::import;
use weir::redact::Share;
use weir::report::{self, Source};
use weir::text::Untrusted;

const LEVELS: [Share; 3] = [Share::Internal, Share::Vendor, Share::Public];

/// A part of a secret of this length may not come out; shorter ones are met in any text by chance.
const WINDOW: usize = 8;

/// Length of the secrets. The lengths are equal in both recordings of a pair, since sizes are told.
const LENGTH: usize = 24;

#[test]
fn no_planted_secret_comes_out() {
    for round in 0..Plant::WAYS {
        let mut plant = Plant::new(round, 1);
        let har = plant.recording();
        assert!(100 < plant.secrets.len(), "only {} secrets were planted in round {round}", plant.secrets.len());
        assert_ne!(plant.leaked(&har), None, "the search finds nothing even in the recording");
        for share in LEVELS {
            for (format, output) in outputs(&har, share) {
                let place = plant.leaked(&output);
                assert_eq!(place, None, "came out of the {format} report for {share:?}, round {round}");
            }
        }
    }
}

#[test]
fn reports_do_not_depend_on_secrets() {
    for round in 0..Plant::WAYS {
        let [one, other] = [1, 2].map(|seed| Plant::new(round, seed).recording());
        assert_ne!(one, other);
        for share in LEVELS {
            for ((format, one), (_, other)) in outputs(&one, share).into_iter().zip(outputs(&other, share)) {
                assert!(
                    one == other,
                    "the {format} report for {share:?} depends on secrets, round {round}: {}",
                    first_difference(&one, &other)
                );
            }
        }
    }
}

#[test]
fn what_helps_to_understand_the_load_stays() {
    let har = made().to_string();
    let [(_, json), ..] = outputs(&har, Share::Vendor);
    for kept in ["https://www.shop.test/collections/winter-sale", "/assets/app.4e8dc5d8.js", "nothing-of-this"] {
        assert_eq!(json.contains(kept), kept != "nothing-of-this", "{kept}");
    }
}

/// The report of a HAR in every format.
fn outputs(har: &str, share: Share) -> [(&'static str, String); 5] {
    let opened = import::open(har.as_bytes(), &mut ()).unwrap_or_else(|_| panic!("the recording does not open"));
    let sources: Vec<Source> = opened
        .iter()
        .map(|opened| Source { name: opened.name.as_deref().map(Untrusted::new), recording: &opened.recording })
        .collect();
    let report = report::analyze(&sources, share, &[], &mut |_| {});
    [
        ("JSON", report::json::render(&report)),
        ("HTML", report::html::render(&report)),
        ("Markdown", report::markdown::render(&report)),
        ("text", report::text::render(&report)),
        ("CSV", report::csv::render(&report)),
    ]
}

fn first_difference(one: &str, other: &str) -> String {
    let at = one.bytes().zip(other.bytes()).take_while(|(a, b)| a == b).count();
    let around = |text: &str| text.chars().skip(at.saturating_sub(60)).take(160).collect::<String>();
    format!("{:?} and {:?}", around(one), around(other))
}

/// Plants secrets in a recording.
struct Plant {
    /// Which of the ways a string is changed; every string meets every way in some round.
    round: usize,
    state: u64,
    n_strings: usize,
    /// Place and secret.
    secrets: Vec<(String, String)>,
}

impl Plant {
    const WAYS: usize = 6;

    fn new(round: usize, seed: u64) -> Self {
        Self { round, state: seed, n_strings: 0, secrets: Vec::new() }
    }

    fn recording(&mut self) -> String {
        let planted = self.value("", &made());
        planted.to_string()
    }

    fn value(&mut self, place: &str, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.string(place, text)),
            Value::Array(all) => {
                all.iter().enumerate().map(|(at, value)| self.value(&format!("{place}[{at}]"), value)).collect()
            }
            Value::Object(all) => {
                let mut planted = Map::new();
                for (name, value) in all {
                    planted.insert(name.clone(), self.value(&format!("{place}.{name}"), value));
                }
                planted.insert(format!("_{}", self.secret(&format!("{place} name"))), Value::Null);
                Value::Object(planted)
            }
            other => other.clone(),
        }
    }

    fn string(&mut self, place: &str, text: &str) -> String {
        self.n_strings += 1;
        // Without these there is no recording to speak of.
        if [".startedDateTime", ".pageref", ".encoding", ".log.version"].iter().any(|kept| place.ends_with(kept)) {
            return text.to_owned();
        }
        let secret = self.secret(place);
        let way = (self.n_strings + self.round) % Self::WAYS;
        match text.split_once("://").and_then(|(scheme, rest)| Some((scheme, rest.split_once('/')?))) {
            Some((scheme, (host, path))) if place.ends_with("rl") || place.ends_with(".title") => match way {
                0 => format!("{scheme}://{host}/{secret}/{path}"),
                1 => format!("{scheme}://{host}/{path}?token={secret}"),
                2 => format!("{scheme}://{host}/{path}#{secret}"),
                3 => format!("{scheme}://user:{secret}@{host}/{path}"),
                4 => format!("{scheme}://{host}/{path};{secret}?{secret}"),
                _ => format!("{scheme}://{host}/{path}/invoice-{secret}.pdf"),
            },
            _ => match way {
                0 => secret,
                1 => format!("{text}{secret}"),
                2 => format!("{secret} {text}"),
                3 => format!("{text}; x={secret}"),
                4 => format!("{text}, \"{secret}\""),
                _ => format!("{text}={secret}"),
            },
        }
    }

    /// The place of the first secret of which a part stands in `text`, in any case.
    fn leaked(&self, text: &str) -> Option<&str> {
        let lower: Vec<(&str, String)> =
            self.secrets.iter().map(|(place, secret)| (place.as_str(), secret.to_ascii_lowercase())).collect();
        let parts: HashMap<&[u8], &str> = lower
            .iter()
            .flat_map(|(place, secret)| secret.as_bytes().windows(WINDOW).map(move |part| (part, *place)))
            .collect();
        text.to_ascii_lowercase().as_bytes().windows(WINDOW).find_map(|part| parts.get(part).copied())
    }

    /// Knuth's MMIX constants.
    fn secret(&mut self, place: &str) -> String {
        const BASE62: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        let mut secret = String::new();
        while secret.len() < LENGTH {
            self.state = self.state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            secret.push(BASE62[(self.state >> 33) as usize % BASE62.len()] as char);
        }
        self.secrets.push((place.to_owned(), secret.clone()));
        secret
    }
}

/// A page load with something in every place where a HAR may hold text.
fn made() -> Value {
    let document = entry(0, "https://www.shop.test/collections/winter-sale", 200, "text/html; charset=utf-8");
    let mut redirect = entry(0, "http://www.shop.test/collections/winter-sale", 301, "text/html");
    redirect["response"]["redirectURL"] = json!("https://www.shop.test/collections/winter-sale");
    let mut failed = entry(5, "https://cdn.other.test/pixel.gif", 0, "image/gif");
    failed["response"]["_error"] = json!("net::ERR_NAME_NOT_RESOLVED");
    let mut socket = entry(6, "wss://rt.shop.test/socket/", 101, "x-unknown");
    socket["_webSocketMessages"] = json!([{ "type": "send", "time": 1.0, "opcode": 1, "data": "hello" }]);
    let mut inline = entry(7, "data:image/png;base64,iVBORw0KGgo=", 200, "image/png");
    inline["_resourceType"] = json!("image");
    json!({ "log": {
        "version": "1.2",
        "comment": "a note to support",
        "creator": { "name": "WebInspector", "version": "537.36", "comment": "" },
        "browser": { "name": "Chrome", "version": "131.0.6778.205" },
        "pages": [{
            "startedDateTime": "2026-01-01T00:00:00.000Z", "id": "page_1",
            "title": "https://www.shop.test/collections/winter-sale", "comment": "x",
            "pageTimings": { "onContentLoad": 900.0, "onLoad": 2500.0, "comment": "x" },
        }],
        "entries": [
            redirect,
            document,
            entry(2, "https://www.shop.test/assets/app.4e8dc5d8.js", 200, "text/javascript"),
            entry(3, "https://www.shop.test/assets/theme.css", 200, "text/css"),
            entry(4, "https://www.shop.test/graphql", 500, "application/json"),
            failed,
            socket,
            inline,
        ],
    }})
}

fn entry(at: u32, url: &str, status: u16, mime: &str) -> Value {
    let header = |name: &str, value: &str| json!({ "name": name, "value": value, "comment": "" });
    json!({
        "pageref": "page_1",
        "startedDateTime": format!("2026-01-01T00:00:0{at}.000Z"),
        "time": 812.5,
        "request": {
            "method": "GET", "url": url, "httpVersion": "h2", "headersSize": -1, "bodySize": 0, "comment": "",
            "cookies": [{ "name": "session", "value": "1", "path": "/", "domain": "shop.test", "comment": "" }],
            "queryString": [{ "name": "page", "value": "2" }],
            "headers": [
                header("cookie", "session=1; theme=dark"), header("authorization", "Bearer abc"),
                header("referer", "https://www.shop.test/"), header("user-agent", "Mozilla/5.0 Chrome/131.0"),
                header("x-request-id", "1"), header("accept-encoding", "gzip, br"), header(":path", "/x"),
            ],
            "postData": {
                "mimeType": "application/x-www-form-urlencoded", "text": "password=1",
                "params": [{ "name": "password", "value": "1", "fileName": "a.txt", "contentType": "text/plain" }],
            },
        },
        "response": {
            "status": status, "statusText": "OK", "httpVersion": "h2", "headersSize": -1, "bodySize": 52000,
            "redirectURL": "", "_transferSize": 52400, "comment": "",
            "cookies": [{ "name": "session", "value": "1", "expires": "2026-02-01T00:00:00.000Z" }],
            "headers": [
                header("cache-control", "max-age=60"), header("etag", "\"1\""), header("vary", "Accept-Encoding, Cookie"),
                header("set-cookie", "session=1; Path=/; Secure"), header("server", "nginx/1.25.3"),
                header("location", "https://www.shop.test/"), header("date", "Thu, 01 Jan 2026 00:00:00 GMT"),
                header("last-modified", "Wed, 31 Dec 2025 00:00:00 GMT"), header("via", "1.1 varnish"),
                header("expires", "Thu, 01 Jan 2026 00:01:00 GMT"), header("x-cache", "MISS"), header("cf-ray", "1-FRA"),
                header("server-timing", "cache;desc=\"miss\", db;dur=530"), header("link", "</a.css>; rel=preload; as=style"),
                header("content-security-policy", "default-src 'self'"), header("x-unknown", "1"),
                header("content-encoding", ""), header("strict-transport-security", "max-age=60"), header("age", "1"),
            ],
            "content": { "size": 52000, "mimeType": mime, "text": "var a = 1;", "comment": "" },
        },
        "cache": { "beforeRequest": { "eTag": "1", "lastAccess": "2026-01-01T00:00:00.000Z", "hitCount": 0 } },
        "timings": { "blocked": 1.5, "dns": 20.0, "connect": 40.0, "ssl": 20.0, "send": 1.0, "wait": 700.0, "receive": 50.0, "comment": "" },
        "serverIPAddress": "192.0.2.1",
        "connection": "443",
        "comment": "",
        "_priority": "High",
        "_resourceType": "script",
        "_initiator": {
            "type": "script", "url": "https://www.shop.test/assets/app.4e8dc5d8.js", "lineNumber": 3,
            "stack": { "callFrames": [{ "functionName": "load", "url": "https://www.shop.test/assets/app.4e8dc5d8.js", "lineNumber": 3 }] },
        },
        "_securityDetails": { "protocol": "TLS 1.3", "sanList": ["www.shop.test"] },
    })
}
