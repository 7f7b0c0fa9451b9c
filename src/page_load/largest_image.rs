//! The picture that is the largest content: how the browser came to know of it, and what stood between it and the
//! screen. Chrome's engine asks the same three questions (`LCPDiscovery`).

use std::ops::ControlFlow;

use crate::http::url;
use crate::order::Arrange;
use crate::page_load::long_tasks::{self, Content};
use crate::page_load::markup::HintKind;
use crate::page_load::{PageLoad, Work};
use crate::recording::{FetchPriority, InitiatorKind, RequestId};
use crate::units::{Millis, TimeSpan};

/// The request for the largest content. Times from navigation start.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LargestImage {
    /// The request that was asked for; redirects may lead on from it.
    pub request: RequestId,
    /// Whether `fetchpriority=high` is on it; `None`: the recording does not tell.
    pub has_high_priority: Option<bool>,
    /// Whether the document's HTML names it, or a preload announces it; `None`: the recording does not tell.
    pub is_in_document: Option<bool>,
    /// Whether it is held back by `loading=lazy`; `None`: the recording does not tell.
    pub is_lazy: Option<bool>,
    /// When the browser could have known of it: the document's first byte.
    pub possible: Option<Millis>,
    /// When the browser asked for it.
    pub asked: Millis,
    /// When it was there.
    pub ended: Option<Millis>,
}

/// Finds it; `None`: the largest content is no picture of a request, or the recording does not tell.
pub fn of(load: &PageLoad<'_>) -> Option<LargestImage> {
    let (last, _) = load.network().find(|(request, _)| request.is_lcp())?;
    let mut request = last;
    while let Some(before) = load.resource(request.id()).and_then(|resource| resource.redirected_from) {
        request = load.request(before);
    }
    let timeline = &load.recording.timeline;
    let paint = load.navigation().and_then(|navigation| navigation.largest_paint);
    let traced = timeline.request(request.id());
    let document = load.document.request;
    let address = url::canonical(request.url_text().expose());
    let image = load.markup.iter().flat_map(|markup| &markup.images);
    let image = image.into_iter().find(|image| image.addresses().any(|other| url::canonical(other) == address));
    let hints = load.markup.iter().flat_map(|markup| &markup.hints);
    let mut preloads = hints.filter(|hint| hint.kind == HintKind::Preload && url::canonical(&hint.url) == address);
    let is_preloaded = request.preloaded() || preloads.next().is_some();
    let by_parser = request.initiator() == Some(InitiatorKind::Parser)
        && document.is_some_and(|id| request.initiator_url() == Some(load.request(id).url()));
    let is_named = is_preloaded || by_parser || image.is_some();
    let knows = load.markup.as_ref().is_some_and(|markup| !markup.is_cut) || request.initiator().is_some();
    let first_byte = load.milestones.ttfb.map(|ttfb| ttfb.ms);
    let from = traced.map(|traced| load.since_start(traced.start)).or(load.span(request.id()).map(|span| span.start));
    Some(LargestImage {
        request: request.id(),
        has_high_priority: match (traced, image) {
            (Some(traced), _) => Some(traced.fetch_priority == FetchPriority::High),
            (None, Some(image)) => Some(image.fetch_priority == "high"),
            (None, None) => None,
        },
        is_in_document: (is_named || knows).then_some(is_named),
        is_lazy: match (paint, image) {
            (Some(paint), _) => Some(paint.is_lazy && !is_preloaded),
            (None, Some(image)) => Some(image.is_lazy && !is_preloaded),
            (None, None) => None,
        },
        possible: first_byte,
        asked: from?,
        ended: timeline
            .request(last.id())
            .filter(|traced| traced.is_finished)
            .map(|traced| load.since_start(traced.network_end))
            .or(load.span(last.id()).map(|span| span.end)),
    })
}

/// The page's thread between the moment when the largest picture was there and its paint.
#[derive(Clone, Debug)]
pub struct Blocked {
    /// From the picture's last byte to its paint, from navigation start.
    pub span: TimeSpan,
    /// Part of it in which the thread was at work.
    pub busy: Millis,
    /// The tasks of it, the longest first: when they began, from navigation start; how much of them lies in the span;
    /// what was done in them.
    pub tasks: Vec<(Millis, Millis, Content)>,
}

/// A shorter task says little about why a paint is late.
const SHORT_TASK: Millis = Millis(10.0);

/// Looks what the thread did meanwhile; `None`: no such picture, or no work was recorded.
pub fn blocked(load: &PageLoad<'_>, image: &LargestImage) -> Option<Blocked> {
    let paint = load.navigation()?.largest_paint?;
    let ready = image.ended? + load.navigation_start;
    let work = Work::of(load)?;
    if paint.at < ready {
        return None;
    }
    let mut blocked = Blocked {
        span: TimeSpan { start: load.since_start(ready), end: load.since_start(paint.at) },
        busy: Millis::ZERO,
        tasks: Vec::new(),
    };
    work.each(|id, slice| {
        if paint.at <= slice.start {
            return ControlFlow::Break(());
        }
        let overlap = ((slice.start + slice.duration).min(paint.at) - slice.start.max(ready)).at_least_zero();
        if slice.depth == 0 && Millis::ZERO < overlap {
            blocked.busy += overlap;
            if SHORT_TASK <= overlap {
                let content = long_tasks::content(load, &work, work.within(id));
                blocked.tasks.push((load.since_start(slice.start), overlap, content));
            }
        }
        ControlFlow::Continue(())
    });
    blocked.tasks.arrange_by(|a, b| b.1.total_cmp(&a.1));
    Some(blocked)
}
