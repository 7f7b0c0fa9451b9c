//! Asking whether a stored response is still good (RFC 9111 §4.3, RFC 9110 §8.8, §13): entity tags, and what a 304
//! does to the response it confirms.

use std::collections::BTreeSet;

use crate::http::list;
use crate::http::vary::Lines;

/// An entity tag (RFC 9110 §8.8.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ETag<'a> {
    /// Without quotes.
    pub tag: &'a str,
    /// `W/`: the same meaning, perhaps not the same bytes.
    pub is_weak: bool,
    /// Whether it is written as the grammar wants it: in quotes, and `W/` in upper case. Others are compared all the
    /// same, as they are.
    pub is_well_formed: bool,
}

impl<'a> ETag<'a> {
    /// Reads it.
    pub fn parse(text: &'a str) -> Self {
        let (rest, is_weak) = match text.strip_prefix("W/") {
            Some(rest) => (rest, true),
            None => (text, false),
        };
        // etagc: no quote, no control character, no space (§8.8.3).
        let inside = rest.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        let inside = inside.filter(|tag| tag.bytes().all(|b| b == b'!' || 0x22 < b && b != 0x7f));
        match inside {
            Some(tag) => Self { tag, is_weak, is_well_formed: true },
            None => Self { tag: text, is_weak: false, is_well_formed: false },
        }
    }

    /// Both strong and the same (§8.8.3.2).
    pub fn matches_strongly(self, other: Self) -> bool {
        !self.is_weak && !other.is_weak && self == other
    }

    /// The same, weak or not (§8.8.3.2): what `If-None-Match` compares.
    pub fn matches_weakly(self, other: Self) -> bool {
        (self.tag, self.is_well_formed) == (other.tag, other.is_well_formed)
    }
}

/// Whether a 304 with the headers `answer` confirms the stored response (RFC 9111 §4.3.4), the only one there is.
pub fn confirms(answer: Lines<'_>, stored: Lines<'_>) -> bool {
    let tag = |lines| first(lines, "etag").map(ETag::parse);
    let modified = |lines| first(lines, "last-modified");
    match (tag(answer), tag(stored)) {
        // A strong one names exactly what it is good for.
        (Some(new), Some(old)) if !new.is_weak => new.matches_strongly(old),
        (Some(new), Some(old)) => new.matches_weakly(old),
        (Some(_), None) => false,
        (None, old) => match (modified(answer), modified(stored)) {
            (Some(new), Some(old)) => new == old,
            (Some(_), None) => false,
            // Without any validator it can mean only a response that has none either.
            (None, Some(_)) => false,
            (None, None) => old.is_none(),
        },
    }
}

/// The stored headers after a 304 (RFC 9111 §3.2): its lines take the place of all lines of the same name; what it does
/// not name stays. Stored lines keep their order, new ones follow.
pub fn updated<'a>(stored: Lines<'a>, answer: Lines<'a>) -> Vec<(&'a str, &'a str)> {
    let connection = || answer.iter().filter(|line| line.0 == "connection").map(|line| line.1);
    let per_hop: BTreeSet<String> = list::members(connection()).map(str::to_ascii_lowercase).collect();
    let updates = |name: &str| !is_kept_as_stored(name) && !per_hop.contains(name);
    let replaced: BTreeSet<&str> = answer.iter().map(|line| line.0).filter(|name| updates(name)).collect();
    let is_replaced = |name: &str| replaced.contains(name);
    let kept = stored.iter().filter(|line| !is_replaced(line.0));
    kept.chain(answer.iter().filter(|line| is_replaced(line.0))).copied().collect()
}

/// Headers that a 304 does not change: those of one connection (RFC 9110 §7.6.1) and of proxies, the length (RFC 9111
/// §3.2), and those whose effect on the body is stored already, which the same section lets caches leave alone.
fn is_kept_as_stored(name: &str) -> bool {
    const KEPT: [&str; 14] = [
        "connection",
        "content-encoding",
        "content-length",
        "content-range",
        "content-type",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authentication-info",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    ];
    KEPT.binary_search(&name).is_ok()
}

fn first<'a>(lines: Lines<'a>, name: &str) -> Option<&'a str> {
    lines.iter().find(|line| line.0 == name).map(|line| line.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags() {
        for (text, tag, is_weak, is_well_formed) in [
            ("\"a\"", "a", false, true),
            ("W/\"a\"", "a", true, true),
            ("\"\"", "", false, true),
            ("w/\"a\"", "w/\"a\"", false, false),
            ("a", "a", false, false),
            ("\"a b\"", "\"a b\"", false, false),
            ("\"\u{e9}\"", "\u{e9}", false, true),
        ] {
            assert_eq!(ETag::parse(text), ETag { tag, is_weak, is_well_formed }, "{text}");
        }
        let [strong, weak, bare] = ["\"a\"", "W/\"a\"", "a"].map(ETag::parse);
        assert!(strong.matches_weakly(weak) && !strong.matches_strongly(weak) && !weak.matches_strongly(weak));
        assert!(!bare.matches_weakly(strong));
    }

    #[test]
    fn what_a_304_confirms() {
        #[track_caller]
        fn check(answer: Lines<'_>, stored: Lines<'_>, expected: bool) {
            assert_eq!(confirms(answer, stored), expected, "{answer:?} {stored:?}");
        }
        let (a, b, weak) = (("etag", "\"a\""), ("etag", "\"b\""), ("etag", "W/\"a\""));
        let (day, other) = (("last-modified", "x"), ("last-modified", "y"));
        check(&[a], &[a], true);
        check(&[a], &[b], false);
        check(&[a], &[weak], false);
        check(&[weak], &[a], true);
        check(&[a], &[], false);
        check(&[], &[a], false);
        check(&[], &[], true);
        check(&[day], &[day, a], true);
        check(&[day], &[other], false);
        check(&[], &[day], false);
        check(&[a, day], &[a, other], true);
    }

    #[test]
    fn lines_are_replaced() {
        let stored = [("cache-control", "max-age=1"), ("x", "1"), ("content-length", "9"), ("y", "1")];
        let answer = [("x", "2"), ("x", "3"), ("content-length", "0"), ("connection", "Y"), ("y", "2"), ("z", "4")];
        let expected =
            [("cache-control", "max-age=1"), ("content-length", "9"), ("y", "1"), ("x", "2"), ("x", "3"), ("z", "4")];
        assert_eq!(updated(&stored, &answer), expected);
    }
}
