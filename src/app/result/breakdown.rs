//! The milestones taken apart: where the time to the main content and to the answer to input went, what moved the page,
//! and what the visitor saw then.

use crate::app::markup::{Live, Markup, button, group, live, tag};
use crate::app::result::{prose, request_link, time};
use crate::app::state::Session;
use crate::app::waterfall::film;
use crate::report::schema::{ClsReport, ClsWindow, InpReport, LcpReport, LoadReport};
use crate::report::vocabulary::Metric;
use crate::view::filmstrip::nearest;
use crate::view::format;
use leptos::prelude::*;

/// Windows of layout shifts that are listed, the largest first.
const MOST_WINDOWS: usize = 5;

/// The breakdowns of what is known; nothing for a recording that tells none.
pub fn breakdown(session: Session, report: &LoadReport) -> Markup {
    let metrics = &report.metrics;
    group()
        .child(metrics.lcp.as_ref().and_then(|found| lcp(session, found)))
        .child(metrics.inp.as_ref().map(|found| inp(session, found)))
        .child(metrics.cls.as_ref().and_then(|found| cls(session, found)))
}

/// A part of a milestone: its class, its name, its name among engineers, its time.
type PartOfTime = (&'static str, &'static str, &'static str, f64);

fn lcp(session: Session, lcp: &LcpReport) -> Option<Markup> {
    let parts = lcp.parts?;
    let is_loaded = lcp.request.is_some();
    let parts: [PartOfTime; 4] = [
        ("wait", "until the server’s first byte", "TTFB", parts.ttfb),
        ("unknown", "until it was asked for", "load delay", parts.load_delay),
        ("receive", "loading it", "load duration", parts.load_duration),
        ("client", "until it was painted", "render delay", parts.render_delay),
    ];
    let what = match (&lcp.kind, &lcp.node) {
        (Some(kind), Some(node)) => {
            group().child(format!("The largest {kind}: ")).child(tag("code").child(session.text(node)))
        }
        (Some(kind), None) => group()
            .child(format!("The largest content was {} {kind}", if kind.as_str() == "image" { "an" } else { "a" })),
        (None, _) => group(),
    };
    let request = lcp.request.map(|request| group().child(", from ").child(request_link(session, request as u32)));
    // Text is loaded with the page.
    let parts: Vec<PartOfTime> = parts
        .into_iter()
        .enumerate()
        .filter(|(at, _)| is_loaded || !(1..=2).contains(at))
        .map(|(_, part)| part)
        .collect();
    Some(taken_apart(Metric::Lcp, &parts, lcp.ms, tag("p").child(what).child(request), moment(session, lcp.ms)))
}

fn inp(session: Session, inp: &InpReport) -> Markup {
    let parts: [PartOfTime; 3] = [
        ("unknown", "until the page began to handle it", "input delay", inp.parts.input_delay),
        ("client", "handling it", "processing", inp.parts.processing),
        ("layout", "until the answer was on screen", "presentation", inp.parts.presentation),
    ];
    let what = tag("p")
        .child("The slowest reaction: ")
        .child(tag("code").child(inp.event.as_str()))
        .child(format!(" at {}", format::duration(inp.start)));
    taken_apart(Metric::Inp, &parts, inp.ms, what, moment(session, inp.start + inp.ms))
}

fn taken_apart(metric: Metric, parts: &[PartOfTime], total: f64, what: Markup, moment: Live) -> Markup {
    let bar: Vec<_> = parts.iter().map(|(class, _, _, ms)| (*class, *ms)).collect();
    let rows = parts.iter().map(|(class, name, technical, ms)| {
        let swatch = tag("span").attr("class", format!("swatch {class}")).attr("aria-hidden", "true");
        let name = tag("th").attr("scope", "row").child(swatch).child(*name).child(" ");
        tag("tr")
            .child(name.child(tag("abbr").child(*technical)))
            .child(tag("td.number").child(format::duration(*ms)))
            .child(tag("td.number").child(format::percent(*ms, total)))
    });
    let head = ["Part", "Time", "Share"].map(|name| tag("th").attr("scope", "col").child(name));
    let table = tag("table.milestones")
        .child(tag("thead.unseen").child(tag("tr").children(head)))
        .child(tag("tbody").children(rows));
    let told = tag("div").child(what).child(time::stack(total, &bar)).child(table);
    tag("div.apart").child(title(metric, &format::duration(total))).child(told).child(moment)
}

/// "Main content on screen: 2.4 s LCP".
fn title(metric: Metric, value: &str) -> Markup {
    let name = format!("{}: {value} ", time::capital(metric.plain()));
    tag("h3").child(name).child(tag("abbr").child(metric.short()))
}

fn cls(session: Session, cls: &ClsReport) -> Option<Markup> {
    let mut windows: Vec<&ClsWindow> = cls.windows.iter().collect();
    crate::order::Arrange::arrange_by(windows.as_mut_slice(), |a, b| b.score.total_cmp(&a.score));
    let start = windows.first()?.start;
    let beyond = windows.len().saturating_sub(MOST_WINDOWS);
    let rows = windows.into_iter().take(MOST_WINDOWS).map(|window| shifts(session, window));
    let beyond = (beyond != 0).then(|| {
        let n = format::counted(beyond as u64, "smaller one", "smaller ones");
        tag("p.hint").child(format!("and {n}, in the exported report"))
    });
    let told = tag("div").child(tag("ol.shifts").children(rows)).child(beyond);
    let before = live(move || {
        picture_at(session, move |times| times.partition_point(|at| *at < start).checked_sub(1), "Before it moved")
    });
    let after = live(move || {
        picture_at(
            session,
            move |times| {
                let at = times.partition_point(|at| *at < start);
                (at < times.len()).then_some(at)
            },
            "After",
        )
    });
    let pictures = tag("div.moments").child(before).child(after);
    Some(tag("div.apart").child(title(Metric::Cls, &format!("{:.3}", cls.score))).child(told).child(pictures))
}

fn shifts(session: Session, window: &ClsWindow) -> Markup {
    let n = format::counted(window.shifts, "shift", "shifts");
    let times = match window.shifts {
        1 => format!(" at {}: ", format::duration(window.start)),
        _ => format!(" from {} to {}: ", format::duration(window.start), format::duration(window.end)),
    };
    let score = tag("strong").child(format!("{:.3}", window.score));
    let moved = (!window.moved.is_empty()).then(|| {
        let mut list = tag("p.why").child("Moved: ");
        for (at, name) in window.moved.iter().enumerate() {
            list = list.child((at != 0).then_some(", ")).child(tag("code").child(session.text(name)));
        }
        list
    });
    let causes = window.culprits.iter().map(|culprit| {
        let show = |request: u64| {
            group().child(" ").child(button("button.link", "show it", move || session.reveal(request as u32)))
        };
        tag("p").child("Cause: ").child(prose(session, &culprit.text)).child(culprit.request.map(show))
    });
    let unknown =
        window.culprits.is_empty().then(|| tag("p.why").child("What caused it cannot be seen in the recording."));
    tag("li").child(tag("p").child(n).child(times).child(score)).children(causes).child(unknown).child(moved)
}

/// What the visitor saw at an instant.
fn moment(session: Session, ms: f64) -> Live {
    live(move || picture_at(session, move |times| nearest(times, ms), "What the visitor saw then"))
}

fn picture_at(session: Session, which: impl Fn(&[f64]) -> Option<usize>, caption: &'static str) -> Option<Markup> {
    let at = session.work.with(|work| work.as_ref().and_then(|work| which(&work.pictures)))?;
    session.want_pictures(&[at]);
    Some(tag("div.moment").child(film::picture(session, at)).child(tag("p.hint").child(caption)))
}
