//! The metrics of a load as the report holds them, and why others are lacking.

use crate::page_load::layout_shifts::{self, ShiftWindow};
use crate::page_load::{Measured, Metric, PageLoad};
use crate::recording::RequestId;
use crate::redact::Clean;
use crate::report::build::id;
use crate::report::format::stored;
use crate::report::names::Names;
use crate::report::schema::{
    ClsCulprit, ClsReport, ClsWindow, LcpParts, LcpReport, MetricReport, Metrics, NotAvailable,
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
        lcp: milestones.lcp.map(|lcp| {
            let request = load.iter().find(|(request, _)| request.is_lcp()).map(|(request, _)| request.id());
            LcpReport {
                ms: stored(lcp.ms),
                certainty: lcp.certainty.into(),
                parts: request.and_then(|request| lcp_parts(load, lcp, request)),
                kind: request.map(|_| Clean::from("image")),
                node: None,
                request: request.and_then(|request| id(load, request)),
            }
        }),
        cls: milestones.cls.map(|score| ClsReport {
            score,
            certainty: Sure::Measured,
            windows: layout_shifts::windows(load).iter().map(|window| cls_window(names, load, window)).collect(),
        }),
        inp: None,
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
        Metric::Inp => false,
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

/// The four parts of LCP (web.dev "Optimize LCP"): each ends where the next begins, so they sum to LCP.
fn lcp_parts(load: &PageLoad<'_>, lcp: Measured, request: RequestId) -> Option<LcpParts> {
    let ttfb = load.milestones.ttfb?.ms.min(lcp.ms).at_least_zero();
    let span = load.span(request)?;
    let start = span.start.max(ttfb).min(lcp.ms);
    let end = span.end.max(start).min(lcp.ms);
    Some(LcpParts {
        ttfb: stored(ttfb),
        load_delay: stored(start - ttfb),
        load_duration: stored(end - start),
        render_delay: stored(lcp.ms - end),
    })
}
