//! A pull parser for JSON of any size and depth, in constant memory.
//!
//! The caller asks for what it expects next; nothing is built that it does not ask for. Files that people send are
//! often not quite JSON, so what can be read without guessing is read, and counted in [`Repairs`]. The result does not
//! depend on how the source cuts its bytes into pieces.
//!
//! ```text
//! json.begin_object()?;
//! while json.next_key(&mut key)? {
//!     match key.as_str() {
//!         "time" => time = json.number()?,
//!         _ => json.skip()?,
//!     }
//! }
//! ```

mod comment;
mod error;
mod glance;
mod input;
mod measure;
mod nesting;
mod number;
mod raw;
mod repairs;
mod resume;
mod scan;
mod skip;
mod string;
#[cfg(test)]
mod tests;

pub use error::{JsonError, JsonErrorKind, Result};
pub use measure::{Base64Shape, Measured};
pub use nesting::Nesting;
pub use raw::Brackets;
pub use repairs::{Repair, Repairs};
pub(in crate::import) use scan::n_without_quote;

use input::Input;
use measure::Measure;
use nesting::Bracket;
use number::Word;
use std::io::Read;

/// A place in a JSON text, moving forward.
pub struct Json<R> {
    input: Input<R>,
    nesting: Nesting,
    place: Place,
    word: Word,
    repairs: Repairs,
    /// See [`Json::set_landmark`].
    landmark: Option<&'static str>,
}

/// The kind of the next value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token {
    /// `{`
    Object,
    /// `[`
    Array,
    /// `"`
    String,
    /// A number, or one of the words that stand for one.
    Number,
    /// `true` or `false`
    Bool,
    /// `null`
    Null,
    /// The source ended, outside of all brackets. Inside, its end is [`JsonErrorKind::Truncated`].
    End,
}

/// Where between the parts of an object or array we are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// After an opening bracket.
    Opened,
    /// Where a value must come.
    BeforeValue,
    /// After a value.
    AfterValue,
}

impl<R: Read> Json<R> {
    /// Reads from the beginning of `source`.
    pub fn new(source: R) -> Self {
        Self {
            input: Input::new(source),
            nesting: Nesting::default(),
            place: Place::BeforeValue,
            word: Word::default(),
            repairs: Repairs::default(),
            landmark: None,
        }
    }

    /// Byte offset of the next unread byte in the decoded source.
    pub fn offset(&self) -> u64 {
        self.input.offset()
    }

    /// What was put right so far.
    pub fn repairs(&self) -> &Repairs {
        &self.repairs
    }

    /// The kind of the next value. After a complete document the next one may follow.
    pub fn peek(&mut self) -> Result<Token> {
        match self.next_visible()? {
            Some(b'{') => Ok(Token::Object),
            Some(b'[') => Ok(Token::Array),
            Some(b'"') => Ok(Token::String),
            Some(b'0'..=b'9' | b'-' | b'+' | b'.' | b'N' | b'I') => Ok(Token::Number),
            Some(b't' | b'f') => Ok(Token::Bool),
            Some(b'n') => Ok(Token::Null),
            Some(_) => Err(self.syntax("a value was expected")),
            None if 0 < self.nesting.depth() => Err(self.input.error(JsonErrorKind::Truncated)),
            None => Ok(Token::End),
        }
    }

    /// Enters an object; its members are reached with [`Json::next_key`].
    pub fn begin_object(&mut self) -> Result<()> {
        self.expect(b'{', "an object was expected")?;
        self.open(Bracket::Object);
        Ok(())
    }

    /// Enters an array; its items are reached with [`Json::next_item`].
    pub fn begin_array(&mut self) -> Result<()> {
        self.expect(b'[', "an array was expected")?;
        self.open(Bracket::Array);
        Ok(())
    }

    /// Reads the next key of the innermost object, which must be followed by reading its value; a value that was not
    /// read is skipped. `false` means that the object is closed. Keys come as often as they are there.
    pub fn next_key(&mut self, key: &mut String) -> Result<bool> {
        if let Some(is_there) = self.glance_key(key) {
            return Ok(is_there);
        }
        if !self.next_member(Bracket::Object)? {
            return Ok(false);
        }
        key.clear();
        self.expect(b'"', "a key in quotes or the end of the object was expected")?;
        self.input.consume(1);
        string::decode(&mut self.input, &mut self.repairs, key)?;
        self.input.consume(1);
        self.expect(b':', "a colon was expected")?;
        self.input.consume(1);
        self.place = Place::BeforeValue;
        Ok(true)
    }

    /// Moves to the next item of the innermost array; an item that was not read is skipped. `false` means that the
    /// array is closed.
    pub fn next_item(&mut self) -> Result<bool> {
        if let Some(is_there) = self.glance_item() {
            return Ok(is_there);
        }
        let is_there = self.next_member(Bracket::Array)?;
        if is_there {
            self.place = Place::BeforeValue;
        }
        Ok(is_there)
    }

    /// Reads a string; `into` is replaced. If the source ends inside, `into` has what was there.
    pub fn string(&mut self, into: &mut String) -> Result<()> {
        into.clear();
        if let Some(text) = self.plain_string(usize::MAX)? {
            into.push_str(text);
            return Ok(());
        }
        self.open_quote()?;
        string::decode(&mut self.input, &mut self.repairs, into)?;
        self.close_quote();
        Ok(())
    }

    /// Reads a string of which only the first `keep` bytes are wanted, or less where that would cut a character; `into`
    /// is replaced. Says whether there was more.
    pub fn string_up_to(&mut self, keep: usize, into: &mut String) -> Result<bool> {
        into.clear();
        if let Some(text) = self.plain_string(keep)? {
            into.push_str(text);
            return Ok(false);
        }
        self.open_quote()?;
        let mut bounded = string::Bounded { keep, kept: into, is_cut: false };
        string::decode(&mut self.input, &mut self.repairs, &mut bounded)?;
        self.close_quote();
        Ok(bounded.is_cut)
    }

    /// Measures a string as it passes. `into` is replaced by its first `keep` bytes, or less where that would cut a
    /// character; more than that is never in memory.
    pub fn measure(&mut self, keep: usize, into: &mut String) -> Result<Measured> {
        let mut measure = Measure::new(keep, into);
        self.open_quote()?;
        self.input.start_hash();
        let decoded = string::decode(&mut self.input, &mut self.repairs, &mut measure);
        let hash = self.input.finish_hash();
        decoded?;
        self.close_quote();
        Ok(measure.finish(hash))
    }

    /// Reads a number. `NaN` and `Infinity` are numbers here, and what has no value (`1-2`) is NaN.
    pub fn number(&mut self) -> Result<f64> {
        if self.peek()? != Token::Number {
            return Err(self.syntax("a number was expected"));
        }
        let offset = self.offset();
        let word = self.input.consume_with(|unread| number::word(unread).map(|word| (word.len(), word)));
        let number = match word {
            Some(word) => number::read(word, &mut self.repairs, offset),
            None => {
                self.read_word()?;
                number::read(self.word.bytes(), &mut self.repairs, offset)
            }
        };
        match number {
            Ok(number) => {
                self.value_ends();
                Ok(number)
            }
            Err(kind) => Err(JsonError { kind, offset }),
        }
    }

    /// Reads `true` or `false`.
    pub fn boolean(&mut self) -> Result<bool> {
        match self.next_visible()? {
            Some(b't') => self.literal(b"true").map(|()| true),
            _ => self.literal(b"false").map(|()| false),
        }
    }

    /// Reads `null`.
    pub fn null(&mut self) -> Result<()> {
        self.literal(b"null")
    }

    fn open_quote(&mut self) -> Result<()> {
        self.expect(b'"', "a string was expected")?;
        self.input.consume(1);
        Ok(())
    }

    fn close_quote(&mut self) {
        self.input.consume(1);
        self.value_ends();
    }

    fn literal(&mut self, expected: &'static [u8]) -> Result<()> {
        self.next_visible()?;
        let offset = self.offset();
        self.read_word()?;
        if self.word.bytes() == expected {
            self.value_ends();
            return Ok(());
        }
        let kind = match self.word.at_end_of_source && expected.starts_with(self.word.bytes()) {
            true => JsonErrorKind::Truncated,
            false => JsonErrorKind::Syntax(match expected {
                b"null" => "null was expected",
                _ => "true or false was expected",
            }),
        };
        Err(JsonError { kind, offset })
    }

    /// Reads a number or literal into `self.word`. At the end of the source it is complete only outside of brackets.
    fn read_word(&mut self) -> Result<()> {
        self.word.read(&mut self.input)?;
        match self.word.at_end_of_source && 0 < self.nesting.depth() {
            true => Err(self.input.error(JsonErrorKind::Truncated)),
            false => Ok(()),
        }
    }

    /// Goes to the next member of the innermost bracket, past the comma; closes the bracket if there is none.
    fn next_member(&mut self, bracket: Bracket) -> Result<bool> {
        if self.nesting.innermost() != Some(bracket) {
            return Err(self.syntax("there is no such object or array to go on with"));
        }
        if self.place == Place::BeforeValue {
            self.skip()?;
        }
        let mut comma = None;
        if self.next_visible()? == Some(b',') && self.place == Place::AfterValue {
            comma = Some(self.offset());
            self.input.consume(1);
        }
        self.next_visible()?;
        match (self.input.need()?, comma) {
            (b'}' | b']', _) => {
                if let Some(offset) = comma {
                    self.repairs.trailing_commas.note(offset);
                }
                self.close(bracket)?;
                Ok(false)
            }
            (b',', _) => Err(self.syntax("a value was expected, not a comma")),
            (_, None) if self.place == Place::AfterValue => {
                self.repairs.missing_commas.note(self.offset());
                Ok(true)
            }
            _ => Ok(true),
        }
    }

    /// Enters a bracket, which is the next byte.
    fn open(&mut self, bracket: Bracket) {
        self.input.consume(1);
        self.nesting.push(bracket);
        self.place = Place::Opened;
    }

    /// Leaves the innermost bracket if it is of the kind that the next byte closes.
    fn close(&mut self, closing: Bracket) -> Result<()> {
        let fits = match self.input.need()? {
            b'}' => closing == Bracket::Object,
            _ => closing == Bracket::Array,
        };
        if !fits || self.nesting.innermost() != Some(closing) {
            return Err(self.syntax("this bracket closes nothing"));
        }
        self.leave(1);
        Ok(())
    }

    /// Leaves the innermost bracket, which the last of the next `n` bytes closes.
    fn leave(&mut self, n: usize) {
        self.input.consume(n);
        self.nesting.pop();
        self.value_ends();
    }

    fn value_ends(&mut self) {
        self.place = Place::AfterValue;
    }

    /// Makes sure that `byte` comes next, without consuming it.
    fn expect(&mut self, byte: u8, otherwise: &'static str) -> Result<()> {
        self.next_visible()?;
        match self.input.need()? == byte {
            true => Ok(()),
            false => Err(self.syntax(otherwise)),
        }
    }

    /// The next byte that is neither white space nor in a comment. It is not consumed.
    #[inline]
    fn next_visible(&mut self) -> Result<Option<u8>> {
        match self.input.unread() {
            [byte, ..] if is_visible(*byte) => Ok(Some(*byte)),
            // As between key and value.
            [b' ', byte, ..] if is_visible(*byte) => {
                let byte = *byte;
                self.input.consume(1);
                Ok(Some(byte))
            }
            _ => self.skip_to_visible(),
        }
    }

    fn skip_to_visible(&mut self) -> Result<Option<u8>> {
        loop {
            let piece = self.input.fill()?;
            let n_blank = scan::n_blank(piece);
            let visible = piece.get(n_blank).copied();
            self.input.consume(n_blank);
            match visible {
                Some(b'/') => self.comment()?,
                Some(byte) => return Ok(Some(byte)),
                None if n_blank == 0 => return Ok(None),
                None => {}
            }
        }
    }

    /// What is wrong here.
    pub fn syntax(&self, expected: &'static str) -> JsonError {
        self.input.error(JsonErrorKind::Syntax(expected))
    }
}

/// Whether this is neither white space nor may begin a comment.
fn is_visible(byte: u8) -> bool {
    b' ' < byte && byte != b'/'
}
