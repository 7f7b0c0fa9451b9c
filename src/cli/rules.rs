//! `weir rules`: the documentation of the rules.

use serde_json::json;

use crate::cli::arguments::{Format, Rules};
use crate::cli::{Done, Failure, output};
use crate::report::vocabulary::{Severity, TopicName};
use crate::rules::{self, Rule};

/// Runs it.
pub fn run(options: &Rules) -> Result<Done, Failure> {
    let rules: Vec<&'static Rule> = match &options.id {
        None => rules::all().collect(),
        Some(id) => rules::all().filter(|rule| rule.id == id).collect(),
    };
    if rules.is_empty() && options.id.is_some() {
        return Err(Failure("there is no rule of this id. `weir rules` lists them.".to_owned()));
    }
    let text = match options.format {
        Format::Json => json(&rules, options.id.is_some()),
        Format::Text if options.id.is_none() => list(&rules),
        _ => rules.iter().map(|rule| documentation(rule)).collect::<Vec<_>>().join("\n"),
    };
    output::to_stdout(&text)?;
    Ok(Done::Fine)
}

/// A line for each rule, by topic.
fn list(rules: &[&Rule]) -> String {
    let width = rules.iter().map(|rule| rule.id.len()).max().unwrap_or_default();
    let mut text = String::new();
    let mut topic = None;
    for rule in rules {
        if topic != Some(rule.topic) {
            if topic.is_some() {
                text.push('\n');
            }
            text.push_str(TopicName::from(rule.topic).word());
            text.push('\n');
            topic = Some(rule.topic);
        }
        let severity = Severity::from(rule.severity).word();
        text.push_str(&format!("  {:<width$}  {severity:<8}  {}\n", rule.id, rule.title));
    }
    text
}

fn json(rules: &[&Rule], with_docs: bool) -> String {
    let rules: Vec<_> = rules
        .iter()
        .map(|rule| {
            let mut entry = json!({
                "id": rule.id,
                "title": rule.title,
                "topic": TopicName::from(rule.topic).word(),
                "severity": Severity::from(rule.severity).word(),
            });
            if let (true, Some(entry)) = (with_docs, entry.as_object_mut()) {
                entry.insert("documentation".to_owned(), documentation(rule).into());
            }
            entry
        })
        .collect();
    let mut text = serde_json::to_string_pretty(&json!({"schema": "weir-rules/1", "rules": rules})).unwrap_or_default();
    text.push('\n');
    text
}

/// The rule's documentation as Markdown under its title.
fn documentation(rule: &Rule) -> String {
    let severity = Severity::from(rule.severity).word();
    let mut text = format!("# {}\n\n`{}`, at most {severity}, since {}\n\n", rule.title, rule.id, rule.since);
    for line in rule.docs.lines() {
        text.push_str(line.strip_prefix(' ').unwrap_or(line)); // what stands behind `///`
        text.push('\n');
    }
    text
}
