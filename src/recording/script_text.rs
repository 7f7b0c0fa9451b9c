//! What was learnt of scripts from their text and source maps while these passed; the text is not kept.

use crate::javascript::LegacyCode;
use crate::text::StrId;

/// A script whose text was recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct ScriptText {
    /// Its address.
    pub url: StrId,
    /// Its length in UTF-16 units.
    pub n_units: u64,
    /// Hash of its text, for "the same script twice" within one recording.
    pub hash: u64,
    /// Code for old browsers.
    pub legacy: LegacyCode,
    /// Which sources it was made of and how many units each became, as its source map tells. Small ones are left out.
    /// `None`: no usable source map.
    pub sources: Option<Vec<ScriptSource>>,
}

/// A source that a script was made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScriptSource {
    /// Its name, as written in the source map.
    pub name: StrId,
    /// UTF-16 units of the script that come from it.
    pub n_units: u64,
}
