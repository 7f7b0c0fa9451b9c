//! What a text is, from how it begins. Names play no part.

use crate::import::json::{Json, Result, Token};
use memchr::memmem;
use std::io::Read;

/// How much of a text is enough to tell.
pub const PREFIX_BYTES: usize = 64 * 1024;

/// What a file can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sniffed {
    /// A HAR, or what was made of one: `entries` without the `log` around them.
    Har,
    /// A Chrome trace: an object with `traceEvents`, or the list of events alone.
    ChromeTrace,
    /// A V8 CPU profile.
    CpuProfile,
    /// HAR entries one after the other, or a single one.
    Ndjson,
    /// A list of HAR logs or entries.
    TopLevelArray,
    /// A Lighthouse report.
    LighthouseReport,
    /// A Chrome network log.
    NetLog,
    /// A Firefox Profiler recording.
    FirefoxProfile,
    /// A WebPageTest result.
    WebPageTestJson,
    /// A source map.
    SourceMap,
    /// HTML.
    Html,
    /// XML that is not HTML.
    Xml,
    /// A PDF.
    Pdf,
    /// A picture of any format.
    Image,
    /// A packet capture.
    Pcap,
    /// No bytes at all.
    Empty,
    /// Nothing but white space and zero bytes.
    Blank,
    /// Text that is not JSON.
    PlainText,
    /// JSON of some other kind.
    OtherJson,
    /// None of these, and not text.
    Binary,
}

impl Sniffed {
    /// What it is, for people.
    pub fn describe(self) -> &'static str {
        match self {
            Self::Har => "a HAR file",
            Self::ChromeTrace => "a Chrome performance trace",
            Self::CpuProfile => "a CPU profile, which has no network requests",
            Self::Ndjson => "HAR entries without the HAR around them",
            Self::TopLevelArray => "a list of HAR logs or entries",
            Self::LighthouseReport => "a Lighthouse report",
            Self::NetLog => "a Chrome network log (chrome://net-export)",
            Self::FirefoxProfile => "a Firefox Profiler recording",
            Self::WebPageTestJson => "a WebPageTest result",
            Self::SourceMap => "a source map",
            Self::Html => "an HTML page, often an error page saved under the name of a HAR",
            Self::Xml => "an XML file",
            Self::Pdf => "a PDF",
            Self::Image => "a picture",
            Self::Pcap => "a packet capture",
            Self::Empty => "an empty file",
            Self::Blank => "a file of nothing but blanks",
            Self::PlainText => "plain text",
            Self::OtherJson => "JSON, but no recording of a page load",
            Self::Binary => "a binary file of an unknown kind",
        }
    }
}

/// What a text is whose first bytes, up to [`PREFIX_BYTES`], are `prefix`.
pub fn sniff(prefix: &[u8]) -> Sniffed {
    if prefix.is_empty() {
        return Sniffed::Empty;
    }
    if let Some((_, sniffed)) = MARKS.iter().find(|(mark, _)| prefix.starts_with(mark)) {
        return *sniffed;
    }
    let text = prefix.trim_ascii_start();
    if text.iter().all(|byte| *byte == 0 || byte.is_ascii_whitespace()) {
        return Sniffed::Blank;
    }
    if text.starts_with(b"<") {
        return sniff_markup(text);
    }
    let json_start = json_start(text);
    let json = json_start.and_then(|at| text.get(at..)).map(sniff_json);
    match (json_start, json) {
        (Some(0), Some(sniffed)) => sniffed,
        // Text with some JSON in it is no JSON file, unless we know what it is.
        (_, Some(sniffed)) if sniffed != Sniffed::OtherJson => sniffed,
        _ if is_text(text) => Sniffed::PlainText,
        _ => Sniffed::Binary,
    }
}

const MARKS: &[(&[u8], Sniffed)] = &[
    (b"%PDF-", Sniffed::Pdf),
    (b"\x89PNG\r\n\x1a\n", Sniffed::Image),
    (b"\xff\xd8\xff", Sniffed::Image),
    (b"GIF8", Sniffed::Image),
    (b"RIFF", Sniffed::Image),
    (b"\0\0\x01\0", Sniffed::Image),
    (b"\0\0\0\x1cftyp", Sniffed::Image),
    (b"\0\0\0\x20ftyp", Sniffed::Image),
    (b"\xd4\xc3\xb2\xa1", Sniffed::Pcap),
    (b"\xa1\xb2\xc3\xd4", Sniffed::Pcap),
    (b"\x4d\x3c\xb2\xa1", Sniffed::Pcap),
    (b"\xa1\xb2\x3c\x4d", Sniffed::Pcap),
    (b"\x0a\x0d\x0d\x0a", Sniffed::Pcap),
];

/// Where the JSON begins in a text that may have something in front of it: the head of an HTTP response, the `)]}'`
/// against inclusion, the call of a JSONP callback. None if there is no JSON in sight.
pub fn json_start(prefix: &[u8]) -> Option<usize> {
    let n_blank = prefix.len() - prefix.trim_ascii_start().len();
    let body = match prefix.get(n_blank..)? {
        [b'{', ..] => return Some(n_blank),
        // Headers such as Report-To have JSON in them.
        head if head.starts_with(b"HTTP/") => {
            n_blank + memmem::find(head, b"\r\n\r\n").or(memmem::find(head, b"\n\n"))?
        }
        _ => n_blank,
    };
    let candidates = memchr::memchr2_iter(b'{', b'[', prefix.get(body..)?).map(|at| body + at);
    candidates
        .into_iter()
        .find(|at| prefix.get(at + 1..).is_some_and(|inside| looks_like_json(inside.trim_ascii_start())))
}

/// Whether this may follow an opening bracket. The bracket may also be the last byte in sight.
fn looks_like_json(inside: &[u8]) -> bool {
    matches!(inside, [] | [b'"' | b']' | b'}' | b'{', ..])
}

fn sniff_markup(text: &[u8]) -> Sniffed {
    let beginning = text.get(..text.len().min(1024)).unwrap_or_default().to_ascii_lowercase();
    let has = |what: &str| memmem::find(&beginning, what.as_bytes()).is_some();
    if has("<svg") && !has("<html") {
        Sniffed::Image
    } else if has("<html") || has("<!doctype html") || has("<head") || has("<body") {
        Sniffed::Html
    } else if beginning.starts_with(b"<?xml") || has("xmlns") {
        Sniffed::Xml
    } else {
        Sniffed::Html
    }
}

/// Text has no control characters to speak of. Bytes beyond ASCII may be of any encoding.
fn is_text(text: &[u8]) -> bool {
    let n_controls = text.iter().filter(|byte| **byte < b' ' && !byte.is_ascii_whitespace()).count();
    n_controls * 100 <= text.len()
}

fn sniff_json(text: &[u8]) -> Sniffed {
    let mut json = Json::new(text);
    match json.peek() {
        Ok(Token::Object) => Keys::read(&mut json).sniff_document(),
        Ok(Token::Array) => sniff_array(&mut json),
        _ => Sniffed::OtherJson,
    }
}

/// What an array is, by its first item that is an object.
fn sniff_array(json: &mut Json<&[u8]>) -> Sniffed {
    if json.begin_array().is_err() || json.next_item() != Ok(true) || json.peek() != Ok(Token::Object) {
        return Sniffed::OtherJson;
    }
    let item = Keys::read(json);
    if item.is_trace_event() {
        return Sniffed::ChromeTrace;
    }
    match item.sniff_document() {
        Sniffed::Har | Sniffed::Ndjson => Sniffed::TopLevelArray,
        _ => Sniffed::OtherJson,
    }
}

/// The keys of an object, and the keys of the objects directly inside as `outer.inner`.
struct Keys(Vec<String>);

impl Keys {
    /// Reads as many keys as are in sight.
    fn read(json: &mut Json<impl Read>) -> Self {
        let mut keys = Self(Vec::new());
        // The text is cut at some point, and what was found until then counts.
        let _: Result<()> = keys.read_object(json);
        keys
    }

    fn read_object(&mut self, json: &mut Json<impl Read>) -> Result<()> {
        let (mut key, mut inner) = (String::new(), String::new());
        json.begin_object()?;
        while json.next_key(&mut key)? {
            self.0.push(key.clone());
            if json.peek()? != Token::Object {
                json.skip()?;
                continue;
            }
            json.begin_object()?;
            while json.next_key(&mut inner)? {
                self.0.push(format!("{key}.{inner}"));
                json.skip()?;
            }
        }
        Ok(())
    }

    fn has(&self, key: &str) -> bool {
        self.0.iter().any(|known| known == key)
    }

    fn has_all<const N: usize>(&self, keys: [&str; N]) -> bool {
        keys.iter().all(|key| self.has(key))
    }

    fn is_trace_event(&self) -> bool {
        self.has_all(["ph", "ts"]) || self.has_all(["ph", "pid"]) || self.has_all(["cat", "name", "ts"])
    }

    fn sniff_document(&self) -> Sniffed {
        let is_log =
            ["log.entries", "log.creator", "log.pages", "log.version", "log.browser"].iter().any(|key| self.has(key));
        if is_log || self.has("log") && self.0.len() == 1 {
            Sniffed::Har
        } else if self.has("lighthouseVersion") {
            Sniffed::LighthouseReport
        } else if self.has("traceEvents")
            || self.has_all(["metadata.source", "metadata.startTime"])
            || self.is_trace_event()
        {
            Sniffed::ChromeTrace
        } else if self.has("constants.logEventTypes") || self.has_all(["constants", "events"]) {
            Sniffed::NetLog
        } else if self.has("meta.interval") || self.has("meta.preprocessedProfileVersion") {
            Sniffed::FirefoxProfile
        } else if self.has("nodes") && (self.has("samples") || self.has("timeDeltas") || self.has("startTime")) {
            Sniffed::CpuProfile
        } else if self.has("mappings") || self.has_all(["version", "sources"]) {
            Sniffed::SourceMap
        } else if self.has_all(["data", "statusCode"]) || self.has("data.testUrl") || self.has("data.runs") {
            Sniffed::WebPageTestJson
        } else if self.has("request") && (self.has("response") || self.has("startedDateTime")) {
            Sniffed::Ndjson
        } else if self.has("entries") {
            Sniffed::Har
        } else {
            Sniffed::OtherJson
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_what_a_file_is() {
        let check = |prefix: &[u8], expected| {
            assert_eq!(sniff(prefix), expected, "{}", String::from_utf8_lossy(prefix));
        };
        check(b"", Sniffed::Empty);
        check(b" \r\n\0\0", Sniffed::Blank);
        check(br#"{"log":{"version":"1.2""#, Sniffed::Har);
        check(br#"{"log":{"#, Sniffed::Har);
        check(br#" { "log" : { "comment":"", "entries":[] } }"#, Sniffed::Har);
        check(br#"{"entries":[{"request":{}"#, Sniffed::Har);
        check(br#"onInputData({"log":{"version":"1.2"}});"#, Sniffed::Har);
        check(b")]}'\n{\"log\":{\"creator\":{}}}", Sniffed::Har);
        check(b"HTTP/1.1 200 OK\r\nreport-to: {\"a\":1}\r\n\r\n{\"log\":{\"pages\":[]}}", Sniffed::Har);
        check(br#"{"startedDateTime":"","request":{},"response":{}}"#, Sniffed::Ndjson);
        check(br#"[{"startedDateTime":"","request":{},"response":{}}]"#, Sniffed::TopLevelArray);
        check(br#"[{"log":{"version":"1.2"}}]"#, Sniffed::TopLevelArray);
        check(br#"{"metadata":{"source":"DevTools","startTime":""},"#, Sniffed::ChromeTrace);
        check(br#"{"traceEvents":[{"#, Sniffed::ChromeTrace);
        check(
            b"[\n{\"args\":{},\"cat\":\"__metadata\",\"name\":\"\",\"ph\":\"M\",\"pid\":1,\"ts\":0},",
            Sniffed::ChromeTrace,
        );
        check(br#"{"nodes":[],"startTime":1,"endTime":2,"samples":[],"timeDeltas":[]}"#, Sniffed::CpuProfile);
        check(br#"{"lighthouseVersion":"12.0.0","audits":{"#, Sniffed::LighthouseReport);
        check(br#"{"constants":{"activeFieldTrialGroups":[],"logEventTypes":{"#, Sniffed::NetLog);
        check(br#"{"meta":{"interval":1,"preprocessedProfileVersion":48"#, Sniffed::FirefoxProfile);
        check(br#"{"data":{"id":"1","testUrl":"#, Sniffed::WebPageTestJson);
        check(br#"{"version":3,"sources":["a.js"],"mappings":"AAAA"#, Sniffed::SourceMap);
        check(br#"{"name":"weir"}"#, Sniffed::OtherJson);
        check(b"{}", Sniffed::OtherJson);
        check(b"[\"a\",2]", Sniffed::OtherJson);
        check(b"[1,2]", Sniffed::PlainText);
        check(b"\n<!DOCTYPE HTML PUBLIC>", Sniffed::Html);
        check(b"<html>", Sniffed::Html);
        check(b"<?xml version=\"1.0\"?><a/>", Sniffed::Xml);
        check(b"<?xml version=\"1.0\"?><svg/>", Sniffed::Image);
        check(b"%PDF-1.7", Sniffed::Pdf);
        check(b"\x89PNG\r\n\x1a\n", Sniffed::Image);
        check(b"\xff\xd8\xff\xe0", Sniffed::Image);
        check(b"\xd4\xc3\xb2\xa1\x02\0", Sniffed::Pcap);
        check(b"Could not get any response", Sniffed::PlainText);
        check("Un réseau [\"a\"] {\"b\":1}".as_bytes(), Sniffed::PlainText);
        check(b"\x01\x02\x03\x04", Sniffed::Binary);
    }

    #[test]
    fn finds_where_json_begins() {
        for (text, expected) in [
            ("{}", Some(0)),
            (" \n[", Some(2)),
            ("{ // comment", Some(0)),
            ("while(1);[{", Some(9)),
            ("f( {\n \"a\"", Some(3)),
            ("[see above] {\"a\"", Some(12)),
            ("HTTP/1.1 200 OK\nnel: {\"a\":1}\n\n{\"b\":2}", Some(30)),
            ("HTTP/1.1 200 OK\nnel: {\"a\":1}", None),
            ("nothing", None),
            ("", None),
        ] {
            assert_eq!(json_start(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn descriptions_are_distinct_phrases() {
        use Sniffed::{Binary, Blank, Empty, Har, Html, Image, OtherJson, PlainText};
        let mut phrases = [Binary, Blank, Empty, Har, Html, Image, OtherJson, PlainText].map(Sniffed::describe);
        phrases.sort();
        assert!(phrases.is_sorted_by(|a, b| a < b));
    }
}
