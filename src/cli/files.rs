//! Files and stdin → recordings.

use crate::cli::Failure;
use crate::cli::arguments::Input;
use crate::recording::Recording;

/// A recording and the name of what it was read from.
pub struct Opened {
    /// `None`: stdin.
    pub name: Option<String>,
    /// What was read.
    pub recording: Recording,
}

/// Opens all of them. What cannot be read is complained about, unless nothing can be read at all.
pub fn open_all(inputs: &[Input]) -> Result<Vec<Opened>, Failure> {
    let _ = inputs;
    Err(Failure("reading is not made yet.".to_owned()))
}
