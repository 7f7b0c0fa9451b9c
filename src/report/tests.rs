//! The report as a whole: its shape, and that no renderer can be made to write markup of others.

use serde_json::Value;

use super::*;
use crate::recording::testing::Made;
use crate::recording::{
    InitiatorKind, Interaction, LargestPaint, Level, NavigationId, PaintKind, Place, Problem, ResourceKind, ShiftWindow,
};
use crate::redact::Share;
use crate::text::Untrusted;
use crate::units::Millis;

fn made() -> Made {
    Made::page("https://shop.example/")
        .milestones(|m| {
            m.first_contentful_paint = Some(Millis(900.0));
            m.largest_contentful_paint = Some(Millis(1500.0));
            m.load = Some(Millis(1800.0));
        })
        .document(|r| r.set_up(5.0, 20.0, 25.0).wait(500.0).receive(30.0).bytes(9_000, 8_500, 30_000))
        .request("https://shop.example/hero.jpg", |r| {
            r.kind(ResourceKind::Image)
                .start(600.0)
                .wait(300.0)
                .receive(500.0)
                .response("x-cache", "MISS")
                .initiator(InitiatorKind::Parser, "https://shop.example/")
                .change(|row| row.is_lcp = true)
        })
        .change(|recording| {
            recording.problems.push(Problem {
                code: "truncated-json",
                level: Level::Warning,
                at: Place { path: Some("log.entries[2]".to_owned()), offset: Some(99) },
                count: 1,
                message: "The file ends early.".to_owned(),
                consequence: "The rest is missing.".to_owned(),
            });
        })
}

fn report_of(made: Made) -> Report {
    let recording = made.recording();
    let sources = [Source { name: Some(Untrusted::new("page.har")), recording: &recording }];
    analyze(&sources, Share::Internal, &[], &mut |_| {})
}

/// What the report hides, the screen may show; no file may, made before or after the screen's, or even of its report.
#[test]
fn no_export_holds_what_the_screen_is_told() {
    const SECRETS: [&str; 4] = ["jane-haddad", "hunter2xyz", "s3ss10nAbcdefghijk", "tok3nAbcdefghijklm"];
    let made = made().request("https://shop.example/jane-haddad/a.js?q=hunter2xyz", |r| {
        r.kind(ResourceKind::Script)
            .start(700.0)
            .wait(900.0)
            .bytes(200_000, 199_000, 600_000)
            .header("authorization", "Bearer tok3nAbcdefghijklm")
            .response("set-cookie", "sid=s3ss10nAbcdefghijk; Path=/")
            .response("cache-control", "max-age=60")
    });
    let recording = made.recording();
    let sources = [Source { name: Some(Untrusted::new("jane-haddad.har")), recording: &recording }];
    let loads = examine(&sources, &[], &mut |_| {});
    let (shown, originals) = build_for_screen(&sources, &loads);
    // There is something to put back, and no cookie or credential in it.
    let known: Vec<&str> = originals.iter().map(|(_, original)| original.as_str()).collect();
    assert!(known.iter().any(|known| known.contains(SECRETS[0])) && known.contains(&SECRETS[1]), "{known:?}");
    assert!(known.iter().all(|known| SECRETS[2..].iter().all(|secret| !known.contains(secret))), "{known:?}");
    let mut reports = vec![shown];
    reports.extend([Share::Internal, Share::Vendor, Share::Public].map(|share| build(&sources, &loads, share)));
    for report in reports {
        let files =
            [html::render, markdown::render, text::render, json::render, csv::render].map(|render| render(&report));
        for file in files {
            assert!(SECRETS.iter().all(|secret| !file.contains(secret)), "{file}");
        }
    }
}

/// Keys of an object, in order.
fn keys(value: &Value) -> Vec<&str> {
    value.as_object().expect("an object").keys().map(String::as_str).collect()
}

#[test]
fn json_has_the_keys_of_the_contract() {
    let json: Value = serde_json::from_str(&json::render(&report_of(made()))).expect("JSON");
    assert_eq!(json["schema"], "weir-report/1");
    assert_eq!(json["share"], "internal");
    let load = &json["loads"][0];
    for key in [
        "recordings",
        "url",
        "title",
        "started",
        "navigation_start_us",
        "verdict",
        "metrics",
        "not_available",
        "attribution",
        "critical_path",
        "requests",
        "main_thread",
        "findings",
        "checks",
    ] {
        assert!(keys(load).contains(&key), "{key}");
    }
    assert_eq!(load["attribution"]["milestone"], "lcp");
    assert_eq!(load["metrics"]["lcp"]["request"], 1);
    assert_eq!(
        load["metrics"]["lcp"]["parts"],
        serde_json::json!({"ttfb": 550.0, "load_delay": 50.0, "load_duration": 800.0, "render_delay": 100.0})
    );
    let unknown: Vec<_> = load["not_available"].as_array().expect("a list").iter().map(|n| &n["metric"]).collect();
    for (metric, figure) in load["metrics"].as_object().expect("an object") {
        assert_eq!(figure.is_null(), unknown.iter().any(|unknown| *unknown == metric), "{metric}");
    }
    let request = &load["requests"][0];
    assert_eq!(request["phases"]["queued"], Value::Null);
    assert_eq!(request["phases"]["wait"], 500.0);
    assert_eq!(request["end"], 580.0);
    assert_eq!(request["transfer_bytes"], 9_000);
    assert_eq!(json["recordings"][0]["problems"][0]["at"], "log.entries[2]");
    assert_eq!(load["checks"].as_array().map(Vec::len), Some(crate::rules::all().count()));
}

#[test]
fn the_main_thread_is_told() {
    let work = made().work(&[
        (0, "RunTask", 600.0, 80.0, ""),
        (1, "FunctionCall", 600.0, 60.0, "https://shop.example/app.js"),
        (2, "Layout", 610.0, 20.0, ""),
    ]);
    let report = report_of(work);
    let json: Value = serde_json::from_str(&json::render(&report)).expect("JSON");
    let main_thread = &json["loads"][0]["main_thread"];
    assert_eq!((&main_thread["tasks_over_50ms"], &main_thread["longest_ms"]), (&1.into(), &80.0.into()));
    assert_eq!(main_thread["by_activity_ms"]["style_and_layout"], 20.0);
    let script = &main_thread["by_script"][0];
    assert_eq!((&script["ms"], &script["caused_ms"]), (&40.0.into(), &20.0.into()));
    assert_eq!(main_thread["long_tasks"][0]["script"], 0);
    for page in [html::render(&report), markdown::render(&report), text::render(&report)] {
        assert!(page.contains("1 task over 50 ms (80 ms)") && page.contains("app.js"), "{page}");
    }
}

#[test]
fn the_same_recording_gives_the_same_bytes_and_reads_back() {
    let (one, other) = (report_of(made()), report_of(made()));
    assert_eq!(json::render(&one), json::render(&other));
    let read: Report = serde_json::from_str(&json::render(&one)).expect("a report");
    assert_eq!(read, one);
}

#[test]
fn a_rule_that_died_is_left_out_and_named() {
    let Some(rule) = crate::rules::all().next() else { return };
    let recording = made().recording();
    let sources = [Source { name: None, recording: &recording }];
    let mut ran = Vec::new();
    let report = analyze(&sources, Share::Internal, &[rule.id], &mut |rule| ran.push(rule));
    assert!(!ran.contains(&rule.id));
    let check = report.loads[0].checks.iter().find(|check| check.rule.as_str() == rule.id).expect("its check");
    assert_eq!(check.outcome, vocabulary::CheckOutcome::NotChecked);
    assert_eq!(check.why.as_ref().map(|why| why.as_str()), Some(build::LEFT_OUT));
}

#[test]
fn milestones_are_taken_apart() {
    let made = made().traced().change(|recording| {
        let (click, node) = (recording.strings.intern("click"), recording.strings.intern("IMG id='hero'"));
        let timeline = &mut recording.timeline;
        timeline.navigations[0].largest_paint = Some(LargestPaint {
            at: Millis(1500.0),
            kind: Some(PaintKind::Image),
            size: None,
            node: None,
            node_name: Some(node),
            is_lazy: false,
            image_url: None,
            request: Some(crate::recording::RequestId(1)),
            n_candidates: 1,
        });
        timeline.interactions.push(Interaction {
            event: click,
            recorded_id: 7,
            start: Millis(2000.0),
            duration: Millis(200.0),
            input_delay: Millis(20.0),
            processing: Millis(100.0),
            presentation_delay: Millis(80.0),
            frame: None,
            node: None,
        });
        timeline.shift_windows.push(ShiftWindow {
            score: 0.125,
            start: Millis(700.0),
            end: Millis(1700.0),
            shifts: 0..0,
            navigation: Some(NavigationId(0)),
        });
        recording.pages[0].milestones.cumulative_layout_shift = Some(0.125);
    });
    let report = report_of(made);
    let json: Value = serde_json::from_str(&json::render(&report)).expect("JSON");
    let metrics = &json["loads"][0]["metrics"];
    assert_eq!((&metrics["lcp"]["kind"], &metrics["lcp"]["request"]), (&"image".into(), &1.into()));
    assert_eq!(metrics["lcp"]["node"], "IMG id='hero'");
    assert_eq!(metrics["inp"]["event"], "click");
    let inp = serde_json::json!({"input_delay": 20.0, "processing": 100.0, "presentation": 80.0});
    assert_eq!((&metrics["inp"]["ms"], &metrics["inp"]["parts"]), (&200.0.into(), &inp));
    assert_eq!(metrics["cls"]["windows"][0]["end"], 1700.0);
    let text = text::render(&report);
    for line in [
        "LCP: image IMG id='hero' after TTFB 550 ms + load delay 50 ms + load 800 ms",
        "INP: click, input delay 20 ms + processing 100 ms + presentation 80 ms",
        "CLS: 0 shifts from 700 ms on",
    ] {
        assert!(text.contains(line), "{text}");
    }
}

/// Replaces every text of a report that is not a word of a vocabulary.
fn poison(value: &mut Value, key: &str, poison_text: &str) {
    const TEXTS: &[&str] = &[
        "schema",
        "version",
        "name",
        "kind",
        "code",
        "at",
        "message",
        "consequence",
        "missing",
        "url",
        "title",
        "started",
        "sentence",
        "engineer",
        "customer",
        "fix",
        "why",
        "text",
        "rule",
        "host",
        "method",
        "mime_type",
        "completion",
        "error",
        "entity",
        "server_ip",
        "vendor",
        "pop",
        "node",
        "browser",
        "how",
        "verdict",
        "answered",
        "validator",
        "kept_by",
        "way",
    ];
    match value {
        Value::Object(members) => members.iter_mut().for_each(|(key, value)| poison(value, key, poison_text)),
        Value::Array(items) => items.iter_mut().for_each(|item| poison(item, key, poison_text)),
        Value::String(text) if TEXTS.contains(&key) && text != "parser" && text != "bound" => {
            *text = poison_text.to_owned();
        }
        _ => {}
    }
}

/// A report whose every text is `text`, with a finding.
fn poisoned(text: &str) -> Report {
    let made = made().work(&[(0, "FunctionCall", 600.0, 60.0, "https://shop.example/app.js")]);
    let mut json: Value = serde_json::from_str(&json::render(&report_of(made))).expect("JSON");
    json["loads"][0]["findings"] = serde_json::json!([{
        "rule": "", "severity": "serious", "topic": "server", "owner": "origin", "title": "", "customer": "",
        "engineer": "", "fix": "", "evidence": [{"request": 0, "text": ""}, {"request": null, "text": ""}],
        "savings": {"milestone": "lcp", "ms": [1.0, 2.0], "bytes": 3, "method": "bound"},
    }]);
    json["loads"][0]["checks"] = serde_json::json!([
        {"rule": "", "title": "", "outcome": "not-checked", "why": ""},
        {"rule": "", "title": "", "outcome": "passed", "why": null},
    ]);
    poison(&mut json, "", text);
    serde_json::from_value(json).expect("a report")
}

#[test]
fn html_holds_no_markup_but_ours() {
    let ours = html::render(&poisoned("x"));
    let theirs = html::render(&poisoned("\"><script>alert(1)</script><img src=x onerror='y'>"));
    let tags = |page: &str| page.matches('<').count();
    assert_eq!(tags(&ours), tags(&theirs));
    assert_eq!(ours.matches('"').count(), theirs.matches('"').count());
    assert!(!theirs.contains("<script") && !theirs.contains("<img"));
    for needed in ["Content-Security-Policy", "<html lang=\"en\">", "<h1>", "data-rule=", "scope=\"col\""] {
        assert!(ours.contains(needed), "{needed}");
    }
}

#[test]
fn markdown_holds_no_markup_but_ours() {
    let theirs = markdown::render(&poisoned("a](javascript:b) <c> | `d` *e*\n# f"));
    for forbidden in ["a](", "<c>", "*e*", "\n# f"] {
        assert!(!theirs.contains(forbidden), "{forbidden}");
    }
    let cells = |page: &str| {
        page.lines().filter(|line| line.starts_with('|')).map(|line| line.matches(" | ").count()).sum::<usize>()
    };
    assert_eq!(cells(&theirs), cells(&markdown::render(&poisoned("x"))));
}

#[test]
fn later_visits_are_told_everywhere() {
    let report = report_of(Made::page("https://shop.example/").request("https://shop.example/a.js", |r| {
        r.kind(ResourceKind::Script).response("cache-control", "max-age=7200").bytes(20_000, 19_800, 60_000)
    }));
    let row = cache_rows::rows(&report.loads[0]).next().expect("a row");
    assert_eq!((row.verdict, row.answered, row.lifetime_s), (Some("short-lived"), Some("network"), Some(7200)));
    assert_eq!((row.validator, row.kept_by), ("none", Some("shared")));
    assert_eq!(row.visits, [Some("cache"), Some("download"), Some("download")]);
    let line = "After 1 day: 0 of 1 request from the cache, 0 asked about and unchanged, 1 fetched again; 20 KB to transfer \
                instead of 20 KB";
    for page in [html::render(&report), markdown::render(&report), text::render(&report)] {
        let page: Vec<_> = page.split_whitespace().collect();
        assert!(page.join(" ").contains(line), "{page:?}");
    }
}

#[test]
fn csv_holds_no_formula() {
    for text in ["=cmd()", "+1", "-1", "@x", "\t=1", "a\",=1"] {
        let csv = csv::render(&poisoned(text));
        for line in csv.lines().skip(1) {
            for field in line.split(',') {
                let field = field.trim_start_matches('"');
                assert!(!field.starts_with(['=', '+', '@', '\t']) || text.contains(','), "{line}");
            }
        }
        assert_eq!(csv.lines().count(), 3, "{csv}");
    }
}

#[test]
fn text_holds_no_terminal_control() {
    let text = text::render(&poisoned("\u{1b}]0;owned\u{7}\u{202e}"));
    assert!(!text.contains(['\u{1b}', '\u{7}', '\u{202e}']));
}

#[test]
fn no_recording_is_told_as_such() {
    let report = report_of(Made::page("https://shop.example/"));
    assert!(report.loads[0].attribution.is_none());
    assert_eq!(report.loads[0].critical_path, []);
    for page in [html::render(&report), markdown::render(&report), text::render(&report)] {
        assert!(page.contains("nothing was loaded"), "{page}");
    }
}

#[test]
fn nothing_loaded_is_one_reason_not_many() {
    let report = report_of(Made::page("https://shop.example/"));
    for page in [html::render(&report), markdown::render(&report), text::render(&report)] {
        assert_eq!(page.matches("Speed Index: nothing was loaded").count(), 1, "{page}");
        let rules = crate::rules::all().filter(|rule| page.contains(&format!("{}: the recording", rule.title)));
        assert_eq!(rules.count(), 0, "{page}");
    }
}

#[test]
fn long_addresses_stand_whole_where_they_are_looked_up() {
    let long = format!("https://shop.example/api/{}?page=1", "items/".repeat(60));
    let page = Made::page("https://shop.example/").document(|r| r);
    let report = report_of(page.request(&long, |r| r.kind(ResourceKind::Fetch).status(500)));
    assert!(report.loads[0].verdict.engineer.as_str().contains("https://shop.example/…/?…"));
    assert_eq!(html::render(&report).matches(&long).count(), 1);
    assert_eq!(csv::render(&report).matches(&long).count(), 1);
    for page in [markdown::render(&report), text::render(&report)] {
        assert_eq!(page.matches(&long).count(), 0, "{page}");
    }
}

#[test]
fn gains_tell_of_what_they_are() {
    use crate::report::schema::SavingsReport;
    use crate::report::vocabulary::{Metric, SavingsMethod};
    use crate::report::words::Audience;
    #[track_caller]
    fn check(savings: SavingsReport, customer: Option<&str>, engineer: Option<&str>) {
        let gain = |audience| phrases::gain(&savings, audience).map(|gain| gain.to_string());
        assert_eq!(gain(Audience::Customer).as_deref(), customer);
        assert_eq!(gain(Audience::Engineer).as_deref(), engineer);
    }
    let savings =
        |milestone, from, to, method| SavingsReport { milestone, unrecorded: false, ms: [from, to], bytes: 0, method };
    check(
        savings(Some(Metric::Lcp), 620.0, 890.0, SavingsMethod::Simulated),
        Some("main content on screen about 0.6 to 0.9 seconds sooner"),
        Some("620–890 ms of LCP (simulated)"),
    );
    check(
        savings(Some(Metric::Load), 0.0, 330.4, SavingsMethod::Bound),
        Some("page and its files loaded up to 0.3 seconds sooner"),
        Some("up to 330 ms of load"),
    );
    check(
        SavingsReport { unrecorded: true, ..savings(Some(Metric::Fcp), 0.0, 330.4, SavingsMethod::Bound) },
        Some("first content on screen up to 0.3 seconds sooner"),
        Some("up to 330 ms of the time to the first content"),
    );
    check(
        savings(None, 0.0, 70.0, SavingsMethod::Measured),
        Some("up to 0.1 seconds sooner"),
        Some("up to 70 ms of the load (measured)"),
    );
    check(savings(None, 0.0, 0.0, SavingsMethod::Bound), None, None);
    let bytes = SavingsReport { bytes: 1_234_567, ..savings(None, 0.0, 0.0, SavingsMethod::Bound) };
    check(bytes, Some("1.2 MB less to transfer"), Some("1,234,567 bytes less to transfer (at most)"));
}
