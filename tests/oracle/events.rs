//! What happened in the page: layout shifts, interactions, user timings.

use super::{TOLERANCE_MS, TOLERANCE_SCORE, Tally};
use serde_json::Value;
use weir::recording::{Recording, UserTimingKind};
use weir::units::Millis;

/// Compares them.
pub fn compare(tally: &mut Tally, name: &str, recording: &Recording, oracle: &Value) {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let timeline = &recording.timeline;
    let clusters = list(&oracle["layout_shifts"]["clusters"]);
    tally.check(
        "layout shifts",
        name,
        "clusters",
        clusters.len() == timeline.shift_windows.len(),
        format!("{}", timeline.shift_windows.len()),
    );
    for (ours, theirs) in timeline.shift_windows.iter().zip(&clusters) {
        tally.number("layout shifts", name, "score", Some(ours.score), &theirs["score"], TOLERANCE_SCORE);
        tally.number("layout shifts", name, "shifts", Some(ours.shifts.len() as f64), &theirs["shifts"], 0.0);
        tally.millis("layout shifts", name, "start", Some(ours.start), &theirs["start_ms"]);
        tally.millis("layout shifts", name, "end", Some(ours.end), &theirs["end_ms"]);
    }

    let theirs = &oracle["interactions"];
    tally.number("interactions", name, "count", Some(timeline.n_nested_interactions as f64), &theirs["count"], 0.0);
    tally.number(
        "interactions",
        name,
        "without nested",
        Some(timeline.interactions.len() as f64),
        &theirs["count_no_nesting"],
        0.0,
    );
    let mut listed = list(&theirs["list"]);
    listed.sort_by(|a, b| {
        a["start_ms"].as_f64().unwrap_or_default().total_cmp(&b["start_ms"].as_f64().unwrap_or_default())
    });
    for theirs in &listed {
        let close = |ms: Millis, key: &str| (ms.0 - theirs[key].as_f64().unwrap_or(f64::NAN)).abs() <= TOLERANCE_MS;
        let is_there = timeline.interactions.iter().any(|ours| {
            Some(recording.text(ours.event).expose()) == theirs["type"].as_str()
                && close(ours.start, "start_ms")
                && close(ours.duration, "duration_ms")
                && close(ours.input_delay, "input_delay_ms")
                && close(ours.processing, "processing_ms")
                && close(ours.presentation_delay, "presentation_delay_ms")
        });
        tally.check("interactions", name, "listed", is_there, theirs.to_string());
    }

    let timings = &timeline.user_timings;
    for (what, kind) in [
        ("marks", UserTimingKind::Mark),
        ("measures", UserTimingKind::Measure),
        ("console_timings", UserTimingKind::ConsoleTime),
        ("console_timestamps", UserTimingKind::ConsoleTimeStamp),
    ] {
        let n = timings.iter().filter(|timing| timing.kind == kind).count();
        tally.number("user timings", name, what, Some(n as f64), &oracle["user_timings"][what], 0.0);
    }
    for theirs in list(&oracle["user_timings"]["measures_list"]) {
        let is_there = timings.iter().any(|ours| {
            ours.kind == UserTimingKind::Measure
                && Some(recording.text(ours.name).expose()) == theirs["name"].as_str()
                && (ours.start.0 - theirs["start_ms"].as_f64().unwrap_or(f64::NAN)).abs() <= TOLERANCE_MS
                && (ours.duration.0 - theirs["duration_ms"].as_f64().unwrap_or(f64::NAN)).abs() <= TOLERANCE_MS
        });
        tally.check("user timings", name, "measure", is_there, theirs.to_string());
    }
}
