//! `redundant-cache-header`: words to caches that have no effect.

use crate::http::faults::Group;
use crate::page_load::{Owner, PageLoad};
use crate::recording::Missing;
use crate::rules::caching::invalid_cache_header::judge;
use crate::rules::responses::{self, Shown, Told};
use crate::rules::rule::declare_rule;
use crate::rules::text::message;
use crate::rules::{Outcome, Severity, Topic};

declare_rule! {
    /// ## In plain words
    /// Some instructions to caches do nothing: they are for other messages, for browsers of the past, or another one
    /// overrules them. They mislead whoever reads them.
    ///
    /// ## What it finds
    /// In GET responses over the network: `pre-check` and `post-check` (Internet Explorer 5), directives of requests
    /// (`max-stale`, `min-fresh`, `only-if-cached`), and an `Expires` in the future that tells another time than `max-age`.
    /// An `Expires` in the past beside `max-age` is a habit of content management systems and harmless.
    ///
    /// ## Why it matters
    /// It costs a few bytes, and an engineer who believes the wrong one of two times.
    ///
    /// ## How to fix it
    /// Leave them out. `Cache-Control: max-age=…` alone says what `Expires` said.
    ///
    /// ## How savings are estimated
    /// None are claimed.
    ///
    /// ## When to ignore it
    /// Always, if nobody is confused by it.
    ///
    /// ## References
    /// - [RFC 9111 §5.2.2: Response directives](https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2), [§5.3: Expires](https://www.rfc-editor.org/rfc/rfc9111#section-5.3)
    pub static REDUNDANT_CACHE_HEADER = {
        id: "redundant-cache-header",
        title: "Cache instructions without effect",
        topic: Topic::Caching,
        severity: Severity::Notice,
        owner: Owner::Origin,
        needs: [Missing::ResponseHeaders],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let shown = responses::look(load, &|response| judge(response, Group::Dead));
    if !shown.files.is_empty() && !shown.has_own() {
        return Outcome::Passed; // what other companies write in vain is no concern of the site's
    }
    shown.conclude("no response to a GET came over the network", &tell)
}

fn tell(shown: &Shown) -> Told {
    let answers = shown.counted("answer", "answers");
    Told {
        severity: Severity::Notice,
        customer: message!["In ", answers.clone(), " an instruction to caches has no effect."],
        engineer: message![
            answers,
            " with directives that mean nothing in responses, or an Expires that max-age overrules."
        ],
        fix: message![
            "Leave out what has no effect; ",
            crate::rules::Part::Code("Cache-Control: max-age=…"),
            " is enough."
        ],
        savings: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::Made;
    use crate::rules::testing::check_rule;

    #[test]
    fn lines() {
        const DATE: &str = "Thu, 01 Jan 2026 00:00:00 GMT";
        for (line, expires, expected) in [
            ("no-cache, pre-check=0, post-check=0", None, "found"),
            ("max-age=60, min-fresh=5", None, "found"),
            ("max-age=60", Some("Fri, 02 Jan 2026 00:00:00 GMT"), "found"),
            ("max-age=86400", Some("Fri, 02 Jan 2026 00:00:00 GMT"), "passed"),
            ("max-age=60", Some("Sun, 19 Nov 1978 05:00:00 GMT"), "passed"),
            ("public, max-age=60", None, "passed"),
        ] {
            let made = Made::page("https://shop.example/").request("https://shop.example/a.js", |r| {
                let r = r.response("date", DATE).response("cache-control", line);
                match expires {
                    Some(expires) => r.response("expires", expires),
                    None => r,
                }
            });
            check_rule(&REDUNDANT_CACHE_HEADER, made, expected);
        }
        check_rule(&REDUNDANT_CACHE_HEADER, Made::page("https://shop.example/"), "not-applicable");
        let made = Made::page("https://shop.example/").without(Missing::ResponseHeaders);
        check_rule(&REDUNDANT_CACHE_HEADER, made, "not-checked");
    }
}
