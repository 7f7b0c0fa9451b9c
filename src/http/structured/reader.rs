//! The parsing algorithms of RFC 9651 §4.2, one method each. Every method consumes what it read or returns `None`.

use std::borrow::Cow;

use crate::http::structured::{Bare, Dictionary, Item, Member, Parameters};

/// Most digits of an integer (§3.3.1), and of a decimal's whole part and fraction (§3.3.2).
const INTEGER_DIGITS: usize = 15;
const WHOLE_DIGITS: usize = 12;
const FRACTION_DIGITS: usize = 3;

/// A place in a field's text.
pub struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    pub fn new(text: &'a str) -> Self {
        Self { rest: text }
    }

    pub fn is_done(&self) -> bool {
        self.rest.is_empty()
    }

    pub fn skip_spaces(&mut self) {
        self.rest = self.rest.trim_start_matches(' ');
    }

    /// §4.2.1.
    pub fn list(&mut self) -> Option<Vec<Member<'a>>> {
        let mut members = Vec::new();
        while !self.is_done() {
            members.push(self.member()?);
            if !self.next_member()? {
                break;
            }
        }
        Some(members)
    }

    /// §4.2.2.
    pub fn dictionary(&mut self) -> Option<Dictionary<'a>> {
        let mut members = Vec::new();
        while !self.is_done() {
            let key = self.key()?;
            let member = match self.take('=') {
                true => self.member()?,
                false => Member::Item(Item { value: Bare::Boolean(true), parameters: self.parameters()? }),
            };
            members.push((key, member));
            if !self.next_member()? {
                break;
            }
        }
        Some(Dictionary(members))
    }

    /// §4.2.3.
    pub fn item(&mut self) -> Option<Item<'a>> {
        Some(Item { value: self.bare()?, parameters: self.parameters()? })
    }

    /// Past the comma behind a member; whether there was one. A comma at the end is a mistake.
    fn next_member(&mut self) -> Option<bool> {
        self.rest = self.rest.trim_start_matches([' ', '\t']);
        if self.is_done() {
            return Some(false);
        }
        if !self.take(',') {
            return None;
        }
        self.rest = self.rest.trim_start_matches([' ', '\t']);
        (!self.is_done()).then_some(true)
    }

    /// §4.2.1.1.
    fn member(&mut self) -> Option<Member<'a>> {
        if !self.take('(') {
            return self.item().map(Member::Item);
        }
        let mut items = Vec::new();
        loop {
            self.skip_spaces();
            if self.take(')') {
                return Some(Member::Inner(items, self.parameters()?));
            }
            items.push(self.item()?);
            if !self.rest.starts_with([' ', ')']) {
                return None;
            }
        }
    }

    /// §4.2.3.2.
    fn parameters(&mut self) -> Option<Parameters<'a>> {
        let mut parameters = Vec::new();
        while self.take(';') {
            self.skip_spaces();
            let key = self.key()?;
            let value = if self.take('=') { self.bare()? } else { Bare::Boolean(true) };
            parameters.push((key, value));
        }
        Some(Parameters(parameters))
    }

    /// §4.2.3.3.
    fn key(&mut self) -> Option<&'a str> {
        let starts = self.rest.starts_with(|c: char| c.is_ascii_lowercase() || c == '*');
        let is_inside = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_-.*".contains(&b);
        if starts { Some(self.take_while(is_inside)) } else { None }
    }

    /// §4.2.3.1.
    fn bare(&mut self) -> Option<Bare<'a>> {
        match *self.rest.as_bytes().first()? {
            b'-' | b'0'..=b'9' => self.number(),
            b'"' => self.string().map(Bare::String),
            b'*' | b'A'..=b'Z' | b'a'..=b'z' => {
                let is_inside = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~:/".contains(&b);
                Some(Bare::Token(self.take_while(is_inside)))
            }
            b':' => self.bytes(),
            b'?' => {
                let (value, rest) = match self.rest.split_at_checked("?0".len())? {
                    ("?0", rest) => (false, rest),
                    ("?1", rest) => (true, rest),
                    _ => return None,
                };
                self.rest = rest;
                Some(Bare::Boolean(value))
            }
            b'@' => {
                self.take('@');
                match self.number()? {
                    Bare::Integer(seconds) => Some(Bare::Date(seconds)),
                    _ => None,
                }
            }
            b'%' => self.display(),
            _ => None,
        }
    }

    /// §4.2.4.
    fn number(&mut self) -> Option<Bare<'a>> {
        let text = self.rest;
        self.take('-');
        let whole = self.take_while(|b| b.is_ascii_digit()).len();
        if whole == 0 || INTEGER_DIGITS < whole {
            return None;
        }
        let is_decimal = self.rest.starts_with('.');
        if is_decimal {
            self.take('.');
            let fraction = self.take_while(|b| b.is_ascii_digit()).len();
            if WHOLE_DIGITS < whole || !(1..=FRACTION_DIGITS).contains(&fraction) {
                return None;
            }
        }
        let text = text.get(..text.len() - self.rest.len())?;
        if is_decimal { text.parse().ok().map(Bare::Decimal) } else { text.parse().ok().map(Bare::Integer) }
    }

    /// §4.2.5: printable ASCII; only `"` and `\` may be escaped.
    fn string(&mut self) -> Option<Cow<'a, str>> {
        self.take('"');
        let plain = self.take_while(|b| matches!(b, b' '..=b'~') && b != b'"' && b != b'\\');
        if self.take('"') {
            return Some(Cow::Borrowed(plain));
        }
        let mut value = plain.to_owned();
        loop {
            if self.take('"') {
                return Some(Cow::Owned(value));
            }
            if self.take('\\') {
                let escaped = self.rest.chars().next().filter(|c| matches!(c, '"' | '\\'))?;
                self.take(escaped);
                value.push(escaped);
            }
            let plain = self.take_while(|b| matches!(b, b' '..=b'~') && b != b'"' && b != b'\\');
            if plain.is_empty() && !self.rest.starts_with(['"', '\\']) {
                return None;
            }
            value.push_str(plain);
        }
    }

    /// §4.2.7.
    fn bytes(&mut self) -> Option<Bare<'a>> {
        self.take(':');
        let inside = self.take_while(|b| b.is_ascii_alphanumeric() || b"+/=".contains(&b));
        let digits = inside.trim_end_matches('=');
        // Four digits of base64 are three bytes; one digit alone is nothing, and padding stands at the end only.
        let is_base64 = digits.len() % 4 != 1 && !digits.contains('=');
        (self.take(':') && is_base64).then_some(Bare::Bytes(inside))
    }

    /// §4.2.10: `%"…"` with lower-case percent escapes of UTF-8.
    fn display(&mut self) -> Option<Bare<'a>> {
        self.rest = self.rest.strip_prefix("%\"")?;
        let mut bytes = Vec::new();
        loop {
            bytes.extend_from_slice(self.take_while(|b| matches!(b, b' '..=b'~') && b != b'"' && b != b'%').as_bytes());
            if self.take('"') {
                return String::from_utf8(bytes).ok().map(Bare::Display);
            }
            let escape = self.rest.strip_prefix('%')?;
            let (digits, rest) = escape.split_at_checked(2)?;
            if !digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
                return None;
            }
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            self.rest = rest;
        }
    }

    fn take(&mut self, c: char) -> bool {
        let rest = self.rest.strip_prefix(c);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn take_while(&mut self, is_inside: impl Fn(u8) -> bool) -> &'a str {
        // Only ASCII passes `is_inside`, so the end is between characters.
        let end = self.rest.bytes().position(|b| !is_inside(b)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at_checked(end).unwrap_or(("", self.rest));
        self.rest = rest;
        taken
    }
}
