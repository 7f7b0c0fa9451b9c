//! What a rule is, and what it says: [`Rule`], [`Outcome`], [`Finding`], [`Evidence`], [`Savings`].

use crate::page_load::{Certainty, Metric, Owner, PageLoad};
use crate::recording::{Missing, RequestId};
use crate::rules::text::Message;
use crate::units::{Bytes, Millis};

/// One check with its documentation. Made by `declare_rule!` only.
pub struct Rule {
    /// Kebab-case noun phrase naming the problem; equal to the file's name.
    pub id: &'static str,
    /// The problem as a noun phrase, for people.
    pub title: &'static str,
    /// What it is about.
    pub topic: Topic,
    /// The highest severity a finding of this rule can have.
    pub severity: Severity,
    /// Who can fix it, unless a finding says otherwise.
    pub owner: Owner,
    /// Evidence without which the outcome is [`Outcome::NotChecked`]; asked before `check`.
    pub needs: &'static [Missing],
    /// Version of Weir that had it first.
    pub since: &'static str,
    /// The documentation as Markdown with fixed sections; empty in the page.
    pub docs: &'static str,
    /// The check itself.
    pub check: fn(&PageLoad<'_>) -> Outcome,
}

/// What rules are about, in reading order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)] // the field's own names
pub enum Topic {
    Server,
    Redirects,
    Errors,
    Connections,
    Rendering,
    LargestPaint,
    Transfer,
    Images,
    Fonts,
    JavaScript,
    MainThread,
    Interaction,
    Caching,
    Cdn,
    ThirdParty,
    ServiceWorker,
    Security,
    Recording,
}

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; little or nothing to gain in this load.
    Notice,
    /// Costs noticeable time or bytes.
    Warning,
    /// Among the reasons why the page is slow or broken.
    Serious,
}

/// What a check came to.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// Nothing wrong.
    Passed,
    /// The problem is there. Usually one finding holding all its evidence.
    Found(Vec<Finding>),
    /// The load has nothing that the rule is about; says why in plain words.
    NotApplicable(&'static str),
    /// The recording does not tell; says what is missing in plain words.
    NotChecked(&'static str),
}

/// A problem found, with proof, consequence and cure.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// How much it weighs here.
    pub severity: Severity,
    /// Who can fix it, if not the rule's owner.
    pub owner: Option<Owner>,
    /// What happened, for somebody who is no engineer (whole sentences).
    pub customer: Message,
    /// The same with requests, header lines and exact figures.
    pub engineer: Message,
    /// What to do, imperative.
    pub fix: Message,
    /// The proof, weightiest first.
    pub evidence: Vec<Evidence>,
    /// What fixing it may gain; `None` where that cannot be said.
    pub savings: Option<Savings>,
}

/// One piece of proof.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// The request it is about.
    pub request: Option<RequestId>,
    /// The header line or figure that proves it.
    pub text: Message,
}

/// What a fix may gain.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Savings {
    /// Which milestone would come earlier; `None`: only bytes or repeat visits gain.
    pub milestone: Option<Metric>,
    /// From … to, both at least zero, in order.
    pub ms: (Millis, Millis),
    /// Bytes on the wire that would not be sent (in this load).
    pub bytes: Bytes,
    /// How it was reckoned.
    pub method: Method,
}

/// How savings were reckoned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// The time stands in the recording and would be gone.
    Measured,
    /// The load was simulated without the problem.
    Simulated,
    /// An upper bound (and zero as the lower).
    Bound,
    /// By a typical ratio.
    Estimated,
}

impl Method {
    /// How certain such a figure is.
    pub fn certainty(self) -> Certainty {
        match self {
            Self::Measured => Certainty::Derived,
            Self::Simulated | Self::Bound | Self::Estimated => Certainty::Estimated,
        }
    }
}

impl Outcome {
    /// One finding.
    pub fn found(finding: Finding) -> Self {
        Self::Found(vec![finding])
    }
}

/// Declares a rule: its doc comment becomes the documentation that `weir rules` shows.
macro_rules! declare_rule {
    (
        $(#[doc = $doc:expr])+
        pub static $name:ident = {
            id: $id:literal,
            title: $title:literal,
            topic: $topic:expr,
            severity: $severity:expr,
            owner: $owner:expr,
            needs: [$($need:expr),* $(,)?],
            since: $since:literal,
            check: $check:path $(,)?
        }
    ) => {
        $(#[doc = $doc])+
        pub static $name: $crate::rules::rule::Rule = $crate::rules::rule::Rule {
            id: $id,
            title: $title,
            topic: $topic,
            severity: $severity,
            owner: $owner,
            needs: &[$($need),*],
            since: $since,
            // The page shows what a finding says, not the documentation, which would be a twentieth of its weight.
            docs: if cfg!(target_arch = "wasm32") { "" } else { concat!($($doc, "\n"),+) },
            check: $check,
        };
    };
}
pub(crate) use declare_rule;
