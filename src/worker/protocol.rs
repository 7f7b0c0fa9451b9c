//! What the page and its worker say to each other. Plain data, the same type on both sides, written as bytes: those are
//! handed over, not copied, and reading them needs the least code. Both sides are the same program, so the form of the
//! bytes is nobody else's business.
//!
//! Messages are stateless as far as the recording goes: after a restart the page sends the files again. Text in
//! [`Opened`] is clean (it is the report); text in [`Details`] and in the waterfall's rows is the user's own recording,
//! for the user's own screen, as text nodes only.

mod export;
mod opened;
mod work;

pub use export::{Format, Level};
pub use opened::{Failure, MOST_EVIDENCE, Opened, Totals};
pub use work::{LongTaskDetails, SliceDetails, Way, WorkDetails};

use crate::view::cache_table::{CacheLine, CacheTable, Column};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// Texts of the recording that go to the screen are cut to this many bytes: longer ones cannot be read in a table
/// anyway, and a `data:` URL can have megabytes.
pub const LONGEST_TEXT: usize = 2048;

/// Writes a [`Question`] or an [`Answer`].
pub fn encode(message: &impl Serialize) -> Vec<u8> {
    // Only a map or list of unknown length would fail.
    postcard::to_allocvec(message).unwrap_or_default()
}

/// Reads what [`encode`] wrote.
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    postcard::from_bytes(bytes).ok()
}

/// Whether what [`encode`] made of an [`Answer`] begins so if it is an [`Answer::Step`], which is the first kind.
pub fn is_progress(first: u8) -> bool {
    first == 0
}

/// What the page tells a window that sends it files, as an object; anybody may rely on it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type")]
pub enum Notice {
    /// It listens.
    #[serde(rename = "weir:ready")]
    Ready,
    /// The files are open.
    #[serde(rename = "weir:opened")]
    Opened {
        /// How many page loads they hold.
        loads: u32,
    },
    /// They could not be opened.
    #[serde(rename = "weir:failed")]
    Failed {
        /// What was found instead. It holds no text of a file.
        message: String,
    },
}

/// What the page asks for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Question {
    /// Read these files, sent along as blobs in the same order.
    Open {
        /// Their names.
        names: Vec<String>,
        /// Rules that ended an earlier worker and are not asked again.
        skip: Vec<String>,
    },
    /// The waterfall of a load. The answer carries columns.
    Rows {
        /// Index in the report's loads.
        load: u32,
    },
    /// The cache table of a load.
    Caching {
        /// Index in the report's loads.
        load: u32,
    },
    /// Which requests a filter lets pass, see [`crate::view::request_filter`].
    Filter {
        /// Index in the report's loads.
        load: u32,
        /// As it was typed.
        text: String,
    },
    /// Everything recorded of one request.
    Details {
        /// Index in the report's loads.
        load: u32,
        /// The request's id in the report.
        request: u32,
    },
    /// What the report does not hold of a load's main thread, and when pictures of the page were taken.
    Work {
        /// Index in the report's loads.
        load: u32,
    },
    /// What can be seen of the main thread's work in a stretch of time. The answer carries columns.
    Flame {
        /// Index in the report's loads.
        load: u32,
        /// Milliseconds from navigation start.
        from: f64,
        /// The same.
        to: f64,
        /// Width of the picture in pixels.
        width: f64,
    },
    /// Everything recorded of one piece of work.
    Slice {
        /// Index in the report's loads.
        load: u32,
        /// Its handle; `None`: of the first one from `at` on.
        slice: Option<u32>,
        /// Of that one, or of which of those around it.
        way: Way,
        /// Milliseconds from navigation start.
        at: f64,
        /// The next and previous one are at least so many milliseconds away, so that each step can be seen.
        least: f64,
    },
    /// Pictures of the page.
    Pictures {
        /// Index in the report's loads.
        load: u32,
        /// Positions in [`WorkDetails::pictures`].
        wanted: Vec<u32>,
    },
    /// The report as a file.
    Export {
        /// Its format.
        format: Format,
        /// What is removed from it.
        level: Level,
    },
}

/// What the worker answers.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Answer {
    /// What it is about to do. The last one names the culprit if the worker dies.
    Step(Step),
    /// All is read and judged.
    Opened(Opened),
    /// The waterfall's columns are in the same message.
    Rows {
        /// Index in the report's loads.
        load: u32,
    },
    /// The cache table of a load.
    Caching {
        /// Index in the report's loads.
        load: u32,
        /// Its lines.
        table: CacheColumns,
    },
    /// What a filter lets pass.
    Filtered {
        /// Index in the report's loads.
        load: u32,
        /// As it was typed.
        text: String,
        /// Ids of the requests, in order.
        requests: Vec<u32>,
        /// Terms, and what is wrong with each or that it leaves nothing.
        complaints: Vec<(String, String)>,
    },
    /// Everything recorded of one request.
    Details(Box<Details>),
    /// Of the main thread.
    Work(Box<WorkDetails>),
    /// The columns are in the same message.
    Flame {
        /// Index in the report's loads.
        load: u32,
    },
    /// Everything recorded of one piece of work.
    Slice(Box<SliceDetails>),
    /// Pictures of the page with their positions, JPEG in base64.
    Pictures {
        /// Index in the report's loads.
        load: u32,
        /// The pictures.
        pictures: Vec<(u32, String)>,
    },
    /// The report as a file.
    Exported {
        /// Its format.
        format: Format,
        /// Its level.
        level: Level,
        /// Its whole text.
        text: String,
    },
    /// Nothing could be read.
    Failed(Failure),
}

/// A [`CacheTable`] on the wire.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CacheColumns {
    words: Vec<String>,
    lines: Vec<CacheCells>,
}

/// Request, bytes, lifetime, age, words of a line.
type CacheCells = (u32, Option<u64>, Option<u64>, Option<f64>, [u32; Column::ALL.len()]);

impl From<CacheTable> for CacheColumns {
    fn from(table: CacheTable) -> Self {
        let lines = table.lines.iter();
        let lines = lines.map(|line| (line.request, line.bytes, line.lifetime_s, line.age_s, line.cells)).collect();
        Self { words: table.words, lines }
    }
}

impl From<CacheColumns> for CacheTable {
    fn from(columns: CacheColumns) -> Self {
        let line = |(request, bytes, lifetime_s, age_s, cells)| CacheLine { request, bytes, lifetime_s, age_s, cells };
        Self { words: columns.words, lines: columns.lines.into_iter().map(line).collect() }
    }
}

/// What the worker is doing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Step {
    /// Reading a file, so many bytes of so many.
    Reading {
        /// Its name.
        name: String,
        /// Bytes read of all files.
        done: f64,
        /// Bytes of all files.
        total: f64,
    },
    /// Putting requests in order, finding pages.
    Deriving,
    /// Asking a rule. So many of so many were asked before.
    Rule {
        /// Its id.
        id: String,
        /// Rules asked before.
        done: u32,
        /// Rules to ask.
        total: u32,
    },
    /// Writing it down.
    Reporting,
}

impl Step {
    /// How much of the whole is done, 0 to 1. Reading is by far the most of it, and known by bytes.
    pub fn fraction(&self) -> f64 {
        /// Shares of the whole, measured on recordings of 1 to 150 MB.
        const READ: f64 = 0.85;
        const DERIVED: f64 = 0.90;
        const JUDGED: f64 = 0.98;
        match self {
            Self::Reading { done, total, .. } if 0.0 < *total => READ * (done / total).clamp(0.0, 1.0),
            Self::Reading { .. } => 0.0,
            Self::Deriving => READ,
            Self::Rule { done, total, .. } => {
                DERIVED + (JUDGED - DERIVED) * f64::from(*done) / f64::from(*total).max(1.0)
            }
            Self::Reporting => JUDGED,
        }
    }

    /// The rule to leave out if the worker died here.
    pub fn rule(&self) -> Option<&str> {
        match self {
            Self::Rule { id, .. } => Some(id),
            Self::Reading { .. } | Self::Deriving | Self::Reporting => None,
        }
    }
}

/// What to do after a worker died.
#[derive(Clone, Debug, PartialEq)]
pub enum AfterCrash {
    /// Start another one that leaves these rules out.
    Again(Vec<String>),
    /// It would die again.
    GiveUp,
}

/// Decides it from the last step and the rules left out so far.
pub fn after_crash(last: Option<&Step>, skipped: &[String]) -> AfterCrash {
    match last.and_then(Step::rule) {
        Some(rule) if !skipped.iter().any(|known| known == rule) => {
            AfterCrash::Again(skipped.iter().cloned().chain([rule.to_owned()]).collect())
        }
        Some(_) | None => AfterCrash::GiveUp,
    }
}

/// Something recorded of a request.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Fact {
    pub label: String,
    pub value: String,
    /// Which file it comes from, in a word; empty: there is only one, or both say it.
    pub from: String,
}

/// Everything recorded of one request. Raw text of the recording, bounded by [`LONGEST_TEXT`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Details {
    pub load: u32,
    pub request: u32,
    pub url: String,
    /// Method, status, protocol, … in reading order, without what was not recorded.
    pub facts: Vec<Fact>,
    /// Of a joined recording: the files that hold the request, in a few words; else empty.
    pub seen_in: String,
    /// Which file times, response headers, request headers come from, in a word; empty: there is only one.
    pub sources: [String; 3],
    /// Id of the phase and its milliseconds.
    pub phases: Vec<(String, f64)>,
    pub start: Option<f64>,
    pub duration: Option<f64>,
    /// The request whose response asked for this one, with its address.
    pub initiator: Option<(u32, String)>,
    pub redirected_from: Option<(u32, String)>,
    pub redirected_to: Option<(u32, String)>,
    pub request_headers: Vec<(String, String)>,
    pub response_headers: Vec<(String, String)>,
    /// What the importer had to repair in this entry.
    pub repaired: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::Made;
    use crate::redact::Share;
    use crate::report::{self, Source};
    use crate::units::Millis;

    #[test]
    fn what_was_opened_arrives_as_it_was_sent() {
        let recording = Made::page("https://shop.example/")
            .milestones(|milestones| milestones.load = Some(Millis(4800.0)))
            .document(|request| request.wait(3500.0).receive(30.0).bytes(9_000, 8_500, 30_000))
            .request("https://shop.example/a.js", |request| request.start(3600.0).wait(300.0))
            .recording();
        let report =
            report::analyze(&[Source { name: None, recording: &recording }], Share::Internal, &[], &mut |_| {});
        let failure =
            Failure { file: "a.png".to_owned(), what: "This is a picture.".to_owned(), advice: String::new() };
        let opened = Opened::of(report, vec!["slow".to_owned()], vec![failure], vec![(1, "x".to_owned())]);
        assert!(!opened.report.loads[0].findings.is_empty());
        let Some(Answer::Opened(arrived)) = decode(&encode(&Answer::Opened(opened.clone()))) else { panic!("nothing") };
        assert_eq!(arrived, opened);
        let is_progress = |answer: &Answer| encode(answer).first().copied().is_some_and(is_progress);
        assert!(is_progress(&Answer::Step(Step::Deriving)));
        assert!(!is_progress(&Answer::Opened(opened)) && !is_progress(&Answer::Rows { load: 0 }));
        assert!(decode::<Answer>(&[]).is_none());
    }

    fn rule(id: &str) -> Step {
        Step::Rule { id: id.to_owned(), done: 1, total: 2 }
    }

    #[test]
    fn a_rule_that_ends_the_worker_is_left_out_once() {
        let none: &[String] = &[];
        let slow = ["slow".to_owned()];
        let both = vec!["slow".to_owned(), "other".to_owned()];
        let check = |last: Option<Step>, skipped: &[String], expected| {
            assert_eq!(after_crash(last.as_ref(), skipped), expected);
        };
        check(Some(rule("slow")), none, AfterCrash::Again(slow.to_vec()));
        check(Some(rule("other")), &slow, AfterCrash::Again(both));
        check(Some(rule("slow")), &slow, AfterCrash::GiveUp);
        check(Some(Step::Deriving), none, AfterCrash::GiveUp);
        check(None, none, AfterCrash::GiveUp);
    }

    #[test]
    fn progress_never_goes_back() {
        let reading = |done| Step::Reading { name: String::new(), done, total: 10.0 };
        let steps = [reading(0.0), reading(5.0), reading(10.0), Step::Deriving, rule("a"), Step::Reporting];
        let fractions = steps.map(|step| step.fraction());
        assert!(fractions.is_sorted(), "{fractions:?}");
        assert_eq!(Step::Reading { name: String::new(), done: 0.0, total: 0.0 }.fraction(), 0.0);
        assert!(fractions.iter().all(|fraction| (0.0..=1.0).contains(fraction)));
    }
}
