//! Where the time went: one stacked bar, its table, and the milestones with what is known of them.

use crate::app::result::{Heading, Load, prose, verdict};
use crate::report::schema::{AttributionReport, LoadReport};
use crate::report::vocabulary::Metric;
use crate::view::format;
use crate::view::location::Section;
use leptos::prelude::*;

/// Milestones in the order in which they come about.
const MILESTONES: [Metric; 9] = [
    Metric::Ttfb,
    Metric::FirstPaint,
    Metric::Fcp,
    Metric::Lcp,
    Metric::Dcl,
    Metric::Load,
    Metric::SpeedIndex,
    Metric::Tbt,
    Metric::Inp,
];

/// The section.
#[component]
pub fn WhereTheTimeWent(load: Load) -> impl IntoView {
    let Some(report) = load.report() else { return ().into_any() };
    let parts = match &report.attribution {
        Some(attribution) => bar(attribution).into_any(),
        None => view! {
            <p class="none">"The recording has no milestone, so the time cannot be divided between those who held it."</p>
        }
        .into_any(),
    };
    view! {
        <section id="time" class="part" aria-labelledby="time-title">
            <Heading section=Section::Time/>
            {parts}
            {milestones(report)}
        </section>
    }
    .into_any()
}

fn bar(attribution: &AttributionReport) -> impl IntoView + use<> {
    let total = attribution.ms;
    let milestone = attribution.milestone.plain();
    let intro = format!("From the start of the navigation to “{milestone}”: {}.", format::duration(total));
    let shown: Vec<_> = attribution.parts.iter().filter(|part| 0.0 < part.ms).cloned().collect();
    let segments = shown.iter().map(|part| {
        let width = format!("{}%", part.ms / total * 100.0);
        let label = (0.12 < part.ms / total).then(|| format::duration(part.ms));
        view! {
            <span class=format!("segment {}", part.owner.word()) style:width=width>
                {label.map(|label| view! { <span>{label}</span> })}
            </span>
        }
    });
    let segments = segments.collect_view();
    let rows = shown.iter().map(|part| {
        view! {
            <tr>
                <th scope="row"><span class=format!("swatch {}", part.owner.word()) aria-hidden="true"></span>
                    {part.owner.label()}</th>
                <td class="number">{format::duration(part.ms)}</td>
                <td class="number">{format::percent(part.ms, total)}</td>
                <td class="why">{prose(&part.why)} " " <span class="certainty">{part.certainty.word()}</span></td>
            </tr>
        }
    });
    view! {
        <p>{intro}</p>
        <div class="stack" aria-hidden="true">{segments}</div>
        <div class="scroll-x" tabindex="0" role="region" aria-label="Where the time went, as a table">
        <table class="owners">
            <thead><tr>
                <th scope="col">"Who"</th><th scope="col" class="number">"Time"</th>
                <th scope="col" class="number">"Share"</th><th scope="col">"Why"</th>
            </tr></thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
        </div>
    }
}

fn milestones(report: &LoadReport) -> impl IntoView + use<> {
    let metrics = &report.metrics;
    let known = MILESTONES.into_iter().filter_map(|metric| {
        let (ms, certainty) = verdict::milestone(metrics, metric)?;
        Some((metric, format::duration(ms), certainty))
    });
    let cls = metrics.cls.as_ref().map(|cls| (Metric::Cls, format!("{:.2}", cls.score), cls.certainty.word()));
    let rows = known.chain(cls).map(|(metric, value, certainty)| {
        view! {
            <tr>
                <th scope="row">{capital(metric.plain())} " " <abbr>{metric.short()}</abbr></th>
                <td class="number">{value}</td>
                <td><span class="certainty">{certainty}</span></td>
            </tr>
        }
    });
    let rows = rows.collect::<Vec<_>>();
    let missing = report.not_available.iter().map(|line| {
        view! { <li><strong>{line.metric.short()}</strong> ": " {line.why.to_string()}</li> }
    });
    let missing = missing.collect::<Vec<_>>();
    let table = (!rows.is_empty()).then(|| {
        view! {
            <table class="milestones">
                <thead class="unseen"><tr>
                    <th scope="col">"Milestone"</th><th scope="col">"Time"</th><th scope="col">"Certainty"</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        }
    });
    let unknown = (!missing.is_empty()).then(|| {
        let n = missing.len() as u64;
        view! {
            <details class="list">
                <summary>{format!("{} this recording cannot tell", format::counted(n, "figure", "figures"))}</summary>
                <ul>{missing}</ul>
            </details>
        }
    });
    view! { <h3>"Milestones"</h3> {table} {unknown} }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| [first.to_ascii_uppercase()].into_iter().chain(letters).collect()).unwrap_or_default()
}
