//! The report as Markdown, to paste into a ticket. Everything that is not our own markup is escaped.

use std::collections::BTreeSet;
use std::fmt::Write;

use crate::redact::Clean;
use crate::report::delivery;
use crate::report::escape;
use crate::report::format;
use crate::report::phrases;
use crate::report::schema::{FindingReport, LoadReport, Report};
use crate::report::words::Audience;
use crate::units::{Millis, Ratio};

/// Pieces of evidence told for each finding: a ticket is to be read.
const MOST_EVIDENCE: usize = 10;

/// Renders it.
pub fn render(report: &Report) -> String {
    let mut out = String::new();
    for load in &report.loads {
        // Writing to a string cannot fail.
        let _ = render_load(&mut out, report, load);
    }
    if report.loads.is_empty() {
        out.push_str("# Nothing was loaded in this recording\n\n");
    }
    let _ = problems(&mut out, report);
    let _ = writeln!(out, "Made by Weir {}. Level of sharing: {}.", text(&report.weir.version), report.share.word());
    out
}

fn text(clean: &Clean) -> String {
    escape::markdown(clean.as_str())
}

fn with_code(clean: &Clean) -> String {
    escape::markdown_with_code(clean.as_str())
}

fn render_load(out: &mut String, report: &Report, load: &LoadReport) -> std::fmt::Result {
    writeln!(out, "# {}\n", text(&load.verdict.sentence))?;
    if load.verdict.engineer != load.verdict.sentence {
        writeln!(out, "{}\n", text(&load.verdict.engineer))?;
    }
    if let Some(url) = &load.url {
        writeln!(out, "- Page: {}", text(url))?;
    }
    if let Some(started) = &load.started {
        writeln!(out, "- Recorded: {}", text(started))?;
    }
    for at in &load.recordings {
        let recording = usize::try_from(*at).ok().and_then(|at| report.recordings.get(at));
        if let Some(tools) = recording.and_then(phrases::tools) {
            writeln!(out, "- With: {}", text(&tools))?;
        }
    }
    if let Some(joined) = phrases::joined(load) {
        writeln!(out, "- Joined: {}", text(&joined))?;
    }
    let metrics: Vec<String> = phrases::known_metrics(&load.metrics)
        .iter()
        .map(|(metric, figure)| format!("{} {}", metric.short(), text(figure)))
        .collect();
    if !metrics.is_empty() {
        writeln!(out, "- Milestones: {}", metrics.join(", "))?;
    }
    for line in phrases::breakdowns(&load.metrics) {
        writeln!(out, "- {}", text(&line))?;
    }
    writeln!(out, "- Requests: {}\n", format::grouped(load.requests.len() as u64))?;
    where_the_time_went(out, load)?;
    main_thread(out, load)?;
    let delivered = delivery::lines(load);
    if !delivered.is_empty() {
        writeln!(out, "## {}\n", delivery::HEADING)?;
        for line in delivered {
            writeln!(out, "- {}", text(&line))?;
        }
        writeln!(out)?;
    }
    let later = phrases::later_visits(load);
    if !later.is_empty() {
        writeln!(out, "## {}\n", text(&phrases::later_visits_heading(load)))?;
        for line in later {
            writeln!(out, "- {}", text(&line))?;
        }
        writeln!(out)?;
    }
    writeln!(out, "## Findings: {}\n", load.findings.len())?;
    let mut told = BTreeSet::new();
    for finding in &load.findings {
        render_finding(out, load, finding, &mut told)?;
    }
    let untold = phrases::untold(load, |check| &check.title);
    if !untold.is_empty() {
        writeln!(out, "## What could not be checked\n")?;
        for (names, why) in untold {
            writeln!(out, "- {}: {}", text(&names), text(&why))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn where_the_time_went(out: &mut String, load: &LoadReport) -> std::fmt::Result {
    let Some(attribution) = &load.attribution else { return Ok(()) };
    let total = format::exact_time(Millis(attribution.ms));
    writeln!(out, "## Where the time went, up to {}: {total}\n", attribution.milestone.short())?;
    writeln!(out, "| Whose time | Time | Part | Certainty | Mostly |\n|---|---:|---:|---|---|")?;
    for part in &attribution.parts {
        let percent = format::percent(Ratio(phrases::share_of(part.ms, attribution.ms)));
        let time = format::exact_time(Millis(part.ms));
        let (owner, certainty) = (part.owner.label(), part.certainty.word());
        writeln!(out, "| {owner} | {time} | {percent} | {certainty} | {} |", text(&part.why))?;
    }
    writeln!(out)
}

fn main_thread(out: &mut String, load: &LoadReport) -> std::fmt::Result {
    let Some(work) = &load.main_thread else { return Ok(()) };
    writeln!(out, "## Main thread: {}\n", phrases::main_thread(work))?;
    let activities: Vec<String> = phrases::activities(work).iter().map(text).collect();
    if !activities.is_empty() {
        writeln!(out, "- {}", activities.join(", "))?;
    }
    for (script, time, whose) in phrases::scripts(work) {
        writeln!(out, "- {time}: {} ({})", text(&script.url), text(&whose))?;
    }
    writeln!(out)
}

fn render_finding(
    out: &mut String,
    load: &LoadReport,
    finding: &FindingReport,
    told: &mut BTreeSet<u64>,
) -> std::fmt::Result {
    writeln!(out, "### {} ({})\n", text(&finding.title), finding.severity.word())?;
    let gain = finding.savings.as_ref().and_then(|savings| phrases::gain(savings, Audience::Engineer));
    let gain = gain.map(|gain| format!(" To gain: {}.", text(&gain))).unwrap_or_default();
    writeln!(out, "Who can fix it: {}.{gain} Rule: {}.\n", finding.owner.plain(), text(&finding.rule))?;
    writeln!(out, "{}\n", with_code(&finding.customer))?;
    writeln!(out, "{}\n", with_code(&finding.engineer))?;
    writeln!(out, "**Fix:** {}\n", with_code(&finding.fix))?;
    for evidence in finding.evidence.iter().take(MOST_EVIDENCE) {
        let request = evidence.request.and_then(|request| load.requests.get(usize::try_from(request).ok()?));
        match request {
            Some(request) => {
                writeln!(out, "- {}: {}", text(&phrases::address(request, told)), text(&evidence.text))?;
            }
            None => writeln!(out, "- {}", text(&evidence.text))?,
        }
    }
    if MOST_EVIDENCE < finding.evidence.len() {
        writeln!(out, "- and {} more", finding.evidence.len() - MOST_EVIDENCE)?;
    }
    if !finding.evidence.is_empty() {
        writeln!(out)?;
    }
    Ok(())
}

fn problems(out: &mut String, report: &Report) -> std::fmt::Result {
    for recording in report.recordings.iter().filter(|recording| !recording.problems.is_empty()) {
        let name = recording.name.as_ref().map_or("the recording".to_owned(), text);
        writeln!(out, "## Problems of {name}\n")?;
        for problem in &recording.problems {
            let at = problem.at.as_ref().map(|at| format!(" ({})", text(at))).unwrap_or_default();
            let times = if 1 < problem.count { format!(", {} times", problem.count) } else { String::new() };
            let (message, consequence) = (text(&problem.message), text(&problem.consequence));
            writeln!(out, "- {}{times}: {message}{at} {consequence}", problem.level.word())?;
        }
        writeln!(out)?;
    }
    Ok(())
}
