//! The language of filters, as people know it from browsers' tools: `domain:cdn larger-than:10k -method:GET logo`. All
//! terms must hold. What cannot be meant is said, not passed over.

use crate::view::format;
use std::collections::BTreeSet;

/// Words that are listed where an unknown one stands: more cannot be read.
const MOST_LISTED: usize = 12;

/// Rows as a filter asks about them.
pub trait Facts {
    /// How many there are.
    fn len(&self) -> usize;

    /// Whether there is none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Tells what a row has under a key.
    fn words(&self, key: &'static str, at: usize, tell: &mut dyn FnMut(&str));

    /// The number that a row has under a key.
    fn number(&self, key: &'static str, at: usize) -> Option<f64>;
}

/// Something to filter by.
pub struct Key {
    /// With its colon or `>`; empty for terms without a key.
    pub name: &'static str,
    /// How its value is compared.
    pub how: How,
    /// All words that it knows; empty: those of the recording.
    pub words: &'static [&'static str],
}

/// How a value is compared. Letters are compared without their case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// As a part; `*` stands for anything.
    Part,
    /// As a whole; `*` stands for anything.
    Whole,
    /// As a size that is to be exceeded: `10k`, `1.5M`.
    Bytes,
    /// As a time that is to be exceeded: `300`, `300ms`, `1.5s`.
    Time,
}

/// What was typed, understood.
#[derive(Default)]
pub struct Filter {
    terms: Vec<Term>,
    faults: Vec<Complaint>,
}

struct Term {
    typed: String,
    key: &'static Key,
    /// In lower case.
    value: String,
    limit: f64,
    is_negated: bool,
}

/// What is wrong with a term, or that it leaves nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Complaint {
    /// The term as it was typed.
    pub term: String,
    /// What follows it in the sentence.
    pub says: String,
}

/// What a filter leaves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Passed {
    /// Places of the rows, in their order.
    pub rows: Vec<u32>,
    /// What the reader should know.
    pub complaints: Vec<Complaint>,
}

impl Filter {
    /// Reads what was typed. A term that cannot be understood is left out, and said to be.
    pub fn parse(text: &str, keys: &'static [Key]) -> Self {
        let mut filter = Self::default();
        for typed in text.split_whitespace() {
            match term(typed, keys) {
                Ok(term) => filter.terms.extend(term),
                Err(says) => {
                    let says = format!("is left out: {says}");
                    filter.faults.push(Complaint { term: typed.to_owned(), says });
                }
            }
        }
        filter
    }

    /// Whether it lets everything pass and there is nothing to say about it.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty() && self.faults.is_empty()
    }

    /// Asks every row.
    pub fn apply(&self, facts: &dyn Facts) -> Passed {
        let mut rows: Vec<u32> = (0..facts.len() as u32).collect();
        let mut complaints = self.faults.clone();
        for term in &self.terms {
            let before = rows.len();
            rows.retain(|at| term.passes(facts, *at as usize));
            let unknown = term.unknown(facts);
            if unknown.is_some() || (rows.is_empty() && before != 0) {
                let says = unknown.unwrap_or_else(|| {
                    let lines = format::counted(before as u64, "line", "lines");
                    match before == facts.len() {
                        true => format!("matches none of {lines}"),
                        false => format!("matches none of the {lines} that the terms before it leave"),
                    }
                });
                complaints.push(Complaint { term: term.typed.clone(), says });
            }
        }
        Passed { rows, complaints }
    }
}

/// Reads a term. `Ok(None)`: it is not finished.
fn term(typed: &str, keys: &'static [Key]) -> Result<Option<Term>, String> {
    let (is_negated, text) = typed.strip_prefix('-').map_or((false, typed), |rest| (true, rest));
    let end = text.find([':', '>']).map_or(0, |at| at + 1);
    let (name, value) = text.split_at(end);
    let find = |name: &str| keys.iter().find(|key| key.name.eq_ignore_ascii_case(name));
    let (key, value) = match find(name) {
        Some(key) => (key, value),
        None if is_word(name) && !value.starts_with("//") && !value.starts_with(|c: char| c.is_ascii_digit()) => {
            let known: Vec<_> = keys.iter().map(|key| key.name).filter(|name| !name.is_empty()).collect();
            return Err(format!("nothing is called so here; there are {}, and - before any of them", known.join(" ")));
        }
        None => match find("") {
            Some(key) => (key, text),
            None => return Ok(None),
        },
    };
    let value = value.to_lowercase();
    if value.is_empty() {
        return Ok(None);
    }
    let limit = match key.how {
        How::Part | How::Whole => Some(0.0),
        How::Bytes => size(&value),
        How::Time => time(&value),
    };
    let Some(limit) = limit else {
        let such = if key.how == How::Bytes { "a size such as 10k or 1.5M" } else { "a time such as 300ms or 1.5s" };
        return Err(format!("{} takes {such}", key.name));
    };
    if !key.words.is_empty() && !value.contains('*') && !key.words.contains(&value.as_str()) {
        return Err(format!("{} takes {}", key.name, key.words.join(", ")));
    }
    Ok(Some(Term { typed: typed.to_owned(), key, value, limit, is_negated }))
}

/// Whether this looks like a key: letters, then what stands between it and its value.
fn is_word(name: &str) -> bool {
    let letters = name.strip_suffix([':', '>']).unwrap_or_default();
    !letters.is_empty() && letters.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'-')
}

/// Bytes; units of 1,000 as everywhere on the page.
fn size(text: &str) -> Option<f64> {
    let text = text.strip_suffix('b').unwrap_or(text);
    let (number, unit) = match text.strip_suffix(['k', 'm', 'g']) {
        Some(number) if text.ends_with('k') => (number, 1e3),
        Some(number) if text.ends_with('m') => (number, 1e6),
        Some(number) => (number, 1e9),
        None => (text, 1.0),
    };
    positive(number).map(|number| number * unit)
}

/// Milliseconds.
fn time(text: &str) -> Option<f64> {
    match (text.strip_suffix("ms"), text.strip_suffix('s')) {
        (Some(ms), _) => positive(ms),
        (None, Some(s)) => positive(s).map(|s| s * 1000.0),
        (None, None) => positive(text),
    }
}

fn positive(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite() && 0.0 <= *number)
}

impl Term {
    fn passes(&self, facts: &dyn Facts, at: usize) -> bool {
        let holds = match self.key.how {
            How::Bytes | How::Time => facts.number(self.key.name, at).is_some_and(|number| self.limit < number),
            How::Part | How::Whole => {
                let mut holds = false;
                facts.words(self.key.name, at, &mut |word| holds = holds || self.fits(word));
                holds
            }
        };
        holds != self.is_negated
    }

    fn fits(&self, word: &str) -> bool {
        let word = word.to_lowercase();
        match self.key.how {
            How::Part if !self.value.contains('*') => word.contains(&self.value),
            How::Part => is_like(&word, &format!("*{}*", self.value)),
            _ if self.value.contains('*') => is_like(&word, &self.value),
            _ => word == self.value,
        }
    }

    /// Says that no row has such a word at all, and which there are.
    fn unknown(&self, facts: &dyn Facts) -> Option<String> {
        if self.key.how != How::Whole {
            return None;
        }
        let mut words = BTreeSet::new();
        let mut is_known = false;
        for at in 0..facts.len() {
            facts.words(self.key.name, at, &mut |word| {
                is_known = is_known || self.fits(word);
                if words.len() <= MOST_LISTED && !is_known && !word.is_empty() {
                    words.insert(word.to_owned());
                }
            });
            if is_known {
                return None;
            }
        }
        let name = self.key.name;
        if words.is_empty() {
            return Some(format!("matches nothing: no line here has anything for {name}"));
        }
        let more = if MOST_LISTED < words.len() { ", …" } else { "" };
        let listed: Vec<_> = words.into_iter().take(MOST_LISTED).collect();
        Some(format!("matches nothing: for {name} there is {}{more}", listed.join(", ")))
    }
}

/// Whether a text looks like a pattern in which `*` stands for anything.
fn is_like(text: &str, pattern: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return text == pattern };
    let Some(mut text) = text.strip_prefix(first) else { return false };
    let (middle, last) = rest.rsplit_once('*').unwrap_or(("", rest));
    for part in middle.split('*').filter(|part| !part.is_empty()) {
        let Some(at) = text.find(part) else { return false };
        text = text.get(at + part.len()..).unwrap_or_default();
    }
    text.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    static KEYS: &[Key] = &[
        Key { name: "", how: How::Part, words: &[] },
        Key { name: "method:", how: How::Whole, words: &[] },
        Key { name: "party:", how: How::Whole, words: &["first", "third"] },
        Key { name: "larger-than:", how: How::Bytes, words: &[] },
        Key { name: "wait>", how: How::Time, words: &[] },
    ];

    /// Address, method, party, size, wait.
    struct Made(Vec<(&'static str, &'static str, &'static str, f64, f64)>);

    impl Facts for Made {
        fn len(&self) -> usize {
            self.0.len()
        }

        fn words(&self, key: &'static str, at: usize, tell: &mut dyn FnMut(&str)) {
            let (address, method, party, ..) = self.0[at];
            tell(match key {
                "method:" => method,
                "party:" => party,
                _ => address,
            });
        }

        fn number(&self, key: &'static str, at: usize) -> Option<f64> {
            let (.., size, wait) = self.0[at];
            Some(if key == "wait>" { wait } else { size }).filter(|number| number.is_finite())
        }
    }

    fn apply(text: &str) -> Passed {
        let made = Made(vec![
            ("https://shop.example/", "GET", "first", 9_000.0, 800.0),
            ("https://shop.example/app.js", "GET", "first", 120_000.0, 20.0),
            ("https://ads.example/Pixel?x=y", "POST", "third", f64::NAN, 400.0),
        ]);
        Filter::parse(text, KEYS).apply(&made)
    }

    #[test]
    fn a_filter_lets_pass() {
        let check = |text: &str, expected: &[u32]| {
            let Passed { rows, complaints } = apply(text);
            assert_eq!((rows.as_slice(), complaints.as_slice()), (expected, &[][..]), "{text}");
        };
        check("", &[0, 1, 2]);
        check("shop", &[0, 1]);
        check("-shop", &[2]);
        check("https://shop", &[0, 1]);
        check("PIXEL method:post", &[2]);
        check("app*js", &[1]);
        check("method:p*", &[2]);
        check("larger-than:10k", &[1]);
        check("larger-than:8.9kB -app", &[0]);
        check("-larger-than:1k", &[2]);
        check("wait>300ms", &[0, 2]);
        check("wait>0.5s", &[0]);
        check("party:third", &[2]);
        check("method:", &[0, 1, 2]);
        check("-", &[0, 1, 2]);
    }

    #[test]
    fn what_cannot_be_meant_is_said() {
        let check = |text: &str, n_rows: usize, term: &str, says: &str| {
            let Passed { rows, complaints } = apply(text);
            let [complaint] = complaints.as_slice() else { panic!("{text}: {complaints:?}") };
            assert_eq!((rows.len(), complaint.term.as_str()), (n_rows, term), "{text}");
            assert!(complaint.says.contains(says), "{text}: {}", complaint.says);
        };
        check("domian:x shop", 2, "domian:x", "there are method: party: larger-than: wait>");
        check("-foo:", 3, "-foo:", "nothing is called so");
        check("party:second", 3, "party:second", "takes first, third");
        check("larger-than:big", 3, "larger-than:big", "a size such as 10k");
        check("wait>-5", 3, "wait>-5", "a time such as");
        check("method:PUT", 0, "method:PUT", "there is GET, POST");
        check("-method:PUT", 3, "-method:PUT", "there is GET, POST");
        check("party:first pixel", 0, "pixel", "none of the 2 lines");
        let both = apply("foo:x pixel method:put").complaints;
        assert_eq!(both.iter().map(|one| one.term.as_str()).collect::<Vec<_>>(), ["foo:x", "method:put"]);
        check("localhost:8080", 0, "localhost:8080", "none of 3 lines");
    }

    #[test]
    fn stars_stand_for_anything() {
        let check = |text, pattern, expected| assert_eq!(is_like(text, pattern), expected, "{text} {pattern}");
        check("abc", "abc", true);
        check("abc", "ab", false);
        check("abc", "*", true);
        check("abc", "a*c", true);
        check("abc", "*b*", true);
        check("aXbYc", "a*b*c", true);
        check("ab", "a*b*b", false);
        check("", "*", true);
    }
}
