//! The sentence at the top, with the facts that go with it.

use crate::app::markup::{Markup, fact, group, tag};
use crate::app::result::{Load, prose};
use crate::app::state::Session;
use crate::report::schema::{LoadReport, Metrics};
use crate::report::vocabulary::Metric;
use crate::view::format;
use leptos::prelude::*;
use web_sys::Event;

/// The section.
pub fn verdict(session: Session, load: &Load) -> Markup {
    let section = tag("section#verdict.verdict");
    let sentence = tag("h1#verdict-sentence").attr("tabindex", "-1");
    let engineer = tag("p.engineer");
    let Some(report) = load.report() else {
        return section.child(sentence.child("The recording holds no requests.")).child(engineer.child(
            "It was started, but nothing was loaded. Record again: open the developer tools first, then reload the page.",
        ));
    };
    let address = report.url.as_ref().map(|url| tag("span.address").child(session.text(url)));
    let started = report.started.as_ref().map(|started| tag("span").child(format::date(started.as_str())));
    section
        .child(tag("p.eyebrow").child(address).child(started))
        .child(sentence.child(session.text(&report.verdict.sentence)))
        .child(engineer.child(prose(session, &report.verdict.engineer)))
        .child((1 < load.whole().loads.len()).then(|| picker(session, load)))
        .child(notes(load))
        .child(facts(load, report))
}

/// Chooses between the page loads of the recording.
fn picker(session: Session, load: &Load) -> Markup {
    let loads = &load.whole().loads;
    let options = loads.iter().enumerate().map(|(at, other)| {
        tag("option")
            .attr("value", at.to_string())
            .flag("selected", at == load.at)
            .child(option_text(session, at, other))
    });
    let select = tag("select").children(options).on("change", move |event: Event| {
        if let Ok(at) = event_target_value(&event).parse() {
            session.choose_load(at);
        }
    });
    tag("label.picker").child(tag("span").child(format!("{} page loads in this recording", loads.len()))).child(select)
}

/// What could not be done.
fn notes(load: &Load) -> Markup {
    let mut notes = group();
    let left_out = &load.opened().skipped;
    if !left_out.is_empty() {
        notes = notes.child(tag("p.note").child(format!(
            "{} stopped unexpectedly on this recording and {} left out: {}. The rest is complete.",
            format::counted(left_out.len() as u64, "check", "checks"),
            if left_out.len() == 1 { "was" } else { "were" },
            left_out.join(", "),
        )));
    }
    notes.children(load.opened().failures.iter().map(|failure| {
        let text = format!(" could not be opened. {} {}", failure.what, failure.advice);
        tag("p.note").child(tag("code").child(failure.file.as_str())).child(text)
    }))
}

fn facts(load: &Load, report: &LoadReport) -> Markup {
    /// So many milestones at most.
    const MILESTONES: usize = 4;
    let mut facts = tag("dl.facts");
    let mut n = 0;
    let main = report.verdict.milestone.zip(report.verdict.ms);
    if let Some((metric, ms)) = main {
        facts = facts.child(fact(metric.plain(), format::duration(ms)));
        n += 1;
    }
    for metric in [Metric::Ttfb, Metric::Fcp, Metric::Lcp, Metric::Dcl, Metric::Load] {
        let is_main = main.is_some_and(|(main, _)| main == metric);
        if let Some((ms, _)) = milestone(&report.metrics, metric).filter(|_| !is_main && n < MILESTONES) {
            facts = facts.child(fact(metric.plain(), format::duration(ms)));
            n += 1;
        }
    }
    facts
        .child(fact("requests", format::grouped(u64::from(load.totals().requests))))
        .child(load.totals().transfer_bytes.map(|bytes| fact("transferred", format::bytes(bytes))))
        .child(browser(load, report).map(|browser| fact("recorded in", browser)))
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
        Metric::Inp => return metrics.inp.as_ref().map(|inp| (inp.ms, inp.certainty.word())),
        Metric::Lcp => return metrics.lcp.as_ref().map(|lcp| (lcp.ms, lcp.certainty.word())),
        Metric::Cls => None,
    };
    instant.map(|instant| (instant.ms, instant.certainty.word()))
}

fn option_text(session: Session, at: usize, load: &LoadReport) -> String {
    let url = load.url.as_ref().map(|url| session.text(url)).unwrap_or_else(|| "no address".to_owned());
    let time = load.verdict.ms.map(|ms| format!(" – {}", format::duration(ms))).unwrap_or_default();
    format!("{}. {url}{time}", at + 1)
}
