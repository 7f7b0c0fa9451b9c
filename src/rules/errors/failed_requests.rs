//! `failed-requests`: files and data that never arrived, or arrived as an error.

use crate::page_load::failures::{self, Harm};
use crate::page_load::{Metric, Owner, PageLoad};
use crate::recording::{CompletionState, ErrorKind, RenderBlocking, Request, ResourceKind};
use crate::rules::cdn;
use crate::rules::gain;
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Evidence, Finding, Message, Method, Outcome, Savings, Severity, Topic};
use crate::units::Millis;

declare_rule! {
    /// ## In plain words
    /// Some things the page asked for never came: a file that does not exist, a server that gave an error, a connection
    /// that broke. Parts of the page may be missing or not work.
    ///
    /// ## What it finds
    /// Responses with a status of 400 or above, requests without a response (name not found, connection refused,
    /// timed out, TLS failure), responses that broke off before their end, and answers that the browser withheld from
    /// the page for a security rule (CORS, CORP, ORB). Requests that the page itself gave up, and those that an
    /// extension or the browser's own settings blocked, are no failures of the site and do not count. Errors and refusals
    /// that a CDN made itself are left to `cdn-error` and `cdn-refusal`.
    ///
    /// A failed document, or a failed file of the site's own that holds rendering back, is serious; failed scripts,
    /// style sheets, fonts and data requests are a warning; images, icons, beacons and files of advertising and
    /// measuring companies are a notice.
    ///
    /// ## Why it matters
    /// A failed script may break the page, a failed style sheet its looks, a failed data request leaves a place empty.
    /// Failures also cost time: a host that does not answer holds its requests until a timeout.
    ///
    /// ## How to fix it
    /// - 404 and 410: correct the address or put the file there; look for stale caches after a deployment.
    /// - 5xx: look into the server's log at that minute; 502, 504 and 52x come from the proxy or CDN in front of it.
    /// - 401 and 403: ask only after sign-in, or correct the permission. 429: ask less often.
    /// - Name not found or connection refused: remove the reference, or repair the host.
    /// - CORS: send `Access-Control-Allow-Origin` (and answer the preflight with a 2xx status).
    ///
    /// ## How savings are estimated
    /// Only for failed requests that held rendering back: their own time, as an upper bound. The gain in most cases is
    /// that the page works.
    ///
    /// ## When to ignore it
    /// A 401 that is part of signing in, a 404 that a script expects as an answer, blocked measuring in a browser with
    /// a content blocker.
    ///
    /// ## References
    /// - [RFC 9110 §15: status codes](https://www.rfc-editor.org/rfc/rfc9110#section-15)
    /// - [Chromium's net errors](https://chromium.googlesource.com/chromium/src/+/main/net/base/net_error_list.h)
    /// - [CORS errors](https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/CORS/Errors)
    /// - [Cloudflare 5xx errors](https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors/)
    pub static FAILED_REQUESTS = {
        id: "failed-requests",
        title: "Failed requests",
        topic: Topic::Errors,
        severity: Severity::Serious,
        owner: Owner::Origin,
        needs: [],
        since: "0.1.0",
        check: check,
    }
}

struct Failure<'a> {
    request: Request<'a>,
    harm: Harm,
    kind: ResourceKind,
    third_party: bool,
}

fn check(load: &PageLoad<'_>) -> Outcome {
    if load.requests.is_empty() {
        return Outcome::NotApplicable("there are no requests");
    }
    let mut failures = Vec::new();
    let mut n_by_cdn = 0;
    for failure in failures::of(load) {
        let Some(resource) = load.resource(failure.request) else { continue };
        let request = load.request(failure.request);
        if cdn::answered_instead(request, resource).is_some() {
            n_by_cdn += 1;
            continue;
        }
        failures.push(Failure {
            request,
            harm: failure.harm,
            kind: resource.kind,
            third_party: gain::is_third_party(resource),
        });
    }
    match failures.first() {
        Some(worst) => Outcome::found(finding(load, worst, &failures, n_by_cdn)),
        None if 0 < n_by_cdn => {
            Outcome::NotApplicable("all that failed was answered by the CDN, which is told as such")
        }
        None => Outcome::Passed,
    }
}

fn finding(load: &PageLoad<'_>, worst: &Failure<'_>, failures: &[Failure<'_>], n_by_cdn: u64) -> Finding {
    let severity = match worst.harm {
        Harm::Page => Severity::Serious,
        Harm::Function => Severity::Warning,
        Harm::Content | Harm::Background => Severity::Notice,
    };
    let n_failures = failures.len() as u64;
    let is_document = load.document.request == Some(worst.request.id());
    let mut customer = if is_document {
        message!["The page itself could not be loaded: ", plain(worst.request), "."]
    } else {
        message![]
    };
    if !is_document || 1 < n_failures {
        customer.0.extend(
            message![
                if is_document { " " } else { "" },
                Part::Counted(n_failures, "thing", "things"),
                " that the page asked for did not arrive. ",
                match worst.harm {
                    Harm::Page | Harm::Function => "Parts of the page may be missing or not work.",
                    Harm::Content => "A picture or another part of the content may be missing.",
                    Harm::Background => "Visitors hardly notice.",
                }
            ]
            .0,
        );
    }
    let mut engineer = message![Part::Counted(n_failures, "request", "requests"), " failed; the weightiest: "];
    engineer.0.extend(message![worst.kind, " ", worst.request.id(), ", "].0);
    engineer.0.extend(exact(worst.request).0);
    if 0 < n_by_cdn {
        let by_cdn = Part::Counted(n_by_cdn, "other was", "others were");
        engineer.0.extend(message!["; ", by_cdn, " answered by the CDN itself, which is told as such"].0);
    }
    engineer.0.extend(message!["."].0);
    Finding {
        severity,
        owner: owner(worst, failures),
        customer,
        engineer,
        fix: fix(worst.request),
        evidence: failures
            .iter()
            .map(|failure| Evidence { request: Some(failure.request.id()), text: proof(failure.request) })
            .collect(),
        savings: savings(load, failures),
    }
}

fn owner(worst: &Failure<'_>, failures: &[Failure<'_>]) -> Option<Owner> {
    if failures.iter().all(|failure| failure.third_party) {
        return Some(Owner::ThirdParty);
    }
    match worst.request.completion() {
        CompletionState::Failed(ErrorKind::Offline) => Some(Owner::Client),
        _ => None,
    }
}

/// What went wrong besides the status. An error status says more than what the browser made of such an answer, and a
/// connection that fails after the status breaks the answer off.
fn error(request: Request<'_>) -> Option<ErrorKind> {
    use ErrorKind::{ConnectionReset, Other, Protocol, TimedOut};
    let CompletionState::Failed(kind) = request.completion() else { return None };
    match (request.status(), kind) {
        (Some(400..), _) => None,
        (Some(_), ConnectionReset | Protocol | TimedOut | Other) => Some(ErrorKind::Truncated),
        _ => Some(kind),
    }
}

/// What happened, for somebody who is no engineer.
fn plain(request: Request<'_>) -> &'static str {
    match (error(request), request.status()) {
        (Some(kind), _) => error_words(kind),
        (_, Some(401 | 403 | 407)) => "the server refused it",
        (_, Some(404 | 410)) => "it does not exist at this address",
        (_, Some(429)) => "the server was asked too often",
        (_, Some(status)) if 500 <= status => "the server had an error",
        _ => "the server did not accept the request",
    }
}

fn error_words(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::NameNotResolved => "the server's name could not be found",
        ErrorKind::ConnectionRefused => "the server refused the connection",
        ErrorKind::ConnectionReset => "the connection broke",
        ErrorKind::TimedOut => "the server did not answer in time",
        ErrorKind::Offline => "the browser was offline",
        ErrorKind::Tls => "encryption could not be set up",
        ErrorKind::Policy => "the browser withheld it for a security rule (CORS, CORP or ORB)",
        ErrorKind::Truncated => "the answer broke off before its end",
        ErrorKind::Protocol => "the server broke the HTTP protocol",
        ErrorKind::TooManyRedirects => "it was redirected too often",
        ErrorKind::Other => "no usable answer arrived",
    }
}

fn exact(request: Request<'_>) -> Message {
    match (error(request), request.status()) {
        (Some(kind), Some(status)) => message![error_words(kind), " after status ", Part::Status(status)],
        (Some(kind), None) => message![error_words(kind)],
        (_, Some(status)) => message!["status ", Part::Status(status), status_words(status)],
        (_, None) => message!["no status"],
    }
}

/// What a status tells beyond its number, where that helps to find the culprit.
fn status_words(status: u16) -> &'static str {
    match status {
        401 => " (not signed in)",
        403 => " (forbidden)",
        404 | 410 => " (not there)",
        429 => " (asked too often)",
        500 => " (error in the server)",
        502 | 504 => " (the proxy or CDN got no answer from the server behind it)",
        503 => " (the server is overloaded or being maintained)",
        520..=527 => " (Cloudflare got no proper answer from the server behind it)",
        _ => "",
    }
}

/// The figure or header line that proves a failure.
fn proof(request: Request<'_>) -> Message {
    let mut text = exact(request);
    if error(request) == Some(ErrorKind::Truncated) {
        if let Some(bytes) = request.body_bytes().or(request.transfer_bytes()) {
            text.0.extend(message!["; ", bytes, " arrived"].0);
        }
        if request.response_header("content-length").next().is_some() {
            text.0.extend(message![", ", Part::ResponseHeader(request.id(), "content-length")].0);
        }
    }
    if request.status() == Some(429) && request.response_header("retry-after").next().is_some() {
        text.0.extend(message![", ", Part::ResponseHeader(request.id(), "retry-after")].0);
    }
    text
}

fn fix(request: Request<'_>) -> Message {
    match (error(request), request.status()) {
        (Some(ErrorKind::Policy), _) => message![
            "Send ",
            Part::Code("Access-Control-Allow-Origin"),
            " for the page's origin and answer its preflights with a 2xx status; check ",
            Part::Code("Cross-Origin-Resource-Policy"),
            " and the media type."
        ],
        (Some(ErrorKind::NameNotResolved | ErrorKind::ConnectionRefused), _) => {
            message!["Repair the host's DNS entry or server, or remove the reference to it."]
        }
        (Some(ErrorKind::Tls), _) => {
            message!["Check the host's certificate: its names, its dates, its chain."]
        }
        (Some(ErrorKind::Truncated), _) => message![
            "Find what cuts the answer off: a crash or timeout of the server or of a proxy, or a wrong ",
            Part::Code("Content-Length"),
            "."
        ],
        (Some(_), _) => {
            message!["Look into the server's and the proxy's log at that time, and record again to see if it stays."]
        }
        (_, Some(404 | 410)) => message!["Correct the address in the page, or put the file there."],
        (_, Some(401 | 403 | 407)) => message!["Ask only after sign-in, or correct the permission."],
        (_, Some(429)) => message!["Ask less often, or raise the limit; obey ", Part::Code("Retry-After"), "."],
        (_, Some(status)) if 500 <= status => {
            message!["Look into the server's log at that time; 502, 504 and 52x come from the proxy or CDN before it."]
        }
        _ => message!["Look up the status and correct the request."],
    }
}

/// Failed requests that held rendering back, by their own time.
fn savings(load: &PageLoad<'_>, failures: &[Failure<'_>]) -> Option<Savings> {
    let blocking = failures.iter().filter(|failure| {
        let resource = load.resource(failure.request.id());
        resource.and_then(|r| r.blocking).is_some_and(|blocking| blocking.how == RenderBlocking::Blocking)
    });
    let most = blocking.filter_map(|failure| failure.request.duration()).max_by(Millis::total_cmp)?;
    let metric = load.milestones.main().map_or(Metric::Fcp, |(metric, _)| metric);
    Some(Savings {
        milestone: Some(metric),
        ms: (Millis::ZERO, most.at_least_zero()),
        bytes: Default::default(),
        method: Method::Bound,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::{Made, MadeRequest};
    use crate::rules::testing::{check_rule, outcome};

    fn with(url: &str, make: impl FnOnce(MadeRequest<'_>) -> MadeRequest<'_>) -> Made {
        Made::page("https://shop.example/").document(|r| r).request(url, make)
    }

    #[track_caller]
    fn finding(made: Made) -> Finding {
        match outcome(&FAILED_REQUESTS, made) {
            Outcome::Found(mut all) => all.remove(0),
            other => panic!("{other:?}"),
        }
    }

    const OWN: &str = "https://shop.example/x";

    #[test]
    fn severity_follows_what_failed() {
        use ResourceKind::{Fetch, Image, Ping, Script};
        #[track_caller]
        fn check(made: Made, expected: Severity) {
            assert_eq!(finding(made).severity, expected);
        }
        check(Made::page("https://shop.example/").document(|r| r.status(500)), Severity::Serious);
        let sheet = Made::page("https://shop.example/").document(|r| r).request(OWN, |r| {
            r.kind(ResourceKind::Stylesheet).status(404).change(|row| {
                row.render_blocking = Some(RenderBlocking::Blocking);
            })
        });
        check(sheet, Severity::Serious);
        check(with(OWN, |r| r.kind(Script).status(404)), Severity::Warning);
        check(with(OWN, |r| r.kind(Fetch).status(503)), Severity::Warning);
        check(with(OWN, |r| r.kind(Fetch).status(401)), Severity::Notice);
        check(with(OWN, |r| r.kind(Image).status(404)), Severity::Notice);
        check(with(OWN, |r| r.kind(Ping).status(500)), Severity::Notice);
        check(with("https://connect.facebook.net/sdk.js", |r| r.kind(Script).status(404)), Severity::Notice);
    }

    #[test]
    fn broken_answers_are_failures() {
        for kind in [ErrorKind::NameNotResolved, ErrorKind::Truncated, ErrorKind::Policy, ErrorKind::Other] {
            let made = with(OWN, |r| {
                r.kind(ResourceKind::Script).change(|row| row.completion = CompletionState::Failed(kind))
            });
            assert_eq!(finding(made).severity, Severity::Warning, "{kind:?}");
        }
    }

    #[test]
    fn the_proof_says_what_went_wrong() {
        #[track_caller]
        fn check(status: Option<u16>, kind: ErrorKind, expected: &'static str) {
            let found = finding(with(OWN, |r| {
                r.kind(ResourceKind::Script).change(|row| {
                    row.status = status;
                    row.completion = CompletionState::Failed(kind);
                })
            }));
            assert_eq!(found.evidence[0].text.0.first(), Some(&Part::Text(expected)));
        }
        check(Some(200), ErrorKind::Protocol, error_words(ErrorKind::Truncated));
        check(Some(200), ErrorKind::Policy, error_words(ErrorKind::Policy));
        check(None, ErrorKind::Protocol, error_words(ErrorKind::Protocol));
        check(Some(404), ErrorKind::Policy, "status ");
    }

    #[test]
    fn what_a_cdn_made_is_left_to_other_rules() {
        let by_cdn = |made: Made| {
            made.request("https://shop.example/y", |r| r.status(522).response("cf-ray", "8dd84d62cee41992-FRA"))
        };
        check_rule(&FAILED_REQUESTS, by_cdn(with(OWN, |r| r)), "not-applicable");
        assert_eq!(finding(by_cdn(with(OWN, |r| r.status(500)))).evidence.len(), 1);
    }

    #[test]
    fn near_misses() {
        for completion in [CompletionState::Cancelled, CompletionState::Blocked, CompletionState::Unfinished] {
            let made = with(OWN, |r| {
                r.kind(ResourceKind::Script).change(|row| {
                    row.completion = completion;
                    row.status = None;
                })
            });
            check_rule(&FAILED_REQUESTS, made, "passed");
        }
        check_rule(&FAILED_REQUESTS, with(OWN, |r| r.status(304)), "passed");
        check_rule(&FAILED_REQUESTS, with(OWN, |r| r.status(204)), "passed");
        check_rule(&FAILED_REQUESTS, with("chrome-extension://abc/x.js", |r| r.status(404)), "passed");
        check_rule(&FAILED_REQUESTS, Made::page("https://shop.example/"), "not-applicable");
    }

    #[test]
    fn the_weightiest_comes_first() {
        let made = with(OWN, |r| r.kind(ResourceKind::Image).status(404))
            .request("https://shop.example/api", |r| r.kind(ResourceKind::Fetch).status(500));
        let order: Vec<_> = finding(made).evidence.iter().filter_map(|one| one.request).map(|id| id.0).collect();
        assert_eq!(order, [2, 1]);
    }
}
