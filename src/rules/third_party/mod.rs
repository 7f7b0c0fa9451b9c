//! Rules about other companies' files on the page.

mod third_party_weight;

use crate::rules::Rule;

pub(super) static RULES: &[&Rule] = &[&third_party_weight::THIRD_PARTY_WEIGHT];
