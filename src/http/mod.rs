//! What HTTP means, without knowing about pages or recordings.

pub mod browsers;
pub mod cache_control;
pub mod cache_status;
pub mod cdn;
pub mod content_coding;
pub mod date;
pub mod directives;
pub mod edge;
pub mod exchange;
pub mod faults;
pub mod freshness;
pub mod host;
pub mod judgment;
pub mod list;
pub mod media_type;
pub mod no_vary_search;
pub mod pasted;
pub mod priority;
pub mod server_timing;
pub mod structured;
pub mod targeted;
pub mod url;
pub mod user_agent;
pub mod validation;
pub mod vary;

#[cfg(all(test, not(target_arch = "wasm32")))]
mod property_tests;
