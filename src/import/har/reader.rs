//! JSON values → what the format says they should be. Whatever is there instead is coerced or counted, never refused.

use crate::import::har::problems::{self, Kind, Problems};
use crate::import::json::{Json, Result, Token};
use crate::recording::Place;
use crate::text::{StrId, StrTable};
use std::fmt::Write;
use std::io::Read;

/// Texts are kept up to here. The longest addresses and header values seen in recordings are 80 kB.
const MAX_TEXT_BYTES: usize = 256 * 1024;

/// Reads the member of an object called `$key`, if it is one of those listed, with its name on the path.
macro_rules! members {
    ($r:ident, $key:expr, { $($name:literal => $read:expr,)+ }) => {
        match $key {
            $($name => $r.at(Step::Member($name), |$r| {
                $read;
                Ok(())
            }),)+
            _ => Ok(()),
        }
    };
}
pub(super) use members;

/// Reads values and knows where in the document it is.
pub(super) struct Reader<R> {
    pub(super) json: Json<R>,
    pub(super) problems: Problems,
    path: Vec<Step>,
    /// Buffers for keys and values, one for each level that is being read.
    spare: Vec<String>,
}

/// One step of the way from the root of the document.
#[derive(Clone, Copy)]
pub(super) enum Step {
    Member(&'static str),
    Item(u32),
}

impl<R: Read> Reader<R> {
    pub(super) fn new(json: Json<R>) -> Self {
        Self { json, problems: Problems::default(), path: Vec::new(), spare: Vec::new() }
    }

    /// Reads with `step` added to the path. If reading stops inside, the path says where.
    pub(super) fn at<T>(&mut self, step: Step, read: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        self.enter(step);
        let value = read(self)?;
        self.leave();
        Ok(value)
    }

    /// Adds `step` to the path.
    pub(super) fn enter(&mut self, step: Step) {
        self.path.push(step);
    }

    /// Removes the last step from the path.
    pub(super) fn leave(&mut self) {
        self.path.pop();
    }

    /// The path to the value being read.
    pub(super) fn path(&self) -> String {
        let mut text = String::new();
        for step in &self.path {
            match step {
                Step::Member(name) if text.is_empty() => text.push_str(name),
                // Writing into a string cannot fail.
                Step::Member(name) => drop(write!(text, ".{name}")),
                Step::Item(at) => drop(write!(text, "[{at}]")),
            }
        }
        text
    }

    /// The same in steps.
    pub(super) fn steps(&self) -> &[Step] {
        &self.path
    }

    /// Leaves behind the path at which reading stopped, for this one.
    pub(super) fn set_path(&mut self, steps: &[Step]) {
        self.path.clear();
        self.path.extend_from_slice(steps);
    }

    /// Counts an oddity of the value being read.
    pub(super) fn note(&mut self, kind: &'static Kind) {
        let mut problems = std::mem::take(&mut self.problems);
        problems.note(kind, || Place { path: Some(self.path()), offset: Some(self.json.offset()) });
        self.problems = problems;
    }

    /// Reads an object member by member; says whether there was one. A member that `member` does not read is skipped.
    pub(super) fn object(&mut self, member: impl FnMut(&mut Self, &str) -> Result<()>) -> Result<bool> {
        if self.json.peek()? != Token::Object {
            self.something_else()?;
            return Ok(false);
        }
        self.json.begin_object()?;
        self.rest_of_object(member)?;
        Ok(true)
    }

    /// Reads the members that are left of the innermost object.
    pub(super) fn rest_of_object(&mut self, mut member: impl FnMut(&mut Self, &str) -> Result<()>) -> Result<()> {
        let mut key = self.spare.pop().unwrap_or_default();
        while self.json.next_key(&mut key)? {
            member(self, &key)?;
        }
        self.spare.push(key);
        Ok(())
    }

    /// Reads an array item by item; says whether there was one.
    pub(super) fn array(&mut self, mut item: impl FnMut(&mut Self) -> Result<()>) -> Result<bool> {
        if self.json.peek()? != Token::Array {
            self.something_else()?;
            return Ok(false);
        }
        self.json.begin_array()?;
        for at in 0.. {
            if !self.json.next_item()? {
                break;
            }
            if self.json.is_at_landmark()? {
                return Err(self.json.syntax("the end of the list was expected"));
            }
            self.at(Step::Item(at), |r| item(r))?;
        }
        Ok(true)
    }

    /// How many items an array has.
    pub(super) fn count(&mut self) -> Result<Option<u32>> {
        let mut n = 0;
        let is_there = self.array(|r| {
            n += 1;
            r.json.skip()
        })?;
        Ok(is_there.then_some(n))
    }

    /// A finite number.
    pub(super) fn number(&mut self) -> Result<Option<f64>> {
        match self.json.peek()? {
            Token::Number => Ok(Some(self.json.number()?).filter(|number| number.is_finite())),
            Token::String => {
                let number = self.with_text(|text| match text.trim() {
                    "" => None,
                    text => Some(text.parse::<f64>().ok().filter(|number| number.is_finite())),
                })?;
                match number.flatten() {
                    None => {}
                    Some(Some(_)) => self.note(&problems::TEXT_FOR_NUMBER),
                    Some(None) => self.note(&problems::WRONG_TYPE),
                }
                Ok(number.flatten().flatten())
            }
            _ => {
                self.something_else()?;
                Ok(None)
            }
        }
    }

    /// A truth value: also 1 and 0, in any spelling.
    pub(super) fn flag(&mut self) -> Result<Option<bool>> {
        match self.json.peek()? {
            Token::Bool => Ok(Some(self.json.boolean()?)),
            Token::Number => Ok(Some(self.json.number()? != 0.0)),
            Token::String => self.with_text(|text| !matches!(text, "" | "0" | "false")),
            _ => {
                self.something_else()?;
                Ok(None)
            }
        }
    }

    /// A text, interned.
    pub(super) fn interned(&mut self, strings: &mut StrTable) -> Result<Option<StrId>> {
        self.with_text(|text| strings.intern(text))
    }

    /// An id, interned: tools write them as texts or as numbers, and both are right.
    pub(super) fn id(&mut self, strings: &mut StrTable) -> Result<Option<StrId>> {
        if self.json.peek()? == Token::Number {
            let number = self.json.number()?;
            return Ok(number.is_finite().then(|| strings.intern(&number.to_string())));
        }
        self.interned(strings)
    }

    /// A text, handed to `use_it` without being kept.
    pub(super) fn with_text<T>(&mut self, use_it: impl FnOnce(&str) -> T) -> Result<Option<T>> {
        if let Some(text) = self.json.plain_string(MAX_TEXT_BYTES)? {
            return Ok(Some(use_it(text)));
        }
        let mut text = self.spare.pop().unwrap_or_default();
        let value = match self.text(&mut text)? {
            true => Some(use_it(&text)),
            false => None,
        };
        self.spare.push(text);
        Ok(value)
    }

    /// Reads a text into `into`, at most [`MAX_TEXT_BYTES`] of it; says whether there was one.
    pub(super) fn text(&mut self, into: &mut String) -> Result<bool> {
        into.clear();
        match self.json.peek()? {
            Token::String => {
                if self.json.string_up_to(MAX_TEXT_BYTES, into)? {
                    self.note(&problems::LONG_TEXT);
                }
                Ok(true)
            }
            Token::Number => {
                let number = self.json.number()?;
                let _ = write!(into, "{number}");
                self.note(&problems::NUMBER_FOR_TEXT);
                Ok(number.is_finite())
            }
            Token::Bool => {
                let value = self.json.boolean()?;
                let _ = write!(into, "{value}");
                self.note(&problems::NUMBER_FOR_TEXT);
                Ok(true)
            }
            _ => {
                self.something_else()?;
                Ok(false)
            }
        }
    }

    /// Passes over a value of an unexpected kind: `null` is "not recorded" everywhere, all else is counted.
    pub(super) fn something_else(&mut self) -> Result<()> {
        if self.json.peek()? == Token::Null {
            return self.json.null();
        }
        self.note(&problems::WRONG_TYPE);
        self.json.skip()
    }
}
