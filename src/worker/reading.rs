//! From a blob to recordings, or to a sentence that says why not.

use crate::import::{self, ImportError, ImportErrorKind, Observer};
use crate::recording::Recording;
use crate::worker::protocol::Failure;
use crate::worker::slices::{Pauses, Slices, Source};
use std::future::poll_fn;
use web_sys::Blob;

/// A recording with the name of the file or archive member it came in.
pub struct ReadFile {
    /// The name as the browser or the archive gave it.
    pub name: String,
    /// What it holds.
    pub recording: Recording,
}

/// Reads one file, telling `progress` the bytes read so far.
pub async fn read(name: &str, blob: &Blob, progress: &mut dyn FnMut(f64)) -> Result<Vec<ReadFile>, Failure> {
    let slices = Slices::new(blob, progress).map_err(|_| unreadable(name))?;
    let mut pauses = Pauses(&slices);
    poll_fn(|context| pauses.pause(context)).await;
    let opened = import::open_with_pauses(Source(&slices), &mut pauses).await.map_err(|error| failure(name, error))?;
    let named = opened
        .into_iter()
        .map(|opened| ReadFile { name: opened.name.unwrap_or_else(|| name.to_owned()), recording: opened.recording });
    Ok(named.collect())
}

/// No file at all.
pub fn nothing() -> Failure {
    Failure {
        file: String::new(),
        what: "There was no file to read.".to_owned(),
        advice: "Choose a HAR file.".to_owned(),
    }
}

fn unreadable(name: &str) -> Failure {
    let what = "This browser cannot read files in the background.".to_owned();
    Failure { file: name.to_owned(), what, advice: "Try a current Chrome, Edge, Firefox or Safari.".to_owned() }
}

fn failure(name: &str, error: ImportError) -> Failure {
    let place = match (error.at, error.expected) {
        (Some(at), Some(expected)) => format!(" (at byte {at}: {expected})"),
        (Some(at), None) => format!(" (at byte {at})"),
        (None, _) => String::new(),
    };
    let what = match error.kind {
        ImportErrorKind::NotARecording => "This is neither a HAR nor a Chrome trace. It is",
        _ => "This is",
    };
    Failure { file: name.to_owned(), what: format!("{what} {}{place}.", error.found), advice: error.advice.to_owned() }
}
