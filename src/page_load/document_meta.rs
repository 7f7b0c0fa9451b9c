//! What the document says in its head about itself: its encoding, and how it fits a phone's screen.

use crate::page_load::PageLoad;
use crate::page_load::html::{self, Token};
use crate::units::TimeSpan;

/// How far browsers look for the encoding before they begin to parse (HTML standard §13.2.3.2), in bytes.
const CHARSET_WITHIN: usize = 1_024;

/// Where the document's encoding is declared. `None`: the recording does not tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Charset {
    /// In `Content-Type`.
    pub in_header: Option<bool>,
    /// Within the first 1,024 bytes of the document, as an element or a byte order mark.
    pub in_document: Option<bool>,
}

/// Finds it. What the browser recorded goes before what the document's text shows.
pub fn charset(load: &PageLoad<'_>) -> Option<Charset> {
    let request = load.request(load.document.request?);
    let has_headers = !request.response_headers().is_empty();
    let in_header = request.response_header("content-type").any(|line| names_charset(line.expose()));
    let recorded = load.navigation().and_then(|navigation| navigation.early_charset);
    let in_text = || Some(declares_early(request.body_text()?.expose()));
    Some(Charset { in_header: has_headers.then_some(in_header), in_document: recorded.or_else(in_text) })
}

/// Whether `charset=…` stands in a media type.
fn names_charset(media_type: &str) -> bool {
    let lower = media_type.to_ascii_lowercase();
    lower.match_indices("charset").any(|(at, word)| {
        let value = lower.get(at + word.len()..).unwrap_or_default().trim_start().strip_prefix('=');
        let is_of_name = |c: char| c.is_ascii_alphanumeric() || "-_:.()".contains(c);
        let name = value.map(|value| value.trim_start().trim_start_matches('"'));
        name.is_some_and(|name| 2 <= name.chars().take_while(|c| is_of_name(*c)).count())
    })
}

fn declares_early(text: &str) -> bool {
    let head = text.get(..text.floor_char_boundary(CHARSET_WITHIN)).unwrap_or(text);
    text.starts_with('\u{feff}')
        || html::tokens(head).any(|token| match token {
            Token::Start(tag) if tag.is("meta") => {
                tag.has("charset") || tag.attribute("content").is_some_and(|content| names_charset(&content))
            }
            _ => false,
        })
}

/// How the page fits a phone's screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MobileViewport {
    /// Whether taps need not wait for a second one; `None`: the recording does not tell.
    pub is_optimized: Option<bool>,
    /// Whether there is a `<meta name=viewport>`; `None`: the recording does not tell.
    pub has_meta: Option<bool>,
}

/// Finds it: by how the browser drew the frames, else by the document's text.
pub fn mobile_viewport(load: &PageLoad<'_>) -> MobileViewport {
    let facts = &load.recording.timeline.facts;
    let TimeSpan { start, end } = load.window();
    let main = load.recording.timeline.main_frame;
    let meta = facts.viewport_metas.iter().find(|meta| meta.frame == main && start <= meta.at && meta.at <= end);
    let from = meta.map_or(start, |meta| meta.at.max(start));
    let mut drawn = facts.mobile_checks.iter().filter(|check| {
        let is_own = check.frame == main && main.is_some();
        is_own && check.first <= end && from <= check.last
    });
    let first = drawn.next().map(|check| check.is_optimized);
    let is_optimized = first.map(|first| first && drawn.all(|check| check.is_optimized));
    let in_text = load.document.request.and_then(|id| load.request(id).body_text()).and_then(|text| {
        let has = has_viewport(text.expose());
        // The rest may have it.
        let is_whole = load.markup.as_ref().is_some_and(|markup| !markup.is_cut);
        (has || is_whole).then_some(has)
    });
    MobileViewport { is_optimized, has_meta: if meta.is_some() { Some(true) } else { in_text } }
}

fn has_viewport(text: &str) -> bool {
    html::tokens(text).any(|token| match token {
        Token::Start(tag) if tag.is("meta") => {
            tag.attribute("name").is_some_and(|name| name.trim().eq_ignore_ascii_case("viewport"))
        }
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn charsets_of_media_types() {
        for (media_type, expected) in [
            ("text/html; charset=utf-8", true),
            ("text/html;CHARSET = \"utf-8\"", true),
            ("text/html; charset=", false),
            ("text/html; charset=u", false),
            ("text/html", false),
        ] {
            assert_eq!(names_charset(media_type), expected, "{media_type}");
        }
    }

    #[test]
    fn charsets_of_documents() {
        let late = format!("<head><!--{}--><meta charset=utf-8>", "x".repeat(1_100));
        for (text, expected) in [
            ("<meta charset=utf-8>", true),
            ("<meta http-equiv=content-type content='text/html; charset=utf-8'>", true),
            ("\u{feff}<p>", true),
            ("<meta name=description content='our charset'>", false),
            ("<!-- <meta charset=utf-8> --><p>", false),
            (&late, false),
        ] {
            assert_eq!(declares_early(text), expected, "{text}");
        }
    }
}
