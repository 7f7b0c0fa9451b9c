//! `weir analyze`: reads recordings, runs all rules, writes the report.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::cli::arguments::{Analyze, Format, LoadChoice};
use crate::cli::{Done, Failure, files, output};
use crate::report::{self, Examined, Report, Source};
use crate::text::Untrusted;

/// Runs it.
pub fn run(options: &Analyze) -> Result<Done, Failure> {
    let (files, together) = files::open_all(&options.files, options.separate)?;
    let sources: Vec<Source<'_>> = together
        .iter()
        .map(|one| Source { name: one.name.as_deref().map(Untrusted::new), recording: &one.recording })
        .collect();
    let mut examined = examine(&sources)?;
    choose(&mut examined, &options.load)?;
    let report = report::build(&sources, &examined, options.share);
    // The report lists the recordings in this order.
    let opened = together.iter().flat_map(|one| &one.of).filter_map(|at| files.get(*at));
    for (recording, file) in report.recordings.iter().zip(opened) {
        for problem in &recording.problems {
            // What the user typed may be told back to the user; an archive's member is named as in the report.
            let member = recording.name.as_ref().filter(|_| file.is_member);
            let name = member.map_or(file.shown.clone(), |member| format!("{}: {member}", file.shown));
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
