//! Stretches in which the styles of many elements were computed again and again.

use std::collections::BTreeMap;

use crate::order::Arrange;
use crate::page_load::{PageLoad, Work};
use crate::recording::{LayoutKind, SiteId, Slice};
use crate::units::{Millis, TimeSpan};

/// What belongs together: a second of the page's time.
const WINDOW: Millis = Millis(1000.0);

/// The worst second of a load.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StyleStorm {
    /// From the first to the end of the last, from navigation start.
    pub span: TimeSpan,
    /// How many computations over many elements.
    pub n: u64,
    /// Elements of them all.
    pub n_elements: u64,
    /// Their time.
    pub total: Millis,
    /// Who asked for them (`None`: not recorded), how many, and their time; the most time first.
    pub by_site: Vec<(Option<SiteId>, u64, Millis)>,
}

/// Finds the second with the most time in computations over more than `many` elements; `None`: no work is recorded.
pub fn worst(load: &PageLoad<'_>, many: u64) -> Option<StyleStorm> {
    let work = Work::of(load)?;
    // Those of this load in the order of time, with what they have to do.
    let mut all: Vec<(Slice, u64, Option<SiteId>)> = Vec::new();
    for layout in &work.all.layouts {
        let Some(n) = layout.n_dirty.filter(|n| layout.kind == LayoutKind::Style && many < *n) else { continue };
        let Some(slice) = work.all.slices.get(layout.slice) else { continue };
        let is_within = work.span.start <= slice.start && slice.start < work.span.end;
        if is_within && work.thread.slices.contains(&layout.slice.0) {
            all.push((slice, n, layout.site));
        }
    }
    let mut first = 0;
    let mut total = Millis::ZERO;
    let mut worst = (Millis::ZERO, 0..0);
    for (at, (slice, ..)) in all.iter().enumerate() {
        total += slice.duration;
        while let Some((earliest, ..)) = all.get(first).filter(|(earliest, ..)| WINDOW < slice.start - earliest.start) {
            total = total - earliest.duration;
            first += 1;
        }
        if worst.0 < total {
            worst = (total, first..at + 1);
        }
    }
    let within = all.get(worst.1).unwrap_or_default();
    let (Some((first, ..)), Some((last, ..))) = (within.first(), within.last()) else {
        return Some(StyleStorm::default());
    };
    let mut by_site: BTreeMap<Option<SiteId>, (u64, Millis)> = BTreeMap::new();
    for (slice, _, site) in within {
        let one = by_site.entry(*site).or_default();
        *one = (one.0 + 1, one.1 + slice.duration);
    }
    let mut by_site: Vec<_> = by_site.into_iter().map(|(site, (n, total))| (site, n, total)).collect();
    by_site.arrange_by(|a, b| b.2.total_cmp(&a.2));
    Some(StyleStorm {
        span: TimeSpan { start: load.since_start(first.start), end: load.since_start(last.start + last.duration) },
        n: within.len() as u64,
        n_elements: within.iter().map(|(_, n, _)| *n).sum(),
        total: within.iter().map(|(slice, ..)| slice.duration).sum(),
        by_site,
    })
}
