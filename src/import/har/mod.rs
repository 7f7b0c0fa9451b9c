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
use crate::import::source::Pause;
use crate::recording::{Header, Place, Recording};
use crate::text::StrId;
use problems::{Kind, Problems};
use raw::{RawEntry, RawLog, RawTool};
use reader::{Reader, Step, members};
use std::future::poll_fn;
use std::io::Read;

/// Reads all recordings in a text of which `n_skipped` bytes in front were passed over.
pub(super) async fn import(
    source: &mut dyn Read,
    n_skipped: u64,
    pause: Pause<'_>,
) -> std::result::Result<Vec<Recording>, ImportError> {
    let mut recordings = read(source, n_skipped, pause).await.map_err(|refusal| match refusal {
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
async fn read(source: &mut dyn Read, n_skipped: u64, pause: Pause<'_>) -> std::result::Result<Vec<Recording>, Refusal> {
    let mut r = Reader::new(Json::new(source));
    if 0 < n_skipped {
        r.problems.note(&problems::LEADING_TEXT, Place::default);
    }
    let mut documents = Documents::default();
    let stopped = documents.read(&mut r, pause).await.err();
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
    async fn read<R: Read>(&mut self, r: &mut Reader<R>, pause: Pause<'_>) -> Result<()> {
        self.value(r, pause).await?;
        self.further(r, pause).await
    }

    /// What follows the first document. It cannot spoil that one.
    async fn further<R: Read>(&mut self, r: &mut Reader<R>, pause: Pause<'_>) -> Result<()> {
        while let Ok(Token::Object | Token::Array) = r.json.peek() {
            if self.has_ended || !self.finished.is_empty() {
                let offset = Some(r.json.offset());
                self.about_file.note(&problems::FURTHER_DOCUMENT, || Place { path: None, offset });
            }
            self.value(r, pause).await?;
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
    async fn value<R: Read>(&mut self, r: &mut Reader<R>, pause: Pause<'_>) -> Result<()> {
        match r.json.peek()? {
            Token::Object => self.document(r, pause).await,
            Token::Array => {
                r.json.begin_array()?;
                self.rest_of_list(r, pause).await
            }
            _ => r.json.skip(),
        }
    }

    /// The items of a list of documents that are left.
    async fn rest_of_list<R: Read>(&mut self, r: &mut Reader<R>, pause: Pause<'_>) -> Result<()> {
        while r.json.next_item()? {
            poll_fn(pause).await;
            match r.json.peek()? {
                Token::Object => {
                    r.enter(Step::Item(self.n_items));
                    self.document(r, pause).await?;
                    r.leave();
                }
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
    async fn document<R: Read>(&mut self, r: &mut Reader<R>, pause: Pause<'_>) -> Result<()> {
        if self.has_ended {
            self.finish(r);
        }
        let draft = &mut self.draft;
        let mut entry = RawEntry { offset: r.json.offset(), ..RawEntry::default() };
        let mut has_members = false;
        let mut first_key = None;
        let mut is_wrapped = false;
        let mut key = String::new();
        r.json.begin_object()?;
        while r.json.next_key(&mut key)? {
            if !std::mem::replace(&mut has_members, true) {
                first_key = recovery::landmark(&key);
            }
            match key.as_str() {
                "log" => {
                    is_wrapped = true;
                    r.enter(Step::Member("log"));
                    log(r, draft, pause).await?;
                    r.leave();
                }
                "entries" => entries(r, draft, pause).await?,
                "pages" | "creator" | "browser" => log_member(r, draft, &key)?,
                _ => entry::member(r, draft, &mut entry, &key)?,
            }
        }
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
async fn log<R: Read>(r: &mut Reader<R>, draft: &mut Draft, pause: Pause<'_>) -> Result<()> {
    if draft.log.has_entries {
        r.note(&problems::REPLACED_ENTRIES);
        draft.log = RawLog::default();
    }
    if r.json.peek()? != Token::Object {
        return r.something_else();
    }
    draft.log.is_present = true;
    let mut key = String::new();
    r.json.begin_object()?;
    while r.json.next_key(&mut key)? {
        match key.as_str() {
            "entries" => entries(r, draft, pause).await?,
            _ => log_member(r, draft, &key)?,
        }
    }
    Ok(())
}

/// Keeps where the log is, for going on behind a broken place.
fn remember_place<R: Read>(r: &Reader<R>, log: &mut RawLog) {
    if log.nesting.is_none() {
        (log.nesting, log.steps) = (Some(r.json.nesting().clone()), r.steps().to_vec());
    }
}

fn log_member<R: Read>(r: &mut Reader<R>, draft: &mut Draft, key: &str) -> Result<()> {
    remember_place(r, &mut draft.log);
    members!(r, key, {
        "creator" => draft.log.creator = tool(r, draft)?,
        "browser" => draft.log.browser = tool(r, draft)?,
        "pages" => pages(r, draft)?,
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

/// Reads the list of entries, whose name was read.
async fn entries<R: Read>(r: &mut Reader<R>, draft: &mut Draft, pause: Pause<'_>) -> Result<()> {
    remember_place(r, &mut draft.log);
    r.enter(Step::Member("entries"));
    if draft.log.has_entries {
        r.note(&problems::REPLACED_ENTRIES);
        draft.log.entries.clear();
    }
    (draft.log.is_present, draft.log.has_entries) = (true, true);
    draft.log.path = r.path();
    draft.log.n_items = 0;
    match r.json.peek()? {
        Token::Array => {
            r.json.begin_array()?;
            items(r, draft, pause).await?;
        }
        _ => r.something_else()?,
    }
    r.leave();
    Ok(())
}

/// The entries that are left of the list.
async fn items<R: Read>(r: &mut Reader<R>, draft: &mut Draft, pause: Pause<'_>) -> Result<()> {
    while r.json.next_item()? {
        poll_fn(pause).await;
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
