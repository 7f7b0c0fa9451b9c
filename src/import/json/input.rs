//! The source as the parser sees it: byte by byte where it thinks, piece by piece where it copies.

use crate::import::json::error::{JsonError, JsonErrorKind, Result};
use crate::import::source::Window;
use std::io::Read;
use xxhash_rust::xxh3::Xxh3;

/// A [`Window`] whose errors are [`JsonError`]s, and which can hash what goes by.
pub(super) struct Input<R> {
    window: Window<R>,
    tap: Option<Tap>,
}

/// Hashes the bytes that are consumed.
struct Tap {
    hasher: Xxh3,
    /// How many of the bytes consumed since the window was last filled are hashed or before the tap.
    n_settled: usize,
}

impl<R: Read> Input<R> {
    pub(super) fn new(source: R) -> Self {
        Self { window: Window::new(source), tap: None }
    }

    #[inline]
    pub(super) fn offset(&self) -> u64 {
        self.window.offset()
    }

    /// The unread bytes that are in memory; maybe none although the source goes on.
    #[inline]
    pub(super) fn unread(&self) -> &[u8] {
        self.window.unread()
    }

    /// The unread bytes in memory, reading on if there are none. Empty means that the source has ended.
    #[inline]
    pub(super) fn fill(&mut self) -> Result<&[u8]> {
        if self.window.unread().is_empty() {
            self.refill()?;
        }
        Ok(self.window.unread())
    }

    /// The unread bytes in memory, at least `n` of them unless the source ends before.
    #[inline]
    pub(super) fn at_least(&mut self, n: usize) -> Result<&[u8]> {
        if self.window.unread().len() < n {
            self.settle();
            let offset = self.offset();
            if let Some(tap) = &mut self.tap {
                tap.n_settled = 0;
            }
            if let Err(error) = self.window.at_least(n) {
                return Err(JsonError::from_io(&error, offset));
            }
        }
        Ok(self.window.unread())
    }

    /// The next byte, unless the source has ended.
    #[inline]
    pub(super) fn peek(&mut self) -> Result<Option<u8>> {
        Ok(self.fill()?.first().copied())
    }

    /// The next byte; the end of the source is an error here.
    #[inline]
    pub(super) fn need(&mut self) -> Result<u8> {
        match self.peek()? {
            Some(byte) => Ok(byte),
            None => Err(self.error(JsonErrorKind::Truncated)),
        }
    }

    #[inline]
    pub(super) fn consume(&mut self, n: usize) {
        self.window.consume(n);
    }

    /// Consumes as many of [`Input::unread`] as `choose` says, if it does, and gives what it made of them.
    #[inline]
    pub(super) fn consume_with<'a, T>(&'a mut self, choose: impl FnOnce(&'a [u8]) -> Option<(usize, T)>) -> Option<T> {
        self.window.consume_with(choose)
    }

    /// Hashes what is consumed from here on.
    pub(super) fn start_hash(&mut self) {
        self.tap = Some(Tap { hasher: Xxh3::new(), n_settled: self.window.consumed().len() });
    }

    /// The hash of what was consumed since [`Input::start_hash`].
    pub(super) fn finish_hash(&mut self) -> u64 {
        self.settle();
        self.tap.take().map(|tap| tap.hasher.digest()).unwrap_or_default()
    }

    pub(super) fn error(&self, kind: JsonErrorKind) -> JsonError {
        JsonError { kind, offset: self.offset() }
    }

    #[cold]
    fn refill(&mut self) -> Result<()> {
        self.settle();
        let offset = self.offset();
        if let Some(tap) = &mut self.tap {
            tap.n_settled = 0;
        }
        match self.window.fill() {
            Ok(_) => Ok(()),
            Err(error) => Err(JsonError::from_io(&error, offset)),
        }
    }

    /// Hashes what was consumed and is not hashed yet.
    fn settle(&mut self) {
        if let Some(tap) = &mut self.tap {
            let consumed = self.window.consumed();
            tap.hasher.update(consumed.get(tap.n_settled..).unwrap_or_default());
            tap.n_settled = consumed.len();
        }
    }
}
