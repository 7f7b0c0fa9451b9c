//! `zero-cache-lifetime`: static files that the browser must ask for each time although it has them.

use crate::page_load::{Lifetime, Owner, PageLoad};
use crate::recording::Missing;
use crate::rules::gain::{self, Uncached};
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Finding, Outcome, Severity, Topic};
use crate::units::{Bytes, Seconds};

/// From this many bytes on, in the site's own files that have a versioned address or no validator, it is a warning.
const NOTICEABLE: Bytes = Bytes::kib(100);

declare_rule! {
    /// ## In plain words
    /// Browsers may keep these files but must ask the server before each use whether they are still good. Every page
    /// view pays for the question, even if the answer is always yes.
    ///
    /// ## What it finds
    /// Scripts, style sheets, fonts, pictures, media and manifests that came over the network with status 200 and
    /// `no-cache`, `max-age=0`, an `Expires` that is not in the future of the response's own `Date`, or `Vary: *`, with
    /// which no later request counts as the same.
    ///
    /// ## Why it matters
    /// A question costs a round trip for each file, before scripts run and before text is styled. For a file whose
    /// address changes with its content the question is pointless; for a file without `ETag` and `Last-Modified` the
    /// answer is the whole file.
    ///
    /// ## How to fix it
    /// For names with a content hash send `Cache-Control: public, max-age=31536000, immutable`. For others, give a
    /// lifetime that you can live with, such as an hour, and `stale-while-revalidate`; keep an `ETag`.
    ///
    /// ## How savings are estimated
    /// None are claimed for this load. The finding names the bytes of these files, at most what a returning visitor
    /// downloads again. With a validator it is a round trip instead.
    ///
    /// ## When to ignore it
    /// `no-cache` with an `ETag` is right for files that must be current under a stable name: service workers,
    /// manifests, version files.
    ///
    /// ## References
    /// - [RFC 9111 §5.2.2.4: no-cache](https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2.4)
    /// - [RFC 9111 §5.3: Expires](https://www.rfc-editor.org/rfc/rfc9111#section-5.3)
    /// - [web.dev: Prevent unnecessary network requests with the HTTP Cache](https://web.dev/articles/http-cache)
    pub static ZERO_CACHE_LIFETIME = {
        id: "zero-cache-lifetime",
        title: "Static files that must be asked for each time",
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
        let is_zero = matches!(caching.lifetime, Some(Lifetime::None | Lifetime::Explicit(Seconds(0))));
        let varies_by_all = request.response_header("vary").any(|line| line.expose().contains('*'));
        // `private` and the like beside an `Expires` in the past do not decide.
        let mut control = request.response_header("cache-control").map(|line| line.expose().to_ascii_lowercase());
        let names = match control.any(|line| line.contains("no-cache") || line.contains("max-age")) {
            _ if varies_by_all => ["vary", "vary", "vary"],
            true => ["cache-control", "expires", "pragma"],
            false => ["expires", "pragma", "cache-control"],
        };
        let name = names.into_iter().find(|name| request.response_header(name).next().is_some())?;
        let mut text = message![Part::ResponseHeader(request.id(), name)];
        text.0.extend(match (caching.is_versioned, caching.has_validator) {
            (true, _) => message![", although its address seems to change with its content"].0,
            (false, true) => message!["; a round trip on every use"].0,
            (false, false) => message![", and no validator: the whole file on every use"].0,
        });
        is_zero.then_some(text)
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
    let is_waste =
        |one: &&Uncached| load.caching_of(one.id).is_some_and(|facts| facts.is_versioned || !facts.has_validator);
    let waste = files.iter().filter(is_waste).map(|one| one.sent).sum::<Bytes>();
    let n_files = Part::Counted(files.len() as u64, "file", "files");
    let severity = match owner {
        None if NOTICEABLE <= waste => Severity::Warning,
        _ => Severity::Notice,
    };
    Finding {
        severity,
        owner,
        customer: message![
            "On every visit browsers must ask again for ",
            n_files.clone(),
            " (",
            total,
            ") that they already have."
        ],
        engineer: message![
            n_files,
            " of ",
            total,
            " with no-cache, max-age=0, Vary: * or an Expires that is over on arrival; ",
            waste,
            " of them with a versioned address or without a validator."
        ],
        fix: message![
            "Give names with a content hash ",
            Part::Code("Cache-Control: public, max-age=31536000, immutable"),
            "; give the others a lifetime and an ",
            Part::Code("ETag"),
            "."
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
        let made = Made::page("https://shop.example/")
            .document(|r| r.response("cache-control", "no-cache"))
            .request("https://shop.example/a.js", |r| {
                make(r.kind(ResourceKind::Script).response("vary", "accept-encoding").bytes(20_000, 19_800, 60_000))
            });
        check_rule(&ZERO_CACHE_LIFETIME, made, expected);
    }

    #[test]
    fn asked_each_time() {
        check("found", |r| r.response("cache-control", "no-cache"));
        check("found", |r| r.response("cache-control", "public, max-age=0, must-revalidate").response("etag", "\"1\""));
        check("found", |r| r.response("expires", "0"));
        check("found", |r| r.response("cache-control", "max-age=31536000").response("vary", "*"));
    }

    #[test]
    fn the_line_that_decides_is_the_proof() {
        use crate::rules::testing::outcome;
        let check = |control: &str, expected: &'static str| {
            let made = Made::page("https://shop.example/").request("https://shop.example/a.js", |r| {
                let r = r.kind(ResourceKind::Script).bytes(20_000, 19_800, 60_000);
                r.response("cache-control", control).response("expires", "Sat, 01 Jan 2000 00:00:00 GMT")
            });
            let Outcome::Found(found) = outcome(&ZERO_CACHE_LIFETIME, made) else { panic!("{control}") };
            let line = found[0].evidence[0].text.0.first();
            assert!(matches!(line, Some(Part::ResponseHeader(_, name)) if *name == expected), "{control}: {line:?}");
        };
        check("private", "expires");
        check("private, max-age=0", "cache-control");
    }

    #[test]
    fn near_misses() {
        check("passed", |r| r.response("cache-control", "max-age=60"));
        check("passed", |r| r.response("cache-control", "max-age=600").response("age", "700"));
        check("passed", |r| r.response("cache-control", "no-store"));
        check("passed", |r| r);
        check("not-applicable", |r| r.kind(ResourceKind::Fetch).response("cache-control", "no-cache"));
        check("not-applicable", |r| r.status(304).response("cache-control", "no-cache"));
        let made = Made::page("https://shop.example/").without(Missing::ResponseHeaders);
        check_rule(&ZERO_CACHE_LIFETIME, made, "not-checked");
    }
}
