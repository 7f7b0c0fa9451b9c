//! From a blob to recordings, or to a sentence that says why not.

use crate::recording::Recording;
use crate::worker::protocol::Failure;
use crate::worker::slices::Slices;
use web_sys::Blob;

/// A recording with the name of the file it came in.
pub struct ReadFile {
    /// The file's name as the browser gave it.
    pub name: String,
    /// What it holds.
    pub recording: Recording,
}

/// Reads one file, telling `progress` the bytes read so far.
pub fn read(name: &str, blob: &Blob, progress: &mut dyn FnMut(f64)) -> Result<Vec<ReadFile>, Failure> {
    let _ = (name, Slices::new(blob, progress));
    Err(nothing())
}

/// No file at all.
pub fn nothing() -> Failure {
    Failure { what: "There was no file to read.".to_owned(), advice: "Choose a HAR file.".to_owned() }
}
