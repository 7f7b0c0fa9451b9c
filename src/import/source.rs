//! Plumbing between the bytes of a file and those who read them: a refillable window, progress and cancelling.

use std::io::{self, Read};
use std::ops::ControlFlow;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// Asked between two entries of a recording: not yet, if the source has its next bytes on their way and to read them now
/// would be to wait for them. Who reads on all the same loses nothing but time.
pub type Pause<'a> = &'a dyn Fn(&mut Context<'_>) -> Poll<()>;

/// For readers that do not wait.
pub const NO_PAUSE: Pause<'static> = &|_| Poll::Ready(());

/// For sources that make their readers wait: the same without pauses.
pub fn at_once<T>(reading: impl Future<Output = T>) -> T {
    let mut reading = pin!(reading);
    loop {
        if let Poll::Ready(result) = reading.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return result;
        }
    }
}

/// How much of a file is in memory at a time.
pub const WINDOW_BYTES: usize = 256 * 1024;

/// A refillable window over a source. Its memory never grows, however long the source is.
pub struct Window<R> {
    source: R,
    buffer: Box<[u8]>,
    /// The unread bytes are `buffer[start..end]`.
    start: usize,
    end: usize,
    /// Where in the source `buffer[start]` is.
    offset: u64,
}

impl<R: Read> Window<R> {
    /// A window of [`WINDOW_BYTES`] at the beginning of `source`.
    pub fn new(source: R) -> Self {
        Self::with_capacity(source, WINDOW_BYTES)
    }

    /// A window of `capacity` bytes (at least one) at the beginning of `source`.
    pub fn with_capacity(source: R, capacity: usize) -> Self {
        Self { source, buffer: vec![0; capacity.max(1)].into_boxed_slice(), start: 0, end: 0, offset: 0 }
    }

    /// Where in the source the next unread byte is.
    #[inline]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// The unread bytes that are in memory; maybe none although the source goes on.
    #[inline]
    pub fn unread(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    /// The bytes read before [`Window::unread`] that are still in memory: those since the last refill.
    pub fn consumed(&self) -> &[u8] {
        self.buffer.get(..self.start).unwrap_or_default()
    }

    /// The unread bytes in memory, reading on if there are none. Empty means that the source has ended.
    #[inline]
    pub fn fill(&mut self) -> io::Result<&[u8]> {
        if self.start == self.end {
            self.start = 0;
            self.end = 0;
            self.read_more()?;
        }
        Ok(self.unread())
    }

    /// The unread bytes in memory, at least `n` of them unless the source ends before or the window is smaller.
    pub fn at_least(&mut self, n: usize) -> io::Result<&[u8]> {
        if self.end - self.start < n {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
            while self.end < n.min(self.buffer.len()) && self.read_more()? {}
        }
        Ok(self.unread())
    }

    /// Passes over `n` unread bytes, of those in memory.
    #[inline]
    pub fn consume(&mut self, n: usize) {
        let n = n.min(self.end - self.start);
        self.start += n;
        self.offset += n as u64;
    }

    /// Passes over as many of [`Window::unread`] as `choose` says, if it does, and gives what it made of them.
    #[inline]
    pub fn consume_with<'a, T>(&'a mut self, choose: impl FnOnce(&'a [u8]) -> Option<(usize, T)>) -> Option<T> {
        let (n, chosen) = choose(self.buffer.get(self.start..self.end).unwrap_or_default())?;
        let n = n.min(self.end - self.start);
        self.start += n;
        self.offset += n as u64;
        Some(chosen)
    }

    /// Passes over up to `n` bytes and says how many there were.
    pub fn discard(&mut self, n: u64) -> io::Result<u64> {
        let mut left = n;
        while left > 0 {
            let available = self.fill()?.len();
            if available == 0 {
                break;
            }
            let step = available.min(usize::try_from(left).unwrap_or(usize::MAX));
            self.consume(step);
            left -= step as u64;
        }
        Ok(n - left)
    }

    /// One read into the free end of the buffer. Says whether anything came.
    fn read_more(&mut self) -> io::Result<bool> {
        let free = self.buffer.get_mut(self.end..).unwrap_or_default();
        let room = free.len();
        let n = read_some(&mut self.source, free)?.min(room);
        self.end += n;
        Ok(n > 0)
    }
}

impl<R: Read> Read for Window<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.start == self.end && self.buffer.len() <= out.len() {
            let n = read_some(&mut self.source, out)?;
            self.offset += n as u64;
            return Ok(n);
        }
        let n = self.fill()?.read(out)?;
        self.consume(n);
        Ok(n)
    }
}

/// One read, repeated as long as it is merely interrupted.
fn read_some(source: &mut impl Read, out: &mut [u8]) -> io::Result<usize> {
    loop {
        match source.read(out) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

/// A source that tells after each read how many bytes have gone by, and stops when it is told to.
pub struct Watched<R, F> {
    source: R,
    n_read: u64,
    on_progress: F,
}

impl<R: Read, F: FnMut(u64) -> ControlFlow<()>> Watched<R, F> {
    /// Calls `on_progress` with the number of bytes read so far; `Break` makes every further read fail as [`Cancelled`].
    pub fn new(source: R, on_progress: F) -> Self {
        Self { source, n_read: 0, on_progress }
    }
}

impl<R: Read, F: FnMut(u64) -> ControlFlow<()>> Read for Watched<R, F> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if (self.on_progress)(self.n_read).is_break() {
            return Err(io::Error::other(Cancelled));
        }
        let n = self.source.read(out)?;
        self.n_read += n as u64;
        Ok(n)
    }
}

/// What a read fails with when the user does not want the result any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cancelled;

impl Cancelled {
    /// Whether this is why `error` came about.
    pub fn caused(error: &io::Error) -> bool {
        error.get_ref().is_some_and(|inner| inner.is::<Self>())
    }
}

impl std::fmt::Display for Cancelled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("cancelled")
    }
}

impl std::error::Error for Cancelled {}

/// For tests: a source that gives at most `step` bytes per read.
#[cfg(test)]
pub struct Trickle<'a> {
    /// What is still to be read.
    pub bytes: &'a [u8],
    /// The most a read gives.
    pub step: usize,
}

#[cfg(test)]
impl Read for Trickle<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = out.len().min(self.step);
        self.bytes.read(&mut out[..n])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn window_slides_over_its_source() {
        for step in 1..8 {
            let mut window = Window::with_capacity(Trickle { bytes: b"abcdefgh", step }, 4);
            assert!(window.at_least(3).unwrap().starts_with(b"abc"));
            window.consume(2);
            assert_eq!(window.at_least(9).unwrap(), b"cdef");
            assert_eq!(window.discard(3).unwrap(), 3);
            assert_eq!(window.offset(), 5);
            let mut rest = String::new();
            window.read_to_string(&mut rest).unwrap();
            assert_eq!(rest, "fgh");
            assert_eq!(window.offset(), 8);
            assert_eq!(window.discard(1).unwrap(), 0);
        }
    }

    #[test]
    fn cancelling_is_told_from_failing() {
        let mut watched =
            Watched::new(&b"abc"[..], |n| if n < 2 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) });
        let mut out = [0; 2];
        assert_eq!(watched.read(&mut out).unwrap(), 2);
        assert!(Cancelled::caused(&watched.read(&mut out).unwrap_err()));
        assert!(!Cancelled::caused(&io::Error::other("disk")));
    }
}
