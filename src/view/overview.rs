//! The strip over the waterfall: how much came when, over the whole recording.

use crate::recording::Phase;
use crate::view::rows::{Rows, known};
use crate::view::waterfall::Window;

/// Height of the strip in CSS pixels.
pub const HEIGHT: f64 = 36.0;

/// Pixels of a column of the strip.
pub const COLUMN: f64 = 3.0;

/// What the columns tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Bytes that arrived.
    Bytes,
    /// Requests under way: no sizes were recorded.
    Requests,
}

/// How high each of so many columns is, from 0 to 1. The square root of what it tells: else one large file would make
/// all others vanish.
pub fn columns(rows: &Rows, whole: Window, n_columns: usize) -> (Measure, Vec<f64>) {
    let measure = match rows.bytes.iter().any(|bytes| known(*bytes).is_some_and(|bytes| 0.0 < bytes)) {
        true => Measure::Bytes,
        false => Measure::Requests,
    };
    // Differences between a column and the one before, so that long requests cost no more than short ones.
    let mut steps = vec![0.0; n_columns + 1];
    for row in (0..rows.len()).filter_map(|at| rows.get(at)) {
        let (Some(start), Some(end)) = (row.start, row.end()) else { continue };
        let receive = row.phases.get(Phase::Receive as usize).and_then(|ms| known(f64::from(*ms)));
        let (from, amount) = match measure {
            Measure::Bytes => (receive.map_or(start, |ms| (end - ms).max(start)), row.bytes.unwrap_or_default()),
            Measure::Requests => (start, 1.0),
        };
        let column = |ms: f64| (whole.x(ms, n_columns as f64).max(0.0) as usize).min(n_columns.saturating_sub(1));
        let (first, last) = (column(from), column(end));
        let share = match measure {
            Measure::Bytes => amount / (last + 1 - first) as f64,
            Measure::Requests => amount,
        };
        if let Some(step) = steps.get_mut(first) {
            *step += share;
        }
        if let Some(step) = steps.get_mut(last + 1) {
            *step -= share;
        }
    }
    let mut now = 0.0;
    let mut heights: Vec<f64> = Vec::with_capacity(n_columns);
    for step in steps.iter().take(n_columns) {
        now += step;
        heights.push(f64::max(now, 0.0));
    }
    let most = heights.iter().copied().fold(0.0, f64::max);
    let heights = heights.into_iter().map(|height| if 0.0 < most { (height / most).sqrt() } else { 0.0 });
    (measure, heights.collect())
}

/// The stretch of time between two places of the strip.
pub fn between(a: f64, b: f64, whole: Window, width: f64) -> Window {
    let (from, to) = (whole.time(a.min(b), width), whole.time(a.max(b), width));
    Window { from, to }.kept_in(whole)
}

/// The same stretch around another place of the strip.
pub fn centered(window: Window, x: f64, whole: Window, width: f64) -> Window {
    let (middle, half) = (whole.time(x, width), window.duration() / 2.0);
    Window { from: middle - half, to: middle + half }.kept_in(whole)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::rows::testing::rows;

    const NONE: f32 = f32::NAN;

    const WHOLE: Window = Window { from: 0.0, to: 1000.0 };

    #[test]
    fn bytes_count_while_they_arrive() {
        let mut rows = rows(&[
            (0.0, [NONE, NONE, NONE, NONE, NONE, 500.0, 199.0], 699.0),
            (800.0, [NONE; 7], 50.0),
            (f64::NAN, [NONE; 7], 50.0),
        ]);
        rows.bytes = vec![8_000.0, 1_000.0, 9.0];
        let (measure, heights) = columns(&rows, WHOLE, 10);
        assert_eq!(measure, Measure::Bytes);
        assert_eq!(heights, [0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.5, 0.0]);
    }

    #[test]
    fn without_sizes_requests_are_counted() {
        let rows =
            rows(&[(0.0, [NONE; 7], 399.0), (0.0, [NONE; 7], 199.0), (0.0, [NONE; 7], 199.0), (0.0, [NONE; 7], 199.0)]);
        let (measure, heights) = columns(&rows, WHOLE, 5);
        assert_eq!((measure, heights), (Measure::Requests, vec![1.0, 0.5, 0.0, 0.0, 0.0]));
        assert_eq!(columns(&Rows::default(), WHOLE, 3).1, [0.0; 3]);
        assert!(columns(&rows, WHOLE, 0).1.is_empty());
    }

    #[test]
    fn places_become_stretches_of_time() {
        assert_eq!(between(60.0, 20.0, WHOLE, 100.0), Window { from: 200.0, to: 600.0 });
        assert_eq!(between(-50.0, 20.0, WHOLE, 100.0).from, 0.0);
        let window = Window { from: 0.0, to: 100.0 };
        assert_eq!(centered(window, 50.0, WHOLE, 100.0), Window { from: 450.0, to: 550.0 });
        assert_eq!(centered(window, 100.0, WHOLE, 100.0), Window { from: 900.0, to: 1000.0 });
    }
}
