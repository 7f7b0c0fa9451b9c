//! Comma-separated lists (RFC 9110 §5.6.1): split outside quoted strings; empty members do not count.

use std::borrow::Cow;

/// The members of a list field, over all its lines in order, without surrounding white space. A quote that is never
/// closed swallows the rest of its line only.
pub fn members<'a>(lines: impl IntoIterator<Item = &'a str>) -> impl Iterator<Item = &'a str> {
    let members = lines.into_iter().flat_map(|line| split(line, ','));
    members.map(|member| member.trim_matches([' ', '\t'])).filter(|member| !member.is_empty())
}

/// Splits at `separator` outside quoted strings. Pieces are as written, empty ones included.
pub fn split(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let at = find_unquoted(text, separator);
        let (piece, after) = at.and_then(|at| text.split_at_checked(at)).unwrap_or((text, ""));
        rest = at.map(|_| after.get(separator.len_utf8()..).unwrap_or_default());
        Some(piece)
    })
}

fn find_unquoted(text: &str, separator: char) -> Option<usize> {
    // Separators are ASCII, so bytes will do; a byte of a longer character equals none of them.
    let separator = u8::try_from(separator).ok()?;
    let bytes = text.as_bytes();
    let first = memchr::memchr2(separator, b'"', bytes)?;
    if bytes.get(first) == Some(&separator) {
        return Some(first);
    }
    let (mut quoted, mut escaped) = (false, false);
    bytes.iter().position(|byte| {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ => return *byte == separator && !quoted,
        }
        false
    })
}

/// The content of a quoted string (RFC 9110 §5.6.4) with its escapes undone; a token stays as it is. `None`: a quote
/// is not closed or something follows it.
pub fn unquote(text: &str) -> Option<Cow<'_, str>> {
    let Some(inside) = text.strip_prefix('"') else { return (!text.contains('"')).then_some(Cow::Borrowed(text)) };
    let mut value = String::with_capacity(inside.len());
    let mut chars = inside.chars();
    loop {
        match chars.next()? {
            '"' => return chars.as_str().is_empty().then_some(Cow::Owned(value)),
            '\\' => value.push(chars.next()?),
            c => value.push(c),
        }
    }
}

/// Whether the text is a token (RFC 9110 §5.6.2).
pub fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_outside_quotes() {
        for (lines, expected) in [
            (vec!["a, b,,\tc ,"], vec!["a", "b", "c"]),
            (vec!["a", "", "b"], vec!["a", "b"]),
            (vec![r#"a="x, \"y", b"#], vec![r#"a="x, \"y""#, "b"]),
            (vec![r#"a="x, b"#, "c"], vec![r#"a="x, b"#, "c"]),
            (vec![""], vec![]),
        ] {
            assert_eq!(members(lines.iter().copied()).collect::<Vec<_>>(), expected, "{lines:?}");
        }
    }

    #[test]
    fn unquotes() {
        for (text, expected) in [
            ("x", Some("x")),
            (r#""x""#, Some("x")),
            (r#""a\"b\\""#, Some(r#"a"b\"#)),
            (r#""x"#, None),
            (r#""x"y"#, None),
            (r#"x""#, None),
            (r#""x\"#, None),
            ("", Some("")),
        ] {
            assert_eq!(unquote(text).as_deref(), expected, "{text}");
        }
    }
}
