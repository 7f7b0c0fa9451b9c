//! Rules about the work of the browser's main thread.

mod forced_reflow;
mod long_tasks;

use crate::rules::Rule;

pub(super) static RULES: &[&Rule] = &[&long_tasks::LONG_TASKS, &forced_reflow::FORCED_REFLOW];
