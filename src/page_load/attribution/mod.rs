//! Whose time it was: each millisecond up to the main milestone → client, network, edge, origin or third party.
//!
//! First the *way* to the milestone is walked backwards: the request that held the milestone, what that request waited
//! for, and so on to navigation start (`way.rs`). Then each request on it is divided among owners by its phases
//! (`split.rs`, the waiting by `wait.rs`, what a service worker answered by `worker.rs`); stretches in which no request
//! was waited for are the client's.

mod round_trip;
mod settled;
mod split;
mod wait;
mod way;
mod worker;

use crate::order::Arrange;
use crate::page_load::{Certainty, Metric, PageLoad};
use crate::recording::RequestId;
use crate::units::{Millis, TimeSpan};

pub use round_trip::RoundTrips;
pub use split::{Piece, reasons};
pub use wait::divide as divide_wait;

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
    /// Why these milliseconds are laid at this door, in plain words: the reason of its longest kind of stretch.
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

impl Attribution {
    /// The total of one owner.
    pub fn of(&self, owner: Owner) -> Millis {
        self.parts.iter().find(|part| part.owner == owner).map_or(Millis::ZERO, |part| part.ms)
    }
}

/// Why nobody holds a pause in a load without milestones.
const PAUSE: &str = "it passed between the requests";

/// Derives it; `None` where the load has no milestone at all.
pub fn derive(load: &PageLoad<'_>) -> Option<Attribution> {
    let (milestone, at) = load.milestones.main()?;
    up_to(load, milestone, at.ms, None)
}

/// Whose time it was until the network first fell quiet, as if the load event had been then: for loads of which no
/// milestone was recorded. `None`: no request has usable times.
///
/// Without a milestone a pause between requests may as well be the visitor's as the browser's: it is nobody's.
pub fn up_to_quiet(load: &PageLoad<'_>) -> Option<Attribution> {
    let mut attribution = up_to(load, Metric::Load, settled::first_quiet(load)?, None)?;
    let pauses = attribution.path.iter_mut().filter(|step| step.request.is_none() && step.owner == Owner::Client);
    for step in pauses {
        (step.owner, step.why) = (Owner::Unknown, PAUSE);
    }
    attribution.parts = parts(&attribution.path);
    Some(attribution)
}

/// Whose time it was until a page had its content that goes on fetching it after its load event, as pages do that
/// scripts build. `None`: the content was there at the load event, or the file does not tell.
pub fn up_to_late_content(load: &PageLoad<'_>) -> Option<Attribution> {
    let (content, end) = settled::late_content(load)?;
    up_to(load, Metric::Load, end, Some(content))
}

/// Whose time one request was, from its start to its end.
pub fn of_request(load: &PageLoad<'_>, request: RequestId) -> Vec<AttributionPart> {
    let mut path = Vec::new();
    if let Some(span) = load.span(request) {
        split::divide(load, &RoundTrips::of(load), request, span, &mut path);
    }
    parts(&path)
}

fn up_to(load: &PageLoad<'_>, milestone: Metric, ms: Millis, held: Option<RequestId>) -> Option<Attribution> {
    if !ms.is_finite() || ms < Millis::ZERO {
        return None;
    }
    let round_trips = RoundTrips::of(load);
    let mut path: Vec<PathStep> = Vec::new();
    for stretch in way::to(load, milestone, ms, held) {
        match stretch.request {
            Some(request) => split::divide(load, &round_trips, request, stretch.span, &mut path),
            None => path.push(PathStep {
                request: None,
                span: stretch.span,
                owner: stretch.owner,
                certainty: Certainty::Estimated,
                why: stretch.why,
            }),
        }
    }
    let parts = parts(&path);
    Some(Attribution { milestone, ms, path, parts })
}

/// Sums the steps by owner.
fn parts(path: &[PathStep]) -> Vec<AttributionPart> {
    let mut parts: Vec<(AttributionPart, Vec<(&'static str, Millis)>)> = Vec::new();
    for step in path {
        let time = step.span.duration();
        let at = parts.iter().position(|(part, _)| part.owner == step.owner).unwrap_or(parts.len());
        if at == parts.len() {
            let part =
                AttributionPart { owner: step.owner, ms: Millis::ZERO, certainty: step.certainty, why: step.why };
            parts.push((part, Vec::new()));
        }
        let Some((part, reasons)) = parts.get_mut(at) else { continue };
        part.ms += time;
        part.certainty = part.certainty.max(step.certainty);
        match reasons.iter_mut().find(|(why, _)| *why == step.why) {
            Some((_, total)) => *total += time,
            None => reasons.push((step.why, time)),
        }
    }
    let longest = |reasons: &[(&'static str, Millis)]| {
        let first = reasons.iter().rev().max_by(|a, b| a.1.total_cmp(&b.1)); // of equals the first
        first.map_or("", |(why, _)| *why)
    };
    let mut parts: Vec<_> = parts
        .into_iter()
        .map(|(part, reasons)| AttributionPart { why: longest(&reasons), ..part })
        .filter(|part| Millis::ZERO < part.ms)
        .collect();
    parts.arrange_by(|a, b| b.ms.total_cmp(&a.ms).then(a.owner.cmp(&b.owner)));
    parts
}

#[cfg(test)]
mod tests;
