//! `unstorable-static-file`: static files that browsers are forbidden to keep.

use crate::page_load::{Owner, PageLoad};
use crate::recording::{Missing, Request};
use crate::rules::gain::{self, Uncached};
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Finding, Outcome, Severity, Topic};
use crate::units::Bytes;

/// From this many bytes on, in the site's own files, it is a warning.
const NOTICEABLE: Bytes = Bytes::kib(100);

declare_rule! {
    /// ## In plain words
    /// The server forbids browsers to keep these files at all. Each page view downloads all of them anew.
    ///
    /// ## What it finds
    /// Scripts, style sheets, fonts, pictures, media and manifests that came over the network with status 200 and
    /// `Cache-Control: no-store`. Files that set a cookie, or were asked for with credentials in `Authorization`, are
    /// left out: they may hold something personal.
    ///
    /// ## Why it matters
    /// `no-store` is meant for secrets. On files that are the same for everybody it only costs: the download on every
    /// page view, and a CDN that may not help either.
    ///
    /// ## How to fix it
    /// Send `Cache-Control: public, max-age=31536000, immutable` for names with a content hash, else `no-cache` with an
    /// `ETag`. Often a framework's or a proxy's default adds `no-store` to everything: limit it to personal pages.
    ///
    /// ## How savings are estimated
    /// None are claimed for this load. The finding names the bytes of these files: what every further page view
    /// downloads again.
    ///
    /// ## When to ignore it
    /// If the picture or script is made for one person (a QR code, an invoice, a script with a session in it).
    ///
    /// ## References
    /// - [RFC 9111 §5.2.2.5: no-store](https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2.5)
    /// - [MDN: Cache-Control](https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Cache-Control#no-store)
    pub static UNSTORABLE_STATIC_FILE = {
        id: "unstorable-static-file",
        title: "Static files that may not be kept",
        topic: Topic::Caching,
        severity: Severity::Warning,
        owner: Owner::Origin,
        needs: [Missing::ResponseHeaders],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let (n_static, files) = gain::uncached(load, |request, _, _| {
        let text = message![Part::ResponseHeader(request.id(), "cache-control"), ": downloaded on every page view"];
        (is_no_store(request) && !is_personal(request)).then_some(text)
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
            findings.push(finding(files, owner));
        }
    }
    Outcome::Found(findings)
}

fn is_no_store(request: Request<'_>) -> bool {
    let mut directives = request.response_header("cache-control").flat_map(|line| line.expose().split(','));
    directives.any(|directive| directive.trim().eq_ignore_ascii_case("no-store"))
}

fn is_personal(request: Request<'_>) -> bool {
    let sets_cookie = request.response_header("set-cookie").next().is_some();
    sets_cookie || request.request_header("authorization").next().is_some()
}

fn finding(files: Vec<Uncached>, owner: Option<Owner>) -> Finding {
    let total = files.iter().map(|one| one.sent).sum::<Bytes>();
    let n_files = Part::Counted(files.len() as u64, "file", "files");
    let severity = match owner {
        None if NOTICEABLE <= total => Severity::Warning,
        _ => Severity::Notice,
    };
    Finding {
        severity,
        owner,
        customer: message![
            "Browsers are forbidden to keep ",
            n_files.clone(),
            " (",
            total,
            "); every page view downloads ",
            Part::agreeing(files.len(), "it.", "them.")
        ],
        engineer: message![n_files, " of a static kind, ", total, ", with no-store."],
        fix: message![
            "Replace ",
            Part::Code("no-store"),
            " by a lifetime, or by ",
            Part::Code("no-cache"),
            " with an ",
            Part::Code("ETag"),
            ", on everything that is the same for all visitors."
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
            .document(|r| r.response("cache-control", "no-store"))
            .request("https://shop.example/a.js", |r| make(r.kind(ResourceKind::Script).bytes(20_000, 19_800, 60_000)));
        check_rule(&UNSTORABLE_STATIC_FILE, made, expected);
    }

    #[test]
    fn forbidden() {
        check("found", |r| r.response("cache-control", "No-Store"));
        check("found", |r| r.response("cache-control", "no-cache, no-store, must-revalidate"));
    }

    #[test]
    fn near_misses() {
        check("passed", |r| r.response("cache-control", "no-cache"));
        check("passed", |r| r.response("cache-control", "no-store").response("set-cookie", "a=b"));
        check("passed", |r| r.response("cache-control", "no-store").header("authorization", "Bearer x"));
        check("not-applicable", |r| r.kind(ResourceKind::Fetch).response("cache-control", "no-store"));
        let made = Made::page("https://shop.example/").without(Missing::ResponseHeaders);
        check_rule(&UNSTORABLE_STATIC_FILE, made, "not-checked");
    }
}
