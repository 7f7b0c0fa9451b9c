//! Long sorted lists of words that stand in the program. The compiler folds them, so that a word takes as many bytes as
//! it differs from the one before: a third of the room, also when compressed. They are unfolded on first use.

/// A sorted list of words.
pub struct List {
    /// All words, one after the other.
    text: Vec<u8>,
    /// Where each ends.
    ends: Vec<u32>,
}

/// Bytes below this do not occur in words. Each says how many bytes at the end of the last word to leave out before
/// those that follow are added; several in a row add up.
const FIRST_OF_WORDS: u8 = 0x20;

/// Ends the list. What follows are the lines that begin with `#`: licenses ask that their notices stay with the words.
const END: u8 = FIRST_OF_WORDS - 1;

/// The most that one byte leaves out.
const MOST: usize = END as usize - 1;

/// Folds a text of one word per line, as a `static`. Does not compile if the words are not in order.
macro_rules! folded {
    ($text:expr) => {{
        const TEXT: &[u8] = $text.as_bytes();
        #[allow(long_running_const_eval)] // about a second, once
        static FOLDED: [u8; $crate::lists::folded_len(TEXT)] = $crate::lists::fold(TEXT);
        &FOLDED
    }};
}
pub(crate) use folded;

/// How long the folded list will be.
pub const fn folded_len(text: &[u8]) -> usize {
    fold_to(text, &mut [])
}

/// Folds the list.
pub const fn fold<const LEN: usize>(text: &[u8]) -> [u8; LEN] {
    let mut out = [0; LEN];
    fold_to(text, &mut out);
    out
}

/// Writes as much as there is room for; says how much is needed.
#[allow(clippy::indexing_slicing)] // runs in the compiler only, which would say so
const fn fold_to(text: &[u8], out: &mut [u8]) -> usize {
    let (mut at, mut len) = (0, 0);
    let (mut old, mut old_end) = (0, 0);
    while at < text.len() {
        let end = line_end(text, at);
        if at < end && text[at] != b'#' {
            let mut same = 0;
            while old + same < old_end && at + same < end && text[old + same] == text[at + same] {
                same += 1;
            }
            let is_after = old + same == old_end || at + same < end && text[old + same] < text[at + same];
            assert!(is_after && at + same < end, "two words that are not in order");
            let mut left_out = old_end - old - same;
            while MOST < left_out {
                len = push(out, len, MOST as u8);
                left_out -= MOST;
            }
            len = push(out, len, left_out as u8);
            len = copy(text, at + same, end, out, len);
            (old, old_end) = (at, end);
        }
        at = end + 1;
    }
    len = push(out, len, END);
    at = 0;
    while at < text.len() {
        let end = line_end(text, at);
        if text[at] == b'#' {
            len = copy(text, at, end, out, len);
        }
        at = end + 1;
    }
    len
}

#[allow(clippy::indexing_slicing)]
const fn line_end(text: &[u8], mut at: usize) -> usize {
    while at < text.len() && text[at] != b'\n' {
        at += 1;
    }
    at
}

#[allow(clippy::indexing_slicing)]
const fn copy(text: &[u8], mut at: usize, end: usize, out: &mut [u8], mut len: usize) -> usize {
    while at < end {
        assert!(FIRST_OF_WORDS <= text[at], "a control character");
        len = push(out, len, text[at]);
        at += 1;
    }
    len
}

#[allow(clippy::indexing_slicing)]
const fn push(out: &mut [u8], len: usize, byte: u8) -> usize {
    if len < out.len() {
        out[len] = byte;
    }
    len + 1
}

impl List {
    /// Unfolds what [`folded`] made.
    pub fn unfold(folded: &[u8]) -> Self {
        let mut list = Self { text: Vec::new(), ends: Vec::new() };
        let (mut start, mut is_word) = (0, false);
        for byte in folded {
            if FIRST_OF_WORDS <= *byte {
                list.text.push(*byte);
                is_word = true;
                continue;
            }
            let end = list.text.len();
            if is_word {
                list.ends.push(end as u32);
                list.text.extend_from_within(start..);
                start = end;
                is_word = false;
            }
            if *byte == END {
                list.text.truncate(end);
                break;
            }
            list.text.truncate(list.text.len() - usize::from(*byte));
        }
        list
    }

    /// Whether a word is listed.
    pub fn contains(&self, word: &str) -> bool {
        self.get(self.n_before(word)) == Some(word.as_bytes())
    }

    /// Whether a listed word begins so.
    pub fn has_beginning(&self, beginning: &str) -> bool {
        self.get(self.n_before(beginning)).is_some_and(|word| word.starts_with(beginning.as_bytes()))
    }

    /// How many words there are.
    pub fn n_words(&self) -> usize {
        self.ends.len()
    }

    /// A word by its number.
    pub fn get(&self, at: usize) -> Option<&[u8]> {
        let start = at.checked_sub(1).map_or(Some(&0), |before| self.ends.get(before))?;
        self.text.get(*start as usize..*self.ends.get(at)? as usize)
    }

    fn n_before(&self, word: &str) -> usize {
        let (mut from, mut to) = (0, self.ends.len());
        while from < to {
            let middle = usize::midpoint(from, to);
            match self.get(middle) {
                Some(there) if there < word.as_bytes() => from = middle + 1,
                _ => to = middle,
            }
        }
        from
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: &str = "# Whose they are.\na\nab\nabandoned-by-all-its-friends-and-relations\nabout\n\nzoo\nzoos";

    #[test]
    fn what_was_folded_unfolds() {
        let list = List::unfold(folded!(WORDS));
        let lines: Vec<&str> = WORDS.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
        let words: Vec<&[u8]> = (0..list.n_words()).filter_map(|at| list.get(at)).collect();
        assert_eq!(words, lines.iter().map(|line| line.as_bytes()).collect::<Vec<_>>());
        assert!(folded!(WORDS).ends_with(b"\x1f# Whose they are."));
        assert_eq!(List::unfold(folded!("")).n_words(), 0);
    }

    #[test]
    fn words_are_found() {
        let list = List::unfold(folded!(WORDS));
        for (word, expected) in
            [("a", true), ("ab", true), ("zoos", true), ("", false), ("aba", false), ("zooz", false)]
        {
            assert_eq!(list.contains(word), expected, "{word}");
        }
        for (beginning, expected) in [("", true), ("aba", true), ("zoos", true), ("b", false), ("zoosx", false)] {
            assert_eq!(list.has_beginning(beginning), expected, "{beginning}");
        }
    }
}
