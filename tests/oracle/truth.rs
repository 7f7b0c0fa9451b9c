//! What the page measured itself while it was recorded.

use super::tally::Difference;
use super::{Tally, shared};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs::File;
use weir::import;
use weir::recording::{PageId, Recording, Timeline, TracedRequest};

/// By how much the trace may be later than the page's own figure, and earlier, in ms, as lab/CHECK.md found: the page
/// rounds paints up to multiples of 4 ms and interactions to 8 ms; through a service worker two clocks are compared.
const NOISE: &[(&str, f64, f64)] = &[("ttfb", 0.15, 3.0), ("fcp", 0.0, 4.1), ("lcp", 0.0, 4.1), ("inp", 8.0, 8.0)];
/// By how much the trace's marks of DOMContentLoaded and load may lie outside the events that the page measured, in ms.
const NOISE_OF_EVENTS: f64 = 0.2;
/// Scores of layout shifts.
const NOISE_SCORE: f64 = 0.0001;

/// Where Weir says something else than the page on purpose.
const DELIBERATE: &[Difference] =
    &[("warm-visit", "load", "the engine's mark, and so ours, was written 0.3 ms after the page's event had ended")];

#[test]
fn truth() {
    let Some(lab) = shared("lab/recordings") else { return };
    let mut tally = Tally::but_for(DELIBERATE);
    let mut names = BTreeSet::new();
    for folder in std::fs::read_dir(lab).expect("a folder").map(|folder| folder.expect("a folder").path()) {
        let name = folder.file_name().expect("a name").to_string_lossy().into_owned();
        let truth: Value =
            serde_json::from_reader(File::open(folder.join("truth.json")).expect("the truth")).expect("JSON");
        let opened =
            import::open(File::open(folder.join("trace.json.gz")).expect("the trace"), &mut ()).expect("a trace");
        for page in truth["pages"].as_array().into_iter().flatten() {
            compare_page(&mut tally, &name, &opened[0].recording, page);
        }
        names.insert(name);
    }
    for (kind, (matched, total)) in &tally.counts {
        println!("{kind}: {matched} of {total}");
    }
    let unneeded = tally.unneeded(&names);
    assert!(unneeded.is_empty(), "listed as different, but is not: {unneeded:#?}");
    assert!(tally.wrong.is_empty(), "{} differ:\n{}", tally.wrong.len(), tally.wrong.join("\n"));
}

fn compare_page(tally: &mut Tally, name: &str, recording: &Recording, truth: &Value) {
    // The page may have changed its address since it was loaded.
    let loaded = truth["navigation"]["name"].as_str().map(|url| url.split('#').next().unwrap_or_default());
    let ours = recording.pages.iter().rfind(|page| page.url.map(|url| recording.text(url).expose()) == loaded);
    let Some(page) = ours else {
        tally.check("truth", name, "page", false, "the page is missing".to_owned());
        return;
    };
    let at = recording.pages.iter().position(|other| std::ptr::eq(other, page)).expect("its position");
    let navigation = recording.timeline.navigation_of(PageId(at as u32)).expect("its navigation");
    let inp = recording.timeline.interaction_to_next_paint(Timeline::navigation_span(navigation));
    let milestones = page.milestones;
    let seen = truth["interactions"].as_array().into_iter().flatten().filter_map(|one| one["duration"].as_f64());
    let longest = seen.max_by(f64::total_cmp).map_or(Value::Null, Value::from);
    for (what, ours, theirs) in [
        ("ttfb", milestones.ttfb, &truth["derived"]["ttfb"]),
        ("fcp", milestones.first_contentful_paint, &truth["derived"]["fcp"]),
        ("lcp", milestones.largest_contentful_paint, &truth["derived"]["lcp"]),
        ("inp", inp.map(|one| one.duration), &longest),
    ] {
        let Some(theirs) = theirs.as_f64() else { continue };
        let (_, late, early) = NOISE.iter().find(|(known, ..)| *known == what).expect("its noise");
        // A click that leads to another page ends while that is loading; as in the engine it counts for both.
        let committed = navigation.start + milestones.ttfb.unwrap_or_default();
        if what == "inp" && inp.is_some_and(|one| one.start < committed) {
            continue;
        }
        let is_equal = ours.is_some_and(|ours| (theirs - early..=theirs + late).contains(&ours.0));
        tally.check("truth", name, what, is_equal, format!("{ours:?}, not {theirs}"));
    }
    // The engine's marks, and so ours, lie between the beginning and the end of the event.
    for (what, ours, event) in
        [("dcl", milestones.dom_content_loaded, "domContentLoadedEvent"), ("load", milestones.load, "loadEvent")]
    {
        let at = |end: &str| truth["navigation"][format!("{event}{end}")].as_f64().unwrap_or(f64::NAN);
        let during = at("Start") - NOISE_OF_EVENTS..=at("End") + NOISE_OF_EVENTS;
        let is_equal = ours.is_some_and(|ours| during.contains(&ours.0));
        tally.check("truth", name, what, is_equal, format!("{ours:?}, not {during:?}"));
    }
    tally.number("truth", name, "CLS", milestones.cumulative_layout_shift, &truth["derived"]["cls"], NOISE_SCORE);
    let lcp_url = truth["derived"]["lcpUrl"].as_str().filter(|url| !url.is_empty());
    let paint = navigation.largest_paint.and_then(|paint| paint.request);
    // The page names the address it asked for, the trace the one that redirects led to.
    let id = paint.and_then(|id| recording.timeline.request(id)).and_then(|traced| traced.recorded_id);
    let is_of_it = |traced: &TracedRequest| id.is_some() && traced.recorded_id == id;
    let first = recording.all_requests().find(|r| recording.timeline.request(r.id()).is_some_and(is_of_it));
    let ours = first.map(|request| request.url_text().expose());
    tally.check("truth", name, "LCP resource", ours == lcp_url, format!("{ours:?}, not {lcp_url:?}"));
}
