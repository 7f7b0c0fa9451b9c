//! `unused-preload`: files fetched ahead of everything else that the page then did not use.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use crate::http::url;
use crate::order::Arrange;
use crate::page_load::markup::{self, Hint, HintKind};
use crate::page_load::used_files::UsedFiles;
use crate::page_load::{Owner, PageLoad, downloads};
use crate::recording::{Missing, Request, RequestId, ResourceKind};
use crate::rules::gain;
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Evidence, Finding, Method, Outcome, Severity, Topic, why_not};
use crate::units::Bytes;

/// From this many bytes for nothing on it is a warning: a tenth of a second and more on the lines that Lighthouse
/// takes for typical phones (1.6 Mbit/s).
const NOTICEABLE: Bytes = Bytes::kib(100);

/// Letters and digits in a row. A build hash has at least as many; shorter pieces of a name occur by chance.
const HASH: usize = 6;

declare_rule! {
    /// ## In plain words
    /// The page told the browser to fetch these files first of all, and then did not use them. They took the line from
    /// files that visitors were waiting for.
    ///
    /// ## What it finds
    /// Files that a `<link rel=preload>`, `rel=modulepreload` or `Link` header of the page asks for, that arrived, and
    /// that nothing else in the recording names: not the page's HTML, not its style sheets, not its scripts. Names are
    /// compared without their folder; of an address with a query the first parameter counts. A script that is preloaded
    /// counts as named where its build hash is. If the recording does not hold the text of all scripts and style
    /// sheets, or data was fetched that may name a picture, nothing is claimed. In a trace, which holds no texts, what
    /// counts is whether the browser painted, parsed, ran or asked for it until 3 seconds after the load event.
    ///
    /// ## Why it matters
    /// Preloads go ahead of what the browser finds by itself. One that is not used costs its bytes and delays all that
    /// come after it. Often it is left over from an earlier version, or its address differs from the one that is used
    /// in a version number, and the file is fetched twice.
    ///
    /// ## How to fix it
    /// - Remove the hint, or correct its address so that it is exactly the one that is used.
    /// - Give it the `media` of what uses it.
    ///
    /// ## How savings are estimated
    /// The files' bytes. Time: at most their share of the time in which they arrived, before the load event.
    ///
    /// ## When to ignore it
    /// If the file is for the next page: then `rel=prefetch` asks for it without getting in the way.
    ///
    /// ## References
    /// - [Preload critical assets](https://web.dev/articles/preload-critical-assets)
    /// - [HTML standard: preload](https://html.spec.whatwg.org/multipage/links.html#link-type-preload)
    pub static UNUSED_PRELOAD = {
        id: "unused-preload",
        title: "Preloaded files that are not used",
        topic: Topic::Rendering,
        severity: Severity::Warning,
        owner: Owner::Origin,
        needs: [Missing::Document],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    if load.markup.is_none()
        && let Some(outcome) = by_work(load)
    {
        return outcome;
    }
    let hints = markup::hints(load);
    let preloads = hints.iter().filter(|hint| matches!(hint.kind, HintKind::Preload | HintKind::ModulePreload));
    let mut seen = BTreeSet::new();
    let mut candidates = Vec::new();
    for hint in preloads {
        let [id] = load.addresses.requests_to(&hint.url) else { continue };
        // A style sheet that becomes one as it arrives is used.
        let is_used_by_itself = hint.has_media || hint.has_handler;
        if !is_used_by_itself && downloads::is_answer(load.request(*id)) && seen.insert(*id) {
            candidates.push((*id, hint));
        }
    }
    if candidates.is_empty() && load.markup.is_some() {
        return Outcome::NotApplicable("the page preloads nothing that arrived");
    }
    let Some(texts) = Texts::of(load) else { return Outcome::NotChecked(why_not(Missing::Bodies)) };
    let (mut unused, mut n_untold) = (Vec::new(), 0);
    for (id, hint) in candidates {
        match texts.name(load, id, hint, &hints) {
            Some(false) => unused.push(id),
            Some(true) => {}
            None => n_untold += 1,
        }
    }
    if !unused.is_empty() {
        return Outcome::found(finding(load, unused));
    }
    match n_untold {
        0 => Outcome::Passed,
        _ => Outcome::NotChecked("the recording does not hold all texts that may name the preloaded files"),
    }
}

/// Without texts: by what a trace shows of the browser's work. `None`: nothing of that.
fn by_work(load: &PageLoad<'_>) -> Option<Outcome> {
    let used = UsedFiles::of(load)?;
    let mut unused = Vec::new();
    let mut is_known = false;
    for (request, _) in load.network().filter(|(request, _)| request.preloaded() && downloads::is_answer(*request)) {
        match used.is_used(load, request.id()) {
            Some(false) => unused.push(request.id()),
            Some(true) => is_known = true,
            None => {}
        }
    }
    match unused.is_empty() {
        true => is_known.then_some(Outcome::Passed),
        false => Some(Outcome::found(finding(load, unused))),
    }
}

/// All texts that may name a file.
struct Texts<'a> {
    document: &'a str,
    sheets: Vec<&'a str>,
    scripts: Vec<&'a str>,
    /// Whether the text of every style sheet is there, and of every script.
    has_all_sheets: bool,
    has_all_scripts: bool,
    /// Whether data was fetched, which may name pictures.
    has_data: bool,
}

impl<'a> Texts<'a> {
    /// `None`: the page's own HTML is not there, or not whole.
    fn of(load: &PageLoad<'a>) -> Option<Self> {
        load.markup.as_ref().filter(|markup| !markup.is_cut)?;
        let mut texts = Self {
            document: load.request(load.document.request?).body_text()?.expose(),
            sheets: Vec::new(),
            scripts: Vec::new(),
            has_all_sheets: true,
            has_all_scripts: true,
            has_data: false,
        };
        for (request, resource) in load.network() {
            let text = whole_text(load, request);
            match resource.kind {
                ResourceKind::Stylesheet => {
                    texts.has_all_sheets &= text.is_some();
                    texts.sheets.extend(text);
                }
                ResourceKind::Script => {
                    texts.has_all_scripts &= text.is_some() || !downloads::is_answer(request);
                    texts.scripts.extend(text);
                }
                ResourceKind::Fetch | ResourceKind::Xhr | ResourceKind::WebSocket => {
                    texts.has_data |= !gain::is_third_party(resource);
                }
                _ => {}
            }
        }
        Some(texts)
    }

    /// Whether anything but hints names a preloaded file; `None`: that cannot be told.
    fn name(&self, load: &PageLoad<'_>, id: RequestId, hint: &Hint, hints: &[Hint]) -> Option<bool> {
        let resource = load.resource(id)?;
        let url = resource.url?;
        let name = url.file_name().filter(|name| name.contains('.'))?;
        let with_query = match url.query.and_then(|query| query.split('&').next()).filter(|first| !first.is_empty()) {
            Some(first) => format!("{name}?{first}"),
            None => name.to_owned(),
        };
        let address = url::canonical(&hint.url);
        let n_hints = hints.iter().filter(|other| !other.from_header && url::canonical(&other.url) == address).count();
        let n_in_document = self.document.matches(with_query.as_str()).count();
        // The hint itself is written in another way than it reads (escapes).
        if n_in_document < n_hints {
            return None;
        }
        let in_sheets = self.sheets.iter().any(|text| text.contains(&with_query));
        let in_scripts = self.scripts.iter().any(|text| text.contains(name));
        let by_hash = resource.kind == ResourceKind::Script
            && hashes(name).any(|hash| self.scripts.iter().any(|text| text.contains(hash)));
        if n_hints < n_in_document || in_sheets || in_scripts || by_hash {
            return Some(true);
        }
        let may_be_data = self.has_data && resource.kind != ResourceKind::Stylesheet;
        (self.has_all_sheets && self.has_all_scripts && !may_be_data).then_some(false)
    }
}

/// The text of a response, if the recording holds all of it.
fn whole_text<'a>(load: &PageLoad<'a>, request: Request<'a>) -> Option<&'a str> {
    request.body().kept.filter(|kept| !load.recording.bodies.is_cut(*kept))?;
    Some(request.body_text()?.expose())
}

/// The pieces of a file's name that a build made.
fn hashes(name: &str) -> impl Iterator<Item = &str> {
    let pieces = name.split(|c: char| !c.is_ascii_alphanumeric());
    pieces.filter(|piece| HASH <= piece.len() && piece.bytes().any(|byte| byte.is_ascii_digit()))
}

fn finding(load: &PageLoad<'_>, unused: Vec<RequestId>) -> Finding {
    let sent = |id: RequestId| downloads::sent_bytes(load.request(id)).unwrap_or_default();
    let mut saved: Vec<_> = unused.into_iter().map(|id| (id, sent(id))).collect();
    saved.arrange_by_key(|(id, bytes)| (Reverse(*bytes), *id));
    let savings = gain::of_fewer_bytes(load, &saved, Method::Bound);
    let files = Part::Counted(saved.len() as u64, "file", "files");
    let evidence = saved.iter().map(|(id, bytes)| Evidence {
        request: Some(*id),
        text: message![
            *bytes,
            "; nothing but the hint asks for this ",
            load.resource(*id).map_or(ResourceKind::Other, |r| r.kind)
        ],
    });
    Finding {
        severity: if NOTICEABLE <= savings.bytes { Severity::Warning } else { Severity::Notice },
        owner: None,
        customer: message![
            "The page asked for ",
            files.clone(),
            " (",
            savings.bytes,
            ") before everything else and did not use ",
            Part::agreeing(saved.len(), "it.", "them.")
        ],
        engineer: message![
            files,
            ", ",
            savings.bytes,
            ", preloaded, but asked for by nothing else: ",
            match load.markup {
                Some(_) => "no other part of the HTML, no style sheet and no script names them.",
                None => "the browser neither painted, parsed nor ran them, and no text asked for them.",
            }
        ],
        fix: message![
            "Remove the ",
            Part::Code("<link rel=preload>"),
            ", or make its address, ",
            Part::Code("as"),
            " and ",
            Part::Code("crossorigin"),
            " those with which the file is used."
        ],
        evidence: evidence.collect(),
        savings: Some(savings),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::{Made, MadeRequest};
    use crate::rules::testing::{check_rule, outcome};

    /// A trace that goes on for a minute: the page has a picture and a style sheet, and used those that are named.
    fn traced(painted: &str, parsed: &str, load: f64) -> Made {
        let (painted, parsed) = (painted.to_owned(), parsed.to_owned());
        Made::page("https://shop.example/")
            .document(|r| r)
            .request(HERO, |r| image(r).change(|row| row.preloaded = true))
            .request("https://shop.example/site.css", |r| {
                r.kind(ResourceKind::Stylesheet).bytes(9_000, 9_000, 9_000).change(|row| row.preloaded = true)
            })
            .milestones(move |m| m.load = Some(crate::units::Millis(load)))
            .work(&[(0, "RunTask", 100.0, 9.0, ""), (1, "ParseAuthorStyleSheet", 100.0, 5.0, &parsed)])
            .change(move |recording| {
                let url = recording.strings.intern(&painted);
                let image = crate::recording::PaintedImage::of_size(url, [10.0, 10.0]);
                recording.timeline.facts.images.push(image);
            })
    }

    #[test]
    fn what_a_trace_shows_of_use() {
        let sheet = "https://shop.example/site.css";
        let n_found = |made: Made| match outcome(&UNUSED_PRELOAD, made) {
            Outcome::Found(found) => found[0].evidence.len(),
            Outcome::Passed => 0,
            other => panic!("{other:?}"),
        };
        assert_eq!(n_found(traced(HERO, sheet, 500.0)), 0);
        assert_eq!(n_found(traced("https://shop.example/b.jpg", sheet, 500.0)), 1);
        assert_eq!(n_found(traced("https://shop.example/b.jpg", "https://shop.example/site.css?v=2", 500.0)), 2);
        // It may have been used later.
        let short = traced("https://shop.example/b.jpg", sheet, 58_000.0);
        check_rule(&UNUSED_PRELOAD, short, "not-checked");
    }

    const HERO: &str = "https://shop.example/img/hero.jpg";

    /// A page of this HTML with a preloaded picture.
    fn page(html: &str) -> Made {
        Made::page("https://shop.example/").document(|r| r.body(html)).request(HERO, image)
    }

    fn image(r: MadeRequest<'_>) -> MadeRequest<'_> {
        r.kind(ResourceKind::Image).start(20.0).bytes(150_000, 149_000, 149_000)
    }

    fn script<'a>(r: MadeRequest<'a>, text: &str) -> MadeRequest<'a> {
        r.kind(ResourceKind::Script).start(20.0).body(text)
    }

    const HINT: &str = "<link rel=preload as=image href=/img/hero.jpg>";

    #[test]
    fn nothing_names_it() {
        let Outcome::Found(found) = outcome(&UNUSED_PRELOAD, page(HINT)) else { panic!() };
        assert_eq!((found[0].severity, found[0].savings.map(|s| s.bytes)), (Severity::Warning, Some(Bytes(150_000))));
        let by_header = Made::page("https://shop.example/")
            .document(|r| r.body("<p>").response("link", "</img/hero.jpg>; rel=preload; as=image"))
            .request(HERO, image);
        check_rule(&UNUSED_PRELOAD, by_header, "found");
        let other_version = Made::page("https://shop.example/")
            .document(|r| r.body("<link rel=preload as=style href=a.css?v=1><link rel=stylesheet href=a.css>"))
            .request("https://shop.example/a.css?v=1", |r| r.kind(ResourceKind::Stylesheet).body("p{}"))
            .request("https://shop.example/a.css", |r| r.kind(ResourceKind::Stylesheet).body("p{}"));
        check_rule(&UNUSED_PRELOAD, other_version, "found");
    }

    #[test]
    fn something_names_it() {
        check_rule(&UNUSED_PRELOAD, page(&format!("{HINT}<img src=/img/hero.jpg>")), "passed");
        check_rule(&UNUSED_PRELOAD, page(&format!("{HINT}<script>show('hero.jpg')</script>")), "passed");
        let by_script = page(HINT).request("https://shop.example/a.js", |r| script(r, "f('/img/'+'hero.jpg')"));
        check_rule(&UNUSED_PRELOAD, by_script, "passed");
        let by_sheet = page(HINT).request("https://shop.example/a.css", |r| {
            r.kind(ResourceKind::Stylesheet).body("p{background:url(../img/hero.jpg)}")
        });
        check_rule(&UNUSED_PRELOAD, by_sheet, "passed");
        let chunk = Made::page("https://shop.example/")
            .document(|r| r.body("<link rel=preload as=script href=/js/12.5f3a9c.js><script src=/js/main.js></script>"))
            .request("https://shop.example/js/12.5f3a9c.js", |r| script(r, ""))
            .request("https://shop.example/js/main.js", |r| script(r, "e=>e+'.'+{12:'5f3a9c'}[e]+'.js'"));
        check_rule(&UNUSED_PRELOAD, chunk, "passed");
        let becomes_a_sheet = Made::page("https://shop.example/")
            .document(|r| r.body("<link rel=preload as=style href=a.css onload=\"this.rel='stylesheet'\">"))
            .request("https://shop.example/a.css", |r| r.kind(ResourceKind::Stylesheet).body("p{}"));
        check_rule(&UNUSED_PRELOAD, becomes_a_sheet, "not-applicable");
    }

    #[test]
    fn not_known() {
        let unread = page(HINT).request("https://shop.example/a.js", |r| r.kind(ResourceKind::Script));
        check_rule(&UNUSED_PRELOAD, unread, "not-checked");
        let data = page(HINT).request("https://shop.example/api", |r| r.kind(ResourceKind::Fetch));
        check_rule(&UNUSED_PRELOAD, data, "not-checked");
        let no_html = Made::page("https://shop.example/")
            .document(|r| r.response("link", "</img/hero.jpg>; rel=preload; as=image"))
            .request(HERO, image);
        check_rule(&UNUSED_PRELOAD, no_html, "not-checked");
        check_rule(&UNUSED_PRELOAD, page("<p>"), "not-applicable");
        check_rule(&UNUSED_PRELOAD, page(HINT).without(Missing::Document), "not-checked");
    }
}
