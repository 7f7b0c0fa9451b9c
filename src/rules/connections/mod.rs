//! Rules about connections: how many were opened, when, and what waited for one.

mod blocking_preflights;
mod legacy_http_version;
mod many_origins_before_render;
mod missing_preconnect;
mod queued_behind_host_limit;
mod shared_library_host;
mod unused_preconnect;

use std::collections::BTreeSet;

use crate::page_load::PageLoad;
use crate::recording::RequestId;
use crate::rules::Rule;

pub(super) static RULES: &[&Rule] = &[
    &queued_behind_host_limit::QUEUED_BEHIND_HOST_LIMIT,
    &legacy_http_version::LEGACY_HTTP_VERSION,
    &many_origins_before_render::MANY_ORIGINS_BEFORE_RENDER,
    &missing_preconnect::MISSING_PRECONNECT,
    &unused_preconnect::UNUSED_PRECONNECT,
    &blocking_preflights::BLOCKING_PREFLIGHTS,
    &shared_library_host::SHARED_LIBRARY_HOST,
];

/// The requests that the main milestone waited for.
fn on_the_way(load: &PageLoad<'_>) -> BTreeSet<RequestId> {
    let path = load.attribution.as_ref().map(|attribution| attribution.path.as_slice()).unwrap_or_default();
    path.iter().filter_map(|step| step.request).collect()
}
