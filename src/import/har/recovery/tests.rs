//! Files that were damaged somewhere: what is lost of them.

use crate::import::har::tests::read_all;
use crate::import::source::Trickle;
use crate::recording::Recording;
use proptest::prelude::*;
use std::ops::Range;

/// How an entry is written: its first key, and its line breaks.
#[derive(Clone, Copy)]
struct Style {
    first: &'static str,
    is_pretty: bool,
}

const STYLES: [Style; 3] = [
    Style { first: r#""startedDateTime":"2026-03-01T10:00:00Z""#, is_pretty: false },
    Style { first: r#""pageref":"page_1""#, is_pretty: false },
    Style {
        first: r#""_initiator":{"type":"script","stack":{"callFrames":[{"url":"a"},{"url":"b"}]}}"#,
        is_pretty: true,
    },
];

/// A HAR of `n` entries for `https://www.example/0` and so on, and where in it each entry stands.
fn made(style: Style, n: usize) -> (String, Vec<Range<usize>>) {
    let mut text = String::from(
        r#"{"log":{"creator":{"name":"made","version":"1"},"pages":[{"startedDateTime":"2026-03-01T10:00:00Z","id":"page_1","title":"t","pageTimings":{}}],"entries":["#,
    );
    let mut spans = Vec::new();
    for at in 0..n {
        if at != 0 {
            text.push(',');
        }
        let start = text.len();
        // A body that holds an entry, a list that is not read, and a header list of several lines.
        let entry = format!(
            r#"{{{first},"time":10,"request":{{"method":"GET","url":"https://www.example/{at}","headers":[{{"name":"accept","value":"*/*"}},{{"name":"x","value":"a\"b"}}]}},"response":{{"status":200,"headers":[],"content":{{"mimeType":"text/html","text":"[{{\"startedDateTime\":\"x\",\"request\":{{}}}}] // /*"}}}},"cache":{{"beforeRequest":{{"a":{{}}}}}},"_unread":[{{"a":[{{"b":1}}]}}],"timings":{{"wait":9,"receive":1}}}}"#,
            first = style.first,
        );
        match style.is_pretty {
            true => text.push_str(&entry.replace(",\"", ",\n      \"")),
            false => text.push_str(&entry),
        }
        spans.push(start..text.len());
    }
    text.push_str("]}}");
    (text, spans)
}

fn opened(bytes: &[u8]) -> Option<Recording> {
    read_all(&mut &bytes[..]).ok().and_then(|all| all.into_iter().next())
}

/// Which of the entries a damaged file still gives.
fn found(recording: &Recording) -> Vec<usize> {
    let urls = recording.all_requests().map(|request| request.url_text().expose().to_owned());
    let numbers = urls.filter_map(|url| url.strip_prefix("https://www.example/")?.parse().ok());
    let mut numbers: Vec<usize> = numbers.collect();
    numbers.sort();
    numbers
}

/// Puts `garbage` in the place of `gone`, and checks that no more is lost than the entries that were touched and the
/// one behind them.
#[track_caller]
fn check(style: Style, gone: Range<usize>, garbage: &[u8]) {
    let (text, spans) = made(style, 6);
    let mut damaged = text.clone().into_bytes();
    damaged.splice(gone.clone(), garbage.iter().copied());
    let kept = opened(&damaged).as_ref().map(found).unwrap_or_default();
    let behind = spans.iter().position(|span| gone.end <= span.start);
    for (at, span) in spans.iter().enumerate() {
        let is_touched = span.start < gone.end.max(gone.start + 1) && gone.start < span.end;
        let may_be_lost = is_touched || behind == Some(at);
        assert!(
            may_be_lost || kept.contains(&at),
            "{gone:?} for {:?} costs {at}, kept are {kept:?}: {}",
            String::from_utf8_lossy(garbage),
            String::from_utf8_lossy(&damaged[gone.start.saturating_sub(40)..damaged.len().min(gone.start + 80)])
        );
    }
}

#[test]
fn a_single_lost_or_foreign_byte_costs_its_entry_and_perhaps_the_next() {
    for style in STYLES {
        let (text, spans) = made(style, 6);
        for at in (spans[1].start - 1..spans[2].start + 1).step_by(2) {
            check(style, at..at + 1, b"");
            for garbage in [b"\"", b"{", b"}", b"[", b"]", b",", b":", b"\\", b"/", b"x", b"\0", b"\n"] {
                check(style, at..at + 1, garbage);
                check(style, at..at, garbage);
            }
        }
        assert_eq!(opened(text.as_bytes()).as_ref().map(found), Some((0..6).collect()));
    }
}

#[test]
fn the_place_is_told_and_what_follows_is_read() {
    let (text, spans) = made(STYLES[0], 6);
    let text = text.replace("]}}", "],\"comment\":\"\",\"browser\":{\"name\":\"late\"}}}");
    let mut damaged = text.clone();
    damaged.insert_str(spans[4].start + 30, "\"x");
    damaged.insert_str(spans[1].start + 30, "\"x");
    let recording = opened(damaged.as_bytes()).expect("a recording");
    assert_eq!(found(&recording), [0, 2, 3, 5]);
    let browser = recording.provenance.browser.name.map(|name| recording.text(name).expose());
    assert_eq!(browser, Some("late"));
    let broken = recording.problems.iter().find(|problem| problem.code == "broken-entry").expect("a problem");
    assert_eq!((broken.count, broken.at.path.as_deref()), (2, Some("log.entries[1]")));
    let at = broken.at.offset.expect("an offset") as usize;
    assert_eq!(at, spans[1].start + 31);
    assert!(recording.problems.iter().all(|problem| problem.code != "broken-json"));
    let fourth = recording.all_requests().nth(2).map(|request| request.entry());
    assert_eq!(fourth, Some(3));
}

#[test]
fn entries_that_stand_alone() {
    let (text, spans) = made(STYLES[1], 6);
    let entries: Vec<&str> = spans.iter().map(|span| &text[span.clone()]).collect();
    for (start, between, end) in [("[", ",", "]"), ("", "\n", "\n")] {
        let mut damaged = entries.join(between);
        damaged.insert_str(entries[0].len() + 70, "\"x");
        let recording = opened(format!("{start}{damaged}{end}").as_bytes()).expect("a recording");
        assert_eq!(found(&recording), [0, 2, 3, 4, 5], "{between}");
    }
    // A list of two documents.
    let mut first = text.clone();
    first.insert_str(spans[2].start + 70, "\"x");
    let both = read_all(&mut format!("[{first},{text}]").as_bytes()).expect("recordings");
    assert_eq!(both.iter().map(found).collect::<Vec<_>>(), [vec![0, 1, 3, 4, 5], vec![0, 1, 2, 3, 4, 5]]);
}

#[test]
fn what_follows_a_whole_document_is_no_entry_of_it() {
    let (text, _) = made(STYLES[0], 2);
    for behind in ["}", "]", ",", " }}] and so on", "x"] {
        let recording = opened(format!("{text}{behind}").as_bytes()).expect("a recording");
        let codes: Vec<_> = recording.problems.iter().map(|problem| problem.code).collect();
        assert_eq!(
            (found(&recording), codes),
            (vec![0, 1], vec!["missing-page-reference", "trailing-text"]),
            "{behind}"
        );
    }
}

#[test]
fn the_result_does_not_depend_on_how_the_bytes_come() {
    let (text, spans) = made(STYLES[2], 6);
    for at in (spans[1].start..spans[2].start).step_by(37) {
        let mut damaged = text.clone().into_bytes();
        damaged.splice(at..at + 5, *b"\"//{");
        let whole = opened(&damaged).expect("a recording");
        for step in [1, 7] {
            let pieces = read_all(&mut Trickle { bytes: &damaged, step }).expect("recordings");
            assert_eq!((found(&pieces[0]), &pieces[0].problems), (found(&whole), &whole.problems), "{at}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 1_000, ..ProptestConfig::default() })]
    #[test]
    fn a_lost_or_foreign_stretch_costs_no_more_than_the_entries_it_touches_and_the_next(
        style in 0..3_usize,
        start in 0.25..0.8_f64,
        length in 0..2_000_usize,
        garbage in prop::collection::vec(prop::sample::select(b"\"{}[],:\\/ab0 \n\xff".as_slice()), 0..30),
    ) {
        let (text, _) = made(STYLES[style], 6);
        let start = (start * text.len() as f64) as usize;
        let end = (start + length).min(text.len());
        check(STYLES[style], start..end, &garbage);
    }
}
