//! What was found: one scrolling page, the verdict first. People print, search and link it, so no tabs.

mod breakdown;
mod caching;
mod findings;
mod recording;
mod share;
pub mod time;
pub mod verdict;

use crate::app::chart::watch_size;
use crate::app::landing::record::how_to_record;
use crate::app::markup::{Markup, button, follow, group, live, on_window, tag};
use crate::app::roving::roving;
use crate::app::state::{Screen, Session, after_paint};
use crate::app::{main_thread, waterfall};
use crate::redact::{Clean, originals};
use crate::report::Report;
use crate::report::schema::LoadReport;
use crate::view::format;
use crate::view::location::Section;
use crate::worker::protocol::{Opened, Totals};
use leptos::prelude::*;
use std::sync::Arc;
use web_sys::{Event, MouseEvent};

/// A page load of the report, cheap to hand around.
#[derive(Clone)]
pub struct Load {
    opened: Arc<Opened>,
    at: usize,
}

impl Load {
    /// The load itself.
    pub fn report(&self) -> Option<&LoadReport> {
        self.opened.report.loads.get(self.at)
    }

    /// The whole report.
    pub fn whole(&self) -> &Report {
        &self.opened.report
    }

    /// Everything the worker sent at first.
    pub fn opened(&self) -> &Opened {
        &self.opened
    }

    /// Sums over its requests.
    pub fn totals(&self) -> Totals {
        self.opened.totals.get(self.at).cloned().unwrap_or_default()
    }
}

/// The screen.
pub fn shown(session: Session, opened: Arc<Opened>) -> Markup {
    group().child(live(move || one(session, Load { opened: opened.clone(), at: session.load.get() })))
}

/// What lies below the first screenful, in order. Each part comes a frame after the one before, so that no frame is long.
const LATER: [fn(Session, &Load) -> Markup; 6] = [
    findings::findings,
    waterfall::waterfall,
    caching::caching,
    main_thread::main_thread,
    recording::recordings,
    share::share,
];

/// One page load.
fn one(session: Session, load: Load) -> Markup {
    if load.report().is_none() {
        return group()
            .child(verdict::verdict(session, &load))
            .child(recording::recordings(session, &load))
            .child(how_to_record());
    }
    let n_there = RwSignal::new(0);
    add_one_by_one(n_there);
    let first = group()
        .child(verdict::verdict(session, &load))
        .child(sections(session, &load))
        .child(time::where_the_time_went(session, &load));
    let later = LATER.into_iter().enumerate().map(|(at, part)| {
        // A memo, so that what is there is not made anew when the next part comes.
        let is_there = Memo::new(move |_| at < n_there.get());
        let load = load.clone();
        live(move || is_there.get().then(|| part(session, &load)))
    });
    first.children(later)
}

/// Counts the frames up to the number of parts. The load may have been left before they come.
fn add_one_by_one(n_there: RwSignal<usize>) {
    after_paint(move || {
        let n = n_there.try_update(|n| {
            *n += 1;
            *n
        });
        if n.is_some_and(|n| n < LATER.len()) {
            add_one_by_one(n_there);
        }
    });
}

/// The bar that stays in view.
fn sections(session: Session, load: &Load) -> Markup {
    let current = RwSignal::new(Section::Verdict);
    on_window("scroll", move |_: Event| current.set(section_in_view()));
    let n_findings = load.report().map_or(0, |report| report.findings.len());
    let n_requests = load.totals().requests;
    let links = Section::ALL.map(|section| {
        let count = match section {
            Section::Findings => Some(n_findings as u64),
            Section::Waterfall => Some(u64::from(n_requests)),
            Section::Verdict
            | Section::Time
            | Section::Caching
            | Section::MainThread
            | Section::Recording
            | Section::Share => None,
        };
        let count = count.map(|n| group().child(" ").child(tag("span.count").child(format::grouped(n))));
        let link = tag("a")
            .attr("href", format!("#v=1&sec={}", section.id()))
            .live_attr("aria-current", move || (current.get() == section).then_some("true"))
            .on("click", move |event: MouseEvent| {
                event.prevent_default();
                session.go_to(section);
            });
        tag("li").child(link.child(section.title()).child(count))
    });
    let list = roving(tag("ul").children(links), "a");
    let bar = list.element();
    let nav = tag("nav.sections").attr("aria-label", "Sections");
    let shown = nav.element();
    // On narrow screens the bar scrolls sideways: its ends fade where there is more.
    let measured = bar.clone();
    let fade = move || {
        let (left, room) = (measured.scroll_left(), measured.scroll_width() - measured.client_width());
        let _ = shown.set_attribute(
            "data-more",
            match (0 < left, left + 1 < room) {
                (false, false) => "",
                (true, false) => "before",
                (false, true) => "after",
                (true, true) => "before after",
            },
        );
    };
    let (watched, again) = (bar.clone(), fade.clone());
    follow(move || watch_size(&watched, Box::new(again.clone())));
    follow(move || bring_into_view(&bar, current.get()));
    nav.child(list.on("scroll", move |_: Event| fade()))
}

/// On narrow screens the bar scrolls sideways: shows the link of a section.
fn bring_into_view(list: &web_sys::Element, section: Section) {
    /// Pixels of the bar's end that fade, as in `style/result.css`.
    const FADE: f64 = 48.0;
    let at = Section::ALL.iter().position(|one| *one == section).unwrap_or_default();
    let Ok(Some(item)) = list.query_selector(&format!("li:nth-child({})", at + 1)) else { return };
    let (bar, link) = (list.get_bounding_client_rect(), item.get_bounding_client_rect());
    if link.left() < bar.left() || bar.right() < link.right() {
        list.set_scroll_left(list.scroll_left() + (link.left() - bar.left() - FADE) as i32);
    }
}

/// The last section whose beginning has come to the section bar.
fn section_in_view() -> Section {
    /// Pixels below the bar that count as being there.
    const BAR: f64 = 80.0;
    let begins = |section: &Section| {
        let element = document().get_element_by_id(section.id())?;
        Some(element.get_bounding_client_rect().top())
    };
    let begun = Section::ALL.into_iter().rfind(|section| begins(section).is_some_and(|top| top <= BAR));
    // The last ones may be too short to come that far.
    let root = document().document_element();
    let left = root.map(|root| root.scroll_height() - root.client_height() - root.scroll_top());
    let is_scrolled = begun.is_some_and(|section| section != Section::Verdict);
    let last = Section::ALL.last().filter(|_| is_scrolled && left.is_some_and(|left| left <= 2));
    last.copied().or(begun).unwrap_or(Section::Verdict)
}

/// A section of the result with its heading.
pub fn part(section: Section) -> Markup {
    let title = format!("{}-title", section.id());
    tag("section.part")
        .attr("id", section.id())
        .attr("aria-labelledby", title.clone())
        // Reachable by script, so that the section bar can move the focus there.
        .child(tag("h2").attr("id", title).attr("tabindex", "-1").child(section.title()))
}

/// The name of a request, which shows it in the waterfall.
pub fn request_link(session: Session, request: u32) -> Markup {
    let name = move || {
        session.rows.with(|rows| {
            let row = rows.as_ref().and_then(|rows| rows.get(request as usize));
            row.map_or_else(|| format!("Request {request}"), |row| format::short_url(row.url).1.to_owned())
        })
    };
    button("button.link.request", live(name), move || session.reveal(request))
}

/// A text of the report, its code as code.
pub fn prose(session: Session, text: &Clean) -> Markup {
    session.screen.with_untracked(|screen| match screen {
        Screen::Result(opened) => prose_with(text, &opened.originals),
        Screen::Landing | Screen::Loading | Screen::Error(_) => prose_with(text, &[]),
    })
}

/// The same with what its placeholders stand for.
pub fn prose_with(text: &Clean, originals: &[(u32, String)]) -> Markup {
    let mut all = group();
    for (is_code, part) in format::code_parts(text.as_str()) {
        let part = originals::restore(part, originals);
        all = if is_code { all.child(tag("code").child(part)) } else { all.child(part) };
    }
    all
}
