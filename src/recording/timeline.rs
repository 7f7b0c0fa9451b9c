//! What a browser wrote about its own work, beyond requests: frames, navigations, paints, tasks. Empty for a HAR.
//!
//! All instants are offsets from the recording's origin, which for a trace is the start of tracing.

use crate::order::Arrange;
use crate::recording::PageId;
use crate::recording::{
    DomSize, Interaction, LargestPaint, LayoutChange, MainThread, PageFacts, RequestId, Screenshots, ScriptText, Shift,
    ShiftWindow, TracedRequest, UserTiming,
};
use crate::text::StrId;
use crate::units::{Millis, TimeSpan};

/// Handle of a frame in [`Timeline::frames`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FrameId(pub u32);

/// Handle of a navigation in [`Timeline::navigations`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NavigationId(pub u32);

/// What a browser wrote about its own work.
#[derive(Default)]
pub struct Timeline {
    /// From the first to the last event. It may begin before the recording's origin.
    pub span: TimeSpan,
    /// The recording's origin on the browser's own clock, in µs.
    pub clock_origin_us: Option<f64>,
    /// Whether nothing in it comes from a page: the trace of a build tool, of Node, of a browser without a tab.
    pub is_generic: bool,
    /// The visible part of the page.
    pub viewport: Option<Viewport>,
    /// Frames in the order in which they were first heard of.
    pub frames: Vec<Frame>,
    /// The tab's own frame.
    pub main_frame: Option<FrameId>,
    /// Navigations of all frames in the order of their start.
    pub navigations: Vec<Navigation>,
    /// The navigation that each page is; as long as the pages, or empty.
    pub navigation_of_page: Vec<Option<NavigationId>>,
    /// What is known of a request beyond its row; as long as the request table, or empty.
    pub requests: Vec<TracedRequest>,
    /// Layout shifts that count, in the order of time.
    pub shifts: Vec<Shift>,
    /// What may have caused shifts, in the order of time. Empty if there are none.
    pub layout_changes: Vec<LayoutChange>,
    /// Those shifts in session windows.
    pub shift_windows: Vec<ShiftWindow>,
    /// Taps, clicks and key strokes, those within another one left out, in the order of time.
    pub interactions: Vec<Interaction>,
    /// How many interactions there were before those within another one were left out.
    pub n_nested_interactions: usize,
    /// What threads did.
    pub main_thread: MainThread,
    /// Pictures of the page in the order of time.
    pub screenshots: Screenshots,
    /// `performance.mark`, `performance.measure`, `console.time` in the order of time.
    pub user_timings: Vec<UserTiming>,
    /// Scripts whose text was recorded, by address.
    pub script_texts: Vec<ScriptText>,
    /// Sizes of documents in the order of time.
    pub dom_sizes: Vec<DomSize>,
    /// What is told of the page itself.
    pub facts: PageFacts,
    /// Selector matching, summed by selector; recorded only if the user asked for it.
    pub selectors: Vec<crate::recording::SelectorCost>,
}

/// The visible part of the page.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Viewport {
    /// Width in CSS px.
    pub width: f64,
    /// Height in CSS px.
    pub height: f64,
    /// Device pixels per CSS px.
    pub device_pixel_ratio: Option<f64>,
}

/// A frame: the tab's document or that of an `<iframe>`.
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    /// Chrome's id of it.
    pub recorded_id: StrId,
    /// The frame it is in, as far as recorded.
    pub parent: Option<FrameId>,
    /// Its last known address.
    pub url: Option<StrId>,
}

/// How a document came to be shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NavigationKind {
    /// A document was loaded.
    #[default]
    Load,
    /// Script changed the page and its address without loading a document.
    Soft,
}

/// One navigation of one frame.
#[derive(Clone, Copy, Debug, Default)]
pub struct Navigation {
    /// How.
    pub kind: NavigationKind,
    /// Whose.
    pub frame: Option<FrameId>,
    /// Whether it is the tab's own.
    pub is_main_frame: bool,
    /// Chrome's id of it, which is also the id of the document's request.
    pub recorded_id: Option<StrId>,
    /// The page that is this navigation, for those of the main frame.
    pub page: Option<PageId>,
    /// Its address after redirects.
    pub url: Option<StrId>,
    /// Navigation start; of a page that was loaded ahead of time when it was shown.
    pub start: Millis,
    /// When loading it ahead of time began, if it was (prerendering).
    pub prerendered: Option<Millis>,
    /// Where the frame's next navigation starts, or the trace ends.
    pub end: Millis,
    /// Process and thread that announced it.
    pub thread: (i64, i64),
    /// Milliseconds from its start, as the browser wrote them down.
    pub milestones: NavigationMilestones,
    /// The last and thus largest candidate for LCP.
    pub largest_paint: Option<LargestPaint>,
    /// The document's request.
    pub document: Option<RequestId>,
    /// Whether the browser found the document's encoding within its first 1024 bytes; `None`: not recorded.
    pub early_charset: Option<bool>,
    /// Largest score of its shift windows; `None` if the browser did not record layout shifts.
    pub cumulative_layout_shift: Option<f64>,
}

/// Milestones of a navigation, from its start.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[allow(missing_docs)] // the names are the field's own
pub struct NavigationMilestones {
    pub first_paint: Option<Millis>,
    pub first_contentful_paint: Option<Millis>,
    pub dom_interactive: Option<Millis>,
    pub dom_content_loaded: Option<Millis>,
    pub load: Option<Millis>,
    pub time_to_interactive: Option<Millis>,
    /// As the browser reckoned it (`InteractiveTime`); headless recordings and DevTools do not have it.
    pub total_blocking_time: Option<Millis>,
}

impl Timeline {
    /// A frame.
    pub fn frame(&self, id: FrameId) -> Option<&Frame> {
        self.frames.get(id.0 as usize)
    }

    /// What is known of a request beyond its row.
    pub fn request(&self, id: RequestId) -> Option<&TracedRequest> {
        self.requests.get(id.0 as usize)
    }

    /// The navigation that is a page.
    pub fn navigation_of(&self, page: PageId) -> Option<&Navigation> {
        match self.navigation_of_page.get(page.0 as usize) {
            Some(id) => id.and_then(|id| self.navigations.get(id.0 as usize)),
            None => self.navigations.iter().find(|navigation| navigation.page == Some(page)),
        }
    }

    /// Makes [`Self::navigation_of`] fast for this many pages.
    pub fn index_pages(&mut self, n_pages: usize) {
        self.navigation_of_page = vec![None; n_pages];
        for (at, navigation) in self.navigations.iter().enumerate() {
            let place = navigation.page.and_then(|page| self.navigation_of_page.get_mut(page.0 as usize));
            if let Some(place) = place {
                *place = Some(NavigationId(at as u32));
            }
        }
    }

    /// The span of a navigation: until the frame's next one.
    pub fn navigation_span(navigation: &Navigation) -> TimeSpan {
        TimeSpan { start: navigation.start, end: navigation.end.max(navigation.start) }
    }

    /// The interactions during `span`, one for each tap or key: the longest of its events. Longest first.
    pub fn interactions_in(&self, span: TimeSpan) -> Vec<&Interaction> {
        let is_within = |one: &&Interaction| one.start <= span.end && span.start < one.start + one.duration;
        let mut found: Vec<&Interaction> = self.interactions.iter().filter(is_within).collect();
        found.arrange_by(|a, b| b.duration.total_cmp(&a.duration));
        let mut seen = std::collections::HashSet::new();
        found.retain(|one| seen.insert(one.recorded_id));
        found
    }

    /// Interaction to Next Paint in `span`.
    pub fn interaction_to_next_paint(&self, span: TimeSpan) -> Option<&Interaction> {
        Self::slowest_that_counts(&self.interactions_in(span))
    }

    /// Of interactions, longest first, the longest, passing over one for every fifty (web.dev/articles/inp), which is
    /// about the 98th percentile; at most nine are passed over, as Chrome keeps ten.
    pub fn slowest_that_counts<'a>(longest: &[&'a Interaction]) -> Option<&'a Interaction> {
        longest.get((longest.len() / 50).min(9)).copied()
    }
}
