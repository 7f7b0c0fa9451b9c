//! Rules about the work of the browser's main thread.

mod costly_script_evaluation;
mod forced_reflow;
mod large_dom;
mod long_tasks;
mod slow_selectors;
mod style_recalculation_storm;
mod timer_churn;

use crate::rules::Rule;

pub(super) static RULES: &[&Rule] = &[
    &long_tasks::LONG_TASKS,
    &costly_script_evaluation::COSTLY_SCRIPT_EVALUATION,
    &forced_reflow::FORCED_REFLOW,
    &style_recalculation_storm::STYLE_RECALCULATION_STORM,
    &timer_churn::TIMER_CHURN,
    &large_dom::LARGE_DOM,
    &slow_selectors::SLOW_SELECTORS,
];
