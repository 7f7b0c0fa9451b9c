//! The worker's loop: reads what the page sends, judges it, answers questions about it.
//!
//! One worker opens one set of files in its life; the page ends it and starts another for the next. So what was read
//! may live as long as the worker does.

use crate::import;
use crate::import::join::{self, Together};
use crate::redact::Share;
use crate::report::{self, Examined, Report, Source};
use crate::text::Untrusted;
use crate::view::waterfall::Window;
use crate::view::{cache_table, flame, request_filter, rows};
use crate::worker::protocol::{Answer, Failure, Format, LONGEST_TEXT, Level, Opened, Question, Step};
use crate::worker::reading;
use crate::worker::{columns, details, main_thread, protocol};
use js_sys::{Array, Uint8Array};
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Blob, DedicatedWorkerGlobalScope, MessageEvent};

/// Serves the page until it ends this worker.
pub fn serve(scope: DedicatedWorkerGlobalScope) {
    let port = Port(scope.clone());
    let state: Rc<Cell<Option<&'static State>>> = Rc::default();
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let message = Array::from(&event.data());
        let Some(question) = protocol::decode(&Uint8Array::new(&message.get(0)).to_vec()) else { return };
        match (question, state.get()) {
            (Question::Open { names, skip }, _) => {
                let blobs: Vec<Blob> =
                    Array::from(&message.get(1)).iter().filter_map(|blob| blob.dyn_into().ok()).collect();
                let (port, state) = (port.clone(), state.clone());
                spawn_local(async move {
                    match open(&port, &names, &blobs, skip).await {
                        Ok(opened) => {
                            state.set(Some(opened.0));
                            port.post(&Answer::Opened(opened.1));
                        }
                        Err(failure) => port.post(&Answer::Failed(failure)),
                    }
                });
            }
            (question, Some(state)) => answer(&port, state, question),
            (_, None) => {}
        }
    });
    scope.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget();
}

/// What was read and what was found in it.
struct State {
    sources: Vec<Source<'static>>,
    loads: Vec<Examined<'static>>,
}

async fn open(
    port: &Port,
    names: &[String],
    blobs: &[Blob],
    skip: Vec<String>,
) -> Result<(&'static State, Opened), Failure> {
    let total: f64 = blobs.iter().map(Blob::size).sum();
    let mut before = 0.0;
    let mut files = Vec::new();
    let mut failures = Vec::new();
    for (name, blob) in names.iter().zip(blobs) {
        let reading = |done| Answer::Step(Step::Reading { name: name.clone(), done, total });
        port.post(&reading(before));
        match reading::read(name, blob, &mut |done| port.post(&reading(before + done))).await {
            Ok(read) => files.extend(read),
            Err(failure) => failures.push(failure),
        }
        before += blob.size();
    }
    if files.is_empty() {
        return Err(failures.into_iter().next().unwrap_or_else(reading::nothing));
    }
    port.post(&Answer::Step(Step::Deriving));
    // Kept for the rest of the worker's life: see above.
    let opened = files.into_iter().map(|file| import::Opened { name: Some(file.name), recording: file.recording });
    let together: &'static [Together] = Vec::leak(join::join(opened.collect()));
    let sources: Vec<Source<'static>> = together
        .iter()
        .map(|one| Source { name: one.name.as_deref().map(Untrusted::new), recording: &one.recording })
        .collect();
    let total = crate::rules::all().count() as u32;
    let mut done = 0;
    let left_out: Vec<&str> = skip.iter().map(String::as_str).collect();
    let loads = report::examine(&sources, &left_out, &mut |id| {
        port.post(&Answer::Step(Step::Rule { id: id.to_owned(), done: done % total.max(1), total }));
        done += 1;
    });
    port.post(&Answer::Step(Step::Reporting));
    // The user's own screen: nothing but secrets is removed.
    let (shown, originals) = report::build_for_screen(&sources, &loads);
    let state: &'static State = Box::leak(Box::new(State { sources, loads }));
    Ok((state, Opened::of(shown, skip, failures, originals)))
}

fn answer(port: &Port, state: &State, question: Question) {
    match question {
        Question::Open { .. } => {}
        Question::Rows { load } => {
            if let Some(examined) = state.loads.get(load as usize) {
                let (columns, buffers) = columns::pack(&rows::collect(&examined.load, LONGEST_TEXT));
                port.post_with(&Answer::Rows { load }, &columns, &buffers);
            }
        }
        Question::Caching { load } => {
            let report = report::build(&state.sources, &state.loads, Share::Internal);
            if let Some((report, examined)) = report.loads.get(load as usize).zip(state.loads.get(load as usize)) {
                let table = cache_table::collect(report, &rows::collect(&examined.load, LONGEST_TEXT));
                port.post(&Answer::Caching { load, table: table.into() });
            }
        }
        Question::Filter { load, text } => {
            if let Some(examined) = state.loads.get(load as usize) {
                let passed = request_filter::filter(&examined.load, &examined.outcomes, &text);
                let complaints = passed.complaints.into_iter().map(|one| (one.term, one.says)).collect();
                port.post(&Answer::Filtered { load, text, requests: passed.rows, complaints });
            }
        }
        Question::Details { load, request } => {
            let examined = state.loads.get(load as usize);
            if let Some(details) = examined.and_then(|examined| details::of(&examined.load, load, request)) {
                port.post(&Answer::Details(Box::new(details)));
            }
        }
        Question::Work { load } => {
            if let Some(examined) = state.loads.get(load as usize) {
                port.post(&Answer::Work(Box::new(main_thread::of(&examined.load, load))));
            }
        }
        Question::Flame { load, from, to, width } => {
            if let Some(examined) = state.loads.get(load as usize) {
                let flame = flame::collect(&examined.load, Window { from, to }, width, LONGEST_TEXT);
                let (columns, buffers) = columns::pack_flame(&flame);
                port.post_with(&Answer::Flame { load }, &columns, &buffers);
            }
        }
        Question::Slice { load, slice, way, at, least } => {
            let examined = state.loads.get(load as usize);
            let found = examined.and_then(|one| main_thread::slice(&one.load, load, slice, way, at, least));
            if let Some(found) = found {
                port.post(&Answer::Slice(Box::new(found)));
            }
        }
        Question::Pictures { load, wanted } => {
            if let Some(examined) = state.loads.get(load as usize) {
                let pictures = wanted.into_iter().map(|at| (at, main_thread::picture(&examined.load, at))).collect();
                port.post(&Answer::Pictures { load, pictures });
            }
        }
        Question::Export { format, level } => {
            let text = export(state, format, level);
            port.post(&Answer::Exported { format, level, text });
        }
    }
}

fn export(state: &State, format: Format, level: Level) -> String {
    let report: Report = report::build(&state.sources, &state.loads, level.share());
    match format {
        Format::Html => report::html::render(&report),
        Format::Markdown => report::markdown::render(&report),
        Format::Text => report::text::render(&report),
        Format::Json => report::json::render(&report),
        Format::Csv => report::csv::render(&report),
    }
}

/// The way to the page.
#[derive(Clone)]
struct Port(DedicatedWorkerGlobalScope);

impl Port {
    fn post(&self, answer: &Answer) {
        self.post_with(answer, &Array::new(), &Array::new());
    }

    /// With an array beside the answer, and buffers to hand over instead of copying them.
    fn post_with(&self, answer: &Answer, beside: &Array, buffers: &Array) {
        let answer = Uint8Array::from(protocol::encode(answer).as_slice());
        buffers.push(&answer.buffer());
        // A page that is gone cannot be told anything.
        let _ = self.0.post_message_with_transfer(&Array::of2(&answer, beside), buffers);
    }
}
