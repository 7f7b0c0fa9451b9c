//! What the browser's main thread did: the flame chart with its table, long tasks, time by kind of work, script, company.

mod canvas;
mod slice;
mod tables;

use crate::app::chart::{self, Axis};
use crate::app::keys;
use crate::app::markup::{Markup, follow, group, live, tag};
use crate::app::result::{Load, part, time};
use crate::app::state::{Session, focus};
use crate::page_load::main_thread::Activity;
use crate::report::schema::MainThreadReport;
use crate::report::vocabulary::ActivityName;
use crate::view::flame::LEVEL_HEIGHT;
use crate::view::format;
use crate::view::keymap::{self, Command, Step};
use crate::view::location::Section;
use crate::view::palette::activity_class;
use crate::view::waterfall::{Move, Window};
use crate::worker::protocol::Way;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, KeyboardEvent, WheelEvent};

/// The section.
pub fn main_thread(session: Session, load: &Load) -> Markup {
    let section = part(Section::MainThread).attr("class", "part wide");
    let Some(work) = load.report().and_then(|report| report.main_thread.as_ref()) else {
        return section.child(tag("p.none").child(
            "This recording does not hold what the browser’s main thread did; a performance trace would tell.",
        ));
    };
    let lines = chart::lines(load);
    // When the worker has told how far it goes.
    let extent = Memo::new(move |_| {
        session.work.with(|told| told.as_ref().and_then(|told| Some((told.end.filter(|end| 0.0 < *end)?, told.levels))))
    });
    let detailed = move || {
        let Some((end, levels)) = extent.get() else { return group() };
        let axis = Axis::new(Window { from: 0.0, to: end }, lines.clone());
        group().child(flame(session, axis, levels)).child(tables::long_tasks(session, axis))
    };
    section
        .child(tag("p.summary").child(summary(work)))
        .child(live(detailed))
        .child(tag("div.columns").child(activities(work)).child(tables::companies(session, work)))
        .child(tables::scripts(session, work))
}

/// "1.2 s of work. 3 tasks took longer than 50 ms, the longest 310 ms."
fn summary(work: &MainThreadReport) -> String {
    let total: f64 = work.by_activity_ms.list().iter().map(|(_, ms)| ms).sum();
    let long = work.tasks_over_50ms.map(|n| {
        let longest =
            work.longest_ms.map(|ms| format!("; the longest took {}", format::duration(ms))).unwrap_or_default();
        format!(" {} over 50 ms, during which the page cannot react{longest}.", format::counted(n, "task", "tasks"))
    });
    format!("{} of work.{}", format::duration(total), long.unwrap_or_default())
}

/// What the parts of the chart share.
#[derive(Clone, Copy)]
pub struct View {
    /// Time, from left to right.
    pub axis: Axis,
    /// How far it is scrolled down.
    pub scroll_top: RwSignal<f64>,
    scroller: StoredValue<HtmlElement, LocalStorage>,
}

impl View {
    /// Milliseconds of a pixel.
    pub fn pixel(self) -> f64 {
        self.axis.window.get_untracked().duration() / self.axis.size.get_untracked().0.max(1.0)
    }
}

fn flame(session: Session, axis: Axis, levels: u16) -> Markup {
    let scroller = tag("div#flame.flame");
    let view = View { axis, scroll_top: RwSignal::new(0.0), scroller: StoredValue::new_local(scroller.element()) };
    ask(session, view);
    follow_slice(session, view);
    let on_key = move |event: KeyboardEvent| {
        if let Some(command) = chart::command(session, keymap::FLAME, &event) {
            obey(session, view, command);
        }
    };
    let levels = tag("div.flame-levels")
        .style("height", &format!("{}px", f64::from(levels) * LEVEL_HEIGHT))
        .child(canvas::picture(session, view));
    let levels = canvas::listen(session, view, levels);
    let scroller = scroller
        .attr("role", "application")
        .attr("aria-roledescription", "flame chart")
        .attr("aria-label", "Work of the main thread over time")
        .attr("aria-describedby", "flame-help")
        .attr("tabindex", "0")
        .on("keydown", on_key)
        .on("scroll", move |_: Event| view.scroll_top.set(f64::from(view.scroller.get_value().scroll_top())))
        .on("wheel", move |event: WheelEvent| {
            if let Some(target) = event.current_target().and_then(|target| target.dyn_into::<Element>().ok()) {
                let left = target.get_bounding_client_rect().left() + f64::from(target.client_left());
                axis.wheel(&event, left + axis.size.get_untracked().0);
            }
        })
        .child(levels);
    group()
        .child(tools(axis))
        .child(tag("div.flame-chart").child(tag("div.flame-head").child(axis.labels())).child(scroller))
        .child(slice::line(session))
        .child(tables::in_view(session, axis))
}

fn tools(axis: Axis) -> Markup {
    let legend = Activity::ALL.into_iter().map(|activity| {
        let swatch =
            tag("span").attr("class", format!("swatch {}", activity_class(activity))).attr("aria-hidden", "true");
        tag("li").child(swatch).child(ActivityName::from(activity).label())
    });
    tag("div.tools")
        .child(axis.buttons())
        .child(tag("ul.legend").attr("aria-label", "Colors").children(legend))
        .child(tag("div.actions").child(keys::button()))
        .child(
            tag("p#flame-help.unseen")
                .child("Arrow keys move between pieces of work, Enter goes to what is told of them. Below is a table of what is in view."),
        )
}

/// Asks the worker for what is in view and as much again on both sides, so that moving shows something at once.
fn ask(session: Session, view: View) {
    follow(move || {
        let (window, (width, _)) = (view.axis.window.get(), view.axis.size.get());
        if 0.0 < width {
            let margin = window.duration();
            let wider = Window { from: window.from - margin, to: window.to + margin };
            session.ask_flame(wider, width * wider.duration() / window.duration());
        }
    });
}

/// Brings the selected piece of work into view, whoever selected it.
fn follow_slice(session: Session, view: View) {
    follow(move || {
        let Some(slice) = session.slice.get() else { return };
        let window = view.axis.window.get_untracked();
        let is_in_view = slice.start <= window.to && window.from <= slice.start + slice.ms;
        if !is_in_view {
            view.axis.window.set(window.showing(slice.start, view.axis.whole));
        }
        let scroller = view.scroller.get_value();
        let (now, height) = (f64::from(scroller.scroll_top()), f64::from(scroller.client_height()));
        let top = f64::from(slice.level) * LEVEL_HEIGHT;
        let wanted = now.max(top + LEVEL_HEIGHT - height).min(top);
        if wanted != now {
            scroller.set_scroll_top(wanted as i32);
        }
    });
}

fn obey(session: Session, view: View, command: Command) {
    let go = |way| session.go_slice(way, view.axis.window.get_untracked().from, view.pixel());
    match command {
        Command::Sibling(Step::Next) => go(Way::On),
        Command::Sibling(Step::Previous) => go(Way::Back),
        Command::Move(Move::Up) => go(Way::Out),
        Command::Move(Move::Down) => go(Way::In),
        Command::Open => focus(slice::ID),
        Command::Close => session.slice.set(None),
        _ => {
            let selected = session.slice.get_untracked().map(|slice| (slice.start, slice.start + slice.ms));
            view.axis.obey(command, selected);
        }
    }
}

fn activities(work: &MainThreadReport) -> Markup {
    let list = work.by_activity_ms.list();
    let total: f64 = list.iter().map(|(_, ms)| ms).sum();
    let shown: Vec<_> = Activity::ALL.into_iter().zip(list).filter(|(_, (_, ms))| 0.0 < *ms).collect();
    let parts: Vec<_> = shown.iter().map(|(activity, (_, ms))| (activity_class(*activity), *ms)).collect();
    let rows = shown.iter().map(|(activity, (name, ms))| {
        let swatch =
            tag("span").attr("class", format!("swatch {}", activity_class(*activity))).attr("aria-hidden", "true");
        tag("tr")
            .child(tag("th").attr("scope", "row").child(swatch).child(name.label()))
            .child(tag("td.number").child(format::duration(*ms)))
            .child(tag("td.number").child(format::percent(*ms, total)))
    });
    let table = tag("table.work").child(tables::head(&["Work", "Time", "Share"])).child(tag("tbody").children(rows));
    tag("div").child(tag("h3").child("By kind of work")).child(time::stack(total, &parts)).child(table)
}
