//! The rectangles in view, on one canvas that is never larger than the view; what the pointer does to them.

use crate::app::chart::{self, color, watch_size};
use crate::app::drag::{self, Drag};
use crate::app::main_thread::View;
use crate::app::markup::{Markup, follow, tag};
use crate::app::state::{Session, focus_quietly};
use crate::app::theme;
use crate::page_load::main_thread::Activity;
use crate::view::flame::{Flame, LEVEL_HEIGHT, Rectangle};
use crate::view::format;
use crate::view::keymap::Command;
use crate::view::overview;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, Element, Event, HtmlCanvasElement};

/// Pixels a letter of a name takes, about.
const LETTER: f64 = 6.2;

/// The font of names.
const FONT: &str = "11px system-ui, sans-serif";

/// Milliseconds a task may take.
const TASK_LIMIT: f64 = crate::recording::LONG_TASK.0;

/// The canvas.
pub fn picture(session: Session, view: View) -> Markup {
    let canvas = tag("canvas");
    let picture: HtmlCanvasElement = canvas.element().unchecked_into();
    let frame = tag("div.flame-frame").attr("aria-hidden", "true").child(canvas);
    let scroller = view.scroller.get_value();
    // When all is in the document, and has a size.
    follow(move || {
        let measured = scroller.clone();
        let measure = move || {
            view.axis.size.set((f64::from(measured.client_width()), f64::from(measured.client_height())));
        };
        measure();
        watch_size(&scroller, Box::new(measure));
    });
    follow(move || {
        session.theme.track();
        view.axis.size.track();
        view.axis.window.track();
        let (flame, slice, top) = (session.flame.get(), session.slice.get(), view.scroll_top.get());
        let Some(context) = view.axis.draw_grid(&picture) else { return };
        if let Some(flame) = flame {
            let selected = slice.map(|slice| (slice.start, slice.start + slice.ms, slice.level));
            Drawing { context, view, top }.draw(&flame, selected);
        }
    });
    frame
}

/// The place of a rectangle in the picture.
struct Place {
    x: f64,
    y: f64,
    width: f64,
}

struct Drawing {
    context: CanvasRenderingContext2d,
    view: View,
    top: f64,
}

impl Drawing {
    /// Draws all that is in view, one activity after the other.
    fn draw(&self, flame: &Flame, selected: Option<(f64, f64, u16)>) {
        let seen: Vec<(Rectangle<'_>, Place)> =
            flame.iter().filter_map(|one| Some((one, self.place(one.start, one.end(), one.level)?))).collect();
        let palette = chart::palette();
        for activity in Activity::ALL {
            let fill = palette.activity(activity).filter(|_| !theme::is_forced());
            let of_activity = seen.iter().filter(|(one, _)| one.activity == activity);
            self.context.begin_path();
            for (_, Place { x, y, width }) in of_activity.clone() {
                match fill {
                    Some(_) => self.context.rect(*x, *y, *width, LEVEL_HEIGHT - 1.0),
                    None => self.context.rect(x + 0.5, y + 0.5, (width - 1.0).max(0.5), LEVEL_HEIGHT - 2.0),
                }
            }
            match fill {
                Some(fill) => {
                    self.context.set_fill_style_str(&fill.css());
                    self.context.fill();
                }
                None => {
                    self.context.set_stroke_style_str(&color(palette.neutral));
                    self.context.set_line_width(1.0);
                    self.context.stroke();
                    self.too_long(of_activity.map(|(one, _)| one));
                }
            }
        }
        self.names(&seen);
        if let Some(place) = selected.and_then(|(start, end, level)| self.place(start, end, level)) {
            let accent = if theme::current() == crate::view::palette::Theme::Dark { "#fff" } else { "#000" };
            self.context.set_stroke_style_str(if theme::is_forced() { "Highlight" } else { accent });
            self.context.set_line_width(2.0);
            self.context.stroke_rect(place.x + 1.0, place.y + 1.0, (place.width - 2.0).max(1.0), LEVEL_HEIGHT - 3.0);
        }
    }

    /// Fills what tasks take beyond what they may.
    fn too_long<'r>(&self, tasks: impl Iterator<Item = &'r Rectangle<'r>>) {
        self.context.set_global_alpha(0.4);
        self.context.set_fill_style_str(&color(chart::palette().neutral));
        for task in tasks.filter(|task| task.level == 0 && task.count == 1 && TASK_LIMIT < task.duration) {
            if let Some(Place { x, y, width }) = self.place(task.start + TASK_LIMIT, task.end(), 0) {
                self.context.fill_rect(x, y, width, LEVEL_HEIGHT - 1.0);
            }
        }
        self.context.set_global_alpha(1.0);
    }

    fn names(&self, seen: &[(Rectangle<'_>, Place)]) {
        /// Letters below which a name says nothing.
        const FEWEST: f64 = 4.0;
        self.context.set_font(FONT);
        self.context.set_text_baseline("middle");
        let (palette, is_forced) = (chart::palette(), theme::is_forced());
        let plain = if theme::current() == crate::view::palette::Theme::Dark { "#ececef" } else { "#1b1b1f" };
        for (one, Place { x, y, width }) in seen {
            let room = ((width - 8.0) / LETTER).floor();
            if room < FEWEST || 1 < one.count {
                continue;
            }
            let ink = palette.activity(one.activity).map(|fill| fill.ink().css());
            self.context.set_fill_style_str(match &ink {
                _ if is_forced => "CanvasText",
                Some(ink) => ink,
                None => plain,
            });
            let name = if one.name.is_empty() { "(nameless)" } else { one.name };
            let shown: String = match name.chars().count() as f64 <= room {
                true => name.to_owned(),
                false => name.chars().take(room as usize - 1).chain(['…']).collect(),
            };
            // Only a context of another kind would fail.
            let _ = self.context.fill_text_with_max_width(&shown, x + 4.0, y + LEVEL_HEIGHT / 2.0, width - 8.0);
        }
    }

    /// Where it lies, as far as it is in view.
    fn place(&self, start: f64, end: f64, level: u16) -> Option<Place> {
        /// So that what takes no time can be seen.
        const THINNEST: f64 = 1.0;
        let (window, (width, height)) = (self.view.axis.window.get_untracked(), self.view.axis.size.get_untracked());
        let (left, right) = (window.x(start, width).max(-2.0), window.x(end, width).min(width + 2.0));
        let y = f64::from(level) * LEVEL_HEIGHT - self.top;
        let is_seen = left <= width && 0.0 <= right && left <= right && -LEVEL_HEIGHT < y && y < height;
        // A gap where neighbors are wide enough to have one.
        let gap = if 3.0 < right - left { 0.5 } else { 0.0 };
        is_seen.then(|| Place { x: left, y, width: (right - left - gap).max(THINNEST) })
    }
}

/// Clicks select, drags zoom, double clicks fit. All of it works by keys and buttons as well.
pub fn listen(session: Session, view: View, levels: Markup) -> Markup {
    let marked = move |from, to| {
        let (width, _) = view.axis.size.get_untracked();
        view.axis.window.set(overview::between(from, to, view.axis.window.get_untracked(), width));
    };
    let pressed = move |x, y| {
        focus_quietly("flame");
        match hit(session, view, x, y) {
            Some((slice, _)) => session.select_slice(slice),
            None => session.slice.set(None),
        }
    };
    let over = move |target: &Element, x: f64, y: f64| {
        let title = hit(session, view, x, y).map(|(_, title)| title).unwrap_or_default();
        let _ = target.set_attribute("title", &title);
    };
    let drag =
        Drag { begins: Box::new(|| 0.0), marked: Box::new(marked), pressed: Box::new(pressed), over: Box::new(over) };
    drag::listen(levels, drag).on("dblclick", move |_: Event| super::obey(session, view, Command::Fit))
}

/// The piece of work at a place, with its name and time.
fn hit(session: Session, view: View, x: f64, y: f64) -> Option<(u32, String)> {
    let ms = view.axis.window.get_untracked().time(x, view.axis.size.get_untracked().0);
    session.flame.with_untracked(|flame| {
        let found = flame.as_ref()?.at(ms, y, view.pixel())?;
        Some((found.slice, format!("{}, {}", found.name, format::duration(found.duration))))
    })
}
