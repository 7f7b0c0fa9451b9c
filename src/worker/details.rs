//! Everything recorded of one request, in reading order, as text for the user's own screen.

use crate::page_load::PageLoad;
use crate::recording::joined::fact;
use crate::recording::{
    CompletionState, ErrorKind, HeaderRange, InitiatorKind, Level, Phase, Priority, Protocol, Recording,
    RenderBlocking, Request, RequestId, Source,
};
use crate::text::StrId;
use crate::units::{Bytes, Millis};
use crate::view::rows::cut;
use crate::view::{describe, format};
use crate::worker::protocol::{Details, Fact, LONGEST_TEXT};

/// More header lines than this are not shown: no browser accepts so many.
const MOST_HEADERS: usize = 300;

/// What is recorded of the request at a place in a load; `None` if there is no such place.
pub fn of(load: &PageLoad<'_>, load_at: u32, at: u32) -> Option<Details> {
    let id = *load.requests.get(at as usize)?;
    let request = load.request(id);
    let resource = load.resources.get(at as usize)?;
    let neighbor = |other: Option<RequestId>| {
        let other = other?;
        Some((load.position(other)? as u32, text(load.request(other).url_text().expose())))
    };
    let phases = request.phases();
    Some(Details {
        load: load_at,
        request: at,
        url: text(request.url_text().expose()),
        facts: facts(load, request, at as usize),
        seen_in: seen_in(load, id),
        sources: [fact::TIMES, fact::RESPONSE_HEADERS, fact::REQUEST_HEADERS]
            .map(|kind| source(load, id, kind).to_owned()),
        phases: Phase::ALL.iter().filter_map(|phase| Some((phase.id().to_owned(), phases.get(*phase)?.0))).collect(),
        start: request.start().map(|start| (start - load.navigation_start).0),
        duration: request.duration().map(|ms| ms.0),
        initiator: neighbor(resource.initiator),
        redirected_from: neighbor(resource.redirected_from),
        redirected_to: neighbor(resource.redirected_to),
        request_headers: headers(load.recording, request.request_headers()),
        response_headers: headers(load.recording, request.response_headers()),
        repaired: repaired(load.recording, request.entry()),
    })
}

fn facts(load: &PageLoad<'_>, request: Request<'_>, at: usize) -> Vec<Fact> {
    let mut facts = Facts { load, id: request.id(), all: Vec::new() };
    let recorded = |id: Option<StrId>| id.map(|id| text(load.recording.text(id).expose()));
    facts.add("Method", Some(text(request.method_text().expose())));
    facts.add("Status", request.status().map(|status| status.to_string()));
    facts.add("Ended", ending(request.completion()).map(str::to_owned));
    facts.add("Error", recorded(request.error()));
    facts.add_of(
        fact::PROTOCOLS,
        "HTTP version",
        request.protocol().map(|protocol| protocol_name(protocol).to_owned()),
    );
    if let Some(resource) = load.resources.get(at) {
        facts.add("Kind", Some(describe::kind(resource.kind).to_owned()));
        facts.add("Media type", recorded(request.mime_type()));
        facts.add("Company", resource.entity.map(|entity| entity.name.to_owned()));
        facts.add_of(
            fact::BLOCKING,
            "Rendering",
            resource.blocking.map(|blocking| blocking_words(blocking.how).to_owned()),
        );
    }
    facts.add_of(fact::PRIORITIES, "Priority", priority(request.initial_priority(), request.priority()));
    facts.add("Answered by", request.source().map(|source| source_words(source).to_owned()));
    facts.add_of(fact::INITIATORS, "Asked for by", request.initiator().map(|kind| initiator_words(kind).to_owned()));
    facts.add_of(fact::INITIATORS, "Line", request.initiator_line().map(|line| format::grouped(u64::from(line))));
    let size = |bytes: Option<Bytes>| bytes.map(|bytes| exact_size(bytes.0));
    facts.add_of(fact::SIZES, "On the wire", size(request.transfer_bytes()));
    facts.add("Body as sent", size(request.body_bytes()));
    facts.add("Body unpacked", size(request.decoded_bytes()));
    facts.add("Request body", size(request.request_body_bytes()));
    let time = |ms: Option<Millis>| ms.map(|ms| format::duration(ms.0));
    facts.add_of(fact::TIMES, "Held back by the browser", time(request.held_back()));
    facts.add("At a proxy", time(request.proxy()));
    facts.add("Service worker start", time(request.worker_startup()));
    facts.add("Service worker answer", time(request.worker_response()));
    facts.add("Server address", recorded(request.server_ip()));
    facts.add_of(fact::CONNECTIONS, "Connection", recorded(request.connection()));
    facts.add("Messages", request.messages().map(|n| format::grouped(u64::from(n))));
    facts.add("Place in the file", Some(format!("log.entries[{}]", request.entry())));
    facts.all
}

struct Facts<'l, 'a> {
    load: &'l PageLoad<'a>,
    id: RequestId,
    all: Vec<Fact>,
}

impl Facts<'_, '_> {
    fn add(&mut self, label: &str, value: Option<String>) {
        self.add_of("", label, value);
    }

    /// A fact of a kind that only one of two joined files may have given.
    fn add_of(&mut self, kind: &str, label: &str, value: Option<String>) {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            let from = if kind.is_empty() { "" } else { source(self.load, self.id, kind) };
            self.all.push(Fact { label: label.to_owned(), value, from: from.to_owned() });
        }
    }
}

/// Which of two joined files a kind of fact of a request comes from; empty: only one was opened, or both say it.
fn source(load: &PageLoad<'_>, id: RequestId, kind: &str) -> &'static str {
    let Some(joined) = &load.recording.joined else { return "" };
    let mut holders = joined.parts_of(id);
    let part = match (holders.next(), holders.next()) {
        (Some(only), None) => Some(only),
        _ => joined.facts.iter().find(|(known, _)| *known == kind).map(|(_, part)| *part),
    };
    let part = part.and_then(|part| joined.parts.get(usize::from(part.0)));
    part.map_or("", |part| describe::recording_kind(part.provenance.kind))
}

fn seen_in(load: &PageLoad<'_>, id: RequestId) -> String {
    let Some(joined) = &load.recording.joined else { return String::new() };
    let parts = joined.parts_of(id).filter_map(|part| joined.parts.get(usize::from(part.0)));
    let names: Vec<_> = parts.map(|part| describe::recording_kind(part.provenance.kind)).collect();
    match names.as_slice() {
        [only] => format!("Only in the {only}"),
        _ => format!("In the {}", names.join(" and the ")),
    }
}

fn headers(recording: &Recording, range: HeaderRange) -> Vec<(String, String)> {
    let lines = recording.headers.lines(range).iter().take(MOST_HEADERS);
    let shown = |id| text(recording.text(id).expose());
    lines.map(|line| (shown(line.name), shown(line.value))).collect()
}

/// Problems whose first place is inside this entry.
fn repaired(recording: &Recording, entry: u32) -> Vec<String> {
    let prefix = format!("log.entries[{entry}]");
    let of_entry = recording.problems.iter().filter(|problem| {
        let path = problem.at.path.as_deref().unwrap_or_default();
        path.strip_prefix(&prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    });
    of_entry
        .filter(|problem| Level::Info <= problem.level)
        .map(|problem| format!("{} {}", problem.message, problem.consequence).trim().to_owned())
        .collect()
}

/// A text of the recording, bounded.
pub fn text(text: &str) -> String {
    match cut(text, LONGEST_TEXT) {
        whole if whole.len() == text.len() => whole.to_owned(),
        beginning => format!("{beginning}… ({} more)", format::bytes((text.len() - beginning.len()) as u64)),
    }
}

/// For a table of facts: readable, and exact where they differ.
fn exact_size(bytes: u64) -> String {
    match bytes {
        0..1000 => format::bytes(bytes),
        _ => format!("{} ({} B)", format::bytes(bytes), format::grouped(bytes)),
    }
}

fn priority(initial: Option<Priority>, last: Option<Priority>) -> Option<String> {
    match (initial, last) {
        (Some(initial), Some(last)) if initial != last => {
            Some(format!("{}, at first {}", describe::priority(last), describe::priority(initial)))
        }
        (_, Some(one)) | (Some(one), None) => Some(describe::priority(one).to_owned()),
        (None, None) => None,
    }
}

fn protocol_name(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Http10 => "HTTP/1.0",
        Protocol::Http11 => "HTTP/1.1",
        Protocol::Spdy => "SPDY",
        Protocol::H2 => "HTTP/2",
        Protocol::H3 => "HTTP/3",
    }
}

fn ending(completion: CompletionState) -> Option<&'static str> {
    match completion {
        CompletionState::Finished => None,
        CompletionState::Cancelled => Some("given up by the page or the visitor"),
        CompletionState::Blocked => Some("blocked by the browser, an extension or a policy"),
        CompletionState::Unfinished => Some("still under way when the recording stopped"),
        CompletionState::Failed(error) => Some(match error {
            ErrorKind::NameNotResolved => "failed: the host’s address could not be found",
            ErrorKind::ConnectionRefused => "failed: the server refused the connection",
            ErrorKind::ConnectionReset => "failed: the connection broke",
            ErrorKind::TimedOut => "failed: timed out",
            ErrorKind::Offline => "failed: no network",
            ErrorKind::Tls => "failed: no agreement on encryption",
            ErrorKind::Policy => "failed: refused by a policy of the web (CORS, mixed content)",
            ErrorKind::Truncated => "failed: the answer broke off",
            ErrorKind::Protocol => "failed: the answer broke the rules of HTTP",
            ErrorKind::TooManyRedirects => "failed: too many redirects",
            ErrorKind::Other => "failed",
        }),
    }
}

fn blocking_words(how: RenderBlocking) -> &'static str {
    match how {
        RenderBlocking::Blocking => "held rendering back",
        RenderBlocking::InBodyParserBlocking => "held the parser back, in the body",
        RenderBlocking::PotentiallyBlocking => "may have held rendering back",
        RenderBlocking::NonBlocking => "did not hold rendering back",
    }
}

fn source_words(source: Source) -> &'static str {
    match source {
        Source::Network => "a server, over the network",
        Source::MemoryCache => "the browser’s memory cache",
        Source::DiskCache => "the browser’s disk cache",
        Source::PrefetchCache => "the browser’s prefetch cache",
        Source::ServiceWorker => "a service worker",
        Source::Push => "server push",
        Source::Revalidated => "the browser’s cache, after asking the server",
        Source::Inline => "the page itself",
    }
}

fn initiator_words(kind: InitiatorKind) -> &'static str {
    match kind {
        InitiatorKind::Parser => "the HTML or CSS",
        InitiatorKind::Script => "a script",
        InitiatorKind::Preload => "a preload",
        InitiatorKind::Preflight => "a CORS preflight",
        InitiatorKind::Redirect => "a redirect",
        InitiatorKind::Push => "server push",
        InitiatorKind::EarlyHints => "early hints",
        InitiatorKind::Other => "something else",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::Made;
    use crate::recording::{Joined, Part, PartId, Place, Problem, Provenance, RecordingKind};

    #[test]
    fn each_fact_says_which_file_it_is_from() {
        let part = |kind, at: u64| {
            let provenance = Provenance { kind, ..Made::page("https://a.example/").recording().provenance };
            Part { name: None, provenance, problems: Vec::new(), n_requests: at }
        };
        let parts = vec![part(RecordingKind::Har, 1), part(RecordingKind::ChromeTrace, 2)];
        let facts = vec![(fact::SIZES, PartId(1)), (fact::TIMES, PartId(1)), (fact::RESPONSE_HEADERS, PartId(0))];
        let made = |seen_in: u8| {
            let page = Made::page("https://a.example/").document(|r| r.wait(800.0).bytes(1234, 1000, 4000));
            let (parts, facts) = (parts.clone(), facts.clone());
            page.change(move |recording| {
                let (clock_offset, clock_spread) = (Millis::ZERO, Millis::ZERO);
                let seen_in = vec![seen_in];
                recording.joined = Some(Joined { parts, seen_in, facts, n_matched: 1, clock_offset, clock_spread });
            })
        };
        let check = |seen_in: u8, expected: [&str; 6]| {
            let recording = made(seen_in).recording();
            let details = of(&PageLoad::all(&recording)[0], 0, 0).expect("a request");
            let from =
                |label: &str| details.facts.iter().find(|fact| fact.label == label).map(|fact| fact.from.as_str());
            let [times, responses, requests] = &details.sources;
            let found = [
                from("On the wire"),
                from("Method"),
                Some(times),
                Some(responses),
                Some(requests),
                Some(&details.seen_in),
            ];
            assert_eq!(found.map(Option::unwrap), expected);
        };
        check(3, ["trace", "", "trace", "HAR", "", "In the HAR and the trace"]);
        check(1, ["HAR", "", "HAR", "HAR", "HAR", "Only in the HAR"]);
    }

    #[test]
    fn a_request_tells_all_that_was_recorded() {
        let long = "x".repeat(3000);
        let recording = Made::page("https://a.example/")
            .document(|r| r.wait(800.0).bytes(1234, 1000, 4000).response("x-long", &long).header("accept", "*/*"))
            .change(|recording| {
                let at = |path: &str| Place { path: Some(path.to_owned()), offset: None };
                let problem = |path| Problem {
                    code: "negative-time",
                    level: Level::Info,
                    at: at(path),
                    count: 1,
                    message: format!("At {path}."),
                    consequence: String::new(),
                };
                recording.problems.extend(["log.entries[0].timings", "log.entries[01]", "log"].map(problem));
            })
            .recording();
        let load = &PageLoad::all(&recording)[0];
        assert!(of(load, 0, 9).is_none());
        let details = of(load, 0, 0).expect("a request");
        let fact = |label: &str| details.facts.iter().find(|fact| fact.label == label).map(|fact| fact.value.as_str());
        assert_eq!((details.seen_in.as_str(), details.sources.concat().as_str()), ("", ""));
        assert_eq!(fact("Method"), Some("GET"));
        assert_eq!(fact("On the wire"), Some("1.2 KB (1,234 B)"));
        assert_eq!(fact("Error"), None);
        assert_eq!(details.phases, [("wait".to_owned(), 800.0)]);
        assert_eq!(details.request_headers, [("accept".to_owned(), "*/*".to_owned())]);
        let (name, value) = &details.response_headers[1];
        assert_eq!((name.as_str(), value.len() < 2100, value.ends_with("… (952 B more)")), ("x-long", true, true));
        assert_eq!(details.repaired, ["At log.entries[0].timings."]);
    }
}
