//! The sentence at the top: one number, one owner, in two wordings.

use crate::page_load::PageLoad;
use crate::report::schema::{FindingReport, Verdict};

/// What is to be said first of a load.
pub fn derive(load: &PageLoad<'_>, findings: &[FindingReport]) -> Verdict {
    let _ = (load, findings);
    Verdict::default()
}
