//! Bytes → recordings; the only place that knows file formats.

pub mod json;
pub mod source;
