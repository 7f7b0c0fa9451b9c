//! JSON in memory, looked into without building anything: a value is the bytes it is written with.
//!
//! Every accessor answers `None` (or nothing) for what is absent or of another type, so a chain of them never fails.

use crate::import::json::{Brackets, n_without_quote};
use std::borrow::Cow;

/// One value, as written. Empty if it is absent.
#[derive(Clone, Copy, Default)]
pub struct Value<'a>(&'a [u8]);

impl<'a> Value<'a> {
    /// The value that `bytes` begin with, white space aside.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(bytes.trim_ascii_start())
    }

    /// Whether there is a value, `null` counting as none.
    pub fn is_there(self) -> bool {
        !self.0.is_empty() && !self.0.starts_with(b"n")
    }

    /// The bytes it is written with.
    pub fn written_as(self) -> &'a [u8] {
        self.0
    }

    /// The id that these bytes begin with, whatever follows.
    pub fn leading_id(self) -> Option<&'a [u8]> {
        let end = value_end(self.0)?;
        Value(self.0.get(..end)?).id()
    }

    /// The members of an object, keys as written between their quotes. Nothing if this is no object.
    pub fn members(self) -> Members<'a> {
        Members { rest: self.0.strip_prefix(b"{").unwrap_or_default() }
    }

    /// The items of an array. Nothing if this is no array.
    pub fn items(self) -> Items<'a> {
        Items { rest: self.0.strip_prefix(b"[").unwrap_or_default() }
    }

    /// The last member of that name, as in JavaScript. Takes as long as reading the whole object.
    pub fn get(self, key: &str) -> Value<'a> {
        let mut found = Value::default();
        for (name, value) in self.members() {
            if name == key.as_bytes() {
                found = value;
            }
        }
        found
    }

    /// A number that is finite.
    pub fn number(self) -> Option<f64> {
        parse_number(self.0).filter(|number| number.is_finite())
    }

    /// A number that is a count: not negative; fractions are cut off.
    pub fn count(self) -> Option<u64> {
        self.number().filter(|number| 0.0 <= *number && *number < 9e15).map(|number| number as u64)
    }

    /// `true` or `false`.
    pub fn boolean(self) -> Option<bool> {
        match self.0.first() {
            Some(b't') => Some(true),
            Some(b'f') => Some(false),
            _ => None,
        }
    }

    /// A string's bytes as written between the quotes.
    pub fn written(self) -> Option<&'a [u8]> {
        self.0.strip_prefix(b"\"")?.strip_suffix(b"\"")
    }

    /// A string's text. Escapes that mean nothing stand for themselves; what is not UTF-8 becomes U+FFFD.
    pub fn text(self) -> Option<Cow<'a, str>> {
        self.written().map(unescape)
    }

    /// What is written, whether between quotes or not: how ids are compared.
    pub fn id(self) -> Option<&'a [u8]> {
        match self.written() {
            Some(written) => Some(written),
            None => Some(self.0).filter(|id| id.first().is_some_and(|byte| byte.is_ascii_digit() || *byte == b'-')),
        }
    }
}

/// See [`Value::members`].
pub struct Members<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Members<'a> {
    type Item = (&'a [u8], Value<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = skip_separators(self.rest);
        let after_quote = rest.strip_prefix(b"\"")?;
        let key_end = string_end(after_quote)?;
        let key = after_quote.get(..key_end - 1)?;
        let value = skip_separators(after_quote.get(key_end..)?);
        let (value, rest) = value.split_at_checked(value_end(value)?)?;
        self.rest = rest;
        Some((key, Value(value)))
    }
}

/// See [`Value::items`].
pub struct Items<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Items<'a> {
    type Item = Value<'a>;

    fn next(&mut self) -> Option<Value<'a>> {
        let rest = skip_separators(self.rest);
        let (value, rest) = rest.split_at_checked(value_end(rest)?)?;
        self.rest = rest;
        Some(Value(value))
    }
}

#[inline]
fn skip_separators(bytes: &[u8]) -> &[u8] {
    match bytes {
        // As Chrome writes.
        [b',' | b':', first, ..] if is_no_separator(*first) => bytes.get(1..).unwrap_or_default(),
        [first, ..] if is_no_separator(*first) => bytes,
        _ => {
            let n = bytes.iter().position(|byte| is_no_separator(*byte));
            bytes.get(n.unwrap_or(bytes.len())..).unwrap_or_default()
        }
    }
}

#[inline]
fn is_no_separator(byte: u8) -> bool {
    !matches!(byte, b' ' | b'\n' | b'\r' | b'\t' | b',' | b':')
}

/// Where the value ends that `bytes` begin with; `None` at a closing bracket, the end, or if it is cut.
#[inline]
fn value_end(bytes: &[u8]) -> Option<usize> {
    match bytes.first()? {
        b'"' => string_end(bytes.get(1..)?).map(|end| end + 1),
        b'{' | b'[' => Brackets::default().advance(bytes),
        b'}' | b']' => None,
        _ => {
            let end = bytes.iter().position(|byte| matches!(byte, b',' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t'));
            Some(end.unwrap_or(bytes.len()))
        }
    }
}

/// How many bytes there are up to and including the quote that ends a string.
#[inline]
fn string_end(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        at += n_without_quote(bytes.get(at..)?);
        if *bytes.get(at)? == b'"' {
            return Some(at + 1);
        }
        at += 2;
    }
}

/// Powers of ten that are exact.
const TENS: [f64; 16] = [1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

/// Reads a number. The usual ones are exact by their digits and a power of ten; the others are left to the library.
#[inline]
fn parse_number(bytes: &[u8]) -> Option<f64> {
    let (sign, digits) = match bytes.strip_prefix(b"-") {
        Some(digits) => (-1.0, digits),
        None => (1.0, bytes),
    };
    let (mut mantissa, n_whole) = digits_of(0, digits);
    let (mut n_fraction, mut n_read) = (0, n_whole);
    if let Some(fraction) = digits.get(n_whole..).and_then(|rest| rest.strip_prefix(b".")) {
        (mantissa, n_fraction) = digits_of(mantissa, fraction);
        n_read += 1 + n_fraction;
    }
    if n_read != digits.len() || TENS.len() <= n_whole + n_fraction {
        return str::from_utf8(bytes).ok()?.parse().ok();
    }
    match n_whole + n_fraction {
        0 => None,
        _ => Some(sign * (mantissa as f64) / TENS.get(n_fraction)?),
    }
}

/// `mantissa` with the digits behind it that `bytes` begin with, and how many these are.
#[inline]
fn digits_of(mut mantissa: u64, bytes: &[u8]) -> (u64, usize) {
    let mut n = 0;
    for byte in bytes {
        let digit = byte.wrapping_sub(b'0');
        if 9 < digit {
            break;
        }
        mantissa = mantissa.wrapping_mul(10).wrapping_add(u64::from(digit));
        n += 1;
    }
    (mantissa, n)
}

fn unescape(written: &[u8]) -> Cow<'_, str> {
    if !written.contains(&b'\\') {
        return String::from_utf8_lossy(written);
    }
    let mut text = Vec::with_capacity(written.len());
    let mut rest = written;
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        if *byte != b'\\' {
            text.push(*byte);
            continue;
        }
        let Some((escape, after)) = rest.split_first() else { break };
        rest = after;
        match escape {
            b'n' => text.push(b'\n'),
            b't' => text.push(b'\t'),
            b'r' => text.push(b'\r'),
            b'b' => text.push(8),
            b'f' => text.push(12),
            b'u' => {
                let (unit, after) = hex_unit(rest);
                rest = after;
                let low = match (0xd800..0xdc00).contains(&unit) {
                    true => rest.strip_prefix(b"\\u").map(hex_unit),
                    false => None,
                };
                let units = [unit, low.map_or(0, |(low, _)| low)];
                let character = match char::decode_utf16(units).next() {
                    Some(Ok(character)) => character,
                    _ => char::REPLACEMENT_CHARACTER,
                };
                if let (Some((_, after)), true) = (low, 0xffff < u32::from(character)) {
                    rest = after;
                }
                text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            }
            other => text.push(*other),
        }
    }
    Cow::Owned(String::from_utf8(text).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
}

fn hex_unit(bytes: &[u8]) -> (u16, &[u8]) {
    let unit =
        bytes.get(..4).and_then(|hex| str::from_utf8(hex).ok()).and_then(|hex| u16::from_str_radix(hex, 16).ok());
    match unit {
        Some(unit) => (unit, bytes.get(4..).unwrap_or_default()),
        None => (0xfffd, bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_into_objects() {
        let value = Value::new(br#" {"a" : {"b":[1, -2.5,"x",null,{}]}, "n":null,"c":true,"a\"":1,"c":false}"#);
        let items: Vec<_> = value.get("a").get("b").items().map(Value::number).collect();
        assert_eq!(items, [Some(1.0), Some(-2.5), None, None, None]);
        assert_eq!(value.get("c").boolean(), Some(false));
        assert!(!value.get("n").is_there() && !value.get("x").is_there() && value.get("a").is_there());
        assert_eq!(value.get("a").get("x").get("y").text(), None);
        assert_eq!(value.members().count(), 5);
    }

    #[test]
    fn numbers() {
        for (text, expected) in [
            ("0", Some(0.0)),
            ("-0.0", Some(0.0)),
            ("10289.070271", Some(10289.070271)),
            ("212080220392.125", Some(212080220392.125)),
            ("8216328698160308", Some(8216328698160308.0)),
            ("1e3", Some(1000.0)),
            ("1e999", None),
            ("-", None),
            ("1.2.3", None),
            ("0.000000000000000001", Some(1e-18)),
            ("true", None),
            ("\"1\"", None),
        ] {
            assert_eq!(Value::new(text.as_bytes()).number(), expected, "{text}");
        }
    }

    #[test]
    fn strings() {
        for (text, expected) in
            [(r#""a\n\"\\\/é""#, "a\n\"\\/é"), (r#""\u0041\ud83d\ude00\ud83dx\uzz""#, "A😀\u{fffd}x\u{fffd}zz")]
        {
            assert_eq!(Value::new(text.as_bytes()).text().as_deref(), Some(expected), "{text}");
        }
        assert_eq!(Value::new(b"\"\xff\"").text().as_deref(), Some("\u{fffd}"));
    }

    #[test]
    fn cut_and_odd_bytes_end_the_iteration() {
        let text = br#"{"a":[1,{"b":"c\\"}],"d":tru"#;
        for n in 0..text.len() {
            let value = Value::new(&text[..n]);
            value.members().for_each(|(_, value)| assert!(value.items().count() < 3));
        }
        assert_eq!(Value::new(b"{1:2}").members().count(), 0);
        assert_eq!(Value::new(b"[,,1,,]").items().count(), 1);
    }
}
