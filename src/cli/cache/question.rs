//! One line of `weir cache`: an exchange, and perhaps what is in the cache already.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, SeqAccess, Visitor};

use crate::http::exchange::Exchange;
use crate::http::judgment::{self, Judgment};
use crate::http::validation;
use crate::http::vary::{self, Compare};
use crate::units::WallTime;

/// A line as written.
#[derive(Debug, Deserialize)]
pub struct Question<'a> {
    #[serde(borrow, default)]
    request: Headers<'a>,
    #[serde(borrow, default)]
    response: Option<Headers<'a>>,
    #[serde(borrow, default)]
    method: Option<Text<'a>>,
    #[serde(borrow, default)]
    url: Option<Text<'a>>,
    #[serde(default)]
    status: Option<u16>,
    /// Seconds since 1970, as the following.
    #[serde(default)]
    request_time: Option<f64>,
    #[serde(default)]
    response_time: Option<f64>,
    #[serde(default)]
    now: Option<f64>,
    #[serde(borrow, default)]
    stored: Option<Stored<'a>>,
}

/// What is in the cache.
#[derive(Debug, Default, Deserialize)]
struct Stored<'a> {
    #[serde(borrow, default)]
    request: Headers<'a>,
    #[serde(borrow, default)]
    response: Headers<'a>,
}

/// Why a line is not answered. The message holds nothing of the line.
#[derive(Debug)]
#[allow(missing_docs)]
pub struct Unreadable {
    pub code: &'static str,
    pub message: String,
}

/// Reads a line.
pub fn read(line: &[u8]) -> Result<Question<'_>, Unreadable> {
    let text = std::str::from_utf8(line).map_err(|error| Unreadable {
        code: "not-utf-8",
        message: format!("the line is not UTF-8 from byte {} on; write it as UTF-8", error.valid_up_to()),
    })?;
    let question: Question<'_> = serde_json::from_str(text).map_err(|error| match error.classify() {
        serde_json::error::Category::Data => Unreadable {
            code: "not-an-exchange",
            message: format!(
                "a value before column {} is not of the type it should be: headers are arrays of [name, value], times \
                 are seconds since 1970, status is a number",
                error.column()
            ),
        },
        _ => Unreadable {
            code: "not-json",
            message: format!(
                "the line is not one whole JSON object: what stands at column {} does not fit",
                error.column()
            ),
        },
    })?;
    if question.response.is_none() && question.stored.is_none() {
        return Err(Unreadable {
            code: "not-an-exchange",
            message: "there is neither `response` nor `stored`; give the response's headers".to_owned(),
        });
    }
    Ok(question)
}

/// Everything that is answered.
pub struct Reply<'a> {
    /// What caches make of the response.
    pub judgment: Judgment<'a>,
    /// Whether the stored response is one to this request, as far as `Vary` goes.
    pub vary_matches: Option<bool>,
    /// The stored headers as a 304 leaves them.
    pub updated: Option<&'a [(&'a str, &'a str)]>,
}

impl Question<'_> {
    /// Judges it and hands over what comes of it.
    pub fn answer(&self, reply: impl FnOnce(&Reply<'_>)) {
        let text = |text: &Option<Text<'_>>, default: &'static str| -> String {
            text.as_ref().map_or(default, |text| &text.0).to_owned()
        };
        let (method, url) = (text(&self.method, "GET"), text(&self.url, ""));
        let request = self.request.lines();
        let response = self.response.as_ref().map(Headers::lines);
        let stored = self.stored.as_ref().map(|stored| (stored.request.lines(), stored.response.lines()));
        let vary_matches = stored.as_ref().map(|(asked, kept)| {
            let vary = kept.iter().filter(|line| line.0 == "vary").map(|line| line.1);
            vary::matches(vary, asked, &request, Compare::Strictly)
        });
        let status = self.status.unwrap_or(OK);
        let updated = match (&stored, &response) {
            (Some((_, kept)), Some(answer)) if status == NOT_MODIFIED && validation::confirms(answer, kept) => {
                Some(validation::updated(kept, answer))
            }
            _ => None,
        };
        // What is in the cache afterwards: the response that a 304 confirmed, the new one, or what was there.
        let (status, lines) = match (&updated, &response, &stored) {
            (Some(updated), ..) => (OK, updated),
            (None, Some(response), _) => (status, response),
            (None, None, Some((_, kept))) => (OK, kept),
            (None, None, None) => (status, &request),
        };
        let time = |seconds: Option<f64>| seconds.map(|seconds| WallTime(seconds * 1000.0));
        let arrived = self.response_time.or(self.request_time);
        let exchange = Exchange {
            method: &method,
            url: &url,
            status,
            request: &request,
            response: lines,
            request_time: time(self.request_time.or(arrived)),
            response_time: time(arrived),
        };
        let mut judgment = judgment::judge(&exchange, time(self.now));
        if response.is_none() && vary_matches == Some(false) {
            for cache in [&mut judgment.private, &mut judgment.shared] {
                cache.is_reusable = false;
                cache.why = "Vary: it is stored for another request";
            }
        }
        reply(&Reply { judgment, vary_matches, updated: updated.as_deref() });
    }
}

/// Statuses (RFC 9110 §15.3.1, §15.4.5).
const OK: u16 = 200;
const NOT_MODIFIED: u16 = 304;

/// A text of the line, borrowed from it unless it has escapes.
#[derive(Debug, Default)]
struct Text<'a>(Cow<'a, str>);

/// Header lines in wire order: names in lower case, values without white space around them. Pseudo headers of HTTP/2
/// are left out.
#[derive(Debug, Default)]
struct Headers<'a>(Vec<(Cow<'a, str>, Cow<'a, str>)>);

impl Headers<'_> {
    fn lines(&self) -> Vec<(&str, &str)> {
        self.0.iter().map(|(name, value)| (&**name, &**value)).collect()
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Text<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(Reader)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Headers<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Headers<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array of [name, value]")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut all: A) -> Result<Self::Value, A::Error> {
                let mut lines = Vec::new();
                while let Some((name, value)) = all.next_element::<(Text<'de>, Text<'de>)>()? {
                    push(&mut lines, lower_case(name.0), value.0);
                }
                Ok(Headers(lines))
            }
        }
        deserializer.deserialize_seq(Reader)
    }
}

fn lower_case(mut name: Cow<'_, str>) -> Cow<'_, str> {
    if name.bytes().any(|b| b.is_ascii_uppercase()) {
        name.to_mut().make_ascii_lowercase();
    }
    name
}

/// Chrome joins repeated headers with line breaks in one value; a break before white space is a folded line (RFC 9112
/// §5.2), which counts as a space.
fn push<'a>(lines: &mut Vec<(Cow<'a, str>, Cow<'a, str>)>, name: Cow<'a, str>, value: Cow<'a, str>) {
    const SPACE: [char; 2] = [' ', '\t'];
    /// Bytes. Longer names are none of HTTP's; their values are not taken apart.
    const MAX_NAME: usize = 256;
    if name.starts_with(':') {
        return;
    }
    if MAX_NAME < name.len() || !value.bytes().any(|b| b == b'\n' || b == b'\r') {
        let trimmed = match value {
            Cow::Borrowed(text) => Cow::Borrowed(text.trim_matches(SPACE)),
            Cow::Owned(text) if text.starts_with(SPACE) || text.ends_with(SPACE) => {
                Cow::Owned(text.trim_matches(SPACE).to_owned())
            }
            owned => owned,
        };
        lines.push((name, trimmed));
        return;
    }
    let mut whole: Option<String> = None;
    for part in value.split('\n').map(|part| part.trim_end_matches('\r')) {
        match &mut whole {
            Some(line) if part.starts_with(SPACE) => {
                line.truncate(line.trim_end_matches(SPACE).len());
                line.push(' ');
                line.push_str(part.trim_matches(SPACE));
            }
            _ => {
                let before = whole.replace(part.trim_matches(SPACE).replace('\r', " "));
                lines.extend(before.map(|line| (name.clone(), Cow::Owned(line))));
            }
        }
    }
    lines.extend(whole.map(|line| (name, Cow::Owned(line))));
}
