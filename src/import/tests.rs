//! Tests of opening: what is found in which wrapping, and what is said of everything else.

use crate::import::{ImportErrorKind, Observer, Opened, open};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::{self, Read, Write};
use std::ops::ControlFlow;

const HAR: &str =
    r#"{"log": {"entries": [{"request": {"url": "https://www.example/"}, "response": {"status": 200}}]}}"#;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn opens_through_every_wrapping() {
    let utf16: Vec<u8> = HAR.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (bytes, containers) in [
        (HAR.as_bytes().to_vec(), vec![]),
        (gzip(HAR.as_bytes()), vec!["gzip"]),
        (gzip(&gzip(HAR.as_bytes())), vec!["gzip", "gzip"]),
        (utf16, vec!["UTF-16 LE"]),
        (format!("  \n{HAR}").into_bytes(), vec![]),
        (format!("HTTP/1.1 200 OK\r\nContent-Type: x\r\n\r\n{HAR}").into_bytes(), vec![]),
        (format!("onInputData({HAR});").into_bytes(), vec![]),
    ] {
        let opened = open(&bytes[..], &mut ()).unwrap_or_else(|error| panic!("{error}"));
        let [Opened { recording, .. }] = &opened[..] else { panic!("{} recordings", opened.len()) };
        assert_eq!(recording.requests.len(), 1);
        assert_eq!(recording.provenance.containers, containers);
    }
}

#[test]
fn places_are_those_of_the_unpacked_text() {
    let text = format!("onInputData({}", HAR.replace("200", "[2]"));
    let opened = open(text.as_bytes(), &mut ()).unwrap();
    let problem = opened[0].recording.problems.iter().find(|problem| problem.code == "wrong-type").unwrap();
    assert_eq!(problem.at.offset, text.find("[2]").map(|at| at as u64));
}

#[test]
fn says_what_was_found_and_what_to_do() {
    for (bytes, kind, words) in [
        (&b""[..], ImportErrorKind::Empty, "an empty file"),
        (b" \n\n ", ImportErrorKind::Empty, "nothing but blanks"),
        (b"{}", ImportErrorKind::NotARecording, "an empty JSON object"),
        (b"[{\"a\": 1}]", ImportErrorKind::NotARecording, "no recording of a page load"),
        (b"<!doctype html><p>Not found", ImportErrorKind::NotARecording, "an HTML page"),
        (b"%PDF-1.7 x", ImportErrorKind::NotARecording, "a PDF"),
        (b"7z\xbc\xaf\x27\x1c and so on", ImportErrorKind::Packed, "a 7-Zip archive"),
        (br#"{"log": {"version": "1.2"}}"#, ImportErrorKind::Broken, "no list of entries"),
        (br#"{"log": {"entries": [{"request": {"url": "se"#, ImportErrorKind::Broken, "ends before its first request"),
    ] {
        let Err(error) = open(bytes, &mut ()) else { panic!("opens: {words}") };
        assert_eq!(error.kind, kind, "{error}");
        assert!(error.to_string().contains(words), "{error}");
        assert!(!error.advice.is_empty() && error.advice.ends_with('.'));
    }
}

#[test]
fn tells_of_progress_and_stops_when_told_to() {
    struct Watch(Vec<u64>, u64);
    impl Observer for Watch {
        fn progress(&mut self, n_read: u64) -> ControlFlow<()> {
            self.0.push(n_read);
            if n_read < self.1 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        }
    }
    let bytes = [HAR.as_bytes(), &b" ".repeat(3_000_000)].concat();
    let mut all = Watch(Vec::new(), u64::MAX);
    assert!(open(&bytes[..], &mut all).is_ok());
    assert!(all.0.is_sorted() && all.0.last() == Some(&(bytes.len() as u64)));
    let mut half = Watch(Vec::new(), 1_500_000);
    assert_eq!(open(&bytes[..], &mut half).err().map(|error| error.kind), Some(ImportErrorKind::Cancelled));
}

#[test]
fn keeps_what_was_read_before_the_source_failed() {
    struct Failing<'a>(&'a [u8]);
    impl Read for Failing<'_> {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            match self.0.read(out)? {
                0 => Err(io::Error::other("disk")),
                n => Ok(n),
            }
        }
    }
    let text = HAR.trim_end_matches("]}}").to_owned() + &" ".repeat(1000);
    let opened = open(Failing(text.as_bytes()), &mut ()).unwrap();
    assert_eq!(opened[0].recording.problems[0].code, "unreadable-rest");
    assert_eq!(open(Failing(b""), &mut ()).err().map(|error| error.kind), Some(ImportErrorKind::Unreadable));
}
