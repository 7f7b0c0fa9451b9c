//! What each request had to wait for before the browser could know of it: the chain from the document to it.
//!
//! Initiators tell most of it. They do not tell that a script asked for a picture only after its data had arrived; the
//! times do.

use crate::page_load::PageLoad;
use crate::recording::{RequestId, ResourceKind};
use crate::units::Millis;

/// A script that asks for something this soon after its data arrived asks because of it: a task of the main thread
/// and a frame.
const SOON: Millis = Millis(100.0);

/// Recorded times are rounded, so an effect may seem to begin this long before its cause has ended.
const ROUNDING: Millis = Millis(5.0);

/// Data that ended in that window is looked through backwards, and no further than this.
const MOST_LOOKED_AT: usize = 16;

/// Longer chains are redirect loops or games; the rest of them is left out.
const LONGEST: usize = 64;

/// The chains of one load.
pub struct Chains<'l, 'a> {
    load: &'l PageLoad<'a>,
    /// Answers that scripts asked for, by their end: end, request, the script.
    data: Vec<(Millis, RequestId, RequestId)>,
}

impl<'l, 'a> Chains<'l, 'a> {
    /// Prepares the chains of a load.
    pub fn of(load: &'l PageLoad<'a>) -> Self {
        let mut data = Vec::new();
        for (request, resource) in load.network() {
            let is_data = matches!(resource.kind, ResourceKind::Xhr | ResourceKind::Fetch);
            if let (true, Some(script), Some(span)) = (is_data, resource.initiator, load.span(request.id())) {
                data.push((span.end, request.id(), script));
            }
        }
        data.sort_by(|a, b| a.0.total_cmp(&b.0));
        Self { load, data }
    }

    /// What a request waited for: the data its script had asked for, else what asked for it, else the redirect
    /// before it. `None`: nothing, or not known. It always started earlier.
    pub fn parent(&self, id: RequestId) -> Option<RequestId> {
        let resource = self.load.resource(id)?;
        let parent = resource.redirected_from.or(resource.initiator)?;
        let is_script = self.load.resource(parent).is_some_and(|parent| parent.kind == ResourceKind::Script);
        let by_data = is_script.then(|| self.data_before(id, parent)).flatten();
        by_data.or(Some(parent)).filter(|parent| *parent < id)
    }

    fn data_before(&self, id: RequestId, script: RequestId) -> Option<RequestId> {
        let start = self.load.span(id)?.start;
        let n = self.data.partition_point(|(end, _, _)| *end <= start + ROUNDING);
        let recent = self.data.get(..n)?.iter().rev().take(MOST_LOOKED_AT);
        let mut soon = recent.take_while(|(end, _, _)| start - SOON <= *end);
        soon.find(|(_, data, asked_by)| *asked_by == script && *data < id).map(|(_, data, _)| *data)
    }

    /// The chain to a request: the document or whatever began it first, itself last.
    pub fn to(&self, id: RequestId) -> Vec<RequestId> {
        let mut chain = vec![id];
        let mut at = id;
        while let Some(parent) = self.parent(at).filter(|_| chain.len() < LONGEST) {
            chain.push(parent);
            at = parent;
        }
        chain.reverse();
        chain
    }

    /// Whether a chain begins with the load's document, leads through no frame's document, and no step of it waited
    /// longer than `pause` after the one before had ended: then nothing but the chain explains the time.
    pub fn is_unbroken(&self, chain: &[RequestId], pause: Millis) -> bool {
        let root = chain.first().copied();
        let from_document = root.is_some()
            && (root == self.load.document.request
                || root.is_some_and(|id| self.load.document.redirects.contains(&id)));
        let through_frame = chain.iter().skip(1).any(|id| {
            let is_document = self.load.resource(*id).is_some_and(|resource| resource.kind == ResourceKind::Document);
            is_document && self.load.document.request != Some(*id)
        });
        let pairs = chain.iter().zip(chain.iter().skip(1));
        let spans = |(a, b): (&RequestId, &RequestId)| Some((self.load.span(*a)?, self.load.span(*b)?));
        let mut gaps = pairs.map(|pair| spans(pair).map(|(before, after)| after.start - before.end));
        from_document && !through_frame && gaps.all(|gap| gap.is_some_and(|gap| gap <= pause))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::InitiatorKind;
    use crate::recording::testing::Made;

    const PAGE: &str = "https://shop.example/";
    const APP: &str = "https://shop.example/app.js";

    /// Document 0–100, script 110–310, data 320–720, a picture from `at`.
    fn chain(at: f64) -> (Vec<u32>, bool) {
        let recording = Made::page(PAGE)
            .document(|r| r.wait(100.0))
            .request(APP, |r| {
                r.kind(ResourceKind::Script).start(110.0).wait(200.0).initiator(InitiatorKind::Parser, PAGE)
            })
            .request("https://shop.example/api", |r| {
                r.kind(ResourceKind::Fetch).start(320.0).wait(400.0).initiator(InitiatorKind::Script, APP)
            })
            .request("https://shop.example/hero.jpg", |r| {
                r.kind(ResourceKind::Image).start(at).initiator(InitiatorKind::Script, APP)
            })
            .recording();
        let loads = PageLoad::all(&recording);
        let chains = Chains::of(&loads[0]);
        let chain = chains.to(RequestId(3));
        let unbroken = chains.is_unbroken(&chain, Millis(500.0));
        (chain.into_iter().map(|id| id.0).collect(), unbroken)
    }

    #[test]
    fn data_stands_between_script_and_picture() {
        assert_eq!(chain(725.0), (vec![0, 1, 2, 3], true));
        assert_eq!(chain(718.0), (vec![0, 1, 2, 3], true));
        assert_eq!(chain(500.0), (vec![0, 1, 3], true));
        assert_eq!(chain(2_000.0), (vec![0, 1, 3], false));
    }
}
