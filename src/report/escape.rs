//! Text into other languages: HTML, Markdown, CSV, a terminal. Everything a renderer writes that is not its own markup
//! goes through here, also what [`crate::redact`] has cleaned.

/// Characters that are shown as nothing or that change how their neighbors are shown: control characters, and the
/// marks that turn the direction of writing (Unicode Bidi_Control), with which text can be made to look like another.
fn is_treacherous(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// For a terminal or any plain text: line breaks and tabs become spaces, other treacherous characters U+FFFD.
pub fn plain(text: &str) -> String {
    let shown = |c| match c {
        '\n' | '\r' | '\t' => ' ',
        c if is_treacherous(c) => '\u{fffd}',
        c => c,
    };
    text.chars().map(shown).collect()
}

/// For HTML, as text and inside quoted attributes.
pub fn html(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in plain(text).chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// The same, and what stands between two backticks is code.
pub fn html_with_code(text: &str) -> String {
    with_code(text, html, |code| format!("<code>{}</code>", html(code)))
}

/// For running text of Markdown (CommonMark, and GitHub's tables and links): all that could be markup gets a backslash,
/// and so does the colon of addresses, without which they do not become links by themselves.
pub fn markdown(text: &str) -> String {
    let text = plain(text);
    let mut escaped = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(c) = rest.chars().next() {
        let next = rest.get(c.len_utf8()..).unwrap_or_default();
        let is_markup = match c {
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '#' | '+' | '!' | '|' | '~' | '&' | '$'
            | '@' => true,
            ':' => next.starts_with("//") || escaped.ends_with("mailto") || escaped.ends_with("xmpp"),
            _ => false,
        };
        if is_markup {
            escaped.push('\\');
        }
        escaped.push(c);
        rest = next;
    }
    // What would begin a list or a rule stands at the beginning only; a mark without width keeps it from there.
    if begins_list(&escaped) { format!("\u{2060}{escaped}") } else { escaped }
}

/// The same, and what stands between two backticks is code.
pub fn markdown_with_code(text: &str) -> String {
    with_code(text, markdown, |code| format!("`{}`", plain(code)))
}

/// Writes what stands between two backticks as code; a text with an odd one out has no code.
fn with_code(text: &str, plain: fn(&str) -> String, code: fn(&str) -> String) -> String {
    if !text.matches('`').count().is_multiple_of(2) || text.contains("``") {
        return plain(text);
    }
    let pieces = text.split('`').enumerate();
    pieces.map(|(at, piece)| if at % 2 == 0 { plain(piece) } else { code(piece) }).collect()
}

/// Whether the text, at the beginning of a line, would be a list item, a rule or an underline.
fn begins_list(text: &str) -> bool {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    if rest.len() < text.len() { rest.starts_with(['.', ')']) } else { rest.starts_with(['-', '=']) }
}

/// One field of CSV (RFC 4180). A field that a spreadsheet would take for a formula begins with an apostrophe.
pub fn csv(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    let shown: String = text.chars().map(|c| if is_treacherous(c) { ' ' } else { c }).collect();
    if guard.is_empty() && !shown.contains([',', '"', '\n', '\r', ';']) && !shown.starts_with(' ') {
        return shown;
    }
    format!("\"{guard}{}\"", shown.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_markup() {
        assert_eq!(
            html("<img src=x onerror='a(\"b\")'>&"),
            "&lt;img src=x onerror=&#39;a(&quot;b&quot;)&#39;&gt;&amp;"
        );
        assert_eq!(markdown("[x](javascript:a) `b` <c> |\n# d"), r"\[x\](javascript:a) \`b\` \<c\> \| \# d");
        assert_eq!(markdown("a*b_c~d"), r"a\*b\_c\~d");
        assert_eq!(markdown("1. a"), "\u{2060}1. a");
        assert_eq!(markdown("2026-01-01: a"), "2026-01-01: a");
        assert_eq!(markdown("https://a.example/"), r"https\://a.example/");
        assert_eq!(html_with_code("a `<b>` c"), "a <code>&lt;b&gt;</code> c");
        assert_eq!(html_with_code("a `b"), "a `b");
        assert_eq!(markdown_with_code("a* `b*`"), r"a\* `b*`");
        assert_eq!(markdown("2,310 ms"), "2,310 ms");
        assert_eq!(plain("a\u{1b}[31mb\u{202e}c\nd"), "a\u{fffd}[31mb\u{fffd}c d");
    }

    #[test]
    fn no_formula_in_csv() {
        assert_eq!(csv("=1+1"), "\"'=1+1\"");
        for formula in ["+1", "-1", "@a", "\t=1", "\r=1"] {
            assert!(csv(formula).starts_with("\"'"), "{formula:?}");
        }
        assert_eq!(csv("a,b"), "\"a,b\"");
        assert_eq!(csv("a \"b\""), "\"a \"\"b\"\"\"");
        assert_eq!(csv("plain"), "plain");
    }
}
