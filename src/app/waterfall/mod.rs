//! The waterfall: a grid of the rows in view, and one canvas, as large as the view, for their bars.

mod canvas;
mod details;
mod rows;
mod table;

use crate::app::markup::{Markup, button, fact, follow, group, keep, live, on_window, tag};
use crate::app::result::{Load, part, verdict};
use crate::app::state::{Session, focus, focus_quietly};
use crate::app::theme;
use crate::order::Arrange;
use crate::recording::Phase;
use crate::report::vocabulary::Metric;
use crate::view::keymap::{self, Command, Step};
use crate::view::location::Section;
use crate::view::palette::Palette;
use crate::view::rows::Rows;
use crate::view::waterfall::{self, Window};
use crate::view::{describe, format};
use leptos::prelude::*;
use std::sync::Arc;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{Event, HtmlElement, KeyboardEvent, MouseEvent, ResizeObserver, WheelEvent};

/// How much a key or button zooms.
const ZOOM: f64 = 0.6;

/// How much of the view a key or button moves.
const PAN: f64 = 0.25;

/// An instant drawn as a vertical line.
#[derive(Clone, PartialEq)]
#[allow(missing_docs)]
pub struct Line {
    pub name: &'static str,
    pub ms: f64,
}

/// What the parts of the waterfall share.
#[derive(Clone, Copy)]
pub struct View {
    /// All rows.
    pub rows: StoredValue<Arc<Rows>>,
    /// From the first to the last instant.
    pub whole: Window,
    /// The stretch of time in view.
    pub window: RwSignal<Window>,
    /// How far the list is scrolled down.
    pub scroll_top: RwSignal<f64>,
    /// Width and height of the picture.
    pub size: RwSignal<(f64, f64)>,
    /// Vertical lines.
    pub lines: StoredValue<Vec<Line>>,
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
    let lines = lines(load);
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

fn lines(load: &Load) -> Vec<Line> {
    let Some(report) = load.report() else { return Vec::new() };
    let all = [Metric::Ttfb, Metric::Fcp, Metric::Lcp, Metric::Dcl, Metric::Load];
    let mut lines: Vec<Line> = all
        .into_iter()
        .filter_map(|metric| Some(Line { name: metric.short(), ms: verdict::milestone(&report.metrics, metric)?.0 }))
        .collect();
    lines.arrange_by(|a, b| a.ms.total_cmp(&b.ms));
    lines
}

fn chart(session: Session, rows: Arc<Rows>, lines: Vec<Line>, evidence: Vec<u32>) -> Markup {
    let whole = waterfall::whole(&rows);
    let summary = describe::waterfall(&rows, whole.to - whole.from);
    let n_rows = rows.len();
    let scroller = tag("div.scroller");
    let view = View {
        rows: StoredValue::new(rows),
        whole,
        window: RwSignal::new(whole),
        scroll_top: RwSignal::new(0.0),
        size: RwSignal::new((0.0, 0.0)),
        lines: StoredValue::new(lines),
        scroller: StoredValue::new_local(scroller.element()),
    };
    follow_selection(session, view, n_rows);
    let on_key = move |event: KeyboardEvent| {
        if event.ctrl_key() || event.alt_key() || event.meta_key() {
            return;
        }
        if let Some(command) = keymap::command(&event.key()) {
            event.prevent_default();
            obey(session, view, command, n_rows, &evidence);
        }
    };
    let rows = tag("div.rows")
        .attr("role", "rowgroup")
        .style("height", &format!("{}px", n_rows as f64 * waterfall::ROW_HEIGHT))
        .on("click", move |event: MouseEvent| click(session, &event, n_rows))
        .on("dblclick", move |_: Event| obey(session, view, Command::Fit, n_rows, &[]))
        .child(canvas::bars(session, view));
    rows::follow_rows(session, view, n_rows, rows.element());
    let grid = tag("div#grid")
        .attr("role", "grid")
        .attr("tabindex", "0")
        .attr("aria-label", "Requests in the order of their start")
        .attr("aria-rowcount", (n_rows + 1).to_string())
        .attr("aria-colcount", "6")
        .live_attr("aria-activedescendant", move || session.request.get().map(|request| format!("row-{request}")))
        .attr("aria-describedby", "grid-help")
        .on("keydown", on_key)
        .child(rows::head(view))
        .child(rows);
    let scroller = scroller
        .on("scroll", move |_: Event| view.scroll_top.set(f64::from(view.scroller().scroll_top())))
        .on("wheel", move |event: WheelEvent| wheel(view, &event))
        .child(grid);
    let class = move || match (session.as_table.get(), session.is_open.get()) {
        (true, _) => "chart unshown",
        (false, true) => "chart with-details",
        (false, false) => "chart",
    };
    // On paper only the rows in view would be there.
    let before_print = StoredValue::new(false);
    on_window("beforeprint", move |_: Event| {
        before_print.set_value(session.as_table.get_untracked());
        session.as_table.set(true);
    });
    on_window("afterprint", move |_: Event| session.as_table.set(before_print.get_value()));
    let table = move || session.as_table.get().then(|| table::table(session, view.rows.get_value()));
    group()
        .child(tag("p.summary").child(summary))
        .child(tools(session, view))
        .child(tag("div#chart").live_attr("class", class).child(scroller).child(details::panel(session)))
        .child(live(table))
}

/// Brings the selected row into view, whoever selected it.
fn follow_selection(session: Session, view: View, n_rows: usize) {
    let selected = move || session.request.get().filter(|request| (*request as usize) < n_rows);
    // Also when the list gets lower, as beneath the details on a narrow screen.
    let height = Memo::new(move |_| view.size.get().1.max(waterfall::ROW_HEIGHT));
    let scroller = view.scroller();
    follow(move || {
        let Some(request) = selected() else { return };
        let height = height.get();
        let now = f64::from(scroller.scroll_top());
        let wanted = waterfall::scroll_to(request as usize, now, height);
        if wanted != now {
            scroller.set_scroll_top(wanted as i32);
        }
    });
    follow(move || {
        let Some(request) = selected() else { return };
        let start = view.rows.with_value(|rows| rows.get(request as usize).and_then(|row| row.start));
        if let Some(start) = start {
            view.window.update(|window| *window = window.showing(start, view.whole));
        }
    });
}

fn obey(session: Session, view: View, command: Command, n_rows: usize, evidence: &[u32]) {
    let window = view.window.get_untracked();
    let selected = session.request.get_untracked();
    let zoom = |factor: f64| {
        let start = selected.and_then(|row| view.rows.with_value(|rows| rows.get(row as usize)?.start));
        let anchor = start.filter(|start| window.from <= *start && *start <= window.to);
        view.window.set(window.zoomed(factor, anchor.unwrap_or(f64::midpoint(window.from, window.to)), view.whole));
    };
    match command {
        Command::Move(by) => {
            let height = view.size.get_untracked().1;
            if let Some(row) = waterfall::moved(selected.map(|row| row as usize), by, height, n_rows) {
                session.select(row as u32);
            }
        }
        Command::Open => {
            session.select(selected.unwrap_or_default());
            session.open_details();
            crate::app::state::after_paint(|| focus("details-title"));
        }
        Command::Close if session.is_open.get_untracked() => session.close_details(),
        Command::Close => session.request.set(None),
        Command::ZoomIn => zoom(ZOOM),
        Command::ZoomOut => zoom(1.0 / ZOOM),
        Command::Left => view.window.set(window.panned(-PAN, view.whole)),
        Command::Right => view.window.set(window.panned(PAN, view.whole)),
        Command::Whole => view.window.set(view.whole),
        Command::Fit => {
            let span = selected.and_then(|row| {
                view.rows.with_value(|rows| {
                    let row = rows.get(row as usize)?;
                    Some((row.start?, row.end()?))
                })
            });
            if let Some((start, end)) = span {
                view.window.set(Window::around(start, end, view.whole));
            }
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

fn click(session: Session, event: &MouseEvent, n_rows: usize) {
    let Some(target) = event.current_target().and_then(|rows| rows.dyn_into::<web_sys::Element>().ok()) else { return };
    let y = f64::from(event.client_y()) - target.get_bounding_client_rect().top();
    if let Some(row) = waterfall::row_at(y, n_rows) {
        session.select(row as u32);
        session.open_details();
        focus_quietly("grid");
    }
}

/// Ctrl and the wheel (or two fingers) zoom at the pointer. The plain wheel stays the browser's.
fn wheel(view: View, event: &WheelEvent) {
    /// Pixels of the wheel that double the stretch of time.
    const DOUBLES: f64 = 240.0;
    let (width, _) = view.size.get_untracked();
    if !event.ctrl_key() || width <= 0.0 {
        return;
    }
    event.prevent_default();
    let right = view.scroller().get_bounding_client_rect().right();
    let x = (f64::from(event.client_x()) - (right - width)).clamp(0.0, width);
    let window = view.window.get_untracked();
    let factor = 2_f64.powf(event.delta_y() / DOUBLES);
    view.window.set(window.zoomed(factor, window.time(x, width), view.whole));
}

/// Zoom buttons, the legend, the keys.
fn tools(session: Session, view: View) -> Markup {
    let zoom = move |factor: f64| {
        let window = view.window.get_untracked();
        view.window.set(window.zoomed(factor, f64::midpoint(window.from, window.to), view.whole));
    };
    let pan = move |share: f64| view.window.set(view.window.get_untracked().panned(share, view.whole));
    let in_view = move || {
        let window = view.window.get();
        format!("{} to {}", format::duration(window.from), format::duration(window.to))
    };
    let icon = |sign: &'static str, name: &'static str, act: Box<dyn Fn()>| {
        button("button.icon", sign, act).attr("aria-label", name)
    };
    let buttons = tag("div.zoom")
        .attr("role", "group")
        .attr("aria-label", "Time in view")
        .child(icon("+", "Zoom in", Box::new(move || zoom(ZOOM))))
        .child(icon("−", "Zoom out", Box::new(move || zoom(1.0 / ZOOM))))
        .child(icon("←", "Earlier", Box::new(move || pan(-PAN))))
        .child(icon("→", "Later", Box::new(move || pan(PAN))))
        .child(button("button.quiet", "All", move || view.window.set(view.whole)))
        .child(tag("span.in-view").child(live(in_view)));
    let legend = Phase::ALL.map(|phase| {
        let swatch = tag("span").attr("class", format!("swatch {}", phase.id())).attr("aria-hidden", "true");
        tag("li").attr("title", describe::phase_meaning(phase)).child(swatch).child(describe::phase(phase))
    });
    let as_table = button("button.quiet", "As a table", move || session.as_table.update(|shown| *shown = !*shown))
        .live_attr("aria-pressed", move || session.as_table.get().to_string());
    let keys = keymap::BINDINGS.iter().map(|binding| fact(tag("kbd").child(binding.shown), binding.does));
    tag("div.tools")
        .child(buttons)
        .child(tag("ul.legend").attr("aria-label", "Colors").children(legend))
        .child(as_table)
        .child(tag("details.keys").child(tag("summary").child("Keys")).child(tag("dl").children(keys)))
        .child(tag("p#grid-help.unseen").child("Arrow keys move, Enter opens details, Escape closes them."))
}

/// Tells the size of an element whenever it changes.
pub fn watch_size(element: &web_sys::Element, changed: Box<dyn Fn()>) {
    let on_resize = Closure::<dyn FnMut()>::wrap(Box::new(move || changed()));
    if let Ok(observer) = ResizeObserver::new(on_resize.as_ref().unchecked_ref()) {
        observer.observe(element);
        keep(Box::new(Watch { observer, _on_resize: on_resize }));
    }
}

/// Watches until it is dropped.
struct Watch {
    observer: ResizeObserver,
    _on_resize: Closure<dyn FnMut()>,
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

/// The colors in force.
pub fn palette() -> &'static Palette {
    Palette::of(theme::current())
}
