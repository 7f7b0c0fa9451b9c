//! What was read, what was odd in it, what it cannot tell.

use crate::app::result::{Heading, Load, about_placeholders};
use crate::report::schema::{ProblemReport, RecordingReport, ToolReport};
use crate::report::vocabulary::Level;
use crate::view::format;
use crate::view::location::Section;
use leptos::prelude::*;

/// The section.
#[component]
pub fn Recording(load: Load) -> impl IntoView {
    let recordings = load.whole().recordings.iter().map(recording).collect_view();
    view! {
        <section id="recording" class="part" aria-labelledby="recording-title">
            <Heading section=Section::Recording/>
            {recordings}
        </section>
    }
    .into_any()
}

fn recording(recording: &RecordingReport) -> AnyView {
    let mut facts: Vec<(&str, String)> = Vec::new();
    if let Some(name) = &recording.name {
        facts.push(("File", name.to_string()));
    }
    facts.push(("Kind", recording.kind.as_str().to_ascii_uppercase()));
    facts.push(("Size", format!("{} unpacked", format::bytes(recording.bytes))));
    facts.push(("Requests", format::grouped(recording.requests)));
    facts.extend(tool(&recording.browser).map(|tool| ("Browser", tool)));
    facts.extend(tool(&recording.producer).map(|tool| ("Written by", tool)));
    let facts = facts.into_iter().map(|(label, value)| view! { <div><dt>{label}</dt><dd>{value}</dd></div> });
    let facts = facts.collect_view();
    let missing = recording.missing.iter().map(|line| view! { <li>{line.to_string()}</li> }).collect::<Vec<_>>();
    let missing = (!missing.is_empty()).then(|| {
        view! { <h3>"What it cannot tell"</h3> <ul class="missing">{missing}</ul> }
    });
    let problems = recording.problems.iter().map(problem).collect::<Vec<_>>();
    let problems = match problems.is_empty() {
        true => view! { <p class="none">"Nothing odd was found in the file."</p> }.into_any(),
        false => view! { <ul class="problems">{problems}</ul> }.into_any(),
    };
    view! {
        <dl class="facts small">{facts}</dl>
        {about_placeholders(&[recording.name.as_ref(), recording.producer.name.as_ref()])}
        {missing}
        <h3>"What was odd in the file"</h3>
        {problems}
    }
    .into_any()
}

fn tool(tool: &ToolReport) -> Option<String> {
    let name = tool.name.as_ref()?;
    Some(match &tool.version {
        Some(version) => format!("{name} {version}"),
        None => name.to_string(),
    })
}

fn problem(problem: &ProblemReport) -> impl IntoView + use<> {
    let level = match problem.level {
        Level::Info => "Repaired",
        Level::Warning => "Warning",
        Level::Error => "Lost",
    };
    let class = format!("level {}", problem.level.word());
    let place = problem.at.as_ref().map(ToString::to_string);
    let offset = problem.offset.map(|offset| format!("byte {}", format::grouped(offset)));
    let places: Vec<String> = place.into_iter().chain(offset).collect();
    let more = (1 < problem.count).then(|| format!("{} places", format::grouped(problem.count)));
    view! {
        <li>
            <span class=class>{level}</span>
            <div>
                <p>{problem.message.to_string()} " " {problem.consequence.to_string()}</p>
                <p class="place"><code>{places.join(", ")}</code> " " {more}</p>
            </div>
        </li>
    }
}
