//! `edge-cache-miss`: static files that the CDN could have had and had to fetch from the origin first.

use crate::order::Arrange;
use crate::page_load::delivery::{self, Delivery};
use crate::page_load::{Owner, PageLoad};
use crate::recording::Missing;
use crate::rules::cdn::{self, Came, File, NOTICEABLE, SEVERAL};
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::vendors::{self, Need};
use crate::rules::{Finding, Outcome, Severity, Topic, gain, reasons};
use crate::units::Millis;

/// Part of the files that tell their status, one in this many, from which misses are a habit and not chance.
const ONE_IN: usize = 5;

/// Files that a hit ratio needs: of fewer, one miss is worth more than a tenth.
const FEWEST: u64 = 10;

/// Hit ratios that CDNs call healthy for static files lie above nine tenths; below eight, and below a half, something
/// keeps the cache from working.
const HEALTHY: f64 = 0.9;
const LOW: f64 = 0.8;
const VERY_LOW: f64 = 0.5;

/// Milliseconds of waiting for misses, added up, that make a very low ratio serious: more than a good LCP may take.
const COSTLY: Millis = Millis(2_000.0);

declare_rule! {
    /// ## In plain words
    /// Some files are the same for every visitor, yet the server nearby (the CDN's edge) did not have them and had to
    /// fetch them from the home server first. Visitors waited for that detour.
    ///
    /// ## What it finds
    /// Static files (scripts, style sheets, fonts, images, media) that may be kept and that the cache in front of the
    /// server did not have, and per host the part of those that it had. Understood are `Cache-Status` (RFC 9211) and the
    /// headers of the common CDNs. What may not be kept, is never tried or was too old is told by other checks.
    ///
    /// Of ten files or more: below 90% a notice, below 80% a warning, below 50% with two seconds of waiting serious. Of
    /// fewer: a warning where three or more files, a fifth of those that tell, cost 100 ms or more; one or two that cost
    /// less are not told. Other companies' files do not count.
    ///
    /// ## Why it matters
    /// The detour costs the way to the origin and back, and the origin's own time.
    ///
    /// ## How to fix it
    /// - Record again: the first request at each place is always a miss. What misses twice is not being kept.
    /// - Fewer variants: no changing query strings, `Vary` by few headers.
    /// - A second cache in front of the origin (shield, tiered cache), so that one fetch serves all places.
    ///
    /// ## How savings are estimated
    /// At most the server time of the slowest miss that was over before the main milestone; at least nothing.
    ///
    /// ## When to ignore it
    /// Right after a deployment or a purge; pages with few visitors, whose files leave the edge's cache between visits.
    ///
    /// ## References
    /// - [RFC 9211: Cache-Status](https://www.rfc-editor.org/rfc/rfc9211)
    /// - [Cloudflare: cache responses](https://developers.cloudflare.com/cache/concepts/cache-responses/)
    /// - [CloudFront: cache hit ratio](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cache-hit-ratio.html)
    /// - [Fastly: shielding](https://www.fastly.com/documentation/guides/concepts/shielding/)
    pub static EDGE_CACHE_MISS = {
        id: "edge-cache-miss",
        title: "Static files missing from the CDN's cache",
        topic: Topic::Cdn,
        severity: Severity::Serious,
        owner: Owner::Origin,
        needs: [Missing::ResponseHeaders],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let mut files = cdn::files(load);
    let n_told = files.len();
    if n_told == 0 {
        return Outcome::NotApplicable("no static file tells whether a cache in front of the server had it");
    }
    let regional = cdn::is_mostly_regional(&files);
    files.retain(|file| file.came == Came::Miss || file.came == Came::Regional && !regional);
    cdn::weightiest_first(&mut files);
    let host = lowest(load);
    let by_ratio = host.as_ref().and_then(|host| severity(host, &files));
    let is_slow = |file: &&File<'_>| NOTICEABLE <= file.server;
    let n_slow = files.iter().filter(is_slow).count();
    let by_count = match files.len() {
        0 => None,
        _ if SEVERAL <= n_slow && n_told <= ONE_IN * n_slow => Some(Severity::Warning),
        n if SEVERAL <= n || 0 < n_slow => Some(Severity::Notice),
        _ => None,
    };
    match (files.first(), by_ratio.max(by_count)) {
        (Some(worst), Some(severity)) => Outcome::found(finding(load, severity, worst, &files, n_told, host)),
        _ => Outcome::Passed,
    }
}

/// The host of the site's own files with the lowest hit ratio, of those with enough files.
fn lowest(load: &PageLoad<'_>) -> Option<Delivery> {
    let is_own = |delivery: &Delivery| !load.resource(delivery.request).is_some_and(gain::is_third_party);
    let mut hosts = delivery::all(load);
    hosts.retain(|host| FEWEST <= host.could.n && is_own(host));
    let ratio = |host: &Delivery| cdn::part(host.could_hits.n, host.could.n).0;
    hosts.arrange_by(|a, b| ratio(a).total_cmp(&ratio(b)));
    hosts.into_iter().next()
}

fn severity(host: &Delivery, files: &[File<'_>]) -> Option<Severity> {
    let wasted: Millis = files.iter().map(|file| file.server).sum();
    match cdn::part(host.could_hits.n, host.could.n).0 {
        ratio if ratio < VERY_LOW && COSTLY <= wasted => Some(Severity::Serious),
        ratio if ratio < LOW => Some(Severity::Warning),
        ratio if ratio < HEALTHY => Some(Severity::Notice),
        _ => None,
    }
}

fn finding(
    load: &PageLoad<'_>,
    severity: Severity,
    worst: &File<'_>,
    files: &[File<'_>],
    n_told: usize,
    host: Option<Delivery>,
) -> Finding {
    let n_misses = files.len() as u64;
    let total: Millis = files.iter().map(|file| file.server).sum();
    let mut engineer = message![
        Part::Counted(n_misses, "static file", "static files"),
        " of ",
        n_told as u64,
        " that tell it did not come from the edge's cache; waiting for the servers added up: ",
        total,
        ". "
    ];
    if let Some(host) = host {
        let ratio = cdn::part(host.could_hits.n, host.could.n);
        let of_all = message![" cacheable files came from its cache (", ratio, "). "];
        engineer.0.extend(message![Part::Host(host.request), ": ", host.could_hits.n, " of ", host.could.n].0);
        engineer.0.extend(of_all.0);
    }
    engineer.0.extend(message!["A first request at a place is always a miss: one recording cannot tell more."].0);
    let mut fix = message![
        "Record a second time: what misses again is not being kept. Then see to it that the address and ",
        Part::Code("Vary"),
        " make few variants, and put a second cache in front of the origin."
    ];
    let need = worst.reasons.first().map_or(Need::Tiers, reasons::need);
    fix.0.extend(vendors::advice(worst.edge.layer, need).0);
    Finding {
        severity,
        owner: None,
        customer: message![
            Part::Counted(n_misses, "file had", "files had"),
            " to be fetched from the home server, because the server nearby did not have ",
            Part::agreeing(files.len(), "it", "them"),
            " ready. The slowest took ",
            files.iter().map(|file| file.server).max_by(Millis::total_cmp).unwrap_or_default(),
            "."
        ],
        engineer,
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
    use crate::rules::testing::{check_rule, outcome};

    /// Files of one CDN host with these statuses, each waiting 300 ms.
    fn files(statuses: &[&str]) -> Made {
        let mut made = Made::page("https://shop.example/").document(|r| r);
        for (at, status) in statuses.iter().enumerate() {
            made = made.request(&format!("https://cdn.shop.example/{at}.js"), |r| {
                let r = r.kind(ResourceKind::Script).start(50.0).set_up(1.0, 20.0, 20.0).bytes(5000, 4800, 9000);
                let r = r.wait(300.0).response("cf-ray", "8a1b-FRA").response("cf-cache-status", status);
                r.response("cache-control", "max-age=600")
            });
        }
        made
    }

    #[test]
    fn a_habit_is_a_warning() {
        let of = |statuses: &[&str]| match outcome(&EDGE_CACHE_MISS, files(statuses)) {
            Outcome::Found(found) => (found[0].severity, found[0].evidence.len()),
            other => panic!("{other:?}"),
        };
        assert_eq!(of(&["MISS", "MISS", "MISS", "DYNAMIC", "HIT"]), (Severity::Warning, 3));
        assert_eq!(of(&["MISS", "HIT", "HIT"]), (Severity::Notice, 1));
        // By the ratio: 9 of 11, 5 of 10, 1 of 10.
        assert_eq!(of(&[["HIT"; 9].as_slice(), &["MISS"; 2]].concat()), (Severity::Notice, 2));
        assert_eq!(of(&[["HIT"; 5].as_slice(), &["MISS"; 5]].concat()), (Severity::Warning, 5));
        assert_eq!(of(&[["HIT"; 1].as_slice(), &["MISS"; 9]].concat()), (Severity::Serious, 9));
    }

    #[test]
    fn the_evidence_tells_why_as_far_as_it_can() {
        let made = files(&["MISS"]).request("https://cdn.shop.example/a.js?_=1", |r| {
            let r = r.kind(ResourceKind::Script).start(50.0).bytes(5000, 4800, 9000).wait(400.0);
            r.response("cf-ray", "8a1b-FRA")
                .response("cf-cache-status", "MISS")
                .response("cache-control", "max-age=600")
        });
        let Outcome::Found(found) = outcome(&EDGE_CACHE_MISS, made) else { panic!() };
        let id = found[0].evidence[0].request.expect("a request");
        let address = crate::http::cdn::reason::Cause::Address.text();
        let line = Part::ResponseHeader(id, "cf-cache-status");
        let expected = message![line, "; ", "possible as well: ", address, "; ", Millis(380.0), " of server time"];
        assert_eq!(found[0].evidence[0].text, expected);
    }

    #[test]
    fn near_misses() {
        check_rule(&EDGE_CACHE_MISS, files(&["HIT", "STALE", "UPDATING", "EXPIRED", "BYPASS"]), "passed");
        let quick = files(&["HIT"]).request("https://cdn.shop.example/quick.js", |r| {
            r.kind(ResourceKind::Script).start(50.0).bytes(5000, 4800, 9000).wait(90.0).response("x-cache", "MISS")
        });
        check_rule(&EDGE_CACHE_MISS, quick, "passed");
        let plain = Made::page("https://shop.example/")
            .document(|r| r)
            .request("https://shop.example/a.js", |r| r.kind(ResourceKind::Script).bytes(5000, 4800, 9000).wait(900.0));
        check_rule(&EDGE_CACHE_MISS, plain, "not-applicable");
        check_rule(&EDGE_CACHE_MISS, files(&["MISS"]).without(Missing::ResponseHeaders), "not-checked");
    }
}
