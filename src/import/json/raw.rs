//! Whole values as bytes, for callers who look into them by themselves.

use crate::import::json::error::{JsonErrorKind, Result};
use crate::import::json::scan::{self, MARKED};
use crate::import::json::{Json, Token};
use std::io::Read;

impl<R: Read> Json<R> {
    /// Hands the bytes of the next value to `read` if it is an object or array of at most `limit` bytes, without
    /// copying them if they are in memory; `scratch` is used if they are not. Other values are passed over: `None`.
    /// What is between the brackets is not checked.
    pub fn raw<T>(&mut self, limit: usize, scratch: &mut Vec<u8>, read: impl FnOnce(&[u8]) -> T) -> Result<Option<T>> {
        if !matches!(self.peek()?, Token::Object | Token::Array) {
            self.skip()?;
            return Ok(None);
        }
        let mut brackets = Brackets::default();
        if let Some(end) = brackets.advance(self.input.unread()) {
            let result = read(self.input.unread().get(..end).unwrap_or_default());
            self.input.consume(end);
            self.value_ends();
            return Ok(Some(result));
        }
        scratch.clear();
        scratch.extend_from_slice(self.input.unread());
        let mut is_too_long = false;
        loop {
            let n = self.input.unread().len();
            self.input.consume(n);
            let piece = self.input.fill()?;
            if piece.is_empty() {
                return Err(self.input.error(JsonErrorKind::Truncated));
            }
            let end = brackets.advance(piece);
            let part = piece.get(..end.unwrap_or(piece.len())).unwrap_or_default();
            is_too_long |= limit < scratch.len() + part.len();
            match is_too_long {
                true => *scratch = Vec::new(),
                false => scratch.extend_from_slice(part),
            }
            if let Some(end) = end {
                self.input.consume(end);
                self.value_ends();
                return Ok((!is_too_long).then(|| read(scratch)));
            }
        }
    }
}

/// Finds where an object or array ends, in bytes that may come in pieces.
#[derive(Default)]
pub struct Brackets {
    depth: usize,
    is_in_string: bool,
    is_escaped: bool,
}

impl Brackets {
    /// Looks at the next piece, which begins with the opening bracket if it is the first; gives the position after
    /// the closing bracket if it is in it.
    pub fn advance(&mut self, piece: &[u8]) -> Option<usize> {
        let (blocks, rest) = piece.as_chunks();
        for (block, at) in blocks.iter().zip((0..).step_by(MARKED)) {
            if let Some(end) = self.block(block, MARKED) {
                return Some(at + end);
            }
        }
        if rest.is_empty() {
            return None;
        }
        let mut last = [0; MARKED];
        last.get_mut(..rest.len())?.copy_from_slice(rest);
        self.block(&last, rest.len()).map(|end| piece.len() - rest.len() + end)
    }

    /// Looks at `len` bytes; those behind are 0.
    #[inline]
    fn block(&mut self, bytes: &[u8; MARKED], len: usize) -> Option<usize> {
        let marks = scan::marks(bytes);
        let quotes = marks.quotes & !self.escaped(marks.backslashes, len);
        // Each bit becomes the parity of the bits up to it: set from the quote that begins a string until before the one
        // that ends it.
        let mut in_string = quotes;
        for distance in [1, 2, 4, 8, 16, 32] {
            in_string ^= in_string << distance;
        }
        in_string ^= if self.is_in_string { u64::MAX } else { 0 };
        self.is_in_string = in_string >> (MARKED - 1) == 1;
        let mut brackets = (marks.opening | marks.closing) & !in_string;
        while brackets != 0 {
            let at = brackets.trailing_zeros();
            match marks.opening >> at & 1 {
                1 => self.depth += 1,
                _ => self.depth = self.depth.saturating_sub(1),
            }
            if self.depth == 0 {
                return Some(at as usize + 1);
            }
            brackets &= brackets - 1;
        }
        None
    }

    /// Which bytes come after a backslash that is not itself after one. Each run of backslashes that begins at an odd
    /// place is added to itself: the carry comes out behind it, at a place whose parity tells that of its length. The way
    /// is that of simdjson (Langdale and Lemire, Parsing Gigabytes of JSON per Second, section 3.1.1).
    #[inline]
    fn escaped(&mut self, backslashes: u64, len: usize) -> u64 {
        const EVEN: u64 = 0x5555_5555_5555_5555;
        let carried = u64::from(std::mem::take(&mut self.is_escaped));
        if backslashes == 0 {
            return carried;
        }
        let backslashes = backslashes & !carried;
        let after = backslashes << 1 | carried;
        let odd_starts = backslashes & !EVEN & !after;
        let (even_starts, overflows) = odd_starts.overflowing_add(backslashes);
        let escaped = (EVEN ^ even_starts << 1) & after;
        self.is_escaped = match len {
            MARKED => overflows,
            _ => escaped >> len & 1 == 1,
        };
        escaped
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::source::Trickle;
    use proptest::prelude::*;

    #[test]
    fn finds_the_end_however_the_bytes_come() {
        let text = br#"{"a":[1,{"b":"]}\"\\"}],"c\\":"\u0041{"} tail"#;
        let end = text.len() - 5;
        for cut in 0..text.len() {
            let mut brackets = Brackets::default();
            let (first, second) = text.split_at(cut);
            let found = brackets.advance(first).or_else(|| brackets.advance(second).map(|at| at + cut));
            assert_eq!(found, Some(end), "{cut}");
        }
    }

    /// The same, byte by byte.
    fn end_of(text: &[u8]) -> Option<usize> {
        let (mut depth, mut is_in_string, mut is_escaped) = (0_usize, false, false);
        for (at, byte) in text.iter().enumerate() {
            let was_escaped = std::mem::take(&mut is_escaped);
            match byte {
                b'\\' => is_escaped = !was_escaped,
                b'"' if !was_escaped => is_in_string = !is_in_string,
                b'{' | b'[' if !is_in_string => depth += 1,
                b'}' | b']' if !is_in_string => depth = depth.saturating_sub(1),
                _ => continue,
            }
            if depth == 0 && matches!(byte, b'}' | b']') && !is_in_string {
                return Some(at + 1);
            }
        }
        None
    }

    proptest! {
        #[test]
        fn finds_what_a_search_byte_by_byte_finds(rest in r#"[\\"{}a]{0,300}"#, cut: proptest::sample::Index) {
            let text = format!("[{{\"{rest}\"}}]");
            let (first, second) = text.as_bytes().split_at(cut.index(text.len()));
            let mut brackets = Brackets::default();
            let found = brackets.advance(first).or_else(|| Some(brackets.advance(second)? + first.len()));
            prop_assert_eq!(found, end_of(text.as_bytes()));
        }
    }

    #[test]
    fn hands_out_values_up_to_a_limit() {
        let text = br#"[{"a":1},"x",[2,"]"],{"long":"aaaaaaaaaaaaaaaaaaaa"},3,{}]"#;
        for step in [1, 3, 1000] {
            let mut json = Json::new(Trickle { bytes: text, step });
            let (mut scratch, mut found) = (Vec::new(), Vec::new());
            json.begin_array().unwrap();
            while json.next_item().unwrap() {
                found.push(json.raw(10, &mut scratch, |bytes| String::from_utf8(bytes.to_vec()).unwrap()).unwrap());
            }
            // A value that is in memory as a whole is handed out whatever its length.
            let long = (step == 1000).then(|| r#"{"long":"aaaaaaaaaaaaaaaaaaaa"}"#.to_owned());
            let expected =
                [Some(r#"{"a":1}"#.to_owned()), None, Some(r#"[2,"]"]"#.to_owned()), long, None, Some("{}".to_owned())];
            assert_eq!(found, expected, "{step}");
        }
    }

    #[test]
    fn a_cut_value_is_truncated() {
        let mut json = Json::new(&br#"{"a":[1"#[..]);
        let error = json.raw(100, &mut Vec::new(), |_| ()).unwrap_err();
        assert_eq!(error.kind, JsonErrorKind::Truncated);
    }
}
