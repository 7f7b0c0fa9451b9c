//! The findings, ranked; then what passed, what does not apply, what could not be checked.

use crate::app::result::{Heading, Load, prose};
use crate::app::state::Session;
use crate::report::schema::{EvidenceReport, FindingReport, LoadReport, SavingsReport};
use crate::report::vocabulary::{CheckOutcome, SavingsMethod, Severity};
use crate::view::format;
use crate::view::location::Section;
use leptos::prelude::*;

/// Pieces of proof shown at first; the rest at a click, so that 1,000 uncached images do not bury what follows.
const SHOWN_EVIDENCE: usize = 8;

/// Up to so many findings are all shown; of more, the notices are folded.
const SHOWN_FINDINGS: usize = 8;

/// The section.
#[component]
pub fn Findings(load: Load) -> impl IntoView {
    let Some(report) = load.report() else { return ().into_any() };
    let counts = load.totals().evidence;
    let card = |(at, finding): (usize, &FindingReport)| {
        let n_evidence = counts.get(at).map_or(finding.evidence.len(), |n| *n as usize);
        card(at, finding, n_evidence)
    };
    let is_notice = |finding: &FindingReport| finding.severity == Severity::Notice;
    let n_notices = report.findings.iter().filter(|finding| is_notice(finding)).count();
    let is_folded = SHOWN_FINDINGS < report.findings.len() && n_notices < report.findings.len();
    let (folded, shown): (Vec<_>, Vec<_>) =
        report.findings.iter().enumerate().partition(|(_, finding)| is_folded && is_notice(finding));
    let shown = shown.into_iter().map(card).collect_view();
    let folded = (!folded.is_empty()).then(|| {
        let label = format::counted(n_notices as u64, "notice", "notices");
        view! {
            <details class="notices">
                <summary>{label}<span class="why">" – little or nothing to gain in this load"</span></summary>
                {folded.into_iter().map(card).collect_view()}
            </details>
        }
    });
    let none = report.findings.is_empty().then(|| {
        view! { <p class="none">"Nothing that Weir checks for is wrong. See below what was checked, and what could not be."</p> }
    });
    view! {
        <section id="findings" class="part" aria-labelledby="findings-title">
            <Heading section=Section::Findings/>
            {none}
            {shown}
            {folded}
            <div class="outcomes">
                {outcome(report, CheckOutcome::Passed, "Passed")}
                {outcome(report, CheckOutcome::NotApplicable, "Not applicable")}
                {outcome(report, CheckOutcome::NotChecked, "Could not check")}
            </div>
        </section>
    }
    .into_any()
}

fn card(at: usize, finding: &FindingReport, n_evidence: usize) -> AnyView {
    let severity = finding.severity;
    let id = format!("finding-{at}");
    let gain = finding.savings.as_ref().and_then(gain);
    let method = finding.savings.as_ref().map(|savings| method_words(savings.method));
    let evidence = (!finding.evidence.is_empty()).then(|| proof(&finding.evidence, n_evidence));
    view! {
        <details class="finding" id=id data-rule=finding.rule.to_string() open=at == 0>
            <summary>
                <span class=format!("severity {}", severity.word())>
                    <span aria-hidden="true">{icon(severity)}</span>{severity.label()}
                </span>
                <h3 class="title">{finding.title.to_string()}</h3>
                <span class="owner">{finding.owner.label()}</span>
                <span class="gain">{gain}</span>
            </summary>
            <div class="body">
                <p class="customer">{prose(&finding.customer)}</p>
                <h4>"Technically"</h4>
                <p>{prose(&finding.engineer)}</p>
                <h4>"How to fix it"</h4>
                <p>{prose(&finding.fix)}</p>
                {evidence}
                <p class="meta">
                    {method.map(|method| view! { <span>{method}</span> })}
                    <span>"Can be fixed by: " {finding.owner.plain()}</span>
                    <code>{finding.rule.to_string()}</code>
                </p>
            </div>
        </details>
    }
    .into_any()
}

fn proof(evidence: &[EvidenceReport], n_evidence: usize) -> AnyView {
    let all = RwSignal::new(false);
    let n = evidence.len();
    let beyond = n_evidence.saturating_sub(n);
    let (first, rest) = evidence.split_at(n.min(SHOWN_EVIDENCE));
    let first = first.iter().map(line).collect_view();
    let rest: Vec<_> = rest.to_vec();
    let more = (!rest.is_empty()).then(|| {
        let all_or_some = if beyond == 0 { "Show all" } else { "Show" };
        let label = format!("{all_or_some} {}", format::grouped(n as u64));
        let beyond =
            (beyond != 0).then(|| format!("and {} more, in the exported report", format::grouped(beyond as u64)));
        view! {
            {move || (!all.get()).then(|| view! {
                <li><button type="button" class="link" on:click=move |_| all.set(true)>{label.clone()}</button></li>
            })}
            {move || all.get().then(|| rest.iter().map(line).collect_view())}
            {beyond.map(|beyond| view! { <li class="why">{beyond}</li> })}
        }
    });
    view! { <h4>"Evidence"</h4> <ul class="evidence">{first} {more}</ul> }.into_any()
}

fn line(evidence: &EvidenceReport) -> AnyView {
    let session = Session::get();
    let text = prose(&evidence.text);
    match evidence.request {
        Some(request) => {
            let request = request as u32;
            let name = move || {
                session.rows.with(|rows| {
                    let row = rows.as_ref().and_then(|rows| rows.get(request as usize));
                    row.map_or_else(|| format!("Request {request}"), |row| format::short_url(row.url).1.to_owned())
                })
            };
            view! {
                <li><button type="button" class="link request" on:click=move |_| session.reveal(request)>{name}</button>
                    <span>{text}</span></li>
            }
            .into_any()
        }
        None => view! { <li><span>{text}</span></li> }.into_any(),
    }
}

fn outcome(report: &LoadReport, wanted: CheckOutcome, title: &'static str) -> impl IntoView + use<> {
    let lines: Vec<_> = report.checks.iter().filter(|check| check.outcome == wanted).collect();
    let n = lines.len() as u64;
    let lines = lines.into_iter().map(|check| {
        let why = check.why.as_ref().map(|why| format!(": {why}"));
        view! { <li data-check=check.rule.to_string()>{check.title.to_string()} <span class="why">{why}</span></li> }
    });
    let lines = lines.collect_view();
    (n != 0).then(|| {
        view! {
            <details class="list">
                <summary>{title} " " <span class="count">{n}</span></summary>
                <ul>{lines}</ul>
            </details>
        }
    })
}

/// "0.6–0.9 s" or "1.2 MB"; `None` where nothing can be said.
fn gain(savings: &SavingsReport) -> Option<String> {
    let [from, to] = savings.ms;
    let about = if savings.method == SavingsMethod::Measured { "" } else { "about " };
    let until = if savings.method == SavingsMethod::Bound { "up to " } else { about };
    if 1.0 <= to {
        let range = if savings.method == SavingsMethod::Bound {
            format::duration(to)
        } else {
            format::duration_range(from, to)
        };
        let metric = savings.milestone.map(|metric| format!(" of {}", metric.short())).unwrap_or_default();
        return Some(format!("{until}{range}{metric}"));
    }
    (0 < savings.bytes).then(|| format!("{about}{}", format::bytes(savings.bytes)))
}

fn method_words(method: SavingsMethod) -> &'static str {
    match method {
        SavingsMethod::Measured => "Gain: stands in the recording",
        SavingsMethod::Simulated => "Gain: simulated",
        SavingsMethod::Bound => "Gain: an upper bound",
        SavingsMethod::Estimated => "Gain: estimated",
    }
}

fn icon(severity: Severity) -> &'static str {
    match severity {
        Severity::Serious => "▲",
        Severity::Warning => "◆",
        Severity::Notice => "●",
    }
}
