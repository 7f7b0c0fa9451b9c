//! Recordings from outside the repository (`WEIR_SHARED`, default `../shared`): what the verdict says of pages with
//! known faults, and what holds of every report whatever was recorded. Absent folders are told as skipped.
#![cfg(not(target_arch = "wasm32"))]

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use serde_json::Value;
use weir::import;
use weir::redact::Share;
use weir::report::schema::{LoadReport, Report};
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
