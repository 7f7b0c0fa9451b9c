//! The waterfall: rows, the stretch of time in view, where bars lie, what lies under the pointer, where keys lead.
//!
//! Nothing here knows a canvas or a component: the page draws what these functions answer.

use crate::recording::Phase;
use crate::view::rows::{Row, Rows, known};
use std::ops::Range;

/// Height of a row in CSS pixels: the smallest target that WCAG 2.5.8 allows.
pub const ROW_HEIGHT: f64 = 24.0;

/// A bar is never narrower than this, so that a request of half a millisecond can be seen.
pub const THINNEST_BAR: f64 = 2.0;

/// The narrowest stretch of time that can be zoomed to, in milliseconds: below it clocks of browsers say nothing.
pub const NARROWEST_VIEW: f64 = 1.0;

/// Rows kept in the document above and below what is in view, so that scrolling shows no gap.
const OVERSCAN: usize = 8;

/// From navigation start (or the first request, if that is earlier) to the end of the last one, and a little more so
/// that the last bar does not touch the edge.
pub fn whole(rows: &Rows) -> Window {
    const MARGIN: f64 = 1.02;
    let mut all = Window { from: 0.0, to: 0.0 };
    for (start, duration) in rows.start.iter().zip(&rows.duration) {
        if let Some(start) = known(*start) {
            all.from = all.from.min(start);
            all.to = all.to.max(start + known(*duration).unwrap_or_default());
        }
    }
    Window { from: all.from, to: all.from + ((all.to - all.from) * MARGIN).max(NARROWEST_VIEW) }
}

/// The bars of a row in the order of time: one a phase, or one of no phase if it was recorded undivided.
pub fn bars(row: Row<'_>, window: Window, width: f64) -> Vec<Bar> {
    let Some(start) = row.start else { return Vec::new() };
    let mut bars = Vec::with_capacity(7);
    let mut at = start;
    for (phase, ms) in Phase::ALL.into_iter().zip(row.phases) {
        let Some(ms) = known(f64::from(*ms)).filter(|ms| 0.0 < *ms) else { continue };
        push_bar(&mut bars, window, width, at, at + ms, Some(phase));
        at += ms;
    }
    if bars.is_empty() && at <= start {
        push_bar(&mut bars, window, width, start, start + row.duration.unwrap_or_default(), None);
    }
    bars
}

fn push_bar(bars: &mut Vec<Bar>, window: Window, width: f64, from: f64, to: f64, phase: Option<Phase>) {
    let (left, right) = (window.x(from, width), window.x(to, width));
    let (left, right) = (left.max(-THINNEST_BAR), right.min(width + THINNEST_BAR));
    if left <= width && 0.0 <= right && left <= right {
        bars.push(Bar { x: left, width: (right - left).max(THINNEST_BAR), phase });
    }
}

/// A rectangle in a row.
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct Bar {
    pub x: f64,
    pub width: f64,
    /// `None`: the request was recorded undivided.
    pub phase: Option<Phase>,
}

impl Bar {
    /// Setting up is thin, waiting for and receiving the answer is tall.
    pub fn is_tall(&self) -> bool {
        matches!(self.phase, None | Some(Phase::Wait | Phase::Receive))
    }
}

/// The stretch of time in view, in milliseconds from navigation start. `from < to`.
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct Window {
    pub from: f64,
    pub to: f64,
}

impl Window {
    /// How long it is.
    pub fn duration(self) -> f64 {
        self.to - self.from
    }

    /// Where an instant lies in a picture of this width.
    pub fn x(self, ms: f64, width: f64) -> f64 {
        (ms - self.from) / self.duration() * width
    }

    /// Which instant lies there.
    pub fn time(self, x: f64, width: f64) -> f64 {
        self.from + x / width.max(1.0) * self.duration()
    }

    /// Shorter (`factor < 1`) or longer, `anchor` staying where it is; never outside `whole`.
    pub fn zoomed(self, factor: f64, anchor: f64, whole: Self) -> Self {
        let duration = (self.duration() * factor).clamp(NARROWEST_VIEW, whole.duration());
        let share = ((anchor - self.from) / self.duration()).clamp(0.0, 1.0);
        let from = anchor - share * duration;
        Self { from, to: from + duration }.kept_in(whole)
    }

    /// Moved by a share of its own length; never outside `whole`.
    pub fn panned(self, share: f64, whole: Self) -> Self {
        let by = self.duration() * share;
        Self { from: self.from + by, to: self.to + by }.kept_in(whole)
    }

    /// One request with room on both sides.
    pub fn around(start: f64, end: f64, whole: Self) -> Self {
        let room = ((end - start) * 0.25).max(NARROWEST_VIEW);
        Self { from: start - room, to: end + room }.kept_in(whole)
    }

    /// Moved so that the instant is in view, if it is not.
    pub fn showing(self, ms: f64, whole: Self) -> Self {
        match self.from <= ms && ms <= self.to {
            true => self,
            false => Self { from: ms - self.duration() / 4.0, to: ms + self.duration() * 0.75 }.kept_in(whole),
        }
    }

    /// Moved and cut so that it is within `whole`.
    pub fn kept_in(self, whole: Self) -> Self {
        let duration = self.duration().clamp(NARROWEST_VIEW, whole.duration().max(NARROWEST_VIEW));
        let from = self.from.clamp(whole.from, (whole.to - duration).max(whole.from));
        Self { from, to: from + duration }
    }

    /// Round instants to mark on the time axis, about `apart` pixels from each other.
    pub fn ticks(self, width: f64, apart: f64) -> Vec<f64> {
        let wanted = (width / apart).max(1.0);
        let step = round_step(self.duration() / wanted);
        let first = (self.from / step).ceil() as i64;
        let last = (self.to / step).floor() as i64;
        (first..=last.min(first + 100)).map(|n| n as f64 * step).collect()
    }
}

/// The next of 1, 2, 5, 10, 20, 50, …
fn round_step(at_least: f64) -> f64 {
    let magnitude = 10_f64.powf(at_least.max(0.001).log10().floor());
    [1.0, 2.0, 5.0, 10.0].map(|step| step * magnitude).into_iter().find(|step| at_least <= *step).unwrap_or(magnitude)
}

/// The rows that must be in the document.
pub fn rows_in_view(scroll_top: f64, height: f64, n_rows: usize) -> Range<usize> {
    let first = (scroll_top.max(0.0) / ROW_HEIGHT).floor() as usize;
    let last = ((scroll_top.max(0.0) + height.max(0.0)) / ROW_HEIGHT).ceil() as usize;
    first.saturating_sub(OVERSCAN).min(n_rows)..last.saturating_add(OVERSCAN).min(n_rows)
}

/// The row at a distance from the top of the list.
pub fn row_at(y: f64, n_rows: usize) -> Option<usize> {
    let row = (y / ROW_HEIGHT).floor();
    (0.0 <= row && row < n_rows as f64).then_some(row as usize)
}

/// The scroll position that shows a row, as near to the present one as can be.
pub fn scroll_to(row: usize, scroll_top: f64, height: f64) -> f64 {
    let top = row as f64 * ROW_HEIGHT;
    let lowest = (top + ROW_HEIGHT - height).max(0.0);
    scroll_top.max(lowest).min(top)
}

/// Where a key leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Move {
    Up,
    Down,
    PageUp,
    PageDown,
    First,
    Last,
}

/// The row a key leads to; `None` only if there is no row.
pub fn moved(from: Option<usize>, by: Move, height: f64, n_rows: usize) -> Option<usize> {
    let last = n_rows.checked_sub(1)?;
    let page = ((height / ROW_HEIGHT).floor() as usize).saturating_sub(1).max(1);
    let Some(from) = from else {
        return Some(if by == Move::Last { last } else { 0 });
    };
    let to = match by {
        Move::Up => from.saturating_sub(1),
        Move::Down => from + 1,
        Move::PageUp => from.saturating_sub(page),
        Move::PageDown => from + page,
        Move::First => 0,
        Move::Last => last,
    };
    Some(to.min(last))
}

/// Labels of vertical lines that would overlap are put in the next line of text. Gives the line of each.
pub fn label_lines(lines: &[(f64, f64)]) -> Vec<usize> {
    let mut ends: Vec<f64> = Vec::new();
    let mut places = Vec::with_capacity(lines.len());
    for (x, width) in lines {
        match ends.iter_mut().enumerate().find(|(_, end)| **end <= *x) {
            Some((line, end)) => {
                *end = x + width;
                places.push(line);
            }
            None => {
                places.push(ends.len());
                ends.push(x + width);
            }
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::rows::testing::rows;

    const WHOLE: Window = Window { from: 0.0, to: 1000.0 };

    const NONE: f32 = f32::NAN;

    #[test]
    fn bars_follow_each_other_without_a_gap() {
        let rows = rows(&[(100.0, [50.0, NONE, NONE, NONE, 0.0, 200.0, 100.0], 350.0)]);
        let bars = super::bars(rows.get(0).expect("a row"), WHOLE, 500.0);
        let expected = [(50.0, 25.0, Phase::Queued), (75.0, 100.0, Phase::Wait), (175.0, 50.0, Phase::Receive)];
        assert_eq!(bars, expected.map(|(x, width, phase)| Bar { x, width, phase: Some(phase) }));
        assert_eq!([false, true, true], [0, 1, 2].map(|at| bars[at].is_tall()));
    }

    #[test]
    fn bars_outside_the_view_are_left_out_and_short_ones_can_be_seen() {
        let check = |start, duration, expected: Option<(f64, f64)>| {
            let rows = rows(&[(start, [NONE; 7], duration)]);
            let bars = super::bars(rows.get(0).expect("a row"), Window { from: 500.0, to: 1000.0 }, 500.0);
            assert_eq!(bars.first().map(|bar| (bar.x, bar.width)), expected, "{start} {duration}");
        };
        check(600.0, 0.0, Some((100.0, THINNEST_BAR)));
        check(600.0, 50.0, Some((100.0, 50.0)));
        check(100.0, 50.0, None);
        check(1200.0, 50.0, None);
        check(0.0, 5000.0, Some((-THINNEST_BAR, 500.0 + 2.0 * THINNEST_BAR)));
    }

    #[test]
    fn the_whole_holds_everything() {
        let all = rows(&[(-50.0, [NONE; 7], 10.0), (100.0, [NONE; 7], 850.0), (f64::NAN, [NONE; 7], 9.0)]);
        let all = super::whole(&all);
        assert_eq!(all.from, -50.0);
        assert!(950.0 < all.to && all.to < 1000.0, "{all:?}");
        assert!(0.0 < super::whole(&Rows::default()).duration());
    }

    #[test]
    fn zoom_keeps_the_instant_under_the_pointer() {
        let view = WHOLE.zoomed(0.5, 400.0, WHOLE);
        assert_eq!(view.duration(), 500.0);
        assert!((view.x(400.0, 100.0) - WHOLE.x(400.0, 100.0)).abs() < 1e-9);
        assert_eq!(view.zoomed(10.0, 400.0, WHOLE), WHOLE);
        assert_eq!(view.zoomed(1e-9, 400.0, WHOLE).duration(), NARROWEST_VIEW);
        assert_eq!(WHOLE.time(WHOLE.x(123.0, 77.0), 77.0), 123.0);
    }

    #[test]
    fn panning_stops_at_the_ends() {
        let view = Window { from: 100.0, to: 300.0 };
        assert_eq!(view.panned(0.5, WHOLE), Window { from: 200.0, to: 400.0 });
        assert_eq!(view.panned(-5.0, WHOLE), Window { from: 0.0, to: 200.0 });
        assert_eq!(view.panned(50.0, WHOLE), Window { from: 800.0, to: 1000.0 });
        assert_eq!(view.showing(200.0, WHOLE), view);
        let shown = view.showing(900.0, WHOLE);
        assert!(shown.from <= 900.0 && 900.0 <= shown.to && shown.duration() == 200.0, "{shown:?}");
        assert_eq!(Window::around(400.0, 500.0, WHOLE), Window { from: 375.0, to: 525.0 });
    }

    #[test]
    fn ticks_are_round() {
        assert_eq!(WHOLE.ticks(500.0, 100.0), [0.0, 200.0, 400.0, 600.0, 800.0, 1000.0]);
        assert_eq!(Window { from: 130.0, to: 171.0 }.ticks(400.0, 100.0), [140.0, 160.0]);
        assert!(WHOLE.ticks(1e9, 1.0).len() <= 101);
    }

    #[test]
    fn rows_in_view_have_some_more_around_them() {
        assert_eq!(rows_in_view(0.0, 240.0, 1000), 0..18);
        assert_eq!(rows_in_view(2400.0, 240.0, 1000), 92..118);
        assert_eq!(rows_in_view(2400.0, 240.0, 3), 3..3);
        assert_eq!(row_at(25.0, 2), Some(1));
        assert_eq!(row_at(49.0, 2), None);
        assert_eq!(row_at(-1.0, 2), None);
    }

    #[test]
    fn keys_lead_to_rows_that_exist() {
        let check = |from, by, expected| assert_eq!(moved(from, by, 240.0, 100), expected, "{from:?} {by:?}");
        check(None, Move::Down, Some(0));
        check(None, Move::Last, Some(99));
        check(Some(0), Move::Up, Some(0));
        check(Some(5), Move::Down, Some(6));
        check(Some(99), Move::Down, Some(99));
        check(Some(5), Move::PageDown, Some(14));
        check(Some(5), Move::PageUp, Some(0));
        check(Some(5), Move::First, Some(0));
        assert_eq!(moved(None, Move::Down, 240.0, 0), None);
    }

    #[test]
    fn scrolling_to_a_row_moves_as_little_as_can_be() {
        assert_eq!(scroll_to(3, 0.0, 240.0), 0.0);
        assert_eq!(scroll_to(20, 0.0, 240.0), 264.0);
        assert_eq!(scroll_to(2, 240.0, 240.0), 48.0);
    }

    #[test]
    fn labels_do_not_overlap() {
        assert_eq!(label_lines(&[(0.0, 50.0), (20.0, 50.0), (60.0, 50.0), (65.0, 5.0)]), [0, 1, 0, 2]);
    }
}
