//! `oversized-image`: pictures of many bytes, measured against the size at which the HTML shows them where it says so.

use crate::http::url;
use crate::order::Arrange;
use crate::page_load::painted_images::{self, Painted};
use crate::page_load::{Metric, Owner, PageLoad, downloads};
use crate::recording::{Missing, RequestId, ResourceKind};
use crate::rules::gain;
use crate::rules::rule::declare_rule;
use crate::rules::text::{Message, Part, message};
use crate::rules::{Evidence, Finding, Method, Outcome, Severity, Topic};
use crate::units::{Bytes, Millis};

/// On the wire. A photo that fills a desktop screen (1,600 × 900) takes about this much as a well saved JPEG.
const LARGE: Bytes = Bytes::kib(200);

/// Where the HTML gives a size, a picture may have one byte for each CSS pixel: 0.25 bytes for each device pixel, which
/// is a well saved JPEG, on a screen with two device pixels a CSS pixel each way.
const BYTES_PER_CSS_PIXEL: u64 = 1;

/// Below this even a small thumbnail is let go.
const SMALL: Bytes = Bytes::kib(50);

/// From this many bytes beyond the limit on it is a warning.
const NOTICEABLE: Bytes = Bytes::kib(100);

/// It is serious if the bytes beyond the limit took this long to arrive.
const SLOW: Millis = Millis(1_000.0);

declare_rule! {
    /// ## In plain words
    /// Some pictures are far heavier than what is visible of them. Visitors wait for detail that their screen cannot
    /// show.
    ///
    /// ## What it finds
    /// With a trace: pictures of which 4 KiB or more are pixels that were not visible at the size at which they were painted
    /// (12 KiB where several sizes are offered, or for backgrounds). Without: pictures of 200 KiB or more over the
    /// network; and pictures of 50 KiB or more whose `width` and `height` in the HTML would need no more than a byte a
    /// pixel. A recording of requests does not tell the size at which a picture is shown; the attributes in the HTML are
    /// the only hint, and a style sheet may override them.
    ///
    /// ## Why it matters
    /// Heavy pictures fill the line, come late themselves and hold back what comes behind them. They also cost memory and
    /// decoding time.
    ///
    /// ## How to fix it
    /// Offer several widths with `srcset` and `sizes`, resize at upload or by an image CDN, save at quality 75 to 80, and
    /// load pictures below the first screen with `loading="lazy"`.
    ///
    /// ## How savings are estimated
    /// Bytes: with a trace the part of the pixels that was not visible; else what stands above the limit. Time: between none and the receive time of those bytes.
    ///
    /// ## When to ignore it
    /// If the picture must be seen in full detail (zoom, print), or is loaded only when somebody asks for it.
    ///
    /// ## References
    /// - [Chrome: Improve image delivery](https://developer.chrome.com/docs/performance/insights/image-delivery)
    /// - [web.dev: Serve responsive images](https://web.dev/articles/serve-responsive-images)
    /// - [web.dev: Serve images with correct dimensions](https://web.dev/articles/serve-images-with-correct-dimensions)
    /// - [MDN: Responsive images](https://developer.mozilla.org/docs/Web/HTML/Guides/Responsive_images)
    pub static OVERSIZED_IMAGE = {
        id: "oversized-image",
        title: "Heavy pictures",
        topic: Topic::Images,
        severity: Severity::Serious,
        owner: Owner::Origin,
        needs: [Missing::TransferSizes],
        since: "0.1.0",
        check: check,
    }
}

struct Heavy {
    id: RequestId,
    sent: Bytes,
    limit: Bytes,
    /// Width and height in CSS pixels by the HTML.
    shown: Option<(u32, u32)>,
    /// As painted, if that was recorded.
    painted: Option<Painted>,
    is_lcp: bool,
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let shown = shown_sizes(load);
    let painted = painted_images::of(load);
    let mut n_images = 0_u64;
    let mut heavy = Vec::new();
    for (request, resource) in load.network() {
        let Some(sent) = downloads::sent_bytes(request) else { continue };
        if resource.kind != ResourceKind::Image || !downloads::is_download(request) {
            continue;
        }
        n_images += 1;
        if let Ok(at) = painted.binary_search_by_key(&request.id(), |one| one.request) {
            let Some(one) = painted.get(at) else { continue };
            if let Some(saved) = one.by_size.or(one.by_size_of_background) {
                let (id, is_lcp) = (request.id(), request.is_lcp());
                let limit = sent.saturating_sub(saved);
                heavy.push(Heavy { id, sent, limit, shown: None, painted: Some(*one), is_lcp });
            }
            continue;
        }
        let address = url::canonical(request.url_text().expose());
        let shown = shown.get(&address).copied();
        let needed = shown.map(|(width, height)| Bytes(u64::from(width) * u64::from(height) * BYTES_PER_CSS_PIXEL));
        let limit = needed.map_or(LARGE, |needed| needed.max(SMALL).min(LARGE));
        if limit <= sent {
            heavy.push(Heavy { id: request.id(), sent, limit, shown, painted: None, is_lcp: request.is_lcp() });
        }
    }
    if n_images == 0 {
        return Outcome::NotApplicable("no picture came over the network");
    }
    if heavy.is_empty() {
        return Outcome::Passed;
    }
    heavy.arrange_by_key(|one| std::cmp::Reverse(one.sent.saturating_sub(one.limit)));
    Outcome::found(finding(load, &heavy))
}

/// Size in CSS pixels by the HTML, for each address that stands there as `src` of an `<img>` without other candidates.
fn shown_sizes(load: &PageLoad<'_>) -> std::collections::BTreeMap<String, (u32, u32)> {
    let images = load.markup.iter().flat_map(|markup| &markup.images);
    let sized = images.filter_map(|image| {
        let size = (image.width?, image.height?);
        (image.candidates.is_empty() && !image.url.is_empty()).then(|| (url::canonical(&image.url), size))
    });
    // Where one picture is shown in several sizes, the largest counts.
    let mut sizes = std::collections::BTreeMap::new();
    for (address, size) in sized {
        let known = sizes.entry(address).or_insert(size);
        *known = (*known).max(size);
    }
    sizes
}

fn finding(load: &PageLoad<'_>, heavy: &[Heavy]) -> Finding {
    let total = heavy.iter().map(|one| one.sent).sum::<Bytes>();
    let excess: Vec<_> = heavy.iter().map(|one| (one.id, one.sent.saturating_sub(one.limit))).collect();
    let mut savings = gain::of_fewer_bytes(load, &excess, Method::Bound);
    if savings.milestone.is_some() && heavy.iter().any(|one| one.is_lcp) {
        savings.milestone = Some(Metric::Lcp);
    }
    let severity = match savings.bytes {
        bytes if bytes < NOTICEABLE => Severity::Notice,
        _ if savings.ms.1 < SLOW => Severity::Warning,
        _ => Severity::Serious,
    };
    let pictures = Part::Counted(heavy.len() as u64, "picture", "pictures");
    let measure = match heavy.iter().any(|one| one.painted.is_some()) {
        true => message![" for pixels that cannot be seen."],
        false => message![" beyond ", LARGE, " each or a byte for each CSS pixel in the HTML."],
    };
    let evidence = heavy.iter().map(|one| {
        let mut text = message![one.sent, " on the wire"];
        if let Some(painted) = &one.painted {
            text.0.extend(message!["; painted at "].0);
            text.0.extend(pixels(painted.shown).0);
            text.0.extend(message![", the file has "].0);
            text.0.extend(pixels(painted.image.natural).0);
            text.0.extend(message![": ", painted.unseen(), " of its pixels cannot be seen"].0);
        }
        if let Some((width, height)) = one.shown {
            let size = message![
                "; the HTML shows it at ",
                u64::from(width),
                " × ",
                u64::from(height),
                " pixels, for which ",
                one.limit,
                " are enough"
            ];
            text.0.extend(size.0);
        }
        if one.is_lcp {
            text.0.extend(message!["; it is the page's largest content"].0);
        }
        Evidence { request: Some(one.id), text }
    });
    let mut engineer = message![pictures.clone(), ", ", total, " in all, ", savings.bytes];
    engineer.0.extend(measure.0);
    Finding {
        severity,
        owner: gain::owner_of(load, heavy.iter().map(|one| one.id)),
        customer: message![
            pictures.clone(),
            Part::agreeing(heavy.len(), " weighs ", " together weigh "),
            total,
            Part::agreeing(
                heavy.len(),
                ", more than a screen can show of it.",
                ", more than a screen can show of them."
            )
        ],
        engineer,
        fix: message![
            "Offer smaller versions with ",
            Part::Code("srcset"),
            " and ",
            Part::Code("sizes"),
            ", and save photos at quality 75 to 80."
        ],
        evidence: evidence.collect(),
        savings: Some(savings),
    }
}

fn pixels([width, height]: [f64; 2]) -> Message {
    message![width.round() as u64, " × ", height.round() as u64]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::Made;
    use crate::recording::{PaintedImage, Viewport};
    use crate::rules::testing::check_rule;

    fn check(expected: &str, html: &str, bytes: u64) {
        let made = Made::page("https://shop.example/")
            .document(|r| r.body(html))
            .request("https://shop.example/a.jpg", |r| r.kind(ResourceKind::Image).bytes(bytes, bytes, bytes));
        check_rule(&OVERSIZED_IMAGE, made, expected);
    }

    fn painted(bytes: u64, shown: [f64; 2], change: impl FnOnce(&mut PaintedImage)) -> Made {
        let made = Made::page("https://shop.example/")
            .document(|r| r)
            .request("https://shop.example/a.jpg", |r| {
                r.kind(ResourceKind::Image).response("content-type", "image/jpeg").bytes(bytes, bytes, bytes)
            })
            .traced();
        made.change(|recording| {
            let url = recording.strings.intern("https://shop.example/a.jpg");
            let mut image = PaintedImage { painted: shown, ..PaintedImage::of_size(url, [800.0, 600.0]) };
            change(&mut image);
            recording.timeline.facts.images.push(image);
        })
    }

    #[test]
    fn by_the_size_as_painted() {
        check_rule(&OVERSIZED_IMAGE, painted(69_484, [286.0, 214.5], |_| {}), "found");
        check_rule(&OVERSIZED_IMAGE, painted(69_484, [790.0, 592.5], |_| {}), "passed");
        // However heavy, all of it can be seen.
        check_rule(&OVERSIZED_IMAGE, painted(469_484, [800.0, 600.0], |_| {}), "passed");
        check_rule(&OVERSIZED_IMAGE, painted(12_000, [400.0, 300.0], |_| {}), "found");
        check_rule(&OVERSIZED_IMAGE, painted(12_000, [400.0, 300.0], |image| image.has_srcset = true), "passed");
        check_rule(&OVERSIZED_IMAGE, painted(69_484, [400.0, 300.0], |image| image.is_css = true), "found");
        // A part of a picture of many.
        check_rule(&OVERSIZED_IMAGE, painted(69_484, [20.0, 300.0], |image| image.is_css = true), "passed");
        let dense = painted(69_484, [400.0, 300.0], |_| {}).change(|recording| {
            recording.timeline.facts.host_pixel_ratio = Some(1.0);
            recording.timeline.viewport = Some(Viewport { device_pixel_ratio: Some(2.0), ..Viewport::default() });
        });
        check_rule(&OVERSIZED_IMAGE, dense, "passed");
    }

    #[test]
    fn by_bytes_and_by_the_size_in_the_html() {
        check("found", "<p>", 300_000);
        check("passed", "<p>", 100_000);
        check("found", "<img src=a.jpg width=200 height=150>", 100_000);
        check("passed", "<img src=a.jpg width=400 height=300>", 100_000);
        check("passed", "<img src=a.jpg srcset='b.jpg 2x' width=200 height=150>", 100_000);
        check("passed", "<img src=a.jpg width=20 height=15>", 40_000);
        check("not-applicable", "<p>", 0);
        let made = Made::page("https://shop.example/").without(Missing::TransferSizes);
        check_rule(&OVERSIZED_IMAGE, made, "not-checked");
    }
}
