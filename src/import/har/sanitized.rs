//! Whether cookies and authorization were taken out on export.
//!
//! Chrome ≥ 130 does so unless told otherwise, and leaves no mark. A page without cookies looks the same, so it is only
//! said when something shows that there were some.

use crate::import::har::dialects::{Producer, scheme};
use crate::import::har::raw::{RawEntry, RawLog};
use crate::recording::Recording;
use crate::text::StrId;

/// The headers that Chrome takes out.
const TAKEN_OUT: [&str; 3] = ["cookie", "set-cookie", "authorization"];
/// Headers that repeat what a cookie says, so that the server can compare the two (double-submit pattern).
const COMPANIONS: [&str; 4] = ["x-csrf-token", "x-xsrf-token", "csrf-token", "xsrf-token"];
/// `Cookie: a=b` and a line end: a smaller gap is none.
const SMALLEST_COOKIE_BYTES: f64 = 13.0;

/// Whether cookies and authorization were taken out.
pub(super) fn is_sanitized(recording: &Recording, log: &RawLog, producer: Producer) -> bool {
    let is_there = |name: &str| recording.strings.find(name).is_some_and(|name| is_header(recording, log, name));
    if producer != Producer::Chrome || log.has_cookies || TAKEN_OUT.iter().any(|name| is_there(name)) {
        return false;
    }
    COMPANIONS.iter().any(|name| is_there(name)) || log.entries.iter().any(|raw| has_gap(recording, raw))
}

fn is_header(recording: &Recording, log: &RawLog, name: StrId) -> bool {
    let lines = log.entries.iter().flat_map(|raw| [raw.request.headers, raw.response.headers]);
    lines.into_iter().any(|range| recording.headers.lines(range).iter().any(|line| line.name == name))
}

/// Whether a request over HTTP/1.1 says that its headers were longer than those that are listed.
fn has_gap(recording: &Recording, raw: &RawEntry) -> bool {
    let Some(size) = raw.request.headers_size.filter(|size| 0.0 < *size) else { return false };
    let url = raw.request.url.map(|url| recording.strings.get(url).expose()).unwrap_or_default();
    if !matches!(scheme(url).as_str(), "http" | "https") || raw.request.has_pseudo_headers {
        return false;
    }
    let lines = recording.headers.lines(raw.request.headers);
    let text = |id: StrId| recording.strings.get(id).len();
    let listed: usize = lines.iter().map(|line| text(line.name) + text(line.value) + 4).sum();
    let method = raw.request.method.map_or(0, text);
    let path = url.splitn(4, '/').nth(3).map_or(0, str::len);
    // "GET /path HTTP/1.1", its line end, and the empty line at the end.
    let request_line = method + path + 14;
    lines.len() > 2 && (listed + request_line) as f64 + SMALLEST_COOKIE_BYTES < size
}
