//! Rules about service worker.

use crate::rules::Rule;

pub(super) static RULES: &[&Rule] = &[];
