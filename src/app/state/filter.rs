//! The filter of the list of requests: the worker, who has all facts, says what it lets pass.

use crate::app::state::Session;
use crate::worker::protocol::Question;
use leptos::prelude::*;
use std::sync::Arc;

/// What a filter let pass.
#[derive(Clone, Debug, PartialEq)]
pub struct Filtered {
    /// Ids of the requests, in order.
    pub requests: Arc<Vec<u32>>,
    /// Terms, and what is wrong with each or that it leaves nothing.
    pub complaints: Vec<(String, String)>,
}

impl Session {
    /// Filters the list of requests.
    pub fn set_filter(self, text: String) {
        let is_empty = text.trim().is_empty();
        self.filter.set(text.clone());
        match is_empty {
            true => self.filtered.set(None),
            false => self.ask(&Question::Filter { load: self.load.get_untracked() as u32, text }),
        }
    }

    /// Takes in what it lets pass; what was asked for earlier comes too late.
    pub fn filtered_came(self, load: u32, text: &str, filtered: Filtered) {
        if self.is_shown(load) && self.filter.with_untracked(|wanted| wanted == text) {
            self.filtered.set(Some(filtered));
        }
    }

    /// Lets a request be seen that the filter hides.
    pub(super) fn uncover(self, request: u32) {
        let is_hidden = self.filtered.with_untracked(|filtered| {
            filtered.as_ref().is_some_and(|filtered| filtered.requests.binary_search(&request).is_err())
        });
        if is_hidden {
            self.set_filter(String::new());
        }
    }
}
