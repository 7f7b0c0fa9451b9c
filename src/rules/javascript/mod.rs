//! Rules about what is in scripts.

mod duplicated_modules;
mod legacy_javascript;

use crate::rules::Rule;

pub(super) static RULES: &[&Rule] = &[&duplicated_modules::DUPLICATED_MODULES, &legacy_javascript::LEGACY_JAVASCRIPT];

/// Why nothing can be said of scripts.
const NO_TEXTS: &str = "the recording does not hold the text of scripts; HAR with content and enhanced traces do";
