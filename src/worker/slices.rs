//! A `Blob` as `Read`, slice by slice, the next ones being fetched while one is read.
//!
//! To fetch a slice when it is needed is to wait longer for it than it takes to read it. So the browser streams the blob,
//! in its own threads, into a few buffers that are used again and again. They are filled while the worker is idle, which
//! is what [`Observer::pause`] is for. A reader that goes on without pausing, as in a body of many megabytes, gets what
//! it needs the blocking way, which `terminate()` still stops; so does everybody where blobs cannot be streamed so.
//!
//! Chromium gives 100 MB to a reader that takes 0.7 ms per megabyte in 244 ms if it blocks for each slice of 8 MiB, in
//! 237 ms if three slices of 4 MiB are fetched ahead (new memory for each costs as much as it gains), and in 145 ms if
//! they are streamed into buffers of 1 or 2 MiB.

use crate::import::Observer;
use js_sys::{ArrayBuffer, Object, Promise, Reflect, Uint8Array};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, Read};
use std::pin::Pin;
use std::task::{Context, Poll};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, FileReaderSync, ReadableStreamByobReader, ReadableStreamReadResult};

/// Bytes of a slice that is fetched ahead.
const SLICE: u32 = 1024 * 1024;

/// Slices that are there before the next entry is read. Entries that are longer than all of them are read the slow way.
const MOST_AHEAD: usize = 4;

/// Bytes of a slice that is read the blocking way: 100 MB take 400 ms in slices of 1 MiB, 235 in those of 4, 171 in those
/// of 8 and 187 in those of 16.
const BLOCK: f64 = 8.0 * 1024.0 * 1024.0;

/// Progress is told after so many bytes: some ten times a second.
const STEP: f64 = 4.0 * 1024.0 * 1024.0;

/// A blob being read. Both [`Source`] and [`Pauses`] are views of it.
pub struct Slices<'a>(RefCell<State<'a>>);

struct State<'a> {
    blob: &'a Blob,
    reader: FileReaderSync,
    /// The slice being read. It stays with the browser until it is copied to where it is wanted.
    slice: Uint8Array,
    n_used: u32,
    /// Where the next slice begins.
    next: f64,
    /// The next slices, in order.
    ahead: VecDeque<Uint8Array>,
    stream: Option<Stream>,
    /// Whether blobs can be streamed into buffers.
    is_streamable: bool,
    /// Buffers to be filled again.
    spare: Vec<ArrayBuffer>,
    told: f64,
    progress: &'a mut dyn FnMut(f64),
}

impl<'a> Slices<'a> {
    /// Starts at the beginning. `progress` is told the bytes read so far.
    pub fn new(blob: &'a Blob, progress: &'a mut dyn FnMut(f64)) -> io::Result<Self> {
        Ok(Self(RefCell::new(State {
            blob,
            reader: FileReaderSync::new().map_err(failed)?,
            slice: Uint8Array::new_with_length(0),
            n_used: 0,
            next: 0.0,
            ahead: VecDeque::new(),
            stream: None,
            is_streamable: true,
            spare: Vec::new(),
            told: 0.0,
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

/// Waits until [`MOST_AHEAD`] slices are there beyond the one being read.
pub struct Pauses<'a>(pub &'a Slices<'a>);

impl Observer for Pauses<'_> {
    fn pause(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let mut state = self.0.0.borrow_mut();
        while state.ahead.len() < MOST_AHEAD && state.is_streamable {
            match state.fetch(context) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Some(slice)) => state.ahead.push_back(slice),
                Poll::Ready(None) => break,
            }
        }
        Poll::Ready(())
    }
}

impl State<'_> {
    /// The slice behind those that are there. `None`: there is none, or it cannot be streamed.
    fn fetch(&mut self, context: &mut Context<'_>) -> Poll<Option<Uint8Array>> {
        let stream = match &mut self.stream {
            Some(stream) => stream,
            None if self.next < self.blob.size() => {
                let stream = Stream::new(self.blob, self.next).ok();
                self.is_streamable = stream.is_some();
                match stream {
                    Some(stream) => self.stream.insert(stream),
                    None => return Poll::Ready(None),
                }
            }
            None => return Poll::Ready(None),
        };
        if self.blob.size() <= stream.at {
            return Poll::Ready(None);
        }
        let spare = &mut self.spare;
        let coming = stream.coming.get_or_insert_with(|| {
            let buffer = spare.pop().unwrap_or_else(|| ArrayBuffer::new(SLICE));
            JsFuture::from(stream.reader.read_at_least(&Uint8Array::new(&buffer), &stream.whole))
        });
        let Poll::Ready(result) = Pin::new(coming).poll(context) else { return Poll::Pending };
        stream.coming = None;
        let slice = result.ok().and_then(|result| {
            result.unchecked_into::<ReadableStreamReadResult>().get_value().dyn_into::<Uint8Array>().ok()
        });
        match slice.filter(|slice| 0 < slice.length()) {
            Some(slice) => {
                stream.at += f64::from(slice.length());
                Poll::Ready(Some(slice))
            }
            None => {
                // The blocking way tells what is wrong.
                self.is_streamable = false;
                Poll::Ready(None)
            }
        }
    }

    /// Takes the next slice; an empty one at the end.
    fn go_on(&mut self) -> io::Result<()> {
        let buffer = self.slice.buffer();
        if buffer.byte_length() == SLICE {
            self.spare.push(buffer);
        }
        self.n_used = 0;
        self.slice = match self.ahead.pop_front() {
            Some(slice) => slice,
            None => self.block()?,
        };
        self.next += f64::from(self.slice.length());
        if self.told + STEP <= self.next || self.next == self.blob.size() && self.told < self.next {
            self.told = self.next;
            (self.progress)(self.next);
        }
        Ok(())
    }

    /// Reads the next slice the blocking way.
    fn block(&mut self) -> io::Result<Uint8Array> {
        let end = (self.next + BLOCK).min(self.blob.size());
        if end <= self.next {
            return Ok(Uint8Array::new_with_length(0));
        }
        // It goes on behind what is read here.
        self.stream = None;
        let slice = self.blob.slice_with_f64_and_f64(self.next, end).map_err(failed)?;
        Ok(Uint8Array::new(&self.reader.read_as_array_buffer(&slice).map_err(failed)?.into()))
    }
}

/// The rest of a blob as it comes.
struct Stream {
    reader: Filling,
    /// Where what is coming begins.
    at: f64,
    coming: Option<JsFuture>,
    /// That a buffer is to be filled wholly: of browsers that do not know this slices come half full.
    whole: Object,
}

impl Stream {
    fn new(blob: &Blob, from: f64) -> Result<Self, JsValue> {
        let rest = blob.slice_with_f64_and_f64(from, blob.size())?;
        let reader = ReadableStreamByobReader::new(&rest.stream())?.unchecked_into();
        let whole = Object::new();
        Reflect::set(&whole, &"min".into(), &SLICE.into())?;
        Ok(Self { reader, at: from, coming: None, whole })
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        // Nobody waits for that.
        let _ = self.reader.cancel();
    }
}

#[wasm_bindgen]
extern "C" {
    /// `read` with its second argument, which web-sys does not have.
    #[wasm_bindgen(extends = ReadableStreamByobReader)]
    type Filling;
    #[wasm_bindgen(method, js_name = read)]
    fn read_at_least(this: &Filling, buffer: &Uint8Array, options: &Object) -> Promise;
}

fn failed(_: JsValue) -> io::Error {
    io::Error::other("the browser could not read the file; it may have been moved or changed since it was chosen")
}
