//! `repeated-missing-file`: files that are not there and are looked for again and again.

use std::collections::BTreeMap;

use crate::page_load::{Lifetime, Owner, PageLoad};
use crate::recording::{Missing, Request, ResourceKind};
use crate::rules::responses::{self, Judged, Response, Shown, Told};
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Outcome, Severity, Topic};
use crate::text::StrId;
use crate::units::Seconds;

declare_rule! {
    /// ## In plain words
    /// The page asks for files that do not exist, and does so again and again, as browsers may not remember that they are
    /// missing.
    ///
    /// ## What it finds
    /// Scripts, style sheets, fonts, pictures, media and manifests of the site's own that were answered with 404 or 410
    /// twice or more in the recording, and without a lifetime.
    ///
    /// ## Why it matters
    /// Each of these questions costs the server work and the visitor a request, on every page.
    ///
    /// ## How to fix it
    /// Correct the reference, or put the file there. Until then `Cache-Control: max-age=60` with the 404 spares most of it.
    ///
    /// ## How savings are estimated
    /// None are claimed.
    ///
    /// ## When to ignore it
    /// If the file is about to be there.
    ///
    /// ## References
    /// - [RFC 9110 §15.5.5: 404 Not Found](https://www.rfc-editor.org/rfc/rfc9110#section-15.5.5)
    pub static REPEATED_MISSING_FILE = {
        id: "repeated-missing-file",
        title: "Missing files that are looked for again and again",
        topic: Topic::Errors,
        severity: Severity::Notice,
        owner: Owner::Origin,
        needs: [Missing::ResponseHeaders],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let mut n_missing: BTreeMap<StrId, u64> = BTreeMap::new();
    for request in load.recording.all_requests().filter(|request| is_missing(*request)) {
        *n_missing.entry(request.url()).or_default() += 1;
    }
    let shown = responses::look(load, &|response| judge(&n_missing, response));
    if !shown.files.is_empty() && !shown.has_own() {
        return Outcome::Passed;
    }
    shown.conclude("no file was missing", &tell)
}

fn is_missing(request: Request<'_>) -> bool {
    matches!(request.status(), Some(404 | 410)) && request.method_text().expose() == "GET"
}

fn judge(n_missing: &BTreeMap<StrId, u64>, response: &Response<'_, '_>) -> Judged {
    use ResourceKind::{Font, Image, Manifest, Media, Script, Stylesheet};
    let request = response.request;
    let is_file = matches!(response.resource.kind, Script | Stylesheet | Font | Image | Media | Manifest);
    if !is_missing(request) || !is_file {
        return Judged::NotMeant;
    }
    let is_kept = matches!(response.caching.lifetime, Some(Lifetime::Explicit(lifetime)) if Seconds(0) < lifetime);
    let n = n_missing.get(&request.url()).copied().unwrap_or_default();
    if is_kept || n < 2 {
        return Judged::Fine;
    }
    let times = Part::Counted(n, "time", "times");
    let status = Part::Status(request.status().unwrap_or_default());
    Judged::Shown(message!["answered ", status, " ", times, " in this recording, ", response.line("cache-control")])
}

fn tell(shown: &Shown) -> Told {
    Told {
        severity: Severity::Notice,
        customer: message![shown.counted("missing file is", "missing files are"), " looked for again and again."],
        engineer: message![
            shown.counted("request", "requests"),
            " for files that were missing before, without a lifetime on the answer."
        ],
        fix: message!["Correct the reference, or send the 404 with ", Part::Code("Cache-Control: max-age=60"), "."],
        savings: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::Made;
    use crate::rules::testing::check_rule;

    #[test]
    fn missing_files() {
        let made = |addresses: &[&str], status: u16, line: &'static str| {
            addresses.iter().fold(Made::page("https://shop.example/").document(|r| r), |made, address| {
                made.request(&format!("https://shop.example/{address}"), |r| {
                    r.kind(ResourceKind::Image).status(status).response("cache-control", line)
                })
            })
        };
        let rule = &REPEATED_MISSING_FILE;
        check_rule(rule, made(&["a.png", "a.png"], 404, "no-cache"), "found");
        check_rule(rule, made(&["a.png", "b.png"], 404, "no-cache"), "passed");
        check_rule(rule, made(&["a.png", "a.png"], 404, "max-age=60"), "passed");
        check_rule(rule, made(&["a.png", "a.png"], 200, "no-cache"), "not-applicable");
        check_rule(rule, Made::page("https://shop.example/").without(Missing::ResponseHeaders), "not-checked");
    }
}
