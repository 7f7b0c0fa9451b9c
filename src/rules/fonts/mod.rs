//! Rules about fonts.

use crate::rules::Rule;

mod invisible_text;
mod late_fonts;
mod legacy_font_format;

pub(super) static RULES: &[&Rule] =
    &[&invisible_text::INVISIBLE_TEXT, &late_fonts::LATE_FONTS, &legacy_font_format::LEGACY_FONT_FORMAT];
