//! `long-cached-error`: failures that caches keep for long.

use crate::http::browsers::{Browser, Lifetime};
use crate::http::exchange::Facts;
use crate::page_load::{Owner, PageLoad, caching};
use crate::recording::{Missing, Request, ResourceKind};
use crate::rules::responses::{self, Judged, Response, Shown, Told};
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Outcome, Severity, Topic};
use crate::units::Seconds;

/// Failures are over sooner than this; a cache that answers with one for longer prolongs it.
const LONG: Seconds = Seconds(3_600);

declare_rule! {
    /// ## In plain words
    /// Something failed, and browsers or the CDN may remember the failure for a long time. Visitors keep seeing it after it
    /// was mended.
    ///
    /// ## What it finds
    /// Responses to GET with a status of 400 or above that caches may use for an hour or more. A `410 Gone` is meant to
    /// last and left out.
    ///
    /// ## Why it matters
    /// Chrome honors a lifetime on any status. A style sheet that was missing for a minute stays missing for an hour.
    ///
    /// ## How to fix it
    /// Send errors with `Cache-Control: no-store`, or a `max-age` of a minute; mind CDN settings for the time in which
    /// errors are kept, and web servers that add one lifetime to everything.
    ///
    /// ## How savings are estimated
    /// None: this prolongs failures.
    ///
    /// ## When to ignore it
    /// If the address will never be there again.
    ///
    /// ## References
    /// - [RFC 9111 §3: Storing responses in caches](https://www.rfc-editor.org/rfc/rfc9111#section-3)
    /// - [CloudFront: How errors are cached](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HTTPStatusCodes.html)
    pub static LONG_CACHED_ERROR = {
        id: "long-cached-error",
        title: "Failures that caches keep for long",
        topic: Topic::Errors,
        severity: Severity::Warning,
        owner: Owner::Origin,
        needs: [Missing::ResponseHeaders],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let shown = responses::look(load, &judge);
    let is_grave = |one: &&crate::rules::gain::Uncached| {
        let kind = load.resource(one.id).map(|resource| resource.kind);
        let breaks = matches!(kind, Some(ResourceKind::Script | ResourceKind::Stylesheet | ResourceKind::Document));
        !one.third_party && (breaks || load.request(one.id).status().is_some_and(|status| 500 <= status))
    };
    let severity = if shown.files.iter().any(|one| is_grave(&one)) { Severity::Warning } else { Severity::Notice };
    shown.conclude("no request to a server failed", &|shown| tell(shown, severity))
}

fn judge(response: &Response<'_, '_>) -> Judged {
    let request = response.request;
    let Some(status) = request.status().filter(|status| 400 <= *status && *status != 410) else {
        return Judged::NotMeant;
    };
    if !response.is_get() {
        return Judged::NotMeant;
    }
    let shared = response.caching.shared.filter(|policy| policy.storable && !policy.asks_always);
    let by_browser = chrome_lifetime(request);
    let by_shared = shared.map_or(Seconds(0), |policy| policy.lifetime);
    let lifetime = by_browser.max(by_shared);
    if lifetime < LONG {
        return Judged::Fine;
    }
    let name = if response.has("cache-control") { "cache-control" } else { "expires" };
    let whose = if by_browser < by_shared { "shared caches keep it for " } else { "kept for " };
    Judged::Shown(message!["answered ", Part::Status(status), " with ", response.line(name), ": ", whose, lifetime])
}

/// How long the browser that honors most takes it for fresh.
fn chrome_lifetime(request: Request<'_>) -> Seconds {
    let verdict = caching::with_exchange(request, |exchange| {
        Browser::Chrome.judge(exchange, &Facts::of(exchange), exchange.response_time)
    });
    match verdict {
        Some(verdict) if verdict.stored => match verdict.lifetime {
            Lifetime::Seconds(seconds) => Seconds(seconds as u64),
            Lifetime::Forever | Lifetime::Unknown => Seconds(0),
        },
        _ => Seconds(0),
    }
}

fn tell(shown: &Shown, severity: Severity) -> Told {
    Told {
        severity,
        customer: message![
            shown.counted("failure is", "failures are"),
            " remembered by caches for an hour or more. Visitors keep seeing ",
            shown.agreeing("it", "them"),
            " after the cause is gone."
        ],
        engineer: message![
            shown.counted("error response", "error responses"),
            " that caches may use for ",
            LONG,
            " or more."
        ],
        fix: message![
            "Send errors with ",
            Part::Code("Cache-Control: no-store"),
            " or ",
            Part::Code("Cache-Control: max-age=60"),
            "."
        ],
        savings: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::Made;
    use crate::rules::testing::{check_rule, outcome};

    fn made(status: u16, line: &str, kind: ResourceKind) -> Made {
        Made::page("https://shop.example/")
            .document(|r| r)
            .request("https://shop.example/a", |r| r.kind(kind).status(status).response("cache-control", line))
    }

    #[test]
    fn failures() {
        let script = ResourceKind::Script;
        check_rule(&LONG_CACHED_ERROR, made(404, "max-age=86400", script), "found");
        check_rule(&LONG_CACHED_ERROR, made(503, "s-maxage=86400", script), "found");
        check_rule(&LONG_CACHED_ERROR, made(404, "max-age=60", script), "passed");
        check_rule(&LONG_CACHED_ERROR, made(404, "no-store, max-age=86400", script), "passed");
        check_rule(&LONG_CACHED_ERROR, made(410, "max-age=86400", script), "not-applicable");
        check_rule(&LONG_CACHED_ERROR, made(200, "max-age=86400", script), "not-applicable");
        for (kind, expected) in [(script, Severity::Warning), (ResourceKind::Image, Severity::Notice)] {
            let Outcome::Found(found) = outcome(&LONG_CACHED_ERROR, made(404, "max-age=86400", kind)) else {
                panic!("nothing found")
            };
            assert_eq!(found[0].severity, expected);
        }
        check_rule(&LONG_CACHED_ERROR, made(404, "x", script).without(Missing::ResponseHeaders), "not-checked");
    }
}
