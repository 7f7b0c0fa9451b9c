//! What the page shows at first.

use crate::redact::originals;
use crate::report::Report;
use crate::worker::protocol::encode;
use serde::{Deserialize, Serialize};

/// Pieces of evidence of a finding that go to the screen. A load of 20,000 requests can have as many, and the page would
/// stop while it takes them in; the exported report has all.
pub const MOST_EVIDENCE: usize = 100;

/// Why nothing could be opened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Failure {
    /// The name of the file, for the user's own screen; empty: it has to do with no file, or with any.
    pub file: String,
    /// What was found. It holds no text of a file.
    pub what: String,
    /// What to do.
    pub advice: String,
}

/// All that the page shows at first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Opened {
    /// The report, each load without its table of requests and its path: the page asks for rows and details instead.
    pub report: Report,
    /// Of each load in order.
    pub totals: Vec<Totals>,
    /// Rules left out because they ended an earlier worker.
    pub skipped: Vec<String>,
    /// Files that could not be read beside those that could.
    pub failures: Vec<Failure>,
    /// What the placeholders in it stand for, for the user's own screen: see [`crate::redact::originals`].
    pub originals: Vec<(u32, String)>,
}

/// Sums over a load's requests and findings.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Totals {
    /// How many requests there are.
    pub requests: u32,
    /// Bytes on the wire; `None`: not recorded.
    pub transfer_bytes: Option<u64>,
    /// How many pieces of evidence each finding has, in the order of the findings.
    pub evidence: Vec<u32>,
}

impl Opened {
    /// Takes what the page needs at first out of a report. The requests could not be sent: their lifetimes say neither
    /// to a reader of bytes whether they are numbers or words.
    pub fn of(mut report: Report, skipped: Vec<String>, failures: Vec<Failure>, originals: Vec<(u32, String)>) -> Self {
        let totals = report.loads.iter().map(|load| {
            let known = || load.requests.iter().filter_map(|request| request.transfer_bytes);
            let transfer_bytes = known().next().map(|_| known().fold(0, u64::saturating_add));
            let evidence = load.findings.iter().map(|finding| finding.evidence.len() as u32).collect();
            Totals { requests: load.requests.len() as u32, transfer_bytes, evidence }
        });
        let totals = totals.collect();
        for load in &mut report.loads {
            load.requests.clear();
            load.critical_path.clear();
            for finding in &mut load.findings {
                finding.evidence.truncate(MOST_EVIDENCE);
            }
        }
        // Most of them stand in the table of requests.
        let originals = originals::used(originals, &String::from_utf8_lossy(&encode(&report)));
        Self { report, totals, skipped, failures, originals }
    }
}
