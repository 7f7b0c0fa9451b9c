//! What HTTP means, without knowing about pages or recordings.

pub mod edge;
pub mod host;
pub mod media_type;
pub mod server_timing;
pub mod url;
