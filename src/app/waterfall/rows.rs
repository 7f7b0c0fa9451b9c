//! The rows in view, as elements: text for eyes, roles and names for screen readers.

use crate::app::state::Session;
use crate::app::waterfall::View;
use crate::view::rows::{Row, flag};
use crate::view::waterfall::{self, ROW_HEIGHT};
use crate::view::{describe, format};
use leptos::prelude::*;

/// Pixels between labels of the time axis.
const TICKS_APART: f64 = 90.0;

/// Width of a milestone's label, about.
const LABEL_WIDTH: f64 = 42.0;

/// The header row: names of the columns, the time axis, the milestones.
#[component]
pub fn Head() -> impl IntoView {
    let view = expect_context::<View>();
    let ticks = move || {
        let (width, _) = view.size.get();
        let window = view.window.get();
        let ticks = window.ticks(width, TICKS_APART);
        let step = ticks.first().zip(ticks.get(1)).map_or(window.duration(), |(a, b)| b - a);
        let labels = ticks.into_iter().filter(|ms| window.x(*ms, width) < width - TICKS_APART / 3.0);
        labels
            .map(|ms| {
                let left = format!("{}px", window.x(ms, width));
                view! { <span class="tick" style:left=left>{format::tick(ms, step)}</span> }
            })
            .collect_view()
    };
    let labels = move || {
        let (width, _) = view.size.get();
        let window = view.window.get();
        view.lines.with_value(|lines| {
            let shown: Vec<_> = lines.iter().filter(|line| window.from <= line.ms && line.ms <= window.to).collect();
            let places: Vec<_> =
                shown.iter().map(|line| (window.x(line.ms, width).min(width - LABEL_WIDTH), LABEL_WIDTH)).collect();
            let stacked = waterfall::label_lines(&places);
            let labels = shown.iter().zip(places).zip(stacked).map(|((line, (x, _)), place)| {
                let title = format!("{} at {}", line.name, format::duration(line.ms));
                view! {
                    <span class="label" style:left=format!("{x}px") style:top=format!("{}px", 14 + place * 12)
                        title=title>{line.name}</span>
                }
            });
            labels.collect_view()
        })
    };
    view! {
        <div class="row head" role="row" aria-rowindex="1">
            <span class="name" role="columnheader" aria-colindex="1">"Request"</span>
            <span class="status" role="columnheader" aria-colindex="2">"Status"</span>
            <span class="kind" role="columnheader" aria-colindex="3">"Kind"</span>
            <span class="size" role="columnheader" aria-colindex="4">"Size"</span>
            <span class="time" role="columnheader" aria-colindex="5">"Time"</span>
            <span class="picture" role="columnheader" aria-colindex="6">
                <span class="unseen">"Waterfall"</span>
                <span class="axis" aria-hidden="true">{ticks}{labels}</span>
            </span>
        </div>
    }
    .into_any()
}

/// The rows in view, and the selected one wherever it is.
#[component]
pub fn Body(n_rows: usize) -> impl IntoView {
    let session = Session::get();
    let view = expect_context::<View>();
    let range = Memo::new(move |_| waterfall::rows_in_view(view.scroll_top.get(), view.size.get().1, n_rows));
    let shown = move || {
        let range = range.get();
        let selected = session.request.get().map(|row| row as usize).filter(|row| *row < n_rows);
        let outside = selected.filter(|row| !range.contains(row));
        outside.into_iter().chain(range).collect::<Vec<_>>()
    };
    view! { <For each=shown key=|at| *at children=move |at| one(session, view, at)/> }.into_any()
}

fn one(session: Session, view: View, at: usize) -> AnyView {
    view.rows.with_value(|rows| rows.get(at).map(|row| element(session, row))).unwrap_or_else(|| ().into_any())
}

fn element(session: Session, row: Row<'_>) -> AnyView {
    let at = row.at;
    let (host, name) = format::short_url(row.url);
    let status = match row.status {
        Some(status) => status.to_string(),
        None if row.is(flag::FAILED) => "failed".to_owned(),
        None => "–".to_owned(),
    };
    let is_selected = move || session.request.get() == Some(at as u32);
    let size = match row.bytes {
        _ if row.is(flag::CACHED) => "cache".to_owned(),
        Some(bytes) => format::bytes(bytes as u64),
        None => "–".to_owned(),
    };
    let time = row.duration.map_or_else(|| "–".to_owned(), format::duration);
    let blocking =
        row.is(flag::BLOCKING).then(|| view! { <span class="blocking" title="Held rendering back">"◗"</span> });
    view! {
        <div class="row" id=format!("row-{at}") role="row" aria-rowindex=(at + 2).to_string()
            aria-label=describe::row(row) aria-selected=move || is_selected().to_string()
            class:failed=row.is(flag::FAILED) class:third=row.is(flag::THIRD_PARTY)
            style:top=format!("{}px", at as f64 * ROW_HEIGHT)
        >
            <span class="name" role="gridcell" aria-colindex="1" title=row.url.to_owned()>
                {blocking}
                <span class="file">{name.to_owned()}</span>
                <span class="host">{host.to_owned()}</span>
            </span>
            <span class="status" role="gridcell" aria-colindex="2">{status}</span>
            <span class="kind" role="gridcell" aria-colindex="3">{describe::kind(row.kind)}</span>
            <span class="size" role="gridcell" aria-colindex="4">{size}</span>
            <span class="time" role="gridcell" aria-colindex="5">{time}</span>
            <span class="picture" role="gridcell" aria-colindex="6"></span>
        </div>
    }
    .into_any()
}
