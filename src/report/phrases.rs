//! Phrases that several renderers share.

use crate::redact::Clean;
use crate::report::format;
use crate::report::schema::{CheckReport, LaterLoadReport, LoadReport, Metrics, RecordingReport, SavingsReport};
use crate::report::vocabulary::{CheckOutcome, Metric, SavingsMethod};
use crate::report::words::Audience;
use crate::units::{Bytes, Millis, Seconds};

/// What a fix may gain: "620–890 ms earlier LCP (simulated)"; `None` where there is nothing to gain.
pub fn gain(savings: &SavingsReport, audience: Audience) -> Option<Clean> {
    let [from, to] = savings.ms.map(Millis);
    let customer = audience == Audience::Customer;
    let mut parts = Vec::new();
    if Millis(0.5) <= to {
        if customer {
            let time = format::plain_time_range(from, to);
            // "less than" and "up to" say already that it is no exact figure.
            let is_figure = time.as_str().starts_with(|c: char| c.is_ascii_digit());
            let about = is_figure && savings.method != SavingsMethod::Measured;
            parts.push(Clean::from(if about { "about " } else { "" }));
            parts.push(time);
            parts.push(Clean::from(" to gain"));
        } else {
            parts.push(format::exact_time_range(from, to));
            if let Some(metric) = savings.milestone {
                parts.push(Clean::from(" of "));
                parts.push(Clean::from(metric.short()));
            }
        }
    }
    if 0 < savings.bytes {
        if !parts.is_empty() {
            parts.push(Clean::from(", "));
        }
        let size = Bytes(savings.bytes);
        parts.push(if customer { format::plain_size(size) } else { format::exact_size(size) });
        parts.push(Clean::from(" less to transfer"));
    }
    if parts.is_empty() {
        return None;
    }
    if !customer {
        parts.push(Clean::from(" ("));
        parts.push(Clean::from(savings.method.word()));
        parts.push(Clean::from(")"));
    }
    Some(Clean::concat(&parts))
}

/// The metrics that are known, with their figures, in reading order.
pub fn known_metrics(metrics: &Metrics) -> Vec<(Metric, Clean)> {
    let time = |ms: f64| format::exact_time(Millis(ms));
    let of = |metric: Option<crate::report::schema::MetricReport>| metric.map(|metric| time(metric.ms));
    let all = [
        (Metric::Ttfb, of(metrics.ttfb)),
        (Metric::FirstPaint, of(metrics.fp)),
        (Metric::Fcp, of(metrics.fcp)),
        (Metric::Lcp, metrics.lcp.as_ref().map(|lcp| time(lcp.ms))),
        (Metric::Dcl, of(metrics.dcl)),
        (Metric::Load, of(metrics.load)),
        (Metric::Tbt, of(metrics.tbt)),
        (Metric::Cls, metrics.cls.as_ref().map(|cls| Clean::number(cls.score, 3))),
        (Metric::Inp, of(metrics.inp)),
        (Metric::SpeedIndex, of(metrics.speed_index)),
    ];
    all.into_iter().filter_map(|(metric, figure)| Some((metric, figure?))).collect()
}

/// What later visits take, one line each: "After 1 day: 12 of 20 requests from the cache, …". Empty where that is
/// not known.
pub fn later_visits(load: &LoadReport) -> Vec<Clean> {
    let Some(caching) = &load.caching else { return Vec::new() };
    let size = |bytes: u64| format::plain_size(Bytes(bytes));
    let line = |visit: &LaterLoadReport| {
        Clean::concat(&[
            Clean::from("After "),
            format::lifetime(Seconds(visit.after_s)),
            Clean::from(": "),
            format::grouped(visit.from_cache + visit.in_background),
            Clean::from(" of "),
            format::counted(caching.requests, "request", "requests"),
            Clean::from(" from the cache, "),
            format::grouped(visit.confirmed),
            Clean::from(" asked about and unchanged, "),
            format::grouped(visit.downloaded),
            Clean::from(" fetched again; "),
            size(visit.bytes),
            Clean::from(" to transfer instead of "),
            size(caching.first_bytes),
        ])
    };
    caching.visits.iter().map(line).collect()
}

/// The heading above [`later_visits`].
pub fn later_visits_heading(load: &LoadReport) -> Clean {
    let caching = load.caching.as_ref();
    let browser = caching.map(|caching| caching.browser.clone()).unwrap_or_default();
    let assumed = if caching.is_some_and(|caching| caching.assumed) { ", which is assumed" } else { "" };
    Clean::concat(&[
        Clean::from("If the visitor comes back and nothing has changed (by the cache of "),
        browser,
        Clean::from(assumed),
        Clean::from(")"),
    ])
}

/// The checks of one outcome.
pub fn checks(load: &LoadReport, outcome: CheckOutcome) -> Vec<&CheckReport> {
    load.checks.iter().filter(|check| check.outcome == outcome).collect()
}

/// The checks that could not be made, by reason, each in the order of the first.
pub fn unchecked(load: &LoadReport) -> Vec<(&str, Vec<&CheckReport>)> {
    let mut groups: Vec<(&str, Vec<&CheckReport>)> = Vec::new();
    for check in checks(load, CheckOutcome::NotChecked) {
        let why = check.why.as_ref().map_or("", Clean::as_str);
        match groups.iter_mut().find(|(known, _)| *known == why) {
            Some((_, group)) => group.push(check),
            None => groups.push((why, vec![check])),
        }
    }
    groups
}

/// "Chrome 156.0, recorded by WebInspector 537.36"; `None` if the recording names no tool.
pub fn tools(recording: &RecordingReport) -> Option<Clean> {
    let tool = |tool: &crate::report::schema::ToolReport| {
        let name = tool.name.clone()?;
        Some(match &tool.version {
            Some(version) => Clean::concat(&[name, Clean::from(" "), version.clone()]),
            None => name,
        })
    };
    match (tool(&recording.browser), tool(&recording.producer)) {
        (Some(browser), Some(producer)) => Some(Clean::concat(&[browser, Clean::from(", recorded by "), producer])),
        (Some(one), None) | (None, Some(one)) => Some(one),
        (None, None) => None,
    }
}

/// A part of a whole in percent; 0 of nothing is 0.
pub fn share_of(part: f64, whole: f64) -> f64 {
    if 0.0 < whole { (part / whole).clamp(0.0, 1.0) } else { 0.0 }
}
