//! Connections: what setting them up cost, who reused them, who queued for one.

use crate::order::Arrange;
use std::collections::BTreeMap;

use crate::http::url::Url;
use crate::page_load::PageLoad;
use crate::recording::{Protocol, Request, RequestId, Source};
use crate::text::StrId;
use crate::units::{Millis, TimeSpan};

/// Connections that browsers open at most to one host over HTTP/1.1 (Chromium `kMaxSocketsPerGroup`, Firefox
/// `network.http.max-persistent-connections-per-server`, WebKit `maximumHTTPConnectionCountPerHost`).
pub const SLOTS_PER_HOST: usize = 6;

/// Milliseconds. A shorter stay in the queue is the browser's own bookkeeping, not a wait for a connection.
const SHORTEST_QUEUE: Millis = Millis(1.0);

/// Milliseconds. Recorded ends are rounded, so a request may seem to start this long before the connection was free.
const ROUNDING: Millis = Millis(1.0);

/// Handle of a connection in [`Connections::all`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId(pub u32);

/// One connection of a load.
#[derive(Clone, Debug)]
pub struct Connection {
    /// Scheme, host and port as [`Url::origin`] writes them.
    pub origin: String,
    /// Its HTTP version, if a request on it tells.
    pub protocol: Option<Protocol>,
    /// Its requests in order of start.
    pub requests: Vec<RequestId>,
    /// DNS + connect + TLS as paid by its first request; `None`: it was open before, or not recorded.
    pub set_up: Option<Millis>,
    /// Whether the recording names the connection; else it is inferred from origin, address and set-up times.
    pub recorded: bool,
    /// Server address.
    pub server_ip: Option<StrId>,
}

/// The connections of a load.
#[derive(Clone, Debug, Default)]
pub struct Connections {
    /// In the order of their first request.
    pub all: Vec<Connection>,
    /// Connection of each request, same order as `PageLoad::requests`; `None`: no network, or not known.
    pub of_request: Vec<Option<ConnectionId>>,
    /// Requests that waited for a free HTTP/1.1 connection of their host, with the time they waited; ids ascend.
    pub queued_for_slot: Vec<(RequestId, Millis)>,
}

impl Connections {
    /// One connection.
    pub fn get(&self, id: ConnectionId) -> Option<&Connection> {
        self.all.get(id.0 as usize)
    }

    /// How long a request waited for a free HTTP/1.1 connection; zero if it did not.
    pub fn slot_wait(&self, request: RequestId) -> Millis {
        let at = self.queued_for_slot.binary_search_by_key(&request, |(queued, _)| *queued);
        at.ok().and_then(|at| self.queued_for_slot.get(at)).map_or(Millis::ZERO, |(_, time)| *time)
    }
}

/// What connections and host limits are reckoned by; `None` for addresses without a host. A WebSocket begins as an HTTP
/// request to the same place.
pub fn origin(url: &Url<'_>) -> Option<String> {
    let origin = url.origin();
    let origin = match origin.strip_prefix("ws") {
        Some(rest) => format!("http{rest}"),
        None => origin,
    };
    (!url.host.is_empty()).then_some(origin)
}

/// Groups the requests of a load by connection.
pub fn derive(load: &PageLoad<'_>) -> Connections {
    let mut pool = Pool::default();
    for (request, resource) in load.iter() {
        let origin = resource.url.as_ref().and_then(origin);
        let connection = match origin {
            Some(origin) if resource.is_network && used_transport(request) => Some(pool.assign(request, origin)),
            _ => None,
        };
        pool.result.of_request.push(connection);
    }
    let queued_for_slot = queued_for_slot(load);
    Connections { queued_for_slot, ..pool.result }
}

/// Whether the request took a connection: not from a cache or a service worker, and some phase of it shows transport.
pub fn used_transport(request: Request<'_>) -> bool {
    let by_network = matches!(request.source(), None | Some(Source::Network | Source::Revalidated | Source::Push));
    let phases = request.phases();
    by_network && (phases.wait.is_some() || phases.connect.is_some() || phases.tls.is_some() || phases.send.is_some())
}

/// The connections met so far, and which of them a request without a recorded connection may use.
#[derive(Default)]
struct Pool {
    result: Connections,
    by_recorded_id: BTreeMap<StrId, ConnectionId>,
    /// The youngest multiplexing connection of an origin.
    shared: BTreeMap<String, ConnectionId>,
    /// The youngest multiplexing connection to a server's address; for hosts that share one (RFC 9113 §9.1.1).
    shared_by_ip: BTreeMap<(StrId, Option<Protocol>), ConnectionId>,
    /// Connections of an origin that take one request at a time, by the end of their last one in µs.
    exclusive: BTreeMap<String, BTreeMap<(i64, ConnectionId), ()>>,
}

impl Pool {
    fn assign(&mut self, request: Request<'_>, origin: String) -> ConnectionId {
        let id = match request.connection() {
            Some(recorded) => self.recorded(request, origin, recorded),
            None => self.inferred(request, origin),
        };
        if let Some(connection) = self.result.all.get_mut(id.0 as usize) {
            connection.requests.push(request.id());
            connection.protocol = connection.protocol.or(request.protocol());
            connection.server_ip = connection.server_ip.or(request.server_ip());
        }
        id
    }

    fn recorded(&mut self, request: Request<'_>, origin: String, recorded: StrId) -> ConnectionId {
        match self.by_recorded_id.get(&recorded) {
            Some(&known) => {
                // Speculative connections: whoever waited for the set-up need not be who started first.
                if let (Some(connection), Some(set_up)) = (self.result.all.get_mut(known.0 as usize), set_up(request)) {
                    connection.set_up.get_or_insert(set_up);
                }
                known
            }
            None => {
                let opened = self.open(request, origin, true);
                self.by_recorded_id.insert(recorded, opened);
                opened
            }
        }
    }

    fn inferred(&mut self, request: Request<'_>, origin: String) -> ConnectionId {
        let multiplexes = matches!(request.protocol(), Some(Protocol::H2 | Protocol::H3 | Protocol::Spdy));
        if multiplexes {
            let by_ip = request.server_ip().map(|ip| (ip, request.protocol()));
            let open = self.shared.get(&origin).or_else(|| self.shared_by_ip.get(&by_ip?)).copied();
            let connection = match (open, set_up(request)) {
                (Some(open), None) => open,
                _ => self.open(request, origin.clone(), false),
            };
            self.shared.insert(origin, connection);
            if let Some(by_ip) = by_ip {
                self.shared_by_ip.insert(by_ip, connection);
            }
            return connection;
        }
        let micros = |time: Option<Millis>| time.map_or(i64::MAX, |time| (time.0 * 1_000.0) as i64);
        let free = match (set_up(request), request.start()) {
            (None, Some(start)) => {
                let free_by = (micros(Some(start + ROUNDING)), ConnectionId(u32::MAX));
                let free = self.exclusive.get(&origin).and_then(|of_origin| of_origin.range(..free_by).next_back());
                free.map(|(key, ())| *key)
            }
            _ => None,
        };
        let connection = match free {
            Some((_, connection)) => connection,
            None => self.open(request, origin.clone(), false),
        };
        let of_origin = self.exclusive.entry(origin).or_default();
        if let Some(free) = free {
            of_origin.remove(&free);
        }
        of_origin.insert((micros(request.end()), connection), ());
        connection
    }

    fn open(&mut self, request: Request<'_>, origin: String, recorded: bool) -> ConnectionId {
        let id = ConnectionId(self.result.all.len() as u32);
        self.result.all.push(Connection {
            origin,
            protocol: request.protocol(),
            requests: Vec::new(),
            set_up: set_up(request),
            recorded,
            server_ip: request.server_ip(),
        });
        id
    }
}

/// What the request paid for a new connection; `None` if it used one that was open. A name look-up alone opens none.
fn set_up(request: Request<'_>) -> Option<Millis> {
    let phases = request.phases();
    let handshake = phases.connect.unwrap_or_default() + phases.tls.unwrap_or_default();
    if Millis::ZERO < handshake { phases.set_up() } else { None }
}

/// Requests over HTTP/1.1 that sat in the queue while all connections of their host were busy. The count is taken in
/// the middle of the wait: at its edges connections are just being freed and taken.
fn queued_for_slot(load: &PageLoad<'_>) -> Vec<(RequestId, Millis)> {
    /// Requests of one origin: when they held a connection, and who waited for one.
    #[derive(Default)]
    struct Host {
        starts: Vec<Millis>,
        ends: Vec<Millis>,
        waited: Vec<(RequestId, TimeSpan)>,
    }
    let mut hosts: BTreeMap<String, Host> = BTreeMap::new();
    for (request, resource) in load.network() {
        let one_at_a_time = matches!(request.protocol(), Some(Protocol::Http11 | Protocol::Http10));
        let origin = resource.url.as_ref().and_then(origin);
        let (Some(origin), Some(start), Some(end)) = (origin, request.start(), request.end()) else { continue };
        if !one_at_a_time || !used_transport(request) {
            continue;
        }
        let host = hosts.entry(origin).or_default();
        let queued = request.phases().queued.unwrap_or_default();
        host.starts.push(start + queued);
        host.ends.push(end);
        let known_otherwise = request.held_back().unwrap_or_default() + request.proxy().unwrap_or_default();
        let waited = TimeSpan { start: (start + known_otherwise).min(start + queued), end: start + queued };
        if SHORTEST_QUEUE <= waited.duration() {
            host.waited.push((request.id(), waited));
        }
    }
    let mut all = Vec::new();
    for host in hosts.values_mut() {
        host.starts.arrange_by(Millis::total_cmp);
        host.ends.arrange_by(Millis::total_cmp);
        for (request, waited) in &host.waited {
            let middle = waited.start + waited.duration() * 0.5;
            let begun = host.starts.partition_point(|start| *start <= middle);
            let over = host.ends.partition_point(|end| *end <= middle);
            if SLOTS_PER_HOST <= begun.saturating_sub(over) {
                all.push((*request, waited.duration()));
            }
        }
    }
    all.arrange_by_key(|(request, _)| *request);
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::Made;

    /// `connections`: the entries on each connection, in order.
    #[track_caller]
    fn check(made: Made, connections: &[&[u32]]) {
        let recording = made.recording();
        let load = &PageLoad::all(&recording)[0];
        let found: Vec<Vec<u32>> =
            load.connections.all.iter().map(|c| c.requests.iter().map(|r| r.0).collect()).collect();
        assert_eq!(found, connections);
    }

    fn http11(made: Made, url: &str, start: f64, queued: f64, wait: f64) -> Made {
        made.request(url, |r| {
            r.start(start).wait(wait).change(|row| {
                row.protocol = Some(Protocol::Http11);
                row.phases.queued = Some(Millis(queued));
            })
        })
    }

    #[test]
    fn requests_of_one_origin_share_a_multiplexed_connection() {
        let made = Made::page("https://a.example/")
            .document(|r| r.set_up(1.0, 10.0, 20.0))
            .request("https://a.example/1", |r| r.start(50.0))
            .request("https://b.example/2", |r| r.start(50.0).set_up(1.0, 10.0, 20.0))
            .request("https://a.example:443/3", |r| r.start(50.0))
            .request("https://b.example/4", |r| r.start(60.0).set_up(0.0, 10.0, 20.0));
        check(made, &[&[0, 1, 3], &[2], &[4]]);
    }

    #[test]
    fn http11_requests_that_overlap_are_on_different_connections() {
        let mut made = Made::page("https://a.example/");
        for (start, wait) in [(0.0, 100.0), (10.0, 20.0), (40.0, 10.0), (45.0, 10.0), (120.0, 5.0)] {
            made = http11(made, "https://a.example/x", start, 0.0, wait);
        }
        check(made, &[&[0, 4], &[1, 2], &[3]]);
    }

    #[test]
    fn seventh_request_to_a_host_queues() {
        let mut made = Made::page("https://a.example/");
        for _ in 0..6 {
            made = http11(made, "https://a.example/x", 0.0, 0.0, 100.0);
        }
        made = http11(made, "https://a.example/late", 0.0, 100.0, 50.0);
        made = http11(made, "https://b.example/other-host", 0.0, 100.0, 50.0);
        let recording = made.recording();
        let load = &PageLoad::all(&recording)[0];
        assert_eq!(load.connections.queued_for_slot, [(RequestId(6), Millis(100.0))]);
        assert_eq!(load.connections.slot_wait(RequestId(6)), Millis(100.0));
    }

    #[test]
    fn no_connection_for_what_did_not_use_one() {
        let made = Made::page("https://a.example/")
            .request("https://a.example/x", |r| r.change(|row| row.source = Some(Source::DiskCache)))
            .request("data:text/plain,x", |r| r);
        check(made, &[]);
    }
}
