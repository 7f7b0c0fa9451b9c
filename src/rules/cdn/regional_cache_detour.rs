//! `regional-cache-detour`: files that came from a larger cache of the CDN, not from its edge.

use crate::page_load::{Owner, PageLoad};
use crate::recording::Missing;
use crate::rules::cdn::{self, Came, File};
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::vendors::{self, Need};
use crate::rules::{Finding, Outcome, Severity, Topic};
use crate::units::Millis;

/// Milliseconds beyond a hit at the edge from which it is a warning: visitors notice a tenth of a second.
const COSTLY: Millis = Millis(100.0);

declare_rule! {
    /// ## In plain words
    /// The CDN has several layers: small caches close to visitors and larger ones farther away. Most of these files were
    /// only in a larger one, so that each came by a detour; but not from the home server.
    ///
    /// ## What it finds
    /// Three or more static files, and more than three in ten of those that the edge could have had, with a miss at the
    /// edge and a hit in the CDN's second cache (shield, regional cache, parent), by the vendor's own headers.
    ///
    /// ## Why it matters
    /// The way between the two caches, tens to hundreds of milliseconds for each such file.
    ///
    /// ## How to fix it
    /// Let the edge keep files for longer. With few visitors at a place this is what the second cache is for: nothing to
    /// do.
    ///
    /// ## How savings are estimated
    /// At most the server time of the slowest of them that was over before the main milestone; at least nothing.
    ///
    /// ## When to ignore it
    /// The first visit at a place, and sites with few visitors there.
    ///
    /// ## References
    /// - [Fastly: shielding](https://www.fastly.com/documentation/guides/concepts/shielding/)
    /// - [CloudFront: Origin Shield](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/origin-shield.html)
    pub static REGIONAL_CACHE_DETOUR = {
        id: "regional-cache-detour",
        title: "Files from a farther cache of the CDN",
        topic: Topic::Cdn,
        severity: Severity::Warning,
        owner: Owner::Origin,
        needs: [Missing::ResponseHeaders],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let mut files = cdn::files(load);
    if !files.iter().any(|file| file.edge.shield.is_some()) {
        return Outcome::NotApplicable("no static file tells of a second cache of the CDN");
    }
    if !cdn::is_mostly_regional(&files) {
        return Outcome::Passed;
    }
    let n_could = files.iter().filter(|file| file.could).count() as u64;
    let mut hits: Vec<_> = files.iter().filter(|file| file.came == Came::Hit).map(|file| file.server).collect();
    crate::order::Arrange::arrange_by(&mut hits[..], Millis::total_cmp);
    let usual = hits.get(hits.len() / 2).copied().unwrap_or_default();
    files.retain(|file| file.came == Came::Regional);
    cdn::weightiest_first(&mut files);
    match files.first() {
        Some(worst) => Outcome::found(finding(load, worst, &files, n_could, usual)),
        None => Outcome::Passed,
    }
}

fn finding(load: &PageLoad<'_>, worst: &File<'_>, files: &[File<'_>], n_could: u64, usual: Millis) -> Finding {
    let extra = (worst.server - usual).at_least_zero();
    let n_files = files.len() as u64;
    let mut fix =
        message!["Let the edge keep these files for longer; with few visitors at a place, leave it as it is."];
    fix.0.extend(vendors::advice(worst.edge.layer, Need::Lifetime).0);
    Finding {
        severity: if COSTLY <= extra { Severity::Warning } else { Severity::Notice },
        owner: None,
        customer: message![
            Part::Counted(n_files, "file", "files"),
            " had to be fetched from a regional hub of the CDN, not from its nearest location. That took up to ",
            extra,
            " longer."
        ],
        engineer: message![
            n_files,
            " of ",
            Part::Counted(n_could, "cacheable file", "cacheable files"),
            " missed at the edge and hit in the second cache; ",
            worst.id,
            " took ",
            extra,
            " more than the median hit at the edge. On the first request at a place that is expected."
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
    use crate::rules::testing::{check_rule, outcome};

    /// Files through Fastly with these words for shield and edge.
    fn made(words: &[&str], wait: f64) -> Made {
        words.iter().enumerate().fold(Made::page("https://shop.example/").document(|r| r), |made, (at, word)| {
            made.request(&format!("https://shop.example/{at}.js"), |r| {
                let r = r.kind(ResourceKind::Script).set_up(0.0, 20.0, 20.0).wait(wait).bytes(5000, 4800, 9000);
                let r = r.response("x-served-by", "cache-iad-1-IAD, cache-fra-2-FRA").response("x-cache", word);
                r.response("cache-control", "max-age=600")
            })
        })
    }

    #[test]
    fn many_from_the_shield() {
        let three = [["HIT, MISS"; 3].as_slice(), &["MISS, HIT"; 3]].concat();
        check_rule(&REGIONAL_CACHE_DETOUR, made(&three, 50.0), "found");
        let slow = made(&["HIT, MISS"; 3], 150.0);
        let Outcome::Found(found) = outcome(&REGIONAL_CACHE_DETOUR, slow) else { panic!() };
        assert_eq!((found[0].severity, found[0].evidence.len()), (Severity::Warning, 3));
    }

    #[test]
    fn near_misses() {
        check_rule(&REGIONAL_CACHE_DETOUR, made(&["HIT, MISS", "HIT, MISS", "MISS, HIT"], 50.0), "passed");
        check_rule(&REGIONAL_CACHE_DETOUR, made(&["MISS, MISS"; 4], 50.0), "passed");
        check_rule(&REGIONAL_CACHE_DETOUR, Made::page("https://shop.example/").document(|r| r), "not-applicable");
    }
}
