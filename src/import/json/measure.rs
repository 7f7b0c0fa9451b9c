//! Long strings as they pass by: size, hash and a beginning, without ever holding the whole.

use crate::import::json::scan;
use crate::import::json::string::{Sink, unescape};

/// What is known of a string that was read without being kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measured {
    /// Length of the text, escape sequences decoded, in UTF-8.
    pub decoded_bytes: u64,
    /// XXH3 (64 bits, no seed) of the bytes between the quotes as they are in the file.
    pub hash: u64,
    /// What the text is if it is base64.
    pub base64: Base64Shape,
    /// Whether there was more text than was kept.
    pub truncated_keep: bool,
}

/// What a text would decode to if it is base64, in the ordinary or the URL-safe alphabet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Base64Shape {
    /// How many bytes it decodes to. Meaningless unless `valid`.
    pub decoded_len: u64,
    /// Whether the text is base64 throughout: alphabet and white space, and at most two `=` at the end.
    pub valid: bool,
}

/// Keeps the beginning of a text and measures all of it.
pub(super) struct Measure<'a> {
    keep: usize,
    kept: &'a mut String,
    decoded_bytes: u64,
    base64: Base64,
}

impl<'a> Measure<'a> {
    pub(super) fn new(keep: usize, kept: &'a mut String) -> Self {
        kept.clear();
        Self { keep, kept, decoded_bytes: 0, base64: Base64::default() }
    }

    /// Whether the next text is to be kept, at least in part.
    fn wants_more(&self) -> bool {
        let nothing_cut_yet = self.kept.len() as u64 == self.decoded_bytes;
        nothing_cut_yet && self.kept.len() < self.keep
    }

    pub(super) fn finish(self, hash: u64) -> Measured {
        let Self { kept, decoded_bytes, base64, .. } = self;
        Measured { decoded_bytes, hash, base64: base64.shape(), truncated_keep: (kept.len() as u64) < decoded_bytes }
    }
}

impl Sink for Measure<'_> {
    #[inline]
    fn push(&mut self, text: &str) {
        if self.wants_more() {
            let room = self.keep - self.kept.len();
            let end = text.floor_char_boundary(room);
            self.kept.push_str(text.get(..end).unwrap_or_default());
        }
        self.decoded_bytes += text.len() as u64;
        self.base64.push(text.as_bytes());
    }

    /// What may be base64 needs no other look: its digits mean what they say.
    #[inline]
    fn take(&mut self, raw: &[u8]) -> usize {
        if self.wants_more() {
            return 0;
        }
        let n_digits = self.base64.digits(raw);
        self.decoded_bytes += n_digits as u64;
        n_digits
    }

    #[inline]
    fn push_escaped(&mut self, raw: &str, n_escapes: usize) {
        let wants_text = self.wants_more() || !self.base64.is_something_else;
        match n_escapes {
            0 => self.push(raw),
            _ if wants_text => unescape(raw, self),
            _ => self.decoded_bytes += (raw.len() - n_escapes) as u64,
        }
    }
}

/// Counts the characters of a text that may be base64.
#[derive(Default)]
struct Base64 {
    n_digits: u64,
    n_padding: u64,
    is_something_else: bool,
}

impl Base64 {
    #[inline]
    fn push(&mut self, text: &[u8]) {
        let n_digits = self.digits(text);
        let text = text.get(n_digits..).unwrap_or_default();
        if self.is_something_else {
            return;
        }
        for &byte in text {
            match byte {
                b'=' => self.n_padding += 1,
                b' ' | b'\t' | b'\r' | b'\n' => {}
                _ if is_digit(byte) && self.n_padding == 0 => self.n_digits += 1,
                _ => {
                    self.is_something_else = true;
                    return;
                }
            }
        }
    }

    /// Counts the digits at the beginning and says how many there were, unless it is clear that this is no base64.
    #[inline]
    fn digits(&mut self, text: &[u8]) -> usize {
        if self.is_something_else || 0 < self.n_padding {
            return 0;
        }
        let n_digits = scan::n_base64(text);
        self.n_digits += n_digits as u64;
        n_digits
    }

    fn shape(&self) -> Base64Shape {
        let is_whole = self.n_digits % 4 != 1
            && (self.n_padding == 0 || self.n_padding <= 2 && (self.n_digits + self.n_padding).is_multiple_of(4));
        Base64Shape {
            decoded_len: self.n_digits / 4 * 3 + self.n_digits % 4 * 3 / 4,
            valid: is_whole && !self.is_something_else,
        }
    }
}

#[inline]
fn is_digit(byte: u8) -> bool {
    let is_letter = (byte | 0x20).wrapping_sub(b'a') < 26;
    let is_number = byte.wrapping_sub(b'0') < 10;
    is_letter | is_number | (byte == b'+') | (byte == b'/') | (byte == b'-') | (byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(text: &str) -> Option<u64> {
        let mut base64 = Base64::default();
        text.bytes().for_each(|byte| base64.push(&[byte]));
        let mut at_once = Base64::default();
        at_once.push(text.as_bytes());
        assert_eq!(base64.shape(), at_once.shape());
        base64.shape().valid.then_some(base64.shape().decoded_len)
    }

    #[test]
    fn base64_is_recognised() {
        assert_eq!(shape(""), Some(0));
        assert_eq!(shape("QQ=="), Some(1));
        assert_eq!(shape("QQ"), Some(1));
        assert_eq!(shape("QUI="), Some(2));
        assert_eq!(shape("QUJD\r\nQUJD\n"), Some(6));
        assert_eq!(shape("-_-_"), Some(3));
        for not_base64 in ["Q", "Q===", "QQ=", "Q=Q=", "QUJD=", "a.b", "é"] {
            assert_eq!(shape(not_base64), None, "{not_base64}");
        }
    }

    #[test]
    fn keeps_whole_characters_of_the_beginning() {
        for (keep, expected) in [(0, ""), (1, "a"), (2, "a"), (3, "aé"), (4, "aéb"), (9, "aébé")] {
            let mut kept = String::from("old");
            let mut measure = Measure::new(keep, &mut kept);
            for piece in ["a", "é", "bé"] {
                measure.push(piece);
            }
            let measured = measure.finish(0);
            assert_eq!((measured.decoded_bytes, measured.truncated_keep), (6, keep < 6), "{keep}");
            assert_eq!(kept, expected, "{keep}");
        }
    }
}
