//! What each request is: its kind, its party, who asked for it, whether it held rendering back.

use std::collections::{BTreeMap, BTreeSet};

use crate::http::media_type::{self, Family, MediaType};
use crate::http::url::{self, Url};
use crate::page_load::blocking::Blocking;
use crate::page_load::document::{is_hop, redirect_target};
use crate::page_load::markup::{self, HintKind};
use crate::page_load::parties::{Entity, FirstParty};
use crate::page_load::{PageLoad, Party};
use crate::recording::{Request, RequestId, ResourceKind, Source};

/// What a request is in its load.
#[derive(Clone, Debug)]
pub struct Resource<'a> {
    /// Its address in parts; `None` if it is no URL at all.
    pub url: Option<Url<'a>>,
    /// Recorded kind, else by request header, media type, file name.
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

impl Resource<'_> {
    /// Whether it is another company's product. A mere other domain is not enough: it may be the site's own CDN.
    pub fn is_product_of_others(&self) -> bool {
        self.party == Party::Third && self.entity.is_some_and(|entity| !entity.hosts_for_others())
    }
}

/// Derives them for all requests of a load, in the order of `load.requests`; all but what [`blocking`] tells.
///
/// [`blocking`]: crate::page_load::blocking
pub fn derive<'a>(load: &PageLoad<'a>) -> Vec<Resource<'a>> {
    let first_party = FirstParty::of(load);
    let mut all: Vec<_> = load.requests.iter().map(|id| alone(load.request(*id), &first_party)).collect();
    link_redirects(load, &mut all);
    link_initiators(load, &mut all);
    mark_extensions(load, &mut all);
    reckon_depths(load, &mut all);
    all
}

/// What was fetched: as recorded, else by the request's `Sec-Fetch-Dest`, else by media type, else by file name.
pub fn kind(request: Request<'_>, url: Option<&Url<'_>>) -> ResourceKind {
    let by_type = || by_media_type(request);
    match request.recorded_kind() {
        // Chromium's "other" covers favicons and prefetches. An image is one, whatever asked for it.
        Some(ResourceKind::Other) if by_type() == Some(ResourceKind::Image) => return ResourceKind::Image,
        Some(kind) => return kind,
        None => {}
    }
    let is_websocket =
        url.is_some_and(|url| url.scheme.len() <= 3 && url.scheme.to_ascii_lowercase().starts_with("ws"));
    if is_websocket || request.status() == Some(101) {
        return ResourceKind::WebSocket;
    }
    let is_options = request.method_text().expose().eq_ignore_ascii_case("OPTIONS");
    if is_options && request.request_header("access-control-request-method").next().is_some() {
        return ResourceKind::Preflight;
    }
    if let Some(kind) = by_destination(request) {
        return kind;
    }
    if request.request_header("x-requested-with").any(|with| with.expose().eq_ignore_ascii_case("XMLHttpRequest")) {
        return ResourceKind::Xhr;
    }
    let by_name = || by_extension(url?);
    // An error page says nothing of what was asked for.
    let is_error = request.status().is_some_and(|status| 400 <= status);
    let found = if is_error { by_name().or_else(by_type) } else { by_type().or_else(by_name) };
    found.unwrap_or(ResourceKind::Other)
}

/// Fetch Metadata §2.1: <https://www.w3.org/TR/fetch-metadata/>; values are Fetch's "destination".
fn by_destination(request: Request<'_>) -> Option<ResourceKind> {
    let destination = request.request_header("sec-fetch-dest").next()?.expose().to_ascii_lowercase();
    Some(match destination.as_str() {
        "document" | "iframe" | "frame" | "object" | "embed" | "fencedframe" => ResourceKind::Document,
        "style" | "xslt" => ResourceKind::Stylesheet,
        "script" | "worker" | "sharedworker" | "serviceworker" | "audioworklet" | "paintworklet" => {
            ResourceKind::Script
        }
        "font" => ResourceKind::Font,
        "image" => ResourceKind::Image,
        "audio" | "video" | "track" => ResourceKind::Media,
        "manifest" => ResourceKind::Manifest,
        "report" => ResourceKind::Ping,
        "websocket" => ResourceKind::WebSocket,
        "json" => ResourceKind::Fetch,
        "empty" => {
            let accepts_events = request.request_header("accept").any(|accept| accept.expose() == "text/event-stream");
            let with = request.request_header("x-requested-with").next();
            match (accepts_events, with) {
                (true, _) => ResourceKind::EventSource,
                (false, Some(_)) => ResourceKind::Xhr,
                (false, None) => ResourceKind::Fetch,
            }
        }
        _ => return None,
    })
}

fn by_media_type(request: Request<'_>) -> Option<ResourceKind> {
    let text = request.mime_type().map(|id| request.recording().text(id));
    let text = text.filter(|text| !text.is_empty()).or_else(|| request.response_header("content-type").next())?;
    Some(match MediaType::parse(text.expose())?.family() {
        Family::Html => ResourceKind::Document,
        Family::Css => ResourceKind::Stylesheet,
        Family::JavaScript => ResourceKind::Script,
        Family::Json | Family::Xml => ResourceKind::Xhr,
        Family::Font => ResourceKind::Font,
        Family::Image => ResourceKind::Image,
        Family::Media => ResourceKind::Media,
        Family::Manifest => ResourceKind::Manifest,
        Family::EventStream => ResourceKind::EventSource,
        Family::Wasm | Family::Text | Family::Other => return None,
    })
}

fn by_extension(url: &Url<'_>) -> Option<ResourceKind> {
    Some(match media_type::family_of_extension(url.extension()?)? {
        Family::Html => ResourceKind::Document,
        Family::Css => ResourceKind::Stylesheet,
        Family::JavaScript => ResourceKind::Script,
        Family::Json | Family::Xml => ResourceKind::Xhr,
        Family::Font => ResourceKind::Font,
        Family::Image => ResourceKind::Image,
        Family::Media => ResourceKind::Media,
        _ => return None,
    })
}

/// What can be said of a request by itself.
fn alone<'a>(request: Request<'a>, first_party: &FirstParty) -> Resource<'a> {
    let url = Url::parse(request.url_text().expose());
    let is_extension = url.is_some_and(|url| url.is_extension());
    let (party, entity) = first_party.judge_url(url.as_ref());
    Resource {
        url,
        kind: kind(request, url.as_ref()),
        is_network: url.is_some_and(|url| url.is_network())
            && request.source() != Some(Source::Inline)
            && !request.from_service_worker(),
        is_extension,
        party,
        entity,
        blocking: None,
        initiator: None,
        redirected_from: None,
        redirected_to: None,
        depth: None,
    }
}

/// Redirects in a row beyond this are not linked, so that following them from each takes no quadratic time. Browsers follow
/// 20 (Fetch, section 4.4); other tools may follow some more.
const MOST_REDIRECTS: u32 = 100;

/// Each redirect leads to the next request for its target that no other redirect led to.
fn link_redirects(load: &PageLoad<'_>, all: &mut [Resource<'_>]) {
    let mut next_free: BTreeMap<String, usize> = BTreeMap::new();
    // How many redirects in a row led to each request.
    let mut n_before = vec![0; all.len()];
    for (at, id) in load.requests.iter().enumerate() {
        let request = load.request(*id);
        if !is_hop(request) {
            continue;
        }
        let Some(target) = redirect_target(request).map(|to| url::canonical(&to)) else { continue };
        let candidates = load.addresses.requests_to(&target);
        let free = next_free.entry(target).or_default();
        let n = candidates.partition_point(|other| other <= id).max(*free);
        let Some(to) = candidates.get(n).copied() else { continue };
        *free = n + 1;
        let n_hops = n_before.get(at).copied().unwrap_or_default() + 1;
        if MOST_REDIRECTS < n_hops {
            continue;
        }
        if let Some(from) = all.get_mut(at) {
            from.redirected_to = Some(to);
        }
        if let Some(at) = load.position(to) {
            if let Some(to) = all.get_mut(at) {
                to.redirected_from = Some(*id);
            }
            if let Some(known) = n_before.get_mut(at) {
                *known = n_hops;
            }
        }
    }
}

/// The latest earlier request for the address that is recorded as the initiator. Where none is recorded: the style
/// sheet that `Referer` names, the document if its HTML names the address.
fn link_initiators(load: &PageLoad<'_>, all: &mut [Resource<'_>]) {
    let in_html = addresses_in_html(load);
    for (at, id) in load.requests.iter().enumerate() {
        let request = load.request(*id);
        let earlier = |address: &str| load.addresses.latest_before(address, *id);
        let recorded = request.initiator_url().and_then(|by| earlier(load.recording.text(by).expose()));
        let from_sheet = || {
            let by = earlier(request.request_header("referer").next()?.expose())?;
            let is_sheet = all.get(load.position(by)?)?.kind == ResourceKind::Stylesheet;
            is_sheet.then_some(by)
        };
        let from_html = || {
            let document = load.document.request.filter(|document| document < id)?;
            let told = request.initiator().is_some();
            (!told && in_html.contains(&url::canonical(request.url_text().expose()))).then_some(document)
        };
        let initiator = recorded.or_else(from_sheet).or_else(from_html);
        if let Some(resource) = all.get_mut(at) {
            resource.initiator = initiator;
        }
    }
}

/// Addresses that the document's HTML names, canonical.
fn addresses_in_html(load: &PageLoad<'_>) -> BTreeSet<String> {
    let Some(markup) = &load.markup else { return BTreeSet::new() };
    let references = markup.references.iter().map(|reference| reference.url.as_str());
    let fetched = |hint: &&markup::Hint| !matches!(hint.kind, HintKind::Preconnect | HintKind::DnsPrefetch);
    let hints = markup.hints.iter().filter(fetched).map(|hint| hint.url.as_str());
    let images = markup.images.iter().flat_map(|image| image.addresses());
    references.chain(hints).chain(images).map(url::canonical).collect()
}

/// What an extension's script asked for is the extension's, too.
fn mark_extensions(load: &PageLoad<'_>, all: &mut [Resource<'_>]) {
    for (at, id) in load.requests.iter().enumerate() {
        let by_extension = load
            .request(*id)
            .initiator_url()
            .is_some_and(|by| Url::parse(load.recording.text(by).expose()).is_some_and(|url| url.is_extension()));
        let parent = all.get(at).and_then(parent).and_then(|id| load.position(id));
        let by_parent = parent.filter(|parent| *parent < at).and_then(|parent| all.get(parent));
        let is_extension = by_extension || by_parent.is_some_and(|parent| parent.is_extension);
        let Some(resource) = all.get_mut(at) else { continue };
        if is_extension {
            resource.is_extension = true;
            resource.party = Party::Third;
        }
        resource.is_network = resource.is_network && !resource.is_extension;
    }
}

/// What a request hangs on: the redirect before it, else its initiator. Always an earlier request.
fn parent(resource: &Resource<'_>) -> Option<RequestId> {
    resource.redirected_from.or(resource.initiator)
}

fn reckon_depths(load: &PageLoad<'_>, all: &mut [Resource<'_>]) {
    for (at, id) in load.requests.iter().enumerate() {
        let is_root = load.document.request == Some(*id) || load.document.redirects.contains(id);
        let up = all.get(at).and_then(parent).and_then(|id| load.position(id)).filter(|up| *up < at);
        let depth = match is_root {
            true => Some(0),
            false => up.and_then(|up| all.get(up)?.depth).map(|depth| depth.saturating_add(1)),
        };
        if let Some(resource) = all.get_mut(at) {
            resource.depth = depth;
        }
    }
}
