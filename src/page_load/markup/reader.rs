//! Walks the tags of a document and notes what asks for something.

use std::borrow::Cow;

use crate::http::media_type::{Family, MediaType};
use crate::http::url;
use crate::page_load::css;
use crate::page_load::html::{self, Tag, Token};
use crate::page_load::markup::{DocumentImage, Hint, MAX_ELEMENTS, Markup, Reference, hint_kind};
use crate::recording::{RenderBlocking, ResourceKind};

/// Reads HTML that was served at `address`.
pub fn read(text: &str, address: &str) -> Markup {
    let mut reader = Reader { base: address.to_owned(), ..Reader::default() };
    for token in html::tokens(text) {
        match token {
            Token::Start(tag) => reader.start(tag),
            Token::End(tag) => reader.end(tag),
            Token::Text(text) => reader.text(text),
            Token::Raw(text) => reader.raw(text),
        }
    }
    reader.markup
}

/// Elements that may stand in a head (HTML §13.2.6.4.4); any other begins the body.
const IN_HEAD: [&str; 12] =
    ["html", "head", "base", "basefont", "bgsound", "link", "meta", "title", "noscript", "style", "script", "template"];

/// Elements that show something by themselves.
const CONTENT: [&str; 11] =
    ["img", "picture", "video", "canvas", "svg", "iframe", "object", "embed", "input", "button", "hr"];

#[derive(Default)]
struct Reader {
    markup: Markup,
    base: String,
    has_base: bool,
    in_body: bool,
    after_content: bool,
    /// Content of templates is inert.
    n_open_templates: u32,
    /// Candidates of the `<source>` elements of an open `<picture>`.
    picture: Option<Vec<String>>,
    /// What the next raw text belongs to.
    raw: Option<RawOf>,
}

#[derive(Clone, Copy)]
enum RawOf {
    Script,
    Style,
}

impl Reader {
    fn start(&mut self, tag: Tag<'_>) {
        self.raw = None;
        self.in_body = self.in_body || !IN_HEAD.iter().any(|name| tag.is(name));
        if tag.is("template") {
            self.n_open_templates += 1;
        }
        if 0 < self.n_open_templates {
            return;
        }
        if tag.is("base") {
            if let Some(to) = tag.attribute("href").filter(|_| !self.has_base) {
                self.base = url::resolve(&self.base, &to);
                self.has_base = true;
            }
        } else if tag.is("link") {
            self.link(tag);
        } else if tag.is("script") {
            self.script(tag);
        } else if tag.is("style") {
            self.raw = applies(&tag.attribute("media").unwrap_or_default()).unwrap_or(true).then_some(RawOf::Style);
        } else if tag.is("picture") {
            self.picture = Some(Vec::new());
        } else if tag.is("source") {
            let candidates = self.candidates(tag);
            if let Some(picture) = &mut self.picture {
                picture.extend(candidates);
            }
        } else if tag.is("img") {
            self.image(tag);
        }
        self.after_content = self.after_content || (self.in_body && CONTENT.iter().any(|name| tag.is(name)));
    }

    fn end(&mut self, tag: Tag<'_>) {
        if tag.is("template") {
            self.n_open_templates = self.n_open_templates.saturating_sub(1);
        } else if tag.is("picture") {
            self.picture = None;
        }
    }

    fn text(&mut self, text: &str) {
        if self.n_open_templates == 0 && !text.trim().is_empty() {
            self.in_body = true;
            self.after_content = true;
        }
    }

    fn raw(&mut self, text: &str) {
        let n_bytes = text.len() as u64;
        match self.raw.take() {
            Some(RawOf::Script) => {
                self.markup.inline_scripts.0 += 1;
                self.markup.inline_scripts.1 += n_bytes;
            }
            Some(RawOf::Style) => {
                self.markup.inline_styles.0 += 1;
                self.markup.inline_styles.1 += n_bytes;
                let sheet = css::scan(text);
                self.markup.imports.extend(sheet.imports.iter().map(|to| url::resolve(&self.base, to)));
                self.markup.fonts.extend(sheet.fonts.into_iter().map(|font| font.with_base(&self.base)));
            }
            None => {}
        }
    }

    fn link(&mut self, tag: Tag<'_>) {
        let rel = tag.attribute("rel").unwrap_or_default().to_ascii_lowercase();
        let Some(to) = tag.attribute("href").filter(|to| !to.trim().is_empty()) else { return };
        let media = tag.attribute("media").unwrap_or_default();
        let has = |word: &str| rel.split_ascii_whitespace().any(|found| found == word);
        if has("stylesheet") && !tag.has("disabled") && is_css(tag.attribute("type")) {
            let (how, by) = match applies(&media) {
                _ if has("alternate") => (Some(RenderBlocking::NonBlocking), Some("rel=alternate")),
                Some(false) => (Some(RenderBlocking::NonBlocking), Some("media")),
                None => (None, Some("media")),
                Some(true) => (Some(self.parser_blocking()), None),
            };
            self.refer(&to, ResourceKind::Stylesheet, how, by);
        } else if let Some(kind) = hint_kind(&rel) {
            let hint = Hint {
                kind,
                url: url::resolve(&self.base, &to),
                destination: tag.attribute("as").unwrap_or_default().to_ascii_lowercase(),
                cross_origin: tag.has("crossorigin"),
                has_media: !media.trim().is_empty(),
                from_header: false,
                has_handler: tag.has("onload"),
            };
            if self.markup.hints.len() < MAX_ELEMENTS {
                self.markup.hints.push(hint);
            }
        }
    }

    fn script(&mut self, tag: Tag<'_>) {
        let kind = script_kind(tag.attribute("type"));
        let Some(to) = tag.attribute("src").filter(|to| !to.trim().is_empty()) else {
            self.raw = (kind != ScriptKind::Data).then_some(RawOf::Script);
            return;
        };
        let blocks = tag.attribute("blocking").is_some_and(|all| all.split_ascii_whitespace().any(|w| w == "render"));
        let (how, by) = match kind {
            ScriptKind::Data => return,
            ScriptKind::Classic if tag.has("nomodule") => return,
            _ if blocks => (RenderBlocking::Blocking, Some("blocking=render")),
            // It runs as soon as it arrives, which may be before the first render.
            _ if tag.has("async") => (RenderBlocking::PotentiallyBlocking, Some("async")),
            ScriptKind::Module => (RenderBlocking::NonBlocking, Some("type=module")),
            ScriptKind::Classic if tag.has("defer") => (RenderBlocking::NonBlocking, Some("defer")),
            ScriptKind::Classic => (self.parser_blocking(), None),
        };
        self.refer(&to, ResourceKind::Script, Some(how), by);
    }

    /// How something that stops the parser here holds rendering back, in Chromium's terms. After some content the
    /// browser can render that content first.
    fn parser_blocking(&self) -> RenderBlocking {
        match (self.in_body, self.after_content) {
            (false, _) => RenderBlocking::Blocking,
            (true, false) => RenderBlocking::InBodyParserBlocking,
            (true, true) => RenderBlocking::NonBlocking,
        }
    }

    fn refer(&mut self, to: &str, kind: ResourceKind, how: Option<RenderBlocking>, by: Option<&'static str>) {
        let (in_head, after_content) = (!self.in_body, self.after_content);
        let url = url::resolve(&self.base, to);
        if self.markup.references.len() < MAX_ELEMENTS {
            self.markup.references.push(Reference { url, kind, in_head, after_content, how, by });
        }
    }

    fn image(&mut self, tag: Tag<'_>) {
        let style = tag.attribute("style").unwrap_or_default().to_ascii_lowercase();
        let declares = |name: &str| {
            style.split(';').any(|part| part.split_once(':').is_some_and(|(property, _)| property.trim() == name))
        };
        let pixels = |name| tag.attribute(name).and_then(|value| value.trim().parse().ok());
        let mut candidates = self.picture.clone().unwrap_or_default();
        candidates.extend(self.candidates(tag));
        let address = tag.attribute("src").filter(|to| !to.trim().is_empty());
        let image = DocumentImage {
            url: address.map(|to| url::resolve(&self.base, &to)).unwrap_or_default(),
            candidates,
            width: pixels("width"),
            height: pixels("height"),
            is_sized_by_style: declares("aspect-ratio") || (declares("width") && declares("height")),
            is_lazy: tag.attribute("loading").is_some_and(|value| value.eq_ignore_ascii_case("lazy")),
            fetch_priority: tag.attribute("fetchpriority").unwrap_or_default().to_ascii_lowercase(),
        };
        if self.markup.images.len() < MAX_ELEMENTS {
            self.markup.images.push(image);
        }
    }

    /// Addresses of `srcset`. A comma inside an address is part of it unless white space follows.
    fn candidates(&self, tag: Tag<'_>) -> Vec<String> {
        /// More candidates than any generator writes.
        const MAX: usize = 64;
        let text = tag.attribute("srcset").unwrap_or_default();
        let mut all = Vec::new();
        let mut rest = text.as_ref();
        while all.len() < MAX {
            rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == ',');
            let end = rest.find(|c: char| c.is_ascii_whitespace()).unwrap_or(rest.len());
            let Some((address, after)) = rest.split_at_checked(end).filter(|(address, _)| !address.is_empty()) else {
                break;
            };
            // Without a descriptor the comma stands right after the address.
            rest = if address.ends_with(',') { after } else { after.split_once(',').map_or("", |(_, after)| after) };
            let address = address.trim_end_matches(',');
            if !address.starts_with("data:") {
                all.push(url::resolve(&self.base, address));
            }
        }
        all
    }
}

/// Whether a media query list applies to a screen; `None`: it depends on the device.
fn applies(media: &str) -> Option<bool> {
    let media = media.trim().to_ascii_lowercase();
    if media.is_empty() {
        return Some(true);
    }
    let of_query = |query: &str| {
        let query = query.trim();
        let (negated, query) = query.strip_prefix("not ").map_or((false, query), |rest| (true, rest));
        let query = query.strip_prefix("only ").unwrap_or(query).trim();
        match query {
            "all" | "screen" => Some(!negated),
            _ if query.starts_with("all and") || query.starts_with("screen and") || query.starts_with('(') => None,
            _ => Some(negated),
        }
    };
    let answers: Vec<_> = media.split(',').map(of_query).collect();
    match answers.contains(&Some(true)) {
        true => Some(true),
        false if answers.contains(&None) => None,
        false => Some(false),
    }
}

fn is_css(media_type: Option<Cow<'_, str>>) -> bool {
    media_type.is_none_or(|text| text.trim().is_empty() || MediaType::parse(&text).is_some_and(|t| t.is("text/css")))
}

#[derive(Clone, Copy, PartialEq)]
enum ScriptKind {
    Classic,
    Module,
    /// Not run, not fetched.
    Data,
}

fn script_kind(media_type: Option<Cow<'_, str>>) -> ScriptKind {
    let text = media_type.unwrap_or_default();
    let text = text.trim();
    if text.eq_ignore_ascii_case("module") {
        return ScriptKind::Module;
    }
    let is_script = MediaType::parse(text).is_some_and(|found| found.family() == Family::JavaScript);
    if text.is_empty() || is_script { ScriptKind::Classic } else { ScriptKind::Data }
}
