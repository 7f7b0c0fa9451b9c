//! `legacy-javascript`: code that only browsers of many years ago need.

use crate::order::Arrange;
use crate::page_load::script_texts::{self, SeenScript};
use crate::page_load::{Owner, PageLoad};
use crate::recording::RequestId;
use crate::rules::javascript::NOTICEABLE;
use crate::rules::rule::declare_rule;
use crate::rules::text::{Message, Part, message};
use crate::rules::{Evidence, Finding, Method, Outcome, Severity, Topic, gain};
use crate::units::Bytes;

/// Decoded bytes of such code in one script from which on it is told (Chrome's insight has the same limit).
const WORTH_TELLING: u64 = 5_000;

/// So many polyfills are told even if they are small: nobody needs them.
const MANY: usize = 3;

/// How many scripts are told, and how many names of each.
const MOST_TOLD: usize = 20;
/// See [`MOST_TOLD`].
const MOST_NAMES: usize = 8;

declare_rule! {
    /// ## In plain words
    /// The programs of this page carry code for browsers of many years ago, which everybody has to download and run.
    ///
    /// ## What it finds
    /// Scripts whose text defines three or more built-in functions that all browsers have had for years (polyfills, such
    /// as core-js brings them), or holds 5,000 bytes or more of these and of what Babel makes of classes, generators
    /// and spread arguments. It needs the text of scripts: from a HAR with content (the first 256 KiB of each), or
    /// from an enhanced trace.
    ///
    /// ## Why it matters
    /// More bytes, more to compile, and slower code than the browser's own.
    ///
    /// ## How to fix it
    /// Tell the build which browsers you support: `browserslist` `baseline widely available`, Babel's
    /// `preset-env` with `bugfixes`, TypeScript's `target`. Drop `core-js` and `polyfill.io`-like scripts; if you must
    /// support old browsers, send them their own files (`type=module` and `nomodule`).
    ///
    /// ## How savings are estimated
    /// About 400 bytes for each polyfill, 26,000 for what core-js's share, 1,000 for classes, 1,169 for spread and 80
    /// for each generator, by the script's own compression. Time: between none and the receive time of those bytes.
    ///
    /// ## When to ignore it
    /// If your visitors' browsers really are that old: look at your own statistics.
    ///
    /// ## References
    /// - [Chrome: Legacy JavaScript](https://developer.chrome.com/docs/performance/insights/legacy-javascript)
    /// - [Baseline](https://web.dev/baseline)
    /// - [web.dev: Serve modern code to modern browsers](https://web.dev/articles/serve-modern-code-to-modern-browsers)
    pub static LEGACY_JAVASCRIPT = {
        id: "legacy-javascript",
        title: "Code for browsers of long ago",
        topic: Topic::JavaScript,
        severity: Severity::Warning,
        owner: Owner::Origin,
        needs: [],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let Some(mut scripts) = script_texts::of(load) else {
        return Outcome::NotChecked(
            "the recording does not hold the text of scripts; HAR with content and enhanced traces do",
        );
    };
    let is_told =
        |one: &SeenScript<'_>| WORTH_TELLING <= one.legacy.bytes() || MANY <= one.legacy.polyfills().take(MANY).count();
    scripts.retain(is_told);
    scripts.arrange_by(|a, b| sent(b).cmp(&sent(a)));
    match scripts.as_slice() {
        [] => Outcome::Passed,
        scripts => Outcome::found(finding(load, scripts)),
    }
}

/// Bytes on the wire that are for old browsers.
fn sent(script: &SeenScript<'_>) -> Bytes {
    Bytes((script.legacy.bytes() as f64 * script.ratio) as u64)
}

fn finding(load: &PageLoad<'_>, scripts: &[SeenScript<'_>]) -> Finding {
    let saved: Vec<(RequestId, Bytes)> = scripts.iter().map(|script| (script.request, sent(script))).collect();
    let total: Bytes = saved.iter().map(|(_, bytes)| *bytes).sum();
    let n = Part::Counted(scripts.len() as u64, "script", "scripts");
    Finding {
        severity: if NOTICEABLE <= total { Severity::Warning } else { Severity::Notice },
        owner: gain::owner_of(load, saved.iter().map(|(request, _)| *request)),
        customer: message![
            n.clone(),
            " of this page ",
            Part::agreeing(scripts.len(), "carries", "carry"),
            " code that only very old browsers need, about ",
            total,
            "."
        ],
        engineer: message![
            n,
            " with polyfills or transforms for features that all browsers have, about ",
            total,
            " on the wire."
        ],
        fix: message![
            "Build for browsers of today: raise the build's targets and drop polyfills that they do not need."
        ],
        evidence: scripts.iter().take(MOST_TOLD).map(evidence).collect(),
        savings: Some(gain::of_fewer_bytes(load, &saved, Method::Estimated)),
    }
}

fn evidence(script: &SeenScript<'_>) -> Evidence {
    let mut text: Message = message!["about ", sent(script)];
    let mut between = ": ";
    for (object, member) in script.legacy.polyfills().take(MOST_NAMES) {
        text.0.extend(message![between, object, ".", member].0);
        between = ", ";
    }
    let more = script.legacy.polyfills().skip(MOST_NAMES).count() as u64;
    if 0 < more {
        text.0.extend(message![" and ", Part::Counted(more, "more", "more")].0);
    }
    for transform in script.legacy.transforms() {
        text.0.extend(message![between, "Babel's ", transform].0);
        between = ", ";
    }
    Evidence { request: Some(script.request), text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::ResourceKind;
    use crate::recording::testing::Made;
    use crate::rules::testing::{check_rule, outcome};

    /// A script of this text, a half of which is sent.
    fn page(text: &str) -> Made {
        Made::page("https://shop.example/").document(|r| r).request("https://shop.example/app.js", |r| {
            r.kind(ResourceKind::Script).bytes(50_000, 50_000, 100_000).body(text)
        })
    }

    #[test]
    fn polyfills_and_transforms() {
        for (text, bytes, expected) in [
            ("Array.prototype.at=f;Object.is=f;Math.sign=f;", 600, Severity::Notice),
            ("r({target:\"Array\",proto:!0},{at:o});r({target:\"Math\",stat:!0},{sign:o})", 13_400, Severity::Notice),
            (&"regeneratorRuntime.wrap(a);".repeat(400), 16_000, Severity::Warning),
        ] {
            let Outcome::Found(found) = outcome(&LEGACY_JAVASCRIPT, page(text)) else { panic!("nothing in {text}") };
            assert_eq!((found[0].severity, found[0].savings.expect("savings").bytes), (expected, Bytes(bytes)));
            assert_eq!(found[0].evidence[0].request, Some(RequestId(1)));
        }
    }

    #[test]
    fn near_misses() {
        check_rule(&LEGACY_JAVASCRIPT, page("Array.prototype.at=f;Object.is=f;"), "passed");
        check_rule(&LEGACY_JAVASCRIPT, page(&"regeneratorRuntime.wrap(a);".repeat(62)), "passed");
        check_rule(&LEGACY_JAVASCRIPT, page("[1].at(0)"), "passed");
        check_rule(&LEGACY_JAVASCRIPT, Made::page("https://shop.example/").document(|r| r), "not-checked");
    }
}
