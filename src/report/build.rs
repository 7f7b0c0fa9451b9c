//! From recordings to the [`Report`]: runs the rules over every page load and collects what is told.

use crate::order::Arrange;
use crate::page_load::PageLoad;
use crate::page_load::milestones::NOTHING_LOADED;
use crate::recording::{
    CompletionState, Page, Phase, Problem, Provenance, Recording, RecordingKind, Request, RequestId, Tool,
};
use crate::redact::{Clean, Share};
use crate::report::cache;
use crate::report::caching;
use crate::report::delivery;
use crate::report::format::stored;
use crate::report::main_thread;
use crate::report::metrics;
use crate::report::names::Names;
use crate::report::schema::*;
use crate::report::verdict;
use crate::report::vocabulary::{CheckOutcome, Owner, SourceName};
use crate::report::words::{Audience, text};
use crate::rules::{self, Finding, Outcome, Rule};
use crate::text::Untrusted;
use crate::units::Bytes;

/// What a check says that died on this recording and was left out when the recording was read again.
pub const LEFT_OUT: &str = "this check failed on this recording and was left out";

/// A recording and the name of the file it came in.
#[derive(Clone, Copy)]
#[allow(missing_docs)]
pub struct Source<'a> {
    pub name: Option<Untrusted<'a>>,
    pub recording: &'a Recording,
}

/// A page load with what every rule said of it.
pub struct Examined<'a> {
    /// Position of its recording among the sources.
    pub source: usize,
    /// Its facts.
    pub load: PageLoad<'a>,
    /// All rules in reading order.
    pub outcomes: Vec<(&'static Rule, Outcome)>,
}

/// Runs all rules over all page loads. `before_rule` hears the id of each rule before it runs: whoever it tells can
/// name the rule that died. Rules whose id is in `left_out` are not run.
pub fn examine<'a>(
    sources: &[Source<'a>],
    left_out: &[&str],
    before_rule: &mut dyn FnMut(&'static str),
) -> Vec<Examined<'a>> {
    let mut all = Vec::new();
    for (at, source) in sources.iter().enumerate() {
        for load in PageLoad::all(source.recording) {
            let outcomes = rules::all().map(|rule| (rule, outcome(rule, &load, left_out, before_rule))).collect();
            all.push(Examined { source: at, load, outcomes });
        }
    }
    all
}

fn outcome(
    rule: &'static Rule,
    load: &PageLoad<'_>,
    left_out: &[&str],
    before_rule: &mut dyn FnMut(&'static str),
) -> Outcome {
    if left_out.contains(&rule.id) {
        return Outcome::NotChecked(LEFT_OUT);
    }
    if load.is_empty() {
        return Outcome::NotApplicable(NOTHING_LOADED);
    }
    before_rule(rule.id);
    rules::run(rule, load)
}

/// The report of examined loads, cleaned for `share`.
pub fn build(sources: &[Source<'_>], loads: &[Examined<'_>], share: Share) -> Report {
    build_of(&Names::new(share), sources, loads, share)
}

/// The report for the screen of whoever has the recording, with what its placeholders stand for (see
/// [`crate::redact::originals`]).
pub fn build_for_screen(sources: &[Source<'_>], loads: &[Examined<'_>]) -> (Report, Vec<(u32, String)>) {
    let names = Names::new(Share::Internal);
    let report = build_of(&names, sources, loads, Share::Internal);
    (report, names.originals())
}

fn build_of(names: &Names, sources: &[Source<'_>], loads: &[Examined<'_>], share: Share) -> Report {
    Report {
        schema: Clean::from(SCHEMA),
        weir: Program { version: Clean::from(env!("CARGO_PKG_VERSION")) },
        share: share.into(),
        recordings: sources.iter().flat_map(|source| recordings(names, source)).collect(),
        loads: loads.iter().map(|examined| load(names, first_recording(sources, examined.source), examined)).collect(),
    }
}

/// The position of a source's first recording in the report: joined ones are as many as they were.
fn first_recording(sources: &[Source<'_>], source: usize) -> u64 {
    let n_recordings = |source: &Source<'_>| source.recording.joined.as_ref().map_or(1, |joined| joined.parts.len());
    sources.iter().take(source).map(n_recordings).sum::<usize>() as u64
}

/// [`examine`] and [`build`] in one.
pub fn analyze(
    sources: &[Source<'_>],
    share: Share,
    left_out: &[&str],
    before_rule: &mut dyn FnMut(&'static str),
) -> Report {
    build(sources, &examine(sources, left_out, before_rule), share)
}

/// A source, or all that it was joined from.
fn recordings(names: &Names, source: &Source<'_>) -> Vec<RecordingReport> {
    let recorded = source.recording;
    match &recorded.joined {
        None => {
            let n_requests = recorded.requests.len() as u64;
            vec![recording(names, recorded, source.name, &recorded.provenance, &recorded.problems, n_requests)]
        }
        Some(joined) => {
            let parts = joined.parts.iter().map(|part| {
                let name = part.name.map(|name| recorded.text(name));
                recording(names, recorded, name, &part.provenance, &part.problems, part.n_requests)
            });
            parts.collect()
        }
    }
}

fn recording(
    names: &Names,
    recorded: &Recording,
    name: Option<Untrusted<'_>>,
    provenance: &Provenance,
    problems: &[Problem],
    n_requests: u64,
) -> RecordingReport {
    let tool = |tool: Tool| ToolReport {
        name: tool.name.map(|name| names.tool_name(recorded.text(name))),
        version: tool.version.map(|version| names.tool_version(recorded.text(version))),
    };
    RecordingReport {
        name: name.map(|name| names.file_name(name)),
        kind: Clean::from(match provenance.kind {
            RecordingKind::Har => "har",
            RecordingKind::ChromeTrace => "chrome-trace",
            RecordingKind::CpuProfile => "cpu-profile",
        }),
        producer: tool(provenance.producer),
        browser: tool(provenance.browser),
        bytes: names.size(provenance.bytes),
        requests: n_requests,
        events: provenance.n_events,
        problems: problems
            .iter()
            .map(|problem| {
                let clean = names.problem(problem);
                ProblemReport {
                    code: Clean::from(problem.code),
                    level: problem.level.into(),
                    at: clean.path.filter(|path| !path.as_str().is_empty()),
                    offset: problem.at.offset,
                    count: problem.count,
                    message: clean.message,
                    consequence: clean.consequence,
                }
            })
            .collect(),
        missing: provenance.missing.iter().map(|missing| Clean::from(rules::why_not(*missing))).collect(),
    }
}

/// The positions of the recordings that a load is in.
fn recordings_of(load: &PageLoad<'_>, first: u64) -> Vec<u64> {
    let Some(joined) = &load.recording.joined else { return vec![first] };
    let mut all: Vec<u64> =
        load.requests.iter().flat_map(|id| joined.parts_of(*id)).map(|part| first + u64::from(part.0)).collect();
    all.arrange();
    all.dedup();
    all
}

fn joined(load: &PageLoad<'_>, first: u64) -> Option<JoinedReport> {
    let joined = load.recording.joined.as_ref()?;
    let facts = joined.facts.iter();
    Some(JoinedReport {
        matched: joined.n_matched,
        clock_offset_ms: stored(joined.clock_offset),
        clock_spread_ms: stored(joined.clock_spread),
        facts: facts
            .map(|(fact, part)| FactReport { fact: Clean::from(*fact), recording: first + u64::from(part.0) })
            .collect(),
    })
}

fn load(names: &Names, first: u64, examined: &Examined<'_>) -> LoadReport {
    let load = &examined.load;
    let page = load.recorded();
    let findings = findings(names, load, &examined.outcomes);
    LoadReport {
        recordings: recordings_of(load, first),
        joined: joined(load, first),
        url: page_url(load, page).map(|url| names.url(load.recording.text(url))),
        title: page.and_then(|page| page.title).map(|title| names.title(load.recording.text(title))),
        started: page.and_then(|page| page.started).and_then(|started| names.wall_time(started)),
        navigation_start_us: navigation_start_us(load),
        verdict: verdict::derive(names, load, &findings),
        metrics: metrics::metrics(names, load),
        not_available: metrics::not_available(load),
        attribution: load.attribution.as_ref().map(|attribution| AttributionReport {
            milestone: attribution.milestone.into(),
            ms: stored(attribution.ms),
            parts: attribution
                .parts
                .iter()
                .map(|part| PartReport {
                    owner: part.owner.into(),
                    ms: stored(part.ms),
                    certainty: part.certainty.into(),
                    why: Clean::from(part.why),
                })
                .collect(),
        }),
        critical_path: critical_path(load),
        requests: load
            .iter()
            .enumerate()
            .map(|(at, (request, _))| request_report(names, load, first, at, request))
            .collect(),
        caching: caching::of_load(names, load),
        cdn: delivery::of_load(names, load),
        main_thread: main_thread::report(names, load),
        findings,
        checks: examined.outcomes.iter().map(|(rule, outcome)| check(rule, outcome)).collect(),
    }
}

/// Navigation start on the trace's own clock.
fn navigation_start_us(load: &PageLoad<'_>) -> Option<u64> {
    let us = load.recording.timeline.clock_origin_us? + load.navigation_start.0 * 1000.0;
    (0.0 <= us && load.recorded().is_some_and(|page| page.start.is_some())).then(|| us.round() as u64)
}

fn page_url(load: &PageLoad<'_>, page: Option<&Page>) -> Option<crate::text::StrId> {
    let document = load.document.request.map(|document| load.request(document).url());
    document.or(page.and_then(|page| page.url))
}

/// The position of a request in the report's list.
pub fn id(load: &PageLoad<'_>, request: RequestId) -> Option<u64> {
    load.position(request).map(|at| at as u64)
}

fn critical_path(load: &PageLoad<'_>) -> Vec<PathStepReport> {
    let steps = load.attribution.iter().flat_map(|attribution| &attribution.path);
    steps
        .map(|step| PathStepReport {
            request: step.request.and_then(|request| id(load, request)),
            from: stored(step.span.start),
            to: stored(step.span.end),
            owner: step.owner.into(),
            certainty: step.certainty.into(),
            why: Clean::from(step.why),
        })
        .collect()
}

fn request_report(names: &Names, load: &PageLoad<'_>, first: u64, at: usize, request: Request<'_>) -> RequestReport {
    let resource = load.resources.get(at);
    let span = load.span(request.id());
    let phases = request.phases();
    let phase = |phase: Phase| phases.get(phase).map(stored);
    let bytes = |bytes: Option<Bytes>| bytes.map(|bytes| names.size(bytes));
    let asked = resource.and_then(|resource| resource.initiator.or(resource.redirected_from));
    let initiator = InitiatorReport {
        kind: request.initiator().map(Into::into),
        request: asked.and_then(|request| id(load, request)),
    };
    RequestReport {
        id: at as u64,
        entry: u64::from(request.entry()),
        recordings: match &load.recording.joined {
            Some(joined) => joined.parts_of(request.id()).map(|part| first + u64::from(part.0)).collect(),
            None => Vec::new(),
        },
        url: names.url(request.url_text()),
        host: names.host(load, request.id()),
        method: names.method(request.method_text()),
        status: request.status(),
        protocol: request.protocol().map(Into::into),
        mime_type: request.mime_type().map(|mime| names.mime(load.recording.text(mime))),
        resource_type: resource.map_or(crate::recording::ResourceKind::Other, |resource| resource.kind).into(),
        priority: request.priority().map(Into::into),
        render_blocking: resource.and_then(|resource| resource.blocking).map(|blocking| blocking.how.into()),
        start: span.map(|span| stored(span.start)),
        end: span.filter(|_| request.end().is_some()).map(|span| stored(span.end)),
        phases: PhasesReport {
            queued: phase(Phase::Queued),
            dns: phase(Phase::Dns),
            connect: phase(Phase::Connect),
            tls: phase(Phase::Tls),
            send: phase(Phase::Send),
            wait: phase(Phase::Wait),
            receive: phase(Phase::Receive),
        },
        transfer_bytes: bytes(request.transfer_bytes()),
        body_bytes: bytes(request.body_bytes()),
        decoded_bytes: bytes(request.decoded_bytes()),
        source: request.source().and_then(SourceName::of),
        network: resource.is_some_and(|resource| resource.is_network),
        completion: Clean::from(completion_word(request.completion())),
        error: request.error().map(|error| names.error(load.recording.text(error))),
        initiator: (initiator.kind.is_some() || initiator.request.is_some()).then_some(initiator),
        party: resource.map_or(crate::page_load::Party::First, |resource| resource.party).into(),
        entity: resource.and_then(|resource| resource.entity).map(|entity| Clean::from(entity.name)),
        connection: load.connections.of_request.get(at).copied().flatten().map(|connection| u64::from(connection.0)),
        server_ip: request.server_ip().map(|ip| names.ip(load.recording.text(ip))),
        cache: cache::report(names, load, request),
        caching: load.caching.get(at).map(|caching| caching::of_response(names, caching)),
    }
}

fn completion_word(completion: CompletionState) -> &'static str {
    match completion {
        CompletionState::Finished => "finished",
        CompletionState::Failed(_) => "failed",
        CompletionState::Cancelled => "cancelled",
        CompletionState::Blocked => "blocked",
        CompletionState::Unfinished => "unfinished",
    }
}

/// The findings of all rules: the most severe first, then those with the most time to gain, then the most bytes,
/// then in the rules' reading order.
fn findings(names: &Names, load: &PageLoad<'_>, outcomes: &[(&'static Rule, Outcome)]) -> Vec<FindingReport> {
    let mut all = Vec::new();
    for (rule, outcome) in outcomes {
        if let Outcome::Found(found) = outcome {
            all.extend(found.iter().map(|found| finding(names, load, rule, found)));
        }
    }
    let gain = |finding: &FindingReport| finding.savings.map_or((0.0, 0), |savings| (savings.ms[1], savings.bytes));
    all.arrange_by(|a, b| {
        let ((a_ms, a_bytes), (b_ms, b_bytes)) = (gain(a), gain(b));
        b.severity.cmp(&a.severity).then(b_ms.total_cmp(&a_ms)).then(b_bytes.cmp(&a_bytes))
    });
    all
}

fn finding(names: &Names, load: &PageLoad<'_>, rule: &Rule, finding: &Finding) -> FindingReport {
    let evidence = finding.evidence.iter().map(|evidence| EvidenceReport {
        request: evidence.request.and_then(|request| id(load, request)),
        text: text(names, load, &evidence.text, Audience::Engineer),
    });
    FindingReport {
        rule: Clean::from(rule.id),
        severity: finding.severity.into(),
        topic: rule.topic.into(),
        owner: Owner::from(finding.owner.unwrap_or(rule.owner)),
        title: Clean::from(rule.title),
        customer: text(names, load, &finding.customer, Audience::Customer),
        engineer: text(names, load, &finding.engineer, Audience::Engineer),
        fix: text(names, load, &finding.fix, Audience::Engineer),
        evidence: evidence.collect(),
        savings: finding.savings.map(|savings| SavingsReport {
            milestone: savings.milestone.map(Into::into),
            unrecorded: savings.milestone.is_some_and(|metric| !load.milestones.is_known(metric)),
            ms: [stored(savings.ms.0), stored(savings.ms.1)],
            bytes: names.size(savings.bytes),
            method: savings.method.into(),
        }),
    }
}

fn check(rule: &Rule, outcome: &Outcome) -> CheckReport {
    let (outcome, why) = match outcome {
        Outcome::Found(_) => (CheckOutcome::Found, None),
        Outcome::Passed => (CheckOutcome::Passed, None),
        Outcome::NotApplicable(why) => (CheckOutcome::NotApplicable, Some(*why)),
        Outcome::NotChecked(why) => (CheckOutcome::NotChecked, Some(*why)),
    };
    CheckReport { rule: Clean::from(rule.id), title: Clean::from(rule.title), outcome, why: why.map(Clean::from) }
}
