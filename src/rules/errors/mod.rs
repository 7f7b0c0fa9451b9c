//! Rules about requests that failed.

mod failed_requests;
mod long_cached_error;

use crate::rules::Rule;

pub(super) static RULES: &[&Rule] = &[&failed_requests::FAILED_REQUESTS, &long_cached_error::LONG_CACHED_ERROR];
