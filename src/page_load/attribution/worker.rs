//! Divides a request that the page's service worker answered: the worker's own time, and what it waited for itself.

use crate::page_load::attribution::split::{Piece, pieces, reasons};
use crate::page_load::attribution::{Owner, RoundTrips};
use crate::page_load::service_worker::own_fetch;
use crate::page_load::{Certainty, PageLoad};
use crate::recording::{Request, Source};
use crate::units::Millis;

/// The request's life as pieces that sum to its duration.
pub fn divide(load: &PageLoad<'_>, round_trips: &RoundTrips, request: Request<'_>, duration: Millis) -> Vec<Piece> {
    let piece = |time, owner, certainty, why| Piece { time, owner, certainty, why };
    let of_worker = |time, certainty| piece(time, Owner::Client, certainty, reasons::IN_WORKER);
    let phases = request.phases();
    let queued = phases.queued.unwrap_or_default().min(duration);
    let held_back = request.held_back().unwrap_or_default().min(queued);
    let has_asked = request.source() == Some(Source::Network);
    let receive = if has_asked { phases.receive.unwrap_or_default().min(duration - queued) } else { Millis::ZERO };
    let waited = duration - queued - receive;
    let mut all = vec![
        piece(held_back, Owner::Client, Certainty::Measured, reasons::HELD_BACK),
        piece(queued - held_back, Owner::Client, Certainty::Measured, reasons::WORKER_STARTS),
    ];
    let own = own_fetch(load, request).map(|own| load.request(own));
    let origin = load.edge_of(request.id()).origin_time.filter(|time| *time <= waited);
    match (own, origin, load.span(request.id())) {
        (Some(own), _, Some(span)) => {
            let asked_at = load.span(own.id()).map_or(span.start, |own| own.start);
            let before = (asked_at - span.start - queued).at_least_zero().min(waited);
            let mut left = waited - before;
            all.push(of_worker(before, Certainty::Derived));
            for mut part in pieces(load, round_trips, own, own.duration().unwrap_or_default()) {
                part.time = part.time.min(left);
                left = left - part.time;
                all.push(part);
            }
            all.push(of_worker(left, Certainty::Derived));
        }
        (None, Some(origin), _) if has_asked => {
            all.push(of_worker(waited - origin, Certainty::Estimated));
            all.push(piece(origin, Owner::Origin, Certainty::Measured, reasons::ORIGIN_SAYS));
        }
        _ if has_asked => all.push(piece(waited, Owner::Unknown, Certainty::Estimated, reasons::WORKER_OR_SERVER)),
        _ => all.push(of_worker(waited, Certainty::Measured)),
    }
    all.push(piece(receive, Owner::Network, Certainty::Derived, reasons::RECEIVE));
    all
}
