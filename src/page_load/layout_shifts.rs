//! What moved the page's layout: the session windows of CLS, and for each shift what caused it, as far as the
//! recording tells.
//!
//! The browser finds shifts in its pre-paint. As in Chrome's engine (`CLSCulprits`), a cause is what changed the page
//! since the pre-paint before: a font or a frame that arrived, an image without a size that was then painted. The
//! engine counts animations when they end only; here those under way count as well. Elements that scripts put in are
//! known where invalidations were recorded.

use crate::order::Arrange;
use crate::page_load::PageLoad;
use crate::recording::{LayoutChange, LayoutChangeKind, RequestId, ResourceKind, Shift, SiteId};
use crate::text::StrId;
use crate::units::{Millis, TimeSpan};

/// A font or an animation that ended longer before a shift is not its cause (Chrome's `INVALIDATION_WINDOW`).
const CAUSE_WINDOW: Millis = Millis(500.0);

/// A session window of CLS (web.dev/articles/cls).
#[derive(Clone, Debug)]
pub struct ShiftWindow<'a> {
    /// From its first shift until it closed, from navigation start.
    pub span: TimeSpan,
    /// The sum of its scores.
    pub score: f64,
    /// Its shifts in the order of time.
    pub shifts: Vec<ExplainedShift<'a>>,
    /// What caused them, each once, the largest part of the score first. A shift of several causes counts for each.
    pub culprits: Vec<Culprit>,
}

/// A shift and its causes.
#[derive(Clone, Debug)]
pub struct ExplainedShift<'a> {
    /// As recorded.
    pub shift: &'a Shift,
    /// When, from navigation start.
    pub at: Millis,
    /// What caused it; empty: not known. Each has this shift's score.
    pub causes: Vec<Culprit>,
}

/// What moved the layout.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Culprit {
    /// What kind of thing.
    pub cause: Cause,
    /// The request that brought it, for images and fonts; the frame's document.
    pub request: Option<RequestId>,
    /// Its address, as the browser wrote it.
    pub url: Option<StrId>,
    /// The element that was animated or put in.
    pub node: Option<StrId>,
    /// The script that put the element in.
    pub site: Option<SiteId>,
    /// The property that was animated.
    pub property: Option<StrId>,
    /// The score of the shifts it caused.
    pub score: f64,
}

/// The kinds of things that move the layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// An image that nothing reserves space for.
    UnsizedImage,
    /// A font that arrived after text had been shown in another one.
    WebFont,
    /// An `<iframe>` that was put in.
    Frame,
    /// An animation of something that moves others.
    Animation,
    /// An element that a script put in.
    InsertedElement,
}

/// The windows of a load in the order of time. Empty if nothing moved, or the recording does not tell.
pub fn windows<'a>(load: &PageLoad<'a>) -> Vec<ShiftWindow<'a>> {
    let timeline = &load.recording.timeline;
    let own = timeline.navigations.iter().position(|navigation| navigation.page == Some(load.page));
    let is_own = |window: &&crate::recording::ShiftWindow| window.navigation.map(|id| id.0 as usize) == own;
    let fonts = fonts(load);
    let windows = timeline.shift_windows.iter().filter(is_own).map(|window| {
        let shifts = timeline.shifts.get(window.shifts.clone()).unwrap_or_default();
        let shifts: Vec<ExplainedShift<'a>> = shifts
            .iter()
            .map(|shift| ExplainedShift { shift, at: load.since_start(shift.at), causes: causes(load, shift, &fonts) })
            .collect();
        ShiftWindow {
            span: TimeSpan { start: load.since_start(window.start), end: load.since_start(window.end) },
            score: window.score,
            culprits: culprits(&shifts),
            shifts,
        }
    });
    windows.collect()
}

/// The window that CLS is the score of.
pub fn worst<'w, 'a>(windows: &'w [ShiftWindow<'a>]) -> Option<&'w ShiftWindow<'a>> {
    windows.iter().reduce(|worst, window| if worst.score < window.score { window } else { worst })
}

/// Fonts with the instant at which the page had them, in the order of it.
fn fonts(load: &PageLoad<'_>) -> Vec<(Millis, RequestId)> {
    let mut fonts: Vec<(Millis, RequestId)> = load
        .iter()
        .filter(|(_, resource)| resource.kind == ResourceKind::Font)
        .filter_map(|(request, _)| Some((load.recording.timeline.request(request.id())?.end, request.id())))
        .collect();
    fonts.arrange_by(|a, b| a.0.total_cmp(&b.0));
    fonts
}

fn causes(load: &PageLoad<'_>, shift: &Shift, fonts: &[(Millis, RequestId)]) -> Vec<Culprit> {
    let mut causes = Vec::new();
    let Some(within) = shift.changed_within else { return causes };
    let nothing = Culprit {
        cause: Cause::UnsizedImage,
        request: None,
        url: None,
        node: None,
        site: None,
        property: None,
        score: shift.score,
    };
    let recent = within.start.max(within.end - CAUSE_WINDOW);
    let first = fonts.partition_point(|(end, _)| *end < recent);
    for (_, font) in fonts.iter().skip(first).take_while(|(end, _)| *end < within.end) {
        let url = Some(load.request(*font).url());
        causes.push(Culprit { cause: Cause::WebFont, request: Some(*font), url, ..nothing });
    }
    let mut inserted = Vec::new();
    for change in changes(load, within) {
        let is_same_thread = change.thread == shift.thread;
        let is_within = |at: Millis| within.start <= at && at < within.end;
        let has_ended = recent <= change.span.end && change.span.end < within.end;
        let runs = within.end <= change.span.end && (moves_others(load, change) || is_moved(shift, change));
        let cause = match change.kind {
            LayoutChangeKind::Frame if is_within(change.span.end) => Cause::Frame,
            LayoutChangeKind::Insertion if is_same_thread && is_within(change.span.end) => Cause::InsertedElement,
            LayoutChangeKind::Animation if has_ended || is_same_thread && runs => Cause::Animation,
            _ => continue,
        };
        let frame = change.frame.and_then(|frame| load.recording.timeline.frame(frame));
        let url = frame.and_then(|frame| frame.url);
        let causes = if cause == Cause::InsertedElement { &mut inserted } else { &mut causes };
        causes.push(Culprit {
            cause,
            request: url.and_then(|url| load.request_of_script(url)),
            url,
            node: change.name,
            site: change.site,
            property: change.property,
            ..nothing
        });
    }
    if let Some(url) = shift.unsized_image {
        causes.push(Culprit { request: load.request_of_script(url), url: Some(url), ..nothing });
    }
    // Scripts put in much that moves nothing, so what they put in is blamed only where nothing else is known.
    if causes.is_empty() { inserted } else { causes }
}

/// Whether an animation is of a property that moves other elements. Names as in CSS.
fn moves_others(load: &PageLoad<'_>, animation: &LayoutChange) -> bool {
    const STARTS: [&str; 19] = [
        "margin",
        "padding",
        "border",
        "inset",
        "top",
        "left",
        "right",
        "bottom",
        "width",
        "height",
        "min-",
        "max-",
        "font",
        "grid",
        "flex",
        "gap",
        "row-gap",
        "column-gap",
        "line-height",
    ];
    let Some(property) = animation.property else { return false };
    let property = load.recording.text(property).expose();
    !property.ends_with("color") && STARTS.iter().any(|start| property.starts_with(start))
}

/// Whether the animated element is one of those that moved.
fn is_moved(shift: &Shift, animation: &LayoutChange) -> bool {
    animation.name.is_some() && shift.moved.iter().any(|moved| moved.name == animation.name)
}

/// The changes that began before the end of `within`, and of which some may have lasted until its start.
fn changes<'a>(load: &PageLoad<'a>, within: TimeSpan) -> impl Iterator<Item = &'a LayoutChange> {
    /// Changes that are looked through for one shift, the latest first. Animations that began before very many others
    /// are left out, so that the time stays linear.
    const MOST: usize = 1000;
    let all = &load.recording.timeline.layout_changes;
    let n_begun = all.partition_point(|change| change.span.start < within.end);
    all.get(n_begun.saturating_sub(MOST)..n_begun).unwrap_or_default().iter()
}

/// Every cause once.
fn culprits(shifts: &[ExplainedShift<'_>]) -> Vec<Culprit> {
    let mut all: Vec<Culprit> = shifts.iter().flat_map(|shift| &shift.causes).copied().collect();
    let who = |culprit: &Culprit| (culprit.cause, culprit.url, culprit.node, culprit.site, culprit.property);
    all.arrange_by(|a, b| who(a).cmp(&who(b)));
    let groups = all.chunk_by(|a, b| who(a) == who(b));
    let sums = groups.filter_map(|group| {
        let score = group.iter().map(|culprit| culprit.score).sum();
        group.first().map(|first| Culprit { score, ..*first })
    });
    let mut sums: Vec<Culprit> = sums.collect();
    sums.arrange_by(|a, b| b.score.total_cmp(&a.score));
    sums
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::Made;
    use crate::recording::{MovedNode, NavigationId, Recording, ShiftWindow as Window, TracedRequest};

    const PAGE: &str = "https://shop.example/";
    const FONT: &str = "https://shop.example/a.woff2";
    const IMAGE: &str = "https://shop.example/a.jpg";

    /// A shift of 0.1 at 1,000 ms of what changed since 900 ms; `change` adds what may have caused it.
    #[track_caller]
    fn check(change: impl FnOnce(&mut Recording), expected: &[(Cause, Option<u32>)]) {
        let made = Made::page(PAGE)
            .document(|r| r)
            .request(FONT, |r| r.kind(ResourceKind::Font))
            .request(IMAGE, |r| r.kind(ResourceKind::Image))
            .traced()
            .change(|recording| {
                let moved = recording.strings.intern("DIV id='moved'");
                let moved = MovedNode { node: None, name: Some(moved), before: [0.0; 4], after: [0.0; 4] };
                let timeline = &mut recording.timeline;
                timeline.requests = vec![TracedRequest { end: Millis(5_000.0), ..TracedRequest::default() }; 3];
                timeline.shifts.push(Shift {
                    at: Millis(1_000.0),
                    score: 0.1,
                    frame: None,
                    moved: vec![moved],
                    changed_within: Some(TimeSpan { start: Millis(900.0), end: Millis(999.0) }),
                    thread: (1, 1),
                    unsized_image: None,
                });
                timeline.shift_windows.push(Window {
                    score: 0.1,
                    start: Millis(1_000.0),
                    end: Millis(2_000.0),
                    shifts: 0..1,
                    navigation: Some(NavigationId(0)),
                });
            })
            .change(change);
        let recording = made.recording();
        let load = PageLoad::all(&recording).remove(0);
        let windows = windows(&load);
        assert_eq!((windows.len(), worst(&windows).map(|worst| worst.score)), (1, Some(0.1)));
        let found: Vec<_> =
            windows[0].culprits.iter().map(|culprit| (culprit.cause, culprit.request.map(|id| id.0))).collect();
        assert_eq!(found, expected);
    }

    fn change(kind: LayoutChangeKind, start: f64, end: f64) -> LayoutChange {
        let span = TimeSpan { start: Millis(start), end: Millis(end) };
        LayoutChange { kind, span, thread: (1, 1), name: None, frame: None, site: None, property: None }
    }

    #[test]
    fn fonts_and_images_that_arrived_just_before() {
        check(|_| {}, &[]);
        let font_at = |ms| move |recording: &mut Recording| recording.timeline.requests[1].end = Millis(ms);
        check(font_at(950.0), &[(Cause::WebFont, Some(1))]);
        check(font_at(899.0), &[]); // the pre-paint before has seen it
        check(font_at(1_001.0), &[]);
        check(
            |recording| recording.timeline.shifts[0].unsized_image = recording.strings.find(IMAGE),
            &[(Cause::UnsizedImage, Some(2))],
        );
        let unknown = |recording: &mut Recording| {
            font_at(950.0)(recording);
            recording.timeline.shifts[0].changed_within = None;
        };
        check(unknown, &[]);
    }

    #[test]
    fn animations_frames_and_elements() {
        use LayoutChangeKind::{Animation, Frame, Insertion};
        let with = |all: &[LayoutChange]| {
            let all = all.to_vec();
            move |recording: &mut Recording| recording.timeline.layout_changes = all
        };
        check(with(&[change(Frame, 910.0, 920.0)]), &[(Cause::Frame, None)]);
        check(with(&[change(Frame, 800.0, 820.0)]), &[]);
        check(with(&[change(Insertion, 950.0, 950.0)]), &[(Cause::InsertedElement, None)]);
        check(with(&[LayoutChange { thread: (1, 2), ..change(Insertion, 950.0, 950.0) }]), &[]);
        // Something else explains the shift.
        check(with(&[change(Frame, 910.0, 920.0), change(Insertion, 950.0, 950.0)]), &[(Cause::Frame, None)]);
        check(with(&[change(Animation, 100.0, 950.0)]), &[(Cause::Animation, None)]);
        check(with(&[change(Animation, 100.0, 800.0)]), &[]);
        // One under way has to move others, or the element that moved.
        let running = change(Animation, 100.0, 3_000.0);
        check(with(&[running]), &[]);
        for (property, moves) in [("margin-top", true), ("height", true), ("border-color", false), ("opacity", false)] {
            let expected: &[_] = if moves { &[(Cause::Animation, None)] } else { &[] };
            let animated = move |recording: &mut Recording| {
                let property = Some(recording.strings.intern(property));
                recording.timeline.layout_changes = vec![LayoutChange { property, ..running }];
            };
            check(animated, expected);
        }
        let moved = move |recording: &mut Recording| {
            let name = recording.timeline.shifts[0].moved[0].name;
            recording.timeline.layout_changes = vec![LayoutChange { name, ..running }];
        };
        check(moved, &[(Cause::Animation, None)]);
    }
}
