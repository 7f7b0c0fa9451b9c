//! `late-charset`: a document that does not say early in which encoding it is written.

use crate::page_load::document_meta::{self, Charset};
use crate::page_load::{Owner, PageLoad};
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Evidence, Finding, Outcome, Severity, Topic};

declare_rule! {
    /// ## In plain words
    /// The page does not say at once in which alphabet code it is written. The browser guesses, and may have to read the
    /// page again from the beginning when it learns better.
    ///
    /// ## What it finds
    /// Documents whose `Content-Type` has no `charset` and that declare none within their first 1,024 bytes (an element
    /// `<meta charset>` or a byte order mark): by what the browser recorded, else by the document's text.
    ///
    /// ## Why it matters
    /// Browsers look no further before they begin. A declaration that comes later makes them parse again and ask again
    /// for what they had asked for; without any, letters beyond A to Z may come out wrong.
    ///
    /// ## How to fix it
    /// Send `Content-Type: text/html; charset=utf-8`, or put `<meta charset="utf-8">` first in the head.
    ///
    /// ## How savings are estimated
    /// They are not: most browsers guess right most of the time.
    ///
    /// ## When to ignore it
    /// Never; it is one line.
    ///
    /// ## References
    /// - [HTML standard: determining the character encoding](https://html.spec.whatwg.org/multipage/parsing.html#determining-the-character-encoding)
    /// - [Chrome: Declare a character encoding](https://developer.chrome.com/docs/performance/insights/charset)
    /// - [MDN: meta charset](https://developer.mozilla.org/docs/Web/HTML/Reference/Elements/meta#charset)
    pub static LATE_CHARSET = {
        id: "late-charset",
        title: "Encoding not declared early",
        topic: Topic::Rendering,
        severity: Severity::Notice,
        owner: Owner::Origin,
        needs: [],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    match document_meta::charset(load) {
        None => Outcome::NotApplicable("the recording does not hold the page's document"),
        Some(Charset { in_header: Some(true), .. } | Charset { in_document: Some(true), .. }) => Outcome::Passed,
        Some(Charset { in_header: None, .. }) => Outcome::NotChecked("the recording has no response headers"),
        Some(Charset { in_document: None, .. }) => {
            Outcome::NotChecked("the recording does not tell how the document begins")
        }
        Some(_) => Outcome::found(finding(load)),
    }
}

fn finding(load: &PageLoad<'_>) -> Finding {
    let document = load.document.request;
    Finding {
        severity: Severity::Notice,
        owner: None,
        customer: message![
            "The page does not say at once in which alphabet code it is written, so the browser has to guess and may \
             have to start over."
        ],
        engineer: message!["No charset in Content-Type and none declared within the document's first 1,024 bytes."],
        fix: message!["Send ", Part::Code("Content-Type: text/html; charset=utf-8"), "."],
        evidence: document
            .map(|id| Evidence {
                request: Some(id),
                text: message![Part::ResponseHeader(id, "content-type"), "; none in the first 1,024 bytes"],
            })
            .into_iter()
            .collect(),
        savings: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::ResourceKind;
    use crate::recording::testing::Made;
    use crate::rules::testing::check_rule;

    const PAGE: &str = "https://shop.example/";

    fn page(media_type: &str, html: Option<&str>) -> Made {
        Made::page(PAGE).request(PAGE, |r| {
            let r = r.kind(ResourceKind::Document).response("content-type", media_type);
            match html {
                Some(html) => r.body(html),
                None => r,
            }
        })
    }

    #[test]
    fn by_header_and_text() {
        check_rule(&LATE_CHARSET, page("text/html", Some("<p>")), "found");
        check_rule(&LATE_CHARSET, page("text/html; charset=utf-8", Some("<p>")), "passed");
        check_rule(&LATE_CHARSET, page("text/html", Some("<meta charset=utf-8>")), "passed");
        check_rule(&LATE_CHARSET, page("text/html", None), "not-checked");
        let silent = Made::page(PAGE).request(PAGE, |r| r.kind(ResourceKind::Document));
        check_rule(&LATE_CHARSET, silent, "not-checked");
        check_rule(&LATE_CHARSET, Made::page(PAGE), "not-applicable");
    }

    #[test]
    fn what_the_browser_recorded_goes_first() {
        let recorded = |early| {
            page("text/html", Some("<p>")).traced().change(move |recording| {
                recording.timeline.navigations[0].early_charset = Some(early);
            })
        };
        check_rule(&LATE_CHARSET, recorded(true), "passed");
        check_rule(&LATE_CHARSET, recorded(false), "found");
    }
}
