//! Values made of words and numbers, and the small pieces that several grammars share.

use crate::http::cdn;
use crate::redact::placeholder::Kind;
use crate::redact::{Redactor, names, words};

/// What may stand between tokens.
const BETWEEN: &[char] = &[' ', ',', ';', '=', '(', ')', '"'];

/// What may stand between the words of one token. A token is shown whole or not at all: base64 has slashes and pluses,
/// and its pieces may be as short as words.
const IN_TOKEN: &[u8] = b"-_./+:?*[]'";

/// A value with more tokens than this is not tried.
const TOKENS: usize = 60;

/// A value with more digits than this altogether may be a telephone or card number in groups.
const DIGITS: usize = 8;

/// One number among words has at most this many digits.
const TOKEN_DIGITS: usize = 6;

/// A number has at most this many digits; a lifetime of 30 years has 9.
const NUMBER_DIGITS: usize = 10;

impl Redactor {
    /// Tokens one by one: words, small numbers, products with their versions stay, the rest is masked. Nothing if the
    /// form is not right.
    pub(super) fn word_list(&mut self, value: &str) -> Option<String> {
        let pieces = || value.split_inclusive(BETWEEN);
        let token = |piece: &'_ str| piece.strip_suffix(BETWEEN).unwrap_or(piece).to_owned();
        if !value.is_ascii() || value.bytes().any(|b| b.is_ascii_control()) || TOKENS < pieces().count() {
            return None;
        }
        let is_number = |token: &str| token.bytes().all(|b| b.is_ascii_digit());
        let n_digits: usize = pieces().map(token).filter(|token| is_number(token)).map(|token| token.len()).sum();
        let mut cleaned = String::with_capacity(value.len());
        for piece in pieces() {
            let token = token(piece);
            let shown = match is_number(&token) {
                true => n_digits <= DIGITS && token.len() <= TOKEN_DIGITS,
                false => words::are_words(&token, IN_TOKEN) || is_version(&token),
            };
            if shown {
                cleaned.push_str(&token);
            } else if let Some(known) = product(&token) {
                cleaned.push_str(&known);
            } else {
                cleaned.push_str(self.ids.url_part(Kind::Value, &token).as_str());
            }
            cleaned.push_str(piece.get(token.len()..).unwrap_or_default());
        }
        Some(cleaned)
    }

    /// Names of headers, methods or words, with commas between.
    pub(super) fn name_list(&mut self, value: &str) -> String {
        let all: Vec<String> = value
            .split(',')
            .map(str::trim)
            .map(|name| {
                if name == "*" || words::are_words(super::without_x(name), b"-_") {
                    return name.to_owned();
                }
                match names::known(names::HEADERS, name) {
                    Some(known) => known.to_owned(),
                    None => self.ids.url_part(Kind::Name, name).to_string(),
                }
            })
            .collect();
        all.join(", ")
    }

    /// `cache;desc="hit";dur=12.5, db;dur=53`: metric names and descriptions of words, durations as numbers.
    pub(super) fn server_timing(&mut self, value: &str) -> String {
        let mut metrics = Vec::new();
        for metric in value.split(',') {
            let mut parts = metric.split(';').map(str::trim);
            let mut cleaned = self.word_or_mask(parts.next().unwrap_or_default(), Kind::Label);
            for part in parts {
                let (name, text) = part.split_once('=').unwrap_or((part, ""));
                let text = text.trim().trim_matches('"');
                cleaned.push_str(&match name.trim().to_ascii_lowercase().as_str() {
                    "dur" => format!(";dur={}", number(text).unwrap_or_default()),
                    "desc" => format!(";desc=\"{}\"", self.word_or_mask(text, Kind::Label)),
                    _ => String::new(),
                });
            }
            metrics.push(cleaned);
        }
        metrics.join(", ")
    }

    /// The text if it is made of words, otherwise its placeholder.
    pub(super) fn word_or_mask(&mut self, text: &str, kind: Kind) -> String {
        // What CDNs say of their caches is a closed vocabulary.
        let is_cache_word =
            text.bytes().all(|b| b.is_ascii_alphabetic() || b == b'_') && cdn::words::read(text).is_some();
        if is_cache_word || words::are_words(text, b"-_. ") {
            text.to_owned()
        } else {
            self.ids.url_part(kind, text).to_string()
        }
    }
}

/// A number, read and written anew: sign, digits, at most one point.
pub(super) fn number(value: &str) -> Option<String> {
    let digits = value.strip_prefix('-').unwrap_or(value);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !all_digits(whole) || !all_digits(fraction) || NUMBER_DIGITS < whole.len() {
        return None;
    }
    // Three decimals are enough for milliseconds in microseconds; more digits could carry anything.
    value.parse::<f64>().ok().map(|number| ((number * 1000.0).round() / 1000.0).to_string())
}

/// Numbers with commas between, each with an optional unit (`12ms`, `1; mode=block`).
pub(super) fn numbers(value: &str) -> Option<String> {
    let all: Option<Vec<String>> = value
        .split(',')
        .map(|part| {
            let part = part.trim();
            let end = part.find(|c: char| !c.is_ascii_digit() && c != '.' && c != '-').unwrap_or(part.len());
            let (digits, unit) = part.split_at_checked(end)?;
            let unit = names::known("ms s us ns B ;mode=block ;_mode=block", &unit.trim().replace(' ', "_"));
            match (unit, end == part.len()) {
                (_, true) => number(digits),
                (Some(unit), false) => Some(format!("{}{}", number(digits)?, unit.replace('_', " "))),
                (None, false) => None,
            }
        })
        .collect();
    all.map(|all| all.join(", "))
}

/// A product, perhaps with its version (`nginx/1.25.3`), or whose an edge server is.
fn product(token: &str) -> Option<String> {
    if let Some(edge) = EDGES.iter().find(|edge| token.ends_with(*edge)) {
        return Some(edge.trim_start_matches('.').to_owned());
    }
    if let Some(known) = names::known(names::PRODUCTS, token) {
        return Some(known.to_owned());
    }
    let (name, version) = token.split_once('/')?;
    let name = match names::known(names::PRODUCTS, name) {
        Some(known) => known.to_owned(),
        None if words::are_words(name, b"-_") => name.to_owned(),
        None => return None,
    };
    is_version(version).then(|| format!("{name}/{version}"))
}

/// Domains of edge servers, whose first labels are numbers of machines.
const EDGES: [&str; 5] =
    [".cloudfront.net", ".akamaitechnologies.com", ".akamai.net", ".fastly.net", ".edgecastcdn.net"];

/// Digits and dots: at most three groups (four may be an address), seven digits (`4.0.30319`).
fn is_version(text: &str) -> bool {
    let is_group = |group: &str| (1..=5).contains(&group.len()) && group.bytes().all(|b| b.is_ascii_digit());
    text.split('.').count() <= 3 && text.len() <= 9 && text.split('.').all(is_group)
}
