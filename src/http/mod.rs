//! What HTTP means, without knowing about pages or recordings.

pub mod url;
