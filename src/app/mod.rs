//! The page: functions that read view models and make elements which follow signals. The analysis itself runs in the
//! worker.

mod analysis;
mod chart;
mod drag;
mod failure;
mod intake;
mod keys;
mod landing;
mod loading;
mod main_thread;
mod markup;
mod result;
mod roving;
mod state;
mod theme;
mod warm;
mod waterfall;

use crate::app::markup::{Markup, Part, button, follow, group, live, tag};
use crate::app::state::{Screen, Session};
use crate::view::location::Section;
use leptos::prelude::*;
use web_sys::{HtmlElement, MouseEvent};

/// Mounts the page and keeps it mounted.
pub fn mount() {
    if let Some(body) = document().body() {
        std::mem::forget(mount_to(body));
        warm::start_later();
    }
}

/// Mounts the page in an element. What follows signals does so until the handle is dropped.
pub fn mount_to(parent: HtmlElement) -> impl Sized {
    leptos::mount::mount_to(parent.clone(), move || page().add_to(&parent))
}

fn page() -> Markup {
    let session = Session::new();
    intake::listen(session);
    session.listen_to_history();
    keys::listen(session);
    follow(move || document().set_title(&session.title()));
    let shown = move || match session.screen.get() {
        Screen::Landing => landing::landing(session),
        Screen::Loading => loading::loading(session),
        Screen::Error(failure) => failure::error(session, failure),
        Screen::Result(opened) => result::shown(session, opened),
    };
    let is_result = Memo::new(move |_| session.screen.with(|screen| matches!(screen, Screen::Result(_))));
    group()
        .child(tag("a.skip").attr("href", "#main").child("Skip to content").on("click", |event: MouseEvent| {
            event.prevent_default();
            state::focus("main");
        }))
        .child(live(move || is_result.get().then(|| skips(session))))
        .child(header(session))
        .child(
            tag("main#main")
                .attr("tabindex", "-1")
                .live_attr("data-state", move || session.screen.with(Screen::word))
                .child(live(shown)),
        )
        .child(tag("footer.foot").child(tag("p").child(concat!(
            "Weir ",
            env!("CARGO_PKG_VERSION"),
            ". Your recording stays on this computer."
        ))))
        .child(
            tag("p.unseen").attr("role", "status").attr("aria-live", "polite").child(live(move || session.said.get())),
        )
        .child(intake::picker(session))
        .child(intake::overlay(session))
        .child(keys::help(session))
}

/// Ways over what lies before the most used sections.
fn skips(session: Session) -> Markup {
    let sections = [Section::Findings, Section::Waterfall, Section::Share];
    group().children(sections.map(|section| {
        tag("a.skip").attr("href", format!("#v=1&sec={}", section.id())).child("Skip to ").child(section.title()).on(
            "click",
            move |event: MouseEvent| {
                event.prevent_default();
                session.go_to(section);
            },
        )
    }))
}

fn header(session: Session) -> Markup {
    let is_opened = Memo::new(move |_| session.screen.with(|screen| !matches!(screen, Screen::Landing)));
    tag("header.top")
        .child(tag("a.brand").attr("href", "#").child("Weir").on("click", move |event: MouseEvent| {
            event.prevent_default();
            session.close();
        }))
        .child(tag("span.grow"))
        .child(live(move || is_opened.get().then(|| button("button.quiet", "Open another…", intake::pick))))
        .child(theme::toggle(session))
}
