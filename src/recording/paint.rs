//! The largest contentful paint and what became of it.

use crate::recording::{Navigation, Recording, RequestId};
use crate::text::StrId;
use crate::units::Millis;

/// What was painted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaintKind {
    /// An image, a background image or the first frame of a video.
    Image,
    /// A block of text.
    Text,
}

/// A candidate for the largest contentful paint.
#[derive(Clone, Copy, Debug)]
pub struct LargestPaint {
    /// When it was painted, as an offset from the recording's origin.
    pub at: Millis,
    /// Text or image; `None`: not recorded.
    pub kind: Option<PaintKind>,
    /// Its visible size in px².
    pub size: Option<u64>,
    /// Chrome's number of the element.
    pub node: Option<i64>,
    /// The element: tag name, id and class (Chrome 140 and later).
    pub node_name: Option<StrId>,
    /// Whether the element has `loading=lazy`.
    pub is_lazy: bool,
    /// Address of the image.
    pub image_url: Option<StrId>,
    /// The request for the image.
    pub request: Option<RequestId>,
    /// How many candidates there were.
    pub n_candidates: u32,
}

/// The stretches of time that lead to the largest contentful paint. Their sum is LCP. A stretch is negative if its
/// end was early, such as an image that was loaded before the document's first byte.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LargestPaintParts {
    /// From navigation start to the document's first byte.
    pub time_to_first_byte: Millis,
    /// From there until the image was asked for. `None` for text.
    pub load_delay: Option<Millis>,
    /// Until the image was there. `None` for text.
    pub load_duration: Option<Millis>,
    /// Until it was painted.
    pub render_delay: Millis,
}

impl Navigation {
    /// LCP from navigation start.
    pub fn largest_contentful_paint(&self) -> Option<Millis> {
        self.largest_paint.map(|paint| paint.at - self.start)
    }

    /// The parts of LCP. `None` without LCP or without the document's times.
    pub fn largest_paint_parts(&self, recording: &Recording) -> Option<LargestPaintParts> {
        let paint = self.largest_paint?;
        let document = recording.timeline.request(self.document?)?;
        let first_byte = document.first_byte?;
        let time_to_first_byte = first_byte - self.start;
        let image = match paint.request {
            Some(request) => recording.timeline.request(request),
            None => None,
        };
        Some(match image {
            Some(image) => LargestPaintParts {
                time_to_first_byte,
                load_delay: Some(image.start - first_byte),
                load_duration: Some(image.network_end - image.start),
                render_delay: paint.at - image.network_end,
            },
            None => LargestPaintParts {
                time_to_first_byte,
                load_delay: None,
                load_duration: None,
                render_delay: paint.at - first_byte,
            },
        })
    }
}
