//! The quick way through what is written as usual and in memory, in one glance: no comments, no missing commas, no
//! escape sequences. All functions here say "no" to everything else, having changed nothing; then it is read slowly.

use crate::import::json::nesting::Bracket;
use crate::import::json::{Json, Place, Result, scan};
use std::io::Read;

impl<R: Read> Json<R> {
    /// As [`Json::string`], without copying it, if the next value is a text that means what it says (see
    /// [`scan::plain`]), is in memory and not longer than `most`.
    #[inline]
    pub fn plain_string(&mut self, most: usize) -> Result<Option<&str>> {
        if self.next_visible()? != Some(b'"') {
            return Ok(None);
        }
        let text = self.input.consume_with(|unread| {
            let (text, rest) = text(unread)?;
            (text.len() <= most).then_some((unread.len() - rest.len(), text))
        });
        if text.is_some() {
            self.place = Place::AfterValue;
        }
        Ok(text)
    }

    /// Reads the whole of the next value if it is an object of two texts with these keys, in this order.
    #[inline]
    pub fn plain_pair(&mut self, keys: [&str; 2]) -> Option<[&str; 2]> {
        let [first, second] = keys;
        let pair = self.input.consume_with(|unread| {
            let (first, rest) = member(unread.strip_prefix(b"{")?, first)?;
            let (second, rest) = member(rest.strip_prefix(b",")?, second)?;
            let rest = after_blanks(rest)?.strip_prefix(b"}")?;
            Some((unread.len() - rest.len(), [first, second]))
        });
        if pair.is_some() {
            self.place = Place::AfterValue;
        }
        pair
    }

    /// As [`Json::next_key`].
    #[inline]
    pub(super) fn glance_key(&mut self, key: &mut String) -> Option<bool> {
        match self.glance(Bracket::Object)? {
            (n_before, [b'}', ..]) => {
                self.leave(n_before + 1);
                Some(false)
            }
            (n_before, rest) => {
                let (text, rest) = text(rest)?;
                if !rest.starts_with(b":") {
                    return None;
                }
                key.clear();
                key.push_str(text);
                // The quotes and the colon.
                self.input.consume(n_before + text.len() + 3);
                self.place = Place::BeforeValue;
                Some(true)
            }
        }
    }

    /// As [`Json::next_item`].
    #[inline]
    pub(super) fn glance_item(&mut self) -> Option<bool> {
        match self.glance(Bracket::Array)? {
            (n_before, [b']', ..]) => {
                self.leave(n_before + 1);
                Some(false)
            }
            (_, [b'}' | b',' | b'/', ..]) => None,
            (n_before, _) => {
                self.input.consume(n_before);
                self.place = Place::BeforeValue;
                Some(true)
            }
        }
    }

    /// The next member of the innermost bracket, or what closes it: how far away it is, and what is there.
    #[inline]
    fn glance(&self, bracket: Bracket) -> Option<(usize, &[u8])> {
        if self.nesting.innermost() != Some(bracket) {
            return None;
        }
        let unread = self.input.unread();
        let after_comma = unread.strip_prefix(b",");
        let next = after_blanks(after_comma.unwrap_or(unread))?;
        let is_end = matches!(next.first()?, b'}' | b']');
        let is_usual = match self.place {
            Place::Opened => after_comma.is_none(),
            Place::AfterValue => after_comma.is_some() != is_end,
            Place::BeforeValue => false,
        };
        is_usual.then_some((unread.len() - next.len(), next))
    }
}

/// A member called `key` whose value is a text, and what is behind it.
#[inline]
fn member<'a>(bytes: &'a [u8], key: &str) -> Option<(&'a str, &'a [u8])> {
    let rest = after_blanks(bytes)?.strip_prefix(b"\"")?;
    let rest = rest.strip_prefix(key.as_bytes())?.strip_prefix(b"\":")?;
    text(after_blanks(rest)?)
}

/// A text in quotes, and what is behind it.
#[inline]
fn text(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let rest = bytes.strip_prefix(b"\"")?;
    let text = scan::plain(rest);
    let rest = rest.get(text.len()..)?.strip_prefix(b"\"")?;
    Some((text, rest))
}

/// What is behind white space.
#[inline]
fn after_blanks(bytes: &[u8]) -> Option<&[u8]> {
    match bytes {
        [first, ..] if b' ' < *first => Some(bytes),
        // As between key and value.
        [b' ', first, ..] if b' ' < *first => bytes.get(1..),
        _ => bytes.get(scan::n_blank(bytes)..),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_pairs_written_as_usual_and_leaves_others_alone() {
        for (text, expected) in [
            (r#"{"name":"a","value":"b"}"#, Some(["a", "b"])),
            ("{\r\n\t\"name\": \"a\",\n  \"value\":\t\"\"\n}", Some(["a", ""])),
            (r#"{"value":"b","name":"a"}"#, None),
            (r#"{"name":"a","value":"b","comment":""}"#, None),
            (r#"{"name":"a","value":"\n"}"#, None),
            (r#"{"name":"a","value":"é"}"#, None),
            (r#"{"name":"a","value":7}"#, None),
            (r#"{"name":"a" "value":"b"}"#, None),
            (r#"{"name":"a",/**/"value":"b"}"#, None),
            (r#"{"names":"a","value":"b"}"#, None),
            ("{}", None),
            ("7", None),
        ] {
            let document = format!("[{text},0]");
            let mut json = Json::new(document.as_bytes());
            json.begin_array().unwrap();
            json.next_item().unwrap();
            assert_eq!(json.plain_pair(["name", "value"]), expected, "{text}");
            if expected.is_none() {
                assert_eq!(json.offset(), 1, "{text}");
                json.skip().unwrap();
            }
            assert_eq!((json.next_item(), json.number(), json.next_item()), (Ok(true), Ok(0.0), Ok(false)), "{text}");
        }
    }

    #[test]
    fn gives_texts_without_copying_if_nothing_is_to_be_decoded() {
        for (text, most, expected) in [
            (r#""abc""#, 3, Some("abc")),
            (r#" "abc""#, 2, None),
            (r#""a\u0062""#, 9, None),
            (r#""abc"#, 9, None),
            ("7", 9, None),
        ] {
            assert_eq!(Json::new(text.as_bytes()).plain_string(most), Ok(expected), "{text}");
        }
    }
}
