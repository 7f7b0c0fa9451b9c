//! When a load reached its milestones, and how certain each figure is.

use crate::page_load::{MainDocument, PageLoad};
use crate::recording::{Interaction, PageId, Phase, Recording, RecordingKind, RequestId, ResourceKind, Timeline};
use crate::units::Millis;

/// How a figure was obtained.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Certainty {
    /// In the recording as such.
    Measured,
    /// Arithmetic on measured values.
    Derived,
    /// A model.
    Estimated,
}

/// The names of the metrics, in the order in which they are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)] // the field's own names
pub enum Metric {
    Ttfb,
    FirstPaint,
    Fcp,
    Lcp,
    Dcl,
    Load,
    Tbt,
    Cls,
    Inp,
    SpeedIndex,
}

/// An instant after navigation start (or a duration), with its certainty.
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct Measured {
    pub ms: Millis,
    pub certainty: Certainty,
}

/// The milestones of a load. `None`: the recording does not tell; [`Milestones::why_not`] says why.
#[derive(Clone, Debug, Default)]
#[allow(missing_docs)] // as in `Metric`
pub struct Milestones {
    pub ttfb: Option<Measured>,
    pub first_paint: Option<Measured>,
    pub fcp: Option<Measured>,
    pub lcp: Option<Measured>,
    pub dcl: Option<Measured>,
    pub load: Option<Measured>,
    pub tbt: Option<Measured>,
    pub speed_index: Option<Measured>,
    /// A score without unit.
    pub cls: Option<f64>,
    /// The interaction that is the measure of all (Interaction to Next Paint).
    pub inp: Option<Interaction>,
    /// End of the last response of the load: what is left to speak of when no milestone was recorded.
    pub last_response: Option<Measured>,
    /// Each metric that is `None`, with the reason in plain words.
    pub why_not: Vec<(Metric, &'static str)>,
}

impl Milestones {
    /// The milestone that a verdict speaks of: LCP, else FCP, else load, else DCL.
    pub fn main(&self) -> Option<(Metric, Measured)> {
        let all =
            [(Metric::Lcp, self.lcp), (Metric::Fcp, self.fcp), (Metric::Load, self.load), (Metric::Dcl, self.dcl)];
        all.into_iter().find_map(|(metric, at)| at.map(|at| (metric, at)))
    }

    /// Drops what was recorded as reached before the document's first byte, and an LCP before the FCP: such figures
    /// count from another start, or another page's.
    fn drop_impossible(&mut self) -> Vec<Metric> {
        let first_byte = self.ttfb;
        let first_content = self.fcp;
        let mut dropped = Vec::new();
        let mut drop_before = |metric, at: &mut Option<Measured>, bound: Option<Measured>| {
            if at.zip(bound).is_some_and(|(at, bound)| at.ms + SAME_START < bound.ms) {
                *at = None;
                dropped.push(metric);
            }
        };
        drop_before(Metric::FirstPaint, &mut self.first_paint, first_byte);
        drop_before(Metric::Fcp, &mut self.fcp, first_byte);
        drop_before(Metric::Lcp, &mut self.lcp, first_byte);
        drop_before(Metric::Lcp, &mut self.lcp, first_content);
        drop_before(Metric::Dcl, &mut self.dcl, first_byte);
        drop_before(Metric::Load, &mut self.load, first_byte);
        dropped
    }

    /// Whether the recording tells a metric.
    pub fn is_known(&self, metric: Metric) -> bool {
        let time = match metric {
            Metric::Ttfb => self.ttfb,
            Metric::FirstPaint => self.first_paint,
            Metric::Fcp => self.fcp,
            Metric::Lcp => self.lcp,
            Metric::Dcl => self.dcl,
            Metric::Load => self.load,
            Metric::Tbt => self.tbt,
            Metric::SpeedIndex => self.speed_index,
            Metric::Cls => return self.cls.is_some(),
            Metric::Inp => return self.inp.is_some(),
        };
        time.is_some()
    }

    /// The end of "before the first render": FCP, else DCL, else load.
    pub fn first_render(&self) -> Option<Measured> {
        self.fcp.or(self.first_paint).or(self.dcl).or(self.load)
    }
}

/// Where a navigation starts, and where its recorded milestones count from: offsets from the recording's origin.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct NavigationStart {
    /// When the browser set out: the page's start, or the first hop of its document where that is earlier.
    pub at: Millis,
    /// What has to be added to recorded milestones to count from `at`.
    pub milestones_shift: Millis,
}

/// Finds it. Some tools (older chrome-har, chrome-har-capturer) start the page with its last hop and count milestones
/// from there; others give page and requests two clocks that disagree. Then the requests are right.
pub fn navigation_start(
    recording: &Recording,
    page: PageId,
    requests: &[RequestId],
    document: &MainDocument,
) -> NavigationStart {
    let start_of = |id: RequestId| recording.request(id).start();
    let first = requests.iter().find_map(|id| start_of(*id));
    let said = recording.page(page).and_then(|page| page.start).filter(|start| start.is_finite());
    let Some(said) = said else { return NavigationStart { at: first.unwrap_or_default(), ..Default::default() } };
    let unshifted = |at| NavigationStart { at, milestones_shift: Millis::ZERO };
    // A trace has the browser's own mark, from which its milestones count.
    if recording.timeline.navigation_of(page).is_some() {
        return unshifted(said);
    }
    let from_hop = |hop| NavigationStart { at: hop, milestones_shift: said - hop };
    let Some(hop) = document.redirects.first().copied().or(document.request).and_then(start_of) else {
        // No document. A page that starts after or long before everything in it has another clock.
        let last = requests.iter().rev().find_map(|id| start_of(*id));
        let is_odd = last.is_some_and(|last| last < said) || first.is_some_and(|first| said + LATEST < first);
        return unshifted(first.filter(|_| is_odd).unwrap_or(said));
    };
    if said <= hop + SAME_START {
        // Chrome counts milestones from where it starts the page, which the request comes before.
        return if hop < said { from_hop(hop) } else { unshifted(if said + LATEST < hop { hop } else { said }) };
    }
    let last_hop = document.request.and_then(start_of);
    let counts_from_last_hop = !document.redirects.is_empty() && last_hop.is_some_and(|last| last <= said + SAME_START);
    if counts_from_last_hop { from_hop(hop) } else { unshifted(hop) }
}

/// Two starts closer than this are one. Chrome starts the page when the document's request left the queue: up to a
/// dozen milliseconds after the request's own start, in milliseconds.
const SAME_START: Millis = Millis(20.0);

/// Collects what was recorded and derives the rest.
pub fn derive(load: &PageLoad<'_>) -> Milestones {
    let recorded = load.recorded().map(|page| page.milestones).unwrap_or_default();
    let measured = |recorded| measured(recorded, load.milestones_shift);
    let mut milestones = Milestones {
        ttfb: measured(recorded.ttfb).or_else(|| derived_ttfb(load)),
        first_paint: measured(recorded.first_paint),
        fcp: measured(recorded.first_contentful_paint),
        lcp: measured(recorded.largest_contentful_paint),
        dcl: measured(recorded.dom_content_loaded),
        load: measured(recorded.load),
        tbt: measured_duration(recorded.total_blocking_time).or_else(|| derived(load.main_thread.as_ref()?.blocking?)),
        speed_index: measured(recorded.speed_index),
        inp: interaction(load),
        cls: recorded.cumulative_layout_shift.filter(|score| score.is_finite() && 0.0 <= *score),
        last_response: last_response(load),
        why_not: Vec::new(),
    };
    let dropped = milestones.drop_impossible();
    milestones.why_not = why_not(load, &milestones);
    for (metric, why) in &mut milestones.why_not {
        if dropped.contains(metric) {
            *why = "the recorded time lies before what has to come before it, so it is wrong";
        }
    }
    milestones
}

/// The slowest interaction. The one that asked for a change of view belongs to the view before.
fn interaction(load: &PageLoad<'_>) -> Option<Interaction> {
    let window = load.window();
    let mut all = load.recording.timeline.interactions_in(window);
    if load.is_view_change() {
        all.retain(|one| window.start < one.start);
    }
    Timeline::slowest_that_counts(&all).copied()
}

/// A milestone later than this is an accident of the recording: a clock that was set, a tab left open.
const LATEST: Millis = Millis(86_400_000.0);

/// Counted from another start it is arithmetic on what was measured; that one start has two clocks is no other start.
fn measured(recorded: Option<Millis>, shift: Millis) -> Option<Measured> {
    let measured = measured_duration(recorded)?;
    let counted = derived(measured.ms + shift)?;
    Some(if shift <= SAME_START { Measured { certainty: measured.certainty, ..counted } } else { counted })
}

fn measured_duration(recorded: Option<Millis>) -> Option<Measured> {
    let ms = recorded.filter(|ms| Millis::ZERO <= *ms && *ms <= LATEST)?;
    Some(Measured { ms, certainty: Certainty::Measured })
}

fn derived(ms: Millis) -> Option<Measured> {
    (Millis::ZERO <= ms && ms <= LATEST).then_some(Measured { ms, certainty: Certainty::Derived })
}

/// From navigation start to the first byte of the document: redirects, set-up of the connection and waiting.
fn derived_ttfb(load: &PageLoad<'_>) -> Option<Measured> {
    let request = load.request(load.document.request?);
    let (start, phases) = (request.start()?, request.phases());
    phases.wait?;
    derived(start + phases.before(Phase::Receive) - load.navigation_start)
}

/// Streams that stay open say nothing of when the load was done, nor do requests of another day.
fn last_response(load: &PageLoad<'_>) -> Option<Measured> {
    let endless = |kind| matches!(kind, ResourceKind::WebSocket | ResourceKind::EventSource);
    let requests = load.network().filter(|(_, resource)| !endless(resource.kind));
    let ends = requests.filter_map(|(request, _)| derived(request.end()? - load.navigation_start));
    ends.max_by(|a, b| a.ms.total_cmp(&b.ms))
}

/// The families of tools that leave different things out.
#[derive(Clone, Copy)]
enum Producer {
    Chrome,
    Firefox,
    Safari,
    Proxy,
    Other,
}

fn producer(load: &PageLoad<'_>) -> Producer {
    let provenance = &load.recording.provenance;
    let name = provenance.producer.name.map(|name| load.recording.text(name).expose().to_ascii_lowercase());
    match name.as_deref() {
        _ if provenance.proxy => Producer::Proxy,
        Some("webinspector") => Producer::Chrome,
        Some("firefox") => Producer::Firefox,
        Some("webkit web inspector") => Producer::Safari,
        _ => Producer::Other,
    }
}

fn why_not(load: &PageLoad<'_>, milestones: &Milestones) -> Vec<(Metric, &'static str)> {
    let producer = producer(load);
    let all = [
        (Metric::Ttfb, milestones.ttfb.is_none()),
        (Metric::FirstPaint, milestones.first_paint.is_none()),
        (Metric::Fcp, milestones.fcp.is_none()),
        (Metric::Lcp, milestones.lcp.is_none()),
        (Metric::Dcl, milestones.dcl.is_none()),
        (Metric::Load, milestones.load.is_none()),
        (Metric::Tbt, milestones.tbt.is_none()),
        (Metric::Cls, milestones.cls.is_none()),
        (Metric::Inp, milestones.inp.is_none()),
        (Metric::SpeedIndex, milestones.speed_index.is_none()),
    ];
    all.into_iter()
        .filter(|(_, missing)| *missing)
        .map(|(metric, _)| (metric, reason(load, producer, metric)))
        .collect()
}

/// Why nothing can be said of a load without requests.
pub const NOTHING_LOADED: &str = "nothing was loaded";

fn reason(load: &PageLoad<'_>, producer: Producer, metric: Metric) -> &'static str {
    let is_trace = load.recording.provenance.kind != RecordingKind::Har;
    match metric {
        Metric::Ttfb | Metric::FirstPaint | Metric::Dcl | Metric::Load if load.is_view_change() => {
            "this is a change of view within a page, which loads no document"
        }
        Metric::Cls if load.is_view_change() => "movement of the layout is told with the load of the page",
        _ if load.is_empty() => NOTHING_LOADED,
        Metric::Ttfb if load.document.request.is_none() => "the recording does not hold the page's document",
        Metric::Ttfb => "the recording does not divide the document's time into phases",
        Metric::Lcp
            if is_trace && load.recorded().is_some_and(|page| page.milestones.first_contentful_paint.is_some()) =>
        {
            "the browser told of no candidate for it: it is older than Chrome 77, or the recording ended too early"
        }
        Metric::FirstPaint | Metric::Fcp | Metric::Lcp if is_trace => "nothing was painted while this was recorded",
        Metric::FirstPaint | Metric::Fcp | Metric::Lcp => match producer {
            Producer::Chrome => "a HAR file from Chrome does not record paint times",
            Producer::Firefox => "a HAR file from Firefox does not record paint times",
            Producer::Safari => "a HAR file from Safari does not record paint times",
            Producer::Proxy => "a proxy sees requests, not what the browser paints",
            Producer::Other => "this recording has no paint times",
        },
        Metric::Dcl | Metric::Load => match producer {
            Producer::Proxy => "a proxy sees requests, not when the browser had loaded the page",
            _ if is_trace => "the recording ended before the page had come that far",
            _ if load.document.request.is_none() => "the recording began after the page was asked for",
            _ => "the recording has no page load times; it may have been saved before the page had loaded",
        },
        Metric::Tbt if load.main_thread.is_some() => match load.main_thread.as_ref().and_then(|work| work.longest) {
            None => "the recording does not hold the browser's tasks",
            Some(_) => "it counts from the first contentful paint, which this recording does not tell",
        },
        Metric::Tbt if is_trace => "the recording does not hold the work of the page's thread",
        Metric::Cls if is_trace => "the browser told of no movement of the layout: it is older than Chrome 77",
        Metric::Inp if is_trace => "nobody clicked, tapped or typed while this was recorded",
        Metric::SpeedIndex if is_trace => "it is not reckoned from a trace's screenshots",
        Metric::Tbt => "a HAR file does not record what the browser's main thread did",
        Metric::Cls => "a HAR file does not record how the page's layout moved",
        Metric::Inp => "a HAR file does not record what visitors click and how fast the page responds",
        Metric::SpeedIndex => "a HAR file has no film of the page as it appears",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::Made;

    const PAGE: &str = "https://shop.example/";

    fn milestones(made: Made) -> Milestones {
        let recording = made.recording();
        PageLoad::all(&recording).remove(0).milestones
    }

    fn ms(measured: Option<Measured>) -> Option<f64> {
        measured.map(|measured| measured.ms.0)
    }

    #[test]
    fn recorded_ones() {
        let found = milestones(Made::page(PAGE).document(|r| r).milestones(|m| {
            m.load = Some(Millis(2000.0));
            m.dom_content_loaded = Some(Millis(-1.0));
            m.largest_contentful_paint = Some(Millis(f64::NAN));
            m.first_contentful_paint = Some(Millis(1e12));
            m.cumulative_layout_shift = Some(0.25);
        }));
        assert_eq!(found.main(), Some((Metric::Load, Measured { ms: Millis(2000.0), certainty: Certainty::Measured })));
        assert_eq!((ms(found.dcl), ms(found.lcp), ms(found.fcp), found.cls), (None, None, None, Some(0.25)));
        let missing: Vec<_> = found.why_not.iter().map(|(metric, _)| *metric).collect();
        let expected =
            [Metric::FirstPaint, Metric::Fcp, Metric::Lcp, Metric::Dcl, Metric::Tbt, Metric::Inp, Metric::SpeedIndex];
        assert_eq!(missing, expected);
    }

    #[test]
    fn impossible_ones_are_dropped() {
        let found = milestones(Made::page(PAGE).document(|r| r.wait(500.0)).milestones(|m| {
            m.first_contentful_paint = Some(Millis(900.0));
            m.largest_contentful_paint = Some(Millis(600.0));
            m.dom_content_loaded = Some(Millis(490.0)); // clocks differ by that much
            m.load = Some(Millis(300.0));
        }));
        assert_eq!((ms(found.fcp), ms(found.lcp)), (Some(900.0), None));
        assert_eq!((ms(found.dcl), ms(found.load)), (Some(490.0), None));
        let why = found.why_not.iter().find(|(metric, _)| *metric == Metric::Load).map(|(_, why)| *why);
        assert!(why.is_some_and(|why| why.contains("wrong")), "{why:?}");
    }

    #[test]
    fn ttfb_counts_redirects_and_set_up() {
        let found = milestones(
            Made::page(PAGE)
                .document(|r| r.status(301).response("location", "/de").wait(100.0))
                .request("https://shop.example/de", |r| {
                    r.kind(ResourceKind::Document).start(120.0).set_up(10.0, 20.0, 30.0).wait(200.0).receive(50.0)
                }),
        );
        assert_eq!(found.ttfb, derived(Millis(380.0)));
        assert_eq!(found.last_response, derived(Millis(430.0)));
        let recorded = milestones(Made::page(PAGE).document(|r| r).milestones(|m| m.ttfb = Some(Millis(7.0))));
        assert_eq!(recorded.ttfb, measured_duration(Some(Millis(7.0))));
        let undivided = milestones(Made::page(PAGE).document(|r| {
            r.change(|row| {
                row.phases = Default::default();
                row.duration = Some(Millis(5.0));
            })
        }));
        assert_eq!(undivided.ttfb, None);
    }

    #[test]
    fn times_count_from_navigation_start() {
        let made = Made::page(PAGE)
            .document(|r| r.start(1000.0).wait(100.0))
            .request("wss://shop.example/", |r| r.kind(ResourceKind::WebSocket).start(1100.0).wait(60_000.0))
            .change(|recording| recording.pages[0].start = Some(Millis(900.0)));
        let found = milestones(made);
        assert_eq!((ms(found.ttfb), ms(found.last_response)), (Some(200.0), Some(200.0)));
        let without =
            Made::page(PAGE).document(|r| r.start(1000.0)).change(|recording| recording.pages[0].start = None);
        assert_eq!(ms(milestones(without).ttfb), Some(10.0));
        let nothing = milestones(Made::page(PAGE));
        assert_eq!((nothing.ttfb, nothing.last_response), (None, None));
        assert!(nothing.why_not.iter().all(|(_, why)| *why == NOTHING_LOADED));
        let call = milestones(Made::page(PAGE).request("https://shop.example/api", |r| r.kind(ResourceKind::Fetch)));
        assert!(call.why_not.contains(&(Metric::Ttfb, "the recording does not hold the page's document")));
    }

    #[test]
    fn navigation_begins_with_the_first_hop() {
        #[track_caller]
        fn check(page_start: f64, expected: (f64, f64)) {
            let made = Made::page("http://shop.example/")
                .document(|r| r.status(301).response("location", PAGE).start(100.0))
                .request(PAGE, |r| r.kind(ResourceKind::Document).start(400.0).wait(50.0))
                .milestones(|m| m.load = Some(Millis(1000.0)))
                .change(move |recording| recording.pages[0].start = Some(Millis(page_start)));
            let recording = made.recording();
            let load = PageLoad::all(&recording).remove(0);
            let found = load.milestones.load.expect("a load");
            assert_eq!((load.navigation_start.0, found.ms.0), expected);
        }
        check(100.0, (100.0, 1000.0));
        check(110.0, (100.0, 1010.0)); // where Chrome says that the page starts
        check(90.0, (90.0, 1000.0));
        check(400.0, (100.0, 1300.0)); // counts from the last hop
        check(200.0, (100.0, 1000.0)); // neither: two clocks
        check(-1e12, (100.0, 1000.0));
    }

    #[test]
    fn pages_without_document_start_with_their_clock() {
        let start = |page_start: f64| {
            let made = Made::page(PAGE)
                .request("https://shop.example/api", |r| r.kind(ResourceKind::Fetch).start(500.0))
                .change(|recording| recording.pages[0].start = Some(Millis(page_start)));
            PageLoad::all(&made.recording()).remove(0).navigation_start.0
        };
        assert_eq!([0.0, 600.0, -1e9].map(start), [0.0, 500.0, 500.0]);
    }

    #[test]
    fn what_a_trace_does_not_tell_has_its_own_reasons() {
        let of = |made: Made, metric| {
            let found = milestones(made.change(|recording| recording.provenance.kind = RecordingKind::ChromeTrace));
            found.why_not.iter().find(|(m, _)| *m == metric).map(|(_, why)| *why).unwrap_or_default()
        };
        let made = || Made::page(PAGE).document(|r| r);
        let painted = |made: Made| made.milestones(|m| m.first_contentful_paint = Some(Millis(9.0)));
        assert!(of(made(), Metric::Lcp).contains("nothing was painted"));
        assert!(of(painted(made()), Metric::Lcp).contains("no candidate"));
        assert!(of(made(), Metric::Inp).contains("nobody clicked"));
        assert!(of(made(), Metric::Tbt).contains("does not hold the work"));
        let tasks: &[(u16, &str, f64, f64, &str)] = &[(0, "RunTask", 20.0, 80.0, "")];
        assert!(of(made().work(tasks), Metric::Tbt).contains("first contentful paint"));
        assert!(of(painted(made()).work(&[(0, "fn go", 20.0, 80.0, "")]), Metric::Tbt).contains("tasks"));
        assert_eq!(of(painted(made()).work(tasks), Metric::Tbt), "");
    }

    #[test]
    fn reasons_name_the_producer() {
        let of = |name: &str, metric| {
            let found = milestones(Made::page(PAGE).document(|r| r).change(|recording| {
                recording.provenance.producer.name = Some(recording.strings.intern(name));
            }));
            found.why_not.iter().find(|(m, _)| *m == metric).map(|(_, why)| *why).unwrap_or_default()
        };
        assert!(of("WebInspector", Metric::Lcp).contains("Chrome"));
        assert!(of("Firefox", Metric::Fcp).contains("Firefox"));
        assert!(of("x", Metric::Fcp).contains("this recording"));
    }
}
