//! URLs: one cleaner for every place where one stands, so that the same address reads the same everywhere.
//!
//! Kept: scheme, host, port, path and parameter names made of dictionary words, a build hash in the name of a static
//! file, and parameter values of a few types. User name, password and fragment go; the rest is a placeholder.

use crate::redact::placeholder::{Kind, as_own_url_part};
use crate::redact::{Redactor, Share, decode, names, words};

/// What may stand between words of a path segment.
const IN_SEGMENT: &[u8] = b"-_.@:+~,!";

/// What may stand between words of a parameter name: `card[number]`, `fields.name`.
const IN_NAME: &[u8] = b"-_.:[]";

/// Endings of files that a build makes and everybody gets; their names may carry a build hash alone.
const CODE_ENDINGS: &[&str] = &["js", "mjs", "css", "map", "wasm", "woff", "woff2", "ttf", "otf", "eot"];

/// Endings of files whose names may carry a build hash beside a word. A hash alone may be somebody's photo.
const MEDIA_ENDINGS: &[&str] =
    &["png", "jpg", "jpeg", "gif", "webp", "avif", "svg", "ico", "mp4", "webm", "mp3", "webmanifest"];

/// Lengths of a hexadecimal build hash.
const HEX_HASH: std::ops::RangeInclusive<usize> = 6..=32;

/// Length of a base64url build hash (Vite, Rollup).
const BASE64_HASH: usize = 8;

impl Redactor {
    /// An address, absolute or relative.
    pub(super) fn url_text(&mut self, text: &str) -> String {
        let text = text.trim();
        let Some((scheme, rest)) = split_scheme(text) else {
            return match text.strip_prefix("//") {
                Some(rest) => match self.authority_and_path(rest) {
                    Some(rest) => format!("//{rest}"),
                    None => self.ids.text(Kind::Address, text).to_string(),
                },
                None if text.starts_with('‹') => self.ids.text(Kind::Address, text).to_string(),
                None => self.path_and_query(text),
            };
        };
        let scheme = scheme.to_ascii_lowercase();
        let cleaned = match scheme.as_str() {
            "http" | "https" | "ws" | "wss" | "ftp" => {
                rest.strip_prefix("//").and_then(|rest| self.authority_and_path(rest)).map(|rest| format!("//{rest}"))
            }
            "data" => Some(self.after_data(rest)),
            "blob" => Some(self.url_text(rest)),
            "about" => names::known("blank srcdoc newtab home", rest).map(str::to_owned),
            "file" => Some(self.after_file(rest)),
            "chrome-extension" | "moz-extension" | "safari-web-extension" | "extension" => {
                rest.strip_prefix("//").map(|rest| self.after_extension(rest))
            }
            _ => None,
        };
        match cleaned {
            Some(rest) => format!("{scheme}:{rest}"),
            None => self.ids.text(Kind::Address, text).to_string(),
        }
    }

    /// Scheme, host and port; for addresses without a host the whole address.
    pub(super) fn origin_text(&mut self, text: &str) -> String {
        let Some((scheme, rest)) = split_scheme(text.trim()) else { return self.url_text(text) };
        match rest.strip_prefix("//") {
            Some(rest) if scheme != "file" => {
                let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
                self.url_text(&format!("{scheme}://{}", rest.get(..end).unwrap_or_default()))
            }
            _ => self.url_text(text),
        }
    }

    fn authority_and_path(&mut self, text: &str) -> Option<String> {
        let end = text.find(['/', '?', '#', '\\']).unwrap_or(text.len());
        let (authority, path) = text.split_at_checked(end)?;
        let authority = self.authority(authority)?;
        Some(format!("{authority}{}", self.path_and_query(path)))
    }

    /// Host and port; user name and password are dropped.
    pub(super) fn authority(&mut self, text: &str) -> Option<String> {
        let text = text.rsplit_once('@').map_or(text, |(_, host)| host);
        let (host, port) = match text.rsplit_once(':') {
            Some((host, port)) if !port.contains(']') => (host, Some(port)),
            _ => (text, None),
        };
        let host = self.host_text(host)?;
        match port {
            None | Some("") => Some(host),
            Some(port) => Some(format!("{host}:{}", port.parse::<u16>().ok()?)),
        }
    }

    /// A path with its query; the fragment is dropped.
    pub(super) fn path_and_query(&mut self, text: &str) -> String {
        let text = text.split('#').next().unwrap_or_default();
        let (path, query) = match text.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (text, None),
        };
        let mut cleaned = self.path(path);
        if let Some(query) = query {
            cleaned.push('?');
            for (at, pair) in query.split('&').enumerate() {
                if 0 < at {
                    cleaned.push('&');
                }
                let pair = self.parameter(pair);
                cleaned.push_str(&pair);
            }
        }
        cleaned
    }

    fn path(&mut self, path: &str) -> String {
        let mut cleaned = String::with_capacity(path.len());
        for (at, segment) in path.split(['/', '\\']).enumerate() {
            if 0 < at {
                cleaned.push('/');
            }
            let segment = self.segment(segment);
            cleaned.push_str(&segment);
        }
        cleaned
    }

    fn segment(&mut self, segment: &str) -> String {
        if segment.is_empty() || words::are_words(segment, IN_SEGMENT) || is_tiny_file(segment) {
            return segment.to_owned();
        }
        if let Some(kept) = as_cleaned_before(segment) {
            return kept;
        }
        if let Some((head, parameters)) = segment.split_once(';') {
            let mut cleaned = self.segment(head);
            for parameter in parameters.split(';') {
                cleaned.push(';');
                let parameter = self.parameter(parameter);
                cleaned.push_str(&parameter);
            }
            return cleaned;
        }
        if let Some((before, hash, after)) = split_build_hash(segment) {
            return match self.share {
                Share::Internal | Share::Vendor => segment.to_owned(),
                Share::Public => format!("{before}{}{after}", self.ids.url_part(Kind::Path, hash)),
            };
        }
        if let Some(decoded) = decode::percent(segment)
            && words::are_words(&decoded, b"-_.@:+~,! ")
        {
            return decoded.replace(' ', "%20");
        }
        self.ids.url_part(Kind::Path, segment).to_string()
    }

    /// `name=value` of a query or a path segment.
    fn parameter(&mut self, pair: &str) -> String {
        let (name, value) = match pair.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (pair, None),
        };
        let (name, is_known) = self.parameter_name(name);
        let Some(value) = value else { return name };
        let shown = match self.share {
            Share::Internal | Share::Vendor => is_known && names::is_harmless_value(&name, value),
            Share::Public => false,
        };
        if value.is_empty() || shown {
            return format!("{name}={value}");
        }
        format!("{name}={}", self.ids.url_part(Kind::Query, value))
    }

    /// The name as it may be shown, and whether that is the name itself.
    fn parameter_name(&mut self, name: &str) -> (String, bool) {
        let decoded = decode::percent(name);
        let plain = decoded.as_deref().unwrap_or(name);
        let is_known = names::known(names::PARAMETERS, plain).is_some();
        let shown = match self.share {
            Share::Internal | Share::Vendor => is_known || words::are_words(plain, IN_NAME),
            Share::Public => is_known,
        };
        if shown || plain.is_empty() {
            return (plain.to_owned(), true);
        }
        (self.ids.url_part(Kind::Name, name).to_string(), false)
    }

    /// `image/png,~data.1234~`: the media type and the length of a `data:` URL.
    fn after_data(&mut self, rest: &str) -> String {
        let (head, data) = rest.split_once(',').unwrap_or(("", rest));
        let essence = head.split(';').next().unwrap_or_default();
        let essence = names::media_type(essence).unwrap_or_default();
        let length = match data.strip_prefix("~data.").and_then(|own| own.strip_suffix('~')) {
            Some(length) if length.len() <= 9 && length.bytes().all(|b| b.is_ascii_digit()) => length.to_owned(),
            _ => match self.share {
                Share::Internal | Share::Vendor => data.len().to_string(),
                Share::Public => data.len().next_multiple_of(64).to_string(),
            },
        };
        format!("{essence},~data.{length}~")
    }

    /// `///~p.a1~/index.html`: folders name the user; the file's name stays if it is made of words.
    fn after_file(&mut self, rest: &str) -> String {
        let rest = rest.trim_start_matches(['/', '\\']).split(['?', '#']).next().unwrap_or_default();
        let (folder, name) = match rest.rsplit_once(['/', '\\']) {
            Some((folder, name)) => (Some(folder), name),
            None => (None, rest),
        };
        let folder = folder.map(|folder| self.ids.url_part(Kind::Path, folder));
        let name = self.segment(name);
        match folder {
            Some(folder) => format!("///{folder}/{name}"),
            None => format!("///{name}"),
        }
    }

    /// The id of an extension tells which ones a user has, in Firefox even which user it is.
    fn after_extension(&mut self, rest: &str) -> String {
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (id, path) = rest.split_at_checked(end).unwrap_or((rest, ""));
        format!("//{}{}", self.ids.url_part(Kind::Id, id), self.path_and_query(path))
    }
}

/// The scheme and what follows its colon (RFC 3986 §3.1).
fn split_scheme(text: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = text.split_once(':')?;
    let mut bytes = scheme.bytes();
    let is_scheme = bytes.next().is_some_and(|b| b.is_ascii_alphabetic())
        && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'+' || b == b'-' || b == b'.');
    is_scheme.then_some((scheme, rest))
}

/// A segment with a placeholder of ours in it, otherwise made of words.
fn as_cleaned_before(segment: &str) -> Option<String> {
    let start = segment.find('~')?;
    let (before, rest) = segment.split_at_checked(start)?;
    let end = rest.get(1..)?.find('~')? + 2;
    let (own, after) = rest.split_at_checked(end)?;
    let own = as_own_url_part(own)?;
    let are_words = |text: &str| text.is_empty() || words::are_words(text, IN_SEGMENT);
    (are_words(before) && are_words(after)).then(|| format!("{before}{own}{after}"))
}

/// `x.js`, `p1.png`: too short to say anything.
fn is_tiny_file(name: &str) -> bool {
    let Some((stem, ending)) = name.rsplit_once('.') else { return false };
    let ending = ending.to_ascii_lowercase();
    let is_static = CODE_ENDINGS.contains(&ending.as_str()) || MEDIA_ENDINGS.contains(&ending.as_str());
    is_static && stem.len() <= words::TINY && stem.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// Before, hash, after: for file names of words with one build hash.
fn split_build_hash(name: &str) -> Option<(&str, &str, &str)> {
    let (stem, ending) = name.rsplit_once('.')?;
    let lower = ending.to_ascii_lowercase();
    let is_code = CODE_ENDINGS.contains(&lower.as_str());
    if !is_code && !MEDIA_ENDINGS.contains(&lower.as_str()) {
        return None;
    }
    let (start, end) = hex_hash(stem).or_else(|| base64_hash(stem, is_code))?;
    let (before, hash, after) = (name.get(..start)?, name.get(start..end)?, name.get(end..)?);
    let has_word = !before.is_empty() || after.len() != ending.len() + 1;
    let are_words = |text: &str| text.is_empty() || words::are_words(text, IN_SEGMENT);
    ((is_code || has_word) && are_words(before) && are_words(after)).then_some((before, hash, after))
}

/// Where a piece of a stem is a hexadecimal hash. All digits may be a number, all letters a word.
fn hex_hash(stem: &str) -> Option<(usize, usize)> {
    let mut start = 0;
    for piece in stem.split(['.', '-', '_']) {
        let hex = piece.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        let has_digit = piece.bytes().any(|b| b.is_ascii_digit());
        let has_letter = piece.bytes().any(|b| b.is_ascii_lowercase());
        if hex && has_digit && has_letter && HEX_HASH.contains(&piece.len()) {
            return Some((start, start + piece.len()));
        }
        start += piece.len() + 1;
    }
    None
}

/// Where the end of a stem is a base64url hash. It must not read like a name: code needs two of capital, small letter
/// and digit, everything else all three.
fn base64_hash(stem: &str, is_code: bool) -> Option<(usize, usize)> {
    let start = stem.len().checked_sub(BASE64_HASH)?;
    let hash = stem.get(start..)?;
    let before = stem.get(..start)?;
    let n_classes = [u8::is_ascii_uppercase, u8::is_ascii_lowercase, u8::is_ascii_digit]
        .into_iter()
        .filter(|class| hash.bytes().any(|b| class(&b)))
        .count();
    let is_hash = hash.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        && (if is_code { 2 } else { 3 }) <= n_classes
        && before.ends_with(['-', '.', '_']);
    is_hash.then_some((start, stem.len()))
}
