//! The waterfall: a grid of the rows in view, and one canvas, as large as the view, for their bars.

mod canvas;
mod details;
mod rows;

use crate::app::result::{Heading, Load, verdict};
use crate::app::state::{Session, focus, focus_quietly};
use crate::app::theme;
use crate::order::Arrange;
use crate::report::vocabulary::Metric;
use crate::view::keymap::{self, Command, Step};
use crate::view::location::Section;
use crate::view::palette::Palette;
use crate::view::rows::Rows;
use crate::view::waterfall::{self, Window};
use crate::view::{describe, format};
use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;
use std::sync::Arc;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{MouseEvent, ResizeObserver, WheelEvent};

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
    /// The element that scrolls.
    pub scroller: NodeRef<html::Div>,
}

/// The section.
#[component]
pub fn Waterfall(load: Load) -> impl IntoView {
    let session = Session::get();
    let lines = lines(&load);
    let evidence: Vec<u32> = load.report().map(|report| first_requests(&report.findings)).unwrap_or_default();
    view! {
        <section id="waterfall" class="part wide" aria-labelledby="waterfall-title">
            <Heading section=Section::Waterfall/>
            {move || match session.rows.get() {
                None => view! { <p class="none">"Preparing the list of requests…"</p> }.into_any(),
                Some(rows) if rows.is_empty() => {
                    view! { <p class="none">"The recording holds no requests of this page load."</p> }.into_any()
                }
                Some(rows) => view! { <Chart rows lines=lines.clone() evidence=evidence.clone()/> }.into_any(),
            }}
        </section>
    }
    .into_any()
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

#[component]
fn Chart(rows: Arc<Rows>, lines: Vec<Line>, evidence: Vec<u32>) -> impl IntoView {
    let session = Session::get();
    let whole = waterfall::whole(&rows);
    let summary = describe::waterfall(&rows, whole.to - whole.from);
    let n_rows = rows.len();
    let view = View {
        rows: StoredValue::new(rows),
        whole,
        window: RwSignal::new(whole),
        scroll_top: RwSignal::new(0.0),
        size: RwSignal::new((0.0, 0.0)),
        lines: StoredValue::new(lines),
        scroller: NodeRef::new(),
    };
    provide_context(view);
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
    let active = move || session.request.get().map(|request| format!("row-{request}"));
    view! {
        <p class="summary">{summary}</p>
        <Tools view/>
        <div id="chart" class="chart" class:with-details=move || session.is_open.get()>
            <div class="scroller" node_ref=view.scroller
                on:scroll=move |_| {
                    if let Some(scroller) = view.scroller.get_untracked() {
                        view.scroll_top.set(f64::from(scroller.scroll_top()));
                    }
                }
                on:wheel=move |event| wheel(view, &event)
            >
                <div id="grid" role="grid" tabindex="0" aria-label="Requests in the order of their start"
                    aria-rowcount=(n_rows + 1).to_string() aria-colcount="6" aria-activedescendant=active
                    aria-describedby="grid-help" on:keydown=on_key
                >
                    <rows::Head/>
                    <div class="rows" role="rowgroup" style:height=format!("{}px", n_rows as f64 * waterfall::ROW_HEIGHT)
                        on:click=move |event| click(session, view, &event, n_rows)
                        on:dblclick=move |_| obey(session, view, Command::Fit, n_rows, &[])
                    >
                        <canvas::Bars/>
                        <rows::Body n_rows/>
                    </div>
                </div>
            </div>
            <details::Panel/>
        </div>
    }
    .into_any()
}

/// Brings the selected row into view, whoever selected it.
fn follow_selection(session: Session, view: View, n_rows: usize) {
    let selected = move || session.request.get().filter(|request| (*request as usize) < n_rows);
    // Also when the list gets lower, as beneath the details on a narrow screen.
    let height = Memo::new(move |_| view.size.get().1.max(waterfall::ROW_HEIGHT));
    Effect::new(move || {
        let Some(request) = selected() else { return };
        let Some(scroller) = view.scroller.get() else { return };
        let height = height.get();
        let now = f64::from(scroller.scroll_top());
        let wanted = waterfall::scroll_to(request as usize, now, height);
        if wanted != now {
            scroller.set_scroll_top(wanted as i32);
        }
    });
    Effect::new(move || {
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

fn click(session: Session, view: View, event: &MouseEvent, n_rows: usize) {
    let Some(target) = event.current_target().and_then(|rows| rows.dyn_into::<web_sys::Element>().ok()) else { return };
    let y = f64::from(event.client_y()) - target.get_bounding_client_rect().top();
    if let Some(row) = waterfall::row_at(y, n_rows) {
        session.select(row as u32);
        session.open_details();
        focus_quietly("grid");
        let _ = view;
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
    let Some(scroller) = view.scroller.get_untracked() else { return };
    let right = scroller.get_bounding_client_rect().right();
    let x = (f64::from(event.client_x()) - (right - width)).clamp(0.0, width);
    let window = view.window.get_untracked();
    let factor = 2_f64.powf(event.delta_y() / DOUBLES);
    view.window.set(window.zoomed(factor, window.time(x, width), view.whole));
}

/// Zoom buttons, the legend, the keys.
#[component]
fn Tools(view: View) -> impl IntoView {
    let zoom = move |factor: f64| {
        let window = view.window.get_untracked();
        view.window.set(window.zoomed(factor, f64::midpoint(window.from, window.to), view.whole));
    };
    let pan = move |share: f64| view.window.update(|window| *window = window.panned(share, view.whole));
    let in_view = move || {
        let window = view.window.get();
        format!("{} to {}", format::duration(window.from), format::duration(window.to))
    };
    let legend = crate::recording::Phase::ALL.map(|phase| {
        view! {
            <li title=describe::phase_meaning(phase)>
                <span class=format!("swatch {}", phase.id()) aria-hidden="true"></span>{describe::phase(phase)}
            </li>
        }
    });
    let keys = keymap::BINDINGS.iter().map(|binding| {
        view! { <div><dt><kbd>{binding.shown}</kbd></dt><dd>{binding.does}</dd></div> }
    });
    view! {
        <div class="tools">
            <div class="zoom" role="group" aria-label="Time in view">
                <button type="button" class="icon" aria-label="Zoom in" on:click=move |_| zoom(ZOOM)>"+"</button>
                <button type="button" class="icon" aria-label="Zoom out" on:click=move |_| zoom(1.0 / ZOOM)>"−"</button>
                <button type="button" class="icon" aria-label="Earlier" on:click=move |_| pan(-PAN)>"←"</button>
                <button type="button" class="icon" aria-label="Later" on:click=move |_| pan(PAN)>"→"</button>
                <button type="button" class="quiet" on:click=move |_| view.window.set(view.whole)>"All"</button>
                <span class="in-view">{in_view}</span>
            </div>
            <ul class="legend" aria-label="Colors">{legend.collect_view()}</ul>
            <details class="keys">
                <summary>"Keys"</summary>
                <dl>{keys.collect_view()}</dl>
            </details>
            <p id="grid-help" class="unseen">"Arrow keys move, Enter opens details, Escape closes them."</p>
        </div>
    }
    .into_any()
}

/// Keeps a signal at the size of an element.
pub fn watch_size(element: &web_sys::Element, changed: impl Fn(f64, f64) + 'static) {
    let watched = element.clone();
    let on_resize = Closure::<dyn FnMut()>::new(move || {
        let rect = watched.get_bounding_client_rect();
        changed(rect.width(), rect.height());
    });
    if let Ok(observer) = ResizeObserver::new(on_resize.as_ref().unchecked_ref()) {
        observer.observe(element);
        let observer = StoredValue::new_local(observer);
        on_cleanup(move || observer.with_value(ResizeObserver::disconnect));
    }
    on_resize.forget();
}

/// The colors in force.
pub fn palette() -> &'static Palette {
    Palette::of(theme::current())
}
