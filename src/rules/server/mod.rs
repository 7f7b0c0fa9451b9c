//! Rules about what the site's own servers do.

mod missing_early_hints;
mod slow_api_response;
mod slow_server_response;

use crate::rules::Rule;

pub(super) static RULES: &[&Rule] = &[
    &slow_server_response::SLOW_SERVER_RESPONSE,
    &slow_api_response::SLOW_API_RESPONSE,
    &missing_early_hints::MISSING_EARLY_HINTS,
];
