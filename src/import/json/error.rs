//! Why reading JSON stopped.

use crate::import::source::Cancelled;
use std::fmt;
use std::io;

/// What a read of the parser gives.
pub type Result<T> = std::result::Result<T, JsonError>;

/// Why reading stopped, and where. Never says anything of what was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JsonError {
    /// Why.
    pub kind: JsonErrorKind,
    /// Byte offset in the decoded source.
    pub offset: u64,
}

/// Why reading JSON stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonErrorKind {
    /// The source ended inside a value.
    Truncated,
    /// This is not JSON; the text says what would have been.
    Syntax(&'static str),
    /// The source cannot be read.
    Io(io::ErrorKind),
    /// Nobody wants the result any more.
    Cancelled,
}

impl JsonError {
    /// The error a failed read of the source at `offset` is.
    pub fn from_io(error: &io::Error, offset: u64) -> Self {
        let kind = match Cancelled::caused(error) {
            true => JsonErrorKind::Cancelled,
            false => JsonErrorKind::Io(error.kind()),
        };
        Self { kind, offset }
    }
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, offset } = self;
        match kind {
            JsonErrorKind::Truncated => write!(f, "the JSON ends in the middle, after byte {offset}"),
            JsonErrorKind::Syntax(expected) => write!(f, "the JSON is broken at byte {offset}: {expected}"),
            JsonErrorKind::Io(kind) => write!(f, "the file cannot be read at byte {offset}: {kind}"),
            JsonErrorKind::Cancelled => f.write_str("cancelled"),
        }
    }
}

impl std::error::Error for JsonError {}
