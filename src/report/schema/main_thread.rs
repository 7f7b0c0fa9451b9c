//! What the browser's main thread did during a load.

use serde::{Deserialize, Serialize};

use crate::redact::Clean;
use crate::report::vocabulary::{ActivityName, Party};

/// The browser's main thread, from navigation start until the next navigation or the end of the recording.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[allow(missing_docs)]
pub struct MainThreadReport {
    /// `None`: the recording does not hold tasks.
    pub tasks_over_50ms: Option<u64>,
    pub longest_ms: Option<f64>,
    pub by_activity_ms: ActivitiesReport,
    /// What took time by address, the most first.
    pub by_script: Vec<ScriptWorkReport>,
    /// The same by company or site.
    pub by_party: Vec<PartyWorkReport>,
    /// In the order of time.
    pub long_tasks: Vec<LongTaskReport>,
}

/// Time by kind of work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)] // as in `Activity`
pub struct ActivitiesReport {
    pub script: f64,
    pub compile: f64,
    pub style_and_layout: f64,
    pub paint: f64,
    pub parse: f64,
    pub garbage_collection: f64,
    pub other: f64,
}

/// What one address cost.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct ScriptWorkReport {
    pub url: Clean,
    pub request: Option<u64>,
    pub party: Party,
    pub entity: Option<Clean>,
    /// In its functions and in events that name it, as DevTools counts.
    pub ms: f64,
    /// Part of `ms` for parsing and compiling it.
    pub compile_ms: f64,
    /// Beyond `ms`: layout, garbage collection and other work within its functions.
    pub caused_ms: f64,
    /// Its part of Total Blocking Time.
    pub blocking_ms: f64,
}

/// What one company or site cost; as in [`ScriptWorkReport`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct PartyWorkReport {
    /// The company, or the host of one of its addresses.
    pub name: Clean,
    pub party: Party,
    pub ms: f64,
    pub caused_ms: f64,
    pub blocking_ms: f64,
}

/// A task over 50 ms.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct LongTaskReport {
    pub start: f64,
    pub ms: f64,
    /// What most of it was.
    pub activity: ActivityName,
    /// Position in [`MainThreadReport::by_script`] of what had most of its time.
    pub script: Option<u64>,
}

impl ActivitiesReport {
    /// Each with its time, in the order in which they are shown.
    pub fn list(&self) -> [(ActivityName, f64); ActivityName::ALL.len()] {
        [
            (ActivityName::Script, self.script),
            (ActivityName::Compile, self.compile),
            (ActivityName::StyleAndLayout, self.style_and_layout),
            (ActivityName::Paint, self.paint),
            (ActivityName::Parse, self.parse),
            (ActivityName::GarbageCollection, self.garbage_collection),
            (ActivityName::Other, self.other),
        ]
    }
}
