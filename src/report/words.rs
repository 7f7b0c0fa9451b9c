//! Messages of the rules as text, for one of two audiences.

use crate::page_load::{Metric, PageLoad, markup};
use crate::recording::{Phase, Protocol, RequestId, ResourceKind, SiteId};
use crate::redact::Clean;
use crate::report::format;
use crate::report::names::Names;
use crate::report::vocabulary;
use crate::rules::{Message, Part};
use crate::text::Untrusted;
use crate::units::Bytes;

/// For whom a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Somebody who is no engineer: rounded figures, no abbreviations.
    Customer,
    /// Exact figures, the names of the field.
    Engineer,
}

/// The message as text.
pub fn text(names: &Names, load: &PageLoad<'_>, message: &Message, audience: Audience) -> Clean {
    let parts: Vec<Clean> = message.0.iter().map(|part| part_text(names, load, part, audience)).collect();
    Clean::concat(&parts)
}

fn part_text(names: &Names, load: &PageLoad<'_>, part: &Part, audience: Audience) -> Clean {
    let customer = audience == Audience::Customer;
    let told = |size: Bytes| Bytes(names.size(size)); // sizes may tell a secret's length
    match *part {
        Part::Text(words) => Clean::from(words),
        Part::Ms(time) if customer => format::plain_time(time),
        Part::Ms(time) => format::exact_time(time),
        Part::MsRange(from, to) if customer => format::plain_time_range(from, to),
        Part::MsRange(from, to) => format::exact_time_range(from, to),
        Part::Seconds(seconds) => format::lifetime(seconds),
        Part::Bytes(size) if customer => format::plain_size(told(size)),
        Part::Bytes(size) => format::exact_size(told(size)),
        Part::BytesRange(from, to) if customer => format::plain_size_range(told(from), told(to)),
        Part::BytesRange(from, to) => format::exact_size_range(told(from), told(to)),
        Part::Count(number) => format::grouped(number),
        Part::Score(score) => Clean::number(score, 3),
        Part::Counted(number, one, many) => format::counted(number, one, many),
        Part::Percent(ratio) => format::percent(ratio),
        Part::Request(request) => names.short_url(load.request(request).url_text()),
        Part::Host(request) => host(names, load, request),
        Part::Party(request) => match load.resource(request).and_then(|resource| resource.entity) {
            Some(entity) => Clean::from(entity.name),
            None => host(names, load, request),
        },
        Part::ResponseHeader(request, name) => {
            let values = load.request(request).response_header(name).map(|value| names.header(name, value));
            header(name, values.collect())
        }
        Part::RequestHeader(request, name) => {
            let values = load.request(request).request_header(name).map(|value| names.header(name, value));
            header(name, values.collect())
        }
        Part::MediaType(request) => match load.request(request).mime_type() {
            Some(mime) => names.mime(load.recording.text(mime)),
            None => Clean::from("no media type"),
        },
        Part::Status(status) => Clean::from(u64::from(status)),
        Part::Protocol(protocol) => Clean::from(protocol_name(protocol)),
        Part::Kind(kind) => Clean::from(kind_name(kind)),
        Part::Phase(phase) if customer => Clean::from(plain_phase(phase)),
        Part::Phase(phase) => Clean::from(phase.id()),
        Part::Metric(metric) => metric_name(metric, audience),
        Part::Site(site) => self::site(names, load, site),
        Part::Address(url) => names.url(load.recording.text(url)),
        Part::Name(name) => names.code_name(load.recording.text(name)),
        Part::HintOrigin(at) => match markup::hints(load).get(at) {
            Some(hint) => names.origin(Untrusted::new(&hint.url)),
            None => Clean::from("a host"),
        },
        Part::Code(code) if customer => Clean::from(code),
        Part::Code(code) => Clean::concat(&[Clean::from("`"), Clean::from(code), Clean::from("`")]),
    }
}

/// The name of a metric for an audience.
pub fn metric_name(metric: Metric, audience: Audience) -> Clean {
    let metric = vocabulary::Metric::from(metric);
    Clean::from(match audience {
        Audience::Customer => metric.plain(),
        Audience::Engineer => metric.short(),
    })
}

fn host(names: &Names, load: &PageLoad<'_>, request: RequestId) -> Clean {
    names.host(load, request).unwrap_or(Clean::from("an unknown host"))
}

/// `resize (https://shop.example/app.js:12)`, lines counted from 1 as editors do.
fn site(names: &Names, load: &PageLoad<'_>, site: SiteId) -> Clean {
    let Some(site) = load.recording.timeline.main_thread.site(site) else { return Clean::from("a script") };
    let mut parts = vec![match site.function {
        Some(function) => names.code_name(load.recording.text(function)),
        None => Clean::from("code without a name"),
    }];
    if let Some(url) = site.url {
        parts.extend([Clean::from(" ("), names.url(load.recording.text(url))]);
        parts.extend(site.line.into_iter().flat_map(|line| [Clean::from(":"), Clean::from(u64::from(line) + 1)]));
        parts.push(Clean::from(")"));
    }
    Clean::concat(&parts)
}

/// `name: value`; repeated lines are joined as RFC 9110 §5.3 allows for all but `set-cookie`.
fn header(name: &'static str, values: Vec<Clean>) -> Clean {
    if values.is_empty() {
        return Clean::concat(&[Clean::from("no "), Clean::from(name)]);
    }
    let mut parts = vec![Clean::from(name), Clean::from(": ")];
    for (at, value) in values.into_iter().enumerate() {
        if at != 0 {
            parts.push(Clean::from(", "));
        }
        parts.push(value);
    }
    Clean::concat(&parts)
}

/// The HTTP version as people write it.
pub fn protocol_name(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Http10 => "HTTP/1.0",
        Protocol::Http11 => "HTTP/1.1",
        Protocol::Spdy => "SPDY",
        Protocol::H2 => "HTTP/2",
        Protocol::H3 => "HTTP/3",
    }
}

/// The kind of a resource in plain words.
pub fn kind_name(kind: ResourceKind) -> &'static str {
    match kind {
        ResourceKind::Document => "page",
        ResourceKind::Stylesheet => "style sheet",
        ResourceKind::Script => "script",
        ResourceKind::Font => "font",
        ResourceKind::Image => "image",
        ResourceKind::Media => "audio or video file",
        ResourceKind::Xhr | ResourceKind::Fetch => "data request",
        ResourceKind::EventSource => "event stream",
        ResourceKind::WebSocket => "WebSocket",
        ResourceKind::Manifest => "app manifest",
        ResourceKind::Ping => "beacon",
        ResourceKind::Preflight => "CORS preflight",
        ResourceKind::Other => "file",
    }
}

/// A phase in plain words.
pub fn plain_phase(phase: Phase) -> &'static str {
    match phase {
        Phase::Queued => "waiting to be sent",
        Phase::Dns => "looking up the address",
        Phase::Connect => "connecting",
        Phase::Tls => "setting up encryption",
        Phase::Send => "sending the request",
        Phase::Wait => "waiting for the answer",
        Phase::Receive => "receiving",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::Made;
    use crate::redact::Share;
    use crate::rules::text::message;
    use crate::units::{Millis, Ratio, Seconds};

    #[track_caller]
    fn check(message: Message, customer: &str, engineer: &str) {
        let recording = Made::page("https://shop.example/").document(|r| r).recording();
        let loads = PageLoad::all(&recording);
        let names = Names::new(Share::Internal);
        for (audience, expected) in [(Audience::Customer, customer), (Audience::Engineer, engineer)] {
            assert_eq!(text(&names, &loads[0], &message, audience).as_str(), expected);
        }
    }

    #[test]
    fn figures_are_told_to_each_audience() {
        check(
            message!["waited ", Millis(2310.0), " for ", Bytes(1_234_567)],
            "waited 2.3 seconds for 1.2 MB",
            "waited 2,310 ms for 1,234,567 bytes",
        );
        check(message![Part::MsRange(Millis(620.0), Millis(890.0))], "0.6 to 0.9 seconds", "620–890 ms");
        check(message![Phase::Wait, ", ", Metric::Lcp], "waiting for the answer, main content on screen", "wait, LCP");
        check(message![Part::Code("defer"), " ", Seconds::days(7)], "defer 7 days", "`defer` 7 days");
        check(message![Ratio(0.42), " of ", Part::Counted(1, "file", "files")], "42% of 1 file", "42% of 1 file");
        check(message![Part::ResponseHeader(RequestId(0), "age")], "no age", "no age");
    }
}
