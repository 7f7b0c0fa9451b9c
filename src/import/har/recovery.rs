//! Going on behind broken places: at the next entry that can be recognized.
//!
//! A damaged place costs the entries that it touches and, if it swallowed a closing quote, the one behind it: a text
//! ends at the next quote, which is then the first one of that entry. No list and no skipped value runs beyond the
//! beginning of an entry. Every byte is looked at at most twice, so this takes linear time.

use crate::import::har::problems;
use crate::import::har::reader::{Reader, Step};
use crate::import::har::{Documents, entries, items, log_member};
use crate::import::json::{JsonError, JsonErrorKind, Result};
use crate::import::source::{NO_PAUSE, at_once};
use crate::recording::Place;
use std::io::Read;

/// The keys by which tools begin entries, and nothing else but pages (`startedDateTime`).
const FIRST_KEYS: [&str; 14] = [
    "pageref",
    "startedDateTime",
    "_initiator",
    "_connectionId",
    "_securityState",
    "_priority",
    "_resourceType",
    "_fromCache",
    "_frameref",
    "cache",
    "connection",
    "serverIPAddress",
    "timings",
    "response",
];

/// The first key of an entry as one by which others can be recognized.
pub(super) fn landmark(first_key: &str) -> Option<&'static str> {
    FIRST_KEYS.into_iter().find(|known| *known == first_key)
}

/// Reads on until the end or an error that cannot be got over; that one is given back.
pub(super) fn get_over<R: Read>(documents: &mut Documents, r: &mut Reader<R>, error: JsonError) -> Option<JsonError> {
    let mut error = error;
    loop {
        if !matches!(error.kind, JsonErrorKind::Syntax(_) | JsonErrorKind::Truncated) {
            return Some(error);
        }
        let place = Place { path: Some(r.path()).filter(|path| !path.is_empty()), offset: Some(error.offset) };
        let resumed = match &documents.draft.log.nesting {
            Some(log) => r.json.resume(&FIRST_KEYS, log, true),
            None => r.json.resume(&FIRST_KEYS, &r.json.outer_list(), false),
        };
        match resumed {
            Ok(true) => r.problems.note(&problems::BROKEN_PLACE, || place),
            Ok(false) if documents.has_ended => {
                documents.about_file.note(&problems::TRAILING_TEXT, || place);
                return None;
            }
            Ok(false) => return Some(error),
            Err(worse) => return Some(worse),
        }
        documents.draft.log.is_damaged = true;
        documents.has_ended = false;
        error = go_on(documents, r).err()?;
    }
}

/// Reads from the beginning of an entry to the end.
fn go_on<R: Read>(documents: &mut Documents, r: &mut Reader<R>) -> Result<()> {
    let draft = &mut documents.draft;
    r.set_path(&draft.log.steps);
    if draft.log.nesting.is_some() {
        r.at(Step::Member("entries"), |r| at_once(items(r, draft, NO_PAUSE)))?;
        r.rest_of_object(|r, key| match key {
            "entries" => at_once(entries(r, draft, NO_PAUSE)),
            _ => log_member(r, draft, key),
        })?;
        documents.has_ended = true;
        r.set_path(&[]);
    }
    // What is around the log.
    while let Some(is_object) = r.json.is_in_object() {
        match is_object {
            true => r.rest_of_object(|_, _| Ok(()))?,
            false => at_once(documents.rest_of_list(r, NO_PAUSE))?,
        }
    }
    at_once(documents.further(r, NO_PAUSE))
}

#[cfg(test)]
mod tests;
