//! Firefox: `netwerk/protocol/http/nsHttpResponseHead.cpp` (`ComputeFreshnessLifetime`, `ComputeCurrentAge`,
//! `MustValidate`) and `CacheControlParser.cpp`.

use crate::http::browsers::{Clock, Lifetime, Verdict, Why, conclude, name_and_value};
use crate::http::exchange::{Exchange, Facts};
use crate::http::list;

/// Times are unsigned numbers of 32 bits; what does not fit counts as not said.
const MAX_SECONDS: u64 = u32::MAX as u64;

/// Seconds. Guesses from `Last-Modified` end at a week.
const MAX_HEURISTIC: i64 = 7 * 86_400;

/// What it reads out of `Cache-Control`.
#[derive(Default)]
struct Control {
    max_age: Option<u64>,
    stale_while_revalidate: Option<u64>,
    no_cache: bool,
    no_store: bool,
    /// `public` or `private`.
    marked: bool,
    must_revalidate: bool,
}

/// What it does.
pub fn judge(exchange: &Exchange<'_>, facts: &Facts<'_>, clock: &Clock) -> Verdict {
    let control = Control::of(facts);
    let stored = exchange.method == "GET" && !control.no_store;
    let mut pragmas = list::members(exchange.response_lines("pragma"));
    let pragma = facts.has_pragma && pragmas.any(|pragma| pragma.eq_ignore_ascii_case("no-cache"));
    let (lifetime, why, is_past) = lifetime(exchange, facts, clock, &control);
    let is_known = matches!(exchange.status, 200 | 203 | 204 | 206 | 300 | 301 | 302 | 304 | 307 | 308 | 410);
    let must_validate = !is_known || control.no_cache || pragma || is_past || facts.varies_always;
    // The window extends a time of expiry; without a lifetime there is none.
    let may_be_stale = !control.must_revalidate && lifetime != Lifetime::Seconds(0.0);
    let stale = control.stale_while_revalidate.filter(|_| may_be_stale).unwrap_or_default();
    let age = clock.apparent_age.max(said_age(facts)) + clock.delay + clock.resident;
    conclude(stored, lifetime, why, stale as f64, age, must_validate)
}

/// With whether `Expires` lies before `Date`.
fn lifetime(exchange: &Exchange<'_>, facts: &Facts<'_>, clock: &Clock, control: &Control) -> (Lifetime, Why, bool) {
    let seconds = |seconds: i64| Lifetime::Seconds(seconds.max(0) as f64);
    if let Some(max_age) = control.max_age {
        return (Lifetime::Seconds(max_age as f64), Why::MaxAge, false);
    }
    if let Some(expires) = facts.expires {
        let time = match expires.time {
            Some(time) if time <= MAX_SECONDS as i64 => time,
            Some(_) => 0,
            None if matches!(expires.text, "" | "0" | "-1") => 0,
            None => return (Lifetime::Unknown, Why::LenientDate, false),
        };
        let date = clock.date.unwrap_or(time);
        return (seconds(time - date), Why::Expires, time < date);
    }
    match exchange.status {
        300 | 301 | 308 | 410 => return (Lifetime::Forever, Why::Permanent, false),
        400.. => return (seconds(0), Why::Status, false),
        302 | 304 | 307 if !control.marked => return (seconds(0), Why::Status, false),
        _ => {}
    }
    match facts.last_modified.and_then(|modified| modified.time).zip(clock.date) {
        Some((modified, date)) if modified <= date => {
            (seconds(((date - modified) / 10).min(MAX_HEURISTIC)), Why::Heuristic, false)
        }
        _ => (seconds(0), Why::Nothing, false),
    }
}

impl Control {
    fn of(facts: &Facts<'_>) -> Self {
        let mut control = Self::default();
        for member in &facts.control {
            let (name, value) = name_and_value(member);
            // Behind a directive that stands alone, the rest of the member is passed over.
            let end = name.find([' ', '\t', ';']).filter(|_| value.is_none()).unwrap_or(name.len());
            let name = name.get(..end).unwrap_or(name).trim_matches([' ', '\t']);
            let value = value.and_then(leading_number);
            let is = |known: &str| name.eq_ignore_ascii_case(known);
            match name.len() {
                6 if is("public") => control.marked = true,
                7 if is("private") => control.marked = true,
                // The last that is a number counts.
                7 if is("max-age") => control.max_age = value.or(control.max_age),
                8 if is("no-cache") => control.no_cache = true,
                8 if is("no-store") => control.no_store = true,
                15 if is("must-revalidate") => control.must_revalidate = true,
                22 if is("stale-while-revalidate") => {
                    control.stale_while_revalidate = value.or(control.stale_while_revalidate);
                }
                _ => {}
            }
        }
        control
    }
}

/// The digits at the start, whatever follows: `600s`, `3600.5`. `None`: there are none, or too many.
fn leading_number(value: &str) -> Option<u64> {
    let value = value.trim_start_matches([' ', '\t']);
    let end = value.find(|c: char| !c.is_ascii_digit()).unwrap_or(value.len());
    value.get(..end)?.parse().ok().filter(|seconds| *seconds <= MAX_SECONDS)
}

/// `Age` goes through C's `atoi`: digits at the start after a sign; a negative number wraps around to a huge age.
fn said_age(facts: &Facts<'_>) -> f64 {
    let text = facts.age.unwrap_or_default();
    let (negative, digits) = match text.strip_prefix(['+', '-']) {
        Some(rest) => (text.starts_with('-'), rest),
        None => (false, text),
    };
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    let digits = digits.get(..end).unwrap_or_default();
    let number = if digits.is_empty() { 0 } else { digits.parse().unwrap_or(i64::MAX) };
    let limited = number.min(i64::from(i32::MAX)) as i32;
    f64::from(if negative { limited.wrapping_neg() as u32 } else { limited as u32 })
}
