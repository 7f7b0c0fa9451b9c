//! `style-recalculation-storm`: the styles of many elements computed again and again in a short time.

use crate::page_load::style_storms::{self, StyleStorm};
use crate::page_load::{Metric, Owner, PageLoad};
use crate::recording::Missing;
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Evidence, Finding, Method, Outcome, Savings, Severity, Topic, gain};
use crate::units::{Bytes, Millis};

/// Elements. Fewer in one computation are little (Chrome's `STYLE_RECALC_ELEMENTS_THRESHOLD` of its DOM size insight).
const MANY_ELEMENTS: u64 = 300;

/// Computations within a second. A page that changes once for each of a visitor's actions has a few.
const MANY: u64 = 10;

/// Time of them together within a second, a tenth of it: six frames that could have been drawn.
const WORTH_TELLING: Millis = Millis(100.0);

/// From this much on it is serious: half of the second is gone.
const LONG: Millis = Millis(500.0);

/// How many places in scripts are told.
const MOST_TOLD: usize = 10;

declare_rule! {
    /// ## In plain words
    /// The browser had to find out anew how large parts of the page look, many times within a second.
    ///
    /// ## What it finds
    /// A second with ten or more style computations of more than 300 elements each that together took 100 ms or more.
    /// The evidence names the scripts that made them necessary, where the trace tells.
    ///
    /// ## Why it matters
    /// Each of them stands between a change and its picture: scrolling and animations stutter, inputs wait.
    ///
    /// ## How to fix it
    /// Change classes on the element that is meant instead of on `<body>` or a wrapper; a custom property that is set on
    /// the root touches every element that inherits it. Collect changes and make them once per frame
    /// (`requestAnimationFrame()`); read no computed style in between. Animate `transform` and `opacity`.
    ///
    /// ## How savings are estimated
    /// From none to all of that second's style time but one of these computations.
    ///
    /// ## When to ignore it
    /// If the visitor asked for it and it is over, such as a change of theme.
    ///
    /// ## References
    /// - [web.dev: Reduce the scope and complexity of style calculations](https://web.dev/articles/reduce-the-scope-and-complexity-of-style-calculations)
    /// - [Chrome: Optimize DOM size](https://developer.chrome.com/docs/performance/insights/dom-size)
    /// - [web.dev: Avoid layout thrashing](https://web.dev/articles/avoid-large-complex-layouts-and-layout-thrashing)
    pub static STYLE_RECALCULATION_STORM = {
        id: "style-recalculation-storm",
        title: "Storm of style computations",
        topic: Topic::MainThread,
        severity: Severity::Serious,
        owner: Owner::Origin,
        needs: [Missing::MainThread],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    match style_storms::worst(load, MANY_ELEMENTS) {
        None => Outcome::NotApplicable("the page's own thread is not in the recording"),
        Some(storm) if storm.n < MANY || storm.total < WORTH_TELLING => Outcome::Passed,
        Some(storm) => Outcome::found(finding(load, &storm)),
    }
}

fn finding(load: &PageLoad<'_>, storm: &StyleStorm) -> Finding {
    let request = |site: &Option<crate::recording::SiteId>| load.request_of_site((*site)?);
    let evidence = storm.by_site.iter().take(MOST_TOLD).map(|(site, n, total)| {
        let mut text = match site {
            Some(site) => message![*site, ": "],
            None => message!["not told by whom: "],
        };
        text.0.extend(message![Part::Counted(*n, "computation", "computations"), ", ", *total].0);
        Evidence { request: request(site), text }
    });
    let one = storm.total * (1.0 / storm.n.max(1) as f64);
    Finding {
        severity: if LONG <= storm.total { Severity::Serious } else { Severity::Warning },
        owner: gain::owner_of(load, storm.by_site.iter().filter_map(|(site, ..)| request(site))),
        customer: message![
            "Within a second the browser found out ",
            Part::Counted(storm.n, "time", "times"),
            " anew how large parts of the page look, which took ",
            storm.total,
            "."
        ],
        engineer: message![
            Part::Counted(storm.n, "style computation", "style computations"),
            " of ",
            Part::Counted(storm.n_elements, "element", "elements"),
            " in all between ",
            storm.span.start,
            " and ",
            storm.span.end,
            ", ",
            storm.total,
            "."
        ],
        fix: message!["Change the element that is meant, not its surroundings, and make changes once per frame."],
        evidence: evidence.collect(),
        savings: Some(Savings {
            milestone: Some(Metric::Tbt),
            ms: (Millis::ZERO, storm.total - one),
            bytes: Bytes(0),
            method: Method::Bound,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::RequestId;
    use crate::recording::testing::Made;
    use crate::rules::testing::{check_rule, outcome};

    const APP: &str = "https://shop.example/app.js";

    /// `n` computations of 20 ms each, `apart` ms from one to the next, of that many elements.
    fn page(n: u32, apart: f64, elements: u64) -> Made {
        let name = format!("UpdateLayoutTree {elements}");
        let mut slices = Vec::new();
        for at in 0..n {
            let start = 100.0 + f64::from(at) * apart;
            slices.push((0, "RunTask", start, 20.0, ""));
            slices.push((1, name.as_str(), start, 20.0, APP));
        }
        Made::page("https://shop.example/").document(|r| r).request(APP, |r| r.start(20.0)).work(&slices)
    }

    #[test]
    fn the_worst_second_is_told() {
        for (n, expected) in [(12, Severity::Warning), (40, Severity::Serious)] {
            let Outcome::Found(found) = outcome(&STYLE_RECALCULATION_STORM, page(n, 25.0, 900)) else {
                panic!("nothing for {n}")
            };
            assert_eq!(found[0].severity, expected);
            assert_eq!(found[0].evidence[0].request, Some(RequestId(1)));
            assert_eq!(found[0].savings.expect("savings").ms.1, Millis(f64::from(n - 1) * 20.0));
            assert!(found[0].engineer.0.contains(&Part::Counted(u64::from(n) * 900, "element", "elements")));
        }
    }

    #[test]
    fn near_misses() {
        check_rule(&STYLE_RECALCULATION_STORM, page(9, 25.0, 900), "passed");
        check_rule(&STYLE_RECALCULATION_STORM, page(40, 25.0, 300), "passed");
        // Never ten within a second.
        check_rule(&STYLE_RECALCULATION_STORM, page(40, 112.0, 900), "passed");
        check_rule(&STYLE_RECALCULATION_STORM, page(0, 1.0, 1), "passed");
        let made = || Made::page("https://shop.example/");
        check_rule(&STYLE_RECALCULATION_STORM, made(), "not-applicable");
        check_rule(&STYLE_RECALCULATION_STORM, made().without(Missing::MainThread), "not-checked");
    }
}
