//! `edge-cache-miss`: static files that the CDN had to fetch from the origin first.

use crate::http::edge::EdgeStatus;
use crate::order::Arrange;
use crate::page_load::{Owner, PageLoad, downloads};
use crate::recording::{Missing, RequestId};
use crate::rules::cdn::{status_header, why_missed};
use crate::rules::gain;
use crate::rules::rule::declare_rule;
use crate::rules::server_time::ServerTimes;
use crate::rules::text::{Part, message};
use crate::rules::{Evidence, Finding, Method, Outcome, Savings, Severity, Topic};
use crate::units::Millis;

/// Files. One or two misses are what the first visitor after an expiry sees; more are a habit.
const SEVERAL: u64 = 3;

/// Part of the files that tell their status, one in this many, from which misses are a habit and not chance.
const ONE_IN: u64 = 5;

/// Milliseconds of server time. A miss that is answered faster cost nobody anything.
const NOTICEABLE: Millis = Millis(100.0);

declare_rule! {
    /// ## In plain words
    /// Some files are the same for every visitor, yet the server nearby (the CDN's edge) did not have them and had to
    /// fetch them from the home server first. Visitors waited for that detour.
    ///
    /// ## What it finds
    /// Static files (scripts, style sheets, fonts, images, media) whose headers tell that a cache in front of the
    /// server did not answer by itself: miss, expired, bypass, dynamic; and those for which it had to ask the origin
    /// whether its copy was still good. Understood are `Cache-Status` (RFC 9211) and the headers of the common CDNs.
    ///
    /// It is a warning where three or more of the site's own files, and at least a fifth of those that tell, came
    /// through a miss of 100 ms or more; else a notice: a miss alone may be chance. One or two misses that cost less, or
    /// only other companies' files, are not told.
    ///
    /// ## Why it matters
    /// The detour costs the way to the origin and back, and the origin's own time. Files that are never kept at the
    /// edge pay for it with every visitor.
    ///
    /// ## How to fix it
    /// - *bypass, dynamic*: let shared caches keep the file: `Cache-Control: public, max-age=31536000, immutable` for
    ///   files with a hash in their name; no `Set-Cookie` and no `Vary: Cookie` on them; a cache rule for the path.
    /// - *miss*: longer lifetimes, fewer variants (query strings, `Vary`), an origin shield.
    /// - *expired, revalidated*: a longer lifetime and `stale-while-revalidate`, so that nobody waits.
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
        severity: Severity::Warning,
        owner: Owner::Origin,
        needs: [Missing::ResponseHeaders],
        since: "0.1.0",
        check: check,
    }
}

/// A file that the edge had to ask for.
struct Miss {
    id: RequestId,
    why: &'static str,
    server: Millis,
    is_own: bool,
    is_revalidation: bool,
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let times = ServerTimes::of(load);
    let mut n_told: u64 = 0;
    let mut misses = Vec::new();
    for (request, resource) in load.network() {
        if !downloads::is_static_file(request, resource) || request.via_service_worker() {
            continue;
        }
        let Some(status) = load.edge_of(request.id()).status else { continue };
        n_told += 1;
        let is_revalidation = status == EdgeStatus::Revalidated;
        let why =
            if is_revalidation { Some("the edge asked whether its copy was still good") } else { why_missed(status) };
        let Some(why) = why else { continue };
        let server = times.divide(load, request).map_or(Millis::ZERO, |time| time.server);
        misses.push(Miss { id: request.id(), why, server, is_own: !gain::is_third_party(resource), is_revalidation });
    }
    misses.arrange_by(|a, b| {
        let weight = |miss: &Miss| (miss.is_own, !miss.is_revalidation);
        weight(b).cmp(&weight(a)).then(b.server.total_cmp(&a.server)).then(a.id.cmp(&b.id))
    });
    match misses.first() {
        Some(_) if is_chance(&misses) => Outcome::Passed,
        Some(worst) => Outcome::found(finding(load, worst, &misses, n_told)),
        None if n_told == 0 => {
            Outcome::NotApplicable("no static file tells whether a cache in front of the server had it")
        }
        None => Outcome::Passed,
    }
}

/// A few misses that cost the site's own files nothing.
fn is_chance(misses: &[Miss]) -> bool {
    (misses.len() as u64) < SEVERAL && !misses.iter().any(|miss| miss.is_own && NOTICEABLE <= miss.server)
}

fn finding(load: &PageLoad<'_>, worst: &Miss, misses: &[Miss], n_told: u64) -> Finding {
    let counts = |miss: &&Miss| miss.is_own && !miss.is_revalidation && NOTICEABLE <= miss.server;
    let n_slow = misses.iter().filter(counts).count() as u64;
    let is_habit = SEVERAL <= n_slow && n_told <= ONE_IN * n_slow;
    let n_misses = misses.len() as u64;
    Finding {
        severity: if is_habit { Severity::Warning } else { Severity::Notice },
        owner: (!misses.iter().any(|miss| miss.is_own)).then_some(Owner::ThirdParty),
        customer: message![
            Part::Counted(n_misses, "file had", "files had"),
            " to be fetched from the home server, because the server nearby did not have ",
            if n_misses == 1 { "it" } else { "them" },
            " ready. The slowest took ",
            misses.iter().map(|miss| miss.server).max_by(Millis::total_cmp).unwrap_or_default(),
            "."
        ],
        engineer: message![
            Part::Counted(n_misses, "static file", "static files"),
            " of ",
            n_told,
            " that tell it did not come from the edge's cache; ",
            worst.id,
            " took the server ",
            worst.server,
            " (",
            worst.why,
            ")."
        ],
        fix: message![
            "Let shared caches keep static files for long (",
            Part::Code("Cache-Control: public, max-age=31536000, immutable"),
            " with a hash in the name), without ",
            Part::Code("Set-Cookie"),
            " and with few variants; use a shield in front of the origin."
        ],
        evidence: misses.iter().map(|miss| evidence(load, miss)).collect(),
        savings: savings(load, misses),
    }
}

fn evidence(load: &PageLoad<'_>, miss: &Miss) -> Evidence {
    let mut text = message![];
    if let Some(header) = status_header(load.request(miss.id)) {
        text.0.extend(message![Part::ResponseHeader(miss.id, header), ": "].0);
    }
    text.0.extend(message![miss.why].0);
    if Millis::ZERO < miss.server {
        text.0.extend(message!["; ", miss.server, " of server time"].0);
    }
    Evidence { request: Some(miss.id), text }
}

fn savings(load: &PageLoad<'_>, misses: &[Miss]) -> Option<Savings> {
    let (metric, at) = load.milestones.main()?;
    let before = |miss: &&Miss| load.span(miss.id).is_some_and(|span| span.end <= at.ms);
    let most = misses.iter().filter(before).map(|miss| miss.server).max_by(Millis::total_cmp)?;
    Some(Savings {
        milestone: Some(metric),
        ms: (Millis::ZERO, most),
        bytes: Default::default(),
        method: Method::Bound,
    })
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
                r.wait(300.0).response("cf-ray", "8a1b-FRA").response("cf-cache-status", status)
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
        assert_eq!(of(&["MISS", "BYPASS", "DYNAMIC", "HIT"]), (Severity::Warning, 3));
        assert_eq!(of(&["MISS", "HIT", "HIT"]), (Severity::Notice, 1));
        assert_eq!(of(&["REVALIDATED", "HIT", "HIT"]), (Severity::Notice, 1));
    }

    #[test]
    fn near_misses() {
        check_rule(&EDGE_CACHE_MISS, files(&["HIT", "STALE", "UPDATING"]), "passed");
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
