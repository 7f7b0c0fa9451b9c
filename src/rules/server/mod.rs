//! Rules about what the site's own servers do.

use crate::rules::Rule;

pub(super) static RULES: &[&Rule] = &[];
