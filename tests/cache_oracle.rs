//! `http` against the RFC's answers, the browsers' and the CDNs' that lie beside the project, by the rules written
//! there. Folders that are not at hand are told as skipped.

use serde_json::{Value, json};
use weir::http::browsers::{Lifetime, Reuse, Verdict};
use weir::http::cache_status::{self, CacheStatus};
use weir::http::cdn::{self, Cdn, EdgeStatus, Side};
use weir::http::exchange::Exchange;
use weir::http::freshness::Basis;
use weir::http::judgment::{self, Judgment, Use};
use weir::http::structured;
use weir::http::vary::{self, Compare};
use weir::http::{server_timing, validation};
use weir::units::WallTime;

/// Cases where we think that the oracle is wrong, with the field.
const DISPUTED: [(&str, &str); 1] = [
    // A 403 to a POST with `Expires: -1`. The oracle says that Safari stores it, because its model ends at the date
    // before it looks at the method. Of POST, RFC 9110 §9.3.3 lets only answers with explicit freshness and a
    // `Content-Location` of the same address be used later; browsers keep none, and the oracle's own answers for all
    // other POSTs say so.
    ("random-0131", "safari"),
];

/// Runs `wrong` over the cases of a file; it tells what is wrong with each.
fn check(file: &str, wrong: impl Fn(&Value) -> Vec<String>) {
    let shared = std::env::var("WEIR_SHARED").unwrap_or_else(|_| "../shared".to_owned());
    let Ok(text) = std::fs::read_to_string(format!("{shared}/oracle/cache/{file}")) else {
        println!("skipped: {file} is not at hand (WEIR_SHARED)");
        return;
    };
    let cases: Vec<Value> = serde_json::from_str(&text).expect("JSON");
    let failed: Vec<_> = cases.iter().map(&wrong).filter(|wrong| !wrong.is_empty()).collect();
    println!("{file}: {} of {} cases", cases.len() - failed.len(), cases.len());
    assert!(failed.is_empty(), "{file}: {} of {} cases are wrong: {failed:#?}", failed.len(), cases.len());
}

#[test]
fn cases() {
    check("cases.json", |case| with_case(case, |judgment| wrong_policies(case, judgment)));
}

#[test]
fn browsers() {
    check("cases.json", |case| with_case(case, |judgment| wrong_browsers(case, judgment)));
}

#[test]
fn targeted() {
    check("targeted.json", |case| {
        let response = lines(&case["response_headers"]);
        let response = refs(&response);
        let judgment = judge("GET", "https://a.example/x.js", 200, &[], &response, [None; 3]);
        let lifetime = |storable: bool, seconds: u64| storable.then_some(seconds);
        let (cdn, private) = (&judgment.cdn_policy, &judgment.private.policy);
        let mut answers = vec![
            ("used", json!(judgment.targeted_by.unwrap_or("cache-control"))),
            ("storable_cdn", json!(cdn.storable)),
            ("freshness_lifetime_s_cdn", json!(lifetime(cdn.storable, cdn.lifetime.0))),
            ("freshness_lifetime_s_browser", json!(lifetime(private.storable, private.lifetime.0))),
            ("storable_browser", json!(private.storable)),
        ];
        if !case["expected"]["must_revalidate_cdn"].is_null() {
            answers.push(("must_revalidate_cdn", json!(cdn.must_revalidate)));
        }
        compare(case, &answers)
    });
}

#[test]
fn vary() {
    check("vary.json", |case| {
        let (stored, presented) = (lines(&case["stored_request"]), lines(&case["presented_request"]));
        let vary = || case["vary"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let matches = |how| json!(vary::matches(vary(), &refs(&stored), &refs(&presented), how));
        compare(
            case,
            &[
                ("match", matches(Compare::Strictly)),
                ("match_with_semantic_normalisation", matches(Compare::ByMeaning)),
            ],
        )
    });
}

#[test]
fn updates() {
    check("update304.json", |case| {
        let stored = lines(&case["stored_response"]["headers"]);
        let answer = lines(&case["not_modified"]["headers"]);
        let (stored, answer) = (refs(&stored), refs(&answer));
        let selected = validation::confirms(&answer, &stored);
        let mut answers = vec![("selected", json!(selected))];
        let merged = validation::updated(&stored, &answer);
        if selected {
            let joined = |name: &str| -> String {
                let values = merged.iter().filter(|line| line.0 == name).map(|line| line.1);
                values.collect::<Vec<_>>().join(", ")
            };
            let all: serde_json::Map<_, _> =
                merged.iter().map(|line| (line.0.to_owned(), json!(joined(line.0)))).collect();
            answers.push(("merged", Value::Object(all)));
        }
        compare(case, &answers)
    });
}

#[test]
fn cache_status() {
    check("cache-status.json", |case| {
        let lines = case["header_lines"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let text = structured::joined(lines).unwrap_or_default();
        let parsed = cache_status::parse(&text);
        let verdict = parsed.as_deref().and_then(cache_status::verdict).map(EdgeStatus::word);
        let members = parsed.as_deref().map(|all| all.iter().map(member).collect::<Vec<_>>());
        let mut answers = vec![("verdict", json!(verdict)), ("members", json!(members))];
        if !case["expected"]["upstream_hit"].is_null() {
            answers.push(("upstream_hit", json!(parsed.as_deref().and_then(cache_status::upstream_hit))));
        }
        // What is of the wrong type we do not keep, and tokens in place of strings we do not tell apart.
        let mut case = case.clone();
        for member in case["expected"]["members"].as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut)
        {
            let token = member.remove("key_token");
            token.map(|token| member.insert("key".to_owned(), token));
            let invalid = member.keys().filter(|key| key.ends_with("_invalid")).cloned().collect::<Vec<_>>();
            if invalid.into_iter().filter_map(|key| member.remove(&key)).count() != 0 {
                member.insert("has_invalid".to_owned(), json!(true));
            }
        }
        compare(&case, &answers)
    });
}

#[test]
fn cdns() {
    check("cdn.json", |case| {
        let response = lines(&case["response_headers"]);
        let response = refs(&response);
        let exchange = Exchange {
            method: "GET",
            url: case["url"].as_str().unwrap_or_default(),
            status: case["status"].as_u64().unwrap_or_default() as u16,
            request: &[],
            response: &response,
            request_time: None,
            response_time: None,
        };
        wrong_cdn(case, &cdn::read(&exchange), &exchange)
    });
}

fn with_case(case: &Value, wrong: impl Fn(&Judgment<'_>) -> Vec<String>) -> Vec<String> {
    let (request, response) = (lines(&case["request"]["headers"]), lines(&case["response"]["headers"]));
    let (request, response) = (refs(&request), refs(&response));
    let times = ["request_time", "response_time", "now"]
        .map(|name| case[name].as_f64().map(|seconds| WallTime(seconds * 1000.0)));
    let method = case["request"]["method"].as_str().unwrap_or_default();
    let url = case["request"]["url"].as_str().unwrap_or_default();
    let status = case["response"]["status"].as_u64().unwrap_or_default() as u16;
    wrong(&judge(method, url, status, &request, &response, times))
}

fn judge<'a>(
    method: &'a str,
    url: &'a str,
    status: u16,
    request: &'a [(&'a str, &'a str)],
    response: &'a [(&'a str, &'a str)],
    [request_time, response_time, now]: [Option<WallTime>; 3],
) -> Judgment<'a> {
    judgment::judge(&Exchange { method, url, status, request, response, request_time, response_time }, now)
}

fn wrong_policies(case: &Value, judgment: &Judgment<'_>) -> Vec<String> {
    let mut wrong = Vec::new();
    for (cache, suffix, plain) in [(&judgment.private, "_private", ""), (&judgment.shared, "_shared", "_shared")] {
        let Use { policy, age, is_fresh, is_reusable, .. } = cache;
        let answers = [
            (format!("storable{suffix}"), json!(policy.storable)),
            (format!("freshness_lifetime_s{suffix}"), json!(policy.storable.then_some(policy.lifetime.0))),
            ("age_s".to_owned(), json!((age.0 / 1000.0) as u64)),
            (format!("is_fresh{plain}"), json!(is_fresh)),
            (format!("must_revalidate{plain}"), json!(policy.must_revalidate)),
            (format!("reusable{suffix}"), json!(is_reusable)),
            (format!("swr_s{plain}"), json!(policy.stale_while_revalidate.0)),
            (format!("sie_s{plain}"), json!(policy.stale_if_error.0)),
            (format!("uses_heuristic{plain}"), json!(policy.storable && policy.basis == Basis::Heuristic)),
        ];
        let answers: Vec<_> = answers.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
        wrong.extend(compare(case, &answers));
    }
    wrong
}

fn wrong_browsers(case: &Value, judgment: &Judgment<'_>) -> Vec<String> {
    let told = |verdict: &Verdict| {
        let lifetime = match verdict.lifetime {
            Lifetime::Seconds(seconds) => json!(seconds as u64),
            Lifetime::Forever => json!("infinite"),
            Lifetime::Unknown => Value::Null,
        };
        json!({"stored": verdict.stored, "lifetime_s": lifetime, "reuse": verdict.reuse.map(Reuse::word),
               "why": verdict.why.word()})
    };
    let all = &judgment.browsers;
    let mut wrong = Vec::new();
    for (name, verdict) in [("chrome", &all.chrome), ("firefox", &all.firefox), ("safari", &all.safari)] {
        let (got, expected) = (told(verdict), &case["browser_model"][name]);
        let is_disputed = DISPUTED.iter().any(|(id, field)| case["id"] == *id && *field == name);
        assert!(!is_disputed || got != *expected, "{} is disputed no more", case["id"]);
        if got != *expected && !is_disputed {
            wrong.push(format!("{} {name} is {got}, not {expected}: {}", case["id"], case["response"]));
        }
    }
    wrong
}

fn wrong_cdn(case: &Value, cdn: &Cdn<'_>, exchange: &Exchange<'_>) -> Vec<String> {
    let expected = &case["expected"];
    let front = cdn.front();
    let word = |status: Option<EdgeStatus>| json!(status.map(EdgeStatus::word));
    let number = |number: Option<f64>| {
        number.map_or(Value::Null, |number| if number.fract() == 0.0 { json!(number as u64) } else { json!(number) })
    };
    let mut answers = vec![
        ("cdn", json!(front.map(|front| front.vendor.name()))),
        ("cache", word(front.and_then(|front| front.status))),
        ("pop", json!(front.and_then(|front| front.pop))),
        ("origin_ms", number(cdn.origin_ms)),
        ("edge_ms", number(cdn.edge_ms)),
    ];
    let shield = front.and_then(|front| front.shield).map_or(Value::Null, |shield| match shield.pop {
        Some(pop) => json!({"cache": word(shield.status), "pop": pop}),
        None => json!({"cache": word(shield.status)}),
    });
    let upstream: Vec<_> = cdn.layers.iter().skip(1).collect();
    let upstream =
        upstream.iter().map(|layer| json!({"cdn": layer.vendor.name(), "cache": word(layer.status), "pop": layer.pop}));
    let timings = exchange.response_lines("server-timing").flat_map(server_timing::parse);
    let timings = timings.map(|metric| {
        let mut told = json!({"name": metric.name});
        if metric.duration.is_some() {
            told["dur"] = number(metric.duration);
        }
        if let Some(text) = metric.description {
            told["desc"] = json!(text);
        }
        told
    });
    let side = |side| match side {
        Side::Edge => "edge",
        Side::Origin => "origin",
    };
    let extra = [
        ("origin_contacted", json!(cdn.origin_contacted())),
        ("shield", shield),
        ("upstream", upstream.collect()),
        ("server_timing", timings.collect()),
        ("origin_region", json!(front.and_then(|front| front.origin_region))),
        ("background_refresh", json!(front.is_some_and(|front| front.refreshes))),
        ("mitigated", json!(cdn.mitigated)),
        ("cdn_internal", json!(cdn.internal)),
        ("worker_ms", number(cdn.worker_ms)),
        ("edge_total_ms", number(cdn.edge_total_ms)),
        ("tcp_rtt_ms", number(cdn.tcp.and_then(|tcp| tcp.rtt_ms))),
        ("tcp_lost", json!(cdn.tcp.and_then(|tcp| tcp.lost))),
        ("tcp_retrans", json!(cdn.tcp.and_then(|tcp| tcp.retransmitted))),
        ("error", cdn.error.map_or(Value::Null, |error| json!({"code": error.code, "side": side(error.side)}))),
    ];
    answers.extend(extra.into_iter().filter(|(name, _)| expected.get(name).is_some()));
    compare(case, &answers)
}

/// Only what is there, as the oracle writes it.
fn member(status: &CacheStatus) -> Value {
    let all = [
        ("cache", json!(status.cache)),
        ("hit", json!(status.hit)),
        ("fwd", json!(status.forward)),
        ("fwd_status", json!(status.forward_status)),
        ("ttl", json!(status.ttl)),
        ("stored", json!(status.stored)),
        ("collapsed", json!(status.collapsed)),
        ("key", json!(status.key)),
        ("detail", json!(status.detail)),
        ("has_invalid", if status.has_invalid { json!(true) } else { Value::Null }),
    ];
    all.into_iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| (name.to_owned(), value)).collect()
}

/// An answer is right if it is the expected one or one of the acceptable.
fn compare(case: &Value, answers: &[(&str, Value)]) -> Vec<String> {
    let is_right = |name: &str, got: &Value| match case["acceptable"][name].as_array() {
        Some(all) => all.contains(got),
        None => *got == case["expected"][name],
    };
    let wrong = answers.iter().filter(|(name, got)| !is_right(name, got));
    wrong
        .map(|(name, got)| format!("{}: {name} is {got}, not {}: {case}", case["id"], case["expected"][name]))
        .collect()
}

/// Names in lower case, values without white space around them.
fn lines(headers: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let pairs = headers.as_array().expect("headers").iter();
    pairs
        .map(|line| (text(&line[0]).to_ascii_lowercase(), text(&line[1]).trim_matches([' ', '\t']).to_owned()))
        .collect()
}

fn refs(lines: &[(String, String)]) -> Vec<(&str, &str)> {
    lines.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}
