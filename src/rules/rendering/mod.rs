//! Rules about rendering.

use crate::rules::Rule;

mod css_import_chain;
mod late_charset;
mod late_discovery;
mod render_blocking_requests;
mod request_chain;

pub(super) static RULES: &[&Rule] = &[
    &render_blocking_requests::RENDER_BLOCKING_REQUESTS,
    &css_import_chain::CSS_IMPORT_CHAIN,
    &late_discovery::LATE_DISCOVERY,
    &request_chain::REQUEST_CHAIN,
    &late_charset::LATE_CHARSET,
];
