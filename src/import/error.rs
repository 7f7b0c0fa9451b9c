//! Why a file could not be opened: what was found, where, and what to do. Never a word of the file itself.

use crate::import::json::{JsonError, JsonErrorKind};
use crate::import::sniff::Sniffed;
use std::fmt;
use std::io;

/// Why a file could not be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImportError {
    /// What sort of error it is.
    pub kind: ImportErrorKind,
    /// What the file is instead, as the rest of a sentence that begins with "This is".
    pub found: &'static str,
    /// Where in the unpacked text reading stopped.
    pub at: Option<u64>,
    /// What would have been there instead, if the text broke.
    pub expected: Option<&'static str>,
    /// What to do about it, in whole sentences.
    pub advice: &'static str,
}

/// Sorts of import errors, the less telling ones first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ImportErrorKind {
    /// There is nothing in it.
    Empty,
    /// It is something else.
    NotARecording,
    /// It is packed in a way that is not opened here.
    Packed,
    /// It would be a recording, but not one request can be read.
    Broken,
    /// The source cannot be read.
    Unreadable,
    /// Nobody wants the result any more.
    Cancelled,
}

const HOW_TO_RECORD: &str = "To record one: open the browser's developer tools (F12), choose Network, reload the page, \
                             then use the download button \"Export HAR\".";
const EXPORT_AGAIN: &str = "Export the recording again, and see that it is saved or sent as a whole.";

impl ImportError {
    fn new(kind: ImportErrorKind, found: &'static str, advice: &'static str) -> Self {
        Self { kind, found, at: None, expected: None, advice }
    }

    pub(super) fn cancelled() -> Self {
        Self::new(ImportErrorKind::Cancelled, "a file whose reading was cancelled", "Open it again to read it.")
    }

    pub(super) fn unreadable(kind: io::ErrorKind) -> Self {
        let found = match kind {
            io::ErrorKind::NotFound => "a file that is not there any more",
            io::ErrorKind::PermissionDenied => "a file that may not be read",
            io::ErrorKind::IsADirectory => "a folder",
            _ => "a file that cannot be read",
        };
        Self::new(ImportErrorKind::Unreadable, found, "Choose the file again.")
    }

    pub(super) fn nothing_inside() -> Self {
        Self::new(ImportErrorKind::Empty, "an archive without a recording in it", HOW_TO_RECORD)
    }

    pub(super) fn packed(found: &'static str) -> Self {
        Self::new(ImportErrorKind::Packed, found, "Unpack it, then open the HAR file inside.")
    }

    pub(super) fn not_a_recording(sniffed: Sniffed) -> Self {
        let kind = match sniffed {
            Sniffed::Empty | Sniffed::Blank => ImportErrorKind::Empty,
            _ => ImportErrorKind::NotARecording,
        };
        let advice = match sniffed {
            Sniffed::Empty | Sniffed::Blank => EXPORT_AGAIN,
            _ => HOW_TO_RECORD,
        };
        Self::new(kind, sniffed.describe(), advice)
    }

    pub(super) fn no_events() -> Self {
        let found = "a performance trace without a single event";
        let advice = "Record again in the browser's Performance panel, and see that the file is saved as a whole.";
        Self::new(ImportErrorKind::Broken, found, advice)
    }

    pub(super) fn empty_object() -> Self {
        let found = "an empty JSON object ({}), without a log";
        Self::new(ImportErrorKind::NotARecording, found, HOW_TO_RECORD)
    }

    pub(super) fn no_entries_member() -> Self {
        let found = "a HAR whose log has no list of entries, so no request is in it";
        Self::new(ImportErrorKind::Broken, found, HOW_TO_RECORD)
    }

    pub(super) fn nothing_of_a_har() -> Self {
        Self::not_a_recording(Sniffed::OtherJson)
    }

    pub(super) fn stopped(error: JsonError) -> Self {
        let (kind, found, expected) = match error.kind {
            JsonErrorKind::Truncated => {
                (ImportErrorKind::Broken, "a HAR that ends before its first request is complete", None)
            }
            JsonErrorKind::Syntax(expected) => (
                ImportErrorKind::Broken,
                "a HAR that stops being JSON before its first request is complete",
                Some(expected),
            ),
            JsonErrorKind::Io(kind) => return Self { at: Some(error.offset), ..Self::unreadable(kind) },
            JsonErrorKind::Cancelled => return Self::cancelled(),
        };
        Self { kind, found, at: Some(error.offset), expected, advice: EXPORT_AGAIN }
    }
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "This is {}", self.found)?;
        match (self.at, self.expected) {
            (Some(at), Some(expected)) => write!(f, " (at byte {at}: {expected})")?,
            (Some(at), None) => write!(f, " (at byte {at})")?,
            (None, _) => {}
        }
        write!(f, ". {}", self.advice)
    }
}

impl std::error::Error for ImportError {}
