//! Interactions: taps, clicks and key strokes, and how long until the page answered with a frame.

use crate::recording::FrameId;
use crate::text::StrId;
use crate::units::Millis;

/// One event of an interaction.
#[derive(Clone, Copy, Debug)]
pub struct Interaction {
    /// The event's type, such as `click`.
    pub event: StrId,
    /// Chrome's number of the interaction; events of one tap have the same.
    pub recorded_id: u64,
    /// When the user did it.
    pub start: Millis,
    /// Until the next frame was shown.
    pub duration: Millis,
    /// Until handlers began to run.
    pub input_delay: Millis,
    /// While handlers ran.
    pub processing: Millis,
    /// From their end to the frame. May be negative where the browser's clocks disagree.
    pub presentation_delay: Millis,
    /// In which frame.
    pub frame: Option<FrameId>,
    /// Chrome's number of the element.
    pub node: Option<i64>,
}
