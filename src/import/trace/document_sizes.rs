//! Sizes of documents and costs of selectors.

use crate::import::trace::clock::{Offsets, micros};
use crate::import::trace::event::Event;
use crate::import::trace::meta::Meta;
use crate::import::trace::value::Value;
use crate::order::Arrange;
use crate::recording::{DomSize, SelectorCost};
use crate::text::{StrId, StrTable};
use std::collections::HashMap;

/// Collects `DOMStats` and `SelectorStats`.
#[derive(Default)]
pub struct DocumentSizes {
    sizes: Vec<(f64, Option<StrId>, DomSize)>,
    selectors: Vec<SelectorCost>,
    by_selector: HashMap<(StrId, Option<StrId>), usize>,
}

impl DocumentSizes {
    /// `DOMStats`
    pub fn dom(&mut self, event: &Event<'_>, strings: &mut StrTable) {
        let data = event.data();
        let Some(n_elements) = data.get("totalElements").count() else { return };
        let mut largest = |value: Value<'_>, key: &str| {
            let name = value.get("nodeName").text().map(|name| strings.intern(&name));
            value.get(key).count().map(|count| (count, name))
        };
        let deepest = largest(data.get("maxDepth"), "depth");
        let widest = largest(data.get("maxChildren"), "numChildren");
        let frame = data.get("frame").text().map(|frame| strings.intern(&frame));
        self.sizes.push((
            event.ts,
            frame,
            DomSize { at: Default::default(), frame: None, n_elements, deepest, widest },
        ));
    }

    /// `SelectorStats`
    pub fn selectors(&mut self, event: &Event<'_>, strings: &mut StrTable) {
        for stats in event.args.get("selector_stats").get("selector_timings").items() {
            let Some(selector) = stats.get("selector").text() else { continue };
            let selector = strings.intern(&selector);
            let style_sheet = stats.get("style_sheet_id").text().map(|id| strings.intern(&id));
            let at = *self.by_selector.entry((selector, style_sheet)).or_insert_with(|| {
                self.selectors.push(SelectorCost {
                    selector,
                    style_sheet,
                    elapsed: Default::default(),
                    n_attempts: 0,
                    n_matches: 0,
                    n_fast_rejects: 0,
                });
                self.selectors.len() - 1
            });
            let Some(cost) = self.selectors.get_mut(at) else { continue };
            cost.elapsed += micros(stats.get("elapsed (us)").number().unwrap_or_default());
            cost.n_attempts += stats.get("match_attempts").count().unwrap_or_default();
            cost.n_matches += stats.get("match_count").count().unwrap_or_default();
            cost.n_fast_rejects += stats.get("fast_reject_count").count().unwrap_or_default();
        }
    }

    /// Sizes by time, and selectors, the most expensive first.
    pub fn finish(mut self, offsets: Offsets, meta: &mut Meta) -> (Vec<DomSize>, Vec<SelectorCost>) {
        self.sizes.arrange_by(|a, b| a.0.total_cmp(&b.0));
        let sizes = self.sizes.into_iter().map(|(ts, frame, size)| DomSize {
            at: offsets.at(ts),
            frame: frame.map(|frame| meta.mention(frame)),
            ..size
        });
        let sizes = sizes.collect();
        self.selectors.arrange_by(|a, b| b.elapsed.total_cmp(&a.elapsed));
        (sizes, self.selectors)
    }
}
