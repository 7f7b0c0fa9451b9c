//! Rules about the work of the browser's main thread.

mod forced_reflow;

use crate::rules::Rule;

pub(super) static RULES: &[&Rule] = &[&forced_reflow::FORCED_REFLOW];
