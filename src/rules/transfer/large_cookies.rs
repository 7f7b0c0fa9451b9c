//! `large-cookies`: cookies that make every request long.

use crate::order::Arrange;
use crate::page_load::connections::used_transport;
use crate::page_load::{Owner, PageLoad, downloads};
use crate::recording::{Missing, Request, RequestId};
use crate::rules::gain;
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Evidence, Finding, Outcome, Severity, Topic};
use crate::units::Bytes;

/// Bytes of cookies in one request. With it a request no longer fits into one packet (1,460 bytes of TCP payload on
/// Ethernet), however short its other headers are.
const LARGE: Bytes = Bytes::kib(2);

/// Bytes of cookies in one request: half of what common servers accept for all headers (nginx
/// `large_client_header_buffers` 8 KiB, Apache `LimitRequestFieldSize` 8,190 bytes).
const VERY_LARGE: Bytes = Bytes::kib(4);

/// Requests shown as proof; the largest say all there is to say.
const SHOWN: usize = 10;

declare_rule! {
    /// ## In plain words
    /// Cookies are notes that the browser keeps for a site and sends along with every single request. Here these notes
    /// have become so long that sending them takes time.
    ///
    /// ## What it finds
    /// Requests whose `Cookie` header has 2 KiB or more. From 4 KiB on it is a warning: half of what common servers
    /// accept for all request headers. Recordings from which cookies were removed cannot be checked.
    ///
    /// ## Why it matters
    /// A request that fits into one packet leaves at once; a longer one takes several, and lines send slower than they
    /// receive. Over HTTP/1.1 the cookies go along in full each time; HTTP/2 and HTTP/3 repeat them only while they fit
    /// into their table (4 KiB unless negotiated otherwise). When cookies grow further, servers refuse with 400 or 431.
    ///
    /// ## How to fix it
    /// - Keep data on the server and put only a session's number into the cookie.
    /// - Limit cookies with `Path`, and serve static files from a host without cookies.
    /// - Delete what nobody reads any more: old tests, campaigns, consent records.
    ///
    /// ## How savings are estimated
    /// They are not: upload speed and header compression are not in the recording.
    ///
    /// ## When to ignore it
    /// Sign-in hosts that carry a token by design and are asked once.
    ///
    /// ## References
    /// - [RFC 6265: cookies](https://www.rfc-editor.org/rfc/rfc6265)
    /// - [RFC 7541: header compression of HTTP/2](https://www.rfc-editor.org/rfc/rfc7541)
    /// - [431 Request Header Fields Too Large](https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Status/431)
    pub static LARGE_COOKIES = {
        id: "large-cookies",
        title: "Large cookies",
        topic: Topic::Transfer,
        severity: Severity::Warning,
        owner: Owner::Origin,
        needs: [Missing::RequestHeaders, Missing::Cookies],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let mut n_with_headers = 0;
    let mut n_static: u64 = 0;
    let mut large: Vec<(RequestId, Bytes)> = Vec::new();
    for (request, resource) in load.network() {
        if request.request_headers().is_empty() || !used_transport(request) {
            continue;
        }
        n_with_headers += 1;
        let size = cookie_bytes(request);
        if LARGE <= size {
            large.push((request.id(), size));
            n_static += u64::from(downloads::is_static_file(request, resource));
        }
    }
    large.arrange_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    match large.first() {
        Some(&(first, largest)) => Outcome::found(finding(load, first, largest, &large, n_static)),
        None if n_with_headers == 0 => Outcome::NotApplicable("no request with headers went over the network"),
        None => Outcome::Passed,
    }
}

/// HTTP/2 may split the header into several lines (RFC 9113 §8.2.3).
fn cookie_bytes(request: Request<'_>) -> Bytes {
    request.request_header("cookie").map(|value| Bytes(value.len() as u64)).sum()
}

fn finding(
    load: &PageLoad<'_>,
    first: RequestId,
    largest: Bytes,
    large: &[(RequestId, Bytes)],
    n_static: u64,
) -> Finding {
    let n_large = large.len() as u64;
    let total: Bytes = large.iter().map(|(_, size)| *size).sum();
    let mut engineer = message![
        Part::Counted(n_large, "request", "requests"),
        " carried ",
        LARGE,
        " of cookies or more, ",
        total,
        " together; the largest went to ",
        Part::Host(first),
        " with ",
        largest,
        "."
    ];
    if 0 < n_static {
        engineer
            .0
            .extend(message![" ", Part::Counted(n_static, "was for a static file", "were for static files"), "."].0);
    }
    Finding {
        severity: if VERY_LARGE <= largest { Severity::Warning } else { Severity::Notice },
        owner: gain::owner_of(load, large.iter().map(|(id, _)| *id)),
        customer: message![
            "Every request to the server carries up to ",
            largest,
            " of cookies along. ",
            Part::Counted(n_large, "request was", "requests were"),
            " made longer by them."
        ],
        engineer,
        fix: message![
            "Keep the data on the server and only a session's number in the cookie; limit cookies by ",
            Part::Code("Path"),
            " and serve static files from a host without cookies."
        ],
        evidence: large
            .iter()
            .take(SHOWN)
            .map(|(id, size)| Evidence { request: Some(*id), text: message![*size, " in ", Part::Code("Cookie")] })
            .collect(),
        savings: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::Made;
    use crate::rules::testing::{check_rule, outcome};

    fn cookies(bytes: usize) -> Made {
        let value = "c".repeat(bytes);
        Made::page("https://shop.example/").document(|r| r.header("cookie", &value))
    }

    #[test]
    fn size_decides() {
        for (bytes, expected) in [(2048, Severity::Notice), (4096, Severity::Warning)] {
            let Outcome::Found(found) = outcome(&LARGE_COOKIES, cookies(bytes)) else { panic!() };
            assert_eq!(found[0].severity, expected);
        }
    }

    #[test]
    fn near_misses() {
        check_rule(&LARGE_COOKIES, cookies(2047), "passed");
        check_rule(&LARGE_COOKIES, Made::page("https://shop.example/").document(|r| r), "not-applicable");
        check_rule(&LARGE_COOKIES, cookies(9000).without(Missing::Cookies), "not-checked");
    }
}
