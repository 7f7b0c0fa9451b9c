//! `uncached-redirect`: detours that every visit takes anew because no browser may remember them.

use crate::page_load::document::{is_internal_redirect, is_redirect};
use crate::page_load::{Lifetime, Owner, PageLoad};
use crate::recording::{Missing, RenderBlocking, RequestId};
use crate::rules::responses::{self, Judged, Response, Shown, Told};
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Outcome, Severity, Topic};
use crate::units::{Millis, Seconds};

/// From this long on, for the page's own permanent detours together, it is a warning: a third of a second is noticed.
const NOTICEABLE: Millis = Millis(300.0);

declare_rule! {
    /// ## In plain words
    /// Before the page, or a file that it waits for, the browser is sent to another address. It may not remember that, so
    /// the next visit takes the same detour.
    ///
    /// ## What it finds
    /// Redirects on the way to the page's document, or to a file that holds rendering back: permanent ones (301, 308) with
    /// `no-store`, `no-cache` or a lifetime of nothing, and temporary ones (302, 303, 307) that say no lifetime. Redirects
    /// after a form was sent, and those that the browser makes by itself (HSTS), are left out.
    ///
    /// ## Why it matters
    /// Each hop costs a round trip, often with a new connection, before anything else can begin. Browsers remember 301 and
    /// 308 by themselves, unless they are told not to.
    ///
    /// ## How to fix it
    /// Link to the final address. Send permanent redirects with `Cache-Control: max-age=86400`; make the others at the CDN's
    /// edge, or give them a short lifetime if they are the same for all.
    ///
    /// ## How savings are estimated
    /// None are claimed beside what the rules about the redirects themselves say. The time that is named is what these hops
    /// took: every later visit pays it again.
    ///
    /// ## When to ignore it
    /// If the target differs between visitors: logins, languages, tests. Then only the edge can make it quicker.
    ///
    /// ## References
    /// - [RFC 9110 §15.4: Redirection](https://www.rfc-editor.org/rfc/rfc9110#section-15.4)
    /// - [RFC 9111 §4.2.2: Calculating heuristic freshness](https://www.rfc-editor.org/rfc/rfc9111#section-4.2.2)
    pub static UNCACHED_REDIRECT = {
        id: "uncached-redirect",
        title: "Redirects that no browser may remember",
        topic: Topic::Redirects,
        severity: Severity::Warning,
        owner: Owner::Origin,
        needs: [Missing::ResponseHeaders],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let shown = responses::look(load, &|response| judge(load, response));
    shown.conclude("no redirect stands before the page or a file that it waits for", &|shown| tell(load, shown))
}

fn judge(load: &PageLoad<'_>, response: &Response<'_, '_>) -> Judged {
    let (request, id) = (response.request, response.request.id());
    let Some(status) = request.status().filter(|status| is_redirect(*status)) else { return Judged::NotMeant };
    let is_waited_for = load.document.redirects.contains(&id) || leads_to_blocking(load, id);
    if !response.is_get() || !is_waited_for || is_internal_redirect(request) {
        return Judged::NotMeant;
    }
    // Browsers remember permanent redirects of which nothing is said.
    let may_be_kept = match response.caching.lifetime {
        Some(Lifetime::Explicit(lifetime)) => Seconds(0) < lifetime,
        Some(Lifetime::Unsaid | Lifetime::Heuristic(_)) => is_permanent(status),
        Some(Lifetime::None | Lifetime::NotStorable) | None => false,
    };
    if may_be_kept {
        return Judged::Fine;
    }
    let name = if response.has("cache-control") || !response.has("expires") { "cache-control" } else { "expires" };
    let mut text = message![Part::Status(status), " with ", response.line(name), ": asked for on every visit"];
    if let Some(span) = load.span(id) {
        text.0.extend(message![", which took ", span.duration()].0);
    }
    Judged::Shown(text)
}

fn is_permanent(status: u16) -> bool {
    matches!(status, 301 | 308)
}

/// Whether a file that holds rendering back stands at the end of the redirects.
fn leads_to_blocking(load: &PageLoad<'_>, mut id: RequestId) -> bool {
    while let Some(next) = load.resource(id).and_then(|resource| resource.redirected_to) {
        id = next; // always a later request
    }
    let blocking = load.resource(id).and_then(|resource| resource.blocking);
    blocking.is_some_and(|found| found.how == RenderBlocking::Blocking)
}

fn tell(load: &PageLoad<'_>, shown: &Shown) -> Told {
    let time = |id| load.span(id).map_or(Millis::ZERO, |span| span.duration());
    let total = shown.files.iter().map(|one| time(one.id)).sum::<Millis>();
    let permanent = shown.files.iter().filter(|one| load.request(one.id).status().is_some_and(is_permanent));
    let permanent = permanent.map(|one| time(one.id)).sum::<Millis>();
    Told {
        severity: if NOTICEABLE <= permanent { Severity::Warning } else { Severity::Notice },
        customer: message![
            "Every visit first takes a detour of ",
            shown.counted("step", "steps"),
            " (",
            total,
            " this time), because browsers may not remember ",
            shown.agreeing("it.", "them.")
        ],
        engineer: message![
            shown.counted("redirect", "redirects"),
            " before the document or a blocking file that caches may not keep; ",
            total,
            " in all."
        ],
        fix: message![
            "Link to the final address; send permanent redirects with ",
            Part::Code("Cache-Control: max-age=86400"),
            ", and make the others at the edge."
        ],
        savings: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::ResourceKind;
    use crate::recording::testing::Made;
    use crate::rules::testing::{check_rule, outcome};

    fn made(status: u16, line: Option<&str>, wait: f64) -> Made {
        Made::page("https://shop.example/")
            .request("https://shop.example/old", |r| {
                let r = r.kind(ResourceKind::Document).status(status).response("location", "/").wait(wait);
                match line {
                    Some(line) => r.response("cache-control", line),
                    None => r,
                }
            })
            .document(|r| r.start(wait))
    }

    #[test]
    fn redirects() {
        let rule = &UNCACHED_REDIRECT;
        check_rule(rule, made(301, Some("no-cache"), 50.0), "found");
        check_rule(rule, made(301, Some("max-age=0"), 50.0), "found");
        check_rule(rule, made(302, None, 50.0), "found");
        check_rule(rule, made(302, Some("max-age=600"), 50.0), "passed");
        check_rule(rule, made(301, None, 50.0), "passed");
        check_rule(rule, made(308, Some("s-maxage=0"), 50.0), "passed");
        check_rule(rule, made(200, None, 50.0), "not-applicable");
        for (status, expected) in [(301, Severity::Warning), (302, Severity::Notice)] {
            let Outcome::Found(found) = outcome(rule, made(status, Some("no-store"), 400.0)) else {
                panic!("nothing found")
            };
            assert_eq!(found[0].severity, expected);
        }
        check_rule(rule, made(302, None, 50.0).without(Missing::ResponseHeaders), "not-checked");
    }
}
