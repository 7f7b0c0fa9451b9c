//! `large-request-headers`: requests that are long without their cookies.

use crate::order::Arrange;
use crate::page_load::connections::used_transport;
use crate::page_load::{Owner, PageLoad};
use crate::recording::{Missing, Request, RequestId};
use crate::rules::gain;
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Evidence, Finding, Outcome, Severity, Topic};
use crate::units::Bytes;

/// Bytes of address and headers without cookies. Browsers' own headers take up to 1 KiB; four times as much is what
/// somebody added.
const LARGE: Bytes = Bytes::kib(4);

/// Bytes: where common servers refuse (nginx `large_client_header_buffers` 8 KiB, Apache `LimitRequestLine` 8,190).
const VERY_LARGE: Bytes = Bytes::kib(8);

/// Bytes around each header line over HTTP/1.1: colon, space, carriage return, line feed.
const LINE: u64 = 4;

/// Requests shown as proof; the largest say all there is to say.
const SHOWN: usize = 10;

declare_rule! {
    /// ## In plain words
    /// Before a server can answer it must read what the browser asks. Some questions of this page are very long.
    ///
    /// ## What it finds
    /// Requests whose address and headers together have 4 KiB or more, cookies left out (another rule is about those):
    /// long tokens, state packed into the address, headers that a library adds to everything. From 8 KiB on it is a
    /// warning, because common servers begin to refuse there.
    ///
    /// ## Why it matters
    /// Lines send slower than they receive, and a long request takes several packets. An address beyond 8 KiB works on
    /// one server and fails on the next with 414 or 431.
    ///
    /// ## How to fix it
    /// - Send large queries in the body (POST) or store them on the server and send their number.
    /// - Make tokens shorter: fewer claims, or an opaque token.
    /// - Limit the referrer with `Referrer-Policy: strict-origin-when-cross-origin`.
    ///
    /// ## How savings are estimated
    /// They are not: upload speed and header compression are not in the recording.
    ///
    /// ## When to ignore it
    /// Single sign-on redirects that carry a signed request in their address.
    ///
    /// ## References
    /// - [RFC 9110 §4.1: lengths of addresses](https://www.rfc-editor.org/rfc/rfc9110#section-4.1)
    /// - [431 Request Header Fields Too Large](https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Status/431)
    /// - [nginx: large_client_header_buffers](https://nginx.org/en/docs/http/ngx_http_core_module.html#large_client_header_buffers)
    pub static LARGE_REQUEST_HEADERS = {
        id: "large-request-headers",
        title: "Large request headers",
        topic: Topic::Transfer,
        severity: Severity::Warning,
        owner: Owner::Origin,
        needs: [Missing::RequestHeaders],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let mut n_with_headers = 0;
    let mut large: Vec<(RequestId, Bytes)> = Vec::new();
    for (request, _) in load.network() {
        if request.request_headers().is_empty() || !used_transport(request) {
            continue;
        }
        n_with_headers += 1;
        let size = size(request);
        if LARGE <= size {
            large.push((request.id(), size));
        }
    }
    large.arrange_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    match large.first() {
        Some(&(first, largest)) => Outcome::found(finding(load, first, largest, &large)),
        None if n_with_headers == 0 => Outcome::NotApplicable("no request with headers went over the network"),
        None => Outcome::Passed,
    }
}

/// Address and header lines as HTTP/1.1 would send them, without cookies.
fn size(request: Request<'_>) -> Bytes {
    let recording = request.recording();
    let lines = recording.headers.lines(request.request_headers()).iter();
    let kept = lines.filter(|line| recording.text(line.name).expose() != "cookie");
    let headers: u64 =
        kept.map(|line| (recording.text(line.name).len() + recording.text(line.value).len()) as u64 + LINE).sum();
    Bytes(headers + request.url_text().len() as u64)
}

/// The header that takes most of it, if that is more than the address does.
fn longest_header(request: Request<'_>) -> Option<(&'static str, Bytes)> {
    let known = ["authorization", "referer", "x-csrf-token", "x-xsrf-token", "baggage", "tracestate"];
    let sizes =
        known.map(|name| (name, request.request_header(name).map(|value| Bytes(value.len() as u64)).sum::<Bytes>()));
    let longest = sizes.into_iter().max_by_key(|(_, size)| *size)?;
    (request.url_text().len() as u64 <= longest.1.0).then_some(longest)
}

fn finding(load: &PageLoad<'_>, first: RequestId, largest: Bytes, large: &[(RequestId, Bytes)]) -> Finding {
    let n_large = large.len() as u64;
    Finding {
        severity: if VERY_LARGE <= largest { Severity::Warning } else { Severity::Notice },
        owner: gain::owner_of(load, large.iter().map(|(id, _)| *id)),
        customer: message![
            Part::Counted(n_large, "request was", "requests were"),
            " unusually long: up to ",
            largest,
            " had to be sent before the server could answer."
        ],
        engineer: message![
            Part::Counted(n_large, "request", "requests"),
            " had ",
            LARGE,
            " or more of address and headers without cookies; the largest, to ",
            Part::Host(first),
            ", ",
            largest,
            "."
        ],
        fix: message![
            "Send large queries in the body, shorten tokens, and leave out headers that the server does not read."
        ],
        evidence: large.iter().take(SHOWN).map(|(id, size)| evidence(load, *id, *size)).collect(),
        savings: None,
    }
}

fn evidence(load: &PageLoad<'_>, id: RequestId, size: Bytes) -> Evidence {
    let request = load.request(id);
    let mut text = message![size, " of address and headers"];
    match longest_header(request) {
        Some((name, size)) => text.0.extend(message![", ", size, " of it in ", Part::Code(name)].0),
        None => {
            let address = Bytes(request.url_text().len() as u64);
            text.0.extend(message![", ", address, " of it in the address"].0);
        }
    }
    Evidence { request: Some(id), text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::Made;
    use crate::rules::testing::{check_rule, outcome};

    fn header(name: &str, bytes: usize) -> Made {
        let value = "t".repeat(bytes);
        Made::page("https://shop.example/").document(|r| r.header(name, &value))
    }

    #[test]
    fn size_decides() {
        for (bytes, expected) in [(4096, Severity::Notice), (8192, Severity::Warning)] {
            let Outcome::Found(found) = outcome(&LARGE_REQUEST_HEADERS, header("authorization", bytes)) else {
                panic!()
            };
            assert_eq!(found[0].severity, expected);
            assert!(found[0].evidence[0].text.0.contains(&Part::Code("authorization")));
        }
    }

    #[test]
    fn near_misses() {
        check_rule(&LARGE_REQUEST_HEADERS, header("authorization", 3000), "passed");
        check_rule(&LARGE_REQUEST_HEADERS, header("cookie", 9000), "passed");
        check_rule(&LARGE_REQUEST_HEADERS, Made::page("https://shop.example/").document(|r| r), "not-applicable");
        let unknown = header("authorization", 9000).without(Missing::RequestHeaders);
        check_rule(&LARGE_REQUEST_HEADERS, unknown, "not-checked");
    }
}
