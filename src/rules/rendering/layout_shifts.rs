//! `layout-shifts`: content that moved while it was shown.

use crate::page_load::layout_shifts::{self, Culprit, ShiftWindow};
use crate::page_load::{Owner, PageLoad};
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Evidence, Finding, Outcome, Severity, Topic, culprit_text, gain};

/// Score. Less is shown as 0.00 wherever CLS is told with two decimals, as in Chrome.
const VISIBLE: f64 = 0.005;

/// Score. What Google calls a good Cumulative Layout Shift ends here (web.dev/articles/cls).
const NOTICEABLE: f64 = 0.1;

/// Score. What Google calls a poor one begins here.
const LARGE: f64 = 0.25;

/// How many causes are told, those of the largest part of the score first.
const MOST_TOLD: usize = 20;

declare_rule! {
    /// ## In plain words
    /// Parts of the page moved after they were shown. People lose the line they read, or click on something else.
    ///
    /// ## What it finds
    /// Layout shifts that no input caused, in windows of at most five seconds with gaps of less than one; the window with
    /// the highest sum counts (Cumulative Layout Shift). More than 0.1 is a warning, more than 0.25 is serious. The
    /// evidence names what moved the layout: images without reserved space, fonts that replaced others, frames and
    /// elements that were put in, animations of properties that move others.
    ///
    /// ## Why it matters
    /// It costs no time, but visitors click on the wrong thing and trust the page less.
    ///
    /// ## How to fix it
    /// Give images, videos and frames `width` and `height` or `aspect-ratio`; reserve space for what scripts put in later;
    /// animate `transform` instead of sizes and margins; match the fallback font's size with `size-adjust`.
    ///
    /// ## How savings are estimated
    /// Not at all: nothing would be faster.
    ///
    /// ## When to ignore it
    /// If what moves is empty space or lies outside of what people look at.
    ///
    /// ## References
    /// - [Chrome: layout shift culprits](https://developer.chrome.com/docs/performance/insights/cls-culprit)
    /// - [web.dev: Optimize CLS](https://web.dev/articles/optimize-cls)
    /// - [Layout Instability](https://wicg.github.io/layout-instability/)
    pub static LAYOUT_SHIFTS = {
        id: "layout-shifts",
        title: "Content that moves",
        topic: Topic::Rendering,
        severity: Severity::Serious,
        owner: Owner::Origin,
        needs: [],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let Some(score) = load.milestones.cls else {
        return Outcome::NotChecked("the recording does not tell whether content moved; a trace does");
    };
    if score < VISIBLE {
        return Outcome::Passed;
    }
    let windows = layout_shifts::windows(load);
    Outcome::found(finding(load, score, layout_shifts::worst(&windows)))
}

fn finding(load: &PageLoad<'_>, score: f64, worst: Option<&ShiftWindow<'_>>) -> Finding {
    let culprits: Vec<&Culprit> =
        worst.map(|window| window.culprits.iter().take(MOST_TOLD).collect()).unwrap_or_default();
    let owner = culprits.iter().map(|culprit| culprit.request).collect::<Option<Vec<_>>>();
    let mut engineer = message!["Cumulative Layout Shift ", Part::Score(score)];
    if let Some(window) = worst {
        let n = window.shifts.len() as u64;
        engineer.0.extend(message![": ", Part::Counted(n, "shift", "shifts"), " from ", window.span.start, " on"].0);
    }
    if culprits.is_empty() {
        engineer.0.extend(message!["; the recording does not tell what caused them"].0);
    }
    engineer.0.extend(message!["."].0);
    Finding {
        severity: match score {
            score if LARGE < score => Severity::Serious,
            score if NOTICEABLE < score => Severity::Warning,
            _ => Severity::Notice,
        },
        owner: owner.filter(|requests| !requests.is_empty()).and_then(|requests| gain::owner_of(load, requests)),
        customer: message![
            "Parts of this page moved after they had been shown, so that people lose their place or hit \
                            the wrong button."
        ],
        engineer,
        fix: message![
            "Reserve the space of what comes later: ",
            Part::Code("width"),
            " and ",
            Part::Code("height"),
            " on images and frames, a minimum height for what scripts put in; animate ",
            Part::Code("transform"),
            " only."
        ],
        evidence: culprits.iter().map(|culprit| evidence(load, culprit)).collect(),
        savings: None,
    }
}

fn evidence(load: &PageLoad<'_>, culprit: &Culprit) -> Evidence {
    let mut text = message!["score ", Part::Score(culprit.score), ": "];
    text.0.extend(culprit_text::culprit(culprit).0);
    // The script that moved something is as good a proof as a file that did.
    let script = culprit.site.and_then(|site| load.request_of_site(site));
    Evidence { request: culprit.request.or(script), text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::Made;
    use crate::recording::{NavigationId, ResourceKind, Shift, ShiftWindow as Window};
    use crate::rules::testing::{check_rule, outcome};
    use crate::units::{Millis, TimeSpan};

    const PAGE: &str = "https://shop.example/";
    const IMAGE: &str = "https://shop.example/a.jpg";

    /// A page on which an image without reserved space moved things by this score.
    fn page(score: f64) -> Made {
        let image = |made: Made| made.request(IMAGE, |r| r.kind(ResourceKind::Image));
        image(Made::page(PAGE).document(|r| r)).traced().milestones(|m| m.cumulative_layout_shift = Some(score)).change(
            |recording| {
                let unsized_image = recording.strings.find(IMAGE);
                let timeline = &mut recording.timeline;
                timeline.shifts.push(Shift {
                    at: Millis(1_000.0),
                    score,
                    frame: None,
                    moved: Vec::new(),
                    changed_within: Some(TimeSpan { start: Millis(900.0), end: Millis(999.0) }),
                    thread: (1, 1),
                    unsized_image,
                });
                timeline.shift_windows.push(Window {
                    score,
                    start: Millis(1_000.0),
                    end: Millis(2_000.0),
                    shifts: 0..1,
                    navigation: Some(NavigationId(0)),
                });
            },
        )
    }

    #[test]
    fn moved_content() {
        for (score, severity) in [(0.3, Severity::Serious), (0.2, Severity::Warning), (0.05, Severity::Notice)] {
            let Outcome::Found(found) = outcome(&LAYOUT_SHIFTS, page(score)) else { panic!("nothing found") };
            assert_eq!(found[0].severity, severity);
            assert_eq!(
                found[0].evidence.iter().map(|proof| proof.request.map(|id| id.0)).collect::<Vec<_>>(),
                [Some(1)]
            );
        }
    }

    #[test]
    fn near_misses() {
        check_rule(&LAYOUT_SHIFTS, page(0.004), "passed");
        check_rule(&LAYOUT_SHIFTS, Made::page(PAGE).document(|r| r), "not-checked");
    }
}
