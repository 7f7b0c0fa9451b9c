//! The sentence at the top, with the facts that go with it.

use crate::app::result::{Load, about_placeholders, prose};
use crate::app::state::Session;
use crate::report::schema::{LoadReport, Metrics};
use crate::report::vocabulary::Metric;
use crate::view::format;
use leptos::prelude::*;

/// The section.
#[component]
pub fn Verdict(load: Load) -> impl IntoView {
    let session = Session::get();
    let Some(report) = load.report() else {
        return view! {
            <section id="verdict" class="verdict">
                <h1 id="verdict-sentence" tabindex="-1">"The recording holds no requests."</h1>
                <p class="engineer">"It was started, but nothing was loaded. Record again: open the developer tools first, \
                    then reload the page."</p>
            </section>
        }
        .into_any();
    };
    let loads = load.whole().loads.iter().enumerate();
    let picker = (1 < load.whole().loads.len()).then(|| {
        let options = loads.map(|(at, other)| {
            view! { <option value=at.to_string() selected=at == load.at>{option_text(at, other)}</option> }
        });
        view! {
            <label class="picker">
                <span>{format!("{} page loads in this recording", load.whole().loads.len())}</span>
                <select on:change=move |event| {
                    if let Ok(at) = event_target_value(&event).parse() {
                        session.choose_load(at);
                    }
                }>{options.collect_view()}</select>
            </label>
        }
    });
    let address = report.url.as_ref().map(ToString::to_string);
    let started = report.started.as_ref().map(|started| format::date(started.as_str()));
    let left_out = &load.opened().skipped;
    let crashed = (!left_out.is_empty()).then(|| {
        view! {
            <p class="note">{format!(
                "{} stopped unexpectedly on this recording and {} left out: {}. The rest is complete.",
                format::counted(left_out.len() as u64, "check", "checks"),
                if left_out.len() == 1 { "was" } else { "were" },
                left_out.join(", "),
            )}</p>
        }
    });
    let unread = load.opened().failures.iter().map(|failure| {
        view! { <p class="note">{format!("One file could not be opened. {} {}", failure.what, failure.advice)}</p> }
    });
    view! {
        <section id="verdict" class="verdict">
            <p class="eyebrow">
                {address.map(|address| view! { <span class="address">{address}</span> })}
                {started.map(|started| view! { <span>{started}</span> })}
            </p>
            {about_placeholders(&[report.url.as_ref()])}
            <h1 id="verdict-sentence" tabindex="-1">{report.verdict.sentence.to_string()}</h1>
            <p class="engineer">{prose(&report.verdict.engineer)}</p>
            {picker}
            {crashed}
            {unread.collect_view()}
            <dl class="facts">{facts(&load, report)}</dl>
        </section>
    }
    .into_any()
}

fn facts(load: &Load, report: &LoadReport) -> impl IntoView + use<> {
    let mut facts: Vec<(&str, String)> = Vec::new();
    let main = report.verdict.milestone.zip(report.verdict.ms);
    if let Some((metric, ms)) = main {
        facts.push((metric.plain(), format::duration(ms)));
    }
    for metric in [Metric::Ttfb, Metric::Fcp, Metric::Lcp, Metric::Dcl, Metric::Load] {
        let is_main = main.is_some_and(|(main, _)| main == metric);
        if let Some((ms, _)) = milestone(&report.metrics, metric).filter(|_| !is_main && facts.len() < 4) {
            facts.push((metric.plain(), format::duration(ms)));
        }
    }
    facts.push(("requests", format::grouped(u64::from(load.totals().requests))));
    if let Some(bytes) = load.totals().transfer_bytes {
        facts.push(("transferred", format::bytes(bytes)));
    }
    if let Some(browser) = browser(load, report) {
        facts.push(("recorded in", browser));
    }
    facts.into_iter().map(|(label, value)| view! { <div><dt>{label}</dt><dd>{value}</dd></div> }).collect_view()
}

fn browser(load: &Load, report: &LoadReport) -> Option<String> {
    let recording = load.whole().recordings.get(*report.recordings.first()? as usize)?;
    let tool = &recording.browser;
    let name = tool.name.as_ref()?.to_string();
    let version = tool.version.as_ref().map(|version| {
        let version = version.as_str();
        format!(" {}", version.split('.').next().unwrap_or(version))
    });
    Some(name + &version.unwrap_or_default())
}

/// A metric that is an instant, with the word for its certainty.
pub fn milestone(metrics: &Metrics, metric: Metric) -> Option<(f64, &'static str)> {
    let instant = match metric {
        Metric::Ttfb => metrics.ttfb,
        Metric::FirstPaint => metrics.fp,
        Metric::Fcp => metrics.fcp,
        Metric::Dcl => metrics.dcl,
        Metric::Load => metrics.load,
        Metric::Tbt => metrics.tbt,
        Metric::SpeedIndex => metrics.speed_index,
        Metric::Inp => metrics.inp,
        Metric::Lcp => return metrics.lcp.as_ref().map(|lcp| (lcp.ms, lcp.certainty.word())),
        Metric::Cls => None,
    };
    instant.map(|instant| (instant.ms, instant.certainty.word()))
}

fn option_text(at: usize, load: &LoadReport) -> String {
    let url = load.url.as_ref().map(ToString::to_string).unwrap_or_else(|| "no address".to_owned());
    let time = load.verdict.ms.map(|ms| format!(" – {}", format::duration(ms))).unwrap_or_default();
    format!("{}. {url}{time}", at + 1)
}
