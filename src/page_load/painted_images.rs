//! Pictures as they were painted: how much of what was sent could be seen. The reckoning is Chrome's
//! (`ImageDelivery`), so that its figures are the same.

use std::collections::BTreeMap;

use crate::http::media_type::ImageFormat;
use crate::page_load::{PageLoad, downloads};
use crate::recording::{PaintedImage, Request, RequestId, ResourceKind};
use crate::text::StrId;
use crate::units::{Bytes, Ratio};

/// Bytes a pixel that a picture may have: beyond twice of that another format or harder compression pays
/// (`TARGET_BYTES_PER_PIXEL_AVIF`).
const BYTES_PER_PIXEL: f64 = 1.0 / 12.0;

/// An animation of more bytes would be smaller as a video (`GIF_SIZE_THRESHOLD`).
const LARGE_GIF: Bytes = Bytes::kib(100);

/// A gain of no more than this is none (`BYTE_SAVINGS_THRESHOLD`).
const LITTLE: Bytes = Bytes(4_096);

/// The same for pictures of which several sizes are offered, so that the browser had its reasons
/// (`BYTE_SAVINGS_THRESHOLD_RESPONSIVE_BREAKPOINTS`).
const LITTLE_IF_RESPONSIVE: Bytes = Bytes(12_288);

/// A picture of the load that was painted.
#[derive(Clone, Copy, Debug)]
pub struct Painted {
    /// Its request.
    pub request: RequestId,
    /// As it was painted largest.
    pub image: PaintedImage,
    /// Width and height as painted, in pixels of the device that the page was shown for.
    pub shown: [f64; 2],
    /// Its bytes.
    pub bytes: Bytes,
    /// What another format or harder compression would save, and how.
    pub by_format: Option<(Better, Bytes)>,
    /// What a smaller picture would save.
    pub by_size: Option<Bytes>,
    /// The same for backgrounds, which Chrome leaves out: known only where the whole picture was shown, not a part of it.
    pub by_size_of_background: Option<Bytes>,
    /// Both together: first the one, then the other of what is left.
    pub total: Bytes,
}

/// What would be better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// A video in place of an animation.
    Video,
    /// A younger format, or harder compression.
    Format,
    /// Harder compression: the format is young.
    Compression,
}

impl Painted {
    /// The part of its pixels that could not be seen.
    pub fn unseen(&self) -> Ratio {
        let (shown, natural) = (self.shown.iter().product::<f64>(), self.image.natural_area());
        Ratio(if shown < natural { 1.0 - shown / natural } else { 0.0 })
    }
}

/// The pictures of a load that were painted, in the order of their requests.
pub fn of(load: &PageLoad<'_>) -> Vec<Painted> {
    let timeline = &load.recording.timeline;
    let window = load.window();
    let mut by_url: BTreeMap<StrId, PaintedImage> = BTreeMap::new();
    for image in &timeline.facts.images {
        if image.at_largest < window.start || window.end < image.at {
            continue;
        }
        let known = by_url.entry(image.url).or_insert(*image);
        if known.painted_area() < image.painted_area() {
            *known = *image;
        }
    }
    if by_url.is_empty() {
        return Vec::new();
    }
    let emulated = timeline.viewport.and_then(|viewport| viewport.device_pixel_ratio);
    let scale = match (timeline.facts.host_pixel_ratio, emulated) {
        (Some(host), Some(emulated)) => emulated / host,
        _ => 1.0,
    };
    let painted = load.network().filter_map(|(request, resource)| {
        if resource.kind != ResourceKind::Image || !downloads::is_download(request) {
            return None;
        }
        // Elements name the address that they asked for.
        let mut asked = request;
        while let Some(before) = load.resource(asked.id()).and_then(|resource| resource.redirected_from) {
            asked = load.request(before);
        }
        let image = by_url.get(&asked.url()).or_else(|| by_url.get(&request.url()))?;
        judge(request, *image, scale)
    });
    painted.collect()
}

fn judge(request: Request<'_>, image: PaintedImage, scale: f64) -> Option<Painted> {
    let format = downloads::media_type(request).and_then(|media_type| media_type.image_format());
    let (decoded, sent) = (downloads::decoded_bytes(request)?, request.transfer_bytes()?);
    let pixels = image.natural_area();
    if format == Some(ImageFormat::Svg) || !pixels.is_finite() || pixels <= 0.0 {
        return None;
    }
    let bytes = Bytes(decoded.0.min(sent.0));
    let mut painted = Painted {
        request: request.id(),
        image,
        shown: image.painted.map(|side| side * scale),
        bytes,
        by_format: None,
        by_size: None,
        by_size_of_background: None,
        total: Bytes(0),
    };
    let whole = bytes.0 as f64;
    let mut saved = 0.0;
    if format == Some(ImageFormat::Gif) {
        if LARGE_GIF < bytes {
            // Lighthouse's regression over animations and the videos made of them.
            let percent = (29.1 * (decoded.0 as f64).log10() - 100.7).round().clamp(0.0, 100.0);
            saved = (whole * percent / 100.0).round();
            painted.by_format = told(Better::Video, saved);
        }
    } else if 2.0 * BYTES_PER_PIXEL < whole / pixels {
        saved = (whole - (2.0 * BYTES_PER_PIXEL * pixels).round()).max(0.0);
        let is_young = matches!(format, Some(ImageFormat::WebP | ImageFormat::Avif | ImageFormat::JpegXl));
        painted.by_format = told(if is_young { Better::Compression } else { Better::Format }, saved);
    }
    let unseen = painted.unseen().0;
    let by_size = Bytes((unseen * whole).round() as u64);
    if image.is_css && has_same_shape(&image) && LITTLE_IF_RESPONSIVE < by_size {
        painted.by_size_of_background = Some(by_size);
    }
    if 0.0 < unseen && !image.is_css {
        let least = if image.is_picture || image.has_srcset { LITTLE_IF_RESPONSIVE } else { LITTLE };
        if least < by_size {
            painted.by_size = Some(by_size);
            saved += (unseen * (whole - saved)).round();
        }
    }
    painted.total = Bytes(saved as u64);
    Some(painted)
}

/// Whether height and width have the same ratio as painted and in the file, so that all of it was shown.
fn has_same_shape(image: &PaintedImage) -> bool {
    /// Sides are rounded to whole pixels.
    const ROUNDING: f64 = 0.02;
    let ([width, height], [natural_width, natural_height]) = (image.painted, image.natural);
    let ratio = (width * natural_height) / (height * natural_width);
    (ratio - 1.0).abs() < ROUNDING
}

fn told(better: Better, saved: f64) -> Option<(Better, Bytes)> {
    let saved = Bytes(saved as u64);
    (LITTLE < saved).then_some((better, saved))
}
