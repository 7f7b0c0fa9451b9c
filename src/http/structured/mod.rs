//! Structured fields (RFC 9651): items, lists and dictionaries. All or nothing: one mistake anywhere makes the whole
//! field invalid (§4.2), because then nobody knows what was meant.

mod reader;

use std::borrow::Cow;

use reader::Reader;

/// A value without parameters (RFC 9651 §3.3).
#[derive(Clone, Debug, PartialEq)]
pub enum Bare<'a> {
    /// §3.3.1.
    Integer(i64),
    /// §3.3.2.
    Decimal(f64),
    /// §3.3.3, without quotes and escapes.
    String(Cow<'a, str>),
    /// §3.3.4.
    Token(&'a str),
    /// §3.3.5, as written between the colons: base64 that nobody here needs decoded.
    Bytes(&'a str),
    /// §3.3.6.
    Boolean(bool),
    /// §3.3.7, in seconds since 1970.
    Date(i64),
    /// §3.3.8, decoded.
    Display(String),
}

/// Parameters (§3.1.2) in order of appearance. Of equal keys the last one counts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parameters<'a>(pub Vec<(&'a str, Bare<'a>)>);

/// A value with its parameters (§3.3).
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct Item<'a> {
    pub value: Bare<'a>,
    pub parameters: Parameters<'a>,
}

/// A member of a list or dictionary.
#[derive(Clone, Debug, PartialEq)]
pub enum Member<'a> {
    /// One item.
    Item(Item<'a>),
    /// An inner list (§3.1.1) and its own parameters.
    Inner(Vec<Item<'a>>, Parameters<'a>),
}

/// A dictionary (§3.2) in order of appearance. Of equal keys the last one counts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dictionary<'a>(pub Vec<(&'a str, Member<'a>)>);

/// Reads a field that is one item; `None`: invalid.
pub fn item(text: &str) -> Option<Item<'_>> {
    whole(text, Reader::item)
}

/// Reads a field that is a list; `None`: invalid. An empty field is an empty list.
pub fn list(text: &str) -> Option<Vec<Member<'_>>> {
    whole(text, Reader::list)
}

/// Reads a field that is a dictionary; `None`: invalid. An empty field is an empty dictionary.
pub fn dictionary(text: &str) -> Option<Dictionary<'_>> {
    whole(text, Reader::dictionary)
}

/// All lines of a field as one text (§4.2): joined with commas, or the only line itself; `None`: there is no line.
pub fn joined<'a>(mut lines: impl Iterator<Item = &'a str>) -> Option<Cow<'a, str>> {
    let mut all = Cow::Borrowed(lines.next()?);
    for line in lines {
        let all = all.to_mut();
        all.push_str(", ");
        all.push_str(line);
    }
    Some(all)
}

impl<'a> Bare<'a> {
    /// The text of a string or token.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            Self::Token(text) => Some(text),
            _ => None,
        }
    }

    /// A whole number.
    pub fn integer(&self) -> Option<i64> {
        match self {
            Self::Integer(number) => Some(*number),
            _ => None,
        }
    }

    /// A yes or no.
    pub fn boolean(&self) -> Option<bool> {
        match self {
            Self::Boolean(value) => Some(*value),
            _ => None,
        }
    }
}

impl<'a> Parameters<'a> {
    /// The value of the last parameter of this name.
    pub fn get(&self, key: &str) -> Option<&Bare<'a>> {
        self.0.iter().rev().find(|(found, _)| *found == key).map(|(_, value)| value)
    }
}

impl<'a> Member<'a> {
    /// The item, if it is one.
    pub fn item(&self) -> Option<&Item<'a>> {
        match self {
            Self::Item(item) => Some(item),
            Self::Inner(..) => None,
        }
    }
}

impl<'a> Dictionary<'a> {
    /// The last member of this key.
    pub fn get(&self, key: &str) -> Option<&Member<'a>> {
        self.0.iter().rev().find(|(found, _)| *found == key).map(|(_, member)| member)
    }

    /// The value of the last member of this key if it is an item.
    pub fn value(&self, key: &str) -> Option<&Bare<'a>> {
        self.get(key)?.item().map(|item| &item.value)
    }
}

/// §4.2: nothing but spaces may stand around it.
fn whole<'a, T>(text: &'a str, read: impl FnOnce(&mut Reader<'a>) -> Option<T>) -> Option<T> {
    let mut reader = Reader::new(text);
    reader.skip_spaces();
    let value = read(&mut reader)?;
    reader.skip_spaces();
    reader.is_done().then_some(value)
}

#[cfg(test)]
mod tests;
