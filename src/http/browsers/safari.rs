//! Safari: WebKit's `platform/network/CacheValidation.cpp` and `NetworkProcess/cache/NetworkCache.cpp`
//! (`makeStoreDecision`, `makeUseDecision`).

use crate::http::browsers::{Clock, Lifetime, Verdict, Why, conclude, name_and_value};
use crate::http::exchange::{Exchange, Facts};

/// Seconds. How long redirects for ever and files gone for ever are kept if nothing is said: a year.
const PERMANENT: f64 = 365.0 * 86_400.0;

/// Seconds beyond which numbers are cut off, so that they can be written as such.
const MAX_SECONDS: f64 = i64::MAX as f64;

/// What it does.
pub fn judge(exchange: &Exchange<'_>, facts: &Facts<'_>, clock: &Clock) -> Verdict {
    let has = |name: &str| {
        let mut names = facts.control.iter().map(|member| name_and_value(member).0.trim_matches([' ', '\t']));
        names.any(|found| found.eq_ignore_ascii_case(name))
    };
    let no_store = has("no-store");
    let no_cache = facts.control.iter().any(|member| {
        let (name, value) = name_and_value(member);
        let unqualified = matches!(value.map(|value| value.trim_matches([' ', '\t'])), None | Some("" | "\"\""));
        unqualified && name.trim_matches([' ', '\t']).eq_ignore_ascii_case("no-cache")
    });
    // Any `Pragma` that holds these letters anywhere.
    let pragma = facts.has_pragma && exchange.response_lines("pragma").any(|line| holds(line, b"no-cache"));
    let max_age = seconds(facts, "max-age");
    let (lifetime, why) = match max_age {
        Some(seconds) => (Lifetime::Seconds(seconds), Why::MaxAge),
        None => implied(exchange, facts, clock),
    };
    let explicit = matches!(why, Why::MaxAge | Why::Expires | Why::LenientDate);
    let by_default = matches!(exchange.status, 200 | 203 | 204 | 206 | 300 | 301 | 404 | 405 | 410 | 414 | 501);
    let if_explicit = matches!(exchange.status, 201 | 202 | 205 | 302 | 303 | 307 | 403 | 406 | 415);
    let stored = exchange.method == "GET" && !no_store && (by_default || if_explicit && explicit);
    let stale = seconds(facts, "stale-while-revalidate").filter(|_| !has("must-revalidate")).unwrap_or_default();
    // No compensation for the time that the answer took. Only what is older than its lifetime is stale; without a
    // lifetime everything is.
    let age = clock.apparent_age.max(said_age(facts)) + clock.resident;
    let age = if 0.0 < age { age.next_down() } else { age };
    let verdict = conclude(stored, lifetime, why, stale, age, no_cache || pragma || facts.varies_always);
    match lifetime {
        Lifetime::Seconds(seconds) => Verdict { lifetime: Lifetime::Seconds(seconds.max(0.0)), ..verdict },
        Lifetime::Forever | Lifetime::Unknown => verdict,
    }
}

fn implied(exchange: &Exchange<'_>, facts: &Facts<'_>, clock: &Clock) -> (Lifetime, Why) {
    let since = |from: i64, to: i64| (to - from) as f64;
    match facts.expires {
        // Dates with the weekday in full are read with years of their own.
        Some(expires) if is_rfc850(expires.text) => return (Lifetime::Unknown, Why::LenientDate),
        Some(expires) => match expires.time.zip(clock.date) {
            Some((time, date)) => return (Lifetime::Seconds(since(date, time)), Why::Expires),
            None if expires.text == "0" => {}
            None => return (Lifetime::Unknown, Why::LenientDate),
        },
        None => {}
    }
    if matches!(exchange.status, 301 | 410) {
        return (Lifetime::Seconds(PERMANENT), Why::Permanent);
    }
    match facts.last_modified.and_then(|modified| modified.time).zip(clock.date) {
        Some((modified, date)) => (Lifetime::Seconds(since(modified, date) / 10.0), Why::Heuristic),
        None => (Lifetime::Seconds(0.0), Why::Nothing),
    }
}

fn is_rfc850(text: &str) -> bool {
    /// Letters of a weekday's short name.
    const SHORT: usize = 3;
    text.find(',').is_some_and(|comma| SHORT < comma)
}

/// The first that is a number, in quotes or not.
fn seconds(facts: &Facts<'_>, name: &str) -> Option<f64> {
    facts.control.iter().find_map(|member| {
        let (found, value) = name_and_value(member);
        let value = value.filter(|_| found.trim_matches([' ', '\t']).eq_ignore_ascii_case(name))?;
        let value = value.trim_matches([' ', '\t']);
        let inside = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value);
        decimal(inside.trim_matches([' ', '\t']))
    })
}

/// `Age` is read as a number with a point; several lines are joined and then are none.
fn said_age(facts: &Facts<'_>) -> f64 {
    let said = facts.age.filter(|_| facts.n_ages == 1).and_then(decimal);
    said.unwrap_or_default()
}

/// A decimal number as WebKit's `toDouble` reads it, which knows neither `inf` nor `nan`.
fn decimal(text: &str) -> Option<f64> {
    let starts = text.strip_prefix(['+', '-']).unwrap_or(text).starts_with(|c: char| c.is_ascii_digit() || c == '.');
    let number: f64 = text.parse().ok().filter(|_| starts)?;
    Some(number.clamp(-MAX_SECONDS, MAX_SECONDS))
}

/// Whether the text holds these letters, in either case.
fn holds(text: &str, letters: &[u8]) -> bool {
    text.as_bytes().windows(letters.len()).any(|part| part.eq_ignore_ascii_case(letters))
}
