//! What is wrong with the headers that speak to caches: instructions that cannot be read or contradict each other,
//! values that cannot be read, and words without effect.

use std::borrow::Cow;

use crate::http::cache_control::{CacheControl, Delta, Directive, delta_seconds};
use crate::http::cdn::{self, Vendor};
use crate::http::exchange::{Exchange, Facts};
use crate::http::list;
use crate::http::validation::ETag;
use crate::units::Seconds;

/// One mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Directives are separated by semicolons: what stands between two commas counts as a whole, and as nothing.
    Semicolon,
    /// A member is no `token [ "=" value ]`.
    NoDirective,
    /// A directive of this name is meant.
    Misspelt(&'static str),
    /// Its value is no number of seconds.
    NoSeconds(&'static str),
    /// Its number is in quotes. Recipients must take it (RFC 9111 §5.2), but Chrome and Firefox do not.
    Quoted(&'static str),
    /// White space around its `=`.
    Spaced(&'static str),
    /// It stands there twice with different values: Chrome and Safari take the first, Firefox the last.
    Twice(&'static str),
    /// A lifetime beside this directive, which forbids to use it.
    LifetimeForbidden(&'static str),
    /// `private` beside this directive, which is for shared caches.
    PrivateBeside(&'static str),
    /// `immutable` without a lifetime.
    ImmutableForNoTime,
    /// A time in which a stale copy may be used, and this directive, which forbids that.
    StaleForbidden(&'static str),
    /// The same, in shared caches only.
    StaleForbiddenWhenShared(&'static str),
    /// `Pragma: no-cache` beside a lifetime: means nothing in a response (§5.4), yet all browsers obey it.
    PragmaBesideLifetime,
    /// `Expires` is no date, and nothing else tells a lifetime.
    ExpiresUnreadable,
    /// `Age` is no number of seconds.
    AgeUnreadable,
    /// `ETag` is not written as RFC 9110 §8.8.3 wants it.
    ETagUnreadable,
    /// `Last-Modified` is no date.
    LastModifiedUnreadable,
    /// No `Date`, and a lifetime that hangs on it.
    DateMissing,
    /// A header that may stand there once has lines with different values (RFC 9110 §5.3).
    Repeated(&'static str),
    /// A directive of requests, or one that no cache knows any more.
    Dead(&'static str),
    /// `Expires` tells another time than `max-age`, which counts.
    ExpiresDiffers,
}

/// Kinds of mistakes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// How long to keep it, said so that caches cannot follow or differ in what they make of it.
    Instruction,
    /// A value that caches need and cannot read.
    Value,
    /// Without effect.
    Dead,
}

/// Directives of responses (RFC 9111 §5.2.2, RFC 5861, RFC 8246).
const DIRECTIVES: [&str; 14] = [
    "max-age",
    "s-maxage",
    "no-cache",
    "no-store",
    "no-transform",
    "must-revalidate",
    "proxy-revalidate",
    "must-understand",
    "private",
    "public",
    "immutable",
    "stale-while-revalidate",
    "stale-if-error",
    "only-if-cached",
];

/// Those whose value is a number of seconds.
const TIMES: [&str; 4] = ["max-age", "s-maxage", "stale-while-revalidate", "stale-if-error"];

/// Directives of requests (§5.2.1), and two of Internet Explorer 5.
const DEAD: [&str; 5] = ["max-stale", "min-fresh", "only-if-cached", "post-check", "pre-check"];

/// Headers that may stand there once.
const SINGLETONS: [&str; 6] = ["age", "content-type", "date", "etag", "expires", "last-modified"];

/// Seconds by which `Expires` may differ from `max-age`: two clocks, and rounding.
const SAME: i64 = 60;

/// Seconds, 180 days. Two times beyond this mean the same: for as long as the browser likes.
const FOR_EVER: i64 = 180 * 86_400;

/// All mistakes in a response, without repetition, the weightiest kinds first.
pub fn of(exchange: &Exchange<'_>, facts: &Facts<'_>) -> Vec<Fault> {
    let mut faults = Vec::new();
    let control = CacheControl::parse(facts.control.iter().copied());
    spelling(facts, &control, &mut faults);
    conflicts(exchange, facts, &mut faults);
    values(exchange, facts, &mut faults);
    dead(facts, &control, &mut faults);
    faults
}

/// Mistakes of one directive by itself.
fn spelling(facts: &Facts<'_>, control: &CacheControl<'_>, faults: &mut Vec<Fault>) {
    for member in &facts.control {
        let fault = match Directive::parse(member) {
            Some(directive) => of_directive(&directive),
            None if member.contains(';') => Some(Fault::Semicolon),
            None => Some(Fault::NoDirective),
        };
        // Thousands of members have the same few mistakes.
        if let Some(fault) = fault.filter(|fault| !faults.contains(fault)) {
            faults.push(fault);
        }
    }
    for name in TIMES {
        if control.has_conflict(name) {
            faults.push(Fault::Twice(name));
        }
    }
}

fn of_directive(directive: &Directive<'_>) -> Option<Fault> {
    let known = DIRECTIVES.iter().find(|known| directive.name.eq_ignore_ascii_case(known));
    let Some(name) = known else { return misspelt(directive.name).map(Fault::Misspelt) };
    let value = directive.value.as_ref().map(Cow::as_ref);
    if !TIMES.contains(name) {
        return value.filter(|value| value.contains(';')).map(|_| Fault::Semicolon);
    }
    match value.map(delta_seconds) {
        _ if value.is_some_and(|value| value.contains(';')) => Some(Fault::Semicolon),
        None | Some(Delta::Invalid) => Some(Fault::NoSeconds(name)),
        Some(Delta::Valid(_)) if directive.spaced => Some(Fault::Spaced(name)),
        Some(Delta::Valid(_)) => directive.quoted.then_some(Fault::Quoted(name)),
    }
}

/// The directive that is meant by `max_age`, `maxage`, `s-max-age`, `nocache`.
fn misspelt(name: &str) -> Option<&'static str> {
    let letters = |name: &str| -> Option<[u8; 24]> {
        let mut all = [0; 24];
        let mut places = all.iter_mut();
        for byte in name.bytes().filter(|b| !matches!(b, b'-' | b'_')) {
            *places.next()? = byte.to_ascii_lowercase();
        }
        Some(all)
    };
    let said = letters(name)?;
    DIRECTIVES.into_iter().find(|known| letters(known) == Some(said))
}

/// Instructions that contradict each other.
fn conflicts(exchange: &Exchange<'_>, facts: &Facts<'_>, faults: &mut Vec<Fault>) {
    let said = &facts.directives;
    let is_positive = |delta: Option<Delta>| matches!(delta, Some(Delta::Valid(Seconds(seconds))) if 0 < seconds);
    let expires = facts.expires.and_then(|expires| expires.time).zip(facts.date_or_arrival());
    let has_lifetime =
        is_positive(said.max_age) || said.max_age.is_none() && expires.is_some_and(|(expires, date)| date < expires);
    let has_age = said.max_age.is_some();
    if said.no_store && (is_positive(said.max_age) || said.public && !has_age) {
        faults.push(Fault::LifetimeForbidden("no-store"));
    } else if said.no_cache && is_positive(said.max_age) {
        faults.push(Fault::LifetimeForbidden("no-cache"));
    } else if has_lifetime && !said.no_cache && !said.no_store && says_no_cache(exchange, facts) {
        faults.push(Fault::PragmaBesideLifetime);
    }
    if said.private_wholly && said.public {
        faults.push(Fault::PrivateBeside("public"));
    } else if said.private_wholly && is_positive(said.s_maxage) {
        faults.push(Fault::PrivateBeside("s-maxage"));
    }
    let is_immutable = facts.control.iter().any(|member| member.eq_ignore_ascii_case("immutable"));
    if is_immutable && !has_lifetime && (has_age || facts.expires.is_none()) && !said.no_store {
        faults.push(Fault::ImmutableForNoTime);
    }
    if is_positive(said.stale_while_revalidate) || is_positive(said.stale_if_error) {
        let forbids = match () {
            () if said.no_store => None, // nothing is kept at all
            () if said.must_revalidate => Some(Fault::StaleForbidden("must-revalidate")),
            () if said.no_cache => Some(Fault::StaleForbidden("no-cache")),
            () if said.proxy_revalidate => Some(Fault::StaleForbiddenWhenShared("proxy-revalidate")),
            () if said.s_maxage.is_some() && !serves_stale_anyway(exchange) => {
                Some(Fault::StaleForbiddenWhenShared("s-maxage"))
            }
            () => None,
        };
        faults.extend(forbids);
    }
}

fn says_no_cache(exchange: &Exchange<'_>, facts: &Facts<'_>) -> bool {
    let mut pragmas = list::members(exchange.response_lines("pragma"));
    facts.has_pragma && pragmas.any(|pragma| pragma.eq_ignore_ascii_case("no-cache"))
}

/// CDNs that document `s-maxage` together with `stale-while-revalidate`, and serve stale copies then.
fn serves_stale_anyway(exchange: &Exchange<'_>) -> bool {
    let front = cdn::read(exchange).front().map(|front| front.vendor);
    matches!(front, Some(Vendor::Vercel | Vendor::Netlify | Vendor::Fastly))
}

/// Values that cannot be read.
fn values(exchange: &Exchange<'_>, facts: &Facts<'_>, faults: &mut Vec<Fault>) {
    let has_max_age = facts.directives.max_age.is_some();
    if let Some(expires) = facts.expires
        && expires.time.is_none()
        && !(has_max_age || facts.directives.no_store || facts.directives.no_cache)
        && !matches!(expires.text, "0" | "-1" | "")
    {
        faults.push(Fault::ExpiresUnreadable);
    }
    let age = facts.age.and_then(|line| list::members([line]).next());
    if age.is_some_and(|age| delta_seconds(age) == Delta::Invalid) {
        faults.push(Fault::AgeUnreadable);
    }
    let tag = exchange.response_header("etag").filter(|tag| !tag.is_empty());
    if tag.is_some_and(|tag| !ETag::parse(tag).is_well_formed) {
        faults.push(Fault::ETagUnreadable);
    }
    if facts.last_modified.is_some_and(|modified| modified.time.is_none() && !modified.text.is_empty()) {
        faults.push(Fault::LastModifiedUnreadable);
    }
    let hangs_on_date = facts.expires.is_some_and(|expires| expires.time.is_some()) && !has_max_age
        || facts.last_modified.is_some() && facts.control.is_empty() && facts.expires.is_none();
    if facts.date.is_none_or(|date| date.time.is_none()) && hangs_on_date {
        faults.push(Fault::DateMissing);
    }
    for name in SINGLETONS {
        let mut lines = exchange.response_lines(name);
        let first = lines.next();
        if lines.any(|line| Some(line) != first) {
            faults.push(Fault::Repeated(name));
        }
    }
}

/// What has no effect.
fn dead(facts: &Facts<'_>, control: &CacheControl<'_>, faults: &mut Vec<Fault>) {
    faults.extend(DEAD.into_iter().filter(|name| control.has(name)).map(Fault::Dead));
    let lasts = facts.expires.and_then(|expires| expires.time).zip(facts.date_or_arrival());
    if let (Some(Delta::Valid(max_age)), Some((expires, date))) = (facts.directives.max_age, lasts) {
        let (lasts, max_age) = (expires - date, max_age.0 as i64);
        let differs = |lasts: i64| SAME < (lasts - max_age).abs();
        // Some CDNs write a `Date` of their own and leave `Expires` as it was.
        let age = facts.age_seconds().0 as i64;
        // A date in the past beside `max-age` is a habit of content management systems (1978, 1984) and harmless, and so
        // is the end of 2037 beside ten years.
        if 0 < lasts && lasts.min(max_age) < FOR_EVER && differs(lasts) && differs(lasts.saturating_add(age)) {
            faults.push(Fault::ExpiresDiffers);
        }
    }
}

impl Fault {
    /// Which kind it is.
    pub fn group(self) -> Group {
        match self {
            Self::ExpiresUnreadable
            | Self::AgeUnreadable
            | Self::ETagUnreadable
            | Self::LastModifiedUnreadable
            | Self::DateMissing
            | Self::Repeated(_) => Group::Value,
            Self::Dead(_) | Self::ExpiresDiffers => Group::Dead,
            _ => Group::Instruction,
        }
    }

    /// The header it is in.
    pub fn header(self) -> &'static str {
        match self {
            Self::PragmaBesideLifetime => "pragma",
            Self::ExpiresUnreadable | Self::ExpiresDiffers => "expires",
            Self::AgeUnreadable => "age",
            Self::ETagUnreadable => "etag",
            Self::LastModifiedUnreadable => "last-modified",
            Self::DateMissing => "date",
            Self::Repeated(name) => name,
            _ => "cache-control",
        }
    }

    /// What is wrong: words, a name as it stands in headers, words.
    pub fn words(self) -> [&'static str; 3] {
        match self {
            Self::Semicolon => {
                ["directives are separated by commas; with a ", ";", " what stands around it counts for nothing"]
            }
            Self::NoDirective => ["a part of it is no directive", "", ""],
            Self::Misspelt(meant) => ["a directive is misspelt and counts for nothing; probably ", meant, " is meant"],
            Self::NoSeconds(name) => ["", name, " is no whole number of seconds, which caches should take for 0"],
            Self::Quoted(name) => ["", name, " is quoted, which Chrome, Firefox and several CDNs do not read"],
            Self::Spaced(name) => ["white space around the = of ", name, ", which several caches do not read"],
            Self::Twice(name) => [
                "",
                name,
                " stands there twice with different values; Chrome and Safari take the first, Firefox the last",
            ],
            Self::LifetimeForbidden(by) => ["it may be kept, and ", by, " forbids it; the stricter one wins"],
            Self::PrivateBeside(other) => ["", other, " is meant for shared caches, and private keeps them out"],
            Self::ImmutableForNoTime => ["", "immutable", " without a lifetime means nothing"],
            Self::StaleForbidden(by) => ["a stale copy may be used for a while, and ", by, " forbids that"],
            Self::StaleForbiddenWhenShared(by) => {
                ["a stale copy may be used for a while, and in shared caches ", by, " forbids that"]
            }
            Self::PragmaBesideLifetime => {
                ["", "Pragma: no-cache", " means nothing in a response, yet browsers obey it: they ask before each use"]
            }
            Self::ExpiresUnreadable => [
                "it is not in the form of HTTP dates, so it counts as expired; some browsers read it nevertheless",
                "",
                "",
            ],
            Self::AgeUnreadable => ["it is no whole number of seconds, so it does not count", "", ""],
            Self::ETagUnreadable => ["it is not written as ", "\"…\"", " in double quotes, so caches may drop it"],
            Self::LastModifiedUnreadable => ["it is not in the form of HTTP dates, so not all caches read it", "", ""],
            Self::DateMissing => ["without a ", "Date", " the lifetime cannot be reckoned exactly"],
            Self::Repeated(_) => [
                "it may stand there once and has lines with different values; software differs in which counts",
                "",
                "",
            ],
            Self::Dead(name) => ["", name, " has no effect in a response"],
            Self::ExpiresDiffers => ["it tells another time than ", "max-age", ", which is the one that counts"],
        }
    }
}

#[cfg(test)]
mod tests;
