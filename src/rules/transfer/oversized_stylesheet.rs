//! `oversized-stylesheet`: style sheets that are heavy for something that nothing is shown without.

use crate::page_load::{Owner, PageLoad};
use crate::recording::{Missing, ResourceKind};
use crate::rules::gain;
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Finding, Method, Outcome, Severity, Topic};
use crate::units::{Bytes, Millis};

/// On the wire. Three round trips of a new connection carry 10 + 20 + 40 packets (RFC 6928, slow start), about
/// 100 kB, shared with everything else; half of that for one style sheet is much.
const LARGE: Bytes = Bytes::kib(50);

/// Decoded. Selectors are matched against every element; a sheet of this size holds several thousand rules.
const LARGE_DECODED: Bytes = Bytes::kib(300);

/// From this many bytes beyond the limit on, over all sheets, it is a warning.
const NOTICEABLE: Bytes = Bytes::kib(30);

/// It is serious if the bytes beyond the limit took this long to arrive.
const SLOW: Millis = Millis(500.0);

declare_rule! {
    /// ## In plain words
    /// The file that describes how the page looks is very large. Browsers show nothing before they have read it.
    ///
    /// ## What it finds
    /// Style sheets over the network of 50 KiB or more on the wire, or 300 KiB or more decoded.
    ///
    /// ## Why it matters
    /// Style sheets hold rendering back by default, so each of their kilobytes stands before the first pixel. Most
    /// large sheets are a whole design system of which one page uses a few percent.
    ///
    /// ## How to fix it
    /// Remove rules that no page uses, split the sheet by page or by media query, put what the first view needs inline
    /// and load the rest without blocking. Fonts and pictures embedded as `data:` belong into files of their own.
    ///
    /// ## How savings are estimated
    /// Bytes: what stands above the limit. Time: between none and the receive time of those bytes.
    ///
    /// ## When to ignore it
    /// If the sheet does not block (loaded later, `media="print"`), or if the recording shows a development build.
    ///
    /// ## References
    /// - [web.dev: Extract critical CSS](https://web.dev/articles/extract-critical-css)
    /// - [Chrome: Coverage](https://developer.chrome.com/docs/devtools/coverage)
    /// - [RFC 6928: the first flight of a connection](https://www.rfc-editor.org/rfc/rfc6928)
    pub static OVERSIZED_STYLESHEET = {
        id: "oversized-stylesheet",
        title: "Large style sheets",
        topic: Topic::Transfer,
        severity: Severity::Serious,
        owner: Owner::Origin,
        needs: [Missing::TransferSizes],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let (n_sheets, heavy) = gain::heavy(load, ResourceKind::Stylesheet, LARGE, LARGE_DECODED);
    if n_sheets == 0 {
        return Outcome::NotApplicable("no style sheet came over the network");
    }
    if heavy.is_empty() {
        return Outcome::Passed;
    }
    let total = heavy.iter().map(|one| one.sent).sum::<Bytes>();
    let excess: Vec<_> = heavy.iter().map(|one| (one.id, one.sent.saturating_sub(LARGE))).collect();
    let savings = gain::of_fewer_bytes(load, &excess, Method::Bound);
    let severity = match savings.bytes {
        bytes if bytes < NOTICEABLE => Severity::Notice,
        _ if savings.ms.1 < SLOW => Severity::Warning,
        _ => Severity::Serious,
    };
    let sheets = Part::Counted(heavy.len() as u64, "style sheet", "style sheets");
    Outcome::found(Finding {
        severity,
        owner: gain::owner_of(load, heavy.iter().map(|one| one.id)),
        customer: message![sheets.clone(), " of ", total, " must arrive before the page can be shown as designed."],
        engineer: message![
            sheets,
            " of ",
            LARGE,
            " or more on the wire or ",
            LARGE_DECODED,
            " or more decoded, ",
            total,
            " in all."
        ],
        fix: message![
            "Remove unused rules, split by page, and load what the first view does not need without blocking."
        ],
        evidence: heavy.iter().map(gain::heavy_evidence).collect(),
        savings: Some(savings),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::Made;
    use crate::rules::testing::check_rule;

    fn check(expected: &str, kind: ResourceKind, sent: u64, decoded: u64) {
        let made = Made::page("https://shop.example/")
            .request("https://shop.example/site.css", |r| r.kind(kind).bytes(sent, sent, decoded));
        check_rule(&OVERSIZED_STYLESHEET, made, expected);
    }

    #[test]
    fn finds_large_sheets_only() {
        check("found", ResourceKind::Stylesheet, 60_000, 200_000);
        check("found", ResourceKind::Stylesheet, 40_000, 400_000);
        check("passed", ResourceKind::Stylesheet, 33_768, 180_098);
        check("not-applicable", ResourceKind::Script, 60_000, 400_000);
    }

    #[test]
    fn not_checked_without_sizes() {
        let made = Made::page("https://a.example/").without(Missing::TransferSizes);
        check_rule(&OVERSIZED_STYLESHEET, made, "not-checked");
    }
}
