//! While files are read: what is being done, how much of it is done, and a way out.

use crate::app::markup::{Markup, button, follow, live, tag};
use crate::app::state::Session;
use crate::view::format;
use crate::worker::protocol::Step;
use leptos::prelude::*;

/// Screen readers are told at every quarter.
const TOLD: f64 = 4.0;

/// The screen.
pub fn loading(session: Session) -> Markup {
    let fraction = move || session.step.with(|step| step.as_ref().map_or(0.0, Step::fraction));
    let quarter = Memo::new(move |_| (fraction() * TOLD).floor() as u32);
    follow(move || {
        session.said.set(match quarter.get() {
            // The heading has the focus and says it.
            0 => String::new(),
            n => format!("{} percent done.", f64::from(n) / TOLD * 100.0),
        });
    });
    tag("section.loading")
        .child(tag("h1#loading-title").attr("tabindex", "-1").child("Reading the recording"))
        .child(tag("p.phase").child(live(move || session.step.with(|step| words(step.as_ref())))))
        .child(
            tag("progress")
                .attr("max", "1")
                .live_attr("value", move || fraction().to_string())
                .attr("aria-label", "Progress"),
        )
        .child(tag("p").child(button("button.button", "Cancel", move || session.leave())))
}

fn words(step: Option<&Step>) -> String {
    match step {
        None => "Starting".to_owned(),
        Some(Step::Reading { done, total, .. }) => {
            format!("Reading {} of {}", format::bytes(*done as u64), format::bytes(*total as u64))
        }
        Some(Step::Deriving) => "Putting the requests in order".to_owned(),
        Some(Step::Rule { done, total, .. }) => format!("Checking: {done} of {total} checks"),
        Some(Step::Reporting) => "Writing it down".to_owned(),
    }
}
