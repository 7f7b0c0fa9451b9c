//! The ways in: drop anywhere, pick, paste, `postMessage` from the window that opened or embeds this one.

use crate::app::markup::{Markup, on_window, tag};
use crate::app::state::{Chosen, Screen, Session, post};
use crate::http::pasted;
use crate::worker::protocol::Notice;
use js_sys::{Array, Reflect};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    Blob, ClipboardEvent, DataTransfer, DragEvent, Event, File, HtmlElement, HtmlInputElement, HtmlTextAreaElement,
    MessageEvent,
};

/// Listens on the window for everything that may bring files.
pub fn listen(session: Session) {
    let depth = session.dragging;
    on_window("dragenter", move |event: DragEvent| {
        if has_files(event.data_transfer()) {
            event.prevent_default();
            depth.update(|n| *n += 1);
        }
    });
    on_window("dragover", move |event: DragEvent| {
        if has_files(event.data_transfer()) {
            event.prevent_default();
        }
    });
    on_window("dragleave", move |event: DragEvent| {
        if has_files(event.data_transfer()) {
            depth.update(|n| *n = (*n - 1).max(0));
        }
    });
    on_window("drop", move |event: DragEvent| {
        event.prevent_default();
        depth.set(0);
        session.open(files_of(event.data_transfer()), None);
    });
    on_window("paste", move |event: ClipboardEvent| {
        let is_field = event.target().is_some_and(|target| match target.dyn_ref::<HtmlInputElement>() {
            Some(input) => matches!(input.type_().as_str(), "text" | "search"),
            None => target.has_type::<HtmlTextAreaElement>(),
        });
        let Some(data) = event.clipboard_data().filter(|_| !is_field) else { return };
        let files = files_of(Some(data.clone()));
        let text = data.get_data("text/plain").unwrap_or_default();
        if !files.is_empty() {
            session.open(files, None);
        } else if are_headers(session, &text) {
            session.judge_headers(text);
        } else if is_wanted(session, &text) {
            session.open(Vec::from_iter(from_text(&text)), None);
        }
    });
    on_window("message", move |event: MessageEvent| hear(session, &event));
    for other in others() {
        post(&other, &Notice::Ready);
    }
}

/// Opens the browser's file picker.
pub fn pick() {
    if let Some(input) = document().get_element_by_id("files").and_then(|input| input.dyn_into::<HtmlElement>().ok()) {
        input.click();
    }
}

/// The file picker itself: always in the document.
pub fn picker(session: Session) -> Markup {
    let chosen = move |event: Event| {
        let Some(input) = event.target().and_then(|input| input.dyn_into::<HtmlInputElement>().ok()) else { return };
        let files = input.files().map(|files| each(&files)).unwrap_or_default();
        // Else choosing the same file again raises no event.
        input.set_value("");
        session.open(files, None);
    };
    tag("input#files.unseen")
        .attr("type", "file")
        .flag("multiple", true)
        .attr("tabindex", "-1")
        .attr("aria-hidden", "true")
        .attr("aria-label", "Files to open")
        .attr("accept", ".har,.json,.gz,.zip,application/json,application/gzip,application/zip")
        .on("change", chosen)
}

/// Shown while files are dragged over the window.
pub fn overlay(session: Session) -> Markup {
    let class = move || if 0 < session.dragging.get() { "overlay shown" } else { "overlay" };
    tag("div").live_attr("class", class).attr("aria-hidden", "true").child(tag("p").child("Drop to open"))
}

/// The windows that may send files: the one that opened this, the one that embeds it.
fn others() -> Vec<web_sys::Window> {
    let this = window();
    let parent = this.parent().ok().flatten().filter(|parent| parent != &this);
    let opener = this.opener().ok().filter(|opener| opener.is_object()).map(JsValue::unchecked_into);
    parent.into_iter().chain(opener).collect()
}

fn hear(session: Session, event: &MessageEvent) {
    let Some(sender) = event.source().map(JsCast::unchecked_into::<web_sys::Window>) else { return };
    let from_known = others().iter().any(|other| JsValue::from(other) == JsValue::from(&sender));
    let field = |name: &str| Reflect::get(&event.data(), &name.into()).unwrap_or_default();
    if !from_known || !event.data().is_object() || field("type").as_string().as_deref() != Some("weir:open") {
        return;
    }
    let names = Array::from(&array_or_empty(field("names")));
    let files = Array::from(&array_or_empty(field("files")));
    let files = files.iter().enumerate().filter_map(|(at, file)| {
        let blob: Blob = file.dyn_into().ok()?;
        let own = blob.dyn_ref::<File>().map(File::name);
        let name = names.get(at as u32).as_string().or(own).unwrap_or_else(|| format!("recording {}", at + 1));
        Some(Chosen { name, blob })
    });
    session.open(files.collect(), Some(sender));
}

fn array_or_empty(value: JsValue) -> JsValue {
    if Array::is_array(&value) { value } else { Array::new().into() }
}

/// Whether pasted text is to be opened. What is already open gives way only to what may be a recording.
fn is_wanted(session: Session, text: &str) -> bool {
    let text = text.trim_start_matches(|letter: char| letter.is_whitespace() || letter == '\u{feff}');
    match session.screen.read_untracked().word() {
        "landing" | "error" => !text.is_empty(),
        _ => text.starts_with(['{', '[']),
    }
}

/// Whether pasted text is header lines, where there is a place for them.
fn are_headers(session: Session, text: &str) -> bool {
    let is_landing = matches!(*session.screen.read_untracked(), Screen::Landing | Screen::Error(_));
    is_landing && !text.trim_start().starts_with(['{', '[', '<']) && !pasted::read(text).exchanges.is_empty()
}

fn has_files(data: Option<DataTransfer>) -> bool {
    data.is_some_and(|data| data.types().iter().any(|kind| kind.as_string().as_deref() == Some("Files")))
}

fn files_of(data: Option<DataTransfer>) -> Vec<Chosen> {
    data.and_then(|data| data.files()).map(|files| each(&files)).unwrap_or_default()
}

fn each(files: &web_sys::FileList) -> Vec<Chosen> {
    let all = (0..files.length()).filter_map(|at| files.get(at));
    all.map(|file| Chosen { name: file.name(), blob: file.unchecked_into() }).collect()
}

fn from_text(text: &str) -> Option<Chosen> {
    let blob = Blob::new_with_str_sequence(&Array::of1(&text.into())).ok()?;
    Some(Chosen { name: "pasted.har".to_owned(), blob })
}
