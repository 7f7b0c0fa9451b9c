//! What is told of the selected piece of work, in lines under the chart that a screen reader reads out.

use crate::app::markup::{Markup, fact, live, tag};
use crate::app::result::request_link;
use crate::app::state::{Session, focus_quietly};
use crate::view::format;
use crate::worker::protocol::SliceDetails;
use leptos::prelude::*;
use web_sys::KeyboardEvent;

/// Id of the element.
pub const ID: &str = "slice";

/// The lines.
pub fn line(session: Session) -> Markup {
    let content = move || {
        session.slice.with(|slice| match slice {
            Some(slice) => told(session, slice),
            None => tag("p.hint").child("Select a bar to see what it is: by a click, or by arrow keys."),
        })
    };
    let on_key = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            event.prevent_default();
            focus_quietly("flame");
        }
    };
    tag("div.slice")
        .attr("id", ID)
        .attr("role", "region")
        .attr("aria-label", "Selected piece of work")
        .attr("aria-live", "polite")
        .attr("tabindex", "-1")
        .on("keydown", on_key)
        .child(live(content))
}

fn told(session: Session, slice: &SliceDetails) -> Markup {
    let times = format!(
        " starts at {}, takes {}, {} of it without its parts",
        format::duration(slice.start),
        format::duration(slice.ms),
        format::duration(slice.self_ms),
    );
    let facts = slice.facts.iter().map(|(label, value)| fact(label.as_str(), value.as_str()));
    let request = slice.request.map(|request| fact("Request", request_link(session, request)));
    tag("div")
        .child(tag("p").child(tag("strong").child(slice.name.as_str())).child(times))
        .child(tag("dl").children(facts).child(request))
}
