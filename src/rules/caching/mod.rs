//! Rules about caching.

use crate::rules::Rule;

mod invalid_cache_header;
mod missing_cache_lifetime;
mod missing_validator;
mod pointless_revalidation;
mod short_cache_lifetime;
mod unstorable_static_file;
mod zero_cache_lifetime;

pub(super) static RULES: &[&Rule] = &[
    &missing_cache_lifetime::MISSING_CACHE_LIFETIME,
    &zero_cache_lifetime::ZERO_CACHE_LIFETIME,
    &unstorable_static_file::UNSTORABLE_STATIC_FILE,
    &short_cache_lifetime::SHORT_CACHE_LIFETIME,
    &invalid_cache_header::INVALID_CACHE_HEADER,
    &pointless_revalidation::POINTLESS_REVALIDATION,
    &missing_validator::MISSING_VALIDATOR,
];
