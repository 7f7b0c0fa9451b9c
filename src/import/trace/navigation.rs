//! Navigations: which documents were loaded in which frame, and which of them are pages.

use crate::import::trace::event::{Event, ThreadKey};
use crate::import::trace::meta::Meta;
use crate::order::Arrange;
use crate::text::{StrId, StrTable};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Two navigations of a frame to the same address within this many µs are one (Chrome 69 told it twice, 0.1 ms apart).
const SAME_NAVIGATION_US: f64 = 50_000.0;

/// Collects navigations.
#[derive(Default)]
pub struct Navigations {
    found: Vec<NavigationDraft>,
    soft: Vec<SoftDraft>,
    /// When processes showed pages that they had loaded ahead of time, in µs.
    activations: Vec<(f64, ThreadKey)>,
}

/// A navigation as recorded.
#[derive(Clone, Copy)]
pub struct NavigationDraft {
    /// Whose.
    pub frame: StrId,
    /// Chrome's id, since Chrome 71.
    pub id: Option<StrId>,
    /// Its address; `None` before Chrome 66.
    pub url: Option<StrId>,
    /// When, in µs.
    pub ts: f64,
    /// Who says so.
    pub thread: ThreadKey,
    /// When the page was shown that had been loaded ahead of time (prerendered), in µs.
    pub shown: Option<f64>,
    is_outermost: Option<bool>,
}

impl NavigationDraft {
    /// When visitors began to wait for it, in µs: a page that was loaded ahead of time counts from when it is shown
    /// (`activationStart`, as web.dev/articles/vitals-measurement-getting-started does).
    pub fn start(&self) -> f64 {
        self.shown.unwrap_or(self.ts)
    }

    /// Whether the tab shows it.
    pub fn is_main(&self, main_frame: Option<StrId>) -> bool {
        Some(self.frame) == main_frame || self.shown.is_some()
    }
}

/// A change of the page's address without a load, that Chrome found to be a navigation.
#[derive(Clone, Copy)]
pub struct SoftDraft {
    /// Whose.
    pub frame: StrId,
    /// The new address.
    pub url: Option<StrId>,
    /// When the user asked for it, in µs.
    pub ts: f64,
    /// When the new view's first content was painted, in µs.
    pub first_contentful_paint: Option<f64>,
    /// The number by which LCP candidates refer to it.
    pub number: Option<u64>,
    /// Who says so.
    pub thread: ThreadKey,
}

impl Navigations {
    /// `navigationStart`
    pub fn start(&mut self, event: &Event<'_>, strings: &mut StrTable) {
        let Some(frame) = event.args.get("frame").text() else { return };
        let data = event.data();
        let url = data.get("documentLoaderURL").text();
        // The empty document that every frame begins with.
        if url.as_ref().is_some_and(|url| url.is_empty()) {
            return;
        }
        self.found.push(NavigationDraft {
            frame: strings.intern(&frame),
            id: data.get("navigationId").text().map(|id| strings.intern(&id)),
            url: url.map(|url| strings.intern(&url)),
            ts: event.ts,
            thread: event.thread,
            shown: None,
            is_outermost: data.get("isOutermostMainFrame").boolean(),
        });
    }

    /// `Document::ActivateForPrerendering`: in the process of a page that was loaded ahead of time.
    pub fn activated(&mut self, event: &Event<'_>) {
        self.activations.push((event.ts, event.thread));
    }

    /// Writes into the pages that were loaded ahead of time when they were shown: the last one of the process that says so.
    fn show_activated(&mut self, main: Option<StrId>) {
        self.activations.arrange_by(|a, b| a.0.total_cmp(&b.0));
        let mut last_of = HashMap::new();
        let mut next = 0;
        for (at, thread) in &self.activations {
            while let Some(navigation) = self.found.get(next).filter(|navigation| navigation.ts <= *at) {
                if navigation.is_outermost == Some(true) && Some(navigation.frame) != main {
                    last_of.insert(navigation.thread.process, next);
                }
                next += 1;
            }
            let shown = last_of.get(&thread.process).and_then(|place| self.found.get_mut(*place));
            if let Some(navigation) = shown {
                navigation.shown = Some(navigation.shown.unwrap_or(*at));
            }
        }
    }

    /// `SoftNavigationStart`
    pub fn soft(&mut self, event: &Event<'_>, strings: &mut StrTable) {
        let Some(frame) = event.args.get("frame").text() else { return };
        let context = event.args.get("context");
        self.soft.push(SoftDraft {
            frame: strings.intern(&frame),
            url: context.get("URL").text().map(|url| strings.intern(&url)),
            ts: context.get("timeOrigin").number().unwrap_or(event.ts),
            first_contentful_paint: context.get("firstContentfulPaint").number().filter(|at| 0.0 < *at),
            number: context.get("performanceTimelineNavigationId").count(),
            thread: event.thread,
        });
    }

    /// All navigations by time, the main frame, and the soft navigations by time.
    pub fn finish(mut self, meta: &Meta) -> (Vec<NavigationDraft>, Option<StrId>, Vec<SoftDraft>) {
        // Where addresses are recorded, a navigation without one is not of a document.
        if self.found.iter().any(|navigation| navigation.url.is_some()) {
            self.found.retain(|navigation| navigation.url.is_some());
        }
        let mut seen = HashSet::new();
        self.found.retain(|navigation| navigation.id.is_none_or(|id| seen.insert(id)));
        self.found.arrange_by(|a, b| a.ts.total_cmp(&b.ts));
        // Without ids the same navigation may be told twice, a moment later.
        self.found.dedup_by(|later, earlier| {
            let is_same = later.frame == earlier.frame && later.url.is_some() && later.url == earlier.url;
            is_same && later.id.is_none() && earlier.id.is_none() && later.ts - earlier.ts < SAME_NAVIGATION_US
        });
        let main = meta.main_frame().or_else(|| self.likely_main_frame());
        self.show_activated(main);
        // Documents of other tabs and of frames that never committed are none of ours, unless nothing is known of frames.
        let any_known = self.found.iter().any(|navigation| meta.is_known(navigation.frame));
        if any_known {
            self.found.retain(|navigation| navigation.is_main(main) || meta.is_known(navigation.frame));
        }
        self.soft.arrange_by(|a, b| a.ts.total_cmp(&b.ts));
        self.soft.dedup_by(|a, b| a.number.is_some() && a.number == b.number);
        (self.found, main, self.soft)
    }

    /// Without a word of the browser: the frame that says it is outermost, else the one with most navigations.
    fn likely_main_frame(&self) -> Option<StrId> {
        if let Some(outermost) = self.found.iter().find(|navigation| navigation.is_outermost == Some(true)) {
            return Some(outermost.frame);
        }
        let mut counts = BTreeMap::new();
        for navigation in &self.found {
            *counts.entry(navigation.frame).or_insert(0) += 1;
        }
        let most = counts.values().max().copied()?;
        self.found.iter().map(|navigation| navigation.frame).find(|frame| counts.get(frame) == Some(&most))
    }
}

/// Finds navigations by what other events say of them. Positions are those of the list it was made of.
#[derive(Default)]
pub struct NavigationIndex {
    by_id: HashMap<StrId, usize>,
    /// Start in µs and position, in the order of time.
    by_frame: HashMap<StrId, Vec<(f64, usize)>>,
}

impl NavigationIndex {
    /// Of navigations in the order of time.
    pub fn new(navigations: &[NavigationDraft]) -> Self {
        let mut index = Self::default();
        for (at, navigation) in navigations.iter().enumerate() {
            if let Some(id) = navigation.id {
                index.by_id.insert(id, at);
            }
            index.by_frame.entry(navigation.frame).or_default().push((navigation.ts, at));
        }
        index
    }

    /// The navigation of that id.
    pub fn by_id(&self, id: StrId) -> Option<usize> {
        self.by_id.get(&id).copied()
    }

    /// The frame's navigation under way at `ts`.
    pub fn under_way(&self, frame: StrId, ts: f64) -> Option<usize> {
        let own = self.by_frame.get(&frame)?;
        let n_before = own.partition_point(|(start, _)| *start <= ts);
        own.get(n_before.checked_sub(1)?).map(|(_, at)| *at)
    }

    /// By id if there is one, else by frame and time.
    pub fn find(&self, id: Option<StrId>, frame: StrId, ts: f64) -> Option<usize> {
        match id {
            Some(id) => self.by_id(id),
            None => self.under_way(frame, ts),
        }
    }
}
