//! What a style sheet fetches: imports and fonts. A scanner for `@import` and `@font-face` (CSS Syntax §3.3, CSS
//! Cascade §2, CSS Fonts §4); everything else is skipped.

use crate::http::url;

/// How text looks while its font loads (CSS Fonts §4.9 `font-display`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)] // the field's own names
pub enum FontDisplay {
    Auto,
    Block,
    Swap,
    Fallback,
    Optional,
}

impl FontDisplay {
    /// The value of `font-display`; `None`: no such value.
    pub fn parse(value: &str) -> Option<Self> {
        let all = [
            ("auto", FontDisplay::Auto),
            ("block", FontDisplay::Block),
            ("swap", FontDisplay::Swap),
            ("fallback", FontDisplay::Fallback),
            ("optional", FontDisplay::Optional),
        ];
        let value = value.split(['!', '/']).next().unwrap_or_default().trim();
        all.into_iter().find_map(|(word, display)| value.eq_ignore_ascii_case(word).then_some(display))
    }
}

/// One `@font-face` rule.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FontFace {
    /// Name of the family, without quotes.
    pub family: String,
    /// Addresses in `src`, as written, in order; `data:` and `local()` left out.
    pub sources: Vec<String>,
    /// `font-display`; `None`: not said, so `auto`, which browsers treat as `block`.
    pub display: Option<FontDisplay>,
    /// Whether it is limited by `unicode-range`, so that it loads only if such characters occur.
    pub has_unicode_range: bool,
}

impl FontFace {
    /// The same with absolute addresses, for a sheet at `base`.
    pub fn with_base(self, base: &str) -> Self {
        let sources = self.sources.iter().map(|to| url::resolve(base, to)).collect();
        Self { sources, ..self }
    }
}

/// What a style sheet fetches.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StyleSheet {
    /// Addresses of `@import` rules whose media may apply, as written, in order.
    pub imports: Vec<String>,
    /// Its `@font-face` rules in order.
    pub fonts: Vec<FontFace>,
}

/// Scans a style sheet. Cost: linear.
pub fn scan(text: &str) -> StyleSheet {
    let mut sheet = StyleSheet::default();
    let mut rest = text;
    // Imports count only before other rules (CSS Cascade §2).
    let mut may_import = true;
    while let Some((at, mark)) = next_mark(rest) {
        let (before, here) = rest.split_at_checked(at).unwrap_or((rest, ""));
        may_import = may_import && !before.contains('{');
        rest = match mark {
            Mark::Comment => here.get(2..).and_then(|inside| inside.split_once("*/")).map_or("", |(_, after)| after),
            Mark::Quote(quote) => after_string(here.get(1..).unwrap_or_default(), quote),
            Mark::At => at_rule(here.get(1..).unwrap_or_default(), may_import, &mut sheet),
        };
    }
    sheet
}

/// The longest rule that is read, in bytes. `@font-face` rules with a font inside (`data:`) are longer, and their
/// font is not fetched.
const MAX_RULE: usize = 16 * 1024;

/// How many rules of a sheet are kept. Icon sets of one family have dozens, font services some hundred.
const MAX_RULES: usize = 2_000;

enum Mark {
    Comment,
    Quote(char),
    At,
}

fn next_mark(text: &str) -> Option<(usize, Mark)> {
    let bytes = text.as_bytes();
    bytes.iter().enumerate().find_map(|(at, byte)| match byte {
        b'/' if bytes.get(at + 1) == Some(&b'*') => Some((at, Mark::Comment)),
        b'"' => Some((at, Mark::Quote('"'))),
        b'\'' => Some((at, Mark::Quote('\''))),
        b'@' => Some((at, Mark::At)),
        _ => None,
    })
}

/// What follows a string whose quote was opened; a line break ends a broken one (CSS Syntax §4.3.5).
fn after_string(text: &str, quote: char) -> &str {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '\n' => return text.get(at..).unwrap_or_default(),
            _ if c == quote => return text.get(at + c.len_utf8()..).unwrap_or_default(),
            _ => {}
        }
    }
    ""
}

/// `text` begins after the `@`. Gives what follows the part that was read.
fn at_rule<'a>(text: &'a str, may_import: bool, sheet: &mut StyleSheet) -> &'a str {
    if let Some(rule) = keyword(text, "import") {
        let prelude = until(rule, ';');
        if may_import && sheet.imports.len() < MAX_RULES {
            sheet.imports.extend(import(prelude));
        }
        return rule.get(prelude.len()..).unwrap_or_default();
    }
    if let Some(rule) = keyword(text, "font-face") {
        let Some(block) = rule.trim_start().strip_prefix('{') else { return rule };
        let declarations = until(block, '}');
        if declarations.len() <= MAX_RULE && sheet.fonts.len() < MAX_RULES {
            sheet.fonts.push(font_face(declarations));
        }
        return block.get(declarations.len()..).unwrap_or_default();
    }
    text
}

fn keyword<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let (found, rest) = text.split_at_checked(word.len())?;
    let ends = !rest.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '-' | '_'));
    (found.eq_ignore_ascii_case(word) && ends).then_some(rest)
}

/// The text up to `end` outside strings, comments and parentheses.
fn until(text: &str, end: char) -> &str {
    let (mut quote, mut escaped, mut depth) = (None, false, 0_u32);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if quote == Some(c) || (quote.is_some() && c == '\n') => quote = None,
            _ if quote.is_some() => {}
            '"' | '\'' => quote = Some(c),
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            // A brace inside parentheses means that they were never closed.
            _ if c == end && (depth == 0 || end == '}') => return text.get(..at).unwrap_or(text),
            _ => {}
        }
    }
    text
}

/// `"x.css" layer(a) supports(b) screen`; `None`: it never applies on a screen.
fn import(prelude: &str) -> Option<String> {
    let prelude = prelude.trim_start();
    let (address, media) = match url_function(prelude) {
        Some(found) => found,
        None => string(prelude)?,
    };
    let never = ["print", "speech"].iter().any(|word| media.trim().eq_ignore_ascii_case(word));
    (!never && !address.is_empty()).then_some(address)
}

fn font_face(declarations: &str) -> FontFace {
    let mut face = FontFace::default();
    let mut rest = declarations;
    while !rest.is_empty() {
        let declaration = until(rest, ';');
        rest = rest.get(declaration.len() + 1..).unwrap_or_default();
        let Some((name, value)) = declaration.split_once(':') else { continue };
        let name = name.rsplit("*/").next().unwrap_or_default().trim();
        let value = value.trim();
        if name.eq_ignore_ascii_case("font-family") {
            face.family = value.trim_matches(['"', '\'', ' ']).to_owned();
        } else if name.eq_ignore_ascii_case("font-display") {
            face.display = FontDisplay::parse(value);
        } else if name.eq_ignore_ascii_case("unicode-range") {
            face.has_unicode_range = true;
        } else if name.eq_ignore_ascii_case("src") {
            // The last `src` counts; earlier ones are for browsers that do not understand it.
            face.sources = addresses(value);
        }
    }
    face
}

/// The addresses of all `url(…)` in a value.
fn addresses(value: &str) -> Vec<String> {
    let mut all = Vec::new();
    let mut rest = value;
    while let Some(at) = rest.find("url(").or_else(|| rest.find("URL(")) {
        let here = rest.get(at..).unwrap_or_default();
        let Some((address, after)) = url_function(here) else { break };
        rest = after;
        if !address.is_empty() && !address.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:")) {
            all.push(address);
        }
    }
    all
}

/// `url(x)` or `url("x")` at the beginning of `text`: its address and what follows.
fn url_function(text: &str) -> Option<(String, &str)> {
    let (name, inside) = text.split_at_checked(4)?;
    if !name.eq_ignore_ascii_case("url(") {
        return None;
    }
    let inside = inside.trim_start();
    if let Some((address, after)) = string(inside) {
        return Some((address, after.split_once(')').map_or("", |(_, after)| after)));
    }
    let (address, after) = inside.split_once(')').unwrap_or((inside, ""));
    Some((unescape(address.trim()), after))
}

/// A quoted string at the beginning of `text`: its content and what follows.
fn string(text: &str) -> Option<(String, &str)> {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let inside = text.get(1..)?;
    let after = after_string(inside, quote);
    let content = inside.get(..inside.len() - after.len())?;
    Some((unescape(content.strip_suffix(quote).unwrap_or(content)), after))
}

/// Undoes the escapes that addresses hold: a backslash before a character. Those with hexadecimal digits are rare and
/// stay.
fn unescape(text: &str) -> String {
    let mut all = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match chars.peek() {
            Some(next) if c == '\\' && !next.is_ascii_hexdigit() => {}
            _ => all.push(c),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports() {
        #[track_caller]
        fn check(text: &str, expected: &[&str]) {
            assert_eq!(scan(text).imports, expected, "{text}");
        }
        check("@import 'a.css';@import url(b.css);@IMPORT url( \"c.css\" ) screen;", &["a.css", "b.css", "c.css"]);
        check("@charset \"utf-8\";/* @import 'x'; */ @import \"a;b.css\" layer(x);", &["a;b.css"]);
        check(
            "@import url(//fonts.example/css?family=A:wght@400;700&display=swap);",
            &["//fonts.example/css?family=A:wght@400;700&display=swap"],
        );
        check("@import 'a.css' print; @import '' ; @import;", &[]);
        check("a{b:c} @import 'late.css';", &[]);
        check("@layer a, b; @import 'a.css'", &["a.css"]);
        check("a{content:\"@import 'x'\"} @importx 'y';", &[]);
        check("", &[]);
    }

    #[test]
    fn fonts() {
        let text = "/* x */ @font-face { font-family: 'My Font'; font-weight: 400; font-display:swap;
            src: url(old.eot); src: local('x'), url('a.woff2') format(\"woff2\"), url(a.woff) format('woff');
            unicode-range: U+0-FF }
            @font-face{font-family:B;src:url(data:font/woff2;base64,d09GMg==)}
            p { font-family: B }
            @media screen { @font-face { src: url(\"c\\ d.woff2?#iefix\"); font-display: nonsense } }";
        let fonts = scan(text).fonts;
        let named = |family: &str| FontFace { family: family.to_owned(), ..FontFace::default() };
        let expected = [
            FontFace {
                sources: vec!["a.woff2".to_owned(), "a.woff".to_owned()],
                display: Some(FontDisplay::Swap),
                has_unicode_range: true,
                ..named("My Font")
            },
            named("B"),
            FontFace { sources: vec!["c d.woff2?#iefix".to_owned()], ..named("") },
        ];
        assert_eq!(fonts, expected);
    }

    #[test]
    fn broken_sheets_end() {
        for piece in ["@font-face{", "@import ", "/*", "'", "url(", "@font-face{src:url(", "\\", "@"] {
            scan(&piece.repeat(20_000));
        }
    }
}
