//! The main thread's work, on recordings made by hand.

use super::*;
use crate::recording::testing::Made;

const PAGE: &str = "https://shop.example/";
const APP: &str = "https://shop.example/app.js";
const TAG: &str = "https://www.google-analytics.com/analytics.js";

fn work(made: Made) -> MainThreadWork {
    let recording = made.recording();
    PageLoad::all(&recording).remove(0).main_thread.expect("work")
}

fn made(all: &[(u16, &str, f64, f64, &str)]) -> Made {
    Made::page(PAGE)
        .document(|r| r)
        .request(APP, |r| r)
        .work(all)
        .milestones(|m| m.first_contentful_paint = Some(Millis(0.0)))
}

fn time(work: &MainThreadWork, activity: Activity) -> f64 {
    work.by_activity[activity as usize].0
}

#[test]
fn time_goes_to_its_activity_and_script() {
    let work = work(made(&[
        (0, "RunTask", 0.0, 100.0, ""),
        (1, "EvaluateScript", 10.0, 80.0, APP),
        (2, "v8.compile", 10.0, 5.0, APP),
        (2, "fn go", 20.0, 60.0, TAG),
        (3, "Layout", 30.0, 20.0, APP), // names who asked; its work it is not
        (3, "NobodyKnowsThis", 60.0, 4.0, ""),
        (0, "RunTask", 100.0, 10.0, ""),
        (1, "ParseHTML", 100.0, 8.0, PAGE),
    ]));
    assert_eq!(time(&work, Activity::Script), 15.0 + 36.0 + 4.0);
    assert_eq!(time(&work, Activity::Compile), 5.0);
    assert_eq!(time(&work, Activity::StyleAndLayout), 20.0);
    assert_eq!(time(&work, Activity::Parse), 8.0);
    assert_eq!(time(&work, Activity::Other), 20.0 + 2.0);
    let found: Vec<_> = work.scripts.iter().map(|script| (script.own.0, script.caused.0, script.compile.0)).collect();
    assert_eq!(found, [(40.0, 20.0, 0.0), (20.0, 0.0, 5.0), (8.0, 0.0, 0.0)]);
    assert_eq!(work.scripts[1].request, Some(RequestId(1)));
    let parties: Vec<_> = work.parties.iter().map(|party| (party.party, party.own.0)).collect();
    assert_eq!(parties, [(Party::Third, 40.0), (Party::First, 28.0)]);
    assert_eq!(work.parties[0].entity.map(|entity| entity.name), Some("Google Analytics"));
}

#[test]
fn long_tasks_and_what_they_block() {
    let tasks: &[(u16, &str, f64, f64, &str)] = &[
        (0, "RunTask", 0.0, 50.0, ""),
        (0, "RunTask", 60.0, 150.0, ""),
        (1, "FunctionCall", 60.0, 120.0, TAG),
        (2, "RunTask", 70.0, 60.0, ""), // a loop within a task is no task of its own
        (1, "Layout", 180.0, 30.0, ""),
        (0, "RunTask", 300.0, 70.0, ""),
    ];
    let found = work(made(tasks));
    let long: Vec<_> = found.long_tasks.iter().flatten().map(|task| (task.start.0, task.duration.0)).collect();
    assert_eq!(long, [(60.0, 150.0), (300.0, 70.0)]);
    let first = found.long_tasks.as_ref().expect("tasks")[0];
    assert_eq!((first.activity, first.script), (Activity::Script, Some(ScriptId(0))));
    assert_eq!((found.longest, found.blocking), (Some(Millis(150.0)), Some(Millis(120.0))));
    assert_eq!(found.scripts[0].blocking, Millis(100.0 * 120.0 / 150.0));
    // Only what is left of a task after the paint counts.
    let late = work(made(tasks).milestones(|m| m.first_contentful_paint = Some(Millis(150.0))));
    assert_eq!(late.blocking, Some(Millis(10.0 + 20.0)));
    let unpainted = work(made(tasks).milestones(|m| m.first_contentful_paint = None));
    assert_eq!(unpainted.blocking, None);
    let without = work(made(&[(0, "fn go", 0.0, 400.0, APP)]));
    assert_eq!((without.long_tasks.is_none(), without.longest, without.blocking), (true, None, None));
    assert_eq!(without.scripts[0].own, Millis(400.0));
}

#[test]
fn each_load_has_the_work_of_its_own_time() {
    let recording = made(&[
        (0, "RunTask", 0.0, 100.0, ""),
        (1, "FunctionCall", 0.0, 90.0, APP),
        (2, "FunctionCall", 10.0, 20.0, TAG),
        (0, "RunTask", 100.0, 30.0, ""),
    ])
    .change(|recording| {
        let mut next = recording.pages[0].clone();
        next.start = Some(Millis(20.0));
        recording.timeline.navigations[0].end = Millis(20.0);
        recording.pages.push(next);
    })
    .recording();
    let loads = PageLoad::all(&recording);
    let sums: Vec<_> = loads
        .iter()
        .map(|load| {
            let work = load.main_thread.as_ref().expect("work");
            (work.by_activity.iter().copied().sum::<Millis>().0, work.long_tasks.as_ref().map_or(0, Vec::len))
        })
        .collect();
    // The task belongs to the load in which it began, its time to the one in which it passed.
    assert_eq!(sums, [(20.0, 1), (110.0, 0)]);
    let of_tag = |load: &PageLoad<'_>| {
        let work = load.main_thread.as_ref().expect("work");
        work.parties.iter().find(|party| party.party == Party::Third).map(|party| party.own.0)
    };
    assert_eq!((of_tag(&loads[0]), of_tag(&loads[1])), (Some(10.0), Some(10.0)));
}

#[test]
fn a_har_has_none() {
    let recording = Made::page(PAGE).document(|r| r).recording();
    assert!(PageLoad::all(&recording).remove(0).main_thread.is_none());
}
