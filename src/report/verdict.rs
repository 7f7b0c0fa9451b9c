//! The sentence at the top: one number, one owner, in two wordings.

use crate::page_load::attribution::{self, Attribution, AttributionPart, PathStep};
use crate::page_load::{Certainty, Metric, Owner, PageLoad};
use crate::recording::{CompletionState, ErrorKind, Request, Source};
use crate::redact::Clean;
use crate::report::format::{self, stored};
use crate::report::names::Names;
use crate::report::schema::{FindingReport, Verdict};
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

/// From this part on, a load is told to come from the browser's cache.
const MOSTLY_CACHED: f64 = 0.5;

/// What is to be said first of a load.
pub fn derive(names: &Names, load: &PageLoad<'_>, findings: &[FindingReport]) -> Verdict {
    if load.network().next().is_none() {
        return words(if load.requests.is_empty() {
            "The recording was started, but nothing was loaded in it."
        } else {
            "Nothing in this recording went over the network."
        });
    }
    if let Some(failed) = failed_document(names, load) {
        return failed;
    }
    match (load.milestones.main(), &load.attribution) {
        (Some((metric, at)), Some(attribution)) => ready(names, load, findings, metric, at.ms, attribution),
        _ if load.document.request.is_none() => no_page(names, load),
        _ => no_milestone(names, load),
    }
}

fn words(text: &'static str) -> Verdict {
    Verdict { sentence: Clean::from(text), engineer: Clean::from(text), ..Verdict::default() }
}

/// The document did not arrive, or an error did instead.
fn failed_document(names: &Names, load: &PageLoad<'_>) -> Option<Verdict> {
    let document = load.request(load.document.request?);
    let url = names.url(document.url_text());
    let (sentence, owner) = match (document.completion(), document.status()) {
        (CompletionState::Failed(kind), _) => (vec![Clean::from(failure(kind))], failure_owner(kind)),
        (CompletionState::Blocked, _) => {
            let why = "This page could not be loaded: the browser, an extension or a policy blocked it.";
            (vec![Clean::from(why)], Owner::Client)
        }
        (_, Some(status @ 400..)) => {
            let begin = "This page could not be loaded: the server answered with error ";
            (vec![Clean::from(begin), Clean::from(u64::from(status)), Clean::from(".")], Owner::Origin)
        }
        _ => return None,
    };
    let ms = load.span(document.id()).map(|span| span.end);
    let mut engineer = vec![Clean::from("Document "), url, Clean::from(": ")];
    match (document.status(), document.error()) {
        (_, Some(error)) => engineer.push(names.error(load.recording.text(error))),
        (Some(status), None) => engineer.extend([Clean::from("status "), Clean::from(u64::from(status))]),
        (None, None) => engineer.push(Clean::from("no response")),
    }
    if let Some(ms) = ms {
        engineer.extend([Clean::from(" after "), format::exact_time(ms)]);
    }
    engineer.push(Clean::from("."));
    Some(Verdict {
        sentence: Clean::concat(&sentence),
        engineer: Clean::concat(&engineer),
        owner: (owner != Owner::Unknown).then_some(owner.into()),
        milestone: None,
        ms: ms.map(stored),
    })
}

fn failure(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::NameNotResolved => "This page could not be loaded: the address of its server was not found.",
        ErrorKind::ConnectionRefused => "This page could not be loaded: its server refused the connection.",
        ErrorKind::ConnectionReset => "This page could not be loaded: the connection broke off.",
        ErrorKind::TimedOut => "This page could not be loaded: its server did not answer in time.",
        ErrorKind::Offline => "This page could not be loaded: the visitor was offline.",
        ErrorKind::Tls => "This page could not be loaded: no encrypted connection could be made to its server.",
        ErrorKind::Policy => "This page could not be loaded: a policy of the web forbade it.",
        ErrorKind::Truncated => "This page arrived in part only: the connection broke off.",
        ErrorKind::Protocol => "This page could not be loaded: its server's answer could not be understood.",
        ErrorKind::TooManyRedirects => "This page could not be loaded: its server redirects in a circle.",
        ErrorKind::Other => "This page could not be loaded.",
    }
}

fn failure_owner(kind: ErrorKind) -> Owner {
    match kind {
        ErrorKind::Offline => Owner::Client,
        ErrorKind::Other | ErrorKind::ConnectionReset => Owner::Unknown,
        _ => Owner::Origin,
    }
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
    let mut sentence = vec![Clean::from(reached(metric)), format::plain_time(ms)];
    let culprit = culprit(attribution);
    let felt = UNNOTICED <= ms || culprit.is_some_and(|part| FELT <= part.ms && part.certainty < Certainty::Estimated);
    let owner = match culprit {
        _ if !felt => {
            let nothing = findings.iter().all(|finding| finding.severity == vocabulary::Severity::Notice);
            sentence.push(Clean::from(if nothing {
                "; nothing we check for held it back"
            } else {
                "; what was found cost the visitor little time here"
            }));
            None
        }
        Some(part) => {
            sentence.extend(blame(names, load, attribution, part));
            Some(part.owner)
        }
        None => {
            sentence.push(Clean::from("; the file does not tell whose time most of that was"));
            None
        }
    };
    sentence.push(Clean::from(if is_mostly_cached(load) {
        ". Most of it came from the browser's cache, as on a return visit."
    } else {
        "."
    }));
    Verdict {
        sentence: Clean::concat(&sentence),
        engineer: engineer(names, load, attribution, metric_name(metric, Audience::Engineer)),
        owner: owner.map(Into::into),
        milestone: Some(metric.into()),
        ms: Some(stored(ms)),
    }
}

fn reached(metric: Metric) -> &'static str {
    match metric {
        Metric::Lcp => "This page showed its main content after ",
        Metric::Fcp | Metric::FirstPaint => "This page showed its first content after ",
        Metric::Dcl => "This page had its structure ready after ",
        _ => "This page was loaded after ",
    }
}

/// The largest part whose owner is known, unless the file leaves more than that open.
fn culprit(attribution: &Attribution) -> Option<&AttributionPart> {
    attribution.parts.first().filter(|part| part.owner != Owner::Unknown)
}

/// "; most of that went into waiting for the site's own servers".
fn blame(names: &Names, load: &PageLoad<'_>, attribution: &Attribution, part: &AttributionPart) -> Vec<Clean> {
    let part_of_all = if Millis::ZERO < attribution.ms { part.ms.0 / attribution.ms.0 } else { 0.0 };
    let how_much = match part_of_all {
        0.9.. => "; nearly all of that was ",
        0.6.. => "; most of that was ",
        0.45.. => "; about half of that was ",
        _ => "; the largest part of that was ",
    };
    let longest = longest(attribution, part.owner);
    let whose = longest.and_then(|step| step.request);
    let activity = match part.owner {
        Owner::Client if whose.is_none() => "time in the visitor's browser with nothing being loaded",
        Owner::ThirdParty if whose.is_none() => "time for other companies' scripts",
        owner => activity(owner),
    };
    let mut blame = vec![Clean::from(how_much), Clean::from(activity)];
    if matches!(part.owner, Owner::ThirdParty)
        && let Some(host) = whose.and_then(|request| names.host(load, request))
    {
        blame.extend([Clean::from(", above all "), host]);
    }
    blame
}

fn activity(owner: Owner) -> &'static str {
    match owner {
        Owner::Client => "work in the visitor's browser",
        Owner::Network => "the network: setting up connections and moving the data",
        Owner::Edge => "waiting for the CDN",
        Owner::Origin => "waiting for the site's own servers",
        Owner::ThirdParty => "waiting for other companies' servers",
        Owner::Unknown => "of unknown origin",
    }
}

fn longest(attribution: &Attribution, owner: Owner) -> Option<&PathStep> {
    let steps = attribution.path.iter().filter(|step| step.owner == owner);
    steps.rev().max_by(|a, b| a.span.duration().total_cmp(&b.span.duration())) // of equals the first
}

/// "load 4,812 ms: origin 2,310 ms (48%), network …; longest step: … of …".
fn engineer(names: &Names, load: &PageLoad<'_>, attribution: &Attribution, what: Clean) -> Clean {
    let mut text = vec![what, Clean::from(" "), format::exact_time(attribution.ms)];
    for (at, part) in attribution.parts.iter().enumerate() {
        text.push(Clean::from(if at == 0 { ": " } else { ", " }));
        text.push(Clean::from(vocabulary::Owner::from(part.owner).word()));
        text.push(Clean::from(" "));
        text.push(format::exact_time(part.ms));
        text.push(Clean::from(" ("));
        text.push(format::percent(Ratio(part.ms.0 / attribution.ms.0)));
        text.push(Clean::from(")"));
    }
    if let Some(step) = attribution.parts.first().and_then(|part| longest(attribution, part.owner)) {
        text.extend([Clean::from("; longest: "), Clean::from(step.why), Clean::from(", ")]);
        text.push(format::exact_time(step.span.duration()));
        if let Some(request) = step.request {
            text.extend([Clean::from(", "), names.url(load.request(request).url_text())]);
        }
    }
    if let Some(last) = load.milestones.last_response.filter(|last| attribution.ms + FELT < last.ms) {
        text.extend([Clean::from("; responses went on until "), format::exact_time(last.ms)]);
    }
    text.push(Clean::from("."));
    Clean::concat(&text)
}

/// A page without recorded milestones: what is left to speak of is the end of its last response.
fn no_milestone(names: &Names, load: &PageLoad<'_>) -> Verdict {
    let unfinished = load.network().any(|(request, _)| request.completion() == CompletionState::Unfinished);
    let begin = if unfinished {
        "The recording ends before this page was ready"
    } else {
        "The recording does not tell when this page was ready"
    };
    let Some(last) = load.milestones.last_response else {
        return Verdict {
            sentence: Clean::concat(&[Clean::from(begin), Clean::from(", nor when its files arrived.")]),
            engineer: Clean::from("No milestones and no usable dates in the recording."),
            ..Verdict::default()
        };
    };
    let mut sentence = vec![Clean::from(begin), Clean::from("; its last file arrived after ")];
    sentence.push(format::plain_time(last.ms));
    let attribution = attribution::up_to_last_response(load);
    let culprit = attribution.as_ref().and_then(culprit).filter(|_| UNNOTICED <= last.ms);
    if let (Some(attribution), Some(part)) = (&attribution, culprit) {
        sentence.extend(blame(names, load, attribution, part));
    }
    sentence.push(Clean::from("."));
    let what = Clean::from("No milestone recorded. Last response at");
    Verdict {
        sentence: Clean::concat(&sentence),
        engineer: match &attribution {
            Some(attribution) => engineer(names, load, attribution, what),
            None => Clean::concat(&[what, Clean::from(" "), format::exact_time(last.ms), Clean::from(".")]),
        },
        owner: culprit.map(|part| part.owner.into()),
        milestone: None,
        ms: Some(stored(last.ms)),
    }
}

/// Calls of an app, or a recording that was started after the page: the slowest answer is what can be told.
fn no_page(names: &Names, load: &PageLoad<'_>) -> Verdict {
    let n_requests = load.network().count() as u64;
    let mut sentence =
        vec![Clean::from("The recording holds no page, only "), format::counted(n_requests, "request", "requests")];
    let slowest = slowest(load);
    let Some((request, duration)) = slowest else {
        sentence.push(Clean::from(" without usable times."));
        let sentence = Clean::concat(&sentence);
        return Verdict { engineer: sentence.clone(), sentence, ..Verdict::default() };
    };
    let parts = attribution::of_request(load, request.id());
    let culprit = parts.first().filter(|part| part.owner != Owner::Unknown && UNNOTICED <= duration);
    sentence.extend([Clean::from("; the slowest took "), format::plain_time(duration)]);
    if let Some(part) = culprit {
        sentence.extend([Clean::from(", mostly "), Clean::from(activity(part.owner))]);
    }
    sentence.push(Clean::from("."));
    let mut engineer = vec![Clean::from("No document request. Slowest: "), names.url(request.url_text())];
    engineer.extend([Clean::from(", "), format::exact_time(duration)]);
    for part in &parts {
        engineer.extend([
            Clean::from(", "),
            Clean::from(vocabulary::Owner::from(part.owner).word()),
            Clean::from(" "),
            format::exact_time(part.ms),
        ]);
    }
    engineer.push(Clean::from("."));
    Verdict {
        sentence: Clean::concat(&sentence),
        engineer: Clean::concat(&engineer),
        owner: culprit.map(|part| part.owner.into()),
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
        if matches!(request.source(), Some(Source::MemoryCache | Source::DiskCache | Source::ServiceWorker)) {
            cached += 1.0;
        }
    }
    MOSTLY_CACHED * all < cached
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::ResourceKind;
    use crate::recording::testing::Made;
    use crate::redact::Share;

    #[track_caller]
    fn check(made: Made, sentence: &str, owner: Option<vocabulary::Owner>, ms: Option<f64>) {
        let recording = made.recording();
        let load = &PageLoad::all(&recording)[0];
        let verdict = derive(&Names::new(Share::Internal), load, &[]);
        assert_eq!(verdict.sentence.as_str(), sentence);
        assert_eq!((verdict.owner, verdict.ms), (owner, ms));
    }

    fn page() -> Made {
        Made::page("https://shop.example/")
    }

    #[test]
    fn wording() {
        use vocabulary::Owner;
        check(page(), "The recording was started, but nothing was loaded in it.", None, None);
        check(
            page().document(|r| r.status(503)),
            "This page could not be loaded: the server answered with error 503.",
            Some(Owner::Origin),
            Some(10.0),
        );
        check(
            page().document(|r| r.change(|row| row.completion = CompletionState::Failed(ErrorKind::NameNotResolved))),
            "This page could not be loaded: the address of its server was not found.",
            Some(Owner::Origin),
            Some(10.0),
        );
        check(
            page().milestones(|m| m.load = Some(Millis(300.0))).document(|r| r.wait(250.0)),
            "This page was loaded after 0.3 seconds; nothing we check for held it back.",
            None,
            Some(300.0),
        );
        check(
            page()
                .milestones(|m| m.largest_contentful_paint = Some(Millis(4812.0)))
                .document(|r| r.set_up(0.0, 20.0, 0.0).wait(4700.0)),
            "This page showed its main content after 4.8 seconds; \
             nearly all of that was waiting for the site's own servers.",
            Some(Owner::Origin),
            Some(4812.0),
        );
        check(
            page().document(|r| r.set_up(0.0, 20.0, 0.0).wait(2980.0)),
            "The recording does not tell when this page was ready; its last file arrived after 3.0 seconds; \
             nearly all of that was waiting for the site's own servers.",
            Some(Owner::Origin),
            Some(3000.0),
        );
        check(
            page().request("https://shop.example/api", |r| {
                r.kind(ResourceKind::Fetch).set_up(0.0, 20.0, 0.0).wait(1980.0)
            }),
            "The recording holds no page, only 1 request; the slowest took 2.0 seconds, \
             mostly waiting for the site's own servers.",
            Some(Owner::Origin),
            Some(2000.0),
        );
        check(
            page().milestones(|m| m.load = Some(Millis(2000.0))).document(|r| {
                r.change(|row| {
                    row.phases = Default::default();
                    row.duration = Some(Millis(1900.0));
                })
            }),
            "This page was loaded after 2.0 seconds; the file does not tell whose time most of that was.",
            None,
            Some(2000.0),
        );
    }
}
