//! `repeated-origin-connections`: the CDN set up a new connection to the origin for each request.

use crate::page_load::{Owner, PageLoad};
use crate::recording::Missing;
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Evidence, Finding, Method, Outcome, Savings, Severity, Topic, gain};
use crate::units::Millis;

/// Requests that went to the origin. Of fewer, each may be the first at its place.
const FEWEST: usize = 3;

/// Milliseconds. Connections that take less are in the same building.
const NOTICEABLE: Millis = Millis(5.0);

declare_rule! {
    /// ## In plain words
    /// Whenever the CDN asks the home server for something, it first has to set up a new connection, because the home
    /// server closes connections at once.
    ///
    /// ## What it finds
    /// Three or more requests that CloudFront passed on, of which more than half set up a connection to the origin
    /// (`cdn-upstream-connect` above 5 ms). Other CDNs do not tell.
    ///
    /// ## Why it matters
    /// Each connection costs one round trip between CDN and origin, two to three with TLS.
    ///
    /// ## How to fix it
    /// Let the origin keep connections open for longer than the pauses between requests, and CloudFront as well (the
    /// origin's keep-alive timeout); use Origin Shield, which gathers requests.
    ///
    /// ## How savings are estimated
    /// The time of the longest connection set-up on the way to the main milestone, as an upper bound.
    ///
    /// ## When to ignore it
    /// Places where nobody asked for a while: all connections had ended.
    ///
    /// ## References
    /// - [CloudFront: Server-Timing](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html)
    /// - [CloudFront: keep-alive timeout](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html)
    pub static REPEATED_ORIGIN_CONNECTIONS = {
        id: "repeated-origin-connections",
        title: "A new connection to the origin for each request",
        topic: Topic::Cdn,
        severity: Severity::Notice,
        owner: Owner::Origin,
        needs: [Missing::ResponseHeaders],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let mut evidence = Vec::new();
    let (mut n_asked, mut longest) = (0, Millis::ZERO);
    for (request, resource) in load.network() {
        let edge = load.edge_of(request.id());
        let Some(connect) = edge.connect_time.filter(|_| !gain::is_third_party(resource)) else { continue };
        n_asked += 1;
        if NOTICEABLE < connect {
            longest = longest.max(connect);
            let line = Part::ResponseHeader(request.id(), "server-timing");
            let text = message![line, ": ", connect, " to connect to the origin"];
            evidence.push(Evidence { request: Some(request.id()), text });
        }
    }
    if n_asked < FEWEST {
        return Outcome::NotApplicable("the CDN tells of too few connections to the origin");
    }
    if evidence.len() * 2 <= n_asked {
        return Outcome::Passed;
    }
    let (n_new, n_asked) = (evidence.len() as u64, n_asked as u64);
    Outcome::found(Finding {
        severity: Severity::Notice,
        owner: None,
        customer: message![
            "The CDN opened a new connection to the home server for ",
            n_new,
            " of ",
            Part::Counted(n_asked, "request", "requests"),
            ". The slowest took ",
            longest,
            "."
        ],
        engineer: message![
            n_new,
            " of ",
            Part::Counted(n_asked, "forwarded request", "forwarded requests"),
            " with ",
            Part::Code("cdn-upstream-connect"),
            " above ",
            NOTICEABLE,
            "; at most ",
            longest,
            "."
        ],
        fix: message![
            "Keep connections alive at the origin for longer than the pauses between requests, and raise CloudFront's \
             keep-alive timeout for the origin; Origin Shield gathers requests."
        ],
        evidence,
        savings: Some(Savings {
            milestone: load.milestones.main().map(|(metric, _)| metric),
            ms: (Millis::ZERO, longest),
            bytes: Default::default(),
            method: Method::Bound,
        }),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::Made;
    use crate::rules::testing::check_rule;

    #[test]
    fn connections() {
        let made = |times: &[&str]| {
            times.iter().enumerate().fold(Made::page("https://shop.example/"), |made, (at, ms)| {
                made.request(&format!("https://shop.example/{at}"), |r| {
                    let r = r.wait(300.0).response("x-amz-cf-id", "x").response("x-cache", "Miss from cloudfront");
                    r.response("server-timing", &format!("cdn-upstream-connect;dur={ms}, cdn-upstream-fbl;dur=90"))
                })
            })
        };
        check_rule(&REPEATED_ORIGIN_CONNECTIONS, made(&["40", "55", "0"]), "found");
        check_rule(&REPEATED_ORIGIN_CONNECTIONS, made(&["40", "0", "0"]), "passed");
        check_rule(&REPEATED_ORIGIN_CONNECTIONS, made(&["3", "2", "4"]), "passed");
        check_rule(&REPEATED_ORIGIN_CONNECTIONS, made(&["40", "55"]), "not-applicable");
        let unknown = made(&["40", "55", "0"]).without(Missing::ResponseHeaders);
        check_rule(&REPEATED_ORIGIN_CONNECTIONS, unknown, "not-checked");
    }
}
