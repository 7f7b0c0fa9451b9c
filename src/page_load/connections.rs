//! Connections: what setting them up cost, who reused them, who queued for one.

use crate::page_load::PageLoad;
use crate::recording::{Protocol, RequestId};
use crate::text::StrId;
use crate::units::Millis;

/// Handle of a connection in [`Connections::all`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId(pub u32);

/// One connection of a load.
#[derive(Clone, Debug)]
pub struct Connection {
    /// `scheme://host:port` in canonical form.
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
    /// Requests that waited for a free HTTP/1.1 connection of their host, with the time they waited.
    pub queued_for_slot: Vec<(RequestId, Millis)>,
}

/// Groups the requests of a load by connection.
pub fn derive(load: &PageLoad<'_>) -> Connections {
    let _ = load;
    Connections::default()
}
