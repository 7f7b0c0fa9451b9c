//! What Chrome's engine says of each load beyond its figures: the nineteen insights, as far as both have them.

use super::{TOLERANCE_MS, Tally};
use serde_json::Value;
use weir::page_load::document_meta::{self, MobileViewport};
use weir::page_load::painted_images::{self, Painted};
use weir::page_load::{PageLoad, blocking, dom_size, forced_reflow, interactions, largest_image};
use weir::recording::{LayoutKind, Recording, RequestId};
use weir::text::StrId;

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
            sizes(tally, name, load, &theirs["dom_size"]);
            selectors(tally, name, load, &theirs["slow_css_selectors"]);
            document(tally, name, load, theirs);
            blocking_requests(tally, name, load, &theirs["render_blocking"]);
            discovery(tally, name, load, &theirs["lcp_discovery"]);
            images(tally, name, load, &theirs["image_delivery"]);
            fonts(tally, name, load, &theirs["font_display"]);
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

fn text(load: &PageLoad<'_>, id: Option<StrId>) -> Option<String> {
    id.map(|id| load.recording.text(id).expose().to_owned())
}

fn sizes(tally: &mut Tally, name: &str, load: &PageLoad<'_>, theirs: &Value) {
    const KIND: &str = "insight: DOM size";
    let ours = dom_size::of(load);
    let largest = ours.largest;
    let number = |n: Option<u64>| n.map(|n| n as f64);
    tally.number(KIND, name, "elements", number(largest.map(|one| one.n_elements)), &theirs["total_elements"], 0.0);
    for (what, ours, theirs, node) in [
        ("depth", largest.and_then(|one| one.deepest), &theirs["max_depth"], &theirs["max_depth_node"]),
        ("children", largest.and_then(|one| one.widest), &theirs["max_children"], &theirs["max_children_node"]),
    ] {
        tally.number(KIND, name, what, number(ours.map(|(n, _)| n)), theirs, 0.0);
        tally.text(KIND, name, what, text(load, ours.and_then(|(_, node)| node)).as_deref(), node);
    }
    let n = |kind| Some(ours.updates.iter().filter(|update| update.kind == kind).count() as f64);
    let theirs_n = |key: &str| Value::from(theirs[key].as_f64().unwrap_or_default());
    tally.number(KIND, name, "layouts", n(LayoutKind::Layout), &theirs_n("large_layouts"), 0.0);
    tally.number(KIND, name, "styles", n(LayoutKind::Style), &theirs_n("large_style_recalcs"), 0.0);
    for (ours, theirs) in ours.updates.iter().zip(list(&theirs["largest_updates"])) {
        tally.millis(KIND, name, "update", Some(ours.duration), &theirs["duration_ms"]);
        tally.number(KIND, name, "update", Some(ours.n as f64), &theirs["size"], 0.0);
    }
}

fn selectors(tally: &mut Tally, name: &str, load: &PageLoad<'_>, theirs: &Value) {
    const KIND: &str = "insight: selectors";
    let ours = &load.recording.timeline.selectors;
    if !theirs["total_match_attempts"].is_number() {
        return;
    }
    let elapsed = ours.iter().map(|one| one.elapsed).sum();
    tally.millis(KIND, name, "elapsed", Some(elapsed), &theirs["total_elapsed_ms"]);
    let attempts: u64 = ours.iter().map(|one| one.n_attempts).sum();
    tally.number(KIND, name, "attempts", Some(attempts as f64), &theirs["total_match_attempts"], 0.0);
    let matches: u64 = ours.iter().map(|one| one.n_matches).sum();
    tally.number(KIND, name, "matches", Some(matches as f64), &theirs["total_match_count"], 0.0);
    if let Some((worst, theirs)) = ours.first().zip(theirs["top_by_elapsed"].as_object()) {
        tally.text(KIND, name, "worst", text(load, Some(worst.selector)).as_deref(), &theirs["selector"]);
        tally.millis(KIND, name, "worst", Some(worst.elapsed), &theirs["elapsed_ms"]);
    }
}

fn document(tally: &mut Tally, name: &str, load: &PageLoad<'_>, theirs: &Value) {
    let charset = document_meta::charset(load).unwrap_or_default();
    let in_header = charset.in_header.unwrap_or_default();
    let theirs_header = theirs["charset"]["http_header"].as_bool();
    tally.check("insight: charset", name, "header", Some(in_header) == theirs_header, format!("{in_header}"));
    let early = theirs["charset"]["meta"].as_str().map(|word| word == "found-in-first-1024-bytes");
    // What the engine does not know, Weir may read in the document's text.
    if early.is_some() {
        tally.check("insight: charset", name, "meta", charset.in_document == early, format!("{charset:?}"));
    }
    let MobileViewport { is_optimized, has_meta } = document_meta::mobile_viewport(load);
    let theirs = &theirs["viewport"];
    let optimized = theirs["mobile_optimized"].as_bool();
    tally.check("insight: viewport", name, "optimized", is_optimized == optimized, format!("{is_optimized:?}"));
    let meta = theirs["meta_content"].is_string();
    tally.check("insight: viewport", name, "meta", has_meta.unwrap_or_default() == meta, format!("{has_meta:?}"));
}

fn blocking_requests(tally: &mut Tally, name: &str, load: &PageLoad<'_>, theirs: &Value) {
    const KIND: &str = "insight: render blocking";
    let ours = blocking::before_first_paint(load).unwrap_or_default();
    let timeline = &load.recording.timeline;
    let recorded_id = |id: RequestId| text(load, timeline.request(id).and_then(|traced| traced.recorded_id));
    let mut ours: Vec<String> = ours.into_iter().filter_map(recorded_id).collect();
    for theirs in list(theirs) {
        let at = ours.iter().position(|id| Some(id.as_str()) == theirs["id"].as_str());
        at.map(|at| ours.remove(at));
        tally.check(KIND, name, "request", at.is_some(), theirs.to_string());
    }
    tally.check(KIND, name, "others", ours.is_empty(), format!("{ours:?}"));
}

fn discovery(tally: &mut Tally, name: &str, load: &PageLoad<'_>, theirs: &Value) {
    const KIND: &str = "insight: LCP discovery";
    if !theirs["fetchpriority_high"].is_boolean() {
        return;
    }
    let ours = largest_image::of(load);
    for (what, ours) in [
        ("fetchpriority_high", ours.and_then(|one| one.has_high_priority)),
        ("discoverable_in_document", ours.and_then(|one| one.is_in_document)),
        ("eagerly_loaded", ours.and_then(|one| one.is_lazy).map(|is_lazy| !is_lazy)),
    ] {
        tally.check(KIND, name, what, ours == theirs[what].as_bool(), format!("{ours:?}"));
    }
    tally.millis(KIND, name, "earliest", ours.and_then(|one| one.possible), &theirs["earliest_discovery_ms"]);
    let delay = ours.and_then(|one| Some(one.asked - one.possible?));
    tally.millis(KIND, name, "delay", delay, &theirs["discovery_delay_ms"]);
}

fn images(tally: &mut Tally, name: &str, load: &PageLoad<'_>, theirs: &Value) {
    const KIND: &str = "insight: images";
    let mut ours: Vec<Painted> = painted_images::of(load);
    ours.retain(|one| one.by_format.is_some() || one.by_size.is_some());
    for theirs in list(theirs) {
        let at = ours.iter().position(|one| {
            let id = load.recording.timeline.request(one.request).and_then(|traced| traced.recorded_id);
            text(load, id).as_deref() == theirs["id"].as_str()
        });
        let Some(one) = at.map(|at| ours.remove(at)) else {
            tally.check(KIND, name, "image", false, format!("{theirs} is missing"));
            continue;
        };
        let what = theirs["url"].as_str().unwrap_or_default();
        tally.number(KIND, name, what, Some(one.total.0 as f64), &theirs["byte_savings"], 0.0);
        let list = list(&theirs["optimizations"]);
        let of = |is_size: bool| {
            let one = list.iter().find(|one| (one["type"].as_str() == Some("RESPONSIVE_SIZE")) == is_size);
            one.map_or(Value::Null, |one| one["byte_savings"].clone())
        };
        tally.number(KIND, name, what, one.by_size.map(|bytes| bytes.0 as f64), &of(true), 0.0);
        tally.number(KIND, name, what, one.by_format.map(|(_, bytes)| bytes.0 as f64), &of(false), 0.0);
    }
    let others: Vec<_> = ours.iter().map(|one| load.request(one.request).url_text().expose()).collect();
    tally.check(KIND, name, "others", others.is_empty(), format!("{others:?}"));
}

/// The engine tells how long each font that blocks was under way, to 5 ms, at most 3 s.
fn fonts(tally: &mut Tally, name: &str, load: &PageLoad<'_>, theirs: &Value) {
    const KIND: &str = "insight: font display";
    let window = load.window();
    let timeline = &load.recording.timeline;
    let mut ours: Vec<(String, f64)> = timeline
        .facts
        .fonts
        .iter()
        .filter(|font| window.start <= font.at && font.at <= window.end)
        .filter_map(|font| {
            let display = text(load, font.display)?;
            let traced = timeline.request(font.request?)?;
            let took = traced.network_end - traced.sent.unwrap_or(traced.start);
            let took = ((took.0 / 5.0).floor() * 5.0).min(3_000.0);
            let blocks = ["block", "fallback", "auto"].contains(&display.as_str()) && 0.0 < took;
            blocks.then(|| (text(load, traced.recorded_id).unwrap_or_default(), took))
        })
        .collect();
    for theirs in list(theirs) {
        let at = ours.iter().position(|(id, took)| {
            Some(id.as_str()) == theirs["id"].as_str() && Some(*took) == theirs["wasted_ms"].as_f64()
        });
        at.map(|at| ours.remove(at));
        tally.check(KIND, name, "font", at.is_some(), theirs.to_string());
    }
    tally.check(KIND, name, "others", ours.is_empty(), format!("{ours:?}"));
}
