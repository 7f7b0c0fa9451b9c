//! The browser's Back and Forward: one entry for the beginning, one for what was opened from there, so that Back leads to
//! the beginning and Forward to the result again. The fragment of an entry's address says what of the result is shown.

use crate::app::markup::on_window;
use crate::app::state::{Screen, Session};
use crate::view::location::{self, Location};
use leptos::prelude::*;
use wasm_bindgen::JsValue;
use web_sys::{Event, History};

/// What an entry of the browser's history is of, as its state. An entry without a state came of a changed address.
const BEGINNING: f64 = 1.0;
const OPENED: f64 = 2.0;

impl Session {
    /// Listens to the browser's Back and Forward. What the entry was before a reload is gone: it is the beginning now.
    pub fn listen_to_history(self) {
        write(History::replace_state_with_url, BEGINNING, None);
        on_window("popstate", move |_: Event| self.travel());
    }

    /// Files are being opened: from the beginning that is a step on.
    pub(super) fn enter_opened(self) {
        if state() != Some(OPENED) {
            write(History::push_state_with_url, OPENED, None);
        }
    }

    /// The beginning is shown; its entry is the one before. The browser goes there a little later.
    pub(super) fn leave_opened(self) {
        match history().filter(|_| state() == Some(OPENED)) {
            Some(history) => {
                self.is_leaving.set_value(true);
                let _ = history.back();
            }
            None => self.remember(Location::default()),
        }
    }

    /// Writes down in the address what is shown.
    pub(super) fn remember(self, location: Location) {
        let state = state().unwrap_or(BEGINNING);
        write(History::replace_state_with_url, state, Some(&location::write(&location)));
    }

    /// The browser has gone to another entry.
    fn travel(self) {
        let was_leaving = self.is_leaving.try_update_value(std::mem::take).unwrap_or_default();
        let is_result = self.screen.with_untracked(|screen| matches!(screen, Screen::Result(_)));
        match state() {
            Some(OPENED) if is_result => self.show_wanted(),
            Some(OPENED) => {
                if self.show_earlier() {
                    self.show_wanted();
                }
            }
            // Something was opened before the browser was there.
            Some(_) if was_leaving && !self.screen.with_untracked(|screen| matches!(screen, Screen::Landing)) => {
                self.enter_opened();
            }
            Some(_) => {
                if !self.screen.with_untracked(|screen| matches!(screen, Screen::Landing)) {
                    self.close();
                }
                // A link's fragment was about the recording that was opened with it.
                self.remember(Location::default());
            }
            None => {
                write(History::replace_state_with_url, if is_result { OPENED } else { BEGINNING }, None);
                if is_result {
                    self.show_wanted();
                }
            }
        }
    }
}

type Write = fn(&History, &JsValue, &str, Option<&str>) -> Result<(), JsValue>;

/// Some browsers refuse after many calls in a short time; then the entry is a little old.
fn write(how: Write, state: f64, url: Option<&str>) {
    if let Some(history) = history() {
        let _ = how(&history, &JsValue::from_f64(state), "", url);
    }
}

fn state() -> Option<f64> {
    history()?.state().ok()?.as_f64()
}

fn history() -> Option<History> {
    window().history().ok()
}
