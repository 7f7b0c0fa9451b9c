//! `cdn-refusal`: a CDN's security kept requests out: robot checks, blocks, limits, queues.

use crate::http::cdn::failure::{Instead, What};
use crate::order::Arrange;
use crate::page_load::{Owner, PageLoad};
use crate::recording::{Missing, RequestId};
use crate::rules::cdn::{instead, severity_of_missing};
use crate::rules::rule::declare_rule;
use crate::rules::text::{Message, Part, message};
use crate::rules::vendors::{self, Need};
use crate::rules::{Evidence, Finding, Outcome, Severity, Topic};

declare_rule! {
    /// ## In plain words
    /// The CDN's security system did not let some requests through: it showed a robot check, refused them, limited them or
    /// put the visitor in a queue. For requests in the background that means that the page breaks.
    ///
    /// ## What it finds
    /// Answers that a CDN made in the site's place to keep somebody out: `cf-mitigated`, `x-vercel-mitigated`,
    /// `x-amzn-waf-action`, `x-sucuri-block`, refusals (403, 406, 429, 451) made by Cloudflare, CloudFront or Akamai
    /// themselves, Imperva's block page, Cloudflare's waiting room. Refusals that the site's own server made do not count.
    ///
    /// The page itself, scripts, style sheets and data requests: serious, since a page cannot answer a robot check for
    /// them. Where the same address was answered later, a notice.
    ///
    /// ## Why it matters
    /// Real visitors see a broken page, and the site's own logs show nothing, because the requests never arrived.
    ///
    /// ## How to fix it
    /// Find the event in the CDN's security log by the request's id, and leave the path (APIs, static files) or the
    /// visitors in question out of the rule, or lower its sensitivity.
    ///
    /// ## How savings are estimated
    /// None are claimed: the gain is that it works.
    ///
    /// ## When to ignore it
    /// If the recording was made by a robot, or from an address that is rightly kept out.
    ///
    /// ## References
    /// - [Cloudflare: detect a challenge](https://developers.cloudflare.com/cloudflare-challenges/challenge-types/challenge-pages/detect-response/)
    /// - [AWS WAF: challenge and captcha](https://docs.aws.amazon.com/waf/latest/developerguide/waf-captcha-and-challenge.html)
    pub static CDN_REFUSAL = {
        id: "cdn-refusal",
        title: "Requests that the CDN's security kept out",
        topic: Topic::Errors,
        severity: Severity::Serious,
        owner: Owner::Edge,
        needs: [Missing::ResponseHeaders],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let mut refused = instead(load);
    refused.retain(|(_, instead)| instead.what != What::Failed);
    let severity = |id: RequestId, what: What| match what {
        What::Queued => Severity::Notice,
        _ if passed_later(load, id) => Severity::Notice,
        _ => severity_of_missing(load, id),
    };
    refused.arrange_by(|a, b| severity(b.0, b.1.what).cmp(&severity(a.0, a.1.what)).then(a.0.cmp(&b.0)));
    match refused.first() {
        Some((id, worst)) => Outcome::found(finding(load, *id, worst, severity(*id, worst.what), &refused)),
        None if load.edges.iter().all(|edge| edge.status.is_none()) => {
            Outcome::NotApplicable("no response tells of a CDN in front of the server")
        }
        None => Outcome::Passed,
    }
}

/// Whether the same address was answered well afterwards: the visitor passed.
fn passed_later(load: &PageLoad<'_>, id: RequestId) -> bool {
    let same = load.addresses.requests_to(&crate::http::url::canonical(load.request(id).url_text().expose()));
    let later = same.iter().filter(|other| id < **other);
    later.into_iter().any(|other| load.request(*other).status().is_some_and(|status| (200..400).contains(&status)))
}

fn words(what: What) -> &'static str {
    match what {
        What::Challenge => "a robot check instead of the answer",
        What::TooMany => "refused: asked too often",
        What::Queued => "a place in the waiting room instead of the page",
        What::Blocked | What::Failed => "refused by a security rule, most likely",
    }
}

fn finding(
    load: &PageLoad<'_>,
    id: RequestId,
    worst: &Instead,
    severity: Severity,
    refused: &[(RequestId, Instead)],
) -> Finding {
    let layer = load.edge_of(id).layer;
    let n_refused = Part::Counted(refused.len() as u64, "request", "requests");
    let is_document = load.document.request == Some(id);
    let mut engineer = message![id, ": "];
    engineer.0.extend(proof(load, id, worst).0);
    engineer.0.extend(message!["."].0);
    let mut fix = message![
        "Find the event in the CDN's security log by the request's id, and leave these paths or visitors out of the rule \
         or lower its sensitivity."
    ];
    fix.0.extend(vendors::advice(layer, Need::Firewall).0);
    Finding {
        severity,
        owner: None,
        customer: message![
            "The security system of the CDN kept out ",
            n_refused,
            match worst.what {
                What::Challenge => ": it showed a robot check. ",
                What::TooMany => ", because the visitor asked too often. ",
                What::Queued => ": the visitor was placed in a queue. ",
                What::Blocked | What::Failed => ". ",
            },
            match (severity, is_document) {
                (Severity::Serious, true) => "The page itself could not be seen.",
                (Severity::Serious, false) => "Parts of the page do not work for it.",
                _ => "Something on the page may be missing or late.",
            }
        ],
        engineer,
        fix,
        evidence: refused
            .iter()
            .map(|(id, instead)| Evidence { request: Some(*id), text: proof(load, *id, instead) })
            .collect(),
        savings: None,
    }
}

/// "status 403, cf-mitigated: challenge: a robot check instead of the answer".
fn proof(load: &PageLoad<'_>, id: RequestId, instead: &Instead) -> Message {
    let mut text = message!["status ", Part::Status(load.request(id).status().unwrap_or_default())];
    if let Some(code) = instead.code {
        text.0.extend(message![", code ", u64::from(code)].0);
    }
    if let Some(name) = instead.told_by {
        text.0.extend(message![", ", Part::ResponseHeader(id, name)].0);
    }
    text.0.extend(message![": ", words(instead.what)].0);
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::ResourceKind;
    use crate::recording::testing::Made;
    use crate::rules::testing::{check_rule, outcome};

    /// One answer through Cloudflare, and perhaps a later one to the same address.
    fn made(status: u16, kind: ResourceKind, header: (&str, &str), later: Option<u16>) -> Made {
        let made = Made::page("https://shop.example/").document(|r| r.response("cf-ray", "1-FRA"));
        let url = "https://shop.example/api";
        let made =
            made.request(url, |r| r.kind(kind).status(status).response("cf-ray", "1-FRA").response(header.0, header.1));
        match later {
            Some(status) => made.request(url, |r| r.kind(kind).start(900.0).status(status)),
            None => made,
        }
    }

    #[test]
    fn refusals() {
        let challenge = ("cf-mitigated", "challenge");
        let of = |made| match outcome(&CDN_REFUSAL, made) {
            Outcome::Found(found) => found[0].severity,
            other => panic!("{other:?}"),
        };
        assert_eq!(of(made(403, ResourceKind::Fetch, challenge, None)), Severity::Serious);
        assert_eq!(of(made(403, ResourceKind::Image, challenge, None)), Severity::Warning);
        assert_eq!(of(made(403, ResourceKind::Fetch, challenge, Some(200))), Severity::Notice);
        assert_eq!(of(made(429, ResourceKind::Fetch, ("date", "x"), None)), Severity::Serious);
    }

    #[test]
    fn near_misses() {
        // The origin's own refusal.
        check_rule(&CDN_REFUSAL, made(403, ResourceKind::Fetch, ("cf-cache-status", "DYNAMIC"), None), "passed");
        check_rule(&CDN_REFUSAL, made(522, ResourceKind::Fetch, ("date", "x"), None), "passed");
        let plain = Made::page("https://shop.example/").document(|r| r.status(403).response("server", "nginx"));
        check_rule(&CDN_REFUSAL, plain, "not-applicable");
        let unknown = made(403, ResourceKind::Fetch, ("date", "x"), None).without(Missing::ResponseHeaders);
        check_rule(&CDN_REFUSAL, unknown, "not-checked");
    }
}
