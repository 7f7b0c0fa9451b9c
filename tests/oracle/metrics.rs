//! Milestones and the largest paint, by navigation.

use super::{TOLERANCE_MS, TOLERANCE_SCORE, Tally};
use serde_json::Value;
use weir::recording::{PaintKind, Recording};

/// Compares the milestones and what the trace is of; says whether it is of a page at all.
pub fn compare(tally: &mut Tally, name: &str, recording: &Recording, oracle: &Value) -> bool {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let timeline = &recording.timeline;
    let is_generic = oracle["trace"]["is_generic"].as_bool();
    tally.check(
        "trace",
        name,
        "is_generic",
        Some(timeline.is_generic) == is_generic,
        format!("{}", timeline.is_generic),
    );
    if is_generic == Some(true) {
        return false;
    }
    tally.number(
        "trace",
        name,
        "screenshots",
        Some(timeline.screenshots.len() as f64),
        &oracle["trace"]["screenshots"],
        0.0,
    );
    let main =
        timeline.main_frame.and_then(|id| timeline.frame(id)).map(|frame| recording.text(frame.recorded_id).expose());
    let theirs = oracle["trace"]["main_frame_id"].as_str().filter(|id| !id.is_empty());
    tally.text("trace", name, "main frame", main, &theirs.map_or(Value::Null, Value::from));

    for theirs in list(&oracle["page_load_metrics"]) {
        let id = theirs["navigation_id"].as_str();
        let start = theirs["navigation_start_ms"].as_f64().unwrap_or_default();
        let ours = timeline.navigations.iter().find(|ours| {
            ours.recorded_id.map(|id| recording.text(id).expose()) == id
                && (id.is_some() || (ours.start.0 - start).abs() <= TOLERANCE_MS)
        });
        let Some(ours) = ours else {
            tally.check("page metrics", name, "navigation", false, format!("{id:?} is missing"));
            continue;
        };
        tally.millis("page metrics", name, "start", Some(ours.start), &theirs["navigation_start_ms"]);
        let metric = |key: &str| theirs["metrics"][key]["ms"].clone();
        let milestones = ours.milestones;
        for (what, ours) in [
            ("FP", milestones.first_paint),
            ("FCP", milestones.first_contentful_paint),
            ("LCP", ours.largest_contentful_paint()),
            ("DCL", milestones.dom_content_loaded),
            ("L", milestones.load),
            ("TTI", milestones.time_to_interactive),
            ("TBT", milestones.total_blocking_time),
        ] {
            // What the engine has no value for, Weir may know.
            if metric(what).is_number() {
                tally.millis("page metrics", name, what, ours, &metric(what));
            }
        }
    }

    for theirs in list(&oracle["navigations"]).iter().filter(|theirs| theirs["navigation_id"].is_string()) {
        navigation(tally, name, recording, theirs);
    }
    true
}

fn navigation(tally: &mut Tally, name: &str, recording: &Recording, theirs: &Value) {
    let timeline = &recording.timeline;
    let id = theirs["navigation_id"].as_str();
    let ours = timeline.navigations.iter().find(|ours| ours.recorded_id.map(|id| recording.text(id).expose()) == id);
    let Some(ours) = ours else {
        tally.check("navigations", name, "navigation", false, format!("{id:?} is missing"));
        return;
    };
    let url = ours.url.map(|url| recording.text(url).expose());
    let without_fragment = theirs["url"].as_str().map(|url| url.split('#').next().unwrap_or_default().to_owned());
    tally.text("navigations", name, "url", url, &without_fragment.map_or(Value::Null, Value::String));
    tally.number("navigations", name, "cls", ours.cumulative_layout_shift, &theirs["metrics"]["cls"], TOLERANCE_SCORE);
    let span = weir::recording::Timeline::navigation_span(ours);
    let longest = timeline.interactions_in(span).first().map(|one| one.duration);
    tally.millis("navigations", name, "inp", longest, &theirs["metrics"]["inp_ms"]);
    let inp = timeline.interaction_to_next_paint(span);
    tally.millis("navigations", name, "inp p98", inp.map(|one| one.duration), &theirs["metrics"]["inp_p98_ms"]);
    let lcp = &theirs["lcp"];
    let Some(paint) = ours.largest_paint.filter(|_| lcp.is_object()) else { return };
    let request = paint.request.map(|id| recording.request(id).url_text().expose());
    tally.text("lcp", name, "resource", request, &lcp["resource"]["url"]);
    let kind = paint.kind.map(|kind| if kind == PaintKind::Image { "image" } else { "text" });
    tally.text("lcp", name, "kind", kind, &lcp["candidate_type"]);
    tally.number("lcp", name, "size", paint.size.map(|size| size as f64), &lcp["size_px"], 0.0);
    tally.text("lcp", name, "element", paint.node_name.map(|id| recording.text(id).expose()), &lcp["node_name"]);
    let parts = ours.largest_paint_parts(recording);
    let breakdown = &lcp["breakdown"];
    if breakdown.is_object() {
        tally.millis("lcp", name, "ttfb", parts.map(|parts| parts.time_to_first_byte), &breakdown["ttfb_ms"]);
        tally.millis("lcp", name, "delay", parts.and_then(|parts| parts.load_delay), &breakdown["load_delay_ms"]);
        tally.millis("lcp", name, "load", parts.and_then(|parts| parts.load_duration), &breakdown["load_duration_ms"]);
        tally.millis("lcp", name, "render", parts.map(|parts| parts.render_delay), &breakdown["render_delay_ms"]);
    }
}
