//! Rules about transfer.

use crate::rules::Rule;

pub(super) static RULES: &[&Rule] = &[];
