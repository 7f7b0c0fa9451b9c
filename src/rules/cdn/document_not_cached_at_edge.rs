//! `document-not-cached-at-edge`: a page that is the same for everybody was fetched from the origin through the CDN.

use crate::http::cdn::reason::Cause;
use crate::page_load::{Owner, PageLoad, edge};
use crate::recording::{Missing, Request};
use crate::rules::reasons;
use crate::rules::rule::declare_rule;
use crate::rules::server_time::ServerTimes;
use crate::rules::text::{Part, message};
use crate::rules::vendors::{self, Need};
use crate::rules::{Evidence, Finding, Method, Outcome, Savings, Severity, Topic};
use crate::units::Millis;

/// Milliseconds of server time. A page that arrives faster than this gains little from the edge.
const NOTICEABLE: Millis = Millis(100.0);

/// Milliseconds of server time from which it is more than a notice: half of Lighthouse's limit for a document.
const SLOW: Millis = Millis(300.0);

/// Milliseconds of server time from which a page that the CDN never tries to keep is serious: more than half of the
/// 0.8 s in which a good first byte has to arrive.
const VERY_SLOW: Millis = Millis(500.0);

/// Milliseconds that edges need for an answer from their cache.
const EDGE_ANSWER: Millis = Millis(30.0);

declare_rule! {
    /// ## In plain words
    /// The site uses a network of servers close to visitors (a CDN), but the page itself still came all the way from
    /// the home server, although it looks the same for everybody.
    ///
    /// ## What it finds
    /// A document that a CDN passed through (status miss, expired, bypass or dynamic), that took the server 100 ms or
    /// more, and of which nothing says that it is made for one visitor: no `Set-Cookie`, no `private`, `no-store` or
    /// `no-cache`, no `Vary: Cookie` or `*`, no `Authorization` and no cookies in the request.
    ///
    /// ## Why it matters
    /// An edge answers from its cache in some 10 to 30 ms. The origin has to be reached and to build the page first;
    /// everything else waits for it.
    ///
    /// ## How to fix it
    /// - Allow shared caches to keep the page: `Cache-Control: public, max-age=0, s-maxage=60`.
    /// - Switch caching of HTML on in the CDN (Cloudflare does not cache HTML unless a cache rule says so).
    /// - Purge the page when its content changes.
    ///
    /// ## How savings are estimated
    /// The server's time beyond 30 ms, as an upper bound: some visitors are always the first after an expiry.
    ///
    /// ## When to ignore it
    /// Pages that differ by country, experiment or sign-in in ways that the headers do not show; a first visit after
    /// the page was purged (status miss).
    ///
    /// ## References
    /// - [RFC 9211: Cache-Status](https://www.rfc-editor.org/rfc/rfc9211)
    /// - [Cloudflare: cache responses](https://developers.cloudflare.com/cache/concepts/cache-responses/)
    /// - [Content delivery networks](https://web.dev/articles/content-delivery-networks)
    pub static DOCUMENT_NOT_CACHED_AT_EDGE = {
        id: "document-not-cached-at-edge",
        title: "The page was not in the CDN's cache",
        topic: Topic::Cdn,
        severity: Severity::Serious,
        owner: Owner::Origin,
        needs: [Missing::ResponseHeaders, Missing::Phases, Missing::Document],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let Some(id) = load.document.request else {
        return Outcome::NotApplicable("the recording does not hold the page's document");
    };
    let request = load.request(id);
    let edge = load.edge_of(id);
    if edge.vendor.is_none() {
        return Outcome::NotApplicable("no CDN is recognized in front of the page");
    }
    if request.status() != Some(200) || request.method_text().expose() != "GET" || is_personal(request) {
        return Outcome::NotApplicable("the page may be made for one visitor, so that no CDN may keep it");
    }
    let missed =
        edge.status.is_some_and(|status| status.asks_origin() == Some(true)) && edge.asked_origin == Some(true);
    let time = ServerTimes::of(load).divide(load, request).filter(|time| missed && NOTICEABLE <= time.server);
    let Some(time) = time else { return Outcome::Passed };
    let reasons = edge::reasons(request);
    let mut text = reasons::evidence(id, &edge, &reasons);
    text.0.extend(message!["; ", time.server, " of server time"].0);
    let mut engineer = message![id, ": "];
    match reasons.told.first() {
        Some(reason) => engineer.0.extend(reasons::told(id, reason).0),
        None => {
            engineer.0.extend(message!["its headers do not tell why ", vendors::title(edge.layer), " had no copy"].0)
        }
    }
    engineer.0.extend(message![". Nothing in them says that it is made for one visitor."].0);
    let mut fix = message![
        "Let the CDN keep the page: ",
        Part::Code("Cache-Control: public, max-age=0, s-maxage=60"),
        ", and a rule for HTML where the CDN needs one."
    ];
    let need = if reasons.first() == Some(Cause::NotByDefault) { Need::Eligible } else { Need::Lifetime };
    fix.0.extend(vendors::advice(edge.layer, need).0);
    let severity = match time.server {
        server if reasons.first() == Some(Cause::NotByDefault) && VERY_SLOW <= server => Severity::Serious,
        server if SLOW <= server => Severity::Warning,
        _ => Severity::Notice,
    };
    Outcome::found(Finding {
        severity,
        owner: None,
        customer: message![
            "The page came from the home server instead of the CDN's server nearby, which took ",
            time.server,
            ". It looks the same for everybody, so the CDN could keep it."
        ],
        engineer,
        fix,
        evidence: vec![
            Evidence { request: Some(id), text },
            Evidence { request: Some(id), text: message![Part::ResponseHeader(id, "cache-control")] },
        ],
        savings: Some(Savings {
            milestone: load.milestones.main().map(|(metric, _)| metric),
            ms: (Millis::ZERO, (time.server - EDGE_ANSWER).at_least_zero()),
            bytes: Default::default(),
            method: Method::Bound,
        }),
    })
}

/// Whether anything hints at an answer for one visitor only. Cookies in the request are such a hint, too.
fn is_personal(request: Request<'_>) -> bool {
    let says = |name: &str, words: &[&str]| {
        request.response_header(name).any(|value| {
            let value = value.expose().to_ascii_lowercase();
            words.iter().any(|word| value.contains(word))
        })
    };
    says("set-cookie", &[""])
        || says("cache-control", &["private", "no-store", "no-cache"])
        || says("vary", &["cookie", "authorization", "*"])
        || request.request_header("cookie").next().is_some()
        || request.request_header("authorization").next().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::{Made, MadeRequest};
    use crate::rules::testing::{check_rule, outcome};

    fn page(make: impl FnOnce(MadeRequest<'_>) -> MadeRequest<'_>) -> Made {
        Made::page("https://shop.example/")
            .document(|r| make(r.wait(400.0).set_up(1.0, 20.0, 20.0).response("cf-ray", "8a1b-FRA")))
    }

    #[test]
    fn a_page_for_everybody_is_found() {
        let made = page(|r| r.response("cf-cache-status", "DYNAMIC"));
        let Outcome::Found(found) = outcome(&DOCUMENT_NOT_CACHED_AT_EDGE, made) else { panic!() };
        assert_eq!(found[0].severity, Severity::Warning);
        assert_eq!(found[0].savings.map(|savings| savings.ms), Some((Millis::ZERO, Millis(350.0))));
    }

    #[test]
    fn personal_pages_are_left_alone() {
        type Change = fn(MadeRequest<'_>) -> MadeRequest<'_>;
        let personal: [Change; 5] = [
            |r| r.response("set-cookie", "a=b"),
            |r| r.response("cache-control", "private, max-age=0"),
            |r| r.response("vary", "Accept-Encoding, Cookie"),
            |r| r.header("cookie", "session=1"),
            |r| r.header("authorization", "Bearer x"),
        ];
        for change in personal {
            let made = page(|r| change(r.response("cf-cache-status", "MISS")));
            check_rule(&DOCUMENT_NOT_CACHED_AT_EDGE, made, "not-applicable");
        }
    }

    #[test]
    fn near_misses() {
        check_rule(&DOCUMENT_NOT_CACHED_AT_EDGE, page(|r| r.response("cf-cache-status", "HIT")), "passed");
        check_rule(&DOCUMENT_NOT_CACHED_AT_EDGE, page(|r| r.response("cf-cache-status", "MISS").wait(119.0)), "passed");
        // An application's own cache is no CDN.
        let own = Made::page("https://shop.example/")
            .document(|r| r.wait(900.0).response("server-timing", "cache;desc=\"MISS\""));
        check_rule(&DOCUMENT_NOT_CACHED_AT_EDGE, own, "not-applicable");
        let unknown = page(|r| r.response("cf-cache-status", "MISS")).without(Missing::ResponseHeaders);
        check_rule(&DOCUMENT_NOT_CACHED_AT_EDGE, unknown, "not-checked");
    }
}
