//! Sentences for screen readers: what a row of the waterfall shows, what the picture as a whole shows.

use crate::recording::{Phase, Priority, RecordingKind, ResourceKind};
use crate::view::format;
use crate::view::rows::{Row, Rows, flag, known};

/// A phase below this share of its request's time is not told: the sentence would only grow.
const TOLD_FROM: f64 = 0.1;

/// One row in a sentence: what it is, how it ended, when, how long, and what most of the time was spent on.
pub fn row(row: Row<'_>) -> String {
    let (host, name) = format::short_url(row.url);
    let mut text = format!("{name} from {host}, {}", kind(row.kind));
    text += &match row.status {
        Some(status) if row.is(flag::FAILED) => format!(", failed with status {status}"),
        Some(status) => format!(", status {status}"),
        None if row.is(flag::FAILED) => ", failed".to_owned(),
        None => ", no answer recorded".to_owned(),
    };
    if row.is(flag::BLOCKING) {
        text += ", held rendering back";
    }
    if let Some(bytes) = row.bytes {
        text += &format!(", {}", format::bytes(bytes as u64));
    }
    match (row.start, row.duration) {
        (Some(start), Some(ms)) => {
            text += &format!(", starts at {}, takes {}", format::duration(start), format::duration(ms));
        }
        (Some(start), None) => text += &format!(", starts at {}, end not recorded", format::duration(start)),
        (None, _) => text += ", time not recorded",
    }
    let total: f64 = row.phases.iter().filter_map(|ms| known(f64::from(*ms))).sum();
    let told = Phase::ALL.into_iter().zip(row.phases).filter_map(|(phase, ms)| {
        let ms = known(f64::from(*ms)).filter(|ms| total * TOLD_FROM <= *ms && 0.0 < *ms)?;
        Some(format!("{} {}", format::duration(ms), phase_activity(phase)))
    });
    let told = told.collect::<Vec<_>>().join(", ");
    match told.as_str() {
        "" if row.duration.is_some_and(|ms| 0.0 < ms) => format!("{text}: not recorded on what"),
        "" => text,
        told => format!("{text}: {told}"),
    }
}

/// What a row says in its columns.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the names of the columns
pub struct Cells<'a> {
    pub name: &'a str,
    pub host: &'a str,
    pub status: String,
    pub kind: &'static str,
    pub size: String,
    pub time: String,
}

/// The columns of a row. A dash: not recorded.
pub fn cells(row: Row<'_>) -> Cells<'_> {
    let dash = || "–".to_owned();
    let (host, name) = format::short_url(row.url);
    Cells {
        name,
        host,
        status: match row.status {
            Some(status) => status.to_string(),
            None if row.is(flag::FAILED) => "failed".to_owned(),
            None => dash(),
        },
        kind: kind(row.kind),
        size: match row.bytes {
            _ if row.is(flag::CACHED) => "cache".to_owned(),
            Some(bytes) => format::bytes(bytes as u64),
            None => dash(),
        },
        time: row.duration.map_or_else(dash, format::duration),
    }
}

/// The whole picture in a sentence.
pub fn waterfall(rows: &Rows, until: f64) -> String {
    let failed = rows.flags.iter().filter(|flags| **flags & flag::FAILED != 0).count();
    let requests = format::counted(rows.len() as u64, "request", "requests");
    let failed = match failed {
        0 => String::new(),
        n => format!(", {} failed", format::grouped(n as u64)),
    };
    format!("{requests} over {}{failed}", format::duration(until))
}

/// A kind of resource in a word.
pub fn kind(kind: ResourceKind) -> &'static str {
    match kind {
        ResourceKind::Document => "document",
        ResourceKind::Stylesheet => "style sheet",
        ResourceKind::Script => "script",
        ResourceKind::Font => "font",
        ResourceKind::Image => "image",
        ResourceKind::Media => "media",
        ResourceKind::Xhr => "XHR",
        ResourceKind::Fetch => "fetch",
        ResourceKind::EventSource => "event stream",
        ResourceKind::WebSocket => "WebSocket",
        ResourceKind::Manifest => "manifest",
        ResourceKind::Ping => "ping",
        ResourceKind::Preflight => "preflight",
        ResourceKind::Other => "other",
    }
}

/// A kind of file in a word, to stand in a sentence.
pub fn recording_kind(kind: RecordingKind) -> &'static str {
    match kind {
        RecordingKind::Har => "HAR",
        RecordingKind::ChromeTrace => "trace",
        RecordingKind::CpuProfile => "CPU profile",
    }
}

/// A priority as browsers' tools call it.
pub fn priority(priority: Priority) -> &'static str {
    match priority {
        Priority::VeryLow => "Lowest",
        Priority::Low => "Low",
        Priority::Medium => "Medium",
        Priority::High => "High",
        Priority::VeryHigh => "Highest",
    }
}

/// The name of a phase in legends and tables.
pub fn phase(phase: Phase) -> &'static str {
    match phase {
        Phase::Queued => "Queued",
        Phase::Dns => "DNS",
        Phase::Connect => "Connect",
        Phase::Tls => "TLS",
        Phase::Send => "Send",
        Phase::Wait => "Wait",
        Phase::Receive => "Receive",
    }
}

/// The name of time that was recorded without its phases.
pub const UNDIVIDED: &str = "Not divided";

/// What that is.
pub const UNDIVIDED_MEANING: &str = "The recording does not say what the time of this request was spent on.";

/// What a phase is, for somebody who is no engineer.
pub fn phase_meaning(phase: Phase) -> &'static str {
    match phase {
        Phase::Queued => "The browser held the request back, or waited for a free connection.",
        Phase::Dns => "Looking up the address of the server.",
        Phase::Connect => "Opening a connection to the server.",
        Phase::Tls => "Agreeing on encryption with the server.",
        Phase::Send => "Sending the request.",
        Phase::Wait => "Waiting for the first byte of the answer: one way there and back, and the server’s work.",
        Phase::Receive => "Receiving the answer.",
    }
}

fn phase_activity(phase: Phase) -> &'static str {
    match phase {
        Phase::Queued => "queued",
        Phase::Dns => "looking up the address",
        Phase::Connect => "connecting",
        Phase::Tls => "setting up encryption",
        Phase::Send => "sending",
        Phase::Wait => "waiting for the server",
        Phase::Receive => "receiving",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::rows::testing::rows;

    const NONE: f32 = f32::NAN;

    #[test]
    fn a_row_is_told_in_one_sentence() {
        let rows = rows(&[
            (100.0, [NONE, NONE, NONE, NONE, 1.0, 300.0, 50.0], 351.0),
            (f64::NAN, [NONE; 7], f64::NAN),
            (5.0, [NONE; 7], f64::NAN),
        ]);
        let check = |at, expected: &str| assert_eq!(row(rows.get(at).expect("a row")), expected);
        check(
            0,
            "0 from a.example, script, status 200, held rendering back, starts at 100 ms, takes 351 ms: \
             300 ms waiting for the server, 50 ms receiving",
        );
        check(1, "1 from a.example, script, status 200, held rendering back, time not recorded");
        check(2, "2 from a.example, script, status 200, held rendering back, starts at 5 ms, end not recorded");
        assert_eq!(waterfall(&rows, 451.0), "3 requests over 451 ms");
        let unknown = cells(rows.get(2).expect("a row"));
        assert_eq!((unknown.status.as_str(), unknown.kind, unknown.time.as_str()), ("200", "script", "–"));
    }
}
