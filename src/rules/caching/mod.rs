//! Rules about caching.

use crate::rules::Rule;

mod cache_busting_query;
mod cleared_site_data;
mod faulty_revalidation;
mod guessed_document_lifetime;
mod invalid_cache_header;
mod missing_cache_lifetime;
mod missing_validator;
mod missing_vary;
mod misused_immutable;
mod no_store_document;
mod pointless_revalidation;
mod private_static_file;
mod redundant_cache_header;
mod reused_etag;
mod short_cache_lifetime;
mod stale_on_arrival;
mod unload_handler;
mod unreadable_header;
mod unstorable_static_file;
mod vary_splits_cache;
mod wrong_cors_copy;
mod wrong_server_clock;
mod zero_cache_lifetime;

pub(super) static RULES: &[&Rule] = &[
    &wrong_cors_copy::WRONG_CORS_COPY,
    &missing_cache_lifetime::MISSING_CACHE_LIFETIME,
    &zero_cache_lifetime::ZERO_CACHE_LIFETIME,
    &unstorable_static_file::UNSTORABLE_STATIC_FILE,
    &private_static_file::PRIVATE_STATIC_FILE,
    &short_cache_lifetime::SHORT_CACHE_LIFETIME,
    &stale_on_arrival::STALE_ON_ARRIVAL,
    &cache_busting_query::CACHE_BUSTING_QUERY,
    &no_store_document::NO_STORE_DOCUMENT,
    &unload_handler::UNLOAD_HANDLER,
    &guessed_document_lifetime::GUESSED_DOCUMENT_LIFETIME,
    &invalid_cache_header::INVALID_CACHE_HEADER,
    &unreadable_header::UNREADABLE_HEADER,
    &redundant_cache_header::REDUNDANT_CACHE_HEADER,
    &misused_immutable::MISUSED_IMMUTABLE,
    &vary_splits_cache::VARY_SPLITS_CACHE,
    &missing_vary::MISSING_VARY,
    &pointless_revalidation::POINTLESS_REVALIDATION,
    &faulty_revalidation::FAULTY_REVALIDATION,
    &reused_etag::REUSED_ETAG,
    &missing_validator::MISSING_VALIDATOR,
    &wrong_server_clock::WRONG_SERVER_CLOCK,
    &cleared_site_data::CLEARED_SITE_DATA,
];
