//! What was read, what was odd in it, what it cannot tell.

use crate::app::markup::{Markup, fact, group, tag};
use crate::app::result::{Load, part};
use crate::app::state::Session;
use crate::report::schema::{ProblemReport, RecordingReport, ToolReport};
use crate::report::vocabulary::Level;
use crate::view::format;
use crate::view::location::Section;

/// The section.
pub fn recordings(session: Session, load: &Load) -> Markup {
    part(Section::Recording).children(load.whole().recordings.iter().map(|one| recording(session, one)))
}

fn recording(session: Session, recording: &RecordingReport) -> Markup {
    let mut facts = tag("dl.facts.small");
    if let Some(name) = &recording.name {
        facts = facts.child(fact("File", session.text(name)));
    }
    facts = facts
        .child(fact("Kind", kind(recording.kind.as_str())))
        .child(fact("Size", format!("{} unpacked", format::bytes(recording.bytes))))
        .child(fact("Requests", format::grouped(recording.requests)))
        .child(tool(session, &recording.browser).map(|tool| fact("Browser", tool)))
        .child(tool(session, &recording.producer).map(|tool| fact("Written by", tool)));
    let missing = (!recording.missing.is_empty()).then(|| {
        let lines = recording.missing.iter().map(|line| tag("li").child(line.as_str()));
        group().child(tag("h3").child("What it cannot tell")).child(tag("ul.missing").children(lines))
    });
    let problems = match recording.problems.is_empty() {
        true => tag("p.none").child("Nothing odd was found in the file."),
        false => tag("ul.problems").children(recording.problems.iter().map(|one| problem(session, one))),
    };
    group().child(facts).child(missing).child(tag("h3").child("What was odd in the file")).child(problems)
}

/// The kind of a file as people call it.
fn kind(kind: &str) -> String {
    match kind {
        "har" => "HAR",
        "chrome-trace" => "Chrome performance trace",
        "cpu-profile" => "CPU profile",
        other => other,
    }
    .to_owned()
}

fn tool(session: Session, tool: &ToolReport) -> Option<String> {
    let name = session.text(tool.name.as_ref()?);
    Some(match &tool.version {
        Some(version) => format!("{name} {}", session.text(version)),
        None => name,
    })
}

fn problem(session: Session, problem: &ProblemReport) -> Markup {
    let level = match problem.level {
        Level::Info => "Repaired",
        Level::Warning => "Warning",
        Level::Error => "Lost",
    };
    let place = problem.at.as_ref().map(ToString::to_string);
    let offset = problem.offset.map(|offset| format!("byte {}", format::grouped(offset)));
    let places: Vec<String> = place.into_iter().chain(offset).collect();
    let more = (1 < problem.count).then(|| format!("{} places", format::grouped(problem.count)));
    let what = tag("p").child(session.text(&problem.message)).child(" ").child(session.text(&problem.consequence));
    let place = tag("p.place").child(tag("code").child(places.join(", "))).child(" ").child(more);
    tag("li")
        .child(tag("span").attr("class", format!("level {}", problem.level.word())).child(level))
        .child(tag("div").child(what).child(place))
}
