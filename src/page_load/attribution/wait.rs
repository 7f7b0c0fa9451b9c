//! Divides the waiting for one answer among the line, the CDN and the site's servers: by what headers tell of this
//! very request, else by what is known of the host's other answers, else not at all.

use crate::http::cdn::Side;
use crate::http::edge::{Edge, EdgeStatus};
use crate::page_load::attribution::split::{Piece, reasons};
use crate::page_load::attribution::{Owner, RoundTrips};
use crate::page_load::{Certainty, PageLoad, Throttling};
use crate::recording::Request;
use crate::units::Millis;

/// Milliseconds. Accounts and phases are rounded; an account that is longer than the whole waiting by more than this is
/// of another request: it was stored with the response and is told again.
const ROUNDING: Millis = Millis(5.0);

const CDN_HAD_IT: &str = "waiting for the CDN, which answered without asking the site's servers";
const REGIONAL: &str = "waiting for the CDN: a larger cache of it, farther away, had the file";
const CDN_FAILED: &str = "waiting for the CDN, which answered with a failure of its own";
const CDN_BESIDE: &str = "waiting for the CDN, beyond what the site's servers took";
const ORIGIN_ASKED: &str = "waiting for the site's servers: the CDN had to ask them";
const NOT_KEPT: &str = "waiting for the site's servers: their answer may not be kept by the CDN";
const ORIGIN: &str = "waiting for the site's servers to answer";
const UNTOLD: &str = "the CDN in front does not tell whether it had to ask the site's servers";

/// The waiting between a request and the first byte of its answer as pieces that sum to it, each the line's, the
/// CDN's, the site's servers' or nobody's. Whose company's server it was does not count here.
pub fn divide(load: &PageLoad<'_>, round_trips: &RoundTrips, request: Request<'_>, wait: Millis) -> Vec<Piece> {
    let edge = load.edge_of(request.id());
    let round_trip = round_trips.to(load, request.id());
    let (travel, travel_certainty) = round_trip.unwrap_or((Millis::ZERO, Certainty::Estimated));
    let told = |time: Option<Millis>| time.filter(|time| *time <= wait + ROUNDING).map(|time| time.min(wait));
    let (own, origin, total) = (told(edge.edge_time), told(edge.origin_time), told(edge.total_time));
    // What was measured at the other end leaves the line no more than the rest.
    let at_least = origin.or(total).unwrap_or_default();
    let travel = travel.min(wait - at_least);
    let server = wait - travel;
    // Without a known round trip the server's share holds the travel as well.
    let certainty = if round_trip.is_some() { travel_certainty } else { Certainty::Estimated };
    let why = if matches!(load.throttling, Throttling::Yes(_)) { reasons::THROTTLED } else { reasons::TRAVEL };
    let mut pieces = Pieces(vec![Piece { time: travel, owner: Owner::Network, certainty: travel_certainty, why }]);
    let had_it = edge.asked_origin == Some(false);
    match (had_it, origin, own.or(total)) {
        // A hit takes the CDN as long as it says; the rest is the line's.
        (true, _, Some(own)) if edge.status.is_some_and(EdgeStatus::is_from_edge) => {
            pieces.add(own.min(server), Owner::Edge, Certainty::Measured, CDN_HAD_IT);
            pieces.add(server - own.min(server), Owner::Network, Certainty::Derived, reasons::LINE);
        }
        (true, ..) => {
            let why = if edge.status.is_some_and(EdgeStatus::is_from_edge) { CDN_HAD_IT } else { REGIONAL };
            // Slow by how much its own work and how much the line, busy with other answers, nothing tells.
            pieces.add(server, Owner::Edge, Certainty::Estimated, why);
        }
        (false, Some(origin), _) => {
            pieces.add(origin, Owner::Origin, Certainty::Measured, reasons::ORIGIN_SAYS);
            let rest = server - origin;
            match (own, edge.vendor) {
                (Some(own), _) => {
                    let own = own.min(rest);
                    pieces.add(own, Owner::Edge, Certainty::Measured, CDN_BESIDE);
                    pieces.add(rest - own, Owner::Network, Certainty::Derived, reasons::LINE);
                }
                (None, Some(_)) => pieces.add(rest, Owner::Edge, Certainty::Estimated, CDN_BESIDE),
                (None, None) => pieces.add(rest, Owner::Origin, certainty, ORIGIN),
            }
        }
        (false, None, _) => match total.filter(|_| edge.asked_origin == Some(true)) {
            Some(total) => {
                pieces.add(total, Owner::Origin, Certainty::Derived, ORIGIN_ASKED);
                pieces.add(server - total, Owner::Network, Certainty::Derived, reasons::LINE);
            }
            None => untold(&mut pieces, load, round_trips, request, &edge, (server, certainty)),
        },
    }
    pieces.0
}

/// Nobody tells how long it took: by whether the origin was asked, and by what the host's answers from the edge took.
fn untold(
    pieces: &mut Pieces,
    load: &PageLoad<'_>,
    round_trips: &RoundTrips,
    request: Request<'_>,
    edge: &Edge,
    (server, certainty): (Millis, Certainty),
) {
    let is_silent = edge.vendor.is_some() && matches!(edge.status, None | Some(EdgeStatus::Unknown));
    match edge.error.map(|error| error.side) {
        Some(Side::Edge) => return pieces.add(server, Owner::Edge, certainty, CDN_FAILED),
        Some(Side::Origin) => return pieces.add(server, Owner::Origin, certainty, ORIGIN_ASKED),
        None => {}
    }
    if edge.asked_origin == Some(true) {
        let travel = pieces.0.first().map_or(Millis::ZERO, |piece| piece.time);
        let at_edge = round_trips.hit_wait(load, request.id()).map(|hit| (hit - travel).at_least_zero().min(server));
        return match at_edge {
            Some(at_edge) => {
                pieces.add(at_edge, Owner::Edge, Certainty::Estimated, CDN_BESIDE);
                pieces.add(server - at_edge, Owner::Origin, Certainty::Estimated, ORIGIN_ASKED);
            }
            None => pieces.add(server, Owner::Origin, certainty, ORIGIN_ASKED),
        };
    }
    let shared = load.caching_of(request.id()).and_then(|caching| caching.shared);
    match shared {
        _ if !is_silent => pieces.add(server, Owner::Origin, certainty, ORIGIN),
        Some(shared) if shared.storable && !shared.asks_always => {
            pieces.add(server, Owner::Unknown, Certainty::Estimated, UNTOLD);
        }
        _ => pieces.add(server, Owner::Origin, Certainty::Estimated, NOT_KEPT),
    }
}

struct Pieces(Vec<Piece>);

impl Pieces {
    fn add(&mut self, time: Millis, owner: Owner, certainty: Certainty, why: &'static str) {
        self.0.push(Piece { time, owner, certainty, why });
    }
}
