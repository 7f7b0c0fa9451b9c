//! Layout shifts and the session windows of CLS.

use crate::recording::{FrameId, NavigationId};
use crate::text::StrId;
use crate::units::Millis;
use std::ops::Range;

/// A layout shift that does not follow from input.
#[derive(Clone, Debug)]
pub struct Shift {
    /// When.
    pub at: Millis,
    /// Its score, weighted by the frame's part of the page (`weighted_score_delta`).
    pub score: f64,
    /// In which frame.
    pub frame: Option<FrameId>,
    /// The elements that moved, as far as Chrome lists them (up to five).
    pub moved: Vec<MovedNode>,
}

/// An element that moved.
#[derive(Clone, Copy, Debug)]
pub struct MovedNode {
    /// Chrome's number of it.
    pub node: Option<i64>,
    /// Tag name, id and class.
    pub name: Option<StrId>,
    /// x, y, width and height before, in CSS px.
    pub before: [f64; 4],
    /// The same after.
    pub after: [f64; 4],
}

/// A session window: shifts with gaps of at most a second, at most five seconds together (web.dev/articles/cls).
#[derive(Clone, Debug)]
pub struct ShiftWindow {
    /// The sum of its scores.
    pub score: f64,
    /// Its first shift.
    pub start: Millis,
    /// When it closed.
    pub end: Millis,
    /// Its shifts as a range of `Timeline::shifts`.
    pub shifts: Range<usize>,
    /// The main frame's navigation during which it began.
    pub navigation: Option<NavigationId>,
}
