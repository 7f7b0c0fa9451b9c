//! What was read → a recording: entries understood, put in order, and given their pages.

use crate::http::user_agent::UserAgent;
use crate::import::har::Draft;
use crate::import::har::dates::Date;
use crate::import::har::dialects::{self, Producer, Seen, address, outcome, sizes, timing, words};
use crate::import::har::pages;
use crate::import::har::problems::{self, Problems};
use crate::import::har::raw::{RawEntry, RawLog};
use crate::import::har::sanitized;
use crate::order::Arrange;
use crate::recording::{
    CompletionState, InitiatorKind, Missing, PageId, Phases, Place, Protocol, Provenance, RecordedMilestones,
    Recording, RecordingKind, Request, RequestRow, ResourceKind, Source, Tool,
};
use crate::text::StrId;
use crate::units::{Bytes, Millis, WallTime};

/// A recording that spans more than this holds things that have nothing to do with each other.
const FAR_APART_MILLIS: f64 = 86_400_000.0;

/// An entry as understood, before its place in time is known as an offset.
pub(super) struct Built {
    pub(super) row: RequestRow,
    /// On the wall clock, in ms since 1970.
    pub(super) start: Option<f64>,
    /// Where it is in the file.
    pub(super) offset: u64,
    /// The page that it names.
    pub(super) page_ref: Option<StrId>,
}

/// Makes the recording. `n_bytes`: how long the text was.
pub(super) fn recording(mut draft: Draft, mut problems: Problems, n_bytes: u64) -> Recording {
    let producer = dialects::producer(&draft);
    let log = std::mem::take(&mut draft.log);
    let mut recording = draft.recording;
    if log.creator.name.is_none() {
        problems.note(&problems::NO_VERSION, Place::default);
    }
    let has_workers = log.entries.iter().any(|entry| entry.response.via_service_worker);
    let names_pages = !log.pages.is_empty();
    let mut built: Vec<_> = log
        .entries
        .iter()
        .map(|raw| {
            let mut built = understand(&mut recording, &mut problems, producer, &log, raw);
            // Chrome puts the fetches of a service worker beside those of the page, and names no page for them.
            built.row.from_service_worker =
                raw.has_worker_ref || producer == Producer::Chrome && has_workers && names_pages && raw.page.is_none();
            built
        })
        .collect();
    note_disorder(&log, &mut problems);
    built.arrange_by(|a, b| match (a.start, b.start) {
        (Some(a), Some(b)) => a.total_cmp(&b),
        (a, b) => a.is_none().cmp(&b.is_none()),
    });
    let origin = origin(&built, &log);
    recording.origin = origin.map(WallTime);
    for built in &mut built {
        built.row.start = offset(built.start, origin);
    }
    recording.pages = pages::resolve(&mut recording, &log, producer, &mut built, &mut problems);
    recording.provenance = Provenance {
        kind: RecordingKind::Har,
        producer: Tool { name: log.creator.name, version: log.creator.version },
        browser: Tool { name: log.browser.name, version: log.browser.version },
        bytes: Bytes(n_bytes),
        n_events: None,
        containers: Vec::new(),
        sanitized: sanitized::is_sanitized(&recording, &log, producer),
        proxy: producer.is_proxy(),
        missing: Vec::new(),
    };
    for built in built {
        recording.requests.push(built.row);
    }
    recording.provenance.missing = missing(&recording);
    if recording.provenance.browser.name.is_none() {
        recording.provenance.browser = browser_by_user_agent(&mut recording);
    }
    recording.problems = problems.into_vec();
    recording
}

/// Chrome and proxies write no `log.browser`, but the requests say which browser sent them.
fn browser_by_user_agent(recording: &mut Recording) -> Tool {
    let told = recording.all_requests().filter(|request| !request.from_service_worker()).find_map(|request| {
        let agent = UserAgent::parse(request.request_header("user-agent").next()?.expose())?;
        Some((agent.browser, agent.version.to_owned()))
    });
    match told {
        Some((name, version)) => Tool {
            name: Some(recording.strings.intern(name)),
            version: (!version.is_empty()).then(|| recording.strings.intern(&version)),
        },
        None => Tool::default(),
    }
}

/// An instant on the wall clock as an offset.
pub(super) fn offset(at: Option<f64>, origin: Option<f64>) -> Option<Millis> {
    // The wall clock has more digits than f64 can hold to the microsecond: take out the noise.
    Some(Millis(((at? - origin?) * 1e4).round() / 1e4))
}

/// The earliest instant there is.
fn origin(built: &[Built], log: &RawLog) -> Option<f64> {
    let pages = log.pages.iter().filter_map(|page| page.started).map(|Date { at, .. }| at.0);
    built.iter().filter_map(|built| built.start).chain(pages).min_by(f64::total_cmp)
}

/// Order in the file is by `startedDateTime`, whatever the tool's habits make of it.
fn note_disorder(log: &RawLog, problems: &mut Problems) {
    let mut latest = f64::NEG_INFINITY;
    let mut earliest = f64::INFINITY;
    let mut first_far = None;
    for raw in &log.entries {
        let Some(Date { at: WallTime(start), .. }) = raw.started else { continue };
        if start < latest {
            problems.note(&problems::UNSORTED, || place(log, raw, ".startedDateTime"));
        }
        latest = latest.max(start);
        earliest = earliest.min(start);
        if FAR_APART_MILLIS < latest - earliest {
            first_far.get_or_insert(raw);
        }
    }
    if let Some(raw) = first_far {
        problems.note(&problems::FAR_APART, || place(log, raw, ".startedDateTime"));
    }
}

/// Where an entry is in the file.
pub(super) fn place(log: &RawLog, raw: &RawEntry, member: &str) -> Place {
    Place { path: Some(format!("{}[{}]{member}", log.path, raw.index)), offset: Some(raw.offset) }
}

fn understand(
    recording: &mut Recording,
    problems: &mut Problems,
    producer: Producer,
    log: &RawLog,
    raw: &RawEntry,
) -> Built {
    let url = raw.request.url;
    if url.is_none() {
        problems.note(&problems::NO_URL, || place(log, raw, ".request.url"));
    }
    if !raw.response.is_present && raw.response.error.is_none() {
        problems.note(&problems::NO_RESPONSE, || place(log, raw, ".response"));
    }
    let scheme = dialects::scheme(url.map(|url| recording.strings.get(url).expose()).unwrap_or_default());
    let seen = Seen { producer, raw, strings: &recording.strings, headers: &recording.headers, scheme };
    let timing = timing::of(&seen, &mut |kind| problems.note(kind, || place(log, raw, ".timings")));
    let kind = words::resource_kind(seen.text(raw.resource_type)).or_else(|| kind_by_scheme(&seen.scheme));
    let completion = outcome::completion(&seen, kind, timing.is_unfinished);
    let source = outcome::source(&seen);
    let protocol = protocol(&seen, completion);
    let sizes = sizes::of_response(&seen, source, protocol);
    let status = seen.status();
    let initiator = initiator(&seen, kind);
    let request_header_bytes = request_header_bytes(&seen);
    let redirect_to = redirect_to(&seen, status);
    let connection = address::connection_id(&seen).map(str::to_owned);
    let server_ip = address::server_ip(seen.text(raw.ip));
    let text_of = |id| seen.text(id);
    let (priority, initial_priority) =
        (words::priority(text_of(raw.priority)), words::priority(text_of(raw.initial_priority)));
    let render_blocking = words::render_blocking(text_of(raw.render_blocking));
    let via_service_worker = outcome::is_via_service_worker(&seen);
    let error = outcome::error_text(&seen).is_some().then_some(raw.response.error).flatten();
    let mut intern = |text: &str| recording.strings.intern(text);
    let start = raw.started.map(|date| date.at.0 - timing.began_before.0);
    let row = RequestRow {
        url: url.unwrap_or_else(|| intern("")),
        method: raw.request.method.unwrap_or_else(|| intern("GET")),
        page: PageId(0),
        entry: raw.index,
        start: None,
        duration: timing.duration,
        phases: timing.phases,
        held_back: timing.held_back,
        proxy: timing.proxy,
        status,
        completion,
        protocol,
        mime_type: raw.response.mime_type,
        recorded_kind: kind,
        priority,
        initial_priority,
        render_blocking,
        source,
        via_service_worker,
        worker_startup: timing.worker_startup,
        worker_response: timing.worker_response,
        from_service_worker: false,
        transfer_bytes: sizes.transfer,
        body_bytes: sizes.body,
        decoded_bytes: sizes.decoded,
        request_header_bytes,
        request_body_bytes: sizes::size(raw.request.body_size).or(raw.request.post_bytes.map(Bytes)),
        request_headers: raw.request.headers,
        response_headers: raw.response.headers,
        body: raw.response.body,
        redirect_to: redirect_to.map(|target| intern(&target)),
        connection: connection.map(|id| intern(&id)),
        server_ip: server_ip.map(|ip| intern(&ip)),
        initiator,
        initiator_url: raw.initiator.url,
        initiator_line: raw.initiator.line.filter(|_| raw.initiator.url.is_some()),
        preloaded: raw.request.is_link_preload,
        error,
        messages: raw.messages,
        is_lcp: raw.is_lcp,
    };
    Built { row, start, offset: raw.offset, page_ref: raw.page }
}

/// What only a scheme says.
fn kind_by_scheme(scheme: &str) -> Option<ResourceKind> {
    matches!(scheme, "ws" | "wss").then_some(ResourceKind::WebSocket)
}

/// HTTP version of the response, else of the request; a request that nobody answered has none (Playwright writes
/// HTTP/1.1 there), and one with pseudo headers is HTTP/2 at least.
fn protocol(seen: &Seen, completion: CompletionState) -> Option<Protocol> {
    let raw = seen.raw;
    if seen.is_inline() || seen.status().is_none() && completion != CompletionState::Finished {
        return None;
    }
    words::protocol(seen.text(raw.response.http_version))
        .or_else(|| words::protocol(seen.text(raw.request.http_version)))
        .or((raw.request.has_pseudo_headers || raw.response.has_pseudo_headers).then_some(Protocol::H2))
}

fn initiator(seen: &Seen, kind: Option<ResourceKind>) -> Option<InitiatorKind> {
    let raw = seen.raw;
    if raw.was_pushed {
        return Some(InitiatorKind::Push);
    }
    if raw.from_early_hints {
        return Some(InitiatorKind::EarlyHints);
    }
    if kind == Some(ResourceKind::Preflight) {
        return Some(InitiatorKind::Preflight);
    }
    words::initiator_kind(seen.text(raw.initiator.kind))
        // chrome-har and WebPageTest may give an address alone.
        .or(raw.initiator.url.map(|_| InitiatorKind::Other))
}

/// As recorded, else the text of the request's headers, if that is known.
fn request_header_bytes(seen: &Seen) -> Option<Bytes> {
    let request = &seen.raw.request;
    if let Some(size) = sizes::size(request.headers_size).filter(|size| Bytes(0) < *size) {
        return Some(size);
    }
    let lines = seen.headers.lines(request.headers);
    // ": " and a line end for each, as HTTP/1.1 writes them.
    let lengths = lines.iter().map(|line| seen.strings.get(line.name).len() + seen.strings.get(line.value).len() + 4);
    (!lines.is_empty()).then(|| Bytes(lengths.sum::<usize>() as u64))
}

/// `redirectURL`, else `Location` (HTTP Toolkit and Charles leave the former empty). Only of redirects: some tools fill
/// it for 201.
fn redirect_to(seen: &Seen, status: Option<u16>) -> Option<String> {
    if !status.is_some_and(|status| (300..400).contains(&status) && status != 304) {
        return None;
    }
    let target = match seen.text(seen.raw.response.redirect_url) {
        "" => seen.header(seen.raw.response.headers, "location").unwrap_or_default(),
        target => target,
    };
    (!target.is_empty()).then(|| target.to_owned())
}

/// The kinds of evidence that no request (or page) of the recording has, in their order.
pub(in crate::import) fn missing(recording: &Recording) -> Vec<Missing> {
    let any = |has: &dyn Fn(&Request<'_>) -> bool| recording.all_requests().any(|r| has(&r));
    let is_network = |source: Option<Source>| source != Some(Source::Inline);
    let any_page = |has: &dyn Fn(&RecordedMilestones) -> bool| recording.pages.iter().any(|page| has(&page.milestones));
    let found = [
        (Missing::ResponseHeaders, any(&|r| !r.response_headers().is_empty())),
        (Missing::RequestHeaders, any(&|r| !r.request_headers().is_empty())),
        (Missing::Phases, any(&|r| is_divided(&r.phases()))),
        (Missing::Dates, any(&|r| r.start().is_some())),
        (Missing::TransferSizes, any(&|r| is_network(r.source()) && r.transfer_bytes().is_some())),
        (Missing::Bodies, any(&|r| r.body().hash.is_some())),
        (
            Missing::Initiators,
            any(&|r| r.initiator().is_some_and(|kind| kind != InitiatorKind::Other) || r.initiator_url().is_some()),
        ),
        (Missing::Priorities, any(&|r| r.priority().is_some())),
        (Missing::Connections, any(&|r| r.connection().is_some() || r.server_ip().is_some())),
        (Missing::RenderBlocking, any(&|r| r.render_blocking().is_some())),
        (Missing::Protocols, any(&|r| r.protocol().is_some())),
        (
            Missing::PaintTimes,
            any_page(&|m| m.first_contentful_paint.is_some() || m.largest_contentful_paint.is_some()),
        ),
        (Missing::PageTimes, any_page(&|m| m.dom_content_loaded.is_some() || m.load.is_some())),
        (Missing::Cookies, !recording.provenance.sanitized),
        (Missing::Document, any(&|r| is_document(recording, r))),
        (Missing::MainThread, !recording.timeline.main_thread.threads.is_empty()),
        (Missing::DomSizes, !recording.timeline.dom_sizes.is_empty()),
        (Missing::Selectors, !recording.timeline.selectors.is_empty()),
    ];
    found.into_iter().filter(|(_, is_there)| !is_there).map(|(missing, _)| missing).collect()
}

/// Tools that know only a total put all of it into one phase.
fn is_divided(phases: &Phases) -> bool {
    let all = [phases.queued, phases.dns, phases.connect, phases.tls, phases.send, phases.wait, phases.receive];
    2 <= all.into_iter().flatten().filter(|phase| 0.0 < phase.0).count()
}

/// Whether a request may be a navigation: recorded as one, or else HTML.
pub(super) fn is_document(recording: &Recording, request: &Request<'_>) -> bool {
    match request.recorded_kind() {
        Some(kind) => kind == ResourceKind::Document,
        None => request.mime_type().is_some_and(|mime| is_html(recording.text(mime).expose())),
    }
}

/// Whether a media type is that of a page.
pub(super) fn is_html(mime_type: &str) -> bool {
    let essence = mime_type.split(';').next().unwrap_or_default().trim();
    ["text/html", "application/xhtml+xml"].iter().any(|known| essence.eq_ignore_ascii_case(known))
}
