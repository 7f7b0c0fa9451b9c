//! What HTTP means, without knowing about pages or recordings.

pub mod host;
pub mod media_type;
pub mod url;
