//! `mixed-content`: an encrypted page asks for files without encryption.

use crate::order::Arrange;
use crate::page_load::document::is_internal_redirect;
use crate::page_load::{Owner, PageLoad, Resource};
use crate::recording::{CompletionState, InitiatorKind, Missing, Request, RequestId, ResourceKind};
use crate::rules::gain;
use crate::rules::rule::declare_rule;
use crate::rules::security::is_trustworthy;
use crate::rules::text::{Part, message};
use crate::rules::{Evidence, Finding, Outcome, Severity, Topic};

declare_rule! {
    /// ## In plain words
    /// The page itself is protected, but it asks for some things over an unprotected connection. Browsers refuse most of
    /// these, so something is missing or broken.
    ///
    /// ## What it finds
    /// Requests with an `http:` or `ws:` address on a page whose own address is `https:`. Scripts, style sheets, fonts,
    /// frames and data are blocked by browsers: a warning. Images, audio and video are raised to HTTPS and fail if that
    /// does not work: a notice. Redirects of the page itself, requests that the browser raised to HTTPS by itself
    /// (HSTS, `upgrade-insecure-requests`) and hosts on the own machine do not count.
    ///
    /// ## Why it matters
    /// What is blocked never arrives, and scripts that wait for it break. Where old browsers let it through, anybody on
    /// the way can change it.
    ///
    /// ## How to fix it
    /// - Write `https:` into the address, or leave the scheme out by a relative address.
    /// - If the host has no HTTPS, take the file from elsewhere.
    /// - As a net for old content: `Content-Security-Policy: upgrade-insecure-requests`.
    ///
    /// ## How savings are estimated
    /// They are not: the gain is that the page works.
    ///
    /// ## When to ignore it
    /// Never for scripts and data; for links in old articles the header above is enough.
    ///
    /// ## References
    /// - [Mixed Content Level 2](https://www.w3.org/TR/mixed-content/)
    /// - [Mixed content](https://developer.mozilla.org/en-US/docs/Web/Security/Mixed_content)
    /// - [Fixing mixed content](https://web.dev/articles/fixing-mixed-content)
    pub static MIXED_CONTENT = {
        id: "mixed-content",
        title: "Unencrypted files on an encrypted page",
        topic: Topic::Security,
        severity: Severity::Warning,
        owner: Owner::Origin,
        needs: [Missing::Document],
        since: "0.1.0",
        check: check,
    }
}

/// A request without encryption.
struct Mixed {
    id: RequestId,
    kind: ResourceKind,
    /// Browsers block it: "blockable content" of the specification.
    is_active: bool,
    was_answered: bool,
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let page = load.document.request.and_then(|id| load.resource(id)).and_then(|resource| resource.url);
    let Some(page) = page else { return Outcome::NotApplicable("the recording does not hold the page's document") };
    if !page.is_secure() {
        return Outcome::NotApplicable("the page itself is not encrypted");
    }
    let mut all: Vec<Mixed> = load
        .network()
        .filter(|(request, resource)| is_mixed(load, *request, resource))
        .map(|(request, resource)| Mixed {
            id: request.id(),
            kind: resource.kind,
            is_active: !matches!(resource.kind, ResourceKind::Image | ResourceKind::Media),
            was_answered: request.status().is_some() && request.completion() == CompletionState::Finished,
        })
        .collect();
    all.arrange_by_key(|one| (!one.is_active, one.id));
    match all.first() {
        Some(worst) => Outcome::found(finding(load, worst, &all)),
        None => Outcome::Passed,
    }
}

fn is_mixed(load: &PageLoad<'_>, request: Request<'_>, resource: &Resource<'_>) -> bool {
    let Some(url) = resource.url else { return false };
    let is_plain = ["http", "ws"].iter().any(|scheme| url.scheme.eq_ignore_ascii_case(scheme));
    is_plain
        && !is_trustworthy(url.host)
        && !load.document.redirects.contains(&request.id())
        && load.document.request != Some(request.id())
        && !is_internal_redirect(request)
        && !is_other_page(request, resource)
        && !is_background(request, resource)
}

/// A later navigation of the same recording is a page of its own, not content of this one.
fn is_other_page(request: Request<'_>, resource: &Resource<'_>) -> bool {
    let destination = request.request_header("sec-fetch-dest").next().map(|dest| dest.expose().to_ascii_lowercase());
    let is_frame =
        destination.is_some_and(|dest| dest != "document") || request.initiator() == Some(InitiatorKind::Parser);
    resource.kind == ResourceKind::Document && !is_frame
}

/// What the browser itself asks for, beside the page: checks of certificates (OCSP, CRL) and of networks behind a
/// sign-in; they stand in recordings of proxies and of Firefox, and carry no referrer.
fn is_background(request: Request<'_>, resource: &Resource<'_>) -> bool {
    let is_untold = resource.kind == ResourceKind::Other;
    is_untold && request.initiator().is_none() && request.request_header("referer").next().is_none()
}

fn finding(load: &PageLoad<'_>, worst: &Mixed, all: &[Mixed]) -> Finding {
    let n_active = all.iter().filter(|one| one.is_active).count() as u64;
    let n_all = all.len() as u64;
    Finding {
        severity: if 0 < n_active { Severity::Warning } else { Severity::Notice },
        owner: gain::owner_of(load, all.iter().map(|one| one.id)),
        customer: message![
            "The page is protected but asks for ",
            Part::Counted(n_all, "thing", "things"),
            " over an unprotected connection. ",
            if 0 < n_active {
                "Browsers refuse that, so something may be missing or broken."
            } else {
                "Browsers try the protected way instead, which may fail."
            }
        ],
        engineer: message![
            Part::Counted(n_all, "request", "requests"),
            " of an HTTPS page went to ",
            Part::Code("http:"),
            " addresses, ",
            n_active,
            " of a kind that browsers block; first the ",
            worst.kind,
            " ",
            worst.id,
            "."
        ],
        fix: message![
            "Write ",
            Part::Code("https:"),
            " into these addresses; for old content send ",
            Part::Code("Content-Security-Policy: upgrade-insecure-requests"),
            "."
        ],
        evidence: all.iter().map(evidence).collect(),
        savings: None,
    }
}

fn evidence(one: &Mixed) -> Evidence {
    let what = match (one.is_active, one.was_answered) {
        (true, false) => " over HTTP, of a kind that browsers block; no answer was recorded",
        (true, true) => " over HTTP, of a kind that browsers block; this one was answered",
        (false, _) => " over HTTP, of a kind that browsers raise to HTTPS",
    };
    Evidence { request: Some(one.id), text: message![one.kind, what] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::{Made, MadeRequest};
    use crate::rules::testing::{check_rule, outcome};

    fn with(page: &str, url: &str, make: impl FnOnce(MadeRequest<'_>) -> MadeRequest<'_>) -> Made {
        Made::page(page).document(|r| r).request(url, |r| make(r.start(50.0)))
    }

    const PAGE: &str = "https://shop.example/";

    #[test]
    fn kind_decides() {
        for (kind, expected) in [(ResourceKind::Script, Severity::Warning), (ResourceKind::Image, Severity::Notice)] {
            let made = with(PAGE, "http://old.example/x", |r| r.kind(kind));
            let Outcome::Found(found) = outcome(&MIXED_CONTENT, made) else { panic!() };
            assert_eq!(found[0].severity, expected);
        }
        let blocked = with(PAGE, "http://old.example/x.js", |r| {
            r.kind(ResourceKind::Script).change(|row| {
                row.status = None;
                row.completion = CompletionState::Blocked;
            })
        });
        check_rule(&MIXED_CONTENT, blocked, "found");
    }

    #[test]
    fn near_misses() {
        check_rule(&MIXED_CONTENT, with(PAGE, "https://old.example/x", |r| r.kind(ResourceKind::Script)), "passed");
        check_rule(&MIXED_CONTENT, with(PAGE, "http://localhost:3000/x", |r| r.kind(ResourceKind::Script)), "passed");
        let plain = with("http://shop.example/", "http://old.example/x", |r| r.kind(ResourceKind::Script));
        check_rule(&MIXED_CONTENT, plain, "not-applicable");
        let redirected = Made::page(PAGE)
            .request("http://shop.example/", |r| r.status(301).response("location", PAGE))
            .document(|r| r.start(100.0));
        check_rule(&MIXED_CONTENT, redirected, "passed");
        let raised = with(PAGE, "http://old.example/x", |r| {
            r.kind(ResourceKind::Script)
                .status(307)
                .response("location", "https://old.example/x")
                .response("non-authoritative-reason", "HSTS")
        });
        check_rule(&MIXED_CONTENT, raised, "passed");
        check_rule(&MIXED_CONTENT, with(PAGE, "http://ocsp.ca.example/", |r| r), "passed");
        check_rule(&MIXED_CONTENT, Made::page(PAGE).document(|r| r).without(Missing::Document), "not-checked");
    }
}
