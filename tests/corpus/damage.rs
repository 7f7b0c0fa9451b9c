//! What is left of recordings that were cut off or broken, entry by entry.

use std::collections::BTreeMap;
use std::ops::Range;
use weir::import::{ImportError, Opened};
use weir::recording::Recording;

/// First keys of entries that other objects have as well: behind a broken place they cannot be told from those.
const AMBIGUOUS: [&[u8]; 3] = [b"{\"request\"", b"{\"time\"", b"{\"index\""];

/// Bytes that a broken place loses.
const LOST: usize = 24;

/// Where in the text each entry stands, if that can be told without the parser that is being tested: a single log whose
/// list of entries is found by counting brackets, with as many objects as were read.
pub fn spans(text: &[u8], opened: &[Opened]) -> Option<Vec<Range<usize>>> {
    let [Opened { recording, .. }] = opened else { return None };
    let spans = objects(text, list_of_entries(text)?);
    let entries = by_entry(recording);
    let all_read = entries.len() == spans.len() && entries.keys().copied().eq(0..spans.len() as u32);
    (all_read && !spans.is_empty()).then_some(spans)
}

/// Of a file that ends at `cut`, the entries before it are read, and nothing else.
#[track_caller]
pub fn check_cut(
    name: &str,
    whole: &[Opened],
    spans: &[Range<usize>],
    cut: usize,
    after_cut: &Result<Vec<Opened>, ImportError>,
) {
    let n_whole = spans.iter().filter(|span| span.end <= cut).count() as u32;
    let mut expected = by_entry(&whole[0].recording);
    expected.retain(|entry, _| *entry < n_whole);
    let found = after_cut.as_ref().map(|opened| by_entry(&opened[0].recording)).unwrap_or_default();
    assert_eq!(found, expected, "{name} cut at {cut}");
}

/// Of a file that lost some bytes at `at`, all entries are read but the one there and the next.
#[track_caller]
pub fn check_broken(name: &str, text: &[u8], whole: &[Opened], spans: &[Range<usize>], at: usize) {
    let without_blanks: Vec<u8> = text[spans[0].clone()].iter().copied().filter(|byte| b' ' < *byte).take(20).collect();
    let Some(touched) = spans.iter().position(|span| span.contains(&at)) else { return };
    if AMBIGUOUS.iter().any(|key| without_blanks.starts_with(key)) || spans[touched].end < at + LOST {
        return;
    }
    let broken = [&text[..at], &text[at + LOST..]].concat();
    let urls = |recording: &Recording| by_entry(recording).into_values().collect::<Vec<_>>();
    let found = super::open(&broken[..]).map(|opened| urls(&opened[0].recording)).unwrap_or_default();
    for (entry, facts) in by_entry(&whole[0].recording) {
        let may_be_lost = (touched..=touched + 1).contains(&(entry as usize));
        assert!(may_be_lost || found.contains(&facts), "{name} broken at {at} in entry {touched} has lost {entry}");
    }
}

/// What identifies the request of each entry.
fn by_entry(recording: &Recording) -> BTreeMap<u32, (String, Option<u16>, usize)> {
    let facts = recording.all_requests().map(|request| {
        let n_headers = recording.headers.lines(request.response_headers()).len();
        (request.entry(), (request.url_text().expose().to_owned(), request.status(), n_headers))
    });
    facts.collect()
}

/// Where the list of entries begins: behind the bracket that follows the key `entries` of a log.
fn list_of_entries(text: &[u8]) -> Option<usize> {
    let mut depth = 0;
    let mut at = 0;
    while at < text.len() {
        match text[at] {
            b'"' => {
                let end = end_of_string(text, at)?;
                let is_key = &text[at..end] == b"\"entries\"" && (depth == 2 || depth == 1);
                let behind = text[end..].iter().position(|byte| b' ' < *byte && *byte != b':').map(|n| end + n);
                at = end;
                if is_key && behind.is_some_and(|behind| text[behind] == b'[') {
                    return behind.map(|behind| behind + 1);
                }
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        at += 1;
    }
    None
}

/// The objects of the list that begins here.
fn objects(text: &[u8], start: usize) -> Vec<Range<usize>> {
    let mut spans = Vec::new();
    let (mut depth, mut began) = (0, start);
    let mut at = start;
    while at < text.len() {
        match text[at] {
            b'"' => match end_of_string(text, at) {
                Some(end) => {
                    at = end;
                    continue;
                }
                None => break,
            },
            byte @ (b'{' | b'[') => {
                if depth == 0 && byte == b'{' {
                    began = at;
                }
                depth += 1;
            }
            byte @ (b'}' | b']') => {
                depth -= 1;
                match depth {
                    0 if byte == b'}' => spans.push(began..at + 1),
                    0.. => {}
                    _ => break,
                }
            }
            _ => {}
        }
        at += 1;
    }
    spans
}

fn end_of_string(text: &[u8], start: usize) -> Option<usize> {
    let mut at = start + 1;
    loop {
        match text.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}
