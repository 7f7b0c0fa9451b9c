//! `cached-cookie`: cookies set by answers that shared caches may keep.

use crate::page_load::{Owner, PageLoad, downloads};
use crate::recording::Missing;
use crate::rules::personal;
use crate::rules::responses::{self, Judged, Response, Shown, Told};
use crate::rules::rule::declare_rule;
use crate::rules::security::{SharedUse, shared_use};
use crate::rules::text::{Part, message};
use crate::rules::{Outcome, Severity, Topic};

declare_rule! {
    /// ## In plain words
    /// A cookie is handed out together with a file that the CDN may keep. Either visitors get each other's cookie, or the
    /// CDN notices and does not keep the file at all.
    ///
    /// ## What it finds
    /// Answers to GET over the network with `Set-Cookie` that shared caches may store and use for some time. Cookies that
    /// networks and load balancers set on their own answers, behind their caches, do not count. It is serious if the cookie
    /// seems to be of a login and the answer came out of a shared cache.
    ///
    /// ## Why it matters
    /// `Set-Cookie` does not keep a response out of caches (RFC 9111 §7.3). Most CDNs refuse such answers, so each request
    /// goes to the origin; those that do not give one visitor's session to the next.
    ///
    /// ## How to fix it
    /// Set no cookies on files that are the same for all, or let the CDN strip `Set-Cookie` from them. Answers that must set
    /// a cookie need `Cache-Control: private`.
    ///
    /// ## How savings are estimated
    /// None are claimed.
    ///
    /// ## When to ignore it
    /// If the cookie's value is the same for everybody, and the CDN is known to keep the file nevertheless.
    ///
    /// ## References
    /// - [RFC 9111 §7.3: Caching of sensitive information](https://www.rfc-editor.org/rfc/rfc9111#section-7.3)
    /// - [Cloudflare: Set-Cookie and caching](https://developers.cloudflare.com/cache/concepts/cache-behavior/)
    pub static CACHED_COOKIE = {
        id: "cached-cookie",
        title: "Cookies on answers that shared caches may keep",
        topic: Topic::Security,
        severity: Severity::Serious,
        owner: Owner::Origin,
        needs: [Missing::ResponseHeaders, Missing::Cookies],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let shown = responses::look(load, &judge);
    let worst = shown.files.iter().map(|one| severity(load, one.id)).max().unwrap_or(Severity::Notice);
    shown.conclude("no answer set a cookie", &|shown| tell(shown, worst))
}

fn judge(response: &Response<'_, '_>) -> Judged {
    if !response.is_get() || personal::set_cookies(response.request).next().is_none() {
        return Judged::NotMeant;
    }
    let Some(SharedUse { lifetime, was_shared, said_by }) = shared_use(response.request) else {
        return Judged::NotMeant;
    };
    let Some(lifetime) = lifetime else { return Judged::Fine };
    let mut text = message![
        response.line("set-cookie"),
        ", and ",
        response.line(said_by),
        ": shared caches may use it for ",
        lifetime
    ];
    if was_shared {
        text.0.extend(message!["; this answer came out of a shared cache"].0);
    }
    Judged::Shown(text)
}

fn severity(load: &PageLoad<'_>, id: crate::recording::RequestId) -> Severity {
    let request = load.request(id);
    let was_shared = shared_use(request).is_some_and(|found| found.was_shared);
    let is_session = personal::set_cookies(request).any(personal::is_session);
    let is_file = load.resource(id).is_some_and(|resource| downloads::is_static_file(request, resource));
    match (was_shared, is_session) {
        (true, true) => Severity::Serious,
        (true, false) | (false, true) => Severity::Warning,
        (false, false) if is_file => Severity::Notice,
        (false, false) => Severity::Warning,
    }
}

fn tell(shown: &Shown, severity: Severity) -> Told {
    let answers = shown.counted("answer that caches may keep", "answers that caches may keep");
    Told {
        severity,
        customer: message![
            "A cookie comes with ",
            answers,
            ". Visitors could receive each other's cookie, or the CDN does not keep ",
            shown.agreeing("it.", "them.")
        ],
        engineer: message![
            shown.counted("response", "responses"),
            " with ",
            Part::Code("Set-Cookie"),
            " that shared caches may store and reuse."
        ],
        fix: message![
            "Set no cookie on what is the same for all; where one must be set, send ",
            Part::Code("Cache-Control: private, no-cache"),
            "."
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

    fn made(cookie: &str, line: &str, status: &str, kind: ResourceKind) -> Made {
        Made::page("https://shop.example/").request("https://shop.example/a.js", |r| {
            r.kind(kind)
                .response("set-cookie", cookie)
                .response("cache-control", line)
                .response("x-cache", status)
                .bytes(20_000, 19_800, 60_000)
        })
    }

    #[test]
    fn severities() {
        #[track_caller]
        fn check(cookie: &str, status: &str, kind: ResourceKind, expected: Severity) {
            let Outcome::Found(found) = outcome(&CACHED_COOKIE, made(cookie, "max-age=600", status, kind)) else {
                panic!("nothing found")
            };
            assert_eq!(found[0].severity, expected);
        }
        check("sid=1; Path=/", "HIT", ResourceKind::Script, Severity::Serious);
        check("sid=1; Path=/", "MISS", ResourceKind::Script, Severity::Warning);
        check("theme=dark", "HIT", ResourceKind::Script, Severity::Warning);
        check("theme=dark", "MISS", ResourceKind::Script, Severity::Notice);
        check("theme=dark", "MISS", ResourceKind::Document, Severity::Warning);
    }

    #[test]
    fn near_misses() {
        let script = ResourceKind::Script;
        check_rule(&CACHED_COOKIE, made("sid=1", "private, max-age=600", "MISS", script), "passed");
        check_rule(&CACHED_COOKIE, made("sid=1", "no-cache", "MISS", script), "passed");
        check_rule(&CACHED_COOKIE, made("__cf_bm=1", "max-age=600", "HIT", script), "not-applicable");
        let without = made("sid=1", "max-age=600", "HIT", script).without(Missing::Cookies);
        check_rule(&CACHED_COOKIE, without, "not-checked");
    }
}
