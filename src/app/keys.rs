//! Keys of the page as a whole, the list of all keys, and the switch that turns single keys off (WCAG 2.1.4).

use crate::app::intake;
use crate::app::markup::{Markup, fact, group, on_window, tag};
use crate::app::state::{Screen, Session, Use, after_paint, focus, scroll_to};
use crate::app::{markup, theme};
use crate::view::keymap::{self, Binding, Command, Step};
use crate::view::location::Section;
use crate::worker::protocol::{Format, Level};
use js_sys::{Function, Reflect};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlInputElement, KeyboardEvent};

/// Key in the browser's storage.
const KEY: &str = "weir-keys";

/// Listens to keys wherever the focus is, but in fields.
pub fn listen(session: Session) {
    session.has_keys.set(theme::stored(KEY).as_deref() != Some("off"));
    on_window("keydown", move |event: KeyboardEvent| {
        if event.default_prevented() || event.alt_key() || is_dialog_open() {
            return;
        }
        let has_control = event.ctrl_key() || event.meta_key();
        if !has_control && (is_field(&event) || !session.has_keys.get_untracked()) {
            return;
        }
        let key = if has_control { format!("Ctrl+{}", event.key()) } else { event.key() };
        let is_result = session.screen.with_untracked(|screen| matches!(screen, Screen::Result(_)));
        match keymap::command(keymap::PAGE, &key) {
            Some(command) if is_result || command == Command::OpenFile => {
                event.prevent_default();
                obey(session, command);
            }
            _ => {}
        }
    });
}

fn obey(session: Session, command: Command) {
    match command {
        Command::Section(section) => session.go_to(section),
        Command::Filter => {
            scroll_to(Section::Waterfall.id());
            focus("request-filter");
        }
        Command::Load(step) => {
            let load = session.load.get_untracked();
            let n_loads = session.screen.with_untracked(|screen| match screen {
                Screen::Result(opened) => opened.report.loads.len(),
                Screen::Landing | Screen::Loading | Screen::Error(_) => 0,
            });
            let next = match step {
                Step::Next => Some(load + 1).filter(|next| *next < n_loads),
                Step::Previous => load.checked_sub(1),
            };
            if let Some(next) = next {
                session.choose_load(next);
                after_paint(|| focus("verdict-sentence"));
            }
        }
        Command::Help => show(),
        Command::OpenFile => intake::pick(),
        Command::SaveReport => session.export(Format::Html, Level::default(), Use::Save),
        _ => {}
    }
}

/// The button that shows the list.
pub fn button() -> Markup {
    markup::button("button.quiet", "Keys", show).attr("aria-haspopup", "dialog")
}

/// The list; shown on demand.
pub fn help(session: Session) -> Markup {
    let dialog = tag("dialog#keys.keys").attr("aria-labelledby", "keys-title");
    let change = move |event: Event| {
        let Some(input) = event.target().and_then(|input| input.dyn_into::<HtmlInputElement>().ok()) else { return };
        session.has_keys.set(input.checked());
        theme::store(KEY, if input.checked() { "on" } else { "off" });
    };
    let switch = tag("input")
        .attr("type", "checkbox")
        .attr("aria-label", "Single keys work (without Ctrl or ⌘)")
        .live_attr("checked", move || session.has_keys.get().then_some(""))
        .on("change", change);
    let close = markup::button("button.icon", "×", || call("close")).attr("aria-label", "Close");
    dialog
        .child(tag("div.keys-head").child(tag("h2#keys-title").child("Keys")).child(close))
        .child(tag("label.choice").child(switch).child(tag("span").child("Single keys work (without Ctrl or ⌘)")))
        .child(list("Everywhere", keymap::PAGE))
        .child(list("In the list of requests", keymap::WATERFALL))
        .child(list("In the chart of the main thread", keymap::FLAME))
}

fn list(title: &'static str, bindings: &'static [Binding]) -> Markup {
    let keys = bindings.iter().map(|binding| fact(tag("kbd").child(binding.shown), binding.does));
    group().child(tag("h3").child(title)).child(tag("dl").children(keys))
}

fn show() {
    if !is_dialog_open() {
        call("showModal");
    }
}

fn call(method: &str) {
    let Some(dialog) = document().get_element_by_id("keys") else { return };
    if let Ok(method) = Reflect::get(&dialog, &method.into()).and_then(JsCast::dyn_into::<Function>) {
        // Only a dialog that is open already would fail.
        let _ = method.call0(&dialog);
    }
}

fn is_dialog_open() -> bool {
    document().query_selector("dialog[open]").is_ok_and(|found| found.is_some())
}

fn is_field(event: &KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    target.is_some_and(|target| matches!(target.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT"))
}
