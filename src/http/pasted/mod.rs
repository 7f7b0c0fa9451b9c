//! Header text as people paste it → messages: `curl -I`, `-i`, `-v`, what browsers' panels copy (raw, HTTP/2 form, name
//! and value on lines of their own), and dumps of `Headers` objects. Several answers are a chain of redirects.
//!
//! Nothing is refused for being odd; what could not be read is counted. Time is linear in the length of the text.

mod dump;
mod lines;

use crate::http::exchange::Exchange;
use crate::http::url;
use crate::units::WallTime;

/// What was found in a text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pasted {
    /// The answers in order, each with what is known of its request.
    pub exchanges: Vec<PastedExchange>,
    /// Lines that are no header and nothing else that is known.
    pub n_unreadable: usize,
    /// Header lines that were continued on the next one, which RFC 9112 §5.2 forbids.
    pub n_folded: usize,
    /// Whether there are request headers but no answer.
    pub is_only_request: bool,
    /// Whether the text was longer than what is looked at.
    pub is_cut: bool,
}

/// A request and its answer, as far as the text tells. Names in lower case, lines in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PastedExchange {
    /// `None`: not told.
    pub method: Option<String>,
    /// Absolute where that can be worked out; `None`: not told.
    pub url: Option<String>,
    /// `None`: not told.
    pub status: Option<u16>,
    #[allow(missing_docs)]
    pub request: Vec<(String, String)>,
    #[allow(missing_docs)]
    pub response: Vec<(String, String)>,
}

/// Bytes. More than any set of headers has; what lies beyond is a body.
pub const LONGEST: usize = 8 << 20;

/// Which message a header belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Side {
    Request,
    #[default]
    Response,
}

/// One message in the making.
#[derive(Default)]
struct Message {
    side: Side,
    status: Option<u16>,
    method: Option<String>,
    /// As written: absolute, or from the first slash on.
    target: Option<String>,
    headers: Vec<(String, String)>,
}

/// Reads a text.
pub fn read(text: &str) -> Pasted {
    let is_cut = LONGEST < text.len();
    let end = (0..=LONGEST.min(text.len())).rev().find(|at| text.is_char_boundary(*at));
    let text = text.get(..end.unwrap_or_default()).unwrap_or_default();
    let text = text.trim_start_matches('\u{feff}');
    let mut pasted = Pasted { is_cut, ..Pasted::default() };
    let messages = if dump::looks_like_one(text) { dump::read(text) } else { lines::read(text, &mut pasted) };
    pair(messages, &mut pasted);
    pasted
}

/// Puts answers to their requests, and follows redirects for addresses that are not told.
fn pair(messages: Vec<Message>, pasted: &mut Pasted) {
    let mut asked: Option<Message> = None;
    let mut next_url: Option<String> = None;
    for message in messages {
        if message.side == Side::Request {
            asked = Some(message);
            continue;
        }
        if message.status.is_some_and(|status| status < 200) {
            continue; // an interim answer (RFC 9110 §15.2); the final one follows
        }
        let request = asked.take().unwrap_or_default();
        let told = message.target.or_else(|| absolute(&request));
        let url = told.or_else(|| next_url.take());
        let location = message.headers.iter().find(|(name, _)| name == "location").map(|(_, value)| value);
        next_url = match (&url, location) {
            (Some(url), Some(location)) => Some(url::resolve(url, location)),
            (None, Some(location)) if location.contains("://") => Some(location.clone()),
            _ => None,
        };
        pasted.exchanges.push(PastedExchange {
            method: message.method.or(request.method),
            url,
            status: message.status.or(request.status),
            request: request.headers,
            response: message.headers,
        });
    }
    match (asked, pasted.exchanges.last_mut()) {
        // Browsers' panels show the request below its answer.
        (Some(asked), Some(last)) if last.request.is_empty() => {
            last.request = asked.headers;
            last.method = last.method.take().or(asked.method);
        }
        (Some(_), None) => pasted.is_only_request = true,
        _ => {}
    }
}

/// The address of a request: its target, or that on its host. Which scheme is not told; HTTPS is usual.
fn absolute(request: &Message) -> Option<String> {
    let target = request.target.as_deref()?;
    if target.contains("://") {
        return Some(target.to_owned());
    }
    let host = request.headers.iter().find(|(name, _)| name == "host" || name == ":authority")?;
    let url = format!("https://{}{target}", host.1);
    url::Url::parse(&url).is_some().then_some(url)
}

impl Message {
    fn new(side: Side) -> Self {
        Self { side, ..Self::default() }
    }

    /// Whether nothing was read of it.
    fn is_empty(&self) -> bool {
        self.headers.is_empty() && self.status.is_none() && self.target.is_none() && self.method.is_none()
    }

    /// Takes a header line, or a pseudo header of HTTP/2 (RFC 9113 §8.3).
    fn take(&mut self, name: &str, value: &str) {
        let name = name.to_ascii_lowercase();
        match name.as_str() {
            ":status" => self.status = status(value),
            ":path" => self.target = Some(value.to_owned()),
            ":method" => self.method = Some(value.to_owned()),
            ":scheme" | ":protocol" => {}
            _ => self.headers.push((name, value.to_owned())),
        }
    }
}

/// A status of three digits at the start of a text.
fn status(text: &str) -> Option<u16> {
    let digits = text.get(..3).filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))?;
    let is_whole = text.as_bytes().get(3).is_none_or(|b| !b.is_ascii_alphanumeric());
    digits.parse().ok().filter(|status| is_whole && (100..=599).contains(status))
}

impl PastedExchange {
    /// Looks at it as caches do. Without a time of its own it counts as arrived at its `Date`, else at `now`; without a
    /// method as asked for with GET, without a status as 200.
    pub fn look<T>(&self, now: Option<WallTime>, look: impl FnOnce(&Exchange<'_>) -> T) -> T {
        let request: Vec<(&str, &str)> =
            self.request.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let response: Vec<(&str, &str)> =
            self.response.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let today = now.map(|now| (now.0 / 1000.0) as i64);
        let date = response.iter().find(|line| line.0 == "date");
        let date = date.and_then(|(_, value)| crate::http::date::parse(value, today));
        let arrived = date.map(|seconds| WallTime(seconds as f64 * 1000.0)).or(now);
        look(&Exchange {
            method: self.method.as_deref().unwrap_or("GET"),
            url: self.url.as_deref().unwrap_or_default(),
            // A 304 confirms a stored response and carries its headers.
            status: match self.status {
                None | Some(304) => 200,
                Some(status) => status,
            },
            request: &request,
            response: &response,
            request_time: arrived,
            response_time: arrived,
        })
    }
}

#[cfg(test)]
mod tests;
