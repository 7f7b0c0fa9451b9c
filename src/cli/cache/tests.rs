//! What goes in and out, line by line.

use std::io::BufReader;

use serde_json::{Value, json};

use super::*;

fn answers(lines: &str) -> Vec<Value> {
    let mut out = Vec::new();
    answer_all(BufReader::new(lines.as_bytes()), &mut out).expect("memory");
    let out = String::from_utf8(out).expect("UTF-8");
    out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

#[test]
fn the_shape() {
    let line = r#"{"request":[["accept","*/*"]],"response":[["Date","Sun, 01 Mar 2026 12:00:00 GMT"],["Cache-Control","max-age=60"]],
        "method":"GET","url":"https://a.example/","status":200,"request_time":1772366400,"response_time":1772366400.1,"now":1772366430.1}"#;
    let used = json!({"storable": true, "lifetime_s": 60, "heuristic": false, "age_s": 30.1, "fresh": true,
        "must_revalidate": false, "reusable": true, "stale_while_revalidate_s": 0, "stale_if_error_s": 0,
        "why": "max-age is longer than its age"});
    let browser = json!({"stored": true, "lifetime_s": 60, "reuse": "cache"});
    let expected = json!({
        "private": used, "shared": used,
        "cdn": {"vendor": null, "status": null, "storable": true, "lifetime_s": 60, "must_revalidate": false,
                "pop": null, "edge_ms": null, "origin_ms": null,
                "why": "no CDN is recognized; Cache-Control counts as for any shared cache"},
        "browsers": {"chrome": browser, "firefox": browser, "safari": browser},
        "vary_matches": null, "updated": null
    });
    assert_eq!(answers(&line.replace('\n', "")), [expected]);
}

#[test]
fn a_stored_response() {
    let line = |now: &str| {
        format!(
            r#"{{"request":[["Foo","1"]],"status":304,"response":[["ETag","\"a\""],["cache-control","max-age={now}"]],
            "stored":{{"request":[["foo","1"]],"response":[["ETag","\"a\""],["Vary","Foo"],["X","1"]]}}}}"#
        )
        .replace('\n', "")
    };
    let found = answers(&line("60"));
    assert_eq!(found[0]["vary_matches"], true);
    assert_eq!(
        found[0]["updated"],
        json!([["vary", "Foo"], ["x", "1"], ["etag", "\"a\""], ["cache-control", "max-age=60"]])
    );
    assert_eq!(found[0]["private"]["lifetime_s"], 60);
    let reuse = r#"{"request":[],"stored":{"request":[["foo","1"]],"response":[["vary","foo"],["cache-control","max-age=9"]]}}"#;
    let found = answers(reuse);
    assert_eq!((&found[0]["vary_matches"], &found[0]["private"]["reusable"]), (&json!(false), &json!(false)));
    assert_eq!(found[0]["private"]["fresh"], true);
}

#[test]
fn unreadable_lines_are_answered() {
    let good = r#"{"response":[]}"#;
    let deep = format!("{{\"response\":{}", "[".repeat(200_000));
    for (bad, code) in [
        ("", "not-json"),
        ("hello secret", "not-json"),
        ("{\"response\":[]", "not-json"),
        ("[]", "not-an-exchange"),
        ("{}", "not-an-exchange"),
        ("{\"response\":[[\"a\"]]}", "not-an-exchange"),
        ("{\"response\":[[\"a\",5]]}", "not-an-exchange"),
        ("{\"response\":[],\"status\":\"secret\"}", "not-an-exchange"),
        ("{\"response\":[],\"status\":70000}", "not-an-exchange"),
        ("{\"response\":[],\"now\":1e999}", "not-json"),
        (&deep, "not-an-exchange"),
    ] {
        let found = answers(&format!("{bad}\n{good}\n"));
        assert_eq!(found[0]["error"]["code"], code, "{bad}");
        assert!(!found[0].to_string().contains("secret"), "the message holds nothing of the line");
        assert_eq!((found.len(), &found[1]["private"]["storable"]), (2, &json!(true)));
    }
}

#[test]
fn header_lines_are_taken_apart() {
    #[track_caller]
    fn check(value: &str, expected: u64) {
        let found = answers(&json!({"response": [["Cache-Control", value]]}).to_string());
        assert_eq!(found[0]["private"]["lifetime_s"], expected, "{value}");
    }
    check("  max-age=5\t", 5);
    check("public\nmax-age=6", 6);
    check("public,\r\n  max-age=7", 7);
    check("x=\"\r\n max-age=8\"", 0);
    let found =
        answers(r#"{"response":[[":status","200"],["age","1\n2"]],"request_time":1e308,"response_time":-1e308}"#);
    assert_eq!(found[0]["private"]["age_s"], 1);
}
