//! HAR (HTTP Archive): a stream of JSON → recordings.
//!
//! Reading has two steps. First everything of interest is read as it stands, in whatever shape and order (`raw`,
//! `entry`, `page`); bodies are measured as they pass and never held. Then, when the producer is known, it is
//! understood (`build`, `dialects`, `pages`).

mod bodies;
mod build;
mod dates;
mod dialects;
mod entry;
mod header_lines;
mod initiator;
mod page;
mod pages;
mod problems;
mod raw;
mod reader;
mod recovery;
mod sanitized;
#[cfg(test)]
mod tests;

pub(super) use build::missing;

use crate::import::error::ImportError;
use crate::import::json::{Json, JsonError, JsonErrorKind, Result, Token};
use crate::recording::{Header, Place, Recording};
use crate::text::StrId;
use problems::{Kind, Problems};
use raw::{RawEntry, RawLog, RawTool};
use reader::{Reader, Step, members};
use std::io::Read;

/// Reads all recordings in a text of which `n_skipped` bytes in front were passed over.
pub(super) fn import(source: &mut dyn Read, n_skipped: u64) -> std::result::Result<Vec<Recording>, ImportError> {
    let mut recordings = read(source, n_skipped).map_err(|refusal| match refusal {
        Refusal::EmptyObject => ImportError::empty_object(),
        Refusal::NoEntriesMember => ImportError::no_entries_member(),
        Refusal::NothingOfAHar => ImportError::nothing_of_a_har(),
        Refusal::Stopped(error) => ImportError::stopped(JsonError { offset: error.offset + n_skipped, ..error }),
    })?;
    for problem in recordings.iter_mut().flat_map(|recording| &mut recording.problems) {
        problem.at.offset = problem.at.offset.map(|offset| offset + n_skipped);
    }
    Ok(recordings)
}

/// Why there is no recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Refusal {
    /// `{}`
    EmptyObject,
    /// A `log` without a list of entries.
    NoEntriesMember,
    /// JSON without anything of a HAR.
    NothingOfAHar,
    /// It ended or broke before the first entry was complete.
    Stopped(JsonError),
}

/// Reads all recordings in a text: usually one.
fn read(source: &mut dyn Read, n_skipped: u64) -> std::result::Result<Vec<Recording>, Refusal> {
    let mut r = Reader::new(Json::new(source));
    if 0 < n_skipped {
        r.problems.note(&problems::LEADING_TEXT, Place::default);
    }
    let mut documents = Documents::default();
    let stopped = documents.read(&mut r).err();
    let stopped = stopped.and_then(|error| recovery::get_over(&mut documents, &mut r, error));
    if let Some(error) = stopped.filter(|error| error.kind == JsonErrorKind::Cancelled) {
        return Err(Refusal::Stopped(error));
    }
    if let Some(error) = stopped {
        documents.note_stop(&mut r, error);
    }
    documents.about_file.note_repairs(r.json.repairs());
    documents.finish(&mut r);
    if let Some(first) = documents.finished.first_mut() {
        documents.about_file.append(std::mem::take(&mut r.problems));
        documents.about_file.add_to(&mut first.problems);
    }
    match (documents.finished.is_empty(), stopped, documents.refusal) {
        (false, ..) => Ok(documents.finished),
        (true, Some(error), _) => Err(Refusal::Stopped(error)),
        (true, None, refusal) => Err(refusal.unwrap_or(Refusal::NothingOfAHar)),
    }
}

/// A recording in the making.
#[derive(Default)]
struct Draft {
    /// Texts, header lines and bodies so far.
    recording: Recording,
    log: RawLog,
    /// Bytes of body text kept so far.
    n_kept_bytes: usize,
    // Buffers.
    lines: Vec<Header>,
    header_name: String,
    header_value: String,
    body_text: String,
}

/// The documents of a text: one, several in a list, or one after the other.
#[derive(Default)]
struct Documents {
    /// What is being read. Entries that stand alone gather here.
    draft: Draft,
    finished: Vec<Recording>,
    /// What is odd about the file as a whole: told with its first recording.
    about_file: Problems,
    refusal: Option<Refusal>,
    /// Items of a list of documents so far.
    n_items: u32,
    /// Whether the draft is of a document that has ended. It is finished when the next one begins: what follows may
    /// show that it ended too early.
    has_ended: bool,
}

impl Documents {
    fn read<R: Read>(&mut self, r: &mut Reader<R>) -> Result<()> {
        self.value(r)?;
        self.further(r)
    }

    /// What follows the first document. It cannot spoil that one.
    fn further<R: Read>(&mut self, r: &mut Reader<R>) -> Result<()> {
        while let Ok(Token::Object | Token::Array) = r.json.peek() {
            if self.has_ended || !self.finished.is_empty() {
                let offset = Some(r.json.offset());
                self.about_file.note(&problems::FURTHER_DOCUMENT, || Place { path: None, offset });
            }
            self.value(r)?;
        }
        match r.json.peek() {
            Ok(Token::End) => Ok(()),
            Err(error) if !matches!(error.kind, JsonErrorKind::Syntax(_) | JsonErrorKind::Truncated) => Err(error),
            _ if self.has_ended && r.json.goes_on()? => Err(r.json.syntax("the end of the document was expected")),
            _ => {
                let offset = Some(r.json.offset());
                self.about_file.note(&problems::TRAILING_TEXT, || Place { path: None, offset });
                Ok(())
            }
        }
    }

    /// A document, or a list of them.
    fn value<R: Read>(&mut self, r: &mut Reader<R>) -> Result<()> {
        match r.json.peek()? {
            Token::Object => self.document(r),
            Token::Array => {
                r.json.begin_array()?;
                self.rest_of_list(r)
            }
            _ => r.json.skip(),
        }
    }

    /// The items of a list of documents that are left.
    fn rest_of_list<R: Read>(&mut self, r: &mut Reader<R>) -> Result<()> {
        while r.json.next_item()? {
            match r.json.peek()? {
                Token::Object => r.at(Step::Item(self.n_items), |r| self.document(r))?,
                _ => {
                    r.note(&problems::NOT_AN_ENTRY);
                    r.json.skip()?;
                }
            }
            self.n_items += 1;
        }
        Ok(())
    }

    /// `{log: …}`, a log, or a single entry.
    fn document<R: Read>(&mut self, r: &mut Reader<R>) -> Result<()> {
        if self.has_ended {
            self.finish(r);
        }
        let draft = &mut self.draft;
        let mut entry = RawEntry { offset: r.json.offset(), ..RawEntry::default() };
        let mut has_members = false;
        let mut first_key = None;
        let mut is_wrapped = false;
        r.object(|r, key| {
            if !std::mem::replace(&mut has_members, true) {
                first_key = recovery::landmark(key);
            }
            match key {
                "log" => {
                    is_wrapped = true;
                    r.at(Step::Member("log"), |r| log(r, draft))
                }
                "entries" | "pages" | "creator" | "browser" => log_member(r, draft, key),
                _ => entry::member(r, draft, &mut entry, key),
            }
        })?;
        if self.draft.log.is_present {
            if !is_wrapped {
                r.note(&problems::NO_LOG);
            }
            self.has_ended = true;
        } else if entry.request.is_present || entry.response.is_present {
            r.note(&problems::NO_LOG);
            let log = &mut self.draft.log;
            log.has_entries = true;
            entry.index = log.entries.len() as u32;
            log.entries.push(entry);
            first_key.into_iter().for_each(|key| r.json.set_landmark(key));
        } else if !has_members {
            self.refusal.get_or_insert(Refusal::EmptyObject);
        }
        Ok(())
    }

    /// Makes a recording of what was read, if there is any.
    fn finish<R: Read>(&mut self, r: &mut Reader<R>) {
        let mut draft = std::mem::take(&mut self.draft);
        self.has_ended = false;
        if draft.log.is_damaged {
            // Pages, headers and what else a broken place made look like entries.
            draft.log.entries.retain(|entry| entry.request.is_present || entry.response.is_present);
        }
        if draft.log.entries.is_empty() && !draft.log.has_entries {
            if draft.log.is_present {
                self.refusal.get_or_insert(Refusal::NoEntriesMember);
            }
            return;
        }
        let mut problems = std::mem::take(&mut r.problems);
        if draft.log.entries.is_empty() {
            problems.note(&problems::NO_ENTRIES, || Place { path: Some("log.entries".to_owned()), offset: None });
        }
        self.finished.push(build::recording(draft, problems, r.json.offset()));
    }

    /// Says where reading stopped, if there is something to say it of.
    fn note_stop<R: Read>(&mut self, r: &mut Reader<R>, error: JsonError) {
        let kind: &'static Kind = match error.kind {
            JsonErrorKind::Truncated => &problems::TRUNCATED,
            JsonErrorKind::Syntax(_) => &problems::BROKEN,
            _ => &problems::UNREADABLE,
        };
        let path = Some(r.path()).filter(|path| !path.is_empty());
        r.problems.note(kind, || Place { path, offset: Some(error.offset) });
        r.set_path(&[]);
        // An empty list in a file that was cut off may not have been empty.
        self.draft.log.has_entries &= !self.draft.log.entries.is_empty();
    }
}

/// Reads `log`.
fn log<R: Read>(r: &mut Reader<R>, draft: &mut Draft) -> Result<()> {
    if draft.log.has_entries {
        r.note(&problems::REPLACED_ENTRIES);
        draft.log = RawLog::default();
    }
    draft.log.is_present |= r.json.peek()? == Token::Object;
    r.object(|r, key| log_member(r, draft, key))?;
    Ok(())
}

fn log_member<R: Read>(r: &mut Reader<R>, draft: &mut Draft, key: &str) -> Result<()> {
    if draft.log.nesting.is_none() {
        (draft.log.nesting, draft.log.steps) = (Some(r.json.nesting().clone()), r.steps().to_vec());
    }
    members!(r, key, {
        "creator" => draft.log.creator = tool(r, draft)?,
        "browser" => draft.log.browser = tool(r, draft)?,
        "pages" => pages(r, draft)?,
        "entries" => entries(r, draft)?,
    })
}

/// Reads `creator` or `browser`: an object, or in hand-made files a name alone.
fn tool<R: Read>(r: &mut Reader<R>, draft: &mut Draft) -> Result<RawTool> {
    let strings = &mut draft.recording.strings;
    let mut tool = RawTool::default();
    match r.json.peek()? {
        Token::String => tool.name = r.interned(strings)?,
        _ => {
            r.object(|r, key| {
                members!(r, key, {
                    "name" => tool.name = r.interned(strings)?,
                    "version" => tool.version = r.interned(strings)?,
                })
            })?;
        }
    }
    let is_empty = |id: &StrId| strings.get(*id).is_empty();
    tool.name = tool.name.filter(|name| !is_empty(name));
    tool.version = tool.version.filter(|version| !is_empty(version));
    Ok(tool)
}

fn pages<R: Read>(r: &mut Reader<R>, draft: &mut Draft) -> Result<()> {
    draft.log.pages.clear();
    r.array(|r| {
        let page = page::read(r, draft)?;
        if page.is_page {
            draft.log.pages.push(page);
        }
        Ok(())
    })?;
    Ok(())
}

fn entries<R: Read>(r: &mut Reader<R>, draft: &mut Draft) -> Result<()> {
    if draft.log.has_entries {
        r.note(&problems::REPLACED_ENTRIES);
        draft.log.entries.clear();
    }
    (draft.log.is_present, draft.log.has_entries) = (true, true);
    draft.log.path = r.path();
    draft.log.n_items = 0;
    if r.json.peek()? != Token::Array {
        return r.something_else();
    }
    r.json.begin_array()?;
    items(r, draft)
}

/// The entries that are left of the list.
fn items<R: Read>(r: &mut Reader<R>, draft: &mut Draft) -> Result<()> {
    while r.json.next_item()? {
        let index = draft.log.n_items;
        draft.log.n_items += 1;
        r.at(Step::Item(index), |r| item(r, draft, index))?;
    }
    Ok(())
}

fn item<R: Read>(r: &mut Reader<R>, draft: &mut Draft, index: u32) -> Result<()> {
    let mut entry = RawEntry { index, offset: r.json.offset(), ..RawEntry::default() };
    if r.json.peek()? != Token::Object {
        r.note(&problems::NOT_AN_ENTRY);
        return r.json.skip();
    }
    let mut is_first = true;
    r.object(|r, key| {
        if std::mem::take(&mut is_first)
            && let Some(key) = recovery::landmark(key)
        {
            r.json.set_landmark(key);
        }
        entry::member(r, draft, &mut entry, key)
    })?;
    draft.log.entries.push(entry);
    Ok(())
}
