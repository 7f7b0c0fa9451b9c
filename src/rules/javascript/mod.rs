//! Rules about what is in scripts.

mod duplicated_modules;
mod legacy_javascript;

use crate::page_load::downloads;
use crate::rules::Rule;
use crate::units::Bytes;

pub(super) static RULES: &[&Rule] = &[&duplicated_modules::DUPLICATED_MODULES, &legacy_javascript::LEGACY_JAVASCRIPT];

/// From this many bytes sent for nothing on it is a warning: they cost a round trip of their own.
const NOTICEABLE: Bytes = downloads::FIRST_FLIGHT;
