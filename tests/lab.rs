//! Recordings from outside the repository (`WEIR_SHARED`, default `../shared`): what the verdict says of pages with
//! known faults, and what holds of every report whatever was recorded. Absent folders are told as skipped.
#![cfg(not(target_arch = "wasm32"))]

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use serde_json::Value;
use weir::import;
use weir::page_load::PageLoad;
use weir::redact::Share;
use weir::report::schema::{LoadReport, Metrics, RecordingReport, Report};
use weir::report::{self, Source, vocabulary::Metric};

/// Part of the recordings whose owner a HAR must tell although its main figure (a paint time, an interaction) is in
/// the trace of the same load only.
const TOLD_WITHOUT_ITS_FIGURE: f64 = 0.7;

fn shared(folder: &str) -> Option<PathBuf> {
    let shared = std::env::var_os("WEIR_SHARED").map_or_else(|| PathBuf::from("../shared"), PathBuf::from);
    let path = shared.join(folder);
    if path.is_dir() {
        return Some(path);
    }
    eprintln!("skipped: there is no {folder} in WEIR_SHARED");
    None
}

/// Files and folders of a folder, in order of their names.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<_> =
        fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    entries.sort();
    entries
}

/// The report of a file; `None`: it is no recording.
fn report_of(path: &Path) -> Option<Report> {
    let opened = import::open(File::open(path).expect("a file"), &mut ()).ok()?;
    let sources: Vec<_> = opened.iter().map(|opened| Source { name: None, recording: &opened.recording }).collect();
    Some(report::analyze(&sources, Share::Internal, &[], &mut |_| {}))
}

#[test]
fn owners_of_known_faults() {
    let Some(lab) = shared("lab/recordings") else { return };
    let (mut n_told, mut n_all) = (0, 0);
    for folder in entries(&lab) {
        let har = folder.join("page.har.gz");
        let (true, Ok(expect)) = (har.is_file(), fs::read_to_string(folder.join("expect.json"))) else { continue };
        let expect: Value = serde_json::from_str(&expect).expect("JSON");
        let name = folder.file_name().expect("a name").to_string_lossy().into_owned();
        let report = report_of(&har).unwrap_or_else(|| panic!("{name}: no recording"));
        let load = report.loads.first().unwrap_or_else(|| panic!("{name}: no load"));
        let alternatives = expect["owner_alternatives"].as_array().cloned().unwrap_or_default();
        let said = load.verdict.owner.map_or(Value::Null, |owner| owner.word().into());
        let is_right = said == expect["owner"] || alternatives.contains(&said);
        let main = expect["main"]["what"].as_str().unwrap_or_default();
        let has_figure = main == "load" || (main == "TTFB" && load.metrics.ttfb.is_some());
        // Where the recording does not tell, nobody may be named instead.
        let names_nobody = said.is_null() || said == "unknown";
        assert!(is_right || !has_figure && names_nobody, "{name}: {said}, not {}", expect["owner"]);
        n_all += 1;
        n_told += usize::from(is_right);
        if !is_right {
            eprintln!("{name}: {said}, not {}; the recording does not tell {main}", expect["owner"]);
        }
    }
    assert!(TOLD_WITHOUT_ITS_FIGURE * f64::from(n_all) <= n_told as f64, "{n_told} of {n_all}");
}

#[test]
fn times_add_up_in_every_recording() {
    let mut files = Vec::new();
    if let Some(lab) = shared("lab/recordings") {
        files.extend(entries(&lab).into_iter().map(|folder| folder.join("page.har.gz")).filter(|har| har.is_file()));
    }
    if let Some(corpus) = shared("corpus/har") {
        files.extend(entries(&corpus));
    }
    for file in files {
        let Some(report) = report_of(&file) else { continue };
        for load in &report.loads {
            check_times(&file.display().to_string(), load);
        }
    }
}

/// Joining a HAR and a trace of one load changes no metric that the trace has alone and loses no request of either;
/// a HAR and a trace of two loads stay apart.
#[test]
fn hars_and_traces_of_one_load_are_joined() {
    let mut folders = Vec::new();
    if let Some(lab) = shared("lab/recordings") {
        folders.extend(entries(&lab));
    }
    if let Some(pairs) = shared("lab/pairs") {
        folders.extend(entries(&pairs).into_iter().map(|pair| pair.join("before")));
    }
    folders.retain(|folder| folder.join("page.har.gz").is_file() && folder.join("trace.json.gz").is_file());
    let mut last_har: Option<PathBuf> = None;
    for folder in folders {
        let (har, trace) = (folder.join("page.har.gz"), folder.join("trace.json.gz"));
        let name = folder.display();
        let [of_har, of_trace] = [report_of(&har), report_of(&trace)].map(|report| report.expect("a recording"));
        let both = joined_report(&[&har, &trace]);
        assert_eq!(both.recordings.len(), 2, "{name}");
        for load in &of_trace.loads {
            let is_it = |other: &&LoadReport| other.navigation_start_us == load.navigation_start_us;
            let joined = both.loads.iter().find(is_it).unwrap_or_else(|| panic!("{name}: a load is lost"));
            assert_eq!(joined.recordings, [0, 1], "{name}");
            let [alone, joined] = [&load.metrics, &joined.metrics].map(figures);
            for (metric, figure) in alone.as_object().expect("an object") {
                assert!(figure.is_null() || *figure == joined[metric], "{name}: {metric} {figure} {}", joined[metric]);
            }
        }
        let n_requests = |report: &Report| report.loads.iter().map(|load| load.requests.len() as u64).sum::<u64>();
        let matched = both.loads.iter().find_map(|load| load.joined.as_ref()).map_or(0, |joined| joined.matched);
        assert_eq!(n_requests(&both) + matched, n_requests(&of_har) + n_requests(&of_trace), "{name}");
        // The same page with a change, or else another page.
        let changed = folder.with_file_name("after").join("page.har.gz");
        let other = Some(changed).filter(|har| har.is_file()).or(last_har.replace(har));
        if let Some(other) = other {
            let apart = joined_report(&[&other, &trace]);
            assert!(apart.loads.iter().all(|load| load.joined.is_none()), "{name}: joined with {}", other.display());
            let is_told = |recording: &RecordingReport| {
                recording.problems.iter().any(|problem| problem.code.as_str().starts_with("not-joined"))
            };
            assert!(apart.recordings.iter().any(is_told), "{name}");
        }
    }
}

/// The report of files that were opened together.
fn joined_report(files: &[&Path]) -> Report {
    let open = |path: &&Path| import::open(File::open(path).expect("a file"), &mut ()).expect("a recording");
    let together = import::join::join(files.iter().flat_map(open).collect());
    let sources: Vec<_> = together.iter().map(|one| Source { name: None, recording: &one.recording }).collect();
    report::analyze(&sources, Share::Internal, &[], &mut |_| {})
}

/// Metrics without the numbers of requests, of which there are more, and without the numbers of removed words.
fn figures(metrics: &Metrics) -> Value {
    let mut figures = serde_json::to_value(metrics).expect("JSON");
    figures["lcp"]["request"] = Value::Null;
    if let Some(windows) = figures["cls"]["windows"].as_array_mut() {
        for culprit in windows.iter_mut().flat_map(|window| window["culprits"].as_array_mut()).flatten() {
            culprit["request"] = Value::Null;
            culprit["text"] = Value::Null;
        }
    }
    figures
}

#[track_caller]
fn check_times(name: &str, load: &LoadReport) {
    /// Milliseconds that figures rounded to microseconds may be off.
    const ROUNDING: f64 = 0.01;
    let metrics = &load.metrics;
    let has_milestone = [metrics.fcp, metrics.dcl, metrics.load].iter().any(Option::is_some) || metrics.lcp.is_some();
    let Some(attribution) = &load.attribution else {
        assert!(!has_milestone, "{name}: a milestone without attribution");
        assert!(load.critical_path.is_empty(), "{name}");
        return;
    };
    assert!(has_milestone, "{name}: attribution without a milestone");
    let sum: f64 = attribution.parts.iter().map(|part| part.ms).sum();
    assert!((sum - attribution.ms).abs() < 0.5, "{name}: parts sum to {sum}, not {}", attribution.ms);
    let mut reached = 0.0;
    for step in &load.critical_path {
        assert!((step.from - reached).abs() < ROUNDING, "{name}: a gap at {reached}");
        assert!(step.from <= step.to, "{name}: backwards at {reached}");
        reached = step.to;
    }
    assert!((reached - attribution.ms).abs() < ROUNDING, "{name}: the way ends at {reached}");
    let expected = match attribution.milestone {
        Metric::Lcp => metrics.lcp.as_ref().map(|lcp| lcp.ms),
        Metric::Fcp => metrics.fcp.map(|fcp| fcp.ms),
        Metric::Load => metrics.load.map(|load| load.ms),
        _ => metrics.dcl.map(|dcl| dcl.ms),
    };
    assert_eq!(expected, Some(attribution.ms), "{name}");
    for (at, request) in load.requests.iter().enumerate() {
        assert_eq!(request.id, at as u64, "{name}");
    }
}

/// The rules that may name a caching fault of the lab.
const CACHING: [(&str, &[&str]); 13] = [
    ("missing-cache-lifetime", &["missing-cache-lifetime"]),
    ("heuristic-cache-lifetime", &["missing-cache-lifetime", "guessed-document-lifetime"]),
    ("zero-cache-lifetime", &["zero-cache-lifetime"]),
    ("short-cache-lifetime", &["short-cache-lifetime"]),
    ("no-store-static-file", &["unstorable-static-file"]),
    ("unusable-vary", &["zero-cache-lifetime", "vary-splits-cache"]),
    ("conflicting-cache-headers", &["invalid-cache-header"]),
    ("invalid-cache-header", &["invalid-cache-header"]),
    ("stale-on-arrival", &["stale-on-arrival"]),
    ("set-cookie-on-static-file", &["cached-cookie"]),
    ("pointless-revalidation", &["pointless-revalidation"]),
    ("repeat-download", &["pointless-revalidation", "unstorable-static-file", "zero-cache-lifetime"]),
    ("bfcache-refused", &["no-store-document", "unload-handler"]),
];

#[test]
fn caching_faults_of_the_lab_are_named_by_their_request() {
    let Some(lab) = shared("lab/recordings") else { return };
    for folder in entries(&lab) {
        let har = folder.join("page.har.gz");
        let (true, Ok(expect)) = (har.is_file(), fs::read_to_string(folder.join("expect.json"))) else { continue };
        let expect: Value = serde_json::from_str(&expect).expect("JSON");
        let name = folder.file_name().expect("a name").to_string_lossy().into_owned();
        let opened = import::open(File::open(&har).expect("a file"), &mut ()).expect("a recording");
        let recording = &opened.first().expect("a recording").recording;
        let load = &report_of(&har).expect("a report").loads[0];
        let facts = PageLoad::all(recording).remove(0);
        let addresses: Vec<_> = facts.requests.iter().map(|id| facts.request(*id).url_text().expose()).collect();
        // Whether a finding of these rules, or of this topic, names a request at this address. Those of files may be
        // only its beginning.
        let names = |rules: &[&str], topic: &str, address: &str| {
            let is_at = |found: &str| found == address || !address.ends_with('/') && found.starts_with(address);
            load.findings.iter().any(|finding| {
                let is_meant = rules.contains(&finding.rule.as_str()) || finding.topic.word() == topic;
                let mut requests = finding.evidence.iter().filter_map(|evidence| evidence.request);
                is_meant && requests.any(|id| is_at(addresses[id as usize]))
            })
        };
        for planted in expect["planted"].as_array().into_iter().flatten() {
            let rules = CACHING.iter().find(|(fault, _)| planted["fault"] == *fault);
            let is_in_har = planted["sources"].as_array().is_some_and(|all| all.contains(&"har".into()));
            let (Some((fault, rules)), true) = (rules, is_in_har) else { continue };
            let one = planted["request"].as_str();
            let many = planted["requests"].as_array().into_iter().flatten().filter_map(Value::as_str);
            for address in one.into_iter().chain(many) {
                assert!(names(rules, "", address), "{name}: {fault} of {address} is not found");
            }
        }
        for clean in expect["must_not"].as_array().into_iter().flatten() {
            if let (true, Some(address)) = (clean["fault"] == "topic:caching", clean["request"].as_str()) {
                assert!(!names(&[], "caching", address), "{name}: {address} is as it should be");
            }
        }
    }
}
