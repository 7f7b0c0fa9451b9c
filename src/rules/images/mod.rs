//! Rules about images.

use crate::rules::Rule;

pub(super) static RULES: &[&Rule] = &[];
