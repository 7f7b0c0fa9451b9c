//! `unreadable-header`: dates, ages and labels that caches need and cannot read.

use crate::http::faults::Group;
use crate::page_load::{Owner, PageLoad};
use crate::recording::Missing;
use crate::rules::caching::invalid_cache_header::judge;
use crate::rules::responses::{self, Judged, Shown, Told};
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Outcome, Severity, Topic};

declare_rule! {
    /// ## In plain words
    /// Answers say when they were made, how old they are and which version they hold. Some of these statements cannot be
    /// read, so browsers and CDNs cannot go by them.
    ///
    /// ## What it finds
    /// In GET responses over the network: an `Expires` that is no date and no `max-age` beside it (`0` and `-1` are usual and
    /// mean "expired"), an `Age` that is no number, an `ETag` without double quotes, a `Last-Modified` that is no date, no
    /// `Date` where the lifetime hangs on it, and headers that may stand there once but have lines with different values.
    ///
    /// ## Why it matters
    /// Files expire at once or are fetched whole where a short question would do. Browsers read broken dates differently.
    ///
    /// ## How to fix it
    /// Write dates as `Sun, 06 Nov 1994 08:49:37 GMT`, tags as `"…"`, ages as whole seconds; send each of these headers
    /// once.
    ///
    /// ## How savings are estimated
    /// None are claimed.
    ///
    /// ## When to ignore it
    /// If a proxy or the recording tool changed the headers, and visitors get others.
    ///
    /// ## References
    /// - [RFC 9110 §5.6.7: Dates](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7), [§8.8.3: ETag](https://www.rfc-editor.org/rfc/rfc9110#section-8.8.3)
    /// - [RFC 9111 §5.1: Age](https://www.rfc-editor.org/rfc/rfc9111#section-5.1), [§5.3: Expires](https://www.rfc-editor.org/rfc/rfc9111#section-5.3)
    pub static UNREADABLE_HEADER = {
        id: "unreadable-header",
        title: "Dates, ages or labels that caches cannot read",
        topic: Topic::Caching,
        severity: Severity::Notice,
        owner: Owner::Origin,
        needs: [Missing::ResponseHeaders],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    // Where no response has a date, the recording tool left it out.
    let is_dated = load.network().any(|(request, _)| request.response_header("date").next().is_some());
    let shown = responses::look(load, &|response| match judge(response, Group::Value) {
        Judged::Shown(text) if !is_dated && text.0.contains(&response.line("date")) => Judged::Fine,
        judged => judged,
    });
    shown.conclude("no response to a GET came over the network", &tell)
}

fn tell(shown: &Shown) -> Told {
    let answers = shown.counted("answer", "answers");
    Told {
        severity: Severity::Notice,
        customer: message![
            "In ",
            answers.clone(),
            " a date, an age or a label is not written as it should be. Browsers and the CDN may not go by ",
            shown.agreeing("it", "them"),
            " and then fetch more than they need."
        ],
        engineer: message![
            answers,
            " with ",
            Part::Code("Expires"),
            ", ",
            Part::Code("Date"),
            ", ",
            Part::Code("Age"),
            ", ",
            Part::Code("ETag"),
            " or the like malformed, missing or repeated."
        ],
        fix: message![
            "Write dates as ",
            Part::Code("Sun, 06 Nov 1994 08:49:37 GMT"),
            ", tags as ",
            Part::Code("ETag: \"…\""),
            ", ages in whole seconds, each once."
        ],
        savings: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::{Made, MadeRequest};
    use crate::rules::testing::check_rule;

    const DATE: &str = "Thu, 01 Jan 2026 00:00:00 GMT";

    fn check(expected: &str, make: impl FnOnce(MadeRequest<'_>) -> MadeRequest<'_>) {
        let made = Made::page("https://shop.example/")
            .document(|r| r.response("date", DATE))
            .request("https://shop.example/a.js", |r| make(r.bytes(9_000, 9_000, 9_000)));
        check_rule(&UNREADABLE_HEADER, made, expected);
    }

    #[test]
    fn headers() {
        check("found", |r| r.response("expires", "tomorrow"));
        check("found", |r| r.response("age", "3 days"));
        check("found", |r| r.response("etag", "abc"));
        check("found", |r| r.response("expires", "Fri, 02 Jan 2026 00:00:00 GMT"));
        check("found", |r| r.response("date", DATE).response("date", "Thu, 01 Jan 2026 00:00:09 GMT"));
        check("passed", |r| r.response("date", DATE).response("expires", "Fri, 02 Jan 2026 00:00:00 GMT"));
        check("passed", |r| r.response("expires", "-1").response("etag", "W/\"abc\"").response("age", "5"));
        check("passed", |r| r.response("cache-control", "max-age=60"));
    }

    #[test]
    fn tools_that_leave_out_dates() {
        let made = Made::page("https://shop.example/")
            .request("https://shop.example/a.js", |r| r.response("expires", "Fri, 02 Jan 2026 00:00:00 GMT"));
        check_rule(&UNREADABLE_HEADER, made, "passed");
        check_rule(&UNREADABLE_HEADER, Made::page("https://shop.example/"), "not-applicable");
        let made = Made::page("https://shop.example/").without(Missing::ResponseHeaders);
        check_rule(&UNREADABLE_HEADER, made, "not-checked");
    }
}
