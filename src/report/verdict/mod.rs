//! The sentence at the top: one number, one owner, in two wordings.

mod blame;
mod failed;
mod hindrance;

use crate::page_load::attribution::{self, Attribution, reasons};
use crate::page_load::{Certainty, Metric, Owner, PageLoad};
use crate::recording::{CompletionState, RecordingKind, Request, Source};
use crate::redact::Clean;
use crate::report::format::{self, stored};
use crate::report::names::Names;
use crate::report::schema::{FindingReport, Verdict};
use crate::report::verdict::blame::Blame;
use crate::report::verdict::failed::Lacking;
use crate::report::verdict::hindrance::Hindrance;
use crate::report::vocabulary;
use crate::report::words::{Audience, metric_name};
use crate::units::{Millis, Ratio};

/// Milliseconds. What is ready within a second does not break the visitor's flow of thought (Nielsen, "Usability
/// Engineering", 1993, chapter 5), so there is no delay to lay at anybody's door.
const UNNOTICED: Millis = Millis(1_000.0);

/// Milliseconds. A single owner's part of this length is felt also in a load within [`UNNOTICED`]: answers within 400 ms
/// keep people at what they do, later ones do not (Doherty and Thadani, "The Economic Value of Rapid Response Time",
/// 1982).
const FELT: Millis = Millis(400.0);

/// Part of the whole. Smaller parts are left to the table.
const TOLD_PART: f64 = 0.005;

/// From this part on, a load is told to come from the browser's cache.
const MOSTLY_CACHED: f64 = 0.5;

/// What is to be said first of a load.
pub fn derive(names: &Names, load: &PageLoad<'_>, findings: &[FindingReport]) -> Verdict {
    if load.network().next().is_none() {
        let timeline = &load.recording.timeline;
        return words(if load.recording.provenance.kind == RecordingKind::CpuProfile {
            "This is a profile of a processor's time: it shows which functions ran, not how a page loaded."
        } else if timeline.is_generic && !timeline.main_thread.threads.is_empty() {
            "This trace is not of a page: it shows what the threads of another program did."
        } else if load.requests.is_empty() && load.main_thread.is_some() {
            "No page was loaded while this trace was recorded; it shows what the page's thread did."
        } else if load.requests.is_empty() {
            "The recording was started, but nothing was loaded in it."
        } else if load.iter().all(|(_, resource)| resource.url.is_none()) {
            "No request in this recording has a usable address, so it cannot be told what was loaded."
        } else {
            "Nothing in this recording went over the network."
        });
    }
    if let Some(failed) = failed::document(names, load) {
        return failed;
    }
    match (load.milestones.main(), &load.attribution) {
        (Some((metric, at)), Some(attribution)) => ready(names, load, findings, metric, at.ms, attribution),
        _ if load.document.request.is_none() => no_page(names, load, findings),
        _ => no_milestone(names, load, findings),
    }
}

fn words(text: &'static str) -> Verdict {
    Verdict { sentence: Clean::from(text), engineer: Clean::from(text), ..Verdict::default() }
}

/// The usual case: there is a milestone.
fn ready(
    names: &Names,
    load: &PageLoad<'_>,
    findings: &[FindingReport],
    metric: Metric,
    ms: Millis,
    attribution: &Attribution,
) -> Verdict {
    if ms < UNNOTICED
        && matches!(metric, Metric::Load | Metric::Dcl)
        && let Some(late) = attribution::up_to_late_content(load).filter(|late| UNNOTICED <= late.ms)
    {
        return late_content(names, load, findings, ms, &late);
    }
    let mut sentence = vec![Clean::from(reached(metric)), format::plain_time(ms)];
    let blame = blame::of(attribution);
    let is_felt = UNNOTICED <= ms
        || match blame {
            Some(Blame::One(part)) => {
                let is_sure = part.certainty < Certainty::Estimated || FELT <= blame::measured(attribution, part.owner);
                FELT <= part.ms && (is_sure || would_spare(findings))
            }
            // Whoever of the two it was, the site can do something about it.
            Some(Blame::Untold(reasons::WORKER_OR_SERVER)) => FELT <= attribution.of(Owner::Unknown),
            _ => false,
        };
    let lacking = failed::lacking(load);
    let hindrance = if lacking.is_none() { hindrance::strongest(load, findings) } else { None };
    match (&blame, &lacking, &hindrance) {
        (Some(blame), ..) if is_felt => sentence.extend(blame::words(names, load, attribution, blame)),
        (_, Some(lacking), _) => sentence.extend(lacking.clause()),
        (_, _, Some(hindrance)) => sentence.extend(hindrance.clause()),
        _ => {
            let nothing = findings.iter().all(|finding| finding.severity == vocabulary::Severity::Notice);
            sentence.push(Clean::from(if nothing {
                "; nothing we check for held it back"
            } else {
                "; what was found cost the visitor little time here"
            }));
        }
    }
    sentence.push(Clean::from("."));
    if is_mostly_cached(load) {
        sentence.push(Clean::from(" Most of it came from the browser's cache, as on a return visit."));
    } else if !is_felt && lacking.is_none() && load.recording.provenance.kind == RecordingKind::Har {
        sentence.push(Clean::from(" How fast the page reacted after that is not in a HAR file."));
    }
    if is_felt {
        sentence.extend(lacking.iter().flat_map(Lacking::sentence));
        sentence.extend(hindrance.iter().filter_map(Hindrance::sentence).flatten());
    }
    let what = metric_name(metric, Audience::Engineer);
    let main = (metric.into(), stored(ms));
    let (owner, (metric, ms)) = match (&lacking, &hindrance) {
        _ if is_felt => (blame.and_then(owner), main),
        (Some(lacking), _) => (lacking.owner.map(Into::into), main),
        (_, Some(hindrance)) => (hindrance.owner, hindrance.figure.unwrap_or(main)),
        _ => (None, main),
    };
    let mut besides = failed_words(names, load, findings, &lacking);
    besides.extend(hindrance.iter().flat_map(Hindrance::engineer));
    Verdict {
        sentence: Clean::concat(&sentence),
        engineer: engineer(names, load, attribution, what, &besides),
        owner,
        milestone: Some(metric),
        ms: Some(ms),
    }
}

/// Whether something was found that may spare a part which is felt.
fn would_spare(findings: &[FindingReport]) -> bool {
    let may_spare = |finding: &FindingReport| finding.savings.is_some_and(|savings| FELT.0 <= savings.ms[1]);
    findings.iter().any(|finding| finding.severity != vocabulary::Severity::Notice && may_spare(finding))
}

fn owner(blame: Blame<'_>) -> Option<vocabulary::Owner> {
    match blame {
        Blame::One(part) => Some(part.owner.into()),
        Blame::Untold(_) => Some(vocabulary::Owner::Unknown),
        Blame::Two(..) => None,
    }
}

/// The load event came soon, but the page was still fetching its content.
fn late_content(
    names: &Names,
    load: &PageLoad<'_>,
    findings: &[FindingReport],
    load_event: Millis,
    attribution: &Attribution,
) -> Verdict {
    let mut sentence =
        vec![Clean::from("This page had fetched all its content after "), format::plain_time(attribution.ms)];
    let blame = blame::of(attribution);
    if let Some(blame) = &blame {
        sentence.extend(blame::words(names, load, attribution, blame));
    }
    sentence.push(Clean::from("."));
    let lacking = failed::lacking(load);
    sentence.extend(lacking.iter().flat_map(Lacking::sentence));
    let what = [Clean::from("Load event at "), format::exact_time(load_event), Clean::from(", content until")];
    Verdict {
        sentence: Clean::concat(&sentence),
        engineer: engineer(
            names,
            load,
            attribution,
            Clean::concat(&what),
            &failed_words(names, load, findings, &lacking),
        ),
        owner: blame.and_then(owner),
        milestone: None,
        ms: Some(stored(attribution.ms)),
    }
}

fn failed_words(
    names: &Names,
    load: &PageLoad<'_>,
    findings: &[FindingReport],
    lacking: &Option<Lacking>,
) -> Vec<Clean> {
    lacking.iter().map(|lacking| failed::engineer(names, load, findings, lacking)).collect()
}

fn reached(metric: Metric) -> &'static str {
    match metric {
        Metric::Lcp => "This page showed its main content after ",
        Metric::Fcp | Metric::FirstPaint => "This page showed its first content after ",
        Metric::Dcl => "This page's structure was ready after ",
        _ => "This page finished loading after ",
    }
}

/// "load 4,812 ms: origin 2,310 ms (48%), network …; longest step: … of …".
fn engineer(names: &Names, load: &PageLoad<'_>, attribution: &Attribution, what: Clean, besides: &[Clean]) -> Clean {
    let mut text = vec![what, Clean::from(" "), format::exact_time(attribution.ms)];
    let told = attribution.parts.iter().filter(|part| TOLD_PART * attribution.ms.0 <= part.ms.0);
    for (at, part) in told.enumerate() {
        text.push(Clean::from(if at == 0 { ": " } else { ", " }));
        text.push(Clean::from(vocabulary::Owner::from(part.owner).word()));
        text.push(Clean::from(" "));
        text.push(format::exact_time(part.ms));
        text.push(Clean::from(" ("));
        text.push(format::percent(Ratio(part.ms.0 / attribution.ms.0)));
        text.push(Clean::from(")"));
    }
    if let Some(step) = attribution.parts.first().and_then(|part| blame::longest(attribution, part.owner)) {
        text.extend([Clean::from("; longest step "), format::exact_time(step.span.duration())]);
        text.extend([Clean::from(": "), Clean::from(step.why)]);
        if let Some(request) = step.request {
            text.extend([Clean::from(", "), names.short_url(load.request(request).url_text())]);
        }
    }
    if let Some(last) = load.milestones.last_response.filter(|last| attribution.ms + FELT < last.ms) {
        text.extend([Clean::from("; responses went on until "), format::exact_time(last.ms)]);
    }
    text.extend_from_slice(besides);
    text.push(Clean::from("."));
    Clean::concat(&text)
}

/// A page without recorded milestones: what is left to speak of is when its files had arrived.
fn no_milestone(names: &Names, load: &PageLoad<'_>, findings: &[FindingReport]) -> Verdict {
    let is_unfinished = load.network().any(|(request, _)| request.completion() == CompletionState::Unfinished);
    let Some(attribution) = attribution::up_to_quiet(load) else {
        return Verdict {
            sentence: Clean::from("This file does not tell when this page was ready, nor when its files arrived."),
            engineer: Clean::from("No milestones and no usable dates in the recording."),
            ..Verdict::default()
        };
    };
    let ms = attribution.ms;
    let judged = blame::of(&attribution);
    let is_untold = matches!(judged, Some(Blame::Untold(_)));
    let blame = judged.filter(|_| UNNOTICED <= ms);
    let mut sentence = vec![Clean::from("The files of this page had arrived after "), format::plain_time(ms)];
    if let Some(blame) = blame.as_ref().filter(|_| !is_untold) {
        sentence.extend(blame::words(names, load, &attribution, blame));
    }
    sentence.push(Clean::from(match (is_unfinished, is_untold) {
        (true, _) => ". The recording ends before the page was ready.",
        (false, true) => ". The recording does not tell when the page was ready, nor what it waited for.",
        (false, false) => ". The recording does not tell when the page was ready.",
    }));
    let lacking = failed::lacking(load);
    sentence.extend(lacking.iter().flat_map(Lacking::sentence));
    let what = "No milestone recorded. Responses until ";
    let besides = failed_words(names, load, findings, &lacking);
    let engineer = match attribution.parts.first().filter(|_| is_untold) {
        Some(unknown) => {
            let mut text = vec![Clean::from(what), format::exact_time(ms), Clean::from("; ")];
            text.extend([
                format::exact_time(unknown.ms),
                Clean::from(" of that cannot be divided: "),
                Clean::from(unknown.why),
            ]);
            text.extend(besides);
            text.push(Clean::from("."));
            Clean::concat(&text)
        }
        None => engineer(names, load, &attribution, Clean::from(what.trim_end()), &besides),
    };
    Verdict {
        sentence: Clean::concat(&sentence),
        engineer,
        owner: blame.and_then(owner).or(lacking.and_then(|lacking| lacking.owner).map(Into::into)),
        milestone: None,
        ms: Some(stored(ms)),
    }
}

/// Calls of an app, or a recording that was started after the page: the slowest answer is what can be told.
fn no_page(names: &Names, load: &PageLoad<'_>, findings: &[FindingReport]) -> Verdict {
    let n_requests = load.network().count() as u64;
    let held = format::counted(n_requests, "request", "requests");
    let mut sentence = vec![Clean::from("This recording holds no page, only "), held];
    let Some((request, duration)) = slowest(load) else {
        sentence.push(Clean::from(" without usable times."));
        let sentence = Clean::concat(&sentence);
        return Verdict { engineer: sentence.clone(), sentence, ..Verdict::default() };
    };
    let parts = attribution::of_request(load, request.id());
    let culprit = parts.first().filter(|part| part.owner != Owner::Unknown && UNNOTICED <= duration);
    sentence.push(Clean::from(if n_requests == 1 { ", which took " } else { "; the slowest took " }));
    sentence.push(format::plain_time(duration));
    if let Some(part) = culprit {
        sentence.push(Clean::from(", mostly spent "));
        // Without a page nobody is "the site's own" or "other": the server is told by its name.
        match names.host(load, request.id()).filter(|_| matches!(part.owner, Owner::Origin | Owner::ThirdParty)) {
            Some(host) => sentence.extend([Clean::from("waiting for the server "), host]),
            None => sentence.push(Clean::from(blame::plain_activity(part.owner))),
        }
    }
    sentence.push(Clean::from("."));
    let lacking = failed::lacking(load);
    match lacking.as_ref().map(|lacking| lacking.n_requests) {
        None => {}
        Some(1) if n_requests == 1 => sentence.push(Clean::from(" It failed.")),
        Some(n_failed) if n_failed == n_requests => sentence.push(Clean::from(" All of these failed.")),
        Some(n_failed) => {
            sentence.extend([Clean::from(" Of these, "), format::grouped(n_failed), Clean::from(" failed.")]);
        }
    }
    let mut engineer = vec![Clean::from("No document request. Slowest: "), names.short_url(request.url_text())];
    engineer.extend([Clean::from(", "), format::exact_time(duration)]);
    for (at, part) in parts.iter().enumerate() {
        let owner = vocabulary::Owner::from(part.owner);
        engineer.push(Clean::from(if at == 0 { ": " } else { ", " }));
        engineer.extend([Clean::from(owner.word()), Clean::from(" "), format::exact_time(part.ms)]);
    }
    engineer.extend(failed_words(names, load, findings, &lacking));
    engineer.push(Clean::from("."));
    let at_fault = culprit.map(|part| part.owner).or(lacking.and_then(|lacking| lacking.owner));
    Verdict {
        sentence: Clean::concat(&sentence),
        engineer: Clean::concat(&engineer),
        owner: at_fault.map(Into::into),
        milestone: None,
        ms: Some(stored(duration)),
    }
}

fn slowest<'a>(load: &PageLoad<'a>) -> Option<(Request<'a>, Millis)> {
    let timed = load.network().filter(|(_, resource)| {
        use crate::recording::ResourceKind::{EventSource, Media, WebSocket};
        !matches!(resource.kind, WebSocket | EventSource | Media) // meant to stay open
    });
    let mut slowest: Option<(Request<'a>, Millis)> = None;
    for (request, _) in timed {
        let Some(duration) = request.duration() else { continue };
        if slowest.is_none_or(|(_, longest)| longest < duration) {
            slowest = Some((request, duration));
        }
    }
    slowest
}

fn is_mostly_cached(load: &PageLoad<'_>) -> bool {
    let (mut cached, mut all) = (0.0, 0.0);
    for (request, _) in load.network() {
        all += 1.0;
        // What a service worker answered may as well have come from the network.
        if matches!(request.source(), Some(Source::MemoryCache | Source::DiskCache)) {
            cached += 1.0;
        }
    }
    MOSTLY_CACHED * all < cached
}

#[cfg(test)]
mod tests;
