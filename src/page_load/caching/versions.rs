//! Whether an address says that its content never changes.

use crate::http::url::Url;

/// Whether the address changes whenever the content does: a content hash in the file name (`app.3f9a2b1c.js`), a
/// version in the query (`?v=12`, `?ver=5.1`) or in the path (`/v1.2.3/`, `/jquery@3.7.1/`).
pub fn is_versioned_address(url: &Url<'_>) -> bool {
    let by_query = url.query.is_some_and(|query| query.split('&').any(is_version_parameter));
    let mut segments = url.path.split('/').filter(|segment| segment.len() <= MAX_SEGMENT).rev().take(MAX_SEGMENTS);
    by_query || segments.any(|segment| segment.split(['.', '-', '_', '~']).any(is_content_hash) || has_release(segment))
}

/// Segments longer than this are encoded data, not names.
const MAX_SEGMENT: usize = 256;

/// Where build tools put hashes: the file name or one of the folders right above it.
const MAX_SEGMENTS: usize = 4;

/// The shortest content hash of common build tools, in characters (webpack's `[contenthash:8]`, Vite's 8).
const MIN_HASH: usize = 8;

/// The longest, SHA-512 in hexadecimal.
const MAX_HASH: usize = 128;

fn is_version_parameter(parameter: &str) -> bool {
    const NAMES: [&str; 12] = ["v", "ver", "version", "rev", "revision", "hash", "build", "t", "ts", "cb", "_v", "md5"];
    let Some((name, value)) = parameter.split_once('=') else {
        return parameter.bytes().any(|b| b.is_ascii_digit()) && is_version_value(parameter);
    };
    let is_name = NAMES.iter().any(|known| name.eq_ignore_ascii_case(known));
    is_name && is_version_value(value)
}

/// Numbers, releases, dates, hashes; not words and not nothing.
fn is_version_value(value: &str) -> bool {
    value.len() <= MAX_HASH
        && value.bytes().any(|b| b.is_ascii_digit())
        && value.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
}

/// Hexadecimal, or letters and digits well mixed: `3f9a2b1c`, `DiwrgTda` has no digit and counts only with both cases
/// mixed inside; a date (`20240131`) or an id (`12345678`) is a version as well.
fn is_content_hash(part: &str) -> bool {
    let bytes = part.as_bytes();
    if !(MIN_HASH..=MAX_HASH).contains(&bytes.len()) || !bytes.iter().all(u8::is_ascii_alphanumeric) {
        return false;
    }
    let n_digits = bytes.iter().filter(|b| b.is_ascii_digit()).count();
    if bytes.iter().all(u8::is_ascii_hexdigit) {
        // `facade` and `deadbeef` are words; a hash of 8 hexadecimal digits has no digit once in 43 files.
        return 0 < n_digits;
    }
    let kind = |b: &u8| (b.is_ascii_digit(), b.is_ascii_uppercase());
    let n_changes = bytes.windows(2).filter(|pair| pair.first().map(kind) != pair.last().map(kind)).count();
    // `bootstrap4` changes once, `html5shiv` and `MyBigName` up to three times; a random mix changes at every other
    // character.
    4 <= n_changes && 0 < n_digits || 5 <= n_changes
}

/// `v1.2.3`, `jquery@3.7.1`, `jquery-3.7.1.min.js`.
fn has_release(segment: &str) -> bool {
    let mut parts = segment.split(['@', '-', '_', 'v', 'V']);
    parts.any(|part| {
        let numbers = part.split('.').take_while(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
        3 <= numbers.count()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versioned_addresses() {
        for (path, expected) in [
            ("app.3f9a2b1c.js", true),
            ("index-BxK93_aQ.js", false), // Vite's alphabet holds `_` and `-`: half a hash is too short to tell
            ("index-D4xQ9kLm.js", true),
            ("main.d41d8cd98f00b204e9800998ecf8427e.css", true),
            ("_next/static/chunks/4bd1b696-7c5f1a2b3d4e5f60.js", true),
            ("assets/abcdef0123456789/logo.png", true),
            ("jquery-3.7.1.min.js", true),
            ("npm/vue@3.4.21/dist/vue.js", true),
            ("v1.2.3/lib.js", true),
            ("style.css?ver=5.8.1", true),
            ("style.css?v=20240131", true),
            ("style.css?1699999999", true),
            ("app.js", false),
            ("bootstrap.min.js", false),
            ("facade.js", false),
            ("javascript.js", false),
            ("html5shiv-printshiv.js", false),
            ("IntersectionObserver.js", false),
            ("style.css?theme=dark", false),
            ("style.css?v=", false),
            ("image.png?width=600", false),
            ("api/v1/users", false),
            ("", false),
        ] {
            let address = format!("https://shop.example/{path}");
            assert_eq!(is_versioned_address(&Url::parse(&address).expect("a URL")), expected, "{path}");
        }
    }
}
