//! Rules about connections.

use crate::rules::Rule;

pub(super) static RULES: &[&Rule] = &[];
