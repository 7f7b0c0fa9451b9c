//! `oversized-script`: single script files that are heavy to load and to run.

use crate::page_load::{Owner, PageLoad};
use crate::recording::{Missing, ResourceKind};
use crate::rules::gain;
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Finding, Method, Outcome, Severity, Topic};
use crate::units::{Bytes, Millis};

/// On the wire. V8's advice is to keep bundles under 50–100 kB so that they load in parallel and cache well; 150 KiB
/// leaves room for a framework in one piece.
const LARGE: Bytes = Bytes::kib(150);

/// Decoded. Parsing and compiling is paid for these bytes, however well they were compressed: about a second on a slow
/// phone for each MiB (V8, "The cost of JavaScript").
const LARGE_DECODED: Bytes = Bytes::kib(1024);

/// From this many bytes beyond the limit on, over all files, it is a warning.
const NOTICEABLE: Bytes = Bytes::kib(150);

/// It is serious if the bytes beyond the limit took this long to arrive.
const SLOW: Millis = Millis(1_000.0);

declare_rule! {
    /// ## In plain words
    /// Some program files of this page are very large. The browser has to fetch, read and run them, and while it does,
    /// the page reacts late, above all on phones.
    ///
    /// ## What it finds
    /// Scripts over the network of 150 KiB or more on the wire, or 1 MiB or more decoded. Answers from a cache do not
    /// count.
    ///
    /// ## Why it matters
    /// A script costs twice: bytes on the line, and parsing, compiling and running on the main thread, which follows
    /// the decoded size. Large bundles also lose the cache as a whole when one line of them changes. A HAR shows the
    /// bytes; what running them costs is only in a trace.
    ///
    /// ## How to fix it
    /// Split the bundle by route and load what is not needed at first with `import()`. Remove unused code (DevTools →
    /// Coverage shows it), replace large libraries, serve modern syntax to modern browsers.
    ///
    /// ## How savings are estimated
    /// Bytes: what stands above the limit. Time: between none and the receive time of those bytes; the work on the
    /// main thread that goes with them is not in it.
    ///
    /// ## When to ignore it
    /// If the script is the application (an editor, a game, a map) and loads after the first content has been shown.
    ///
    /// ## References
    /// - [V8: The cost of JavaScript](https://v8.dev/blog/cost-of-javascript-2019)
    /// - [web.dev: Reduce JavaScript payloads with code splitting](https://web.dev/articles/reduce-javascript-payloads-with-code-splitting)
    /// - [Chrome: Coverage](https://developer.chrome.com/docs/devtools/coverage)
    pub static OVERSIZED_SCRIPT = {
        id: "oversized-script",
        title: "Large script files",
        topic: Topic::Transfer,
        severity: Severity::Serious,
        owner: Owner::Origin,
        needs: [Missing::TransferSizes],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let (n_scripts, heavy) = gain::heavy(load, ResourceKind::Script, LARGE, LARGE_DECODED);
    if n_scripts == 0 {
        return Outcome::NotApplicable("no script came over the network");
    }
    if heavy.is_empty() {
        return Outcome::Passed;
    }
    let total = heavy.iter().map(|one| one.sent).sum::<Bytes>();
    let excess: Vec<_> = heavy.iter().map(|one| (one.id, one.sent.saturating_sub(LARGE))).collect();
    let savings = gain::of_fewer_bytes(load, &excess, Method::Bound);
    let severity = match savings.bytes {
        bytes if bytes < NOTICEABLE => Severity::Notice,
        _ if savings.ms.1 < SLOW => Severity::Warning,
        _ => Severity::Serious,
    };
    let scripts = Part::Counted(heavy.len() as u64, "script file", "script files");
    Outcome::found(Finding {
        severity,
        owner: gain::owner_of(load, heavy.iter().map(|one| one.id)),
        customer: message![
            scripts.clone(),
            " of ",
            total,
            Part::agreeing(heavy.len(), "", " together"),
            " must be fetched, read and run before the page works in full."
        ],
        engineer: message![
            scripts,
            " of ",
            LARGE,
            " or more on the wire or ",
            LARGE_DECODED,
            " or more decoded, ",
            total,
            " in all, of ",
            Part::Counted(n_scripts, "script", "scripts"),
            "."
        ],
        fix: message![
            "Split these bundles, load what the first view does not need with ",
            Part::Code("import()"),
            ", and remove unused code."
        ],
        evidence: heavy.iter().map(gain::heavy_evidence).collect(),
        savings: Some(savings),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::Made;
    use crate::rules::testing::check_rule;

    fn check(expected: &str, sent: u64, decoded: u64) {
        let made = Made::page("https://shop.example/")
            .request("https://shop.example/app.js", |r| r.kind(ResourceKind::Script).bytes(sent, sent, decoded));
        check_rule(&OVERSIZED_SCRIPT, made, expected);
    }

    #[test]
    fn finds_large_scripts_only() {
        check("found", 150 * 1024, 300_000);
        check("found", 100_000, 2_000_000);
        check("passed", 140_000, 600_000);
        check("not-applicable", 0, 900_000);
    }

    #[test]
    fn not_checked_without_sizes() {
        check_rule(&OVERSIZED_SCRIPT, Made::page("https://a.example/").without(Missing::TransferSizes), "not-checked");
    }
}
