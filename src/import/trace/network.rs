//! Requests as the renderer and the browser tell of them, event by event.

use crate::import::trace::event::{Event, ThreadKey};
use crate::import::trace::value::Value;
use crate::recording::{FetchPriority, Header, InitiatorKind, Priority, RenderBlocking, ResourceKind};
use crate::text::{StrId, StrTable};
use std::collections::HashMap;

/// Header values beyond this are cut; no use of one needs more.
const MAX_HEADER_BYTES: usize = 16 * 1024;
/// Addresses beyond this are cut.
const MAX_URL_BYTES: usize = 64 * 1024;

/// Collects requests.
#[derive(Default)]
pub struct Network {
    /// In the order in which they were first heard of.
    pub drafts: Vec<Draft>,
    by_id: HashMap<Box<[u8]>, usize>,
}

/// What is known of a request so far. Times in µs on the trace's clock unless they say otherwise.
#[derive(Default)]
pub struct Draft {
    /// Chrome's id.
    pub id: Option<StrId>,
    /// When the browser began with it or with one of its redirects.
    pub will_send: Vec<f64>,
    /// The request and the requests that redirects led to.
    pub sends: Vec<Send>,
    /// The answer.
    pub response: Option<Response>,
    /// The end.
    pub finish: Option<Finish>,
    /// The priority it was changed to.
    pub priority: Option<Priority>,
    /// Whether a preload turned out to hold rendering back.
    pub render_blocking: Option<RenderBlocking>,
    /// Whether it was answered from the renderer's memory.
    pub is_memory_cached: bool,
}

/// `ResourceSendRequest`
#[derive(Clone)]
pub struct Send {
    /// When.
    pub ts: f64,
    /// Who.
    pub thread: ThreadKey,
    /// The address, without fragment.
    pub url: StrId,
    /// Whether it has a scheme that goes to a server or a file.
    pub is_network: bool,
    /// The method.
    pub method: Option<StrId>,
    /// Priority.
    pub priority: Option<Priority>,
    /// Frame.
    pub frame: Option<StrId>,
    /// Kind.
    pub kind: Option<ResourceKind>,
    /// Whether it holds rendering back.
    pub render_blocking: Option<RenderBlocking>,
    /// What `fetchpriority` says.
    pub fetch_priority: FetchPriority,
    /// Whether a preload link asked.
    pub is_preload: bool,
    /// What asked.
    pub initiator: Option<InitiatorKind>,
    /// What asked, in Chrome's words (`fetchType`).
    pub fetch_type: Option<StrId>,
    /// Where in which document or script.
    pub initiator_url: Option<StrId>,
    /// The line there.
    pub initiator_line: Option<u32>,
    /// Top of the stack of scripts that asked: address and line.
    pub script: Option<(StrId, Option<u32>)>,
    /// How many frames that stack has.
    pub n_stack_frames: u32,
}

/// `ResourceReceiveResponse`
pub struct Response {
    /// When the renderer had it.
    pub ts: f64,
    /// Status.
    pub status: Option<u16>,
    /// Media type.
    pub mime_type: Option<StrId>,
    /// Protocol as recorded.
    pub protocol: Option<StrId>,
    /// Whether a cache answered.
    pub from_cache: bool,
    /// Whether the prefetch cache answered.
    pub from_prefetch: bool,
    /// Whether a service worker answered.
    pub from_service_worker: bool,
    /// From where it had the answer (`network`, `httpCache`, `cacheStorage`, `fallbackCode`).
    pub worker_source: Option<StrId>,
    /// Bytes of headers.
    pub header_bytes: Option<u64>,
    /// Connection.
    pub connection: Option<StrId>,
    /// Whether the connection was there already.
    pub is_connection_reused: Option<bool>,
    /// Headers, names in lower case; `None`: not recorded.
    pub headers: Option<Vec<Header>>,
    /// Network times.
    pub timing: Option<Timing>,
}

/// `ResourceReceiveResponse.timing`: `request_time` in s on the trace's clock, the others in ms after it, -1 if absent.
#[derive(Clone, Copy)]
#[allow(missing_docs)] // the names are Chrome's
pub struct Timing {
    pub request_time: f64,
    pub proxy_start: f64,
    pub proxy_end: f64,
    pub dns_start: f64,
    pub dns_end: f64,
    pub connect_start: f64,
    pub connect_end: f64,
    pub ssl_start: f64,
    pub ssl_end: f64,
    pub worker_start: f64,
    pub worker_ready: f64,
    pub send_start: f64,
    pub send_end: f64,
    pub receive_headers_start: Option<f64>,
    pub receive_headers_end: f64,
}

/// `ResourceFinish`
#[derive(Clone, Copy)]
pub struct Finish {
    /// When the renderer was done.
    pub ts: f64,
    /// When the network was done.
    pub network_end: Option<f64>,
    /// Whether it failed.
    pub did_fail: bool,
    /// Bytes on the wire.
    pub encoded: Option<u64>,
    /// Bytes of the body, decoded.
    pub decoded: Option<u64>,
}

impl Network {
    fn draft(&mut self, data: Value<'_>, strings: &mut StrTable) -> Option<&mut Draft> {
        let id = data.get("requestId").id()?;
        let at = match self.by_id.get(id) {
            Some(at) => *at,
            None => {
                let at = self.drafts.len();
                let text = strings.intern(&String::from_utf8_lossy(id));
                self.drafts.push(Draft { id: Some(text), ..Draft::default() });
                self.by_id.insert(id.into(), at);
                at
            }
        };
        self.drafts.get_mut(at)
    }

    /// `ResourceWillSendRequest`
    pub fn will_send(&mut self, event: &Event<'_>, strings: &mut StrTable) {
        if let Some(draft) = self.draft(event.data(), strings) {
            draft.will_send.push(event.ts);
        }
    }

    /// `ResourceSendRequest`
    pub fn send(&mut self, event: &Event<'_>, strings: &mut StrTable) {
        let data = event.data();
        let Some(send) = read_send(event, data, strings) else { return };
        if let Some(draft) = self.draft(data, strings) {
            draft.sends.push(send);
        }
    }

    /// `ResourceChangePriority`
    pub fn change_priority(&mut self, event: &Event<'_>, strings: &mut StrTable) {
        let data = event.data();
        if let (Some(priority), Some(draft)) = (priority(data.get("priority")), self.draft(data, strings)) {
            draft.priority = Some(priority);
        }
    }

    /// `PreloadRenderBlockingStatusChange`
    pub fn change_render_blocking(&mut self, event: &Event<'_>, strings: &mut StrTable) {
        let data = event.data();
        if let (Some(word), Some(draft)) = (render_blocking(data.get("renderBlocking")), self.draft(data, strings)) {
            draft.render_blocking = Some(word);
        }
    }

    /// `ResourceMarkAsCached`
    pub fn mark_as_cached(&mut self, event: &Event<'_>, strings: &mut StrTable) {
        if let Some(draft) = self.draft(event.data(), strings) {
            draft.is_memory_cached = true;
        }
    }

    /// `ResourceReceiveResponse`
    pub fn response(&mut self, event: &Event<'_>, strings: &mut StrTable) {
        let data = event.data();
        let response = read_response(event, data, strings);
        if let Some(draft) = self.draft(data, strings) {
            draft.response = Some(response);
        }
    }

    /// `ResourceFinish`
    pub fn finish(&mut self, event: &Event<'_>, strings: &mut StrTable) {
        let data = event.data();
        let finish = Finish {
            ts: event.ts,
            network_end: data.get("finishTime").number().filter(|at| *at != 0.0).map(|seconds| seconds * 1e6),
            did_fail: data.get("didFail").boolean() == Some(true),
            encoded: data.get("encodedDataLength").count(),
            decoded: data.get("decodedBodyLength").count(),
        };
        if let Some(draft) = self.draft(data, strings) {
            draft.finish = Some(finish);
        }
    }
}

fn read_send(event: &Event<'_>, data: Value<'_>, strings: &mut StrTable) -> Option<Send> {
    let mut url = None;
    let (mut method, mut level, mut frame, mut kind, mut blocking) = (None, None, None, None, None);
    let (mut hint, mut is_preload, mut script, mut n_stack_frames) = (FetchPriority::Auto, false, None, 0);
    let mut initiator = Value::default();
    for (key, value) in data.members() {
        match key {
            b"url" => url = value.text(),
            b"requestMethod" => method = value.text().map(|method| strings.intern(&method.to_ascii_uppercase())),
            b"priority" => level = priority(value),
            b"frame" => frame = value.text().map(|frame| strings.intern(&frame)),
            b"resourceType" => kind = resource_kind(value),
            b"renderBlocking" => blocking = render_blocking(value),
            b"fetchPriorityHint" => {
                hint = match value.written() {
                    Some(b"high") => FetchPriority::High,
                    Some(b"low") => FetchPriority::Low,
                    _ => FetchPriority::Auto,
                }
            }
            b"isLinkPreload" => is_preload = value.boolean() == Some(true),
            b"initiator" => initiator = value,
            b"stackTrace" => {
                n_stack_frames = value.items().count() as u32;
                script = value.items().next().and_then(|top| {
                    let url = top.get("url").text().filter(|url| !url.is_empty())?;
                    Some((address(&url, strings), top.get("lineNumber").count().map(|line| line as u32)))
                });
            }
            _ => {}
        }
    }
    let url = url?;
    let scheme = url.split_once(':').map_or("", |(scheme, _)| scheme);
    let is_network =
        ["blob", "file", "filesystem", "http", "https"].iter().any(|known| scheme.eq_ignore_ascii_case(known));
    // Addresses that hold the data themselves can be of any length.
    let url = if is_network { address(&url, strings) } else { strings.intern(scheme) };
    Some(Send {
        ts: event.ts,
        thread: event.thread,
        url,
        is_network,
        method,
        priority: level,
        frame,
        kind,
        render_blocking: blocking,
        fetch_priority: hint,
        is_preload,
        initiator: initiator_kind(initiator.get("type")),
        fetch_type: initiator.get("fetchType").text().map(|word| strings.intern(&word)),
        initiator_url: initiator.get("url").text().filter(|url| !url.is_empty()).map(|url| address(&url, strings)),
        initiator_line: initiator.get("lineNumber").count().map(|line| line as u32),
        script,
        n_stack_frames,
    })
}

/// Interns an address without its fragment.
pub fn address(url: &str, strings: &mut StrTable) -> StrId {
    let url = url.split_once('#').map_or(url, |(url, _)| url);
    strings.intern(url.get(..url.floor_char_boundary(MAX_URL_BYTES)).unwrap_or_default())
}

fn read_response(event: &Event<'_>, data: Value<'_>, strings: &mut StrTable) -> Response {
    let mut response = Response {
        ts: event.ts,
        status: None,
        mime_type: None,
        protocol: None,
        from_cache: false,
        from_prefetch: false,
        from_service_worker: false,
        worker_source: None,
        header_bytes: None,
        connection: None,
        is_connection_reused: None,
        headers: None,
        timing: None,
    };
    for (key, value) in data.members() {
        match key {
            b"statusCode" => response.status = value.count().and_then(|status| u16::try_from(status).ok()),
            b"mimeType" => response.mime_type = value.text().map(|mime| strings.intern(&mime)),
            b"protocol" => response.protocol = value.text().map(|protocol| strings.intern(&protocol)),
            b"fromCache" => response.from_cache = value.boolean() == Some(true),
            b"fromPrefetchCache" => response.from_prefetch = value.boolean() == Some(true),
            b"fromServiceWorker" => response.from_service_worker = value.boolean() == Some(true),
            b"serviceWorkerResponseSource" => {
                response.worker_source = value.text().map(|source| strings.intern(&source));
            }
            b"encodedDataLength" => response.header_bytes = value.count(),
            b"connectionId" => {
                let id = value.id().filter(|id| *id != b"0");
                response.connection = id.map(|id| strings.intern(&String::from_utf8_lossy(id)));
            }
            b"connectionReused" => response.is_connection_reused = value.boolean(),
            b"headers" => {
                let lines = value.items().filter_map(|line| header(line, strings));
                response.headers = Some(lines.collect());
            }
            b"timing" => response.timing = read_timing(value),
            _ => {}
        }
    }
    response
}

fn header(line: Value<'_>, strings: &mut StrTable) -> Option<Header> {
    let name = line.get("name").text().filter(|name| !name.is_empty() && !name.starts_with(':'))?;
    let value = line.get("value").text()?;
    let value = value.get(..value.floor_char_boundary(MAX_HEADER_BYTES)).unwrap_or_default();
    Some(Header { name: strings.intern(&name.to_ascii_lowercase()), value: strings.intern(value.trim()) })
}

fn read_timing(value: Value<'_>) -> Option<Timing> {
    let mut timing = Timing {
        request_time: f64::NAN,
        proxy_start: -1.0,
        proxy_end: -1.0,
        dns_start: -1.0,
        dns_end: -1.0,
        connect_start: -1.0,
        connect_end: -1.0,
        ssl_start: -1.0,
        ssl_end: -1.0,
        worker_start: -1.0,
        worker_ready: -1.0,
        send_start: -1.0,
        send_end: -1.0,
        receive_headers_start: None,
        receive_headers_end: -1.0,
    };
    for (key, value) in value.members() {
        let Some(number) = value.number() else { continue };
        match key {
            b"requestTime" => timing.request_time = number,
            b"proxyStart" => timing.proxy_start = number,
            b"proxyEnd" => timing.proxy_end = number,
            b"dnsStart" => timing.dns_start = number,
            b"dnsEnd" => timing.dns_end = number,
            b"connectStart" => timing.connect_start = number,
            b"connectEnd" => timing.connect_end = number,
            b"sslStart" => timing.ssl_start = number,
            b"sslEnd" => timing.ssl_end = number,
            b"workerStart" => timing.worker_start = number,
            b"workerReady" => timing.worker_ready = number,
            b"sendStart" => timing.send_start = number,
            b"sendEnd" => timing.send_end = number,
            b"receiveHeadersStart" => timing.receive_headers_start = Some(number),
            b"receiveHeadersEnd" => timing.receive_headers_end = number,
            _ => {}
        }
    }
    timing.request_time.is_finite().then_some(timing)
}

fn priority(value: Value<'_>) -> Option<Priority> {
    Some(match value.written()? {
        b"VeryLow" => Priority::VeryLow,
        b"Low" => Priority::Low,
        b"Medium" => Priority::Medium,
        b"High" => Priority::High,
        b"VeryHigh" => Priority::VeryHigh,
        _ => return None,
    })
}

fn render_blocking(value: Value<'_>) -> Option<RenderBlocking> {
    Some(match value.written()? {
        b"blocking" => RenderBlocking::Blocking,
        b"in_body_parser_blocking" => RenderBlocking::InBodyParserBlocking,
        b"potentially_blocking" => RenderBlocking::PotentiallyBlocking,
        b"non_blocking" | b"dynamically_injected_non_blocking" => RenderBlocking::NonBlocking,
        _ => return None,
    })
}

fn resource_kind(value: Value<'_>) -> Option<ResourceKind> {
    Some(match value.written()? {
        b"Document" => ResourceKind::Document,
        b"Stylesheet" => ResourceKind::Stylesheet,
        b"Script" => ResourceKind::Script,
        b"Font" => ResourceKind::Font,
        b"Image" => ResourceKind::Image,
        b"Media" => ResourceKind::Media,
        b"XHR" => ResourceKind::Xhr,
        b"Fetch" => ResourceKind::Fetch,
        b"EventSource" => ResourceKind::EventSource,
        b"WebSocket" => ResourceKind::WebSocket,
        b"Manifest" => ResourceKind::Manifest,
        b"Ping" => ResourceKind::Ping,
        b"CSPViolationReport" | b"SignedExchange" | b"TextTrack" | b"Other" => ResourceKind::Other,
        b"Preflight" => ResourceKind::Preflight,
        _ => return None,
    })
}

fn initiator_kind(value: Value<'_>) -> Option<InitiatorKind> {
    Some(match value.written()? {
        b"parser" => InitiatorKind::Parser,
        b"script" => InitiatorKind::Script,
        b"preload" => InitiatorKind::Preload,
        b"preflight" => InitiatorKind::Preflight,
        b"redirect" => InitiatorKind::Redirect,
        _ => InitiatorKind::Other,
    })
}
