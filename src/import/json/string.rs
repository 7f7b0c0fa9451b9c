//! Strings: bytes between quotes → text. Nothing in a string stops the parser; what is odd is put right and counted.

use crate::import::json::error::{JsonErrorKind, Result};
use crate::import::json::input::Input;
use crate::import::json::repairs::Repairs;
use crate::import::json::scan::{self, short_escape};
use memchr::{memchr, memchr2};
use std::io::Read;

/// How much of a text is gone through at once: what the fastest memory of a processor holds, with room to spare.
const MAX_RUN_BYTES: usize = 8 * 1024;

/// Where decoded text goes, piece by piece.
pub(super) trait Sink {
    fn push(&mut self, text: &str);

    /// Looks at what comes next in the file, and takes as much of the beginning as it can go through more quickly: ASCII
    /// without quotes, backslashes and control characters only.
    #[inline]
    fn take(&mut self, raw: &[u8]) -> usize {
        let _ = raw;
        0
    }

    /// Text as it stands in the file, with `n_escapes` escape sequences of two characters in it.
    #[inline]
    fn push_escaped(&mut self, raw: &str, n_escapes: usize) {
        match n_escapes {
            0 => self.push(raw),
            _ => unescape(raw, self),
        }
    }
}

/// Decodes text that has no escape sequences but those of two characters.
pub(super) fn unescape(raw: &str, sink: &mut (impl Sink + ?Sized)) {
    let mut rest = raw;
    while let Some(at) = memchr(b'\\', rest.as_bytes()) {
        let (plain, escaped) = rest.split_at_checked(at).unwrap_or_default();
        let (sequence, after) = escaped.split_at_checked(2).unwrap_or_default();
        sink.push(plain);
        sink.push(sequence.as_bytes().get(1).and_then(|byte| short_escape(*byte)).unwrap_or_default());
        rest = after;
    }
    sink.push(rest);
}

impl Sink for String {
    #[inline]
    fn push(&mut self, text: &str) {
        self.push_str(text);
    }
}

/// Keeps the beginning of a text.
pub(super) struct Bounded<'a> {
    pub(super) keep: usize,
    pub(super) kept: &'a mut String,
    pub(super) is_cut: bool,
}

impl Sink for Bounded<'_> {
    #[inline]
    fn push(&mut self, text: &str) {
        if self.is_cut {
            return;
        }
        let room = self.keep.saturating_sub(self.kept.len());
        self.is_cut = room < text.len();
        self.kept.push_str(text.get(..text.floor_char_boundary(room)).unwrap_or_default());
    }
}

/// Decodes what is left of a string whose opening quote was consumed. Stops before the closing one.
pub(super) fn decode(input: &mut Input<impl Read>, repairs: &mut Repairs, sink: &mut impl Sink) -> Result<()> {
    let mut decoder = Decoder { sink, repairs, unfinished: Unfinished::default(), high_surrogate: None };
    // Up to here there are bytes that are not UTF-8.
    let mut odd_until = 0;
    loop {
        let offset = input.offset();
        let piece = input.fill()?;
        if piece.is_empty() {
            decoder.finish(offset);
            return Err(input.error(JsonErrorKind::Truncated));
        }
        if odd_until <= offset && decoder.is_between_characters() {
            let n_taken = decoder.sink.take(piece);
            if 0 < n_taken {
                input.consume(n_taken);
                continue;
            }
            let run = scan::run(piece.get(..MAX_RUN_BYTES).unwrap_or(piece));
            match run.text() {
                Some(text) if !text.is_empty() => {
                    decoder.sink.push_escaped(text, run.n_escapes);
                    let n = text.len();
                    let is_whole = piece.get(n) == Some(&b'"');
                    input.consume(n);
                    match is_whole {
                        true => return Ok(()),
                        false => continue,
                    }
                }
                Some(_) => {}
                None => odd_until = offset + run.len() as u64,
            }
        }
        let n_plain = memchr2(b'"', b'\\', piece).unwrap_or(piece.len());
        let (plain, rest) = piece.split_at_checked(n_plain).unwrap_or_default();
        decoder.raw(plain, offset);
        let offset = offset + n_plain as u64;
        match rest {
            [] => input.consume(n_plain),
            [b'"', ..] => {
                decoder.finish(offset);
                input.consume(n_plain);
                return Ok(());
            }
            [_, byte, ..] if let Some(meaning) = short_escape(*byte) => {
                decoder.text(meaning, offset);
                input.consume(n_plain + 2);
            }
            _ => {
                input.consume(n_plain);
                escape(input, &mut decoder)?;
            }
        }
    }
}

/// Reads an escape sequence of any kind, the backslash being the next byte.
fn escape(input: &mut Input<impl Read>, decoder: &mut Decoder<'_, impl Sink>) -> Result<()> {
    let offset = input.offset();
    input.consume(1);
    match input.need()? {
        b'u' => {
            input.consume(1);
            match hexadecimal(input)? {
                Some(unit) => decoder.unit(unit, offset),
                None => {
                    decoder.repairs.bad_escapes.note(offset);
                    decoder.text("\u{fffd}", offset);
                }
            }
        }
        byte => match short_escape(byte) {
            Some(meaning) => {
                input.consume(1);
                decoder.text(meaning, offset);
            }
            // The backslash is dropped; what follows is read as if it had not been there.
            None => decoder.repairs.bad_escapes.note(offset),
        },
    }
    Ok(())
}

/// The value of four hexadecimal digits. Stops before a byte that is none.
fn hexadecimal(input: &mut Input<impl Read>) -> Result<Option<u16>> {
    let mut unit = 0;
    for _ in 0..4 {
        let Some(digit) = char::from(input.need()?).to_digit(16) else { return Ok(None) };
        unit = unit << 4 | digit as u16;
        input.consume(1);
    }
    Ok(Some(unit))
}

/// Makes text of raw bytes and UTF-16 units, whatever pieces they come in.
struct Decoder<'a, S> {
    sink: &'a mut S,
    repairs: &'a mut Repairs,
    unfinished: Unfinished,
    /// The first half of a `\uD83D\uDE00` pair, and where it was.
    high_surrogate: Option<(u16, u64)>,
}

/// The first bytes of a UTF-8 character that was cut by the edge of the window.
#[derive(Default)]
struct Unfinished {
    bytes: [u8; 4],
    len: usize,
}

impl<S: Sink> Decoder<'_, S> {
    /// Whether nothing was begun that the next bytes could complete.
    #[inline]
    fn is_between_characters(&self) -> bool {
        self.high_surrogate.is_none() && self.unfinished.len == 0
    }

    /// Bytes as they are, `offset` being where the first one is.
    #[inline]
    fn raw(&mut self, piece: &[u8], offset: u64) {
        if piece.is_empty() {
            return;
        }
        if self.high_surrogate.is_some() || 0 < self.unfinished.len {
            return self.raw_after_half_a_character(piece, offset);
        }
        match str::from_utf8(piece) {
            Ok(text) => {
                self.note_control_characters(piece, offset);
                self.sink.push(text);
            }
            Err(_) => self.raw_with_errors(piece, offset),
        }
    }

    /// Text that an escape sequence at `offset` stands for.
    #[inline]
    fn text(&mut self, text: &str, offset: u64) {
        self.finish(offset);
        self.sink.push(text);
    }

    /// A UTF-16 unit from an escape sequence at `offset`.
    fn unit(&mut self, unit: u16, offset: u64) {
        if let (Some((high, _)), 0xDC00..=0xDFFF) = (self.high_surrogate, unit) {
            self.high_surrogate = None;
            self.push_decoded(char::decode_utf16([high, unit]), offset);
            return;
        }
        self.finish(offset);
        match unit {
            0xD800..=0xDBFF => self.high_surrogate = Some((unit, offset)),
            _ => self.push_decoded(char::decode_utf16([unit, 0]), offset),
        }
    }

    /// What was begun is not going on: the string ends here, or goes on with something else.
    #[inline]
    fn finish(&mut self, offset: u64) {
        if let Some((_, at)) = self.high_surrogate.take() {
            self.repairs.lone_surrogates.note(at);
            self.sink.push("\u{fffd}");
        }
        if 0 < self.unfinished.len {
            let Unfinished { bytes, len } = std::mem::take(&mut self.unfinished);
            let bytes = bytes.get(..len).unwrap_or_default();
            self.latin1(bytes, offset.saturating_sub(len as u64));
        }
    }

    /// The first character of what a one-unit or two-unit sequence decodes to.
    fn push_decoded(
        &mut self,
        mut decoded: impl Iterator<Item = std::result::Result<char, std::char::DecodeUtf16Error>>,
        offset: u64,
    ) {
        let character = match decoded.next() {
            Some(Ok(character)) => character,
            _ => {
                self.repairs.lone_surrogates.note(offset);
                char::REPLACEMENT_CHARACTER
            }
        };
        self.push_char(character);
    }

    fn push_char(&mut self, character: char) {
        self.sink.push(character.encode_utf8(&mut [0; 4]));
    }

    /// Completes the character that the window's edge has cut, then goes on with the rest.
    #[cold]
    fn raw_after_half_a_character(&mut self, mut piece: &[u8], mut offset: u64) {
        if self.high_surrogate.is_some() {
            self.finish(offset);
        }
        while let (1.., Some((&byte, rest))) = (self.unfinished.len, piece.split_first()) {
            let mut candidate = self.unfinished.bytes;
            let len = self.unfinished.len + 1;
            if let Some(slot) = candidate.get_mut(self.unfinished.len) {
                *slot = byte;
            }
            let bytes = candidate.get(..len).unwrap_or_default();
            match str::from_utf8(bytes) {
                Ok(text) => {
                    self.sink.push(text);
                    self.unfinished.len = 0;
                }
                Err(error) if error.error_len().is_none() => self.unfinished = Unfinished { bytes: candidate, len },
                Err(_) => {
                    // This byte does not belong to the character: it is a new beginning.
                    self.finish(offset);
                    break;
                }
            }
            piece = rest;
            offset += 1;
        }
        self.raw(piece, offset);
    }

    /// Bytes some of which are not UTF-8.
    #[cold]
    fn raw_with_errors(&mut self, piece: &[u8], offset: u64) {
        self.note_control_characters(piece, offset);
        let end = offset + piece.len() as u64;
        let mut left = piece;
        while let Err(error) = str::from_utf8(left) {
            let (good, bad) = left.split_at_checked(error.valid_up_to()).unwrap_or_default();
            self.sink.push(str::from_utf8(good).unwrap_or_default());
            let Some((bad, rest)) = error.error_len().and_then(|n| bad.split_at_checked(n)) else {
                return self.keep_unfinished(bad);
            };
            self.latin1(bad, end - (bad.len() + rest.len()) as u64);
            left = rest;
        }
        self.sink.push(str::from_utf8(left).unwrap_or_default());
    }

    fn keep_unfinished(&mut self, start: &[u8]) {
        self.unfinished.len = start.len().min(4);
        for (slot, byte) in self.unfinished.bytes.iter_mut().zip(start) {
            *slot = *byte;
        }
    }

    /// Bytes that are not UTF-8 are most likely Latin-1; read so, the text around them stays readable.
    fn latin1(&mut self, bytes: &[u8], offset: u64) {
        for (at, &byte) in (offset..).zip(bytes) {
            self.repairs.invalid_utf8.note(at);
            self.push_char(char::from(byte));
        }
    }

    #[inline]
    fn note_control_characters(&mut self, piece: &[u8], offset: u64) {
        // Taking the least byte compares many at once, which stopping at the first one would not.
        if piece.iter().fold(u8::MAX, |least, &byte| least.min(byte)) < b' ' {
            for (at, _) in (offset..).zip(piece).filter(|(_, byte)| **byte < b' ') {
                self.repairs.control_characters.note(at);
            }
        }
    }
}
