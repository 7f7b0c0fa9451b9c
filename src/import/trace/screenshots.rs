//! Pictures of the page.

use crate::import::trace::clock::Offsets;
use crate::import::trace::event::Event;
use crate::order::Arrange;
use crate::recording::Screenshots as Kept;

/// Pictures beyond this many bytes together are counted but not kept.
const MAX_BYTES: usize = 64 * 1024 * 1024;

/// Collects screenshots.
#[derive(Default)]
pub struct Screenshots {
    found: Vec<(f64, String)>,
    n_bytes: usize,
}

impl Screenshots {
    /// `Screenshot`: an object with an id, or since Chrome 134 an instant
    pub fn event(&mut self, event: &Event<'_>) {
        let Some(picture) = event.args.get("snapshot").text() else { return };
        self.n_bytes += picture.len();
        let is_kept = self.n_bytes <= MAX_BYTES;
        self.found.push((event.ts, if is_kept { picture.into_owned() } else { String::new() }));
    }

    /// All of them by time.
    pub fn finish(mut self, offsets: Offsets) -> Kept {
        self.found.arrange_by(|a, b| a.0.total_cmp(&b.0));
        let mut kept = Kept::default();
        for (ts, picture) in self.found {
            kept.push(offsets.at(ts), &picture);
        }
        kept
    }
}
