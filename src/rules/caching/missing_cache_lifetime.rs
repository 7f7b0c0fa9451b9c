//! `missing-cache-lifetime`: static files without a word about how long they may be kept.

use crate::page_load::{Lifetime, Owner, PageLoad};
use crate::recording::Missing;
use crate::rules::gain::{self, Uncached};
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Finding, Outcome, Severity, Topic};
use crate::units::Bytes;

/// From this many bytes on, in the site's own files, it is a warning.
const NOTICEABLE: Bytes = Bytes::kib(100);

declare_rule! {
    /// ## In plain words
    /// The server does not say how long browsers may keep these files. Each browser guesses: some fetch the file again
    /// at once, others show an old one for weeks.
    ///
    /// ## What it finds
    /// Scripts, style sheets, fonts, pictures, media and manifests that came over the network with status 200 and name no
    /// lifetime for browsers: neither `max-age` nor `Expires`, nor `no-cache` or `no-store`. With `Last-Modified` the
    /// browser guesses a tenth of the file's age; without it the file is asked for again each time.
    ///
    /// ## Why it matters
    /// Without a lifetime a second visit repeats requests that a cache could have saved, and after a release some
    /// visitors mix old and new files.
    ///
    /// ## How to fix it
    /// Say it: `Cache-Control: public, max-age=31536000, immutable` for names with a content hash, `no-cache` with an
    /// `ETag` for names that stay. `s-maxage` and `CDN-Cache-Control` speak only to the CDN; browsers need `max-age`.
    ///
    /// ## How savings are estimated
    /// None are claimed for this load. The finding names the bytes of these files: at most what a returning visitor
    /// downloads again.
    ///
    /// ## When to ignore it
    /// Files of other companies, and files that visitors see once.
    ///
    /// ## References
    /// - [RFC 9111 §4.2.2: Calculating heuristic freshness](https://www.rfc-editor.org/rfc/rfc9111#section-4.2.2)
    /// - [web.dev: Prevent unnecessary network requests with the HTTP Cache](https://web.dev/articles/http-cache)
    /// - [MDN: HTTP caching, heuristic caching](https://developer.mozilla.org/docs/Web/HTTP/Guides/Caching#heuristic_caching)
    pub static MISSING_CACHE_LIFETIME = {
        id: "missing-cache-lifetime",
        title: "Static files without a cache lifetime",
        topic: Topic::Caching,
        severity: Severity::Warning,
        owner: Owner::Origin,
        needs: [Missing::ResponseHeaders],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let (n_static, files) = gain::uncached(load, |request, _, caching| {
        let said = match request.response_header("cache-control").next() {
            Some(_) => message![Part::ResponseHeader(request.id(), "cache-control"), " names no lifetime for browsers"],
            None => message!["neither Cache-Control nor Expires"],
        };
        let then = match caching.lifetime {
            Some(Lifetime::Heuristic(guess)) => {
                message!["; from ", Part::ResponseHeader(request.id(), "last-modified"), " browsers guess ", guess]
            }
            Some(Lifetime::Unsaid) if caching.has_validator => message!["; it is asked for again on every use"],
            Some(Lifetime::Unsaid) => message!["; it is downloaded again on every use"],
            _ => return None,
        };
        let mut text = said;
        text.0.extend(then.0);
        Some(text)
    });
    if n_static == 0 {
        return Outcome::NotApplicable("no static file came over the network");
    }
    if files.is_empty() {
        return Outcome::Passed;
    }
    let (own, others): (Vec<_>, Vec<_>) = files.into_iter().partition(|one| !one.third_party);
    let mut findings = Vec::new();
    for (files, owner) in [(own, None), (others, Some(Owner::ThirdParty))] {
        if !files.is_empty() {
            findings.push(finding(load, files, owner));
        }
    }
    Outcome::Found(findings)
}

fn finding(load: &PageLoad<'_>, files: Vec<Uncached>, owner: Option<Owner>) -> Finding {
    let total = files.iter().map(|one| one.sent).sum::<Bytes>();
    let is_guessed = |one: &&Uncached| {
        matches!(load.caching_of(one.id).and_then(|caching| caching.lifetime), Some(Lifetime::Heuristic(_)))
    };
    let n_guessed = files.iter().filter(is_guessed).count() as u64;
    let unsaid = files.iter().filter(|one| !is_guessed(one)).map(|one| one.sent).sum::<Bytes>();
    let n_files = Part::Counted(files.len() as u64, "file", "files");
    let them = Part::agreeing(files.len(), "it", "them");
    let severity = match owner {
        None if NOTICEABLE <= unsaid => Severity::Warning,
        _ => Severity::Notice,
    };
    Finding {
        severity,
        owner,
        customer: message![
            "For ",
            n_files.clone(),
            " (",
            total,
            ") nobody told the browser how long to keep ",
            them.clone(),
            ", so returning visitors may download ",
            them,
            " again."
        ],
        engineer: message![
            n_files,
            " of ",
            total,
            " without a lifetime for browsers; for ",
            n_guessed,
            " of them Last-Modified lets the browser guess."
        ],
        fix: message![
            "Send ",
            Part::Code("Cache-Control: public, max-age=31536000, immutable"),
            " for names with a content hash, ",
            Part::Code("Cache-Control: no-cache"),
            " with an ETag for the others."
        ],
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

    fn check(expected: &str, make: impl FnOnce(MadeRequest<'_>) -> MadeRequest<'_>) {
        let made = Made::page("https://shop.example/").document(|r| r).request("https://shop.example/a.js", |r| {
            make(
                r.kind(ResourceKind::Script)
                    .response("date", "Thu, 01 Jan 2026 00:00:00 GMT")
                    .bytes(20_000, 19_800, 60_000),
            )
        });
        check_rule(&MISSING_CACHE_LIFETIME, made, expected);
    }

    #[test]
    fn says_nothing() {
        check("found", |r| r);
        check("found", |r| r.response("etag", "\"1\""));
        check("found", |r| r.response("last-modified", "Thu, 01 Jan 2025 00:00:00 GMT"));
        check("found", |r| r.response("cache-control", "s-maxage=86400"));
    }

    #[test]
    fn says_something() {
        check("passed", |r| r.response("cache-control", "max-age=60"));
        check("passed", |r| r.response("cache-control", "no-cache"));
        check("passed", |r| r.response("cache-control", "no-store"));
        check("passed", |r| r.response("expires", "Fri, 01 Jan 2027 00:00:00 GMT"));
        check("passed", |r| r.response("expires", "0"));
    }

    #[test]
    fn not_applicable_and_not_checked() {
        check_rule(&MISSING_CACHE_LIFETIME, Made::page("https://shop.example/").document(|r| r), "not-applicable");
        let made = Made::page("https://shop.example/").without(Missing::ResponseHeaders);
        check_rule(&MISSING_CACHE_LIFETIME, made, "not-checked");
    }
}
