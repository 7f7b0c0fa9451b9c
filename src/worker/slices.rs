//! A `Blob` as `Read`, slice by slice: the same importer code runs over a file on disk.

use js_sys::Uint8Array;
use std::io::{self, Read};
use wasm_bindgen::JsValue;
use web_sys::{Blob, FileReaderSync};

/// Bytes read at a time. Larger ones are hardly faster (measured with 1, 4 and 16 MiB), and progress would stutter.
const SLICE: f64 = 4.0 * 1024.0 * 1024.0;

/// A blob being read. Blocking is allowed in a worker, and `terminate()` still stops it. Each slice is told to
/// `progress`, with the bytes read so far.
pub struct Slices<'a> {
    blob: &'a Blob,
    reader: FileReaderSync,
    at: f64,
    slice: Vec<u8>,
    used: usize,
    progress: &'a mut dyn FnMut(f64),
}

impl<'a> Slices<'a> {
    /// Starts at the beginning.
    pub fn new(blob: &'a Blob, progress: &'a mut dyn FnMut(f64)) -> io::Result<Self> {
        Ok(Self { blob, reader: FileReaderSync::new().map_err(failed)?, at: 0.0, slice: Vec::new(), used: 0, progress })
    }

    fn refill(&mut self) -> io::Result<()> {
        let end = (self.at + SLICE).min(self.blob.size());
        self.used = 0;
        self.slice.clear();
        if end <= self.at {
            return Ok(());
        }
        let slice = self.blob.slice_with_f64_and_f64(self.at, end).map_err(failed)?;
        self.slice = Uint8Array::new(&self.reader.read_as_array_buffer(&slice).map_err(failed)?.into()).to_vec();
        self.at = end;
        (self.progress)(end);
        Ok(())
    }
}

impl Read for Slices<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.slice.len() <= self.used {
            self.refill()?;
        }
        let left = self.slice.get(self.used..).unwrap_or_default();
        let n = left.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..n), left.get(..n)) {
            to.copy_from_slice(from);
        }
        self.used += n;
        Ok(n)
    }
}

fn failed(_: JsValue) -> io::Error {
    io::Error::other("the browser could not read the file; it may have been moved or changed since it was chosen")
}
