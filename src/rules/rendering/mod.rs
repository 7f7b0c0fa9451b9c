//! Rules about rendering.

use crate::rules::Rule;

mod css_import_chain;
mod late_charset;
mod late_discovery;
mod layout_shifts;
mod parser_blocking_script;
mod render_blocking_requests;
mod request_chain;
mod unused_preload;

pub(super) static RULES: &[&Rule] = &[
    &render_blocking_requests::RENDER_BLOCKING_REQUESTS,
    &parser_blocking_script::PARSER_BLOCKING_SCRIPT,
    &css_import_chain::CSS_IMPORT_CHAIN,
    &late_discovery::LATE_DISCOVERY,
    &request_chain::REQUEST_CHAIN,
    &late_charset::LATE_CHARSET,
    &unused_preload::UNUSED_PRELOAD,
    &layout_shifts::LAYOUT_SHIFTS,
];
