//! Chromium: `net/http/http_response_headers.cc` (`GetFreshnessLifetimes`, `GetCurrentAge`).

use crate::http::browsers::{Clock, Lifetime, Verdict, Why, conclude, whole_number};
use crate::http::exchange::{Exchange, Facts};
use crate::http::list;

/// `Age` is read into 32 bits.
const MAX_AGE: u64 = u32::MAX as u64;

/// `max-age` is read into a signed number of 64 bits.
const MAX_SECONDS: u64 = i64::MAX as u64;

/// What it does.
pub fn judge(exchange: &Exchange<'_>, facts: &Facts<'_>, clock: &Clock) -> Verdict {
    // Whole members are compared: `no-cache="x"` is another thing than `no-cache`.
    let has = |name: &str| facts.control.iter().any(|member| member.eq_ignore_ascii_case(name));
    let no_store = has("no-store");
    let stored = exchange.method == "GET" && !no_store;
    let mut pragmas = list::members(exchange.response_lines("pragma"));
    let no_cache =
        no_store || has("no-cache") || (facts.has_pragma && pragmas.any(|p| p.eq_ignore_ascii_case("no-cache")));
    let must_revalidate = has("must-revalidate");
    let (lifetime, why) = match no_cache {
        true => (Lifetime::Seconds(0.0), Why::NoCache),
        false => lifetime(exchange, facts, clock, must_revalidate),
    };
    let may_be_stale = !no_cache && !must_revalidate && why != Why::Permanent;
    let stale = seconds(facts, "stale-while-revalidate").filter(|_| may_be_stale).unwrap_or_default();
    let said = facts.age.and_then(|line| list::members([line]).next());
    let said = said.and_then(|said| whole_number(said, MAX_AGE)).unwrap_or_default();
    let age = clock.apparent_age.max(said as f64) + clock.delay + clock.resident;
    conclude(stored, lifetime, why, stale, age, facts.varies_always)
}

fn lifetime(exchange: &Exchange<'_>, facts: &Facts<'_>, clock: &Clock, must_revalidate: bool) -> (Lifetime, Why) {
    if let Some(seconds) = seconds(facts, "max-age") {
        return (Lifetime::Seconds(seconds), Why::MaxAge);
    }
    if let Some(expires) = facts.expires {
        return match expires.time.zip(clock.date) {
            Some((time, date)) => (Lifetime::Seconds((time - date).max(0) as f64), Why::Expires),
            None if expires.text == "0" => (Lifetime::Seconds(0.0), Why::Expires),
            None => (Lifetime::Unknown, Why::LenientDate),
        };
    }
    let modified = facts.last_modified.and_then(|modified| modified.time);
    let modified = modified.filter(|_| matches!(exchange.status, 200 | 203 | 206) && !must_revalidate);
    match modified.zip(clock.date) {
        Some((modified, date)) if modified <= date => {
            (Lifetime::Seconds((date - modified) as f64 / 10.0), Why::Heuristic)
        }
        _ if matches!(exchange.status, 300 | 301 | 308 | 410) => (Lifetime::Forever, Why::Permanent),
        _ => (Lifetime::Seconds(0.0), Why::Nothing),
    }
}

/// The first that is a number; spaces are allowed behind the `=` and not before it.
fn seconds(facts: &Facts<'_>, name: &str) -> Option<f64> {
    facts.control.iter().find_map(|member| {
        let (start, rest) = member.split_at_checked(name.len())?;
        let value = rest.strip_prefix('=').filter(|_| start.eq_ignore_ascii_case(name))?;
        whole_number(value.trim_matches(' '), MAX_SECONDS).map(|seconds| seconds as f64)
    })
}
