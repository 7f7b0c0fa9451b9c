//! `cache-busting-query`: addresses with a part that changes on every visit, so that no cache can answer.

use std::collections::BTreeMap;

use crate::order::Arrange;
use crate::page_load::{Lifetime, Owner, PageLoad, downloads};
use crate::recording::{Missing, RequestId, ResourceKind};
use crate::rules::gain;
use crate::rules::responses::{self, Judged, Response, Shown, Told};
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Outcome, Severity, Topic};
use crate::units::{Bytes, Seconds};

/// Seconds. A number this near to the time of the request is the time of the request: five minutes allow for clocks and
/// for pages that were open for a while; a build's time stamp is rarely so fresh.
const SAME_TIME: f64 = 300.0;

/// From this many bytes on, in the site's own files, it is a warning.
const NOTICEABLE: Bytes = Bytes::kib(10);

/// Names that say that the value is there to be another one each time.
const NAMES: [&str; 14] = [
    "_",
    "cb",
    "cachebust",
    "cachebuster",
    "cache_bust",
    "rnd",
    "rand",
    "random",
    "nocache",
    "no_cache",
    "t",
    "ts",
    "timestamp",
    "ms",
];

/// Parameters of signed addresses: the signature covers the time.
const SIGNED: [&str; 9] =
    ["signature", "sig", "x-amz-signature", "x-goog-signature", "policy", "expires", "hmac", "token", "st"];

/// Parameters of long polling (Engine.IO), whose answers are never the same.
const POLLING: [&str; 3] = ["eio", "transport", "sid"];

declare_rule! {
    /// ## In plain words
    /// A number that changes on each visit is part of these addresses. For browser and CDN each is a new file, so what they
    /// have already is never used.
    ///
    /// ## What it finds
    /// Static files, and data that may be kept, over the network with GET, whose query holds the time of the request (in
    /// seconds or milliseconds, within five minutes), or a random number, UUID or time whose value differs between two
    /// requests that are otherwise the same. Versions, which stay the same between requests, signed addresses, beacons and
    /// long polling are left out.
    ///
    /// ## Why it matters
    /// Every visit downloads these files again, and every time the CDN must ask the origin.
    ///
    /// ## How to fix it
    /// Take the parameter out and give the file a version that changes with its content; for data say
    /// `Cache-Control: no-cache` instead. In jQuery remove `cache: false`. A CDN can leave the parameter out of its key.
    ///
    /// ## How savings are estimated
    /// None are claimed for this load. The finding names the bytes: what each further visit downloads again.
    ///
    /// ## When to ignore it
    /// If the answer must be another one each time.
    ///
    /// ## References
    /// - [RFC 9111 §4: Constructing responses from caches](https://www.rfc-editor.org/rfc/rfc9111#section-4)
    /// - [jQuery.ajax: cache](https://api.jquery.com/jQuery.ajax/)
    pub static CACHE_BUSTING_QUERY = {
        id: "cache-busting-query",
        title: "Addresses that are new on every visit",
        topic: Topic::Caching,
        severity: Severity::Warning,
        owner: Owner::Origin,
        needs: [Missing::ResponseHeaders],
        since: "0.1.0",
        check: check,
    }
}

/// What stands in the value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Value {
    /// The time of the request.
    Now,
    /// Something that can be another one each time.
    Varying,
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let twice = requested_with_other_values(load);
    let shown = responses::look(load, &|response| {
        if !is_meant(response) {
            return Judged::NotMeant;
        }
        let Some(id) = parameter(load, response.request.id()).map(|_| response.request.id()) else {
            return Judged::Fine;
        };
        let is_now = parameter(load, id).is_some_and(|(.., value)| value == Value::Now);
        match (is_now, twice.contains(&id)) {
            (true, _) => Judged::Shown(message!["a part of its query is the time of the request"]),
            (false, true) => Judged::Shown(message!["asked for again with another value in its query"]),
            (false, false) => Judged::Fine,
        }
    });
    shown.conclude("no file with a query came over the network", &tell)
}

/// Files, and data that may be kept, with a query.
fn is_meant(response: &Response<'_, '_>) -> bool {
    let is_data = matches!(response.resource.kind, ResourceKind::Xhr | ResourceKind::Fetch);
    let may_be_kept = matches!(response.caching.lifetime, Some(Lifetime::Explicit(seconds)) if Seconds(0) < seconds);
    let is_file = downloads::is_static_file(response.request, response.resource);
    let has_query = response.resource.url.is_some_and(|url| url.query.is_some());
    has_query
        && response.is_download()
        && (is_file || is_data && may_be_kept)
        && !gain::is_background(response.resource)
}

/// Requests whose address, but for the value of that parameter, was asked for with another value as well.
fn requested_with_other_values(load: &PageLoad<'_>) -> Vec<RequestId> {
    let mut by_rest: BTreeMap<(&str, &str), Vec<(RequestId, &str)>> = BTreeMap::new();
    for (request, _) in load.network() {
        if let Some((before, value, after, _)) = parameter(load, request.id()) {
            by_rest.entry((before, after)).or_default().push((request.id(), value));
        }
    }
    let mut all = Vec::new();
    for same in by_rest.into_values() {
        if same.iter().any(|(_, value)| same.first().is_some_and(|(_, first)| first != value)) {
            all.extend(same.into_iter().map(|(id, _)| id));
        }
    }
    all.arrange();
    all
}

/// The first parameter that can be another one each time: the address before its value, the value, the address after.
fn parameter<'a>(load: &PageLoad<'a>, id: RequestId) -> Option<(&'a str, &'a str, &'a str, Value)> {
    let request = load.request(id);
    let address = request.url_text().expose();
    let query = load.resource(id)?.url?.query?;
    let names = || query.split('&').map(|pair| pair.split_once('=').map_or(pair, |(name, _)| name));
    let is_any = |known: &[&str]| names().any(|name| known.iter().any(|known| name.eq_ignore_ascii_case(known)));
    if is_any(&SIGNED) || is_any(&POLLING) {
        return None;
    }
    let at = load.recording.origin.zip(request.start()).map(|(origin, start)| (origin.0 + start.0) / 1000.0);
    let mut start = address.len().checked_sub(query.len())?; // the query is the end of the address
    for pair in query.split('&') {
        let (name, value) = pair.split_once('=').unwrap_or(("", pair));
        if let Some(kind) = kind_of(name, value, at) {
            let from = start + pair.len() - value.len();
            return Some((address.get(..from)?, value, address.get(from + value.len()..)?, kind));
        }
        start += pair.len() + 1;
    }
    None
}

fn kind_of(name: &str, value: &str, at: Option<f64>) -> Option<Value> {
    let is_number = !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit());
    let time = match value.len() {
        10 if is_number => value.parse::<f64>().ok(),
        13 if is_number => value.parse::<f64>().ok().map(|ms| ms / 1000.0),
        _ => None,
    };
    if time.zip(at).is_some_and(|(time, at)| (at - time).abs() <= SAME_TIME) {
        return Some(Value::Now);
    }
    let is_named = NAMES.iter().any(|known| name.eq_ignore_ascii_case(known));
    let is_random =
        value.strip_prefix("0.").is_some_and(|digits| 8 <= digits.len() && digits.bytes().all(|b| b.is_ascii_digit()));
    (is_random || is_uuid(value) || is_named && is_number && 6 <= value.len()).then_some(Value::Varying)
}

/// `8-4-4-4-12` hexadecimal digits (RFC 9562 §4).
fn is_uuid(value: &str) -> bool {
    let mut groups = value.split('-');
    let fits = [8, 4, 4, 4, 12].into_iter().all(|length| {
        groups.next().is_some_and(|group| group.len() == length && group.bytes().all(|b| b.is_ascii_hexdigit()))
    });
    fits && groups.next().is_none()
}

fn tell(shown: &Shown) -> Told {
    let files = shown.counted("file has", "files have");
    Told {
        severity: shown.warning_from(NOTICEABLE),
        customer: message![
            files,
            " a number in the address that changes on every visit, so no cache can ever reuse ",
            shown.agreeing("it", "them"),
            ": ",
            shown.bytes(),
            " again each time."
        ],
        engineer: message![
            shown.counted("address", "addresses"),
            " of ",
            shown.bytes(),
            " with a time or random number in the query: another cache key on each visit."
        ],
        fix: message![
            "Take the changing parameter out (in jQuery ",
            Part::Code("cache: false"),
            ") and send ",
            Part::Code("Cache-Control: no-cache"),
            " or a versioned name with a lifetime."
        ],
        savings: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::{Made, MadeRequest};
    use crate::rules::testing::check_rule;

    fn script(r: MadeRequest<'_>) -> MadeRequest<'_> {
        r.kind(ResourceKind::Script).response("cache-control", "max-age=600").bytes(20_000, 19_800, 60_000)
    }

    #[track_caller]
    fn check(expected: &str, addresses: &[&str]) {
        let made = addresses.iter().fold(Made::page("https://shop.example/"), |made, address| {
            made.request(&format!("https://shop.example/{address}"), script)
        });
        check_rule(&CACHE_BUSTING_QUERY, made, expected);
    }

    #[test]
    fn changing_parts() {
        // The recording was made at 1767225600.
        check("found", &["a.js?x=1767225601"]);
        check("found", &["a.js?lang=de&_=1767225599123&b=1"]);
        check("found", &["a.js?1767225600000"]);
        check("found", &["a.js?r=0.8273645182", "a.js?r=0.1111111111"]);
        check("found", &["a.js?u=123e4567-e89b-12d3-a456-426614174000", "a.js?u=123e4567-e89b-12d3-a456-426614174001"]);
        check("found", &["a.js?cb=123456", "a.js?cb=654321"]);
    }

    #[test]
    fn near_misses() {
        check("not-applicable", &["a.js"]);
        check("passed", &["a.js?v=1699999999"]);
        check("passed", &["a.js?cb=123456", "b.js?cb=654321"]);
        check("passed", &["a.js?cb=123456", "a.js?cb=123456"]);
        check("passed", &["a.js?Expires=1767225601&Signature=x"]);
        check("passed", &["a.js?page=123456", "a.js?page=654321"]);
        let data = |line: &'static str| {
            Made::page("https://shop.example/").request("https://shop.example/d?_=1767225601123", |r| {
                script(r).kind(ResourceKind::Fetch).response("cache-control", line)
            })
        };
        check_rule(&CACHE_BUSTING_QUERY, data("public"), "found");
        check_rule(&CACHE_BUSTING_QUERY, data("no-store"), "not-applicable");
        let made = Made::page("https://shop.example/").without(Missing::ResponseHeaders);
        check_rule(&CACHE_BUSTING_QUERY, made, "not-checked");
    }
}
