//! Time: the trace counts microseconds since the machine was started; a recording counts from its origin.

use crate::import::trace::event::Event;
use crate::units::{Millis, TimeSpan, WallTime};

/// The extent of a trace, as it is met.
pub struct Clock {
    first: f64,
    last: f64,
    /// When the browser says that tracing started.
    started: Option<f64>,
}

/// From the trace's clock to offsets from the recording's origin.
#[derive(Clone, Copy, Debug)]
pub struct Offsets {
    /// The origin on the trace's clock, in µs.
    pub origin: f64,
    /// The end on the trace's clock, in µs.
    pub end: f64,
}

impl Default for Clock {
    fn default() -> Self {
        Self { first: f64::INFINITY, last: f64::NEG_INFINITY, started: None }
    }
}

impl Clock {
    /// Counts an event. As in Chrome's engine only work counts, since marks may lie outside of the recording.
    pub fn event(&mut self, event: &Event<'_>) {
        if matches!(event.phase, b'X' | b'B' | b'E' | b'I' | b'i') && event.ts != 0.0 && !event.name.ends_with(b"::UMA")
        {
            self.extend(event.ts, event.end());
        }
    }

    /// Counts a stretch of time in µs.
    pub fn extend(&mut self, start: f64, end: f64) {
        self.first = self.first.min(start);
        self.last = self.last.max(end);
    }

    /// Tracing started at `ts`; what is earlier was under way already.
    pub fn started(&mut self, ts: f64) {
        self.started = Some(ts);
    }

    /// The clock of the recording.
    pub fn finish(self) -> Offsets {
        let origin = self.started.unwrap_or(self.first);
        let origin = if origin.is_finite() { origin } else { 0.0 };
        Offsets { origin, end: if self.last.is_finite() { self.last.max(origin) } else { origin } }
    }
}

impl Offsets {
    /// An instant of the trace, in µs.
    pub fn at(self, us: f64) -> Millis {
        Millis((us - self.origin) / 1000.0)
    }

    /// The whole recording.
    pub fn span(self) -> TimeSpan {
        TimeSpan { start: Millis::ZERO, end: self.at(self.end) }
    }
}

/// A duration given in µs.
pub fn micros(us: f64) -> Millis {
    Millis(us / 1000.0)
}

/// The instant that `2026-11-23T11:30:29.157Z` names, which is how `metadata.startTime` is written.
pub fn parse_start_time(text: &str) -> Option<WallTime> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let mut date = date.split('-').map(str::parse::<i64>);
    let (year, month, day) = (date.next()?.ok()?, date.next()?.ok()?, date.next()?.ok()?);
    let mut time = time.split(':');
    let (hour, minute) = (time.next()?.parse::<f64>().ok()?, time.next()?.parse::<f64>().ok()?);
    let second = time.next()?.parse::<f64>().ok()?;
    let is_sound = (1970..=9999).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    if !is_sound || !(0.0..24.0).contains(&hour) || !(0.0..60.0).contains(&minute) || !(0.0..61.0).contains(&second) {
        return None;
    }
    // Days since 1970-01-01 in the proleptic Gregorian calendar, years beginning in March.
    let shifted_year = if month <= 2 { year - 1 } else { year };
    let era_day = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days = 365 * shifted_year + shifted_year / 4 - shifted_year / 100 + shifted_year / 400 + era_day - 719_468;
    Some(WallTime((((days as f64) * 24.0 + hour) * 60.0 + minute) * 60_000.0 + (second * 1000.0).round()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn start_times() {
        for (text, expected) in [
            ("1970-01-01T00:00:00.000Z", Some(0.0)),
            ("2026-11-23T11:30:29.157Z", Some(1_795_433_429_157.0)),
            ("2024-02-29T23:59:59Z", Some(1_709_251_199_000.0)),
            ("2024-13-01T00:00:00Z", None),
            ("2024-01-01", None),
            ("", None),
        ] {
            assert_eq!(parse_start_time(text), expected.map(WallTime), "{text}");
        }
    }

    #[test]
    fn bounds_are_of_work() {
        let mut clock = Clock::default();
        for (phase, ts, duration) in [(b'X', 10.0, Some(5.0)), (b'R', 1.0, None), (b'I', 0.0, None), (b'I', 12.0, None)]
        {
            clock.event(&Event { phase, ts, duration, ..Event::default() });
        }
        let offsets = clock.finish();
        assert_eq!((offsets.origin, offsets.end), (10.0, 15.0));
        assert_eq!(offsets.at(11.0), Millis(0.001));
        let empty = Clock::default().finish();
        assert_eq!((empty.origin, empty.end), (0.0, 0.0));
    }
}
