//! `Cache-Control` (RFC 9111 §5.2): its directives, read as recipients must and with what is wrong with them.

use std::borrow::Cow;

use crate::http::list;
use crate::units::Seconds;

/// The directives of all `Cache-Control` lines of a message, in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CacheControl<'a> {
    /// Those that are well-formed.
    pub directives: Vec<Directive<'a>>,
    /// How many members are not `token [ "=" value ]`, such as `public; max-age=60`: no cache counts anything in them.
    pub n_malformed: usize,
}

/// One directive.
#[derive(Clone, Debug, PartialEq)]
pub struct Directive<'a> {
    /// As written; compare without regard to case.
    pub name: &'a str,
    /// Without quotes and escapes; `None`: no `=`.
    pub value: Option<Cow<'a, str>>,
    /// Whether the value was quoted. Recipients must take both forms alike (§5.2), but several do not.
    pub quoted: bool,
    /// Whether white space stands around the `=`, which the grammar forbids. Some caches take it, some do not.
    pub spaced: bool,
}

/// What numbers of seconds that are too large count as (§1.2.2): 2^31, 68 years.
pub const MAX_DELTA: u64 = 1 << 31;

/// A number of seconds in a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delta {
    /// What it says, at most 2^31 (§1.2.2).
    Valid(Seconds),
    /// Not a number of seconds; caches are encouraged to take the response for stale (§4.2.1).
    Invalid,
}

impl<'a> CacheControl<'a> {
    /// Reads all lines of the field.
    pub fn parse(lines: impl IntoIterator<Item = &'a str>) -> Self {
        let mut all = Self::default();
        for member in list::members(lines) {
            match Directive::parse(member) {
                Some(directive) => all.directives.push(directive),
                None => all.n_malformed += 1,
            }
        }
        all
    }

    /// The first directive of this name.
    pub fn get(&self, name: &str) -> Option<&Directive<'a>> {
        self.directives.iter().find(|directive| directive.name.eq_ignore_ascii_case(name))
    }

    /// Whether there is a directive of this name, with or without a value.
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Whether there is one without field names: `no-cache` and `no-cache=""`, but not `no-cache="set-cookie"`
    /// (§5.2.2.4, §5.2.2.7).
    pub fn has_unqualified(&self, name: &str) -> bool {
        let mut same = self.directives.iter().filter(|directive| directive.name.eq_ignore_ascii_case(name));
        same.any(|directive| directive.value.as_deref().is_none_or(str::is_empty))
    }

    /// The seconds of `max-age` and the like; the first of duplicates counts (§4.2.1 allows that).
    pub fn seconds(&self, name: &str) -> Option<Delta> {
        let directive = self.get(name)?;
        let value = directive.value.as_deref().filter(|_| !directive.spaced);
        Some(value.map_or(Delta::Invalid, delta_seconds))
    }

    /// Whether a directive stands there twice with different values.
    pub fn has_conflict(&self, name: &str) -> bool {
        let mut same = self.directives.iter().filter(|directive| directive.name.eq_ignore_ascii_case(name));
        let first = same.next();
        same.any(|other| first.is_some_and(|first| first.value != other.value))
    }
}

impl<'a> Directive<'a> {
    /// Reads one member of the list; `None`: it is not `token [ "=" value ]`.
    pub fn parse(member: &'a str) -> Option<Self> {
        let (name, value) = match member.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (member, None),
        };
        let space = [' ', '\t'];
        let spaced = value.is_some_and(|value| name.ends_with(space) || value.starts_with(space));
        let (name, value) = (name.trim_end_matches(space), value.map(|value| value.trim_start_matches(space)));
        if !list::is_token(name) {
            return None;
        }
        let quoted = value.is_some_and(|value| value.starts_with('"'));
        // A quote that is never closed stays as it is: the value then is no number and no token.
        let value = value.map(|value| list::unquote(value).unwrap_or(Cow::Borrowed(value)));
        Some(Self { name, value, quoted, spaced })
    }
}

impl Delta {
    /// As a lifetime: what cannot be read counts as none.
    pub fn or_zero(self) -> Seconds {
        match self {
            Self::Valid(seconds) => seconds,
            Self::Invalid => Seconds(0),
        }
    }
}

/// `delta-seconds` (§1.2.2): ASCII digits only. Numbers that do not fit count as 2^31.
pub fn delta_seconds(text: &str) -> Delta {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Delta::Invalid;
    }
    Delta::Valid(Seconds(text.parse().unwrap_or(MAX_DELTA).min(MAX_DELTA)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds() {
        #[track_caller]
        fn check(lines: &[&str], expected: Option<Delta>) {
            let parsed = CacheControl::parse(lines.iter().copied());
            assert_eq!(parsed.seconds("max-age"), expected, "{lines:?}");
        }
        let valid = |n| Some(Delta::Valid(Seconds(n)));
        check(&["public, Max-Age=60"], valid(60));
        check(&["public", "max-age=60"], valid(60));
        check(&["max-age=\"3600\""], valid(3600));
        check(&["max-age=\"36\\00\""], valid(3600));
        check(&["max-age=007"], valid(7));
        check(&["max-age=99999999999999999999999999"], valid(1 << 31));
        check(&["max-age=1800, max-age=1"], valid(1800));
        check(&["max-age=ten"], Some(Delta::Invalid));
        check(&["max-age=-1"], Some(Delta::Invalid));
        check(&["max-age=60.5"], Some(Delta::Invalid));
        check(&["max-age="], Some(Delta::Invalid));
        check(&["max-age"], Some(Delta::Invalid));
        check(&["max-age= 60"], Some(Delta::Invalid));
        check(&["max-age='60'"], Some(Delta::Invalid));
        check(&["max-age=\"60"], Some(Delta::Invalid));
        check(&["max-age=٦٠"], Some(Delta::Invalid));
        check(&["public; max-age=60"], None);
        check(&["max-age =60"], Some(Delta::Invalid));
        check(&["x=\"a, max-age=60\""], None);
        check(&[""], None);
    }

    #[test]
    fn qualified_and_malformed() {
        let parsed = CacheControl::parse(["no-cache=\"set-cookie, x\", PRIVATE, a b, s-maxage=1, s-maxage=2"]);
        assert!(parsed.has("no-cache") && !parsed.has_unqualified("no-cache"));
        assert!(parsed.has_unqualified("private"));
        assert_eq!(parsed.n_malformed, 1);
        assert!(parsed.has_conflict("s-maxage") && !parsed.has_conflict("private"));
        assert_eq!(parsed.get("no-cache").and_then(|d| d.value.as_deref()), Some("set-cookie, x"));
    }
}
