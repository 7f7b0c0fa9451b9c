//! Where results and complaints are written.

use std::io::{self, Write};
use std::path::Path;

use crate::cli::Failure;

/// Writes a result to stdout. A reader that has gone (`weir … | head`) is no failure.
pub fn to_stdout(text: &str) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure(format!("the result could not be written to stdout: {}.", error.kind())))
        }
        _ => Ok(()),
    }
}

/// Writes a result to a file, or to stdout.
pub fn to(out: Option<&Path>, text: &str) -> Result<(), Failure> {
    match out {
        None => to_stdout(text),
        Some(path) => std::fs::write(path, text).map_err(|error| {
            Failure(format!("{}: could not be written: {}. Choose another --out.", path.display(), error.kind()))
        }),
    }
}

/// Writes one message to stderr. If nobody listens, there is nobody to tell.
pub fn complain(message: &str) {
    let _ = writeln!(io::stderr(), "weir: {message}");
}
