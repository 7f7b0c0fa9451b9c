//! zip archives, read forward from their local headers: the directory at the end may be missing, and is not needed.

use crate::import::container::inflate::{Inflater, Outcome, Step};
use crate::import::container::{Container, Meter, Oddity, Unpacking};
use crate::import::source::Window;
use flate2::Crc;
use memchr::memmem;
use std::io::{self, Read};
use std::ops::ControlFlow;

const LOCAL_HEADER: &[u8] = b"PK\x03\x04";
const DESCRIPTOR: &[u8] = b"PK\x07\x08";
/// What may follow the last member.
const AFTER_MEMBERS: [&[u8]; 4] = [b"PK\x01\x02", b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x08"];

/// A descriptor at its longest (mark, checksum, two sizes of 64 bits) and the `PK` of what follows it.
const DESCRIPTOR_AND_MARK_BYTES: usize = 26;

/// Hands every member of the archive to the level below.
pub(super) fn unpack(unpacking: &mut Unpacking, mut input: Window<&mut dyn Read>) -> io::Result<ControlFlow<()>> {
    let mut n_entries = 0;
    loop {
        let mark = input.at_least(LOCAL_HEADER.len())?;
        if !mark.starts_with(LOCAL_HEADER) {
            if mark.len() < LOCAL_HEADER.len() {
                unpacking.note(Oddity::Truncated(Container::Zip));
            } else if !AFTER_MEMBERS.iter().any(|after| mark.starts_with(after)) {
                unpacking.note(Oddity::Corrupt(Container::Zip));
            } else if n_entries == 0 {
                unpacking.note(Oddity::EmptyArchive);
            }
            return Ok(ControlFlow::Continue(()));
        }
        let Some(header) = Header::read(&mut input)? else {
            unpacking.note(Oddity::Truncated(Container::Zip));
            return Ok(ControlFlow::Continue(()));
        };
        n_entries += 1;
        let mut entry = Entry::new(&mut input, unpacking.meter, &header);
        let flow = match &header.obstacle {
            Some(obstacle) => {
                unpacking.note(*obstacle);
                ControlFlow::Continue(())
            }
            None if header.name.ends_with('/') => ControlFlow::Continue(()),
            None => crate::import::container::unpack(unpacking, Some(&header.name), &mut entry)?,
        };
        let goes_on = flow.is_continue() && entry.finish(&header)?;
        unpacking.note_all(entry.oddities);
        if !goes_on {
            return Ok(flow);
        }
    }
}

/// What a local header says.
struct Header {
    name: String,
    is_deflated: bool,
    /// None if the size is told only after the data.
    n_compressed: Option<u64>,
    crc: u32,
    has_descriptor: bool,
    /// Why the data cannot be read.
    obstacle: Option<Oddity>,
}

impl Header {
    /// Reads a header, which comes next. None means that the archive ends inside.
    fn read(input: &mut Window<impl Read>) -> io::Result<Option<Self>> {
        let Some(fixed) = input.at_least(30)?.first_chunk::<30>().copied() else { return Ok(None) };
        let (flags, method) = (u16_at(&fixed, 6), u16_at(&fixed, 8));
        let (n_name, n_extra) = (usize::from(u16_at(&fixed, 26)), usize::from(u16_at(&fixed, 28)));
        let n_header = fixed.len() + n_name + n_extra;
        let Some(header) = input.at_least(n_header)?.get(..n_header) else { return Ok(None) };
        let (name, extra) =
            header.get(fixed.len()..).and_then(|rest| rest.split_at_checked(n_name)).unwrap_or_default();
        let has_descriptor = flags & 1 << 3 != 0;
        let n_compressed = match u32_at(&fixed, 18) {
            u32::MAX => zip64_compressed_size(extra).unwrap_or_default(),
            n => u64::from(n),
        };
        let obstacle = match (flags & 1, method) {
            (1, _) => Some(Oddity::Encrypted),
            (_, 0 | 8) => None,
            (_, method) => Some(Oddity::UnsupportedMethod(method)),
        };
        let header = Self {
            name: String::from_utf8_lossy(name).into_owned(),
            is_deflated: method == 8,
            n_compressed: (!has_descriptor || n_compressed != 0).then_some(n_compressed),
            crc: u32_at(&fixed, 14),
            has_descriptor,
            obstacle,
        };
        input.consume(n_header);
        Ok(Some(header))
    }
}

/// The compressed size in the zip64 block of a header's extra data: there, the uncompressed size comes first.
fn zip64_compressed_size(mut extra: &[u8]) -> Option<u64> {
    loop {
        let (block, rest) = extra.split_at_checked(4)?;
        let (content, rest) = rest.split_at_checked(usize::from(u16_at(block, 2)))?;
        if u16_at(block, 0) == 1 {
            return content.get(8..)?.first_chunk().copied().map(u64::from_le_bytes);
        }
        extra = rest;
    }
}

/// The data of one member.
struct Entry<'a, R> {
    input: &'a mut Window<R>,
    meter: &'a Meter,
    /// Where in `input` the data begins.
    start: u64,
    data: Data,
    crc: Crc,
    oddities: Vec<Oddity>,
}

/// What is still to come of a member's data.
enum Data {
    Deflated(Inflater),
    /// This many bytes as they are.
    Stored(u64),
    /// Bytes as they are, up to a descriptor that tells how many there were.
    StoredUntilDescriptor,
    /// Nothing: it was read to its end.
    Complete,
    /// Nothing, for a reason that is among the oddities.
    Lost,
}

impl<'a, R: Read> Entry<'a, R> {
    fn new(input: &'a mut Window<R>, meter: &'a Meter, header: &Header) -> Self {
        let data = match (header.is_deflated && header.obstacle.is_none(), header.n_compressed) {
            (true, Some(n)) => Data::Deflated(Inflater::bounded(n)),
            (true, None) => Data::Deflated(Inflater::unbounded()),
            (false, Some(n)) => Data::Stored(n),
            (false, None) => Data::StoredUntilDescriptor,
        };
        Self { start: input.offset(), input, meter, data, crc: Crc::new(), oddities: Vec::new() }
    }

    /// Passes over what is left of the member. `false` means that the next one cannot be found.
    fn finish(&mut self, header: &Header) -> io::Result<bool> {
        match header.n_compressed {
            Some(n_compressed) => {
                let n_left = n_compressed.saturating_sub(self.n_used());
                if self.input.discard(n_left)? < n_left {
                    self.lose(Oddity::Truncated(Container::Zip));
                    return Ok(false);
                }
            }
            None => {
                io::copy(self, &mut io::sink())?;
                if !matches!(self.data, Data::Complete) {
                    return Ok(false);
                }
            }
        }
        let crc = match header.has_descriptor {
            true => self.read_descriptor()?,
            false => Some(header.crc),
        };
        let is_readable = matches!(self.data, Data::Complete) && header.obstacle.is_none();
        if is_readable && crc.is_some_and(|crc| crc != self.crc.sum()) {
            self.oddities.push(Oddity::ChecksumMismatch(Container::Zip));
        }
        Ok(!self.oddities.contains(&Oddity::InflatedTooMuch))
    }

    /// The checksum in the descriptor, which comes next.
    fn read_descriptor(&mut self) -> io::Result<Option<u32>> {
        let n_used = self.n_used();
        let descriptor = Descriptor::parse(self.input.at_least(DESCRIPTOR_AND_MARK_BYTES)?, n_used);
        match &descriptor {
            Some(descriptor) => self.input.consume(descriptor.len),
            None => self.lose(Oddity::Corrupt(Container::Zip)),
        }
        Ok(descriptor.map(|descriptor| descriptor.crc))
    }

    /// How many bytes of the archive the member has used so far.
    fn n_used(&self) -> u64 {
        self.input.offset() - self.start
    }

    fn lose(&mut self, oddity: Oddity) {
        self.data = Data::Lost;
        if !self.oddities.contains(&oddity) {
            self.oddities.push(oddity);
        }
    }

    /// Passes on bytes that are no descriptor for what came before them.
    fn read_until_descriptor(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n_used = self.n_used();
        let available = self.input.at_least(DESCRIPTOR_AND_MARK_BYTES)?;
        let n_data = match memmem::find(available, DESCRIPTOR) {
            Some(0) if Descriptor::parse(available, n_used).is_some() => {
                self.data = Data::Complete;
                return Ok(0);
            }
            Some(0) => 1,
            Some(at) => at,
            None if available.is_empty() => {
                self.lose(Oddity::Truncated(Container::Zip));
                return Ok(0);
            }
            // The beginning of the mark may be in sight already.
            None => available.len().saturating_sub(DESCRIPTOR.len() - 1).max(1),
        };
        let n = available.get(..n_data).unwrap_or_default().read(out)?;
        self.input.consume(n);
        Ok(n)
    }
}

impl<R: Read> Read for Entry<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() {
            return Ok(0);
        }
        let n = match &mut self.data {
            Data::Complete | Data::Lost => 0,
            Data::StoredUntilDescriptor => self.read_until_descriptor(out)?,
            Data::Stored(0) => {
                self.data = Data::Complete;
                0
            }
            Data::Stored(n_left) => {
                let n = self.input.by_ref().take(*n_left).read(out)?;
                *n_left -= n as u64;
                if n == 0 {
                    self.lose(Oddity::Truncated(Container::Zip));
                }
                n
            }
            Data::Deflated(inflater) => match inflater.step(self.input, out)? {
                Step::Bytes(n) => {
                    if !self.meter.inflated(n) {
                        self.lose(Oddity::InflatedTooMuch);
                    }
                    n
                }
                Step::End(Outcome::Complete) => {
                    self.data = Data::Complete;
                    0
                }
                Step::End(Outcome::Truncated) if self.input.fill()?.is_empty() => {
                    self.lose(Oddity::Truncated(Container::Zip));
                    0
                }
                Step::End(_) => {
                    self.lose(Oddity::Corrupt(Container::Zip));
                    0
                }
            },
        };
        self.crc.update(out.get(..n).unwrap_or_default());
        Ok(n)
    }
}

/// What may stand behind the data: its checksum and sizes.
struct Descriptor {
    crc: u32,
    len: usize,
}

impl Descriptor {
    /// The descriptor at the beginning of `bytes`, if it is one for `n_compressed` bytes of data. Its mark is optional,
    /// its sizes may have 32 or 64 bits, and only what follows tells which.
    fn parse(bytes: &[u8], n_compressed: u64) -> Option<Self> {
        let n_mark = if bytes.starts_with(DESCRIPTOR) { DESCRIPTOR.len() } else { 0 };
        [n_mark, 0].into_iter().find_map(|n_mark| {
            let (crc, sizes) = bytes.get(n_mark..)?.split_first_chunk::<4>()?;
            let n_sizes = [16, 8].into_iter().find(|n_sizes| {
                let size = match n_sizes {
                    16 => sizes.first_chunk().copied().map(u64::from_le_bytes),
                    _ => sizes.first_chunk().copied().map(u32::from_le_bytes).map(u64::from),
                };
                let rest = sizes.get(*n_sizes..);
                size == Some(n_compressed) && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(b"PK"))
            })?;
            Some(Self { crc: u32::from_le_bytes(*crc), len: n_mark + crc.len() + n_sizes })
        })
    }
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..).and_then(<[u8]>::first_chunk).copied().map(u16::from_le_bytes).unwrap_or_default()
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..).and_then(<[u8]>::first_chunk).copied().map(u32::from_le_bytes).unwrap_or_default()
}
