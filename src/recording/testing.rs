//! Recordings made by hand, for tests of everything above `recording`.
//!
//! ```ignore
//! Made::page("https://shop.example/")
//!     .document(|r| r.wait(800.0))
//!     .request("https://shop.example/app.js", |r| r.kind(ResourceKind::Script).start(900.0).wait(50.0))
//! ```

use crate::recording::*;
use crate::text::StrId;
use crate::units::{Bytes, Millis, WallTime};

/// A recording in the making: one page, origin at 2026-01-01T00:00:00Z, navigation start at offset 0.
pub struct Made(Recording);

/// A request in the making. Times are milliseconds from navigation start.
pub struct MadeRequest<'a> {
    recording: &'a mut Recording,
    row: RequestRow,
    request_lines: Vec<Header>,
    response_lines: Vec<Header>,
}

impl Made {
    /// A recording of one page without requests. All kinds of evidence count as recorded, see [`Made::without`].
    pub fn page(url: &str) -> Self {
        let mut recording = Recording { origin: Some(WallTime(1_767_225_600_000.0)), ..Recording::default() };
        let url = recording.strings.intern(url);
        recording.pages.push(Page {
            url: Some(url),
            title: Some(url),
            start: Some(Millis::ZERO),
            started: recording.origin,
            ..Page::default()
        });
        Self(recording)
    }

    /// Says that a kind of evidence is missing.
    pub fn without(mut self, missing: Missing) -> Self {
        self.0.provenance.missing.push(missing);
        self
    }

    /// Changes the page's recorded milestones.
    pub fn milestones(mut self, change: impl FnOnce(&mut RecordedMilestones)) -> Self {
        change(&mut self.0.pages[0].milestones);
        self
    }

    /// Changes anything else.
    pub fn change(mut self, change: impl FnOnce(&mut Recording)) -> Self {
        change(&mut self.0);
        self
    }

    /// The document: a request for the page's URL at 0 with an HTML answer of status 200.
    pub fn document(self, make: impl FnOnce(MadeRequest<'_>) -> MadeRequest<'_>) -> Self {
        let url = self.0.text(self.0.pages[0].url.expect("a URL")).expose().to_owned();
        self.request(&url, |r| {
            make(r.kind(ResourceKind::Document).response("content-type", "text/html; charset=utf-8"))
        })
    }

    /// One more request: GET, status 200, over the network by HTTP/2, at 0 with 10 ms `wait`, unless changed.
    pub fn request(mut self, url: &str, make: impl FnOnce(MadeRequest<'_>) -> MadeRequest<'_>) -> Self {
        let (url, get) = (self.0.strings.intern(url), self.0.strings.intern("GET"));
        let entry = self.0.requests.len() as u32;
        let made = make(MadeRequest::new(&mut self.0, entry, url, get));
        let MadeRequest { recording, mut row, request_lines, response_lines } = made;
        row.duration = row.duration.or(Some(row.phases.total()));
        row.request_headers = recording.headers.push(request_lines);
        row.response_headers = recording.headers.push(response_lines);
        recording.requests.push(row);
        self
    }

    /// A navigation that is the page, as a trace tells it: from 0 to a minute later, on the only thread there is.
    /// More than once only the first counts.
    pub fn traced(mut self) -> Self {
        if self.0.timeline.navigations.is_empty() {
            let timeline = &mut self.0.timeline;
            timeline.main_frame = Some(FrameId(0));
            timeline.span.end = Millis(60_000.0);
            timeline.navigations.push(Navigation {
                page: Some(PageId(0)),
                frame: Some(FrameId(0)),
                is_main_frame: true,
                end: Millis(60_000.0),
                thread: (1, 1),
                ..Navigation::default()
            });
            timeline.main_thread.threads.push(Thread {
                key: (1, 1),
                name: None,
                role: ThreadRole::Main,
                shows_main_frame: true,
                url: None,
                slices: 0..0,
                n_samples: 0,
            });
        }
        self
    }

    /// Work of the page's thread in the order of time: depth, name, start, duration, script. Names that begin with
    /// `fn ` are functions; a number after `Layout` or `UpdateLayoutTree` says how much was dirty. Within functions
    /// those are forced.
    pub fn work(mut self, slices: &[(u16, &str, f64, f64, &str)]) -> Self {
        self = self.traced();
        let Recording { strings, timeline, .. } = &mut self.0;
        let work = &mut timeline.main_thread;
        let mut open: Vec<(SliceId, Option<SiteId>, f64)> = Vec::new();
        for (depth, name, start, duration, script) in slices {
            let (is_call, name) = match name.strip_prefix("fn ") {
                Some(function) => (true, function),
                None => (false, *name),
            };
            let (name, n_dirty) = match name.split_once(' ') {
                Some((name, number)) if name == "Layout" || name == "UpdateLayoutTree" => (name, number.parse().ok()),
                _ => (name, None),
            };
            let url = Some(*script).filter(|script| !script.is_empty()).map(|script| strings.intern(script));
            let name_id = strings.intern(name);
            let site = (is_call || url.is_some()).then(|| {
                let function = Some(name_id).filter(|_| is_call && !name.is_empty());
                work.sites.push(Site { function, url, line: Some(0), column: Some(0) });
                SiteId(work.sites.len() as u32 - 1)
            });
            open.truncate(usize::from(*depth));
            let id = work.slices.push(Slice {
                start: Millis(*start),
                duration: Millis(*duration),
                self_time: Millis(*duration),
                name: name_id,
                depth: *depth,
                is_call,
                site,
            });
            if let Some((parent, _, own)) = open.last_mut() {
                *own -= duration;
                work.slices.set_self_time(*parent, Millis(*own));
            }
            if matches!(name, "Layout" | "UpdateLayoutTree") {
                let kind = if name == "Layout" { LayoutKind::Layout } else { LayoutKind::Style };
                let around = open.iter().rev().find_map(|(_, site, _)| *site);
                let layout = work.layouts.len() as u32;
                work.layouts.push(LayoutWork { slice: id, kind, n_dirty, n_total: None, frame: None, site });
                if let (Some(_), Some((task, ..))) = (around, open.first()) {
                    work.forced.push(ForcedReflow { layout, task: *task, site: around });
                }
            }
            open.push((id, site, *duration));
        }
        let n = work.slices.len() as u32;
        work.threads[0].slices = 0..n;
        self
    }

    /// The finished recording.
    pub fn recording(self) -> Recording {
        self.0
    }
}

impl<'a> MadeRequest<'a> {
    fn new(recording: &'a mut Recording, entry: u32, url: StrId, method: StrId) -> Self {
        let row = RequestRow {
            url,
            method,
            page: PageId(0),
            entry,
            start: Some(Millis::ZERO),
            duration: None,
            phases: Phases { wait: Some(Millis(10.0)), ..Phases::default() },
            held_back: None,
            proxy: None,
            status: Some(200),
            completion: CompletionState::Finished,
            protocol: Some(Protocol::H2),
            mime_type: None,
            recorded_kind: None,
            priority: None,
            initial_priority: None,
            render_blocking: None,
            source: Some(Source::Network),
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
            initiator: None,
            initiator_url: None,
            initiator_line: None,
            preloaded: false,
            error: None,
            messages: None,
            is_lcp: false,
        };
        Self { recording, row, request_lines: Vec::new(), response_lines: Vec::new() }
    }

    /// Start in ms.
    pub fn start(mut self, ms: f64) -> Self {
        self.row.start = Some(Millis(ms));
        self
    }

    /// The `wait` phase in ms.
    pub fn wait(mut self, ms: f64) -> Self {
        self.row.phases.wait = Some(Millis(ms));
        self
    }

    /// The `receive` phase in ms.
    pub fn receive(mut self, ms: f64) -> Self {
        self.row.phases.receive = Some(Millis(ms));
        self
    }

    /// DNS, connect and TLS in ms.
    pub fn set_up(mut self, dns: f64, connect: f64, tls: f64) -> Self {
        self.row.phases.dns = Some(Millis(dns));
        self.row.phases.connect = Some(Millis(connect));
        self.row.phases.tls = Some(Millis(tls));
        self
    }

    /// Recorded kind.
    pub fn kind(mut self, kind: ResourceKind) -> Self {
        self.row.recorded_kind = Some(kind);
        self
    }

    /// Status code.
    pub fn status(mut self, status: u16) -> Self {
        self.row.status = Some(status);
        self
    }

    /// One more response header line; `content-type` also sets the media type.
    pub fn response(mut self, name: &str, value: &str) -> Self {
        let (name_id, value_id) = (self.recording.strings.intern(name), self.recording.strings.intern(value));
        if name == "content-type" {
            self.row.mime_type = Some(value_id);
        }
        if name == "location" {
            self.row.redirect_to = Some(value_id);
        }
        self.response_lines.push(Header { name: name_id, value: value_id });
        self
    }

    /// One more request header line.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let (name, value) = (self.recording.strings.intern(name), self.recording.strings.intern(value));
        self.request_lines.push(Header { name, value });
        self
    }

    /// Bytes: on the wire, of the body as sent, decoded.
    pub fn bytes(mut self, transfer: u64, body: u64, decoded: u64) -> Self {
        self.row.transfer_bytes = Some(Bytes(transfer));
        self.row.body_bytes = Some(Bytes(body));
        self.row.decoded_bytes = Some(Bytes(decoded));
        self
    }

    /// A body of this text, kept.
    pub fn body(mut self, text: &str) -> Self {
        let mut hash = 5381_u64; // any function of the text will do here
        for byte in text.bytes() {
            hash = hash.wrapping_mul(33) ^ u64::from(byte);
        }
        let kept = Some(self.recording.bodies.keep(text.to_owned(), false));
        self.row.body = Body { hash: Some(hash), recorded_bytes: Some(text.len() as u64), kept };
        self
    }

    /// URL of what asked for it.
    pub fn initiator(mut self, kind: InitiatorKind, url: &str) -> Self {
        self.row.initiator = Some(kind);
        self.row.initiator_url = Some(self.recording.strings.intern(url));
        self
    }

    /// Interns text, for [`MadeRequest::change`].
    pub fn intern(&mut self, text: &str) -> StrId {
        self.recording.strings.intern(text)
    }

    /// Changes anything else.
    pub fn change(mut self, change: impl FnOnce(&mut RequestRow)) -> Self {
        change(&mut self.row);
        self
    }
}
