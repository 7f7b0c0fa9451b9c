//! The waterfall: a grid of the rows in view, and one canvas, as large as the view, for their bars.

mod canvas;
mod details;
pub mod film;
mod filter;
mod overview;
mod rows;
mod table;

use crate::app::chart::{self, Axis, Line};
use crate::app::drag::{self, Drag};
use crate::app::keys;
use crate::app::markup::{Markup, button, follow, group, live, on_window, tag};
use crate::app::result::{Load, part};
use crate::app::state::{Session, focus, focus_quietly};
use crate::recording::Phase;
use crate::view::describe;
use crate::view::keymap::{self, Command, Step};
use crate::view::listing::Listing;
use crate::view::location::Section;
use crate::view::overview::between;
use crate::view::rows::{NO_CONNECTION, Rows, flag};
use crate::view::waterfall;
use leptos::prelude::*;
use std::sync::Arc;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlElement, KeyboardEvent, MouseEvent, WheelEvent};

/// What the parts of the waterfall share.
#[derive(Clone, Copy)]
pub struct View {
    /// All rows.
    pub rows: StoredValue<Arc<Rows>>,
    /// Those of them that are shown.
    pub listing: Memo<Listing>,
    /// Time, from left to right.
    pub axis: Axis,
    /// How far the list is scrolled down.
    pub scroll_top: RwSignal<f64>,
    scroller: StoredValue<HtmlElement, LocalStorage>,
}

impl View {
    /// The element that scrolls.
    pub fn scroller(self) -> HtmlElement {
        self.scroller.get_value()
    }
}

/// The section.
pub fn waterfall(session: Session, load: &Load) -> Markup {
    let lines = chart::lines(load);
    let evidence: Vec<u32> = load.report().map(|report| first_requests(&report.findings)).unwrap_or_default();
    let content = move || match session.rows.get() {
        None => tag("p.none").child("Preparing the list of requests…"),
        Some(rows) if rows.is_empty() => tag("p.none").child("The recording holds no requests of this page load."),
        Some(rows) => chart(session, rows, lines.clone(), evidence.clone()),
    };
    part(Section::Waterfall).attr("class", "part wide").child(live(content))
}

/// The request that proves each finding best, in the order of the findings.
fn first_requests(findings: &[crate::report::schema::FindingReport]) -> Vec<u32> {
    let first = findings.iter().filter_map(|finding| finding.evidence.iter().find_map(|proof| proof.request));
    first.map(|request| request as u32).collect()
}

fn chart(session: Session, rows: Arc<Rows>, lines: Vec<Line>, evidence: Vec<u32>) -> Markup {
    let whole = waterfall::whole(&rows);
    let summary = describe::waterfall(&rows, whole.to - whole.from);
    let n_rows = rows.len();
    let scroller = tag("div.scroller");
    let view = View {
        rows: StoredValue::new(rows),
        listing: Memo::new(move |_| {
            let shown = session.filtered.with(|filtered| filtered.as_ref().map(|filtered| filtered.requests.clone()));
            Listing::new(n_rows, shown)
        }),
        axis: Axis::new(whole, lines),
        scroll_top: RwSignal::new(0.0),
        scroller: StoredValue::new_local(scroller.element()),
    };
    follow_selection(session, view);
    let on_key = move |event: KeyboardEvent| {
        if let Some(command) = chart::command(session, keymap::WATERFALL, &event) {
            obey(session, view, command, &evidence);
        }
    };
    let rows = tag("div.rows")
        .attr("role", "rowgroup")
        .on("dblclick", move |_: Event| obey(session, view, Command::Fit, &[]))
        .child(canvas::bars(session, view));
    let element = rows.element();
    follow(move || {
        let height = view.listing.with(Listing::len) as f64 * waterfall::ROW_HEIGHT;
        let _ = element.style().set_property("height", &format!("{height}px"));
    });
    rows::follow_rows(session, view, rows.element());
    let rows = listen(session, view, rows);
    let grid = tag("div#grid")
        .attr("role", "grid")
        .attr("tabindex", "0")
        .attr("aria-label", "Requests in the order of their start")
        .live_attr("aria-rowcount", move || (view.listing.with(Listing::len) + 1).to_string())
        .attr("aria-colcount", "6")
        .live_attr("aria-activedescendant", move || session.request.get().map(|request| format!("row-{request}")))
        .attr("aria-describedby", "grid-help")
        .on("keydown", on_key)
        .child(rows::head(view))
        .child(rows);
    let scroller = scroller
        .on("scroll", move |_: Event| view.scroll_top.set(f64::from(view.scroller().scroll_top())))
        .on("wheel", move |event: WheelEvent| {
            view.axis.wheel(&event, view.scroller().get_bounding_client_rect().right());
        })
        .child(film::strip(session, view.axis))
        .child(grid);
    let class = move || {
        let shape = match (session.as_table.get(), session.is_open.get()) {
            (true, _) => "unshown",
            (false, true) => "with-details",
            (false, false) => "",
        };
        format!("chart {shape}{}", if session.is_critical.get() { " critical" } else { "" })
    };
    // On paper only the rows in view would be there.
    let before_print = StoredValue::new(false);
    on_window("beforeprint", move |_: Event| {
        before_print.set_value(session.as_table.get_untracked());
        session.as_table.set(true);
    });
    on_window("afterprint", move |_: Event| session.as_table.set(before_print.get_value()));
    let table = move || session.as_table.get().then(|| table::table(session, view));
    group()
        .child(tag("p.summary").child(summary))
        .child(filter::filter(session, view))
        .child(tools(session, view))
        .child(overview::strip(session, view))
        .child(tag("div#chart").live_attr("class", class).child(scroller).child(details::panel(session)))
        .child(live(table))
}

/// Brings the selected row into view, whoever selected it.
fn follow_selection(session: Session, view: View) {
    let selected = move || session.request.get().map(|request| request as usize);
    // Also when the list gets lower, as beneath the details on a narrow screen.
    let height = Memo::new(move |_| view.axis.size.get().1.max(waterfall::ROW_HEIGHT));
    let scroller = view.scroller();
    follow(move || {
        let Some(place) = selected().and_then(|request| view.listing.with(|listing| listing.place(request))) else {
            return;
        };
        let height = height.get();
        let now = f64::from(scroller.scroll_top());
        let wanted = waterfall::scroll_to(place, now, height);
        if wanted != now {
            scroller.set_scroll_top(wanted as i32);
        }
    });
    follow(move || {
        let Some(request) = selected() else { return };
        let start = view.rows.with_value(|rows| rows.get(request).and_then(|row| row.start));
        if let Some(start) = start {
            view.axis.window.update(|window| *window = window.showing(start, view.axis.whole));
        }
    });
}

fn obey(session: Session, view: View, command: Command, evidence: &[u32]) {
    let selected = session.request.get_untracked();
    match command {
        Command::Move(by) => {
            let height = view.axis.size.get_untracked().1;
            let next = view.listing.with_untracked(|listing| {
                let place = selected.and_then(|row| listing.place(row as usize));
                listing.row(waterfall::moved(place, by, height, listing.len())?)
            });
            next.into_iter().for_each(|row| session.select(row as u32));
        }
        Command::Open => {
            let first = view.listing.with_untracked(|listing| listing.row(0)).unwrap_or_default();
            session.select(selected.unwrap_or(first as u32));
            session.open_details();
            crate::app::state::after_paint(|| focus("details-title"));
        }
        Command::Close if session.is_open.get_untracked() => session.close_details(),
        Command::Close => session.request.set(None),
        Command::Critical => critical(session, view),
        Command::Table => turn(session),
        Command::Connection(step) => {
            let next = selected.and_then(|row| same_connection(view, row as usize, step));
            next.into_iter().for_each(|row| session.select(row as u32));
        }
        Command::ZoomIn
        | Command::ZoomOut
        | Command::Left
        | Command::Right
        | Command::Whole
        | Command::Fit
        | Command::Sibling(_)
        | Command::Section(_)
        | Command::Filter
        | Command::Load(_)
        | Command::Help
        | Command::OpenFile
        | Command::SaveReport => {
            let span = selected.and_then(|row| {
                view.rows.with_value(|rows| {
                    let row = rows.get(row as usize)?;
                    Some((row.start?, row.end()?))
                })
            });
            view.axis.obey(command, span);
        }
        Command::Finding(step) => {
            let at = selected.and_then(|selected| evidence.iter().position(|request| *request == selected));
            let next = match (at, step) {
                (None, _) => 0,
                (Some(at), Step::Next) => at + 1,
                (Some(at), Step::Previous) => at.saturating_sub(1),
            };
            if let Some(request) = evidence.get(next.min(evidence.len().saturating_sub(1))) {
                session.select(*request);
            }
        }
    }
}

fn same_connection(view: View, row: usize, step: Step) -> Option<usize> {
    view.rows.with_value(|rows| {
        let own = *rows.connection.get(row).filter(|own| **own != NO_CONNECTION)?;
        let fits = |other: usize| rows.connection.get(other) == Some(&own);
        view.listing.with_untracked(|listing| listing.step(row, step, fits))
    })
}

/// Turns on or off that only what is on the way to the main milestone stands out.
fn critical(session: Session, view: View) {
    if has_critical(view) {
        session.is_critical.update(|is_critical| *is_critical = !*is_critical);
    }
}

fn has_critical(view: View) -> bool {
    view.rows.with_value(|rows| rows.flags.iter().any(|flags| flags & flag::CRITICAL != 0))
}

/// From the waterfall to the table and back; the focus goes along.
fn turn(session: Session) {
    session.as_table.update(|shown| *shown = !*shown);
    let shown = if session.as_table.get_untracked() { table::ID } else { "grid" };
    crate::app::state::after_paint(move || focus_quietly(shown));
}

/// Clicks select, drags in the picture zoom.
fn listen(session: Session, view: View, rows: Markup) -> Markup {
    let was_marked = StoredValue::new(false);
    let element = rows.element();
    let left = move || f64::from(element.client_width()) - view.axis.size.get_untracked().0;
    let marked = move |from, to| {
        let (width, _) = view.axis.size.get_untracked();
        view.axis.window.set(between(from, to, view.axis.window.get_untracked(), width));
        was_marked.set_value(true);
    };
    let click = move |event: MouseEvent| {
        // The end of a drag is a click as well.
        if !was_marked.try_update_value(std::mem::take).unwrap_or_default() {
            click(session, view, &event);
        }
    };
    let drag = Drag {
        begins: Box::new(left),
        marked: Box::new(marked),
        pressed: Box::new(|_, _| {}),
        over: Box::new(|_, _, _| {}),
    };
    drag::listen(rows, drag).on("click", click)
}

fn click(session: Session, view: View, event: &MouseEvent) {
    let Some(target) = event.current_target().and_then(|rows| rows.dyn_into::<web_sys::Element>().ok()) else { return };
    let y = f64::from(event.client_y()) - target.get_bounding_client_rect().top();
    let row = view.listing.with_untracked(|listing| listing.row(waterfall::row_at(y, listing.len())?));
    if let Some(row) = row {
        session.select(row as u32);
        session.open_details();
        focus_quietly("grid");
    }
}

/// Zoom buttons, the legend, the keys.
fn tools(session: Session, view: View) -> Markup {
    let legend = Phase::ALL.map(|phase| {
        let swatch = tag("span").attr("class", format!("swatch {}", phase.id())).attr("aria-hidden", "true");
        tag("li").attr("title", describe::phase_meaning(phase)).child(swatch).child(describe::phase(phase))
    });
    let undivided = tag("li")
        .attr("title", describe::UNDIVIDED_MEANING)
        .child(tag("span.swatch.undivided").attr("aria-hidden", "true"))
        .child(describe::UNDIVIDED);
    let as_table = button("button.quiet", "As a table", move || session.as_table.update(|shown| *shown = !*shown))
        .live_attr("aria-pressed", move || session.as_table.get().to_string());
    let waited_for = has_critical(view).then(|| {
        button("button.quiet", "Critical path", move || critical(session, view))
            .attr("title", "What the main milestone waited for stands out")
            .live_attr("aria-pressed", move || session.is_critical.get().to_string())
    });
    tag("div.tools")
        .child(view.axis.buttons())
        .child(tag("ul.legend").attr("aria-label", "Colors").children(legend).child(undivided))
        .child(tag("div.actions").child(as_table).child(waited_for).child(keys::button()))
        .child(tag("p#grid-help.unseen").child("Arrow keys move, Enter opens details, Escape closes them."))
}
