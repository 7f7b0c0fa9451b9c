//! The requests as a plain table: for print, for the browser's own search, for whoever reads tables better.

use crate::app::markup::{Markup, button, group, live, tag};
use crate::app::state::Session;
use crate::recording::Phase;
use crate::view::rows::{Row, Rows, flag, known};
use crate::view::{describe, format};
use leptos::prelude::*;
use std::sync::Arc;

/// Rows shown at first, and more at each click: so many are made in less than 50 ms.
const STEP: usize = 500;

/// The table.
pub fn table(session: Session, rows: Arc<Rows>) -> Markup {
    let shown = RwSignal::new(STEP);
    let content = move || {
        let n_shown = shown.get().min(rows.len());
        let lines = (0..n_shown).filter_map(|at| rows.get(at)).map(|row| line(session, row));
        let head = ["Request", "Host", "Status", "Kind", "Size", "Start", "Time"];
        let head = head.map(|name| tag("th").attr("scope", "col").child(name));
        let phases = Phase::ALL.map(|phase| tag("th").attr("scope", "col").child(describe::phase(phase)));
        let table = tag("table.requests")
            .child(tag("thead").child(tag("tr").children(head).children(phases)))
            .child(tag("tbody").children(lines));
        let rest = rows.len() - n_shown;
        let more = (rest != 0).then(|| {
            let label = format!("Show {} more", format::grouped(rest.min(STEP) as u64));
            let text =
                format!("{} of {} requests. ", format::grouped(n_shown as u64), format::grouped(rows.len() as u64));
            let more = button("button.link", label, move || shown.update(|shown| *shown += STEP));
            tag("p.why").child(text).child(more).child(" All of them are in the CSV, see “Share”.")
        });
        group().child(table).child(more)
    };
    tag("div.scroll-x.as-table")
        .attr("tabindex", "0")
        .attr("role", "region")
        .attr("aria-label", "Requests, as a table")
        .child(live(content))
}

fn line(session: Session, row: Row<'_>) -> Markup {
    let cells = describe::cells(row);
    let at = row.at as u32;
    let start = row.start.map_or_else(|| "–".to_owned(), format::duration);
    let numbers = [cells.size, start, cells.time].map(|text| tag("td.number").child(text));
    let phases = row.phases.iter().map(|ms| {
        let text = known(f64::from(*ms)).map(format::duration);
        tag("td.number").child(text.unwrap_or_else(|| "–".to_owned()))
    });
    tag("tr")
        .attr("class", row.is(flag::FAILED).then_some("failed"))
        .child(
            tag("th")
                .attr("scope", "row")
                .child(button("button.link", cells.name, move || session.reveal(at)).attr("title", row.url.to_owned())),
        )
        .child(tag("td").child(cells.host))
        .child(tag("td").child(cells.status))
        .child(tag("td").child(cells.kind))
        .children(numbers)
        .children(phases)
}
