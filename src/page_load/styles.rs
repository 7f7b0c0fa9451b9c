//! What the style sheets of a load ask for: imports and fonts. Read from the kept text of style sheets and from the
//! `<style>` elements of the document.

use crate::http::url;
use crate::page_load::PageLoad;
use crate::page_load::css::{self, FontFace};
use crate::recording::{RequestId, ResourceKind};

/// A font that a style sheet declares.
#[derive(Clone, Debug, PartialEq)]
pub struct Font {
    /// The `@font-face` rule, addresses absolute.
    pub face: FontFace,
    /// The style sheet; `None`: a `<style>` element of the document.
    pub sheet: Option<RequestId>,
    /// The request for it: the first of its sources that was asked for; `None`: the page did not need it.
    pub request: Option<RequestId>,
}

/// What the style sheets of a load ask for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Styles {
    /// Fonts in the order of their declaration.
    pub fonts: Vec<Font>,
    /// Imports: the importing sheet (`None`: the document) and the absolute address, in order.
    pub imports: Vec<(Option<RequestId>, String)>,
    /// Style sheets whose text the recording does not hold (whole), in order. What they declare is not known.
    pub unread: Vec<RequestId>,
}

/// Reads all style sheets of a load.
pub fn derive(load: &PageLoad<'_>) -> Styles {
    let mut styles = Styles::default();
    if let Some(markup) = &load.markup {
        styles.imports.extend(markup.imports.iter().map(|to| (None, to.clone())));
        styles.fonts.extend(markup.fonts.iter().map(|face| font(load, face.clone(), None)));
    }
    for (request, _) in load.iter().filter(|(_, resource)| resource.kind == ResourceKind::Stylesheet) {
        let body = request.body();
        let cut = body.kept.is_none_or(|kept| load.recording.bodies.is_cut(kept));
        if cut {
            styles.unread.push(request.id());
        }
        let Some(text) = request.body_text() else { continue };
        let base = request.url_text().expose();
        let sheet = css::scan(text.expose());
        styles.imports.extend(sheet.imports.iter().map(|to| (Some(request.id()), url::resolve(base, to))));
        let faces = sheet.fonts.into_iter().map(|face| face.with_base(base));
        styles.fonts.extend(faces.map(|face| font(load, face, Some(request.id()))));
    }
    styles
}

fn font(load: &PageLoad<'_>, face: FontFace, sheet: Option<RequestId>) -> Font {
    let request = face.sources.iter().find_map(|source| load.addresses.requests_to(source).first().copied());
    Font { face, sheet, request }
}
