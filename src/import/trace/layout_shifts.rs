//! Layout shifts and their session windows.

use crate::import::trace::clock::Offsets;
use crate::import::trace::event::{Event, ThreadKey};
use crate::import::trace::layout_changes::LayoutChanges;
use crate::import::trace::value::Value;
use crate::order::Arrange;
use crate::recording::{MovedNode, NavigationId, Shift, ShiftWindow};
use crate::text::{StrId, StrTable};
use crate::units::{Millis, TimeSpan};

/// A window lasts at most this long in µs (web.dev/articles/cls).
const MAX_WINDOW_US: f64 = 5_000_000.0;
/// A window ends after this long in µs without a shift.
const MAX_GAP_US: f64 = 1_000_000.0;
/// Chrome lists at most five; more is not kept.
const MAX_MOVED: usize = 16;

/// Collects layout shifts.
#[derive(Default)]
pub struct LayoutShifts {
    found: Vec<Draft>,
    /// Whether there was any, also one after input.
    pub was_recorded: bool,
}

struct Draft {
    thread: ThreadKey,
    ts: f64,
    score: f64,
    frame: Option<StrId>,
    moved: Vec<MovedNode>,
}

impl LayoutShifts {
    /// `LayoutShift`
    pub fn event(&mut self, event: &Event<'_>, strings: &mut StrTable) {
        let (mut had_input, mut weighted, mut plain, mut moved) = (false, None, None, Vec::new());
        for (key, value) in event.data().members() {
            match key {
                b"had_recent_input" => had_input = value.boolean() == Some(true),
                b"weighted_score_delta" => weighted = value.number(),
                b"score" => plain = value.number(),
                b"impacted_nodes" => {
                    moved = value.items().take(MAX_MOVED).map(|node| moved_node(node, strings)).collect();
                }
                _ => {}
            }
        }
        let Some(score) = weighted.or(plain) else { return };
        self.was_recorded = true;
        if !had_input {
            let frame = event.args.get("frame").text().map(|frame| strings.intern(&frame));
            self.found.push(Draft { thread: event.thread, ts: event.ts, score, frame, moved });
        }
    }

    /// All shifts by time and their windows, with what `changes` knows of each. `navigations` are the starts in µs of those of the main frame, in the
    /// order of time, with their handles.
    pub fn finish(
        mut self,
        offsets: Offsets,
        navigations: &[(f64, NavigationId)],
        changes: &LayoutChanges,
        mut frame: impl FnMut(StrId) -> crate::recording::FrameId,
    ) -> (Vec<Shift>, Vec<ShiftWindow>) {
        self.found.arrange_by(|a, b| a.ts.total_cmp(&b.ts));
        let times: Vec<(f64, f64)> = self.found.iter().map(|shift| (shift.ts, shift.score)).collect();
        let windows = windows(&times, offsets, navigations);
        let shifts = self.found.into_iter().map(|draft| {
            let found_in = changes.found_in(draft.thread, draft.ts);
            Shift {
                at: offsets.at(draft.ts),
                score: draft.score,
                frame: draft.frame.map(&mut frame),
                moved: draft.moved,
                changed_within: found_in.map(|found| TimeSpan {
                    start: offsets.at(found.since.max(offsets.origin).min(found.start)),
                    end: offsets.at(found.start),
                }),
                thread: (draft.thread.process, draft.thread.thread),
                unsized_image: found_in.and_then(|found| found.unsized_image),
            }
        });
        (shifts.collect(), windows)
    }
}

fn windows(shifts: &[(f64, f64)], offsets: Offsets, navigations: &[(f64, NavigationId)]) -> Vec<ShiftWindow> {
    let mut windows: Vec<ShiftWindow> = Vec::new();
    // First and last shift of the window, and how many navigations began before the last one.
    let (mut first, mut last, mut n_before_last) = (0.0, 0.0, 0);
    for (at, (ts, score)) in shifts.iter().enumerate() {
        let n_before = navigations.partition_point(|(start, _)| start < ts);
        let is_too_long = MAX_WINDOW_US < ts - first;
        let is_apart = MAX_GAP_US < ts - last;
        let has_navigated = n_before != n_before_last && 0 < n_before;
        match windows.last_mut() {
            Some(window) if !is_too_long && !is_apart && !has_navigated => {
                window.score += score;
                window.shifts.end = at + 1;
            }
            before => {
                if let Some(before) = before {
                    let navigated = match (has_navigated, n_before.checked_sub(1).and_then(|n| navigations.get(n))) {
                        (true, Some((start, _))) => *start,
                        _ => f64::INFINITY,
                    };
                    before.end = offsets.at((first + MAX_WINDOW_US).min(last + MAX_GAP_US).min(navigated));
                }
                first = *ts;
                let navigation = n_before.checked_sub(1).and_then(|n| navigations.get(n)).map(|(_, id)| *id);
                windows.push(ShiftWindow {
                    score: *score,
                    start: offsets.at(*ts),
                    end: Millis::ZERO,
                    shifts: at..at + 1,
                    navigation,
                });
            }
        }
        last = *ts;
        n_before_last = n_before;
    }
    if let Some(window) = windows.last_mut() {
        let next = navigations.get(n_before_last).map_or(f64::INFINITY, |(start, _)| *start);
        window.end = offsets.at((first + MAX_WINDOW_US).min(last + MAX_GAP_US).min(offsets.end).min(next));
    }
    windows
}

fn moved_node(node: Value<'_>, strings: &mut StrTable) -> MovedNode {
    MovedNode {
        node: node.get("node_id").number().map(|node| node as i64),
        name: node.get("debug_name").text().map(|name| strings.intern(&name)),
        before: rectangle(node.get("old_rect")),
        after: rectangle(node.get("new_rect")),
    }
}

fn rectangle(value: Value<'_>) -> [f64; 4] {
    let mut sides = [0.0; 4];
    for (side, value) in sides.iter_mut().zip(value.items()) {
        *side = value.number().unwrap_or_default();
    }
    sides
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Shifts of 0.1 each at these seconds → start, end and number of shifts of each window.
    fn check(seconds: &[f64], navigations: &[f64], expected: &[(f64, f64, usize)]) {
        let shifts: Vec<_> = seconds.iter().map(|at| (at * 1e6, 0.1)).collect();
        let navigations: Vec<_> = (0..).map(NavigationId).zip(navigations).map(|(id, at)| (at * 1e6, id)).collect();
        let offsets = Offsets { origin: 0.0, end: 100e6 };
        let found: Vec<_> = windows(&shifts, offsets, &navigations)
            .into_iter()
            .map(|window| (window.start.0 / 1e3, window.end.0 / 1e3, window.shifts.len()))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn session_windows() {
        check(&[], &[], &[]);
        check(&[1.0], &[], &[(1.0, 2.0, 1)]);
        // A second of silence is still within.
        check(&[1.0, 2.0, 3.001], &[], &[(1.0, 3.0, 2), (3.001, 4.001, 1)]);
        // So are five seconds in all.
        check(&[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 5.5], &[], &[(0.0, 5.0, 6), (5.5, 6.5, 1)]);
        check(&[1.0, 1.5], &[0.0, 1.2], &[(1.0, 1.2, 1), (1.5, 2.5, 1)]);
        check(&[1.0], &[0.0, 1.2], &[(1.0, 1.2, 1)]);
        check(&[99.5], &[], &[(99.5, 100.0, 1)]);
    }
}
