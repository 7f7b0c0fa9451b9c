//! Rules about the CDN in front of the site.

mod cdn_error;
mod cdn_refusal;
mod distant_edge;
mod document_not_cached_at_edge;
mod edge_cache_bypass;
mod edge_cache_miss;
mod invalid_cdn_cache_control;
mod lossy_edge_connection;
mod missing_cdn;
mod refused_image_optimization;
mod regional_cache_detour;
mod repeated_edge_miss;
mod repeated_origin_connections;
mod short_edge_lifetime;
mod slow_edge;
mod stale_copy_after_failure;

use crate::http::cdn::failure::Instead;
use crate::http::cdn::reason::{Cause, Reasons};
use crate::http::edge::{Edge, EdgeStatus};
use crate::order::Arrange;
use crate::page_load::{PageLoad, Resource, delivery, downloads, edge};
use crate::recording::{RenderBlocking, Request, RequestId, ResourceKind};
use crate::rules::server_time::ServerTimes;
use crate::rules::text::message;
use crate::rules::{Evidence, Method, Rule, Savings, Severity, gain, reasons};
use crate::units::{Bytes, Millis, Ratio};

pub(super) static RULES: &[&Rule] = &[
    &document_not_cached_at_edge::DOCUMENT_NOT_CACHED_AT_EDGE,
    &edge_cache_miss::EDGE_CACHE_MISS,
    &edge_cache_bypass::EDGE_CACHE_BYPASS,
    &repeated_edge_miss::REPEATED_EDGE_MISS,
    &regional_cache_detour::REGIONAL_CACHE_DETOUR,
    &short_edge_lifetime::SHORT_EDGE_LIFETIME,
    &invalid_cdn_cache_control::INVALID_CDN_CACHE_CONTROL,
    &stale_copy_after_failure::STALE_COPY_AFTER_FAILURE,
    &slow_edge::SLOW_EDGE,
    &repeated_origin_connections::REPEATED_ORIGIN_CONNECTIONS,
    &distant_edge::DISTANT_EDGE,
    &lossy_edge_connection::LOSSY_EDGE_CONNECTION,
    &missing_cdn::MISSING_CDN,
    &refused_image_optimization::REFUSED_IMAGE_OPTIMIZATION,
    &cdn_error::CDN_ERROR,
    &cdn_refusal::CDN_REFUSAL,
];

/// Files. One or two are what the first visitor after an expiry sees; more are a habit.
const SEVERAL: usize = 3;

/// Milliseconds of server time. What is answered faster cost nobody anything.
const NOTICEABLE: Millis = Millis(100.0);

/// The part of the cacheable files that come from a larger cache of the CDN, from which that is the rule.
const MOSTLY_REGIONAL: f64 = 0.3;

/// How a static file came through a cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Came {
    /// From the cache, fresh or not.
    Hit,
    /// It was not there.
    Miss,
    /// It was not there, but in a larger cache of the CDN.
    Regional,
    /// It was there, but too old.
    Expired,
    /// It may not be kept, or not used without asking.
    Bypass,
    /// It is never a candidate.
    Dynamic,
}

/// A static file that came over the network through a CDN or cache that tells what it did: the site's own, or on a host
/// that may be its own. What other companies' CDNs do, nobody here can change.
struct File<'a> {
    id: RequestId,
    request: Request<'a>,
    edge: Edge,
    came: Came,
    /// Why it was no hit.
    reasons: Reasons,
    /// What the answer took beyond the way there and back.
    server: Millis,
    bytes: Bytes,
    /// Whether the cache could have had it.
    could: bool,
}

/// All of them, in the order of their start.
fn files<'a>(load: &PageLoad<'a>) -> Vec<File<'a>> {
    let times = ServerTimes::of(load);
    let mut files = Vec::new();
    for (request, resource) in load.network() {
        let is_own = !gain::is_third_party(resource);
        if !is_own || !is_kept_for_all(load, request, resource) || request.via_service_worker() {
            continue;
        }
        let edge = load.edge_of(request.id());
        let Some(status) = edge.status else { continue };
        let is_hit = matches!(status, EdgeStatus::Hit | EdgeStatus::Stale);
        let reasons = if is_hit { Reasons::default() } else { edge::reasons(request) };
        let Some(came) = came(status, &reasons) else { continue };
        files.push(File {
            id: request.id(),
            request,
            edge,
            came,
            reasons,
            server: times.divide(load, request).map_or(Millis::ZERO, |time| time.server),
            bytes: downloads::sent_bytes(request).unwrap_or_default(),
            could: delivery::could_be_hit(load, request, resource, status),
        });
    }
    files
}

/// Static files; and data in a file that its headers release for shared caches.
fn is_kept_for_all(load: &PageLoad<'_>, request: Request<'_>, resource: &Resource<'_>) -> bool {
    const DATA: [&str; 4] = ["json", "wasm", "xml", "map"];
    if downloads::is_static_file(request, resource) {
        return true;
    }
    let extension = resource.url.and_then(|url| url.extension()).unwrap_or_default();
    let shared = load.caching_of(request.id()).and_then(|caching| caching.shared);
    let is_released = shared.is_some_and(|shared| shared.storable && !shared.asks_always && 0 < shared.lifetime.0);
    let is_personal = ["cookie", "authorization"].iter().any(|name| request.request_header(name).next().is_some());
    DATA.contains(&extension) && is_released && !is_personal && downloads::is_download(request)
}

/// `None`: it does not tell, or nobody keeps such an answer.
fn came(status: EdgeStatus, reasons: &Reasons) -> Option<Came> {
    use Cause::{Authorization, Configured, Method, NoStore, Private, SetCookie, Status, TooLarge, VaryAlways};
    Some(match (status, reasons.first()) {
        (EdgeStatus::Hit | EdgeStatus::Stale, _) => Came::Hit,
        (EdgeStatus::Dynamic, _) => Came::Dynamic,
        (EdgeStatus::Bypass, _) => Came::Bypass,
        (EdgeStatus::Expired | EdgeStatus::Revalidated, _) => Came::Expired,
        (EdgeStatus::Miss, Some(Cause::RegionalHit)) => Came::Regional,
        // Some CDNs call what they may not keep a miss as well.
        (
            EdgeStatus::Miss,
            Some(
                Method
                | NoStore
                | Private
                | SetCookie
                | Authorization
                | VaryAlways
                | Configured
                | TooLarge
                | Status
                | Cause::AsksAlways,
            ),
        ) => Came::Bypass,
        (EdgeStatus::Miss, _) => Came::Miss,
        (EdgeStatus::EdgeGenerated | EdgeStatus::Error | EdgeStatus::Unknown, _) => return None,
    })
}

/// Whether most of what the edge could have had comes from a larger cache of the CDN, so that it is told by itself.
fn is_mostly_regional(files: &[File<'_>]) -> bool {
    let n_could = files.iter().filter(|file| file.could).count();
    let n_regional = files.iter().filter(|file| file.came == Came::Regional).count();
    SEVERAL <= n_regional && MOSTLY_REGIONAL < n_regional as f64 / n_could.max(1) as f64
}

/// By what they took.
fn weightiest_first(files: &mut [File<'_>]) {
    files.arrange_by(|a, b| b.server.total_cmp(&a.server).then(a.id.cmp(&b.id)));
}

/// For each the line that tells how it came, why, and what it took. Guesses that are those of the file before are not
/// repeated.
fn evidence(files: &[File<'_>]) -> Vec<Evidence> {
    let mut before: &[Cause] = &[];
    let mut all = Vec::new();
    for file in files {
        let mut why = file.reasons.clone();
        if why.possible == before {
            why.possible.clear();
        }
        before = &file.reasons.possible;
        let mut text = reasons::evidence(file.id, &file.edge, &why);
        if Millis::ZERO < file.server {
            text.0.extend(message!["; ", file.server, " of server time"].0);
        }
        all.push(Evidence { request: Some(file.id), text });
    }
    all
}

/// At most the server time of the slowest of them that was over before the main milestone.
fn savings(load: &PageLoad<'_>, files: &[File<'_>]) -> Option<Savings> {
    let (metric, at) = load.milestones.main()?;
    let before = |file: &&File<'_>| load.span(file.id).is_some_and(|span| span.end <= at.ms);
    let most = files.iter().filter(before).map(|file| file.server).max_by(Millis::total_cmp)?;
    let bytes = Bytes::default();
    Some(Savings { milestone: Some(metric), ms: (Millis::ZERO, most), bytes, method: Method::Bound })
}

/// What CDNs answered in the place of the site's own servers, in the order of their start.
fn instead(load: &PageLoad<'_>) -> Vec<(RequestId, Instead)> {
    load.network()
        .filter_map(|(request, resource)| Some((request.id(), answered_instead(request, resource)?)))
        .collect()
}

/// What a CDN answered in the place of the site's own servers: `cdn-error` and `cdn-refusal` tell of it, and no other
/// rule does.
pub fn answered_instead(request: Request<'_>, resource: &Resource<'_>) -> Option<Instead> {
    if gain::is_third_party(resource) { None } else { edge::instead(request) }
}

/// How much it weighs that something did not arrive.
fn severity_of_missing(load: &PageLoad<'_>, id: RequestId) -> Severity {
    use ResourceKind::{Document, Fetch, Script, Stylesheet, Xhr};
    let blocks = |resource: &Resource<'_>| resource.blocking.is_some_and(|it| it.how == RenderBlocking::Blocking);
    match load.resource(id) {
        Some(resource) if blocks(resource) || matches!(resource.kind, Document | Script | Stylesheet | Fetch | Xhr) => {
            Severity::Serious
        }
        _ => Severity::Warning,
    }
}

/// Whether nothing else of its host was under way while it waited.
fn is_alone(load: &PageLoad<'_>, request: Request<'_>, resource: &Resource<'_>) -> bool {
    /// Neighbors in the order of start that are looked at, so that this stays linear; more are no quiet moment.
    const NEIGHBORS: usize = 50;
    let Some((at, span)) = load.position(request.id()).zip(load.span(request.id())) else { return false };
    let host = resource.url.map(|url| url.host);
    let first = at.saturating_sub(NEIGHBORS);
    let near = load.requests.iter().zip(&load.resources).skip(first).take(2 * NEIGHBORS + 1);
    let mut others = near.filter(|(id, other)| **id != request.id() && other.url.map(|url| url.host) == host);
    !others.any(|(id, _)| load.span(*id).is_some_and(|other| other.start < span.end && span.start < other.end))
}

/// Whether one way is so much shorter than another that the other's length is not the visitor's own line.
fn is_much_shorter(way: Millis, than: Millis) -> bool {
    way.0 <= than.0 / 2.0
}

/// The part of a whole.
fn part(part: u64, whole: u64) -> Ratio {
    Ratio(if whole == 0 { 0.0 } else { part as f64 / whole as f64 })
}
