//! `missing-early-hints`: a browser that waits for a slow page although it could fetch the page's files already.

use crate::http::list;
use crate::page_load::{Metric, Owner, PageLoad};
use crate::recording::{InitiatorKind, Missing, Phase, Protocol, RenderBlocking, RequestId, ResourceKind};
use crate::rules::gain;
use crate::rules::responses::evidence;
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Finding, Method, Outcome, Savings, Severity, Topic};
use crate::units::{Bytes, Millis};

/// With a shorter wait there is little time to fill.
const SLOW: Millis = Millis(300.0);

/// From this wait on it is a warning.
const VERY_SLOW: Millis = Millis(800.0);

declare_rule! {
    /// ## In plain words
    /// While the server prepares the page the browser sits idle. It could fetch the page's styles and scripts meanwhile, if
    /// it were told which.
    ///
    /// ## What it finds
    /// A document over HTTP/2 or HTTP/3 that the browser waited 300 ms or more for, with style sheets, scripts or fonts that
    /// held rendering back, none of which was asked for before the document came, and without a `Link: …; rel=preload`
    /// header. Recordings do not show the answer 103 itself; a file that was asked for early shows it.
    ///
    /// ## Why it matters
    /// These files are the same on each visit, so the server knows them before it knows the page.
    ///
    /// ## How to fix it
    /// Send `103 Early Hints` with `Link: </app.css>; rel=preload; as=style`. Several CDNs do it by themselves from the
    /// `Link` headers of earlier answers.
    ///
    /// ## How savings are estimated
    /// Between none and the shorter of two times: the wait for the document, and what the longest of these files took.
    ///
    /// ## When to ignore it
    /// If the server can be made quick instead, or most visitors have the files in their cache.
    ///
    /// ## References
    /// - [RFC 8297: Early Hints](https://www.rfc-editor.org/rfc/rfc8297)
    /// - [Chrome: Early Hints](https://developer.chrome.com/docs/web-platform/early-hints)
    pub static MISSING_EARLY_HINTS = {
        id: "missing-early-hints",
        title: "An idle browser while the server prepares the page",
        topic: Topic::Server,
        severity: Severity::Warning,
        owner: Owner::Origin,
        needs: [Missing::ResponseHeaders, Missing::Phases, Missing::Document],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let Some(document) = load.document.request.map(|document| load.request(document)) else {
        return Outcome::NotApplicable("the recording does not hold the page's document");
    };
    let wait = document.phases().wait.unwrap_or_default();
    let is_capable = matches!(document.protocol(), Some(Protocol::H2 | Protocol::H3));
    let Some(start) = document.start().filter(|_| is_capable && SLOW <= wait) else {
        return Outcome::NotApplicable("the page came quickly, or not over HTTP/2 or HTTP/3");
    };
    let came = start + document.phases().before(Phase::Receive);
    let links = document.response_header("link").map(|line| line.expose());
    let has_link = list::members(links)
        .any(|link| link.to_ascii_lowercase().contains("rel=preload") || link.contains("rel=\"preload\""));
    let mut files: Vec<(RequestId, Millis)> = Vec::new();
    let mut was_hinted = false;
    for (request, resource) in load.network() {
        was_hinted |= request.initiator() == Some(InitiatorKind::EarlyHints);
        let blocks = resource.blocking.is_some_and(|found| found.how == RenderBlocking::Blocking);
        let is_file = matches!(resource.kind, ResourceKind::Stylesheet | ResourceKind::Script | ResourceKind::Font);
        let is_named = resource.initiator.is_none() || resource.initiator == load.document.request;
        if !(blocks && is_file && is_named) || gain::is_third_party(resource) {
            continue;
        }
        was_hinted |= request.start().is_some_and(|asked| asked < came);
        files.push((request.id(), load.span(request.id()).map_or(Millis::ZERO, |span| span.duration())));
    }
    if files.is_empty() {
        return Outcome::NotApplicable("nothing of the site's own held rendering back");
    }
    if was_hinted || has_link {
        return Outcome::Passed;
    }
    let longest = files.iter().map(|(_, took)| *took).fold(Millis::ZERO, Millis::max);
    let most = longest.min(wait);
    let mut proof = vec![evidence(
        document.id(),
        message!["the browser waited ", wait, ", ", Part::ResponseHeader(document.id(), "link")],
    )];
    proof.extend(
        files.iter().map(|(id, took)| evidence(*id, message!["asked for after the page had come; took ", *took])),
    );
    let n_files = Part::Counted(files.len() as u64, "file", "files");
    Outcome::found(Finding {
        severity: if VERY_SLOW <= wait { Severity::Warning } else { Severity::Notice },
        owner: None,
        customer: message![
            "While the server prepared the page for ",
            wait,
            " the browser sat idle; it could have fetched ",
            n_files.clone(),
            " meanwhile."
        ],
        engineer: message![
            n_files,
            " that hold rendering back were discovered only after a wait of ",
            wait,
            "; no 103, no Link preload."
        ],
        fix: message![
            "Send 103 Early Hints, or let the CDN do it from ",
            Part::Code("Link: </app.css>; rel=preload; as=style"),
            "."
        ],
        evidence: proof,
        savings: Some(Savings {
            milestone: (Millis::ZERO < most).then_some(Metric::Fcp),
            ms: (Millis::ZERO, most),
            bytes: Bytes(0),
            method: Method::Bound,
        }),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::{Made, MadeRequest};
    use crate::rules::testing::check_rule;

    fn made(wait: f64, link: Option<&str>, asked: f64) -> Made {
        Made::page("https://shop.example/")
            .document(|r| match link {
                Some(link) => r.wait(wait).response("link", link),
                None => r.wait(wait),
            })
            .request("https://shop.example/a.css", |r| {
                r.kind(ResourceKind::Stylesheet)
                    .start(asked)
                    .change(|row| row.render_blocking = Some(RenderBlocking::Blocking))
            })
    }

    #[test]
    fn idle_browsers() {
        let rule = &MISSING_EARLY_HINTS;
        check_rule(rule, made(500.0, None, 520.0), "found");
        check_rule(rule, made(500.0, None, 100.0), "passed");
        check_rule(rule, made(500.0, Some("</a.css>; rel=preload; as=style"), 520.0), "passed");
        check_rule(rule, made(200.0, None, 220.0), "not-applicable");
        check_rule(
            rule,
            Made::page("https://shop.example/").document(|r: MadeRequest<'_>| r.wait(900.0)),
            "not-applicable",
        );
        check_rule(rule, made(500.0, None, 520.0).without(Missing::Phases), "not-checked");
    }
}
