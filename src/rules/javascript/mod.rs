//! Rules about what is in scripts.

mod duplicated_modules;
mod legacy_javascript;

use crate::rules::Rule;
use crate::units::Bytes;

pub(super) static RULES: &[&Rule] = &[&duplicated_modules::DUPLICATED_MODULES, &legacy_javascript::LEGACY_JAVASCRIPT];

/// From this many bytes sent for nothing on it is a warning: a round trip's worth of data (RFC 6928: 10 segments).
const NOTICEABLE: Bytes = Bytes(14_600);
