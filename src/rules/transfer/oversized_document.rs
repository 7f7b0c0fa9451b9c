//! `oversized-document`: an HTML document that carries more than the page's content.

use crate::page_load::{Metric, Owner, PageLoad, downloads};
use crate::recording::Missing;
use crate::rules::rule::declare_rule;
use crate::rules::text::message;
use crate::rules::{Evidence, Finding, Method, Outcome, Savings, Severity, Topic};
use crate::units::{Bytes, Millis};

/// On the wire. HTTP Archive's median document has about 30 kB; three times that is much.
const LARGE: Bytes = Bytes::kib(100);

/// Decoded. The parser and the memory pay for these, however well they were compressed.
const LARGE_DECODED: Bytes = Bytes::kib(500);

/// From this size on the wire on it is a warning.
const VERY_LARGE: Bytes = Bytes::kib(200);

/// It is serious if receiving took this long.
const SLOW: Millis = Millis(1_000.0);

declare_rule! {
    /// ## In plain words
    /// The page itself, without pictures and scripts, is very large. The browser learns what else it needs only while
    /// reading it.
    ///
    /// ## What it finds
    /// A document of 100 KiB or more on the wire, or 500 KiB or more decoded.
    ///
    /// ## Why it matters
    /// Everything else waits for the document. Large ones usually carry state for scripts (`__NEXT_DATA__` and the
    /// like), pictures or fonts as `data:`, inline SVG repeated many times, or lists of thousands of items.
    ///
    /// ## How to fix it
    /// Send less state, and only what the first view uses; move embedded data into files that a cache can keep; page or
    /// load long lists later. Keep style sheets and important resources at the very beginning of the document.
    ///
    /// ## How savings are estimated
    /// Bytes: what stands above 100 KiB. Time: between none and the share of the receive time that belongs to them.
    /// Receive time can also be the server still producing the page.
    ///
    /// ## When to ignore it
    /// If the page is one long text, such as a specification or a book.
    ///
    /// ## References
    /// - [HTTP Archive: Page weight](https://almanac.httparchive.org/en/2024/page-weight)
    /// - [web.dev: Optimize Largest Contentful Paint](https://web.dev/articles/optimize-lcp)
    /// - [RFC 6928: the first flight of a connection](https://www.rfc-editor.org/rfc/rfc6928)
    pub static OVERSIZED_DOCUMENT = {
        id: "oversized-document",
        title: "Large HTML document",
        topic: Topic::Transfer,
        severity: Severity::Serious,
        owner: Owner::Origin,
        needs: [Missing::TransferSizes],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let Some(request) = load.document.request.map(|id| load.request(id)) else {
        return Outcome::NotApplicable("the recording does not hold the page's document");
    };
    let Some(sent) = downloads::sent_bytes(request).filter(|_| downloads::is_download(request)) else {
        return Outcome::NotApplicable("the document did not come over the network");
    };
    let decoded = downloads::decoded_bytes(request);
    if sent < LARGE && decoded.is_none_or(|decoded| decoded < LARGE_DECODED) {
        return Outcome::Passed;
    }
    let excess = sent.saturating_sub(LARGE);
    let receive = request.phases().receive;
    let most = receive.unwrap_or_default() * (excess.0 as f64 / sent.0 as f64);
    let severity = match receive {
        _ if sent < VERY_LARGE => Severity::Notice,
        Some(receive) if SLOW <= receive => Severity::Serious,
        _ => Severity::Warning,
    };
    let size = match decoded {
        Some(decoded) => message![sent, " on the wire, ", decoded, " decoded"],
        None => message![sent, " on the wire"],
    };
    let mut engineer = message!["The document has "];
    engineer.0.extend(size.0.iter().cloned());
    if let Some(receive) = receive {
        engineer.0.extend(message![" and took ", receive, " to receive"].0);
    }
    engineer.0.extend(message!["."].0);
    Outcome::found(Finding {
        severity,
        owner: None,
        customer: message!["The page's own text is ", sent, " large, before any picture or script."],
        engineer,
        fix: message!["Take embedded state, pictures and repeated markup out of the HTML; send the first view first."],
        evidence: vec![Evidence { request: Some(request.id()), text: size }],
        savings: Some(Savings {
            milestone: (Millis::ZERO < most).then_some(Metric::Fcp),
            ms: (Millis::ZERO, most),
            bytes: excess,
            method: Method::Bound,
        }),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::Made;
    use crate::rules::testing::check_rule;

    fn check(expected: &str, sent: u64, decoded: u64) {
        let made = Made::page("https://shop.example/").document(|r| r.bytes(sent, sent, decoded).receive(40.0));
        check_rule(&OVERSIZED_DOCUMENT, made, expected);
    }

    #[test]
    fn finds_large_documents_only() {
        check("found", 120_000, 130_000);
        check("found", 60_000, 600_000);
        check("passed", 60_000, 300_000);
        check("not-applicable", 0, 600_000);
    }

    #[test]
    fn not_applicable_without_a_document() {
        check_rule(&OVERSIZED_DOCUMENT, Made::page("https://shop.example/"), "not-applicable");
        let made = Made::page("https://shop.example/").without(Missing::TransferSizes);
        check_rule(&OVERSIZED_DOCUMENT, made, "not-checked");
    }
}
