//! Files and stdin → recordings.

use std::fs::File;
use std::io::{self, IsTerminal, Read, Write};
use std::ops::ControlFlow;
use std::path::Path;

use crate::cli::arguments::Input;
use crate::cli::{Failure, output};
use crate::import::join::{self, Together};
use crate::import::{self, Observer, Opened};

/// Where a recording was read from.
#[derive(Clone)]
pub struct ReadFrom {
    /// What was named on the command line.
    pub shown: String,
    /// Whether that is an archive with this in it.
    pub is_member: bool,
}

/// Opens all of them, and joins what is of the same load unless they are to be `separate`. What cannot be read is
/// complained about; it is a failure only if nothing can be read at all.
pub fn open_all(inputs: &[Input], separate: bool) -> Result<(Vec<ReadFrom>, Vec<Together>), Failure> {
    let mut all: Vec<(ReadFrom, Opened)> = Vec::new();
    let mut failures = Vec::new();
    for input in inputs {
        match open(input) {
            Ok(opened) => all.extend(opened),
            Err(failure) => failures.push(failure),
        }
    }
    if all.is_empty() {
        let messages: Vec<String> = failures.into_iter().map(|Failure(message)| message).collect();
        return Err(Failure(messages.join(" ")));
    }
    for Failure(message) in failures {
        output::complain(&message);
    }
    let (files, opened): (Vec<_>, Vec<_>) = all.into_iter().unzip();
    Ok((files, if separate { join::apart(opened) } else { join::join(opened) }))
}

fn open(input: &Input) -> Result<Vec<(ReadFrom, Opened)>, Failure> {
    match input {
        Input::Stdin => read(io::stdin().lock(), "stdin", None, None),
        Input::File(path) => {
            let shown = path.display().to_string();
            let opened = File::open(path).and_then(|file| {
                let metadata = file.metadata()?;
                if metadata.is_dir() { Err(io::ErrorKind::IsADirectory.into()) } else { Ok((file, metadata.len())) }
            });
            let (file, n_bytes) = opened
                .map_err(|error| Failure(format!("{shown}: could not be opened: {}. Check the path.", error.kind())))?;
            let name = path.file_name().map(Path::new).map(|name| name.display().to_string());
            read(file, &shown, name, Some(n_bytes))
        }
    }
}

fn read(
    source: impl Read,
    shown: &str,
    name: Option<String>,
    n_bytes: Option<u64>,
) -> Result<Vec<(ReadFrom, Opened)>, Failure> {
    let mut progress = Progress::new(n_bytes);
    let result = import::open(source, &mut progress);
    progress.clear();
    let opened = result.map_err(|error| Failure(format!("{shown}: {error}")))?;
    let opened = opened.into_iter().map(|opened| {
        let from = ReadFrom { shown: shown.to_owned(), is_member: opened.name.is_some() };
        (from, Opened { name: opened.name.or_else(|| name.clone()), recording: opened.recording })
    });
    Ok(opened.collect())
}

/// Tells how far reading is, on one line of a terminal that is erased at the end. Small files are not worth it.
struct Progress {
    n_bytes: Option<u64>,
    shown_percent: Option<u64>,
    is_shown: bool,
}

/// Bytes. Below this a file is read before anybody could see the progress.
const WORTH_TELLING: u64 = 32 << 20;

impl Progress {
    fn new(n_bytes: Option<u64>) -> Self {
        let is_shown = WORTH_TELLING <= n_bytes.unwrap_or_default() && io::stderr().is_terminal();
        Self { n_bytes, shown_percent: None, is_shown }
    }

    fn clear(&mut self) {
        if self.shown_percent.take().is_some() {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}

impl Observer for Progress {
    fn progress(&mut self, n_read: u64) -> ControlFlow<()> {
        let percent = self.n_bytes.and_then(|n_bytes| (100 * n_read.min(n_bytes)).checked_div(n_bytes));
        if self.is_shown && percent != self.shown_percent {
            self.shown_percent = percent;
            let _ = write!(io::stderr(), "\rweir: reading, {}%", percent.unwrap_or_default());
        }
        ControlFlow::Continue(())
    }
}
