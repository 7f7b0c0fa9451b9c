//! `slow-download`: a body that took long to arrive because its bytes came slowly.

use crate::order::Arrange;
use crate::page_load::{Metric, Owner, PageLoad, downloads};
use crate::recording::{Missing, Priority, RenderBlocking, RequestId, ResourceKind};
use crate::rules::gain;
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Evidence, Finding, Method, Outcome, Savings, Severity, Topic};
use crate::units::{Bytes, Millis, TimeSpan};

/// Receiving took at least this long.
const LONG: Millis = Millis(500.0);

/// Smaller bodies are sent in one flight; their receive time is the server's or the browser's doing.
const LARGE: Bytes = Bytes::kib(30);

/// Bytes a second below which a download counts as slow: 1.6 Mbit/s, DevTools' and Lighthouse's "Slow 4G".
const SLOW_RATE: f64 = 200_000.0;

/// From this receive time on it is a warning: a second is where attention begins to wander (RAIL).
const WARNING: Millis = Millis(1_000.0);
/// From this receive time on it is serious: Google calls an LCP within 2.5 s good, and this is one file alone.
const SERIOUS: Millis = Millis(2_500.0);

/// Another response this many times faster shows that the line could carry more: then it is the server.
const FASTER: f64 = 3.0;

/// Bodies below this say nothing about the speed of the line: they came in one flight.
const TELLING: Bytes = Bytes::kib(20);

/// No receive time is measured shorter than the clock and the browser's own buffering allow.
const SHORTEST: Millis = Millis(1.0);

declare_rule! {
    /// ## In plain words
    /// Some large files trickled in. Either the visitor's line is slow, or the server sends slowly; comparing with the
    /// other files of the same visit tells which.
    ///
    /// ## What it finds
    /// Responses of 30 KiB or more whose body took half a second or longer to arrive, at less than 1.6 Mbit/s. If other
    /// responses of the load came at least three times as fast, the sender is named; else the line.
    ///
    /// ## Why it matters
    /// The time is receive time: the server had answered and the bytes were on their way. Fewer bytes, or fewer
    /// rivals for the line, help in any case.
    ///
    /// ## How to fix it
    /// Send fewer bytes (smaller pictures, better compression), let important files go first (`fetchpriority`, fewer
    /// preloads), and do not load at once what is not visible. If one host alone is slow: a CDN near the visitor, a
    /// server that does not throttle, no proxy that reads the whole body first, and a look at its connection settings
    /// (congestion control, initial window).
    ///
    /// ## How savings are estimated
    /// Between none and the receive time beyond what the same bytes would take at 1.6 Mbit/s, for the slowest file.
    /// If the whole line was slow, that time can only be saved with fewer bytes.
    ///
    /// ## When to ignore it
    /// Media that plays while it arrives, downloads the user asked for, answers that are produced bit by bit on purpose,
    /// and recordings with an artificially slowed line.
    ///
    /// ## References
    /// - [Chrome: network timing, "Content Download"](https://developer.chrome.com/docs/devtools/network/reference#timing-explanation)
    /// - [web.dev: Optimize resource load duration](https://web.dev/articles/optimize-lcp#3_reduce_resource_load_duration)
    /// - [web.dev: Fetch priority](https://web.dev/articles/fetch-priority)
    pub static SLOW_DOWNLOAD = {
        id: "slow-download",
        title: "Files that arrived slowly",
        topic: Topic::Transfer,
        severity: Severity::Serious,
        owner: Owner::Network,
        needs: [Missing::Phases, Missing::TransferSizes],
        since: "0.1.0",
        check: check,
    }
}

struct Slow {
    id: RequestId,
    sent: Bytes,
    span: TimeSpan,
    /// Other files in flight meanwhile.
    n_rivals: u64,
    /// Bytes a second of all bodies together meanwhile.
    line_rate: f64,
    /// Whether the first render or the largest content waited for it.
    matters: bool,
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let mut bodies = Vec::new();
    let mut fastest = 0.0_f64;
    let mut slow = Vec::new();
    for (request, resource) in load.network() {
        let (Some(sent), Some(span)) = (downloads::sent_bytes(request), downloads::receive_span(load, request)) else {
            continue;
        };
        let is_stream = matches!(
            resource.kind,
            ResourceKind::Media | ResourceKind::EventSource | ResourceKind::WebSocket | ResourceKind::Document
        );
        if !downloads::is_download(request) {
            continue;
        }
        bodies.push((span, sent));
        let rate = rate(sent, span.duration());
        if TELLING <= sent {
            fastest = fastest.max(rate);
        }
        if !is_stream && LARGE <= sent && LONG <= span.duration() && rate < SLOW_RATE {
            let blocks = resource.blocking.is_some_and(|found| found.how == RenderBlocking::Blocking);
            let is_image = resource.kind == ResourceKind::Image;
            let in_view = is_image && matches!(request.priority(), Some(Priority::High | Priority::VeryHigh));
            let matters = blocks || request.is_lcp() || in_view;
            slow.push(Slow { id: request.id(), sent, span, n_rivals: 0, line_rate: 0.0, matters });
        }
    }
    if bodies.is_empty() {
        return Outcome::NotApplicable("no body came over the network");
    }
    if slow.is_empty() {
        return Outcome::Passed;
    }
    measure_line(&mut slow, &bodies);
    slow.arrange_by(|a, b| b.span.duration().total_cmp(&a.span.duration()));
    Outcome::found(finding(load, &slow, fastest))
}

fn rate(sent: Bytes, receive: Millis) -> f64 {
    sent.0 as f64 * 1_000.0 / receive.max(SHORTEST).0
}

/// For each slow body: how many others were in flight meanwhile, and what all together brought in that time.
fn measure_line(slow: &mut [Slow], bodies: &[(TimeSpan, Bytes)]) {
    let mut starts: Vec<_> = bodies.iter().map(|(span, _)| span.start).collect();
    let mut ends: Vec<_> = bodies.iter().map(|(span, _)| span.end).collect();
    starts.arrange_by(Millis::total_cmp);
    ends.arrange_by(Millis::total_cmp);
    let arrived = Arrived::of(bodies);
    for one in slow {
        let begun = starts.partition_point(|start| *start < one.span.end);
        let over = ends.partition_point(|end| *end <= one.span.start);
        one.n_rivals = begun.saturating_sub(over).saturating_sub(1) as u64;
        let bytes = arrived.until(one.span.end) - arrived.until(one.span.start);
        one.line_rate = bytes * 1_000.0 / one.span.duration().max(SHORTEST).0;
    }
}

/// Bytes of all bodies that had arrived by a time, each body spread evenly over its receive phase.
struct Arrived(Vec<Corner>);

/// Where the rate changes: from `at` on, with `bytes` arrived before, `rate` bytes a millisecond arrive.
struct Corner {
    at: Millis,
    bytes: f64,
    rate: f64,
}

impl Arrived {
    fn of(bodies: &[(TimeSpan, Bytes)]) -> Self {
        let mut changes: Vec<(Millis, f64)> = Vec::with_capacity(bodies.len() * 2);
        for (span, sent) in bodies {
            let rate = sent.0 as f64 / span.duration().max(SHORTEST).0;
            changes.push((span.start, rate));
            changes.push((span.start + span.duration().max(SHORTEST), -rate));
        }
        changes.arrange_by(|a, b| a.0.total_cmp(&b.0));
        let mut corners: Vec<Corner> = Vec::with_capacity(changes.len());
        for (at, change) in changes {
            let (bytes, rate) =
                corners.last().map_or((0.0, 0.0), |last| (last.bytes + last.rate * (at - last.at).0, last.rate));
            corners.push(Corner { at, bytes, rate: rate + change });
        }
        Self(corners)
    }

    fn until(&self, at: Millis) -> f64 {
        let n = self.0.partition_point(|corner| corner.at <= at);
        let last = n.checked_sub(1).and_then(|n| self.0.get(n));
        last.map_or(0.0, |last| last.bytes + last.rate * (at - last.at).0)
    }
}

fn finding(load: &PageLoad<'_>, slow: &[Slow], fastest: f64) -> Finding {
    let longest = slow.first().map_or(Millis::ZERO, |one| one.span.duration());
    let best_slow = slow.iter().map(|one| rate(one.sent, one.span.duration())).fold(0.0, f64::max);
    // The line was busy with other files, and fast: then this one stood back, which is what priorities are for.
    let stood_back = |one: &Slow| 0 < one.n_rivals && SLOW_RATE * FASTER <= one.line_rate && !one.matters;
    let rivals_explain = slow.iter().all(|one| 0 < one.n_rivals);
    let line_can_more = best_slow * FASTER <= fastest && !rivals_explain;
    let owner = match line_can_more {
        true => gain::owner_of(load, slow.iter().map(|one| one.id)).unwrap_or(Owner::Origin),
        false => Owner::Network,
    };
    let gained = slow.iter().map(|one| one.span.duration() - Millis(one.sent.0 as f64 * 1_000.0 / SLOW_RATE));
    let most = gained.fold(Millis::ZERO, Millis::max);
    let felt =
        slow.iter().filter(|one| !stood_back(one)).map(|one| one.span.duration()).fold(Millis::ZERO, Millis::max);
    let severity = match felt {
        felt if SERIOUS <= felt => Severity::Serious,
        felt if WARNING <= felt => Severity::Warning,
        _ => Severity::Notice,
    };
    let files = Part::Counted(slow.len() as u64, "file", "files");
    let why = match (line_can_more, rivals_explain) {
        (true, _) => "other files came much faster, so it is the sender, not the visitor's line",
        (false, true) => "they shared the line with other files",
        (false, false) => "nothing in this load came much faster, which points to the line",
    };
    let evidence = slow.iter().map(|one| {
        let mut text = message![
            one.sent,
            " in ",
            one.span.duration(),
            ", ",
            Bytes(rate(one.sent, one.span.duration()) as u64),
            " a second"
        ];
        if 0 < one.n_rivals {
            text.0
                .extend(message![", with ", Part::Counted(one.n_rivals, "other file", "other files"), " in flight"].0);
        }
        Evidence { request: Some(one.id), text }
    });
    Finding {
        severity,
        owner: Some(owner),
        customer: message![files.clone(), " arrived slowly, the slowest within ", longest, ": ", why, "."],
        engineer: message![
            files,
            " of ",
            LARGE,
            " or more came at less than 1.6 Mbit/s, the longest receive phase is ",
            longest,
            "; ",
            why,
            "."
        ],
        fix: match owner {
            Owner::Network => message!["Send fewer bytes before the page is usable, and the important ones first."],
            _ => message!["Serve these files from a faster server or a CDN, and make them smaller."],
        },
        evidence: evidence.collect(),
        savings: Some(Savings {
            milestone: load.milestones.load.filter(|_| Millis::ZERO < most).map(|_| Metric::Load),
            ms: (Millis::ZERO, most),
            bytes: Bytes(0),
            method: Method::Bound,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::Made;
    use crate::rules::testing::{check_rule, outcome};

    fn image(bytes: u64, receive: f64) -> Made {
        Made::page("https://shop.example/").request("https://img.example/hero.jpg", |r| {
            r.kind(ResourceKind::Image).start(50.0).wait(30.0).receive(receive).bytes(bytes, bytes, bytes)
        })
    }

    #[test]
    fn slow_and_near_misses() {
        check_rule(&SLOW_DOWNLOAD, image(221_555, 1_580.0), "found");
        check_rule(&SLOW_DOWNLOAD, image(221_555, 400.0), "passed");
        check_rule(&SLOW_DOWNLOAD, image(2_215_550, 1_580.0), "passed");
        check_rule(&SLOW_DOWNLOAD, image(9_000, 1_580.0), "passed");
        check_rule(&SLOW_DOWNLOAD, Made::page("https://shop.example/"), "not-applicable");
        check_rule(&SLOW_DOWNLOAD, image(221_555, 1_580.0).without(Missing::Phases), "not-checked");
    }

    #[test]
    fn what_stood_back_on_a_fast_line_is_a_notice() {
        let mut made = Made::page("https://shop.example/").request("https://cdn.example/a.js", |r| {
            r.kind(ResourceKind::Script).start(0.0).wait(10.0).receive(3_000.0).bytes(50_000, 50_000, 50_000)
        });
        for n in 0..3_u32 {
            made = made.request(&format!("https://shop.example/{n}.bin"), |r| {
                let at = 1_000.0 * f64::from(n);
                r.kind(ResourceKind::Image).start(at).wait(10.0).receive(990.0).bytes(1_000_000, 1_000_000, 1_000_000)
            });
        }
        match outcome(&SLOW_DOWNLOAD, made) {
            Outcome::Found(findings) => assert_eq!(findings[0].severity, Severity::Notice),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn bytes_that_had_arrived() {
        let span = |start, end| TimeSpan { start: Millis(start), end: Millis(end) };
        let arrived = Arrived::of(&[(span(0.0, 100.0), Bytes(1_000)), (span(50.0, 150.0), Bytes(2_000))]);
        for (at, bytes) in [(0.0, 0.0), (50.0, 500.0), (100.0, 2_000.0), (150.0, 3_000.0), (999.0, 3_000.0)] {
            assert!((arrived.until(Millis(at)) - bytes).abs() < 1e-6, "{at}");
        }
    }

    #[test]
    fn a_fast_file_beside_a_slow_one_puts_it_on_the_sender() {
        let owner = |made| match outcome(&SLOW_DOWNLOAD, made) {
            Outcome::Found(findings) => findings[0].owner,
            other => panic!("{other:?}"),
        };
        assert_eq!(owner(image(221_555, 1_580.0)), Some(Owner::Network));
        let with_fast = image(221_555, 1_580.0).request("https://shop.example/app.js", |r| {
            r.kind(ResourceKind::Script).receive(20.0).bytes(90_000, 90_000, 90_000)
        });
        assert_eq!(owner(with_fast), Some(Owner::Origin));
    }
}
