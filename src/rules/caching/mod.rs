//! Rules about caching.

use crate::rules::Rule;

pub(super) static RULES: &[&Rule] = &[];
