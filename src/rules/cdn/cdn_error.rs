//! `cdn-error`: failure pages that the CDN made.

use crate::http::cdn::Side;
use crate::http::cdn::failure::{Instead, What};
use crate::order::Arrange;
use crate::page_load::{Owner, PageLoad};
use crate::recording::{Missing, RequestId};
use crate::rules::cdn::{instead, severity_of_missing};
use crate::rules::rule::declare_rule;
use crate::rules::text::{Message, Part, message};
use crate::rules::vendors;
use crate::rules::{Evidence, Finding, Outcome, Severity, Topic};

declare_rule! {
    /// ## In plain words
    /// Instead of what was asked for, the CDN sent an error of its own: mostly because it could not reach the home server.
    ///
    /// ## What it finds
    /// Errors that a CDN made, not those that it passed on: Cloudflare's 520 to 530 and 1xxx codes, gateway errors with
    /// `cf-error-type`, CloudFront's own 502 to 504, `Proxy-Status` with an error (RFC 9209), errors of Akamai, Fastly,
    /// Azure Front Door and Vercel by their headers or bodies. For each: what the code means, and whether the home server
    /// or the CDN's configuration is at fault.
    ///
    /// For the page itself, scripts, style sheets and data requests it is serious, else a warning.
    ///
    /// ## Why it matters
    /// What failed is missing from the page. The code tells whom to ask.
    ///
    /// ## How to fix it
    /// - 521, 522, 523: is the origin up, and does its firewall let the CDN's addresses in?
    /// - 520, 502, 504, 524: look for crashes, resets and slow answers in the origin's log at that minute.
    /// - 525, 526: repair the origin's certificate and TLS.
    /// - 530 with 1xxx: repair DNS, the tunnel or the Worker in the CDN's configuration.
    ///
    /// ## How savings are estimated
    /// None are claimed: the gain is that it works.
    ///
    /// ## When to ignore it
    /// Errors during a planned maintenance.
    ///
    /// ## References
    /// - [Cloudflare 5xx errors](https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors/)
    /// - [RFC 9209: Proxy-Status](https://www.rfc-editor.org/rfc/rfc9209)
    pub static CDN_ERROR = {
        id: "cdn-error",
        title: "Errors made by the CDN",
        topic: Topic::Errors,
        severity: Severity::Serious,
        owner: Owner::Origin,
        needs: [Missing::ResponseHeaders],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let mut failed = instead(load);
    failed.retain(|(_, instead)| instead.what == What::Failed);
    failed.arrange_by(|a, b| severity_of_missing(load, b.0).cmp(&severity_of_missing(load, a.0)).then(a.0.cmp(&b.0)));
    match failed.first() {
        Some(worst) => Outcome::found(finding(load, worst, &failed)),
        None if load.edges.iter().all(|edge| edge.status.is_none()) => {
            Outcome::NotApplicable("no response tells of a CDN in front of the server")
        }
        None => Outcome::Passed,
    }
}

fn finding(load: &PageLoad<'_>, worst: &(RequestId, Instead), failed: &[(RequestId, Instead)]) -> Finding {
    let (id, instead) = worst;
    let n_failed = Part::Counted(failed.len() as u64, "request", "requests");
    let side = match instead.side {
        Some(Side::Origin) => "at the site's own server",
        Some(Side::Edge) => "in the CDN's configuration, or with the CDN",
        None => "with the server or the CDN: it does not tell",
    };
    let fix = match instead.side {
        Some(Side::Origin) => message![
            "Look into the origin's log and firewall at that minute, and check that the CDN's addresses are let in; keep the \
             request's id for the CDN's support."
        ],
        _ => message![
            "Check the CDN's configuration (DNS, rules, code at the edge), and hand the request's id to its support."
        ],
    };
    let mut engineer = message![*id, ": "];
    engineer.0.extend(proof(load, *id, instead).0);
    engineer.0.extend(message!["; the fault is ", side, "."].0);
    Finding {
        severity: severity_of_missing(load, *id),
        owner: (instead.side == Some(Side::Edge)).then_some(Owner::Edge),
        customer: message![
            "For ",
            n_failed,
            " the CDN sent an error of its own instead of what was asked for: ",
            instead.meaning,
            ". The fault is ",
            side,
            "."
        ],
        engineer,
        fix,
        evidence: failed
            .iter()
            .map(|(id, instead)| Evidence { request: Some(*id), text: proof(load, *id, instead) })
            .collect(),
        savings: None,
    }
}

/// "status 522 from Cloudflare: the server behind it …".
fn proof(load: &PageLoad<'_>, id: RequestId, instead: &Instead) -> Message {
    let status = load.request(id).status().unwrap_or_default();
    let mut text = message!["status ", Part::Status(status)];
    if let Some(code) = instead.code.filter(|code| *code != u32::from(status)) {
        text.0.extend(message![", code ", u64::from(code)].0);
    }
    if let Some(name) = instead.told_by {
        text.0.extend(message![", ", Part::ResponseHeader(id, name)].0);
    }
    text.0.extend(message![": ", vendors::title(load.edge_of(id).layer), " says that ", instead.meaning].0);
    if let Some(name) = cdn_id(load, id) {
        text.0.extend(message!["; ", Part::ResponseHeader(id, name)].0);
    }
    text
}

/// The header with the id by which the CDN's support finds the request.
fn cdn_id(load: &PageLoad<'_>, id: RequestId) -> Option<&'static str> {
    let names = ["cf-ray", "x-amz-cf-id", "x-azure-ref", "x-vercel-id", "x-fastly-request-id", "x-nf-request-id"];
    names.into_iter().find(|name| load.request(id).response_header(name).next().is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::ResourceKind;
    use crate::recording::testing::Made;
    use crate::rules::testing::{check_rule, outcome};

    #[test]
    fn errors() {
        let ray = ("cf-ray", "8dd84d62cee41992-FRA");
        let made = |status: u16, kind: ResourceKind, header: (&str, &str)| {
            Made::page("https://shop.example/")
                .document(|r| r.response(ray.0, ray.1))
                .request("https://shop.example/api", |r| {
                    r.kind(kind).status(status).response(ray.0, ray.1).response(header.0, header.1)
                })
        };
        let none = ("date", "x");
        let Outcome::Found(found) = outcome(&CDN_ERROR, made(522, ResourceKind::Fetch, none)) else { panic!() };
        assert_eq!((found[0].severity, found[0].owner), (Severity::Serious, None));
        let worker = made(530, ResourceKind::Image, ("cf-error-type", "1101"));
        let Outcome::Found(found) = outcome(&CDN_ERROR, worker) else { panic!() };
        assert_eq!((found[0].severity, found[0].owner), (Severity::Warning, Some(Owner::Edge)));
        check_rule(&CDN_ERROR, made(502, ResourceKind::Fetch, none), "passed");
        check_rule(&CDN_ERROR, made(403, ResourceKind::Fetch, none), "passed");
        let page = Made::page("https://shop.example/").document(|r| r.status(521).response(ray.0, ray.1));
        let Outcome::Found(found) = outcome(&CDN_ERROR, page) else { panic!() };
        assert_eq!(found[0].severity, Severity::Serious);
        check_rule(&CDN_ERROR, Made::page("https://shop.example/").document(|r| r.status(502)), "not-applicable");
    }
}
