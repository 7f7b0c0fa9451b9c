//! Comments, which JSON does not have but files for people do.

use crate::import::json::Json;
use crate::import::json::error::{JsonError, JsonErrorKind, Result};
use memchr::memchr;
use std::io::Read;

/// Bytes. Comments at the head of a file, a license for example, are shorter.
const LONGEST_COMMENT: usize = 16 * 1024;

impl<R: Read> Json<R> {
    /// Passes over a comment, whose first slash is the next byte. One that does not end nearby is none: behind a quote
    /// that is out of place, every `https://` would be the beginning of one.
    #[cold]
    pub(super) fn comment(&mut self) -> Result<()> {
        let start = self.offset();
        let is_outside = self.nesting.depth() == 0;
        let near = self.input.at_least(LONGEST_COMMENT)?;
        let ends_here = is_outside && near.len() < LONGEST_COMMENT;
        let length = match near {
            [b'/', b'/', ..] => memchr(b'\n', near).or(ends_here.then_some(near.len())),
            [b'/', b'*', rest @ ..] => rest.windows(2).position(|pair| pair == b"*/").map(|at| at + 4),
            _ => None,
        };
        let Some(length) = length else {
            // Not consumed: who goes on behind an error wants to see what this swallows.
            return Err(match near {
                [b'/', b'/' | b'*', ..] if near.len() < LONGEST_COMMENT => {
                    JsonError { kind: JsonErrorKind::Truncated, offset: start + near.len() as u64 }
                }
                _ => self.syntax("a value was expected"),
            });
        };
        self.input.consume(length);
        self.repairs.comments.note(start);
        Ok(())
    }
}
