//! What a page's service worker did about a request: asked the network itself, or not.

use crate::page_load::PageLoad;
use crate::recording::{Request, RequestId, Source};
use crate::units::Millis;

/// Milliseconds. Times are rounded and of two processes, so the worker's own request may seem to reach this far out of
/// the one that it answered.
const ROUNDING: Millis = Millis(5.0);

/// How many requests for one address are looked at, so that the search stays linear whatever was recorded.
const MOST: usize = 100;

/// Whether a service worker of the page took part in the answer.
pub fn took_part(request: Request<'_>) -> bool {
    request.via_service_worker() || request.source() == Some(Source::ServiceWorker)
}

/// The request that the worker itself made to answer this one, if it was recorded. Chrome's HARs mark those; in traces
/// they are known by their time.
pub fn own_fetch(load: &PageLoad<'_>, request: Request<'_>) -> Option<RequestId> {
    let span = load.span(request.id())?;
    let others = load.addresses.requests_to(request.url_text().expose()).iter().copied().take(MOST);
    let mut own = others.filter(|other| {
        let of_worker = load.request(*other);
        let is_within = |end| span.start - ROUNDING <= end && end <= span.end + ROUNDING;
        *other != request.id()
            && !took_part(of_worker)
            && load.span(*other).is_some_and(|other| match of_worker.from_service_worker() {
                true => other.overlaps(span),
                false => of_worker.source() == Some(Source::Network) && is_within(other.start) && is_within(other.end),
            })
    });
    own.next()
}
