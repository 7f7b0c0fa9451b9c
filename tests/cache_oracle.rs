//! `http::freshness` against the RFC answers that lie beside the project; passes where they are not at hand.

use weir::http::freshness::{Basis, Cache, Exchange, Policy};

#[test]
fn oracle() {
    let Ok(shared) = std::env::var("WEIR_SHARED") else { return };
    let text = std::fs::read_to_string(format!("{shared}/oracle/cache/cases.json")).expect("the oracle");
    let cases: Vec<serde_json::Value> = serde_json::from_str(&text).expect("JSON");
    let mut wrong = Vec::new();
    for case in &cases {
        wrong.extend(wrong_answers(case));
    }
    assert!(wrong.is_empty(), "{} of {} cases: {wrong:#?}", wrong.len(), cases.len());
}

fn wrong_answers(case: &serde_json::Value) -> Vec<String> {
    let lines = |message: &str| -> Vec<(String, String)> {
        let lines = case[message]["headers"].as_array().expect("headers");
        lines
            .iter()
            .map(|l| {
                (
                    l[0].as_str().unwrap_or_default().to_ascii_lowercase(),
                    l[1].as_str().unwrap_or_default().trim_matches([' ', '\t']).to_owned(),
                )
            })
            .collect()
    };
    let (request, response) = (lines("request"), lines("response"));
    let request: Vec<(&str, &str)> = request.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let response: Vec<(&str, &str)> = response.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let exchange = Exchange {
        method: case["request"]["method"].as_str().unwrap_or_default(),
        url: case["request"]["url"].as_str().unwrap_or_default(),
        status: case["response"]["status"].as_u64().unwrap_or_default() as u16,
        request: &request,
        response: &response,
        request_time: case["request_time"].as_i64(),
        response_time: case["response_time"].as_i64(),
    };
    let elapsed = case["now"].as_i64().unwrap_or_default() - case["response_time"].as_i64().unwrap_or_default();
    let mut wrong = Vec::new();
    for (cache, suffix, plain) in [(Cache::Private, "_private", ""), (Cache::Shared, "_shared", "_shared")] {
        let policy = Policy::of(&exchange, cache);
        let age = policy.age_on_arrival.0 as i64 + elapsed;
        let fresh = policy.storable && age < policy.lifetime.0 as i64;
        let lifetime = policy.storable.then_some(policy.lifetime.0);
        let answers = [
            (format!("storable{suffix}"), serde_json::json!(policy.storable)),
            (format!("freshness_lifetime_s{suffix}"), serde_json::json!(lifetime)),
            ("age_s".to_owned(), serde_json::json!(age)),
            (format!("is_fresh{plain}"), serde_json::json!(fresh)),
            (format!("must_revalidate{plain}"), serde_json::json!(policy.must_revalidate)),
            (format!("reusable{suffix}"), serde_json::json!(fresh && !policy.asks_always)),
            (format!("swr_s{plain}"), serde_json::json!(policy.stale_while_revalidate.0)),
            (format!("sie_s{plain}"), serde_json::json!(policy.stale_if_error.0)),
            (format!("uses_heuristic{plain}"), serde_json::json!(policy.storable && policy.basis == Basis::Heuristic)),
        ];
        for (field, got) in answers {
            let expected = &case["expected"][&field];
            let acceptable = case["acceptable"][&field].as_array();
            let right = got == *expected || acceptable.is_some_and(|all| all.contains(&got));
            if !right {
                wrong.push(format!(
                    "{} {}: {field} is {got}, not {expected}: {}",
                    case["id"], case["name"], case["response"]
                ));
            }
        }
    }
    wrong
}
