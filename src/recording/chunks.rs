//! A list of very many rows in pieces: it grows without being copied, and gives its memory back while it is used up.

use crate::order::Arrange;
use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;

/// Bytes of a piece. Pieces of different rows are equally large, so that those of one list fit where those of another
/// were: in wasm, memory never returns to the system.
const CHUNK_BYTES: usize = 256 * 1024;

/// Rows, all pieces but the last full.
pub struct Chunks<T> {
    chunks: Vec<Vec<T>>,
    len: usize,
}

impl<T> Default for Chunks<T> {
    fn default() -> Self {
        Self { chunks: Vec::new(), len: 0 }
    }
}

impl<T: Copy> Chunks<T> {
    /// Rows of a piece.
    const N_ROWS: usize = CHUNK_BYTES / size_of::<T>();

    /// Adds a row.
    pub fn push(&mut self, row: T) {
        self.len += 1;
        if let Some(last) = self.chunks.last_mut().filter(|last| last.len() < Self::N_ROWS) {
            // Most lists of a thread are short: the first piece grows.
            return last.push(row);
        }
        let mut chunk = Vec::with_capacity(if self.chunks.is_empty() { 4 } else { Self::N_ROWS });
        chunk.push(row);
        self.chunks.push(chunk);
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// One row.
    #[inline]
    pub fn get(&self, at: usize) -> Option<&T> {
        self.chunks.get(at / Self::N_ROWS)?.get(at % Self::N_ROWS)
    }

    /// One row, to be changed.
    pub fn get_mut(&mut self, at: usize) -> Option<&mut T> {
        self.chunks.get_mut(at / Self::N_ROWS)?.get_mut(at % Self::N_ROWS)
    }

    /// All rows.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.chunks.iter().flatten()
    }

    /// All rows, each piece's memory freed after its last.
    pub fn drain(self) -> impl Iterator<Item = T> {
        self.chunks.into_iter().flatten()
    }

    /// Puts the rows in order; equal ones stay as they are. Needs no memory beside them, and next to no time if they are
    /// nearly in order, as events of a trace are.
    pub fn arrange(&mut self, compare: fn(&T, &T) -> Ordering) {
        let is_after = |a: &T, b: &T| compare(a, b) == Ordering::Greater;
        for chunk in &mut self.chunks {
            if !chunk.is_sorted_by(|a, b| !is_after(a, b)) {
                chunk.arrange_by(compare);
            }
        }
        let is_arranged = self.chunks.is_sorted_by(|a, b| match (a.last(), b.first()) {
            (Some(last), Some(first)) => !is_after(last, first),
            _ => true,
        });
        if is_arranged {
            return;
        }
        let runs = std::mem::take(self).chunks.into_iter().enumerate().filter_map(|(at, chunk)| {
            let mut rest = chunk.into_iter();
            Some(Run { head: rest.next()?, rest, at, compare })
        });
        let mut waiting: Vec<Run<T>> = runs.collect();
        // The next one to begin last. A heap has them in reverse.
        waiting.arrange();
        let mut merging = BinaryHeap::new();
        loop {
            while let Some(next) = waiting.pop_if(|next| merging.peek().is_none_or(|first| *first < *next)) {
                merging.push(next);
            }
            let Some(mut first) = merging.peek_mut() else { return };
            self.push(first.head);
            match first.rest.next() {
                Some(next) => first.head = next,
                None => {
                    PeekMut::pop(first);
                }
            }
        }
    }
}

/// A piece being merged with others. The one that comes first is the greatest.
struct Run<T> {
    head: T,
    rest: std::vec::IntoIter<T>,
    /// Which piece it was.
    at: usize,
    compare: fn(&T, &T) -> Ordering,
}

impl<T> Ord for Run<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.compare)(&other.head, &self.head).then(other.at.cmp(&self.at))
    }
}

impl<T> PartialOrd for Run<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> PartialEq for Run<T> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl<T> Eq for Run<T> {}

#[cfg(test)]
mod tests {
    use super::*;

    /// A row that fills a piece with few of its like.
    #[derive(Clone, Copy)]
    struct Row(u32, u32, #[expect(dead_code)] [u64; 8000]);

    fn check(keys: &[u32]) {
        let mut rows = Chunks::default();
        for (at, key) in (0..).zip(keys) {
            rows.push(Row(*key, at, [0; 8000]));
        }
        rows.arrange(|a, b| a.0.cmp(&b.0));
        let mut expected: Vec<_> = keys.iter().copied().zip(0_u32..).collect();
        expected.sort();
        assert_eq!(rows.len(), keys.len());
        assert_eq!(rows.iter().map(|row| (row.0, row.1)).collect::<Vec<_>>(), expected, "{keys:?}");
        for (at, expected) in expected.iter().enumerate() {
            assert_eq!(rows.get(at).map(|row| (row.0, row.1)), Some(*expected));
        }
        assert_eq!(rows.drain().map(|row| (row.0, row.1)).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn rows_are_arranged_across_pieces() {
        assert_eq!(Chunks::<Row>::N_ROWS, 4);
        check(&[]);
        check(&[1, 2, 3, 4, 5, 6, 7, 8, 9]);
        check(&[9, 8, 7, 6, 5, 4, 3, 2, 1]);
        check(&[1, 1, 1, 1, 1, 1, 0, 1, 1]);
        check(&[1, 2, 3, 9, 4, 5, 6, 7, 8, 9, 10, 11, 0, 1]);
        let mut random = 1_u32;
        for n in 0..40 {
            let next = |_| {
                random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                random >> 28
            };
            check(&(0..n).map(next).collect::<Vec<_>>());
        }
    }
}
