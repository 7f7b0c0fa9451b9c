//! Rules about requests that failed.

mod failed_requests;

use crate::rules::Rule;

pub(super) static RULES: &[&Rule] = &[&failed_requests::FAILED_REQUESTS];
