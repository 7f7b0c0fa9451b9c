//! Bytes → recordings; the only place that knows file formats.
