//! `repeated-edge-miss`: files that the CDN did not have a second time, although it had just fetched them.

use std::collections::BTreeMap;

use crate::http::url;
use crate::page_load::{Owner, PageLoad, edge};
use crate::recording::Missing;
use crate::rules::cdn::{self, Came, File};
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::vendors::{self, Need};
use crate::rules::{Finding, Outcome, Severity, Topic};
use crate::units::Millis;

declare_rule! {
    /// ## In plain words
    /// The same file was asked for more than once, and the server nearby (the CDN's edge) had not kept it from the first
    /// time: each request went all the way to the home server.
    ///
    /// ## What it finds
    /// Static files that may be kept and that missed the cache of the same place twice or more within one page load
    /// without a hit in between: the same address, or the same file (by its `ETag`) under an address that differs only
    /// in its query.
    ///
    /// ## Why it matters
    /// A cache that looks for something else each time never helps, however many visitors come.
    ///
    /// ## How to fix it
    /// - Leave changing parameters out of what the cache looks for, or out of the address.
    /// - Vary by few request headers.
    /// - If both are right: a second cache in front of the origin, for a place with several machines.
    ///
    /// ## How savings are estimated
    /// At most the server time of the slowest repeated miss that was over before the main milestone; at least nothing.
    ///
    /// ## When to ignore it
    /// Two requests at the same moment; places whose machines each have a cache of their own (Fastly, large places of
    /// others); a purge in between.
    ///
    /// ## References
    /// - [Cloudflare: cache keys](https://developers.cloudflare.com/cache/how-to/cache-keys/)
    /// - [RFC 9111 §4: constructing responses from caches](https://www.rfc-editor.org/rfc/rfc9111#section-4)
    pub static REPEATED_EDGE_MISS = {
        id: "repeated-edge-miss",
        title: "Files that the CDN fetched again and again",
        topic: Topic::Cdn,
        severity: Severity::Warning,
        owner: Owner::Origin,
        needs: [Missing::ResponseHeaders],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let files = cdn::files(load);
    if files.is_empty() {
        return Outcome::NotApplicable("no static file tells whether a cache in front of the server had it");
    }
    // By what stays the same: the address without its query, with the entity tag; and the place.
    let mut by_file: BTreeMap<(String, String, String), Vec<File<'_>>> = BTreeMap::new();
    for file in files {
        let address = url::canonical(file.request.url_text().expose());
        let tag = file.request.response_header("etag").next().map_or("", |tag| tag.expose()).to_owned();
        let key = if tag.is_empty() { address } else { address.split('?').next().unwrap_or_default().to_owned() };
        let place = edge::place(file.request).unwrap_or_default();
        by_file.entry((key, tag, place)).or_default().push(file);
    }
    let mut repeated = Vec::new();
    for files in by_file.into_values() {
        let ends_before = |a: &File<'_>, b: &File<'_>| {
            let spans = load.span(a.id).zip(load.span(b.id));
            spans.is_some_and(|(a, b)| a.end <= b.start)
        };
        let all_missed = files.iter().all(|file| file.came == Came::Miss && file.could);
        // Requests under way at the same time could not profit from each other.
        let in_turn = files.first().zip(files.last()).is_some_and(|(first, last)| ends_before(first, last));
        if all_missed && in_turn {
            repeated.extend(files);
        }
    }
    cdn::weightiest_first(&mut repeated);
    match repeated.first() {
        Some(worst) => Outcome::found(finding(load, worst, &repeated)),
        None => Outcome::Passed,
    }
}

fn finding(load: &PageLoad<'_>, worst: &File<'_>, files: &[File<'_>]) -> Finding {
    let total: Millis = files.iter().map(|file| file.server).sum();
    let n_requests = files.len() as u64;
    let mut fix = message![
        "Leave changing parameters out of what the cache looks for, and let ",
        Part::Code("Vary"),
        " name few headers."
    ];
    fix.0.extend(vendors::advice(worst.edge.layer, Need::Key).0);
    Finding {
        severity: Severity::Warning,
        owner: None,
        customer: message![
            "The server nearby should have had a copy the second time but did not: ",
            Part::Counted(n_requests, "request", "requests"),
            " for files that it had just fetched went to the home server again."
        ],
        engineer: message![
            Part::Counted(n_requests, "request", "requests"),
            " for the same files missed the cache of the same place without a hit between, ",
            total,
            " of server time in all; the slowest: ",
            worst.id,
            ". Its key changes from request to request, or the copy is not kept or pushed out at once."
        ],
        fix,
        evidence: cdn::evidence(files),
        savings: cdn::savings(load, files),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::ResourceKind;
    use crate::recording::testing::Made;
    use crate::rules::testing::check_rule;

    /// Scripts: address, status, place, start.
    fn made(requests: &[(&str, &str, &str, f64)]) -> Made {
        requests.iter().fold(Made::page("https://shop.example/").document(|r| r), |made, (name, status, ray, start)| {
            made.request(&format!("https://shop.example/{name}"), |r| {
                let r = r.kind(ResourceKind::Script).start(*start).wait(200.0).bytes(5000, 4800, 9000);
                let r = r.response("cf-ray", ray).response("cf-cache-status", status).response("etag", "\"1\"");
                r.response("cache-control", "max-age=600")
            })
        })
    }

    #[test]
    fn the_same_file_twice() {
        let check = |requests: &[_], expected| check_rule(&REPEATED_EDGE_MISS, made(requests), expected);
        check(&[("a.js?_=1", "MISS", "1-FRA", 0.0), ("a.js?_=2", "MISS", "2-FRA", 500.0)], "found");
        check(&[("a.js", "MISS", "1-FRA", 0.0), ("a.js", "MISS", "2-FRA", 500.0)], "found");
        check(&[("a.js", "MISS", "1-FRA", 0.0), ("a.js", "MISS", "2-FRA", 100.0)], "passed");
        check(&[("a.js", "MISS", "1-FRA", 0.0), ("a.js", "MISS", "2-AMS", 500.0)], "passed");
        check(&[("a.js", "MISS", "1-FRA", 0.0), ("a.js", "HIT", "2-FRA", 500.0)], "passed");
        check(&[("a.js", "MISS", "1-FRA", 0.0), ("b.js", "MISS", "2-FRA", 500.0)], "passed");
        check(&[], "not-applicable");
    }
}
