//! `queued-behind-host-limit`: requests that waited in the browser for a free HTTP/1.1 connection.

use crate::order::Arrange;
use std::collections::BTreeMap;

use crate::page_load::connections::{SLOTS_PER_HOST, origin};
use crate::page_load::{Owner, PageLoad};
use crate::recording::{Missing, RequestId};
use crate::rules::gain;
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Evidence, Finding, Method, Outcome, Savings, Severity, Topic};
use crate::units::Millis;

/// Milliseconds of the longest wait. Shorter ones are turns that requests take, and no loss worth a word.
const SHORT: Millis = Millis(50.0);

/// Milliseconds of the longest wait. Below what people notice (Nielsen, 1993) it is a notice.
const NOTICEABLE: Millis = Millis(100.0);

/// Milliseconds of the longest wait. Half a second in which the browser could not even ask.
const LONG: Millis = Millis(500.0);

declare_rule! {
    /// ## In plain words
    /// Over the old version of HTTP the browser may ask one server for only six things at a time. Here more were needed,
    /// and the rest stood in line before they were even asked for.
    ///
    /// ## What it finds
    /// Requests over HTTP/1.1 that sat in the browser's queue while six other requests to the same host were under
    /// way. The time in which Chromium held a request back for its low priority is not counted. A host is told from 50 ms
    /// on for the longest wait; from 100 ms on it is a warning, from 500 ms on serious.
    ///
    /// ## Why it matters
    /// Files that wait in line come later, however fast server and line are. A slow answer holds its connection and
    /// delays all that stand behind it.
    ///
    /// ## How to fix it
    /// - Serve the host over HTTP/2 or HTTP/3: one connection carries all requests side by side. Most servers and all
    ///   CDNs need only a switch (and HTTPS).
    /// - Until then: fewer requests (lazy images, sprites, bundles) and shorter waits on the server.
    /// - Do not spread files over several host names; that costs new connections and spoils HTTP/2 later.
    ///
    /// ## How savings are estimated
    /// At most the longest wait among requests that were over before the load event; whether the line could have
    /// carried everything at once is not in the recording, so the lower bound is nothing.
    ///
    /// ## When to ignore it
    /// A development server on the own machine; images far below the first screen.
    ///
    /// ## References
    /// - [RFC 9113: HTTP/2](https://www.rfc-editor.org/rfc/rfc9113)
    /// - [Chromium's limit of six sockets](https://chromium.googlesource.com/chromium/src/+/main/net/socket/client_socket_pool_manager.cc)
    /// - [Queued and stalled requests](https://developer.chrome.com/docs/devtools/network/reference#timing-explanation)
    pub static QUEUED_BEHIND_HOST_LIMIT = {
        id: "queued-behind-host-limit",
        title: "Requests queued for a free connection",
        topic: Topic::Connections,
        severity: Severity::Serious,
        owner: Owner::Origin,
        needs: [Missing::Phases, Missing::Protocols, Missing::Dates],
        since: "0.1.0",
        check: check,
    }
}

/// The waits at one host, longest first.
type Waits = Vec<(RequestId, Millis)>;

fn check(load: &PageLoad<'_>) -> Outcome {
    let mut hosts: BTreeMap<String, Waits> = BTreeMap::new();
    for (request, time) in &load.connections.queued_for_slot {
        let host = load.resource(*request).and_then(|resource| resource.url.as_ref().and_then(origin));
        hosts.entry(host.unwrap_or_default()).or_default().push((*request, *time));
    }
    let mut hosts: Vec<Waits> = hosts.into_values().collect();
    for waits in &mut hosts {
        waits.arrange_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    }
    let longest = |waits: &Waits| waits.first().map_or(Millis::ZERO, |(_, time)| *time);
    hosts.arrange_by(|a, b| longest(b).total_cmp(&longest(a)));
    let findings: Vec<_> = hosts.iter().filter_map(|waits| finding(load, waits)).collect();
    if findings.is_empty() { Outcome::Passed } else { Outcome::Found(findings) }
}

fn finding(load: &PageLoad<'_>, waits: &Waits) -> Option<Finding> {
    let (worst, longest) = *waits.first().filter(|(_, time)| SHORT <= *time)?;
    let n_waits = waits.len() as u64;
    let severity = match longest {
        time if LONG <= time => Severity::Serious,
        time if NOTICEABLE <= time => Severity::Warning,
        _ => Severity::Notice,
    };
    let total: Millis = waits.iter().map(|(_, time)| *time).sum();
    Some(Finding {
        severity,
        owner: gain::owner_of(load, waits.iter().map(|(id, _)| *id)),
        customer: message![
            Part::Counted(n_waits, "file", "files"),
            " stood in line before the browser could ask for ",
            if n_waits == 1 { "it" } else { "them" },
            ", because the server speaks an old version of HTTP. The longest wait took ",
            longest,
            "."
        ],
        engineer: message![
            Part::Counted(n_waits, "request", "requests"),
            " to ",
            Part::Host(worst),
            " queued for one of ",
            SLOTS_PER_HOST as u64,
            " HTTP/1.1 connections, up to ",
            longest,
            " each, ",
            total,
            " together."
        ],
        fix: message!["Switch ", Part::Host(worst), " to HTTP/2 or HTTP/3, or ask it for fewer files."],
        evidence: waits.iter().map(|(id, time)| evidence(load, *id, *time)).collect(),
        savings: savings(load, waits),
    })
}

fn evidence(load: &PageLoad<'_>, id: RequestId, time: Millis) -> Evidence {
    let mut text = message!["queued for ", time];
    if let Some(protocol) = load.request(id).protocol() {
        text.0.extend(message![", then sent over ", protocol].0);
    }
    Evidence { request: Some(id), text }
}

fn savings(load: &PageLoad<'_>, waits: &Waits) -> Option<Savings> {
    let (metric, at) = load.milestones.main()?;
    let before = |id: RequestId| load.span(id).is_some_and(|span| span.end <= at.ms);
    let most = waits.iter().filter(|(id, _)| before(*id)).map(|(_, time)| *time).max_by(Millis::total_cmp)?;
    Some(Savings {
        milestone: Some(metric),
        ms: (Millis::ZERO, most),
        bytes: Default::default(),
        method: Method::Bound,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::Protocol;
    use crate::recording::testing::Made;
    use crate::rules::testing::{check_rule, outcome};

    /// `n` images at once over HTTP/1.1; from the seventh on each waits `queued` ms.
    fn gallery(n: u32, queued: f64) -> Made {
        let mut made = Made::page("https://shop.example/").document(|r| r);
        for at in 0..n {
            made = made.request(&format!("https://img.shop.example/{at}.jpg"), |r| {
                r.start(100.0).wait(if at < 6 { 900.0 } else { 50.0 }).change(|row| {
                    row.protocol = Some(Protocol::Http11);
                    row.phases.queued = (6 <= at).then_some(Millis(queued));
                })
            });
        }
        made.milestones(|m| m.load = Some(Millis(3000.0)))
    }

    #[test]
    fn the_longest_wait_decides() {
        for (queued, expected) in [(600.0, Severity::Serious), (150.0, Severity::Warning), (60.0, Severity::Notice)] {
            let Outcome::Found(found) = outcome(&QUEUED_BEHIND_HOST_LIMIT, gallery(8, queued)) else { panic!() };
            assert_eq!((found[0].severity, found[0].evidence.len()), (expected, 2));
            assert_eq!(found[0].savings.map(|savings| savings.ms.1), Some(Millis(queued)));
        }
    }

    #[test]
    fn near_misses() {
        check_rule(&QUEUED_BEHIND_HOST_LIMIT, gallery(6, 0.0), "passed");
        check_rule(&QUEUED_BEHIND_HOST_LIMIT, gallery(8, 40.0), "passed");
        let multiplexed = Made::page("https://shop.example/")
            .document(|r| r)
            .request("https://shop.example/a", |r| r.change(|row| row.phases.queued = Some(Millis(300.0))));
        check_rule(&QUEUED_BEHIND_HOST_LIMIT, multiplexed, "passed");
        check_rule(&QUEUED_BEHIND_HOST_LIMIT, gallery(8, 600.0).without(Missing::Phases), "not-checked");
    }
}
