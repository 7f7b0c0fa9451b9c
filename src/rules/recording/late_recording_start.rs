//! `late-recording-start`: the recording began after the page had.

use crate::page_load::{Owner, PageLoad};
use crate::recording::{Missing, Request, RequestId, ResourceKind};
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Evidence, Finding, Outcome, Severity, Topic};
use crate::units::Millis;

/// Files of a page that show that a page was being loaded, not only an app calling its server.
const PAGE_FILES: u64 = 3;

/// Requests that may stand before the page's HTML: redirects, a marker of the tool, another tab.
const FEW: usize = 5;

/// A browser asks for the document within this time of navigation start, unless the page before is slow to leave.
const LONG: Millis = Millis(2_000.0);

declare_rule! {
    /// ## In plain words
    /// The recording was switched on when the page was already loading. Its beginning, often the slowest part, is missing.
    ///
    /// ## What it finds
    /// Loads with three style sheets, scripts, fonts or pictures or more whose document is not in the recording. The
    /// evidence says so if, in addition, the first recorded request began two seconds or more after the recorded start of
    /// the navigation. Recordings of single calls are left out.
    ///
    /// ## Why it matters
    /// Without the document nobody can say how long the server took, or what held the first render back. Times in this
    /// report count from the first request that was recorded.
    ///
    /// ## How to fix it
    /// Open the network panel first, then load the page, or reload it with the panel open. "Preserve log" keeps what came
    /// before a redirect to another page.
    ///
    /// ## How savings are estimated
    /// None are: this is about the recording, not about the page.
    ///
    /// ## When to ignore it
    /// If the recording is meant to show an action within an open page.
    ///
    /// ## References
    /// - [Chrome: Record network requests](https://developer.chrome.com/docs/devtools/network/reference#record)
    /// - [Firefox: Network monitor](https://firefox-source-docs.mozilla.org/devtools-user/network_monitor/index.html)
    pub static LATE_RECORDING_START = {
        id: "late-recording-start",
        title: "Recording began after the page",
        topic: Topic::Recording,
        severity: Severity::Notice,
        owner: Owner::Unknown,
        needs: [Missing::Dates],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    if load.is_view_change() {
        return Outcome::NotApplicable("this is a change of view within a page");
    }
    let is_page_file = |kind| {
        matches!(kind, ResourceKind::Stylesheet | ResourceKind::Script | ResourceKind::Font | ResourceKind::Image)
    };
    let n_files = load.network().filter(|(_, resource)| is_page_file(resource.kind)).count() as u64;
    let first = load.network().find_map(|(request, _)| Some((request.id(), load.span(request.id())?.start)));
    let Some((first, start)) = first else {
        return Outcome::NotApplicable("the recording holds no network request");
    };
    let begins_with_html = load
        .network()
        .find(|(request, resource)| is_html(*request, resource.kind))
        .is_some_and(|(html, _)| load.network().take_while(|(request, _)| request.id() < html.id()).count() < FEW);
    if begins_with_html && load.document.request.is_none() {
        return Outcome::Passed;
    }
    let has_document = load.document.request.is_some() || !load.document.redirects.is_empty();
    if !has_document && n_files < PAGE_FILES {
        return Outcome::NotApplicable("the recording holds single calls, no page");
    }
    let is_late = LONG <= start && load.recorded().is_some_and(|page| page.start.is_some() && !page.synthetic);
    match (has_document, is_late) {
        (true, _) => Outcome::Passed,
        (false, is_late) => Outcome::found(finding(first, start, n_files, is_late)),
    }
}

/// Whether it is HTML, or was asked for as a page is asked for (a 304 tells no media type).
fn is_html(request: Request<'_>, kind: ResourceKind) -> bool {
    kind == ResourceKind::Document
        || request.request_header("accept").any(|accept| accept.expose().starts_with("text/html"))
}

fn finding(first: RequestId, start: Millis, n_files: u64, is_late: bool) -> Finding {
    let files = Part::Counted(n_files, "file", "files");
    let mut text = message!["the first request recorded; the page's document is not in the recording"];
    if is_late {
        text.0.extend(message![", and navigation had begun ", start, " before"].0);
    }
    Finding {
        severity: Severity::Notice,
        owner: None,
        customer: message![
            "The recording began when the page was already loading. What happened first, above all how long the server took, ",
            "is not in it."
        ],
        engineer: message![files, " of a page, but no document request: times count from the first recorded request."],
        fix: message!["Open the network panel first, then load the page."],
        evidence: vec![Evidence { request: Some(first), text }],
        savings: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::Made;
    use crate::rules::testing::check_rule;

    fn files(mut made: Made, n: usize) -> Made {
        for n in 0..n {
            made = made.request(&format!("https://shop.example/{n}.js"), |r| r.start(10.0).kind(ResourceKind::Script));
        }
        made
    }

    #[test]
    fn the_document_is_missing() {
        let page = || Made::page("https://shop.example/");
        check_rule(&LATE_RECORDING_START, files(page(), 5), "found");
        check_rule(&LATE_RECORDING_START, files(page().document(|r| r), 5), "passed");
        check_rule(&LATE_RECORDING_START, files(page(), 2), "not-applicable");
        check_rule(&LATE_RECORDING_START, page(), "not-applicable");
        let unmodified = page().request("https://shop.example/x", |r| r.status(304).header("accept", "text/html, */*"));
        check_rule(&LATE_RECORDING_START, files(unmodified, 5), "passed");
        check_rule(&LATE_RECORDING_START, files(page(), 5).without(Missing::Dates), "not-checked");
    }
}
