//! What the document's HTML asks for: style sheets, scripts, preloads, connections to open early, images; and which
//! of it holds rendering back. Read from the kept beginning of the document.

mod reader;

pub use reader::read;

use std::borrow::Cow;

use crate::http::{list, url};
use crate::page_load::PageLoad;
use crate::page_load::css::FontFace;
use crate::recording::{RenderBlocking, Request, ResourceKind};

/// What the document's HTML and its response headers ask for. Addresses are absolute; they are text of the recording.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Markup {
    /// Whether only the beginning of the document is known, or a text in its place that is far too short ("removed").
    /// What is not here may stand in the rest.
    pub is_cut: bool,
    /// Style sheets and scripts in order.
    pub references: Vec<Reference>,
    /// Preloads and connections to open early, in order; those of the `Link` header first.
    pub hints: Vec<Hint>,
    /// `<img>` elements in order.
    pub images: Vec<DocumentImage>,
    /// `@import`s of inline style sheets, in order.
    pub imports: Vec<String>,
    /// Fonts of inline style sheets, in order.
    pub fonts: Vec<FontFace>,
    /// Scripts without an address: how many, and their text in bytes.
    pub inline_scripts: (u32, u64),
    /// Style elements: how many, and their text in bytes.
    pub inline_styles: (u32, u64),
}

/// A style sheet or script that the document asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct Reference {
    /// Absolute address.
    pub url: String,
    /// `Stylesheet` or `Script`.
    pub kind: ResourceKind,
    /// Whether it stands in the head.
    pub in_head: bool,
    /// Whether text or images stand before it.
    pub after_content: bool,
    /// How it holds rendering back; `None`: it depends on the visitor's device (`media="(min-width: …)"`).
    pub how: Option<RenderBlocking>,
    /// The attribute that decides, for evidence: `async`, `defer`, `type=module`, `media`; `None`: no such attribute.
    pub by: Option<&'static str>,
}

/// What a hint asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)] // the names of `rel` values
pub enum HintKind {
    Preload,
    ModulePreload,
    Preconnect,
    DnsPrefetch,
    Prefetch,
}

/// A resource hint.
#[derive(Clone, Debug, PartialEq)]
pub struct Hint {
    /// What it asks for.
    pub kind: HintKind,
    /// Absolute address; for connections any address of the origin.
    pub url: String,
    /// `as` in lower case, empty if not said.
    pub destination: String,
    /// Whether `crossorigin` is there: fonts and `fetch` need another connection and another request than the rest.
    pub cross_origin: bool,
    /// Whether it is limited by `media`.
    pub has_media: bool,
    /// Whether it came in the `Link` header instead of the HTML.
    pub from_header: bool,
    /// Whether something happens when it has arrived: `onload` turns many a preload into a style sheet.
    pub has_handler: bool,
}

/// An `<img>` of the document.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DocumentImage {
    /// Absolute address of `src`; empty: it has none.
    pub url: String,
    /// Absolute addresses in `srcset`, and in `<source srcset>` of its `<picture>`.
    pub candidates: Vec<String>,
    /// `width` attribute in CSS pixels.
    pub width: Option<u32>,
    /// `height` attribute.
    pub height: Option<u32>,
    /// Whether its `style` attribute sets sizes or an aspect ratio.
    pub is_sized_by_style: bool,
    /// Whether `loading=lazy`.
    pub is_lazy: bool,
    /// `fetchpriority` in lower case; empty: not said.
    pub fetch_priority: String,
}

impl DocumentImage {
    /// Whether the browser can keep its place free before it arrives, as far as the HTML tells. A style sheet may set
    /// its size as well.
    pub fn is_sized(&self) -> bool {
        (self.width.is_some() && self.height.is_some()) || self.is_sized_by_style
    }

    /// All addresses that the browser may choose from.
    pub fn addresses(&self) -> impl Iterator<Item = &str> {
        let url = Some(self.url.as_str()).filter(|url| !url.is_empty());
        url.into_iter().chain(self.candidates.iter().map(String::as_str))
    }
}

/// Reads the document of a load; `None`: the recording does not hold its HTML.
pub fn derive(load: &PageLoad<'_>) -> Option<Markup> {
    let request = load.request(load.document.request?);
    let (text, body) = (request.body_text()?, request.body().kept?);
    let mut markup = read(text.expose(), request.url_text().expose());
    let (recorded, sent) = (request.body().recorded_bytes, request.decoded_bytes());
    let is_other = recorded.zip(sent).is_some_and(|(recorded, sent)| recorded.saturating_mul(2) < sent.0);
    markup.is_cut = load.recording.bodies.is_cut(body) || is_other;
    let mut hints = header_hints(request);
    hints.append(&mut markup.hints);
    markup.hints = hints;
    Some(markup)
}

/// How many references, hints and images of each kind are kept: far more than any page that people read has.
pub(crate) const MAX_ELEMENTS: usize = 20_000;

/// The hints of a load's document: those of its `Link` header also where its HTML is not known.
pub fn hints<'a>(load: &'a PageLoad<'_>) -> Cow<'a, [Hint]> {
    match (&load.markup, load.document.request) {
        (Some(markup), _) => Cow::Borrowed(&markup.hints),
        (None, Some(document)) => Cow::Owned(header_hints(load.request(document))),
        (None, None) => Cow::Owned(Vec::new()),
    }
}

/// Hints of a document's `Link` header (RFC 8288), which holds also where the HTML is not known.
pub fn header_hints(document: Request<'_>) -> Vec<Hint> {
    let lines = document.response_header("link").map(|line| line.expose());
    list::members(lines).filter_map(|link| header_hint(document, link)).take(MAX_ELEMENTS).collect()
}

/// The hint that a `rel` attribute names; the strongest where several stand together (`preconnect dns-prefetch`).
pub(crate) fn hint_kind(rel: &str) -> Option<HintKind> {
    let all = [
        ("preload", HintKind::Preload),
        ("modulepreload", HintKind::ModulePreload),
        ("preconnect", HintKind::Preconnect),
        ("dns-prefetch", HintKind::DnsPrefetch),
        ("prefetch", HintKind::Prefetch),
    ];
    all.into_iter().find_map(|(word, kind)| rel.split_ascii_whitespace().any(|w| w == word).then_some(kind))
}

fn header_hint(request: Request<'_>, link: &str) -> Option<Hint> {
    let (address, parameters) = link.strip_prefix('<')?.split_once('>')?;
    let parameter = |name: &str| {
        list::split(parameters, ';').find_map(|parameter| {
            let (key, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            key.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"').to_ascii_lowercase())
        })
    };
    Some(Hint {
        kind: hint_kind(&parameter("rel")?)?,
        url: url::resolve(request.url_text().expose(), address),
        destination: parameter("as").unwrap_or_default(),
        cross_origin: parameter("crossorigin").is_some(),
        has_media: parameter("media").is_some(),
        from_header: true,
        has_handler: false,
    })
}

#[cfg(test)]
mod tests;
