//! `No-Vary-Search` (draft-ietf-httpbis-no-vary-search): which parts of a query do not matter to a cache.

use std::collections::BTreeMap;

use crate::http::structured::{self, Bare, Member};

/// Which differences between two queries count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NoVarySearch {
    /// Whether the order of parameters of different names does not count (`key-order`).
    pub ignores_order: bool,
    /// Which parameters do not count (`params`, `except`).
    pub ignored: Ignored,
}

/// Which parameters do not count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Ignored {
    /// All count, as without the header.
    #[default]
    None,
    /// None counts.
    All,
    /// These do not count.
    Only(Vec<String>),
    /// All but these do not count.
    AllExcept(Vec<String>),
}

/// Reads the field. What is invalid counts as not said: every difference matters.
pub fn parse(text: &str) -> NoVarySearch {
    read(text).unwrap_or_default()
}

fn read(text: &str) -> Option<NoVarySearch> {
    let dictionary = structured::dictionary(text)?;
    let ignores_order = match dictionary.value("key-order") {
        Some(value) => value.boolean()?,
        None => false,
    };
    let names = |member: &Member<'_>| -> Option<Vec<String>> {
        let Member::Inner(items, _) = member else { return None };
        let name = |value: &Bare<'_>| matches!(value, Bare::String(_)).then(|| value.text().map(str::to_owned))?;
        items.iter().map(|item| name(&item.value)).collect()
    };
    let except = dictionary.get("except").map(|member| names(member).ok_or(())).transpose().ok()?;
    let ignored = match dictionary.get("params") {
        None if except.is_some() => return None,
        None => Ignored::None,
        Some(Member::Item(item)) => match (item.value.boolean()?, except) {
            (true, Some(names)) => Ignored::AllExcept(names),
            (true, None) => Ignored::All,
            (false, None) => Ignored::None,
            (false, Some(_)) => return None,
        },
        Some(_) if except.is_some() => return None,
        Some(list) => Ignored::Only(names(list)?),
    };
    Some(NoVarySearch { ignores_order, ignored })
}

impl NoVarySearch {
    /// Whether two queries (without `?`) ask for the same thing.
    pub fn matches(&self, a: &str, b: &str) -> bool {
        if *self == Self::default() {
            return a == b;
        }
        let (a, b) = (self.counted(a), self.counted(b));
        if !self.ignores_order {
            return a == b;
        }
        let by_name = |all: Vec<(String, String)>| {
            let mut sorted: BTreeMap<String, Vec<String>> = BTreeMap::new();
            for (name, value) in all {
                sorted.entry(name).or_default().push(value);
            }
            sorted
        };
        by_name(a) == by_name(b)
    }

    /// The parameters that count, decoded.
    fn counted(&self, query: &str) -> Vec<(String, String)> {
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        let decoded = pairs.map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        });
        decoded.filter(|(name, _)| self.counts(name)).collect()
    }

    fn counts(&self, name: &str) -> bool {
        let is_among = |names: &[String]| names.iter().any(|known| known == name);
        match &self.ignored {
            Ignored::None => true,
            Ignored::All => false,
            Ignored::Only(names) => !is_among(names),
            Ignored::AllExcept(names) => is_among(names),
        }
    }
}

/// application/x-www-form-urlencoded (URL standard §5.1).
fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = |at: usize| after.get(at).and_then(|b| char::from(*b).to_digit(16));
        match (first, hex(0), hex(1)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push((high * 16 + low) as u8);
                rest = after.get(2..).unwrap_or_default();
                continue;
            }
            (b'+', ..) => bytes.push(b' '),
            (other, ..) => bytes.push(*other),
        }
        rest = after;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_count() {
        #[track_caller]
        fn check(header: &str, a: &str, b: &str, expected: bool) {
            assert_eq!(parse(header).matches(a, b), expected, "{header} {a} {b}");
        }
        check("", "a=1", "a=1", true);
        check("", "a=1&b=2", "b=2&a=1", false);
        check("key-order", "a=1&b=2", "b=2&a=1", true);
        check("key-order", "a=1&a=2", "a=2&a=1", false);
        check("params", "a=1", "b=2", true);
        check("params=(\"utm\")", "a=1&utm=x", "a=1", true);
        check("params=(\"utm\")", "a=1&utm=x", "a=2", false);
        check("params, except=(\"id\")", "id=1&x=2", "id=1", true);
        check("params, except=(\"id\")", "id=1", "id=2", false);
        check("params=(\"a b\")", "a+b=1", "a%20b=2", true);
        check("params=(utm)", "utm=1", "utm=2", false);
        check("params=?0, except=(\"a\")", "b=1", "b=2", false);
        check("PARAMS", "a=1", "a=2", false);
    }
}
