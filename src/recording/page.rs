//! Pages: the navigations of a recording and the milestones the recording tool wrote down for them.

use crate::text::StrId;
use crate::units::{Millis, WallTime};

/// Handle of a page in `Recording::pages`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PageId(pub u32);

/// One navigation: a first visit, a repeat view, a run, a tab.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// The page's title as recorded. Chrome and Firefox write the URL here.
    pub title: Option<StrId>,
    /// The page's address: recorded as such, or the URL of its first document.
    pub url: Option<StrId>,
    /// Navigation start as an offset from the recording's origin.
    pub start: Option<Millis>,
    /// Navigation start on the wall clock of the recording machine.
    pub started: Option<WallTime>,
    /// What the tool wrote down.
    pub milestones: RecordedMilestones,
    /// Number of the run in a recording of several runs (WebPageTest, browsertime), from 1.
    pub run: Option<u32>,
    /// Whether this is the view with a filled cache of a run (WebPageTest).
    pub repeat_view: bool,
    /// Whether the page was made up, because the recording names none.
    pub synthetic: bool,
}

/// Milestones as recorded, in milliseconds from the page's start (`cls` is a score without unit).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[allow(missing_docs)] // the names are the field's own
pub struct RecordedMilestones {
    pub ttfb: Option<Millis>,
    pub first_paint: Option<Millis>,
    pub first_contentful_paint: Option<Millis>,
    pub largest_contentful_paint: Option<Millis>,
    pub dom_interactive: Option<Millis>,
    pub dom_content_loaded: Option<Millis>,
    pub load: Option<Millis>,
    pub total_blocking_time: Option<Millis>,
    pub speed_index: Option<Millis>,
    pub visually_complete: Option<Millis>,
    pub cumulative_layout_shift: Option<f64>,
}
