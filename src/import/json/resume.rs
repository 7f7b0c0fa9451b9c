//! Going on behind a place that is not JSON.
//!
//! What can be recognized without knowing what the broken place did to brackets and quotes is `{"key":` with a key by
//! which the objects of a list begin. Inside a text of JSON it cannot stand: there every quote has a backslash in front.

use crate::import::json::error::Result;
use crate::import::json::nesting::{Bracket, Nesting};
use crate::import::json::{Json, Place, scan};
use memchr::memchr;
use std::io::Read;

/// How far is looked ahead for a first key: the longest known one (`serverIPAddress`), and white space before and
/// behind it in files written for people.
const LOOK: usize = 128;

impl<R: Read> Json<R> {
    /// Which brackets are open.
    pub fn nesting(&self) -> &Nesting {
        &self.nesting
    }

    /// Whether the innermost open bracket is that of an object; `None`: none is open.
    pub fn is_in_object(&self) -> Option<bool> {
        self.nesting.innermost().map(|bracket| bracket == Bracket::Object)
    }

    /// The outermost open bracket, if it is that of a list.
    pub fn outer_list(&self) -> Nesting {
        let mut outer = self.nesting.clone();
        outer.truncate(usize::from(outer.outermost() == Some(Bracket::Array)));
        outer
    }

    /// Whether something follows that cannot begin a document, but could go on with one.
    pub fn goes_on(&mut self) -> Result<bool> {
        Ok(matches!(self.next_visible()?, Some(b',' | b':' | b'}' | b']')))
    }

    /// From now on an object that begins with this key stands in one list only. Where [`Json::skip`] meets it in
    /// another one, the closing bracket of that was lost.
    pub fn set_landmark(&mut self, key: &'static str) {
        self.landmark = Some(key);
    }

    /// Whether the next item of the innermost array is an object that begins with the landmark.
    #[inline]
    pub fn is_at_landmark(&mut self) -> Result<bool> {
        let Some(landmark) = self.landmark.filter(|_| self.nesting.innermost() == Some(Bracket::Array)) else {
            return Ok(false);
        };
        self.next_visible()?;
        let next = self.input.unread();
        // Most items are told by their first key's first letter.
        if let [b'{', b'"', letter, ..] = next
            && Some(letter) != landmark.as_bytes().first()
        {
            return Ok(false);
        }
        Ok(first_key(self.input.at_least(LOOK)?) == Some(landmark.as_bytes()))
    }

    /// Passes over everything up to the next object that begins with one of these keys and is no member's value. From
    /// then on these brackets are open; if `in_new_list`, the object is the first item of a list that was opened in them.
    /// `false`: there is no such object.
    pub fn resume(&mut self, keys: &[&str], nesting: &Nesting, in_new_list: bool) -> Result<bool> {
        let mut before = b' ';
        loop {
            let piece = self.input.fill()?;
            if piece.is_empty() {
                return Ok(false);
            }
            let at = memchr(b'{', piece);
            let passed = piece.get(..at.unwrap_or(piece.len())).unwrap_or_default();
            before = last_visible(passed).unwrap_or(before);
            let n_passed = passed.len();
            self.input.consume(n_passed);
            if at.is_none() {
                continue;
            }
            let key = first_key(self.input.at_least(LOOK)?);
            if before != b':' && key.is_some_and(|key| keys.iter().any(|known| known.as_bytes() == key)) {
                break;
            }
            before = b'{';
            self.input.consume(1);
        }
        self.nesting = nesting.clone();
        if in_new_list {
            self.nesting.push(Bracket::Array);
        }
        self.place = if self.nesting.depth() == 0 { Place::BeforeValue } else { Place::Opened };
        Ok(true)
    }

    /// Whether a bracket, which is the next byte, may stand behind `before`, the last visible byte: in an object a
    /// value follows a colon, and in a list no object that belongs into another one.
    #[inline]
    pub(super) fn check_bracket(&mut self, before: u8) -> Result<()> {
        match self.nesting.innermost() {
            Some(Bracket::Object) if before == b',' => Err(self.syntax("a key in quotes was expected")),
            Some(Bracket::Array) if self.is_at_landmark()? => Err(self.syntax("the end of the list was expected")),
            _ => Ok(()),
        }
    }
}

/// The last byte that is no white space.
#[inline]
pub(super) fn last_visible(bytes: &[u8]) -> Option<u8> {
    bytes.iter().rev().copied().find(|byte| b' ' < *byte)
}

/// The first key of the object that begins here, if it stands there plainly.
fn first_key(object: &[u8]) -> Option<&[u8]> {
    let key = skip_blanks(object.strip_prefix(b"{")?).strip_prefix(b"\"")?;
    let key = key.get(..memchr(b'"', key)?)?;
    let end = skip_blanks(object.strip_prefix(b"{")?).get(key.len() + 2..)?;
    skip_blanks(end).starts_with(b":").then_some(key)
}

fn skip_blanks(bytes: &[u8]) -> &[u8] {
    bytes.get(scan::n_blank(bytes)..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::json::JsonErrorKind;
    use crate::import::source::Trickle;

    #[test]
    fn goes_on_with_the_next_object_of_the_list() {
        #[track_caller]
        fn check(text: &str, expected: Option<&str>) {
            for step in [1, 2, 1000] {
                let mut json = Json::new(Trickle { bytes: text.as_bytes(), step });
                json.begin_array().unwrap();
                let mut key = String::new();
                let found = json.resume(&["id"], &Nesting::default(), true).unwrap();
                assert_eq!(found, expected.is_some(), "{text} by {step}");
                if let Some(expected) = expected {
                    assert!(json.next_item().unwrap(), "{text} by {step}");
                    json.begin_object().unwrap();
                    assert!(json.next_key(&mut key).unwrap());
                    assert_eq!(
                        (key.as_str(), json.number()),
                        ("id", Ok(expected.parse().unwrap())),
                        "{text} by {step}"
                    );
                }
            }
        }
        check(r#"[x{"id":7}]"#, Some("7"));
        check(r#"[x,{"id": 7}]"#, Some("7"));
        check("[x \n\t{\r\n  \"id\" :\n7}]", Some("7"));
        check(r#"[x {"a":{"id":1}},{"id":7}]"#, Some("7"));
        check(r#"[x {"a": "{\"id\":1}"},{"id":7}]"#, Some("7"));
        check(r#"[x {{"id":7}]"#, Some("7"));
        check(r#"[x {"no":7},{"id"7}]"#, None);
        check("[", None);
    }

    #[test]
    fn what_is_passed_over_does_not_run_into_the_next_object() {
        #[track_caller]
        fn check(text: &str, expected: Option<usize>) {
            for step in [1, 2, 1000] {
                let mut json = Json::new(Trickle { bytes: text.as_bytes(), step });
                json.set_landmark("id");
                let error = json.skip().err().filter(|error| matches!(error.kind, JsonErrorKind::Syntax(_)));
                assert_eq!(error.map(|error| error.offset as usize), expected, "{text} by {step}");
            }
        }
        check(r#"{"a":{"b":{"c":1}},"d":[[{"e":{"id":1}},{}],{}]}"#, None);
        check(r#"{"a":{"b":1,{"id":2}}"#, Some(12));
        check("{\"a\":{\"b\":1 ,\n [2]}", Some(15));
        check(r#"{"a":[1,{"id":2}]}"#, Some(8));
        check(r#"{"a":[{"b":1}, {"id":2}]}"#, Some(15));
        check(r#"{"a":[{"identity":1},{"i":2},"{",{"b":"{\"id\":1"}]}"#, None);
    }
}
