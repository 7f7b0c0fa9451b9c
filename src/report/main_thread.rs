//! The main thread's work of a load as the report holds it.

use crate::page_load::PageLoad;
use crate::page_load::main_thread::{Activity, MainThreadWork};
use crate::redact::Clean;
use crate::report::build::id;
use crate::report::format::stored;
use crate::report::names::Names;
use crate::report::schema::{ActivitiesReport, LongTaskReport, MainThreadReport, PartyWorkReport, ScriptWorkReport};

/// The main thread of a load; `None` where it was not recorded.
pub fn report(names: &Names, load: &PageLoad<'_>) -> Option<MainThreadReport> {
    let work = load.main_thread.as_ref()?;
    let scripts = work.scripts.iter().map(|script| ScriptWorkReport {
        url: names.url(load.recording.text(script.url)),
        request: script.request.and_then(|request| id(load, request)),
        party: script.party.into(),
        entity: script.entity.map(|entity| Clean::from(entity.name)),
        ms: stored(script.own),
        compile_ms: stored(script.compile),
        caused_ms: stored(script.caused),
        blocking_ms: stored(script.blocking),
    });
    let parties = work.parties.iter().map(|party| PartyWorkReport {
        name: match party.entity {
            Some(entity) => Clean::from(entity.name),
            None => party.host(load.recording).map_or(Clean::from("no host"), |host| names.host_name(host)),
        },
        party: party.party.into(),
        ms: stored(party.own),
        caused_ms: stored(party.caused),
        blocking_ms: stored(party.blocking),
    });
    let long_tasks = work.long_tasks.iter().flatten().map(|task| LongTaskReport {
        start: stored(task.start),
        ms: stored(task.duration),
        activity: task.activity.into(),
        script: task.script.map(|script| u64::from(script.0)),
    });
    Some(MainThreadReport {
        tasks_over_50ms: work.long_tasks.as_ref().map(|tasks| tasks.len() as u64),
        longest_ms: work.longest.map(stored),
        by_activity_ms: activities(work),
        by_script: scripts.collect(),
        by_party: parties.collect(),
        long_tasks: long_tasks.collect(),
    })
}

fn activities(work: &MainThreadWork) -> ActivitiesReport {
    let of = |activity: Activity| stored(work.by_activity.get(activity as usize).copied().unwrap_or_default());
    ActivitiesReport {
        script: of(Activity::Script),
        compile: of(Activity::Compile),
        style_and_layout: of(Activity::StyleAndLayout),
        paint: of(Activity::Paint),
        parse: of(Activity::Parse),
        garbage_collection: of(Activity::GarbageCollection),
        other: of(Activity::Other),
    }
}
