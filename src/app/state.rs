//! What is open, what is selected: signals, handed down by context.

mod elements;
mod filter;
mod history;
mod work;

pub use elements::{after_paint, focus, focus_quietly, scroll_to};
pub use filter::Filtered;

use crate::app::analysis::Analysis;
use crate::redact::{Clean, originals};
use crate::report::schema::LoadReport;
use crate::view::cache_table::CacheTable;
use crate::view::flame::Flame;
use crate::view::location::{self, Location, Section};
use crate::view::rows::Rows;
use crate::view::waterfall::Window;
use crate::worker::protocol::{
    Details, Failure, Format, Level, Notice, Opened, Question, SliceDetails, Step, WorkDetails,
};
use elements::scroll_by;
use leptos::prelude::*;
use std::ops::Deref;
use std::sync::Arc;
use web_sys::{Blob, ScrollLogicalPosition};

/// Where the details of a request lie below the list; as in `style/waterfall.css`.
const STACKED: &str = "(max-width: 68rem)";

/// What the page shows.
#[derive(Clone)]
pub enum Screen {
    /// Nothing is open.
    Landing,
    /// Files are being read.
    Loading,
    /// All was read and judged.
    Result(Arc<Opened>),
    /// Nothing could be read.
    Error(Failure),
}

impl Screen {
    /// The word in `main[data-state]`.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Landing => "landing",
            Self::Loading => "loading",
            Self::Result(_) => "result",
            Self::Error(_) => "error",
        }
    }
}

/// A file to open.
#[derive(Clone)]
#[allow(missing_docs)]
pub struct Chosen {
    pub name: String,
    pub blob: Blob,
}

/// What to do with an exported report when it arrives.
#[derive(Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Use {
    Save,
    Copy,
}

/// A result that can be shown again.
struct Earlier {
    opened: Arc<Opened>,
    load: usize,
    analysis: Analysis,
}

/// The state of the page. There is one as long as the page is; so handing it around costs nothing.
#[derive(Clone, Copy)]
pub struct Session(&'static Signals);

/// What the parts of the page share.
pub struct Signals {
    /// What is shown.
    pub screen: RwSignal<Screen>,
    /// What the worker is doing.
    pub step: RwSignal<Option<Step>>,
    /// Which page load, from 0.
    pub load: RwSignal<usize>,
    /// The waterfall of that load, once the worker has sent it.
    pub rows: RwSignal<Option<Arc<Rows>>>,
    /// The cache table of that load, likewise.
    pub caching: RwSignal<Option<Arc<CacheTable>>>,
    /// The selected request.
    pub request: RwSignal<Option<u32>>,
    /// Whether its details are wanted.
    pub is_open: RwSignal<bool>,
    /// Its details, once the worker has sent them.
    pub details: RwSignal<Option<Arc<Details>>>,
    /// Whether the requests are shown as a plain table instead of the waterfall.
    pub as_table: RwSignal<bool>,
    /// Whether only what is on the way to the main milestone stands out.
    pub is_critical: RwSignal<bool>,
    /// What the list of requests is filtered by.
    pub filter: RwSignal<String>,
    /// What the filter lets pass; `None`: everything.
    pub filtered: RwSignal<Option<Filtered>>,
    /// Whether single keys do something.
    pub has_keys: RwSignal<bool>,
    /// What is told of that load's main thread beside the report, once the worker has sent it.
    pub work: RwSignal<Option<Arc<WorkDetails>>>,
    /// What was last seen of the main thread's work.
    pub flame: RwSignal<Option<Arc<Flame>>>,
    /// The selected piece of work.
    pub slice: RwSignal<Option<Arc<SliceDetails>>>,
    /// Pictures of the page that the worker has sent, with their positions.
    pub pictures: RwSignal<Vec<(u32, String)>>,
    /// The export being made.
    pub exporting: RwSignal<Option<(Format, Level, Use)>>,
    /// The last export and how it went, said beside its buttons.
    pub exported: RwSignal<Option<(Format, &'static str)>>,
    /// Response headers that were pasted.
    pub headers: RwSignal<String>,
    /// What a screen reader is told next.
    pub said: RwSignal<String>,
    /// Number of `dragenter` events not yet answered by a `dragleave`: they come for every element under the pointer.
    pub dragging: RwSignal<i32>,
    /// How often the theme may have changed.
    pub theme: RwSignal<i32>,
    /// Positions of the pictures that were asked for.
    pictures_asked: StoredValue<Vec<u32>>,
    /// Whether a stretch of work was asked for, and the stretch to ask for next, with its width.
    flame_asked: StoredValue<(bool, Option<(Window, f64)>)>,
    analysis: StoredValue<Option<Analysis>, LocalStorage>,
    /// What was open before, as long as it is not sure that there is something to take its place.
    earlier: StoredValue<Option<Earlier>, LocalStorage>,
    /// Whether the browser is on its way to the entry of the beginning.
    is_leaving: StoredValue<bool>,
    /// Whom to tell how opening went: whoever sent the files by `postMessage`.
    sender: StoredValue<Option<web_sys::Window>, LocalStorage>,
}

impl Deref for Session {
    type Target = Signals;

    fn deref(&self) -> &Signals {
        self.0
    }
}

impl Session {
    /// Nothing is open.
    pub fn new() -> Self {
        Self(Box::leak(Box::new(Signals {
            screen: RwSignal::new(Screen::Landing),
            step: RwSignal::new(None),
            load: RwSignal::new(0),
            rows: RwSignal::new(None),
            caching: RwSignal::new(None),
            request: RwSignal::new(None),
            is_open: RwSignal::new(false),
            details: RwSignal::new(None),
            as_table: RwSignal::new(false),
            is_critical: RwSignal::new(false),
            filter: RwSignal::new(String::new()),
            filtered: RwSignal::new(None),
            has_keys: RwSignal::new(true),
            work: RwSignal::new(None),
            flame: RwSignal::new(None),
            slice: RwSignal::new(None),
            pictures: RwSignal::new(Vec::new()),
            pictures_asked: StoredValue::new(Vec::new()),
            flame_asked: StoredValue::new((false, None)),
            exporting: RwSignal::new(None),
            exported: RwSignal::new(None),
            headers: RwSignal::new(String::new()),
            said: RwSignal::new(String::new()),
            dragging: RwSignal::new(0),
            theme: RwSignal::new(0),
            analysis: StoredValue::new_local(None),
            earlier: StoredValue::new_local(None),
            is_leaving: StoredValue::new(false),
            sender: StoredValue::new_local(None),
        })))
    }

    /// Opens files in place of what is open. `sender` is told how it went.
    pub fn open(self, files: Vec<Chosen>, sender: Option<web_sys::Window>) {
        if files.is_empty() {
            if let Some(sender) = sender {
                post(&sender, &Notice::Failed { message: "The message holds no files.".to_owned() });
            }
            return;
        }
        self.sender.set_value(sender);
        self.keep_earlier();
        if matches!(self.screen.read_untracked().word(), "result" | "error") {
            // What the fragment says is about what was open before.
            self.remember(Location::default());
        }
        self.enter_opened();
        self.analyze(files, Vec::new());
    }

    /// Opens files, leaving out rules that ended an earlier worker.
    pub fn analyze(self, files: Vec<Chosen>, skip: Vec<String>) {
        self.forget();
        self.step.set(None);
        self.screen.set(Screen::Loading);
        // Else the focus is lost with whatever opened the files.
        after_paint(|| focus_quietly("loading-title"));
        match Analysis::start(self, files, skip) {
            Ok(analysis) => self.analysis.set_value(Some(analysis)),
            Err(_) => self.failed(Failure {
                file: String::new(),
                what: "This browser does not let the page start a worker.".to_owned(),
                advice: "Try a current Chrome, Edge, Firefox or Safari, or the command line: weir analyze FILE."
                    .to_owned(),
            }),
        }
    }

    /// Shows what the worker made of the files.
    pub fn opened(self, opened: Opened) {
        self.tell_sender(&Notice::Opened { loads: opened.report.loads.len() as u32 });
        self.earlier.set_value(None);
        self.screen.set(Screen::Result(Arc::new(opened)));
        self.show_wanted();
        self.said.set(String::new());
        after_paint(|| focus_quietly("verdict-sentence"));
    }

    /// Shows why nothing could be opened.
    pub fn failed(self, failure: Failure) {
        self.tell_sender(&Notice::Failed { message: failure.what.clone() });
        self.analysis.set_value(None);
        self.said.set(String::new());
        self.screen.set(Screen::Error(failure));
        after_paint(|| focus("error-title"));
    }

    /// Shows what the fragment asks for of what is open, as far as there is such a thing.
    fn show_wanted(self) {
        let wanted = location::parse(&window().location().hash().unwrap_or_default());
        let n_requests = self.screen.with_untracked(|screen| match screen {
            Screen::Result(opened) => opened.totals.get(wanted.load).map(|totals| totals.requests),
            Screen::Landing | Screen::Loading | Screen::Error(_) => None,
        });
        self.show_load(if n_requests.is_some() { wanted.load } else { 0 });
        self.request.set(wanted.request.filter(|request| n_requests.is_some_and(|n| *request < n)));
    }

    /// Leaves what is shown. Where files were being read, or could not be, what was open before is shown again.
    pub fn leave(self) {
        if !self.show_earlier() {
            return self.close();
        }
        self.remember(Location { load: self.load.get_untracked(), ..Location::default() });
        self.said.set("Back at the earlier recording.".to_owned());
    }

    /// Shows again what was open before; `false` if nothing was.
    fn show_earlier(self) -> bool {
        let Some(earlier) = self.earlier.try_update_value(Option::take).flatten() else { return false };
        self.forget();
        self.analysis.set_value(Some(earlier.analysis));
        self.screen.set(Screen::Result(earlier.opened));
        self.show_load(earlier.load);
        after_paint(|| focus_quietly("verdict-sentence"));
        true
    }

    /// Whether [`Session::leave`] leads to an earlier recording.
    pub fn has_earlier(self) -> bool {
        self.earlier.with_value(Option::is_some)
    }

    fn keep_earlier(self) {
        let Screen::Result(opened) = self.screen.get_untracked() else { return };
        let load = self.load.get_untracked();
        let analysis = self.analysis.try_update_value(Option::take).flatten();
        self.earlier.set_value(analysis.map(|analysis| Earlier { opened, load, analysis }));
    }

    /// Back to the beginning. What is being read is given up; a result is kept for the browser's Forward button.
    pub fn close(self) {
        self.keep_earlier();
        self.forget();
        self.said.set(match self.screen.read_untracked().word() {
            "loading" => "Cancelled.".to_owned(),
            _ => String::new(),
        });
        self.screen.set(Screen::Landing);
        self.leave_opened();
        after_paint(|| focus("main"));
    }

    /// Shows what caches make of response headers.
    pub fn judge_headers(self, text: String) {
        self.headers.set(text);
        self.forget();
        self.screen.set(Screen::Landing);
        after_paint(|| {
            scroll_to("headers");
            focus("headers");
        });
    }

    /// Shows another page load.
    pub fn show_load(self, load: usize) {
        self.load.set(load);
        self.set_filter(String::new());
        self.rows.set(None);
        self.caching.set(None);
        self.request.set(None);
        self.is_open.set(false);
        self.details.set(None);
        self.forget_work();
        self.ask(&Question::Rows { load: load as u32 });
        self.ask(&Question::Work { load: load as u32 });
    }

    /// Shows another page load because the reader asked for it.
    pub fn choose_load(self, load: usize) {
        self.show_load(load);
        self.remember(Location { load, ..Location::default() });
        self.said.set(self.shown(|load| load.verdict.sentence.to_string()).unwrap_or_default());
    }

    /// Selects a request; its details follow if the panel is open.
    pub fn select(self, request: u32) {
        if self.request.get_untracked() != Some(request) {
            self.request.set(Some(request));
            if self.is_open.get_untracked() {
                self.ask_details();
            }
            self.remember_request();
        }
    }

    /// Opens the details of the selected request.
    pub fn open_details(self) {
        self.is_open.set(true);
        self.ask_details();
    }

    /// The details have come: on a narrow screen they lie below the list, which may itself be half out of view.
    pub fn show_details(self, details: Details) {
        self.details.set(Some(Arc::new(details)));
        if window().match_media(STACKED).ok().flatten().is_some_and(|query| query.matches()) {
            after_paint(|| scroll_by("chart", ScrollLogicalPosition::End));
        }
    }

    /// Closes them.
    pub fn close_details(self) {
        self.is_open.set(false);
        self.details.set(None);
    }

    /// Selects a request and shows it in the waterfall.
    pub fn reveal(self, request: u32) {
        self.as_table.set(false);
        self.uncover(request);
        self.select(request);
        self.open_details();
        scroll_to(Section::Waterfall.id());
        focus_quietly("grid");
    }

    /// Asks the worker for the report as a file.
    pub fn export(self, format: Format, level: Level, what_for: Use) {
        if self.exporting.get_untracked().is_some() {
            return;
        }
        self.exported.set(None);
        self.exporting.set(Some((format, level, what_for)));
        self.ask(&Question::Export { format, level });
    }

    /// A text of the report as whoever has the recording may see it: with the names that reports hide.
    pub fn text(self, text: &Clean) -> String {
        self.screen.with_untracked(|screen| match screen {
            Screen::Result(opened) => originals::restore(text.as_str(), &opened.originals),
            Screen::Landing | Screen::Loading | Screen::Error(_) => text.to_string(),
        })
    }

    /// The shown load's report.
    pub fn shown<T>(self, read: impl FnOnce(&LoadReport) -> T) -> Option<T> {
        let load = self.load.get();
        self.screen.with(|screen| match screen {
            Screen::Result(opened) => opened.report.loads.get(load).map(read),
            Screen::Landing | Screen::Loading | Screen::Error(_) => None,
        })
    }

    /// The title of the document.
    pub fn title(self) -> String {
        match self.screen.with(Screen::word) {
            "landing" => "Weir: why is this page slow?".to_owned(),
            "loading" => "Reading… – Weir".to_owned(),
            "error" => "Could not be opened – Weir".to_owned(),
            _ => self
                .shown(|load| {
                    let page = load.url.as_ref().map(|url| format!(" – {url}")).unwrap_or_default();
                    format!("{}{page} – Weir", load.verdict.sentence)
                })
                .unwrap_or_else(|| "The recording holds no requests – Weir".to_owned()),
        }
    }

    /// Goes to a section of the result.
    pub fn go_to(self, section: Section) {
        scroll_to(section.id());
        focus_quietly(&format!("{}-title", section.id()));
        let request = self.request.get_untracked();
        self.remember(Location { load: self.load.get_untracked(), section: Some(section), request });
    }

    /// Asks the worker for the cache table of the shown load.
    pub fn ask_caching(self) {
        self.ask(&Question::Caching { load: self.load.get_untracked() as u32 });
    }

    fn ask_details(self) {
        if let Some(request) = self.request.get_untracked() {
            self.ask(&Question::Details { load: self.load.get_untracked() as u32, request });
        }
    }

    fn ask(self, question: &Question) {
        self.analysis.with_value(|analysis| {
            if let Some(analysis) = analysis {
                analysis.ask(question);
            }
        });
    }

    fn forget(self) {
        self.analysis.set_value(None);
        self.rows.set(None);
        self.caching.set(None);
        self.request.set(None);
        self.is_open.set(false);
        self.details.set(None);
        self.forget_work();
        self.flame_asked.set_value((false, None));
        self.exporting.set(None);
        self.exported.set(None);
    }

    /// Says how an export went, to eyes and ears.
    pub fn tell_exported(self, format: Format, how: &'static str) {
        self.exported.set(Some((format, how)));
        self.said.set(how.to_owned());
    }

    fn remember_request(self) {
        let (load, request) = (self.load.get_untracked(), self.request.get_untracked());
        self.remember(Location { load, section: Some(Section::Waterfall), request });
    }

    fn tell_sender(self, notice: &Notice) {
        let Some(sender) = self.sender.with_value(Clone::clone) else { return };
        post(&sender, notice);
        self.sender.set_value(None);
    }
}

/// Tells another window. A notice holds nothing that any origin may not know.
pub fn post(to: &web_sys::Window, notice: &Notice) {
    if let Ok(message) = serde_wasm_bindgen::to_value(notice) {
        let _ = to.post_message(&message, "*");
    }
}
