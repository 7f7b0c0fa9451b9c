//! `cache-disabled`: the browser was told not to use its cache.

use crate::page_load::caching::visits::bypasses_caches;
use crate::page_load::{Owner, PageLoad};
use crate::recording::Missing;
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Evidence, Finding, Outcome, Severity, Topic};
use crate::units::Ratio;

/// DevTools' switch and a forced reload set the headers on every request of the page; some requests (of workers, of
/// the browser itself) do not pass there.
const MOST: Ratio = Ratio(0.8);

/// With fewer requests it could be one script's doing.
const FEWEST: u64 = 3;

/// Requests named as evidence; the others say the same.
const MOST_NAMED: usize = 5;

declare_rule! {
    /// ## In plain words
    /// This recording was made with the browser's memory switched off ("Disable cache", or a forced reload). It shows what
    /// a first visit costs, not what returning visitors wait for.
    ///
    /// ## What it finds
    /// `Cache-Control: no-cache` together with `Pragma: no-cache` on four of five GET requests or more, at least three.
    /// Browsers send this pair when DevTools' "Disable cache" is on, and on a forced reload.
    ///
    /// ## Why it matters
    /// Everything was fetched anew, and CDNs may have passed the request on to the origin because of these headers.
    /// Findings about a repeat visit are judged by the response headers and hold nevertheless.
    ///
    /// ## How to fix it
    /// If the complaint is about a repeat visit, record again with the cache switched on and an ordinary reload.
    ///
    /// ## How savings are estimated
    /// None are: this is about the recording, not about the page.
    ///
    /// ## When to ignore it
    /// If the first visit is what was to be measured.
    ///
    /// ## References
    /// - [Chrome: Disable cache](https://developer.chrome.com/docs/devtools/network/reference#disable-cache)
    /// - [RFC 9111 §5.2.1.4: no-cache in requests](https://www.rfc-editor.org/rfc/rfc9111#section-5.2.1.4)
    /// - [Fetch standard: cache mode "reload"](https://fetch.spec.whatwg.org/#concept-request-cache-mode)
    pub static CACHE_DISABLED = {
        id: "cache-disabled",
        title: "Recorded with the browser cache off",
        topic: Topic::Recording,
        severity: Severity::Notice,
        owner: Owner::Client,
        needs: [Missing::RequestHeaders],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let asked = load.network().map(|(request, _)| request);
    let asked = asked.filter(|r| r.method_text().expose() == "GET" && !r.request_headers().is_empty());
    let all: Vec<_> = asked.collect();
    let anew: Vec<_> = all.iter().filter(|request| bypasses_caches(**request)).collect();
    let (n_all, n_anew) = (all.len() as u64, anew.len() as u64);
    if n_all < FEWEST {
        return Outcome::NotApplicable("the recording holds fewer than three requests with headers");
    }
    if n_anew < FEWEST || (n_anew as f64) < n_all as f64 * MOST.0 {
        return Outcome::Passed;
    }
    let evidence = anew.iter().take(MOST_NAMED).map(|request| Evidence {
        request: Some(request.id()),
        text: message![
            Part::RequestHeader(request.id(), "cache-control"),
            " and ",
            Part::RequestHeader(request.id(), "pragma")
        ],
    });
    Outcome::found(Finding {
        severity: Severity::Notice,
        owner: None,
        customer: message![
            "The browser's cache was switched off for this recording. It shows a first visit; returning visitors wait less."
        ],
        engineer: message![
            n_anew,
            " of ",
            n_all,
            " requests carry Cache-Control: no-cache and Pragma: no-cache: DevTools' \"Disable cache\" ",
            "or a forced reload."
        ],
        fix: message!["To judge a repeat visit, record again with the cache on and an ordinary reload."],
        evidence: evidence.collect(),
        savings: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::Made;
    use crate::rules::testing::check_rule;

    fn page(n_anew: usize, n_ordinary: usize) -> Made {
        let mut made = Made::page("https://shop.example/");
        for n in 0..n_anew + n_ordinary {
            made = made.request(&format!("https://shop.example/{n}"), |r| {
                let r = r.header("accept", "*/*");
                if n < n_anew { r.header("cache-control", "no-cache").header("pragma", "no-cache") } else { r }
            });
        }
        made
    }

    #[test]
    fn most_requests_ask_anew() {
        check_rule(&CACHE_DISABLED, page(9, 1), "found");
        check_rule(&CACHE_DISABLED, page(5, 5), "passed");
        check_rule(&CACHE_DISABLED, page(0, 10), "passed");
        check_rule(&CACHE_DISABLED, page(2, 0), "not-applicable");
        check_rule(&CACHE_DISABLED, page(9, 1).without(Missing::RequestHeaders), "not-checked");
    }
}
