//! `weir analyze`: reads recordings, runs all rules, writes the report.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::cli::arguments::{Analyze, Format, LoadChoice};
use crate::cli::{Done, Failure, files, output};
use crate::report::{self, Examined, Report, Source};
use crate::text::Untrusted;

/// Runs it.
pub fn run(options: &Analyze) -> Result<Done, Failure> {
    let opened = files::open_all(&options.files)?;
    let sources: Vec<Source<'_>> = opened
        .iter()
        .map(|opened| Source { name: opened.name.as_deref().map(Untrusted::new), recording: &opened.recording })
        .collect();
    let mut examined = examine(&sources)?;
    choose(&mut examined, &options.load)?;
    let report = report::build(&sources, &examined, options.share);
    for (recording, opened) in report.recordings.iter().zip(&opened) {
        for problem in &recording.problems {
            // What the user typed may be told back to the user; an archive's member is named as in the report.
            let member = recording.name.as_ref().filter(|_| opened.is_member);
            let name = member.map_or(opened.shown.clone(), |member| format!("{}: {member}", opened.shown));
            let at = problem.at.as_ref().map(|at| format!(" ({at})")).unwrap_or_default();
            let (level, code) = (problem.level.word(), &problem.code);
            output::complain(&format!("{name}: {level} {code}: {}{at} {}", problem.message, problem.consequence));
        }
    }
    output::to(options.out.as_deref(), &render(&report, options.format))?;
    let worst = report.loads.iter().flat_map(|load| &load.findings).map(|finding| finding.severity).max();
    Ok(match (options.fail_on, worst) {
        (Some(limit), Some(worst)) if limit <= worst => Done::Found,
        _ => Done::Fine,
    })
}

fn render(report: &Report, format: Format) -> String {
    match format {
        Format::Text => report::text::render(report),
        Format::Json => report::json::render(report),
        Format::Markdown => report::markdown::render(report),
        Format::Html => report::html::render(report),
        Format::Csv => report::csv::render(report),
    }
}

/// Runs all rules. A rule that panics is left out, and the report says so.
fn examine<'a>(sources: &[Source<'a>]) -> Result<Vec<Examined<'a>>, Failure> {
    let mut left_out: Vec<&'static str> = Vec::new();
    loop {
        let mut running = None;
        let result =
            catch_unwind(AssertUnwindSafe(|| report::examine(sources, &left_out, &mut |rule| running = Some(rule))));
        match (result, running) {
            (Ok(examined), _) => return Ok(examined),
            // Each turn leaves out one more rule, so this ends.
            (Err(_), Some(rule)) if !left_out.contains(&rule) => left_out.push(rule),
            (Err(_), _) => {
                return Err(Failure(
                    "the recording could not be analyzed; this is a mistake in Weir itself.".to_owned(),
                ));
            }
        }
    }
}

/// Keeps the loads that were asked for.
fn choose(examined: &mut Vec<Examined<'_>>, choice: &LoadChoice) -> Result<(), Failure> {
    let n_loads = examined.len();
    match choice {
        LoadChoice::All => return Ok(()),
        LoadChoice::Position(position) => {
            let mut at = 0;
            examined.retain(|_| {
                at += 1;
                at - 1 == *position
            });
        }
        LoadChoice::Url(url) => examined.retain(|examined| examined.load.is_of(Untrusted::new(url))),
    }
    match (examined.is_empty(), n_loads) {
        (false, _) => Ok(()),
        (true, 0) => Err(Failure("--load: there is no page load in what was read.".to_owned())),
        (true, 1) => Err(Failure("--load: there is no such page load; what was read holds one, number 0.".to_owned())),
        (true, _) => Err(Failure(format!(
            "--load: there is no such page load; what was read holds {n_loads}, numbers 0 to {}.",
            n_loads - 1
        ))),
    }
}
