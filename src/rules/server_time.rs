//! How much of a request's waiting was the server's, and whose server that was.

use crate::page_load::attribution::{RoundTrips, divide_wait};
use crate::page_load::connections::used_transport;
use crate::page_load::{Owner, PageLoad};
use crate::recording::{Request, RequestId, ResourceKind};
use crate::rules::text::{Part, message};
use crate::rules::{Evidence, Message};
use crate::units::Millis;

/// Milliseconds. A shorter round trip is an answer that was there before it was asked for (pushed, prefetched), or the
/// own machine: no way worth telling.
const SHORTEST_WAY: Millis = Millis(1.0);

/// What is known of the round trips of a load.
pub struct ServerTimes {
    round_trips: RoundTrips,
}

/// The wait of a request, divided.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ServerTime {
    /// From the last byte sent to the first byte of the answer.
    pub wait: Millis,
    /// The part of it that is the way there and back.
    pub travel: Millis,
    /// The rest: the server at work.
    pub server: Millis,
    /// Who can shorten that: the site's own servers, the CDN, or whoever of them it was.
    pub owner: Owner,
}

impl ServerTimes {
    /// Looks at all requests of a load.
    pub fn of(load: &PageLoad<'_>) -> Self {
        Self { round_trips: RoundTrips::of(load) }
    }

    /// Divides the wait of a request; `None`: it did not wait for a server, or the recording does not tell.
    pub fn divide(&self, load: &PageLoad<'_>, request: Request<'_>) -> Option<ServerTime> {
        if !used_transport(request) || request.via_service_worker() || request.status().is_none_or(|s| s == 0) {
            return None;
        }
        let wait = request.phases().wait?;
        let pieces = divide_wait(load, &self.round_trips, request, wait);
        let of = |owner: Owner| pieces.iter().filter(|piece| piece.owner == owner).map(|piece| piece.time).sum();
        let line: Millis = of(Owner::Network);
        let travel = Some(line.min(wait)).filter(|travel| SHORTEST_WAY <= *travel).unwrap_or_default();
        let largest = [Owner::Origin, Owner::Edge, Owner::Unknown].into_iter().reduce(|largest, owner| {
            let (a, b): (Millis, Millis) = (of(largest), of(owner));
            if a < b { owner } else { largest }
        });
        Some(ServerTime { wait, travel, server: wait - travel, owner: largest.unwrap_or(Owner::Origin) })
    }
}

/// The line that proves a server's time: the wait, the way, and what the server itself says.
pub fn evidence(request: RequestId, time: ServerTime) -> Evidence {
    let text = if Millis::ZERO < time.travel {
        message!["waited ", time.wait, ", of which about ", time.travel, " was the way there and back"]
    } else {
        message!["waited ", time.wait]
    };
    Evidence { request: Some(request), text }
}

/// The server's own account, if it gives one: the header line and the parts in it that have a duration.
pub fn account(request: Request<'_>) -> Option<Evidence> {
    let line = |name| request.response_header(name).next().map(|_| Part::ResponseHeader(request.id(), name));
    let said = line("server-timing").or_else(|| line("x-runtime"))?;
    Some(Evidence { request: Some(request.id()), text: Message(vec![said]) })
}

/// Whether scripts asked for it as data.
pub fn is_api_call(kind: ResourceKind) -> bool {
    matches!(kind, ResourceKind::Xhr | ResourceKind::Fetch)
}
