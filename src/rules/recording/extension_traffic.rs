//! `extension-traffic`: browser extensions took part in the load.

use crate::page_load::{Owner, PageLoad};
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Evidence, Finding, Outcome, Severity, Topic};

declare_rule! {
    /// ## In plain words
    /// Add-ons of the browser that made this recording loaded files of their own, or changed the page. Other visitors do
    /// not have them.
    ///
    /// ## What it finds
    /// Requests to addresses of extensions (`chrome-extension:`, `moz-extension:`, `safari-web-extension:`), and requests
    /// that an extension's script made.
    ///
    /// ## Why it matters
    /// Extensions take time on the main thread, hold requests back while they judge them, and block some. The figures of
    /// such a recording do not show the site alone. This report leaves their own requests out of its sums.
    ///
    /// ## How to fix it
    /// Record again in a guest or incognito window, or in a fresh profile, without extensions.
    ///
    /// ## How savings are estimated
    /// None are: this is about the recording, not about the page.
    ///
    /// ## When to ignore it
    /// If the visitor who complains has these extensions: then they may be the cause.
    ///
    /// ## References
    /// - [Lighthouse: Variability, browser extensions](https://github.com/GoogleChrome/lighthouse/blob/main/docs/variability.md)
    /// - [Chrome: chrome.webRequest](https://developer.chrome.com/docs/extensions/reference/api/webRequest)
    pub static EXTENSION_TRAFFIC = {
        id: "extension-traffic",
        title: "Browser extensions in the recording",
        topic: Topic::Recording,
        severity: Severity::Notice,
        owner: Owner::Client,
        needs: [],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    if load.requests.is_empty() {
        return Outcome::NotApplicable("the recording holds no request");
    }
    let all: Vec<_> = load.iter().filter(|(_, resource)| resource.is_extension).collect();
    if all.is_empty() {
        return Outcome::Passed;
    }
    let evidence = all.iter().map(|(request, resource)| {
        let text = match resource.url.is_some_and(|url| url.is_extension()) {
            true => message!["an extension's own file"],
            false => message!["asked for by an extension"],
        };
        Evidence { request: Some(request.id()), text }
    });
    let requests = Part::Counted(all.len() as u64, "request", "requests");
    Outcome::found(Finding {
        severity: Severity::Notice,
        owner: None,
        customer: message![
            "Browser add-ons took part in this recording (",
            requests.clone(),
            "). Without them the page may be faster."
        ],
        engineer: message![requests, " by browser extensions; they are left out of the sums."],
        fix: message!["Record again in a window without extensions, and compare."],
        evidence: evidence.collect(),
        savings: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::InitiatorKind;
    use crate::recording::testing::Made;
    use crate::rules::testing::check_rule;

    #[test]
    fn extensions() {
        let page = || Made::page("https://shop.example/").document(|r| r);
        let script = "chrome-extension://abcdefghijklmnopabcdefghijklmnop/content.js";
        check_rule(&EXTENSION_TRAFFIC, page().request(script, |r| r), "found");
        let by = page().request("https://x.example/", |r| r.initiator(InitiatorKind::Script, script));
        check_rule(&EXTENSION_TRAFFIC, by, "found");
        check_rule(&EXTENSION_TRAFFIC, page().request("https://x.example/chrome-extension", |r| r), "passed");
        check_rule(&EXTENSION_TRAFFIC, Made::page("https://shop.example/"), "not-applicable");
    }
}
