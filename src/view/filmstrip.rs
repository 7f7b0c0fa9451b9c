//! Screenshots over the time axis: which picture stands where, and which one shows a moment.

use crate::view::waterfall::Window;

/// Pixels between the left edges of pictures; as in `style/waterfall.css`.
pub const SLOT: f64 = 84.0;

/// A place in the strip.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slot {
    /// Pixels from the left edge of the axis.
    pub x: f64,
    /// Which picture.
    pub picture: usize,
}

/// As many places as fit beside each other. Each shows what the page looked like when its stretch of time ended: the
/// last picture until then, unless it is shown already. `times` are in order.
pub fn slots(times: &[f64], window: Window, width: f64) -> Vec<Slot> {
    /// More do not fit on any screen.
    const MOST: f64 = 100.0;
    let n = (width / SLOT).floor().clamp(0.0, MOST);
    let mut slots: Vec<Slot> = Vec::new();
    for at in 0..n as usize {
        // The last one ends with the axis.
        let end = if (at + 1) as f64 == n { window.to } else { window.time((at + 1) as f64 * SLOT, width) };
        let picture = times.partition_point(|time| *time <= end).checked_sub(1);
        if let Some(picture) = picture.filter(|picture| slots.last().is_none_or(|last| last.picture < *picture)) {
            slots.push(Slot { x: at as f64 * SLOT, picture });
        }
    }
    slots
}

/// The picture that is nearest to an instant. `times` are in order.
pub fn nearest(times: &[f64], ms: f64) -> Option<usize> {
    let after = times.partition_point(|time| *time < ms);
    let before = after.checked_sub(1);
    let distance = |at: usize| times.get(at).map_or(f64::INFINITY, |time| (time - ms).abs());
    match before {
        Some(before) if distance(before) < distance(after) => Some(before),
        _ if after < times.len() => Some(after),
        _ => before,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_picture_stands_once_where_it_came_up() {
        let check = |times: &[f64], from, to, expected: &[(f64, usize)]| {
            let found = slots(times, Window { from, to }, 4.5 * SLOT);
            assert_eq!(found.iter().map(|slot| (slot.x / SLOT, slot.picture)).collect::<Vec<_>>(), expected);
        };
        // Places end at 100, 200, 300 and, the last one, at 450.
        check(&[10.0, 50.0, 250.0, 440.0], 0.0, 450.0, &[(0.0, 1), (2.0, 2), (3.0, 3)]);
        check(&[300.0], 0.0, 450.0, &[(2.0, 0)]);
        check(&[10.0, 50.0], 200.0, 300.0, &[(0.0, 1)]);
        check(&[900.0], 0.0, 450.0, &[]);
        check(&[], 0.0, 450.0, &[]);
    }

    #[test]
    fn the_nearest_picture() {
        let check = |ms, expected| assert_eq!(nearest(&[100.0, 200.0, 400.0], ms), expected, "{ms}");
        check(0.0, Some(0));
        check(149.0, Some(0));
        check(151.0, Some(1));
        check(400.0, Some(2));
        check(9_000.0, Some(2));
        assert_eq!(nearest(&[], 5.0), None);
    }
}
