//! What the page itself is told to be: pictures as painted, fonts, viewport, connections asked for.

use crate::import::trace::clock::Offsets;
use crate::import::trace::event::Event;
use crate::import::trace::meta::Meta;
use crate::import::trace::network::address;
use crate::import::trace::value::Value;
use crate::order::Arrange;
use crate::recording::{FontLoad, MobileCheck, PageFacts, PaintedImage, PreconnectLink, RequestId, ViewportMeta};
use crate::text::{StrId, StrTable};
use crate::units::Millis;
use std::collections::HashMap;

/// More of a kind are not kept: scripts may make as many as they like.
const MAX_KEPT: usize = 100_000;

/// Collects it.
#[derive(Default)]
pub struct PageFactsDraft {
    images: Vec<Draft<PaintedImage>>,
    by_image: HashMap<(StrId, u32), usize>,
    fonts: Vec<(f64, Vec<u8>, FontLoad)>,
    viewport_metas: Vec<Draft<ViewportMeta>>,
    /// With the last drawing, in µs.
    mobile_checks: Vec<(f64, Draft<MobileCheck>)>,
    by_frame: HashMap<Option<StrId>, usize>,
    preconnects: Vec<Draft<PreconnectLink>>,
    /// Navigations met so far: the same picture on another page counts anew.
    pub n_navigations: u32,
    /// See [`PageFacts::host_pixel_ratio`].
    pub host_pixel_ratio: Option<f64>,
    /// See [`PageFacts::processor_slowdown`].
    pub processor_slowdown: Option<f64>,
}

/// When it was met first, in µs, and in which frame.
struct Draft<T> {
    ts: f64,
    frame: Option<StrId>,
    found: T,
}

impl PageFactsDraft {
    /// `PaintImage`
    pub fn paint(&mut self, event: &Event<'_>, strings: &mut StrTable) {
        if event.phase != b'X' {
            return;
        }
        let (mut url, mut frame) = (None, None);
        let mut image = PaintedImage { at_largest: Millis(event.ts), ..PaintedImage::of_size(StrId(0), [0.0; 2]) };
        let mut node_name = Value::default();
        for (key, value) in event.data().members() {
            let number = || value.number().unwrap_or_default();
            match key {
                b"url" => url = value.text(),
                b"frame" => frame = value.text(),
                b"nodeId" => image.node = value.number().map(|node| node as i64),
                b"nodeName" => node_name = value,
                b"width" => image.painted[0] = number(),
                b"height" => image.painted[1] = number(),
                b"srcWidth" => image.natural[0] = number(),
                b"srcHeight" => image.natural[1] = number(),
                b"x" => image.position[0] = number(),
                b"y" => image.position[1] = number(),
                b"isCSS" => image.is_css = value.boolean() == Some(true),
                b"isPicture" => image.is_picture = value.boolean() == Some(true),
                b"srcsetAttribute" => image.has_srcset = value.written().is_some_and(|text| !text.is_empty()),
                b"loadingAttribute" => image.is_lazy = value.written() == Some(b"lazy"),
                _ => {}
            }
        }
        // Addresses that hold the picture itself are of no request.
        let Some(url) = url.filter(|url| !url.is_empty() && !url.starts_with("data:")) else { return };
        image.url = address(&url, strings);
        let next = self.images.len();
        let at = *self.by_image.entry((image.url, self.n_navigations)).or_insert(next);
        let frame = frame.map(|frame| strings.intern(&frame));
        let mut name = || node_name.text().map(|name| strings.intern(&name));
        match self.images.get_mut(at) {
            Some(known) if known.found.painted_area() < image.painted_area() => {
                known.found = PaintedImage { node_name: name(), ..image };
                (known.ts, known.frame) = (known.ts.min(event.ts), frame);
            }
            Some(known) => known.ts = known.ts.min(event.ts),
            None if at < MAX_KEPT => {
                let found = PaintedImage { node_name: name(), ..image };
                self.images.push(Draft { ts: event.ts, frame, found });
            }
            None => {
                self.by_image.remove(&(image.url, self.n_navigations));
            }
        }
    }

    /// `BeginRemoteFontLoad`
    pub fn font(&mut self, event: &Event<'_>, strings: &mut StrTable) {
        let args = event.args;
        let url = args.get("url").text().filter(|url| !url.starts_with("data:"));
        if MAX_KEPT <= self.fonts.len() {
            return;
        }
        let font = FontLoad {
            at: Millis::ZERO,
            url: url.map(|url| address(&url, strings)),
            request: None,
            display: args.get("display").text().map(|display| strings.intern(&display)),
        };
        // Requests are numbered by process.
        let mut request = event.thread.process.to_string().into_bytes();
        request.push(b'.');
        request.extend_from_slice(args.get("id").id().unwrap_or_default());
        self.fonts.push((event.ts, request, font));
    }

    /// `ParseMetaViewport`
    pub fn viewport_meta(&mut self, event: &Event<'_>, strings: &mut StrTable) {
        let data = event.data();
        if self.viewport_metas.len() < MAX_KEPT {
            let content = data.get("content").text().map(|content| strings.intern(&content));
            let frame = data.get("frame").text().map(|frame| strings.intern(&frame));
            let found = ViewportMeta { at: Millis::ZERO, frame: None, content };
            self.viewport_metas.push(Draft { ts: event.ts, frame, found });
        }
    }

    /// `BeginCommitCompositorFrame`
    pub fn commit(&mut self, event: &Event<'_>, strings: &mut StrTable) {
        let (mut frame, mut is_optimized) = (None, None);
        for (key, value) in event.args.members() {
            match key {
                b"frame" => frame = value.text().map(|frame| strings.intern(&frame)),
                b"is_mobile_optimized" => is_optimized = value.boolean(),
                _ => {}
            }
        }
        let Some(is_optimized) = is_optimized else { return };
        let n = self.mobile_checks.len();
        let at = self.by_frame.get(&frame).copied().unwrap_or(n);
        match self.mobile_checks.get_mut(at) {
            Some((last, draft)) if draft.found.is_optimized == is_optimized => *last = last.max(event.ts),
            _ if n < MAX_KEPT => {
                let found = MobileCheck { frame: None, is_optimized, first: Millis::ZERO, last: Millis::ZERO };
                self.by_frame.insert(frame, n);
                self.mobile_checks.push((event.ts, Draft { ts: event.ts, frame, found }));
            }
            _ => {}
        }
    }

    /// `LinkPreconnect`
    pub fn preconnect(&mut self, event: &Event<'_>, strings: &mut StrTable) {
        let data = event.data();
        if let Some(url) = data.get("url").text().filter(|_| self.preconnects.len() < MAX_KEPT) {
            let found = PreconnectLink { at: Millis::ZERO, frame: None, url: address(&url, strings) };
            let frame = data.get("frame").text().map(|frame| strings.intern(&frame));
            self.preconnects.push(Draft { ts: event.ts, frame, found });
        }
    }

    /// All of it. `finals` are the rows of requests by their ids.
    pub fn finish(
        mut self,
        offsets: Offsets,
        meta: &mut Meta,
        strings: &StrTable,
        finals: &HashMap<StrId, usize>,
    ) -> PageFacts {
        self.images.arrange_by(|a, b| a.ts.total_cmp(&b.ts));
        self.fonts.arrange_by(|a, b| a.0.total_cmp(&b.0));
        self.viewport_metas.arrange_by(|a, b| a.ts.total_cmp(&b.ts));
        self.mobile_checks.arrange_by(|a, b| a.1.ts.total_cmp(&b.1.ts));
        self.preconnects.arrange_by(|a, b| a.ts.total_cmp(&b.ts));
        let mut frame_of = |frame: Option<StrId>| frame.map(|frame| meta.mention(frame));
        let mut facts = PageFacts {
            host_pixel_ratio: self.host_pixel_ratio,
            processor_slowdown: self.processor_slowdown,
            ..PageFacts::default()
        };
        for Draft { ts, frame, found } in self.images {
            let (at, at_largest) = (offsets.at(ts), offsets.at(found.at_largest.0));
            facts.images.push(PaintedImage { at, at_largest, frame: frame_of(frame), ..found });
        }
        for (ts, id, found) in self.fonts {
            let id = str::from_utf8(&id).ok().and_then(|id| strings.find(id));
            let request = id.and_then(|id| finals.get(&id)).map(|at| RequestId(*at as u32));
            facts.fonts.push(FontLoad { at: offsets.at(ts), request, ..found });
        }
        for Draft { ts, frame, found } in self.viewport_metas {
            facts.viewport_metas.push(ViewportMeta { at: offsets.at(ts), frame: frame_of(frame), ..found });
        }
        for (last, Draft { ts, frame, found }) in self.mobile_checks {
            let (first, last) = (offsets.at(ts), offsets.at(last));
            facts.mobile_checks.push(MobileCheck { first, last, frame: frame_of(frame), ..found });
        }
        for Draft { ts, frame, found } in self.preconnects {
            facts.preconnects.push(PreconnectLink { at: offsets.at(ts), frame: frame_of(frame), ..found });
        }
        facts
    }
}
