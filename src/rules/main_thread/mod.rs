//! Rules about the work of the browser's main thread.

mod forced_reflow;
mod large_dom;
mod long_tasks;
mod slow_selectors;

use crate::rules::Rule;

pub(super) static RULES: &[&Rule] =
    &[&long_tasks::LONG_TASKS, &forced_reflow::FORCED_REFLOW, &large_dom::LARGE_DOM, &slow_selectors::SLOW_SELECTORS];
