//! `large-dom`: a document of so many elements that styling and laying it out takes long.

use crate::page_load::dom_size::{self, DocumentSize};
use crate::page_load::{Metric, Owner, PageLoad};
use crate::recording::{LayoutKind, Missing};
use crate::rules::rule::declare_rule;
use crate::rules::text::{Message, Part, message};
use crate::rules::{Evidence, Finding, Method, Outcome, Savings, Severity, Topic};
use crate::units::{Bytes, Millis};

/// Elements. Lighthouse's `dom-size` complains beyond 1,400 elements of a body.
const MANY: u64 = 1_400;

/// Elements. Beyond this a page is a notice even if nothing was slow on the recording machine: three times what
/// Lighthouse complains of.
const VERY_MANY: u64 = 4_200;

/// From this much time on, in all long computations together, it is a warning: two frames of a page that should show
/// ten in that time.
const NOTICEABLE: Millis = Millis(100.0);

/// How many computations are told, the longest first; as many as Chrome shows.
const MOST_TOLD: usize = 5;

declare_rule! {
    /// ## In plain words
    /// The page consists of very many parts. Whenever something changes, the browser has to look at many of them.
    ///
    /// ## What it finds
    /// Style computations of 40 ms or more over more than 300 elements and layouts of 40 ms or more over more than 100
    /// objects (Chrome's limits), on a page of more than 1,400 elements; and, as a notice, pages of more than 4,200
    /// elements without them.
    ///
    /// ## Why it matters
    /// Each such computation delays the paint or the answer to an input by its whole length, and on a phone it takes
    /// several times as long. Many elements also take memory.
    ///
    /// ## How to fix it
    /// Show long lists and tables in parts (pages, a virtual list), create hidden parts (menus, dialogs) when they are
    /// opened, flatten wrappers, put `content-visibility: auto` on what is far below.
    ///
    /// ## How savings are estimated
    /// Between none and the time of these computations together: they get shorter with the number of elements, but some
    /// remain.
    ///
    /// ## When to ignore it
    /// A single long document of text needs its elements; what matters is that they are not computed again and again.
    ///
    /// ## References
    /// - [Chrome: Optimize DOM size](https://developer.chrome.com/docs/performance/insights/dom-size)
    /// - [web.dev: How large DOM sizes affect interactivity](https://web.dev/articles/dom-size-and-interactivity)
    /// - [MDN: content-visibility](https://developer.mozilla.org/docs/Web/CSS/content-visibility)
    pub static LARGE_DOM = {
        id: "large-dom",
        title: "A page of very many elements",
        topic: Topic::MainThread,
        severity: Severity::Warning,
        owner: Owner::Origin,
        needs: [Missing::MainThread],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let size = dom_size::of(load);
    let n_elements = size.largest.map(|largest| largest.n_elements);
    match n_elements {
        None if size.updates.is_empty() => {
            Outcome::NotChecked("the recording does not tell how many elements the page has, and no change was slow")
        }
        Some(n) if n <= MANY || size.updates.is_empty() && n <= VERY_MANY => Outcome::Passed,
        _ => Outcome::found(finding(&size)),
    }
}

fn finding(size: &DocumentSize) -> Finding {
    let total: Millis = size.updates.iter().map(|update| update.duration).sum();
    let longest = size.updates.first().map(|update| update.duration);
    let mut evidence = Vec::new();
    let mut elements = message!["The page has very many elements"];
    if let Some(largest) = size.largest {
        elements = message!["The page has ", largest.n_elements, " elements"];
        let mut text = message![largest.n_elements, " elements"];
        text.0.extend(deepest("; the deepest at level ", largest.deepest).0);
        text.0.extend(deepest("; the most children of one: ", largest.widest).0);
        evidence.push(Evidence { request: None, text });
    }
    for update in size.updates.iter().take(MOST_TOLD) {
        let what = match update.kind {
            LayoutKind::Style => Part::Counted(update.n, "element styled", "elements styled"),
            LayoutKind::Layout => Part::Counted(update.n, "object laid out", "objects laid out"),
        };
        evidence.push(Evidence { request: None, text: message![what, " in ", update.duration, " at ", update.at] });
    }
    let mut customer = elements.clone();
    let mut engineer = elements;
    if let Some(longest) = longest {
        let n = size.updates.len() as u64;
        customer.0.extend(
            message![
                ". Arranging them took long ",
                Part::Counted(n, "time", "times"),
                ", up to ",
                longest,
                ", in which the page could not react."
            ]
            .0,
        );
        let updates = Part::Counted(n, "long style or layout computation", "long style or layout computations");
        engineer.0.extend(message!["; ", updates, " over many of them, ", total, " together."].0);
    } else {
        customer.0.extend(message![". On slower devices every change will take long."].0);
        engineer.0.extend(message!["; no computation over many of them was long in this recording."].0);
    }
    Finding {
        severity: if total < NOTICEABLE { Severity::Notice } else { Severity::Warning },
        owner: None,
        customer,
        engineer,
        fix: message![
            "Show long lists and tables in parts, create hidden parts when they are opened, and put ",
            Part::Code("content-visibility: auto"),
            " on what is far below."
        ],
        evidence,
        savings: Some(Savings {
            milestone: Some(Metric::Inp).filter(|_| longest.is_some()),
            ms: (Millis::ZERO, total),
            bytes: Bytes(0),
            method: Method::Bound,
        }),
    }
}

fn deepest(words: &'static str, found: Option<(u64, Option<crate::text::StrId>)>) -> Message {
    match found {
        Some((n, Some(name))) => message![words, n, " (", Part::Name(name), ")"],
        Some((n, None)) => message![words, n],
        None => message![],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::Made;
    use crate::recording::{DomSize, FrameId};
    use crate::rules::testing::{check_rule, outcome};

    fn page(n_elements: Option<u64>, work: &[(u16, &str, f64, f64, &str)]) -> Made {
        Made::page("https://shop.example/").work(work).change(|recording| {
            recording.timeline.dom_sizes.extend(n_elements.map(|n_elements| DomSize {
                at: Millis(10.0),
                frame: Some(FrameId(0)),
                n_elements,
                deepest: Some((9, None)),
                widest: None,
            }));
        })
    }

    #[test]
    fn elements_and_computations() {
        let style = |n: &str, took: f64| {
            [(0, "RunTask", 20.0, took, ""), (1, &*format!("UpdateLayoutTree {n}"), 20.0, took, "")]
                .map(|(depth, name, start, took, script)| (depth, name.to_owned(), start, took, script))
        };
        let of = |n_elements, n: &str, took| {
            let work = style(n, took);
            let work: Vec<_> = work
                .iter()
                .map(|(depth, name, start, took, script)| (*depth, name.as_str(), *start, *took, *script))
                .collect();
            page(n_elements, &work)
        };
        check_rule(&LARGE_DOM, of(Some(9_000), "9000", 170.0), "found");
        check_rule(&LARGE_DOM, of(None, "9000", 170.0), "found");
        check_rule(&LARGE_DOM, of(Some(1_500), "301", 40.0), "found");
        check_rule(&LARGE_DOM, of(Some(1_500), "300", 40.0), "passed");
        check_rule(&LARGE_DOM, of(Some(1_500), "301", 39.0), "passed");
        check_rule(&LARGE_DOM, of(Some(1_400), "1400", 170.0), "passed");
        check_rule(&LARGE_DOM, of(Some(4_300), "1", 1.0), "found");
        check_rule(&LARGE_DOM, of(None, "1", 1.0), "not-checked");
        let severity = |took| match outcome(&LARGE_DOM, of(Some(9_000), "9000", took)) {
            Outcome::Found(found) => found[0].severity,
            other => panic!("{other:?}"),
        };
        assert_eq!([severity(99.0), severity(100.0)], [Severity::Notice, Severity::Warning]);
    }

    #[test]
    fn a_har_does_not_tell() {
        check_rule(&LARGE_DOM, Made::page("https://shop.example/").without(Missing::MainThread), "not-checked");
    }
}
