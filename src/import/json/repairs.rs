//! What the parser put right on its way.

/// Deviations from JSON that were read all the same. What was skipped unread was not looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Repairs {
    /// `\uD800`-like halves of a character, read as U+FFFD.
    pub lone_surrogates: Repair,
    /// Bytes that are not UTF-8, read as Latin-1.
    pub invalid_utf8: Repair,
    /// Control characters inside strings that should have been escaped.
    pub control_characters: Repair,
    /// Backslashes before something that needs none, and `\u` without four hexadecimal digits.
    pub bad_escapes: Repair,
    /// `NaN`, `Infinity`, `-Infinity`.
    pub non_finite_numbers: Repair,
    /// Numbers written as JSON does not allow: `+1`, `.5`, `01`.
    pub odd_numbers: Repair,
    /// `//` and `/* */`.
    pub comments: Repair,
    /// Commas before a closing bracket.
    pub trailing_commas: Repair,
    /// Values that follow each other without a comma.
    pub missing_commas: Repair,
}

/// One kind of repair: how often, and where first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Repair {
    /// How often.
    pub count: u64,
    /// Byte offset of the first one in the decoded source.
    pub first: Option<u64>,
}

impl Repair {
    /// Counts one at `offset`.
    pub fn note(&mut self, offset: u64) {
        self.count += 1;
        self.first.get_or_insert(offset);
    }
}

impl Repairs {
    /// Whether the text was JSON as it should be, as far as it was read.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
