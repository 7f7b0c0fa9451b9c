//! The findings, ranked; then what passed, what does not apply, what could not be checked.

use crate::app::markup::{Markup, button, group, live, tag};
use crate::app::result::{Load, part, prose, request_link};
use crate::app::roving::roving;
use crate::app::state::Session;
use crate::report::phrases;
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
pub fn findings(session: Session, load: &Load) -> Markup {
    let Some(report) = load.report() else { return group() };
    let counts = load.totals().evidence;
    let is_notice = |finding: &FindingReport| finding.severity == Severity::Notice;
    let n_notices = report.findings.iter().filter(|finding| is_notice(finding)).count();
    let n = report.findings.len();
    let is_folded = SHOWN_FINDINGS < n && 0 < n_notices && n_notices < n;
    let (mut shown, mut folded) = (group(), group());
    for (at, finding) in report.findings.iter().enumerate() {
        let n_evidence = counts.get(at).map_or(finding.evidence.len(), |n| *n as usize);
        let card = card(session, at, finding, n_evidence);
        match is_folded && is_notice(finding) {
            true => folded = folded.child(card),
            false => shown = shown.child(card),
        }
    }
    let folded = is_folded.then(|| {
        let why = tag("span.why").child(" – little or nothing to gain in this load");
        let label = format::counted(n_notices as u64, "notice", "notices");
        tag("details.notices").child(tag("summary").child(label).child(why)).child(folded)
    });
    let none = report.findings.is_empty().then(|| {
        tag("p.none").child("Nothing that Weir checks for is wrong. See below what was checked, and what could not be.")
    });
    let outcomes = tag("div.outcomes")
        .child(outcome(report, CheckOutcome::Passed, "Passed"))
        .child(outcome(report, CheckOutcome::NotApplicable, "Not applicable"))
        .child(outcome(report, CheckOutcome::NotChecked, "Could not check"));
    part(Section::Findings).child(none).child(shown).child(folded).child(outcomes)
}

fn card(session: Session, at: usize, finding: &FindingReport, n_evidence: usize) -> Markup {
    let severity = finding.severity;
    let summary = tag("summary")
        .child(
            tag("span")
                .attr("class", format!("severity {}", severity.word()))
                .child(tag("span").attr("aria-hidden", "true").child(icon(severity)))
                .child(severity.label()),
        )
        .child(tag("h3.title").child(finding.title.as_str()))
        .child(tag("span.owner").child(finding.owner.label()))
        .child(tag("span.gain").child(finding.savings.as_ref().and_then(gain)));
    let method = finding.savings.as_ref().map(|savings| tag("span").child(method_words(savings.method)));
    let meta = tag("p.meta")
        .child(method)
        .child(tag("span").child("Can be fixed by: ").child(finding.owner.plain()))
        .child(tag("code").child(finding.rule.as_str()));
    let body = tag("div.body")
        .child(tag("p.customer").child(prose(session, &finding.customer)))
        .child(tag("h4").child("Technically"))
        .child(tag("p").child(prose(session, &finding.engineer)))
        .child(tag("h4").child("How to fix it"))
        .child(tag("p").child(prose(session, &finding.fix)))
        .child((!finding.evidence.is_empty()).then(|| proof(session, &finding.evidence, n_evidence)))
        .child(meta);
    tag("details.finding")
        .attr("id", format!("finding-{at}"))
        .attr("data-rule", finding.rule.to_string())
        .flag("open", at == 0)
        .child(summary)
        .child(body)
}

fn proof(session: Session, evidence: &[EvidenceReport], n_evidence: usize) -> Markup {
    let n = evidence.len();
    let beyond = n_evidence.saturating_sub(n);
    let (first, rest) = evidence.split_at(n.min(SHOWN_EVIDENCE));
    let mut list = tag("ul.evidence").children(first.iter().map(|proof| line(session, proof)));
    if !rest.is_empty() {
        let all = RwSignal::new(false);
        let label = format!("{} {}", if beyond == 0 { "Show all" } else { "Show" }, format::grouped(n as u64));
        let rest = rest.to_vec();
        list = list.child(live(move || match all.get() {
            true => group().children(rest.iter().map(|proof| line(session, proof))),
            false => tag("li").child(button("button.link", label.as_str(), move || all.set(true))),
        }));
        if beyond != 0 {
            let beyond = format!("and {} more, in the exported report", format::grouped(beyond as u64));
            list = list.child(tag("li.why").child(beyond));
        }
    }
    group().child(tag("h4").child("Evidence")).child(roving(list, "button"))
}

fn line(session: Session, evidence: &EvidenceReport) -> Markup {
    let text = tag("span").child(prose(session, &evidence.text));
    let Some(request) = evidence.request else { return tag("li").child(text) };
    tag("li").child(request_link(session, request as u32)).child(text)
}

fn outcome(report: &LoadReport, wanted: CheckOutcome, title: &'static str) -> Option<Markup> {
    let mut list = tag("ul");
    let mut n = 0;
    for check in report.checks.iter().filter(|check| check.outcome == wanted) {
        let why = check.why.as_ref().map(|why| format!(": {why}"));
        let line = tag("li").attr("data-check", check.rule.to_string()).child(check.title.as_str()).child(" ");
        list = list.child(line.child(tag("span.why").child(why)));
        n += 1;
    }
    (n != 0).then(|| {
        let summary = tag("summary").child(title).child(" ").child(tag("span.count").child(n.to_string()));
        tag("details.list").child(summary).child(list)
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
        let metric = savings.milestone.map(|_| format!(" of {}", phrases::shortened(savings))).unwrap_or_default();
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
