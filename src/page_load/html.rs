//! A small HTML tokenizer: tags with attributes, text, and the content of scripts and styles. It follows the HTML
//! standard's tokenizer (§13.2.5) as far as the place of tags depends on it; it builds no tree and never fails.

use std::borrow::Cow;

/// One token of a document.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Token<'a> {
    /// `<name attributes>`.
    Start(Tag<'a>),
    /// `</name>`.
    End(Tag<'a>),
    /// Text between tags as written.
    Text(&'a str),
    /// The content of the element that began right before and holds no tags: script, style, title and the like.
    Raw(&'a str),
}

/// A tag.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tag<'a> {
    /// As written; compare without regard to case.
    pub name: &'a str,
    attributes: &'a str,
}

/// The tokens of a document in order. Comments, declarations and what browsers take for them are left out.
/// Cost: linear.
pub fn tokens(text: &str) -> impl Iterator<Item = Token<'_>> {
    let mut tokenizer = Tokenizer { rest: text, raw: None };
    std::iter::from_fn(move || tokenizer.next())
}

impl<'a> Tag<'a> {
    /// Whether the tag is of this element. `name` is in lower case.
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// The attributes in order, names as written, values with character references undone.
    pub fn attributes(&self) -> impl Iterator<Item = (&'a str, Cow<'a, str>)> + use<'a> {
        let mut rest = self.attributes;
        std::iter::from_fn(move || {
            let (name, value, after) = next_attribute(rest)?;
            rest = after;
            Some((name, decode(value)))
        })
    }

    /// Value of an attribute, the first of that name; empty where it has none. `name` is in lower case.
    pub fn attribute(&self, name: &str) -> Option<Cow<'a, str>> {
        self.attributes().find_map(|(key, value)| key.eq_ignore_ascii_case(name).then_some(value))
    }

    /// Whether the attribute is there.
    pub fn has(&self, name: &str) -> bool {
        self.attribute(name).is_some()
    }
}

struct Tokenizer<'a> {
    rest: &'a str,
    /// The element whose content comes next and holds no tags.
    raw: Option<&'a str>,
}

impl<'a> Tokenizer<'a> {
    fn next(&mut self) -> Option<Token<'a>> {
        if let Some(name) = self.raw.take() {
            let end = match name.eq_ignore_ascii_case("script") {
                true => end_of_script(self.rest),
                false => find_end_tag(self.rest, name).unwrap_or(self.rest.len()),
            };
            return Some(Token::Raw(self.take(end)));
        }
        loop {
            if self.rest.is_empty() {
                return None;
            }
            let Some(markup) = self.rest.strip_prefix('<') else {
                let end = self.rest.find('<').unwrap_or(self.rest.len());
                return Some(Token::Text(self.take(end)));
            };
            if let Some(comment) = markup.strip_prefix("!--") {
                self.rest = after_comment(comment);
            } else if let Some(end) = markup.strip_prefix('/') {
                if end.starts_with(|c: char| c.is_ascii_alphabetic()) {
                    return Some(Token::End(self.tag(end)));
                }
                self.rest = after(end, ">");
            } else if markup.starts_with(['!', '?']) {
                self.rest = after(markup, ">");
            } else if markup.starts_with(|c: char| c.is_ascii_alphabetic()) {
                let tag = self.tag(markup);
                if RAW.iter().any(|name| tag.is(name)) {
                    self.raw = Some(tag.name);
                }
                return Some(Token::Start(tag));
            } else {
                return Some(Token::Text(self.take(1)));
            }
        }
    }

    fn take(&mut self, n: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at_checked(n).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }

    /// `text` begins with the tag's name.
    fn tag(&mut self, text: &'a str) -> Tag<'a> {
        let end = text.find(|c: char| is_space(c) || matches!(c, '/' | '>')).unwrap_or(text.len());
        let (name, attributes) = text.split_at_checked(end).unwrap_or((text, ""));
        let mut rest = attributes;
        while let Some((_, _, after)) = next_attribute(rest) {
            rest = after;
        }
        let n = attributes.len() - rest.len();
        self.rest = after(rest, ">");
        Tag { name, attributes: attributes.get(..n).unwrap_or_default() }
    }
}

/// Elements whose content holds no tags (HTML §13.2.6.2; `noscript` because scripts run in the browsers recorded).
const RAW: [&str; 8] = ["script", "style", "title", "textarea", "noscript", "iframe", "xmp", "noframes"];

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\x0c')
}

/// What follows the first `mark`; nothing if it does not occur.
fn after<'a>(text: &'a str, mark: &str) -> &'a str {
    text.split_once(mark).map_or("", |(_, after)| after)
}

/// `text` begins after `<!--`.
fn after_comment(text: &str) -> &str {
    for short in [">", "->"] {
        if let Some(rest) = text.strip_prefix(short) {
            return rest; // `<!-->` and `<!--->` are whole comments
        }
    }
    let ends = |at: &usize| text.get(..*at).is_some_and(|before| before.ends_with("--") || before.ends_with("--!"));
    let end = text.match_indices('>').map(|(at, _)| at).find(ends);
    end.and_then(|end| text.get(end + 1..)).unwrap_or_default()
}

/// Where `</name` begins.
fn find_end_tag(text: &str, name: &str) -> Option<usize> {
    text.match_indices("</").map(|(at, _)| at).find(|at| is_tag_named(text, at + 2, name))
}

/// Whether a tag's name at `at` is exactly this one.
fn is_tag_named(text: &str, at: usize, name: &str) -> bool {
    let end = at + name.len();
    text.get(at..end).is_some_and(|found| found.eq_ignore_ascii_case(name))
        && text.get(end..).is_some_and(|rest| rest.starts_with(|c| is_space(c) || matches!(c, '/' | '>')))
}

/// Where `</script` ends a script. Between `<!--` and `-->` an inner `<script` takes one `</script` for itself
/// (HTML §13.2.5.26, "script data double escaped").
fn end_of_script(text: &str) -> usize {
    let (mut escaped, mut doubly) = (false, false);
    for (at, c) in text.char_indices().filter(|(_, c)| matches!(c, '<' | '-')) {
        let here = text.get(at..).unwrap_or_default();
        if c == '-' {
            if escaped && here.starts_with("-->") {
                (escaped, doubly) = (false, false);
            }
        } else if here.starts_with("<!--") {
            escaped = true;
        } else if is_tag_named(text, at + 1, "script") {
            doubly = escaped;
        } else if is_tag_named(text, at + 1, "/script") {
            if !doubly {
                return at;
            }
            doubly = false;
        }
    }
    text.len()
}

/// Name, value and what follows; `None` at the end of the tag.
fn next_attribute(text: &str) -> Option<(&str, &str, &str)> {
    let text = text.trim_start_matches(|c| is_space(c) || c == '/');
    if text.is_empty() || text.starts_with('>') {
        return None;
    }
    // A `=` at the beginning is part of the name.
    let first = text.chars().next().map_or(0, char::len_utf8);
    let end = text.get(first..)?.find(|c| is_space(c) || matches!(c, '/' | '>' | '='));
    let (name, rest) = text.split_at_checked(end.map_or(text.len(), |end| first + end))?;
    let Some(value) = rest.trim_start_matches(is_space).strip_prefix('=') else { return Some((name, "", rest)) };
    let value = value.trim_start_matches(is_space);
    for quote in ['"', '\''] {
        if let Some(inside) = value.strip_prefix(quote) {
            let (value, rest) = inside.split_once(quote).unwrap_or((inside, ""));
            return Some((name, value, rest));
        }
    }
    let end = value.find(|c| is_space(c) || c == '>').unwrap_or(value.len());
    let (value, rest) = value.split_at_checked(end)?;
    Some((name, value, rest))
}

/// Character references that occur in addresses: the five of XML, non-breaking spaces and numbers.
fn decode(value: &str) -> Cow<'_, str> {
    if !value.contains('&') {
        return Cow::Borrowed(value);
    }
    let mut decoded = String::with_capacity(value.len());
    let mut rest = value;
    while let Some((before, reference)) = rest.split_once('&') {
        decoded.push_str(before);
        let end = reference.bytes().take(MAX_REFERENCE).position(|byte| byte == b';');
        let found = end.and_then(|end| Some((character(reference.get(..end)?)?, end + 1)));
        match found {
            Some((c, n)) => {
                decoded.push(c);
                rest = reference.get(n..).unwrap_or_default();
            }
            None => {
                decoded.push('&');
                rest = reference;
            }
        }
    }
    decoded.push_str(rest);
    Cow::Owned(decoded)
}

/// The longest reference that is undone is `#x0010ffff;`, in characters.
const MAX_REFERENCE: usize = 11;

fn character(name: &str) -> Option<char> {
    match name {
        "amp" | "AMP" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "nbsp" => Some('\u{a0}'),
        _ => {
            let number = name.strip_prefix('#')?;
            let number = match number.strip_prefix(['x', 'X']) {
                Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16),
                None => number.parse(),
            };
            char::from_u32(number.ok()?)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tokens in short: `<x`, `</x`, `"text"`, `[raw]`.
    #[track_caller]
    fn check(text: &str, expected: &str) {
        let short = tokens(text).map(|token| match token {
            Token::Start(tag) => format!("<{}", tag.name),
            Token::End(tag) => format!("</{}", tag.name),
            Token::Text(text) => format!("{text:?}"),
            Token::Raw(text) => format!("[{text}]"),
        });
        assert_eq!(short.collect::<Vec<_>>().join(" "), expected, "{text}");
    }

    #[test]
    fn splits() {
        check("<!doctype html><p a=1>x</p>", "<p \"x\" </p");
        check("a<b", "\"a\" <b");
        check("1 < 2", "\"1 \" \"<\" \" 2\"");
        check("<!-- <p> --><i>", "<i");
        check("<!--><i>", "<i");
        check("<!-- x --!><i>", "<i");
        check("<!-- <i>", "");
        check("<![CDATA[ <x> ]]><i>", "\" ]]>\" <i");
        check("</ x><?xml?><i>", "<i");
        check("<a title='>' href=\">\">x", "<a \"x\"");
        check("<a href=\"x", "<a");
        check("<br/><img src=x/>", "<br <img");
        check("", "");
        check("<", "\"<\"");
    }

    #[test]
    fn raw_content() {
        check("<script>if (a<b) '</p>'</script><p>", "<script [if (a<b) '</p>'] </script <p");
        check("<SCRIPT></Script ><p>", "<SCRIPT [] </Script <p");
        check("<script></scripty></script>", "<script [</scripty>] </script");
        check("<script><!-- <script></script> --></script><p>", "<script [<!-- <script></script> -->] </script <p");
        check("<script><!-- </script><p>", "<script [<!-- ] </script <p");
        check("<noscript><link></noscript><i>", "<noscript [<link>] </noscript <i");
        check("<title><b></title>", "<title [<b>] </title");
        check("<style>a>b{}", "<style [a>b{}]");
    }

    #[test]
    fn attributes() {
        let Some(Token::Start(tag)) =
            tokens("<link REL=preload href = '/a?x=1&amp;y=&#50;&z' async data-x=\"é>\" href=b =c / d>").next()
        else {
            panic!("a tag")
        };
        assert_eq!(tag.attribute("rel").as_deref(), Some("preload"));
        assert_eq!(tag.attribute("href").as_deref(), Some("/a?x=1&y=2&z"));
        assert_eq!(tag.attribute("data-x").as_deref(), Some("é>"));
        assert!(tag.has("async") && tag.has("d") && !tag.has("defer"));
        assert_eq!(decode("&#x1F600;&#xd800;&bogus;&amp").as_ref(), "😀&#xd800;&bogus;&amp");
    }

    #[test]
    fn long_documents_are_linear() {
        for piece in [
            "<!--",
            "<script>",
            "<a b='",
            "</",
            "<",
            "&",
            "<p ",
            "<textarea>",
            "--!>",
            "<script><!--",
            "<!-- -->",
            "<!-- --!>",
            "<a b='&é'>",
        ] {
            let n = tokens(&piece.repeat(100_000)).count();
            assert!(n <= 400_000, "{piece}");
        }
    }
}
