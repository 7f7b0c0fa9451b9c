//! `guessed-document-lifetime`: a page that browsers keep for as long as they guess.

use crate::page_load::caching::Answered;
use crate::page_load::{Lifetime, Owner, PageLoad};
use crate::recording::Missing;
use crate::rules::responses::evidence;
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Finding, Outcome, Severity, Topic};
use crate::units::Seconds;

/// Shorter guesses do no harm: that much every page may be behind.
const LONG: Seconds = Seconds(600);

/// From this long on visitors miss what was published yesterday, and it is a warning.
const VERY_LONG: Seconds = Seconds::days(1);

declare_rule! {
    /// ## In plain words
    /// The server does not say how long browsers may show this page without asking. They guess, and may show an old page
    /// after a new one was published.
    ///
    /// ## What it finds
    /// The page's document without `max-age`, `Expires`, `no-cache` and `no-store`, with a `Last-Modified` so old that a
    /// tenth of the time since then, which is what browsers take, is more than ten minutes. An `Age` shows that a CDN, which
    /// can be purged, stands between; then it is not told.
    ///
    /// ## Why it matters
    /// An old page names old scripts and styles, which may be gone from the server.
    ///
    /// ## How to fix it
    /// Send `Cache-Control: no-cache` with an `ETag` or `Last-Modified`: browsers ask on each visit and are told quickly
    /// that nothing has changed; going back stays instant.
    ///
    /// ## How savings are estimated
    /// None: this is about old content.
    ///
    /// ## When to ignore it
    /// If the page never changes.
    ///
    /// ## References
    /// - [RFC 9111 §4.2.2: Calculating heuristic freshness](https://www.rfc-editor.org/rfc/rfc9111#section-4.2.2)
    pub static GUESSED_DOCUMENT_LIFETIME = {
        id: "guessed-document-lifetime",
        title: "A page that browsers keep for as long as they guess",
        topic: Topic::Caching,
        severity: Severity::Warning,
        owner: Owner::Origin,
        needs: [Missing::ResponseHeaders, Missing::Document],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let Some(request) = load.document.request.map(|document| load.request(document)) else {
        return Outcome::NotApplicable("the recording does not hold the page's document");
    };
    let Some(caching) = load.caching_of(request.id()) else { return Outcome::Passed };
    let was_purgeable = request.response_header("age").next().is_some();
    let is_answer = request.status() == Some(200) && caching.answered != Some(Answered::ServiceWorker);
    let lifetime = match caching.lifetime {
        None => return Outcome::NotChecked("the document's response headers were not recorded"),
        Some(Lifetime::Heuristic(lifetime)) if LONG < lifetime && is_answer && !was_purgeable => lifetime,
        Some(_) => return Outcome::Passed,
    };
    let id = request.id();
    let text = message![
        Part::ResponseHeader(id, "last-modified"),
        ", ",
        Part::ResponseHeader(id, "cache-control"),
        " and no Expires: a tenth of its age is ",
        lifetime
    ];
    Outcome::found(Finding {
        severity: if VERY_LONG < lifetime { Severity::Warning } else { Severity::Notice },
        owner: None,
        customer: message![
            "Browsers may show an old copy of this page for ",
            lifetime,
            " after a change was published."
        ],
        engineer: message![
            "The document names no lifetime: browsers guess ",
            lifetime,
            ", a tenth of the time since Last-Modified (Firefox at most 7 days)."
        ],
        fix: message![
            "Send ",
            Part::Code("Cache-Control: no-cache"),
            " with the page; keep its ",
            Part::Code("ETag"),
            "."
        ],
        evidence: vec![evidence(id, text)],
        savings: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::{Made, MadeRequest};
    use crate::rules::testing::{check_rule, outcome};

    fn made(modified: &'static str, make: impl FnOnce(MadeRequest<'_>) -> MadeRequest<'_>) -> Made {
        Made::page("https://shop.example/").document(move |r| {
            make(r.response("date", "Thu, 01 Jan 2026 00:00:00 GMT").response("last-modified", modified))
        })
    }

    #[test]
    fn guesses() {
        let rule = &GUESSED_DOCUMENT_LIFETIME;
        const DAY_AGO: &str = "Wed, 31 Dec 2025 00:00:00 GMT";
        check_rule(rule, made(DAY_AGO, |r| r), "found");
        check_rule(rule, made("Wed, 31 Dec 2025 23:00:00 GMT", |r| r), "passed");
        check_rule(rule, made(DAY_AGO, |r| r.response("cache-control", "no-cache")), "passed");
        check_rule(rule, made(DAY_AGO, |r| r.response("age", "5")), "passed");
        let bare = Made::page("https://shop.example/")
            .request("https://shop.example/", |r| r.kind(crate::recording::ResourceKind::Document));
        check_rule(rule, bare, "not-checked");
        check_rule(rule, Made::page("https://shop.example/"), "not-applicable");
        for (modified, expected) in [(DAY_AGO, Severity::Notice), ("Wed, 01 Oct 2025 00:00:00 GMT", Severity::Warning)]
        {
            let Outcome::Found(found) = outcome(rule, made(modified, |r| r)) else { panic!("nothing found") };
            assert_eq!(found[0].severity, expected);
        }
    }
}
