//! Times: which phases there were, what they add up to, and when the request really began.

use crate::import::har::dialects::outcome;
use crate::import::har::dialects::{Producer, Seen};
use crate::import::har::problems::{self, Kind};
use crate::import::har::raw::{RawTimings, RawWebPageTest};
use crate::recording::Phases;
use crate::units::Millis;

/// Durations beyond this are overflows of clocks and counters.
const MAX_MILLIS: f64 = 86_400_000.0;
/// Sums of phases and totals agree if they differ by no more than this, or by 1 %: most tools round to whole ms.
const SUM_TOLERANCE_MILLIS: f64 = 1.5;
/// A duration shorter than its phases by more than this is put right, and told.
const SHORTFALL_MILLIS: f64 = 1.0;
/// A request of Chrome that is still under way gets an end of -1 on the clock of the machine, so its `blocked` becomes
/// minus the time since the machine started.
const IN_FLIGHT_BLOCKED_MILLIS: f64 = -1000.0;
/// Chrome's preflights get down to this by rounding. It is no sign of anything.
const ROUNDED_MILLIS: f64 = -1.0;
/// A connection that was ready longer before its request than this was opened ahead of it (preconnect), not for it.
const AHEAD_MILLIS: f64 = 100.0;

/// When a request was what.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(in crate::import::har) struct Timing {
    /// How much earlier than its `startedDateTime` the request began.
    pub(in crate::import::har) began_before: Millis,
    pub(in crate::import::har) duration: Option<Millis>,
    pub(in crate::import::har) phases: Phases,
    pub(in crate::import::har) held_back: Option<Millis>,
    pub(in crate::import::har) proxy: Option<Millis>,
    pub(in crate::import::har) worker_startup: Option<Millis>,
    pub(in crate::import::har) worker_response: Option<Millis>,
    pub(in crate::import::har) is_unfinished: bool,
}

/// Understands the times of an entry; `note` is told what was odd about them.
pub(in crate::import::har) fn of(seen: &Seen, note: &mut dyn FnMut(&'static Kind)) -> Timing {
    let raw = &seen.raw.timings;
    if is_in_flight(seen) {
        note(&problems::UNFINISHED);
        return Timing { is_unfinished: true, ..Timing::default() };
    }
    let mut phases = Phases {
        queued: phase(raw.blocked, note),
        dns: phase(raw.dns, note),
        connect: phase(raw.connect, note),
        tls: phase(raw.ssl, note),
        send: phase(raw.send, note),
        wait: phase(raw.wait, note),
        receive: phase(raw.receive, note),
    };
    let total = total(seen, note);
    drop_tls_of_plain_http(seen, &mut phases, note);
    split_tls_from_connect(seen, &mut phases, total);
    drop_send_that_repeats_blocked(seen, &mut phases, total);
    let mut timing = Timing {
        phases,
        held_back: phase(raw.blocked_queueing, &mut |_| {}),
        proxy: phase(raw.blocked_proxy, &mut |_| {}),
        worker_startup: between(raw.worker_start, raw.worker_ready),
        worker_response: between(raw.worker_fetch_start, raw.worker_settled),
        ..Timing::default()
    };
    undivide_failures(seen, &mut timing.phases, total);
    let sum = timing.phases.total();
    timing.duration = match total {
        Some(total) if total.0 + SHORTFALL_MILLIS < sum.0 => {
            if !adds_up_differently(seen) {
                note(&problems::SHORT_DURATION);
            }
            Some(sum)
        }
        Some(total) if seen.producer == Producer::Playwright && 0.0 < sum.0 => Some(playwright_total(total, raw, sum)),
        Some(total) => Some(total.max(sum)),
        None if is_divided(&timing.phases) => Some(sum),
        None => None,
    };
    if sum == Millis::ZERO && timing.duration.is_some_and(|total| 0.0 < total.0) {
        timing.phases = Phases::default();
    }
    add_chrome_har_queue(raw, &mut timing);
    if seen.producer == Producer::WebPageTest
        && let Some(own) = seen.raw.web_page_test.as_deref()
    {
        place_web_page_test_set_up(own, &mut timing, note);
    }
    let queued = timing.phases.queued;
    // Chrome tells of failures too how long it held them back, though not how the rest divides.
    let queued = if is_divided(&timing.phases) { queued } else { timing.duration };
    let within_queued = |part: Option<Millis>| part.and_then(|part| Some(part.min(queued?)));
    (timing.held_back, timing.proxy) = (within_queued(timing.held_back), within_queued(timing.proxy));
    timing
}

/// A recorded phase, if it is one: -1 is "does not apply".
fn phase(number: Option<f64>, note: &mut dyn FnMut(&'static Kind)) -> Option<Millis> {
    let number = number?;
    match number {
        -1.0 => None,
        _ if ROUNDED_MILLIS < number && number < 0.0 => None,
        _ if number < 0.0 => {
            note(&problems::NEGATIVE_PHASE);
            None
        }
        _ if MAX_MILLIS < number => {
            note(&problems::ABSURD_TIME);
            None
        }
        _ => Some(Millis(number)),
    }
}

fn total(seen: &Seen, note: &mut dyn FnMut(&'static Kind)) -> Option<Millis> {
    match seen.raw.time {
        Some(time) if MAX_MILLIS < time => {
            note(&problems::ABSURD_TIME);
            None
        }
        Some(time) if 0.0 <= time => Some(Millis(time)),
        _ => {
            note(&problems::BAD_DURATION);
            None
        }
    }
}

fn between(start: Option<f64>, end: Option<f64>) -> Option<Millis> {
    let (start, end) = (start.filter(|start| 0.0 <= *start)?, end?);
    (start <= end && end - start <= MAX_MILLIS).then_some(Millis(end - start))
}

fn is_divided(phases: &Phases) -> bool {
    *phases != Phases::default()
}

/// Still under way when the recording ended. Chrome: no status, no error, no time, `blocked` far below zero.
/// Firefox: `timings` is empty, and there is no status, or a size of -1.
fn is_in_flight(seen: &Seen) -> bool {
    let raw = seen.raw;
    let has_status = seen.status().is_some();
    let has_error = raw.response.error.is_some();
    match seen.producer {
        Producer::Firefox(_) => {
            let has_answer = !raw.response.headers.is_empty();
            !raw.timings.is_present
                && !has_error
                && (!has_status && !has_answer || raw.response.body_size == Some(-1.0))
        }
        _ => {
            !has_status
                && !has_error
                && raw.time.is_none_or(|time| time <= 0.0)
                && raw.timings.blocked.is_some_and(|blocked| blocked < IN_FLIGHT_BLOCKED_MILLIS)
        }
    }
}

/// Playwright (all versions so far) reckons TLS from a start of -1 on plain http, so it gets `connect + 1`.
fn drop_tls_of_plain_http(seen: &Seen, phases: &mut Phases, note: &mut dyn FnMut(&'static Kind)) {
    if seen.is_plain() && phases.tls.is_some_and(|tls| 0.0 < tls.0) {
        note(&problems::SSL_ON_PLAIN);
    }
    if seen.is_plain() {
        phases.tls = None;
    }
}

/// By the format `connect` contains `ssl`. Firefox, mitmproxy, newman-trace, dt2har and netlog converters put `ssl`
/// after `connect`, and show it by what adds up to `time`. Afterwards `connect` is without TLS.
fn split_tls_from_connect(seen: &Seen, phases: &mut Phases, total: Option<Millis>) {
    let Some(tls) = phases.tls else { return };
    let connect = phases.connect.unwrap_or(Millis::ZERO);
    // Not `phases.total()`, which counts TLS.
    let without_tls = phases.total() - tls;
    let agrees =
        |sum: Millis| total.is_some_and(|total| (total.0 - sum.0).abs() <= SUM_TOLERANCE_MILLIS.max(total.0 / 100.0));
    let is_known_outside = matches!(seen.producer, Producer::Firefox(_) | Producer::Mitmproxy | Producer::TlsOutside);
    let is_outside = match seen.producer {
        // It counts TLS twice, so its sums say nothing.
        Producer::Playwright => false,
        _ if connect.0 + SHORTFALL_MILLIS < tls.0 => true,
        _ if agrees(without_tls) && !agrees(without_tls + tls) => false,
        _ if agrees(without_tls + tls) && !agrees(without_tls) => true,
        _ => is_known_outside,
    };
    if !is_outside {
        phases.tls = Some(tls.min(connect));
        phases.connect = phases.connect.map(|connect| (connect - tls).at_least_zero());
    }
}

/// Safari: on a connection that is reused `send` and `blocked` are the same stretch of time, from the start to when
/// the request was sent.
fn drop_send_that_repeats_blocked(seen: &Seen, phases: &mut Phases, total: Option<Millis>) {
    if seen.producer != Producer::Safari {
        return;
    }
    let (Some(send), Some(queued), Some(total)) = (phases.send, phases.queued, total) else { return };
    if total < phases.total() && (send.0 - queued.0).abs() <= SHORTFALL_MILLIS {
        phases.send = None;
    }
}

/// Chrome puts the whole time of a request that failed into `blocked`. That is not queueing: nobody knows what it was.
fn undivide_failures(seen: &Seen, phases: &mut Phases, total: Option<Millis>) {
    let Phases { queued, dns, connect, tls, send, wait, receive } = *phases;
    let has_other = [dns, connect, tls, send, wait, receive].into_iter().flatten().any(|phase| 0.0 < phase.0);
    let is_failure = seen.status().is_none() || outcome::error_text(seen).is_some();
    if is_failure && queued.is_some() && !has_other && total.is_some() {
        *phases = Phases::default();
    }
}

/// Tools whose total is known not to be the sum: Safari measures it, Playwright leaves out what it does not know, proxies
/// and Firefox round each phase.
fn adds_up_differently(seen: &Seen) -> bool {
    matches!(seen.producer, Producer::Safari | Producer::Playwright)
}

/// Playwright adds TLS to a `connect` that contains it already.
fn playwright_total(total: Millis, raw: &RawTimings, sum: Millis) -> Millis {
    let counted_twice = Millis(raw.ssl.filter(|ssl| 0.0 < *ssl).unwrap_or_default());
    (total - counted_twice).max(sum)
}

/// chrome-har (all versions) writes the time in Chrome's queue beside `blocked`, and starts the entry after it.
fn add_chrome_har_queue(raw: &RawTimings, timing: &mut Timing) {
    let Some(queue) = phase(raw.queued, &mut |_| {}).filter(|queue| 0.0 < queue.0) else { return };
    let Some(duration) = timing.duration else { return };
    timing.began_before = queue;
    timing.duration = Some(duration + queue);
    timing.held_back = Some(queue);
    if is_divided(&timing.phases) {
        timing.phases.queued = Some(timing.phases.queued.unwrap_or(Millis::ZERO) + queue);
    }
}

/// WebPageTest (all versions) starts an entry when it sends the request, with the time before that in `dns`, `connect`
/// and `ssl`; where they really were is in its own fields, as is when the browser found the resource. Connections that
/// were opened well ahead are not counted into the request.
fn place_web_page_test_set_up(own: &RawWebPageTest, timing: &mut Timing, note: &mut dyn FnMut(&'static Kind)) {
    let Some(sent) = own.load_start.filter(|sent| 0.0 <= *sent) else { return };
    let found = own.created.filter(|found| 0.0 < *found && *found <= sent);
    let stretch = |start: Option<f64>, end: Option<f64>| {
        let (start, end) = (start?, end?);
        (0.0 <= start && start < end && end <= sent + SUM_TOLERANCE_MILLIS).then_some((start, end))
    };
    let stretches = [
        stretch(own.dns_start, own.dns_end),
        stretch(own.connect_start, own.connect_end),
        stretch(own.ssl_start, own.ssl_end),
    ];
    let ready = stretches.iter().flatten().map(|(_, end)| *end).fold(0.0, f64::max);
    let opened = stretches.iter().flatten().map(|(start, _)| *start).fold(sent, f64::min);
    let is_ahead = match found {
        Some(found) => ready < found,
        None => AHEAD_MILLIS < sent - ready,
    };
    let phases = &mut timing.phases;
    let had_set_up = phases.set_up().is_some_and(|set_up| 0.0 < set_up.0);
    if had_set_up && is_ahead {
        note(&problems::SET_UP_AHEAD);
    }
    let after = [phases.send, phases.wait, phases.receive].into_iter().flatten().sum::<Millis>();
    if is_ahead || !had_set_up {
        (phases.dns, phases.connect, phases.tls) = (None, None, None);
    }
    let set_up = phases.set_up().unwrap_or(Millis::ZERO);
    let start = match had_set_up && !is_ahead {
        true => found.unwrap_or(opened).min(opened),
        false => found.unwrap_or(sent),
    };
    let queued = (Millis(sent - start) - set_up).at_least_zero();
    phases.queued = (0.0 < queued.0).then_some(queued);
    if found.is_some() {
        timing.held_back = phases.queued;
    }
    timing.began_before = queued + set_up;
    timing.duration = Some(queued + set_up + after);
}
