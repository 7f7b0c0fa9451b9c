//! What can be odd about a trace, in words, and the list of what was.

use crate::recording::{Level, Place, Problem};

/// One kind of oddity. Its texts are ours: nothing of the input ever enters a problem.
pub struct Kind {
    code: &'static str,
    level: Level,
    message: &'static str,
    consequence: &'static str,
}

macro_rules! kinds {
    ($($name:ident = $code:literal, $level:ident, $message:literal, $consequence:literal;)+) => {
        $(#[doc = $message] pub static $name: Kind =
            Kind { code: $code, level: Level::$level, message: $message, consequence: $consequence };)+

        #[cfg(test)]
        static ALL: &[&Kind] = &[$(&$name,)+];
    };
}

kinds! {
    TRUNCATED = "truncated-trace", Warning, "The trace ends without its closing brackets.",
        "The events before that place were read; whatever came after is lost.";
    BROKEN = "broken-trace", Error, "The trace stops being JSON.",
        "The events before that place were read; what came after is lost.";
    UNREADABLE = "unreadable-trace-rest", Error, "The trace could not be read to its end.",
        "The events before that place were read; what came after is lost.";
    FOREIGN_ITEM = "foreign-event", Info, "An item in the list of events is no event, or has no usable time.",
        "It is left out.";
    HUGE_EVENT = "huge-event", Info, "An event is larger than any use of it.", "It is left out.";
    UNBALANCED = "unbalanced-work", Info, "Work begins without an end, or ends without a beginning.",
        "It is left out of the time of its thread.";
    RAGGED_SAMPLES = "ragged-samples", Info, "A part of the profile has samples without times.",
        "Those samples are left out.";
    NO_START = "missing-tracing-start", Info, "The trace does not say when tracing started and which frame is the tab's own.",
        "Both are told from its events.";
    NO_NAVIGATION = "missing-navigation", Info, "No navigation was recorded.",
        "There is no page load to judge; requests, tasks and interactions are shown all the same.";
    GENERIC = "foreign-trace", Info, "This trace is not of a page: another program than a browser's tab wrote it.",
        "Its threads are shown; there is nothing to say about a page load.";
    BEFORE_NAVIGATION = "requests-before-navigation", Info, "Requests were made before the first navigation.",
        "They are listed as a page of their own.";
    NO_LCP = "missing-largest-paint", Info, "No largest contentful paint was recorded for a navigation.",
        "LCP cannot be told. Chrome before version 77 does not have it.";
    NO_PAINT = "missing-first-paint", Info, "No paint was recorded for a navigation.",
        "FCP cannot be told: the page painted nothing, or the recording ended before.";
    REPAIRED = "repaired-json", Info, "The text deviates from JSON.", "None: it was read.";
}

/// The problems found so far, one for each kind, in the order of their first place.
#[derive(Default)]
pub struct Problems {
    found: Vec<Problem>,
}

impl Problems {
    /// Counts `count` more of `kind`, the first of them at a byte offset if that is known.
    pub fn note(&mut self, kind: &'static Kind, count: u64, offset: Option<u64>) {
        match self.found.iter_mut().find(|known| known.code == kind.code) {
            Some(known) => known.count += count,
            None => self.found.push(Problem {
                code: kind.code,
                level: kind.level,
                at: Place { path: None, offset },
                count,
                message: kind.message.to_owned(),
                consequence: kind.consequence.to_owned(),
            }),
        }
    }

    /// All of them.
    pub fn into_vec(self) -> Vec<Problem> {
        self.found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_distinct_and_worded() {
        for (at, kind) in ALL.iter().enumerate() {
            assert!(ALL[..at].iter().all(|other| other.code != kind.code), "{} twice", kind.code);
            assert!(kind.message.ends_with('.') && kind.consequence.ends_with('.'), "{}", kind.code);
        }
        let mut problems = Problems::default();
        problems.note(&GENERIC, 1, Some(3));
        problems.note(&GENERIC, 2, Some(5));
        let found = problems.into_vec();
        assert_eq!((found.len(), found[0].count, found[0].at.offset), (1, 3, Some(3)));
    }
}
