//! What each request had to wait for before the browser could know of it: the chain from the document to it.
//!
//! Initiators tell most of it. They do not tell that a script asked for a picture only after its data had arrived, nor
//! who put a picture into the page as HTML text; the times do.

use crate::order::Arrange;
use crate::page_load::PageLoad;
use crate::recording::{InitiatorKind, RenderBlocking, RequestId, ResourceKind};
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
    /// Ends of what held rendering back, ascending.
    blocking: Vec<Millis>,
}

impl<'l, 'a> Chains<'l, 'a> {
    /// Prepares the chains of a load.
    pub fn of(load: &'l PageLoad<'a>) -> Self {
        let mut data = Vec::new();
        let mut blocking = Vec::new();
        for (request, resource) in load.network() {
            let holds = |how| matches!(how, RenderBlocking::Blocking | RenderBlocking::InBodyParserBlocking);
            if resource.blocking.is_some_and(|found| holds(found.how)) {
                blocking.extend(load.span(request.id()).map(|span| span.end));
            }
            let is_data = matches!(resource.kind, ResourceKind::Xhr | ResourceKind::Fetch);
            if let (true, Some(script), Some(span)) = (is_data, resource.initiator, load.span(request.id())) {
                data.push((span.end, request.id(), script));
            }
        }
        data.arrange_by(|a, b| a.0.total_cmp(&b.0));
        blocking.arrange_by(Millis::total_cmp);
        Self { load, data, blocking }
    }

    /// What a request waited for: the data its script had asked for, else what asked for it, else the redirect
    /// before it. `None`: nothing, or not known. It always started earlier.
    pub fn parent(&self, id: RequestId) -> Option<RequestId> {
        let resource = self.load.resource(id)?;
        let Some(parent) = resource.redirected_from.or(resource.initiator) else {
            // Chromium names nobody for what a script writes into the page as HTML.
            let initiator = self.load.request(id).initiator();
            let is_untold = matches!(initiator, None | Some(InitiatorKind::Other | InitiatorKind::Script));
            let is_page_file = matches!(resource.kind, ResourceKind::Image | ResourceKind::Font);
            return self.data_before(id, |_| true).filter(|_| is_untold && is_page_file);
        };
        let is_script = self.load.resource(parent).is_some_and(|parent| parent.kind == ResourceKind::Script);
        let by_data = is_script.then(|| self.data_before(id, |script| script == parent)).flatten();
        by_data.or(Some(parent)).filter(|parent| *parent < id)
    }

    fn data_before(&self, id: RequestId, is_asker: impl Fn(RequestId) -> bool) -> Option<RequestId> {
        let start = self.load.span(id)?.start;
        let n = self.data.partition_point(|(end, _, _)| *end <= start + ROUNDING);
        let recent = self.data.get(..n)?.iter().rev().take(MOST_LOOKED_AT);
        let mut soon = recent.take_while(|(end, _, _)| start - SOON <= *end);
        soon.find(|(_, data, asked_by)| is_asker(*asked_by) && *data < id).map(|(_, data, _)| *data)
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
        let mut pairs = chain.iter().zip(chain.iter().skip(1));
        let no_pause = pairs.all(|(before, after)| self.gap(*before, *after).is_some_and(|gap| gap <= pause));
        from_document && !through_frame && no_pause
    }

    /// How long nothing seems to have happened between two links. What a style sheet names is asked for when styles are
    /// applied, and that waits for everything that holds rendering back.
    fn gap(&self, before: RequestId, after: RequestId) -> Option<Millis> {
        let (mut ready, start) = (self.load.span(before)?.end, self.load.span(after)?.start);
        if self.load.resource(before)?.kind == ResourceKind::Stylesheet {
            let n = self.blocking.partition_point(|end| *end <= start + ROUNDING);
            let last = n.checked_sub(1).and_then(|at| self.blocking.get(at));
            ready = last.map_or(ready, |last| ready.max(*last));
        }
        Some(start - ready)
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

    #[test]
    fn a_picture_that_nobody_asked_for_follows_data() {
        let recording = Made::page(PAGE)
            .document(|r| r.wait(100.0))
            .request(APP, |r| r.kind(ResourceKind::Script).start(110.0).initiator(InitiatorKind::Parser, PAGE))
            .request("https://shop.example/api", |r| {
                r.kind(ResourceKind::Fetch).start(130.0).wait(400.0).initiator(InitiatorKind::Script, APP)
            })
            .request("https://shop.example/hero.jpg", |r| {
                r.kind(ResourceKind::Image).start(540.0).change(|row| row.initiator = Some(InitiatorKind::Other))
            })
            .recording();
        let loads = PageLoad::all(&recording);
        assert_eq!(Chains::of(&loads[0]).parent(RequestId(3)), Some(RequestId(2)));
    }

    #[test]
    fn what_a_sheet_names_waits_for_all_that_blocks() {
        let recording = Made::page(PAGE)
            .document(|r| r.wait(100.0).body("<link rel=stylesheet href=a.css><link rel=stylesheet href=b.css>"))
            .request("https://shop.example/a.css", |r| {
                r.kind(ResourceKind::Stylesheet).start(110.0).initiator(InitiatorKind::Parser, PAGE)
            })
            .request("https://shop.example/b.css", |r| {
                r.kind(ResourceKind::Stylesheet).start(110.0).wait(2_000.0).initiator(InitiatorKind::Parser, PAGE)
            })
            .request("https://shop.example/hero.jpg", |r| {
                r.kind(ResourceKind::Image)
                    .start(2_120.0)
                    .initiator(InitiatorKind::Parser, "https://shop.example/a.css")
            })
            .recording();
        let loads = PageLoad::all(&recording);
        let chains = Chains::of(&loads[0]);
        let chain = chains.to(RequestId(3));
        assert!(chains.is_unbroken(&chain, Millis(100.0)));
    }
}
