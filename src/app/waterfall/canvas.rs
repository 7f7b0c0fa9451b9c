//! The bars of the rows in view, on one canvas that is never larger than the view.

use crate::app::markup::{Markup, follow, tag};
use crate::app::state::Session;
use crate::app::theme;
use crate::app::waterfall::{View, palette, watch_size};
use crate::recording::Phase;
use crate::view::palette::Color;
use crate::view::waterfall::{self, Bar, ROW_HEIGHT};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

/// Heights of bars: setting up is thin, waiting and receiving is tall.
const THIN: f64 = 6.0;
const TALL: f64 = 12.0;

/// Pixels between vertical grid lines; the labels above stand at the same places.
const TICKS_APART: f64 = 90.0;

/// The canvas.
pub fn bars(session: Session, view: View) -> Markup {
    let canvas = tag("canvas");
    let picture: HtmlCanvasElement = canvas.element().unchecked_into();
    let frame = tag("div.frame").attr("aria-hidden", "true").child(canvas);
    let (element, scroller) = (frame.element(), view.scroller());
    // When all is in the document, and has a size.
    follow(move || {
        for watched in [&element, &scroller] {
            let (element, scroller) = (element.clone(), scroller.clone());
            // The frame has no height of its own; what is seen of the list is the scroller's.
            let measure =
                move || view.size.set((f64::from(element.client_width()), f64::from(scroller.client_height())));
            measure();
            watch_size(watched, Box::new(measure));
        }
    });
    follow(move || {
        session.theme.track();
        let (scroll_top, size) = (view.scroll_top.get(), view.size.get());
        let _ = view.window.get();
        draw(view, &picture, scroll_top, size);
    });
    frame
}

/// Rectangles of one look, drawn at once.
struct Batch {
    phase: Option<Phase>,
    bars: Vec<(Bar, f64)>,
}

fn draw(view: View, canvas: &HtmlCanvasElement, scroll_top: f64, (width, height): (f64, f64)) {
    let ratio = window().device_pixel_ratio().max(1.0);
    let (pixel_width, pixel_height) = ((width * ratio) as u32, (height * ratio) as u32);
    if canvas.width() != pixel_width || canvas.height() != pixel_height {
        canvas.set_width(pixel_width);
        canvas.set_height(pixel_height);
    }
    let Ok(Some(context)) = canvas.get_context("2d") else { return };
    let Ok(context) = context.dyn_into::<CanvasRenderingContext2d>() else { return };
    // Scaling a fresh canvas cannot fail.
    let _ = context.set_transform(ratio, 0.0, 0.0, ratio, 0.0, 0.0);
    context.clear_rect(0.0, 0.0, width, height);
    let window = view.window.get_untracked();
    let forced = theme::is_forced();
    let color = |color: Color| if forced { "CanvasText".to_owned() } else { color.css() };
    let palette = palette();

    context.set_global_alpha(0.18);
    context.set_fill_style_str(&color(palette.neutral));
    for ms in window.ticks(width, TICKS_APART) {
        context.fill_rect(window.x(ms, width).round(), 0.0, 1.0, height);
    }
    context.set_global_alpha(0.75);
    view.lines.with_value(|lines| {
        for line in lines.iter().filter(|line| window.from <= line.ms && line.ms <= window.to) {
            context.fill_rect(window.x(line.ms, width).round(), 0.0, 1.0, height);
        }
    });
    context.set_global_alpha(1.0);

    let looks = [None].into_iter().chain(Phase::ALL.map(Some));
    let mut batches: Vec<Batch> = looks.map(|phase| Batch { phase, bars: Vec::new() }).collect();
    view.rows.with_value(|rows| {
        for at in waterfall::rows_in_view(scroll_top, height, rows.len()) {
            let Some(row) = rows.get(at) else { continue };
            let middle = at as f64 * ROW_HEIGHT + ROW_HEIGHT / 2.0 - scroll_top;
            for bar in waterfall::bars(row, window, width) {
                if let Some(batch) = batches.iter_mut().find(|batch| batch.phase == bar.phase) {
                    batch.bars.push((bar, middle));
                }
            }
        }
    });
    for batch in &batches {
        // With forced colors the shape tells: thin is setting up, tall and empty waiting, tall and full receiving.
        let fill = batch.phase.and_then(|phase| palette.phase(phase));
        match fill.filter(|_| !forced || batch.phase == Some(Phase::Receive)) {
            Some(fill) => {
                context.begin_path();
                context.set_fill_style_str(&color(fill));
                for (bar, middle) in &batch.bars {
                    let tall = if bar.is_tall() { TALL } else { THIN };
                    context.rect(bar.x, (middle - tall / 2.0).round(), bar.width, tall);
                }
                context.fill();
            }
            None => {
                context.begin_path();
                context.set_stroke_style_str(&color(palette.neutral));
                context.set_line_width(1.0);
                for (bar, middle) in &batch.bars {
                    let tall = if bar.is_tall() { TALL } else { THIN };
                    let top = (middle - tall / 2.0).round();
                    context.rect(bar.x.round() + 0.5, top + 0.5, (bar.width - 1.0).max(1.0), tall - 1.0);
                }
                context.stroke();
            }
        }
    }
}
