//! Counts what agrees and what does not, and knows where Weir differs on purpose.

use serde_json::Value;
use std::collections::BTreeMap;
use weir::units::Millis;

/// The engine writes thousandths of milliseconds.
pub const TOLERANCE_MS: f64 = 0.1;
/// Scores of layout shifts.
pub const TOLERANCE_SCORE: f64 = 0.0005;

const PAIRS: &str =
    "the engine pairs begins and ends of all threads on one stack and loses some; Weir pairs them by thread";

const ONE_TASK: &str = "the engine sums forced work over all threads until it meets a lone task; Weir sums it by task";

const OUTLIVES: &str = "of work that outlasts its parent the engine's totals count parts twice; Weir leaves it out, as the \
                        engine's tree does";

/// Where Weir says something else than the engine on purpose: trace, what is compared, why.
const DELIBERATE: &[(&str, &str, &str)] = &[
    ("syn-nav-before-tracing-started", "FunctionCall", OUTLIVES),
    ("syn-nav-before-tracing-started", "RunTask", OUTLIVES),
    ("syn-tree-edges", "FunctionCall", OUTLIVES),
    ("syn-tree-edges", "RunTask", OUTLIVES),
    ("syn-tree-edges", "tree.example", OUTLIVES),
    (
        "spa-soft-nav",
        "url",
        "a navigation keeps the address of its document; what script made of it is a navigation of its own",
    ),
    (
        "spa-soft-nav",
        "image",
        "pictures that a later view of the app shows are that view's, a load of its own; the engine counts them with the page",
    ),
    ("lh-art-lr", "ttfb", "the engine takes -1, which means not recorded, for a time"),
    ("lh-art-lr", "delay", "the engine takes -1, which means not recorded, for a time"),
    ("lh-art-lr", "earliest", "the engine takes -1, which means not recorded, for a time"),
    ("lh-no-tracingstarted-m74", "EvaluateScript", PAIRS),
    ("lh-no-tracingstarted-m74", "TimerFire", PAIRS),
    ("lh-art-lr", "forced", ONE_TASK),
    ("iframes", "forced", ONE_TASK),
    ("warm-visit", "load", "the engine's mark, and so ours, was written 0.3 ms after the page's event had ended"),
];

/// What was compared, and what differs.
#[derive(Default)]
pub struct Tally {
    /// Matched and total by kind.
    pub counts: BTreeMap<&'static str, (usize, usize)>,
    /// What differs, in words.
    pub wrong: Vec<String>,
    /// How often each reason to differ held.
    pub deliberate: BTreeMap<String, usize>,
}

impl Tally {
    /// Counts one comparison.
    pub fn check(&mut self, kind: &'static str, trace: &str, what: &str, is_equal: bool, said: String) {
        let (matched, total) = self.counts.entry(kind).or_default();
        if !is_equal
            && let Some((.., why)) = DELIBERATE.iter().find(|(file, about, _)| *file == trace && *about == what)
        {
            *self.deliberate.entry((*why).to_owned()).or_default() += 1;
            return;
        }
        *total += 1;
        match is_equal {
            true => *matched += 1,
            false => self.wrong.push(format!("{kind} {trace} {what}: {said}")),
        }
    }

    /// Compares a number.
    pub fn number(
        &mut self,
        kind: &'static str,
        trace: &str,
        what: &str,
        ours: Option<f64>,
        theirs: &Value,
        tolerance: f64,
    ) {
        let theirs = theirs.as_f64();
        let is_equal = match (ours, theirs) {
            (Some(ours), Some(theirs)) => (ours - theirs).abs() <= tolerance,
            (None, None) => true,
            _ => false,
        };
        self.check(kind, trace, what, is_equal, format!("{ours:?}, not {theirs:?}"));
    }

    /// Compares a time.
    pub fn millis(&mut self, kind: &'static str, trace: &str, what: &str, ours: Option<Millis>, theirs: &Value) {
        self.number(kind, trace, what, ours.map(|ms| ms.0), theirs, TOLERANCE_MS);
    }

    /// Compares a text.
    pub fn text(&mut self, kind: &'static str, trace: &str, what: &str, ours: Option<&str>, theirs: &Value) {
        let theirs = theirs.as_str();
        self.check(kind, trace, what, ours == theirs, format!("{ours:?}, not {theirs:?}"));
    }
}
