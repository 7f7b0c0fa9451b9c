//! What HTTP means, without knowing about pages or recordings.

pub mod cache_control;
pub mod content_coding;
pub mod date;
pub mod edge;
pub mod freshness;
pub mod host;
pub mod list;
pub mod media_type;
pub mod server_timing;
pub mod url;
pub mod user_agent;
