//! Large recordings made of a small one: its entries again and again, under new addresses.

use std::fs::File;
use std::io::{Read, Write};
use std::path::PathBuf;

/// What entries are repeated.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Entries {
    /// As the browser wrote them: nearly all of the file is bodies.
    #[allow(dead_code)] // Not every bench needs both.
    Whole,
    /// Bodies cut to their first 64 characters: nearly all of the file is structure.
    WithoutBodies,
}

/// Writes entries until `is_enough` of the number of bytes and of entries written. Gives the number of entries.
pub fn write_har(out: &mut impl Write, entries: Entries, is_enough: impl Fn(usize, usize) -> bool) -> usize {
    let source = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/har/lab-shop-home.har.gz");
    let mut text = String::new();
    let packed = File::open(source).expect("the lab recording");
    flate2::read::GzDecoder::new(packed).read_to_string(&mut text).expect("gzip");
    let mut har: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    if entries == Entries::WithoutBodies {
        for entry in har["log"]["entries"].as_array_mut().expect("entries") {
            let body = &mut entry["response"]["content"]["text"];
            if let Some(text) = body.as_str() {
                *body = text.chars().take(64).collect::<String>().into();
            }
        }
    }
    // As browsers write them: indented by two.
    let pretty = |entry| serde_json::to_string_pretty(entry).expect("JSON");
    let entries: Vec<String> = har["log"]["entries"].as_array().expect("entries").iter().map(pretty).collect();
    write!(out, "{{\"log\":{{\"version\":\"1.2\",\"creator\":{},\"pages\":", har["log"]["creator"]).expect("write");
    write!(out, "{},\"entries\":[", har["log"]["pages"]).expect("write");
    let (mut written, mut requests) = (0, 0);
    while !is_enough(written, requests) {
        let entry = &entries[requests % entries.len()];
        let entry = entry.replacen(".example/", &format!(".example/{}/", requests / entries.len()), 1);
        if requests > 0 {
            out.write_all(b",\n").expect("write");
        }
        out.write_all(entry.as_bytes()).expect("write");
        written += entry.len();
        requests += 1;
    }
    out.write_all(b"]}}").expect("write");
    requests
}

/// The middle one.
pub fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}
