//! The page's own thread while the load lasted: where every analysis of work begins.

use std::ops::ControlFlow;

use crate::page_load::PageLoad;
use crate::recording::{MainThread, Navigation, NavigationKind, RequestId, SiteId, Slice, SliceId, Thread, ThreadRole};
use crate::text::StrId;
use crate::units::{Millis, TimeSpan};

/// Names of Chrome's tasks, newest first.
pub const TASKS: [&str; 4] = [
    "RunTask",
    "ThreadControllerImpl::RunTask",
    "ThreadControllerImpl::DoWork",
    "TaskQueueManager::ProcessTaskFromWorkQueue",
];

/// Instants are recorded in µs.
const SAME_INSTANT: Millis = Millis(0.001);

/// The work of one load.
pub struct Work<'a> {
    /// All threads of the recording.
    pub all: &'a MainThread,
    /// The page's.
    pub thread: &'a Thread,
    /// From navigation start to the next navigation or the end, as offsets from the recording's origin.
    pub span: TimeSpan,
    /// What tasks are called in this recording.
    task: Option<StrId>,
}

impl PageLoad<'_> {
    /// The navigation as a browser wrote it down; `None` for a HAR and for what came before the first navigation.
    pub fn navigation(&self) -> Option<&Navigation> {
        self.recording.timeline.navigation_of(self.page)
    }

    /// Whether this is a change of view within a page rather than the load of one: script changed address and content.
    pub fn is_view_change(&self) -> bool {
        self.navigation().is_some_and(|navigation| navigation.kind == NavigationKind::Soft)
    }

    /// From the load's start to the next load or the end of the recording, as offsets from the recording's origin.
    pub fn window(&self) -> TimeSpan {
        self.window
    }

    /// The request that brought a script, by its address; that of the document for scripts within it.
    pub fn request_of_script(&self, url: StrId) -> Option<RequestId> {
        self.addresses.requests_to(self.recording.text(url).expose()).first().copied()
    }

    /// The request that brought the script of a place.
    pub fn request_of_site(&self, site: SiteId) -> Option<RequestId> {
        self.request_of_script(self.recording.timeline.main_thread.site(site)?.url?)
    }

    /// An instant of the recording, from navigation start.
    pub fn since_start(&self, at: Millis) -> Millis {
        at - self.navigation_start
    }
}

/// See [`PageLoad::window`]. Looks at all pages, so it is reckoned once.
pub fn window(load: &PageLoad<'_>) -> TimeSpan {
    let start = load.navigation_start;
    let end = match load.navigation() {
        Some(navigation) => navigation.end,
        None => {
            let mut later = load.recording.pages.iter().filter_map(|page| page.start).filter(|at| start < *at);
            later.next().unwrap_or(load.recording.timeline.span.end)
        }
    };
    TimeSpan { start, end: end.max(start) }
}

impl<'a> Work<'a> {
    /// The work of a load; `None`: the recording tells nothing of its thread.
    pub fn of(load: &PageLoad<'a>) -> Option<Self> {
        let recording = load.recording;
        let all = &recording.timeline.main_thread;
        let announced = load.navigation().and_then(|navigation| {
            let is_it = |thread: &&Thread| thread.key == navigation.thread;
            all.threads.iter().find(is_it)
        });
        let is_main = |thread: &&Thread| thread.role == ThreadRole::Main;
        let thread = announced.or_else(|| all.threads.iter().find(is_main));
        // A profile of something else than a page: the thread that did most.
        let thread = thread.or_else(|| all.threads.iter().max_by_key(|thread| thread.slices.len()))?;
        let task = TASKS.iter().find_map(|name| recording.strings.find(name));
        Some(Self { all, thread, span: load.window(), task })
    }

    /// Shows `see` every slice that begins while the load lasts, in the order of time, parents before children, until
    /// it says to stop.
    pub fn each(&self, mut see: impl FnMut(SliceId, Slice) -> ControlFlow<()>) {
        for at in self.first()..self.thread.slices.end {
            let Some(slice) = self.all.slices.get(SliceId(at)) else { return };
            if self.span.end < slice.start || see(SliceId(at), slice).is_break() {
                return;
            }
        }
    }

    /// Whether a slice is a task: what the browser does in one go.
    pub fn is_task(&self, slice: &Slice) -> bool {
        !slice.is_call && Some(slice.name) == self.task
    }

    /// The slices within another one, in the order of time.
    pub fn within(&self, id: SliceId) -> impl Iterator<Item = (SliceId, Slice)> + use<'a> {
        let all = self.all;
        let depth = all.slices.get(id).map_or(u16::MAX, |slice| slice.depth);
        let later = (id.0 + 1..self.thread.slices.end).map(SliceId);
        let later = later.filter_map(|id| Some((id, all.slices.get(id)?)));
        later.take_while(move |(_, slice)| depth < slice.depth)
    }

    /// The slices that begin in a stretch of time, in the order of time, parents before children.
    pub fn between(&self, span: TimeSpan) -> impl Iterator<Item = (SliceId, Slice)> + use<'a> {
        let all = self.all;
        let later = (self.first_from(span.start)..self.thread.slices.end).map(SliceId);
        later.filter_map(|id| Some((id, all.slices.get(id)?))).take_while(move |(_, slice)| slice.start <= span.end)
    }

    /// The outermost slice that is under way at an instant.
    pub fn task_at(&self, at: Millis) -> Option<SliceId> {
        let before = (self.thread.slices.start..self.first_from(at + SAME_INSTANT)).rev().map(SliceId);
        let found = before.map_while(|id| Some((id, self.all.slices.get(id)?))).find(|(_, slice)| slice.depth == 0);
        found.filter(|(_, slice)| at < slice.start + slice.duration).map(|(id, _)| id)
    }

    /// The slices that began before an instant and are still under way, outermost first.
    pub fn under_way(&self, at: Millis) -> Vec<(SliceId, Slice)> {
        let mut found = Vec::new();
        let mut depth = u16::MAX;
        for id in (self.thread.slices.start..self.first_from(at)).rev().map(SliceId) {
            let Some(slice) = self.all.slices.get(id).filter(|slice| slice.depth < depth) else { continue };
            depth = slice.depth;
            if at < slice.start + slice.duration {
                found.push((id, slice));
            }
            if depth == 0 {
                break;
            }
        }
        found.reverse();
        found
    }

    /// The first slice that begins within the span.
    pub fn first(&self) -> u32 {
        self.first_from(self.span.start)
    }

    /// The first slice that begins at or after an instant.
    pub fn first_from(&self, at: Millis) -> u32 {
        self.all.slices.first_from(&self.thread.slices, at)
    }
}
