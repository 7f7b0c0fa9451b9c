//! `unfinished-requests`: the recording stopped while requests were under way.

use crate::page_load::{Owner, PageLoad};
use crate::recording::{CompletionState, ResourceKind};
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Evidence, Finding, Outcome, Severity, Topic};
use crate::units::Millis;

declare_rule! {
    /// ## In plain words
    /// The recording was stopped, or saved, before everything had arrived. How long the missing files would have taken is
    /// not known.
    ///
    /// ## What it finds
    /// Requests without an end that the recording tool marked as still under way. Connections that stay open on purpose
    /// (WebSocket, server-sent events, media) do not count.
    ///
    /// ## Why it matters
    /// Totals of this report are too small, and the slowest requests are the ones most likely to be missing.
    ///
    /// ## How to fix it
    /// Record again and wait until the network has been quiet for some seconds before saving. If the same request never
    /// ends, that request is the problem.
    ///
    /// ## How savings are estimated
    /// None are: this is about the recording, not about the page.
    ///
    /// ## When to ignore it
    /// Long polls and streams that a page keeps open with `fetch` never end.
    ///
    /// ## References
    /// - [Chrome: Save all network requests to a HAR file](https://developer.chrome.com/docs/devtools/network/reference#save-as-har)
    /// - [W3C: HTTP Archive (HAR) format](https://w3c.github.io/web-performance/specs/HAR/Overview.html)
    pub static UNFINISHED_REQUESTS = {
        id: "unfinished-requests",
        title: "Requests under way when the recording stopped",
        topic: Topic::Recording,
        severity: Severity::Notice,
        owner: Owner::Unknown,
        needs: [],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let mut any = false;
    let mut unfinished = Vec::new();
    for (request, resource) in load.network() {
        any = true;
        let stays_open =
            matches!(resource.kind, ResourceKind::WebSocket | ResourceKind::EventSource | ResourceKind::Media);
        if request.completion() == CompletionState::Unfinished && !stays_open {
            unfinished.push(request.id());
        }
    }
    if !any {
        return Outcome::NotApplicable("the recording holds no network request");
    }
    if unfinished.is_empty() {
        return Outcome::Passed;
    }
    let until = load.milestones.last_response.map(|at| at.ms);
    let evidence = unfinished.iter().map(|id| {
        let start = load.span(*id).map(|span| span.start);
        let waited = start.and_then(|start| Some((until? - start).at_least_zero()));
        let text = match (start, waited) {
            (Some(start), Some(waited)) if Millis::ZERO < waited => {
                message!["asked for at ", start, ", without an end; the recording goes on for at least ", waited]
            }
            (Some(start), _) => message!["asked for at ", start, ", without an end"],
            (None, _) => message!["without an end"],
        };
        Evidence { request: Some(*id), text }
    });
    let requests = Part::Counted(unfinished.len() as u64, "request was", "requests were");
    Outcome::found(Finding {
        severity: Severity::Notice,
        owner: None,
        customer: message![
            requests.clone(),
            " still under way when the recording stopped; how long they took is not known."
        ],
        engineer: message![requests, " unfinished when the recording was saved; totals leave them out."],
        fix: message!["Record again and wait until the network is quiet before saving."],
        evidence: evidence.collect(),
        savings: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::Made;
    use crate::rules::testing::check_rule;

    fn check(expected: &str, kind: ResourceKind, completion: CompletionState) {
        let made = Made::page("https://shop.example/")
            .request("https://shop.example/api", |r| r.kind(kind).change(|row| row.completion = completion));
        check_rule(&UNFINISHED_REQUESTS, made, expected);
    }

    #[test]
    fn unfinished() {
        check("found", ResourceKind::Fetch, CompletionState::Unfinished);
        check("passed", ResourceKind::Fetch, CompletionState::Finished);
        check("passed", ResourceKind::Fetch, CompletionState::Cancelled);
        check("passed", ResourceKind::EventSource, CompletionState::Unfinished);
        check_rule(&UNFINISHED_REQUESTS, Made::page("https://shop.example/"), "not-applicable");
    }
}
