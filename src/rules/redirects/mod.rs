//! Rules about redirects.

use crate::rules::Rule;

pub(super) static RULES: &[&Rule] = &[];
