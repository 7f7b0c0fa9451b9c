//! What each request is: its kind, its party, who asked for it, whether it held rendering back.

use crate::http::url::Url;
use crate::page_load::parties::Entity;
use crate::page_load::{Certainty, PageLoad, Party};
use crate::recording::{RenderBlocking, RequestId, ResourceKind};

/// Whether a request held rendering back, and how we know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Blocking {
    pub how: RenderBlocking,
    /// `Measured`: the browser said so. `Derived`: read from the document's HTML.
    pub certainty: Certainty,
}

/// What a request is in its load.
#[derive(Clone, Debug)]
pub struct Resource<'a> {
    /// Its address in parts; `None` if it is no URL at all.
    pub url: Option<Url<'a>>,
    /// Recorded kind, else by media type, else by file name.
    pub kind: ResourceKind,
    /// Whether it went or would have gone over the network for the page (HTTP(S), WebSocket): not `data:`, `blob:`,
    /// extensions, nor the service worker's own fetches.
    pub is_network: bool,
    /// Whether a browser extension made it or it goes to one.
    pub is_extension: bool,
    /// Whose host it is.
    pub party: Party,
    /// The known company behind the host.
    pub entity: Option<Entity>,
    /// Whether it held rendering back; `None`: the recording does not tell.
    pub blocking: Option<Blocking>,
    /// The request whose response asked for this one.
    pub initiator: Option<RequestId>,
    /// The request that was redirected to this one.
    pub redirected_from: Option<RequestId>,
    /// The request that this one was redirected to.
    pub redirected_to: Option<RequestId>,
    /// Requests on the way from the document to here through initiators and redirects; the document is 0;
    /// `None`: not known.
    pub depth: Option<u32>,
}

/// Derives them for all requests of a load, in the order of `load.requests`.
pub fn derive<'a>(load: &PageLoad<'a>) -> Vec<Resource<'a>> {
    let _ = load;
    Vec::new()
}
