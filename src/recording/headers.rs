//! Header lines: interned names in lower case, interned values, in wire order, as ranges of one table.

use crate::text::StrId;

/// One header line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Field name in lower case. Pseudo headers (`:path`) are not stored.
    pub name: StrId,
    /// Field value as recorded, without surrounding white space; a line joined with "\n" was split.
    pub value: StrId,
}

/// The header lines of one message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HeaderRange {
    /// First line in the table.
    pub start: u32,
    /// One past the last line.
    pub end: u32,
}

/// All header lines of a recording.
#[derive(Default)]
pub struct HeaderTable {
    lines: Vec<Header>,
}

impl HeaderTable {
    /// Adds the lines of one message.
    pub fn push(&mut self, lines: impl IntoIterator<Item = Header>) -> HeaderRange {
        let start = self.lines.len() as u32;
        self.lines.extend(lines);
        HeaderRange { start, end: self.lines.len() as u32 }
    }

    /// The lines of one message in wire order.
    pub fn lines(&self, range: HeaderRange) -> &[Header] {
        self.lines.get(range.start as usize..range.end as usize).unwrap_or_default()
    }
}

impl HeaderRange {
    /// How many lines there are.
    pub fn len(self) -> usize {
        self.end.saturating_sub(self.start) as usize
    }

    /// Whether there is no line.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }
}
