//! Whole traces, small and odd: every form, what is told in which order, and damage of every kind.

mod page_tests;

use crate::import::error::ImportError;
use crate::import::source::{NO_PAUSE, at_once};
use crate::import::trace::import;
use crate::recording::*;
use crate::units::{Millis, TimeSpan};

/// The beginning of a trace of one page: `M` is the main frame, `N1` its load at 1,001,000 µs; tracing starts at
/// 1,000,000 µs.
const PAGE: &[&str] = &[
    r#"{"ph":"M","pid":7,"tid":7,"name":"thread_name","args":{"name":"CrRendererMain"}}"#,
    r#"{"ph":"I","pid":1,"tid":1,"ts":1000000,"name":"TracingStartedInBrowser","args":{"data":{"frames":[{"frame":"M","url":"https://a.example/","processId":7,"isOutermostMainFrame":true,"isInPrimaryMainFrame":true}]}}}"#,
    r#"{"ph":"R","pid":7,"tid":7,"ts":1001000,"cat":"blink.user_timing","name":"navigationStart","args":{"frame":"M","data":{"documentLoaderURL":"https://a.example/","navigationId":"N1"}}}"#,
    r#"{"ph":"I","pid":1,"tid":1,"ts":1002000,"name":"ResourceWillSendRequest","args":{"data":{"requestId":"N1"}}}"#,
    r#"{"ph":"I","pid":7,"tid":7,"ts":1002500,"name":"ResourceSendRequest","args":{"data":{"requestId":"N1","frame":"M","url":"https://a.example/#top","requestMethod":"GET","priority":"VeryHigh","resourceType":"Document"}}}"#,
    r#"{"ph":"I","pid":7,"tid":7,"ts":1090000,"name":"ResourceReceiveResponse","args":{"data":{"requestId":"N1","statusCode":200,"mimeType":"text/html","protocol":"h2","connectionId":9,"encodedDataLength":100,"fromCache":false,"headers":[{"name":"Content-Type","value":"text/html"}],"timing":{"requestTime":1.003,"dnsStart":1,"dnsEnd":6,"connectStart":6,"sslStart":16,"sslEnd":26,"connectEnd":26,"sendStart":26.5,"sendEnd":27,"receiveHeadersStart":77,"receiveHeadersEnd":78,"proxyStart":-1,"proxyEnd":-1,"workerStart":-1,"workerReady":-1}}}}"#,
    r#"{"ph":"I","pid":7,"tid":7,"ts":1110000,"name":"ResourceFinish","args":{"data":{"requestId":"N1","didFail":false,"encodedDataLength":1100,"decodedBodyLength":3000,"finishTime":1.1}}}"#,
    r#"{"ph":"R","pid":7,"tid":7,"ts":1201000,"cat":"loading","name":"firstContentfulPaint","args":{"frame":"M","data":{"navigationId":"N1"}}}"#,
    r#"{"ph":"R","pid":7,"tid":7,"ts":1301000,"cat":"loading","name":"largestContentfulPaint::Candidate","args":{"frame":"M","data":{"navigationId":"N1","candidateIndex":1,"nodeId":3,"size":100,"type":"text"}}}"#,
    r#"{"ph":"I","pid":7,"tid":7,"ts":1401000,"name":"MarkLoad","args":{"data":{"frame":"M"}}}"#,
];

fn open(text: &str) -> Result<Recording, ImportError> {
    let mut bytes = text.as_bytes();
    let recordings = at_once(import(&mut bytes, 0, NO_PAUSE))?;
    assert_eq!(recordings.len(), 1);
    Ok(recordings.into_iter().next().unwrap())
}

fn page_with(events: &[&str]) -> Recording {
    open(&format!("[{}]", [PAGE, events].concat().join(",\n"))).unwrap()
}

fn codes(recording: &Recording) -> Vec<&'static str> {
    recording.problems.iter().map(|problem| problem.code).collect()
}

#[test]
fn one_load() {
    let recording = page_with(&[]);
    let page = &recording.pages[0];
    assert_eq!((recording.pages.len(), page.start), (1, Some(Millis(1.0))));
    let milestones = page.milestones;
    assert_eq!(milestones.first_contentful_paint, Some(Millis(200.0)));
    assert_eq!(milestones.largest_contentful_paint, Some(Millis(300.0)));
    assert_eq!(milestones.load, Some(Millis(400.0)));
    assert_eq!(milestones.dom_content_loaded, None);
    assert_eq!(milestones.cumulative_layout_shift, Some(0.0));
    assert!((milestones.ttfb.unwrap().0 - 79.0).abs() < 1e-6);
    let request = recording.request(RequestId(0));
    assert_eq!(request.url_text().expose(), "https://a.example/");
    assert_eq!((request.status(), request.protocol()), (Some(200), Some(Protocol::H2)));
    assert_eq!(request.response_header("content-type").next().unwrap().expose(), "text/html");
    assert_eq!((request.transfer_bytes().unwrap().0, request.body_bytes().unwrap().0), (1100, 1000));
    let phases = request.phases();
    for (phase, expected) in Phase::ALL.into_iter().zip([2.0, 5.0, 10.0, 10.0, 1.0, 50.0, 1_100.0 - 1_003.0 - 77.0]) {
        assert!((phases.get(phase).unwrap().0 - expected).abs() < 1e-6, "{phase:?}: {:?}", phases.get(phase));
    }
    assert!((request.duration().unwrap().0 - phases.total().0).abs() < 1e-9);
    let parts = recording.timeline.navigations[0].largest_paint_parts(&recording).unwrap();
    assert!((parts.render_delay.0 - 221.0).abs() < 1e-6 && parts.load_delay.is_none());
    assert_eq!(codes(&recording), [] as [&str; 0]);
}

#[test]
fn an_interim_answer_does_not_end_the_waiting() {
    // The 103 came 38 ms before the real answer's headers ended.
    let waited = |text: &str| open(text).unwrap().request(RequestId(0)).phases().wait.map(|wait| wait.0.round());
    let text = format!("[{}]", PAGE.join(","));
    assert_eq!(waited(&text), Some(50.0));
    assert_eq!(waited(&text.replace(r#""receiveHeadersStart":77"#, r#""receiveHeadersStart":40"#)), Some(51.0));
}

#[test]
fn a_service_worker_says_from_where_it_had_the_answer() {
    let text = format!("[{}]", PAGE.join(","))
        .replace(r#""workerStart":-1,"workerReady":-1"#, r#""workerStart":3,"workerReady":27"#);
    let with = |words: &str| open(&text.replace(r#""fromCache":false"#, words)).unwrap();
    for (source, meant) in
        [("network", Source::Network), ("httpCache", Source::DiskCache), ("fallbackCode", Source::ServiceWorker)]
    {
        let recording =
            with(&format!(r#""fromCache":false,"fromServiceWorker":true,"serviceWorkerResponseSource":"{source}""#));
        let request = recording.request(RequestId(0));
        assert_eq!((request.source(), request.via_service_worker()), (Some(meant), true));
        assert_eq!((request.worker_startup(), request.worker_response()), (Some(Millis(24.0)), Some(Millis(51.0))));
    }
}

#[test]
fn every_form_says_the_same() {
    let events = PAGE.join(",\n");
    let lines = PAGE.join("\n");
    for (text, oddity) in [
        (format!("[{events}]"), None),
        (format!("{{\"traceEvents\":[{events}]}}"), None),
        (
            format!(
                "{{\"metadata\":{{\"source\":\"DevTools\",\"sourceMaps\":[[{{}}]]}},\"traceEvents\":[{events}],\"x\":1}}"
            ),
            None,
        ),
        (format!("{{\"traceEvents\":[{events}],\"metadata\":{{\"startTime\":\"x\"}}}}"), None),
        (format!("[{events}"), Some("truncated-trace")),
        (format!("[{events},"), Some("truncated-trace")),
        (format!("[{events},\n{{\"name\":\"cut\",\"ph\":\"X\",\"args\":{{\"a"), Some("truncated-trace")),
        (lines.clone(), None),
        (format!("[{lines}]"), Some("repaired-json")),
        (format!("{{\"traceEvents\":[{events},}}"), Some("broken-trace")),
    ] {
        let recording = open(&text).unwrap();
        assert_eq!(recording.pages[0].milestones.load, Some(Millis(400.0)), "{text}");
        assert_eq!(recording.requests.len(), 1, "{text}");
        assert_eq!(codes(&recording).first().copied(), oddity, "{text}");
    }
    let mut reversed: Vec<_> = PAGE.to_vec();
    reversed.reverse();
    let recording = open(&format!("[{}]", reversed.join(","))).unwrap();
    assert_eq!(recording.pages[0].milestones.largest_contentful_paint, Some(Millis(300.0)));
}

#[test]
fn redirects_are_rows_of_their_own() {
    let recording = page_with(&[
        r#"{"ph":"I","pid":7,"tid":7,"ts":1200000,"name":"ResourceSendRequest","args":{"data":{"requestId":"r","frame":"M","url":"https://a.example/1","requestMethod":"GET"}}}"#,
        r#"{"ph":"I","pid":7,"tid":7,"ts":1210000,"name":"ResourceSendRequest","args":{"data":{"requestId":"r","frame":"M","url":"https://a.example/2","requestMethod":"GET"}}}"#,
        r#"{"ph":"I","pid":7,"tid":7,"ts":1240000,"name":"ResourceFinish","args":{"data":{"requestId":"r","didFail":true}}}"#,
    ]);
    let rows: Vec<_> = recording
        .all_requests()
        .skip(1)
        .map(|r| (r.url_text().expose(), r.start().unwrap().0, r.duration().unwrap().0, r.redirect_to().is_some()))
        .collect();
    assert_eq!(rows, [("https://a.example/1", 200.0, 10.0, true), ("https://a.example/2", 210.0, 30.0, false)]);
    let last = recording.request(RequestId(2));
    assert_eq!(last.completion(), CompletionState::Failed(ErrorKind::Other));
    assert_eq!(last.initiator(), Some(InitiatorKind::Redirect));
}

#[test]
fn an_answer_without_a_body_has_not_broken_off() {
    let check = |status: u16, expected| {
        let response = format!(
            r#"{{"ph":"I","pid":7,"tid":7,"ts":1220000,"name":"ResourceReceiveResponse","args":{{"data":{{"requestId":"r","statusCode":{status}}}}}}}"#
        );
        let recording = page_with(&[
            r#"{"ph":"I","pid":7,"tid":7,"ts":1200000,"name":"ResourceSendRequest","args":{"data":{"requestId":"r","frame":"M","url":"https://a.example/1","requestMethod":"GET"}}}"#,
            &response,
            r#"{"ph":"I","pid":7,"tid":7,"ts":1240000,"name":"ResourceFinish","args":{"data":{"requestId":"r","didFail":true}}}"#,
        ]);
        assert_eq!(recording.request(RequestId(1)).completion(), expected);
    };
    check(204, CompletionState::Finished);
    check(200, CompletionState::Failed(ErrorKind::Other));
}

/// Slices of the main thread as "depth name self".
fn slices(recording: &Recording) -> Vec<String> {
    let work = &recording.timeline.main_thread;
    let thread = &work.threads[0];
    let describe = |(_, slice): (SliceId, Slice)| {
        format!(
            "{} {} {}",
            slice.depth,
            recording.text(slice.name).expose(),
            (slice.self_time.0 * 1000.0).round() / 1000.0
        )
    };
    work.slices_of(thread).map(describe).collect()
}

#[test]
fn work_is_nested_by_thread() {
    let recording = page_with(&[
        r#"{"ph":"B","pid":7,"tid":7,"ts":2020000,"name":"Begun"}"#,
        r#"{"ph":"B","pid":7,"tid":8,"ts":2021000,"name":"Elsewhere"}"#,
        r#"{"ph":"E","pid":7,"tid":7,"ts":2030000,"name":"Begun"}"#,
        r#"{"ph":"E","pid":7,"tid":8,"ts":2031000,"name":"Elsewhere"}"#,
        r#"{"ph":"B","pid":7,"tid":7,"ts":2040000,"name":"Never ended"}"#,
        r#"{"ph":"E","pid":7,"tid":7,"ts":2041000,"name":"Never begun"}"#,
        r#"{"ph":"X","pid":7,"tid":7,"ts":2010000,"dur":5000,"name":"Inner"}"#,
        r#"{"ph":"X","pid":7,"tid":7,"ts":2012000,"dur":5000,"name":"Outlasts"}"#,
        r#"{"ph":"X","pid":7,"tid":7,"ts":2000000,"dur":100000,"name":"RunTask"}"#,
        r#"{"ph":"X","pid":7,"tid":7,"ts":2200000,"dur":50000,"name":"RunTask"}"#,
        r#"{"ph":"X","pid":7,"tid":7,"ts":2300000,"dur":-5,"name":"RunTask"}"#,
    ]);
    assert_eq!(slices(&recording), ["0 RunTask 85", "1 Inner 5", "1 Begun 10", "0 RunTask 50", "0 RunTask 0"]);
    let work = &recording.timeline.main_thread;
    let task = recording.strings.find("RunTask").unwrap();
    assert_eq!(work.long_tasks(&work.threads[0], task).count(), 1);
    assert_eq!(work.threads.len(), 1);
    assert_eq!(codes(&recording), ["unbalanced-work"]);
}

#[test]
fn samples_become_calls() {
    let recording = page_with(&[
        r#"{"ph":"X","pid":7,"tid":7,"ts":2000000,"dur":10000,"name":"RunTask"}"#,
        r#"{"ph":"X","pid":7,"tid":7,"ts":2001000,"dur":8000,"name":"FunctionCall","args":{"data":{"functionName":"f","url":"https://a.example/a.js"}}}"#,
        r#"{"ph":"P","pid":7,"tid":7,"ts":2000000,"id":"0x1","name":"Profile","args":{"data":{"source":"Internal"}}}"#,
        r#"{"ph":"P","pid":7,"tid":9,"ts":2009000,"id":"0x1","name":"ProfileChunk","args":{"data":{"cpuProfile":{"nodes":[{"id":1,"callFrame":{"functionName":"(root)"}},{"id":2,"parent":1,"callFrame":{"functionName":"(program)"}},{"id":3,"parent":1,"callFrame":{"functionName":"f","url":"https://a.example/a.js","lineNumber":1}},{"id":4,"parent":3,"callFrame":{"functionName":"g","url":"https://a.example/a.js","lineNumber":2}}],"samples":[3,4,4,3,2]},"timeDeltas":[2000,1000,1000,1000,5000]}}}"#,
    ]);
    // f from the first sample to the end of the call, g from 3 ms to 5 ms in it.
    assert_eq!(slices(&recording), ["0 RunTask 2", "1 FunctionCall 1", "2 f 5", "3 g 2"]);
    let work = &recording.timeline.main_thread;
    assert_eq!(work.threads[0].n_samples, 5);
    let g = work.site(work.slices.get(SliceId(3)).unwrap().site.unwrap()).unwrap();
    assert_eq!((g.line, g.url.map(|url| recording.text(url).expose())), (Some(2), Some("https://a.example/a.js")));
}

#[test]
fn forced_work_is_found_by_thread() {
    let layout = |ts: u32, dur: u32, tid: u32| {
        format!(
            r#"{{"ph":"X","pid":7,"tid":{tid},"ts":{ts},"dur":{dur},"name":"Layout","args":{{"beginData":{{"frame":"M","dirtyObjects":5,"totalObjects":9,"stackTrace":[{{"functionName":"read","url":"https://a.example/a.js","lineNumber":3}}]}}}}}}"#
        )
    };
    let call = |ts: u32| format!(r#"{{"ph":"X","pid":7,"tid":7,"ts":{ts},"dur":90000,"name":"FunctionCall"}}"#);
    let events = [
        r#"{"ph":"X","pid":7,"tid":7,"ts":2000000,"dur":100000,"name":"RunTask"}"#.to_owned(),
        call(2000000),
        layout(2010000, 20000, 7),
        layout(2040000, 20000, 7),
        layout(2091000, 5000, 7),  // After the call: not forced.
        layout(2020000, 80000, 8), // On another thread.
        r#"{"ph":"X","pid":7,"tid":7,"ts":3000000,"dur":100000,"name":"RunTask"}"#.to_owned(),
        call(3000000),
        layout(3010000, 29000, 7), // Too little to matter.
    ];
    let recording = page_with(&events.iter().map(String::as_str).collect::<Vec<_>>());
    let work = &recording.timeline.main_thread;
    assert_eq!((work.layouts.len(), work.forced.len()), (4, 2));
    let site = work.site(work.forced[0].site.unwrap()).unwrap();
    assert_eq!(site.function.map(|name| recording.text(name).expose()), Some("read"));
    assert_eq!(work.layouts[0].n_dirty, Some(5));
}

#[test]
fn interactions() {
    let timing = |id: &str, ts: u32, kind: &str, interaction: u32, from: f64, to: f64, end: u32| {
        [
            format!(
                r#"{{"ph":"b","pid":7,"tid":7,"cat":"devtools.timeline","id":"{id}","ts":{ts},"name":"EventTiming","args":{{"data":{{"duration":100,"interactionId":{interaction},"timeStamp":500,"processingStart":{from},"processingEnd":{to},"type":"{kind}","nodeId":4}}}}}}"#
            ),
            format!(
                r#"{{"ph":"e","pid":7,"tid":7,"cat":"devtools.timeline","id":"{id}","ts":{end},"name":"EventTiming"}}"#
            ),
        ]
    };
    let events = [
        timing("1", 2000000, "pointerdown", 11, 510.0, 520.0, 2100000),
        timing("2", 2000000, "mousedown", 11, 520.0, 560.0, 2100000),
        timing("1", 3000000, "keydown", 12, 501.0, 502.0, 3050000), // The id is used again.
        timing("3", 4000000, "pointerover", 0, 501.0, 502.0, 4050000),
    ]
    .concat();
    let recording = page_with(&events.iter().map(String::as_str).collect::<Vec<_>>());
    let timeline = &recording.timeline;
    assert_eq!((timeline.interactions.len(), timeline.n_nested_interactions), (2, 3));
    let all = TimeSpan { start: Millis::ZERO, end: Millis(10_000.0) };
    let longest = timeline.interaction_to_next_paint(all).unwrap();
    let parts = (longest.duration, longest.input_delay, longest.processing, longest.presentation_delay);
    assert_eq!(parts, (Millis(100.0), Millis(20.0), Millis(40.0), Millis(40.0)));
}

#[test]
fn other_programs() {
    let recording = open(
        r#"[{"name":"build","cat":"x","ph":"b","id":1,"pid":1,"tid":1,"ts":1.5},{"name":"parse","ph":"X","ts":2.5,"dur":10.25,"pid":"main","tid":"worker-1"}]"#,
    )
    .unwrap();
    assert!(recording.timeline.is_generic && recording.pages.iter().map(|page| page.synthetic).eq([true]));
    assert_eq!(slices(&recording), ["0 parse 0.01"]);
    assert_eq!(codes(&recording), ["foreign-trace"]);
}

#[test]
fn profiles_that_stand_alone() {
    for text in [
        r#"{"nodes":[{"id":1,"callFrame":{"functionName":"(root)"},"children":[2,3]},{"id":2,"callFrame":{"functionName":"f","url":"a.js"},"children":[]},{"id":3,"callFrame":{"functionName":"(idle)"}}],"startTime":1000,"endTime":9000,"samples":[2,2,3],"timeDeltas":[1000,2000,3000]}"#,
        r#"{"head":{"functionName":"(root)","id":1,"children":[{"functionName":"f","url":"a.js","id":2,"children":[]},{"functionName":"(idle)","id":3}]},"startTime":0.001,"endTime":0.009,"samples":[2,2,3],"timestamps":[2000,4000,7000]}"#,
    ] {
        let recording = open(text).unwrap();
        assert_eq!(recording.provenance.kind, RecordingKind::CpuProfile);
        assert_eq!(slices(&recording), ["0 f 5"], "{text}");
    }
}

#[test]
fn how_much_the_processor_was_slowed_down() {
    for (said, expected) in [("4", Some(4.0)), ("1", Some(1.0)), ("0", None), ("-2", None), ("\"4\"", None)] {
        let text = format!("{{\"metadata\":{{\"cpuThrottling\":{said}}},\"traceEvents\":[{}]}}", PAGE.join(","));
        assert_eq!(open(&text).unwrap().timeline.facts.processor_slowdown, expected, "{said}");
    }
}

#[test]
fn cut_anywhere_and_broken_everywhere() {
    let whole = format!("{{\"metadata\":{{\"source\":\"DevTools\"}},\"traceEvents\":[{}]}}", PAGE.join(","));
    for n in 0..whole.len() {
        if let Ok(recording) = open(&whole[..n]) {
            assert!(codes(&recording).contains(&"truncated-trace"), "{n}");
        }
    }
    // Each value replaced by one of another type.
    for (at, _) in whole.match_indices(':') {
        let rest = &whole[at + 1..];
        let end = rest.find([',', '}']).unwrap_or(rest.len());
        for other in ["null", "[]", "{}", "-1e18", "\"\\ud800\"", "true", "[[[[[1]]]]]"] {
            let text = format!("{}{other}{}", &whole[..=at], &rest[end..]);
            drop(open(&text));
        }
    }
}

#[test]
fn hostile_input_takes_linear_time() {
    use std::fmt::Write;
    let mut text = String::from("[");
    for n in 0..20_000 {
        let (id, ts) = (n % 10_000, n * 10);
        write!(text, r#"{{"ph":"R","pid":1,"tid":1,"ts":{ts},"name":"navigationStart","args":{{"frame":"M","data":{{"documentLoaderURL":"u{n}","navigationId":"{n}"}}}}}},"#).unwrap();
        write!(text, r#"{{"ph":"I","pid":1,"tid":1,"ts":{ts},"name":"ResourceSendRequest","args":{{"data":{{"requestId":"{id}","url":"https://a.example/{id}"}}}}}},"#).unwrap();
        write!(text, r#"{{"ph":"I","pid":1,"tid":1,"ts":{ts},"name":"MarkLoad","args":{{"data":{{"frame":"M"}}}}}},"#)
            .unwrap();
        write!(text, r#"{{"ph":"X","pid":{n},"tid":1,"ts":{ts},"dur":1e12,"name":"name{n}"}},"#).unwrap();
        write!(text, r#"{{"ph":"B","pid":1,"tid":1,"ts":{ts},"name":"never ended"}},"#).unwrap();
        write!(text, r#"{{"ph":"R","pid":9,"tid":1,"ts":{ts},"name":"navigationStart","args":{{"frame":"P{n}","data":{{"isOutermostMainFrame":true,"navigationId":"P{n}"}}}}}},"#).unwrap();
        write!(text, r#"{{"ph":"X","pid":9,"tid":1,"ts":{ts},"dur":1,"name":"Document::ActivateForPrerendering"}},"#)
            .unwrap();
        write!(text, r#"{{"ph":"b","pid":1,"tid":1,"ts":{ts},"id":"1","name":"EventTiming","args":{{"data":{{"duration":9,"interactionId":1,"timeStamp":1,"processingStart":2,"processingEnd":3,"type":"click"}}}}}},"#).unwrap();
        write!(text, r#"{{"ph":"R","pid":1,"tid":1,"ts":{ts},"name":"largestContentfulPaint::Candidate","args":{{"frame":"M","data":{{"navigationId":"{n}","type":"image","nodeId":1,"candidateIndex":{n}}}}}}},"#).unwrap();
        write!(text, r#"{{"ph":"R","pid":1,"tid":1,"ts":{ts},"name":"LargestImagePaint::Candidate","args":{{"data":{{"DOMNodeId":1,"imageUrl":"https://a.example/{id}"}}}}}},"#).unwrap();
    }
    // A profile whose nodes are each other's parents, and one that is very deep.
    text.push_str(r#"{"ph":"P","pid":1,"tid":1,"id":"c","ts":1,"name":"ProfileChunk","args":{"data":{"cpuProfile":{"nodes":[{"id":1,"parent":2},{"id":2,"parent":1},{"id":3,"parent":3}],"samples":[1,2,3]},"timeDeltas":[1,1,1]}}},"#);
    text.push_str(
        r#"{"ph":"P","pid":1,"tid":2,"id":"d","ts":1,"name":"ProfileChunk","args":{"data":{"cpuProfile":{"nodes":["#,
    );
    for n in 0..50_000 {
        write!(text, r#"{{"id":{n},"parent":{},"callFrame":{{"functionName":"f{n}"}}}},"#, n - 1).unwrap();
    }
    text.push_str(r#"],"samples":["#);
    (0..200).for_each(|n| write!(text, "{},", 40_000 + n % 2).unwrap());
    text.push_str(r#"]},"timeDeltas":["#);
    (0..200).for_each(|_| text.push_str("1,"));
    write!(text, r#"]}}}}}},{{"ph":"X","ts":1,"name":"deep","args":{}{}}}]"#, "[".repeat(100_000), "]".repeat(100_000))
        .unwrap();
    let started = std::time::Instant::now();
    let recording = open(&text).unwrap();
    assert_eq!(recording.pages.len(), 20_000);
    // Quadratic time would be a multiple of this.
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
}

#[test]
fn nothing_to_read() {
    for text in [
        "[]",
        "{\"traceEvents\":[]}",
        "[1,2,{}]",
        "{\"traceEvents\":[{\"name\":\"a\"",
        "",
        "{\"a\":1}",
        "[{\"ph\":\"X\"}]",
    ] {
        assert!(open(text).is_err(), "{text}");
    }
}

#[test]
fn what_the_page_is_told_to_be() {
    let paint = |ts: u32, url: &str, width: u32| {
        format!(
            r#"{{"ph":"X","dur":1,"pid":7,"tid":7,"ts":{ts},"name":"PaintImage","args":{{"data":{{"frame":"M","url":"{url}","nodeId":3,"nodeName":"IMG","width":{width},"height":10,"srcWidth":400,"srcHeight":300,"srcsetAttribute":"","isCSS":true}}}}}}"#
        )
    };
    let paints = [
        paint(1200000, "https://a.example/i.jpg#x", 20),
        paint(1300000, "https://a.example/i.jpg", 40),
        paint(1400000, "https://a.example/i.jpg", 30),
        paint(1400000, "data:image/gif;base64,AA", 30),
    ];
    let mut events: Vec<&str> = paints.iter().map(String::as_str).collect();
    events.extend([
        r#"{"ph":"I","pid":7,"tid":7,"ts":1150000,"name":"ResourceSendRequest","args":{"data":{"requestId":"7.4","frame":"M","url":"https://a.example/f.woff2","resourceType":"Font"}}}"#,
        r#"{"ph":"X","dur":1,"pid":7,"tid":7,"ts":1160000,"name":"BeginRemoteFontLoad","args":{"id":4,"url":"https://a.example/f.woff2","display":"block"}}"#,
        r#"{"ph":"I","pid":7,"tid":7,"ts":1100000,"name":"ParseMetaViewport","args":{"data":{"frame":"M","content":"width=1024"}}}"#,
        r#"{"ph":"I","pid":7,"tid":7,"ts":1200000,"name":"BeginCommitCompositorFrame","args":{"frame":"M","is_mobile_optimized":true}}"#,
        r#"{"ph":"I","pid":7,"tid":7,"ts":1300000,"name":"BeginCommitCompositorFrame","args":{"frame":"M","is_mobile_optimized":true}}"#,
        r#"{"ph":"I","pid":7,"tid":7,"ts":1400000,"name":"BeginCommitCompositorFrame","args":{"frame":"M","is_mobile_optimized":false}}"#,
        r#"{"ph":"I","pid":7,"tid":7,"ts":1400000,"name":"BeginCommitCompositorFrame","args":{"frame":{},"is_mobile_optimized":"no"}}"#,
        r#"{"ph":"I","pid":7,"tid":7,"ts":1100000,"name":"LinkPreconnect","args":{"data":{"frame":"M","url":"https://cdn.example/"}}}"#,
    ]);
    let recording = page_with(&events);
    let facts = &recording.timeline.facts;
    let main = recording.timeline.main_frame;
    let [image] = &facts.images[..] else { panic!("{:?}", facts.images) };
    assert_eq!((image.at, image.at_largest, image.frame), (Millis(200.0), Millis(300.0), main));
    assert_eq!((image.painted, image.natural, image.is_css), ([40.0, 10.0], [400.0, 300.0], true));
    assert_eq!(recording.text(image.url).expose(), "https://a.example/i.jpg");
    let [font] = &facts.fonts[..] else { panic!("{:?}", facts.fonts) };
    assert_eq!((font.at, font.request), (Millis(160.0), Some(RequestId(1))));
    let checks: Vec<_> = facts.mobile_checks.iter().map(|one| (one.is_optimized, one.first.0, one.last.0)).collect();
    assert_eq!(checks, [(true, 200.0, 300.0), (false, 400.0, 400.0)]);
    assert_eq!((facts.viewport_metas.len(), facts.preconnects.len()), (1, 1));
}
