//! The metrics of a load as the report holds them, and why others are lacking.

use crate::page_load::layout_shifts::{self, ShiftWindow};
use crate::page_load::{Measured, Metric, PageLoad};
use crate::recording::{PaintKind, RequestId};
use crate::redact::Clean;
use crate::report::build::id;
use crate::report::format::stored;
use crate::report::names::Names;
use crate::report::schema::{
    ClsCulprit, ClsReport, ClsWindow, InpParts, InpReport, LcpParts, LcpReport, MetricReport, Metrics, NotAvailable,
};
use crate::report::vocabulary::Sure;
use crate::report::words::{Audience, text};
use crate::rules::culprit_text;

/// The metrics of a load.
pub fn metrics(names: &Names, load: &PageLoad<'_>) -> Metrics {
    let milestones = &load.milestones;
    Metrics {
        ttfb: metric(milestones.ttfb),
        fp: metric(milestones.first_paint),
        fcp: metric(milestones.fcp),
        dcl: metric(milestones.dcl),
        load: metric(milestones.load),
        tbt: metric(milestones.tbt),
        speed_index: metric(milestones.speed_index),
        lcp: milestones.lcp.map(|lcp| lcp_report(names, load, lcp)),
        cls: milestones.cls.map(|score| ClsReport {
            score,
            certainty: Sure::Measured,
            windows: layout_shifts::windows(load).iter().map(|window| cls_window(names, load, window)).collect(),
        }),
        inp: milestones.inp.map(|inp| InpReport {
            ms: stored(inp.duration),
            certainty: Sure::Measured,
            parts: InpParts {
                input_delay: stored(inp.input_delay),
                processing: stored(inp.processing),
                presentation: stored(inp.presentation_delay),
            },
            event: names.event_type(load.recording.text(inp.event)),
            start: stored(load.since_start(inp.start)),
        }),
    }
}

/// Every metric of the report that is `null`, with the reason.
pub fn not_available(load: &PageLoad<'_>) -> Vec<NotAvailable> {
    let milestones = &load.milestones;
    let known = |metric: Metric| match metric {
        Metric::Ttfb => milestones.ttfb.is_some(),
        Metric::FirstPaint => milestones.first_paint.is_some(),
        Metric::Fcp => milestones.fcp.is_some(),
        Metric::Lcp => milestones.lcp.is_some(),
        Metric::Dcl => milestones.dcl.is_some(),
        Metric::Load => milestones.load.is_some(),
        Metric::Tbt => milestones.tbt.is_some(),
        Metric::Cls => milestones.cls.is_some(),
        Metric::Inp => milestones.inp.is_some(),
        Metric::SpeedIndex => milestones.speed_index.is_some(),
    };
    let all = [
        Metric::Ttfb,
        Metric::FirstPaint,
        Metric::Fcp,
        Metric::Lcp,
        Metric::Dcl,
        Metric::Load,
        Metric::Tbt,
        Metric::Cls,
        Metric::Inp,
        Metric::SpeedIndex,
    ];
    let why = |metric: Metric| {
        let said = milestones.why_not.iter().find(|(other, _)| *other == metric).map(|(_, why)| *why);
        said.unwrap_or(match metric {
            Metric::Inp => "a HAR does not record input",
            Metric::Tbt => "a HAR does not record what the browser's main thread did",
            Metric::Cls => "a HAR does not record the layout",
            _ => "the recording does not tell",
        })
    };
    let unknown = all.into_iter().filter(|metric| !known(*metric));
    unknown.map(|metric| NotAvailable { metric: metric.into(), why: Clean::from(why(metric)) }).collect()
}

fn cls_window(names: &Names, load: &PageLoad<'_>, window: &ShiftWindow<'_>) -> ClsWindow {
    let shifts = window.shifts.iter().map(|explained| explained.shift);
    let largest = shifts.reduce(|largest, shift| if largest.score < shift.score { shift } else { largest });
    let moved = largest.into_iter().flat_map(|shift| &shift.moved).filter_map(|moved| moved.name);
    ClsWindow {
        start: stored(window.span.start),
        end: stored(window.span.end),
        score: window.score,
        shifts: window.shifts.len() as u64,
        moved: moved.map(|name| names.code_name(load.recording.text(name))).collect(),
        culprits: window
            .culprits
            .iter()
            .map(|culprit| ClsCulprit {
                cause: culprit.cause.into(),
                text: text(names, load, &culprit_text::culprit(culprit), Audience::Engineer),
                request: culprit.request.and_then(|request| id(load, request)),
                score: culprit.score,
            })
            .collect(),
    }
}

fn metric(measured: Option<Measured>) -> Option<MetricReport> {
    measured.map(|at| MetricReport { ms: stored(at.ms), certainty: at.certainty.into() })
}

fn lcp_report(names: &Names, load: &PageLoad<'_>, lcp: Measured) -> LcpReport {
    let paint = load.navigation().and_then(|navigation| navigation.largest_paint);
    // A HAR may mark the request that was painted, and nothing else.
    let marked = || load.iter().find(|(request, _)| request.is_lcp()).map(|(request, _)| request.id());
    let (kind, request) = match paint {
        Some(paint) => (paint.kind, paint.request),
        None => (marked().map(|_| PaintKind::Image), marked()),
    };
    LcpReport {
        ms: stored(lcp.ms),
        certainty: lcp.certainty.into(),
        parts: lcp_parts(load, lcp, kind, request),
        kind: kind.map(|kind| {
            Clean::from(match kind {
                PaintKind::Image => "image",
                PaintKind::Text => "text",
            })
        }),
        node: paint.and_then(|paint| paint.node_name).map(|name| names.code_name(load.recording.text(name))),
        request: request.and_then(|request| id(load, request)),
    }
}

/// The four parts of LCP (web.dev "Optimize LCP"): each ends where the next begins, so they sum to LCP. Text needs
/// no loading. `None` where the document's first byte or the image's request is not known.
fn lcp_parts(
    load: &PageLoad<'_>,
    lcp: Measured,
    kind: Option<PaintKind>,
    request: Option<RequestId>,
) -> Option<LcpParts> {
    let ttfb = load.milestones.ttfb?.ms.min(lcp.ms).at_least_zero();
    let (start, end) = match (kind, request) {
        (_, Some(request)) => {
            let traced = load.recording.timeline.request(request);
            // As Chrome's engine counts: from when the page asked until the network was done.
            let traced = traced.map(|traced| (load.since_start(traced.start), load.since_start(traced.network_end)));
            traced.or_else(|| load.span(request).map(|span| (span.start, span.end)))?
        }
        (Some(PaintKind::Text), None) => (ttfb, ttfb),
        _ => return None,
    };
    let start = start.max(ttfb).min(lcp.ms);
    let end = end.max(start).min(lcp.ms);
    Some(LcpParts {
        ttfb: stored(ttfb),
        load_delay: stored(start - ttfb),
        load_duration: stored(end - start),
        render_delay: stored(lcp.ms - end),
    })
}
