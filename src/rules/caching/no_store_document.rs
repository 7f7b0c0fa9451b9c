//! `no-store-document`: a page that may not be kept, so that Back loads it anew.

use crate::page_load::{Owner, PageLoad};
use crate::recording::Missing;
use crate::rules::personal;
use crate::rules::responses::evidence;
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Finding, Outcome, Severity, Topic};
use crate::units::Millis;

/// From this long until the first byte on, going back is noticeably slow, and it is a warning on public pages.
const SLOW: Millis = Millis(500.0);

declare_rule! {
    /// ## In plain words
    /// The page forbids browsers to keep any copy of it. Whoever goes back to it, or forward again, may wait for the whole
    /// page once more instead of seeing it at once.
    ///
    /// ## What it finds
    /// `Cache-Control: no-store` on the page's document, unless the request carried `Authorization` or a cookie whose name
    /// speaks of a login, or the answer sets such a cookie.
    ///
    /// ## Why it matters
    /// Browsers keep the page just left whole in memory (back/forward cache). Firefox and Safari do not do so with
    /// `no-store`. Chrome may, but drops the page when cookies change, and keeps it for a shorter time.
    ///
    /// ## How to fix it
    /// Send `Cache-Control: no-cache` (with `private` if the page differs between visitors): the page is still asked for
    /// anew on each visit, and Back is instant.
    ///
    /// ## How savings are estimated
    /// None are claimed for this load. The time that is named is what this load took: going back takes it again.
    ///
    /// ## When to ignore it
    /// On pages for people who have logged in, above all of banks and shops: there `no-store` is right.
    ///
    /// ## References
    /// - [web.dev: Back/forward cache](https://web.dev/articles/bfcache#never-use-cache-control-no-store)
    /// - [Chrome: bfcache and no-store](https://developer.chrome.com/docs/web-platform/bfcache-ccns)
    /// - [RFC 9111 §5.2.2.5: no-store](https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2.5)
    pub static NO_STORE_DOCUMENT = {
        id: "no-store-document",
        title: "A page that may not be kept for going back",
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
    if request.response_headers().is_empty() {
        return Outcome::NotChecked("the document's response headers were not recorded");
    }
    let lines = request.response_header("cache-control").map(|line| line.expose());
    if !crate::http::cache_control::CacheControl::parse(lines).has("no-store") || personal::is_logged_in(request) {
        return Outcome::Passed;
    }
    let id = request.id();
    let until_first_byte = load.milestones.ttfb.map(|at| at.ms);
    let whole = load.milestones.load.or(load.milestones.dcl).map(|at| at.ms);
    let mut text = message![Part::ResponseHeader(id, "cache-control"), ": no browser may store the page"];
    let mut customer = message!["The page forbids browsers to keep it. Going back to it may load it anew"];
    if let Some(whole) = whole {
        customer.0.extend(message![", which took ", whole, " this time,"].0);
        text.0.extend(message!["; loading it took ", whole].0);
    }
    customer.0.extend(message![" instead of showing it at once."].0);
    let is_slow = until_first_byte.is_some_and(|at| SLOW <= at);
    // Where cookies were removed on export, a login cannot be seen.
    let is_known = !load.recording.provenance.missing.contains(&Missing::Cookies);
    Outcome::found(Finding {
        severity: if is_slow && is_known { Severity::Warning } else { Severity::Notice },
        owner: None,
        customer,
        engineer: message![
            "The document has ",
            Part::Code("no-store"),
            ": no back/forward cache in Firefox and Safari; in Chrome only as long as no cookie changes."
        ],
        fix: message![
            "If the page holds no secrets, send ",
            Part::Code("Cache-Control: no-cache"),
            ", or ",
            Part::Code("Cache-Control: private, no-cache"),
            " if it differs between visitors."
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

    fn made(make: impl FnOnce(MadeRequest<'_>) -> MadeRequest<'_>) -> Made {
        Made::page("https://shop.example/").document(make)
    }

    #[test]
    fn public_pages() {
        let no_store = |wait| made(move |r| r.wait(wait).response("cache-control", "private, No-Store"));
        check_rule(&NO_STORE_DOCUMENT, no_store(50.0), "found");
        for (wait, expected) in [(50.0, Severity::Notice), (700.0, Severity::Warning)] {
            let Outcome::Found(found) = outcome(&NO_STORE_DOCUMENT, no_store(wait)) else { panic!("nothing found") };
            assert_eq!(found[0].severity, expected);
        }
    }

    #[test]
    fn near_misses() {
        check_rule(&NO_STORE_DOCUMENT, made(|r| r.response("cache-control", "no-cache")), "passed");
        let personal = made(|r| r.response("cache-control", "no-store").header("cookie", "a=1; PHPSESSID=x"));
        check_rule(&NO_STORE_DOCUMENT, personal, "passed");
        let personal = made(|r| r.response("cache-control", "no-store").response("set-cookie", "auth_token=x; Path=/"));
        check_rule(&NO_STORE_DOCUMENT, personal, "passed");
        check_rule(&NO_STORE_DOCUMENT, Made::page("https://shop.example/"), "not-applicable");
        check_rule(&NO_STORE_DOCUMENT, made(|r| r).without(Missing::ResponseHeaders), "not-checked");
    }
}
