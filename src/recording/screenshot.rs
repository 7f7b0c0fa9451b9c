//! Pictures of the page. They are for the screen only and never part of a report.

use crate::units::Millis;

/// Pictures in the order of time, JPEG in base64 as recorded.
#[derive(Default)]
pub struct Screenshots {
    /// When each was expected to be shown.
    pub at: Vec<Millis>,
    /// All pictures one after the other.
    text: String,
    ends: Vec<usize>,
}

impl Screenshots {
    /// Adds a picture. `base64` may be empty if it was too much to keep.
    pub fn push(&mut self, at: Millis, base64: &str) {
        self.at.push(at);
        self.text.push_str(base64);
        self.ends.push(self.text.len());
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.at.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.at.is_empty()
    }

    /// Bytes kept.
    pub fn n_bytes(&self) -> usize {
        self.text.len()
    }

    /// The picture at a position, in base64; `None` if there is none or it was not kept.
    pub fn base64(&self, at: usize) -> Option<&str> {
        let start = match at.checked_sub(1) {
            Some(before) => *self.ends.get(before)?,
            None => 0,
        };
        self.text.get(start..*self.ends.get(at)?).filter(|text| !text.is_empty())
    }
}
