//! What the page itself measured: `performance.mark`, `performance.measure`, `console.time`, `console.timeStamp`.

use crate::text::StrId;
use crate::units::Millis;

/// The kind of a timing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum UserTimingKind {
    /// `performance.mark`
    Mark,
    /// `performance.measure`
    Measure,
    /// `console.time`
    ConsoleTime,
    /// `console.timeStamp`
    ConsoleTimeStamp,
}

/// One of them.
#[derive(Clone, Copy, Debug)]
pub struct UserTiming {
    /// What kind.
    pub kind: UserTimingKind,
    /// The name the page gave it.
    pub name: StrId,
    /// When.
    pub start: Millis,
    /// How long; 0 for marks.
    pub duration: Millis,
    /// Process and thread.
    pub thread: (i64, i64),
}
