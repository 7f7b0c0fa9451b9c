//! Slices of a thread in the order of time, nested: the time of each without its children, and what script forced.

use crate::import::trace::calls::Work;
use crate::import::trace::clock::{Offsets, micros};
use crate::import::trace::meta::Meta;
use crate::import::trace::samples::Profile;
use crate::recording::{Chunks, ForcedReflow, LayoutKind, LayoutWork, MainThread, SiteId, Slice, SliceId};
use crate::text::{StrId, StrTable};
use std::collections::HashMap;

/// Forced style and layout work of a task below this together is left alone (Chrome's `FORCED_REFLOW_THRESHOLD`, ms).
const MIN_FORCED_MS: f64 = 30.0;
/// A slice before it is sorted. There are millions of them, so what few of them have is elsewhere.
#[derive(Clone, Copy)]
#[allow(missing_docs)] // as in `Slice`
pub struct Raw {
    pub ts: f64,
    /// µs; negative for instants, which only matter for their stacks.
    pub duration: f64,
    pub name: StrId,
    pub detail: DetailId,
}

/// Nothing, a site, or a position in one of the lists of [`Details`]: two bits say which.
#[derive(Clone, Copy, Default)]
pub struct DetailId(u32);

/// What some slices have.
#[derive(Default)]
pub struct Details {
    stacks: Vec<(u64, Option<SiteId>)>,
    layouts: Vec<LayoutDraft>,
}

/// What is known of one slice beyond its time.
#[derive(Clone, Copy, Default)]
#[allow(missing_docs)] // as in `Slice`
pub struct Detail {
    pub site: Option<SiteId>,
    pub stack: Option<u64>,
    pub layout: Option<LayoutDraft>,
}

#[derive(Clone, Copy)]
#[allow(missing_docs)] // as in `LayoutWork`
pub struct LayoutDraft {
    /// 0 for none.
    pub stack: u64,
    pub site: Option<SiteId>,
    pub frame: Option<StrId>,
    pub n_dirty: Option<u32>,
    pub n_total: Option<u32>,
    pub kind: LayoutKind,
}

impl Details {
    const KINDS: u32 = 4;

    /// See [`DetailId`].
    pub fn push(&mut self, detail: Detail) -> DetailId {
        let (kind, at) = match detail {
            Detail { layout: Some(layout), .. } => {
                let stack = detail.stack.unwrap_or_default();
                self.layouts.push(LayoutDraft { stack, site: detail.site, ..layout });
                (1, self.layouts.len() as u32 - 1)
            }
            Detail { stack: Some(stack), .. } => {
                self.stacks.push((stack, detail.site));
                (2, self.stacks.len() as u32 - 1)
            }
            Detail { site: Some(SiteId(at)), .. } => (3, at),
            _ => return DetailId(0),
        };
        // More than a thousand million would not fit; they lose their details.
        DetailId(at.checked_mul(Self::KINDS).map_or(0, |at| at + kind))
    }

    /// See [`DetailId`].
    pub fn get(&self, id: DetailId) -> Detail {
        let at = id.0 / Self::KINDS;
        match id.0 % Self::KINDS {
            1 => {
                let layout = self.layouts.get(at as usize).copied();
                let stack = layout.map(|layout| layout.stack).filter(|stack| *stack != 0);
                Detail { site: layout.and_then(|layout| layout.site), stack, layout }
            }
            2 => match self.stacks.get(at as usize) {
                Some((stack, site)) => Detail { site: *site, stack: Some(*stack), layout: None },
                None => Detail::default(),
            },
            3 => Detail { site: Some(SiteId(at)), ..Detail::default() },
            _ => Detail::default(),
        }
    }
}

/// The state of nesting slices, thread by thread.
pub struct Nesting<'a> {
    /// What was nested so far.
    pub main_thread: MainThread,
    /// The clock.
    pub offsets: Offsets,
    /// What few slices have.
    pub details: &'a Details,
    /// Texts.
    pub strings: &'a StrTable,
    /// Whether script runs directly in events of this name.
    pub runs_script: HashMap<StrId, bool>,
    /// Frames.
    pub meta: &'a mut Meta,
}

/// A slice that is not closed yet.
struct Open {
    id: SliceId,
    end: f64,
    /// µs without what is nested in it so far.
    self_time: f64,
    /// Whether script runs in it or around it.
    in_script: bool,
    /// The innermost place in scripts.
    site: Option<SiteId>,
}

impl Nesting<'_> {
    /// Nests the slices of one thread and the calls that its profile makes of them.
    pub fn thread(&mut self, mut raws: Chunks<Raw>, profile: Option<&Profile>) {
        raws.arrange(|a, b| a.ts.total_cmp(&b.ts).then(b.duration.max(0.0).total_cmp(&a.duration.max(0.0))));
        let calls = match profile {
            Some(profile) => {
                for raw in raws.iter() {
                    self.runs_script(raw.name);
                }
                let mut calls = profile.calls(raws.iter().map(|raw| self.work(raw)));
                calls.arrange(|a, b| a.ts.total_cmp(&b.ts).then(b.duration.total_cmp(&a.duration)));
                calls
            }
            None => Chunks::default(),
        };
        let mut open: Vec<Open> = Vec::new();
        // Forced work of the task under way, and how long it takes together.
        let mut forced: Vec<ForcedReflow> = Vec::new();
        let mut forced_ms = 0.0;
        let mut calls = calls.drain().peekable();
        let mut raws = raws.drain().filter(|raw| 0.0 <= raw.duration).peekable();
        loop {
            let comes_first = match (calls.peek(), raws.peek()) {
                (None, None) => break,
                (Some(call), Some(raw)) => (call.ts, -call.duration) <= (raw.ts, -raw.duration),
                (call, _) => call.is_some(),
            };
            let call = if comes_first { calls.next() } else { None };
            let raw = if comes_first { None } else { raws.next() };
            let (ts, duration) = match (&call, &raw) {
                (Some(call), _) => (call.ts, call.duration),
                (_, Some(raw)) => (raw.ts, raw.duration),
                _ => break,
            };
            while let Some(top) = open.pop_if(|top| top.end <= ts) {
                self.main_thread.slices.set_self_time(top.id, micros(top.self_time));
            }
            // What outlasts its parent cannot be nested; the engine leaves it out as well.
            if open.last().is_some_and(|top| top.end < ts + duration) {
                continue;
            }
            if open.is_empty() {
                if MIN_FORCED_MS <= forced_ms {
                    self.main_thread.forced.append(&mut forced);
                }
                forced.clear();
                forced_ms = 0.0;
            }
            if let Some(top) = open.last_mut() {
                top.self_time -= duration;
            }
            let site = match (call, raw) {
                (Some(call), _) => Some(call.site),
                (_, raw) => raw.and_then(|raw| self.details.get(raw.detail).site),
            };
            let id = self.main_thread.slices.push(Slice {
                start: self.offsets.at(ts),
                duration: micros(duration),
                self_time: micros(duration),
                name: call.map(|call| call.name).or(raw.map(|raw| raw.name)).unwrap_or(StrId(0)),
                depth: u16::try_from(open.len()).unwrap_or(u16::MAX),
                is_call: call.is_some(),
                site,
            });
            let parent_in_script = open.last().is_some_and(|top| top.in_script);
            let parent_site = open.last().and_then(|top| top.site);
            let in_script = parent_in_script || raw.is_some_and(|raw| self.runs_script(raw.name));
            if let Some(layout) = raw.and_then(|raw| self.details.get(raw.detail).layout) {
                let at = self.layout(id, layout, site);
                if parent_in_script {
                    forced_ms += duration / 1e3;
                    let task = open.first().map_or(id, |task| task.id);
                    forced.push(ForcedReflow { layout: at, task, site: site.or(parent_site) });
                }
            }
            open.push(Open { id, end: ts + duration, self_time: duration, in_script, site: site.or(parent_site) });
        }
        for top in open {
            self.main_thread.slices.set_self_time(top.id, micros(top.self_time));
        }
        if MIN_FORCED_MS <= forced_ms {
            self.main_thread.forced.append(&mut forced);
        }
    }

    fn layout(&mut self, slice: SliceId, draft: LayoutDraft, site: Option<SiteId>) -> u32 {
        self.main_thread.layouts.push(LayoutWork {
            slice,
            kind: draft.kind,
            n_dirty: draft.n_dirty.map(u64::from),
            n_total: draft.n_total.map(u64::from),
            frame: draft.frame.map(|frame| self.meta.mention(frame)),
            site,
        });
        self.main_thread.layouts.len() as u32 - 1
    }

    /// What the profiler's samples are fitted into.
    fn work(&self, raw: &Raw) -> Work {
        let name = self.strings.get(raw.name).expose();
        Work {
            ts: raw.ts,
            end: raw.ts + raw.duration.max(0.0),
            is_task: matches!(name, "RunTask" | "RunMicrotasks"),
            runs_script: self.runs_script.get(&raw.name) == Some(&true),
            stack: self.details.get(raw.detail).stack,
        }
    }

    fn runs_script(&mut self, name: StrId) -> bool {
        let strings = self.strings;
        *self.runs_script.entry(name).or_insert_with(|| {
            let name = strings.get(name).expose();
            let is_known = matches!(
                name,
                "RunMicrotasks"
                    | "FunctionCall"
                    | "EvaluateScript"
                    | "v8.evaluateModule"
                    | "EventDispatch"
                    | "V8.Execute"
            );
            is_known || name.starts_with("v8") || name.starts_with("V8")
        })
    }
}
