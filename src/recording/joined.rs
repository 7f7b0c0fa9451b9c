//! A recording that was put together from several of the same load: what each of them was, and which facts it gave.

use crate::recording::{Problem, Provenance, RequestId};
use crate::text::StrId;
use crate::units::Millis;

/// Position of a recording among those that were joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartId(pub u8);

/// One of the recordings that were joined.
#[derive(Clone, Debug)]
pub struct Part {
    /// The name of its file or archive member.
    pub name: Option<StrId>,
    /// Where it comes from and what it cannot tell.
    pub provenance: Provenance,
    /// What was odd in it.
    pub problems: Vec<Problem>,
    /// How many requests it holds.
    pub n_requests: u64,
}

/// How a recording was put together.
#[derive(Clone, Debug)]
pub struct Joined {
    /// The recordings, in the order in which they were opened.
    pub parts: Vec<Part>,
    /// For each request in which of them it is: a bit for each part, the lowest for the first.
    pub seen_in: Vec<u8>,
    /// Kinds of facts, in our own words (some are in [`fact`]), and who gave them.
    pub facts: Vec<(&'static str, PartId)>,
    /// Requests that are in all parts.
    pub n_matched: u64,
    /// What has to be added to the second clock to get the first: the median over the matched requests.
    pub clock_offset: Millis,
    /// How far the matched requests are from it: the median of the differences.
    pub clock_spread: Millis,
}

impl Joined {
    /// The parts that hold a request.
    pub fn parts_of(&self, request: RequestId) -> impl Iterator<Item = PartId> + use<> {
        let seen = self.seen_in.get(request.0 as usize).copied().unwrap_or_default();
        (0..8).filter(move |at| seen & (1 << at) != 0).map(PartId)
    }
}

/// Kinds of facts of a request, in the words of [`Joined::facts`].
#[allow(missing_docs)]
pub mod fact {
    pub const TIMES: &str = "times of requests";
    pub const PRIORITIES: &str = "priorities";
    pub const BLOCKING: &str = "what held rendering back";
    pub const SIZES: &str = "bytes transferred";
    pub const PROTOCOLS: &str = "HTTP versions";
    pub const CONNECTIONS: &str = "connections";
    pub const INITIATORS: &str = "what asked for requests";
    pub const RESPONSE_HEADERS: &str = "response headers";
    pub const REQUEST_HEADERS: &str = "request headers";
}
