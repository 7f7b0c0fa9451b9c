//! Phrases that several renderers share.

use std::collections::BTreeSet;

use crate::redact::Clean;
use crate::report::format;
use crate::report::names;
use crate::report::schema::{
    CheckReport, LaterLoadReport, LoadReport, MainThreadReport, Metrics, RecordingReport, RequestReport, SavingsReport,
    ScriptWorkReport,
};
use crate::report::vocabulary::{ActivityName, CheckOutcome, Metric, Party, SavingsMethod};
use crate::report::words::Audience;
use crate::units::{Bytes, Millis, Seconds};

/// What a fix may gain: "620–890 ms of LCP (simulated)" for engineers, "main content on screen about 0.6 to 0.9 seconds
/// sooner" for customers; `None` where there is nothing to gain.
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
            if let Some(metric) = savings.milestone {
                parts.extend([Clean::from(metric.plain()), Clean::from(" ")]);
            }
            parts.extend([Clean::from(if about { "about " } else { "" }), time, Clean::from(" sooner")]);
        } else {
            parts.extend([format::exact_time_range(from, to), Clean::from(" of "), Clean::from(shortened(savings))]);
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
    let says_up_to = parts.first().is_some_and(|first| first.as_str().starts_with("up to ")) && savings.bytes == 0;
    let is_told = says_up_to && savings.method == SavingsMethod::Bound;
    if !customer && !is_told {
        parts.push(Clean::from(" ("));
        parts.push(Clean::from(match savings.method {
            SavingsMethod::Bound => "at most",
            other => other.word(),
        }));
        parts.push(Clean::from(")"));
    }
    Some(Clean::concat(&parts))
}

/// What a gain is a part of: "FCP"; where the recording has no such figure, what would come sooner all the same.
pub fn shortened(savings: &SavingsReport) -> &'static str {
    match savings.milestone {
        None => "the load",
        Some(metric) if !savings.unrecorded => metric.short(),
        Some(Metric::Ttfb) => "the time to the first answer",
        Some(Metric::FirstPaint | Metric::Fcp) => "the time to the first content",
        Some(Metric::Lcp) => "the time to the main content",
        Some(Metric::Dcl) => "the time to the page's structure",
        Some(Metric::Load) => "the time to the whole page",
        Some(metric) => metric.plain(),
    }
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
        (Metric::Inp, metrics.inp.as_ref().map(|inp| time(inp.ms))),
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

/// Culprits told for layout shifts, as in DevTools; all of them are in the JSON report.
const MOST_CULPRITS: usize = 3;

/// How LCP, INP and CLS came about, one line each, as far as that is known.
pub fn breakdowns(metrics: &Metrics) -> Vec<Clean> {
    let mut lines = Vec::new();
    if let Some((lcp, parts)) = metrics.lcp.as_ref().and_then(|lcp| Some((lcp, lcp.parts?))) {
        let words = [&lcp.kind, &lcp.node].into_iter().flatten();
        let what: Vec<Clean> = words.flat_map(|word| [Clean::from(" "), word.clone()]).collect();
        let mut line = vec![Clean::from("LCP:"), Clean::concat(&what), Clean::from(" after ")];
        push_times(
            &mut line,
            &[
                ("TTFB", parts.ttfb),
                ("load delay", parts.load_delay),
                ("load", parts.load_duration),
                ("render delay", parts.render_delay),
            ],
        );
        lines.push(Clean::concat(&line));
    }
    if let Some(inp) = &metrics.inp {
        let mut line = vec![Clean::from("INP: "), inp.event.clone(), Clean::from(", ")];
        let parts = inp.parts;
        push_times(
            &mut line,
            &[
                ("input delay", parts.input_delay),
                ("processing", parts.processing),
                ("presentation", parts.presentation),
            ],
        );
        lines.push(Clean::concat(&line));
    }
    let windows = metrics.cls.iter().flat_map(|cls| &cls.windows);
    let worst = windows.reduce(|worst, window| if worst.score < window.score { window } else { worst });
    if let Some(window) = worst {
        let mut line = vec![
            Clean::from("CLS: "),
            format::counted(window.shifts, "shift", "shifts"),
            Clean::from(" from "),
            format::exact_time(Millis(window.start)),
            Clean::from(" on"),
        ];
        let culprits = window.culprits.iter().take(MOST_CULPRITS);
        line.extend(culprits.flat_map(|culprit| [Clean::from("; "), culprit.text.clone()]));
        lines.push(Clean::concat(&line));
    }
    lines
}

/// "TTFB 97 ms + load 20 ms"; nothing is said of what took no time.
fn push_times(line: &mut Vec<Clean>, parts: &[(&'static str, f64)]) {
    let mut between = "";
    for (name, ms) in parts.iter().filter(|(_, ms)| *ms != 0.0) {
        line.extend([Clean::from(between), Clean::from(*name), Clean::from(" "), format::exact_time(Millis(*ms))]);
        between = " + ";
    }
}

/// Addresses told for the main thread; all of them are in the JSON report.
const MOST_SCRIPTS: usize = 8;

/// What took less than this on the main thread is not worth a line.
const LEAST_WORK: Millis = Millis(1.0);

/// "1,310 ms of work, 5 tasks over 50 ms (the longest 402 ms)".
pub fn main_thread(work: &MainThreadReport) -> Clean {
    let total = work.by_activity_ms.list().iter().map(|(_, ms)| Millis(*ms)).sum();
    let mut parts = vec![format::exact_time(total), Clean::from(" of work")];
    match work.tasks_over_50ms {
        None => {}
        Some(0) => parts.push(Clean::from(", no task over 50 ms")),
        Some(n) => {
            parts.extend([Clean::from(", "), format::counted(n, "task over 50 ms", "tasks over 50 ms")]);
            if let Some(longest) = work.longest_ms {
                parts.extend([
                    Clean::from(if n == 1 { " (" } else { " (the longest " }),
                    format::exact_time(Millis(longest)),
                    Clean::from(")"),
                ]);
            }
        }
    }
    Clean::concat(&parts)
}

/// "running script 812 ms", one for each kind of work that took a while.
pub fn activities(work: &MainThreadReport) -> Vec<Clean> {
    let all = work.by_activity_ms.list().into_iter().filter(|(_, ms)| LEAST_WORK <= Millis(*ms));
    let told = |(activity, ms): (ActivityName, f64)| {
        Clean::concat(&[Clean::from(activity.label()), Clean::from(" "), format::exact_time(Millis(ms))])
    };
    all.map(told).collect()
}

/// The addresses that took the main thread most time, each with that time, and whose it is.
pub fn scripts(work: &MainThreadReport) -> Vec<(&ScriptWorkReport, Clean, Clean)> {
    let total = |script: &ScriptWorkReport| Millis(script.ms + script.caused_ms);
    let worth_telling = work.by_script.iter().filter(|script| LEAST_WORK <= total(script)).take(MOST_SCRIPTS);
    let told = worth_telling.map(|script| {
        let whose = match (script.party, &script.entity) {
            (Party::First, _) => Clean::from("first party"),
            (Party::Third, Some(entity)) => entity.clone(),
            (Party::Third, None) => Clean::from("third party"),
        };
        (script, format::exact_time(total(script)), whose)
    });
    told.collect()
}

/// The checks of one outcome.
pub fn checks(load: &LoadReport, outcome: CheckOutcome) -> Vec<&CheckReport> {
    load.checks.iter().filter(|check| check.outcome == outcome).collect()
}

/// Characters of an address where it is first told in a list of proofs: four lines of 80 columns, so that a reader still
/// sees where the next proof begins.
const LONGEST_PROOF: usize = 300;

/// The address of a request in a list of proofs: whole where it is told first, if at all readable, later as short as
/// in prose.
pub fn address(request: &RequestReport, told: &mut BTreeSet<u64>) -> Clean {
    if told.insert(request.id) { request.url.short_address(LONGEST_PROOF) } else { names::short(&request.url) }
}

/// What could not be told of a load: each reason once, with the checks and metrics that it holds for, in reading order.
pub fn untold(load: &LoadReport, name: fn(&CheckReport) -> &Clean) -> Vec<(Clean, Clean)> {
    let checks = checks(load, CheckOutcome::NotChecked).into_iter();
    let checks = checks.map(|check| (name(check).clone(), check.why.clone().unwrap_or_default()));
    let metrics = load.not_available.iter().map(|missing| (Clean::from(missing.metric.short()), missing.why.clone()));
    let mut all: Vec<(Clean, Clean)> = Vec::new();
    for (name, why) in checks.chain(metrics) {
        match all.iter_mut().find(|(_, known)| *known == why) {
            Some((names, _)) => *names = Clean::concat(&[names.clone(), Clean::from("; "), name]),
            None => all.push((name, why)),
        }
    }
    all
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

/// "23 requests are in both recordings, whose clocks agree to 0.2 ms"; `None` where nothing was joined.
pub fn joined(load: &LoadReport) -> Option<Clean> {
    let joined = load.joined.as_ref()?;
    Some(Clean::concat(&[
        format::counted(joined.matched, "request is", "requests are"),
        Clean::from(" in both recordings, whose clocks agree to "),
        format::exact_time(Millis(joined.clock_spread_ms)),
    ]))
}

/// A part of a whole in percent; 0 of nothing is 0.
pub fn share_of(part: f64, whole: f64) -> f64 {
    if 0.0 < whole { (part / whole).clamp(0.0, 1.0) } else { 0.0 }
}
