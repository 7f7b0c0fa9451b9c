//! Chrome traces and CPU profiles: a stream of events, each offered once to those who want it, none kept.
//!
//! What each collector keeps is put together at the end (`build`), because a trace tells things in any order: which
//! frame is the tab's own may be said after its navigation. Whatever is odd costs the figure it concerns and nothing else.

mod build;
mod calls;
mod clock;
mod document_sizes;
mod event;
mod fast_map;
mod interactions;
mod layout_changes;
mod layout_shifts;
mod main_thread;
mod meta;
mod metrics;
mod names;
mod navigation;
mod nesting;
mod network;
mod page_facts;
mod problems;
mod requests;
mod samples;
mod screenshots;
mod scripts;
#[cfg(test)]
mod tests;
mod user_timing;
mod value;

use crate::import::error::ImportError;
use crate::import::json::{Json, JsonError, JsonErrorKind, Result, Token};
use crate::import::source::Pause;
use crate::recording::Recording;
use crate::text::{StrId, StrTable};
use event::{Event, ThreadKey};
use names::{Kind, Names};
use problems::Problems;
use std::future::poll_fn;
use std::io::Read;
use value::Value;

/// Events beyond this are passed over. The largest of use are chunks of profiles and pictures, below a megabyte.
const MAX_EVENT_BYTES: usize = 64 * 1024 * 1024;
/// Parts of a CPU profile that stands alone beyond this are passed over.
const MAX_PROFILE_BYTES: usize = 1024 * 1024 * 1024;
/// The process and thread that a CPU profile which stands alone is given, as in DevTools.
const PROFILE_THREAD: ThreadKey = ThreadKey { process: 1, thread: 1 };

/// Reads the recording in a text of which `n_skipped` bytes in front were passed over.
pub(super) async fn import(
    source: &mut dyn Read,
    n_skipped: u64,
    pause: Pause<'_>,
) -> std::result::Result<Vec<Recording>, ImportError> {
    let mut json = Json::new(source);
    let mut trace = Trace::default();
    if let Err(error) = documents(&mut json, &mut trace, pause).await {
        let error = JsonError { offset: error.offset + n_skipped, ..error };
        let kind = match error.kind {
            JsonErrorKind::Cancelled => return Err(ImportError::cancelled()),
            JsonErrorKind::Io(kind) if trace.n_events == 0 => return Err(ImportError::unreadable(kind)),
            JsonErrorKind::Io(_) => &problems::UNREADABLE,
            JsonErrorKind::Truncated => &problems::TRUNCATED,
            JsonErrorKind::Syntax(_) => &problems::BROKEN,
        };
        trace.collectors.problems.note_at(kind, 1, Some(error.offset));
    }
    if !json.repairs().is_empty() {
        trace.collectors.problems.note_at(&problems::REPAIRED, 1, None);
    }
    if trace.n_events == 0 && !trace.is_profile {
        return Err(ImportError::no_events());
    }
    let n_bytes = json.offset() + n_skipped;
    trace.file.n_events = Some(trace.n_events).filter(|n| 0 < *n);
    Ok(vec![build::recording(trace.collectors, trace.file, n_bytes, trace.is_profile && trace.n_events == 0)])
}

/// What is being read.
#[derive(Default)]
struct Trace {
    collectors: Collectors,
    file: FileFacts,
    n_events: u64,
    is_profile: bool,
    // Buffers.
    scratch: Vec<u8>,
    key: String,
    text: String,
}

/// What the file says of itself, outside of its events.
#[derive(Default)]
struct FileFacts {
    /// The program that wrote it.
    source: Option<StrId>,
    /// When recording started, as written.
    start_time: Option<String>,
    /// How many events it holds.
    n_events: Option<u64>,
    /// The browser and its version, such as `Chrome/156.0.8078.79`.
    product: Option<String>,
}

/// Everyone who is offered events.
#[derive(Default)]
struct Collectors {
    strings: StrTable,
    problems: Problems,
    names: Names,
    clock: clock::Clock,
    meta: meta::Meta,
    navigations: navigation::Navigations,
    metrics: metrics::Metrics,
    network: network::Network,
    layout_changes: layout_changes::LayoutChanges,
    layout_shifts: layout_shifts::LayoutShifts,
    interactions: interactions::Interactions,
    threads: main_thread::Threads,
    samples: samples::Samples,
    screenshots: screenshots::Screenshots,
    scripts: scripts::Scripts,
    user_timings: user_timing::UserTimings,
    document_sizes: document_sizes::DocumentSizes,
    page_facts: page_facts::PageFactsDraft,
    has_started: bool,
}

impl Collectors {
    /// Offers an event to whom it concerns.
    fn offer(&mut self, event: &Event<'_>) {
        let Self { strings, meta, navigations, metrics, network, threads, samples, .. } = self;
        let name = self.names.look_up(strings, event.name);
        self.clock.event(event);
        match name.kind {
            Kind::Other => {}
            Kind::ProcessName => return meta.process_name(event, strings),
            Kind::ThreadName => return meta.thread_name(event, strings),
            Kind::TracingStartedInBrowser => {
                self.has_started = true;
                self.clock.started(event.ts);
                meta.tracing_started(event, strings);
            }
            Kind::TracingStartedInPage => meta.tracing_started_in_page(event, strings),
            Kind::WorkerSession => meta.worker(event, strings),
            Kind::FrameCommitted | Kind::CommitLoad => meta.committed(event, strings),
            Kind::Viewport => meta.viewport(event),
            Kind::NavigationStart => {
                self.page_facts.n_navigations += 1;
                return navigations.start(event, strings);
            }
            Kind::Activation => navigations.activated(event),
            Kind::SoftNavigationStart => navigations.soft(event, strings),
            Kind::WillSendRequest => network.will_send(event, strings),
            Kind::SendRequest => network.send(event, strings),
            Kind::ChangePriority => network.change_priority(event, strings),
            Kind::ReceiveResponse => network.response(event, strings),
            Kind::FinishRequest => network.finish(event, strings),
            Kind::MarkAsCached => network.mark_as_cached(event, strings),
            Kind::RenderBlockingChange => network.change_render_blocking(event, strings),
            Kind::FirstPaint
            | Kind::FirstContentfulPaint
            | Kind::MarkDomContent
            | Kind::MarkLoad
            | Kind::DomInteractive
            | Kind::InteractiveTime
            | Kind::MetaCharsetCheck => metrics.mark(name.kind, event, strings),
            Kind::LargestContentfulPaint | Kind::SoftLargestContentfulPaint => {
                metrics.candidate(name.kind, event, strings);
            }
            Kind::LargestImagePaint => metrics.image(event, strings),
            Kind::BeginRemoteFontLoad => self.page_facts.font(event, strings),
            Kind::ParseMetaViewport => self.page_facts.viewport_meta(event, strings),
            Kind::BeginCommitCompositorFrame => self.page_facts.commit(event, strings),
            Kind::LinkPreconnect => self.page_facts.preconnect(event, strings),
            Kind::LayoutShift => self.layout_shifts.event(event, strings),
            Kind::PrePaint => self.layout_changes.pre_paint(event),
            Kind::PaintImage => {
                self.layout_changes.paint_image(event, strings);
                self.page_facts.paint(event, strings);
            }
            Kind::ImageUnsized => return self.layout_changes.image_unsized(event),
            Kind::StyleInvalidation => return self.layout_changes.inserted(event, strings, &mut threads.sites),
            Kind::Animation => return self.layout_changes.animation(event, strings),
            Kind::CreateChildFrame => self.layout_changes.frame_made(event),
            Kind::DomLoading => self.layout_changes.dom_loading(event, strings),
            Kind::EventTiming => return self.interactions.event(event, strings),
            Kind::ScriptText => self.scripts.event(event, strings),
            Kind::Screenshot => return self.screenshots.event(event),
            Kind::Profile => return samples.profile(event),
            Kind::ProfileChunk => return samples.chunk(event, strings, &mut threads.sites),
            Kind::CpuProfile => {
                meta.is_of_page = true;
                let profile = event.data().get("cpuProfile");
                return samples.whole(event.thread, event.ts, profile, strings, &mut threads.sites);
            }
            Kind::DomStats => return self.document_sizes.dom(event, strings),
            Kind::SelectorStats => self.document_sizes.selectors(event, strings),
            Kind::TimeStamp => self.user_timings.time_stamp(event, strings),
            Kind::WebSocketCreate | Kind::WebSocketDestroy => {}
            Kind::Layout
            | Kind::UpdateLayoutTree
            | Kind::FunctionCall
            | Kind::EvaluateScript
            | Kind::Dispatch
            | Kind::ParseHtml
            | Kind::ParseStyleSheet => {}
        }
        match event.phase {
            b'X' | b'B' | b'E' | b'I' | b'i' => threads.event(event, name, strings),
            _ => {}
        }
        if matches!(event.phase, b'R' | b'I' | b'i' | b'b' | b'e' | b'S' | b'F')
            && (event.has_category("blink.user_timing") || event.has_category("blink.console"))
            && name.kind != Kind::TimeStamp
        {
            self.user_timings.event(event, name.id, strings);
        }
    }
}

/// Reads all documents of a text: usually one; or a line for each event.
async fn documents<R: Read>(json: &mut Json<R>, trace: &mut Trace, pause: Pause<'_>) -> Result<()> {
    loop {
        match json.peek() {
            Ok(Token::Object) => document(json, trace, pause).await?,
            Ok(Token::Array) => events(json, trace, pause).await?,
            Ok(Token::End) => return Ok(()),
            Ok(_) => json.skip()?,
            // What follows a complete list cannot spoil it: some tools write a comma after each line.
            Err(error) if matches!(error.kind, JsonErrorKind::Syntax(_)) && 0 < trace.n_events => return Ok(()),
            Err(error) => return Err(error),
        }
    }
}

/// A trace, a CPU profile, or a single event.
async fn document<R: Read>(json: &mut Json<R>, trace: &mut Trace, pause: Pause<'_>) -> Result<()> {
    // The members of an event or a profile that stands alone, written together again.
    let mut members: Vec<u8> = b"{".to_vec();
    let mut key = std::mem::take(&mut trace.key);
    json.begin_object()?;
    while json.next_key(&mut key)? {
        match (key.as_str(), json.peek()?) {
            ("traceEvents", Token::Array) => events(json, trace, pause).await?,
            ("metadata", Token::Object) => metadata(json, trace)?,
            ("name" | "cat" | "ph" | "pid" | "tid" | "ts" | "dur" | "id" | "id2" | "args", _) => {
                member(json, trace, &key, MAX_EVENT_BYTES, &mut members)?;
            }
            ("nodes" | "samples" | "timeDeltas" | "timestamps" | "startTime" | "endTime" | "head", _) => {
                trace.is_profile |= matches!(key.as_str(), "nodes" | "head");
                member(json, trace, &key, MAX_PROFILE_BYTES, &mut members)?;
            }
            _ => json.skip()?,
        }
    }
    trace.key = key;
    members.push(b'}');
    if let Some(event) = Event::read(&members) {
        trace.n_events += 1;
        trace.collectors.offer(&event);
    } else if trace.is_profile {
        let Collectors { samples, strings, threads, .. } = &mut trace.collectors;
        samples.whole(PROFILE_THREAD, 0.0, Value::new(&members), strings, &mut threads.sites);
    }
    Ok(())
}

/// Writes a member of an object down as it stands.
fn member<R: Read>(
    json: &mut Json<R>,
    trace: &mut Trace,
    key: &str,
    limit: usize,
    members: &mut Vec<u8>,
) -> Result<()> {
    let start = members.len();
    members.extend_from_slice(b"\"");
    members.extend_from_slice(key.as_bytes());
    members.extend_from_slice(b"\":");
    let is_kept = match json.peek()? {
        Token::Object | Token::Array => {
            json.raw(limit, &mut trace.scratch, |bytes| members.extend_from_slice(bytes))?.is_some()
        }
        Token::Number => {
            members.extend_from_slice(json.number()?.to_string().as_bytes());
            true
        }
        Token::String => {
            json.string(&mut trace.text)?;
            members.extend_from_slice(serde_json::to_string(&trace.text).unwrap_or_default().as_bytes());
            true
        }
        _ => {
            json.skip()?;
            false
        }
    };
    match is_kept {
        true => members.push(b','),
        false => members.truncate(start),
    }
    Ok(())
}

/// A list of events.
async fn events<R: Read>(json: &mut Json<R>, trace: &mut Trace, pause: Pause<'_>) -> Result<()> {
    json.begin_array()?;
    while json.next_item()? {
        poll_fn(pause).await;
        let is_object = json.peek()? == Token::Object;
        let Trace { collectors, scratch, n_events, .. } = &mut *trace;
        let offered = json.raw(MAX_EVENT_BYTES, scratch, |bytes| match Event::read(bytes) {
            Some(event) => {
                collectors.offer(&event);
                true
            }
            None => false,
        })?;
        match offered {
            Some(true) => *n_events += 1,
            Some(false) => collectors.problems.note_at(&problems::FOREIGN_ITEM, 1, Some(json.offset())),
            None if is_object => collectors.problems.note_at(&problems::HUGE_EVENT, 1, Some(json.offset())),
            None => collectors.problems.note_at(&problems::FOREIGN_ITEM, 1, Some(json.offset())),
        }
    }
    Ok(())
}

/// What the file says of itself. Resources of enhanced traces, which may be most of the file, pass by.
fn metadata<R: Read>(json: &mut Json<R>, trace: &mut Trace) -> Result<()> {
    let mut key = String::new();
    json.begin_object()?;
    while json.next_key(&mut key)? {
        match (key.as_str(), json.peek()?) {
            ("source", Token::String) => {
                json.string(&mut trace.text)?;
                trace.file.source = Some(trace.collectors.strings.intern(&trace.text));
            }
            ("startTime", Token::String) => {
                json.string(&mut trace.text)?;
                trace.file.start_time = Some(trace.text.clone());
            }
            ("hostDPR", Token::Number) => {
                let ratio = Some(json.number()?).filter(|ratio| 0.0 < *ratio && ratio.is_finite());
                trace.collectors.page_facts.host_pixel_ratio = ratio;
            }
            ("cpuThrottling", Token::Number) => {
                let times = Some(json.number()?).filter(|times| 1.0 <= *times && times.is_finite());
                trace.collectors.page_facts.processor_slowdown = times;
            }
            ("sourceMaps", Token::Array) => source_maps(json, trace)?,
            ("product-version", Token::String) => {
                json.string(&mut trace.text)?;
                trace.file.product = Some(trace.text.clone());
            }
            _ => json.skip()?,
        }
    }
    Ok(())
}

/// Source maps, one after the other.
fn source_maps<R: Read>(json: &mut Json<R>, trace: &mut Trace) -> Result<()> {
    json.begin_array()?;
    while json.next_item()? {
        if json.peek()? != Token::Object {
            json.skip()?;
            continue;
        }
        let Collectors { scripts, strings, .. } = &mut trace.collectors;
        json.raw(MAX_EVENT_BYTES, &mut trace.scratch, |bytes| scripts.map(Value::new(bytes), strings))?;
    }
    Ok(())
}
