//! `slow-selectors`: style selectors that take long to match.

use crate::page_load::{Owner, PageLoad};
use crate::recording::{Missing, SelectorCost};
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Evidence, Finding, Outcome, Severity, Topic};
use crate::units::{Millis, Ratio};

/// A selector that took less over the whole recording is not worth a word (Chrome's `slowCSSSelectorThreshold`).
const WORTH_TELLING: Millis = Millis(0.5);

/// From this much on, for the slow selectors together, it is a warning: alone it would make a long task.
const NOTICEABLE: Millis = Millis(50.0);

/// How many selectors are told.
const MOST_TOLD: usize = 10;

declare_rule! {
    /// ## In plain words
    /// Some rules of the page's design are written so that the browser has to compare very many parts of the page to find
    /// out where they apply.
    ///
    /// ## What it finds
    /// Selectors that took half a millisecond or more together over the recording, with the number of elements they were
    /// tried on and the number they matched. It is a warning where they took 50 ms or more.
    ///
    /// ## Why it matters
    /// Selectors are matched again whenever elements or classes change. The cost is part of every style computation.
    ///
    /// ## How to fix it
    /// Name what you mean by a class instead of by its surroundings: `.card-title` instead of `.page > div *`. Avoid `*`,
    /// bare attribute selectors and `:has()` or `:nth-child()` at the right end, where matching begins.
    ///
    /// ## How savings are estimated
    /// None are claimed: the time is that of the whole recording, whatever was done after the load, and recording selector
    /// statistics itself makes matching slower.
    ///
    /// ## When to ignore it
    /// If style computations are short altogether. Most pages are not slow because of selectors.
    ///
    /// ## References
    /// - [Chrome: CSS selector costs](https://developer.chrome.com/docs/performance/insights/slow-css-selector)
    /// - [Analyze CSS selector performance](https://developer.chrome.com/docs/devtools/performance/selector-stats)
    /// - [MDN: CSS performance](https://developer.mozilla.org/docs/Learn_web_development/Extensions/Performance/CSS)
    pub static SLOW_SELECTORS = {
        id: "slow-selectors",
        title: "Slow style selectors",
        topic: Topic::MainThread,
        severity: Severity::Warning,
        owner: Owner::Origin,
        needs: [Missing::Selectors],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    // The most expensive are first.
    let all = &load.recording.timeline.selectors;
    let n_slow = all.partition_point(|selector| WORTH_TELLING <= selector.elapsed);
    match all.get(..n_slow) {
        None | Some([]) => Outcome::Passed,
        Some([worst, ..]) => Outcome::found(finding(worst, all.get(..n_slow).unwrap_or_default(), all)),
    }
}

fn finding(worst: &SelectorCost, slow: &[SelectorCost], all: &[SelectorCost]) -> Finding {
    let total: Millis = slow.iter().map(|selector| selector.elapsed).sum();
    let everything: Millis = all.iter().map(|selector| selector.elapsed).sum();
    let n = Part::Counted(slow.len() as u64, "selector", "selectors");
    let share = Ratio(if Millis::ZERO < everything { total.0 / everything.0 } else { 0.0 });
    let evidence = slow.iter().take(MOST_TOLD).map(|selector| Evidence {
        request: None,
        text: message![
            Part::Name(selector.selector),
            ": ",
            selector.elapsed,
            ", tried ",
            Part::Counted(selector.n_attempts, "time", "times"),
            ", matched ",
            Part::Counted(selector.n_matches, "time", "times")
        ],
    });
    Finding {
        severity: if total < NOTICEABLE { Severity::Notice } else { Severity::Warning },
        owner: None,
        customer: message![
            n.clone(),
            " of the page's design took ",
            total,
            " to find out where ",
            Part::agreeing(slow.len(), "it applies", "they apply"),
            ", ",
            share,
            " of the time for all, over the whole recording."
        ],
        engineer: message![
            n,
            " of ",
            WORTH_TELLING,
            " or more took ",
            total,
            " (",
            share,
            " of matching) over the whole recording, of which it is not told how much passed while the page loaded; the \
             slowest: ",
            Part::Name(worst.selector),
            ", ",
            worst.elapsed,
            "."
        ],
        fix: message!["Give the elements that are meant a class of their own and select by that."],
        evidence: evidence.collect(),
        savings: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::Made;
    use crate::rules::testing::{check_rule, outcome};

    fn page(elapsed: &[f64]) -> Made {
        Made::page("https://shop.example/").change(|recording| {
            for elapsed in elapsed {
                let selector = recording.strings.intern(".a > .b *");
                recording.timeline.selectors.push(SelectorCost {
                    selector,
                    style_sheet: None,
                    elapsed: Millis(*elapsed),
                    n_attempts: 4_000,
                    n_matches: 12,
                    n_fast_rejects: 0,
                });
            }
        })
    }

    #[test]
    fn costs() {
        check_rule(&SLOW_SELECTORS, page(&[0.9, 0.1]), "found");
        check_rule(&SLOW_SELECTORS, page(&[0.4, 0.4]), "passed");
        let severity = |elapsed: &[f64]| match outcome(&SLOW_SELECTORS, page(elapsed)) {
            Outcome::Found(found) => (found[0].severity, found[0].evidence.len()),
            other => panic!("{other:?}"),
        };
        assert_eq!(severity(&[0.9, 0.1]), (Severity::Notice, 1));
        assert_eq!(severity(&[30.0, 21.0]), (Severity::Warning, 2));
        check_rule(&SLOW_SELECTORS, page(&[]).without(Missing::Selectors), "not-checked");
    }
}
