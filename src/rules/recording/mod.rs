//! Rules about recording.

use crate::rules::Rule;

pub(super) static RULES: &[&Rule] = &[];
