//! `lazy-largest-image`: the main picture of the first view is marked to be loaded late.

use crate::page_load::largest_image::{self, LargestImage};
use crate::page_load::{Metric, Owner, PageLoad};
use crate::recording::Missing;
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Evidence, Finding, Method, Outcome, Savings, Severity, Topic};
use crate::units::{Bytes, Millis};

/// From this delay on it is serious: two fifths of the 2.5 seconds of a good LCP.
const LONG: Millis = Millis(1_000.0);

declare_rule! {
    /// ## In plain words
    /// The main picture carries a mark that tells the browser to fetch it only when it comes into view. It is in view from
    /// the beginning; the mark only makes it come later.
    ///
    /// ## What it finds
    /// A largest content with `loading="lazy"` that no preload announces: as the browser recorded it, or by the document's
    /// HTML where the recording says which picture it was.
    ///
    /// ## Why it matters
    /// The browser does not ask for a lazy picture before it has styles and has laid out the page, instead of at once when
    /// it sees the tag.
    ///
    /// ## How to fix it
    /// Remove `loading="lazy"` from pictures of the first view and put `fetchpriority="high"` on the main one. Templates
    /// that mark all pictures alike need an exception for the first.
    ///
    /// ## How savings are estimated
    /// Between none and the time from the document's first byte to the picture's request.
    ///
    /// ## When to ignore it
    /// If on most devices the picture is below the first view.
    ///
    /// ## References
    /// - [Chrome: LCP request discovery](https://developer.chrome.com/docs/performance/insights/lcp-discovery)
    /// - [web.dev: The performance effects of too much lazy loading](https://web.dev/articles/lcp-lazy-loading)
    /// - [MDN: loading](https://developer.mozilla.org/docs/Web/HTML/Reference/Elements/img#loading)
    pub static LAZY_LARGEST_IMAGE = {
        id: "lazy-largest-image",
        title: "Main picture marked as lazy",
        topic: Topic::LargestPaint,
        severity: Severity::Serious,
        owner: Owner::Origin,
        needs: [Missing::PaintTimes],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    match largest_image::of(load) {
        None => Outcome::NotApplicable("the largest content is no picture with a request of its own, as far as known"),
        Some(image) => match image.is_lazy {
            Some(true) => Outcome::found(finding(&image)),
            Some(false) => Outcome::Passed,
            None => Outcome::NotChecked("the recording does not tell whether the largest picture is lazy"),
        },
    }
}

fn finding(image: &LargestImage) -> Finding {
    let delay = (image.asked - image.possible.unwrap_or_default()).at_least_zero();
    Finding {
        severity: if LONG <= delay { Severity::Serious } else { Severity::Warning },
        owner: None,
        customer: message![
            "The main picture is marked to be fetched late. The browser asked for it ",
            delay,
            " after it could have known of it."
        ],
        engineer: message![
            "The largest content has ",
            Part::Code("loading=lazy"),
            "; it was asked for ",
            delay,
            " after the document's first byte."
        ],
        fix: message![
            "Remove ",
            Part::Code("loading=\"lazy\""),
            " from it and add ",
            Part::Code("fetchpriority=\"high\""),
            "."
        ],
        evidence: vec![Evidence {
            request: Some(image.request),
            text: message!["the largest content, lazy; asked for at ", image.asked],
        }],
        savings: Some(Savings {
            milestone: Some(Metric::Lcp),
            ms: (Millis::ZERO, delay),
            bytes: Bytes(0),
            method: Method::Bound,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::ResourceKind;
    use crate::recording::testing::Made;
    use crate::rules::testing::check_rule;

    fn check(expected: &str, html: &'static str) {
        let made = Made::page("https://shop.example/")
            .document(|r| r.body(html))
            .request("https://shop.example/hero.jpg", |r| {
                r.kind(ResourceKind::Image).start(300.0).change(|row| row.is_lcp = true)
            });
        check_rule(&LAZY_LARGEST_IMAGE, made, expected);
    }

    #[test]
    fn by_the_html() {
        check("found", "<img src=hero.jpg loading=lazy>");
        check("passed", "<img src=hero.jpg>");
        check("passed", "<link rel=preload as=image href=hero.jpg><img src=hero.jpg loading=lazy>");
        check("not-checked", "<p>");
        check_rule(&LAZY_LARGEST_IMAGE, Made::page("https://shop.example/"), "not-applicable");
        let without = Made::page("https://shop.example/").without(Missing::PaintTimes);
        check_rule(&LAZY_LARGEST_IMAGE, without, "not-checked");
    }
}
