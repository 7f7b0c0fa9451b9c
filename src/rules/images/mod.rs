//! Rules about images.

use crate::rules::Rule;

mod eager_offscreen_image;
mod old_image_format;
mod oversized_image;
mod unsized_image;

pub(super) static RULES: &[&Rule] = &[
    &oversized_image::OVERSIZED_IMAGE,
    &old_image_format::OLD_IMAGE_FORMAT,
    &unsized_image::UNSIZED_IMAGE,
    &eager_offscreen_image::EAGER_OFFSCREEN_IMAGE,
];
