//! How much of a request's waiting was the server's, and whose server that was.

use crate::page_load::attribution::{RoundTrips, divide_wait};
use crate::page_load::connections::used_transport;
use crate::page_load::{Owner, PageLoad};
use crate::recording::{Request, RequestId, ResourceKind};
use crate::rules::text::{Part, message};
use crate::rules::{Evidence, Message};
use crate::units::Millis;

/// Answers, and static files among them. When this many all took at least some time, that time is the line's (or one
/// that DevTools' throttling adds to each answer, which handshakes do not show), not every single server's: static
/// files need none.
const FLOOR_NEEDS: (usize, usize) = (5, 3);

/// Milliseconds. A shorter round trip is an answer that was there before it was asked for (pushed, prefetched), or the
/// own machine: no way worth telling.
const SHORTEST_WAY: Millis = Millis(1.0);

/// What is known of the round trips of a load.
pub struct ServerTimes {
    round_trips: RoundTrips,
    /// No answer of the whole load came faster than this.
    floor: Millis,
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
        let mut waits = Vec::new();
        let mut n_static = 0;
        for (request, resource) in load.network() {
            let wait = request.phases().wait.filter(|wait| Millis::ZERO < *wait);
            let Some(wait) = wait.filter(|_| used_transport(request)) else { continue };
            if request.status().is_some_and(|status| status != 0) {
                waits.push(wait);
                n_static += usize::from(is_static(resource.kind));
            }
        }
        let tells = FLOOR_NEEDS.0 <= waits.len() && FLOOR_NEEDS.1 <= n_static;
        let shortest = waits.into_iter().min_by(Millis::total_cmp).filter(|_| tells);
        Self { round_trips: RoundTrips::of(load), floor: shortest.unwrap_or_default() }
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
        let travel = Some(line.max(self.floor).min(wait)).filter(|travel| SHORTEST_WAY <= *travel).unwrap_or_default();
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

fn is_static(kind: ResourceKind) -> bool {
    use ResourceKind::{Font, Image, Media, Script, Stylesheet};
    matches!(kind, Stylesheet | Script | Font | Image | Media)
}

/// Whether scripts asked for it as data.
pub fn is_api_call(kind: ResourceKind) -> bool {
    matches!(kind, ResourceKind::Xhr | ResourceKind::Fetch)
}
