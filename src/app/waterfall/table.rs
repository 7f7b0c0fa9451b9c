//! The requests as a plain table: for print, for the browser's own search, for whoever reads tables better.

use crate::app::chart;
use crate::app::markup::{Markup, button, group, live, tag};
use crate::app::roving::roving;
use crate::app::state::Session;
use crate::app::waterfall::{View, turn};
use crate::recording::Phase;
use crate::view::keymap;
use crate::view::rows::{Row, flag, known};
use crate::view::{describe, format};
use leptos::prelude::*;
use web_sys::KeyboardEvent;

/// Rows shown at first, and more at each click: so many are made in less than 50 ms.
const STEP: usize = 500;

/// Id of the region that holds it.
pub const ID: &str = "request-table";

/// The table.
pub fn table(session: Session, view: View) -> Markup {
    let shown = RwSignal::new(STEP);
    let content = move || {
        let (rows, listing) = (view.rows.get_value(), view.listing.get());
        let n_shown = shown.get().min(listing.len());
        let lines = (0..n_shown).filter_map(|at| rows.get(listing.row(at)?)).map(|row| line(session, row));
        let head = ["Request", "Host", "Status", "Kind", "Size", "Start", "Time"];
        let head = head.map(|name| tag("th").attr("scope", "col").child(name));
        let phases = Phase::ALL.map(|phase| tag("th").attr("scope", "col").child(describe::phase(phase)));
        let table = tag("table.requests")
            .child(tag("thead").child(tag("tr").children(head).children(phases)))
            .child(tag("tbody").children(lines));
        let rest = listing.len() - n_shown;
        let more = (rest != 0).then(|| {
            let label = format!("Show {} more", format::grouped(rest.min(STEP) as u64));
            let text =
                format!("{} of {} requests. ", format::grouped(n_shown as u64), format::grouped(listing.len() as u64));
            let more = button("button.link", label, move || shown.update(|shown| *shown += STEP));
            tag("p.why").child(text).child(more).child(" All of them are in the CSV, see “Share”.")
        });
        group().child(roving(table, "tbody button")).child(more)
    };
    let on_key = move |event: KeyboardEvent| {
        if chart::command(session, keymap::REQUEST_TABLE, &event).is_some() {
            turn(session);
        }
    };
    tag("div.scroll-x.as-table")
        .attr("id", ID)
        .on("keydown", on_key)
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
