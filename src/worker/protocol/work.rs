//! What is said of a main thread's work. Texts are raw ones of the recording, bounded by
//! [`LONGEST_TEXT`](crate::worker::protocol::LONGEST_TEXT).

use serde::{Deserialize, Serialize};

/// From a piece of work to another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Way {
    /// Nowhere.
    Here,
    /// To what it is part of.
    Out,
    /// To the first of its parts.
    In,
    /// To what came before on the same level.
    Back,
    /// To what comes next on the same level.
    On,
}

/// What the page shows of a main thread beside the report.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct WorkDetails {
    /// Index in the report's loads.
    pub load: u32,
    /// When the last of it ends, ms from navigation start; `None`: there is none.
    pub end: Option<f64>,
    /// How deep it is nested.
    pub levels: u16,
    /// Tasks over 50 ms in the order of time.
    pub long_tasks: Vec<LongTaskDetails>,
    /// When pictures of the page were taken, ms from navigation start.
    pub pictures: Vec<f64>,
}

/// A task over 50 ms.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LongTaskDetails {
    /// Its handle.
    pub slice: u32,
    /// Milliseconds from navigation start.
    pub start: f64,
    /// How long it took.
    pub ms: f64,
    /// What it took beyond what a task may take.
    pub blocking: f64,
    /// Whether input waited for it.
    pub during_input: bool,
    /// What took most of it: the script's address, or the event where there is no script.
    pub what: String,
    /// The request that brought the script.
    pub request: Option<u32>,
    /// From the function that began the work inwards to where the time went.
    pub path: Vec<String>,
}

/// Everything recorded of one piece of work.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SliceDetails {
    /// Index in the report's loads.
    pub load: u32,
    /// Its handle.
    pub slice: u32,
    /// Name of the function or event.
    pub name: String,
    /// Milliseconds from navigation start.
    pub start: f64,
    /// How long it took.
    pub ms: f64,
    /// Without its parts.
    pub self_ms: f64,
    /// How deep it is nested; 0 for tasks.
    pub level: u16,
    /// Label and value, in reading order, without what was not recorded.
    pub facts: Vec<(String, String)>,
    /// The request that brought its script.
    pub request: Option<u32>,
}
