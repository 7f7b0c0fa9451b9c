//! Layout and style work that script forced, and which script: for the page's main frame, as DevTools counts it.

use std::collections::BTreeMap;

use crate::order::Arrange;
use crate::page_load::PageLoad;
use crate::page_load::work::Work;
use crate::recording::{SiteId, SliceId};
use crate::units::Millis;

/// What was forced in one load.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ForcedReflows {
    /// All of it.
    pub total: Millis,
    /// How often.
    pub n_events: u64,
    /// By the innermost function, the most expensive first.
    pub by_site: Vec<ForcedBySite>,
}

/// What one function forced.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ForcedBySite {
    /// The function; `None`: the recording does not tell.
    pub site: Option<SiteId>,
    /// Time of layout and style.
    pub total: Millis,
    /// How often.
    pub n_events: u64,
    /// The longest task it was in.
    pub task: SliceId,
}

/// Adds up what was forced while the load lasted; `None`: the recording has no work.
pub fn of(load: &PageLoad<'_>) -> Option<ForcedReflows> {
    let work = Work::of(load)?;
    let main_frame = load.recording.timeline.main_frame;
    let mut found = ForcedReflows::default();
    let mut by_site: BTreeMap<Option<SiteId>, ForcedBySite> = BTreeMap::new();
    for forced in &work.all.forced {
        let Some(layout) = work.all.layouts.get(forced.layout as usize) else { continue };
        let Some(slice) = work.all.slices.get(layout.slice) else { continue };
        let is_of_frame = layout.frame.is_none() || layout.frame == main_frame;
        let is_within = slice.start <= work.span.end && work.span.start < slice.start + slice.duration;
        if !is_of_frame || !is_within || !work.thread.slices.contains(&layout.slice.0) {
            continue;
        }
        found.total += slice.duration;
        found.n_events += 1;
        let one = by_site.entry(forced.site).or_insert(ForcedBySite {
            site: forced.site,
            total: Millis::ZERO,
            n_events: 0,
            task: forced.task,
        });
        one.total += slice.duration;
        one.n_events += 1;
        let duration = |id: SliceId| work.all.slices.get(id).map_or(Millis::ZERO, |slice| slice.duration);
        if duration(one.task) < duration(forced.task) {
            one.task = forced.task;
        }
    }
    found.by_site = by_site.into_values().collect();
    found.by_site.arrange_by(|a, b| b.total.total_cmp(&a.total));
    Some(found)
}
