//! Placeholders: what stands where something was removed. Numbered in order of first appearance, never a hash of the
//! value: short values (PINs, telephone numbers) could be guessed from a hash.

use std::collections::HashMap;
use std::ops::Range;

use crate::redact::Share;
use crate::redact::clean::Clean;
use crate::redact::decode;

/// Below this many bytes the length is not told: it would help to guess a password, a PIN or a name.
pub(super) const SHORT: usize = 16;

/// At [`Share::Public`] lengths are rounded up to a multiple of this many bytes, as all sizes are.
const PUBLIC_STEP: usize = 64;

/// Numbers and lengths with more digits than this are not taken for a placeholder of ours.
const DIGITS: usize = 5;

/// Bytes of a removed value that are kept for its owner's screen: a sentence cannot bear more.
const LONGEST_ORIGINAL: usize = 512;

/// Where a removed value stood. The value's number is the same in every place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // each is the word the reader sees
pub enum Kind {
    Address,
    Browser,
    Cookie,
    Credential,
    Etag,
    File,
    Host,
    Id,
    Label,
    Message,
    Method,
    Name,
    Path,
    Query,
    Title,
    Type,
    Value,
}

impl Kind {
    const ALL: [Self; 17] = [
        Self::Address,
        Self::Browser,
        Self::Cookie,
        Self::Credential,
        Self::Etag,
        Self::File,
        Self::Host,
        Self::Id,
        Self::Label,
        Self::Message,
        Self::Method,
        Self::Name,
        Self::Path,
        Self::Query,
        Self::Title,
        Self::Type,
        Self::Value,
    ];

    fn word(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Browser => "browser",
            Self::Cookie => "cookie",
            Self::Credential => "credential",
            Self::Etag => "etag",
            Self::File => "file",
            Self::Host => "host",
            Self::Id => "id",
            Self::Label => "label",
            Self::Message => "message",
            Self::Method => "method",
            Self::Name => "name",
            Self::Path => "p",
            Self::Query => "q",
            Self::Title => "title",
            Self::Type => "type",
            Self::Value => "value",
        }
    }

    /// Whether what stood there is shown nowhere, not even to whoever has the recording.
    pub(super) fn is_secret(self) -> bool {
        matches!(self, Self::Cookie | Self::Credential)
    }
}

/// The numbers given so far.
#[derive(Debug)]
pub(super) struct Placeholders {
    share: Share,
    /// Decoded value → its number.
    numbers: HashMap<String, u32>,
    /// The first spelling of each, if it may be shown to whoever has the recording.
    originals: Vec<Option<String>>,
}

impl Placeholders {
    pub(super) fn new(share: Share) -> Self {
        Self { share, numbers: HashMap::new(), originals: Vec::new() }
    }

    /// For running text: `‹cookie a1, 40 B›`.
    pub(super) fn text(&mut self, kind: Kind, value: &str) -> Clean {
        if let Some(own) = as_own_text(value) {
            return own;
        }
        let number = self.number_of(kind, value);
        Clean::vouched(match self.length(value.len()) {
            Some(length) => format!("‹{} a{number}, {length} B›", kind.word()),
            None => format!("‹{} a{number}›", kind.word()),
        })
    }

    /// For inside a URL, of characters that nothing re-encodes: `~q.a1.40~`.
    pub(super) fn url_part(&mut self, kind: Kind, value: &str) -> Clean {
        if let Some(own) = as_own_url_part(value) {
            return own;
        }
        let number = self.number_of(kind, value);
        Clean::vouched(match self.length(value.len()) {
            Some(length) => format!("~{}.a{number}.{length}~", kind.word()),
            None => format!("~{}.a{number}~", kind.word()),
        })
    }

    /// The number of a value: the same for every spelling that decodes to it.
    pub(super) fn number(&mut self, value: &str) -> u32 {
        let next = self.numbers.len() as u32 + 1;
        let number = *self.numbers.entry(decode::plain(value)).or_insert(next);
        if number == next && self.share == Share::Internal {
            let shown = value.get(..value.floor_char_boundary(LONGEST_ORIGINAL)).unwrap_or_default();
            self.originals.push(Some(if shown.len() < value.len() { format!("{shown}…") } else { value.to_owned() }));
        }
        number
    }

    /// The same. What is a secret in one place is none of the others' business in any: a session's number may stand in a
    /// cookie and in an address. Short cookies are settings (`EUR`), which stand in addresses of everybody.
    fn number_of(&mut self, kind: Kind, value: &str) -> u32 {
        let number = self.number(value);
        let is_secret = kind == Kind::Credential || kind.is_secret() && SHORT <= value.len();
        if let Some(original) = self.originals.get_mut(number as usize - 1).filter(|_| is_secret) {
            *original = None;
        }
        number
    }

    /// The numbers with what they stand for; nothing but at [`Share::Internal`].
    pub(super) fn originals(&self) -> Vec<(u32, String)> {
        (1..).zip(&self.originals).filter_map(|(number, original)| Some((number, original.clone()?))).collect()
    }

    fn length(&self, bytes: usize) -> Option<usize> {
        if bytes < SHORT {
            return None;
        }
        Some(match self.share {
            Share::Public => bytes.div_ceil(PUBLIC_STEP) * PUBLIC_STEP,
            Share::Internal | Share::Vendor => bytes,
        })
    }
}

/// A placeholder of a URL that was cleaned before, re-serialised. Cleaning twice changes nothing.
pub(super) fn as_own_url_part(text: &str) -> Option<Clean> {
    let inner = text.strip_prefix('~')?.strip_suffix('~')?;
    let mut parts = inner.split('.');
    let kind = kind(parts.next()?)?;
    let number = small(parts.next()?.strip_prefix('a')?)?;
    let length = parts.next().map(small);
    match (length, parts.next()) {
        (None, None) => Some(Clean::vouched(format!("~{}.a{number}~", kind.word()))),
        (Some(Some(length)), None) => Some(Clean::vouched(format!("~{}.a{number}.{length}~", kind.word()))),
        _ => None,
    }
}

/// A placeholder of a text that was cleaned before, re-serialised.
fn as_own_text(text: &str) -> Option<Clean> {
    let inner = text.strip_prefix('‹')?.strip_suffix('›')?;
    let (kind_word, rest) = inner.split_once(" a")?;
    let kind = kind(kind_word)?;
    match rest.split_once(", ") {
        None => Some(Clean::vouched(format!("‹{} a{}›", kind.word(), small(rest)?))),
        Some((number, length)) => {
            let (number, length) = (small(number)?, small(length.strip_suffix(" B")?)?);
            Some(Clean::vouched(format!("‹{} a{number}, {length} B›", kind.word())))
        }
    }
}

/// The first placeholder in a text: where it stands, what it is of, its number.
pub(super) fn find(text: &str) -> Option<(Range<usize>, Kind, u32)> {
    let mut from = 0;
    loop {
        let start = from + text.get(from..)?.find(['~', '‹'])?;
        let rest = text.get(start..)?;
        let is_url_part = rest.starts_with('~');
        let (end_mark, parts) = if is_url_part { ('~', ".a") } else { ('›', " a") };
        let first = if is_url_part { 1 } else { '‹'.len_utf8() };
        let end = rest.get(first..).and_then(|rest| rest.find(end_mark)).map(|at| first + at + end_mark.len_utf8());
        let mark = end.and_then(|end| rest.get(..end));
        let is_own = mark.is_some_and(|mark| match is_url_part {
            true => as_own_url_part(mark).is_some(),
            false => as_own_text(mark).is_some(),
        });
        if let Some(mark) = mark.filter(|_| is_own) {
            let (word, number) = mark.get(first..)?.split_once(parts)?;
            let digits = number.find(|letter: char| !letter.is_ascii_digit()).and_then(|end| number.get(..end))?;
            return Some((start..start + mark.len(), kind(word)?, small(digits)?));
        }
        from = start + first;
    }
}

fn kind(word: &str) -> Option<Kind> {
    Kind::ALL.into_iter().find(|kind| kind.word() == word)
}

fn small(digits: &str) -> Option<u32> {
    let all_digits = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    if all_digits && digits.len() <= DIGITS { digits.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_for_every_spelling() {
        let mut ids = Placeholders::new(Share::Vendor);
        let plain = "s3cr3t value/of some length";
        for spelling in [
            plain,
            "s3cr3t%20value%2fof%20some%20length",
            "s3cr3t%2520value%252Fof%2520some%2520length",
            "czNjcjN0IHZhbHVlL29mIHNvbWUgbGVuZ3Ro",
        ] {
            assert_eq!(ids.number(spelling), 1, "{spelling}");
        }
        assert_eq!(ids.number("another"), 2);
    }

    #[test]
    fn lengths_are_told_only_where_they_help_nobody_guess() {
        let check = |share, value: &str, expected: &str| {
            assert_eq!(Placeholders::new(share).text(Kind::Cookie, value).as_str(), expected);
        };
        check(Share::Vendor, "1234", "‹cookie a1›");
        check(Share::Vendor, "0123456789abcdef0", "‹cookie a1, 17 B›");
        check(Share::Public, "0123456789abcdef0", "‹cookie a1, 64 B›");
    }

    #[test]
    fn own_placeholders_pass_and_look_alikes_do_not() {
        let check = |text: &str, passes: bool| {
            let mut ids = Placeholders::new(Share::Vendor);
            assert_eq!(ids.url_part(Kind::Query, text).as_str() == text, passes, "{text}");
        };
        check("~q.a1~", true);
        check("~p.a12.40~", true);
        check("~hunter.a12.40~", false);
        check("~q.a123456~", false);
        check("~q.a1.2.3~", false);
        check("~q.a1.x~", false);
        check("~q.a~", false);
    }
}
