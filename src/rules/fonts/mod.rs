//! Rules about fonts.

use crate::rules::Rule;

pub(super) static RULES: &[&Rule] = &[];
