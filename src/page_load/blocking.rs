//! Which requests held rendering back. Best is what the browser recorded; then what the document's HTML says; then
//! Chromium's priorities, which it derives from the same.

use std::collections::{BTreeMap, BTreeSet};

use crate::http::url;
use crate::page_load::{Certainty, PageLoad, Resource};
use crate::recording::{InitiatorKind, Priority, RenderBlocking, Request, RequestId, ResourceKind};

/// Whether a request held rendering back, and how we know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Blocking {
    pub how: RenderBlocking,
    /// `Measured`: the browser said so. `Derived`: read from the document's HTML. `Estimated`: from the priority that
    /// Chromium gave it.
    pub certainty: Certainty,
}

/// Derives it for all requests of a load, in order; `None`: the recording does not tell.
pub fn derive(load: &PageLoad<'_>) -> Vec<Option<Blocking>> {
    let asked = Asked { references: references(load), importers: importers(load), hinted: hinted(load) };
    let mut all: Vec<Option<Blocking>> = Vec::with_capacity(load.requests.len());
    for (request, resource) in load.iter() {
        let earlier = |id: RequestId| load.position(id).and_then(|at| all.get(at).copied().flatten());
        let found = match request.render_blocking() {
            Some(how) => Some(Blocking { how, certainty: Certainty::Measured }),
            None => one(load, &asked, request, resource, &earlier),
        };
        all.push(found);
    }
    all
}

/// The requests that the browser itself says held rendering back, and that ended before the first paint: those that
/// Chrome's engine lists (`RenderBlocking`), in order. `None`: no paint was recorded, or it is no trace.
pub fn before_first_paint(load: &PageLoad<'_>) -> Option<Vec<RequestId>> {
    let timeline = &load.recording.timeline;
    let navigation = load.navigation()?;
    let painted = navigation.start + navigation.milestones.first_paint?;
    let of_page = load.requests.iter().filter(|id| {
        let (request, Some(traced)) = (load.request(**id), timeline.request(**id)) else { return false };
        let holds = match request.render_blocking() {
            Some(RenderBlocking::Blocking) => true,
            // In the body only what has the highest priorities holds what is in the first view.
            Some(RenderBlocking::InBodyParserBlocking) => match request.priority() {
                Some(Priority::VeryHigh) => true,
                Some(Priority::High) => request.recorded_kind() == Some(ResourceKind::Script),
                _ => false,
            },
            _ => false,
        };
        holds && !traced.is_redirect_hop && traced.frame == navigation.frame && traced.network_end <= painted
    });
    Some(of_page.copied().collect())
}

/// What document and style sheets ask for, by canonical address.
struct Asked {
    /// Style sheets and scripts of the HTML; where it asks twice, the one that blocks more.
    references: BTreeMap<(ResourceKind, String), Option<RenderBlocking>>,
    /// Importing sheet of an imported one; `None`: a `<style>` element of the document.
    importers: BTreeMap<String, Option<RequestId>>,
    /// What preloads and other hints ask for.
    hinted: BTreeSet<String>,
}

fn one(
    load: &PageLoad<'_>,
    asked: &Asked,
    request: Request<'_>,
    resource: &Resource<'_>,
    earlier: &dyn Fn(RequestId) -> Option<Blocking>,
) -> Option<Blocking> {
    let derived = |how| Some(Blocking { how, certainty: Certainty::Derived });
    if !matches!(resource.kind, ResourceKind::Stylesheet | ResourceKind::Script) || resource.is_extension {
        return derived(RenderBlocking::NonBlocking);
    }
    if let Some(before) = resource.redirected_from {
        return earlier(before);
    }
    let address = url::canonical(request.url_text().expose());
    let sheet = resource.initiator.filter(|id| is_sheet(load, *id));
    // What a script put into the page does not hold the parser, even if the HTML names it as well.
    if request.initiator() == Some(InitiatorKind::Script) && sheet.is_none() {
        return derived(RenderBlocking::NonBlocking);
    }
    let Some(markup) = &load.markup else {
        return by_import(sheet, &asked.importers, &address, earlier).or(by_priority(load, request, resource));
    };
    match asked.references.get(&(resource.kind, address.clone())) {
        Some(Some(how)) => derived(*how),
        Some(None) => None,
        None => match by_import(sheet, &asked.importers, &address, earlier) {
            Some(found) => Some(found),
            // The browser's parser found it, so this is not the HTML that the browser read (or not all of it).
            None if markup.is_cut => by_priority(load, request, resource),
            None if is_parsers(load, request, resource) && !asked.hinted.contains(&address) => {
                by_priority(load, request, resource)
            }
            None => derived(RenderBlocking::NonBlocking),
        },
    }
}

fn references(load: &PageLoad<'_>) -> BTreeMap<(ResourceKind, String), Option<RenderBlocking>> {
    let mut all = BTreeMap::new();
    for reference in load.markup.iter().flat_map(|markup| &markup.references) {
        let how = all.entry((reference.kind, url::canonical(&reference.url))).or_insert(reference.how);
        *how = match (*how, reference.how) {
            (Some(one), Some(other)) => Some(one.min(other)), // the order of the enum is the order of weight
            (one, other) => one.or(other),
        };
    }
    all
}

fn importers(load: &PageLoad<'_>) -> BTreeMap<String, Option<RequestId>> {
    let mut all = BTreeMap::new();
    for (sheet, address) in &load.styles.imports {
        all.entry(url::canonical(address)).or_insert(*sheet);
    }
    all
}

/// The parser finds these as well as what the document uses.
fn hinted(load: &PageLoad<'_>) -> BTreeSet<String> {
    let hints = load.markup.iter().flat_map(|markup| &markup.hints);
    hints.map(|hint| url::canonical(&hint.url)).collect()
}

fn is_sheet(load: &PageLoad<'_>, id: RequestId) -> bool {
    load.resource(id).is_some_and(|resource| resource.kind == ResourceKind::Stylesheet)
}

/// An imported style sheet holds back what its importer holds back.
fn by_import(
    sheet: Option<RequestId>,
    importers: &BTreeMap<String, Option<RequestId>>,
    address: &str,
    earlier: &dyn Fn(RequestId) -> Option<Blocking>,
) -> Option<Blocking> {
    match sheet.map(Some).or_else(|| importers.get(address).copied())? {
        Some(importer) => earlier(importer),
        None => Some(Blocking { how: RenderBlocking::Blocking, certainty: Certainty::Derived }),
    }
}

/// Chromium gives style sheets that hold rendering back the highest priority, and others the lowest; scripts that
/// hold the parser `High` in the head and before the first image, `Medium` later, `Low` if async or deferred
/// (`third_party/blink/renderer/core/loader/resource`, "Resource Fetch Prioritization"). Preloads look the same, so
/// they are left open.
fn by_priority(load: &PageLoad<'_>, request: Request<'_>, resource: &Resource<'_>) -> Option<Blocking> {
    if !is_parsers(load, request, resource) || request.preloaded() {
        return None;
    }
    let how = match (resource.kind, request.initial_priority().or(request.priority())?) {
        (ResourceKind::Stylesheet, Priority::VeryHigh) => RenderBlocking::Blocking,
        (ResourceKind::Stylesheet, _) => RenderBlocking::NonBlocking,
        (_, Priority::VeryHigh | Priority::High) => RenderBlocking::Blocking,
        (_, _) => RenderBlocking::NonBlocking,
    };
    Some(Blocking { how, certainty: Certainty::Estimated })
}

/// Whether the browser recorded that it found this while parsing the document.
fn is_parsers(load: &PageLoad<'_>, request: Request<'_>, resource: &Resource<'_>) -> bool {
    let by_document = resource.initiator.is_some() && resource.initiator == load.document.request;
    by_document && request.initiator() == Some(InitiatorKind::Parser)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::{Made, MadeRequest};

    const PAGE: &str = "https://shop.example/";

    fn sheet<'a>(r: MadeRequest<'a>) -> MadeRequest<'a> {
        r.kind(ResourceKind::Stylesheet).start(20.0)
    }

    fn script<'a>(r: MadeRequest<'a>) -> MadeRequest<'a> {
        r.kind(ResourceKind::Script).start(20.0)
    }

    /// What the last request is.
    #[track_caller]
    fn check(made: Made, expected: Option<(RenderBlocking, Certainty)>) {
        let recording = made.recording();
        let load = PageLoad::all(&recording).remove(0);
        let found = load.resources.last().expect("a request").blocking;
        assert_eq!(found.map(|found| (found.how, found.certainty)), expected);
    }

    fn html(text: &str) -> Made {
        Made::page(PAGE).document(|r| r.body(text))
    }

    #[test]
    fn from_html() {
        use RenderBlocking::*;
        let derived = |how| Some((how, Certainty::Derived));
        let linked = "<link rel=stylesheet href=/a.css?x=1&amp;y#z><script defer src=d.js></script>";
        check(html(linked).request("https://shop.example/a.css?x=1&y", sheet), derived(Blocking));
        check(html(linked).request("https://shop.example/d.js", script), derived(NonBlocking));
        check(html(linked).request("https://shop.example/other.js", script), derived(NonBlocking));
        check(
            html(linked).request("https://shop.example/x.png", |r| r.kind(ResourceKind::Image)),
            derived(NonBlocking),
        );
        let injected = html("<script src=a.js></script>")
            .request("https://shop.example/a.js", |r| script(r).initiator(InitiatorKind::Script, PAGE));
        check(injected, derived(NonBlocking));
        let elsewhere = html("<p>another version of the page")
            .request("https://shop.example/a.js", |r| script(r).initiator(InitiatorKind::Parser, PAGE));
        check(elsewhere, None);
        let depends = html("<link rel=stylesheet href=/a.css media='(min-width: 9px)'>");
        check(depends.request("https://shop.example/a.css", sheet), None);
        let twice = html("<script async src=a.js></script><script src=a.js></script>");
        check(twice.request("https://shop.example/a.js", script), derived(Blocking));
    }

    #[test]
    fn through_redirects_and_imports() {
        use RenderBlocking::*;
        let derived = |how| Some((how, Certainty::Derived));
        let redirected = html("<link rel=stylesheet href=/a.css>")
            .request("https://shop.example/a.css", |r| sheet(r).status(302).response("location", "/b.css"))
            .request("https://shop.example/b.css", |r| sheet(r).start(40.0));
        check(redirected, derived(Blocking));
        for (media, expected) in [("all", Blocking), ("print", NonBlocking)] {
            let by_text = html(&format!("<link rel=stylesheet href=/a.css media={media}>"))
                .request("https://shop.example/a.css", |r| sheet(r).body("@import 'b.css';"))
                .request("https://shop.example/b.css", |r| sheet(r).start(40.0));
            check(by_text, derived(expected));
            let by_initiator = html(&format!("<link rel=stylesheet href=/a.css media={media}>"))
                .request("https://shop.example/a.css", sheet)
                .request("https://shop.example/b.css", |r| {
                    sheet(r).start(40.0).initiator(InitiatorKind::Parser, "https://shop.example/a.css")
                });
            check(by_initiator, derived(expected));
        }
        let inline = html("<style>@import '/b.css'</style>").request("https://shop.example/b.css", sheet);
        check(inline, derived(Blocking));
    }

    #[test]
    fn measured_wins_and_priorities_help() {
        use RenderBlocking::*;
        let measured = html("<script src=a.js></script>").request("https://shop.example/a.js", |r| {
            script(r).change(|row| row.render_blocking = Some(PotentiallyBlocking))
        });
        check(measured, Some((PotentiallyBlocking, Certainty::Measured)));
        let by_priority = |url: &str, kind, priority| {
            Made::page(PAGE).document(|r| r).request(url, |r| {
                r.kind(kind)
                    .start(20.0)
                    .initiator(InitiatorKind::Parser, PAGE)
                    .change(|row| row.priority = Some(priority))
            })
        };
        let estimated = |how| Some((how, Certainty::Estimated));
        let (css, js) = ("https://shop.example/a.css", "https://shop.example/a.js");
        check(by_priority(css, ResourceKind::Stylesheet, Priority::VeryHigh), estimated(Blocking));
        check(by_priority(css, ResourceKind::Stylesheet, Priority::VeryLow), estimated(NonBlocking));
        check(by_priority(js, ResourceKind::Script, Priority::High), estimated(Blocking));
        check(by_priority(js, ResourceKind::Script, Priority::Low), estimated(NonBlocking));
        check(Made::page(PAGE).document(|r| r).request(js, script), None);
    }
}
