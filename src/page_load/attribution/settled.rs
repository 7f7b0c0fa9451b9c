//! When a page had its files, where no milestone tells: by the gaps in its requests.

use crate::order::Arrange;
use crate::page_load::{PageLoad, Party, Resource};
use crate::recording::{CompletionState, Request, RequestId, ResourceKind};
use crate::units::{Bytes, Millis, TimeSpan};

/// Milliseconds. After a pause of this length, what follows is the visitor's doing or a timer's, not the load's
/// (WebPageTest ends its "fully loaded" after two seconds without traffic).
const QUIET: Millis = Millis(2_000.0);

/// Milliseconds. A script that has its data asks for what that names well within this; visitors act later (they need
/// 100 ms to feel an answer as immediate, and longer to react: Nielsen, "Usability Engineering", 1993, chapter 5).
const AT_ONCE: Millis = Millis(100.0);

/// Content, not a counting pixel. Beacons are answered with a few dozen bytes.
const CONTENT: Bytes = Bytes(4_096);

/// The end of the last request before the first pause; `None`: no request has usable times.
pub fn first_quiet(load: &PageLoad<'_>) -> Option<Millis> {
    let last = load.milestones.last_response?.ms;
    let loading = |request: Request<'_>, resource: &Resource<'_>| {
        // Streams stay open, and a request may be given up long after anybody waited for it.
        request.end().is_some()
            && !matches!(
                resource.kind,
                ResourceKind::WebSocket | ResourceKind::EventSource | ResourceKind::Media | ResourceKind::Ping
            )
    };
    let mut spans = spans(load, loading).into_iter();
    let mut end = spans.next()?.0.end;
    for (span, _) in spans {
        if end + QUIET < span.start {
            break;
        }
        end = end.max(span.end);
    }
    Some(end.min(last))
}

/// The last larger image, font, style sheet or piece of data of the site's own that requests lead to which
/// follow each other at once from the load event on, and its end.
pub fn late_content(load: &PageLoad<'_>) -> Option<(RequestId, Millis)> {
    let load_event = load.milestones.load.or(load.milestones.dcl)?.ms;
    let own = |request: Request<'_>, resource: &Resource<'_>| {
        resource.party == Party::First
            && request.completion() == CompletionState::Finished
            && request.status().is_some_and(|status| status < 400)
            && (is_content(resource.kind) || resource.kind == ResourceKind::Script)
    };
    let is_large = |request: Request<'_>, resource: &Resource<'_>| {
        let bytes = request.body_bytes().or(request.transfer_bytes()).or(request.decoded_bytes());
        own(request, resource) && is_content(resource.kind) && bytes.is_some_and(|bytes| CONTENT <= bytes)
    };
    let mut end = load_event;
    for (span, _) in spans(load, own) {
        if end + AT_ONCE < span.start {
            break;
        }
        end = end.max(span.end);
    }
    let large = spans(load, is_large).into_iter().filter(|(span, _)| load_event < span.end && span.end <= end);
    let last = large.reduce(|last, next| if last.0.end < next.0.end { next } else { last });
    last.map(|(span, content)| (content, span.end))
}

fn is_content(kind: ResourceKind) -> bool {
    use ResourceKind::{Fetch, Font, Image, Stylesheet, Xhr};
    matches!(kind, Image | Font | Stylesheet | Fetch | Xhr)
}

/// When the requests that count were under way, by start.
fn spans(load: &PageLoad<'_>, counts: impl Fn(Request<'_>, &Resource<'_>) -> bool) -> Vec<(TimeSpan, RequestId)> {
    let counted = load.network().filter(|(request, resource)| counts(*request, resource));
    let mut spans: Vec<_> = counted.filter_map(|(request, _)| Some((load.span(request.id())?, request.id()))).collect();
    spans.arrange_by(|(a, _), (b, _)| a.start.total_cmp(&b.start));
    spans
}
