//! A request and its answer as caches see them, and what their headers say, read once for all who judge it.

use crate::http::cache_control::{Delta, delta_seconds};
use crate::http::directives::Directives;
use crate::http::{date, list};
use crate::units::{Seconds, WallTime};

/// A request and its answer, as far as caches look at them. Header names in lower case, lines in wire order.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub struct Exchange<'a> {
    pub method: &'a str,
    pub url: &'a str,
    pub status: u16,
    pub request: &'a [(&'a str, &'a str)],
    pub response: &'a [(&'a str, &'a str)],
    /// When the request was sent; `None`: not recorded.
    pub request_time: Option<WallTime>,
    /// When the answer arrived, likewise.
    pub response_time: Option<WallTime>,
}

/// A date in a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp<'a> {
    /// As written.
    pub text: &'a str,
    /// Seconds since 1970; `None`: it is none of the three forms of RFC 9110 §5.6.7.
    pub time: Option<i64>,
}

/// What the headers of an exchange say to caches.
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    /// The members of all `Cache-Control` lines of the response, in order.
    pub control: Vec<&'a str>,
    /// The same as RFC 9111 reads them.
    pub directives: Directives,
    /// The first line of each of these; caches may take the first of several (RFC 9111 §4.2.1).
    pub date: Option<Stamp<'a>>,
    #[allow(missing_docs)]
    pub expires: Option<Stamp<'a>>,
    #[allow(missing_docs)]
    pub last_modified: Option<Stamp<'a>>,
    /// The first `Age` line, as written.
    pub age: Option<&'a str>,
    /// How many `Age` lines there are.
    pub n_ages: usize,
    /// Whether `Vary` has a member `*`: no other request matches (RFC 9111 §4.1).
    pub varies_always: bool,
    /// Whether the response has `Pragma` at all: browsers look into it, the RFC does not (§5.4).
    pub has_pragma: bool,
    /// Whether the request asks not to be stored (§5.2.1.5).
    pub request_no_store: bool,
    /// Whether the request carries `Authorization` (§3.5).
    pub authorized: bool,
    /// The first `Content-Location`.
    pub content_location: Option<&'a str>,
    /// Seconds since 1970 at which the answer arrived, rounded down.
    pub arrived: Option<i64>,
}

impl<'a> Exchange<'a> {
    /// Values of a response header in order.
    pub fn response_lines(&self, name: &str) -> impl Iterator<Item = &'a str> {
        self.response.iter().filter(move |line| line.0 == name).map(|line| line.1)
    }

    /// The first value of a response header.
    pub fn response_header(&self, name: &str) -> Option<&'a str> {
        self.response_lines(name).next()
    }
}

impl<'a> Facts<'a> {
    /// Reads all headers once.
    pub fn of(exchange: &Exchange<'a>) -> Self {
        let mut facts = Self {
            control: Vec::new(),
            directives: Directives::default(),
            date: None,
            expires: None,
            last_modified: None,
            age: None,
            n_ages: 0,
            varies_always: false,
            has_pragma: false,
            request_no_store: false,
            authorized: false,
            content_location: None,
            arrived: exchange.response_time.and_then(whole_seconds),
        };
        let stamp = |text| Some(Stamp { text, time: date::parse(text, facts.arrived) });
        for (name, value) in exchange.response {
            match *name {
                "cache-control" => facts.control.extend(list::members([*value])),
                "date" => facts.date = facts.date.or_else(|| stamp(value)),
                "expires" => facts.expires = facts.expires.or_else(|| stamp(value)),
                "last-modified" => facts.last_modified = facts.last_modified.or_else(|| stamp(value)),
                "age" => {
                    facts.age = facts.age.or(Some(value));
                    facts.n_ages += 1;
                }
                "vary" => facts.varies_always |= list::members([*value]).any(|name| name == "*"),
                "pragma" => facts.has_pragma = true,
                "content-location" => facts.content_location = facts.content_location.or(Some(value)),
                _ => {}
            }
        }
        for (name, value) in exchange.request {
            match *name {
                "cache-control" => {
                    facts.request_no_store |= Directives::of_members(list::members([*value])).no_store;
                }
                "authorization" => facts.authorized = true,
                _ => {}
            }
        }
        facts.directives = Directives::of_members(facts.control.iter().copied());
        facts
    }

    /// `Date` of the response, else the time it arrived (RFC 9110 §6.6.1), in seconds since 1970.
    pub fn date_or_arrival(&self) -> Option<i64> {
        self.date.and_then(|date| date.time).or(self.arrived)
    }

    /// `Age` as the published RFC 9111 §5.1 reads it: the first member of the first line; ignored if it is no number.
    pub fn age_seconds(&self) -> Seconds {
        let said = self.age.and_then(|line| list::members([line]).next());
        match said.map(delta_seconds) {
            Some(Delta::Valid(seconds)) => seconds,
            Some(Delta::Invalid) | None => Seconds(0),
        }
    }
}

/// `None`: not a time that can be reckoned with.
fn whole_seconds(time: WallTime) -> Option<i64> {
    /// Seconds of 9999-12-31T23:59:59Z, the last instant an HTTP-date can tell.
    const LAST: f64 = 253_402_300_799.0;
    let seconds = (time.0 / 1000.0).floor();
    (-LAST..=LAST).contains(&seconds).then_some(seconds as i64)
}
