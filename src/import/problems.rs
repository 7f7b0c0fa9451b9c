//! What can be odd about a file, in words, and the list of what was. Each importer has its own kinds.

use crate::recording::{Level, Place, Problem};

/// One kind of oddity. Its texts are ours: nothing of the input ever enters a problem.
pub(in crate::import) struct Kind {
    pub(in crate::import) code: &'static str,
    pub(in crate::import) level: Level,
    pub(in crate::import) message: &'static str,
    pub(in crate::import) consequence: &'static str,
}

/// Declares kinds: name = code, level, what was found, what follows from it.
macro_rules! kinds {
    ($($name:ident = $code:literal, $level:ident, $message:literal, $consequence:literal;)+) => {
        $(#[doc = $message] pub(super) static $name: $crate::import::problems::Kind =
            $crate::import::problems::Kind {
                code: $code,
                level: $crate::recording::Level::$level,
                message: $message,
                consequence: $consequence,
            };)+

        #[cfg(test)]
        static ALL: &[&$crate::import::problems::Kind] = &[$(&$name,)+];

        #[cfg(test)]
        #[test]
        fn kinds_are_distinct_and_worded() {
            $crate::import::problems::check_kinds(ALL);
        }
    };
}
pub(in crate::import) use kinds;

/// The problems found so far, one for each kind, in the order of their first place.
#[derive(Default)]
pub(in crate::import) struct Problems {
    found: Vec<Problem>,
}

impl Problems {
    /// Counts one more of `kind`; `place` is only asked for the first.
    pub(in crate::import) fn note(&mut self, kind: &'static Kind, place: impl FnOnce() -> Place) {
        self.note_many(kind, 1, place);
    }

    /// Counts `count` more of `kind`; `place` is only asked for the first.
    pub(in crate::import) fn note_many(&mut self, kind: &'static Kind, count: u64, place: impl FnOnce() -> Place) {
        match self.found.iter_mut().find(|known| known.code == kind.code) {
            Some(known) => known.count += count,
            None => self.found.push(Problem {
                code: kind.code,
                level: kind.level,
                at: place(),
                count,
                message: kind.message.to_owned(),
                consequence: kind.consequence.to_owned(),
            }),
        }
    }

    /// Counts `count` more of `kind`, the first of them at a byte offset if that is known.
    pub(in crate::import) fn note_at(&mut self, kind: &'static Kind, count: u64, offset: Option<u64>) {
        self.note_many(kind, count, || Place { path: None, offset });
    }

    /// Adds those of `other`.
    pub(in crate::import) fn append(&mut self, other: Self) {
        let mut all = std::mem::take(&mut self.found);
        other.add_to(&mut all);
        self.found = all;
    }

    /// Adds all of them to `problems`, one for each kind.
    pub(in crate::import) fn add_to(self, problems: &mut Vec<Problem>) {
        for problem in self.found {
            match problems.iter_mut().find(|known| known.code == problem.code) {
                Some(known) => known.count += problem.count,
                None => problems.push(problem),
            }
        }
    }

    /// All of them.
    pub(in crate::import) fn into_vec(self) -> Vec<Problem> {
        self.found
    }
}

/// What holds of every list of kinds.
#[cfg(test)]
#[track_caller]
pub(in crate::import) fn check_kinds(all: &[&Kind]) {
    for (at, kind) in all.iter().enumerate() {
        assert!(all[..at].iter().all(|other| other.code != kind.code), "{} twice", kind.code);
        assert!(kind.code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'));
        assert!(kind.message.ends_with('.') && kind.consequence.ends_with('.'), "{}", kind.code);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    kinds! {
        BAD = "bad", Warning, "Something is bad.", "It is left out.";
        ODD = "odd", Info, "Something is odd.", "None.";
    }

    #[test]
    fn one_problem_for_each_kind() {
        let mut problems = Problems::default();
        problems.note(&BAD, || Place { path: None, offset: Some(7) });
        problems.note_at(&BAD, 2, Some(9));
        problems.note(&ODD, Place::default);
        let found = problems.into_vec();
        assert_eq!(found.iter().map(|p| (p.code, p.count)).collect::<Vec<_>>(), [("bad", 3), ("odd", 1)]);
        assert_eq!(found[0].at.offset, Some(7));
    }
}
