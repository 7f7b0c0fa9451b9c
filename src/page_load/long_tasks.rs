//! Tasks that block the page, and what was done in them: which script, which function, how much style and layout.

use std::collections::BTreeMap;

use crate::order::Arrange;
use crate::page_load::PageLoad;
use crate::page_load::work::Work;
use crate::recording::main_thread::LONG_TASK;
use crate::recording::{RequestId, SiteId, SliceId};
use crate::text::StrId;
use crate::units::{Millis, TimeSpan};

/// Functions of a path beyond these are left out.
const LONGEST_PATH: usize = 6;

/// A task that took longer than [`LONG_TASK`].
#[derive(Clone, Debug, PartialEq)]
pub struct LongTask {
    /// Its slice.
    pub slice: SliceId,
    /// When, from navigation start.
    pub span: TimeSpan,
    /// What was done in it.
    pub content: Content,
    /// Whether it ran while an input waited for its answer.
    pub during_input: bool,
}

/// What was done in a stretch of work.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Content {
    /// The script that began the most of it, and how long that took with all that it called.
    pub script: Option<(StrId, Millis)>,
    /// Where that time went: the functions from the one that began it inwards, as long as one of them has at least half
    /// of it. Nameless ones are left out where the next one is of the same script.
    pub path: Vec<SiteId>,
    /// Style and layout outside of scripts.
    pub style_and_layout: Millis,
    /// The longest event directly within, and its time: says something where no script ran.
    pub event: Option<(StrId, Millis)>,
}

impl Content {
    /// The request that brought the script.
    pub fn request(&self, load: &PageLoad<'_>) -> Option<RequestId> {
        load.request_of_script(self.script?.0)
    }
}

impl LongTask {
    /// What it takes beyond what a task may take: its part of Total Blocking Time.
    pub fn blocking(&self) -> Millis {
        self.span.duration() - LONG_TASK
    }
}

/// The long tasks of [`PageLoad::main_thread`] with what was done in them; `None`: the recording has no work.
pub fn of(load: &PageLoad<'_>) -> Option<Vec<LongTask>> {
    let work = Work::of(load)?;
    // By start, each with the end of the last one up to it: a whole recording of inputs takes no search for each task.
    let mut inputs: Vec<(Millis, Millis)> = load
        .recording
        .timeline
        .interactions_in(work.span)
        .iter()
        .map(|one| (one.start, one.start + one.duration))
        .collect();
    inputs.arrange_by(|a, b| a.0.total_cmp(&b.0));
    let mut last_end = Millis(f64::NEG_INFINITY);
    for (_, end) in &mut inputs {
        last_end = last_end.max(*end);
        *end = last_end;
    }
    let during_input = |from: Millis, to: Millis| {
        let n_begun = inputs.partition_point(|(start, _)| *start < to);
        n_begun.checked_sub(1).and_then(|last| inputs.get(last)).is_some_and(|(_, end)| from < *end)
    };
    let tasks = load.main_thread.as_ref()?.long_tasks.iter().flatten().map(|task| {
        let start = work.span.start + task.start;
        let end = start + task.duration;
        LongTask {
            slice: task.slice,
            span: TimeSpan { start: load.since_start(start), end: load.since_start(end) },
            content: content(load, &work, work.within(task.slice)),
            during_input: during_input(start, end),
        }
    });
    Some(tasks.collect())
}

/// What was done in these slices, which are in the order of time, parents before children.
pub fn content(
    load: &PageLoad<'_>,
    work: &Work<'_>,
    slices: impl Iterator<Item = (SliceId, crate::recording::Slice)>,
) -> Content {
    let names = &load.recording.strings;
    let layouts = [names.find("Layout"), names.find("UpdateLayoutTree"), names.find("RecalculateStyles")];
    let parsers = [names.find("ParseHTML"), names.find("ParseAuthorStyleSheet")];
    let mut style_and_layout = Millis::ZERO;
    let mut event: Option<(StrId, Millis)> = None;
    let mut calls = Calls::default();
    // Of each slice around the current one: depth, the call it is or is in, whether it is or is in style or layout.
    let mut open: Vec<(u16, usize, bool)> = Vec::new();
    for (_, slice) in slices {
        while open.last().is_some_and(|(depth, ..)| slice.depth <= *depth) {
            open.pop();
        }
        let (_, around, in_layout) = open.last().copied().unwrap_or_default();
        if open.is_empty() && event.is_none_or(|(_, longest)| longest < slice.duration) {
            event = Some((slice.name, slice.duration));
        }
        // Parsers name what they parse, which is no script.
        let site = slice.site.filter(|_| !parsers.contains(&Some(slice.name)));
        let has_script = |id: SiteId| work.all.site(id).is_some_and(|site| site.url.is_some());
        match site.filter(|site| has_script(*site)) {
            Some(site) => open.push((slice.depth, calls.add(around, site, slice.duration), in_layout)),
            None => {
                let is_layout = layouts.contains(&Some(slice.name));
                if around == 0 && is_layout && !in_layout {
                    style_and_layout += slice.duration;
                }
                open.push((slice.depth, around, in_layout || is_layout));
            }
        }
    }
    let path = calls.hot_path();
    let url = |id: SiteId| work.all.site(id).and_then(|site| site.url);
    let script = path.first().and_then(|(id, total)| Some((url(*id)?, *total)));
    let is_told = |at: &usize| {
        let Some(site) = path.get(*at).and_then(|(id, _)| work.all.site(*id)) else { return false };
        let next = path.get(at + 1).and_then(|(id, _)| url(*id));
        site.function.is_some() || next != site.url
    };
    let path: Vec<SiteId> =
        (0..path.len()).filter(is_told).filter_map(|at| path.get(at).map(|(id, _)| *id)).take(LONGEST_PATH).collect();
    Content { script, path, style_and_layout, event }
}

/// Calls of the same function from the same calls are one. The first stands for what is around all.
struct Calls {
    all: Vec<Call>,
    by_caller: BTreeMap<(usize, SiteId), usize>,
}

struct Call {
    caller: usize,
    site: SiteId,
    total: Millis,
    /// The most expensive of what it called.
    hottest: Option<usize>,
}

impl Default for Calls {
    fn default() -> Self {
        let around = Call { caller: 0, site: SiteId(0), total: Millis::ZERO, hottest: None };
        Self { all: vec![around], by_caller: BTreeMap::new() }
    }
}

impl Calls {
    fn add(&mut self, caller: usize, site: SiteId, duration: Millis) -> usize {
        // An event and the function it calls are the same place.
        if self.all.get(caller).is_some_and(|call| caller != 0 && call.site == site) {
            return caller;
        }
        let at = *self.by_caller.entry((caller, site)).or_insert_with(|| {
            self.all.push(Call { caller, site, total: Millis::ZERO, hottest: None });
            self.all.len() - 1
        });
        if let Some(call) = self.all.get_mut(at) {
            call.total += duration;
        }
        at
    }

    /// From what began the most inwards, as long as one call has at least half of that.
    fn hot_path(mut self) -> Vec<(SiteId, Millis)> {
        for at in 1..self.all.len() {
            let Some((caller, total)) = self.all.get(at).map(|call| (call.caller, call.total)) else { continue };
            let hottest = self.all.get(caller).and_then(|call| self.all.get(call.hottest?)).map(|call| call.total);
            if let Some(call) = self.all.get_mut(caller).filter(|_| hottest.is_none_or(|hottest| hottest < total)) {
                call.hottest = Some(at);
            }
        }
        let mut path: Vec<(SiteId, Millis)> = Vec::new();
        let mut at = 0;
        while let Some(next) = self.all.get(at).and_then(|call| call.hottest) {
            let Some(call) = self.all.get(next) else { break };
            if path.first().is_some_and(|(_, all)| call.total < *all * 0.5) {
                break;
            }
            path.push((call.site, call.total));
            at = next;
        }
        path
    }
}
