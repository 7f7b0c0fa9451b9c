//! `Vary` (RFC 9111 §4.1, RFC 9110 §12.5.5): whether a stored response is the answer to another request of the same
//! address.

use std::collections::{BTreeMap, BTreeSet};

use crate::http::list;
use crate::order::Arrange;

/// How request headers are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compare {
    /// As written, lines joined: what caches do.
    Strictly,
    /// Lists whose syntax allows it without regard to case, order and white space, as RFC 9111 §4.1 permits.
    ByMeaning,
}

/// Header lines, names in lower case.
pub type Lines<'a> = &'a [(&'a str, &'a str)];

/// Whether a response with these `Vary` lines that was stored for one request may answer another.
pub fn matches<'a>(
    vary: impl IntoIterator<Item = &'a str>,
    stored: Lines<'_>,
    presented: Lines<'_>,
    compare: Compare,
) -> bool {
    // Each name once, however often it stands there.
    let names: BTreeSet<String> = list::members(vary).map(str::to_ascii_lowercase).collect();
    if names.contains("*") {
        return false;
    }
    let (stored, presented) = (by_name(stored, &names), by_name(presented, &names));
    names.iter().all(|name| match (stored.get(name.as_str()), presented.get(name.as_str())) {
        (None, None) => true,
        (Some(a), Some(b)) if a == b => true,
        (Some(a), Some(b)) => compare == Compare::ByMeaning && mean_the_same(name, a, b),
        // What is not there matches only what is not there.
        (None, Some(_)) | (Some(_), None) => false,
    })
}

/// All lines of each header that is named as one value.
fn by_name<'a>(request: Lines<'a>, names: &BTreeSet<String>) -> BTreeMap<&'a str, String> {
    let mut all: BTreeMap<&str, String> = BTreeMap::new();
    for (name, line) in request.iter().filter(|line| names.contains(line.0)) {
        match all.get_mut(name) {
            Some(value) => {
                value.push_str(", ");
                value.push_str(line);
            }
            None => drop(all.insert(name, (*line).to_owned())),
        }
    }
    all
}

fn mean_the_same(name: &str, a: &str, b: &str) -> bool {
    const LISTS_WITH_WEIGHTS: [&str; 4] = ["accept", "accept-encoding", "accept-language", "accept-charset"];
    LISTS_WITH_WEIGHTS.contains(&name) && meaning(a) == meaning(b)
}

/// The members of a list of preferences in one order, in lower case, without white space and without a weight of 1.
fn meaning(value: &str) -> Vec<String> {
    let mut all: Vec<String> = list::members([value])
        .map(|member| {
            let mut plain: String = member.chars().filter(|c| !matches!(c, ' ' | '\t')).collect();
            plain.make_ascii_lowercase();
            let is_one = |weight: &str| weight.parse() == Ok(1.0_f64);
            match plain.split_once(";q=") {
                Some((value, weight)) if is_one(weight) => value.to_owned(),
                _ => plain,
            }
        })
        .collect();
    all.arrange();
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strictly_and_by_meaning() {
        #[track_caller]
        fn check(vary: &str, stored: Lines<'_>, presented: Lines<'_>, expected: (bool, bool)) {
            let found = [Compare::Strictly, Compare::ByMeaning].map(|how| matches([vary], stored, presented, how));
            assert_eq!((found[0], found[1]), expected, "{vary} {stored:?} {presented:?}");
        }
        check("", &[("a", "1")], &[("a", "2")], (true, true));
        check("A", &[("a", "1")], &[("a", "1")], (true, true));
        check("A", &[("a", "1")], &[], (false, false));
        check("A", &[("a", "")], &[], (false, false));
        check("a, *", &[], &[], (false, false));
        check("a", &[("a", "1"), ("a", "2")], &[("a", "1, 2")], (true, true));
        check("a", &[("a", "1,2")], &[("a", "1, 2")], (false, false));
        let encodings = |value| [("accept-encoding", value)];
        check("Accept-Encoding", &encodings("gzip, br"), &encodings("BR,gzip;q=1"), (false, true));
        check("Accept-Encoding", &encodings("gzip, br;q=0.9"), &encodings("gzip, br"), (false, false));
        check("cookie", &[("cookie", "a=1; b=2")], &[("cookie", "b=2; a=1")], (false, false));
    }
}
