//! Numbers and the words `true`, `false`, `null`.

use crate::import::json::error::{JsonErrorKind, Result};
use crate::import::json::input::Input;
use crate::import::json::repairs::Repairs;
use std::io::Read;

/// The longest number or word that is read. f64 needs fewer than 800 digits whatever its value.
const MAX_WORD_BYTES: usize = 1024;

/// Letters, digits and signs that stand together.
#[derive(Default)]
pub(super) struct Word {
    bytes: Vec<u8>,
    /// Whether the source ended with the word, so that it may be incomplete.
    pub(super) at_end_of_source: bool,
}

impl Word {
    /// Reads the next word into `self`. It is empty if something else comes.
    pub(super) fn read(&mut self, input: &mut Input<impl Read>) -> Result<()> {
        self.bytes.clear();
        loop {
            let piece = input.fill()?;
            let n = piece.iter().position(|byte| !is_word(*byte)).unwrap_or(piece.len());
            let n_kept = n.min((MAX_WORD_BYTES + 1).saturating_sub(self.bytes.len()));
            self.bytes.extend(piece.iter().take(n_kept));
            self.at_end_of_source = piece.is_empty();
            let goes_on = 0 < n && n == piece.len();
            input.consume(n);
            if !goes_on {
                return Ok(());
            }
        }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// The word at the beginning of `bytes`, if its end can be seen.
#[inline]
pub(super) fn word(bytes: &[u8]) -> Option<&[u8]> {
    let n = bytes.iter().position(|byte| !is_word(*byte))?;
    bytes.get(..n)
}

/// The number this is, if it is one or at least begins as one. `offset` is where it begins.
pub(super) fn read(word: &[u8], repairs: &mut Repairs, offset: u64) -> std::result::Result<f64, JsonErrorKind> {
    let text = str::from_utf8(word).unwrap_or_default();
    let number = match word.len() <= MAX_WORD_BYTES {
        true => text.parse().ok(),
        false => None,
    };
    let begins_like_a_number = word.first().is_some_and(|byte| !byte.is_ascii_alphabetic());
    match number {
        Some(number) if is_json_number(word) => Ok(number),
        Some(number) if text.ends_with(|last: char| last.is_ascii_alphabetic()) => {
            repairs.non_finite_numbers.note(offset);
            Ok(number)
        }
        Some(number) => {
            repairs.odd_numbers.note(offset);
            Ok(number)
        }
        None if begins_like_a_number => {
            repairs.odd_numbers.note(offset);
            Ok(f64::NAN)
        }
        None => Err(JsonErrorKind::Syntax("a value was expected")),
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.' | b'_')
}

/// Whether this is a number in the grammar of RFC 8259, section 6.
fn is_json_number(bytes: &[u8]) -> bool {
    let unsigned = bytes.strip_prefix(b"-").unwrap_or(bytes);
    let (whole, rest) = split_digits(unsigned);
    if whole.is_empty() || whole.starts_with(b"0") && 1 < whole.len() {
        return false;
    }
    let rest = match rest.strip_prefix(b".") {
        Some(rest) => match split_digits(rest) {
            ([], _) => return false,
            (_, rest) => rest,
        },
        None => rest,
    };
    match rest {
        [] => true,
        [b'e' | b'E', b'+' | b'-', exponent @ ..] | [b'e' | b'E', exponent @ ..] => {
            !exponent.is_empty() && split_digits(exponent).1.is_empty()
        }
        _ => false,
    }
}

fn split_digits(bytes: &[u8]) -> (&[u8], &[u8]) {
    let n = bytes.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(bytes.len());
    bytes.split_at_checked(n).unwrap_or_default()
}
