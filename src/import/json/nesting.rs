//! Which brackets are open: one bit each, so that deep nesting costs next to nothing.

/// The kind of an open bracket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bracket {
    Array,
    Object,
}

/// The open brackets, from outermost to innermost.
#[derive(Clone, Default)]
pub struct Nesting {
    /// A set bit is an object. Bit `n % 64` of word `n / 64` is the `n`th bracket.
    words: Vec<u64>,
    depth: usize,
}

impl Nesting {
    /// How many brackets are open.
    pub(super) fn depth(&self) -> usize {
        self.depth
    }

    /// The innermost open bracket.
    pub(super) fn innermost(&self) -> Option<Bracket> {
        let at = self.depth.checked_sub(1)?;
        let word = self.words.get(at / 64)?;
        Some(if word >> (at % 64) & 1 == 1 { Bracket::Object } else { Bracket::Array })
    }

    /// The outermost open bracket.
    pub(super) fn outermost(&self) -> Option<Bracket> {
        let word = self.words.first().filter(|_| 0 < self.depth)?;
        Some(if word & 1 == 1 { Bracket::Object } else { Bracket::Array })
    }

    /// Closes all brackets but the outermost `depth`.
    pub(super) fn truncate(&mut self, depth: usize) {
        self.depth = self.depth.min(depth);
    }

    /// Opens a bracket.
    pub(super) fn push(&mut self, bracket: Bracket) {
        if self.depth / 64 == self.words.len() {
            self.words.push(0);
        }
        if let Some(word) = self.words.get_mut(self.depth / 64) {
            let bit = 1 << (self.depth % 64);
            match bracket {
                Bracket::Object => *word |= bit,
                Bracket::Array => *word &= !bit,
            }
        }
        self.depth += 1;
    }

    /// Closes the innermost bracket.
    pub(super) fn pop(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remembers_every_bracket() {
        let kind = |n: usize| if n.is_multiple_of(3) { Bracket::Object } else { Bracket::Array };
        let mut nesting = Nesting::default();
        for round in 0..2 {
            for n in 0..200 {
                nesting.push(kind(n + round));
                assert_eq!(nesting.innermost(), Some(kind(n + round)));
            }
            for n in (0..200).rev() {
                assert_eq!(nesting.innermost(), Some(kind(n + round)));
                nesting.pop();
            }
            assert_eq!((nesting.innermost(), nesting.outermost(), nesting.depth()), (None, None, 0));
            (0..100).for_each(|n| nesting.push(kind(n + round)));
            nesting.truncate(70);
            assert_eq!((nesting.innermost(), nesting.outermost()), (Some(kind(69 + round)), Some(kind(round))));
            nesting.truncate(0);
        }
    }
}
