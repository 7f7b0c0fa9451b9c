//! Rules about errors.

use crate::rules::Rule;

pub(super) static RULES: &[&Rule] = &[];
