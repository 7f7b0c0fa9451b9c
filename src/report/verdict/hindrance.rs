//! What hindered a visitor besides waiting for the page: slow answers to input, a busy browser, content that moved.
//!
//! Whether it did is what the rules found; the sentence turns their strongest such finding into its own figure.

use crate::page_load::{Metric, PageLoad};
use crate::page_load::{interactions, long_tasks};
use crate::redact::Clean;
use crate::report::format::{self, stored};
use crate::report::schema::FindingReport;
use crate::report::vocabulary::{self, Owner, Severity};
use crate::units::Millis;

/// Rules about the answer to an input (their limits are those of Interaction to Next Paint).
const INPUT_RULES: [&str; 3] = ["input-delay", "slow-event-handler", "presentation-delay"];

/// The rule about tasks that keep the browser from answering (its limits are those of Total Blocking Time).
const TASKS_RULE: &str = "long-tasks";

/// The rule about content that moves (its limits are those of Cumulative Layout Shift).
const SHIFTS_RULE: &str = "layout-shifts";

/// The strongest hindrance of a load.
pub struct Hindrance {
    /// "it took 0.4 seconds to answer a click".
    what: Vec<Clean>,
    /// The same with metric and figure.
    engineer: Vec<Clean>,
    /// Whose work it was.
    pub owner: Option<Owner>,
    /// The metric that it turns on, in milliseconds.
    pub figure: Option<(vocabulary::Metric, f64)>,
    severity: Severity,
}

impl Hindrance {
    /// After the time of a load that was quick: ", but it then took …".
    pub fn clause(&self) -> Vec<Clean> {
        [&[Clean::from(", but ")], self.what.as_slice()].concat()
    }

    /// After the time of a load that was slow by itself. `None`: beside that it is not worth the first sentence.
    pub fn sentence(&self) -> Option<Vec<Clean>> {
        let is_told = self.severity == Severity::Serious;
        is_told.then(|| [&[Clean::from(" Besides, ")], self.what.as_slice(), &[Clean::from(".")]].concat())
    }

    /// What the engineer's line says of it.
    pub fn engineer(&self) -> Vec<Clean> {
        [&[Clean::from("; ")], self.engineer.as_slice()].concat()
    }
}

/// The strongest hindrance that the rules found; of equal ones input comes before tasks, these before shifts.
pub fn strongest(load: &PageLoad<'_>, findings: &[FindingReport]) -> Option<Hindrance> {
    let of = |rules: &[&str]| {
        let mut found = findings.iter().filter(|finding| rules.contains(&finding.rule.as_str()));
        // Findings come in the order of their weight.
        found.next().filter(|finding| Severity::Warning <= finding.severity)
    };
    let all = [
        of(&INPUT_RULES).and_then(|finding| slow_answer(load, finding)),
        of(&[TASKS_RULE]).and_then(|finding| busy(load, finding)),
        of(&[SHIFTS_RULE]).and_then(|finding| moved(load, finding)),
    ];
    all.into_iter().flatten().reduce(|first, other| if first.severity < other.severity { other } else { first })
}

/// Work of the page in the visitor's browser, unless another company's script did it.
fn worker(finding: &FindingReport) -> Option<Owner> {
    Some(if finding.owner == Owner::ThirdParty { Owner::ThirdParty } else { Owner::Client })
}

fn whose(finding: &FindingReport) -> Clean {
    Clean::from(if finding.owner == Owner::ThirdParty { " with scripts of other companies" } else { "" })
}

fn slow_answer(load: &PageLoad<'_>, finding: &FindingReport) -> Option<Hindrance> {
    let slowest = load.recording.timeline.interaction_to_next_paint(load.window())?;
    let what = vec![
        Clean::from("it took "),
        format::plain_time(slowest.duration),
        Clean::from(" to answer "),
        Clean::from(interactions::plain_input(load, slowest)),
        Clean::from(if finding.owner == Owner::ThirdParty { ", in scripts of other companies" } else { "" }),
    ];
    Some(Hindrance {
        what,
        engineer: vec![Clean::from("INP "), format::exact_time(slowest.duration)],
        owner: worker(finding),
        figure: Some((Metric::Inp.into(), stored(slowest.duration))),
        severity: finding.severity,
    })
}

fn busy(load: &PageLoad<'_>, finding: &FindingReport) -> Option<Hindrance> {
    let tasks = long_tasks::of(load)?;
    let longest = tasks.iter().map(|task| task.span.duration()).reduce(Millis::max)?;
    let what = vec![
        Clean::from("the browser was too busy"),
        whose(finding),
        Clean::from(" to react for up to "),
        format::plain_time(longest),
    ];
    let mut engineer = vec![Clean::from("longest task "), format::exact_time(longest)];
    if let Some(tbt) = load.milestones.tbt {
        engineer.extend([Clean::from(", TBT "), format::exact_time(tbt.ms)]);
    }
    Some(Hindrance {
        what,
        engineer,
        owner: worker(finding),
        figure: load.milestones.tbt.map(|tbt| (Metric::Tbt.into(), stored(tbt.ms))),
        severity: finding.severity,
    })
}

/// Nobody waits for it, so it is nobody's time.
fn moved(load: &PageLoad<'_>, finding: &FindingReport) -> Option<Hindrance> {
    let score = load.milestones.cls?;
    Some(Hindrance {
        what: vec![Clean::from("its content moved while people could already read it")],
        engineer: vec![Clean::from("CLS "), Clean::number(score, 3)],
        owner: None,
        figure: None,
        severity: finding.severity,
    })
}
