//! Header text in lines.

use crate::http::list;
use crate::http::pasted::{Message, Pasted, Side, status};

/// What one line is.
enum Line<'a> {
    Blank,
    /// `HTTP/1.1 200 OK`.
    Status(u16),
    /// `GET / HTTP/1.1`.
    Request(&'a str, &'a str),
    /// `name: value`.
    Header(&'a str, &'a str),
    /// A name whose value stands on the next line.
    Name(&'a str),
    /// Goes on with the value above (RFC 9112 §5.2).
    Folded(&'a str),
    /// A fact or heading of a browser's panel.
    Panel(Panel, &'a str),
    Other,
}

/// What browsers' panels write beside headers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Panel {
    Url,
    Method,
    Status,
    RequestHeaders,
    ResponseHeaders,
    /// A fact of no use here.
    Fact,
    /// A heading of no use here.
    Heading,
}

/// Words of browsers' panels, in lower case.
const PANEL: [(&str, Panel); 14] = [
    ("request url", Panel::Url),
    ("url", Panel::Url),
    ("request method", Panel::Method),
    ("status code", Panel::Status),
    ("status", Panel::Status),
    ("request headers", Panel::RequestHeaders),
    ("response headers", Panel::ResponseHeaders),
    ("remote address", Panel::Fact),
    ("referrer policy", Panel::Fact),
    ("general", Panel::Heading),
    ("view source", Panel::Heading),
    ("raw", Panel::Heading),
    ("headers", Panel::Heading),
    ("summary", Panel::Heading),
];

/// Reads all lines.
pub(super) fn read(text: &str, pasted: &mut Pasted) -> Vec<Message> {
    let is_verbose = text.lines().any(|line| matches!(line.get(..2), Some("< " | "> ")));
    let mut reader =
        Reader { messages: Vec::new(), current: Message::default(), is_open: false, waits: None, url: None };
    let mut in_body = false;
    for line in text.lines() {
        let (side, line) = if is_verbose { without_prefix(line) } else { (None, line) };
        if is_verbose && side.is_none() {
            // What curl tells of itself, and the body.
            reader.note_curl(line);
            continue;
        }
        let kind = classify(line, side, reader.waits);
        if in_body && side.is_none() && !matches!(kind, Line::Status(_)) {
            continue;
        }
        in_body = false;
        match kind {
            // After the headers of a message with a first line comes its body.
            Line::Blank => in_body = reader.end_of_headers(),
            Line::Other => pasted.n_unreadable += 1,
            Line::Folded(more) => match reader.go_on(more) {
                Continued::Folded => pasted.n_folded += 1,
                Continued::Value => {}
                Continued::Nothing => pasted.n_unreadable += 1,
            },
            line => reader.take(line, side),
        }
    }
    reader.finish()
}

struct Reader {
    messages: Vec<Message>,
    current: Message,
    /// Whether the last line was a header that may be continued.
    is_open: bool,
    /// Whose value stands on the next line.
    waits: Option<Waiting>,
    /// The address that curl tells beside the headers.
    url: Option<String>,
}

/// What a line that goes on with the one above was.
enum Continued {
    /// A second line of a value.
    Folded,
    /// The value of a name on a line of its own.
    Value,
    /// There is nothing to go on with.
    Nothing,
}

/// What the value on the next line is of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Waiting {
    Header,
    Panel(Panel),
}

impl Reader {
    fn take(&mut self, line: Line<'_>, side: Option<Side>) {
        if let Some(side) = side
            && side != self.current.side
        {
            self.start(side);
        }
        let waits = self.waits.take();
        self.is_open = false;
        match line {
            Line::Status(status) => {
                self.start(Side::Response);
                self.current.status = Some(status);
            }
            Line::Request(method, target) => {
                self.start(Side::Request);
                self.current.method = Some(method.to_owned());
                self.current.target = Some(target.to_owned());
            }
            Line::Header(name, value) => {
                if name.eq_ignore_ascii_case(":status") && !self.current.is_empty() {
                    self.start(Side::Response);
                }
                if matches!(name, ":method" | ":path" | ":authority" | ":scheme") && self.current.side == Side::Response
                {
                    self.start(Side::Request);
                }
                self.current.take(name, value);
                self.is_open = true;
            }
            Line::Name(name) => {
                self.current.headers.push((name.to_ascii_lowercase(), String::new()));
                self.waits = Some(Waiting::Header);
            }
            Line::Panel(panel, value) if value.is_empty() && waits.is_none() => self.panel_without_value(panel),
            Line::Panel(panel, value) => self.panel(panel, value),
            Line::Folded(_) | Line::Blank | Line::Other => {}
        }
    }

    fn panel_without_value(&mut self, panel: Panel) {
        match panel {
            Panel::RequestHeaders => self.start_headers(Side::Request),
            Panel::ResponseHeaders => self.start_headers(Side::Response),
            Panel::Url | Panel::Method | Panel::Status | Panel::Fact => self.waits = Some(Waiting::Panel(panel)),
            Panel::Heading => {}
        }
    }

    fn panel(&mut self, panel: Panel, value: &str) {
        match panel {
            Panel::Url => {
                self.start(Side::Response);
                self.current.target = Some(value.to_owned());
            }
            Panel::Method => self.current.method = Some(value.to_owned()),
            Panel::Status => self.current.status = status(value).or(self.current.status),
            Panel::RequestHeaders | Panel::ResponseHeaders => self.panel_without_value(panel),
            Panel::Fact | Panel::Heading => {}
        }
    }

    /// A heading of a panel: what was told above it (address, method, status) is of the answer.
    fn start_headers(&mut self, side: Side) {
        if self.current.headers.is_empty() {
            self.current.side = side;
        } else if side != self.current.side || !self.current.headers.is_empty() {
            self.start(side);
        }
    }

    fn start(&mut self, side: Side) {
        let mut done = std::mem::replace(&mut self.current, Message::new(side));
        if done.side == Side::Response && done.target.is_none() && !done.headers.is_empty() {
            done.target = self.url.take();
        }
        if !done.is_empty() {
            self.messages.push(done);
        }
        self.waits = None;
    }

    /// Whether a body follows.
    fn end_of_headers(&mut self) -> bool {
        self.waits = None;
        self.is_open = false;
        let has_first_line = self.current.status.is_some() && self.current.target.is_none();
        has_first_line && !self.current.headers.is_empty() && self.current.side == Side::Response
    }

    /// Adds to the line above.
    fn go_on(&mut self, more: &str) -> Continued {
        let value = self.current.headers.last_mut().map(|(_, value)| value);
        match (self.waits.take(), value) {
            (Some(Waiting::Panel(panel)), _) => self.panel(panel, more),
            (Some(Waiting::Header), Some(value)) => {
                value.push_str(more);
                self.is_open = true;
            }
            (None, Some(value)) if self.is_open => {
                value.push(' ');
                value.push_str(more);
                return Continued::Folded;
            }
            _ => return Continued::Nothing,
        }
        Continued::Value
    }

    /// curl names the address of each request: `* [HTTP/2] [1] OPENED stream for https://example.com/`.
    fn note_curl(&mut self, line: &str) {
        if let Some((_, url)) = line.split_once("OPENED stream for ") {
            self.start(Side::Request);
            self.url = Some(url.trim().to_owned());
        }
    }

    fn finish(mut self) -> Vec<Message> {
        self.start(Side::Response);
        self.messages
    }
}

/// `< ` and `> ` of `curl -v`.
fn without_prefix(line: &str) -> (Option<Side>, &str) {
    match line.as_bytes().first() {
        Some(b'<') => (Some(Side::Response), line.get(1..).unwrap_or_default().trim_start_matches(' ')),
        Some(b'>') => (Some(Side::Request), line.get(1..).unwrap_or_default().trim_start_matches(' ')),
        _ => (None, line),
    }
}

fn classify<'a>(line: &'a str, side: Option<Side>, waits: Option<Waiting>) -> Line<'a> {
    let trimmed = line.trim_matches([' ', '\t', '\r']);
    if trimmed.is_empty() {
        return Line::Blank;
    }
    if waits.is_some() && !is_header_with_space(trimmed) {
        return Line::Folded(trimmed);
    }
    if let Some(status) = status_line(trimmed) {
        return Line::Status(status);
    }
    if let Some((method, target)) = request_line(trimmed) {
        return Line::Request(method, target);
    }
    if line.starts_with([' ', '\t']) && side.is_none() && !is_header_with_space(trimmed) {
        return Line::Folded(trimmed);
    }
    if let Some(panel) = panel(trimmed) {
        return panel;
    }
    // Pseudo headers begin with a colon.
    let start = usize::from(trimmed.starts_with(':'));
    let end = trimmed.get(start..).and_then(|rest| rest.find([':', '\t'])).map(|end| end + start);
    let Some((name, value)) = end.and_then(|end| trimmed.split_at_checked(end)) else { return Line::Other };
    let name = name.trim_end_matches([' ', '\t']);
    let value = value.get(1..).unwrap_or_default().trim_matches([' ', '\t']);
    match list::is_token(name.trim_start_matches(':')) {
        true if value.is_empty() => Line::Name(name),
        true => Line::Header(name, value),
        false => Line::Other,
    }
}

/// `name: value`, with the space that an address (`https://…`) or a time has not.
fn is_header_with_space(line: &str) -> bool {
    match line.split_once(':') {
        Some((name, rest)) => list::is_token(name) && (rest.is_empty() || rest.starts_with([' ', '\t'])),
        None => false,
    }
}

/// `HTTP/1.1 200 OK`, `HTTP/2 200`, `HTTP/3 301`.
fn status_line(line: &str) -> Option<u16> {
    let rest = line.get(..5).filter(|start| start.eq_ignore_ascii_case("HTTP/")).and(line.get(5..))?;
    let (version, rest) = rest.split_once([' ', '\t'])?;
    let is_version = !version.is_empty() && version.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    status(rest.trim_start()).filter(|_| is_version)
}

/// `GET /path HTTP/1.1`.
fn request_line(line: &str) -> Option<(&str, &str)> {
    let mut words = line.split(' ');
    let (method, target, version) = (words.next()?, words.next()?, words.next()?);
    let is_method = !method.is_empty() && method.bytes().all(|b| b.is_ascii_uppercase());
    (is_method && version.starts_with("HTTP/") && words.next().is_none()).then_some((method, target))
}

/// Facts and headings of browsers' panels.
fn panel(line: &str) -> Option<Line<'_>> {
    /// Characters of the longest word.
    const LONGEST: usize = 20;
    let (name, value) = line.split_once([':', '\t']).unwrap_or((line, ""));
    let name = name.trim();
    if LONGEST < name.len() {
        return None;
    }
    let (_, panel) = PANEL.iter().find(|(word, _)| name.eq_ignore_ascii_case(word))?;
    // `status` and `url` are no headers of HTTP, but some servers send `Status: 200 OK`, which says the same.
    Some(Line::Panel(*panel, value.trim()))
}
