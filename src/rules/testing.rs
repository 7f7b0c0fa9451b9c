//! For the rules' tests: recordings made by hand in a few lines, and one function to check a rule.

use crate::page_load::PageLoad;
use crate::recording::testing::Made;
use crate::rules::{Outcome, Rule};

/// What `rule` says of the first page of a made recording.
pub fn outcome(rule: &Rule, made: Made) -> Outcome {
    let recording = made.recording();
    let loads = PageLoad::all(&recording);
    crate::rules::run(rule, loads.first().expect("a page"))
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
