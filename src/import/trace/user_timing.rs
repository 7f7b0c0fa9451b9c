//! What the page measured itself, and pictures: events that are kept as they are.

use crate::import::trace::clock::{Offsets, micros};
use crate::import::trace::event::Event;
use crate::order::Arrange;
use crate::recording::{UserTiming, UserTimingKind};
use crate::text::{StrId, StrTable};
use std::collections::HashMap;

/// Marks of these names are the browser's own (Navigation Timing, Resource Timing), as in Chrome's engine.
const OWN_MARKS: &[&str] = &[
    "navigationStart",
    "unloadEventStart",
    "unloadEventEnd",
    "redirectStart",
    "redirectEnd",
    "fetchStart",
    "commitNavigationEnd",
    "domainLookupStart",
    "domainLookupEnd",
    "connectStart",
    "connectEnd",
    "secureConnectionStart",
    "requestStart",
    "responseStart",
    "responseEnd",
    "domLoading",
    "domInteractive",
    "domContentLoadedEventStart",
    "domContentLoadedEventEnd",
    "domComplete",
    "loadEventStart",
    "loadEventEnd",
    "workerStart",
    // Marks of the browser that are in no specification.
    "firstPaint",
    "firstContentfulPaint",
    "paintNonDefaultBackgroundColor",
    "firstLayout",
    "firstMeaningfulPaint",
];
/// More are not kept: a page that measures in a loop.
const MAX_TIMINGS: usize = 1_000_000;

/// Collects user timings.
#[derive(Default)]
pub struct UserTimings {
    found: Vec<(f64, f64, UserTiming)>,
    open: HashMap<SpanKey, Vec<Begin>>,
}

/// What a begin and its end have in common: whether it is of the console, id and name.
type SpanKey = (bool, Box<[u8]>, StrId);
/// When it began, and where.
type Begin = (f64, (i64, i64));

impl UserTimings {
    /// Any event of the categories `blink.user_timing` and `blink.console`, and `TimeStamp`.
    pub fn event(&mut self, event: &Event<'_>, name: StrId, strings: &mut StrTable) {
        let thread = (event.thread.process, event.thread.thread);
        let is_console = event.has_category("blink.console");
        match event.phase {
            b'R' | b'I' | b'i' if !is_console && !OWN_MARKS.contains(&strings.get(name).expose()) => {
                self.push(event.ts, 0.0, UserTimingKind::Mark, name, thread);
            }
            b'b' | b'S' => {
                let open = self.open.entry((is_console, event.id.into(), name)).or_default();
                open.push((event.ts, thread));
            }
            b'e' | b'F' => {
                let open = self.open.get_mut(&(is_console, event.id.into(), name));
                if let Some((start, thread)) = open.and_then(Vec::pop).filter(|(start, _)| *start <= event.ts) {
                    let kind = if is_console { UserTimingKind::ConsoleTime } else { UserTimingKind::Measure };
                    self.push(start, event.ts - start, kind, name, thread);
                }
            }
            _ => {}
        }
    }

    /// `TimeStamp`
    pub fn time_stamp(&mut self, event: &Event<'_>, strings: &mut StrTable) {
        let data = event.data();
        let message = data.get("message").text().or_else(|| data.get("name").text());
        let name = strings.intern(&message.unwrap_or_default());
        let thread = (event.thread.process, event.thread.thread);
        self.push(event.ts, 0.0, UserTimingKind::ConsoleTimeStamp, name, thread);
    }

    fn push(&mut self, ts: f64, duration: f64, kind: UserTimingKind, name: StrId, thread: (i64, i64)) {
        if self.found.len() < MAX_TIMINGS {
            let timing = UserTiming { kind, name, start: Default::default(), duration: micros(duration), thread };
            self.found.push((ts, duration, timing));
        }
    }

    /// All of them, by time, longer ones first.
    pub fn finish(mut self, offsets: Offsets) -> Vec<UserTiming> {
        self.found.arrange_by(|a, b| a.0.total_cmp(&b.0).then(b.1.total_cmp(&a.1)));
        self.found.into_iter().map(|(ts, _, timing)| UserTiming { start: offsets.at(ts), ..timing }).collect()
    }
}
