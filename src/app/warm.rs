//! Before the first file comes, the examples are read, in a worker of their own, and what is found is thrown away.
//!
//! Browsers compile a function of a wasm when it is first called, and compile it better when it was called often. All
//! workers of a page share what was compiled. So whoever drops the first file does not wait for that: of a recording of
//! 100 MB it was the longer part of the time between the end of reading and the verdict.

use crate::app::analysis::post;
use crate::app::landing;
use crate::web;
use crate::worker::protocol::{Question, is_progress};
use js_sys::{Array, Uint8Array};
use leptos::prelude::set_timeout;
use std::cell::{Cell, RefCell};
use std::time::Duration;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{MessageEvent, Worker};

/// How long after the page was shown: nobody has found a file by then, and what the page itself does first is done.
const DELAY: Duration = Duration::from_millis(400);

/// How often each example is read. Once is enough for all to be compiled; by the sixth time half of what a recording of
/// 100 MB needs is compiled for speed (measured in Chromium 156).
const ROUNDS: usize = 6;

thread_local! {
    static WARMER: RefCell<Option<Warmer>> = const { RefCell::new(None) };
    /// Whether no file has come yet.
    static IS_WANTED: Cell<bool> = const { Cell::new(true) };
}

/// A worker that reads the examples. Dropping it ends it.
struct Warmer {
    worker: Worker,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
}

impl Drop for Warmer {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.terminate();
    }
}

/// Starts it in a while, unless a file comes before.
pub fn start_later() {
    let start = || {
        if IS_WANTED.get() {
            WARMER.set(start().ok());
        }
    };
    set_timeout(start, DELAY);
}

/// Ends it: files are to be read, and they need the processor.
pub fn stop() {
    IS_WANTED.set(false);
    WARMER.take();
}

fn start() -> Result<Warmer, JsValue> {
    let worker = web::spawn()?;
    let (mut names, blobs) = (Vec::new(), Array::new());
    for _ in 0..ROUNDS {
        for file in landing::examples() {
            names.push(file.name);
            blobs.push(&file.blob);
        }
    }
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(|event: MessageEvent| {
        let answer = Uint8Array::new(&Array::from(&event.data()).get(0));
        if !is_progress(answer.get_index(0)) {
            stop();
        }
    });
    worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    post(&worker, &Question::Open { names, skip: Vec::new() }, &blobs);
    Ok(Warmer { worker, _on_message: on_message })
}
