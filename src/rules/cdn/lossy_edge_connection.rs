//! `lossy-edge-connection`: the line between visitor and CDN lost packets or was slow by the accounts of both ends.

use crate::order::Arrange;
use crate::page_load::attribution::{RoundTrips, divide_wait, reasons};
use crate::page_load::{Owner, PageLoad, Throttling};
use crate::recording::{Missing, RequestId};
use crate::rules::cdn::is_alone;
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Evidence, Finding, Outcome, Severity, Topic};
use crate::units::Millis;

/// Packets. One or two are lost on any line now and then.
const SEVERAL: u64 = 3;

/// Packets of one connection from which it is a warning: a loss of a hundredth halves what TCP carries over far ways,
/// and a page needs about a thousand packets.
const MANY: u64 = 10;

/// Requests on which the line must have been slow: one may have waited for its turn.
const FEWEST: usize = 3;

/// Milliseconds beyond two round trips that an answer may be on its way without cause for doubt: rounding, slow start,
/// the order in which the connection carries answers.
const SLACK: Millis = Millis(50.0);

declare_rule! {
    /// ## In plain words
    /// Neither the CDN nor the home server took the time: it passed on the line between the visitor and the CDN, which
    /// lost data or was slow.
    ///
    /// ## What it finds
    /// A connection on which the CDN counted three or more packets as lost or sent again (Cloudflare's `cfL4`), or three
    /// or more answers, each alone on its way, for which the CDN and the origin tell what they took, and of which the rest
    /// is more than two round trips and 50 ms.
    ///
    /// ## Why it matters
    /// Nothing on the servers makes this better, and measuring them would mislead.
    ///
    /// ## How to fix it
    /// Record again on another line (cable instead of Wi-Fi, without VPN). If many visitors of one provider see it, hand
    /// the request ids to the CDN's support. HTTP/3 suffers less from loss.
    ///
    /// ## How savings are estimated
    /// None are claimed: the line is not the site's.
    ///
    /// ## When to ignore it
    /// If the recording was made on a weak line on purpose.
    ///
    /// ## References
    /// - [Cloudflare: Server-Timing with cfL4](https://blog.cloudflare.com/tag/performance/)
    /// - [RFC 9002: loss detection in QUIC](https://www.rfc-editor.org/rfc/rfc9002)
    pub static LOSSY_EDGE_CONNECTION = {
        id: "lossy-edge-connection",
        title: "A bad line between visitor and CDN",
        topic: Topic::Cdn,
        severity: Severity::Warning,
        owner: Owner::Network,
        needs: [Missing::ResponseHeaders],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let round_trips = RoundTrips::of(load);
    let mut n_told: u64 = 0;
    let mut lost: Option<(u64, RequestId)> = None;
    let mut slow: Vec<(Millis, RequestId)> = Vec::new();
    for (request, resource) in load.network() {
        let (id, edge) = (request.id(), load.edge_of(request.id()));
        if let Some(packets) = edge.lost_packets {
            n_told += 1;
            lost = lost.max(Some((packets, id)));
        }
        let Some(wait) = request.phases().wait.filter(|_| edge.edge_time.is_some()) else { continue };
        n_told += 1;
        let pieces = divide_wait(load, &round_trips, request, wait);
        let of = |why: &str| pieces.iter().filter(|piece| piece.why == why).map(|piece| piece.time).sum::<Millis>();
        let line = of(reasons::LINE);
        // Answers beside others may have waited for their turn on the line.
        if of(reasons::TRAVEL) + SLACK < line && is_alone(load, request, resource) {
            slow.push((line, id));
        }
    }
    if n_told == 0 {
        return Outcome::NotApplicable("no CDN tells of its connections or its own time");
    }
    let lost = lost.filter(|(packets, _)| SEVERAL <= *packets);
    // Throttling holds answers back as a slow line does.
    let is_slow = FEWEST <= slow.len() && !matches!(load.throttling, Throttling::Yes(_));
    if lost.is_none() && !is_slow {
        return Outcome::Passed;
    }
    slow.arrange_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut evidence = Vec::new();
    let mut engineer = message![];
    if let Some((packets, id)) = lost {
        let text =
            message![Part::Counted(packets, "packet", "packets"), " of its connection lost or sent again so far"];
        evidence.push(Evidence { request: Some(id), text: text.clone() });
        engineer.0.extend(message![id, ": "].0);
        engineer.0.extend(text.0);
        engineer.0.extend(message![", by the edge's own counters."].0);
    }
    if let Some((longest, id)) = slow.first().copied().filter(|_| is_slow) {
        if lost.is_some() {
            engineer.0.push(Part::Text(" "));
        }
        let n_slow = Part::Counted(slow.len() as u64, "answer", "answers");
        engineer.0.extend(message![n_slow, " on the way for longer than two round trips; ", id, " ", longest, "."].0);
        evidence.extend(slow.iter().map(|(line, id)| Evidence {
            request: Some(*id),
            text: message![
                Part::ResponseHeader(*id, "server-timing"),
                ": ",
                *line,
                " more than the round trip and what both ends say they took"
            ],
        }));
    }
    Outcome::found(Finding {
        severity: if lost.is_some_and(|(packets, _)| MANY <= packets) { Severity::Warning } else { Severity::Notice },
        owner: None,
        customer: message![
            "Part of the delay arose on the line between the visitor and the CDN, not at either end of it."
        ],
        engineer,
        fix: message![
            "Record again on another line, without VPN and Wi-Fi. If many visitors see it, hand the request ids to the \
             CDN's support; HTTP/3 suffers less from loss."
        ],
        evidence,
        savings: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::Made;
    use crate::rules::testing::check_rule;

    fn made(n: usize, wait: f64, said: &str) -> Made {
        (0..n).fold(Made::page("https://shop.example/"), |made, at| {
            made.request(&format!("https://shop.example/{at}"), |r| {
                let r = r.start(1000.0 * at as f64).set_up(0.0, 20.0, 20.0).wait(wait).response("cf-ray", "1-FRA");
                r.response("cf-cache-status", "HIT").response("server-timing", said)
            })
        })
    }

    #[test]
    fn lines() {
        let lost = |n| format!("cfL4;desc=\"?proto=TCP&rtt=20000&lost={n}&retrans=1\"");
        check_rule(&LOSSY_EDGE_CONNECTION, made(1, 30.0, &lost(3)), "found");
        check_rule(&LOSSY_EDGE_CONNECTION, made(1, 30.0, &lost(2)), "passed");
        check_rule(&LOSSY_EDGE_CONNECTION, made(3, 110.0, "cfEdge;dur=5"), "found");
        check_rule(&LOSSY_EDGE_CONNECTION, made(2, 110.0, "cfEdge;dur=5"), "passed");
        check_rule(&LOSSY_EDGE_CONNECTION, made(3, 94.0, "cfEdge;dur=5"), "passed");
        check_rule(&LOSSY_EDGE_CONNECTION, made(3, 110.0, "db;dur=5"), "not-applicable");
        let unknown = made(3, 110.0, "cfEdge;dur=5").without(Missing::ResponseHeaders);
        check_rule(&LOSSY_EDGE_CONNECTION, unknown, "not-checked");
    }
}
