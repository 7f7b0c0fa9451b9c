//! Rules about the largest content of the first view.

mod blocked_largest_paint;
mod lazy_largest_image;
mod low_priority_largest_image;
mod slow_largest_paint;

use crate::rules::Rule;

pub(super) static RULES: &[&Rule] = &[
    &slow_largest_paint::SLOW_LARGEST_PAINT,
    &lazy_largest_image::LAZY_LARGEST_IMAGE,
    &low_priority_largest_image::LOW_PRIORITY_LARGEST_IMAGE,
    &blocked_largest_paint::BLOCKED_LARGEST_PAINT,
];
