//! Which request is the page's document, and which redirects led to it.

use std::collections::BTreeMap;

use crate::http::url::{self, Url};
use crate::page_load::{parties, resources};
use crate::recording::{NavigationKind, PageId, Recording, Request, RequestId, ResourceKind};
use crate::units::Millis;

/// The document of a load.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MainDocument {
    /// The response that became the page (or failed to); `None` if the recording does not hold it.
    pub request: Option<RequestId>,
    /// Redirects before it, in order. May be there without `request`: the recording lost the last hop.
    pub redirects: Vec<RequestId>,
    /// Those of the redirects that the browser made itself, without asking a server: HTTP → HTTPS, because the host
    /// had demanded it earlier (RFC 6797 §8.3). They cost no round trip.
    pub internal_redirects: Vec<RequestId>,
}

/// Finds the document of a page: the first document request that is no frame's, followed through its redirects.
pub fn find(recording: &Recording, page: PageId, requests: &[RequestId]) -> MainDocument {
    if let Some(document) = told(recording, page, requests) {
        return document;
    }
    // The address of a made-up page is only that of some document in it, so it proves nothing.
    let page = recording.page(page).filter(|page| !page.synthetic);
    let page_url = page.and_then(|page| page.url).map(|url| recording.text(url).expose());
    let page_url = page_url.filter(|url| Url::parse(url).is_some());
    let all: Vec<_> = requests.iter().map(|id| recording.request(*id)).filter(|r| can_be_document(*r)).collect();
    let Some(first) = first_document(&all, page_url) else { return MainDocument::default() };
    let mut document = follow(&all, first);
    if let Some(id) = document.request {
        document.request = Some(twin_of_page(&all, recording.request(id)).id());
    }
    document
}

/// A switch to HTTPS faster than this was made without a server, where the recording (a trace) has no status of it.
const WITHOUT_SERVER: Millis = Millis(10.0);

/// A trace tells which request is the navigation's, and which are the hops before it. A change of view within a page
/// loads no document.
fn told(recording: &Recording, page: PageId, requests: &[RequestId]) -> Option<MainDocument> {
    let timeline = &recording.timeline;
    let navigation = timeline.navigation_of(page)?;
    if navigation.kind == NavigationKind::Soft {
        return Some(MainDocument::default());
    }
    let request = navigation.document?;
    let id = timeline.request(request)?.recorded_id?;
    let is_hop = |hop: &&RequestId| {
        timeline.request(**hop).is_some_and(|traced| traced.is_redirect_hop && traced.recorded_id == Some(id))
    };
    let redirects: Vec<RequestId> = requests.iter().filter(is_hop).copied().collect();
    let is_internal = |hop: &&RequestId| is_internal_redirect(recording.request(**hop));
    let internal_redirects = redirects.iter().filter(is_internal).copied().collect();
    Some(MainDocument { request: Some(request), redirects, internal_redirects })
}

/// Whether a redirect was made by the browser itself, because of HSTS.
/// Chrome writes status 307 and `Non-Authoritative-Reason: HSTS`.
pub fn is_internal_redirect(request: Request<'_>) -> bool {
    let is_fast = request.duration().is_some_and(|took| took < WITHOUT_SERVER);
    if request.status() != Some(307) && !(request.status().is_none() && is_fast) {
        return false;
    }
    let text = request.url_text().expose();
    let to = request.redirect_to().map(|to| request.recording().text(to).expose()).unwrap_or_default();
    let is_upgrade = match (Url::parse(text), Url::parse(to)) {
        (Some(from), Some(to)) => !from.is_secure() && to.is_secure() && from.host.eq_ignore_ascii_case(to.host),
        _ => false,
    };
    let on_the_wire = request.server_ip().is_some() || request.response_header("date").next().is_some();
    request.response_header("non-authoritative-reason").next().is_some() || (is_upgrade && !on_the_wire)
}

/// Whether a status sends the browser on (RFC 9110 §15.4, those with `Location`).
pub fn is_redirect(status: u16) -> bool {
    matches!(status, 301 | 302 | 303 | 307 | 308)
}

fn can_be_document(request: Request<'_>) -> bool {
    let url = Url::parse(request.url_text().expose());
    url.is_some_and(|url| url.is_network() || url.scheme.eq_ignore_ascii_case("file"))
        && !request.from_service_worker()
        && !matches!(request.method_text().expose(), "OPTIONS" | "CONNECT" | "HEAD")
}

/// The first hop: index into `all`.
fn first_document(all: &[Request<'_>], page_url: Option<&str>) -> Option<usize> {
    let is_document = |request: &Request<'_>| {
        let url = Url::parse(request.url_text().expose());
        resources::kind(*request, url.as_ref()) == ResourceKind::Document && !is_frame(*request, page_url)
    };
    let at = all.iter().position(is_document).or_else(|| untold_document(all, page_url))?;
    let at = first_hop_to(all, at);
    let found = all.get(at)?;
    let earlier = all.get(..at)?;
    let Some(page_url) = page_url else {
        // Requests that some page had made before prove that this is a frame, or a later page: the recording began
        // late.
        let address = found.url_text().expose();
        return (!earlier.iter().any(|request| is_asked_by_other(*request, address))).then_some(at);
    };
    let document = follow(all, at);
    if document.leads_to(found.recording(), page_url) {
        return Some(at);
    }
    // Not the page's address. It may have changed since (`history.pushState`); but another site's HTML of which
    // nothing says that it is a document, or one after requests of the page, is a frame's.
    let last = document.request.or(document.redirects.last().copied()).map(|id| found.recording().request(id));
    let is_told = last
        .is_some_and(|last| last.recorded_kind().is_some() || last.request_header("sec-fetch-dest").next().is_some());
    let is_other_site =
        last.is_some_and(|last| parties::site_of(last.url_text().expose()) != parties::site_of(page_url));
    let is_late = earlier.iter().any(|request| asked_by(*request, page_url));
    (!is_late && (is_told || !is_other_site)).then_some(at)
}

/// Whether a page at another address made this request.
fn is_asked_by_other(request: Request<'_>, address: &str) -> bool {
    let by = request.initiator_url().map(|url| request.recording().text(url));
    let mut all = by.into_iter().chain(request.request_header("referer")).map(|by| by.expose());
    all.any(|by| Url::parse(by).is_some_and(|by| by.is_network()) && !url::same_resource(by, address))
}

/// Redirects often have no kind of their own: those that lead to a document are its.
fn first_hop_to(all: &[Request<'_>], document: usize) -> usize {
    let address = |request: &Request<'_>| url::canonical(request.url_text().expose());
    let Some(mut wanted) = all.get(document).map(address) else { return document };
    let mut first = document;
    for (at, request) in all.iter().enumerate().take(document).rev() {
        let leads_there = is_hop(*request) && redirect_target(*request).is_some_and(|to| url::canonical(&to) == wanted);
        if leads_there {
            (first, wanted) = (at, address(request));
        }
    }
    first
}

/// Without any document: a first request for the page's address, if nothing says that it is something else.
fn untold_document(all: &[Request<'_>], page_url: Option<&str>) -> Option<usize> {
    let request = all.first()?;
    let is_page = page_url.is_some_and(|page_url| url::same_resource(request.url_text().expose(), page_url));
    let is_untold = request.recorded_kind().is_none_or(|kind| kind == ResourceKind::Other);
    let said = request.request_header("sec-fetch-dest").next().map(|dest| dest.expose());
    (is_page && is_untold && said.is_none_or(|dest| dest.eq_ignore_ascii_case("document"))).then_some(0)
}

/// Whether a document request is for a frame inside the page.
fn is_frame(request: Request<'_>, page_url: Option<&str>) -> bool {
    match request.request_header("sec-fetch-dest").next() {
        Some(dest) => !dest.expose().eq_ignore_ascii_case("document"),
        None => match page_url {
            Some(page_url) => {
                !url::same_resource(request.url_text().expose(), page_url) && asked_by_parser(request, page_url)
            }
            None => false,
        },
    }
}

fn asked_by_parser(request: Request<'_>, page_url: &str) -> bool {
    let by = request.initiator_url().map(|url| request.recording().text(url).expose());
    request.initiator() == Some(crate::recording::InitiatorKind::Parser)
        && by.is_some_and(|by| url::same_resource(by, page_url))
}

/// Whether the request names the page as what asked for it.
fn asked_by(request: Request<'_>, page_url: &str) -> bool {
    let by = request.initiator_url().map(|url| request.recording().text(url));
    by.into_iter().chain(request.request_header("referer")).any(|by| url::same_resource(by.expose(), page_url))
}

/// Follows the redirects from `all[first]` on. Each request is visited once, so loops end.
fn follow(all: &[Request<'_>], first: usize) -> MainDocument {
    let mut document = MainDocument::default();
    let mut by_url: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let Some(mut request) = all.get(first).copied() else { return document };
    if !is_hop(request) {
        document.request = Some(request.id());
        return document;
    }
    for (at, request) in all.iter().enumerate().skip(first + 1) {
        by_url.entry(url::canonical(request.url_text().expose())).or_default().push(at);
    }
    let mut at = first;
    loop {
        if !is_hop(request) {
            document.request = Some(request.id());
            return document;
        }
        document.redirects.push(request.id());
        if is_internal_redirect(request) {
            document.internal_redirects.push(request.id());
        }
        let target = redirect_target(request).map(|to| url::canonical(&to));
        let next = target.and_then(|to| by_url.get(&to)).and_then(|all| all.iter().find(|next| at < **next));
        match next.and_then(|next| Some((*next, *all.get(*next)?))) {
            Some(next) => (at, request) = next,
            None => return document,
        }
    }
}

/// Absolute address that a response redirects to.
pub fn redirect_target(request: Request<'_>) -> Option<String> {
    let recording = request.recording();
    let to = request.redirect_to().map(|to| recording.text(to)).filter(|to| !to.is_empty());
    let to = to.or_else(|| request.response_header("location").next())?;
    Some(url::resolve(request.url_text().expose(), to.expose()))
}

/// Whether a response sent the browser on. A trace tells where to, but no status.
pub fn is_hop(request: Request<'_>) -> bool {
    match request.status() {
        Some(status) => is_redirect(status) && redirect_target(request).is_some(),
        None => request.redirect_to().is_some(),
    }
}

/// Some recordings hold the document twice: as the page asked for it and as the service worker fetched it. The page's
/// own is meant.
fn twin_of_page<'a>(all: &[Request<'a>], document: Request<'a>) -> Request<'a> {
    if document.via_service_worker() {
        return document;
    }
    let end = document.end();
    let overlapping = all.iter().filter(|r| document.id() < r.id()).take_while(|r| r.start() <= end);
    let mut twins = overlapping.filter(|r| r.via_service_worker() && r.url() == document.url());
    twins.next().copied().unwrap_or(document)
}

impl MainDocument {
    /// Whether any of its addresses is this one.
    fn leads_to(&self, recording: &Recording, page_url: &str) -> bool {
        let mut ids = self.redirects.iter().chain(&self.request);
        ids.any(|id| url::same_resource(recording.request(*id).url_text().expose(), page_url))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page_load::PageLoad;
    use crate::recording::InitiatorKind;
    use crate::recording::testing::{Made, MadeRequest};

    const PAGE: &str = "https://shop.example/";

    /// `request` and `redirects` as positions.
    #[track_caller]
    fn check(made: Made, request: Option<u32>, redirects: &[u32]) {
        let recording = made.recording();
        let loads = PageLoad::all(&recording);
        let document = &loads[0].document;
        let redirects: Vec<_> = redirects.iter().map(|at| RequestId(*at)).collect();
        assert_eq!((document.request, &document.redirects), (request.map(RequestId), &redirects));
    }

    fn redirect<'a>(r: MadeRequest<'a>, to: &str) -> MadeRequest<'a> {
        r.status(302).response("location", to)
    }

    /// As a trace tells it.
    fn hop<'a>(r: MadeRequest<'a>, to: &str) -> MadeRequest<'a> {
        let mut r = r;
        let to = r.intern(to);
        r.change(|row| (row.status, row.redirect_to) = (None, Some(to)))
    }

    #[test]
    fn plain() {
        check(Made::page(PAGE).document(|r| r), Some(0), &[]);
        check(Made::page(PAGE), None, &[]);
        let extension_first = Made::page(PAGE)
            .request("chrome-extension://abc/x.html", |r| r.kind(ResourceKind::Document))
            .document(|r| r.start(5.0));
        check(extension_first, Some(1), &[]);
        check(Made::page(PAGE).request(PAGE, |r| r.response("content-type", "text/html")), Some(0), &[]);
    }

    #[test]
    fn redirects() {
        let chain = Made::page(PAGE)
            .request("http://shop.example/", |r| redirect(r, "https://shop.example/").kind(ResourceKind::Document))
            .request("https://shop.example/a.js", |r| r.kind(ResourceKind::Script).start(5.0))
            .request(PAGE, |r| redirect(r, "/de shop/").kind(ResourceKind::Document).start(10.0))
            .request("https://shop.example/de%20shop/", |r| r.kind(ResourceKind::Document).start(20.0));
        check(chain, Some(3), &[0, 2]);
        let untold = Made::page("http://shop.example/")
            .request("http://shop.example/", |r| redirect(r, "//shop.example/x"))
            .request("http://shop.example/x", |r| r.start(10.0).response("content-type", "text/html"));
        check(untold, Some(1), &[0]);
        let traced = Made::page(PAGE)
            .request("http://shop.example/", |r| hop(r, PAGE).kind(ResourceKind::Document).wait(3.0))
            .request(PAGE, |r| hop(r, "https://www.shop.example/").kind(ResourceKind::Document).start(3.0).wait(90.0))
            .request("https://www.shop.example/", |r| r.kind(ResourceKind::Document).start(93.0));
        let recording = traced.recording();
        let found = &PageLoad::all(&recording)[0].document;
        assert_eq!((found.request, &found.redirects[..]), (Some(RequestId(2)), &[RequestId(0), RequestId(1)][..]));
        assert_eq!(found.internal_redirects, [RequestId(0)]);
        let lost = Made::page(PAGE).document(|r| redirect(r, "/gone"));
        check(lost, None, &[0]);
        let endless = Made::page(PAGE).document(|r| redirect(r, "/")).document(|r| redirect(r, "/").start(10.0));
        check(endless, None, &[0, 1]);
        let not_modified = Made::page(PAGE).document(|r| r.status(304));
        check(not_modified, Some(0), &[]);
    }

    #[test]
    fn hsts_redirects_are_marked() {
        let made = Made::page(PAGE)
            .request("http://shop.example/", |r| {
                redirect(r, PAGE).kind(ResourceKind::Document).status(307).response("non-authoritative-reason", "HSTS")
            })
            .document(|r| r.start(1.0));
        let recording = made.recording();
        let document = &PageLoad::all(&recording)[0].document;
        assert_eq!(document.redirects, [RequestId(0)]);
        assert_eq!(document.internal_redirects, [RequestId(0)]);
    }

    #[test]
    fn recordings_that_began_late_have_none() {
        let frame = "https://ads.example/frame";
        let by_dest = Made::page(PAGE)
            .request("https://shop.example/a.js", |r| r.kind(ResourceKind::Script))
            .request(frame, |r| r.kind(ResourceKind::Document).header("sec-fetch-dest", "iframe").start(5.0));
        check(by_dest, None, &[]);
        let by_initiator = Made::page(PAGE)
            .request("https://shop.example/a.js", |r| r.kind(ResourceKind::Script))
            .request(frame, |r| r.kind(ResourceKind::Document).initiator(InitiatorKind::Parser, PAGE).start(5.0));
        check(by_initiator, None, &[]);
        let by_earlier = Made::page(PAGE)
            .request("https://shop.example/a.js", |r| r.kind(ResourceKind::Script).header("referer", PAGE))
            .request(frame, |r| r.kind(ResourceKind::Document).start(5.0));
        check(by_earlier, None, &[]);
        let other_site =
            Made::page(PAGE).request("https://ads.example/frame", |r| r.response("content-type", "text/html"));
        check(other_site, None, &[]);
        let same_site = Made::page(PAGE).request("https://shop.example/x", |r| r.response("content-type", "text/html"));
        check(same_site, Some(0), &[]);
        let synthetic = |referer| {
            Made::page(frame)
                .request("https://shop.example/a.js", move |r| r.kind(ResourceKind::Script).header("referer", referer))
                .document(|r| r.start(5.0))
                .change(|recording| recording.pages[0].synthetic = true)
        };
        check(synthetic(PAGE), None, &[]);
        check(synthetic(frame), Some(1), &[]);
        let calls = Made::page(PAGE).request("https://shop.example/api", |r| r.kind(ResourceKind::Fetch));
        check(calls, None, &[]);
    }

    #[test]
    fn a_trace_tells_the_document_and_its_hops() {
        use crate::recording::TracedRequest;
        let made = |navigation_document: Option<u32>| {
            Made::page(PAGE)
                .request("http://shop.example/", |r| r.change(|row| row.status = None))
                .request("https://shop.example/frame", |r| r.kind(ResourceKind::Document).start(5.0))
                .request(PAGE, |r| r.start(10.0))
                .traced()
                .change(|recording| {
                    let ids = ["D", "F", "D"].map(|id| Some(recording.strings.intern(id)));
                    let timeline = &mut recording.timeline;
                    for (at, recorded_id) in ids.into_iter().enumerate() {
                        let is_redirect_hop = at == 0;
                        timeline.requests.push(TracedRequest { recorded_id, is_redirect_hop, ..Default::default() });
                    }
                    timeline.navigations[0].document = navigation_document.map(RequestId);
                })
        };
        check(made(Some(2)), Some(2), &[0]);
        check(made(Some(1)), Some(1), &[]);
        let soft = made(Some(2)).change(|recording| recording.timeline.navigations[0].kind = NavigationKind::Soft);
        check(soft, None, &[]);
    }

    #[test]
    fn service_workers_copy_is_not_meant() {
        let made = Made::page(PAGE)
            .document(|r| r.change(|row| row.from_service_worker = true))
            .document(|r| r.start(1.0).change(|row| row.via_service_worker = true));
        check(made, Some(1), &[]);
        let unmarked = Made::page(PAGE)
            .document(|r| r.wait(50.0))
            .document(|r| r.start(1.0).change(|row| row.via_service_worker = true));
        check(unmarked, Some(1), &[]);
    }
}
