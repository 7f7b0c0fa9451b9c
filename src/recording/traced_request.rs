//! What a browser tells of a request beyond what a HAR can say.

use crate::recording::FrameId;
use crate::text::StrId;
use crate::units::Millis;

/// A request as the browser's own threads saw it. Instants are offsets from the recording's origin; the derivations
/// are those of Chrome DevTools.
#[derive(Clone, Debug, Default)]
pub struct TracedRequest {
    /// Chrome's id of it; the hops of a redirect share it.
    pub recorded_id: Option<StrId>,
    /// Whether this is a hop: the answer was a redirect, and the next row with the same id follows it.
    pub is_redirect_hop: bool,
    /// The frame that asked.
    pub frame: Option<FrameId>,
    /// Process and thread that asked.
    pub thread: (i64, i64),
    /// When the renderer or the browser asked, redirects included.
    pub start: Millis,
    /// When the last redirect was followed; `start` without one.
    pub last_start: Millis,
    /// When the network took it up; `None` without network times.
    pub network_start: Option<Millis>,
    /// When it was sent.
    pub sent: Option<Millis>,
    /// The first byte of the answer.
    pub first_byte: Option<Millis>,
    /// The last byte of the answer's headers.
    pub headers_end: Option<Millis>,
    /// When the network was done with it; the end of it all if that is not recorded.
    pub network_end: Millis,
    /// When the renderer was done with it.
    pub end: Millis,
    /// Whether the end was recorded.
    pub is_finished: bool,
    /// Whether the browser recorded network times.
    pub has_timing: bool,
    /// Waiting before the network took it up.
    pub queueing: Millis,
    /// From there until something happened: look-up, connection, sending.
    pub stalled: Millis,
    /// Proxy negotiation.
    pub proxy: Millis,
    /// Name look-up.
    pub dns: Millis,
    /// Connecting, TLS included.
    pub connect: Millis,
    /// TLS.
    pub tls: Millis,
    /// Sending.
    pub send: Millis,
    /// From the last byte sent to the end of the answer's headers.
    pub waiting: Millis,
    /// From the last byte sent to the first byte of the answer.
    pub server_response: Millis,
    /// From the end of the headers to the last byte.
    pub download: Millis,
    /// `fetchpriority`: high, low or auto.
    pub fetch_priority: FetchPriority,
    /// Whether the priority was changed on the way.
    pub priority_changed: bool,
    /// Whether the answer came from the browser's disk cache.
    pub from_disk_cache: bool,
    /// Whether the answer came from the renderer's memory.
    pub from_memory_cache: bool,
    /// Top of the stack of scripts that asked.
    pub script: Option<StrId>,
    /// How many frames that stack has.
    pub n_stack_frames: u32,
    /// What asked, in more detail than the row tells (`initiator.fetchType`).
    pub fetch_type: Option<StrId>,
}

/// What `fetchpriority` says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)] // the names are the field's own
pub enum FetchPriority {
    #[default]
    Auto,
    High,
    Low,
}
