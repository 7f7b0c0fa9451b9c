//! Rules about other companies' files on the page.

mod early_third_party_work;
mod third_party_main_thread;
mod third_party_weight;

use crate::rules::Rule;

pub(super) static RULES: &[&Rule] = &[
    &third_party_weight::THIRD_PARTY_WEIGHT,
    &third_party_main_thread::THIRD_PARTY_MAIN_THREAD,
    &early_third_party_work::EARLY_THIRD_PARTY_WORK,
];
