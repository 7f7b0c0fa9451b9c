//! Everything recorded of the selected request, beside the list. Not modal: Esc closes it.

use crate::app::state::{Session, focus_quietly};
use crate::recording::Phase;
use crate::view::{describe, format};
use crate::worker::protocol::Details;
use leptos::prelude::*;
use std::sync::Arc;

/// The panel.
#[component]
pub fn Panel() -> impl IntoView {
    let session = Session::get();
    move || {
        session.is_open.get().then(|| {
            view! {
                <aside class="details" aria-labelledby="details-title" on:keydown=move |event| {
                    if event.key() == "Escape" {
                        event.prevent_default();
                        close(session);
                    }
                }>
                    <div class="details-head">
                        <h3 id="details-title" tabindex="-1">"Request"</h3>
                        <button type="button" class="icon" aria-label="Close details" on:click=move |_| close(session)>
                            "×"
                        </button>
                    </div>
                    {move || session.details.get().map(|details| content(session, &details))}
                </aside>
            }
        })
    }
}

fn close(session: Session) {
    session.close_details();
    focus_quietly("grid");
}

fn content(session: Session, details: &Arc<Details>) -> AnyView {
    let link = move |label: &'static str, other: &Option<(u32, String)>| {
        other.clone().map(|(request, url)| {
            view! {
                <p class="neighbor">{label} " "
                    <button type="button" class="link" title=url.clone() on:click=move |_| session.select(request)>
                        {format::short_url(&url).1.to_owned()}
                    </button>
                </p>
            }
        })
    };
    let repaired = (!details.repaired.is_empty()).then(|| {
        let lines = details.repaired.iter().map(|line| view! { <li>{line.clone()}</li> });
        view! { <h4>"Repaired in the recording"</h4> <ul class="repaired">{lines.collect_view()}</ul> }
    });
    let facts = details.facts.iter().map(|(label, value)| {
        view! { <div><dt>{label.clone()}</dt><dd>{value.clone()}</dd></div> }
    });
    view! {
        <p class="url">{details.url.clone()}</p>
        {link("Asked for by", &details.initiator)}
        {link("Redirected from", &details.redirected_from)}
        {link("Redirected to", &details.redirected_to)}
        {phases(details)}
        {repaired}
        <h4>"Facts"</h4>
        <dl class="list">{facts.collect_view()}</dl>
        {headers("Response headers", &details.response_headers)}
        {headers("Request headers", &details.request_headers)}
    }
    .into_any()
}

fn phases(details: &Details) -> impl IntoView + use<> {
    let total = details.duration.filter(|total| 0.0 < *total);
    let begin = details.start.map(|start| format!("Starts at {}", format::duration(start)));
    let takes = details.duration.map(|ms| format!(", takes {}", format::duration(ms)));
    let mut before = 0.0;
    let rows = details.phases.iter().filter_map(|(id, ms)| {
        let phase = Phase::ALL.into_iter().find(|phase| phase.id() == id)?;
        let share = |ms: f64| total.map_or(0.0, |total| (ms / total * 100.0).clamp(0.0, 100.0));
        let (left, width) = (format!("{}%", share(before)), format!("{}%", share(*ms)));
        before += ms;
        Some(view! {
            <tr>
                <th scope="row" title=describe::phase_meaning(phase)>{describe::phase(phase)}</th>
                <td class="number">{format::duration(*ms)}</td>
                <td class="bar" aria-hidden="true">
                    <span class=phase.id() style:margin-left=left style:width=width></span>
                </td>
            </tr>
        })
    });
    let rows = rows.collect::<Vec<_>>();
    let table = (!rows.is_empty()).then(|| view! { <table class="phases"><tbody>{rows}</tbody></table> });
    view! { <h4>"Time"</h4> <p>{begin} {takes}</p> {table} }
}

fn headers(title: &'static str, lines: &[(String, String)]) -> impl IntoView + use<> {
    let n = lines.len();
    let lines = lines.iter().map(|(name, value)| {
        view! { <div><dt>{name.clone()}</dt><dd>{value.clone()}</dd></div> }
    });
    let lines = lines.collect::<Vec<_>>();
    (n != 0).then(|| {
        view! {
            <details class="headers" open=n <= 12>
                <summary>{title} " " <span class="count">{n}</span></summary>
                <dl class="list mono">{lines}</dl>
            </details>
        }
    })
}
