//! Where the time went: one stacked bar, its table, and the milestones with what is known of them.

use crate::app::markup::{Markup, group, tag};
use crate::app::result::{Load, breakdown, part, prose, verdict};
use crate::app::state::Session;
use crate::report::schema::{AttributionReport, LoadReport};
use crate::report::vocabulary::Metric;
use crate::view::format;
use crate::view::location::Section;

/// A part of the bar with less than this share of it has no room for its time.
const LABELED: f64 = 0.12;

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
pub fn where_the_time_went(session: Session, load: &Load) -> Markup {
    let Some(report) = load.report() else { return group() };
    let parts = match &report.attribution {
        Some(attribution) => bar(session, attribution),
        None => tag("p.none")
            .child("The recording does not tell when the page was ready, so there is no time until then to divide."),
    };
    part(Section::Time).child(parts).child(milestones(report)).child(breakdown::breakdown(session, report))
}

fn bar(session: Session, attribution: &AttributionReport) -> Markup {
    let total = attribution.ms;
    let milestone = attribution.milestone.plain();
    let intro = format!("From the start of the navigation to “{milestone}”: {}.", format::duration(total));
    let mut rows = tag("tbody");
    let shown = || attribution.parts.iter().filter(|part| 0.0 < part.ms);
    let parts: Vec<_> = shown().map(|part| (part.owner.word(), part.ms)).collect();
    let segments = stack(total, &parts);
    for part in shown() {
        let swatch = tag("span").attr("class", format!("swatch {}", part.owner.word())).attr("aria-hidden", "true");
        let why = tag("td.why").child(prose(session, &part.why)).child(" ");
        let row = tag("tr")
            .child(tag("th").attr("scope", "row").child(swatch).child(part.owner.label()))
            .child(tag("td.number").child(format::duration(part.ms)))
            .child(tag("td.number").child(format::percent(part.ms, total)))
            .child(why.child(tag("span.certainty").child(part.certainty.word())));
        rows = rows.child(row);
    }
    let head = tag("tr")
        .child(tag("th").attr("scope", "col").child("Who"))
        .child(tag("th.number").attr("scope", "col").child("Time"))
        .child(tag("th.number").attr("scope", "col").child("Share"))
        .child(tag("th").attr("scope", "col").child("Why"));
    let table = tag("div.scroll-x")
        .attr("tabindex", "0")
        .attr("role", "region")
        .attr("aria-label", "Where the time went, as a table")
        .child(tag("table.owners").child(tag("thead").child(head)).child(rows));
    group().child(tag("p").child(intro)).child(segments).child(table)
}

/// A bar of parts: the class and the time of each. The table beside it says the same.
pub fn stack(total: f64, parts: &[(&'static str, f64)]) -> Markup {
    let segments = parts.iter().filter(|(_, ms)| 0.0 < *ms).map(|(class, ms)| {
        let share = ms / total;
        let label = (LABELED < share).then(|| tag("span").child(format::duration(*ms)));
        tag("span")
            .attr("class", format!("segment {class}"))
            .style("width", &format!("{}%", share * 100.0))
            .child(label)
    });
    tag("div.stack").attr("aria-hidden", "true").children(segments)
}

fn milestones(report: &LoadReport) -> Markup {
    let metrics = &report.metrics;
    let mut known: Vec<(Metric, String, &'static str)> = Vec::new();
    for metric in MILESTONES {
        if let Some((ms, certainty)) = verdict::milestone(metrics, metric) {
            known.push((metric, format::duration(ms), certainty));
        }
    }
    if let Some(cls) = &metrics.cls {
        known.push((Metric::Cls, format!("{:.2}", cls.score), cls.certainty.word()));
    }
    let table = (!known.is_empty()).then(|| {
        let rows = known.into_iter().map(|(metric, value, certainty)| {
            let name = tag("th").attr("scope", "row").child(capital(metric.plain())).child(" ");
            tag("tr")
                .child(name.child(tag("abbr").child(metric.short())))
                .child(tag("td.number").child(value))
                .child(tag("td").child(tag("span.certainty").child(certainty)))
        });
        let head = ["Milestone", "Time", "Certainty"].map(|name| tag("th").attr("scope", "col").child(name));
        tag("table.milestones")
            .child(tag("thead.unseen").child(tag("tr").children(head)))
            .child(tag("tbody").children(rows))
    });
    let missing = &report.not_available;
    let unknown = (!missing.is_empty()).then(|| {
        let figures = format::counted(missing.len() as u64, "figure", "figures");
        let lines = missing
            .iter()
            .map(|line| tag("li").child(tag("strong").child(line.metric.short())).child(": ").child(line.why.as_str()));
        tag("details.list")
            .child(tag("summary").child(format!("{figures} this recording cannot tell")))
            .child(tag("ul").children(lines))
    });
    group().child(tag("h3").child("Milestones")).child(table).child(unknown)
}

/// With a capital letter at the beginning.
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| [first.to_ascii_uppercase()].into_iter().chain(letters).collect()).unwrap_or_default()
}
