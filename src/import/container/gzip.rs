//! gzip (RFC 1952): any number of members one after the other, which together are one text.

use crate::import::container::inflate::{Inflater, Outcome, Step};
use crate::import::container::{Container, Meter, Oddity};
use crate::import::source::Window;
use flate2::Crc;
use std::io::{self, Read};

const MARK: &[u8] = b"\x1f\x8b\x08";
const HEADER_BYTES: usize = 10;
/// Longer names are not kept; file systems have no longer ones.
const MAX_NAME_BYTES: usize = 1024;

const FLAG_HEADER_CRC: u8 = 1 << 1;
const FLAG_EXTRA: u8 = 1 << 2;
const FLAG_NAME: u8 = 1 << 3;
const FLAG_COMMENT: u8 = 1 << 4;

/// The text inside gzip.
pub(super) struct Gzip<'m, R> {
    input: Window<R>,
    meter: &'m Meter,
    name: Option<String>,
    /// The member being read. None at the end.
    member: Option<(Inflater, Crc)>,
    oddities: Vec<Oddity>,
}

impl<'m, R: Read> Gzip<'m, R> {
    /// Reads the first header of `input`, which begins with one.
    pub(super) fn open(input: Window<R>, meter: &'m Meter) -> io::Result<Self> {
        let mut gzip = Self { input, meter, name: None, member: None, oddities: Vec::new() };
        gzip.name = gzip.begin_member()?;
        Ok(gzip)
    }

    /// The name of the file that was compressed.
    pub(super) fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    pub(super) fn into_oddities(self) -> Vec<Oddity> {
        self.oddities
    }

    /// Reads a header, which comes next, and gives the name in it.
    fn begin_member(&mut self) -> io::Result<Option<String>> {
        let Some(&flags) = self.input.at_least(HEADER_BYTES)?.get(..HEADER_BYTES).and_then(|header| header.get(3))
        else {
            self.end(Oddity::Truncated(Container::Gzip));
            return Ok(None);
        };
        self.input.consume(HEADER_BYTES);
        if flags & FLAG_EXTRA != 0 {
            let length = self.input.at_least(2)?.first_chunk().copied().map(u16::from_le_bytes);
            self.input.discard(2 + u64::from(length.unwrap_or_default()))?;
        }
        let mut name = None;
        if flags & FLAG_NAME != 0 {
            name = Some(self.zero_terminated()?).filter(|name| !name.is_empty());
        }
        if flags & FLAG_COMMENT != 0 {
            self.zero_terminated()?;
        }
        if flags & FLAG_HEADER_CRC != 0 {
            self.input.discard(2)?;
        }
        self.member = Some((Inflater::unbounded(), Crc::new()));
        Ok(name)
    }

    /// Text up to a zero byte. By the standard it is Latin-1; by use it is UTF-8.
    fn zero_terminated(&mut self) -> io::Result<String> {
        let mut text = Vec::new();
        while let Some(&byte) = self.input.fill()?.first() {
            self.input.consume(1);
            if byte == 0 {
                break;
            }
            if text.len() < MAX_NAME_BYTES {
                text.push(byte);
            }
        }
        Ok(String::from_utf8_lossy(&text).into_owned())
    }

    /// Checks the trailer of a member that was read, then begins the next one if there is one.
    fn end_member(&mut self, crc: &Crc) -> io::Result<()> {
        let Some(trailer) = self.input.at_least(8)?.first_chunk::<8>().copied() else {
            self.end(Oddity::Truncated(Container::Gzip));
            return Ok(());
        };
        self.input.consume(trailer.len());
        if u64::from_le_bytes(trailer) != u64::from(crc.sum()) | u64::from(crc.amount()) << 32 {
            self.oddities.push(Oddity::ChecksumMismatch(Container::Gzip));
        }
        if self.input.at_least(MARK.len())?.starts_with(MARK) {
            self.begin_member()?;
            return Ok(());
        }
        let n_trailing = self.input.discard(u64::MAX)?;
        if 0 < n_trailing {
            self.oddities.push(Oddity::TrailingBytes(Container::Gzip, n_trailing));
        }
        Ok(())
    }

    fn end(&mut self, oddity: Oddity) {
        self.member = None;
        self.oddities.push(oddity);
    }
}

impl<R: Read> Read for Gzip<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() {
            return Ok(0);
        }
        while let Some((inflater, crc)) = &mut self.member {
            match inflater.step(&mut self.input, out)? {
                Step::Bytes(n) => {
                    crc.update(out.get(..n).unwrap_or_default());
                    if !self.meter.inflated(n) {
                        self.end(Oddity::InflatedTooMuch);
                    }
                    return Ok(n);
                }
                Step::End(Outcome::Truncated) => self.end(Oddity::Truncated(Container::Gzip)),
                Step::End(Outcome::Corrupt) => self.end(Oddity::Corrupt(Container::Gzip)),
                Step::End(Outcome::Complete) => {
                    if let Some((_, crc)) = self.member.take() {
                        self.end_member(&crc)?;
                    }
                }
            }
        }
        Ok(0)
    }
}
