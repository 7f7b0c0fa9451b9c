//! Layout shifts and the session windows of CLS.

use crate::recording::{FrameId, NavigationId, SiteId};
use crate::text::StrId;
use crate::units::{Millis, TimeSpan};
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
    /// From the beginning of its thread's pre-paint before to that of the pre-paint in which it was found: what caused
    /// it changed the page within this time. `None`: not recorded.
    pub changed_within: Option<TimeSpan>,
    /// Process and thread.
    pub thread: (i64, i64),
    /// Address of the image that was painted first after it, if nothing tells the size of that before it is loaded.
    pub unsized_image: Option<StrId>,
}

/// Something that may have moved the layout.
#[derive(Clone, Copy, Debug)]
pub struct LayoutChange {
    /// What it is.
    pub kind: LayoutChangeKind,
    /// From its beginning to its end.
    pub span: TimeSpan,
    /// Process and thread.
    pub thread: (i64, i64),
    /// The element: tag name, id and class.
    pub name: Option<StrId>,
    /// The frame that was made.
    pub frame: Option<FrameId>,
    /// The script that did it.
    pub site: Option<SiteId>,
    /// The first of an animation's properties that cannot run apart from the main thread.
    pub property: Option<StrId>,
}

/// What may move the layout, besides images and fonts that arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LayoutChangeKind {
    /// An `<iframe>` was made.
    Frame,
    /// An animation ran on the main thread.
    Animation,
    /// A script put an element into the page. Known only if invalidations were recorded.
    Insertion,
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
