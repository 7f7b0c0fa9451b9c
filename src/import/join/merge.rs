//! A HAR's facts put into the trace of the same load.
//!
//! The trace gives times, priorities, paints and the work of threads, so none of its metrics changes. The HAR gives
//! headers, cookies, bodies, addresses of servers, and the requests that the trace does not hold.

use crate::import::har::missing;
use crate::import::join::pairing::Pairing;
use crate::order::Arrange;
use crate::recording::joined::fact;
use crate::recording::{
    CompletionState, ErrorKind, Header, HeaderRange, InitiatorKind, Joined, Missing, NavigationKind, Page, PageId,
    Part, PartId, Phase, RecordedMilestones, Recording, RequestId, RequestRow, RequestTable, ResourceKind,
    TracedRequest,
};
use crate::text::{StrId, StrTable};
use crate::units::{Millis, WallTime};
use std::collections::BTreeMap;

/// Milliseconds. Both count a request from and to the same instants; one rounds them, or counts the browser's own step
/// between two requests. Farther apart, one recording's phases do not fit the other's times.
const SAME_DURATION: Millis = Millis(20.0);

/// Bit of the HAR's or the trace's part.
fn bit(part: PartId) -> u8 {
    1 << part.0
}

/// Who gives which kind of fact where both have it, and what says that a recording lacks it.
const FACTS: [(&str, bool, Option<Missing>); 14] = [
    (fact::TIMES, true, Some(Missing::Phases)),
    (fact::PRIORITIES, true, Some(Missing::Priorities)),
    (fact::BLOCKING, true, Some(Missing::RenderBlocking)),
    ("paints", true, Some(Missing::PaintTimes)),
    ("page load times", true, Some(Missing::PageTimes)),
    ("main thread", true, Some(Missing::MainThread)),
    (fact::SIZES, true, Some(Missing::TransferSizes)),
    (fact::PROTOCOLS, true, Some(Missing::Protocols)),
    (fact::CONNECTIONS, true, Some(Missing::Connections)),
    (fact::INITIATORS, false, Some(Missing::Initiators)),
    (fact::RESPONSE_HEADERS, false, Some(Missing::ResponseHeaders)),
    (fact::REQUEST_HEADERS, false, Some(Missing::RequestHeaders)),
    ("cookies", false, Some(Missing::Cookies)),
    ("response bodies", false, Some(Missing::Bodies)),
];

/// One recording of the two. `har_is_first` says which of them was opened first.
pub fn merge(
    mut trace: Recording,
    mut har: Recording,
    pairing: &Pairing,
    names: [Option<&str>; 2],
    har_is_first: bool,
) -> Recording {
    let (har_part, trace_part) = if har_is_first { (PartId(0), PartId(1)) } else { (PartId(1), PartId(0)) };
    let joined = parts(&mut trace, &mut har, pairing, names, har_part, trace_part);
    let mut texts = Texts { from: &har.strings, known: vec![None; har.strings.len()] };
    let pages = pages(&mut trace, &har, pairing, &mut texts);

    // All rows in the order of their start; the trace's keep their order among each other.
    let mut rows: Vec<(Row, RequestRow)> = Vec::with_capacity(trace.requests.len() + har.requests.len());
    let mut har_of_trace = vec![None; trace.requests.len()];
    for (at, id) in pairing.trace_of_har.iter().enumerate() {
        if let Some(place) = id.and_then(|id| har_of_trace.get_mut(id.0 as usize)) {
            *place = Some(RequestId(at as u32));
        }
    }
    for (at, other) in har_of_trace.iter().enumerate() {
        let Some(mut row) = trace.requests.row(RequestId(at as u32)) else { continue };
        row.page = pages.of_trace(row.page);
        let other = other.and_then(|id| har.requests.row(id));
        let seen = bit(trace_part) | if other.is_some() { bit(har_part) } else { 0 };
        if let Some(other) = other {
            let translated = texts.row(other, &mut trace, &har, pairing.offset);
            enrich(&mut row, translated, &trace.strings);
        }
        rows.push((Row { traced: Some(at as u32), seen }, row));
    }
    for (at, id) in pairing.trace_of_har.iter().enumerate() {
        let row = if id.is_none() { har.requests.row(RequestId(at as u32)) } else { None };
        let Some(row) = row else { continue };
        let mut row = texts.row(row, &mut trace, &har, pairing.offset);
        row.page = pages.of_har(row.page, row.start);
        rows.push((Row { traced: None, seen: bit(har_part) }, row));
    }
    let start = |row: &RequestRow| row.start.map_or(f64::INFINITY, |start| start.0);
    rows.arrange_by(|(_, a), (_, b)| start(a).total_cmp(&start(b)));

    let mut table = RequestTable::default();
    let mut seen_in = Vec::with_capacity(rows.len());
    let mut traced = Vec::with_capacity(rows.len());
    let mut new_ids = vec![RequestId(0); trace.requests.len()];
    for (row, facts) in rows {
        let id = RequestId(table.len() as u32);
        if let Some(place) = row.traced.and_then(|at| new_ids.get_mut(at as usize)) {
            *place = id;
        }
        let old = row.traced.and_then(|at| trace.timeline.requests.get(at as usize)).cloned();
        traced.push(old.unwrap_or_else(|| untraced(&facts)));
        seen_in.push(row.seen);
        table.push(facts);
    }
    let renamed = |id: RequestId| new_ids.get(id.0 as usize).copied();
    for navigation in &mut trace.timeline.navigations {
        navigation.document = navigation.document.and_then(renamed);
        navigation.page = navigation.page.map(|page| pages.of_trace(page));
        if let Some(paint) = &mut navigation.largest_paint {
            paint.request = paint.request.and_then(renamed);
        }
    }
    trace.requests = table;
    trace.timeline.requests = traced;
    trace.pages = pages.list;
    trace.timeline.index_pages(trace.pages.len());
    trace.bodies = har.bodies;
    trace.joined = Some(Joined { seen_in, ..joined });
    finish_provenance(&mut trace, &har.provenance.missing);
    trace
}

/// Where a row comes from.
struct Row {
    /// Its place in the trace.
    traced: Option<u32>,
    seen: u8,
}

/// What both recordings were, and the clock. Takes their problems.
fn parts(
    trace: &mut Recording,
    har: &mut Recording,
    pairing: &Pairing,
    names: [Option<&str>; 2],
    har_part: PartId,
    trace_part: PartId,
) -> Joined {
    let [har_name, trace_name] = names.map(|name| name.map(|name| trace.strings.intern(name)));
    let mut texts = Texts { from: &har.strings, known: Vec::new() };
    let mut provenance = har.provenance.clone();
    for id in [
        &mut provenance.producer.name,
        &mut provenance.producer.version,
        &mut provenance.browser.name,
        &mut provenance.browser.version,
    ] {
        *id = id.map(|id| texts.text(id, &mut trace.strings));
    }
    if trace.provenance.browser.name.is_none() {
        trace.provenance.browser = provenance.browser;
    }
    let facts = FACTS.iter().filter_map(|(fact, by_trace, lack)| {
        let has = |recording: &Recording| lack.is_none_or(|lack| !recording.provenance.missing.contains(&lack));
        match (has(har), has(trace), by_trace) {
            (false, false, _) => None,
            (true, true, true) | (false, true, _) => Some((*fact, trace_part)),
            _ => Some((*fact, har_part)),
        }
    });
    let facts = facts.collect();
    // The HAR's date is that of its first request; a trace's that of the command to record.
    if let Some(origin) = har.origin {
        trace.origin = Some(WallTime(origin.0 - pairing.offset.0));
    }
    let har_info = Part {
        name: har_name,
        provenance,
        problems: std::mem::take(&mut har.problems),
        n_requests: har.requests.len() as u64,
    };
    let trace_info = Part {
        name: trace_name,
        provenance: trace.provenance.clone(),
        problems: std::mem::take(&mut trace.problems),
        n_requests: trace.requests.len() as u64,
    };
    Joined {
        parts: if har_part.0 == 0 { vec![har_info, trace_info] } else { vec![trace_info, har_info] },
        seen_in: Vec::new(),
        facts,
        n_matched: pairing.n_matched as u64,
        clock_offset: pairing.offset,
        clock_spread: pairing.spread,
    }
}

fn finish_provenance(trace: &mut Recording, missing_in_har: &[Missing]) {
    trace.provenance.sanitized = missing_in_har.contains(&Missing::Cookies);
    trace.provenance.missing = missing(trace);
}

/// Texts of the HAR in the trace's table.
struct Texts<'a> {
    from: &'a StrTable,
    known: Vec<Option<StrId>>,
}

impl Texts<'_> {
    fn text(&mut self, id: StrId, into: &mut StrTable) -> StrId {
        let known = self.known.get_mut(id.0 as usize);
        if let Some(Some(known)) = known {
            return *known;
        }
        let new = into.intern(self.from.get(id).expose());
        if let Some(place) = self.known.get_mut(id.0 as usize) {
            *place = Some(new);
        }
        new
    }

    fn optional(&mut self, id: Option<StrId>, into: &mut StrTable) -> Option<StrId> {
        id.map(|id| self.text(id, into))
    }

    /// A row of the HAR with texts, header lines and time of the trace.
    fn row(&mut self, mut row: RequestRow, trace: &mut Recording, har: &Recording, offset: Millis) -> RequestRow {
        let strings = &mut trace.strings;
        row.url = self.text(row.url, strings);
        row.method = self.text(row.method, strings);
        for id in [
            &mut row.mime_type,
            &mut row.redirect_to,
            &mut row.connection,
            &mut row.server_ip,
            &mut row.initiator_url,
            &mut row.error,
        ] {
            *id = self.optional(*id, strings);
        }
        row.start = row.start.map(|start| start + offset);
        for range in [&mut row.request_headers, &mut row.response_headers] {
            let lines: Vec<Header> = har
                .headers
                .lines(*range)
                .iter()
                .map(|line| Header { name: self.text(line.name, strings), value: self.text(line.value, strings) })
                .collect();
            *range = trace.headers.push(lines);
        }
        row
    }
}

/// Puts what the HAR knows of a request into the trace's row.
fn enrich(row: &mut RequestRow, har: RequestRow, strings: &StrTable) {
    fn fill<T>(place: &mut Option<T>, other: Option<T>) {
        if place.is_none() {
            *place = other;
        }
    }
    let is_empty = |range: HeaderRange| range.is_empty();
    if !is_empty(har.request_headers) {
        row.request_headers = har.request_headers;
    }
    if !is_empty(har.response_headers) {
        row.response_headers = har.response_headers;
    }
    row.body = har.body;
    // Of redirects to a document a trace knows the origin only.
    if row.url != har.url && har.redirect_to.is_some() {
        row.url = har.url;
    }
    // Of redirects a trace knows only how long each took as a whole.
    let is_undivided = Phase::ALL.iter().all(|phase| row.phases.get(*phase).is_none());
    if is_undivided && row.duration.is_some_and(|whole| (whole - har.phases.total()).0.abs() <= SAME_DURATION.0) {
        row.phases = har.phases;
    }
    fill(&mut row.held_back, har.held_back);
    fill(&mut row.proxy, har.proxy);
    fill(&mut row.status, har.status);
    fill(&mut row.protocol, har.protocol);
    fill(&mut row.mime_type, har.mime_type);
    fill(&mut row.priority, har.priority);
    fill(&mut row.initial_priority, har.initial_priority);
    fill(&mut row.render_blocking, har.render_blocking);
    fill(&mut row.source, har.source);
    fill(&mut row.worker_startup, har.worker_startup);
    fill(&mut row.worker_response, har.worker_response);
    fill(&mut row.transfer_bytes, har.transfer_bytes);
    fill(&mut row.body_bytes, har.body_bytes);
    fill(&mut row.decoded_bytes, har.decoded_bytes);
    fill(&mut row.request_header_bytes, har.request_header_bytes);
    fill(&mut row.request_body_bytes, har.request_body_bytes);
    fill(&mut row.redirect_to, har.redirect_to);
    fill(&mut row.connection, har.connection);
    fill(&mut row.server_ip, har.server_ip);
    fill(&mut row.error, har.error);
    fill(&mut row.messages, har.messages);
    row.via_service_worker |= har.via_service_worker;
    row.preloaded |= har.preloaded;
    // Chrome's traces say "Other" of much that its HARs name.
    if matches!(row.recorded_kind, None | Some(ResourceKind::Other)) {
        row.recorded_kind = har.recorded_kind.or(row.recorded_kind);
    }
    // Traces blame the document for what scripts ask for; HARs have the scripts' stacks.
    let tells = |kind: Option<InitiatorKind>| kind.is_some_and(|kind| kind != InitiatorKind::Other);
    let by = har.initiator_url.filter(|url| !strings.get(*url).is_empty());
    if tells(har.initiator) && by.is_some() || row.initiator.is_none() {
        (row.initiator, row.initiator_url, row.initiator_line) = (har.initiator, by, har.initiator_line);
    }
    row.completion = match (row.completion, har.completion) {
        (CompletionState::Unfinished | CompletionState::Failed(ErrorKind::Other), told)
            if !matches!(told, CompletionState::Finished | CompletionState::Unfinished) =>
        {
            told
        }
        (own, _) => own,
    };
}

/// What stands beside a row that only the HAR holds.
fn untraced(row: &RequestRow) -> TracedRequest {
    let start = row.start.unwrap_or_default();
    let end = start + row.duration.unwrap_or_default();
    TracedRequest {
        is_redirect_hop: row.redirect_to.is_some(),
        start,
        last_start: start,
        network_end: end,
        end,
        is_finished: row.completion == CompletionState::Finished,
        ..TracedRequest::default()
    }
}

/// The pages of both, in the order of their start.
struct Pages {
    list: Vec<Page>,
    of_trace: Vec<PageId>,
    of_har: Vec<Option<PageId>>,
    /// Whether each is a change of view within the page before.
    is_view: Vec<bool>,
}

impl Pages {
    fn of_trace(&self, page: PageId) -> PageId {
        self.of_trace.get(page.0 as usize).copied().unwrap_or(page)
    }

    /// The page of a request that is only in the HAR.
    fn of_har(&self, page: PageId, start: Option<Millis>) -> PageId {
        let start = start.unwrap_or_default();
        let n_begun = self.list.partition_point(|page| page.start.unwrap_or_default() <= start);
        let by_time = PageId(n_begun.saturating_sub(1) as u32);
        let Some(Some(own)) = self.of_har.get(page.0 as usize).copied() else { return by_time };
        // HARs do not know the views of a page.
        let between = self.is_view.get(own.0 as usize + 1..n_begun).unwrap_or_default();
        if !between.is_empty() && between.iter().all(|is_view| *is_view) { by_time } else { own }
    }
}

fn pages(trace: &mut Recording, har: &Recording, pairing: &Pairing, texts: &mut Texts<'_>) -> Pages {
    // Each page of the HAR is the trace's page with which it has most requests in common.
    let mut counts: BTreeMap<(u32, u32), usize> = BTreeMap::new();
    for (at, id) in pairing.trace_of_har.iter().enumerate() {
        let Some(id) = id else { continue };
        let key = (har.request(RequestId(at as u32)).page().0, trace.request(*id).page().0);
        *counts.entry(key).or_default() += 1;
    }
    let mut twin: Vec<Option<(u32, usize)>> = vec![None; har.pages.len()];
    let is_view = |page: u32| {
        let navigation = trace.timeline.navigation_of(PageId(page));
        navigation.is_some_and(|navigation| navigation.kind == NavigationKind::Soft)
    };
    for ((own, theirs), n) in counts.into_iter().filter(|((_, theirs), _)| !is_view(*theirs)) {
        if let Some(place) = twin.get_mut(own as usize)
            && place.is_none_or(|(_, most)| most < n)
        {
            *place = Some((theirs, n));
        }
    }

    // The trace's pages, then those of the HAR alone; `None` is a page of the trace.
    let mut all: Vec<(Option<usize>, usize, Page)> =
        trace.pages.iter().cloned().enumerate().map(|(at, page)| (None, at, page)).collect();
    for (at, page) in har.pages.iter().enumerate() {
        let mut page = page.clone();
        page.title = texts.optional(page.title, &mut trace.strings);
        page.url = texts.optional(page.url, &mut trace.strings);
        page.start = page.start.map(|start| start + pairing.offset);
        match twin.get(at).copied().flatten().and_then(|(twin, _)| all.get_mut(twin as usize)) {
            Some((.., twin)) => complete(twin, page),
            None => all.push((Some(at), at, page)),
        }
    }
    let start = |page: &Page| page.start.map_or(f64::INFINITY, |start| start.0);
    all.arrange_by(|(.., a), (.., b)| start(a).total_cmp(&start(b)));
    let mut pages = Pages {
        list: Vec::with_capacity(all.len()),
        of_trace: vec![PageId(0); trace.pages.len()],
        of_har: vec![None; har.pages.len()],
        is_view: Vec::with_capacity(all.len()),
    };
    for (at, (own, number, page)) in all.into_iter().enumerate() {
        let id = PageId(at as u32);
        pages.is_view.push(own.is_none() && is_view(number as u32));
        match own {
            None => {
                if let Some(place) = pages.of_trace.get_mut(number) {
                    *place = id;
                }
            }
            Some(number) => {
                if let Some(place) = pages.of_har.get_mut(number) {
                    *place = Some(id);
                }
            }
        }
        pages.list.push(page);
    }
    for (at, twin) in twin.iter().enumerate() {
        let id = twin.and_then(|(twin, _)| pages.of_trace.get(twin as usize)).copied();
        if let (Some(place), Some(id)) = (pages.of_har.get_mut(at), id) {
            *place = Some(id);
        }
    }
    for page in &mut pages.list {
        page.started = trace.origin.zip(page.start).map(|(origin, start)| WallTime(origin.0 + start.0));
    }
    pages
}

/// Fills what a page of the trace lacks. A page that was made up becomes that of the HAR.
fn complete(page: &mut Page, har: Page) {
    if page.synthetic && page.milestones == RecordedMilestones::default() && !har.synthetic {
        *page = har;
        return;
    }
    page.title = page.title.or(har.title);
    page.url = page.url.or(har.url);
    page.run = page.run.or(har.run);
    page.repeat_view |= har.repeat_view;
    let shift = match (page.start, har.start) {
        (Some(own), Some(har)) => har - own,
        _ => Millis::ZERO,
    };
    let (own, other) = (&mut page.milestones, har.milestones);
    for (own, other) in [
        (&mut own.ttfb, other.ttfb),
        (&mut own.first_paint, other.first_paint),
        (&mut own.first_contentful_paint, other.first_contentful_paint),
        (&mut own.largest_contentful_paint, other.largest_contentful_paint),
        (&mut own.dom_interactive, other.dom_interactive),
        (&mut own.dom_content_loaded, other.dom_content_loaded),
        (&mut own.load, other.load),
        (&mut own.speed_index, other.speed_index),
        (&mut own.visually_complete, other.visually_complete),
    ] {
        *own = own.or(other.map(|at| at + shift));
    }
    own.total_blocking_time = own.total_blocking_time.or(other.total_blocking_time);
    own.cumulative_layout_shift = own.cumulative_layout_shift.or(other.cumulative_layout_shift);
}
