//! The strip over the waterfall: how much came when, and which stretch of it is in view. For eyes and pointers only; the
//! buttons and keys beside it do the same.

use crate::app::chart::{self, watch_size};
use crate::app::drag::{self, Drag};
use crate::app::markup::{Markup, follow, tag};
use crate::app::state::Session;
use crate::app::waterfall::View;
use crate::view::overview::{self, COLUMN, HEIGHT, Measure};
use crate::view::waterfall::THINNEST_BAR;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlCanvasElement};

/// The strip.
pub fn strip(session: Session, view: View) -> Markup {
    let canvas = tag("canvas");
    let picture: HtmlCanvasElement = canvas.element().unchecked_into();
    let window = tag("div.seen");
    let seen = window.element();
    let area = tag("div.overview").attr("aria-hidden", "true").child(canvas).child(window);
    let element = area.element();
    let width = RwSignal::new(0.0);
    let measured = element.clone();
    follow(move || {
        let of = measured.clone();
        let measure = move || width.set(f64::from(of.client_width()));
        measure();
        watch_size(&measured, Box::new(measure));
    });
    follow(move || {
        session.theme.track();
        let measure = draw(view, &picture, width.get());
        let what = if measure == Measure::Bytes { "Bytes received" } else { "Requests under way" };
        let _ = element.set_attribute("title", &format!("{what} over time. Drag to choose a stretch of time."));
    });
    follow(move || {
        let (shown, width) = (view.axis.window.get(), width.get());
        let (left, right) = (view.axis.whole.x(shown.from, width), view.axis.whole.x(shown.to, width));
        let style = seen.style();
        let _ = style.set_property("left", &format!("{left}px"));
        let _ = style.set_property("width", &format!("{}px", (right - left).max(THINNEST_BAR)));
    });
    let whole = view.axis.whole;
    let marked = move |from, to| view.axis.window.set(overview::between(from, to, whole, width.get_untracked()));
    let pressed = move |x, _| {
        view.axis.window.update(|window| *window = overview::centered(*window, x, whole, width.get_untracked()))
    };
    let drag = Drag {
        begins: Box::new(|| 0.0),
        marked: Box::new(marked),
        pressed: Box::new(pressed),
        over: Box::new(|_, _, _| {}),
    };
    drag::listen(area, drag)
        .on("dblclick", move |_: Event| view.axis.window.set(whole))
        .live_attr("hidden", move || session.as_table.get().then_some(""))
}

fn draw(view: View, canvas: &HtmlCanvasElement, width: f64) -> Measure {
    let (whole, n_columns) = (view.axis.whole, (width / COLUMN) as usize);
    let (measure, heights) = view.rows.with_value(|rows| overview::columns(rows, whole, n_columns));
    let Some(context) = chart::prepare(canvas, (width, HEIGHT)) else { return measure };
    context.set_fill_style_str(&chart::color(chart::palette().neutral));
    for (at, height) in heights.iter().enumerate().filter(|(_, height)| 0.0 < **height) {
        let height = (height * (HEIGHT - 2.0)).max(1.0);
        context.fill_rect(at as f64 * COLUMN, HEIGHT - height, COLUMN - 1.0, height);
    }
    view.axis.each_line(|ms| context.fill_rect(whole.x(ms, width).round(), 0.0, 1.0, HEIGHT));
    measure
}
