//! What Chrome's engine blames for each layout shift.

use super::Tally;
use serde_json::Value;
use std::collections::BTreeSet;
use weir::page_load::layout_shifts::{self, Cause};
use weir::page_load::{PageLoad, layout_shifts::ExplainedShift};
use weir::recording::Recording;

/// Compares the causes of the shifts of all loads. What the engine does not know, Weir may.
pub fn compare(tally: &mut Tally, name: &str, recording: &Recording, oracle: &Value) {
    for load in PageLoad::all(recording) {
        let id = load.navigation().and_then(|navigation| navigation.recorded_id).map(|id| recording.text(id).expose());
        let navigations = oracle["navigations"].as_array().into_iter().flatten();
        let theirs = navigations.into_iter().find(|theirs| id.is_some() && theirs["navigation_id"].as_str() == id);
        let Some(theirs) = theirs else { continue };
        let windows = layout_shifts::windows(&load);
        let shifts: Vec<&ExplainedShift<'_>> = windows.iter().flat_map(|window| &window.shifts).collect();
        for theirs in theirs["cls"]["root_causes"].as_array().into_iter().flatten() {
            let at = theirs["shift_ms"].as_f64().unwrap_or(f64::NAN);
            let ours = shifts.iter().find(|ours| (ours.shift.at.0 - at).abs() <= super::TOLERANCE_MS);
            for (key, cause) in [
                ("web_fonts", Cause::WebFont),
                ("unsized_images", Cause::UnsizedImage),
                ("iframes", Cause::Frame),
                ("non_composited_animations", Cause::Animation),
            ] {
                let listed: BTreeSet<&str> =
                    theirs[key].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
                let own = ours.into_iter().flat_map(|ours| &ours.causes).filter(|culprit| culprit.cause == cause);
                let own: Vec<_> = own.collect();
                let urls: BTreeSet<&str> =
                    own.iter().filter_map(|culprit| culprit.url).map(|url| recording.text(url).expose()).collect();
                let is_equal = match cause {
                    Cause::WebFont | Cause::UnsizedImage => urls == listed,
                    _ => listed.len() <= own.len(),
                };
                tally.check("shift causes", name, key, is_equal, format!("{urls:?}, not {listed:?} at {at}"));
            }
        }
    }
}
