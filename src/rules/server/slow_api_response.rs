//! `slow-api-response`: calls of the page's scripts that the server was slow to answer.

use crate::order::Arrange;
use crate::page_load::{Owner, PageLoad, Party, Resource};
use crate::recording::{Missing, Request};
use crate::rules::gain;
use crate::rules::rule::declare_rule;
use crate::rules::server_time::{self, ServerTime, ServerTimes};
use crate::rules::text::{Part, message};
use crate::rules::{Finding, Method, Outcome, Savings, Severity, Topic};
use crate::units::Millis;

/// Milliseconds of server time. Above this people notice that the machine lets them wait (Doherty and Thadani, 1982).
const SLOW: Millis = Millis(400.0);

/// Milliseconds. Above this people's train of thought is interrupted (Nielsen, Usability Engineering, 1993).
const VERY_SLOW: Millis = Millis(1_000.0);

/// Milliseconds. Worth a notice.
const NOTICEABLE: Millis = Millis(300.0);

/// Milliseconds. A longer wait is a long poll: the server answers when there is news, not when it is ready. Common
/// long polls last 20 to 60 s (Socket.IO pings every 25 s); gateways give up on slow answers after 30 to 60 s.
const LONG_POLL: Millis = Millis(20_000.0);

declare_rule! {
    /// ## In plain words
    /// The page asked a server for data while it was being shown or used, and had to wait for the answer: lists that
    /// stay empty, spinners that keep turning.
    ///
    /// ## What it finds
    /// `fetch` and XHR requests whose waiting time, less one round trip to their host, is 300 ms or more. From 400 ms
    /// on it is a warning, from one second on serious. Error answers, long polls (20 s and more), and calls of
    /// advertising and measuring companies do not count.
    ///
    /// ## Why it matters
    /// What the call brings cannot be shown earlier. If it is needed for the first view, the wait adds to the page
    /// load; later it adds to every click that needs it.
    ///
    /// ## How to fix it
    /// - Measure the call on the server (`Server-Timing`), cache its result, add the missing index.
    /// - Put data that the first view needs into the HTML, or start the call early
    ///   (`<link rel=preload as=fetch crossorigin>`), so that it does not wait for scripts.
    /// - Answer with what is at hand and load the slow part afterwards.
    ///
    /// ## How savings are estimated
    /// An upper bound: the server time beyond 300 ms of the slowest call that was over before the main milestone. The
    /// recording does not tell whether the milestone waited for it, so the lower bound is nothing.
    ///
    /// ## When to ignore it
    /// Calls that prepare something for later, exports and searches that are known to take long, answers that wait
    /// for an event on purpose.
    ///
    /// ## References
    /// - [Response time limits](https://www.nngroup.com/articles/response-times-3-important-limits/)
    /// - [Server Timing](https://www.w3.org/TR/server-timing/)
    /// - [rel=preload for fetch](https://developer.mozilla.org/en-US/docs/Web/HTML/Attributes/rel/preload)
    pub static SLOW_API_RESPONSE = {
        id: "slow-api-response",
        title: "Data requests were answered slowly",
        topic: Topic::Server,
        severity: Severity::Serious,
        owner: Owner::Origin,
        needs: [Missing::Phases],
        since: "0.1.0",
        check: check,
    }
}

struct Call<'a> {
    request: Request<'a>,
    time: ServerTime,
    owner: Owner,
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let times = ServerTimes::of(load);
    let mut n_calls = 0;
    let mut slow = Vec::new();
    for (request, resource) in load.network() {
        if !server_time::is_api_call(resource.kind) || gain::is_background(resource) {
            continue;
        }
        if request.status().is_some_and(|status| 400 <= status || (300..=308).contains(&status)) {
            continue;
        }
        let Some(time) = times.divide(load, request).filter(|time| time.wait < LONG_POLL) else { continue };
        n_calls += 1;
        if NOTICEABLE <= time.server {
            slow.push(Call { request, time, owner: owner(time, resource) });
        }
    }
    slow.arrange_by(|a, b| b.time.server.total_cmp(&a.time.server));
    match slow.first() {
        Some(slowest) => Outcome::found(finding(load, slowest, &slow)),
        None if n_calls == 0 => Outcome::NotApplicable("the page asked no server for data"),
        None => Outcome::Passed,
    }
}

fn owner(time: ServerTime, resource: &Resource<'_>) -> Owner {
    match (resource.party, resource.entity) {
        (Party::Third, Some(entity)) if !entity.hosts_for_others() => Owner::ThirdParty,
        _ => time.owner,
    }
}

fn finding(load: &PageLoad<'_>, slowest: &Call<'_>, slow: &[Call<'_>]) -> Finding {
    let severity = match slowest.time.server {
        server if VERY_SLOW <= server => Severity::Serious,
        server if SLOW <= server => Severity::Warning,
        _ => Severity::Notice,
    };
    let mut evidence = Vec::new();
    for call in slow {
        evidence.push(server_time::evidence(call.request.id(), call.time));
        evidence.extend(server_time::account(call.request));
    }
    Finding {
        severity,
        owner: (slowest.owner != Owner::Origin).then_some(slowest.owner),
        customer: message![
            "The page asked a server for data, and the slowest answer took it ",
            slowest.time.server,
            ". What the data is for could not be shown before."
        ],
        engineer: message![
            Part::Counted(slow.len() as u64, "data request", "data requests"),
            " took the server ",
            NOTICEABLE,
            " or more; the slowest, ",
            slowest.request.id(),
            ", waited ",
            slowest.time.wait,
            "."
        ],
        fix: message![
            "Make the slowest calls faster on the server (",
            Part::Code("Server-Timing"),
            " shows where their time goes), start them earlier, or send their data with the page."
        ],
        evidence,
        savings: savings(load, slow),
    }
}

fn savings(load: &PageLoad<'_>, slow: &[Call<'_>]) -> Option<Savings> {
    let (metric, at) = load.milestones.main()?;
    let before = |call: &&Call<'_>| load.span(call.request.id()).is_some_and(|span| span.end <= at.ms);
    let most = slow.iter().filter(before).map(|call| call.time.server - NOTICEABLE).max_by(Millis::total_cmp)?;
    Some(Savings {
        milestone: Some(metric),
        ms: (Millis::ZERO, most.at_least_zero()),
        bytes: Default::default(),
        method: Method::Bound,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::ResourceKind;
    use crate::recording::testing::{Made, MadeRequest};
    use crate::rules::testing::{check_rule, outcome};

    fn call(url: &str, make: impl FnOnce(MadeRequest<'_>) -> MadeRequest<'_>) -> Made {
        Made::page("https://shop.example/")
            .document(|r| r)
            .request(url, |r| make(r.kind(ResourceKind::Fetch).start(500.0).set_up(1.0, 20.0, 20.0)))
            .milestones(|m| m.load = Some(Millis(2000.0)))
    }

    const API: &str = "https://api.shop.example/v1/list";

    #[test]
    fn slow_calls_are_found() {
        check_rule(&SLOW_API_RESPONSE, call(API, |r| r.wait(321.0)), "found");
        let Outcome::Found(found) = outcome(&SLOW_API_RESPONSE, call(API, |r| r.wait(620.0))) else { panic!() };
        assert_eq!(found[0].severity, Severity::Warning);
        assert_eq!(found[0].savings.map(|savings| savings.ms), Some((Millis::ZERO, Millis(300.0))));
    }

    #[test]
    fn near_misses() {
        check_rule(&SLOW_API_RESPONSE, call(API, |r| r.wait(319.0)), "passed");
        check_rule(&SLOW_API_RESPONSE, call(API, |r| r.wait(900.0).status(500)), "not-applicable");
        check_rule(&SLOW_API_RESPONSE, call(API, |r| r.wait(25_000.0)), "not-applicable");
        let beacon = "https://region1.google-analytics.com/g/collect";
        check_rule(&SLOW_API_RESPONSE, call(beacon, |r| r.wait(900.0)), "not-applicable");
        check_rule(&SLOW_API_RESPONSE, call(API, |r| r.wait(900.0).kind(ResourceKind::Image)), "not-applicable");
        check_rule(&SLOW_API_RESPONSE, call(API, |r| r.wait(900.0)).without(Missing::Phases), "not-checked");
    }

    #[test]
    fn the_slowest_comes_first() {
        let made = call(API, |r| r.wait(500.0)).request("https://shop.example/api/slower", |r| {
            r.kind(ResourceKind::Xhr).start(600.0).set_up(1.0, 20.0, 20.0).wait(1200.0)
        });
        let Outcome::Found(found) = outcome(&SLOW_API_RESPONSE, made) else { panic!() };
        assert_eq!(found[0].severity, Severity::Serious);
        let order: Vec<_> = found[0].evidence.iter().filter_map(|one| one.request).map(|id| id.0).collect();
        assert_eq!(order, [2, 1]);
    }
}
