//! Passing over values nobody asked for. Only brackets, strings and comments are looked at.

use crate::import::json::error::{JsonErrorKind, Result};
use crate::import::json::input::Input;
use crate::import::json::nesting::Bracket;
use crate::import::json::resume::last_visible;
use crate::import::json::scan;
use crate::import::json::{Json, Token};
use std::io::Read;

impl<R: Read> Json<R> {
    /// Passes over the next value, whatever it is and however deep. It is not checked beyond its brackets and quotes.
    pub fn skip(&mut self) -> Result<()> {
        match self.peek()? {
            Token::Object | Token::Array => self.skip_brackets()?,
            Token::String => {
                self.input.consume(1);
                skip_string(&mut self.input)?;
            }
            Token::Number | Token::Bool | Token::Null => self.read_word()?,
            Token::End => return Err(self.input.error(JsonErrorKind::Truncated)),
        }
        self.value_ends();
        Ok(())
    }

    /// Passes over everything from an opening bracket to the one that closes it.
    fn skip_brackets(&mut self) -> Result<()> {
        let outside = self.nesting.depth();
        let mut before = b':';
        loop {
            let piece = self.input.fill()?;
            let n_plain = scan::n_without_structure(piece);
            before = last_visible(piece.get(..n_plain).unwrap_or_default()).unwrap_or(before);
            self.input.consume(n_plain);
            let byte = self.input.need()?;
            if matches!(byte, b'{' | b'[') {
                self.check_bracket(before)?;
            }
            if matches!(byte, b'"' | b'{' | b'[' | b'}' | b']') {
                before = byte;
            }
            match byte {
                b'"' => {
                    self.input.consume(1);
                    skip_string(&mut self.input)?;
                }
                b'/' => self.comment()?,
                b'{' => self.open(Bracket::Object),
                b'[' => self.open(Bracket::Array),
                b'}' => self.close(Bracket::Object)?,
                b']' => self.close(Bracket::Array)?,
                _ => {}
            }
            if self.nesting.depth() == outside {
                return Ok(());
            }
        }
    }
}

/// Passes over what is left of a string whose opening quote was consumed, and over the closing one.
fn skip_string(input: &mut Input<impl Read>) -> Result<()> {
    loop {
        let piece = input.fill()?;
        if piece.is_empty() {
            return Err(input.error(JsonErrorKind::Truncated));
        }
        let n_plain = scan::n_without_quote(piece);
        match piece.get(n_plain) {
            Some(b'"') => {
                input.consume(n_plain + 1);
                return Ok(());
            }
            Some(_) => {
                input.consume(n_plain + 1);
                input.need()?;
                input.consume(1);
            }
            None => input.consume(n_plain),
        }
    }
}
