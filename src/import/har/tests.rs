//! Tests of reading HAR: small texts, and what must be known of them.

use crate::import::har::{Refusal, read};
use crate::import::json::{JsonError, JsonErrorKind};
use crate::import::source::{NO_PAUSE, at_once};
use crate::recording::*;
use crate::units::{Bytes, Millis};
use std::io::Read;

/// A request of `www.example` at 10:00 (2026-03-01, UTC) with what `members` adds or puts in its place.
fn entry(members: &str) -> String {
    let request =
        r#""request": {"method": "get", "url": "https://www.example/a#top", "httpVersion": "h2", "headers": []}"#;
    let response = r#""response": {"status": 200, "headers": [], "content": {}}"#;
    let comma = if members.is_empty() { "" } else { "," };
    format!(r#"{{"startedDateTime": "2026-03-01T10:00:00Z", "time": 10, {request}, {response}{comma}{members}}}"#)
}

/// A HAR of these entries by this tool.
fn har(creator: &str, entries: &[String]) -> String {
    format!(
        r#"{{"log": {{"entries": [{}], "creator": {{"name": "{creator}", "version": "153.0"}}}}}}"#,
        entries.join(",")
    )
}

pub(super) fn read_all(source: &mut dyn Read) -> Result<Vec<Recording>, Refusal> {
    at_once(read(source, 0, NO_PAUSE))
}

fn open(text: &str) -> Vec<Recording> {
    read_all(&mut text.as_bytes()).unwrap_or_else(|refusal| panic!("{refusal:?}: {text}"))
}

fn open_one(text: &str) -> Recording {
    let mut all = open(text);
    assert_eq!(all.len(), 1, "{text}");
    all.remove(0)
}

/// The only request of a HAR with this entry.
fn row(creator: &str, members: &str) -> (Recording, RequestRow) {
    let recording = open_one(&har(creator, &[entry(members)]));
    assert_eq!(recording.requests.len(), 1);
    let row = recording.requests.row(RequestId(0)).unwrap();
    (recording, row)
}

fn codes(recording: &Recording) -> Vec<(&str, u64)> {
    recording.problems.iter().map(|problem| (problem.code, problem.count)).collect()
}

#[test]
fn finds_entries_in_every_shape() {
    let e = entry("");
    let list = format!("[{e}, {e}]");
    let log = format!(r#"{{"pages": [], "entries": {list}}}"#);
    for (text, expected) in [
        (format!(r#"{{"log": {log}}}"#), vec![2]),
        (format!(r#"{{"_first": {{"log": 1}}, "log": {log}}}"#), vec![2]),
        (log.clone(), vec![2]),
        (list.clone(), vec![2]),
        (e.clone(), vec![1]),
        (format!("{e}\n{e}\n{e}\n"), vec![3]),
        (format!(r#"[{{"log": {log}}}, {log}]"#), vec![2, 2]),
        (format!("{{\"log\": {log}}}\n{{\"log\": {log}}}"), vec![2, 2]),
        (format!(r#"{{"log": {log}}} and so on"#), vec![2]),
        (format!("{{\"log\": {log}}}\0\0"), vec![2]),
        (format!(r#"{{"log": {{"entries": [{e}], "entries": {list}}}}}"#), vec![2]),
        (format!(r#"{{"log": {log}, "log": {{"entries": [{e}]}}}}"#), vec![1]),
        (format!(r#"{{"log": {{"entries": [null, 1, {e}, [], "x"]}}}}"#), vec![1]),
        (r#"{"log": {"entries": []}}"#.to_owned(), vec![0]),
        (r#"{"log": {"entries": null}}"#.to_owned(), vec![0]),
    ] {
        let found: Vec<_> = open(&text).iter().map(|recording| recording.requests.len()).collect();
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn tells_what_was_odd_about_the_file() {
    let log = format!(r#"{{"log": {{"entries": [{}], "creator": {{"name": "made"}}}}}}"#, entry(""));
    for (text, expected) in [
        (log.clone(), vec!["missing-pages"]),
        (format!("{log} and so on"), vec!["missing-pages", "trailing-text"]),
        (log.replace("https://www.example/", "https://www.example/\\ud800"), vec!["missing-pages", "lone-surrogate"]),
        (log.replace("\"time\": 10", "\"time\": NaN"), vec!["bad-duration", "missing-pages", "non-finite-number"]),
        (format!("{log}\n{log}"), vec!["missing-pages", "further-document"]),
    ] {
        let recordings = open(&text);
        let found: Vec<_> = codes(&recordings[0]).into_iter().map(|(code, _)| code).collect();
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn says_what_it_is_instead() {
    for (text, expected) in [
        ("{}", Refusal::EmptyObject),
        (r#"{"log": {"pages": []}}"#, Refusal::NoEntriesMember),
        (r#"{"log": [1]}"#, Refusal::NothingOfAHar),
        (r#"{"name": "x"}"#, Refusal::NothingOfAHar),
        ("[]", Refusal::NothingOfAHar),
        ("1", Refusal::NothingOfAHar),
        (r#"{"log": {"entries": ["#, Refusal::Stopped(JsonError { kind: JsonErrorKind::Truncated, offset: 21 })),
    ] {
        assert_eq!(read_all(&mut text.as_bytes()).err(), Some(expected), "{text}");
    }
}

#[test]
fn keeps_whole_entries_of_a_file_that_was_cut() {
    let text = har("made", &[entry(""), entry("")]);
    let second = text.find("},{").unwrap() + 2;
    let end = text.find("], \"creator").unwrap();
    for cut in 0..text.len() {
        let expected = match cut {
            // The end of an entry is known when it is closed.
            _ if cut < second - 1 => None,
            _ if cut < end => Some(1),
            _ => Some(2),
        };
        match read_all(&mut &text.as_bytes()[..cut]) {
            Ok(recordings) => {
                assert_eq!(Some(recordings[0].requests.len()), expected, "cut at {cut}");
                assert!(codes(&recordings[0]).contains(&("truncated-json", 1)), "cut at {cut}");
            }
            Err(refusal) => assert!(expected.is_none(), "cut at {cut}: {refusal:?}"),
        }
    }
    let recording = open_one(&text[..second + 30]);
    let place = &recording.problems[0].at;
    assert_eq!(
        (place.path.as_deref(), place.offset),
        (Some("log.entries[1].startedDateTime"), Some(second as u64 + 30))
    );
}

#[test]
fn keeps_whole_entries_of_a_file_that_breaks() {
    let text = format!(r#"{{"log": {{"entries": [{}, {{"time": ?}}]}}}}"#, entry(""));
    let recording = open_one(&text);
    assert_eq!(recording.requests.len(), 1);
    assert_eq!(recording.problems[0].code, "broken-json");
    assert_eq!(recording.problems[0].at.path.as_deref(), Some("log.entries[1].time"));
    assert_eq!(recording.problems[0].at.offset, text.find('?').map(|at| at as u64));
}

#[test]
fn coerces_scalars() {
    let (recording, row) = row(
        "made",
        r#""time": "12.5", "connection": 7, "serverIPAddress": ["x"], "timings": {"wait": "1", "send": true}"#,
    );
    assert_eq!(row.duration, Some(Millis(12.5)));
    assert_eq!(row.phases.wait, Some(Millis(1.0)));
    assert_eq!(row.connection.map(|id| recording.text(id).expose()), Some("7"));
    assert_eq!(recording.text(row.url).expose(), "https://www.example/a");
    assert_eq!(recording.text(row.method).expose(), "GET");
    assert_eq!(codes(&recording), [("number-as-text", 2), ("wrong-type", 2), ("missing-pages", 1)]);
}

#[test]
fn reads_headers_in_every_shape() {
    for (headers, expected) in [
        (r#"[{"name": "A-B", "value": " x "}]"#, vec![("a-b", "x")]),
        (r#"[{"value": "x\ny", "name": "Set-Cookie"}]"#, vec![("set-cookie", "x"), ("set-cookie", "y")]),
        (r#"[{"name": "a", "value": ["x", "y"]}]"#, vec![("a", "x"), ("a", "y")]),
        (r#"[{"name": ":status", "value": "200"}, {"name": "a", "value": 1}]"#, vec![("a", "1")]),
        (r#"{"A": "x", "b": ["y", "z"]}"#, vec![("a", "x"), ("b", "y"), ("b", "z")]),
        (r#"[["A", "x"], ["b", "y", "z"]]"#, vec![("a", "x"), ("b", "y")]),
        (r#"[{"name": "a", "value": null}, {"name": null, "value": "x"}, null, {"name": "b"}]"#, vec![("a", "")]),
        ("null", vec![]),
        ("7", vec![]),
    ] {
        let response = format!(r#""response": {{"status": 200, "headers": {headers}}}"#);
        let (recording, row) = row("made", &response);
        let lines = recording.headers.lines(row.response_headers).iter();
        let found: Vec<_> =
            lines.map(|h| (recording.text(h.name).expose(), recording.text(h.value).expose())).collect();
        assert_eq!(found, expected, "{headers}");
    }
}

#[test]
fn reads_initiators_in_every_shape() {
    let chrome = r#"{"type": "script", "stack": {"callFrames": [{"url": ""}], "parent": {"callFrames":
        [{"url": "https://www.example/b.js#x", "lineNumber": 6}]}}}"#;
    let as_text = chrome.replace('"', "\\\"").replace('\n', " ");
    for (members, kind, url, line) in [
        (format!(r#""_initiator": {chrome}"#), Some(InitiatorKind::Script), "https://www.example/b.js", Some(7)),
        (format!(r#""_initiator": "{as_text}""#), Some(InitiatorKind::Script), "https://www.example/b.js", Some(7)),
        (
            r#""_initiator": {"type": "parser", "url": "https://www.example/", "lineNumber": 0}"#.to_owned(),
            Some(InitiatorKind::Parser),
            "https://www.example/",
            Some(1),
        ),
        (
            r#""_initiator": "https://www.example/", "_initiator_line": 12, "_initiator_type": "parser""#.to_owned(),
            Some(InitiatorKind::Parser),
            "https://www.example/",
            Some(12),
        ),
        (r#""_initiator": null"#.to_owned(), None, "", None),
        (r#""_initiator": {"type": "other"}"#.to_owned(), Some(InitiatorKind::Other), "", None),
    ] {
        let (recording, row) = row("made", &members);
        let found = row.initiator_url.map(|url| recording.text(url).expose()).unwrap_or_default();
        assert_eq!((row.initiator, found, row.initiator_line), (kind, url, line), "{members}");
    }
}

/// Queued, DNS, connect, TLS, send, wait, receive, and the total.
fn times(creator: &str, members: &str) -> ([Option<f64>; 7], Option<f64>) {
    let (_, row) = row(creator, members);
    let phases = Phase::ALL.map(|phase| row.phases.get(phase).map(|ms| ms.0));
    (phases, row.duration.map(|ms| ms.0))
}

#[test]
fn tells_tls_in_connect_from_tls_after_it() {
    let timings = |connect, ssl| {
        format!(
            r#""timings": {{"blocked": -1, "dns": 5, "connect": {connect}, "ssl": {ssl}, "send": 0, "wait": 20, "receive": 5}}"#
        )
    };
    for (creator, time, connect, ssl, expected, total) in [
        // The sum tells: 5 + 30 + 20 + 5.
        ("made", 60, 30, 10, (20.0, 10.0), 60.0),
        ("made", 70, 30, 10, (30.0, 10.0), 70.0),
        // More TLS than connect can only be after it.
        ("made", 39, 0, 9, (0.0, 9.0), 39.0),
        // Where the sum does not tell, the tool does.
        ("WebInspector", 100, 30, 10, (20.0, 10.0), 100.0),
        ("Firefox", 100, 30, 10, (30.0, 10.0), 100.0),
        ("mitmproxy", 100, 30, 10, (30.0, 10.0), 100.0),
        // It counts TLS twice.
        ("Playwright", 70, 30, 10, (20.0, 10.0), 60.0),
    ] {
        let members = format!(r#""time": {time}, {}"#, timings(connect, ssl));
        let (found, duration) = times(creator, &members);
        assert_eq!((found[2], found[3]), (Some(expected.0), Some(expected.1)), "{creator} {members}");
        assert_eq!(duration, Some(total), "{creator} {members}");
    }
}

#[test]
fn reads_times_by_the_habits_of_tools() {
    // Chrome: still under way.
    let (_, under_way) = row(
        "WebInspector",
        r#""time": 0, "response": {"status": 0}, "timings": {"blocked": -1803615.006, "send": 0, "wait": 0, "receive": 0}"#,
    );
    assert_eq!((under_way.completion, under_way.duration), (CompletionState::Unfinished, None));
    // Firefox: the same.
    let (_, under_way) = row("Firefox", r#""time": 0, "response": {"status": 0}, "timings": {}"#);
    assert_eq!(under_way.completion, CompletionState::Unfinished);
    // Chrome puts all the time of a failure into `blocked`.
    let failed = r#""time": 50, "response": {"status": 0, "_error": "net::ERR_CONNECTION_REFUSED"},
        "timings": {"blocked": 50, "dns": -1, "connect": -1, "send": 0, "wait": 0, "receive": 0}"#;
    assert_eq!(times("WebInspector", failed), ([None; 7], Some(50.0)));
    // chrome-har: the queue is before the start and not in the time.
    let (recording, queued) =
        row("chrome-har", r#""time": 10, "timings": {"blocked": 2, "_queued": 30, "send": 1, "wait": 7}"#);
    assert_eq!((queued.phases.queued, queued.held_back), (Some(Millis(32.0)), Some(Millis(30.0))));
    assert_eq!((queued.duration, recording.origin.unwrap().0), (Some(Millis(40.0)), 1_772_359_199_970.0));
    // Firebug: an overflow.
    let (found, duration) = times("Firebug", r#""time": 3800, "timings": {"wait": 100, "receive": 63596250212317}"#);
    assert_eq!((found[6], duration), (None, Some(3800.0)));
    // Playwright: TLS on plain http.
    let plain =
        r#""time": 15, "request": {"url": "http://www.example/"}, "timings": {"connect": 4, "ssl": 5, "wait": 6}"#;
    assert_eq!(times("Playwright", plain).0[3], None);
    // WebPageTest: set-up before the start of the entry.
    let (recording, row) = row(
        "WebPagetest",
        r#""time": 150, "timings": {"dns": 20, "connect": 50, "ssl": 30, "send": 0, "wait": 60, "receive": 20},
           "_load_start": 100, "_dns_start": 10, "_dns_end": 30, "_connect_start": 30, "_connect_end": 50,
           "_ssl_start": 50, "_ssl_end": 80"#,
    );
    // It began at 10, 90 before it was sent, of which 70 was set-up.
    assert_eq!(row.duration, Some(Millis(170.0)));
    assert_eq!(row.phases.queued, Some(Millis(20.0)));
    assert_eq!(recording.origin.unwrap().0, 1_772_359_199_910.0);
}

#[test]
fn reads_sizes_by_the_habits_of_tools() {
    // Transferred, body, decoded.
    let check = |creator: &str, response: &str, expected: [Option<u64>; 3]| {
        let (_, row) = row(creator, &format!(r#""response": {{"status": 200, {response}}}"#));
        let found = [row.transfer_bytes, row.body_bytes, row.decoded_bytes].map(|bytes| bytes.map(|Bytes(n)| n));
        assert_eq!(found, expected, "{creator} {response}");
    };
    let content = r#""content": {"size": 900}"#;
    check("made", &format!(r#""headersSize": 100, "bodySize": 300, {content}"#), [Some(400), Some(300), Some(900)]);
    check("made", &format!(r#""headersSize": -1, "bodySize": -1, {content}"#), [None, None, Some(900)]);
    check(
        "WebInspector",
        &format!(r#""httpVersion": "h2", "headersSize": -1, "bodySize": -1, "_transferSize": 350, {content}"#),
        [Some(350), None, Some(900)],
    );
    check(
        "WebInspector",
        &format!(r#""_transferSize": 350, "headers": [{{"name": "Content-Length", "value": "300"}}], {content}"#),
        [Some(350), Some(300), Some(900)],
    );
    // Chrome's 204: minus the headers.
    check("WebInspector", r#""headersSize": 129, "bodySize": -129, "content": {"size": 0}"#, [None, None, Some(0)]);
    // Firefox since 57 counts the headers into the body.
    check("Firefox", &format!(r#""headersSize": 100, "bodySize": 400, {content}"#), [Some(400), Some(300), Some(900)]);
    // Firefox 153 writes the encoded size as that of the content.
    let gzip =
        r#""headers": [{"name": "content-encoding", "value": "gzip"}], "content": {"size": 300, "text": "0123456789"}"#;
    check("Firefox", &format!(r#""bodySize": 400, "headersSize": 100, {gzip}"#), [Some(400), Some(300), Some(300)]);
    let gzip = gzip.replace("\"size\": 300", "\"size\": 3");
    check("Firefox", &format!(r#""bodySize": 103, "headersSize": 100, {gzip}"#), [Some(103), Some(3), Some(10)]);
    // mitmproxy tells the encoded size and the difference.
    check(
        "mitmproxy",
        r#""headersSize": 100, "bodySize": 300, "content": {"size": 300, "compression": 600}"#,
        [Some(400), Some(300), Some(900)],
    );
    // From a cache nothing is transferred.
    check(
        "WebInspector",
        &format!(r#""_fromCache": "disk", "_transferSize": 0, {content}"#),
        [Some(0), None, Some(900)],
    );
}

#[test]
fn tells_who_answered() {
    for (creator, members, expected) in [
        ("WebInspector", r#""_fromCache": "memory""#, Some(Source::MemoryCache)),
        ("chrome-har", r#""response": {"status": 200, "fromDiskCache": true}"#, Some(Source::DiskCache)),
        ("Safari", r#""_fetchType": "Disk Cache""#, Some(Source::DiskCache)),
        ("chrome-har", r#""_was_pushed": 1"#, Some(Source::Push)),
        ("made", r#""response": {"status": 304}"#, Some(Source::Revalidated)),
        ("made", "", Some(Source::Network)),
        ("made", r#""request": {"url": "data:text/plain,x"}"#, Some(Source::Inline)),
        ("made", r#""request": {"url": "chrome-extension://x/y"}"#, None),
        ("made", r#""response": {"status": 0}"#, None),
        (
            "Firefox",
            r#""time": 0, "timings": {"wait": 0, "receive": 0}, "response": {"status": 200, "headersSize": 0}"#,
            Some(Source::DiskCache),
        ),
        (
            "WebInspector",
            r#""response": {"status": 200, "_fetchedViaServiceWorker": true, "_serviceWorkerResponseSource": "cache-storage"}"#,
            Some(Source::ServiceWorker),
        ),
    ] {
        assert_eq!(row(creator, members).1.source, expected, "{creator} {members}");
    }
}

#[test]
fn measures_bodies_and_keeps_what_rules_read() {
    for (content, expected, kept) in [
        (r#"{"mimeType": "text/html", "text": "<p>é</p>"}"#, Some(9), Some("<p>é</p>")),
        (r#"{"text": "<p>", "mimeType": "text/html"}"#, Some(3), Some("<p>")),
        (r#"{"mimeType": "text/css", "text": "YXt9", "encoding": "base64"}"#, Some(3), Some("a{}")),
        (r#"{"mimeType": "image/png", "text": "YXt9", "encoding": "base64"}"#, Some(3), None),
        (r#"{"mimeType": "application/json", "text": "{}"}"#, Some(2), None),
        // Lost by the browser.
        (r#"{"mimeType": "text/html", "size": 5, "text": ""}"#, None, None),
        (r#"{"mimeType": "text/html"}"#, None, None),
    ] {
        let (recording, row) = row("made", &format!(r#""response": {{"status": 200, "content": {content}}}"#));
        assert_eq!(row.body.recorded_bytes, expected, "{content}");
        assert_eq!(row.body.hash.is_some(), expected.is_some(), "{content}");
        assert_eq!(row.body.kept.map(|id| recording.bodies.text(id).expose()), kept, "{content}");
    }
}

#[test]
fn gives_every_request_its_page() {
    let page = |id: &str, second: u32, title: &str| {
        format!(
            r#"{{"id": {id}, "startedDateTime": "2026-03-01T10:00:0{second}Z", "title": "{title}", "pageTimings": {{"onLoad": 5}}}}"#
        )
    };
    let at = |second: u32, page_ref: &str| {
        entry(&format!(r#""startedDateTime": "2026-03-01T10:00:0{second}Z", "pageref": {page_ref}"#))
    };
    let text = format!(
        r#"{{"log": {{"entries": [{}, {}, {}, {}], "pages": [{}, {}]}}}}"#,
        at(8, "\"b\""),
        at(1, "7"),
        at(6, "\"nowhere\""),
        at(2, "null"),
        page("\"b\"", 5, "https://www.example/b"),
        page("7", 1, "Home"),
    );
    let recording = open_one(&text);
    let found: Vec<_> = recording.all_requests().map(|r| (r.entry(), r.page().0, r.start().unwrap().0)).collect();
    assert_eq!(found, [(1, 0, 0.0), (3, 0, 1000.0), (2, 1, 5000.0), (0, 1, 7000.0)]);
    let starts: Vec<_> = recording.pages.iter().map(|page| page.start).collect();
    assert_eq!(starts, [Some(Millis(0.0)), Some(Millis(4000.0))]);
    assert_eq!(recording.pages[1].url.map(|url| recording.text(url).expose()), Some("https://www.example/b"));
    assert_eq!(recording.pages[0].milestones.load, Some(Millis(5.0)));
    // Without pages there is one for all.
    let recording = open_one(&har("made", &[entry(""), entry("")]));
    assert!(recording.pages.len() == 1 && recording.pages[0].synthetic);
    // Or one for each that is named.
    let recording = open_one(&har("made", &[at(1, "\"x\""), at(2, "\"y\""), at(3, "\"x\"")]));
    assert_eq!(recording.all_requests().map(|r| r.page().0).collect::<Vec<_>>(), [0, 1, 0]);
}

#[test]
fn undated_requests_come_last() {
    let text = har("made", &[entry(r#""startedDateTime": "NaN-NaN""#), entry("")]);
    let recording = open_one(&text);
    assert_eq!(
        recording.all_requests().map(|r| (r.entry(), r.start())).collect::<Vec<_>>(),
        [(1, Some(Millis(0.0))), (0, None)]
    );
    assert!(codes(&recording).contains(&("unreadable-date", 1)));
}
