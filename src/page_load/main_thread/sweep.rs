//! One pass over the work of threads that sums it up.

use crate::page_load::main_thread::activity::{Activities, Known, Named};
use crate::page_load::main_thread::{Activity, LongTask, MainThreadWork, ScriptId, ScriptWork};
use crate::page_load::{PageLoad, Party, Work};
use crate::recording::{LONG_TASK, Slice, SliceId};
use crate::text::StrId;
use crate::units::{Millis, TimeSpan};
use std::collections::HashMap;

/// Slices that are looked through for what was under way when the navigation began. A task that began longer before
/// is left out, so that a trace of very many navigations is not read over and over.
const MAX_LOOK_BACK: u32 = 4096;

/// Sums up the work of a load; scripts in the order in which they were met.
pub fn sum(load: &PageLoad<'_>, work: &Work<'_>, blocking_span: Option<TimeSpan>) -> MainThreadWork {
    let mut sweep = Sweep {
        load,
        source: work,
        blocking_span,
        activities: Activities::default(),
        script_of_url: HashMap::new(),
        sums: MainThreadWork::default(),
        open: Vec::new(),
        task: None,
        has_tasks: false,
        in_task: Vec::new(),
        touched: Vec::new(),
        blocking: Millis::ZERO,
        long_tasks: Vec::new(),
    };
    sweep.all();
    let mut sums = sweep.sums;
    if sweep.has_tasks {
        sums.long_tasks = Some(sweep.long_tasks);
        sums.blocking = blocking_span.map(|_| sweep.blocking);
    }
    sums
}

/// The state of the pass.
struct Sweep<'a> {
    load: &'a PageLoad<'a>,
    source: &'a Work<'a>,
    /// When tasks count as blocking.
    blocking_span: Option<TimeSpan>,
    activities: Activities,
    script_of_url: HashMap<StrId, u32>,
    sums: MainThreadWork,
    open: Vec<Open>,
    task: Option<Task>,
    has_tasks: bool,
    /// Time in the task under way by script, for those in `touched`: in it, and begun by it.
    in_task: Vec<(Millis, Millis)>,
    touched: Vec<u32>,
    blocking: Millis,
    long_tasks: Vec<LongTask>,
}

/// A slice that is not closed yet.
struct Open {
    depth: u16,
    /// Time within the span without what is nested in it so far.
    rest: Millis,
    activity: Activity,
    /// The innermost script around.
    script: Option<u32>,
    /// Whether the slice is that script's own, not only caused by it.
    is_own: bool,
    /// The outermost script that runs around.
    began: Option<u32>,
}

/// The task under way.
struct Task {
    slice: SliceId,
    start: Millis,
    duration: Millis,
    /// How many slices are around it.
    depth: usize,
    by_activity: [Millis; Activity::N],
}

impl Sweep<'_> {
    fn all(&mut self) {
        let (slices, of_thread) = (&self.source.all.slices, &self.source.thread.slices);
        let first = self.source.first();
        // What may be under way: the slice before, and all that are around it.
        let mut around = Vec::new();
        let mut depth = u16::MAX;
        for at in (of_thread.start.max(first.saturating_sub(MAX_LOOK_BACK))..first).rev() {
            if depth == 0 {
                break;
            }
            let Some(slice) = slices.get(SliceId(at)).filter(|slice| slice.depth < depth) else { continue };
            depth = slice.depth;
            around.push((SliceId(at), slice));
        }
        for (id, slice) in around.into_iter().rev() {
            self.slice(id, &slice);
        }
        for at in first..of_thread.end {
            let Some(slice) = slices.get(SliceId(at)).filter(|slice| slice.start < self.source.span.end) else { break };
            self.slice(SliceId(at), &slice);
        }
        self.close(0);
    }

    fn slice(&mut self, id: SliceId, slice: &Slice) {
        self.close(slice.depth);
        let recording = self.load.recording;
        let end = slice.start + slice.duration;
        let within = (end.min(self.source.span.end) - slice.start.max(self.source.span.start)).at_least_zero();
        let known = match slice.is_call {
            true => Known { activity: Some(Activity::Script), named: Named::Own },
            false => self.activities.look_up(recording, slice.name),
        };
        let around = self.open.last_mut();
        let (activity_around, script_around, own_around, began) = match &around {
            Some(around) => (around.activity, around.script, around.is_own, around.began),
            None => (Activity::Other, None, false, None),
        };
        if let Some(around) = around {
            around.rest = around.rest - within;
        }
        let activity = known.activity.unwrap_or(activity_around);
        let site = slice.site.filter(|_| known.named != Named::Asker);
        let url = site.and_then(|site| recording.timeline.main_thread.site(site)).and_then(|site| site.url);
        let (script, is_own) = match url.filter(|url| !recording.text(*url).is_empty()) {
            Some(url) => (Some(self.script(url)), known.named == Named::Own),
            // What is not known is part of what is around it; what is known and nobody's own is caused.
            None => (script_around, known.activity.is_none() && own_around),
        };
        // Parsers name the document, which begins none of the scripts that they stop for.
        let runs = is_own && matches!(activity, Activity::Script | Activity::Compile);
        let began = began.or(script.filter(|_| runs));
        if self.source.is_task(slice) && self.task.is_none() {
            self.has_tasks = true;
            let depth = self.open.len();
            let by_activity = [Millis::ZERO; Activity::N];
            self.task = Some(Task { slice: id, start: slice.start, duration: slice.duration, depth, by_activity });
            // A task belongs to the load in which it begins.
            if self.source.span.start <= slice.start {
                self.sums.longest = Some(self.sums.longest.unwrap_or_default().max(slice.duration));
            }
        }
        self.open.push(Open { depth: slice.depth, rest: within, activity, script, is_own, began });
    }

    fn script(&mut self, url: StrId) -> u32 {
        if let Some(known) = self.script_of_url.get(&url) {
            return *known;
        }
        let at = self.sums.scripts.len() as u32;
        self.sums.scripts.push(ScriptWork {
            url,
            request: self.load.request_of_script(url),
            party: Party::First,
            entity: None,
            own: Millis::ZERO,
            compile: Millis::ZERO,
            caused: Millis::ZERO,
            blocking: Millis::ZERO,
            begun: Millis::ZERO,
            begun_blocking: Millis::ZERO,
        });
        self.in_task.push((Millis::ZERO, Millis::ZERO));
        self.script_of_url.insert(url, at);
        at
    }

    /// Closes what is as deep as `depth` or deeper.
    fn close(&mut self, depth: u16) {
        while let Some(top) = self.open.pop_if(|top| depth <= top.depth) {
            let activity = top.activity as usize;
            if let Some(sum) = self.sums.by_activity.get_mut(activity) {
                *sum += top.rest;
            }
            if let Some(sum) = self.task.as_mut().and_then(|task| task.by_activity.get_mut(activity)) {
                *sum += top.rest;
            }
            if let Some(script) = top.script.and_then(|script| self.sums.scripts.get_mut(script as usize)) {
                match top.is_own {
                    true => script.own += top.rest,
                    false => script.caused += top.rest,
                }
                if top.is_own && top.activity == Activity::Compile {
                    script.compile += top.rest;
                }
            }
            if let Some(began) = top.began.and_then(|script| self.sums.scripts.get_mut(script as usize)) {
                began.begun += top.rest;
            }
            if self.task.is_some() {
                self.add_in_task(top.script, top.rest, Millis::ZERO);
                self.add_in_task(top.began, Millis::ZERO, top.rest);
            }
            if self.task.as_ref().is_some_and(|task| task.depth == self.open.len()) {
                self.end_task();
            }
        }
    }

    /// Adds time in a script, and time that it began, to the task under way.
    fn add_in_task(&mut self, script: Option<u32>, within: Millis, begun: Millis) {
        let Some((at, sum)) = script.and_then(|at| Some((at, self.in_task.get_mut(at as usize)?))) else { return };
        if *sum == (Millis::ZERO, Millis::ZERO) {
            self.touched.push(at);
        }
        sum.0 += within;
        sum.1 += begun;
    }

    fn end_task(&mut self) {
        let Some(task) = self.task.take() else { return };
        let blocking = self.blocking_span.map_or(Millis::ZERO, |span| {
            let end = (task.start + task.duration).min(span.end);
            (end - task.start.max(span.start) - LONG_TASK).at_least_zero()
        });
        self.blocking += blocking;
        let mut most: Option<(Millis, u32)> = None;
        for at in self.touched.drain(..) {
            let Some((time, begun)) = self.in_task.get_mut(at as usize).map(std::mem::take) else { continue };
            if most.is_none_or(|(known, _)| known < time) {
                most = Some((time, at));
            }
            if let (true, Some(script)) = (Millis::ZERO < task.duration, self.sums.scripts.get_mut(at as usize)) {
                script.blocking += blocking * (time.0 / task.duration.0);
                script.begun_blocking += blocking * (begun.0 / task.duration.0);
            }
        }
        if task.duration <= LONG_TASK || task.start < self.source.span.start {
            return;
        }
        let longest = Activity::ALL.into_iter().zip(task.by_activity).reduce(|a, b| if a.1 < b.1 { b } else { a });
        self.long_tasks.push(LongTask {
            slice: task.slice,
            start: task.start - self.source.span.start,
            duration: task.duration,
            activity: longest.map_or(Activity::Other, |(activity, _)| activity),
            script: most.map(|(_, at)| ScriptId(at)),
        });
    }
}
