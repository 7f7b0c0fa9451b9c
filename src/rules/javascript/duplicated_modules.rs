//! `duplicated-modules`: the same module in several scripts of one page.

use crate::order::Arrange;
use crate::page_load::script_texts::{self, Duplicate};
use crate::page_load::{Owner, PageLoad};
use crate::recording::RequestId;
use crate::rules::javascript::NOTICEABLE;
use crate::rules::rule::declare_rule;
use crate::rules::text::{Message, Part, message};
use crate::rules::{Evidence, Finding, Method, Outcome, Severity, Topic, gain};
use crate::units::Bytes;

/// How many modules are told.
const MOST_TOLD: usize = 20;

declare_rule! {
    /// ## In plain words
    /// The programs of this page contain the same part more than once, so visitors download it more than once.
    ///
    /// ## What it finds
    /// Modules that are in two or more scripts by their source maps (which enhanced traces of Chrome hold): the same
    /// path, from the last `node_modules` on. Copies of less than 512 bytes on the wire or of less than a tenth of the
    /// largest do not count.
    ///
    /// ## Why it matters
    /// Each copy is downloaded, compiled and run, and holds its own state: caches and registries are there twice.
    ///
    /// ## How to fix it
    /// Let the bundler move what several entries share into a chunk of its own (webpack: `splitChunks`; Rollup and
    /// Vite: shared chunks), bring versions together (`npm dedupe`, `overrides`), and build widgets with their
    /// libraries as peer dependencies.
    ///
    /// ## How savings are estimated
    /// Bytes of all copies but the largest, by each script's own compression. Time: between none and the receive time
    /// of those bytes.
    ///
    /// ## When to ignore it
    /// If the copies belong to different teams' independent releases and are small.
    ///
    /// ## References
    /// - [Chrome: Duplicated JavaScript](https://developer.chrome.com/docs/performance/insights/duplicated-javascript)
    /// - [webpack: SplitChunksPlugin](https://webpack.js.org/plugins/split-chunks-plugin/)
    /// - [web.dev: Reduce JavaScript payloads with code splitting](https://web.dev/articles/reduce-javascript-payloads-with-code-splitting)
    pub static DUPLICATED_MODULES = {
        id: "duplicated-modules",
        title: "Same module in several scripts",
        topic: Topic::JavaScript,
        severity: Severity::Warning,
        owner: Owner::Origin,
        needs: [],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let Some(duplicates) = script_texts::duplicates(load) else {
        return Outcome::NotChecked(
            "the recording does not hold source maps of scripts; Chrome's traces do if saved with them",
        );
    };
    match duplicates.as_slice() {
        [] => Outcome::Passed,
        all => Outcome::found(finding(load, all)),
    }
}

fn finding(load: &PageLoad<'_>, all: &[Duplicate]) -> Finding {
    let total: Bytes = all.iter().map(|one| one.wasted).sum();
    let mut saved: Vec<(RequestId, Bytes)> = all.iter().flat_map(|one| one.copies.iter().skip(1).copied()).collect();
    saved.arrange_by_key(|(request, _)| *request);
    saved.dedup_by(|again, first| {
        let is_same = again.0 == first.0;
        if is_same {
            first.1 += again.1;
        }
        is_same
    });
    let n = all.len() as u64;
    Finding {
        severity: if NOTICEABLE <= total { Severity::Warning } else { Severity::Notice },
        owner: gain::owner_of(load, saved.iter().map(|(request, _)| *request)),
        customer: message![
            "Visitors download ",
            Part::Counted(n, "part", "parts"),
            " of this page's programs more than once: ",
            total,
            " for nothing."
        ],
        engineer: message![
            Part::Counted(n, "module is", "modules are"),
            " in several scripts, ",
            total,
            " on the wire in all copies but the largest."
        ],
        fix: message!["Let the bundler put what several scripts share into a chunk of its own, in one version."],
        evidence: all.iter().take(MOST_TOLD).flat_map(evidence).collect(),
        savings: Some(gain::of_fewer_bytes(load, &saved, Method::Estimated)),
    }
}

/// A line for each copy, the largest first.
fn evidence(one: &Duplicate) -> impl Iterator<Item = Evidence> {
    one.copies.iter().enumerate().map(|(at, (request, bytes))| {
        let text: Message = match at {
            0 => message![Part::Name(one.name), ": ", *bytes],
            _ => message![Part::Name(one.name), " again: ", *bytes],
        };
        Evidence { request: Some(*request), text }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::javascript::LegacyCode;
    use crate::recording::testing::Made;
    use crate::recording::{ResourceKind, ScriptSource, ScriptText};
    use crate::rules::testing::{check_rule, outcome};

    /// Two scripts, a quarter of which is sent, with their sources.
    fn page(sources: [&'static [(&'static str, u64)]; 2]) -> Made {
        let urls = ["https://shop.example/a.js", "https://shop.example/b.js"];
        Made::page("https://shop.example/")
            .document(|r| r)
            .request(urls[0], |r| r.kind(ResourceKind::Script).bytes(25_000, 25_000, 100_000))
            .request(urls[1], |r| r.kind(ResourceKind::Script).bytes(25_000, 25_000, 100_000))
            .change(move |recording| {
                for (url, sources) in urls.into_iter().zip(sources) {
                    let url = recording.strings.intern(url);
                    let sources = sources.iter().map(|(name, n_units)| ScriptSource {
                        name: recording.strings.intern(name),
                        n_units: *n_units,
                    });
                    let sources = Some(sources.collect());
                    let legacy = LegacyCode::default();
                    recording.timeline.script_texts.push(ScriptText { url, n_units: 9, hash: 1, legacy, sources });
                }
            })
    }

    #[test]
    fn the_same_module_twice() {
        let lodash = page([
            &[("webpack:///node_modules/lodash/lodash.js", 80_000), ("webpack:///src/a.js", 9_000)],
            &[("webpack:///packages/b/node_modules/lodash/lodash.js?", 60_000), ("webpack:///src/b.js", 9_000)],
        ]);
        let Outcome::Found(found) = outcome(&DUPLICATED_MODULES, lodash) else { panic!("nothing") };
        assert_eq!((found[0].severity, found[0].savings.expect("savings").bytes), (Severity::Warning, Bytes(15_000)));
        let requests: Vec<_> = found[0].evidence.iter().map(|one| one.request).collect();
        assert_eq!(requests, [Some(RequestId(1)), Some(RequestId(2))]);
    }

    #[test]
    fn near_misses() {
        // Too small, a small part of the largest, the bundler's own, different modules.
        check_rule(
            &DUPLICATED_MODULES,
            page([&[("node_modules/a/a.js", 9_000)], &[("node_modules/a/a.js", 2_000)]]),
            "passed",
        );
        check_rule(
            &DUPLICATED_MODULES,
            page([&[("node_modules/a/a.js", 90_000)], &[("node_modules/a/a.js", 8_000)]]),
            "passed",
        );
        check_rule(
            &DUPLICATED_MODULES,
            page([&[("webpack/bootstrap", 9_000)], &[("webpack/bootstrap", 9_000)]]),
            "passed",
        );
        check_rule(&DUPLICATED_MODULES, page([&[("src/a.js", 9_000)], &[("src/b.js", 9_000)]]), "passed");
        check_rule(&DUPLICATED_MODULES, Made::page("https://shop.example/").document(|r| r), "not-checked");
    }
}
