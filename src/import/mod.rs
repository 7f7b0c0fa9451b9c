//! Bytes → recordings; the only place that knows file formats.

pub mod container;
pub mod json;
pub mod sniff;
pub mod source;
