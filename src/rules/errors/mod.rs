//! Rules about requests that failed.

mod failed_requests;
mod long_cached_error;
mod repeated_missing_file;

use crate::rules::Rule;

pub(super) static RULES: &[&Rule] = &[
    &failed_requests::FAILED_REQUESTS,
    &long_cached_error::LONG_CACHED_ERROR,
    &repeated_missing_file::REPEATED_MISSING_FILE,
];
