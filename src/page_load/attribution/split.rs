//! Divides one request among owners by its phases.

use crate::page_load::attribution::split::reasons::{CONNECT, DNS, FOR_CONNECTION, FOR_SLOT, HELD_BACK, RECEIVE, TLS};
use crate::page_load::attribution::{Owner, PathStep, RoundTrips, wait, worker};
use crate::page_load::document::is_hop;
use crate::page_load::downloads::FIRST_FLIGHT;
use crate::page_load::{Certainty, PageLoad, Party, Server, downloads, service_worker};
use crate::recording::{CompletionState, Phase, Request, RequestId, Source};
use crate::units::{Millis, TimeSpan};

/// Milliseconds. Recorded phases are rounded; a smaller remainder of a duration belongs to its last phase.
const ROUNDING: Millis = Millis(1.0);

/// Milliseconds. The slowest of Chromium's throttled lines (50 kB/s) needs less for [`FIRST_FLIGHT`].
const TRICKLE: Millis = Millis(300.0);

/// Reasons that the verdict words in its own way.
#[allow(missing_docs)] // they are their own words
pub mod reasons {
    pub const HELD_BACK: &str = "held back by the browser in favor of more urgent files";
    pub const FOR_SLOT: &str = "waiting for a free connection: the server speaks only HTTP/1.1";
    pub const FOR_CONNECTION: &str = "waiting for a connection to the server";
    pub const DNS: &str = "looking up the address of the server";
    pub const CONNECT: &str = "connecting to the server";
    pub const TLS: &str = "setting up encryption with the server";
    pub const THROTTLED: &str = "the round trip to the server, mostly the delay that the recording's throttling adds";
    pub const TRAVEL: &str = "the round trip to the server";
    pub const LINE: &str = "on the way between visitor and CDN: by their own accounts neither end spent it";
    pub const RECEIVE: &str = "receiving the answer";
    pub const ORIGIN_SAYS: &str = "the time that the site's servers say they took";
    pub const WORKER_STARTS: &str = "waiting for the page's service worker to start";
    pub const IN_WORKER: &str = "in the page's service worker";
    pub const WORKER_OR_SERVER: &str =
        "the page's service worker asked the server, and the file does not tell which of the two took how long";
    pub const PIECEMEAL: &str = "waiting for the rest of the page, which the server sent piece by piece";
}

const UNDIVIDED: &str = "the file does not tell how the time of this request divides";

/// A stretch of a request: how long, whose, how certain, why.
#[allow(missing_docs)]
pub struct Piece {
    pub time: Millis,
    pub owner: Owner,
    pub certainty: Certainty,
    pub why: &'static str,
}

/// Appends the steps of `request` within `within`, without gaps. The part of `within` before the request's start or
/// after its end (there is none by construction of the way) would be laid at the last step.
pub fn divide(
    load: &PageLoad<'_>,
    round_trips: &RoundTrips,
    request: RequestId,
    within: TimeSpan,
    path: &mut Vec<PathStep>,
) {
    let Some(span) = load.span(request) else { return };
    let pieces = pieces(load, round_trips, load.request(request), span.duration());
    let mut from = span.start;
    let mut reached = within.start;
    let n_pieces = pieces.len();
    for (at, piece) in pieces.into_iter().enumerate() {
        let to = if at + 1 == n_pieces { within.end } else { (from + piece.time).min(within.end) };
        from += piece.time;
        if to <= reached {
            continue;
        }
        let span = TimeSpan { start: reached, end: to };
        reached = to;
        match path.last_mut() {
            Some(last) if last.request == Some(request) && last.owner == piece.owner && last.why == piece.why => {
                last.span.end = to;
                last.certainty = last.certainty.max(piece.certainty);
            }
            _ => path.push(PathStep {
                request: Some(request),
                span,
                owner: piece.owner,
                certainty: piece.certainty,
                why: piece.why,
            }),
        }
    }
}

/// The request's life as pieces that sum to its duration. Never empty.
pub fn pieces(load: &PageLoad<'_>, round_trips: &RoundTrips, request: Request<'_>, duration: Millis) -> Vec<Piece> {
    let piece = |time, owner, certainty, why| Piece { time, owner, certainty, why };
    match request.source() {
        _ if service_worker::took_part(request) => return worker::divide(load, round_trips, request, duration),
        Some(Source::MemoryCache | Source::DiskCache | Source::PrefetchCache | Source::Inline) => {
            return vec![piece(duration, Owner::Client, Certainty::Measured, "read from the browser's own cache")];
        }
        None | Some(Source::Network | Source::Push | Source::Revalidated | Source::ServiceWorker) => {}
    }
    let phases = request.phases();
    let undivided = Phase::ALL.iter().all(|phase| phases.get(*phase).is_none());
    if undivided {
        return undivided_pieces(load, round_trips, request, duration);
    }
    let mut pieces = Vec::new();
    queue(load, request, phases.queued.unwrap_or_default(), &mut pieces);
    let set_up =
        [(phases.dns, DNS), (phases.connect, CONNECT), (phases.tls, TLS), (phases.send, "sending the request")];
    for (time, why) in set_up {
        pieces.push(piece(time.unwrap_or_default(), Owner::Network, Certainty::Measured, why));
    }
    wait(load, round_trips, request, phases.wait.unwrap_or_default(), &mut pieces);
    let receive = phases.receive.unwrap_or_default();
    let trickled = if trickles(load, request, receive) { receive - TRICKLE } else { Millis::ZERO };
    pieces.push(piece(receive - trickled, Owner::Network, Certainty::Derived, RECEIVE));
    if Millis::ZERO < trickled {
        pieces.push(piece(trickled, Owner::Origin, Certainty::Estimated, reasons::PIECEMEAL));
    }
    let rest = duration - phases.total();
    if ROUNDING < rest {
        let why = "the file does not tell what the rest of the request's time was";
        pieces.push(piece(rest, Owner::Unknown, Certainty::Estimated, why));
    }
    pieces
}

/// Whether the page came far too slowly for its few bytes, while nothing else was on the line: its server did not have
/// them yet. Of other files on the way this is not asked, as it takes a look at all requests.
fn trickles(load: &PageLoad<'_>, request: Request<'_>, receive: Millis) -> bool {
    let is_small = downloads::sent_bytes(request).is_some_and(|sent| sent <= FIRST_FLIGHT);
    if load.document.request != Some(request.id()) || receive < TRICKLE + TRICKLE || !is_small {
        return false;
    }
    let Some(span) = downloads::receive_span(load, request) else { return false };
    let beside = load.network().filter(|(other, _)| {
        other.id() != request.id()
            && load.span(other.id()).is_some_and(|other| other.start < span.end && span.start < other.end)
    });
    let bytes: u64 = beside.map(|(other, _)| downloads::sent_bytes(other).map_or(0, |bytes| bytes.0)).sum();
    bytes <= FIRST_FLIGHT.0
}

/// Of a request that was recorded as a whole. Chromium writes down failures so, but how long it held them back. If the
/// server did answer and the way to it is known from others of its requests, the rest is taken for waiting.
fn undivided_pieces(
    load: &PageLoad<'_>,
    round_trips: &RoundTrips,
    request: Request<'_>,
    duration: Millis,
) -> Vec<Piece> {
    let held_back = request.held_back().unwrap_or_default().min(duration);
    let rest = duration - held_back;
    let mut pieces =
        vec![Piece { time: held_back, owner: Owner::Client, certainty: Certainty::Measured, why: HELD_BACK }];
    // A redirect was an answer, although a trace has no status of it.
    let is_answered = request.status().is_some() && round_trips.to(load, request.id()).is_some();
    if is_answered || (request.status().is_none() && is_hop(request)) {
        wait(load, round_trips, request, rest, &mut pieces);
        pieces.iter_mut().skip(1).for_each(|piece| piece.certainty = Certainty::Estimated);
    } else {
        pieces.push(Piece { time: rest, owner: Owner::Unknown, certainty: Certainty::Estimated, why: UNDIVIDED });
    }
    pieces
}

/// Before the network is touched: held back by the browser, waiting for a connection, talking to a proxy.
fn queue(load: &PageLoad<'_>, request: Request<'_>, queued: Millis, pieces: &mut Vec<Piece>) {
    let held_back = request.held_back().unwrap_or_default().min(queued);
    let proxy = request.proxy().unwrap_or_default().min(queued - held_back);
    let rest = queued - held_back - proxy;
    pieces.push(Piece { time: held_back, owner: Owner::Client, certainty: Certainty::Measured, why: HELD_BACK });
    pieces.push(Piece {
        time: proxy,
        owner: Owner::Network,
        certainty: Certainty::Measured,
        why: "negotiating with a proxy",
    });
    let (owner, certainty, why) = if request.phases().total() <= queued
        && request.completion() != CompletionState::Finished
    {
        // Of requests that failed or were blocked, browsers write down no more than when they ended.
        (Owner::Unknown, Certainty::Estimated, "the request failed, and the file does not tell how its time divides")
    } else if Millis::ZERO < load.connections.slot_wait(request.id()) {
        let owner = match load.server_of(request.id()) {
            Server::Site => Owner::Origin,
            Server::Others => Owner::ThirdParty,
            Server::Untold => Owner::Unknown,
        };
        (owner, Certainty::Derived, FOR_SLOT)
    } else if request.held_back().is_some() {
        // Chromium tells the two apart; what it did not hold back itself waited for a connection to be set up.
        (Owner::Network, Certainty::Derived, FOR_CONNECTION)
    } else {
        (Owner::Client, Certainty::Estimated, "waiting in the browser before being sent")
    };
    pieces.push(Piece { time: rest, owner, certainty, why });
}

const OTHERS: &str = "waiting for another company's server to answer";
const ANYBODYS: &str = "waiting for a CDN of which the file does not tell whether it is the site's";

/// Between request and answer: the line, the CDN, whoever made the answer; another company's server is its own affair.
fn wait(load: &PageLoad<'_>, round_trips: &RoundTrips, request: Request<'_>, wait: Millis, pieces: &mut Vec<Piece>) {
    let is_by_name = load.resource(request.id()).is_none_or(|resource| resource.party == Party::First);
    let server = load.server_of(request.id());
    for mut piece in wait::divide(load, round_trips, request, wait) {
        match server {
            _ if piece.owner == Owner::Network => {}
            Server::Site if is_by_name => {}
            // That it is the site's is likely, not told.
            Server::Site => piece.certainty = Certainty::Estimated,
            Server::Others => (piece.owner, piece.why) = (Owner::ThirdParty, OTHERS),
            Server::Untold => (piece.owner, piece.why) = (Owner::Unknown, ANYBODYS),
        }
        pieces.push(piece);
    }
}
