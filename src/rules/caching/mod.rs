//! Rules about caching.

use crate::rules::Rule;

mod cache_busting_query;
mod invalid_cache_header;
mod missing_cache_lifetime;
mod missing_validator;
mod no_store_document;
mod pointless_revalidation;
mod redundant_cache_header;
mod short_cache_lifetime;
mod stale_on_arrival;
mod unreadable_header;
mod unstorable_static_file;
mod zero_cache_lifetime;

pub(super) static RULES: &[&Rule] = &[
    &missing_cache_lifetime::MISSING_CACHE_LIFETIME,
    &zero_cache_lifetime::ZERO_CACHE_LIFETIME,
    &unstorable_static_file::UNSTORABLE_STATIC_FILE,
    &short_cache_lifetime::SHORT_CACHE_LIFETIME,
    &stale_on_arrival::STALE_ON_ARRIVAL,
    &cache_busting_query::CACHE_BUSTING_QUERY,
    &no_store_document::NO_STORE_DOCUMENT,
    &invalid_cache_header::INVALID_CACHE_HEADER,
    &unreadable_header::UNREADABLE_HEADER,
    &redundant_cache_header::REDUNDANT_CACHE_HEADER,
    &pointless_revalidation::POINTLESS_REVALIDATION,
    &missing_validator::MISSING_VALIDATOR,
];
