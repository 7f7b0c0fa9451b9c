//! A HAR and a trace of one load, and such that do not belong together.

use super::*;
use crate::import;
use crate::recording::{PartId, RequestId};
use crate::units::Millis;

/// A HAR of one page: seconds after 10:00:00 UTC at which it begins, and its entries: method, address, ms after that,
/// ms of waiting, status.
fn har(seconds: f64, entries: &[(&str, &str, f64, f64, u16)]) -> Recording {
    let date = |ms: f64| format!("2026-01-01T10:00:{:06.3}Z", seconds + ms / 1e3);
    let entries = entries.iter().map(|(method, url, at, wait, status)| {
        let to = if (300..400).contains(status) { "/next" } else { "" };
        serde_json::json!({
            "pageref": "p", "startedDateTime": date(*at), "time": wait + 10.0,
            "request": {"method": method, "url": url, "httpVersion": "h2", "cookies": [], "queryString": [],
                "headers": [{"name": "cookie", "value": "a=b"}], "headersSize": -1, "bodySize": 0},
            "response": {"status": status, "statusText": "", "httpVersion": "h2", "cookies": [],
                "headers": [{"name": "server", "value": "x"}], "content": {"size": 5, "mimeType": "text/html", "text": "hello"},
                "redirectURL": to, "headersSize": -1, "bodySize": 5},
            "cache": {}, "serverIPAddress": "192.0.2.7",
            "timings": {"blocked": 0, "dns": -1, "connect": -1, "ssl": -1, "send": 0, "wait": wait, "receive": 10.0},
        })
    });
    let page = serde_json::json!({"id": "p", "title": "https://a.example/", "startedDateTime": date(0.0),
        "pageTimings": {"onContentLoad": 300.0, "onLoad": 400.0}});
    let log = serde_json::json!({"log": {"version": "1.2", "creator": {"name": "WebInspector", "version": "537.36"},
        "pages": [page], "entries": entries.collect::<Vec<_>>()}});
    open(&log.to_string())
}

/// A trace of one load that begins 5 ms after tracing, with requests: method, address, ms after navigation start, ms
/// of waiting; `start_time` is its wall clock.
fn trace(start_time: Option<&str>, requests: &[(&str, &str, f64, f64)]) -> Recording {
    open(&trace_text(start_time, requests))
}

fn trace_text(start_time: Option<&str>, requests: &[(&str, &str, f64, f64)]) -> String {
    let mut events = vec![
        r#"{"ph":"M","pid":7,"tid":7,"name":"thread_name","args":{"name":"CrRendererMain"}}"#.to_owned(),
        r#"{"ph":"I","pid":1,"tid":1,"ts":1000000,"name":"TracingStartedInBrowser","args":{"data":{"frames":[{"frame":"M","url":"https://a.example/","processId":7,"isOutermostMainFrame":true,"isInPrimaryMainFrame":true}]}}}"#.to_owned(),
        r#"{"ph":"R","pid":7,"tid":7,"ts":1005000,"cat":"blink.user_timing","name":"navigationStart","args":{"frame":"M","data":{"documentLoaderURL":"https://a.example/","navigationId":"R0"}}}"#.to_owned(),
        r#"{"ph":"R","pid":7,"tid":7,"ts":1255000,"cat":"loading","name":"firstContentfulPaint","args":{"frame":"M","data":{"navigationId":"R0"}}}"#.to_owned(),
    ];
    for (at, (method, url, ms, wait)) in requests.iter().enumerate() {
        let ts = 1_005_000.0 + ms * 1e3;
        events.push(format!(r#"{{"ph":"I","pid":7,"tid":7,"ts":{ts},"name":"ResourceSendRequest","args":{{"data":{{"requestId":"R{at}","frame":"M","url":"{url}","requestMethod":"{method}","priority":"High"}}}}}}"#));
        let end = ts + (wait + 10.0) * 1e3;
        events.push(format!(r#"{{"ph":"I","pid":7,"tid":7,"ts":{end},"name":"ResourceReceiveResponse","args":{{"data":{{"requestId":"R{at}","statusCode":200,"mimeType":"text/html","timing":{{"requestTime":{},"sendStart":0,"sendEnd":0,"receiveHeadersEnd":{wait},"dnsStart":-1,"dnsEnd":-1,"connectStart":-1,"connectEnd":-1,"sslStart":-1,"sslEnd":-1,"proxyStart":-1,"proxyEnd":-1,"workerStart":-1,"workerReady":-1}}}}}}}}"#, ts / 1e6));
        events.push(format!(r#"{{"ph":"I","pid":7,"tid":7,"ts":{end},"name":"ResourceFinish","args":{{"data":{{"requestId":"R{at}","encodedDataLength":500,"finishTime":{}}}}}}}"#, end / 1e6));
    }
    let metadata = start_time.map_or(String::new(), |at| format!(r#","startTime":"{at}""#));
    format!(r#"{{"metadata":{{"source":"DevTools"{metadata}}},"traceEvents":[{}]}}"#, events.join(","))
}

fn open(text: &str) -> Recording {
    import::open(text.as_bytes(), &mut ()).expect("a recording").remove(0).recording
}

fn opened(all: Vec<Recording>) -> Vec<Opened> {
    let names = ["a", "b", "c"];
    all.into_iter().zip(names).map(|(recording, name)| Opened { name: Some(name.to_owned()), recording }).collect()
}

const PAGE: &str = "https://a.example/";
const APP: &str = "https://a.example/app.js";
const DATA: &str = "https://a.example/data";

fn pair() -> (Recording, Recording) {
    let har = har(
        1.0,
        &[
            ("GET", PAGE, 0.2, 100.0, 200),
            ("GET", APP, 150.1, 50.0, 200),
            ("OPTIONS", DATA, 219.0, 5.0, 204),
            ("GET", DATA, 220.3, 30.0, 200),
            ("GET", DATA, 270.2, 31.0, 200),
        ],
    );
    let trace = trace(
        Some("2026-01-01T10:00:00.990Z"),
        &[
            ("GET", PAGE, 0.5, 100.0),
            ("GET", APP, 150.3, 50.0),
            ("GET", DATA, 220.5, 30.0),
            ("GET", DATA, 270.4, 31.0),
            ("GET", "https://b.example/only-traced", 280.0, 7.0),
        ],
    );
    (har, trace)
}

#[test]
fn one_load_becomes_one_recording() {
    let (har, trace) = pair();
    let alone = trace.pages[0].milestones;
    let mut together = join(opened(vec![har, trace]));
    assert_eq!((together.len(), together[0].of.as_slice(), &together[0].name), (1, [0, 1].as_slice(), &None));
    let recording = together.remove(0).recording;
    let joined = recording.joined.as_ref().expect("joined");
    assert_eq!((joined.n_matched, joined.parts.len()), (4, 2));
    let names: Vec<_> = joined.parts.iter().map(|part| part.name.map(|name| recording.text(name).expose())).collect();
    assert_eq!(names, [Some("a"), Some("b")]);
    // The trace begins 5 ms before the navigation; the HAR's first request is 0.2 ms after the page.
    assert!(
        (joined.clock_offset.0 - 5.4).abs() < 0.2 && joined.clock_spread < Millis(0.2),
        "{:?}",
        joined.clock_offset
    );
    let seen: Vec<(String, Vec<u8>)> = recording
        .all_requests()
        .map(|r| (r.url_text().expose().to_owned(), joined.parts_of(r.id()).map(|part| part.0).collect()))
        .collect();
    let expected: &[(&str, &[u8])] = &[
        (PAGE, &[0, 1]),
        (APP, &[0, 1]),
        (DATA, &[0]),
        (DATA, &[0, 1]),
        (DATA, &[0, 1]),
        ("https://b.example/only-traced", &[1]),
    ];
    let seen: Vec<(&str, &[u8])> = seen.iter().map(|(url, parts)| (url.as_str(), parts.as_slice())).collect();
    assert_eq!(seen, expected);
    let page = recording.request(RequestId(0));
    assert_eq!(page.request_header("cookie").next().map(|line| line.expose()), Some("a=b"));
    assert_eq!(page.server_ip().map(|ip| recording.text(ip).expose()), Some("192.0.2.7"));
    assert_eq!(page.body_text().map(|text| text.expose()), Some("hello"));
    assert!((page.start().expect("a start").0 - 5.5).abs() < 1e-6);
    assert_eq!(recording.timeline.requests.len(), recording.requests.len());
    assert_eq!(recording.timeline.navigations[0].document, Some(RequestId(0)));
    // What the trace has stays, what it lacks is filled.
    let milestones = recording.pages[0].milestones;
    assert_eq!(milestones.first_contentful_paint, alone.first_contentful_paint);
    assert!(alone.load.is_none() && (milestones.load.expect("from the HAR").0 - 400.0).abs() < 1.0);
    let of = |fact: &str| joined.facts.iter().find(|(known, _)| *known == fact).map(|(_, part)| *part);
    assert_eq!((of("main thread"), of("response headers"), of("paints")), (None, Some(PartId(0)), Some(PartId(1))));
    assert!(
        recording.problems.is_empty()
            && joined.parts.iter().all(|part| part.problems.iter().all(|p| !p.code.contains("joined")))
    );
}

#[test]
fn the_order_of_opening_is_kept() {
    let (har, trace) = pair();
    let together = join(opened(vec![trace, har]));
    let joined = together[0].recording.joined.as_ref().expect("joined");
    assert_eq!(joined.parts_of(RequestId(2)).collect::<Vec<_>>(), [PartId(1)]);
    let (har, trace) = pair();
    assert_eq!(join(opened(vec![har])).len(), 1);
    assert_eq!(apart(opened(vec![trace])).len(), 1);
    // Of two HARs the one that belongs to the trace is joined; the other says why not.
    let (har, trace) = pair();
    let other = super::tests::har(40.0, &[("GET", PAGE, 0.2, 77.0, 200), ("GET", APP, 150.1, 12.0, 200)]);
    let together = join(opened(vec![other, trace, har]));
    let of: Vec<_> = together.iter().map(|one| one.of.clone()).collect();
    assert_eq!(of, [vec![0], vec![1, 2]]);
    assert_eq!(codes(&together[0].recording), ["not-joined-other-time"]);
}

fn codes(recording: &Recording) -> Vec<&'static str> {
    recording.problems.iter().map(|problem| problem.code).filter(|code| code.starts_with("not-joined")).collect()
}

#[test]
fn what_does_not_belong_together_stays_apart() {
    #[track_caller]
    fn check(har: Recording, trace: Recording, expected: &str) {
        let together = join(opened(vec![har, trace]));
        assert_eq!((together.len(), codes(&together[0].recording).as_slice()), (2, [expected].as_slice()));
    }
    let traced = |start: Option<&str>| trace(start, &[("GET", PAGE, 0.5, 100.0), ("GET", APP, 150.3, 50.0)]);
    let same = [("GET", PAGE, 0.2, 100.0, 200), ("GET", APP, 150.1, 50.0, 200)];
    let slower = [("GET", PAGE, 0.2, 140.0, 200), ("GET", APP, 190.1, 52.0, 200)];
    let near = Some("2026-01-01T10:00:00.990Z");
    assert_eq!(join(opened(vec![har(1.0, &same), traced(near)])).len(), 1);
    assert_eq!(join(opened(vec![har(1.0, &same), traced(None)])).len(), 1);
    check(har(40.0, &same), traced(near), "not-joined-other-time");
    check(har(1.0, &slower), traced(near), "not-joined-other-load");
    check(har(1.0, &slower), traced(None), "not-joined-other-load");
    check(har(1.0, &[("GET", "https://z.example/", 0.0, 9.0, 200)]), traced(near), "not-joined-other-page");
    check(har(1.0, &same), trace(near, &[]), "not-joined-without-requests");
    let cached = [("GET", PAGE, 0.2, 0.0, 200), ("GET", APP, 150.1, 0.0, 200)];
    check(har(1.0, &cached), traced(None), "not-joined-without-proof");
    // Enough equal waiting times prove it, whatever the clocks say.
    let three = [("GET", PAGE, 0.2, 100.0, 200), ("GET", APP, 150.1, 50.0, 200), ("GET", DATA, 220.3, 30.0, 200)];
    let (_, trace) = pair();
    assert_eq!(join(opened(vec![har(40.0, &three), trace])).len(), 1);
}

#[test]
fn redirects_of_which_the_trace_knows_the_origin_only() {
    let events = [
        r#"{"ph":"I","pid":1,"tid":1,"ts":1000000,"name":"TracingStartedInBrowser","args":{"data":{"frames":[{"frame":"M","url":"https://a.example/","processId":7}]}}}"#,
        r#"{"ph":"R","pid":7,"tid":7,"ts":1005000,"cat":"blink.user_timing","name":"navigationStart","args":{"frame":"M","data":{"documentLoaderURL":"https://a.example/next","navigationId":"R0"}}}"#,
        r#"{"ph":"I","pid":7,"tid":7,"ts":1005100,"name":"ResourceWillSendRequest","args":{"data":{"requestId":"R0"}}}"#,
        r#"{"ph":"I","pid":7,"tid":7,"ts":1055100,"name":"ResourceWillSendRequest","args":{"data":{"requestId":"R0"}}}"#,
        r#"{"ph":"I","pid":7,"tid":7,"ts":1105100,"name":"ResourceSendRequest","args":{"data":{"requestId":"R0","frame":"M","url":"https://a.example/","requestMethod":"POST","priority":"High","resourceType":"Document"}}}"#,
        r#"{"ph":"I","pid":7,"tid":7,"ts":1105200,"name":"ResourceSendRequest","args":{"data":{"requestId":"R0","frame":"M","url":"https://a.example/next","requestMethod":"GET","priority":"High","resourceType":"Document"}}}"#,
        r#"{"ph":"I","pid":7,"tid":7,"ts":1155100,"name":"ResourceReceiveResponse","args":{"data":{"requestId":"R0","statusCode":200,"mimeType":"text/html","timing":{"requestTime":1.0551,"sendStart":0,"sendEnd":0,"receiveHeadersEnd":90,"proxyStart":-1,"proxyEnd":-1,"dnsStart":-1,"dnsEnd":-1,"connectStart":-1,"connectEnd":-1,"sslStart":-1,"sslEnd":-1}}}}"#,
        r#"{"ph":"I","pid":7,"tid":7,"ts":1165100,"name":"ResourceFinish","args":{"data":{"requestId":"R0","encodedDataLength":500}}}"#,
    ];
    let trace = open(&format!("[{}]", events.join(",")));
    let har = har(
        1.0,
        &[("POST", "https://a.example/session", 0.0, 40.0, 302), ("GET", "https://a.example/next", 50.0, 90.0, 200)],
    );
    let recording = join(opened(vec![har, trace])).remove(0).recording;
    let rows: Vec<_> = recording.all_requests().map(|r| (r.url_text().expose(), r.status())).collect();
    assert_eq!(rows, [("https://a.example/session", Some(302)), ("https://a.example/next", Some(200))]);
    // How the hop's time divides, only the HAR knows.
    assert_eq!(recording.request(RequestId(0)).phases().wait, Some(Millis(40.0)));
}

#[test]
fn some_count_the_sending_into_the_waiting() {
    let traced = trace_text(None, &[("GET", PAGE, 0.5, 100.0), ("GET", APP, 150.3, 50.0)]);
    let traced = open(&traced.replace(r#""sendEnd":0"#, r#""sendEnd":0.5"#));
    let waits = [("GET", PAGE, 0.2, 100.0, 200), ("GET", APP, 150.1, 50.0, 200)];
    assert_eq!(join(opened(vec![har(1.0, &waits), traced])).len(), 1);
}
