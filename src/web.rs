//! Entry of the wasm: the same module is the page and, started again, its worker.
use crate::{app, worker};
use js_sys::Array;
use std::cell::Cell;
use std::sync::OnceLock;
use std::time::Duration;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, BlobPropertyBag, DedicatedWorkerGlobalScope, HtmlScriptElement, Url, Worker};

/// `main` on wasm32. The global scope says which role this instance has.
pub fn start() {
    std::panic::set_hook(Box::new(|panic| {
        // Only the place: the message may hold text of the recording.
        let place = panic.location().map_or_else(String::new, ToString::to_string);
        web_sys::console::error_1(&format!("Weir stopped at {place}").into());
    }));
    match js_sys::global().dyn_into::<DedicatedWorkerGlobalScope>() {
        Ok(scope) => worker::serve::serve(scope),
        Err(_) => {
            app::mount();
            prepare_after(FIRST_SPARE);
        }
    }
}

/// Runs after the glue in a worker: the first message is the compiled module.
const TAIL: &str = "
self.onmessage = ({ data }) => { self.onmessage = null; wasm_bindgen.initSync({ module: data }); };";

thread_local! {
    /// A worker that waits for its first question.
    static SPARE: Cell<Option<Worker>> = const { Cell::new(None) };
}

/// A worker of this very module, if possible one that waits already. It may be asked at once.
pub fn worker() -> Result<Worker, JsValue> {
    prepare_after(NEXT_SPARE);
    match SPARE.take() {
        Some(worker) => Ok(worker),
        None => spawn(),
    }
}

/// How long after the page was shown its first worker is started: what is shown first goes before.
const FIRST_SPARE: Duration = Duration::from_millis(200);

/// How long after a worker was taken the next one is started: most recordings are read by then.
const NEXT_SPARE: Duration = Duration::from_secs(3);

/// Starts a worker ahead of time, so that whoever drops a file does not wait for it (30 to 45 ms).
fn prepare_after(delay: Duration) {
    let prepare = || {
        let spare = match SPARE.take() {
            Some(spare) => Some(spare),
            None => spawn().ok(),
        };
        SPARE.set(spare);
    };
    leptos::prelude::set_timeout(prepare, delay);
}

/// Starts a worker of this very module. What is posted to it waits until it listens.
pub fn spawn() -> Result<Worker, JsValue> {
    static SCRIPT: OnceLock<String> = OnceLock::new();
    let url = match SCRIPT.get() {
        Some(url) => url,
        None => {
            let url = worker_script()?;
            SCRIPT.get_or_init(|| url)
        }
    };
    let worker = Worker::new(url)?;
    worker.post_message(&wasm_bindgen::module())?;
    Ok(worker)
}

/// A blob made from the glue that the page already holds: it inherits the page's policy,
/// needs no request, and cannot be of another version than the page.
fn worker_script() -> Result<String, JsValue> {
    let glue = web_sys::window()
        .and_then(|window| window.document())
        .and_then(|document| document.get_element_by_id("glue"))
        .ok_or("no <script id=glue>")?;
    let glue: HtmlScriptElement = glue.dyn_into().map_err(|_| "#glue is no script")?;
    let script = match glue.src().as_str() {
        "" => glue.text()? + TAIL,
        file => format!("importScripts({file:?});{TAIL}"), // `trunk serve`
    };
    let options = BlobPropertyBag::new();
    options.set_type("text/javascript");
    let blob = Blob::new_with_str_sequence_and_options(&Array::of1(&script.into()), &options)?;
    Url::create_object_url_with_blob(&blob)
}
