//! How many elements the page has, and what it cost to style and lay out many of them at once.

use crate::order::Arrange;
use crate::page_load::{PageLoad, Work};
use crate::recording::{DomSize, LayoutKind};
use crate::units::Millis;

/// A computation shorter than this is ordinary (Chrome's `DURATION_THRESHOLD` in its DOM size insight).
const LONG: Millis = Millis(40.0);

/// Objects that were laid out anew; fewer are slow for another reason (`LAYOUT_OBJECTS_THRESHOLD`).
const MANY_OBJECTS: u64 = 100;

/// Elements whose style was computed; fewer are slow for another reason (`STYLE_RECALC_ELEMENTS_THRESHOLD`).
const MANY_ELEMENTS: u64 = 300;

/// What is known of the document's size.
#[derive(Clone, Debug, Default)]
pub struct DocumentSize {
    /// The largest count of the main frame's elements; `None`: not recorded.
    pub largest: Option<DomSize>,
    /// Long computations over many elements, the longest first.
    pub updates: Vec<LargeUpdate>,
}

/// A computation of style or layout that was long and over many elements.
#[derive(Clone, Copy, Debug)]
pub struct LargeUpdate {
    /// Which of both.
    pub kind: LayoutKind,
    /// When, from navigation start.
    pub at: Millis,
    /// How long it took.
    pub duration: Millis,
    /// Elements or objects.
    pub n: u64,
}

/// Finds it.
pub fn of(load: &PageLoad<'_>) -> DocumentSize {
    let timeline = &load.recording.timeline;
    let window = load.window();
    let is_within = |size: &&DomSize| window.start <= size.at && size.at <= window.end;
    let own = timeline.dom_sizes.iter().filter(is_within);
    let own = own.filter(|size| size.frame.is_none() || size.frame == timeline.main_frame);
    let largest = own.copied().reduce(|a, b| if a.n_elements < b.n_elements { b } else { a });
    let mut updates = Vec::new();
    if let Some(work) = Work::of(load) {
        for layout in &work.all.layouts {
            let Some(slice) = work.all.slices.get(layout.slice) else { continue };
            let (n, many) = match layout.kind {
                LayoutKind::Layout => (layout.n_dirty, MANY_OBJECTS),
                LayoutKind::Style => (layout.n_dirty, MANY_ELEMENTS),
            };
            let is_within = slice.start <= window.end && window.start < slice.start + slice.duration;
            let is_own = is_within && work.thread.slices.contains(&layout.slice.0);
            if let Some(n) = n.filter(|n| is_own && many < *n && LONG <= slice.duration) {
                let at = load.since_start(slice.start);
                updates.push(LargeUpdate { kind: layout.kind, at, duration: slice.duration, n });
            }
        }
    }
    updates.arrange_by(|a, b| b.duration.total_cmp(&a.duration));
    DocumentSize { largest, updates }
}
