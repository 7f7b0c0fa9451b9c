//! Deflate, the compression inside gzip and zip.

use crate::import::source::Window;
use flate2::{Decompress, FlushDecompress, Status};
use std::io::{self, Read};

/// A deflate stream on its way out.
pub(super) struct Inflater {
    state: Decompress,
    /// How many bytes of the input may still belong to the stream.
    n_left: u64,
    outcome: Option<Outcome>,
}

/// How a stream ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Complete,
    Truncated,
    Corrupt,
}

/// What one step gives.
pub(super) enum Step {
    /// This many bytes, at least one.
    Bytes(usize),
    End(Outcome),
}

impl Inflater {
    /// A stream that may be as long as its input is.
    pub(super) fn unbounded() -> Self {
        Self::bounded(u64::MAX)
    }

    /// A stream of at most `n_compressed` bytes.
    pub(super) fn bounded(n_compressed: u64) -> Self {
        Self { state: Decompress::new(false), n_left: n_compressed, outcome: None }
    }

    /// Inflates into `out`, which must not be empty.
    pub(super) fn step(&mut self, input: &mut Window<impl Read>, out: &mut [u8]) -> io::Result<Step> {
        loop {
            if let Some(outcome) = self.outcome {
                return Ok(Step::End(outcome));
            }
            let available = input.fill()?;
            let n_usable = available.len().min(usize::try_from(self.n_left).unwrap_or(usize::MAX));
            let usable = available.get(..n_usable).unwrap_or_default();
            let (in_before, out_before) = (self.state.total_in(), self.state.total_out());
            let status = self.state.decompress(usable, out, FlushDecompress::None);
            let n_used = self.state.total_in() - in_before;
            let n_out = (self.state.total_out() - out_before) as usize;
            self.outcome = match status {
                Err(_) => Some(Outcome::Corrupt),
                Ok(Status::StreamEnd) => Some(Outcome::Complete),
                Ok(_) if usable.is_empty() && n_out == 0 => Some(Outcome::Truncated),
                Ok(_) => None,
            };
            self.n_left -= n_used;
            input.consume(n_used as usize);
            if 0 < n_out {
                return Ok(Step::Bytes(n_out));
            }
        }
    }
}
