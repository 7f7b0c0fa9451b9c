//! What Chrome's engine says of each load beyond its figures: the nineteen insights, as far as both have them.

use super::{TOLERANCE_MS, Tally};
use serde_json::Value;
use weir::page_load::{PageLoad, forced_reflow, interactions};
use weir::recording::Recording;

/// Compares the insights of all loads.
pub fn compare(tally: &mut Tally, name: &str, recording: &Recording, oracle: &Value) {
    let loads = PageLoad::all(recording);
    for theirs in list(&oracle["navigations"]) {
        let Some(id) = theirs["navigation_id"].as_str() else { continue };
        let is_it = |load: &&PageLoad<'_>| {
            load.navigation().and_then(|navigation| navigation.recorded_id).map(|id| recording.text(id).expose())
                == Some(id)
        };
        if let Some(load) = loads.iter().find(is_it) {
            interactions(tally, name, load, &theirs["inp"]);
            forced_reflows(tally, name, load, &theirs["forced_reflow"]);
        }
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn interactions(tally: &mut Tally, name: &str, load: &PageLoad<'_>, theirs: &Value) {
    const KIND: &str = "insight: INP";
    let ours = interactions::slowest(load);
    let longest = ours.first().map(|answer| answer.interaction);
    let theirs = &theirs["longest"];
    tally.millis(KIND, name, "longest", longest.map(|one| one.duration), &theirs["duration_ms"]);
    tally.millis(KIND, name, "input delay", longest.map(|one| one.input_delay), &theirs["input_delay_ms"]);
    tally.millis(KIND, name, "handlers", longest.map(|one| one.processing), &theirs["processing_ms"]);
    tally.millis(
        KIND,
        name,
        "presentation",
        longest.map(|one| one.presentation_delay),
        &theirs["presentation_delay_ms"],
    );
}

fn forced_reflows(tally: &mut Tally, name: &str, load: &PageLoad<'_>, theirs: &Value) {
    const KIND: &str = "insight: forced reflow";
    let Some(total) = theirs["total_ms"].as_f64() else { return };
    let ours = forced_reflow::of(load).unwrap_or_default();
    tally.number(KIND, name, "forced", Some(ours.total.0), &total.into(), TOLERANCE_MS);
    tally.number(KIND, name, "forced", Some(ours.n_events as f64), &theirs["events"], 0.0);
    for theirs in list(&theirs["call_frames"]) {
        let frame = &theirs["call_frame"];
        let is_it = |one: &&forced_reflow::ForcedBySite| {
            let site = one.site.and_then(|site| load.recording.timeline.main_thread.site(site));
            let text = |id: Option<weir::text::StrId>| id.map_or("", |id| load.recording.text(id).expose());
            match site {
                Some(site) => {
                    text(site.function) == frame["function"].as_str().unwrap_or_default()
                        && text(site.url) == frame["url"].as_str().unwrap_or_default()
                        && site.line.map(f64::from) == frame["line"].as_f64()
                        && site.column.map(f64::from) == frame["column"].as_f64()
                }
                None => frame.is_null(),
            }
        };
        let ours = ours.by_site.iter().find(is_it);
        tally.number(KIND, name, "forced", ours.map(|one| one.total.0), &theirs["total_ms"], TOLERANCE_MS);
        tally.number(KIND, name, "forced", ours.map(|one| one.n_events as f64), &theirs["events"], 0.0);
    }
}
