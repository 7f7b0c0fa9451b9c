//! What the main thread did.

use super::{TOLERANCE_MS, Tally};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use weir::page_load::PageLoad;
use weir::page_load::parties::site_of;
use weir::recording::{Recording, ThreadRole};

/// Compares samples, long tasks, forced work and the time of each kind of event; `shown` are those that the engine lists.
pub fn compare(tally: &mut Tally, name: &str, recording: &Recording, oracle: &Value, shown: &BTreeSet<String>) {
    let work = &recording.timeline.main_thread;
    for theirs in oracle["cpu_profiles"].as_array().into_iter().flatten() {
        let key = (theirs["pid"].as_i64().unwrap_or_default(), theirs["tid"].as_i64().unwrap_or_default());
        if let Some(thread) = work.threads.iter().find(|thread| thread.key == key) {
            tally.number("samples", name, "count", Some(thread.n_samples as f64), &theirs["samples"], 0.0);
        }
    }
    if let Some(task) = recording.strings.find("RunTask") {
        let theirs = &oracle["main_thread"];
        let key = (theirs["pid"].as_i64().unwrap_or_default(), theirs["tid"].as_i64().unwrap_or_default());
        let main = work.threads.iter().filter(|thread| thread.role == ThreadRole::Main && thread.key == key);
        let mut theirs: Vec<&Value> = oracle["long_tasks"]["main_thread"].as_array().into_iter().flatten().collect();
        let mut n = 0;
        for slice in main.flat_map(|thread| work.long_tasks(thread, task)).filter_map(|id| work.slices.get(id)) {
            n += 1;
            let at = theirs.iter().position(|theirs| {
                (slice.start.0 - theirs["start_ms"].as_f64().unwrap_or(f64::NAN)).abs() <= TOLERANCE_MS
                    && (slice.duration.0 - theirs["duration_ms"].as_f64().unwrap_or(f64::NAN)).abs() <= TOLERANCE_MS
            });
            at.map(|at| theirs.remove(at));
        }
        tally.number("long tasks", name, "count", Some(f64::from(n)), &oracle["long_tasks"]["main_thread_count"], 0.0);
        tally.check("long tasks", name, "tasks", theirs.is_empty(), format!("{} are missing", theirs.len()));
    }
    let forced = oracle["warnings"].get("FORCED_REFLOW").map_or(&Value::Null, |forced| &forced["count"]);
    let n_forced = Some(work.forced.len() as f64).filter(|n| 0.0 < *n);
    tally.number("forced reflows", name, "forced", n_forced, forced, 0.0);
    let theirs = &oracle["main_thread"];
    let key = (theirs["pid"].as_i64().unwrap_or_default(), theirs["tid"].as_i64().unwrap_or_default());
    let Some(thread) = work.threads.iter().find(|thread| thread.key == key) else {
        tally.check("self times", name, "thread", theirs.is_null(), "the thread is missing".to_owned());
        return;
    };
    let mut self_times: BTreeMap<&str, f64> = BTreeMap::new();
    // The engine lists some kinds of work only; the time of the others is that of what is around them.
    let mut around: Vec<&str> = Vec::new();
    for (_, slice) in work.slices_of(thread) {
        let own = if slice.is_call { "ProfileCall" } else { recording.text(slice.name).expose() };
        around.truncate(usize::from(slice.depth));
        let kind = if shown.contains(own) { own } else { around.last().copied().unwrap_or_default() };
        // The engine counts from the start of tracing, Weir all of a task that was under way.
        let before = (-slice.start.0).clamp(0.0, slice.duration.0);
        *self_times.entry(kind).or_default() += slice.self_time.0 - before;
        if let Some(parent) = around.last() {
            *self_times.entry(parent).or_default() += before;
        }
        around.push(kind);
    }
    for (kind, theirs) in theirs["self_time_by_event_ms"].as_object().into_iter().flatten() {
        let ours = self_times.get(kind.as_str()).copied();
        tally.number("self times", name, kind, Some(ours.unwrap_or_default()), theirs, TOLERANCE_MS);
    }
}

/// Main-thread time by company or site, which Chrome's engine names after the registrable domain.
pub fn third_parties(tally: &mut Tally, name: &str, recording: &Recording, oracle: &Value) {
    let navigations = oracle["navigations"].as_array().map(Vec::as_slice).unwrap_or_default();
    for load in PageLoad::all(recording) {
        let id = recording.timeline.navigation_of(load.page).and_then(|navigation| navigation.recorded_id);
        let Some(id) = id.map(|id| recording.text(id).expose()) else { continue };
        let theirs = navigations.iter().find(|theirs| theirs["navigation_id"].as_str() == Some(id));
        let entities = theirs.and_then(|theirs| theirs["third_parties"]["entities"].as_array());
        let parties = load.main_thread.as_ref().map(|work| work.parties.as_slice()).unwrap_or_default();
        for theirs in entities.into_iter().flatten() {
            let ours = parties.iter().find(|party| match party.entity {
                Some(entity) => Some(entity.name) == theirs["entity"].as_str(),
                None => Some(site_of(recording.text(party.url).expose()).as_str()) == theirs["entity"].as_str(),
            });
            let own = Some(ours.map(|party| party.own).unwrap_or_default());
            let what = theirs["entity"].as_str().unwrap_or_default();
            tally.millis("third parties", name, what, own, &theirs["main_thread_ms"]);
        }
    }
}
