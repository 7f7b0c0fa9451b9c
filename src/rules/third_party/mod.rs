//! Rules about third party.

use crate::rules::Rule;

pub(super) static RULES: &[&Rule] = &[];
