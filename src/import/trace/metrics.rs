//! Marks of a page load: paints, LCP candidates, DOMContentLoaded, load.

use crate::import::trace::clock::Offsets;
use crate::import::trace::event::Event;
use crate::import::trace::names::Kind;
use crate::import::trace::navigation::{NavigationDraft, NavigationIndex};
use crate::import::trace::network::address;
use crate::order::Arrange;
use crate::recording::{LargestPaint, Navigation, PaintKind};
use crate::text::{StrId, StrTable};
use crate::units::Millis;
use std::collections::HashMap;

/// `MetaCharsetCheck`'s word for a declaration that was found in time.
const EARLY_CHARSET: &str = "found-in-first-1024-bytes";

/// Milliseconds. Nothing can be asked for, arrive and be drawn in less. Before Chrome 78, paints did not say of which
/// navigation they are; one that comes sooner after a navigation's start is the earlier document's.
const EARLIEST_PAINT: Millis = Millis(1.0);

/// Collects marks.
#[derive(Default)]
pub struct Metrics {
    marks: Vec<Mark>,
    candidates: Vec<Candidate>,
    /// `LargestImagePaint::Candidate`: by process and element, when it showed which image.
    images: HashMap<(i64, i64), Vec<(f64, StrId)>>,
}

struct Mark {
    kind: Kind,
    frame: StrId,
    navigation: Option<StrId>,
    ts: f64,
    /// What it says beyond its time: TBT in ms, or 1 for an early charset.
    value: Option<f64>,
}

/// A candidate for LCP.
pub struct Candidate {
    frame: StrId,
    navigation: Option<StrId>,
    /// The number of a soft navigation.
    pub soft: Option<u64>,
    process: i64,
    ts: f64,
    index: f64,
    paint: LargestPaint,
}

impl Metrics {
    /// Marks that say little more than their time.
    pub fn mark(&mut self, kind: Kind, event: &Event<'_>, strings: &mut StrTable) {
        let data = event.data();
        let frame = event.args.get("frame").text().or_else(|| data.get("frame").text());
        let Some(frame) = frame else { return };
        let value = match kind {
            Kind::InteractiveTime => event.args.get("args").get("total_blocking_time_ms").number(),
            Kind::MetaCharsetCheck => {
                let disposition = data.get("disposition").text();
                disposition.map(|word| if word == EARLY_CHARSET { 1.0 } else { 0.0 })
            }
            _ => None,
        };
        self.marks.push(Mark {
            kind,
            frame: strings.intern(&frame),
            navigation: data.get("navigationId").text().map(|id| strings.intern(&id)),
            ts: event.ts,
            value,
        });
    }

    /// `largestContentfulPaint::Candidate`, also that of a soft navigation
    pub fn candidate(&mut self, kind: Kind, event: &Event<'_>, strings: &mut StrTable) {
        let Some(frame) = event.args.get("frame").text() else { return };
        let data = event.data();
        let soft = match kind {
            Kind::SoftLargestContentfulPaint => data.get("performanceTimelineNavigationId").count(),
            _ => None,
        };
        let kind = match data.get("type").written() {
            Some(b"image") => Some(PaintKind::Image),
            Some(b"text") => Some(PaintKind::Text),
            _ => None,
        };
        self.candidates.push(Candidate {
            frame: strings.intern(&frame),
            navigation: data.get("navigationId").text().map(|id| strings.intern(&id)),
            soft,
            process: event.thread.process,
            ts: event.ts,
            index: data.get("candidateIndex").number().unwrap_or_default(),
            paint: LargestPaint {
                at: Millis::ZERO,
                kind,
                size: data.get("size").count(),
                node: data.get("nodeId").number().map(|node| node as i64),
                node_name: data.get("nodeName").text().map(|name| strings.intern(&name)),
                is_lazy: data.get("loadingAttr").written() == Some(b"lazy"),
                image_url: None,
                request: None,
                n_candidates: 1,
            },
        });
    }

    /// `LargestImagePaint::Candidate`
    pub fn image(&mut self, event: &Event<'_>, strings: &mut StrTable) {
        let data = event.data();
        if let (Some(node), Some(url)) = (data.get("DOMNodeId").number(), data.get("imageUrl").text()) {
            let shown = self.images.entry((event.thread.process, node as i64)).or_default();
            shown.push((event.ts, address(&url, strings)));
        }
    }

    /// Writes the marks into the navigations they belong to. `drafts` and `navigations` have the same order. Also tells
    /// how many paints were left out because they came too early.
    pub fn finish(
        mut self,
        offsets: Offsets,
        index: &NavigationIndex,
        drafts: &[NavigationDraft],
        navigations: &mut [Navigation],
    ) -> (Vec<Candidate>, u64) {
        let mut n_early_paints = 0;
        self.marks.arrange_by(|a, b| a.ts.total_cmp(&b.ts));
        for mark in &self.marks {
            let Some(at) = index.find(mark.navigation, mark.frame, mark.ts) else { continue };
            let (Some(navigation), Some(draft)) = (navigations.get_mut(at), drafts.get(at)) else { continue };
            let time = Millis((mark.ts - draft.start()) / 1000.0);
            // What was there before the page was shown was there at once.
            let time = Some(if draft.shown.is_some() { time.at_least_zero() } else { time });
            let is_paint = matches!(mark.kind, Kind::FirstPaint | Kind::FirstContentfulPaint);
            if is_paint && mark.navigation.is_none() && time < Some(EARLIEST_PAINT) {
                n_early_paints += 1;
                continue;
            }
            let milestones = &mut navigation.milestones;
            match mark.kind {
                Kind::FirstPaint => milestones.first_paint = time,
                Kind::FirstContentfulPaint => milestones.first_contentful_paint = time,
                Kind::MarkDomContent => milestones.dom_content_loaded = time,
                Kind::MarkLoad => milestones.load = time,
                Kind::DomInteractive => milestones.dom_interactive = time,
                Kind::InteractiveTime => {
                    milestones.time_to_interactive = time;
                    milestones.total_blocking_time = mark.value.map(Millis);
                }
                Kind::MetaCharsetCheck => navigation.early_charset = mark.value.map(|value| 0.0 < value),
                _ => {}
            }
        }
        self.candidates.arrange_by(|a, b| a.ts.total_cmp(&b.ts));
        for shown in self.images.values_mut() {
            shown.arrange_by(|a, b| a.0.total_cmp(&b.0));
        }
        let mut best: Vec<f64> = vec![f64::NEG_INFINITY; navigations.len()];
        for candidate in &mut self.candidates {
            candidate.paint.at = offsets.at(candidate.ts);
            candidate.paint.image_url = image_url(&self.images, candidate);
            if candidate.soft.is_some() {
                continue;
            }
            let Some(at) = index.find(candidate.navigation, candidate.frame, candidate.ts) else { continue };
            let (Some(navigation), Some(best)) = (navigations.get_mut(at), best.get_mut(at)) else { continue };
            let n_candidates = navigation.largest_paint.map_or(0, |paint| paint.n_candidates) + 1;
            if *best <= candidate.index {
                *best = candidate.index;
                navigation.largest_paint = Some(candidate.paint);
                if let (Some(paint), true) = (&mut navigation.largest_paint, navigation.prerendered.is_some()) {
                    paint.at = paint.at.max(navigation.start);
                }
            }
            if let Some(paint) = &mut navigation.largest_paint {
                paint.n_candidates = n_candidates;
            }
        }
        (self.candidates, n_early_paints)
    }
}

impl Candidate {
    /// The largest of the candidates of each soft navigation, by its number.
    pub fn largest_by_number(candidates: &[Self]) -> HashMap<u64, LargestPaint> {
        let mut largest: HashMap<u64, (f64, LargestPaint)> = HashMap::new();
        for candidate in candidates {
            let Some(number) = candidate.soft else { continue };
            let known =
                largest.entry(number).or_insert((candidate.index, LargestPaint { n_candidates: 0, ..candidate.paint }));
            let n_candidates = known.1.n_candidates + 1;
            if known.0 <= candidate.index {
                *known = (candidate.index, candidate.paint);
            }
            known.1.n_candidates = n_candidates;
        }
        largest.into_iter().map(|(number, (_, paint))| (number, paint)).collect()
    }
}

/// The image that the candidate's element showed last, before or with it.
fn image_url(images: &HashMap<(i64, i64), Vec<(f64, StrId)>>, candidate: &Candidate) -> Option<StrId> {
    if candidate.paint.kind == Some(PaintKind::Text) {
        return None;
    }
    let shown = images.get(&(candidate.process, candidate.paint.node?))?;
    let n_before = shown.partition_point(|(ts, _)| *ts <= candidate.ts);
    shown.get(n_before.checked_sub(1)?).map(|(_, url)| *url)
}
