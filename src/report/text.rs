//! The report as plain text of at most 80 columns: what `weir analyze` prints.
//!
//! Problems of the input are not in it: the command line tells them on stderr.

use std::collections::BTreeSet;

use crate::report::delivery;
use crate::report::escape::plain;
use crate::report::format;
use crate::report::phrases;
use crate::report::schema::{FindingReport, LoadReport, Report};
use crate::report::vocabulary::CheckOutcome;
use crate::report::words::Audience;
use crate::units::{Millis, Ratio};

/// Columns of a line.
const WIDTH: usize = 80;

/// Cells of the bar of one owner.
const BAR: usize = 20;

/// Pieces of evidence told for each finding; all of them are in the other formats.
const MOST_EVIDENCE: usize = 5;

/// Renders it.
pub fn render(report: &Report) -> String {
    let mut out = String::new();
    for (at, load) in report.loads.iter().enumerate() {
        if at != 0 {
            out.push('\n');
            out.push_str(&"=".repeat(WIDTH));
            out.push_str("\n\n");
        }
        render_load(&mut out, report, load);
    }
    if report.loads.is_empty() {
        paragraph(&mut out, "Nothing was loaded in this recording.", 0, 0);
    }
    out
}

fn render_load(out: &mut String, report: &Report, load: &LoadReport) {
    paragraph(out, load.verdict.sentence.as_str(), 0, 0);
    if load.verdict.engineer != load.verdict.sentence {
        paragraph(out, load.verdict.engineer.as_str(), 0, 0);
    }
    out.push('\n');
    facts(out, report, load);
    where_the_time_went(out, load);
    let metrics: Vec<String> = phrases::known_metrics(&load.metrics)
        .into_iter()
        .map(|(metric, figure)| format!("{} {}", metric.short(), figure.as_str()))
        .collect();
    if !metrics.is_empty() {
        heading(out, "Milestones");
        paragraph(out, &metrics.join(" · "), 2, 2);
    }
    for line in phrases::breakdowns(&load.metrics) {
        paragraph(out, line.as_str(), 2, 4);
    }
    main_thread(out, load);
    let later = phrases::later_visits(load);
    if !later.is_empty() {
        heading(out, phrases::later_visits_heading(load).as_str());
    }
    for line in later {
        paragraph(out, line.as_str(), 2, 4);
    }
    let delivered = delivery::lines(load);
    if !delivered.is_empty() {
        heading(out, delivery::HEADING);
    }
    for line in delivered {
        paragraph(out, line.as_str(), 2, 4);
    }
    if load.findings.is_empty() {
        heading(out, "Findings: none");
    } else {
        heading(out, &format!("Findings: {}", load.findings.len()));
    }
    let mut told = BTreeSet::new();
    for (at, finding) in load.findings.iter().enumerate() {
        if at != 0 {
            out.push('\n');
        }
        render_finding(out, load, at + 1, finding, &mut told);
    }
    not_checked(out, load);
}

fn facts(out: &mut String, report: &Report, load: &LoadReport) {
    if let Some(url) = &load.url {
        paragraph(out, url.as_str(), 2, 4);
    }
    let mut facts = Vec::new();
    if let Some(started) = &load.started {
        facts.push(format!("recorded {}", started.as_str()));
    }
    for at in &load.recordings {
        let recording = usize::try_from(*at).ok().and_then(|at| report.recordings.get(at));
        facts.extend(recording.and_then(phrases::tools).map(|tools| tools.to_string()));
    }
    facts.push(format::counted(load.requests.len() as u64, "request", "requests").to_string());
    facts.extend(phrases::joined(load).map(|joined| joined.to_string()));
    paragraph(out, &facts.join(" · "), 2, 2);
}

fn where_the_time_went(out: &mut String, load: &LoadReport) {
    let Some(attribution) = &load.attribution else { return };
    let total = format::exact_time(Millis(attribution.ms));
    heading(out, &format!("Where the time went, up to {}: {}", attribution.milestone.short(), total.as_str()));
    for part in &attribution.parts {
        let share = phrases::share_of(part.ms, attribution.ms);
        let filled = ((share * BAR as f64).round() as usize).min(BAR);
        let bar = format!("{}{}", "█".repeat(filled), "░".repeat(BAR - filled));
        let time = format::exact_time(Millis(part.ms)).to_string();
        let percent = format::percent(Ratio(share)).to_string();
        out.push_str(&format!(
            "  {:<14} {bar} {time:>10} {percent:>5}  {}\n",
            part.owner.label(),
            part.certainty.word()
        ));
        paragraph(out, part.why.as_str(), 4, 4);
    }
}

fn main_thread(out: &mut String, load: &LoadReport) {
    let Some(work) = &load.main_thread else { return };
    heading(out, &format!("Main thread: {}", phrases::main_thread(work)));
    let activities: Vec<String> = phrases::activities(work).iter().map(ToString::to_string).collect();
    if !activities.is_empty() {
        paragraph(out, &activities.join(" · "), 2, 2);
    }
    for (script, time, whose) in phrases::scripts(work) {
        paragraph(out, &format!("- {time} {} ({whose})", script.url.as_str()), 2, 4);
    }
}

fn render_finding(
    out: &mut String,
    load: &LoadReport,
    number: usize,
    finding: &FindingReport,
    told: &mut BTreeSet<u64>,
) {
    let title = format!("{number}. {} [{}]", finding.title.as_str(), finding.severity.word());
    paragraph(out, &title, 2, 5);
    let gain = finding.savings.as_ref().and_then(|savings| phrases::gain(savings, Audience::Engineer));
    let gain = gain.map(|gain| format!(" · {}", gain.as_str())).unwrap_or_default();
    paragraph(out, &format!("{} · who can fix it: {}{gain}", finding.rule.as_str(), finding.owner.plain()), 5, 5);
    paragraph(out, finding.customer.as_str(), 5, 5);
    paragraph(out, finding.engineer.as_str(), 5, 5);
    paragraph(out, &format!("Fix: {}", finding.fix.as_str()), 5, 10);
    for evidence in finding.evidence.iter().take(MOST_EVIDENCE) {
        let request = evidence.request.and_then(|id| load.requests.get(usize::try_from(id).ok()?));
        let text = match request {
            Some(request) => {
                let address = phrases::address(request, told);
                format!("- #{} {}: {}", request.id, address.as_str(), evidence.text.as_str())
            }
            None => format!("- {}", evidence.text.as_str()),
        };
        paragraph(out, &text, 5, 7);
    }
    if MOST_EVIDENCE < finding.evidence.len() {
        paragraph(out, &format!("- and {} more", finding.evidence.len() - MOST_EVIDENCE), 5, 7);
    }
}

fn not_checked(out: &mut String, load: &LoadReport) {
    let count = |outcome| phrases::checks(load, outcome).len();
    heading(
        out,
        &format!(
            "Checks: {} found something, {} passed, {} do not apply, {} could not be made",
            count(CheckOutcome::Found),
            count(CheckOutcome::Passed),
            count(CheckOutcome::NotApplicable),
            count(CheckOutcome::NotChecked)
        ),
    );
    let untold = phrases::untold(load, |check| &check.rule);
    if !untold.is_empty() {
        heading(out, "What this recording does not tell");
    }
    for (names, why) in untold {
        paragraph(out, &format!("{}: {}", names.as_str(), why.as_str()), 2, 4);
    }
}

fn heading(out: &mut String, text: &str) {
    out.push('\n');
    paragraph(out, text, 0, 2);
}

/// Writes a text in lines of [`WIDTH`] columns; words that are longer (addresses) stand on a line of their own.
fn paragraph(out: &mut String, text: &str, first_indent: usize, indent: usize) {
    let text = plain(text);
    let mut width = first_indent;
    out.push_str(&" ".repeat(first_indent));
    let mut is_first = true;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let word_width = word.chars().count();
        if !is_first && WIDTH < width + 1 + word_width {
            out.push('\n');
            out.push_str(&" ".repeat(indent));
            width = indent;
        } else if !is_first {
            out.push(' ');
            width += 1;
        }
        out.push_str(word);
        width += word_width;
        is_first = false;
    }
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_are_wrapped() {
        let mut out = String::new();
        paragraph(&mut out, &"word ".repeat(20), 2, 4);
        for line in out.lines() {
            assert!(line.chars().count() <= WIDTH, "{line}");
        }
        assert_eq!(out.lines().count(), 2);
        assert!(out.starts_with("  word"));
    }
}
