//! For the rules' tests: recordings made by hand in a few lines, and one function to check a rule.

use crate::page_load::PageLoad;
use crate::recording::testing::Made;
use crate::rules::text::Part;
use crate::rules::{Finding, Message, Outcome, Rule};

/// What `rule` says of the first page of a made recording.
pub fn outcome(rule: &Rule, made: Made) -> Outcome {
    let recording = made.recording();
    let loads = PageLoad::all(&recording);
    let outcome = crate::rules::run(rule, loads.first().expect("a page"));
    if let Outcome::Found(findings) = &outcome {
        findings.iter().flat_map(texts).for_each(|text| assert!(is_tidy(text), "spaces: {text:?}"));
    }
    outcome
}

fn texts(finding: &Finding) -> impl Iterator<Item = &Message> {
    let evidence = finding.evidence.iter().map(|evidence| &evidence.text);
    [&finding.customer, &finding.engineer, &finding.fix].into_iter().chain(evidence)
}

/// Whether a text neither begins nor ends with a space and nowhere has two.
fn is_tidy(message: &Message) -> bool {
    let words = message.0.iter().map(|part| match part {
        Part::Text(text) => *text,
        _ => "x",
    });
    let text: String = words.collect();
    text.trim() == text && !text.contains("  ")
}

/// Checks what `rule` says: `found`, `passed`, `not-applicable` or `not-checked`.
#[track_caller]
pub fn check_rule(rule: &Rule, made: Made, expected: &str) {
    let outcome = outcome(rule, made);
    let word = match &outcome {
        Outcome::Found(findings) if findings.is_empty() => "found without a finding",
        Outcome::Found(_) => "found",
        Outcome::Passed => "passed",
        Outcome::NotApplicable(_) => "not-applicable",
        Outcome::NotChecked(_) => "not-checked",
    };
    assert_eq!(word, expected, "{outcome:?}");
}

#[test]
fn spaces_are_seen() {
    use crate::rules::text::message;
    for (text, expected) in [
        (message!["a", " ", "b"], true),
        (message!["a ", " b"], false),
        (message![" a"], false),
        (message!["a. ", ""], false),
        (message!["a. ", 3_u64], true),
    ] {
        assert_eq!(is_tidy(&text), expected, "{text:?}");
    }
}
