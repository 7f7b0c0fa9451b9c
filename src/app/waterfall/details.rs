//! Everything recorded of the selected request, beside the list. Not modal: Esc closes it.

use crate::app::markup::{Markup, button, fact, group, live, tag};
use crate::app::state::{Session, focus_quietly};
use crate::recording::Phase;
use crate::view::{describe, format};
use crate::worker::protocol::Details;
use leptos::prelude::*;
use web_sys::KeyboardEvent;

/// The panel.
pub fn panel(session: Session) -> Markup {
    group().child(live(move || session.is_open.get().then(|| opened(session))))
}

fn opened(session: Session) -> Markup {
    let head = tag("div.details-head")
        .child(tag("h3#details-title").attr("tabindex", "-1").child("Request"))
        .child(button("button.icon", "×", move || close(session)).attr("aria-label", "Close details"));
    let on_key = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            event.prevent_default();
            close(session);
        }
    };
    let content = move || session.details.with(|details| details.as_ref().map(|details| content(session, details)));
    tag("aside.details").attr("aria-labelledby", "details-title").on("keydown", on_key).child(head).child(live(content))
}

fn close(session: Session) {
    session.close_details();
    focus_quietly("grid");
}

fn content(session: Session, details: &Details) -> Markup {
    let repaired = (!details.repaired.is_empty()).then(|| {
        let lines = details.repaired.iter().map(|line| tag("li").child(line.as_str()));
        group().child(tag("h4").child("Repaired in the recording")).child(tag("ul.repaired").children(lines))
    });
    let facts = details
        .facts
        .iter()
        .map(|one| fact(one.label.as_str(), group().child(one.value.as_str()).child(from(&one.from))));
    let [times_from, response_from, request_from] = &details.sources;
    let seen_in = (!details.seen_in.is_empty()).then(|| tag("p.neighbor").child(details.seen_in.as_str()));
    group()
        .child(tag("p.url").child(details.url.as_str()))
        .child(seen_in)
        .child(neighbor(session, "Asked for by", &details.initiator))
        .child(neighbor(session, "Redirected from", &details.redirected_from))
        .child(neighbor(session, "Redirected to", &details.redirected_to))
        .child(phases(details, times_from))
        .child(repaired)
        .child(tag("h4").child("Facts"))
        .child(tag("dl.list").children(facts))
        .child(headers("Response headers", &details.response_headers, response_from))
        .child(headers("Request headers", &details.request_headers, request_from))
}

/// Which of two joined files it comes from.
fn from(source: &str) -> Option<Markup> {
    (!source.is_empty()).then(|| tag("span.source").child(tag("span.unseen").child(" from the ")).child(source))
}

/// Another request that has to do with this one, as a way there.
fn neighbor(session: Session, label: &'static str, other: &Option<(u32, String)>) -> Option<Markup> {
    let (request, url) = other.as_ref()?;
    let request = *request;
    let go = move || {
        session.select(request);
        // The button goes away with what is shown of this request.
        focus_quietly("details-title");
    };
    let link = button("button.link", format::short_url(url).1, go).attr("title", url.clone());
    Some(tag("p.neighbor").child(label).child(" ").child(link))
}

fn phases(details: &Details, source: &str) -> Markup {
    let total = details.duration.filter(|total| 0.0 < *total);
    let begin = details.start.map(|start| format!("Starts at {}", format::duration(start)));
    let takes = details.duration.map(|ms| format!(", takes {}", format::duration(ms)));
    let share = |ms: f64| total.map_or(0.0, |total| (ms / total * 100.0).clamp(0.0, 100.0));
    let mut before = 0.0;
    let mut rows = tag("tbody");
    let mut is_empty = true;
    for (id, ms) in &details.phases {
        let Some(phase) = Phase::ALL.into_iter().find(|phase| phase.id() == id) else { continue };
        let bar = tag("span")
            .attr("class", phase.id())
            .style("margin-left", &format!("{}%", share(before)))
            .style("width", &format!("{}%", share(*ms)));
        before += ms;
        let name = tag("th").attr("scope", "row").attr("title", describe::phase_meaning(phase));
        let row = tag("tr")
            .child(name.child(describe::phase(phase)))
            .child(tag("td.number").child(format::duration(*ms)))
            .child(tag("td.bar").attr("aria-hidden", "true").child(bar));
        rows = rows.child(row);
        is_empty = false;
    }
    let table = (!is_empty).then(|| tag("table.phases").child(rows));
    group().child(tag("h4").child("Time").child(from(source))).child(tag("p").child(begin).child(takes)).child(table)
}

/// Up to so many headers are shown at once.
const SHOWN_HEADERS: usize = 12;

fn headers(title: &'static str, lines: &[(String, String)], source: &str) -> Option<Markup> {
    let n = lines.len();
    (n != 0).then(|| {
        let summary =
            tag("summary").child(title).child(" ").child(tag("span.count").child(n.to_string())).child(from(source));
        let lines = lines.iter().map(|(name, value)| fact(name.as_str(), value.as_str()));
        tag("details.headers")
            .flag("open", n <= SHOWN_HEADERS)
            .child(summary)
            .child(tag("dl.list.mono").children(lines))
    })
}
