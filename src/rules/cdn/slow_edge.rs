//! `slow-edge`: the CDN itself took long, although it did not have to wait for the origin.

use crate::order::Arrange;
use crate::page_load::{Owner, PageLoad};
use crate::recording::{Missing, RequestId};
use crate::rules::cdn::is_alone;
use crate::rules::rule::declare_rule;
use crate::rules::server_time::ServerTimes;
use crate::rules::text::{Part, message};
use crate::rules::vendors;
use crate::rules::{Evidence, Finding, Message, Method, Outcome, Savings, Severity, Topic, gain};
use crate::units::Millis;

/// Milliseconds of an edge's own work, by its own account. Edges answer in some 10 to 30 ms.
const SLOW_WORK: Millis = Millis(100.0);

/// Milliseconds beyond a round trip for an answer from the edge's cache, where it gives no account.
const SLOW_HIT: Millis = Millis(200.0);

declare_rule! {
    /// ## In plain words
    /// The server nearby (the CDN's edge) had what was asked for, or needed nothing from the home server, and still took
    /// long to answer.
    ///
    /// ## What it finds
    /// Responses of the site's own for which the edge says that its own work, or the site's code running there, took
    /// 100 ms or more (`cfEdge`, `cfWorker`, `edge;dur`); and answers from its cache that took 200 ms more than a round
    /// trip while nothing else of the same host was under way. Answers beside others are not told: then the line or the
    /// browser may have held them up.
    ///
    /// ## Why it matters
    /// The edge is there to answer at once. What it spends on firewall rules, code or image conversion comes on top of
    /// every request.
    ///
    /// ## How to fix it
    /// - Make code at the edge (Workers, functions) faster, or run it only where it is needed.
    /// - Convert images once and keep the results.
    /// - Review rules of the firewall and bot detection; ask the vendor's support with the request's id.
    ///
    /// ## How savings are estimated
    /// At most the edge's time of the slowest of them that was over before the main milestone; at least nothing.
    ///
    /// ## When to ignore it
    /// Once, after a deployment at the edge (a cold start).
    ///
    /// ## References
    /// - [Cloudflare: Server-Timing and Workers](https://developers.cloudflare.com/workers/platform/limits/)
    /// - [Server Timing](https://www.w3.org/TR/server-timing/)
    pub static SLOW_EDGE = {
        id: "slow-edge",
        title: "The CDN was slow by itself",
        topic: Topic::Cdn,
        severity: Severity::Warning,
        owner: Owner::Edge,
        needs: [Missing::ResponseHeaders, Missing::Phases],
        since: "0.1.0",
        check: check,
    }
}

struct Slow {
    id: RequestId,
    time: Millis,
    text: Message,
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let times = ServerTimes::of(load);
    let mut n_meant: u64 = 0;
    let mut slow = Vec::new();
    for (request, resource) in load.network() {
        let edge = load.edge_of(request.id());
        if gain::is_third_party(resource) || edge.status.is_none() || edge.vendor.is_none() {
            continue;
        }
        let Some(wait) = request.phases().wait else { continue };
        n_meant += 1;
        let id = request.id();
        let line = || Part::ResponseHeader(id, "server-timing");
        let within = |time: &Millis| SLOW_WORK <= *time && *time <= wait;
        if let Some(time) = edge.worker_time.filter(within) {
            slow.push(Slow { id, time, text: message![line(), ": ", time, " in the site's own code at the edge"] });
        } else if let Some(time) = edge.edge_time.filter(within) {
            slow.push(Slow { id, time, text: message![line(), ": ", time, " of the edge's own work"] });
        } else if edge.asked_origin == Some(false) && edge.edge_time.is_none() && is_alone(load, request, resource) {
            let told = edge.told_by.map(|name| Part::ResponseHeader(id, name));
            let time = times.divide(load, request).map(|time| time.server).filter(|time| SLOW_HIT <= *time);
            if let (Some(told), Some(time)) = (told, time) {
                slow.push(Slow { id, time, text: message![told, ": ", time, " beyond a round trip"] });
            }
        }
    }
    slow.arrange_by(|a, b| b.time.total_cmp(&a.time).then(a.id.cmp(&b.id)));
    match slow.first() {
        Some(worst) => Outcome::found(finding(load, worst, &slow)),
        None if n_meant == 0 => Outcome::NotApplicable("no response tells of a CDN in front of the server"),
        None => Outcome::Passed,
    }
}

fn finding(load: &PageLoad<'_>, worst: &Slow, slow: &[Slow]) -> Finding {
    let n_slow = slow.len() as u64;
    let main = load.milestones.main();
    let before = |slow: &&Slow| main.is_some_and(|(_, at)| load.span(slow.id).is_some_and(|span| span.end <= at.ms));
    let most = slow.iter().filter(before).map(|slow| slow.time).max_by(Millis::total_cmp);
    Finding {
        severity: Severity::Warning,
        owner: None,
        customer: message![
            "The CDN itself took up to ",
            worst.time,
            " for ",
            Part::Counted(n_slow, "answer", "answers"),
            ", without waiting for the home server."
        ],
        engineer: message![
            Part::Counted(n_slow, "response", "responses"),
            " with slow work at the edge of ",
            vendors::title(load.edge_of(worst.id).layer),
            "; ",
            worst.id,
            ": ",
            worst.time,
            "."
        ],
        fix: message![
            "Look at what runs at the edge for these paths: code, firewall and bot rules, image conversion. Ask the \
             vendor's support with the id of the slowest request."
        ],
        evidence: slow.iter().map(|slow| Evidence { request: Some(slow.id), text: slow.text.clone() }).collect(),
        savings: main.zip(most).map(|((metric, _), most)| Savings {
            milestone: Some(metric),
            ms: (Millis::ZERO, most),
            bytes: Default::default(),
            method: Method::Bound,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::{Made, MadeRequest};
    use crate::rules::testing::check_rule;

    fn hit(request: MadeRequest<'_>, wait: f64) -> MadeRequest<'_> {
        request.set_up(0.0, 20.0, 20.0).wait(wait).response("cf-ray", "1-FRA").response("cf-cache-status", "HIT")
    }

    #[test]
    fn accounts_and_quiet_hits() {
        let page = || Made::page("https://shop.example/");
        let check = |made, expected| check_rule(&SLOW_EDGE, made, expected);
        check(page().document(|r| hit(r, 220.0)), "found");
        check(page().document(|r| hit(r, 219.0)), "passed");
        let account = |said: &str, wait| page().document(|r| hit(r, wait).response("server-timing", said));
        check(account("cfEdge;dur=100", 130.0), "found");
        check(account("cfEdge;dur=10, cfWorker;dur=150", 180.0), "found");
        // It says itself that it was not the edge.
        check(account("cfEdge;dur=5", 800.0), "passed");
        check(account("cfEdge;dur=900", 130.0), "passed");
        let beside =
            page().document(|r| hit(r, 220.0)).request("https://shop.example/a.js", |r| r.start(100.0).wait(500.0));
        check(beside, "passed");
        check(page().document(|r| r.wait(900.0)), "not-applicable");
        check(page().document(|r| hit(r, 900.0)).without(Missing::Phases), "not-checked");
    }
}
