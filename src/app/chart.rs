//! What the charts over time have in common: the stretch of time in view with its buttons, keys and wheel, the axis
//! with its labels, the canvas and its grid.

use crate::app::markup::{Markup, button, group, keep, live, tag};
use crate::app::result::{Load, verdict};
use crate::app::roving::roving;
use crate::app::state::Session;
use crate::app::theme;
use crate::order::Arrange;
use crate::report::vocabulary::Metric;
use crate::view::format;
use crate::view::keymap::{self, Binding, Command};
use crate::view::palette::{Color, Palette};
use crate::view::waterfall::{self, Window};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, KeyboardEvent, ResizeObserver, WheelEvent};

/// How much a key or button zooms.
const ZOOM: f64 = 0.6;

/// How much of the view a key or button moves.
const PAN: f64 = 0.25;

/// Pixels between vertical grid lines and their labels.
const TICKS_APART: f64 = 90.0;

/// Width of a letter of a milestone's label, about, in pixels.
const LETTER: f64 = 8.0;

/// Pixels around a label.
const LABEL_GAP: f64 = 10.0;

/// Pixels between milestones that look like one line.
const SAME_PLACE: f64 = 3.0;

/// An instant drawn as a vertical line.
#[derive(Clone, PartialEq)]
#[allow(missing_docs)]
pub struct Line {
    pub name: &'static str,
    pub ms: f64,
}

/// The milestones of a load that are drawn, in the order of time.
pub fn lines(load: &Load) -> Vec<Line> {
    let Some(report) = load.report() else { return Vec::new() };
    let all = [Metric::Ttfb, Metric::Fcp, Metric::Lcp, Metric::Dcl, Metric::Load];
    let mut lines: Vec<Line> = all
        .into_iter()
        .filter_map(|metric| Some(Line { name: metric.short(), ms: verdict::milestone(&report.metrics, metric)?.0 }))
        .collect();
    lines.arrange_by(|a, b| a.ms.total_cmp(&b.ms));
    lines
}

/// The time axis of a chart.
#[derive(Clone, Copy)]
pub struct Axis {
    /// From the first to the last instant.
    pub whole: Window,
    /// The stretch of time in view.
    pub window: RwSignal<Window>,
    /// Width and height of the picture.
    pub size: RwSignal<(f64, f64)>,
    /// Vertical lines.
    lines: StoredValue<Vec<Line>>,
}

impl Axis {
    /// All is in view.
    pub fn new(whole: Window, lines: Vec<Line>) -> Self {
        Self { whole, window: RwSignal::new(whole), size: RwSignal::new((0.0, 0.0)), lines: StoredValue::new(lines) }
    }

    /// Zooms; `anchor` stays where it is, or the middle.
    pub fn zoom(self, factor: f64, anchor: Option<f64>) {
        let window = self.window.get_untracked();
        let anchor = anchor.filter(|at| window.from <= *at && *at <= window.to);
        let anchor = anchor.unwrap_or(f64::midpoint(window.from, window.to));
        self.window.set(window.zoomed(factor, anchor, self.whole));
    }

    fn pan(self, share: f64) {
        self.window.set(self.window.get_untracked().panned(share, self.whole));
    }

    /// Does what a key asks for, if that has to do with time. `selected`: beginning and end of what is selected.
    pub fn obey(self, command: Command, selected: Option<(f64, f64)>) {
        match (command, selected) {
            (Command::ZoomIn, _) => self.zoom(ZOOM, selected.map(|(start, _)| start)),
            (Command::ZoomOut, _) => self.zoom(1.0 / ZOOM, selected.map(|(start, _)| start)),
            (Command::Left, _) => self.pan(-PAN),
            (Command::Right, _) => self.pan(PAN),
            (Command::Whole, _) => self.window.set(self.whole),
            (Command::Fit, Some((start, end))) => self.window.set(Window::around(start, end, self.whole)),
            _ => {}
        }
    }

    /// Ctrl and the wheel (or two fingers) zoom at the pointer. The plain wheel stays the browser's. `right` is the
    /// right edge of the picture.
    pub fn wheel(self, event: &WheelEvent, right: f64) {
        /// Pixels of the wheel that double the stretch of time.
        const DOUBLES: f64 = 240.0;
        let (width, _) = self.size.get_untracked();
        if !event.ctrl_key() || width <= 0.0 {
            return;
        }
        event.prevent_default();
        let x = (f64::from(event.client_x()) - (right - width)).clamp(0.0, width);
        let at = self.window.get_untracked().time(x, width);
        self.zoom(2_f64.powf(event.delta_y() / DOUBLES), Some(at));
    }

    /// Buttons that zoom and move.
    pub fn buttons(self) -> Markup {
        let in_view = move || {
            let window = self.window.get();
            format!("{} to {}", format::duration(window.from), format::duration(window.to))
        };
        let icon = |sign: &'static str, name: &'static str, act: Box<dyn Fn()>| {
            button("button.icon", sign, act).attr("aria-label", name)
        };
        let buttons = tag("div.zoom")
            .attr("role", "group")
            .attr("aria-label", "Time in view")
            .child(icon("+", "Zoom in", Box::new(move || self.zoom(ZOOM, None))))
            .child(icon("−", "Zoom out", Box::new(move || self.zoom(1.0 / ZOOM, None))))
            .child(icon("←", "Earlier", Box::new(move || self.pan(-PAN))))
            .child(icon("→", "Later", Box::new(move || self.pan(PAN))))
            .child(button("button.quiet", "All", move || self.window.set(self.whole)));
        roving(buttons, "button").child(tag("span.in-view").child(live(in_view)))
    }

    /// The labels of the axis and of the milestones.
    pub fn labels(self) -> Markup {
        tag("span.axis")
            .attr("aria-hidden", "true")
            .child(live(move || self.ticks()))
            .child(live(move || self.milestones()))
    }

    fn ticks(self) -> Markup {
        let (width, _) = self.size.get();
        let window = self.window.get();
        let ticks = window.ticks(width, TICKS_APART);
        let step = ticks.first().zip(ticks.get(1)).map_or(window.duration(), |(a, b)| b - a);
        let labels = ticks.into_iter().filter(|ms| window.x(*ms, width) < width - TICKS_APART / 3.0);
        group().children(labels.map(|ms| {
            tag("span.tick").style("left", &format!("{}px", window.x(ms, width))).child(format::tick(ms, step))
        }))
    }

    fn milestones(self) -> Markup {
        let (width, _) = self.size.get();
        let window = self.window.get();
        self.lines.with_value(|lines| {
            // Those at the same place share a label.
            let mut shown: Vec<(f64, String, String)> = Vec::new();
            for line in lines.iter().filter(|line| window.from <= line.ms && line.ms <= window.to) {
                let (x, title) = (window.x(line.ms, width), format!("{} at {}", line.name, format::duration(line.ms)));
                match shown.last_mut().filter(|(before, ..)| x - *before < SAME_PLACE) {
                    Some((_, names, titles)) => {
                        *names += &format!(" {}", line.name);
                        *titles += &format!(", {title}");
                    }
                    None => shown.push((x, line.name.to_owned(), title)),
                }
            }
            let places = shown.iter().map(|(x, names, _)| {
                let room = LETTER * names.len() as f64 + LABEL_GAP;
                (x.min(width - room), room)
            });
            let places: Vec<_> = places.collect();
            let stacked = waterfall::label_lines(&places);
            group().children(shown.into_iter().zip(places).zip(stacked).map(|(((_, names, title), (x, _)), place)| {
                tag("span.label")
                    .style("left", &format!("{x}px"))
                    .style("top", &format!("{}px", 14 + place * 12))
                    .attr("title", title)
                    .child(names)
            }))
        })
    }

    /// Clears a canvas and draws the grid and the milestones on it.
    pub fn draw_grid(self, canvas: &HtmlCanvasElement) -> Option<CanvasRenderingContext2d> {
        let (width, height) = self.size.get_untracked();
        let context = prepare(canvas, (width, height))?;
        let window = self.window.get_untracked();
        context.set_global_alpha(0.18);
        context.set_fill_style_str(&color(palette().neutral));
        for ms in window.ticks(width, TICKS_APART) {
            context.fill_rect(window.x(ms, width).round(), 0.0, 1.0, height);
        }
        context.set_global_alpha(0.75);
        self.lines.with_value(|lines| {
            for line in lines.iter().filter(|line| window.from <= line.ms && line.ms <= window.to) {
                context.fill_rect(window.x(line.ms, width).round(), 0.0, 1.0, height);
            }
        });
        context.set_global_alpha(1.0);
        Some(context)
    }

    /// Tells the instants of all vertical lines.
    pub fn each_line(self, mut tell: impl FnMut(f64)) {
        self.lines.with_value(|lines| lines.iter().for_each(|line| tell(line.ms)));
    }
}

/// Empties a canvas and makes it so large, in the screen's own pixels.
pub fn prepare(canvas: &HtmlCanvasElement, (width, height): (f64, f64)) -> Option<CanvasRenderingContext2d> {
    let ratio = window().device_pixel_ratio().max(1.0);
    let (pixel_width, pixel_height) = ((width * ratio) as u32, (height * ratio) as u32);
    if canvas.width() != pixel_width || canvas.height() != pixel_height {
        canvas.set_width(pixel_width);
        canvas.set_height(pixel_height);
    }
    let context = canvas.get_context("2d").ok()??.dyn_into::<CanvasRenderingContext2d>().ok()?;
    // Scaling a fresh canvas cannot fail.
    let _ = context.set_transform(ratio, 0.0, 0.0, ratio, 0.0, 0.0);
    context.clear_rect(0.0, 0.0, width, height);
    Some(context)
}

/// What a key asks for. Keys with Ctrl, Alt or Meta belong to the browser, single ones can be switched off.
pub fn command(session: Session, bindings: &[Binding], event: &KeyboardEvent) -> Option<Command> {
    let is_off = !session.has_keys.get_untracked() && event.key().len() == 1 && event.key() != " ";
    if event.ctrl_key() || event.alt_key() || event.meta_key() || is_off {
        return None;
    }
    let command = keymap::command(bindings, &event.key());
    if command.is_some() {
        event.prevent_default();
    }
    command
}

/// The colors in force.
pub fn palette() -> &'static Palette {
    Palette::of(theme::current())
}

/// A color for the canvas: with forced colors, the system's.
pub fn color(color: Color) -> String {
    if theme::is_forced() { "CanvasText".to_owned() } else { color.css() }
}

/// Tells the size of an element whenever it changes.
pub fn watch_size(element: &web_sys::Element, changed: Box<dyn Fn()>) {
    let on_resize = Closure::<dyn FnMut()>::wrap(Box::new(changed));
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
