//! The report as one HTML page: opens offline, prints, needs no script. Its policy allows its own style and nothing else.

use std::fmt::{Result, Write};

use crate::redact::Clean;
use crate::report::delivery;
use crate::report::escape;
use crate::report::format;
use crate::report::names;
use crate::report::phrases;
use crate::report::schema::{EvidenceReport, FindingReport, LoadReport, Report, RequestReport};
use crate::report::vocabulary::CheckOutcome;
use crate::report::words::Audience;
use crate::units::{Bytes, Millis, Ratio};

const STYLE: &str = include_str!("style.css");

/// SHA-256 of [`STYLE`] in base64, by which the policy allows it. A test reckons it.
const STYLE_HASH: &str = "3JMyE6kqQhiU0/bfalfgXPtcWbqKAjj8dyf+wMpT/88=";

/// Pieces of evidence of a finding that are shown before the reader asks for more.
const MOST_EVIDENCE: usize = 8;

/// Renders it.
pub fn render(report: &Report) -> String {
    let mut out = String::new();
    let _ = page(&mut out, report); // writing to a string cannot fail
    out
}

fn text(clean: &Clean) -> String {
    escape::html(clean.as_str())
}

fn with_code(clean: &Clean) -> String {
    escape::html_with_code(clean.as_str())
}

fn optional(clean: &Option<Clean>) -> String {
    clean.as_ref().map(text).unwrap_or_default()
}

fn page(out: &mut String, report: &Report) -> Result {
    let title = match report.loads.first() {
        Some(load) => text(&load.verdict.sentence),
        None => "Nothing was loaded in this recording".to_owned(),
    };
    write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; \
         base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title} – Weir</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
    )?;
    if report.loads.is_empty() {
        writeln!(out, "<h1>{title}</h1>")?;
    }
    for (at, load) in report.loads.iter().enumerate() {
        load_section(out, report, at, load)?;
    }
    problems(out, report)?;
    writeln!(
        out,
        "</main>\n<footer>Made by Weir {}. Level of sharing: {}. Secrets are removed at every level.</footer>\n</body>\n</html>",
        text(&report.weir.version),
        report.share.word()
    )
}

fn load_section(out: &mut String, report: &Report, at: usize, load: &LoadReport) -> Result {
    writeln!(out, "<section>\n<h1>{}</h1>", text(&load.verdict.sentence))?;
    if load.verdict.engineer != load.verdict.sentence {
        writeln!(out, "<p>{}</p>", text(&load.verdict.engineer))?;
    }
    writeln!(out, "<dl>")?;
    if load.url.is_some() {
        writeln!(out, "<dt>Page</dt><dd>{}</dd>", optional(&load.url))?;
    }
    if load.started.is_some() {
        writeln!(out, "<dt>Recorded</dt><dd>{}</dd>", optional(&load.started))?;
    }
    for recording in &load.recordings {
        let recording = usize::try_from(*recording).ok().and_then(|at| report.recordings.get(at));
        if let Some(tools) = recording.and_then(phrases::tools) {
            writeln!(out, "<dt>With</dt><dd>{}</dd>", text(&tools))?;
        }
    }
    if let Some(joined) = phrases::joined(load) {
        writeln!(out, "<dt>Joined</dt><dd>{}</dd>", text(&joined))?;
    }
    writeln!(out, "<dt>Requests</dt><dd>{}</dd>\n</dl>", format::grouped(load.requests.len() as u64))?;
    where_the_time_went(out, load)?;
    milestones(out, load)?;
    main_thread(out, load)?;
    writeln!(out, "<h2>Findings: {}</h2>", load.findings.len())?;
    if load.findings.is_empty() {
        writeln!(out, "<p>Nothing we check for is wrong.</p>")?;
    }
    for finding in &load.findings {
        finding_card(out, at, load, finding)?;
    }
    checks(out, load)?;
    requests(out, at, load)?;
    writeln!(out, "</section>")
}

fn where_the_time_went(out: &mut String, load: &LoadReport) -> Result {
    let Some(attribution) = &load.attribution else { return Ok(()) };
    let total = format::exact_time(Millis(attribution.ms));
    writeln!(out, "<h2>Where the time went</h2>")?;
    // The table below says the same; the bar is for the eye.
    write!(out, "<svg viewBox=\"0 0 100 4\" preserveAspectRatio=\"none\" aria-hidden=\"true\">")?;
    let mut x = 0.0;
    for part in &attribution.parts {
        let width = 100.0 * phrases::share_of(part.ms, attribution.ms);
        write!(out, "<rect class=\"{}\" x=\"{x:.3}\" width=\"{width:.3}\" height=\"4\"/>", part.owner.word())?;
        x += width;
    }
    writeln!(out, "</svg>\n<div class=\"scroll\"><table>")?;
    writeln!(out, "<caption>From the start to {}: {total}</caption>", attribution.milestone.plain())?;
    writeln!(
        out,
        "<thead><tr><th scope=\"col\">Whose time</th><th scope=\"col\" class=\"n\">Time</th>\
         <th scope=\"col\" class=\"n\">Part</th><th scope=\"col\">Certainty</th><th scope=\"col\">Mostly</th></tr></thead>\n<tbody>"
    )?;
    for part in &attribution.parts {
        writeln!(
            out,
            "<tr><th scope=\"row\"><svg class=\"key\" viewBox=\"0 0 1 1\" aria-hidden=\"true\"><rect class=\"{}\" \
             width=\"1\" height=\"1\"/></svg>{}</th><td class=\"n\">{}</td><td class=\"n\">{}</td><td>{}</td><td>{}</td></tr>",
            part.owner.word(),
            escape::html(part.owner.label()),
            format::exact_time(Millis(part.ms)),
            format::percent(Ratio(phrases::share_of(part.ms, attribution.ms))),
            part.certainty.word(),
            text(&part.why)
        )?;
    }
    writeln!(out, "</tbody></table></div>")
}

fn milestones(out: &mut String, load: &LoadReport) -> Result {
    let known = phrases::known_metrics(&load.metrics);
    if !known.is_empty() {
        writeln!(out, "<h2>Milestones</h2>\n<dl>")?;
        for (metric, figure) in known {
            let name = escape::html(metric.plain());
            writeln!(out, "<dt>{} <small>({name})</small></dt><dd>{}</dd>", metric.short(), text(&figure))?;
        }
        writeln!(out, "</dl>")?;
        let breakdowns = phrases::breakdowns(&load.metrics);
        if !breakdowns.is_empty() {
            writeln!(out, "<ul>")?;
            for line in breakdowns {
                writeln!(out, "<li>{}</li>", text(&line))?;
            }
            writeln!(out, "</ul>")?;
        }
    }
    let delivered = delivery::lines(load);
    if !delivered.is_empty() {
        writeln!(out, "<h2>{}</h2>\n<ul>", delivery::HEADING)?;
        for line in delivered {
            writeln!(out, "<li>{}</li>", text(&line))?;
        }
        writeln!(out, "</ul>")?;
    }
    let later = phrases::later_visits(load);
    if !later.is_empty() {
        writeln!(out, "<h2>{}</h2>\n<ul>", text(&phrases::later_visits_heading(load)))?;
        for line in later {
            writeln!(out, "<li>{}</li>", text(&line))?;
        }
        writeln!(out, "</ul>")?;
    }
    Ok(())
}

fn main_thread(out: &mut String, load: &LoadReport) -> Result {
    let Some(work) = &load.main_thread else { return Ok(()) };
    writeln!(out, "<h2>Main thread</h2>\n<p>{}.</p>\n<ul>", text(&phrases::main_thread(work)))?;
    for activity in phrases::activities(work) {
        writeln!(out, "<li>{}</li>", text(&activity))?;
    }
    writeln!(out, "</ul>\n<div class=\"scroll\"><table>\n<caption>What took the most time</caption>")?;
    writeln!(
        out,
        "<thead><tr><th scope=\"col\">Address</th><th scope=\"col\">Whose</th>\
         <th scope=\"col\" class=\"n\">Time</th></tr></thead>\n<tbody>"
    )?;
    for (script, time, whose) in phrases::scripts(work) {
        writeln!(
            out,
            "<tr><td class=\"url\">{}</td><td>{}</td><td class=\"n\">{time}</td></tr>",
            text(&script.url),
            text(&whose)
        )?;
    }
    writeln!(out, "</tbody></table></div>")
}

fn finding_card(out: &mut String, at: usize, load: &LoadReport, finding: &FindingReport) -> Result {
    let severity = finding.severity;
    writeln!(out, "<article class=\"{}\" data-rule=\"{}\">", severity.word(), text(&finding.rule))?;
    writeln!(out, "<h3>{}</h3>", text(&finding.title))?;
    let gain = finding.savings.as_ref().and_then(|savings| phrases::gain(savings, Audience::Customer));
    let gain = gain.map(|gain| format!(" · {}", text(&gain))).unwrap_or_default();
    writeln!(
        out,
        "<p>{} · who can fix it: {}{gain} · <code>{}</code></p>",
        severity.label(),
        escape::html(finding.owner.plain()),
        text(&finding.rule)
    )?;
    writeln!(out, "<p>{}</p>\n<p>{}</p>", with_code(&finding.customer), with_code(&finding.engineer))?;
    writeln!(out, "<p><strong>Fix:</strong> {}</p>", with_code(&finding.fix))?;
    let (first, more) = finding.evidence.split_at(MOST_EVIDENCE.min(finding.evidence.len()));
    evidence_list(out, at, load, first)?;
    if !more.is_empty() {
        writeln!(out, "<details><summary>and {} more</summary>", more.len())?;
        evidence_list(out, at, load, more)?;
        writeln!(out, "</details>")?;
    }
    writeln!(out, "</article>")
}

fn evidence_list(out: &mut String, at: usize, load: &LoadReport, list: &[EvidenceReport]) -> Result {
    if list.is_empty() {
        return Ok(());
    }
    writeln!(out, "<ul>")?;
    for evidence in list {
        let request = evidence.request.and_then(|id| load.requests.get(usize::try_from(id).ok()?));
        let text_of = with_code(&evidence.text);
        match request {
            Some(request) => {
                let url = text(&names::short(&request.url));
                writeln!(out, "<li><a href=\"#r{at}-{}\">{url}</a>: {text_of}</li>", request.id)?;
            }
            None => writeln!(out, "<li>{text_of}</li>")?,
        }
    }
    writeln!(out, "</ul>")
}

fn checks(out: &mut String, load: &LoadReport) -> Result {
    writeln!(out, "<h2>What could not be checked</h2>")?;
    let untold = phrases::untold(load, |check| &check.title);
    if untold.is_empty() {
        writeln!(out, "<p>Everything could be checked.</p>")?;
    } else {
        writeln!(out, "<ul>")?;
        for (names, why) in untold {
            writeln!(out, "<li>{}: {}</li>", text(&names), text(&why))?;
        }
        writeln!(out, "</ul>")?;
    }
    for (outcome, heading) in [(CheckOutcome::Passed, "Passed"), (CheckOutcome::NotApplicable, "Do not apply")] {
        let of = phrases::checks(load, outcome);
        if of.is_empty() {
            continue;
        }
        writeln!(out, "<details><summary>{heading}: {}</summary>\n<ul>", of.len())?;
        for check in of {
            match &check.why {
                Some(why) => writeln!(out, "<li>{}: {}</li>", text(&check.title), text(why))?,
                None => writeln!(out, "<li>{}</li>", text(&check.title))?,
            }
        }
        writeln!(out, "</ul></details>")?;
    }
    Ok(())
}

fn requests(out: &mut String, at: usize, load: &LoadReport) -> Result {
    if load.requests.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "<h2>Requests</h2>\n<div class=\"scroll\" role=\"region\" aria-label=\"Requests\" tabindex=\"0\"><table>"
    )?;
    let any_before = load.requests.iter().any(|request| request.start.is_some_and(|start| start < 0.0));
    let before = if any_before { "; a negative start is one before the navigation" } else { "" };
    writeln!(out, "<caption>{} in the order of their start; times in ms{before}</caption>", load.requests.len())?;
    write!(out, "<thead><tr><th scope=\"col\" class=\"n\">#</th><th scope=\"col\">Address</th>")?;
    for heading in ["Status", "Kind", "HTTP"] {
        write!(out, "<th scope=\"col\">{heading}</th>")?;
    }
    for heading in ["Start", "Queued", "Set-up", "Wait", "Receive", "End", "Transferred"] {
        write!(out, "<th scope=\"col\" class=\"n\">{heading}</th>")?;
    }
    writeln!(out, "</tr></thead>\n<tbody>")?;
    for request in &load.requests {
        request_row(out, at, request)?;
    }
    writeln!(out, "</tbody></table></div>")
}

fn request_row(out: &mut String, at: usize, request: &RequestReport) -> Result {
    let phases = &request.phases;
    let set_up = [phases.dns, phases.connect, phases.tls];
    let set_up = set_up.iter().any(Option::is_some).then(|| set_up.iter().flatten().sum::<f64>());
    let status = match request.status {
        Some(status) => status.to_string(),
        None => text(&request.completion),
    };
    let (id, url) = (request.id, text(&request.url));
    write!(out, "<tr id=\"r{at}-{id}\"><td class=\"n\">{id}</td><td class=\"url\">{url}</td><td>{status}</td>")?;
    let protocol = request.protocol.map_or("", |protocol| protocol.word());
    write!(out, "<td>{}</td><td>{protocol}</td>", request.resource_type.word())?;
    for ms in [request.start, phases.queued, set_up, phases.wait, phases.receive, request.end] {
        let figure = ms.map(|ms| format::whole(Millis(ms)).to_string()).unwrap_or_default();
        write!(out, "<td class=\"n\">{figure}</td>")?;
    }
    let size = request.transfer_bytes.map(|bytes| format::plain_size(Bytes(bytes)).to_string()).unwrap_or_default();
    writeln!(out, "<td class=\"n\">{size}</td></tr>")
}

fn problems(out: &mut String, report: &Report) -> Result {
    for recording in report.recordings.iter().filter(|recording| !recording.problems.is_empty()) {
        let name = recording.name.as_ref().map_or("the recording".to_owned(), text);
        writeln!(out, "<h2>Problems of {name}</h2>\n<ul>")?;
        for problem in &recording.problems {
            let at = problem.at.as_ref().map(|at| format!(" (<code>{}</code>)", text(at))).unwrap_or_default();
            let times = if 1 < problem.count { format!(", {} times", problem.count) } else { String::new() };
            let (message, consequence) = (text(&problem.message), text(&problem.consequence));
            writeln!(out, "<li>{}{times}: {message}{at} {consequence}</li>", problem.level.word())?;
        }
        writeln!(out, "</ul>")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn policy_allows_the_style() {
        use sha2::{Digest, Sha256};
        let hash = Sha256::digest(super::STYLE.as_bytes());
        assert_eq!(base64::Engine::encode(&base64::engine::general_purpose::STANDARD, hash), super::STYLE_HASH);
    }
}
