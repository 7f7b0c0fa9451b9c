//! The command line as its users meet it: exit codes, what is on stdout and stderr.
#![cfg(not(target_arch = "wasm32"))]

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

/// A HAR of one page whose server takes 2.4 seconds, and of an image.
const SLOW: &str = r#"{"log": {"version": "1.2", "creator": {"name": "WebInspector", "version": "537.36"},
"pages": [{"id": "page_1", "startedDateTime": "2026-01-01T00:00:00.000Z", "title": "https://shop.example/",
           "pageTimings": {"onContentLoad": 2600, "onLoad": 3000}}],
"entries": [
 {"pageref": "page_1", "startedDateTime": "2026-01-01T00:00:00.000Z", "time": 2500, "_resourceType": "document",
  "request": {"method": "GET", "url": "https://shop.example/", "httpVersion": "h2", "headers": [], "queryString": [],
              "cookies": [], "headersSize": -1, "bodySize": 0},
  "response": {"status": 200, "statusText": "OK", "httpVersion": "h2",
               "headers": [{"name": "content-type", "value": "text/html"}], "cookies": [],
               "content": {"size": 5000, "mimeType": "text/html"}, "redirectURL": "", "headersSize": -1,
               "bodySize": 5000, "_transferSize": 5100},
  "cache": {}, "timings": {"blocked": 1, "dns": 9, "connect": 40, "ssl": 20, "send": 0, "wait": 2440, "receive": 10}},
 {"pageref": "page_1", "startedDateTime": "2026-01-01T00:00:02.550Z", "time": 100, "_resourceType": "image",
  "request": {"method": "GET", "url": "https://shop.example/a.png", "httpVersion": "h2", "headers": [],
              "queryString": [], "cookies": [], "headersSize": -1, "bodySize": 0},
  "response": {"status": 200, "statusText": "OK", "httpVersion": "h2", "headers": [], "cookies": [],
               "content": {"size": 900, "mimeType": "image/png"}, "redirectURL": "", "headersSize": -1,
               "bodySize": 900, "_transferSize": 1000},
  "cache": {}, "timings": {"blocked": 1, "dns": -1, "connect": -1, "ssl": -1, "send": 0, "wait": 90, "receive": 9}}
]}}"#;

/// A trace of the same load.
fn slow_trace() -> String {
    let mut events = vec![
        r#"{"ph":"I","pid":1,"tid":1,"ts":5000000,"name":"TracingStartedInBrowser","args":{"data":{"frames":[{"frame":"M","url":"https://shop.example/","processId":7}]}}}"#.to_owned(),
        r#"{"ph":"R","pid":7,"tid":7,"ts":5100000,"cat":"blink.user_timing","name":"navigationStart","args":{"frame":"M","data":{"documentLoaderURL":"https://shop.example/","navigationId":"D"}}}"#.to_owned(),
        r#"{"ph":"R","pid":7,"tid":7,"ts":7800000,"cat":"loading","name":"firstContentfulPaint","args":{"frame":"M","data":{"navigationId":"D"}}}"#.to_owned(),
    ];
    for (id, url, start, sent, wait) in
        [("D", "https://shop.example/", 5_100_000, 50, 2440), ("I", "https://shop.example/a.png", 7_650_000, 1, 90)]
    {
        let event = |ts: i64, name: &str, data: &str| {
            format!(
                r#"{{"ph":"I","pid":7,"tid":7,"ts":{ts},"name":"{name}","args":{{"data":{{"requestId":"{id}",{data}}}}}}}"#
            )
        };
        let end = start + 1000 * (sent + wait + 10);
        let seconds = start as f64 / 1e6;
        events.push(event(
            start,
            "ResourceSendRequest",
            &format!(r#""frame":"M","url":"{url}","requestMethod":"GET""#),
        ));
        events.push(event(end, "ResourceReceiveResponse", &format!(r#""statusCode":200,"timing":{{"requestTime":{seconds},"sendStart":{sent},"sendEnd":{sent},"receiveHeadersEnd":{},"dnsStart":-1,"dnsEnd":-1,"connectStart":-1,"connectEnd":-1,"sslStart":-1,"sslEnd":-1,"proxyStart":-1,"proxyEnd":-1}}"#, sent + wait)));
        events.push(event(end, "ResourceFinish", r#""encodedDataLength":1000"#));
    }
    format!(
        r#"{{"metadata":{{"source":"DevTools","startTime":"2025-12-31T23:59:59.900Z"}},"traceEvents":[{}]}}"#,
        events.join(",\n")
    )
}

fn weir(arguments: &[&str], stdin: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_weir"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("weir starts");
    let _ = child.stdin.take().expect("piped").write_all(stdin); // it may not want it
    child.wait_with_output().expect("weir ends")
}

/// A file of this test process.
fn file(name: &str, content: &[u8]) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let path = folder.join(name);
    std::fs::write(&path, content).expect("a file");
    path
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

/// Checks code 2 with one message that contains all of `expected`, and nothing on stdout.
#[track_caller]
fn check_refused(output: &Output, expected: &[&str]) {
    let message = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{message}");
    assert_eq!(message.lines().count(), 1, "{message}");
    assert!(output.stdout.is_empty());
    for word in expected {
        assert!(message.contains(word), "{message} lacks {word}");
    }
    assert!(!message.contains("panicked"), "{message}");
}

#[test]
fn bad_usage_is_code_2_with_one_message() {
    check_refused(&weir(&[], b""), &["command", "--help"]);
    check_refused(&weir(&["frobnicate"], b""), &["frobnicate", "analyze"]);
    check_refused(&weir(&["analyze"], b""), &["file is missing"]);
    check_refused(&weir(&["analyze", "a.har", "--format", "xml"], b""), &["--format", "markdown"]);
    check_refused(&weir(&["analyze", "a.har", "--share", "all"], b""), &["--share", "vendor"]);
    check_refused(&weir(&["analyze", "a.har", "--fail-on", "bad"], b""), &["--fail-on", "serious"]);
    check_refused(&weir(&["analyze", "a.har", "--nonsense"], b""), &["--nonsense"]);
    check_refused(&weir(&["analyze", "a.har", "--budget", "b.json"], b""), &["--budget", "not made yet"]);
    check_refused(&weir(&["analyze", "-", "-"], b""), &["twice"]);
    check_refused(&weir(&["rules", "no-such-rule"], b""), &["weir rules"]);
    for command in ["compare", "redact", "what-if"] {
        check_refused(&weir(&[command, "a.har"], b""), &[command, "not made yet"]);
    }
}

#[test]
fn what_cannot_be_read_is_code_2_with_one_message() {
    check_refused(&weir(&["analyze", "no/such/file.har"], b""), &["no/such/file.har"]);
    check_refused(&weir(&["analyze", "-"], b"<!doctype html><title>no</title>"), &["HTML"]);
    check_refused(&weir(&["analyze", "-"], b""), &["empty"]);
    check_refused(&weir(&["analyze", "-"], b"\x00\x01\x02binary"), &[]);
}

#[test]
fn help_and_version() {
    assert!(stdout(&weir(&["--help"], b"")).contains("weir analyze FILE"));
    assert_eq!(stdout(&weir(&["--version"], b"")).trim(), concat!("weir ", env!("CARGO_PKG_VERSION")));
    assert!(stdout(&weir(&["analyze", "--help"], b"")).contains("--fail-on"));
}

#[test]
fn a_slow_page_is_told_in_every_format() {
    let path = file("slow.har", SLOW.as_bytes());
    let path = path.to_str().expect("UTF-8");
    let analyze = |format: &str| {
        let output = weir(&["analyze", path, "--format", format], b"");
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        stdout(&output)
    };
    let sentence =
        "This page finished loading after 3.0 seconds; most of that was spent waiting for the site's own servers.";
    assert!(analyze("text").replace('\n', " ").contains(sentence), "{}", analyze("text"));
    assert!(analyze("markdown").starts_with("# This page finished loading after 3.0 seconds"));
    assert!(analyze("html").starts_with("<!doctype html>"));
    assert_eq!(analyze("csv").lines().count(), 3);
    let json: serde_json::Value = serde_json::from_str(&analyze("json")).expect("JSON");
    assert_eq!(json["schema"], "weir-report/1");
    assert_eq!(json["share"], "vendor");
    assert_eq!(json["loads"][0]["verdict"]["owner"], "origin");
    assert_eq!(json["loads"][0]["verdict"]["ms"], 3000.0);
    assert_eq!(analyze("json"), analyze("json"));
}

#[test]
fn stdin_out_and_load() {
    let output = weir(&["analyze", "-", "--format", "json", "--load", "https://shop.example/"], SLOW.as_bytes());
    assert_eq!(output.status.code(), Some(0));
    assert!(stdout(&output).contains("weir-report/1"));
    check_refused(&weir(&["analyze", "-", "--load", "3"], SLOW.as_bytes()), &["--load", "0"]);

    let out = file("out.json", b"");
    let arguments = ["analyze", "-", "--format", "json", "--out", out.to_str().expect("UTF-8")];
    let output = weir(&arguments, SLOW.as_bytes());
    assert_eq!((output.status.code(), output.stdout.len()), (Some(0), 0));
    assert!(std::fs::read_to_string(out).expect("written").contains("weir-report/1"));
    let nowhere = ["analyze", "-", "--out", "no/such/folder/x.txt"];
    check_refused(&weir(&nowhere, SLOW.as_bytes()), &["no/such/folder"]);
}

#[test]
fn an_empty_or_broken_recording_is_code_0_with_problems() {
    let empty = br#"{"log": {"version": "1.2", "creator": {"name": "x", "version": "1"}, "entries": []}}"#;
    assert_eq!(weir(&["analyze", "-"], empty).status.code(), Some(0));
    let cut = &SLOW.as_bytes()[..SLOW.len() - 300];
    let output = weir(&["analyze", "-"], cut);
    assert_eq!(output.status.code(), Some(0));
    assert!(!output.stderr.is_empty());
    // Problems are told with the name that was typed, whatever the report makes of it.
    let path = file("a1b2c3d4e5f6.har", cut);
    let path = path.to_str().expect("UTF-8");
    let output = weir(&["analyze", path], b"");
    assert!(String::from_utf8_lossy(&output.stderr).starts_with(&format!("weir: {path}: error truncated-json")));
}

#[test]
fn several_files_stand_side_by_side() {
    let path = file("one.har", SLOW.as_bytes());
    let path = path.to_str().expect("UTF-8");
    let output = weir(&["analyze", path, path, "--separate", "--format", "json"], b"");
    let json: serde_json::Value = serde_json::from_str(&stdout(&output)).expect("JSON");
    assert_eq!(json["recordings"].as_array().map(Vec::len), Some(2));
    assert_eq!(json["loads"][1]["recordings"], serde_json::json!([1]));
}

#[test]
fn a_har_and_a_trace_of_one_load_are_joined() {
    let (har, trace) = (file("pair.har", SLOW.as_bytes()), file("pair.json", slow_trace().as_bytes()));
    let files = [har.to_str().expect("UTF-8"), trace.to_str().expect("UTF-8")];
    let analyze = |more: &[&str]| {
        let arguments = [&["analyze", "--format", "json"], files.as_slice(), more].concat();
        let output = weir(&arguments, b"");
        let json: serde_json::Value = serde_json::from_str(&stdout(&output)).expect("JSON");
        (json, String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (joined, said) = analyze(&[]);
    assert_eq!(joined["loads"].as_array().map(Vec::len), Some(1), "{said}");
    let load = &joined["loads"][0];
    assert_eq!((&load["recordings"], &load["joined"]["matched"]), (&serde_json::json!([0, 1]), &2.into()));
    assert_eq!((&load["metrics"]["fcp"]["ms"], &load["metrics"]["load"]["ms"]), (&2700.0.into(), &3000.0.into()));
    assert_eq!(joined["recordings"][1]["kind"], "chrome-trace");
    let (separate, _) = analyze(&["--separate"]);
    assert_eq!(separate["loads"].as_array().map(Vec::len), Some(2));
    assert_eq!(separate["loads"][1]["recordings"], serde_json::json!([1]));

    // Another load of the page is shown apart, and stderr says why.
    let other = file("other.har", SLOW.replace("2440", "1850").replace("01T00:00:0", "01T00:07:0").as_bytes());
    let output = weir(&["analyze", "--format", "json", other.to_str().expect("UTF-8"), files[1]], b"");
    let json: serde_json::Value = serde_json::from_str(&stdout(&output)).expect("JSON");
    assert_eq!(json["loads"].as_array().map(Vec::len), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("not-joined-other-time"));
}

#[test]
fn rules_are_documented() {
    let json: serde_json::Value =
        serde_json::from_str(&stdout(&weir(&["rules", "--format", "json"], b""))).expect("JSON");
    assert_eq!(json["schema"], "weir-rules/1");
    for rule in json["rules"].as_array().expect("a list") {
        let id = rule["id"].as_str().expect("an id");
        let output = weir(&["rules", id], b"");
        assert_eq!(output.status.code(), Some(0));
        assert!(stdout(&output).contains("## "), "{id}");
    }
}

#[test]
fn headers_are_judged_in_sentences() {
    let run = |text: &str| {
        let mut child = Command::new(env!("CARGO_BIN_EXE_weir"))
            .args(["cache", "--headers"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("weir");
        child.stdin.take().expect("stdin").write_all(text.as_bytes()).expect("written");
        let output = child.wait_with_output().expect("an end");
        (output.status.code(), String::from_utf8(output.stdout).expect("UTF-8"))
    };
    let (code, told) = run("HTTP/2 200\ncache-control: max-age=600\n\n");
    assert_eq!(code, Some(0));
    assert!(told.starts_with("200\nBrowsers may use this answer for 10 minutes;"), "{told}");
    assert_eq!(run("hello").0, Some(2));
}
