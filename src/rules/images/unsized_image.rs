//! `unsized-image`: pictures in the HTML without the size that would keep their place free.

use crate::order::Arrange;
use std::collections::BTreeSet;

use crate::http::url;
use crate::page_load::{Owner, PageLoad, downloads};
use crate::recording::{Missing, RequestId, ResourceKind};
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Evidence, Finding, Outcome, Severity, Topic, why_not};
use crate::units::Millis;

declare_rule! {
    /// ## In plain words
    /// The page does not say how large some pictures are. When they arrive, what stands below them may jump down while
    /// people are reading.
    ///
    /// ## What it finds
    /// `<img>` elements in the document whose pictures were fetched and that have neither both `width` and `height`
    /// attributes nor a `style` attribute that sets sizes or an aspect ratio. Whether a style sheet sets the size, and
    /// whether anything really moved, a HAR does not tell.
    ///
    /// ## Why it matters
    /// Movements of what is visible count into Cumulative Layout Shift. Pictures that come after the first render cause
    /// most of them.
    ///
    /// ## How to fix it
    /// Write the picture's own width and height into the tag; browsers derive the aspect ratio from it, and
    /// `height: auto` in the style sheet keeps the picture flexible. Where sizes are not known, reserve space with
    /// `aspect-ratio` or `min-height`.
    ///
    /// ## How savings are estimated
    /// None are: what moves costs no loading time.
    ///
    /// ## When to ignore it
    /// If the style sheet gives the picture a size or an aspect ratio, or if it lies above everything (`position:
    /// absolute`).
    ///
    /// ## References
    /// - [web.dev: Optimize Cumulative Layout Shift, images without dimensions](https://web.dev/articles/optimize-cls#images-without-dimensions)
    /// - [HTML standard: dimension attributes](https://html.spec.whatwg.org/multipage/embedded-content-other.html#dimension-attributes)
    /// - [MDN: aspect-ratio](https://developer.mozilla.org/docs/Web/CSS/aspect-ratio)
    pub static UNSIZED_IMAGE = {
        id: "unsized-image",
        title: "Pictures without a size in the HTML",
        topic: Topic::Images,
        severity: Severity::Notice,
        owner: Owner::Origin,
        needs: [Missing::Document],
        since: "0.1.0",
        check: check,
    }
}

struct Unsized {
    id: RequestId,
    /// When it had arrived, from navigation start.
    end: Millis,
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let Some(markup) = &load.markup else { return Outcome::NotChecked(why_not(Missing::Bodies)) };
    if markup.images.is_empty() {
        return Outcome::NotApplicable("the document holds no picture");
    }
    let mut seen = BTreeSet::new();
    let mut all = Vec::new();
    for image in markup.images.iter().filter(|image| !image.is_sized()) {
        for address in image.addresses() {
            let request = load.addresses.requests_to(address).first().copied();
            let Some(id) = request.filter(|_| seen.insert(url::canonical(address))) else { continue };
            let is_image = load.resource(id).is_some_and(|found| found.is_network && found.kind == ResourceKind::Image);
            if is_image && downloads::is_answer(load.request(id)) {
                all.push(Unsized { id, end: load.span(id).map_or(Millis::ZERO, |span| span.end) });
            }
        }
    }
    if all.is_empty() {
        return Outcome::Passed;
    }
    all.arrange_by(|a, b| b.end.total_cmp(&a.end));
    let pictures = Part::Counted(all.len() as u64, "picture", "pictures");
    let evidence = all.iter().map(|one| Evidence {
        request: Some(one.id),
        text: message!["no width and height in its <img>; it had arrived after ", one.end],
    });
    Outcome::found(Finding {
        severity: Severity::Notice,
        owner: None,
        customer: message![
            "The page does not say how large ",
            pictures.clone(),
            " will be, so what stands below may jump when ",
            Part::agreeing(all.len(), "it arrives.", "they arrive.")
        ],
        engineer: message![pictures, " whose <img> has no width and height; a style sheet may set them all the same."],
        fix: message![
            "Add ",
            Part::Code("width"),
            " and ",
            Part::Code("height"),
            " with the picture's own size to each ",
            Part::Code("<img>"),
            "."
        ],
        evidence: evidence.collect(),
        savings: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::Made;
    use crate::rules::testing::check_rule;

    fn check(expected: &str, html: &str) {
        let made = Made::page("https://shop.example/")
            .document(|r| r.body(html))
            .request("https://shop.example/a.jpg", |r| r.kind(ResourceKind::Image).bytes(9_000, 9_000, 9_000));
        check_rule(&UNSIZED_IMAGE, made, expected);
    }

    #[test]
    fn sizes() {
        check("found", "<img src=a.jpg>");
        check("found", "<img src=a.jpg width=300>");
        check("passed", "<img src=a.jpg width=300 height=200>");
        check("passed", "<img src=a.jpg style='aspect-ratio: 3 / 2'>");
        check("passed", "<img src=never-fetched.jpg>");
        check("not-applicable", "<p>");
        check_rule(&UNSIZED_IMAGE, Made::page("https://shop.example/").document(|r| r), "not-checked");
    }
}
