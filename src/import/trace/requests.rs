//! Requests as rows: the derivations of Chrome's engine, and phases that follow each other without a gap.

use crate::import::trace::clock::{Offsets, micros};
use crate::import::trace::network::{Draft, Send, Timing};
use crate::recording::{
    Body, CompletionState, ErrorKind, FrameId, HeaderRange, HeaderTable, InitiatorKind, PageId, Phases, Protocol,
    RequestRow, ResourceKind, Source, TracedRequest,
};
use crate::text::{StrId, StrTable};
use crate::units::{Bytes, Millis};

/// Milliseconds. The headers of one answer follow each other in one or two packets; if they take longer, the first of
/// them were an interim answer's (RFC 8297).
const INTERIM: Millis = Millis(20.0);

/// A request, or one hop of it.
pub struct Derived {
    /// What goes into the table of requests; the page is not known yet.
    pub row: RequestRow,
    /// What goes beside it.
    pub traced: TracedRequest,
}

/// What a draft stands for: the hops of its redirects, then the request itself. Nothing if it was never sent, or asks
/// for an address that needs no request.
pub fn derive(
    draft: &Draft,
    entry: u32,
    offsets: Offsets,
    strings: &mut StrTable,
    headers: &mut HeaderTable,
    frame_of: &mut impl FnMut(StrId) -> FrameId,
) -> Vec<Derived> {
    let (Some(first), Some(last)) = (draft.sends.first(), draft.sends.last()) else { return Vec::new() };
    if !last.is_network {
        return Vec::new();
    }
    let us = Instants::of(draft, first, last);
    let mut derived = Vec::new();
    let has_will_send = draft.will_send.len() == draft.sends.len();
    for (at, (hop, next)) in draft.sends.iter().zip(draft.sends.iter().skip(1)).enumerate() {
        let (start, end) = match (has_will_send, draft.will_send.get(at), draft.will_send.get(at + 1)) {
            (true, Some(start), Some(end)) => (*start, *end),
            _ => (hop.ts, next.ts),
        };
        let mut row = empty_row(hop, entry, strings);
        row.start = Some(offsets.at(start));
        row.duration = Some(micros((end - start).max(0.0)));
        row.redirect_to = Some(next.url);
        row.initiator = if at == 0 { initiator(hop) } else { Some(InitiatorKind::Redirect) };
        let traced = TracedRequest {
            recorded_id: draft.id,
            is_redirect_hop: true,
            frame: hop.frame.map(&mut *frame_of),
            thread: (hop.thread.process, hop.thread.thread),
            start: offsets.at(start),
            last_start: offsets.at(start),
            network_end: offsets.at(end),
            end: offsets.at(end),
            is_finished: true,
            fetch_priority: hop.fetch_priority,
            ..TracedRequest::default()
        };
        derived.push(Derived { row, traced });
    }
    let mut row = empty_row(last, entry, strings);
    if !derived.is_empty() {
        row.initiator = Some(InitiatorKind::Redirect);
    }
    fill_response(&mut row, draft, strings, headers);
    fill_times(&mut row, draft, us, offsets);
    row.priority = draft.priority.or(last.priority);
    row.render_blocking = draft.render_blocking.or(last.render_blocking);
    let traced = traced(draft, first, last, us, offsets, frame_of);
    derived.push(Derived { row, traced });
    derived
}

/// The instants that everything else follows from, in µs on the trace's clock (reference: NetworkRequestsHandler).
#[derive(Clone, Copy)]
struct Instants {
    start: f64,
    /// When the last redirect was followed.
    last_start: f64,
    end: f64,
    network_end: f64,
    /// Network times. Those of answers from the renderer's memory are of an earlier request.
    timing: Option<Timing>,
}

impl Instants {
    fn of(draft: &Draft, first: &Send, last: &Send) -> Self {
        let timing = draft.response.as_ref().and_then(|response| response.timing).filter(|_| !draft.is_memory_cached);
        let start = draft.will_send.first().copied().unwrap_or(first.ts);
        let last_start = draft.will_send.last().copied().unwrap_or(last.ts);
        let end = draft.finish.map_or(last_start, |finish| finish.ts);
        let network_end = draft.finish.and_then(|finish| finish.network_end).unwrap_or(end);
        Self { start, last_start, end, network_end, timing }
    }
}

fn traced(
    draft: &Draft,
    first: &Send,
    last: &Send,
    us: Instants,
    offsets: Offsets,
    frame_of: &mut impl FnMut(StrId) -> FrameId,
) -> TracedRequest {
    let response = draft.response.as_ref();
    let is_pushed = draft.finish.is_none_or(|finish| finish.encoded != Some(0));
    let from_disk_cache =
        response.is_some_and(|response| response.from_cache && !response.from_service_worker) && !is_pushed;
    let mut traced = TracedRequest {
        recorded_id: draft.id,
        is_redirect_hop: false,
        frame: last.frame.map(frame_of),
        thread: (first.thread.process, first.thread.thread),
        start: offsets.at(us.start),
        last_start: offsets.at(us.last_start),
        network_end: offsets.at(us.network_end),
        end: offsets.at(us.end),
        is_finished: draft.finish.is_some(),
        has_timing: us.timing.is_some(),
        fetch_priority: last.fetch_priority,
        priority_changed: draft.priority.is_some_and(|priority| Some(priority) != last.priority),
        from_disk_cache,
        from_memory_cache: draft.is_memory_cached,
        script: last.script.map(|(url, _)| url),
        n_stack_frames: last.n_stack_frames,
        fetch_type: last.fetch_type,
        ..TracedRequest::default()
    };
    let response_ts = response.map(|response| response.ts);
    let Some(timing) = us.timing else {
        traced.stalled = response_ts.map_or(Millis::ZERO, |ts| micros(ts - us.start));
        traced.download = response_ts.map_or(Millis::ZERO, |ts| micros(us.end - ts));
        return traced;
    };
    let request_time = timing.request_time * 1e6;
    let at = |ms: f64| offsets.at(request_time + ms * 1e3);
    let headers_start = timing.receive_headers_start.unwrap_or(timing.receive_headers_end);
    traced.network_start = Some(at(0.0));
    traced.sent = Some(at(timing.send_start));
    let first_byte = if 0.0 <= headers_start { headers_start } else { timing.receive_headers_end };
    traced.first_byte = Some(at(first_byte)).filter(|_| 0.0 <= first_byte);
    traced.headers_end = Some(at(timing.receive_headers_end));
    traced.queueing = micros((request_time - us.last_start).max(0.0));
    let since_start = response_ts.map_or(0.0, |ts| (ts - us.last_start) / 1e3);
    let stalls = [timing.dns_start, timing.connect_start, timing.send_start, since_start];
    traced.stalled = Millis(stalls.into_iter().find(|ms| 0.0 < *ms).unwrap_or_default());
    traced.proxy = Millis(timing.proxy_end - timing.proxy_start);
    traced.dns = Millis(timing.dns_end - timing.dns_start);
    traced.connect = Millis(timing.connect_end - timing.connect_start);
    traced.tls = Millis(timing.ssl_end - timing.ssl_start);
    traced.send = Millis(timing.send_end - timing.send_start);
    traced.waiting = Millis(timing.receive_headers_end - timing.send_end);
    traced.server_response = Millis(headers_start - timing.send_end);
    traced.download = offsets.at(us.network_end) - at(timing.receive_headers_end);
    traced
}

fn empty_row(send: &Send, entry: u32, strings: &mut StrTable) -> RequestRow {
    RequestRow {
        url: send.url,
        method: send.method.unwrap_or_else(|| strings.intern("GET")),
        page: PageId(0),
        entry,
        start: None,
        duration: None,
        phases: Phases::default(),
        held_back: None,
        proxy: None,
        status: None,
        completion: CompletionState::Finished,
        protocol: None,
        mime_type: None,
        recorded_kind: kind(send, strings),
        priority: send.priority,
        initial_priority: send.priority,
        render_blocking: send.render_blocking,
        source: None,
        via_service_worker: false,
        worker_startup: None,
        worker_response: None,
        from_service_worker: false,
        transfer_bytes: None,
        body_bytes: None,
        decoded_bytes: None,
        request_header_bytes: None,
        request_body_bytes: None,
        request_headers: HeaderRange::default(),
        response_headers: HeaderRange::default(),
        body: Body::default(),
        redirect_to: None,
        connection: None,
        server_ip: None,
        initiator: initiator(send),
        initiator_url: send.initiator_url.or(send.script.map(|(url, _)| url)),
        initiator_line: send.initiator_line.or(send.script.and_then(|(_, line)| line)),
        preloaded: send.is_preload,
        error: None,
        messages: None,
        is_lcp: false,
    }
}

/// Chrome calls "other" what scripts ask for as data, and says elsewhere how they asked.
fn kind(send: &Send, strings: &StrTable) -> Option<ResourceKind> {
    let asked_with = send.fetch_type.map(|word| strings.get(word).expose());
    match (send.kind, asked_with) {
        (None | Some(ResourceKind::Other), Some("fetch")) => Some(ResourceKind::Fetch),
        (None | Some(ResourceKind::Other), Some("xmlhttprequest")) => Some(ResourceKind::Xhr),
        (None | Some(ResourceKind::Other), Some("beacon")) => Some(ResourceKind::Ping),
        (kind, _) => kind,
    }
}

fn initiator(send: &Send) -> Option<InitiatorKind> {
    match (send.is_preload, send.initiator, send.script) {
        (true, ..) => Some(InitiatorKind::Preload),
        (_, None | Some(InitiatorKind::Other), Some(_)) => Some(InitiatorKind::Script),
        (_, kind, _) => kind,
    }
}

fn fill_response(row: &mut RequestRow, draft: &Draft, strings: &StrTable, headers: &mut HeaderTable) {
    let response = draft.response.as_ref();
    // An answer without a body is whole with its headers; Chrome calls it failed where the page may not read it.
    let is_bodiless =
        response.and_then(|response| response.status).is_some_and(|status| matches!(status, 204 | 205 | 304));
    row.completion = match draft.finish {
        None => CompletionState::Unfinished,
        Some(finish) if finish.did_fail && !is_bodiless => CompletionState::Failed(ErrorKind::Other),
        Some(_) => CompletionState::Finished,
    };
    let Some(response) = response else { return };
    row.status = response.status.filter(|status| *status != 0);
    row.mime_type = response.mime_type.filter(|mime| !strings.get(*mime).is_empty());
    row.protocol = response.protocol.and_then(|protocol| protocol_of(strings.get(protocol).expose()));
    row.connection = response.connection;
    row.via_service_worker = response.from_service_worker;
    let url = strings.get(row.url).expose();
    row.source = Some(match () {
        () if url.starts_with("blob:") => Source::Inline,
        () if draft.is_memory_cached => Source::MemoryCache,
        () if response.from_service_worker => match response.worker_source.map(|source| strings.get(source).expose()) {
            Some("network") => Source::Network,
            Some("httpCache") => Source::DiskCache,
            _ => Source::ServiceWorker,
        },
        () if response.from_prefetch => Source::PrefetchCache,
        () if response.from_cache && response.status == Some(304) => Source::Revalidated,
        () if response.from_cache => Source::DiskCache,
        () => Source::Network,
    });
    if let Some(lines) = &response.headers {
        row.response_headers = headers.push(lines.iter().copied());
        let location = lines.iter().find(|line| strings.get(line.name).expose() == "location");
        row.redirect_to = location.map(|line| line.value);
    }
    let Some(finish) = draft.finish else { return };
    row.decoded_bytes = finish.decoded.map(Bytes);
    row.transfer_bytes = finish.encoded.map(Bytes);
    if let (Some(all), Some(head)) = (finish.encoded, response.header_bytes)
        && head <= all
    {
        row.body_bytes = Some(Bytes(all - head));
    }
}

fn fill_times(row: &mut RequestRow, draft: &Draft, us: Instants, offsets: Offsets) {
    let Some(timing) = us.timing else {
        row.start = Some(offsets.at(us.last_start));
        row.duration = draft.finish.map(|_| micros((us.network_end.max(us.last_start)) - us.last_start));
        return;
    };
    let request_time = timing.request_time * 1e6;
    let start = us.last_start.min(request_time);
    row.start = Some(offsets.at(start));
    let lead = (request_time - start) / 1e3;
    let is_set = |ms: &f64| 0.0 <= *ms;
    // Ends of the phases in ms after `request_time`, each not before the one in front of it.
    let mut at = 0.0_f64;
    let mut until = |end: f64| {
        let duration = (end - at).max(0.0);
        at = at.max(end);
        Millis(duration)
    };
    let begin = [timing.dns_start, timing.connect_start, timing.send_start].into_iter().find(is_set).unwrap_or(0.0);
    // As DevTools' HARs: until the network took it up.
    row.held_back = Some(Millis(lead));
    let mut phases = Phases { queued: Some(Millis(lead) + until(begin)), ..Phases::default() };
    if is_set(&timing.dns_end) && timing.dns_start < timing.dns_end {
        phases.dns = Some(until(timing.dns_end));
    }
    if is_set(&timing.connect_end) && timing.connect_start < timing.connect_end {
        let has_tls = is_set(&timing.ssl_start) && timing.ssl_start < timing.ssl_end;
        match has_tls {
            true => {
                phases.connect = Some(until(timing.ssl_start));
                phases.tls = Some(until(timing.connect_end.max(timing.ssl_end)));
            }
            false => phases.connect = Some(until(timing.connect_end)),
        }
    }
    phases.send = Some(until(timing.send_end));
    // Chromium dates the first byte of an interim answer (103), if there was one, and the end of the real one's headers.
    let is_interim = |ms: &f64| INTERIM.0 < timing.receive_headers_end - ms;
    let first_byte = timing.receive_headers_start.filter(|ms| 0.0 < *ms && !is_interim(ms));
    phases.wait = Some(until(first_byte.unwrap_or(timing.receive_headers_end)));
    if draft.finish.is_some() {
        phases.receive = Some(until((us.network_end - request_time) / 1e3));
    }
    row.phases = phases;
    row.duration = draft.finish.map(|_| phases.total());
    if 0.0 <= timing.worker_start && timing.worker_start <= timing.worker_ready {
        row.worker_startup = Some(Millis(timing.worker_ready - timing.worker_start));
    }
    // Chromium hands the worker's answer on as soon as that is settled.
    if row.via_service_worker && 0.0 <= timing.worker_ready && timing.worker_ready <= timing.receive_headers_end {
        row.worker_response = Some(Millis(timing.receive_headers_end - timing.worker_ready));
    }
    if 0.0 < timing.proxy_end && timing.proxy_start < timing.proxy_end {
        row.proxy = Some(Millis(timing.proxy_end - timing.proxy_start));
    }
}

fn protocol_of(word: &str) -> Option<Protocol> {
    let word = word.to_ascii_lowercase();
    Some(match word.as_str() {
        "http/1.0" => Protocol::Http10,
        "http/1.1" => Protocol::Http11,
        "h2" | "http/2" | "http/2.0" => Protocol::H2,
        _ if word.starts_with("spdy") => Protocol::Spdy,
        _ if word.starts_with("h3") || word.contains("quic") || word.starts_with("http/3") => Protocol::H3,
        _ => return None,
    })
}
