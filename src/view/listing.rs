//! Which rows of a list are shown: all, or those that a filter let pass. A place is counted among those that are shown.

use crate::view::keymap::Step;
use std::sync::Arc;

/// The rows that are shown, in their order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listing {
    n_rows: usize,
    shown: Option<Arc<Vec<u32>>>,
}

impl Listing {
    /// Of so many rows those; `None`: all of them.
    pub fn new(n_rows: usize, shown: Option<Arc<Vec<u32>>>) -> Self {
        Self { n_rows, shown }
    }

    /// How many are shown.
    pub fn len(&self) -> usize {
        self.shown.as_ref().map_or(self.n_rows, |shown| shown.len())
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The row at a place.
    pub fn row(&self, place: usize) -> Option<usize> {
        match &self.shown {
            Some(shown) => shown.get(place).map(|row| *row as usize),
            None => (place < self.n_rows).then_some(place),
        }
    }

    /// The place of a row; `None`: it is not shown.
    pub fn place(&self, row: usize) -> Option<usize> {
        match &self.shown {
            Some(shown) => shown.binary_search(&(row as u32)).ok(),
            None => (row < self.n_rows).then_some(row),
        }
    }

    /// The next or previous row that is shown and `fits`.
    pub fn step(&self, row: usize, step: Step, fits: impl Fn(usize) -> bool) -> Option<usize> {
        let at = self.place(row)?;
        match step {
            Step::Next => (at + 1..self.len()).filter_map(|place| self.row(place)).find(|row| fits(*row)),
            Step::Previous => (0..at).rev().filter_map(|place| self.row(place)).find(|row| fits(*row)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_those_of_what_is_shown() {
        let all = Listing::new(5, None);
        assert_eq!((all.len(), all.row(4), all.row(5), all.place(3), all.place(5)), (5, Some(4), None, Some(3), None));
        let some = Listing::new(5, Some(Arc::new(vec![1, 4])));
        assert_eq!(
            (some.len(), some.row(1), some.row(2), some.place(4), some.place(3)),
            (2, Some(4), None, Some(1), None)
        );
        assert!(Listing::new(5, Some(Arc::default())).is_empty());
    }

    #[test]
    fn steps_go_only_to_what_fits() {
        let odd = |row: usize| row % 2 == 1;
        let all = Listing::new(6, None);
        assert_eq!(all.step(1, Step::Next, odd), Some(3));
        assert_eq!(all.step(1, Step::Previous, odd), None);
        let some = Listing::new(6, Some(Arc::new(vec![1, 2, 5])));
        assert_eq!(some.step(1, Step::Next, odd), Some(5));
        assert_eq!(some.step(3, Step::Next, odd), None);
    }
}
