//! `short-cache-lifetime`: static files that return visitors must download or ask for again too soon.

use crate::page_load::{Lifetime, Owner, PageLoad};
use crate::recording::Missing;
use crate::rules::gain::{self, Uncached};
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Finding, Outcome, Severity, Topic};
use crate::units::{Bytes, Seconds};

/// Below this a weekly visitor misses the cache. Lighthouse draws the line at 30 days, DevTools by a distribution of
/// ages from 2017; a week can be explained.
const SHORT: Seconds = Seconds::days(7);

/// Below this a daily visitor misses the cache, and it can be a warning.
const VERY_SHORT: Seconds = Seconds::days(1);

/// From this many bytes of very short lifetime on, in the site's own files, it is a warning.
const NOTICEABLE: Bytes = Bytes::kib(100);

declare_rule! {
    /// ## In plain words
    /// Some files that visitors have already downloaded are thrown away too early. When they come back, their browser
    /// has to fetch the same files again, or at least ask for each whether it has changed.
    ///
    /// ## What it finds
    /// Scripts, style sheets, fonts, pictures, media and manifests that came over the network with status 200 and may be
    /// kept for less than seven days, by `max-age` or `Expires`, measured against the response's own `Date`. Documents,
    /// data for scripts, tracking pixels and answers of service workers are left out.
    ///
    /// ## Why it matters
    /// This visit is not slower for it; the next one is. A file in the browser's cache costs no request at all, an
    /// expired one a round trip at best.
    ///
    /// ## How to fix it
    /// Put a hash of the content into the file's name and send `Cache-Control: public, max-age=31536000, immutable`: a
    /// new version has a new address, so nobody sees an old one. For names that cannot change, use hours or days with an
    /// `ETag`, and `stale-while-revalidate` to refresh in the background.
    ///
    /// ## How savings are estimated
    /// None are claimed for this load. The finding names the bytes of these files: what a visitor who comes back after
    /// they expired downloads again if they have changed or have no validator.
    ///
    /// ## When to ignore it
    /// Scripts that must change for everybody within minutes (a consent banner, a service worker, a loader that names the
    /// current version) are short-lived on purpose. The lifetime of other companies' files is not yours to set.
    ///
    /// ## References
    /// - [RFC 9111 §4.2: Freshness](https://www.rfc-editor.org/rfc/rfc9111#section-4.2), [RFC 8246: immutable](https://www.rfc-editor.org/rfc/rfc8246)
    /// - [web.dev: Prevent unnecessary network requests with the HTTP Cache](https://web.dev/articles/http-cache)
    /// - [Chrome: Use efficient cache lifetimes](https://developer.chrome.com/docs/performance/insights/cache)
    pub static SHORT_CACHE_LIFETIME = {
        id: "short-cache-lifetime",
        title: "Static files expire soon",
        topic: Topic::Caching,
        severity: Severity::Warning,
        owner: Owner::Origin,
        needs: [Missing::ResponseHeaders],
        since: "0.1.0",
        check: check,
    }
}

fn lifetime_of(load: &PageLoad<'_>, one: &Uncached) -> Seconds {
    match load.caching_of(one.id).and_then(|caching| caching.lifetime) {
        Some(Lifetime::Explicit(lifetime)) => lifetime,
        _ => SHORT,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let (n_static, files) = gain::uncached(load, |request, _, caching| {
        let Some(Lifetime::Explicit(lifetime)) = caching.lifetime else { return None };
        let is_short = Seconds(0) < lifetime && lifetime < SHORT;
        let name = match request.response_header("cache-control").next() {
            Some(_) => "cache-control",
            None => "expires",
        };
        let mut text = message![Part::ResponseHeader(request.id(), name), ": kept for ", lifetime];
        let policy = caching.browser?;
        // Stale on arrival is as good as no lifetime; another rule has it.
        if lifetime <= policy.age_on_arrival {
            return None;
        }
        if Seconds(0) < policy.age_on_arrival {
            text.0.extend(message![", of which ", policy.age_on_arrival, " had passed on arrival"].0);
        }
        if Seconds(0) < policy.stale_while_revalidate {
            text.0.extend(
                message![", then used for ", policy.stale_while_revalidate, " more while it is fetched anew"].0,
            );
        }
        if caching.is_versioned {
            text.0.extend(message![", although its address seems to change with its content"].0);
        }
        is_short.then_some(text)
    });
    if n_static == 0 {
        return Outcome::NotApplicable("no static file came over the network");
    }
    if files.is_empty() {
        return Outcome::Passed;
    }
    let (own, others): (Vec<_>, Vec<_>) = files.into_iter().partition(|one| !one.third_party);
    let mut findings = Vec::new();
    if !own.is_empty() {
        findings.push(own_files(load, own));
    }
    if !others.is_empty() {
        findings.push(others_files(load, others));
    }
    Outcome::Found(findings)
}

fn own_files(load: &PageLoad<'_>, files: Vec<Uncached>) -> Finding {
    let total = files.iter().map(|one| one.sent).sum::<Bytes>();
    let very_short = files.iter().filter(|one| lifetime_of(load, one) < VERY_SHORT).map(|one| one.sent).sum::<Bytes>();
    let shortest = files.iter().map(|one| lifetime_of(load, one)).min().unwrap_or(SHORT);
    let n_files = Part::Counted(files.len() as u64, "file", "files");
    Finding {
        severity: if very_short < NOTICEABLE { Severity::Notice } else { Severity::Warning },
        owner: None,
        customer: message![
            "Browsers may keep ",
            n_files.clone(),
            " (",
            total,
            ") only for a short time, ",
            shortest,
            " at the least. Visitors who come back later must wait for ",
            Part::agreeing(files.len(), "it", "them"),
            " again."
        ],
        engineer: message![
            n_files,
            " of ",
            total,
            " with an explicit lifetime under ",
            SHORT,
            "; the shortest is ",
            shortest,
            "."
        ],
        fix: message![
            "Put a content hash into the file names and send ",
            Part::Code("Cache-Control: public, max-age=31536000, immutable"),
            "."
        ],
        savings: None,
        evidence: gain::uncached_evidence(files),
    }
}

fn others_files(load: &PageLoad<'_>, files: Vec<Uncached>) -> Finding {
    let total = files.iter().map(|one| one.sent).sum::<Bytes>();
    let shortest = files.iter().map(|one| lifetime_of(load, one)).min().unwrap_or(SHORT);
    let n_files = Part::Counted(files.len() as u64, "file", "files");
    Finding {
        severity: Severity::Notice,
        owner: Some(Owner::ThirdParty),
        customer: message![
            n_files.clone(),
            " of other companies (",
            total,
            ") ",
            Part::agreeing(files.len(), "is", "are"),
            " kept only for a short time. They decide that, not this site."
        ],
        engineer: message![
            n_files,
            " of third parties, ",
            total,
            ", with a lifetime under ",
            SHORT,
            "; the shortest is ",
            shortest,
            "."
        ],
        fix: message!["Load them later or less often, or host them yourself where the provider allows it."],
        savings: None,
        evidence: gain::uncached_evidence(files),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::ResourceKind;
    use crate::recording::testing::{Made, MadeRequest};
    use crate::rules::testing::check_rule;

    fn check(expected: &str, kind: ResourceKind, make: impl FnOnce(MadeRequest<'_>) -> MadeRequest<'_>) {
        let made = Made::page("https://shop.example/").document(|r| r).request("https://shop.example/a", |r| {
            make(r.kind(kind).response("date", "Thu, 01 Jan 2026 00:00:00 GMT").bytes(20_000, 19_800, 60_000))
        });
        check_rule(&SHORT_CACHE_LIFETIME, made, expected);
    }

    #[test]
    fn lifetimes() {
        check("found", ResourceKind::Script, |r| r.response("cache-control", "public, max-age=600"));
        check("found", ResourceKind::Font, |r| r.response("expires", "Thu, 01 Jan 2026 01:00:00 GMT"));
        check("passed", ResourceKind::Script, |r| r.response("cache-control", "public, max-age=31536000"));
        check("passed", ResourceKind::Script, |r| r.response("expires", "Fri, 01 Jan 2027 00:00:00 GMT"));
        check("passed", ResourceKind::Script, |r| r.response("cache-control", "no-cache"));
        check("passed", ResourceKind::Script, |r| r.response("cache-control", "max-age=600").response("age", "700"));
    }

    #[test]
    fn not_static() {
        check("not-applicable", ResourceKind::Fetch, |r| r.response("cache-control", "max-age=60"));
        check("not-applicable", ResourceKind::Ping, |r| r.response("cache-control", "max-age=60"));
        check("not-applicable", ResourceKind::Script, |r| {
            r.response("cache-control", "max-age=60").bytes(0, 0, 60_000)
        });
        check("not-applicable", ResourceKind::Image, |r| r.response("cache-control", "max-age=60").bytes(300, 43, 43));
        let made = Made::page("https://shop.example/").without(Missing::ResponseHeaders);
        check_rule(&SHORT_CACHE_LIFETIME, made, "not-checked");
    }
}
