//! What a response cost on the wire: whether it came over the network at all, how many bytes it was, how long they took.

use crate::http::media_type::MediaType;
use crate::order::Arrange;
use crate::page_load::{PageLoad, Resource};
use crate::recording::{CompletionState, Phase, Request, ResourceKind, Source};
use crate::units::{Bytes, Millis, TimeSpan};

/// What a server may send before it hears from the browser: ten packets (RFC 6928). So few bytes come with one flight.
pub const FIRST_FLIGHT: Bytes = Bytes(14_600);

/// Whether a whole answer with a body came over the network: a success, finished, not out of a cache.
pub fn is_download(request: Request<'_>) -> bool {
    let over_the_network = matches!(request.source(), None | Some(Source::Network | Source::Push));
    let success = request.status().is_some_and(|status| (200..300).contains(&status) && status != 204);
    let nothing_sent = request.transfer_bytes() == Some(Bytes(0));
    over_the_network && success && !nothing_sent && request.completion() == CompletionState::Finished
}

/// Whether there was a successful answer, from wherever: a page that has it can show it.
pub fn is_answer(request: Request<'_>) -> bool {
    let success = request.status().is_some_and(|status| (200..300).contains(&status) || status == 304);
    success && request.completion() == CompletionState::Finished
}

/// Whether it is a file that is the same for every visitor, so that a cache could keep it, and that came over the
/// network: GET, 200, a [file](is_file).
pub fn is_static_file(request: Request<'_>, resource: &Resource<'_>) -> bool {
    let is_get = request.method_text().expose() == "GET";
    is_get && request.status() == Some(200) && is_file(request, resource) && is_download(request)
}

/// Names in the query by which a page asks for data wrapped in a call of its own function (JSONP).
const CALLBACKS: [&str; 3] = ["callback", "jsonp", "jsoncallback"];

/// Whether it is of a static kind, and neither a tracking pixel (a tiny picture whose address carries data) nor data in
/// the form of a script (JSONP).
pub fn is_file(request: Request<'_>, resource: &Resource<'_>) -> bool {
    use ResourceKind::{Font, Image, Manifest, Media, Script, Stylesheet};
    let is_static = matches!(resource.kind, Script | Stylesheet | Font | Image | Media | Manifest);
    let has_query = resource.url.is_some_and(|url| url.query.is_some_and(|query| !query.is_empty()));
    let has_extension = resource.url.is_some_and(|url| url.extension().is_some());
    let is_tiny = decoded_bytes(request).or(sent_bytes(request)).is_none_or(|bytes| bytes < PIXEL);
    let is_pixel = resource.kind == ResourceKind::Image && is_tiny && (has_query || !has_extension);
    is_static && !is_pixel && !(resource.kind == Script && is_jsonp(resource))
}

fn is_jsonp(resource: &Resource<'_>) -> bool {
    let query = resource.url.and_then(|url| url.query).unwrap_or_default();
    let names = query.split('&').filter_map(|pair| Some(pair.split_once('=')?.0));
    names.into_iter().any(|name| CALLBACKS.iter().any(|known| name.eq_ignore_ascii_case(known)))
}

/// Pictures below this size with data in the address are tracking pixels: a transparent GIF has 43 bytes, a PNG 67 to
/// some hundred.
const PIXEL: Bytes = Bytes(1_000);

/// Bytes on the wire, headers included if the recording counts them.
pub fn sent_bytes(request: Request<'_>) -> Option<Bytes> {
    let known = [request.transfer_bytes(), request.body_bytes()];
    known.into_iter().flatten().find(|bytes| Bytes(0) < *bytes)
}

/// The body as it was sent, without headers where the recording tells them apart.
pub fn sent_body_bytes(request: Request<'_>) -> Option<Bytes> {
    let known = [request.body_bytes(), request.transfer_bytes()];
    known.into_iter().flatten().find(|bytes| Bytes(0) < *bytes)
}

/// The body as the page saw it.
pub fn decoded_bytes(request: Request<'_>) -> Option<Bytes> {
    request.decoded_bytes().filter(|bytes| Bytes(0) < *bytes).or(request.body().recorded_bytes.map(Bytes))
}

/// What the response says it is.
pub fn media_type(request: Request<'_>) -> Option<MediaType<'_>> {
    let recorded = request.mime_type().map(|id| request.recording().text(id)).filter(|text| !text.is_empty());
    MediaType::parse(recorded.or_else(|| request.response_header("content-type").next())?.expose())
}

/// When its body arrived, from navigation start; `None`: the recording does not tell.
pub fn receive_span(load: &PageLoad<'_>, request: Request<'_>) -> Option<TimeSpan> {
    let start = load.span(request.id())?.start + request.phases().before(Phase::Receive);
    let receive = request.phases().receive?;
    Some(TimeSpan { start, end: start + receive })
}

/// How long at least one of the spans was under way.
pub fn busy_time(mut spans: Vec<TimeSpan>) -> Millis {
    spans.arrange_by(|a, b| a.start.total_cmp(&b.start));
    let mut busy = Millis::ZERO;
    let mut until: Option<Millis> = None;
    for span in spans {
        let start = until.map_or(span.start, |until| until.max(span.start));
        busy += (span.end - start).at_least_zero();
        until = Some(until.map_or(span.end, |until| until.max(span.end)));
    }
    busy
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn busy_time_counts_overlaps_once() {
        let span = |start, end| TimeSpan { start: Millis(start), end: Millis(end) };
        for (spans, expected) in [
            (vec![], 0.0),
            (vec![span(10.0, 30.0)], 20.0),
            (vec![span(20.0, 40.0), span(0.0, 30.0)], 40.0),
            (vec![span(0.0, 100.0), span(10.0, 20.0), span(150.0, 160.0)], 110.0),
        ] {
            assert_eq!(busy_time(spans), Millis(expected));
        }
    }
}
