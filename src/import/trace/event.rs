//! One trace event as it is written: the fields that all events share; what is in `args` is read by who asks for it.

use crate::import::trace::value::Value;
use xxhash_rust::xxh3::xxh3_64;

/// Timestamps beyond this (285 years) are taken for none: their microseconds are not exact any more.
const MAX_TIME_US: f64 = 9e15;

/// A trace event.
#[derive(Clone, Copy, Default)]
pub struct Event<'a> {
    /// `name`, as written between its quotes.
    pub name: &'a [u8],
    /// `cat`, as written.
    pub category: &'a [u8],
    /// `ph`: the kind of event, such as `X`.
    pub phase: u8,
    /// `pid` and `tid`.
    pub thread: ThreadKey,
    /// `ts` in µs on the trace's clock; 0 for metadata.
    pub ts: f64,
    /// `dur` in µs.
    pub duration: Option<f64>,
    /// `id`, else `id2.global`, else `id2.local`, as written.
    pub id: &'a [u8],
    /// `args`.
    pub args: Value<'a>,
}

/// A thread of a process, by their numbers in the trace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ThreadKey {
    /// Process id. Names in the place of numbers are hashed.
    pub process: i64,
    /// Thread id.
    pub thread: i64,
}

impl<'a> Event<'a> {
    /// Reads the fields of an event. `None` if it has no time, no phase or no name, which nobody can use.
    pub fn read(bytes: &'a [u8]) -> Option<Self> {
        let mut event = Self { ts: f64::NAN, ..Self::default() };
        let (mut global, mut local): (&[u8], &[u8]) = (b"", b"");
        for (key, value) in Value::new(bytes).members() {
            match key {
                b"name" => event.name = value.written().unwrap_or_default(),
                b"cat" => event.category = value.written().unwrap_or_default(),
                b"ph" => event.phase = value.written().and_then(|phase| phase.first().copied()).unwrap_or_default(),
                b"pid" => event.thread.process = number_of(value),
                b"tid" => event.thread.thread = number_of(value),
                b"ts" => event.ts = value.number().unwrap_or(f64::NAN),
                b"dur" => event.duration = value.number().filter(|duration| duration.abs() < MAX_TIME_US),
                b"id" => event.id = value.id().unwrap_or_default(),
                b"id2" => {
                    global = value.get("global").id().unwrap_or_default();
                    local = value.get("local").id().unwrap_or_default();
                }
                b"args" => event.args = value,
                _ => {}
            }
        }
        if event.id.is_empty() {
            event.id = if global.is_empty() { local } else { global };
        }
        if event.phase == b'M' && event.ts.is_nan() {
            event.ts = 0.0;
        }
        (event.phase != 0 && event.ts.abs() < MAX_TIME_US).then_some(event)
    }

    /// `args.data`.
    pub fn data(&self) -> Value<'a> {
        self.args.get("data")
    }

    /// When it ends; instants end when they begin.
    pub fn end(&self) -> f64 {
        self.ts + self.duration.unwrap_or_default().max(0.0)
    }

    /// Whether its categories include `category`.
    pub fn has_category(&self, category: &str) -> bool {
        self.category.split(|byte| *byte == b',').any(|one| one == category.as_bytes())
    }
}

/// A process or thread number; other programs than Chrome write names there.
fn number_of(value: Value<'_>) -> i64 {
    match value.number() {
        Some(number) => number as i64,
        None => value.written().map_or(0, |name| (xxh3_64(name) | 1 << 63) as i64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_in_any_order() {
        let text = br#"{"args":{"data":{"a":1}},"cat":"a,b.c","dur":2.5,"id2":{"local":"0x1"},"name":"N","ph":"X","pid":7,"tid":-1,"ts":-3}"#;
        let event = Event::read(text).unwrap();
        assert_eq!((event.name, event.phase, event.ts, event.end()), (&b"N"[..], b'X', -3.0, -0.5));
        assert_eq!(event.thread, ThreadKey { process: 7, thread: -1 });
        assert_eq!(event.id, b"0x1");
        assert!(event.has_category("b.c") && !event.has_category("b"));
        assert_eq!(event.data().get("a").number(), Some(1.0));
    }

    #[test]
    fn unusable_events() {
        for text in [
            r#"{}"#,
            r#"{"name":"a","ts":1}"#,
            r#"{"name":"a","ph":"X"}"#,
            r#"{"name":"a","ph":"X","ts":"1"}"#,
            r#"{"name":"a","ph":"X","ts":1e300}"#,
            r#"{"name":"a","ph":{},"ts":1}"#,
            "[]",
            "1",
        ] {
            assert!(Event::read(text.as_bytes()).is_none(), "{text}");
        }
        assert!(Event::read(br#"{"ph":"M","name":"thread_name"}"#).is_some());
        let odd = Event::read(br#"{"ph":"X","ts":1,"name":7,"pid":"main","dur":"x","args":[]}"#).unwrap();
        assert!(odd.name.is_empty() && odd.thread.process < 0 && odd.duration.is_none());
    }
}
