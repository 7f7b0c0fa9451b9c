//! A `Blob` as `Read`, slice by slice, the next ones being fetched while one is read.
//!
//! To fetch a slice when it is needed is to wait longer for it than it takes to read it. So the browser fetches the next
//! slices ahead, in its own threads. They arrive while the worker is idle, which is what [`Observer::pause`] is for. To a
//! reader that goes on without pausing, as in a body of many megabytes, slices are fetched the blocking way.

use crate::import::Observer;
use js_sys::Uint8Array;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, Read};
use std::pin::Pin;
use std::task::{Context, Poll};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, FileReaderSync};

/// Bytes of a slice; progress is told as often.
const SLICE: f64 = 4.0 * 1024.0 * 1024.0;

/// Slices fetched ahead. Chromium gives 100 MB to a reader that takes 0.7 ms per megabyte in 345 ms if it blocks for each
/// slice, in 245, 222, 199 and 241 ms if one, two, three and four are under way. Other sizes of slices are not faster.
const MOST_AHEAD: usize = 3;

/// A blob being read. Both [`Source`] and [`Pauses`] are views of it.
pub struct Slices<'a>(RefCell<State<'a>>);

struct State<'a> {
    blob: &'a Blob,
    /// Blocking is allowed in a worker, and `terminate()` still stops it.
    reader: FileReaderSync,
    /// The slice being read. It stays with the browser until it is copied to where it is wanted.
    slice: Uint8Array,
    n_used: u32,
    /// Where the next slice begins.
    next: f64,
    /// The next slices, in order.
    ahead: VecDeque<Ahead>,
    progress: &'a mut dyn FnMut(f64),
}

/// A slice fetched ahead.
enum Ahead {
    Coming(JsFuture),
    Here(Uint8Array),
    /// To be fetched again: then it is known what went wrong.
    Failed,
}

impl<'a> Slices<'a> {
    /// Starts at the beginning. Each slice is told to `progress`, with the bytes read so far.
    pub fn new(blob: &'a Blob, progress: &'a mut dyn FnMut(f64)) -> io::Result<Self> {
        Ok(Self(RefCell::new(State {
            blob,
            reader: FileReaderSync::new().map_err(failed)?,
            slice: Uint8Array::new_with_length(0),
            n_used: 0,
            next: 0.0,
            ahead: VecDeque::new(),
            progress,
        })))
    }
}

/// The bytes of the blob.
pub struct Source<'a>(pub &'a Slices<'a>);

impl Read for Source<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut state = self.0.0.borrow_mut();
        if state.slice.length() <= state.n_used {
            state.go_on()?;
        }
        let left = state.slice.length().saturating_sub(state.n_used);
        let n = u32::try_from(buffer.len()).unwrap_or(u32::MAX).min(left);
        if let Some(to) = buffer.get_mut(..n as usize) {
            state.slice.subarray(state.n_used, state.n_used + n).copy_to(to);
        }
        state.n_used += n;
        Ok(n as usize)
    }
}

/// Waits until a whole slice is there beyond the one being read.
pub struct Pauses<'a>(pub &'a Slices<'a>);

impl Observer for Pauses<'_> {
    fn pause(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let mut state = self.0.0.borrow_mut();
        state.fetch_ahead();
        let Some(first) = state.ahead.front_mut() else { return Poll::Ready(()) };
        if let Ahead::Coming(coming) = first {
            *first = match Pin::new(coming).poll(context) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Ok(bytes)) => Ahead::Here(Uint8Array::new(&bytes)),
                Poll::Ready(Err(_)) => Ahead::Failed,
            };
        }
        Poll::Ready(())
    }
}

impl State<'_> {
    /// Where the slice that begins at `from` ends.
    fn end(&self, from: f64) -> f64 {
        (from + SLICE).min(self.blob.size())
    }

    fn fetch_ahead(&mut self) {
        while self.ahead.len() < MOST_AHEAD {
            let from = self.next + SLICE * self.ahead.len() as f64;
            let to = self.end(from);
            if to <= from {
                break;
            }
            let slice = self.blob.slice_with_f64_and_f64(from, to);
            self.ahead.push_back(match slice {
                Ok(slice) => Ahead::Coming(JsFuture::from(slice.array_buffer())),
                Err(_) => Ahead::Failed,
            });
        }
    }

    /// Takes the next slice; an empty one at the end.
    fn go_on(&mut self) -> io::Result<()> {
        let (from, to) = (self.next, self.end(self.next));
        self.n_used = 0;
        self.slice = Uint8Array::new_with_length(0);
        if to <= from {
            return Ok(());
        }
        self.slice = match self.ahead.pop_front() {
            Some(Ahead::Here(slice)) => slice,
            Some(Ahead::Coming(_) | Ahead::Failed) | None => {
                let slice = self.blob.slice_with_f64_and_f64(from, to).map_err(failed)?;
                Uint8Array::new(&self.reader.read_as_array_buffer(&slice).map_err(failed)?.into())
            }
        };
        self.next = to;
        (self.progress)(to);
        Ok(())
    }
}

fn failed(_: JsValue) -> io::Error {
    io::Error::other("the browser could not read the file; it may have been moved or changed since it was chosen")
}
