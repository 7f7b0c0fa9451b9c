//! Traces against what Chrome's own engine says of them, and against what the page measured itself; passes where the
//! answers are not at hand.

#[path = "oracle/insights.rs"]
mod insights;
#[path = "oracle/shifts.rs"]
mod shifts;

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::PathBuf;
use weir::import;
use weir::page_load::PageLoad;
use weir::page_load::parties::site_of;
use weir::recording::{
    FetchPriority, PaintKind, Priority, Protocol, Recording, RenderBlocking, RequestId, ResourceKind, ThreadRole,
    UserTimingKind,
};
use weir::units::Millis;

/// The engine writes thousandths of milliseconds.
const TOLERANCE_MS: f64 = 0.1;
/// Scores of layout shifts.
const TOLERANCE_SCORE: f64 = 0.0005;

const PAIRS: &str =
    "the engine pairs begins and ends of all threads on one stack and loses some; Weir pairs them by thread";

const ONE_TASK: &str = "the engine sums forced work over all threads until it meets a lone task; Weir sums it by task";

/// Where Weir says something else than the engine on purpose.
const DELIBERATE: &[(&str, &str, &str)] = &[
    (
        "syn-nav-before-tracing-started",
        "",
        "the engine does not see a navigation that stands before TracingStartedInBrowser in the file",
    ),
    (
        "syn-tree-edges",
        "",
        "of work that outlasts its parent the engine's totals count parts twice; Weir leaves it out, as the engine's tree does",
    ),
    (
        "spa-soft-nav",
        "url",
        "a navigation keeps the address of its document; what script made of it is a navigation of its own",
    ),
    ("lh-art-lr", "ttfb", "the engine takes -1, which means not recorded, for a time"),
    ("lh-art-lr", "delay", "the engine takes -1, which means not recorded, for a time"),
    ("lh-no-tracingstarted-m74", "EvaluateScript", PAIRS),
    ("lh-no-tracingstarted-m74", "TimerFire", PAIRS),
    ("lh-art-lr", "forced", ONE_TASK),
    ("iframes", "forced", ONE_TASK),
    ("warm-visit", "load", "the engine's mark, and so ours, was written 0.3 ms after the page's event had ended"),
    ("lh-art-lr", "render", "the engine takes -1, which means not recorded, for a time"),
];

#[derive(Default)]
struct Tally {
    /// Matched and total by kind.
    counts: BTreeMap<&'static str, (usize, usize)>,
    wrong: Vec<String>,
    deliberate: BTreeMap<String, usize>,
}

impl Tally {
    fn check(&mut self, kind: &'static str, trace: &str, what: &str, is_equal: bool, said: String) {
        let (matched, total) = self.counts.entry(kind).or_default();
        if !is_equal
            && let Some((.., why)) = DELIBERATE.iter().find(|(file, about, _)| {
                (file.is_empty() || *file == trace)
                    && (about.is_empty() || *about == what)
                    && (!about.is_empty() || !file.is_empty())
            })
        {
            *self.deliberate.entry((*why).to_owned()).or_default() += 1;
            return;
        }
        *total += 1;
        match is_equal {
            true => *matched += 1,
            false => self.wrong.push(format!("{kind} {trace} {what}: {said}")),
        }
    }

    fn number(
        &mut self,
        kind: &'static str,
        trace: &str,
        what: &str,
        ours: Option<f64>,
        theirs: &Value,
        tolerance: f64,
    ) {
        let theirs = theirs.as_f64();
        let is_equal = match (ours, theirs) {
            (Some(ours), Some(theirs)) => (ours - theirs).abs() <= tolerance,
            (None, None) => true,
            _ => false,
        };
        self.check(kind, trace, what, is_equal, format!("{ours:?}, not {theirs:?}"));
    }

    fn millis(&mut self, kind: &'static str, trace: &str, what: &str, ours: Option<Millis>, theirs: &Value) {
        self.number(kind, trace, what, ours.map(|ms| ms.0), theirs, TOLERANCE_MS);
    }

    fn text(&mut self, kind: &'static str, trace: &str, what: &str, ours: Option<&str>, theirs: &Value) {
        let theirs = theirs.as_str();
        self.check(kind, trace, what, ours == theirs, format!("{ours:?}, not {theirs:?}"));
    }
}

#[test]
fn engine() {
    let mut tally = Tally::default();
    let mut opened = (0, 0);
    let pairs: Vec<_> = pairs()
        .into_iter()
        .map(|(name, trace, oracle)| {
            let oracle: Value = serde_json::from_reader(File::open(&oracle).expect("the oracle")).expect("JSON");
            (name, trace, oracle)
        })
        .collect();
    let listed: BTreeSet<String> = pairs
        .iter()
        .filter_map(|(.., oracle)| oracle["main_thread"]["self_time_by_event_ms"].as_object())
        .flat_map(|kinds| kinds.keys().cloned())
        .collect();
    for (name, trace, oracle) in pairs {
        opened.1 += 1;
        let recording = match import::open(File::open(&trace).expect("the trace"), &mut ()) {
            Ok(mut opened) if opened.len() == 1 => opened.remove(0).recording,
            Ok(opened) => panic!("{name}: {} recordings", opened.len()),
            Err(error) => {
                tally.wrong.push(format!("open {name}: {error}"));
                continue;
            }
        };
        opened.0 += 1;
        if oracle.get("error").is_none() {
            compare(&mut tally, &name, &recording, &oracle, &listed);
            insights::compare(&mut tally, &name, &recording, &oracle);
            shifts::compare(&mut tally, &name, &recording, &oracle);
        }
    }
    println!("opened {} of {}", opened.0, opened.1);
    for (kind, (matched, total)) in &tally.counts {
        println!("{kind}: {matched} of {total}");
    }
    for (why, n) in &tally.deliberate {
        println!("differs on purpose, {n} times: {why}");
    }
    assert!(tally.wrong.is_empty(), "{} differ:\n{}", tally.wrong.len(), tally.wrong.join("\n"));
}

/// A folder of `WEIR_SHARED` (default `../shared`); if it is absent, that is told.
fn shared(folder: &str) -> Option<PathBuf> {
    let shared = std::env::var_os("WEIR_SHARED").map_or_else(|| PathBuf::from("../shared"), PathBuf::from);
    let path = shared.join(folder);
    if path.is_dir() {
        return Some(path);
    }
    eprintln!("skipped: there is no {folder} in WEIR_SHARED");
    None
}

/// Name, trace and oracle of everything there is.
fn pairs() -> Vec<(String, PathBuf, PathBuf)> {
    let mut found = Vec::new();
    for (oracles, traces) in [("oracle/trace", "corpus/trace"), ("oracle/lab-trace", "lab/recordings")] {
        let (Some(oracles), Some(folder)) = (shared(oracles), shared(traces)) else { continue };
        let entries = std::fs::read_dir(oracles).expect("a folder");
        for oracle in entries.map(|entry| entry.expect("an entry").path()) {
            if oracle.extension().is_none_or(|extension| extension != "json") {
                continue;
            }
            let name = oracle.file_stem().expect("a name").to_string_lossy().into_owned();
            let trace = match traces {
                "corpus/trace" => folder.join(format!("{name}.json.gz")),
                _ => folder.join(&name).join("trace.json.gz"),
            };
            found.push((name, trace, oracle));
        }
    }
    found.sort();
    found
}

fn compare(tally: &mut Tally, name: &str, recording: &Recording, oracle: &Value, shown: &BTreeSet<String>) {
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
        return;
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
        let id = theirs["navigation_id"].as_str();
        let ours =
            timeline.navigations.iter().find(|ours| ours.recorded_id.map(|id| recording.text(id).expose()) == id);
        let Some(ours) = ours else {
            tally.check("navigations", name, "navigation", false, format!("{id:?} is missing"));
            continue;
        };
        let url = ours.url.map(|url| recording.text(url).expose());
        let without_fragment = theirs["url"].as_str().map(|url| url.split('#').next().unwrap_or_default().to_owned());
        tally.text("navigations", name, "url", url, &without_fragment.map_or(Value::Null, Value::String));
        tally.number(
            "navigations",
            name,
            "cls",
            ours.cumulative_layout_shift,
            &theirs["metrics"]["cls"],
            TOLERANCE_SCORE,
        );
        let span = weir::recording::Timeline::navigation_span(ours);
        let longest = timeline.interactions_in(span).first().map(|one| one.duration);
        tally.millis("navigations", name, "inp", longest, &theirs["metrics"]["inp_ms"]);
        let inp = timeline.interaction_to_next_paint(span);
        tally.millis("navigations", name, "inp p98", inp.map(|one| one.duration), &theirs["metrics"]["inp_p98_ms"]);
        let lcp = &theirs["lcp"];
        let Some(paint) = ours.largest_paint.filter(|_| lcp.is_object()) else { continue };
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
            tally.millis(
                "lcp",
                name,
                "load",
                parts.and_then(|parts| parts.load_duration),
                &breakdown["load_duration_ms"],
            );
            tally.millis("lcp", name, "render", parts.map(|parts| parts.render_delay), &breakdown["render_delay_ms"]);
        }
    }

    third_parties(tally, name, recording, &list(&oracle["navigations"]));
    requests(tally, name, recording, &list(&oracle["requests"]));

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
    main_thread(tally, name, recording, oracle, shown);
}

/// Main-thread time by company or site, which Chrome's engine names after the registrable domain.
fn third_parties(tally: &mut Tally, name: &str, recording: &Recording, navigations: &[Value]) {
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

fn requests(tally: &mut Tally, name: &str, recording: &Recording, theirs: &[Value]) {
    let timeline = &recording.timeline;
    let ours: BTreeMap<&str, RequestId> = recording
        .all_requests()
        .filter_map(|request| {
            let traced = timeline.request(request.id())?;
            let id = traced.recorded_id.filter(|_| !traced.is_redirect_hop)?;
            Some((recording.text(id).expose(), request.id()))
        })
        .collect();
    tally.check("requests", name, "count", ours.len() == theirs.len(), format!("{}, not {}", ours.len(), theirs.len()));
    for theirs in theirs {
        let Some(id) = theirs["id"].as_str().and_then(|id| ours.get(id)) else {
            tally.check("requests", name, "request", false, format!("{} is missing", theirs["id"]));
            continue;
        };
        let (request, traced) = (recording.request(*id), timeline.request(*id).expect("as long as the table"));
        let what = |field: &str| format!("{field} of {}", theirs["id"]);
        let text = |id: Option<weir::text::StrId>| id.map(|id| recording.text(id).expose());
        let url = theirs["url"].as_str().map_or(Value::Null, |url| url.split('#').next().unwrap_or_default().into());
        let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        tally.text("request facts", name, &what("url"), Some(request.url_text().expose()), &url);
        let is_data = text(traced.fetch_type).is_some_and(|word| ["fetch", "xmlhttprequest", "beacon"].contains(&word));
        let kind = match request.recorded_kind() {
            // The engine calls data "other" here; Weir and the engine's own simulation look at how scripts asked.
            Some(_) if is_data && theirs["resource_type"] == "Other" => "Other",
            kind => kind.map_or("Other", kind_word),
        };
        tally.text("request facts", name, &what("kind"), Some(kind), &theirs["resource_type"]);
        let level = |priority: Option<Priority>| priority.map(|priority| format!("{priority:?}"));
        tally.text(
            "request facts",
            name,
            &what("priority"),
            level(request.priority()).as_deref(),
            &theirs["priority_final"],
        );
        tally.text(
            "request facts",
            name,
            &what("initial"),
            level(request.initial_priority()).as_deref(),
            &theirs["priority_initial"],
        );
        let blocking = word(&theirs["render_blocking"]);
        let blocking = if blocking == "dynamically_injected_non_blocking" { "non_blocking" } else { &blocking };
        let ours = request.render_blocking().map_or("non_blocking", blocking_word);
        tally.text("request facts", name, &what("render blocking"), Some(ours), &blocking.into());
        let hint = match traced.fetch_priority {
            FetchPriority::Auto => "auto",
            FetchPriority::High => "high",
            FetchPriority::Low => "low",
        };
        tally.text("request facts", name, &what("fetch priority"), Some(hint), &theirs["fetch_priority_hint"]);
        let status = f64::from(request.status().unwrap_or_default());
        tally.number("request facts", name, &what("status"), Some(status), &theirs["status"], 0.0);
        let protocol = match word(&theirs["protocol"]).as_str() {
            "h2" => Some(Protocol::H2),
            "h3" | "quic" => Some(Protocol::H3),
            "http/1.1" => Some(Protocol::Http11),
            "http/1.0" => Some(Protocol::Http10),
            _ => None,
        };
        tally.check(
            "request facts",
            name,
            &what("protocol"),
            request.protocol() == protocol,
            format!("{:?}", request.protocol()),
        );
        for (field, ours) in [
            ("from_disk_cache", traced.from_disk_cache),
            ("from_memory_cache", traced.from_memory_cache),
            ("from_service_worker", request.via_service_worker()),
            ("is_link_preload", request.preloaded()),
            ("finished", traced.is_finished),
            ("has_timing", traced.has_timing),
        ] {
            let is_equal = theirs[field].as_bool().unwrap_or_default() == ours;
            tally.check("request facts", name, &what(field), is_equal, format!("{ours}"));
        }
        let bytes = |bytes: Option<weir::units::Bytes>| Some(bytes.unwrap_or_default().0 as f64);
        tally.number(
            "request facts",
            name,
            &what("encoded"),
            bytes(request.transfer_bytes()),
            &theirs["encoded_bytes"],
            0.0,
        );
        tally.number(
            "request facts",
            name,
            &what("decoded"),
            bytes(request.decoded_bytes()),
            &theirs["decoded_bytes"],
            0.0,
        );
        let n_headers = request.response_headers().len() as f64;
        tally.number(
            "request facts",
            name,
            &what("headers"),
            Some(n_headers),
            &Value::from(theirs["response_header_count"].as_f64().unwrap_or_default()),
            0.0,
        );
        tally.text(
            "request facts",
            name,
            &what("connection"),
            text(request.connection()),
            &theirs["connection_id"].as_i64().filter(|id| *id != 0).map_or(Value::Null, |id| id.to_string().into()),
        );
        let initiator = theirs["initiator_url"]
            .as_str()
            .filter(|url| !url.is_empty())
            .or(theirs["stack_top_url"].as_str().filter(|url| !url.is_empty()));
        let initiator = initiator.map_or(Value::Null, |url| url.split('#').next().unwrap_or_default().into());
        tally.text("request facts", name, &what("initiator"), text(request.initiator_url()), &initiator);
        let hops = theirs["redirects"].as_array().map_or(0, Vec::len);
        let own = recording.all_requests().filter(|other| {
            timeline
                .request(other.id())
                .is_some_and(|other| other.is_redirect_hop && other.recorded_id == traced.recorded_id)
        });
        tally.number("request facts", name, &what("redirects"), Some(own.count() as f64), &hops.into(), 0.0);

        for (field, ours) in [
            ("start_ms", Some(traced.start)),
            ("end_ms", Some(traced.end)),
            ("finish_ms", Some(traced.network_end)),
            ("redirect_ms", Some(traced.last_start - traced.start)),
            ("queueing_ms", Some(traced.queueing)),
            ("stalled_ms", Some(traced.stalled)),
            ("dns_ms", Some(traced.dns)),
            ("connect_ms", Some(traced.connect)),
            ("tls_ms", Some(traced.tls)),
            ("proxy_ms", Some(traced.proxy)),
            ("send_ms", Some(traced.send)),
            ("waiting_ms", Some(traced.waiting)),
            ("server_response_ms", Some(traced.server_response)),
            ("download_ms", Some(traced.download)),
        ] {
            tally.millis("request times", name, &what(field), ours, &theirs[field]);
        }
        if traced.has_timing {
            tally.millis(
                "request times",
                name,
                &what("network start"),
                traced.network_start,
                &theirs["network_start_ms"],
            );
            // The engine has none where only the end of the headers is recorded.
            if theirs["first_byte_ms"].is_number() {
                tally.millis("request times", name, &what("first byte"), traced.first_byte, &theirs["first_byte_ms"]);
            }
        }
    }
}

fn kind_word(kind: ResourceKind) -> &'static str {
    match kind {
        ResourceKind::Document => "Document",
        ResourceKind::Stylesheet => "Stylesheet",
        ResourceKind::Script => "Script",
        ResourceKind::Font => "Font",
        ResourceKind::Image => "Image",
        ResourceKind::Media => "Media",
        ResourceKind::Xhr => "XHR",
        ResourceKind::Fetch => "Fetch",
        ResourceKind::EventSource => "EventSource",
        ResourceKind::WebSocket => "WebSocket",
        ResourceKind::Manifest => "Manifest",
        ResourceKind::Ping => "Ping",
        ResourceKind::Preflight => "Preflight",
        ResourceKind::Other => "Other",
    }
}

fn blocking_word(blocking: RenderBlocking) -> &'static str {
    match blocking {
        RenderBlocking::Blocking => "blocking",
        RenderBlocking::InBodyParserBlocking => "in_body_parser_blocking",
        RenderBlocking::PotentiallyBlocking => "potentially_blocking",
        RenderBlocking::NonBlocking => "non_blocking",
    }
}

fn main_thread(tally: &mut Tally, name: &str, recording: &Recording, oracle: &Value, shown: &BTreeSet<String>) {
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

/// By how much the trace may be later than the page's own figure, and earlier, in ms, as lab/CHECK.md found: the page
/// rounds paints up to multiples of 4 ms and interactions to 8 ms; through a service worker two clocks are compared.
const NOISE: &[(&str, f64, f64)] = &[("ttfb", 0.15, 3.0), ("fcp", 0.0, 4.1), ("lcp", 0.0, 4.1), ("inp", 8.0, 8.0)];
/// By how much the trace's marks of DOMContentLoaded and load may lie outside the events that the page measured, in ms.
const NOISE_OF_EVENTS: f64 = 0.2;
/// Scores of layout shifts.
const NOISE_SCORE: f64 = 0.0001;

#[test]
fn truth() {
    let Some(lab) = shared("lab/recordings") else { return };
    let mut tally = Tally::default();
    for folder in std::fs::read_dir(lab).expect("a folder").map(|folder| folder.expect("a folder").path()) {
        let name = folder.file_name().expect("a name").to_string_lossy().into_owned();
        let truth: Value =
            serde_json::from_reader(File::open(folder.join("truth.json")).expect("the truth")).expect("JSON");
        let opened =
            import::open(File::open(folder.join("trace.json.gz")).expect("the trace"), &mut ()).expect("a trace");
        for page in truth["pages"].as_array().into_iter().flatten() {
            compare_page(&mut tally, &name, &opened[0].recording, page);
        }
    }
    for (kind, (matched, total)) in &tally.counts {
        println!("{kind}: {matched} of {total}");
    }
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
    let navigation = recording.timeline.navigation_of(weir::recording::PageId(at as u32)).expect("its navigation");
    let inp = recording.timeline.interaction_to_next_paint(weir::recording::Timeline::navigation_span(navigation));
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
    let is_of_it = |traced: &weir::recording::TracedRequest| id.is_some() && traced.recorded_id == id;
    let first = recording.all_requests().find(|r| recording.timeline.request(r.id()).is_some_and(is_of_it));
    let ours = first.map(|request| request.url_text().expose());
    tally.check("truth", name, "LCP resource", ours == lcp_url, format!("{ours:?}, not {lcp_url:?}"));
}
