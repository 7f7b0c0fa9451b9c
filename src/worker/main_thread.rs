//! What the main thread did, as far as the page asks for it: long tasks, one piece of work, the one beside it.

use crate::page_load::{PageLoad, Work, long_tasks};
use crate::recording::{RequestId, SiteId, Slice, SliceId};
use crate::text::StrId;
use crate::units::Millis;
use crate::view::{flame, format};
use crate::worker::details::text;
use crate::worker::protocol::{LongTaskDetails, SliceDetails, Way, WorkDetails};

/// Long tasks that go to the page. A recording of an hour may have very many, and the page would stop while it takes
/// them in; the exported report has all.
const MOST_LONG_TASKS: usize = 2_000;

/// What is told of a load's main thread beside the report.
pub fn of(load: &PageLoad<'_>, load_at: u32) -> WorkDetails {
    let extent = flame::extent(load);
    let tasks = long_tasks::of(load).unwrap_or_default();
    WorkDetails {
        load: load_at,
        end: extent.map(|(window, _)| window.to),
        levels: extent.map_or(0, |(_, levels)| levels),
        long_tasks: tasks.iter().take(MOST_LONG_TASKS).map(|task| long_task(load, task)).collect(),
        pictures: pictures(load).map(|(at, _)| load.since_start(at).0).collect(),
    }
}

/// The picture at a position, in base64; empty if it was not kept.
pub fn picture(load: &PageLoad<'_>, at: u32) -> String {
    /// A picture of a whole screen has some 100 KB; what is far larger is none of Chrome's.
    const LARGEST: usize = 4 << 20;
    let place = pictures(load).nth(at as usize).map(|(_, place)| place);
    let found = place.and_then(|place| load.recording.timeline.screenshots.base64(place)).unwrap_or_default();
    let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    let is_fine = found.len() <= LARGEST && found.bytes().all(is_base64);
    if is_fine { found.to_owned() } else { String::new() }
}

/// The load's pictures: when they were taken, and their position among all.
fn pictures<'a>(load: &PageLoad<'a>) -> impl Iterator<Item = (Millis, usize)> + use<'a> {
    let window = load.window();
    let all = load.recording.timeline.screenshots.at.iter().copied().enumerate();
    all.filter(move |(_, at)| window.start <= *at && *at <= window.end).map(|(place, at)| (at, place))
}

fn long_task(load: &PageLoad<'_>, task: &long_tasks::LongTask) -> LongTaskDetails {
    let content = &task.content;
    let recorded = |id: StrId| text(load.recording.text(id).expose());
    let event = || content.event.map(|(name, _)| flame::event(load.recording.text(name).expose()).to_owned());
    LongTaskDetails {
        slice: task.slice.0,
        start: task.span.start.0,
        ms: task.span.duration().0,
        blocking: task.blocking().0,
        during_input: task.during_input,
        what: content.script.map(|(url, _)| recorded(url)).or_else(event).unwrap_or_default(),
        request: place(load, content.request(load)),
        path: content.path.iter().map(|site| function(load, *site)).collect(),
    }
}

/// A function with its line: "build, line 12".
fn function(load: &PageLoad<'_>, site: SiteId) -> String {
    let site = load.recording.timeline.main_thread.site(site);
    let name = site.and_then(|site| site.function).map(|name| text(load.recording.text(name).expose()));
    let name = name.filter(|name| !name.is_empty()).unwrap_or_else(|| "(nameless)".to_owned());
    match site.and_then(|site| site.line) {
        Some(line) => format!("{name}:{}", u64::from(line) + 1),
        None => name,
    }
}

/// Everything recorded of the piece of work to which a way leads; `None` if it leads nowhere.
pub fn slice(
    load: &PageLoad<'_>,
    load_at: u32,
    from: Option<u32>,
    way: Way,
    at: f64,
    least: f64,
) -> Option<SliceDetails> {
    let work = Work::of(load)?;
    let id = match from {
        Some(from) => led(&work, SliceId(from), way, Millis(least))?,
        None => {
            let start = Millis(at) + load.navigation_start;
            let mut from = (work.first_from(start)..work.thread.slices.end).map(SliceId);
            from.find(|id| work.all.slices.get(*id).is_some_and(|slice| slice.depth == 0 && least <= slice.duration.0))
                .or_else(|| work.under_way(start).first().map(|(id, _)| *id))?
        }
    };
    let found = work.all.slices.get(id)?;
    Some(details(load, load_at, &work, id, &found))
}

/// The slice to which a way leads.
fn led(work: &Work<'_>, from: SliceId, way: Way, least: Millis) -> Option<SliceId> {
    let slices = &work.all.slices;
    let of_thread = &work.thread.slices;
    let here = slices.get(from).filter(|_| of_thread.contains(&from.0))?;
    let depth = |id: &SliceId| slices.get(*id).map_or(0, |slice| slice.depth);
    let start = |id: &SliceId| slices.get(*id).map_or(Millis::ZERO, |slice| slice.start);
    let mut before = (of_thread.start..from.0).rev().map(SliceId);
    let mut after = (from.0.saturating_add(1)..of_thread.end).map(SliceId);
    match way {
        Way::Here => Some(from),
        Way::Out => before.find(|id| depth(id) < here.depth),
        Way::In => after.next().filter(|id| here.depth < depth(id)),
        Way::Back => before.find(|id| depth(id) == here.depth && start(id) + least <= here.start),
        Way::On => after.find(|id| depth(id) == here.depth && here.start + least <= start(id)),
    }
}

fn details(load: &PageLoad<'_>, load_at: u32, work: &Work<'_>, id: SliceId, slice: &Slice) -> SliceDetails {
    let recorded = |id: StrId| text(load.recording.text(id).expose());
    let site = slice.site.and_then(|site| work.all.site(site));
    let mut facts = Vec::new();
    let mut add = |label: &str, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            facts.push((label.to_owned(), value));
        }
    };
    add("Script", site.and_then(|site| site.url).map(recorded));
    add("Function", site.and_then(|site| site.function).filter(|_| !slice.is_call).map(recorded));
    add("Line", site.and_then(|site| site.line).map(|line| format::grouped(u64::from(line) + 1)));
    // Layouts are in the order of the slices.
    let layouts = &work.all.layouts;
    let layout = layouts.get(layouts.partition_point(|layout| layout.slice < id)).filter(|one| one.slice == id);
    if let Some(layout) = layout {
        add("Asked for by", layout.site.map(|site| function(load, site)));
        add("Elements", layout.n_dirty.map(format::grouped));
    }
    let script = slice.site.and_then(|site| load.request_of_site(site));
    let name = recorded(slice.name);
    let name = match slice.is_call {
        true if name.is_empty() => "(nameless)".to_owned(),
        true => name,
        false => flame::event(&name).to_owned(),
    };
    SliceDetails {
        load: load_at,
        slice: id.0,
        name,
        start: load.since_start(slice.start).0,
        ms: slice.duration.0,
        self_ms: slice.self_time.0,
        level: slice.depth,
        facts,
        request: place(load, script),
    }
}

fn place(load: &PageLoad<'_>, request: Option<RequestId>) -> Option<u32> {
    load.position(request?).map(|at| at as u32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::Made;

    const APP: &str = "https://shop.example/app.js";

    const WORK: &[(u16, &str, f64, f64, &str)] = &[
        (0, "RunTask", 100.0, 200.0, ""),
        (1, "FunctionCall", 110.0, 180.0, APP),
        (2, "fn build", 120.0, 150.0, APP),
        (3, "Layout 40", 130.0, 50.0, ""),
        (0, "RunTask", 400.0, 0.5, ""),
        (0, "RunTask", 401.0, 60.0, ""),
    ];

    fn made() -> Made {
        Made::page("https://shop.example/").document(|r| r).request(APP, |r| r.start(20.0)).work(WORK)
    }

    #[test]
    fn long_tasks_name_their_script_and_functions() {
        let recording = made().change(|recording| {
            for (at, text) in [(-5.0, "before"), (50.0, "/9j/"), (90.0, "\"no picture")] {
                recording.timeline.screenshots.push(Millis(at), text);
            }
        });
        let recording = recording.recording();
        let load = PageLoad::all(&recording).remove(0);
        let found = of(&load, 3);
        assert_eq!((found.load, found.end, found.levels), (3, Some(461.0), 4));
        let [first, second] = found.long_tasks.as_slice() else { panic!("{:?}", found.long_tasks) };
        assert_eq!((first.start, first.ms, first.blocking), (100.0, 200.0, 150.0));
        assert_eq!((first.what.as_str(), first.request, first.path.join(" > ")), (APP, Some(1), "build:1".to_owned()));
        assert_eq!((second.ms, second.what.as_str(), second.path.len()), (60.0, "", 0));
        assert_eq!(found.pictures, [50.0, 90.0]);
        assert_eq!([0, 1, 9].map(|at| picture(&load, at)), ["/9j/", "", ""]);
    }

    #[test]
    fn ways_lead_to_what_is_around() {
        let recording = made().recording();
        let load = PageLoad::all(&recording).remove(0);
        let check = |from, way, least, expected| {
            let found = slice(&load, 0, from, way, 50.0, least).map(|details| details.slice);
            assert_eq!(found, expected, "{from:?} {way:?} {least}");
        };
        check(None, Way::Here, 0.0, Some(0));
        check(Some(2), Way::Here, 0.0, Some(2));
        check(Some(2), Way::Out, 0.0, Some(1));
        check(Some(0), Way::Out, 0.0, None);
        check(Some(2), Way::In, 0.0, Some(3));
        check(Some(3), Way::In, 0.0, None);
        check(Some(0), Way::On, 0.0, Some(4));
        check(Some(4), Way::On, 2.0, None);
        check(Some(5), Way::Back, 0.0, Some(4));
        check(Some(5), Way::Back, 2.0, Some(0));
        check(Some(99), Way::Here, 0.0, None);
    }

    #[test]
    fn a_piece_of_work_tells_all_that_was_recorded() {
        let recording = made().recording();
        let load = PageLoad::all(&recording).remove(0);
        let of = |at| slice(&load, 0, Some(at), Way::Here, 0.0, 0.0).expect("a slice");
        let call = of(2);
        assert_eq!((call.name.as_str(), call.start, call.ms, call.self_ms), ("build", 120.0, 150.0, 100.0));
        let fact = |details: &SliceDetails, label: &str| {
            details.facts.iter().find(|(name, _)| name == label).map(|(_, value)| value.clone())
        };
        assert_eq!((fact(&call, "Script").as_deref(), call.request), (Some(APP), Some(1)));
        assert_eq!(fact(&call, "Line").as_deref(), Some("1"));
        let layout = of(3);
        assert_eq!((layout.name.as_str(), fact(&layout, "Elements").as_deref()), ("Layout", Some("40")));
        assert_eq!(of(1).name, "Call function");
    }
}
