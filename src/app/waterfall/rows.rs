//! The rows in view, as elements: text for eyes, roles and names for screen readers.

use crate::app::markup::{Markup, follow, tag};
use crate::app::state::Session;
use crate::app::waterfall::View;
use crate::view::describe;
use crate::view::listing::Listing;
use crate::view::rows::{Row, flag};
use crate::view::waterfall::{self, ROW_HEIGHT};
use leptos::prelude::*;
use std::cell::RefCell;
use web_sys::HtmlElement;

/// The header row: names of the columns, the time axis, the milestones.
pub fn head(view: View) -> Markup {
    let axis = view.axis.labels();
    let mut axis = Some(axis);
    let cells = COLUMNS.iter().enumerate().map(|(at, (class, name))| {
        let cell = cell(at).attr("role", "columnheader");
        match *class {
            "picture" => cell.child(tag("span.unseen").child(*name)).child(axis.take()),
            _ => cell.child(*name),
        }
    });
    tag("div.row.head").attr("role", "row").attr("aria-rowindex", "1").children(cells)
}

/// Keeps the rows in view, and the selected one wherever it is, in `parent`.
pub fn follow_rows(session: Session, view: View, parent: HtmlElement) {
    let range = Memo::new(move |_| {
        let n_rows = view.listing.with(Listing::len);
        waterfall::rows_in_view(view.scroll_top.get(), view.axis.size.get().1, n_rows)
    });
    let shown: RefCell<(Listing, Vec<(usize, HtmlElement)>)> = RefCell::default();
    follow(move || {
        let (range, listing) = (range.get(), view.listing.get());
        let selected = session.request.get().and_then(|row| listing.place(row as usize));
        let (above, below) = (selected.filter(|row| *row < range.start), selected.filter(|row| range.end <= *row));
        let wanted = above.into_iter().chain(range).chain(below);
        let (before, mut old) = shown.take();
        if before != listing {
            // Other rows stand at these places.
            old.drain(..).for_each(|(_, row)| row.remove());
        }
        let mut old = old.into_iter().peekable();
        let mut new = Vec::new();
        for at in wanted {
            while let Some((_, row)) = old.next_if(|(there, _)| *there < at) {
                row.remove();
            }
            let row = match old.next_if(|(there, _)| *there == at) {
                Some((_, row)) => row,
                None => {
                    let Some(row) = view.rows.with_value(|rows| rows.get(listing.row(at)?).map(|found| row(at, found)))
                    else {
                        continue;
                    };
                    let next = old.peek().map(|(_, next)| next.as_ref());
                    // Only a next one that is no longer there would fail.
                    let _ = parent.insert_before(&row, next);
                    row
                }
            };
            let _ = row.set_attribute("aria-selected", if selected == Some(at) { "true" } else { "false" });
            new.push((at, row));
        }
        for (_, row) in old {
            row.remove();
        }
        shown.replace((listing, new));
    });
}

fn row(place: usize, row: Row<'_>) -> HtmlElement {
    let cells = describe::cells(row);
    let blocking = row.is(flag::BLOCKING).then(|| tag("span.blocking").attr("title", "Held rendering back").child("◗"));
    let class = match (row.is(flag::FAILED), row.is(flag::THIRD_PARTY)) {
        (false, false) => "row",
        (true, false) => "row failed",
        (false, true) => "row third",
        (true, true) => "row failed third",
    };
    let request = cell(0)
        .attr("title", row.url.to_owned())
        .child(blocking)
        .child(tag("span.file").child(cells.name))
        .child(tag("span.host").child(cells.host));
    tag("div")
        .attr("class", class)
        .attr("data-critical", row.is(flag::CRITICAL).then_some(""))
        .attr("id", format!("row-{}", row.at))
        .attr("role", "row")
        .attr("aria-rowindex", (place + 2).to_string())
        .attr("aria-label", describe::row(row))
        .style("top", &format!("{}px", place as f64 * ROW_HEIGHT))
        .child(request)
        .child(cell(1).child(cells.status))
        .child(cell(2).child(cells.kind))
        .child(cell(3).child(cells.size))
        .child(cell(4).child(cells.time))
        .child(cell(5))
        .element()
}

/// The columns: their classes and their names.
const COLUMNS: [(&str, &str); 6] = [
    ("name", "Request"),
    ("status", "Status"),
    ("kind", "Kind"),
    ("size", "Size"),
    ("time", "Time"),
    ("picture", "Waterfall"),
];

fn cell(column: usize) -> Markup {
    let class = COLUMNS.get(column).map(|(class, _)| *class);
    tag("span").attr("class", class).attr("role", "gridcell").attr("aria-colindex", (column + 1).to_string())
}
