//! Rules about the recording itself: what makes its figures say more or less than they seem to.

use crate::rules::Rule;

mod cache_disabled;
mod extension_traffic;
mod late_recording_start;
mod slowed_processor;
mod throttled_recording;
mod unfinished_requests;
mod unrecorded_frame_requests;
mod warm_cache;

pub(super) static RULES: &[&Rule] = &[
    &throttled_recording::THROTTLED_RECORDING,
    &slowed_processor::SLOWED_PROCESSOR,
    &cache_disabled::CACHE_DISABLED,
    &warm_cache::WARM_CACHE,
    &late_recording_start::LATE_RECORDING_START,
    &unfinished_requests::UNFINISHED_REQUESTS,
    &unrecorded_frame_requests::UNRECORDED_FRAME_REQUESTS,
    &extension_traffic::EXTENSION_TRAFFIC,
];
