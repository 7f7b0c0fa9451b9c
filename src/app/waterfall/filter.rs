//! The field that filters the list of requests, what it leaves, and what it cannot mean.

use crate::app::markup::{Markup, follow, group, live, tag};
use crate::app::state::Session;
use crate::app::waterfall::View;
use crate::view::format;
use crate::view::listing::Listing;
use crate::view::request_filter::KEYS;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlInputElement};

/// The field with what it says.
pub fn filter(session: Session, view: View) -> Markup {
    let field = tag("input#request-filter.filter")
        .attr("type", "search")
        .attr("aria-describedby", "request-filter-told")
        .attr("autocomplete", "off")
        .attr("spellcheck", "false")
        .attr("placeholder", "part of an address, or domain:cdn wait>300ms -is:from-cache")
        .on("input", move |event: Event| session.set_filter(event_target_value(&event)));
    let input: HtmlInputElement = field.element().unchecked_into();
    follow(move || {
        let text = session.filter.get();
        if input.value() != text {
            input.set_value(&text);
        }
    });
    let n_rows = view.rows.with_value(|rows| rows.len());
    let told = move || {
        session.filtered.with(|filtered| {
            let filtered = filtered.as_ref()?;
            let n = view.listing.with(Listing::len);
            let all = format::counted(n_rows as u64, "request", "requests");
            let verb = if n == 1 { "matches" } else { "match" };
            let complaints = filtered.complaints.iter().map(|(term, says)| {
                tag("span.complaint")
                    .child(tag("code").child(term.as_str()))
                    .child(" ")
                    .child(says.as_str())
                    .child(". ")
            });
            Some(group().child(format!("{} of {all} {verb}. ", format::grouped(n as u64))).children(complaints))
        })
    };
    let keys = KEYS.iter().filter(|key| !key.name.is_empty());
    let keys = keys.map(|key| group().child(tag("code").child(key.name)).child(" "));
    let help = tag("details.list").child(tag("summary").child("What can be typed")).child(
        tag("p").child("A part of the address, or a value behind one of these: ").children(keys).child(
            "All terms must hold; - before a term turns it around, * stands for anything. Sizes are written as 10k \
                 or 1.5M, times as 300ms or 1.5s. A value that does not occur here is answered with those that do.",
        ),
    );
    tag("div.request-filter")
        .child(tag("label").attr("for", "request-filter").child("Filter "))
        .child(field)
        .child(tag("p#request-filter-told.why").attr("role", "status").child(live(told)))
        .child(help)
}
