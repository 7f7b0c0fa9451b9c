//! `large-response-headers`: answers with much text that browsers have no use for.

use crate::page_load::{Owner, PageLoad};
use crate::recording::{Missing, Protocol};
use crate::rules::responses::{self, Judged, Response, Shown, Told};
use crate::rules::rule::declare_rule;
use crate::rules::text::message;
use crate::rules::{Outcome, Severity, Topic};
use crate::units::Bytes;

/// From this many bytes of headers on. Many proxies give an answer's headers a buffer of this size and fail beyond.
const LARGE: Bytes = Bytes::kib(8);

/// From this many bytes of headers without use on: two thirds of a packet.
const USELESS: Bytes = Bytes::kib(1);

/// Bytes that a line takes beside name and value: the colon, a space, the line break.
const LINE: usize = 4;

/// Headers that no browser goes by any more, or never did.
const WITHOUT_USE: [&str; 12] = [
    "expect-ct",
    "p3p",
    "x-aspnet-version",
    "x-aspnetmvc-version",
    "x-cache-debug",
    "x-download-options",
    "x-drupal-cache-tags",
    "x-generator",
    "x-powered-by",
    "x-runtime",
    "x-ua-compatible",
    "x-xss-protection",
];

declare_rule! {
    /// ## In plain words
    /// These answers carry a long text before their content that the browser does not need.
    ///
    /// ## What it finds
    /// Answers over the network whose headers have 8 KiB or more, and answers by HTTP/1.1 that carry 1 KiB or more of
    /// headers that no browser goes by (`P3P`, `X-Powered-By`, `Expect-CT`, tags of caches and the like).
    ///
    /// ## Why it matters
    /// They come before the content, in the first packets. HTTP/2 and HTTP/3 send repeated lines in short form; the first
    /// answer is long nevertheless. Proxies with small buffers fail with such answers.
    ///
    /// ## How to fix it
    /// Strip what only servers need at the edge; shorten policies that grew over the years.
    ///
    /// ## How savings are estimated
    /// None are claimed.
    ///
    /// ## When to ignore it
    /// If most of it is a policy of security that has to be so long.
    ///
    /// ## References
    /// - [RFC 9110 §5.4: Field limits](https://www.rfc-editor.org/rfc/rfc9110#section-5.4)
    /// - [nginx: proxy_buffer_size](https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_buffer_size)
    pub static LARGE_RESPONSE_HEADERS = {
        id: "large-response-headers",
        title: "Answers with very long headers",
        topic: Topic::Transfer,
        severity: Severity::Notice,
        owner: Owner::Origin,
        needs: [Missing::ResponseHeaders],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let shown = responses::look(load, &judge);
    if !shown.files.is_empty() && !shown.has_own() {
        return Outcome::Passed;
    }
    shown.conclude("no answer came over the network", &tell)
}

fn judge(response: &Response<'_, '_>) -> Judged {
    let recording = response.request.recording();
    let (mut all, mut useless) = (0_usize, 0_usize);
    for line in recording.headers.lines(response.request.response_headers()) {
        let name = recording.text(line.name);
        let n = name.len() + recording.text(line.value).len() + LINE;
        all += n;
        if WITHOUT_USE.binary_search(&name.expose()).is_ok() {
            useless += n;
        }
    }
    let (all, useless) = (Bytes(all as u64), Bytes(useless as u64));
    // Later versions send a line that was sent before as one byte.
    let is_repeated = matches!(response.request.protocol(), None | Some(Protocol::Http10 | Protocol::Http11));
    match () {
        () if LARGE <= all => Judged::Shown(message!["headers of ", all]),
        () if is_repeated && USELESS <= useless => Judged::Shown(message![useless, " of headers without use"]),
        () => Judged::Fine,
    }
}

fn tell(shown: &Shown) -> Told {
    Told {
        severity: Severity::Notice,
        customer: message![
            shown.counted("answer carries", "answers carry"),
            " a long text of headers that the browser does not need."
        ],
        engineer: message![
            shown.counted("response", "responses"),
            " with headers of ",
            LARGE,
            " or more, or ",
            USELESS,
            " of them without use."
        ],
        fix: message!["Strip headers that only servers need at the edge, and shorten long policies."],
        savings: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::Made;
    use crate::rules::testing::check_rule;

    #[test]
    fn lengths() {
        assert!(WITHOUT_USE.is_sorted());
        for (name, length, protocol, expected) in [
            ("content-security-policy", 9_000, Protocol::H2, "found"),
            ("content-security-policy", 7_000, Protocol::H2, "passed"),
            ("p3p", 1_100, Protocol::Http11, "found"),
            ("p3p", 1_100, Protocol::H2, "passed"),
        ] {
            let made = Made::page("https://shop.example/")
                .document(|r| r.response(name, &"x".repeat(length)).change(|row| row.protocol = Some(protocol)));
            check_rule(&LARGE_RESPONSE_HEADERS, made, expected);
        }
        let made = Made::page("https://shop.example/").without(Missing::ResponseHeaders);
        check_rule(&LARGE_RESPONSE_HEADERS, made, "not-checked");
    }
}
