//! When nothing could be opened: what was found, what to do. Never an empty page.

use crate::app::intake;
use crate::app::landing::record::how_to_record;
use crate::app::markup::{Markup, button, group, tag};
use crate::app::state::Session;
use crate::worker::protocol::Failure;

/// The screen.
pub fn error(session: Session, failure: Failure) -> Markup {
    let back = if session.has_earlier() { "Back to the earlier recording" } else { "Back to the start" };
    let actions = tag("p.actions")
        .child(button("button.button.primary", "Choose another file…", intake::pick))
        .child(button("button.button", back, move || session.leave()));
    let file = (!failure.file.is_empty())
        .then(|| tag("p.eyebrow").child("The file ").child(tag("span.address").child(failure.file)));
    let section = tag("section.failure")
        .child(file)
        .child(tag("h1#error-title").attr("tabindex", "-1").child(failure.what))
        .child(tag("p.advice").child(failure.advice))
        .child(actions);
    group().child(section).child(how_to_record())
}
