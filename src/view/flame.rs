//! The flame chart: which slices of the main thread can be seen at a zoom, as columns; where they lie; what is under
//! the pointer.
//!
//! A recording may hold ten million slices, so the worker answers for the stretch of time in view only, and what is
//! too short to be seen is put together.

use crate::page_load::main_thread::{Activities, Activity};
use crate::page_load::work::TASKS;
use crate::page_load::{PageLoad, Work};
use crate::recording::{Slice, SliceId};
use crate::text::StrId;
use crate::units::{Millis, TimeSpan};
use crate::view::rows::cut;
use crate::view::waterfall::{NARROWEST_VIEW, Window};
use std::collections::HashMap;

/// Height of a level in CSS pixels: room for a line of text. The table below has the same rows for those who need larger
/// targets (WCAG 2.5.8, "equivalent").
pub const LEVEL_HEIGHT: f64 = 20.0;

/// Rectangles of one answer at most: so many are drawn within a frame.
pub const MOST_RECTANGLES: usize = 5_000;

/// Levels beyond these are left out: nobody reads so deep, and endless recursion has no end.
pub const MOST_LEVELS: u16 = 250;

/// Slices narrower than so many pixels are put together with what follows in the same stretch.
const NARROW: f64 = 1.5;

/// ms below which browsers' clocks say nothing.
const SHORTEST: f64 = 0.001;

/// ms from which on nothing more is put together: a recording is shorter.
const COARSEST: f64 = 1e9;

/// Numbers a rectangle is written down in.
const COLUMNS: usize = 9;

/// In the column of scripts: none.
const NONE: u32 = u32::MAX;

/// The slices of a stretch of time, a row of numbers for each, in the order of time, parents before children.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Flame {
    /// Nine numbers a rectangle: start, duration, self time, level, activity, count, slice, name, script.
    pub numbers: Vec<f64>,
    /// Names and addresses, one after the other.
    pub text: String,
    /// End of each in `text`.
    pub ends: Vec<u32>,
}

/// A slice, or several short ones that follow each other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rectangle<'a> {
    /// Milliseconds from navigation start.
    pub start: f64,
    /// From the beginning of the first to the end of the last.
    pub duration: f64,
    /// Without what is nested in it; of the longest.
    pub self_time: f64,
    /// How deep it is nested; 0 for tasks.
    pub level: u16,
    /// What it is; of the longest.
    pub activity: Activity,
    /// How many slices it stands for.
    pub count: u32,
    /// Handle of the slice; of the longest.
    pub slice: u32,
    /// Name of the function, or what the event is called; of the longest.
    pub name: &'a str,
    /// Address of its script, empty for none.
    pub script: &'a str,
}

impl Rectangle<'_> {
    /// When it ends.
    pub fn end(&self) -> f64 {
        self.start + self.duration
    }
}

impl Flame {
    /// How many rectangles there are.
    pub fn len(&self) -> usize {
        self.numbers.len() / COLUMNS
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    /// One rectangle.
    pub fn get(&self, at: usize) -> Option<Rectangle<'_>> {
        let row = self.numbers.get(at * COLUMNS..(at + 1) * COLUMNS)?;
        let &[start, duration, self_time, level, activity, count, slice, name, script] = row else { return None };
        Some(Rectangle {
            start,
            duration,
            self_time,
            level: level as u16,
            activity: Activity::ALL.get(activity as usize).copied().unwrap_or(Activity::Other),
            count: count as u32,
            slice: slice as u32,
            name: self.text_at(name as u32),
            script: self.text_at(script as u32),
        })
    }

    /// All of them in order.
    pub fn iter(&self) -> impl Iterator<Item = Rectangle<'_>> {
        (0..self.len()).filter_map(|at| self.get(at))
    }

    /// What lies at a place of the picture: an instant and pixels from the top. `slack` is half a pixel's time or so,
    /// so that thin ones can be hit.
    pub fn at(&self, ms: f64, y: f64, slack: f64) -> Option<Rectangle<'_>> {
        let level = (y / LEVEL_HEIGHT).floor();
        let on_level = self.iter().filter(|one| f64::from(one.level) == level);
        on_level.filter(|one| one.start - slack <= ms && ms <= one.end() + slack).last()
    }

    fn text_at(&self, at: u32) -> &str {
        let at = at as usize;
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or_default();
        let end = self.ends.get(at).copied().unwrap_or(start);
        self.text.get(start as usize..end as usize).unwrap_or_default()
    }
}

/// How far the main thread's work of a load goes: its stretch of time and its levels. `None`: there is none.
pub fn extent(load: &PageLoad<'_>) -> Option<(Window, u16)> {
    let work = Work::of(load)?;
    let (mut end, mut levels) = (Millis::ZERO, 0);
    work.each(|_, slice| {
        end = end.max(slice.start + slice.duration);
        levels = levels.max(slice.depth.saturating_add(1));
        std::ops::ControlFlow::Continue(())
    });
    let to = load.since_start(end.min(work.span.end)).0;
    (0 < levels && 0.0 < to).then_some((Window { from: 0.0, to: to.max(NARROWEST_VIEW) }, levels.min(MOST_LEVELS)))
}

/// What can be seen of a stretch of time in a picture so many pixels wide. Texts are cut to `longest` bytes.
pub fn collect(load: &PageLoad<'_>, window: Window, width: f64, longest: usize) -> Flame {
    let Some(work) = Work::of(load) else { return Flame::default() };
    let origin = load.navigation_start.0;
    let span = TimeSpan { start: Millis(window.from + origin), end: Millis(window.to + origin) };
    let narrow = (window.duration() / width.max(1.0) * NARROW).max(SHORTEST);
    let mut seen = Seen { narrow, ..Seen::default() };
    let mut activities = Activities::default();
    // What each level around is: an event of an unknown name is part of what is around it.
    let mut around: Vec<Activity> = Vec::new();
    for (id, slice) in work.under_way(span.start).into_iter().chain(work.between(span)) {
        if MOST_LEVELS <= slice.depth {
            continue;
        }
        around.truncate(usize::from(slice.depth));
        let known = match slice.is_call {
            true => Some(Activity::Script),
            false => activities.look_up(load.recording, slice.name).activity,
        };
        let activity = known.or(around.last().copied()).unwrap_or(Activity::Other);
        around.resize(usize::from(slice.depth) + 1, activity);
        seen.add(Part { id, slice, activity, end: slice.start + slice.duration, count: 1 });
    }
    write(load, &seen.parts, longest)
}

/// What an event of Chrome's is called where people read it; others keep their name.
pub fn event(name: &str) -> &str {
    match name {
        name if TASKS.contains(&name) => "Task",
        "EvaluateScript" | "v8.evaluateModule" => "Run script",
        "FunctionCall" => "Call function",
        "TimerFire" => "Timer",
        "EventDispatch" => "Handle event",
        "RunMicrotasks" => "Promises",
        "FireIdleCallback" => "Idle callback",
        "FireAnimationFrame" => "Animation frame callback",
        "HandlePostMessage" => "Handle message",
        "XHRReadyStateChange" | "XHRLoad" => "XHR event",
        "v8.compile" | "v8.compileModule" => "Compile script",
        "UpdateLayoutTree" | "RecalculateStyles" => "Recalculate style",
        "PrePaint" => "Prepare painting",
        "HitTest" => "Find element under pointer",
        "ParseHTML" => "Read HTML",
        "ParseAuthorStyleSheet" => "Read style sheet",
        "MajorGC" | "MinorGC" | "GCEvent" | "V8.GC_SCAVENGER" => "Free memory",
        "ResourceReceivedData" => "Receive data",
        name => name,
    }
}

/// A rectangle in the making: the longest of its slices, and where the last one ends.
#[derive(Clone, Copy)]
struct Part {
    id: SliceId,
    slice: Slice,
    activity: Activity,
    end: Millis,
    count: u32,
}

/// Rectangles so far.
#[derive(Default)]
struct Seen {
    parts: Vec<Part>,
    /// The last one of each level.
    last: Vec<Option<usize>>,
    /// ms that are too short to be seen.
    narrow: f64,
}

impl Seen {
    fn add(&mut self, part: Part) {
        let level = usize::from(part.slice.depth);
        if self.last.len() <= level {
            self.last.resize(level + 1, None);
        }
        let is_narrow = |part: &Part| (part.end - part.slice.start).0 < self.narrow;
        let last = self.last.get(level).copied().flatten().and_then(|at| self.parts.get_mut(at));
        if let Some(last) = last.filter(|last| is_narrow(last) && is_narrow(&part))
            && (part.end - last.slice.start).0 < self.narrow
        {
            last.end = last.end.max(part.end);
            last.count = last.count.saturating_add(part.count);
            if last.slice.duration < part.slice.duration {
                (last.id, last.activity) = (part.id, part.activity);
                last.slice = Slice { start: last.slice.start, ..part.slice };
            }
            return;
        }
        if let Some(last) = self.last.get_mut(level) {
            *last = Some(self.parts.len());
        }
        self.parts.push(part);
        if MOST_RECTANGLES < self.parts.len() {
            match self.narrow < COARSEST {
                true => self.coarsen(),
                false => drop(self.parts.pop()),
            }
        }
    }

    /// Puts more together.
    fn coarsen(&mut self) {
        let parts = std::mem::take(&mut self.parts);
        self.last.clear();
        self.narrow *= 2.0;
        for part in parts {
            self.add(part);
        }
    }
}

fn write(load: &PageLoad<'_>, parts: &[Part], longest: usize) -> Flame {
    let mut flame = Flame { numbers: Vec::with_capacity(parts.len() * COLUMNS), ..Flame::default() };
    let mut places: HashMap<(StrId, bool), u32> = HashMap::new();
    for part in parts {
        let slice = &part.slice;
        let url = slice.site.and_then(|site| load.recording.timeline.main_thread.site(site)).and_then(|site| site.url);
        let mut place = |text: StrId, is_event: bool| {
            *places.entry((text, is_event)).or_insert_with(|| {
                let text = load.recording.text(text).expose();
                flame.text.push_str(cut(if is_event { event(text) } else { text }, longest));
                flame.ends.push(flame.text.len() as u32);
                flame.ends.len() as u32 - 1
            })
        };
        let (name, script) = (place(slice.name, !slice.is_call), url.map_or(NONE, |url| place(url, false)));
        flame.numbers.extend([
            load.since_start(slice.start).0,
            (part.end - slice.start).0,
            slice.self_time.0,
            f64::from(slice.depth),
            f64::from(part.activity as u8),
            f64::from(part.count),
            f64::from(part.id.0),
            f64::from(name),
            f64::from(script),
        ]);
    }
    flame
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::Made;

    const APP: &str = "https://shop.example/app.js";

    const WORK: &[(u16, &str, f64, f64, &str)] = &[
        (0, "RunTask", 100.0, 400.0, ""),
        (1, "FunctionCall", 110.0, 300.0, APP),
        (2, "fn Layout", 120.0, 200.0, APP),
        (3, "Layout", 130.0, 50.0, ""),
        (3, "Unheard", 200.0, 50.0, ""),
        (0, "RunTask", 700.0, 0.2, ""),
        (0, "RunTask", 700.3, 0.3, ""),
        (0, "RunTask", 701.0, 0.1, ""),
        (0, "RunTask", 900.0, 50.0, ""),
    ];

    const WHOLE: Window = Window { from: 0.0, to: 1000.0 };

    /// Level, name, start, end, count of what can be seen.
    fn seen(flame: &Flame) -> Vec<(u16, &str, f64, f64, u32)> {
        flame.iter().map(|one| (one.level, one.name, one.start, one.end(), one.count)).collect()
    }

    #[test]
    fn what_can_be_seen_depends_on_the_zoom() {
        let recording = Made::page("https://shop.example/").work(WORK).recording();
        let load = PageLoad::all(&recording).remove(0);
        assert_eq!(extent(&load), Some((Window { from: 0.0, to: 950.0 }, 4)));
        let all = [
            (0, "Task", 100.0, 500.0, 1),
            (1, "Call function", 110.0, 410.0, 1),
            (2, "Layout", 120.0, 320.0, 1),
            (3, "Layout", 130.0, 180.0, 1),
            (3, "Unheard", 200.0, 250.0, 1),
        ];
        let flame = collect(&load, WHOLE, 1000.0, 100);
        assert_eq!(seen(&flame)[..5], all);
        let ends: Vec<_> = flame.iter().skip(5).map(|one| (one.start, (one.end() * 10.0).round(), one.count)).collect();
        assert_eq!(ends, [(700.0, 7011.0, 3), (900.0, 9500.0, 1)]);
        assert_eq!(flame.get(5).map(|one| one.slice), Some(6), "the longest stands for all");
        // Zoomed in, each is seen, with what is around it.
        let flame = collect(&load, Window { from: 699.0, to: 702.0 }, 1000.0, 100);
        assert_eq!(flame.iter().map(|one| one.count).collect::<Vec<_>>(), [1, 1, 1]);
        let flame = collect(&load, Window { from: 210.0, to: 220.0 }, 1000.0, 100);
        assert_eq!(seen(&flame), [all[0], all[1], all[2], all[4]]);
        // An unknown event is part of what is around it, a function is script, whatever its name.
        let activities: Vec<_> = flame.iter().map(|one| one.activity).collect();
        assert_eq!(activities, [Activity::Other, Activity::Script, Activity::Script, Activity::Script]);
        assert_eq!(flame.iter().map(|one| one.script).collect::<Vec<_>>(), ["", APP, APP, ""]);
        assert!(collect(&load, Window { from: 600.0, to: 650.0 }, 1000.0, 100).is_empty());
    }

    #[test]
    fn very_many_slices_become_few_rectangles() {
        let work: Vec<(u16, &str, f64, f64, &str)> = (0..60_000)
            .map(|at| {
                if at % 3 == 0 { (0, "RunTask", f64::from(at), 2.9, "") } else { (1, "Layout", f64::from(at), 0.5, "") }
            })
            .collect();
        let recording = Made::page("https://shop.example/").work(&work).recording();
        let load = PageLoad::all(&recording).remove(0);
        let flame = collect(&load, Window { from: 0.0, to: 60_000.0 }, 100_000.0, 100);
        assert!((1_000..=MOST_RECTANGLES).contains(&flame.len()), "{}", flame.len());
        assert_eq!(flame.iter().map(|one| one.count).sum::<u32>(), 60_000);
    }

    #[test]
    fn the_pointer_finds_what_it_points_at() {
        let recording = Made::page("https://shop.example/").work(WORK).recording();
        let load = PageLoad::all(&recording).remove(0);
        let flame = collect(&load, WHOLE, 1000.0, 100);
        let check = |ms, y, expected| assert_eq!(flame.at(ms, y, 1.0).map(|one| one.slice), expected, "{ms} {y}");
        check(150.0, 5.0, Some(0));
        check(150.0, 3.5 * LEVEL_HEIGHT, Some(3));
        check(190.0, 3.5 * LEVEL_HEIGHT, None);
        check(699.5, 5.0, Some(6));
        check(150.0, -1.0, None);
    }

    #[test]
    fn a_har_has_no_flame() {
        let recording = Made::page("https://shop.example/").document(|r| r).recording();
        let load = PageLoad::all(&recording).remove(0);
        assert_eq!((extent(&load), collect(&load, WHOLE, 1000.0, 9).len()), (None, 0));
    }
}
