//! `short-edge-lifetime`: static files whose copies at the CDN were too old, so that it asked the origin.

use crate::http::freshness::Basis;
use crate::page_load::{Owner, PageLoad};
use crate::recording::Missing;
use crate::rules::cdn::{self, Came, File, NOTICEABLE, SEVERAL};
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::vendors::{self, Need};
use crate::rules::{Evidence, Finding, Outcome, Severity, Topic};
use crate::units::{Millis, Seconds};

/// Seconds. A lifetime meant for CDNs that is shorter makes each place ask the origin every hour, for files that can be
/// purged when they change.
const SHORT: Seconds = Seconds(3_600);

declare_rule! {
    /// ## In plain words
    /// The server nearby (the CDN's edge) had these files, but was told that they are too old to use. So it asked the
    /// home server first, and the visitor waited.
    ///
    /// ## What it finds
    /// Static files with the status *expired* or *revalidated*: three or more, or one that took the
    /// server 100 ms or more. And three or more of the site's own static files whose lifetime for CDNs (`s-maxage`,
    /// `CDN-Cache-Control` and its like) is below an hour.
    ///
    /// ## Why it matters
    /// Each place asks the origin once per lifetime and file, and a visitor waits for that.
    ///
    /// ## How to fix it
    /// - A longer lifetime for the CDN alone, with a purge at each deployment.
    /// - `stale-while-revalidate`: the old copy answers while the edge asks; nobody waits.
    ///
    /// ## How savings are estimated
    /// At most the server time of the slowest of them that was over before the main milestone; at least nothing.
    ///
    /// ## When to ignore it
    /// Files that change by the minute and cannot be purged.
    ///
    /// ## References
    /// - [RFC 9111 §5.2.2.10: s-maxage](https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2.10)
    /// - [RFC 5861: stale-while-revalidate](https://www.rfc-editor.org/rfc/rfc5861)
    /// - [RFC 9213: targeted cache control](https://www.rfc-editor.org/rfc/rfc9213)
    pub static SHORT_EDGE_LIFETIME = {
        id: "short-edge-lifetime",
        title: "Files that expire soon at the CDN",
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
    let (mut expired, kept): (Vec<_>, Vec<_>) = files.into_iter().partition(|file| file.came == Came::Expired);
    cdn::weightiest_first(&mut expired);
    let costs = expired.iter().any(|file| NOTICEABLE <= file.server);
    if let Some(worst) = expired.first().filter(|_| costs || SEVERAL <= expired.len()) {
        return Outcome::found(finding(load, worst, &expired, costs));
    }
    let short: Vec<_> = kept.into_iter().filter_map(|file| short_for_cdns(load, file)).collect();
    match short.first() {
        Some(first) if SEVERAL <= short.len() => Outcome::found(short_lifetimes(first, &short)),
        _ => Outcome::Passed,
    }
}

/// The header line and lifetime that are meant for CDNs, if that is short.
fn short_for_cdns<'a>(load: &PageLoad<'_>, file: File<'a>) -> Option<(File<'a>, &'static str, Seconds)> {
    let by = crate::page_load::edge::policy(file.request)?;
    let shared = load.caching_of(file.id)?.shared?;
    let (line, lifetime) = match by {
        (Some(line), policy) => (line, policy.lifetime),
        (None, _) if shared.basis == Basis::SMaxAge => ("cache-control", shared.lifetime),
        (None, _) => return None,
    };
    (file.could && Seconds(0) < lifetime && lifetime < SHORT).then_some((file, line, lifetime))
}

fn finding(load: &PageLoad<'_>, worst: &File<'_>, files: &[File<'_>], costs: bool) -> Finding {
    let n_files = files.len() as u64;
    let slowest = files.iter().map(|file| file.server).max_by(Millis::total_cmp).unwrap_or_default();
    Finding {
        severity: if costs && SEVERAL <= files.len() { Severity::Warning } else { Severity::Notice },
        owner: None,
        customer: message![
            "The server nearby had ",
            Part::Counted(n_files, "file", "files"),
            ", but ",
            Part::agreeing(files.len(), "it was", "they were"),
            " past the time that it may keep ",
            Part::agreeing(files.len(), "it", "them"),
            ": it asked the home server first. The slowest took ",
            slowest,
            "."
        ],
        engineer: message![
            Part::Counted(n_files, "static file", "static files"),
            " expired or revalidated at the edge; ",
            worst.id,
            " took the server ",
            worst.server,
            "."
        ],
        fix: fix(worst),
        evidence: cdn::evidence(files),
        savings: cdn::savings(load, files),
    }
}

fn short_lifetimes(
    (worst, line, lifetime): &(File<'_>, &'static str, Seconds),
    files: &[(File<'_>, &'static str, Seconds)],
) -> Finding {
    let n_files = files.len() as u64;
    Finding {
        severity: Severity::Notice,
        owner: None,
        customer: message![
            "The CDN is told to discard ",
            Part::Counted(n_files, "file", "files"),
            " after less than an hour, so each of its locations keeps asking the home server."
        ],
        engineer: message![
            Part::Counted(n_files, "static file", "static files"),
            " with a lifetime for CDNs below ",
            SHORT,
            "; ",
            worst.id,
            ": ",
            *lifetime,
            " by ",
            Part::ResponseHeader(worst.id, line),
            "."
        ],
        fix: fix(worst),
        evidence: files
            .iter()
            .map(|(file, line, _)| Evidence {
                request: Some(file.id),
                text: message![Part::ResponseHeader(file.id, line)],
            })
            .collect(),
        savings: None,
    }
}

fn fix(worst: &File<'_>) -> crate::rules::Message {
    let mut fix = message![
        "Give the CDN a longer lifetime of its own and purge at each deployment: ",
        vendors::lifetime_line(worst.edge.layer),
        "."
    ];
    fix.0.extend(vendors::advice(worst.edge.layer, Need::Lifetime).0);
    fix
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::ResourceKind;
    use crate::recording::testing::Made;
    use crate::rules::testing::{check_rule, outcome};

    fn made(files: &[(&str, &str)], wait: f64) -> Made {
        files.iter().enumerate().fold(Made::page("https://shop.example/").document(|r| r), |made, (at, file)| {
            made.request(&format!("https://shop.example/{at}.js"), |r| {
                let r = r.kind(ResourceKind::Script).set_up(0.0, 20.0, 20.0).wait(wait).bytes(5000, 4800, 9000);
                r.response("cf-ray", "1-FRA").response("cf-cache-status", file.0).response("cache-control", file.1)
            })
        })
    }

    #[test]
    fn expired_files() {
        let of = |made| match outcome(&SHORT_EDGE_LIFETIME, made) {
            Outcome::Found(found) => (found[0].severity, found[0].evidence.len()),
            other => panic!("{other:?}"),
        };
        let file = |status| (status, "max-age=600");
        assert_eq!(of(made(&[file("EXPIRED"); 3], 300.0)), (Severity::Warning, 3));
        assert_eq!(of(made(&[file("REVALIDATED"); 3], 50.0)), (Severity::Notice, 3));
        assert_eq!(of(made(&[file("EXPIRED"), file("HIT")], 300.0)), (Severity::Notice, 1));
        assert_eq!(of(made(&[("HIT", "max-age=60, s-maxage=600"); 3], 50.0)), (Severity::Notice, 3));
    }

    #[test]
    fn near_misses() {
        let check = |files: &[_], expected| check_rule(&SHORT_EDGE_LIFETIME, made(files, 50.0), expected);
        check(&[("EXPIRED", "max-age=600"); 2], "passed");
        // Meant for browsers as well: another check's.
        check(&[("HIT", "max-age=600"); 3], "passed");
        check(&[("HIT", "s-maxage=3600"); 3], "passed");
        check(&[], "not-applicable");
        check_rule(&SHORT_EDGE_LIFETIME, made(&[], 1.0).without(Missing::ResponseHeaders), "not-checked");
    }
}
