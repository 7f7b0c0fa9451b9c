//! Something odd in the input: what, where, and what follows from it.

/// How much it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Repaired without loss.
    Info,
    /// Some figures are missing or less certain.
    Warning,
    /// A part of the recording is lost.
    Error,
}

/// Where in the file. Holds only our own words and numbers, never input text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Such as `log.entries[212].timings`.
    pub path: Option<String>,
    /// Byte offset in the unpacked text.
    pub offset: Option<u64>,
}

/// Something odd in the input that was repaired or left out. Same `code`: same kind; the first place is told and
/// `count` says how often.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Kebab-case noun phrase, stable: `truncated-json`.
    pub code: &'static str,
    /// How much it matters.
    pub level: Level,
    /// The first place.
    pub at: Place,
    /// How many places there are.
    pub count: u64,
    /// What was found, for people. Never input text.
    pub message: String,
    /// What follows for the figures, for people. Never input text.
    pub consequence: String,
}
