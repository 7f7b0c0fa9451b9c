//! Bytes → recordings; the only place that knows file formats.
//!
//! [`open`] unpacks, looks at how each text inside begins, and hands it to the importer for it. An importer never fails
//! on odd data: what it had to put right is told as the recording's problems.

pub mod container;
mod error;
mod har;
pub mod join;
pub mod json;
mod problems;
pub mod sniff;
pub mod source;
#[cfg(test)]
mod tests;
mod trace;

pub use error::{ImportError, ImportErrorKind};

use crate::recording::{Level, Place, Problem, Recording};
use container::{Container, Member, Note, Oddity};
use sniff::Sniffed;
use source::{Cancelled, Pause, Watched, Window};
use std::cell::RefCell;
use std::io::Read;
use std::ops::ControlFlow;
use std::pin::Pin;
use std::task::{Context, Poll};

/// A recording that was found in a file.
pub struct Opened {
    /// The name of the archive's member it was in. From the recording: show it, never report it.
    pub name: Option<String>,
    /// What was recorded.
    pub recording: Recording,
}

/// Who is told how the import goes on, and may stop it.
pub trait Observer {
    /// So many bytes of the source were read. Comes often; `Break` cancels.
    fn progress(&mut self, n_read: u64) -> ControlFlow<()> {
        let _ = n_read;
        ControlFlow::Continue(())
    }

    /// What begins now, in a word or two for people.
    fn phase(&mut self, phase: &'static str) {
        let _ = phase;
    }

    /// A [`source::Pause`], for observers that fetch the source's bytes ahead of their being read.
    fn pause(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let _ = context;
        Poll::Ready(())
    }
}

/// Nobody is told.
impl Observer for () {}

/// A format that can be read.
struct Importer {
    /// Whether it tries on what looks like this.
    reads: fn(Sniffed) -> bool,
    /// What the observer is told.
    phase: &'static str,
    /// Reads all recordings in a text of which `n_skipped` bytes in front were passed over.
    read: for<'a> fn(source: &'a mut dyn Read, n_skipped: u64, pause: Pause<'a>) -> Reading<'a>,
}

/// A text being read.
type Reading<'a> = Pin<Box<dyn Future<Output = Result<Vec<Recording>, ImportError>> + 'a>>;

/// All formats, in the order in which they are asked.
static IMPORTERS: &[Importer] = &[
    Importer {
        // Other JSON may still have a `log`, far behind something big.
        reads: |sniffed| {
            matches!(sniffed, Sniffed::Har | Sniffed::Ndjson | Sniffed::TopLevelArray | Sniffed::OtherJson)
        },
        phase: "Reading the HAR",
        read: |source, n_skipped, pause| Box::pin(har::import(source, n_skipped, pause)),
    },
    Importer {
        reads: |sniffed| matches!(sniffed, Sniffed::ChromeTrace | Sniffed::CpuProfile),
        phase: "Reading the trace",
        read: |source, n_skipped, pause| Box::pin(trace::import(source, n_skipped, pause)),
    },
];

/// Opens a file: one recording, or as many as are in it.
///
/// # Errors
/// If there is no recording in it, nothing of it can be read, or the observer cancelled.
pub fn open(source: impl Read, observer: &mut dyn Observer) -> Result<Vec<Opened>, ImportError> {
    source::at_once(open_with_pauses(source, observer))
}

/// As [`open`], with pauses in which the observer may fetch more: see [`Observer::pause`]. Only while nothing has to be
/// unpacked, as that takes longer than fetching.
///
/// # Errors
/// As for [`open`].
pub async fn open_with_pauses(source: impl Read, observer: &mut dyn Observer) -> Result<Vec<Opened>, ImportError> {
    let observer = RefCell::new(observer);
    let phase = |phase| observer.borrow_mut().phase(phase);
    let watched = Watched::new(source, |n_read| observer.borrow_mut().progress(n_read));
    let mut window = Window::new(watched);
    let mut members = Members::default();
    let unpacked = match container::is_plain(&mut window) {
        true => {
            let member = Member { name: None, containers: &[], reader: &mut window };
            let opened = open_member(member, &phase, &|context| observer.borrow_mut().pause(context)).await;
            let _: ControlFlow<()> = members.take(opened);
            Ok(Vec::new())
        }
        false => container::open(window, container::LIMITS, &mut |member| {
            members.n_visited += 1;
            members.take(source::at_once(open_member(member, &phase, source::NO_PAUSE)))
        }),
    };
    let notes = match unpacked {
        Ok(notes) => notes,
        Err(error) if Cancelled::caused(&error) => return Err(ImportError::cancelled()),
        Err(error) => {
            members.error.get_or_insert(ImportError::unreadable(error.kind()));
            Vec::new()
        }
    };
    for note in &notes {
        members.note(note);
    }
    match members.error {
        Some(error) if error.kind == ImportErrorKind::Cancelled || members.opened.is_empty() => Err(error),
        None if members.opened.is_empty() => Err(ImportError::nothing_inside()),
        _ => Ok(members.opened.into_iter().map(|(_, opened)| opened).collect()),
    }
}

/// What was found in the members of a file.
#[derive(Default)]
struct Members {
    n_visited: usize,
    /// With the number of the member it is of, from 1.
    opened: Vec<(usize, Opened)>,
    /// The most telling of the errors.
    error: Option<ImportError>,
}

impl Members {
    fn take(&mut self, found: Result<Vec<Opened>, ImportError>) -> ControlFlow<()> {
        match found {
            Ok(found) => self.opened.extend(found.into_iter().map(|opened| (self.n_visited, opened))),
            Err(error) if error.kind == ImportErrorKind::Cancelled => {
                self.error = Some(error);
                return ControlFlow::Break(());
            }
            Err(error) => {
                // A recording that cannot be read tells more than a picture beside it.
                let tells_more = self.error.as_ref().is_none_or(|known| known.kind < error.kind);
                if tells_more {
                    self.error = Some(error);
                }
            }
        }
        ControlFlow::Continue(())
    }

    /// Tells what is odd about the wrapping as a problem of the recording it concerns.
    fn note(&mut self, note: &Note) {
        if self.opened.is_empty() {
            if let Oddity::Unsupported(unsupported) = note.oddity {
                self.error.get_or_insert(ImportError::packed(unsupported.describe()));
            }
            if note.oddity == Oddity::Encrypted {
                self.error.get_or_insert(ImportError::packed("an encrypted archive"));
            }
            if note.oddity == Oddity::EmptyArchive {
                self.error.get_or_insert(ImportError::nothing_inside());
            }
            return;
        }
        let Some((code, level, message)) = oddity_words(note.oddity) else { return };
        let at = self.opened.iter().position(|(n, _)| *n == note.n_members).unwrap_or(self.opened.len() - 1);
        if let Some((_, opened)) = self.opened.get_mut(at) {
            opened.recording.problems.push(Problem {
                code,
                level,
                at: Place::default(),
                count: 1,
                message: message.to_owned(),
                consequence: "What could be unpacked was read.".to_owned(),
            });
        }
    }
}

fn oddity_words(oddity: Oddity) -> Option<(&'static str, Level, &'static str)> {
    Some(match oddity {
        Oddity::Truncated(_) => ("truncated-container", Level::Error, "The packed file ends in the middle."),
        Oddity::Corrupt(_) => ("corrupt-container", Level::Error, "The packed file is damaged."),
        Oddity::ChecksumMismatch(_) => {
            ("checksum-mismatch", Level::Warning, "The unpacked text is not what was packed.")
        }
        Oddity::TrailingBytes(..) => ("trailing-bytes", Level::Info, "Something follows the packed file."),
        Oddity::InflatedTooMuch => ("oversized-content", Level::Error, "The packed file grows without bounds."),
        Oddity::LoneSurrogates(_) => ("lone-surrogate-units", Level::Info, "Half a UTF-16 character stands alone."),
        Oddity::HalfUnit => ("half-utf16-unit", Level::Info, "The UTF-16 text has an odd number of bytes."),
        Oddity::Encrypted => ("encrypted-member", Level::Warning, "A file in the archive is encrypted."),
        Oddity::UnsupportedMethod(_) => {
            ("unsupported-compression", Level::Warning, "A file in the archive is compressed in an unusual way.")
        }
        // Of other files beside the recording.
        Oddity::Unsupported(_) | Oddity::EmptyArchive | Oddity::TooDeep => return None,
    })
}

/// Reads one text, if there is an importer for it.
async fn open_member(
    member: Member<'_>,
    phase: &dyn Fn(&'static str),
    pause: Pause<'_>,
) -> Result<Vec<Opened>, ImportError> {
    let mut window = Window::with_capacity(member.reader, sniff::PREFIX_BYTES);
    if let Some(error) = window.at_least(sniff::PREFIX_BYTES).err() {
        if Cancelled::caused(&error) {
            return Err(ImportError::cancelled());
        }
        // What came before the source failed may be worth reading.
        if window.unread().is_empty() {
            return Err(ImportError::unreadable(error.kind()));
        }
    }
    let prefix = window.unread();
    let sniffed = sniff::sniff(prefix);
    let Some(importer) = IMPORTERS.iter().find(|importer| (importer.reads)(sniffed)) else {
        return Err(ImportError::not_a_recording(sniffed));
    };
    let n_skipped = sniff::json_start(prefix).unwrap_or_default();
    let is_blank = prefix.iter().take(n_skipped).all(u8::is_ascii_whitespace);
    let n_skipped = if is_blank { 0 } else { n_skipped };
    window.consume(n_skipped);
    phase(importer.phase);
    let recordings = (importer.read)(&mut window, n_skipped as u64, pause).await?;
    let containers: Vec<_> = member.containers.iter().map(|container| container_word(*container)).collect();
    let name = member.name.map(|name| name.expose().to_owned());
    let opened = recordings.into_iter().map(|mut recording| {
        recording.provenance.containers = containers.clone();
        Opened { name: name.clone(), recording }
    });
    Ok(opened.collect())
}

fn container_word(container: Container) -> &'static str {
    match container {
        Container::Gzip => "gzip",
        Container::Zip => "zip",
        Container::Utf8Bom => "UTF-8 with byte order mark",
        Container::Utf16Le => "UTF-16 LE",
        Container::Utf16Be => "UTF-16 BE",
    }
}
