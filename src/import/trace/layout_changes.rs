//! What moves the layout: images without sizes, frames, animations, elements that scripts put in; and the pre-paints in
//! which the browser finds that something has moved.

use crate::import::trace::clock::Offsets;
use crate::import::trace::event::{Event, ThreadKey};
use crate::import::trace::main_thread::site;
use crate::import::trace::samples::Sites;
use crate::order::Arrange;
use crate::recording::{FrameId, LayoutChange, LayoutChangeKind, SiteId};
use crate::text::{StrId, StrTable};
use crate::units::TimeSpan;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Elements that are remembered between two pre-paints of a thread: a script may put in thousands at once, and the first
/// tells which script it was.
const MAX_INSERTIONS: usize = 4;
/// Animations that are under way at once; more do not occur.
const MAX_OPEN: usize = 10_000;

/// Collects changes.
#[derive(Default)]
pub struct LayoutChanges {
    threads: HashMap<ThreadKey, OnThread>,
    /// Images whose size nothing tells, by process and number of the element.
    unsized_images: HashSet<(i64, i64)>,
    animations: BTreeMap<(i64, Box<[u8]>), Vec<Animation>>,
    n_open: usize,
    /// `domLoading` by thread: when, and which frame.
    documents: Vec<(ThreadKey, f64, StrId)>,
    found: Vec<Draft>,
}

#[derive(Default)]
struct OnThread {
    pre_paints: Vec<PrePaint>,
    /// Whether an image that is painted now is the first since the last pre-paint.
    is_first_image: bool,
    n_insertions: usize,
    /// The first image after a pre-paint: when, the element, its address.
    images: Vec<(f64, i64, Option<StrId>)>,
}

#[derive(Clone, Copy)]
struct PrePaint {
    start: f64,
    end: f64,
}

/// Where a layout shift was found.
#[derive(Clone, Copy)]
pub struct FoundIn {
    /// When the pre-paint before began, in µs.
    pub since: f64,
    /// When the pre-paint began, in µs.
    pub start: f64,
    /// Address of the first image that was painted afterwards, if nothing tells its size.
    pub unsized_image: Option<StrId>,
}

struct Animation {
    thread: ThreadKey,
    start: f64,
    name: Option<StrId>,
    property: Option<StrId>,
    /// Why it cannot run on the compositor; 0: it does.
    failed: u64,
}

struct Draft {
    kind: LayoutChangeKind,
    thread: ThreadKey,
    start: f64,
    end: f64,
    name: Option<StrId>,
    site: Option<SiteId>,
    property: Option<StrId>,
}

impl LayoutChanges {
    /// `PrePaint`
    pub fn pre_paint(&mut self, event: &Event<'_>) {
        if event.phase != b'X' {
            return;
        }
        let thread = self.threads.entry(event.thread).or_default();
        thread.pre_paints.push(PrePaint { start: event.ts, end: event.end() });
        thread.is_first_image = true;
        thread.n_insertions = 0;
    }

    /// `PaintImage`. Only the first one after each pre-paint matters, as in Chrome's engine.
    pub fn paint_image(&mut self, event: &Event<'_>, strings: &mut StrTable) {
        let Some(thread) = self.threads.get_mut(&event.thread).filter(|thread| thread.is_first_image) else { return };
        thread.is_first_image = false;
        let data = event.data();
        let Some(node) = data.get("nodeId").number() else { return };
        let url = data.get("url").text().filter(|url| !url.is_empty()).map(|url| strings.intern(&url));
        thread.images.push((event.ts, node as i64, url));
    }

    /// `LayoutImageUnsized`
    pub fn image_unsized(&mut self, event: &Event<'_>) {
        if let Some(node) = event.data().get("nodeId").number() {
            self.unsized_images.insert((event.thread.process, node as i64));
        }
    }

    /// `StyleRecalcInvalidationTracking` of elements that were put in by script; those of the parser have no stack.
    pub fn inserted(&mut self, event: &Event<'_>, strings: &mut StrTable, sites: &mut Sites) {
        let thread = self.threads.entry(event.thread).or_default();
        if MAX_INSERTIONS <= thread.n_insertions {
            return;
        }
        let data = event.data();
        if data.get("reason").written() != Some(b"Node was inserted into tree") {
            return;
        }
        let Some(top) = data.get("stackTrace").items().next() else { return };
        thread.n_insertions += 1;
        self.found.push(Draft {
            kind: LayoutChangeKind::Insertion,
            thread: event.thread,
            start: event.ts,
            end: event.ts,
            name: data.get("nodeName").text().map(|name| strings.intern(&name)),
            site: site(top, strings, sites),
            property: None,
        });
    }

    /// `Animation`
    pub fn animation(&mut self, event: &Event<'_>, strings: &mut StrTable) {
        let key = (event.thread.process, Box::from(event.id));
        match event.phase {
            b'b' if self.n_open < MAX_OPEN => {
                self.n_open += 1;
                let name = event.data().get("nodeName").text().map(|name| strings.intern(&name));
                let animation = Animation { thread: event.thread, start: event.ts, name, property: None, failed: 0 };
                self.animations.entry(key).or_default().push(animation);
            }
            b'n' => {
                let Some(animation) = self.animations.get_mut(&key).and_then(|open| open.last_mut()) else { return };
                let data = event.data();
                animation.failed |= data.get("compositeFailed").count().unwrap_or_default();
                if let Some(property) = data.get("unsupportedProperties").items().next().and_then(|name| name.text()) {
                    animation.property = Some(strings.intern(&property));
                }
            }
            b'e' => {
                let Some(open) = self.animations.get_mut(&key) else { return };
                let Some(animation) = open.pop() else { return };
                if open.is_empty() {
                    self.animations.remove(&key);
                }
                self.n_open -= 1;
                self.animated(animation, event.ts);
            }
            _ => {}
        }
    }

    fn animated(&mut self, animation: Animation, end: f64) {
        let Animation { thread, start, name, property, failed } = animation;
        if failed != 0 {
            let kind = LayoutChangeKind::Animation;
            self.found.push(Draft { kind, thread, start, end, name, site: None, property });
        }
    }

    /// `RenderFrameImpl::createChildFrame`
    pub fn frame_made(&mut self, event: &Event<'_>) {
        if event.phase == b'X' {
            self.found.push(Draft {
                kind: LayoutChangeKind::Frame,
                thread: event.thread,
                start: event.ts,
                end: event.end(),
                name: None,
                site: None,
                property: None,
            });
        }
    }

    /// `domLoading`
    pub fn dom_loading(&mut self, event: &Event<'_>, strings: &mut StrTable) {
        if let Some(frame) = event.args.get("frame").text() {
            self.documents.push((event.thread, event.ts, strings.intern(&frame)));
        }
    }

    /// Puts everything in the order of time.
    pub fn sort(&mut self) {
        // Animations that outlast the recording.
        for animation in std::mem::take(&mut self.animations).into_values().flatten() {
            self.animated(animation, f64::INFINITY);
        }
        #[allow(clippy::iter_over_hash_type)] // each is sorted by itself
        for thread in self.threads.values_mut() {
            thread.pre_paints.arrange_by(|a, b| a.start.total_cmp(&b.start));
            thread.images.arrange_by(|a, b| a.0.total_cmp(&b.0));
        }
        self.found.arrange_by(|a, b| a.start.total_cmp(&b.start));
        self.documents.arrange_by(|a, b| a.1.total_cmp(&b.1));
    }

    /// The pre-paint in which a shift was found.
    pub fn found_in(&self, thread: ThreadKey, ts: f64) -> Option<FoundIn> {
        let known = self.threads.get(&thread)?;
        let n_begun = known.pre_paints.partition_point(|pre_paint| pre_paint.start <= ts);
        let own = known.pre_paints.get(n_begun.checked_sub(1)?).filter(|own| ts <= own.end)?;
        let before = n_begun.checked_sub(2).and_then(|at| known.pre_paints.get(at));
        let n_painted = known.images.partition_point(|(at, ..)| *at < own.start);
        let image =
            known.images.get(n_painted).filter(|(_, node, _)| self.unsized_images.contains(&(thread.process, *node)));
        Some(FoundIn {
            since: before.map_or(f64::NEG_INFINITY, |before| before.start),
            start: own.start,
            unsized_image: image.and_then(|(.., url)| *url),
        })
    }

    /// All changes by time, once they are sorted.
    pub fn finish(self, offsets: Offsets, mut mention: impl FnMut(StrId) -> FrameId) -> Vec<LayoutChange> {
        let Self { found, documents, .. } = self;
        let frame_within = |draft: &Draft| {
            let first = documents.partition_point(|(_, at, _)| *at < draft.start);
            let later = documents.get(first..).unwrap_or_default();
            later.iter().take_while(|(_, at, _)| *at <= draft.end).find(|(thread, ..)| *thread == draft.thread)
        };
        let changes = found.iter().map(|draft| {
            let made = if draft.kind == LayoutChangeKind::Frame { frame_within(draft) } else { None };
            LayoutChange {
                kind: draft.kind,
                span: TimeSpan { start: offsets.at(draft.start), end: offsets.at(draft.end.min(offsets.end)) },
                thread: (draft.thread.process, draft.thread.thread),
                name: draft.name,
                frame: made.map(|(.., frame)| mention(*frame)),
                site: draft.site,
                property: draft.property,
            }
        });
        changes.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One thread's events in this order: `P` a pre-paint from its time for 10 µs, `I` the painting of image 3, `J` that
    /// of image 4; image 3 has no size.
    fn changes(events: &[(char, u32)]) -> LayoutChanges {
        let (mut changes, mut strings) = (LayoutChanges::default(), StrTable::default());
        let unsized_image = br#"{"name":"x","ph":"I","ts":1,"args":{"data":{"nodeId":3}}}"#;
        changes.image_unsized(&Event::read(unsized_image).expect("an event"));
        for (what, at) in events {
            let node = if *what == 'I' { 3 } else { 4 };
            let text = format!(
                r#"{{"name":"x","ph":"X","ts":{at},"dur":10,"args":{{"data":{{"nodeId":{node},"url":"https://a.example/{node}"}}}}}}"#
            );
            let event = Event::read(text.as_bytes()).expect("an event");
            match what {
                'P' => changes.pre_paint(&event),
                _ => changes.paint_image(&event, &mut strings),
            }
        }
        changes.sort();
        changes
    }

    #[test]
    fn shifts_are_found_in_pre_paints() {
        #[track_caller]
        fn check(events: &[(char, u32)], at: f64, expected: Option<(f64, f64, bool)>) {
            let found = changes(events).found_in(ThreadKey::default(), at);
            assert_eq!(found.map(|found| (found.since, found.start, found.unsized_image.is_some())), expected);
        }
        let events = [('P', 100), ('J', 120), ('P', 200), ('I', 220), ('J', 230), ('P', 300), ('J', 320), ('I', 330)];
        check(&events, 105.0, Some((f64::NEG_INFINITY, 100.0, false)));
        check(&events, 205.0, Some((100.0, 200.0, true)));
        check(&events, 310.0, Some((200.0, 300.0, false)));
        check(&events, 150.0, None);
        check(&events, 50.0, None);
    }

    #[test]
    fn animations_that_the_compositor_cannot_run() {
        let (mut changes, mut strings) = (LayoutChanges::default(), StrTable::default());
        for text in [
            r#"{"name":"Animation","ph":"b","ts":10,"id2":{"local":"1"},"args":{"data":{"nodeName":"DIV"}}}"#,
            r#"{"name":"Animation","ph":"b","ts":20,"id2":{"local":"2"},"args":{"data":{}}}"#,
            r#"{"name":"Animation","ph":"b","ts":25,"id2":{"local":"3"},"args":{"data":{}}}"#,
            r#"{"name":"Animation","ph":"n","ts":30,"id2":{"local":"1"},"args":{"data":{"compositeFailed":8224,"unsupportedProperties":["top"]}}}"#,
            r#"{"name":"Animation","ph":"n","ts":30,"id2":{"local":"3"},"args":{"data":{"compositeFailed":1}}}"#,
            r#"{"name":"Animation","ph":"e","ts":40,"id2":{"local":"1"},"args":{}}"#,
            r#"{"name":"Animation","ph":"e","ts":40,"id2":{"local":"2"},"args":{}}"#,
            r#"{"name":"Animation","ph":"e","ts":50,"id2":{"local":"9"},"args":{}}"#,
        ] {
            changes.animation(&Event::read(text.as_bytes()).expect("an event"), &mut strings);
        }
        changes.sort();
        let found = changes.finish(Offsets { origin: 0.0, end: 90_000.0 }, |_| FrameId(0));
        let found: Vec<_> = found
            .iter()
            .map(|one| (one.span.start.0, one.span.end.0, one.property.map(|text| strings.get(text).expose())))
            .collect();
        assert_eq!(found, [(0.01, 0.04, Some("top")), (0.025, 90.0, None)]);
    }
}
