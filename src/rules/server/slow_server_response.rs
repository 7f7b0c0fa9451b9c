//! `slow-server-response`: the page's own document took the server long to prepare.

use crate::http::edge::EdgeStatus;
use crate::page_load::{Owner, PageLoad};
use crate::recording::Missing;
use crate::rules::rule::declare_rule;
use crate::rules::server_time::{self, ServerTime, ServerTimes};
use crate::rules::text::{Part, message};
use crate::rules::{Evidence, Finding, Message, Method, Outcome, Savings, Severity, Topic};
use crate::units::Millis;

/// Milliseconds of server time: half of Lighthouse's limit. The document alone then takes an eighth of the 2.5 s in
/// which a good LCP has to be over, before anything else could begin.
const SLOW: Millis = Millis(300.0);

/// Milliseconds. Where Lighthouse's `server-response-time` and DevTools' document latency call a document too slow.
const VERY_SLOW: Millis = Millis(600.0);

/// Milliseconds. Worth a notice: PageSpeed Insights long asked for less than 200 ms.
const NOTICEABLE: Millis = Millis(200.0);

/// Milliseconds. What Lighthouse takes as within reach when it estimates savings (`TARGET_MS`).
const WITHIN_REACH: Millis = Millis(100.0);

declare_rule! {
    /// ## In plain words
    /// Before anything can appear, the browser asks the server for the page and waits. Here the server took long to
    /// answer, and everything else had to wait for it.
    ///
    /// ## What it finds
    /// The document's waiting time (`wait`: from the request's last byte sent to the response's first byte) less one
    /// round trip to its host. From 200 ms on it is told, from 300 ms on it is a warning, from 600 ms on (Lighthouse's
    /// limit) serious. The round trip is taken from handshakes and from the fastest answers, so a slow line is not
    /// laid at the server's door. Error pages and answers of a service worker do not count.
    ///
    /// ## Why it matters
    /// The document is the first link of every chain: style sheets, scripts and images are only known once it arrives.
    /// A second here is a second later for every milestone.
    ///
    /// ## How to fix it
    /// - Find out where the time goes: send `Server-Timing` with the parts (database, rendering, upstream calls).
    /// - Cache the page or its expensive parts on the server, or let a CDN keep it where it is the same for everybody.
    /// - Add indexes, fewer queries, warm instances instead of cold starts.
    /// - Send the beginning of the page at once (streaming) or `103 Early Hints` while the rest is being made.
    ///
    /// ## How savings are estimated
    /// At most the server's time beyond 100 ms, at least the part beyond 300 ms. Both move the main milestone by the
    /// same amount, since everything waits for the document.
    ///
    /// ## When to ignore it
    /// The very first request after a deployment, a page behind a login that cannot be cached, a development server.
    /// Record again before drawing conclusions from one load.
    ///
    /// ## References
    /// - [Optimize Time to First Byte](https://web.dev/articles/optimize-ttfb)
    /// - [Reduce server response times (Lighthouse)](https://developer.chrome.com/docs/lighthouse/performance/time-to-first-byte)
    /// - [Server Timing](https://www.w3.org/TR/server-timing/)
    /// - [RFC 8297: 103 Early Hints](https://www.rfc-editor.org/rfc/rfc8297)
    pub static SLOW_SERVER_RESPONSE = {
        id: "slow-server-response",
        title: "The server was slow to answer with the page",
        topic: Topic::Server,
        severity: Severity::Serious,
        owner: Owner::Origin,
        needs: [Missing::Phases, Missing::Document],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let Some(document) = load.document.request else {
        return Outcome::NotApplicable("the recording does not hold the page's document");
    };
    let request = load.request(document);
    if request.status().is_some_and(|status| 400 <= status) {
        return Outcome::NotApplicable("the document is an error page");
    }
    let Some(time) = ServerTimes::of(load).divide(load, request) else {
        return Outcome::NotApplicable("the document did not come from a server in this load");
    };
    let severity = match time.server {
        server if VERY_SLOW <= server => Severity::Serious,
        server if SLOW <= server => Severity::Warning,
        server if NOTICEABLE <= server => Severity::Notice,
        _ => return Outcome::Passed,
    };
    let edge = load.edge_of(request.id());
    let owner = time.owner;
    let mut evidence = vec![server_time::evidence(document, time)];
    evidence.extend(server_time::account(request));
    let who = match (owner, edge.status) {
        (Owner::Edge, Some(EdgeStatus::Hit)) => " The CDN answered from its own cache and was still slow.",
        (Owner::Edge, _) => " Most of it was spent at the CDN's edge.",
        (Owner::Unknown, _) => " The CDN in front does not tell whether it asked the origin.",
        (_, Some(EdgeStatus::Miss | EdgeStatus::Expired | EdgeStatus::Bypass | EdgeStatus::Dynamic)) => {
            " The CDN did not have the page and passed the request on to the origin."
        }
        _ => "",
    };
    if let Some(origin) = edge.origin_time.filter(|origin| Millis::ZERO < *origin && *origin <= time.wait) {
        let text = message!["of which ", origin, " at the origin, by its own account"];
        evidence.push(Evidence { request: Some(document), text });
    }
    let main = load.milestones.main();
    let mut customer =
        message!["The server took ", time.server, " to prepare the page. Nothing could appear before that."];
    if let Some((metric, at)) = main.filter(|(_, at)| time.wait < at.ms) {
        customer.0.extend(message![" The whole way to “", metric, "” took ", at.ms, "."].0);
    }
    Outcome::found(Finding {
        severity,
        owner: (owner != Owner::Origin).then_some(owner),
        customer,
        engineer: engineer(document.into(), time, who),
        fix: message![
            "Find out where the server's time goes (",
            Part::Code("Server-Timing"),
            " shows it in every recording), then cache the page or its slowest parts, or send its beginning early. ",
            "Aim for less than ",
            NOTICEABLE,
            " of server time."
        ],
        evidence,
        savings: Some(Savings {
            milestone: main.map(|(metric, _)| metric),
            ms: ((time.server - SLOW).at_least_zero(), (time.server - WITHIN_REACH).at_least_zero()),
            bytes: Default::default(),
            method: Method::Estimated,
        }),
    })
}

fn engineer(document: Part, time: ServerTime, who: &'static str) -> Message {
    let mut text = message![document, " waited ", time.wait, " for its first byte; "];
    if Millis::ZERO < time.travel {
        text.0.extend(message!["less a round trip of about ", time.travel, " that is "].0);
    } else {
        text.0.extend(message!["no round trip is known, so up to "].0);
    }
    text.0.extend(message![time.server, " of server time.", who].0);
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::{Made, MadeRequest};
    use crate::recording::{ResourceKind, Source};
    use crate::rules::testing::{check_rule, outcome};

    fn page(make: impl FnOnce(MadeRequest<'_>) -> MadeRequest<'_>) -> Made {
        Made::page("https://shop.example/").document(make)
    }

    #[track_caller]
    fn finding(made: Made) -> Finding {
        match outcome(&SLOW_SERVER_RESPONSE, made) {
            Outcome::Found(mut all) => all.remove(0),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn severity_follows_the_servers_time() {
        let of = |wait| finding(page(|r| r.set_up(1.0, 20.0, 20.0).wait(wait))).severity;
        assert_eq!([220.0, 320.0, 620.0].map(of), [Severity::Notice, Severity::Warning, Severity::Serious]);
        check_rule(&SLOW_SERVER_RESPONSE, page(|r| r.set_up(1.0, 20.0, 20.0).wait(219.0)), "passed");
    }

    #[test]
    fn a_slow_line_is_not_a_slow_server() {
        check_rule(&SLOW_SERVER_RESPONSE, page(|r| r.set_up(10.0, 600.0, 600.0).wait(700.0)), "passed");
        // Emulated latency does not show in handshakes: but no answer of any host was faster.
        let mut made = page(|r| r.set_up(1.0, 20.0, 20.0).wait(700.0));
        for n in 0..4 {
            made = made.request(&format!("https://host{}.example/{n}.js", n % 2), |r| {
                r.kind(ResourceKind::Script).start(800.0).wait(562.0)
            });
        }
        check_rule(&SLOW_SERVER_RESPONSE, made, "passed");
    }

    #[test]
    fn not_the_servers_or_not_known() {
        let from_cache = page(|r| r.wait(900.0).change(|row| row.source = Some(Source::DiskCache)));
        check_rule(&SLOW_SERVER_RESPONSE, from_cache, "not-applicable");
        let by_worker = page(|r| r.wait(900.0).change(|row| row.via_service_worker = true));
        check_rule(&SLOW_SERVER_RESPONSE, by_worker, "not-applicable");
        check_rule(&SLOW_SERVER_RESPONSE, page(|r| r.wait(900.0).status(503)), "not-applicable");
        check_rule(&SLOW_SERVER_RESPONSE, page(|r| r.wait(900.0)).without(Missing::Phases), "not-checked");
    }

    #[test]
    fn the_owner_is_who_took_the_time() {
        let hit = page(|r| r.wait(900.0).response("cf-ray", "8a1b-FRA").response("cf-cache-status", "HIT"));
        assert_eq!(finding(hit).owner, Some(Owner::Edge));
        let miss = page(|r| r.wait(900.0).response("cf-ray", "8a1b-FRA").response("cf-cache-status", "MISS"));
        assert_eq!(finding(miss).owner, None);
    }

    #[test]
    fn savings_and_the_servers_account() {
        let found = finding(page(|r| {
            r.set_up(0.0, 50.0, 50.0).wait(950.0).response("server-timing", "db;dur=520.4, render;dur=190")
        }));
        assert_eq!(found.savings.map(|savings| savings.ms), Some((Millis(600.0), Millis(800.0))));
        assert_eq!(found.evidence.len(), 2);
        assert_eq!(
            found.evidence[1].text.0,
            [Part::ResponseHeader(found.evidence[1].request.unwrap(), "server-timing")]
        );
    }
}
