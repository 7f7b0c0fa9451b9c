//! What a file is wrapped in: gzip, zip, byte order marks, UTF-16. Recognized by content, never by name.
//!
//! [`open`] hands each plain text inside to a visitor as a stream; nothing is ever held as a whole. Wrappings that are
//! damaged give what can be had of them and then end like any other source; a [`Note`] says what was wrong.

mod gzip;
mod inflate;
mod magic;
#[cfg(test)]
mod tests;
mod utf16;
mod zip;

pub use magic::Unsupported;

use crate::import::source::Window;
use crate::text::Untrusted;
use magic::Wrapping;
use std::cell::Cell;
use std::io::{self, Read};
use std::ops::ControlFlow;

/// Wrappings inside each other beyond this many are not opened. Double gzip is seen in the wild, also inside a zip.
const MAX_DEPTH: usize = 4;

/// One plain text or binary file found inside.
pub struct Member<'a> {
    /// The name it has in its wrapping, if it has one.
    pub name: Option<Untrusted<'a>>,
    /// What it was wrapped in, from the outside in.
    pub containers: &'a [Container],
    /// Its bytes. What is left unread is passed over.
    pub reader: &'a mut dyn Read,
}

/// Something a file can be wrapped in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    /// gzip (RFC 1952).
    Gzip,
    /// A zip archive.
    Zip,
    /// UTF-8 behind a byte order mark.
    Utf8Bom,
    /// UTF-16, least significant byte first.
    Utf16Le,
    /// UTF-16, most significant byte first.
    Utf16Be,
}

/// Something odd about a wrapping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Note {
    /// How many members had been visited when this was noticed. If one is odd itself, it is the last of them.
    pub n_members: usize,
    /// What it is.
    pub oddity: Oddity,
}

/// What can be odd about a wrapping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Oddity {
    /// The file ends inside this wrapping; the member has what was before that.
    Truncated(Container),
    /// The wrapping is damaged; the member has what was before that, later members are lost.
    Corrupt(Container),
    /// The content is not what it was when it was wrapped.
    ChecksumMismatch(Container),
    /// Something follows the end of the wrapping: this many bytes.
    TrailingBytes(Container, u64),
    /// This needs another program to unpack. No member was visited for it.
    Unsupported(Unsupported),
    /// A member of a zip archive is encrypted and was passed over.
    Encrypted,
    /// A member of a zip archive is compressed by a method (its number in the zip specification) other than deflate.
    UnsupportedMethod(u16),
    /// A zip archive has no members.
    EmptyArchive,
    /// More wrappings inside each other than are opened.
    TooDeep,
    /// Unpacking gives so much more than was put in that this was stopped: see [`Limits`].
    InflatedTooMuch,
    /// This many UTF-16 surrogates stand alone; they became U+FFFD.
    LoneSurrogates(u64),
    /// UTF-16 text ends with half a unit.
    HalfUnit,
}

/// When to stop unpacking what was made to fill the memory of its readers.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Up to this many bytes may come out of however little.
    pub free_bytes: u64,
    /// Beyond, at most this many bytes for each byte of the file.
    pub ratio: u64,
}

/// Recordings of gigabytes exist. Deflate cannot exceed 1,032:1, and JSON does not come near 100:1.
pub const LIMITS: Limits = Limits { free_bytes: 1 << 30, ratio: 1000 };

/// Whether `source` is a text or binary file as it stands: [`open`] would hand it on. Not if it cannot be read.
pub fn is_plain(source: &mut Window<impl Read>) -> bool {
    source.at_least(magic::PREFIX_BYTES).is_ok_and(|prefix| magic::recognize(prefix) == Wrapping::None)
}

/// Unpacks `source` and calls `visit` with each member, in order, until it says `Break`.
///
/// # Errors
/// Only if `source` itself cannot be read, or reading was cancelled.
pub fn open(
    source: impl Read,
    limits: Limits,
    visit: &mut dyn FnMut(Member<'_>) -> ControlFlow<()>,
) -> io::Result<Vec<Note>> {
    let meter = Meter { limits, n_read: Cell::new(0), n_inflated: Cell::new(0) };
    let mut source = Metered { source, meter: &meter };
    let mut unpacking = Unpacking { meter: &meter, visit, containers: Vec::new(), n_members: 0, notes: Vec::new() };
    // Whether the visitor stopped makes no difference any more.
    let _: ControlFlow<()> = unpack(&mut unpacking, None, &mut source)?;
    Ok(unpacking.notes)
}

/// What the levels of unpacking have in common.
struct Unpacking<'a> {
    meter: &'a Meter,
    visit: &'a mut dyn FnMut(Member<'_>) -> ControlFlow<()>,
    /// The wrappings we are inside of.
    containers: Vec<Container>,
    n_members: usize,
    notes: Vec<Note>,
}

impl Unpacking<'_> {
    fn note(&mut self, oddity: Oddity) {
        self.notes.push(Note { n_members: self.n_members, oddity });
    }

    fn note_all(&mut self, oddities: Vec<Oddity>) {
        oddities.into_iter().for_each(|oddity| self.note(oddity));
    }

    fn visit(&mut self, name: Option<&str>, reader: &mut dyn Read) -> ControlFlow<()> {
        self.n_members += 1;
        (self.visit)(Member { name: name.map(Untrusted::new), containers: &self.containers, reader })
    }
}

/// Unpacks one level of `source`, whose name in the level above is `name`.
fn unpack(unpacking: &mut Unpacking, name: Option<&str>, source: &mut dyn Read) -> io::Result<ControlFlow<()>> {
    let mut window = Window::new(source);
    let wrapping = magic::recognize(window.at_least(magic::PREFIX_BYTES)?);
    let is_too_deep = unpacking.containers.len() == MAX_DEPTH;
    let container = match wrapping {
        Wrapping::None => return Ok(unpacking.visit(name, &mut window)),
        Wrapping::Unsupported(unsupported) => {
            unpacking.note(Oddity::Unsupported(unsupported));
            return Ok(ControlFlow::Continue(()));
        }
        Wrapping::Gzip | Wrapping::Zip if is_too_deep => {
            unpacking.note(Oddity::TooDeep);
            return Ok(ControlFlow::Continue(()));
        }
        Wrapping::Gzip => Container::Gzip,
        Wrapping::Zip => Container::Zip,
        Wrapping::Utf8Bom => Container::Utf8Bom,
        Wrapping::Utf16Le { .. } => Container::Utf16Le,
        Wrapping::Utf16Be { .. } => Container::Utf16Be,
    };
    unpacking.containers.push(container);
    let flow = match wrapping {
        Wrapping::Gzip => unpack_gzip(unpacking, name, window),
        Wrapping::Zip => zip::unpack(unpacking, window),
        Wrapping::Utf16Le { n_bom } => Ok(visit_utf16(unpacking, name, window, n_bom, u16::from_le_bytes)),
        Wrapping::Utf16Be { n_bom } => Ok(visit_utf16(unpacking, name, window, n_bom, u16::from_be_bytes)),
        _ => {
            window.consume(magic::UTF8_BOM.len());
            Ok(unpacking.visit(name, &mut window))
        }
    };
    unpacking.containers.pop();
    flow
}

fn unpack_gzip(
    unpacking: &mut Unpacking,
    name: Option<&str>,
    window: Window<&mut dyn Read>,
) -> io::Result<ControlFlow<()>> {
    let mut gzip = gzip::Gzip::open(window, unpacking.meter)?;
    let own_name = gzip.name().map(str::to_owned);
    let flow = unpack(unpacking, own_name.as_deref().or(name), &mut gzip)?;
    if flow.is_continue() {
        io::copy(&mut gzip, &mut io::sink())?;
    }
    unpacking.note_all(gzip.into_oddities());
    Ok(flow)
}

fn visit_utf16(
    unpacking: &mut Unpacking,
    name: Option<&str>,
    mut window: Window<&mut dyn Read>,
    n_bom: usize,
    unit: fn([u8; 2]) -> u16,
) -> ControlFlow<()> {
    window.consume(n_bom);
    let mut utf16 = utf16::Utf16::new(window, unit);
    let flow = unpacking.visit(name, &mut utf16);
    unpacking.note_all(utf16.into_oddities());
    flow
}

/// How much went in and came out so far, over all levels.
struct Meter {
    limits: Limits,
    n_read: Cell<u64>,
    n_inflated: Cell<u64>,
}

impl Meter {
    /// Counts `n` bytes that came out. `false` means that it was too much.
    fn inflated(&self, n: usize) -> bool {
        let n_inflated = self.n_inflated.get() + n as u64;
        self.n_inflated.set(n_inflated);
        n_inflated <= self.limits.free_bytes || n_inflated / self.limits.ratio <= self.n_read.get()
    }
}

/// The file itself, on the meter.
struct Metered<'a, R> {
    source: R,
    meter: &'a Meter,
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.source.read(out)?;
        self.meter.n_read.set(self.meter.n_read.get() + n as u64);
        Ok(n)
    }
}
