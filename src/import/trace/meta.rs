//! Who was there: processes, threads, frames, workers, the tab's own frame, the viewport.

use crate::import::trace::event::{Event, ThreadKey};
use crate::import::trace::value::Value;
use crate::order::Arrange;
use crate::recording::{Frame, FrameId, Viewport};
use crate::text::{StrId, StrTable};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Collects what is known of processes, threads and frames.
#[derive(Default)]
pub struct Meta {
    /// Names by process.
    pub process_names: BTreeMap<i64, StrId>,
    /// Names by thread.
    pub thread_names: BTreeMap<ThreadKey, StrId>,
    /// Workers' threads and their scripts' addresses.
    pub workers: BTreeMap<ThreadKey, Option<StrId>>,
    /// Whether anything shows that a page was traced.
    pub is_of_page: bool,
    /// The visible part of the page.
    pub viewport: Option<Viewport>,
    frames: Vec<FrameDraft>,
    by_id: HashMap<StrId, usize>,
    /// Which process showed which frame.
    shown: HashSet<(i64, StrId)>,
    known: HashSet<StrId>,
    /// The addresses that processes showed, each once.
    urls: BTreeMap<i64, Vec<StrId>>,
    /// Documents shown in frames, as the browser's own process tells: when, and in which.
    commits: Vec<(f64, StrId)>,
    /// The main frame as the browser tells when tracing starts.
    main: Option<StrId>,
    /// The frame of `TracingStartedInPage`, before Chrome 64.
    old_main: Option<StrId>,
}

struct FrameDraft {
    id: StrId,
    parent: Option<StrId>,
    url: Option<StrId>,
}

impl Meta {
    /// `process_name`
    pub fn process_name(&mut self, event: &Event<'_>, strings: &mut StrTable) {
        if let Some(name) = event.args.get("name").text() {
            self.process_names.insert(event.thread.process, strings.intern(&name));
        }
    }

    /// `thread_name`
    pub fn thread_name(&mut self, event: &Event<'_>, strings: &mut StrTable) {
        if let Some(name) = event.args.get("name").text() {
            self.thread_names.insert(event.thread, strings.intern(&name));
        }
    }

    /// `TracingStartedInBrowser`
    pub fn tracing_started(&mut self, event: &Event<'_>, strings: &mut StrTable) {
        self.is_of_page = true;
        for frame in event.data().get("frames").items() {
            let id = self.frame(frame, event, strings);
            let is_main =
                match (frame.get("isInPrimaryMainFrame").boolean(), frame.get("isOutermostMainFrame").boolean()) {
                    (Some(primary), Some(outermost)) => primary && outermost,
                    (None, Some(outermost)) => outermost,
                    _ => {
                        !frame.get("parent").is_there() && frame.get("url").written().is_some_and(|url| !url.is_empty())
                    }
                };
            if is_main && id.is_some() {
                self.main = id;
            }
        }
    }

    /// `TracingStartedInPage`
    pub fn tracing_started_in_page(&mut self, event: &Event<'_>, strings: &mut StrTable) {
        self.is_of_page = true;
        if let Some(page) = event.data().get("page").text() {
            self.old_main = Some(strings.intern(&page));
        }
        for frame in event.data().get("frames").items() {
            self.frame(frame, event, strings);
        }
    }

    /// `FrameCommittedInBrowser`, `CommitLoad`
    pub fn committed(&mut self, event: &Event<'_>, strings: &mut StrTable) {
        let frame = self.frame(event.data(), event, strings);
        if event.name == b"FrameCommittedInBrowser" {
            self.commits.extend(frame.map(|frame| (event.ts, frame)));
        }
    }

    /// How often the main frame showed a document that was not loaded for it, by the starts of its loads in the order
    /// of time: each load begins before the document is shown, and after the one before was.
    pub fn commits_without_load(&mut self, main_frame: Option<StrId>, loads: impl Iterator<Item = f64>) -> u64 {
        self.commits.arrange_by(|a, b| a.0.total_cmp(&b.0));
        let mut loads = loads.peekable();
        let mut n_without = 0;
        for (at, _) in self.commits.iter().filter(|(_, frame)| Some(*frame) == main_frame) {
            let mut is_loaded = false;
            while loads.next_if(|start| start <= at).is_some() {
                is_loaded = true;
            }
            n_without += u64::from(!is_loaded);
        }
        n_without
    }

    /// `TracingSessionIdForWorker`
    pub fn worker(&mut self, event: &Event<'_>, strings: &mut StrTable) {
        self.is_of_page = true;
        let data = event.data();
        let url = data.get("url").text().map(|url| strings.intern(&url));
        let thread = data.get("workerThreadId").number().map_or(event.thread.thread, |number| number as i64);
        self.workers.insert(ThreadKey { thread, ..event.thread }, url);
    }

    /// `PaintTimingVisualizer::Viewport`
    pub fn viewport(&mut self, event: &Event<'_>) {
        let data = event.data();
        // Corners of a quad: x and y of the upper left, the upper right, the lower right …
        let quad: Vec<f64> = data.get("viewport_rect").items().filter_map(Value::number).collect();
        if let (None, Some(width), Some(height)) = (self.viewport, quad.get(2), quad.get(5)) {
            let device_pixel_ratio = data.get("dpr").number();
            self.viewport = Some(Viewport { width: *width, height: *height, device_pixel_ratio });
        }
    }

    /// A frame that only an id is known of.
    pub fn mention(&mut self, id: StrId) -> FrameId {
        FrameId(self.index(id) as u32)
    }

    fn frame(&mut self, frame: Value<'_>, event: &Event<'_>, strings: &mut StrTable) -> Option<StrId> {
        let (mut id, mut parent, mut url, mut process) = (None, None, None, event.thread.process);
        for (key, value) in frame.members() {
            match key {
                b"frame" => id = value.text().map(|id| strings.intern(&id)),
                b"parent" => parent = value.text().filter(|id| !id.is_empty()).map(|id| strings.intern(&id)),
                b"url" => url = value.text().map(|url| strings.intern(&url)),
                b"processId" => process = value.number().map_or(process, |number| number as i64),
                _ => {}
            }
        }
        let id = id?;
        let at = self.index(id);
        if let Some(known) = self.frames.get_mut(at) {
            known.parent = known.parent.or(parent);
            known.url = url.or(known.url);
        }
        self.shown.insert((process, id));
        self.known.insert(id);
        let urls = self.urls.entry(process).or_default();
        if urls.last().copied() != url {
            urls.extend(url);
        }
        Some(id)
    }

    fn index(&mut self, id: StrId) -> usize {
        *self.by_id.entry(id).or_insert_with(|| {
            self.frames.push(FrameDraft { id, parent: None, url: None });
            self.frames.len() - 1
        })
    }

    /// The main frame, as far as the browser tells.
    pub fn main_frame(&self) -> Option<StrId> {
        self.main.or(self.old_main)
    }

    /// Whether a process showed this frame.
    pub fn has_shown(&self, process: i64, frame: StrId) -> bool {
        self.shown.contains(&(process, frame))
    }

    /// Whether it is known who showed this frame.
    pub fn is_known(&self, frame: StrId) -> bool {
        self.known.contains(&frame)
    }

    /// The address a process works for: the first that is not blank.
    pub fn url_of_process(&self, process: i64, strings: &StrTable) -> Option<StrId> {
        let is_blank = |url: &StrId| matches!(strings.get(*url).expose(), "" | "about:blank");
        self.urls.get(&process)?.iter().copied().find(|url| !is_blank(url))
    }

    /// The address a thread works for: that of its worker or its process.
    pub fn url_of_thread(&self, thread: ThreadKey, strings: &StrTable) -> Option<StrId> {
        let worker = self.workers.get(&thread).copied().flatten();
        worker.or_else(|| self.url_of_process(thread.process, strings))
    }

    /// All frames.
    pub fn frames(&mut self) -> Vec<Frame> {
        // Parents that were never heard of otherwise become frames here.
        for at in 0..self.frames.len() {
            if let Some(parent) = self.frames.get(at).and_then(|frame| frame.parent) {
                self.index(parent);
            }
        }
        let find = |id: StrId| self.by_id.get(&id).map(|at| FrameId(*at as u32));
        self.frames
            .iter()
            .map(|frame| Frame { recorded_id: frame.id, parent: frame.parent.and_then(find), url: frame.url })
            .collect()
    }
}
