//! `eager-offscreen-image`: pictures far below the first view that were fetched all the same.

use crate::order::Arrange;
use crate::page_load::painted_images::{self, Painted};
use crate::page_load::{Owner, PageLoad};
use crate::recording::Missing;
use crate::rules::gain;
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Evidence, Finding, Method, Outcome, Severity, Topic};
use crate::units::Bytes;

/// CSS px below the first view. Chromium fetches lazy pictures this far ahead on fast connections
/// (`kLazyLoadingDistanceThreshold4G`), so lazy loading would gain nothing for nearer ones.
const FAR: f64 = 1_250.0;

/// Smaller pictures are not worth the attribute.
const SMALL: Bytes = Bytes::kib(4);

/// From this many bytes on it is a warning.
const NOTICEABLE: Bytes = Bytes::kib(500);

declare_rule! {
    /// ## In plain words
    /// The page fetched pictures that stand far below what visitors see first. Many never scroll there.
    ///
    /// ## What it finds
    /// Pictures of 4 KiB or more without `loading="lazy"`, asked for before the page had loaded, that were painted more
    /// than 1,250 px below the first view: so far ahead Chromium would fetch a lazy one anyway.
    ///
    /// ## Why it matters
    /// They take the line from what is visible, and their bytes are for nothing where nobody scrolls.
    ///
    /// ## How to fix it
    /// Put `loading="lazy"` on pictures below the first view, never on those in it. Backgrounds can wait for an
    /// `IntersectionObserver`, or stand in a part with `content-visibility: auto`.
    ///
    /// ## How savings are estimated
    /// Bytes: all of theirs. Time: between none and their receive time.
    ///
    /// ## When to ignore it
    /// Short pages, and pictures that a click shows at once (galleries).
    ///
    /// ## References
    /// - [web.dev: Browser-level image lazy loading](https://web.dev/articles/browser-level-image-lazy-loading)
    /// - [MDN: loading](https://developer.mozilla.org/docs/Web/HTML/Reference/Elements/img#loading)
    /// - [Defer offscreen images (Lighthouse)](https://developer.chrome.com/docs/lighthouse/performance/offscreen-images)
    pub static EAGER_OFFSCREEN_IMAGE = {
        id: "eager-offscreen-image",
        title: "Pictures fetched long before they can be seen",
        topic: Topic::Images,
        severity: Severity::Warning,
        owner: Owner::Origin,
        needs: [Missing::MainThread],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let Some(viewport) = load.recording.timeline.viewport else {
        return Outcome::NotChecked("the recording does not tell how large the visible part of the page was");
    };
    let painted = painted_images::of(load);
    if painted.is_empty() {
        return Outcome::NotApplicable("no picture that came over the network was painted");
    }
    let main_frame = load.recording.timeline.main_frame;
    let loaded = load.milestones.load.map(|at| at.ms);
    let is_eager = |one: &Painted| {
        let [_, top] = one.image.position;
        let is_early = load.span(one.request).zip(loaded).is_none_or(|(span, loaded)| span.start < loaded);
        let is_far = viewport.height + FAR < top && one.image.frame == main_frame;
        is_far && is_early && !one.image.is_lazy && SMALL <= one.bytes
    };
    let mut eager: Vec<Painted> = painted.into_iter().filter(is_eager).collect();
    if eager.is_empty() {
        return Outcome::Passed;
    }
    eager.arrange_by_key(|one| std::cmp::Reverse(one.bytes));
    Outcome::found(finding(load, &eager))
}

fn finding(load: &PageLoad<'_>, eager: &[Painted]) -> Finding {
    let saved: Vec<_> = eager.iter().map(|one| (one.request, one.bytes)).collect();
    let savings = gain::of_fewer_bytes(load, &saved, Method::Bound);
    let pictures = Part::Counted(eager.len() as u64, "picture", "pictures");
    let evidence = eager.iter().map(|one| {
        let [_, top] = one.image.position;
        let text = message![one.bytes, ", painted ", top.round() as u64, " px below the page's top"];
        Evidence { request: Some(one.request), text }
    });
    Finding {
        severity: if savings.bytes < NOTICEABLE { Severity::Notice } else { Severity::Warning },
        owner: gain::owner_of(load, eager.iter().map(|one| one.request)),
        customer: message![
            pictures.clone(),
            " (",
            savings.bytes,
            ") ",
            Part::agreeing(eager.len(), "was", "were"),
            " fetched although nobody sees ",
            Part::agreeing(eager.len(), "it", "them"),
            " without scrolling far."
        ],
        engineer: message![
            pictures,
            ", ",
            savings.bytes,
            ", fetched eagerly and painted more than ",
            FAR as u64,
            " px below the first view."
        ],
        fix: message!["Put ", Part::Code("loading=\"lazy\""), " on pictures below the first view."],
        evidence: evidence.collect(),
        savings: Some(savings),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::Made;
    use crate::recording::{FrameId, PaintedImage, ResourceKind, Viewport};
    use crate::rules::testing::check_rule;

    fn page(top: f64, change: impl FnOnce(&mut PaintedImage)) -> Made {
        let made = Made::page("https://shop.example/").document(|r| r).request("https://shop.example/a.jpg", |r| {
            r.kind(ResourceKind::Image).response("content-type", "image/jpeg").bytes(9_000, 9_000, 9_000)
        });
        made.traced().change(|recording| {
            let url = recording.strings.intern("https://shop.example/a.jpg");
            let (position, frame) = ([0.0, top], Some(FrameId(0)));
            let mut image = PaintedImage { position, frame, ..PaintedImage::of_size(url, [800.0, 600.0]) };
            change(&mut image);
            recording.timeline.facts.images.push(image);
            recording.timeline.viewport = Some(Viewport { height: 700.0, ..Viewport::default() });
        })
    }

    #[test]
    fn far_below() {
        check_rule(&EAGER_OFFSCREEN_IMAGE, page(1_951.0, |_| {}), "found");
        check_rule(&EAGER_OFFSCREEN_IMAGE, page(1_950.0, |_| {}), "passed");
        check_rule(&EAGER_OFFSCREEN_IMAGE, page(1_951.0, |image| image.is_lazy = true), "passed");
        check_rule(&EAGER_OFFSCREEN_IMAGE, page(1_951.0, |image| image.frame = None), "passed");
        let later = page(1_951.0, |_| {}).milestones(|m| m.load = Some(crate::units::Millis(0.0)));
        check_rule(&EAGER_OFFSCREEN_IMAGE, later, "passed");
    }

    #[test]
    fn untold() {
        let made = || Made::page("https://shop.example/").document(|r| r);
        check_rule(&EAGER_OFFSCREEN_IMAGE, made(), "not-checked");
        check_rule(&EAGER_OFFSCREEN_IMAGE, made().without(Missing::MainThread), "not-checked");
    }
}
