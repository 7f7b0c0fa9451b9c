//! What threads did: tasks, the work nested in them, and the script functions seen by the sampling profiler.

use crate::recording::{Chunks, FrameId};
use crate::text::StrId;
use crate::units::Millis;
use std::ops::Range;

/// A task longer than this blocks the page (W3C Long Tasks).
pub const LONG_TASK: Millis = Millis(50.0);

/// Handle of a slice in [`Slices`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SliceId(pub u32);

/// Handle of a place in scripts in [`MainThread::sites`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SiteId(pub u32);

/// All threads of interest.
#[derive(Default)]
pub struct MainThread {
    /// Threads, those of the main frame first, then by process and thread number.
    pub threads: Vec<Thread>,
    /// What they did, thread by thread, each in the order of time, parents before children.
    pub slices: Slices,
    /// Functions and scripts.
    pub sites: Vec<Site>,
    /// Layout and style work in the order of the slices.
    pub layouts: Vec<LayoutWork>,
    /// The layout and style work that script forced, in the order of the slices.
    pub forced: Vec<ForcedReflow>,
}

/// A thread.
#[derive(Clone, Debug)]
pub struct Thread {
    /// Process and thread number.
    pub key: (i64, i64),
    /// Its name as recorded.
    pub name: Option<StrId>,
    /// What kind of thread.
    pub role: ThreadRole,
    /// Whether its process showed the main frame at any time.
    pub shows_main_frame: bool,
    /// The address of the frame or worker it works for.
    pub url: Option<StrId>,
    /// What it did, as a range of [`MainThread::slices`].
    pub slices: Range<u32>,
    /// How many samples the profiler took of it.
    pub n_samples: usize,
}

/// What kind of thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ThreadRole {
    /// A renderer's main thread.
    Main,
    /// A worker's thread.
    Worker,
    /// A thread of the browser or the GPU process, or a helper.
    Other,
}

/// Rows of work, packed: a trace may have ten million. Slices nest: none ends after its parent.
#[derive(Default)]
pub struct Slices(Chunks<Row>);

/// A [`Slice`] in 28 bytes instead of 48.
#[derive(Clone, Copy)]
#[repr(C, packed(4))]
struct Row {
    start: Millis,
    /// ms. Single precision is enough: a ten-thousandth of a millisecond in a task of a second.
    duration: f32,
    self_time: f32,
    name: StrId,
    /// [`NO_SITE`] for none.
    site: u32,
    depth: u16,
    is_call: bool,
}

const NO_SITE: u32 = u32::MAX;

/// One row of [`Slices`].
#[derive(Clone, Copy, Debug)]
pub struct Slice {
    /// When it began, as an offset from the recording's origin.
    pub start: Millis,
    /// How long it took.
    pub duration: Millis,
    /// `duration` without what is nested in it.
    pub self_time: Millis,
    /// Name of the event; of the function for calls.
    pub name: StrId,
    /// How deep it is nested; 0 for tasks.
    pub depth: u16,
    /// Whether it is a function seen by the profiler rather than an event.
    pub is_call: bool,
    /// The function or script it ran, if any.
    pub site: Option<SiteId>,
}

/// A place in a script, or a script as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Site {
    /// Name of the function; empty for the script's top level and nameless functions.
    pub function: Option<StrId>,
    /// Address of the script.
    pub url: Option<StrId>,
    /// Line, counted from 0.
    pub line: Option<u32>,
    /// Column, counted from 0.
    pub column: Option<u32>,
}

/// Style recalculation or layout.
#[derive(Clone, Copy, Debug)]
pub struct LayoutWork {
    /// Its slice.
    pub slice: SliceId,
    /// Which of both.
    pub kind: LayoutKind,
    /// Elements whose style was calculated, or objects that needed layout.
    pub n_dirty: Option<u64>,
    /// All objects of the tree, for layout.
    pub n_total: Option<u64>,
    /// In which frame.
    pub frame: Option<FrameId>,
    /// The script position that asked for it, if the trace says so.
    pub site: Option<SiteId>,
}

/// Style recalculation or layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the names are the field's own
pub enum LayoutKind {
    Style,
    Layout,
}

/// Style or layout work inside of script, in a task that has enough of it to matter.
#[derive(Clone, Copy, Debug)]
pub struct ForcedReflow {
    /// Position in [`MainThread::layouts`].
    pub layout: u32,
    /// The task it is in.
    pub task: SliceId,
    /// The script position that forced it, from its own stack or the innermost function around it.
    pub site: Option<SiteId>,
}

/// Size of a document.
#[derive(Clone, Copy, Debug)]
pub struct DomSize {
    /// When it was counted.
    pub at: Millis,
    /// In which frame.
    pub frame: Option<FrameId>,
    /// Elements.
    pub n_elements: u64,
    /// The deepest element's depth and name.
    pub deepest: Option<(u64, Option<StrId>)>,
    /// The largest number of children, and whose.
    pub widest: Option<(u64, Option<StrId>)>,
}

/// What matching a selector cost, over the whole recording.
#[derive(Clone, Copy, Debug)]
pub struct SelectorCost {
    /// The selector.
    pub selector: StrId,
    /// Chrome's id of its style sheet.
    pub style_sheet: Option<StrId>,
    /// Time.
    pub elapsed: Millis,
    /// How often an element was compared.
    pub n_attempts: u64,
    /// How often it matched.
    pub n_matches: u64,
    /// How often a quick look was enough to say no.
    pub n_fast_rejects: u64,
}

impl Slices {
    /// Adds a row.
    pub fn push(&mut self, row: Slice) -> SliceId {
        self.0.push(Row {
            start: row.start,
            duration: row.duration.0 as f32,
            self_time: row.self_time.0 as f32,
            name: row.name,
            site: row.site.map_or(NO_SITE, |site| site.0),
            depth: row.depth,
            is_call: row.is_call,
        });
        SliceId(self.0.len() as u32 - 1)
    }

    /// Writes the self time of a row, once all that is nested in it is known.
    pub fn set_self_time(&mut self, id: SliceId, self_time: Millis) {
        if let Some(known) = self.0.get_mut(id.0 as usize) {
            known.self_time = self_time.0 as f32;
        }
    }

    /// The first of a thread's slices that does not begin before `instant`; the end of its range if all do.
    pub fn first_from(&self, of_thread: &Range<u32>, instant: Millis) -> u32 {
        let (mut first, mut end) = (of_thread.start, of_thread.end.max(of_thread.start));
        while first < end {
            let middle = first + (end - first) / 2;
            match self.0.get(middle as usize) {
                Some(row) if { row.start } < instant => first = middle + 1,
                _ => end = middle,
            }
        }
        first
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// One row.
    pub fn get(&self, id: SliceId) -> Option<Slice> {
        let row = *self.0.get(id.0 as usize)?;
        Some(Slice {
            start: row.start,
            duration: Millis(f64::from(row.duration)),
            self_time: Millis(f64::from(row.self_time)),
            name: row.name,
            depth: row.depth,
            is_call: row.is_call,
            site: Some(row.site).filter(|site| *site != NO_SITE).map(SiteId),
        })
    }
}

impl MainThread {
    /// A thread's slices in order.
    pub fn slices_of<'a>(&'a self, thread: &Thread) -> impl Iterator<Item = (SliceId, Slice)> + use<'a> {
        thread.slices.clone().map(SliceId).filter_map(|id| Some((id, self.slices.get(id)?)))
    }

    /// Where a script's function is.
    pub fn site(&self, id: SiteId) -> Option<&Site> {
        self.sites.get(id.0 as usize)
    }

    /// A thread's long tasks that are called `task`, which is the name of Chrome's tasks.
    pub fn long_tasks<'a>(&'a self, thread: &Thread, task: StrId) -> impl Iterator<Item = SliceId> + use<'a> {
        self.slices_of(thread)
            .filter(move |(_, slice)| slice.name == task && LONG_TASK < slice.duration)
            .map(|(id, _)| id)
    }
}
