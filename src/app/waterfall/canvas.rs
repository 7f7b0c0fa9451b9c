//! The bars of the rows in view, on one canvas that is never larger than the view.

use crate::app::chart::{self, watch_size};
use crate::app::markup::{Markup, follow, tag};
use crate::app::state::Session;
use crate::app::theme;
use crate::app::waterfall::View;
use crate::recording::Phase;
use crate::view::rows::flag;
use crate::view::waterfall::{self, Bar, ROW_HEIGHT};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

/// Heights of bars: setting up is thin, waiting and receiving is tall.
const THIN: f64 = 6.0;
const TALL: f64 = 12.0;

/// How much is left of what does not stand out.
const DIM: f64 = 0.25;

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
                move || view.axis.size.set((f64::from(element.client_width()), f64::from(scroller.client_height())));
            measure();
            watch_size(watched, Box::new(measure));
        }
    });
    follow(move || {
        session.theme.track();
        let (scroll_top, size) = (view.scroll_top.get(), view.axis.size.get());
        let _ = (view.axis.window.get(), view.listing.get());
        draw(view, &picture, scroll_top, size, session.is_critical.get());
    });
    frame
}

/// Rectangles of one look, drawn at once.
struct Batch {
    phase: Option<Phase>,
    is_dim: bool,
    bars: Vec<(Bar, f64)>,
}

fn draw(view: View, canvas: &HtmlCanvasElement, scroll_top: f64, (width, height): (f64, f64), is_critical: bool) {
    let Some(context) = view.axis.draw_grid(canvas) else { return };
    let window = view.axis.window.get_untracked();
    let (forced, palette) = (theme::is_forced(), chart::palette());
    let looks = || [None].into_iter().chain(Phase::ALL.map(Some));
    let batch = |phase, is_dim| Batch { phase, is_dim, bars: Vec::new() };
    let mut batches: Vec<Batch> = looks().map(|phase| batch(phase, false)).collect();
    if is_critical {
        batches.extend(looks().map(|phase| batch(phase, true)));
    }
    let listing = view.listing.get_untracked();
    view.rows.with_value(|rows| {
        for at in waterfall::rows_in_view(scroll_top, height, listing.len()) {
            let Some(row) = listing.row(at).and_then(|row| rows.get(row)) else { continue };
            let is_dim = is_critical && !row.is(flag::CRITICAL);
            let middle = at as f64 * ROW_HEIGHT + ROW_HEIGHT / 2.0 - scroll_top;
            for bar in waterfall::bars(row, window, width) {
                if let Some(batch) = batches.iter_mut().find(|batch| batch.phase == bar.phase && batch.is_dim == is_dim)
                {
                    batch.bars.push((bar, middle));
                }
            }
        }
    });
    for batch in &batches {
        context.set_global_alpha(if batch.is_dim { DIM } else { 1.0 });
        if batch.phase.is_none() {
            undivided(&context, &batch.bars, &chart::color(palette.neutral));
            continue;
        }
        // With forced colors the shape tells: thin is setting up, tall and empty waiting, tall and full receiving.
        let fill = batch.phase.and_then(|phase| palette.phase(phase));
        match fill.filter(|_| !forced || batch.phase == Some(Phase::Receive)) {
            Some(fill) => {
                context.begin_path();
                context.set_fill_style_str(&chart::color(fill));
                for (bar, middle) in &batch.bars {
                    let tall = if bar.is_tall() { TALL } else { THIN };
                    context.rect(bar.x, (middle - tall / 2.0).round(), bar.width, tall);
                }
                context.fill();
            }
            None => {
                outline(&context, &batch.bars, &chart::color(palette.neutral));
            }
        }
    }
}

fn outline(context: &CanvasRenderingContext2d, bars: &[(Bar, f64)], color: &str) {
    context.begin_path();
    context.set_stroke_style_str(color);
    context.set_line_width(1.0);
    for (bar, middle) in bars {
        let tall = if bar.is_tall() { TALL } else { THIN };
        let top = (middle - tall / 2.0).round();
        context.rect(bar.x.round() + 0.5, top + 0.5, (bar.width - 1.0).max(1.0), tall - 1.0);
    }
    context.stroke();
}

/// What was recorded without its parts: tall, hatched, so that it looks like no part.
fn undivided(context: &CanvasRenderingContext2d, bars: &[(Bar, f64)], color: &str) {
    /// Pixels between the lines of the hatching.
    const APART: usize = 5;
    outline(context, bars, color);
    context.begin_path();
    for (bar, middle) in bars {
        let (top, right) = ((middle - TALL / 2.0).round(), bar.x + bar.width);
        for from in (0..bar.width as usize).step_by(APART) {
            let x = bar.x + from as f64;
            let long = (right - x).min(TALL);
            context.move_to(x, top + TALL);
            context.line_to(x + long, top + TALL - long);
        }
    }
    context.stroke();
}
