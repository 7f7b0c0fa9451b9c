//! Traces against what Chrome's own engine says of them, and against what the page measured itself; passes where the
//! answers are not at hand.

#[path = "oracle/delivery.rs"]
mod delivery;
#[path = "oracle/events.rs"]
mod events;
#[path = "oracle/insights.rs"]
mod insights;
#[path = "oracle/main_thread.rs"]
mod main_thread;
#[path = "oracle/metrics.rs"]
mod metrics;
#[path = "oracle/requests.rs"]
mod requests;
#[path = "oracle/shifts.rs"]
mod shifts;
#[path = "oracle/tally.rs"]
mod tally;
#[path = "oracle/truth.rs"]
mod truth;

use serde_json::Value;
use std::collections::BTreeSet;
use std::fs::File;
use std::path::PathBuf;
use tally::{DELIBERATE, TOLERANCE_MS, TOLERANCE_SCORE, Tally};
use weir::import;

#[test]
fn engine() {
    let mut tally = Tally::but_for(DELIBERATE);
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
    let traces: BTreeSet<String> = pairs.iter().map(|(name, ..)| name.clone()).collect();
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
            if metrics::compare(&mut tally, &name, &recording, &oracle) {
                main_thread::third_parties(&mut tally, &name, &recording, &oracle);
                requests::compare(&mut tally, &name, &recording, &oracle);
                events::compare(&mut tally, &name, &recording, &oracle);
                main_thread::compare(&mut tally, &name, &recording, &oracle, &listed);
            }
            insights::compare(&mut tally, &name, &recording, &oracle);
            delivery::compare(&mut tally, &name, &recording, &oracle);
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
    let unneeded = tally.unneeded(&traces);
    assert!(unneeded.is_empty(), "listed as different, but is not: {unneeded:#?}");
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
