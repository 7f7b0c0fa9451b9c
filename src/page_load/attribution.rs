//! Whose time it was: each millisecond up to the main milestone → client, network, edge, origin or third party.

use crate::page_load::{Certainty, Metric, PageLoad};
use crate::recording::RequestId;
use crate::units::{Millis, TimeSpan};

/// Who holds a delay, and so who can shorten it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Owner {
    /// The visitor's machine: browser, scripts running in it, extensions, its cache.
    Client,
    /// Latency and bandwidth between visitor and server.
    Network,
    /// The CDN's nearest server.
    Edge,
    /// The site's own servers and what they send.
    Origin,
    /// Other companies' servers and scripts.
    ThirdParty,
    /// The file does not tell.
    Unknown,
}

/// A stretch of time that somebody holds.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct AttributionPart {
    pub owner: Owner,
    /// Total of its stretches.
    pub ms: Millis,
    /// The least certain of its stretches.
    pub certainty: Certainty,
    /// Why these milliseconds are laid at this door, in plain words.
    pub why: &'static str,
}

/// One stretch of the way to the milestone.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct PathStep {
    /// The request the load waited for; `None`: no request was under way.
    pub request: Option<RequestId>,
    pub span: TimeSpan,
    pub owner: Owner,
    pub certainty: Certainty,
    pub why: &'static str,
}

/// The way to the main milestone, without gaps from 0 to `ms`.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct Attribution {
    pub milestone: Metric,
    pub ms: Millis,
    /// Without gaps and overlaps, from 0 to `ms`.
    pub path: Vec<PathStep>,
    /// One part an owner, largest first; they sum to `ms`.
    pub parts: Vec<AttributionPart>,
}

/// Derives it; `None` where the load has no milestone at all.
pub fn derive(load: &PageLoad<'_>) -> Option<Attribution> {
    let _ = load;
    None
}
