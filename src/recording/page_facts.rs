//! What a browser tells of the page itself: pictures as painted, fonts as asked for, viewport, connections asked for.

use crate::recording::{FrameId, RequestId};
use crate::text::StrId;
use crate::units::Millis;

/// What a browser tells of the page beyond requests and work; empty for a HAR.
#[derive(Default)]
pub struct PageFacts {
    /// Pictures, each address once for each navigation: as it was painted largest; in the order of the first paint.
    pub images: Vec<PaintedImage>,
    /// Fonts that text asked for, in the order of time.
    pub fonts: Vec<FontLoad>,
    /// `<meta name=viewport>` elements in the order of time.
    pub viewport_metas: Vec<ViewportMeta>,
    /// Whether frames were drawn as for mobile devices, as stretches of the same answer, in the order of time.
    pub mobile_checks: Vec<MobileCheck>,
    /// `<link rel=preconnect>` elements in the order of time.
    pub preconnects: Vec<PreconnectLink>,
    /// Device pixels per CSS px of the machine that recorded, as opposed to those of an emulated device.
    pub host_pixel_ratio: Option<f64>,
    /// How many times slower DevTools made the processor; 1: not at all (`metadata.cpuThrottling`).
    pub processor_slowdown: Option<f64>,
}

/// A picture as it was painted.
#[derive(Clone, Copy, Debug)]
pub struct PaintedImage {
    /// Its address.
    pub url: StrId,
    /// When it was painted first.
    pub at: Millis,
    /// When it was painted as large as this.
    pub at_largest: Millis,
    /// In which frame.
    pub frame: Option<FrameId>,
    /// Chrome's number of the element.
    pub node: Option<i64>,
    /// The element: tag name, id and class.
    pub node_name: Option<StrId>,
    /// Width and height as painted, in px of the recording machine.
    pub painted: [f64; 2],
    /// Width and height of the file in px.
    pub natural: [f64; 2],
    /// Upper left corner in px.
    pub position: [f64; 2],
    /// Whether it is a background.
    pub is_css: bool,
    /// Whether it stands in a `<picture>`.
    pub is_picture: bool,
    /// Whether it has `srcset`.
    pub has_srcset: bool,
    /// Whether it has `loading=lazy`.
    pub is_lazy: bool,
}

/// A font that text asked for.
#[derive(Clone, Copy, Debug)]
pub struct FontLoad {
    /// When.
    pub at: Millis,
    /// Its address.
    pub url: Option<StrId>,
    /// Its request.
    pub request: Option<RequestId>,
    /// `font-display` as recorded.
    pub display: Option<StrId>,
}

/// A `<meta name=viewport>` element.
#[derive(Clone, Copy, Debug)]
pub struct ViewportMeta {
    /// When it was read.
    pub at: Millis,
    /// In which frame.
    pub frame: Option<FrameId>,
    /// Its `content`.
    pub content: Option<StrId>,
}

/// A stretch of time in which a frame was drawn as for mobile devices, or was not.
#[derive(Clone, Copy, Debug)]
pub struct MobileCheck {
    /// Which frame.
    pub frame: Option<FrameId>,
    /// Whether taps need not wait for a second one.
    pub is_optimized: bool,
    /// The first such drawing.
    pub first: Millis,
    /// The last such drawing.
    pub last: Millis,
}

/// A `<link rel=preconnect>` element.
#[derive(Clone, Copy, Debug)]
pub struct PreconnectLink {
    /// When it was read.
    pub at: Millis,
    /// In which frame.
    pub frame: Option<FrameId>,
    /// Where to.
    pub url: StrId,
}

impl PaintedImage {
    /// A picture of which no more is known than the size of its file.
    pub fn of_size(url: StrId, natural: [f64; 2]) -> Self {
        Self {
            url,
            at: Millis::ZERO,
            at_largest: Millis::ZERO,
            frame: None,
            node: None,
            node_name: None,
            painted: [0.0; 2],
            natural,
            position: [0.0; 2],
            is_css: false,
            is_picture: false,
            has_srcset: false,
            is_lazy: false,
        }
    }

    /// Width times height as painted.
    pub fn painted_area(&self) -> f64 {
        self.painted.iter().product()
    }

    /// Width times height of the file.
    pub fn natural_area(&self) -> f64 {
        self.natural.iter().product()
    }
}
