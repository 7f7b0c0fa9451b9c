//! The worker client: start, progress, cancel, and what happens when the worker dies.
//!
//! A panic in wasm ends its instance, so the worker is the crash boundary: it names each rule before asking it. If it
//! dies there, another one is started that leaves the rule out, and the report says so.

use crate::app::state::{Chosen, Filtered, Session, Use};
use crate::app::warm;
use crate::web;
use crate::worker::columns;
use crate::worker::protocol::{self, AfterCrash, Answer, Failure, Format, Question, after_crash};
use js_sys::{Array, Uint8Array};
use leptos::prelude::*;
use std::sync::Arc;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, BlobPropertyBag, ErrorEvent, HtmlAnchorElement, MessageEvent, Url, Worker};

/// A worker at work on some files. Dropping it ends it, whatever it is doing.
pub struct Analysis {
    worker: Worker,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(ErrorEvent)>,
}

impl Analysis {
    /// Starts a worker on files.
    pub fn start(session: Session, files: Vec<Chosen>, skip: Vec<String>) -> Result<Self, JsValue> {
        warm::stop();
        let worker = web::worker()?;
        let names = files.iter().map(|file| file.name.clone()).collect();
        let open = Question::Open { names, skip: skip.clone() };
        let blobs: Array = files.iter().map(|file| JsValue::from(file.blob.clone())).collect();
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            let message = Array::from(&event.data());
            match protocol::decode(&Uint8Array::new(&message.get(0)).to_vec()) {
                Some(answer) => hear(session, answer, &Array::from(&message.get(1))),
                None => session.failed(broken()),
            }
        });
        let on_error = Closure::<dyn FnMut(ErrorEvent)>::new(move |event: ErrorEvent| {
            event.prevent_default();
            match after_crash(session.step.get_untracked().as_ref(), &skip) {
                AfterCrash::Again(skip) => session.analyze(files.clone(), skip),
                AfterCrash::GiveUp => session.failed(broken()),
            }
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        post(&worker, &open, &blobs);
        Ok(Self { worker, _on_message: on_message, _on_error: on_error })
    }

    /// Asks a question about what is open.
    pub fn ask(&self, question: &Question) {
        post(&self.worker, question, &Array::new());
    }
}

impl Drop for Analysis {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}

/// Sends a worker a question, with files or nothing beside it.
pub fn post(worker: &Worker, question: &Question, beside: &Array) {
    let question = Uint8Array::from(protocol::encode(question).as_slice());
    let _ = worker.post_message(&Array::of2(&question, beside));
}

fn hear(session: Session, answer: Answer, beside: &Array) {
    match answer {
        Answer::Step(step) => session.step.set(Some(step)),
        Answer::Opened(opened) => session.opened(opened),
        Answer::Rows { load } if load as usize == session.load.get_untracked() => {
            session.rows.set(columns::unpack(beside).map(Arc::new));
        }
        Answer::Rows { .. } => {}
        Answer::Caching { load, table } if load as usize == session.load.get_untracked() => {
            session.caching.set(Some(Arc::new(table.into())));
        }
        Answer::Caching { .. } => {}
        Answer::Filtered { load, text, requests, complaints } => {
            session.filtered_came(load, &text, Filtered { requests: Arc::new(requests), complaints });
        }
        Answer::Details(details) if session.request.get_untracked() == Some(details.request) => {
            session.show_details(*details);
        }
        Answer::Details(_) => {}
        Answer::Work(work) => session.work_came(*work),
        Answer::Flame { load } => session.flame_came(load, columns::unpack_flame(beside)),
        Answer::Slice(slice) => session.slice_came(*slice),
        Answer::Pictures { load, pictures } => session.pictures_came(load, pictures),
        Answer::Exported { format, level, text } => {
            let wanted = session.exporting.get_untracked();
            session.exporting.set(None);
            match wanted {
                Some((wanted, at, Use::Save)) if (wanted, at) == (format, level) => save(session, format, &text),
                Some((wanted, at, Use::Copy)) if (wanted, at) == (format, level) => copy(session, format, &text),
                Some(_) | None => {}
            }
        }
        Answer::Failed(failure) => session.failed(failure),
    }
}

fn broken() -> Failure {
    Failure {
        file: String::new(),
        what: "The analysis stopped unexpectedly.".to_owned(),
        advice: "The recording may be too large for this tab, or has something in it that Weir does not expect. \
                 Try the command line: weir analyze FILE."
            .to_owned(),
    }
}

fn save(session: Session, format: Format, text: &str) {
    let name = format!("weir-report.{}", format.ending());
    if offer(&name, format.media_type(), text).is_ok() {
        session.tell_exported(format, "Saved.");
    }
}

/// Offers text as a file to save.
fn offer(name: &str, media_type: &str, text: &str) -> Result<(), JsValue> {
    let options = BlobPropertyBag::new();
    options.set_type(&format!("{media_type};charset=utf-8"));
    let blob = Blob::new_with_str_sequence_and_options(&Array::of1(&text.into()), &options)?;
    let url = Url::create_object_url_with_blob(&blob)?;
    let link: HtmlAnchorElement = document().create_element("a")?.unchecked_into();
    link.set_href(&url);
    link.set_download(name);
    link.click();
    Url::revoke_object_url(&url)
}

fn copy(session: Session, format: Format, text: &str) {
    const REFUSED: &str = "The browser did not allow copying; save the file instead.";
    let done = Closure::once_into_js(move |_: JsValue| session.tell_exported(format, "Copied."));
    let refused = Closure::once_into_js(move |_: JsValue| session.tell_exported(format, REFUSED));
    let then =
        js_sys::Reflect::get(&window().navigator(), &"clipboard".into()).ok().filter(|found| !found.is_undefined());
    match then {
        Some(_) => {
            let promise = window().navigator().clipboard().write_text(text);
            let _ = promise.unchecked_into::<Thenable>().then(&done, &refused);
        }
        None => session.tell_exported(format, REFUSED),
    }
}

#[wasm_bindgen::prelude::wasm_bindgen]
extern "C" {
    type Thenable;
    #[wasm_bindgen(method)]
    fn then(this: &Thenable, done: &JsValue, refused: &JsValue) -> JsValue;
}
