//! `old-image-format`: large pictures in JPEG, PNG or GIF where WebP or AVIF would be smaller.

use crate::http::media_type::ImageFormat;
use crate::order::Arrange;
use crate::page_load::{Owner, PageLoad, downloads, painted_images};
use crate::recording::{Missing, Request, RequestId};
use crate::rules::gain;
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Evidence, Finding, Method, Outcome, Severity, Topic};
use crate::units::{Bytes, Ratio};

/// Below this the gain is a packet or two; icons and sprites are left alone.
const SMALL: Bytes = Bytes::kib(20);

/// Less than this saved in all (the lower estimate) is not worth a finding. Lighthouse's "modern image formats" ignores
/// less than 8 KiB for each picture.
const LITTLE: Bytes = Bytes::kib(16);

/// From this many bytes saved on (the lower estimate) it is a warning.
const NOTICEABLE: Bytes = Bytes::kib(150);

declare_rule! {
    /// ## In plain words
    /// Some pictures come in formats from the nineties. Younger formats, which all current browsers show, need a quarter
    /// to a half less for the same picture.
    ///
    /// ## What it finds
    /// JPEG, PNG, GIF, BMP and TIFF pictures of 20 KiB or more that came over the network, if WebP or AVIF would
    /// probably save 16 KiB or more in all. Where a trace tells the number of pixels, those of no more than a sixth of a
    /// byte a pixel are saved hard enough (Chrome's limit). If the request offered those formats in `Accept`, the evidence says so.
    ///
    /// ## Why it matters
    /// Pictures are most of the bytes of most pages. On a slow line they hold back what comes behind them, and often
    /// the largest picture is the page's Largest Contentful Paint.
    ///
    /// ## How to fix it
    /// Convert at build or upload time and choose in HTML with `<picture>`, or let an image CDN or the server choose by
    /// the request's `Accept` and answer with `Vary: Accept`. For animated GIFs a muted, looping video is smaller still.
    /// Keep the resolution in mind: a smaller picture saves more than another format.
    ///
    /// ## How savings are estimated
    /// By published comparisons: WebP and AVIF against JPEG 25 to 50 %; against PNG 26 % (lossless) to 70 % (photos);
    /// against GIF 19 to 64 %. The lower end is used for the sum; the picture's content decides. Time: between none and
    /// the receive time of those bytes.
    ///
    /// ## When to ignore it
    /// If the picture is saved very hard already, must be downloaded as JPEG or PNG (photo shop, press kit), or is shown
    /// to old devices only.
    ///
    /// ## References
    /// - [Google: WebP compression study](https://developers.google.com/speed/webp/docs/webp_study), [lossless and alpha](https://developers.google.com/speed/webp/docs/webp_lossless_alpha_study)
    /// - [web.dev: Choose the right image format](https://web.dev/articles/choose-the-right-image-format)
    /// - [MDN: Image file type and format guide](https://developer.mozilla.org/docs/Web/Media/Guides/Formats/Image_types)
    pub static OLD_IMAGE_FORMAT = {
        id: "old-image-format",
        title: "Pictures in old formats",
        topic: Topic::Images,
        severity: Severity::Warning,
        owner: Owner::Origin,
        needs: [Missing::TransferSizes],
        since: "0.1.0",
        check: check,
    }
}

struct Old {
    id: RequestId,
    sent: Bytes,
    saved: (Bytes, Bytes),
    offered: Option<&'static str>,
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let painted = painted_images::of(load);
    let mut n_images = 0_u64;
    let mut old = Vec::new();
    for (request, _) in load.network() {
        let Some(format) = downloads::media_type(request).and_then(|media_type| media_type.image_format()) else {
            continue;
        };
        let Some(sent) = downloads::sent_body_bytes(request).filter(|_| downloads::is_download(request)) else {
            continue;
        };
        n_images += 1;
        let Some((low, high)) = saving(format).filter(|_| SMALL <= sent) else { continue };
        // With the number of its pixels known, a picture that is saved hard enough is let be.
        let at = painted.binary_search_by_key(&request.id(), |one| one.request);
        if at.is_ok_and(|at| painted.get(at).is_some_and(|one| one.by_format.is_none())) {
            continue;
        }
        let part = |part: Ratio| Bytes((sent.0 as f64 * part.0) as u64);
        old.push(Old { id: request.id(), sent, saved: (part(low), part(high)), offered: offered(request) });
    }
    if n_images == 0 {
        return Outcome::NotApplicable("no picture came over the network");
    }
    let low = old.iter().map(|one| one.saved.0).sum::<Bytes>();
    if low < LITTLE {
        return Outcome::Passed;
    }
    old.arrange_by_key(|one| std::cmp::Reverse(one.saved.0));
    Outcome::found(finding(load, &old))
}

/// The part that WebP or AVIF usually take away, from … to; see "How savings are estimated".
fn saving(format: ImageFormat) -> Option<(Ratio, Ratio)> {
    match format {
        ImageFormat::Jpeg => Some((Ratio(0.25), Ratio(0.50))),
        ImageFormat::Png => Some((Ratio(0.26), Ratio(0.70))),
        ImageFormat::Gif => Some((Ratio(0.19), Ratio(0.64))),
        ImageFormat::Bmp | ImageFormat::Tiff => Some((Ratio(0.50), Ratio(0.90))),
        ImageFormat::Avif | ImageFormat::Ico | ImageFormat::JpegXl | ImageFormat::Svg | ImageFormat::WebP => None,
    }
}

/// The younger formats that the request's `Accept` names.
fn offered(request: Request<'_>) -> Option<&'static str> {
    let accepts = |name: &str| request.request_header("accept").any(|line| line.expose().contains(name));
    match (accepts("image/avif"), accepts("image/webp")) {
        (true, true) => Some("AVIF and WebP"),
        (true, false) => Some("AVIF"),
        (false, true) => Some("WebP"),
        (false, false) => None,
    }
}

fn finding(load: &PageLoad<'_>, old: &[Old]) -> Finding {
    let total = old.iter().map(|one| one.sent).sum::<Bytes>();
    let low = old.iter().map(|one| one.saved.0).sum::<Bytes>();
    let high = old.iter().map(|one| one.saved.1).sum::<Bytes>();
    let saved: Vec<_> = old.iter().map(|one| (one.id, one.saved.0)).collect();
    let pictures = Part::Counted(old.len() as u64, "picture", "pictures");
    let evidence = old.iter().map(|one| {
        let mut text = message![
            Part::MediaType(one.id),
            ", ",
            one.sent,
            "; WebP or AVIF would probably save ",
            Part::BytesRange(one.saved.0, one.saved.1)
        ];
        if let Some(offered) = one.offered {
            text.0.extend(message!["; the request accepts ", offered].0);
        }
        Evidence { request: Some(one.id), text }
    });
    Finding {
        severity: if low < NOTICEABLE { Severity::Notice } else { Severity::Warning },
        owner: gain::owner_of(load, old.iter().map(|one| one.id)),
        customer: message![
            pictures.clone(),
            " of ",
            total,
            " would probably be ",
            Part::BytesRange(low, high),
            " smaller in a modern format, without looking worse."
        ],
        engineer: message![
            pictures,
            " of ",
            SMALL,
            " or more as JPEG, PNG, GIF, BMP or TIFF, ",
            total,
            " in all; by typical ratios WebP or AVIF save ",
            Part::BytesRange(low, high),
            "."
        ],
        fix: message![
            "Serve AVIF or WebP with ",
            Part::Code("<picture>"),
            " or by ",
            Part::Code("Accept"),
            " with ",
            Part::Code("Vary: Accept"),
            "."
        ],
        evidence: evidence.collect(),
        savings: Some(gain::of_fewer_bytes(load, &saved, Method::Estimated)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::Made;
    use crate::recording::{PaintedImage, ResourceKind};
    use crate::rules::testing::check_rule;

    fn check(expected: &str, media_type: &str, bytes: u64) {
        let made = Made::page("https://shop.example/").request("https://shop.example/a", |r| {
            r.kind(ResourceKind::Image).response("content-type", media_type).bytes(bytes, bytes, bytes)
        });
        check_rule(&OLD_IMAGE_FORMAT, made, expected);
    }

    #[test]
    fn old_and_young_formats() {
        check("found", "image/jpeg", 200_000);
        check("found", "image/png", 200_000);
        check("passed", "image/webp", 200_000);
        check("passed", "image/svg+xml", 200_000);
        check("passed", "image/jpeg", 15_000);
        check("not-applicable", "image/jpeg", 0);
        check("not-applicable", "text/html", 200_000);
        let made = Made::page("https://shop.example/").without(Missing::TransferSizes);
        check_rule(&OLD_IMAGE_FORMAT, made, "not-checked");
    }

    #[test]
    fn pictures_that_are_saved_hard_enough_are_let_be() {
        let painted = |natural: [f64; 2]| {
            let address = "https://shop.example/a.jpg";
            let made = Made::page("https://shop.example/").request(address, |r| {
                r.kind(ResourceKind::Image).response("content-type", "image/jpeg").bytes(100_000, 100_000, 100_000)
            });
            made.traced().change(move |recording| {
                let url = recording.strings.intern(address);
                recording.timeline.facts.images.push(PaintedImage::of_size(url, natural));
            })
        };
        check_rule(&OLD_IMAGE_FORMAT, painted([700.0, 700.0]), "found");
        check_rule(&OLD_IMAGE_FORMAT, painted([800.0, 800.0]), "passed");
    }
}
