//! Whole values as bytes, for callers who look into them by themselves.

use crate::import::json::error::{JsonErrorKind, Result};
use crate::import::json::{Json, Token};
use memchr::memchr2;
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
        let mut at = 0;
        loop {
            if self.is_in_string {
                at += self.rest_of_string(piece.get(at..)?)?;
            }
            let rest = piece.get(at..)?;
            at += rest.iter().position(|byte| is_structure(*byte))? + 1;
            match piece.get(at - 1) {
                Some(b'"') => self.is_in_string = true,
                Some(b'{' | b'[') => self.depth += 1,
                _ => self.depth = self.depth.saturating_sub(1),
            }
            if self.depth == 0 && !self.is_in_string {
                return Some(at);
            }
        }
    }

    /// How many bytes there are up to and including the quote that ends a string.
    fn rest_of_string(&mut self, piece: &[u8]) -> Option<usize> {
        let mut at = 0;
        if std::mem::take(&mut self.is_escaped) {
            match piece.is_empty() {
                true => self.is_escaped = true,
                false => at = 1,
            }
        }
        loop {
            at += memchr2(b'"', b'\\', piece.get(at..)?)? + 1;
            match piece.get(at - 1) {
                Some(b'"') => {
                    self.is_in_string = false;
                    return Some(at);
                }
                _ if at == piece.len() => {
                    self.is_escaped = true;
                    return None;
                }
                _ => at += 1,
            }
        }
    }
}

#[inline]
fn is_structure(byte: u8) -> bool {
    // Upper and lower case of a bracket differ in one bit: `[` and `{`, `]` and `}`.
    byte == b'"' || matches!(byte | 0x20, b'{' | b'}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::source::Trickle;

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
