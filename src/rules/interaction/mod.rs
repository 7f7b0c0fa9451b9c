//! Rules about how fast the page answers to clicks, taps and keys.

mod input_delay;
mod late_readiness;
mod missing_mobile_viewport;
mod presentation_delay;
mod slow_event_handler;

use crate::rules::Rule;

pub(super) static RULES: &[&Rule] = &[
    &slow_event_handler::SLOW_EVENT_HANDLER,
    &input_delay::INPUT_DELAY,
    &presentation_delay::PRESENTATION_DELAY,
    &late_readiness::LATE_READINESS,
    &missing_mobile_viewport::MISSING_MOBILE_VIEWPORT,
];
