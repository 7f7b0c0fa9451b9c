//! While files are read: what is being done, how much of it is done, and a way out.

use crate::app::state::Session;
use crate::view::format;
use crate::worker::protocol::Step;
use leptos::prelude::*;

/// Screen readers are told at every quarter.
const TOLD: f64 = 4.0;

/// The screen.
#[component]
pub fn Loading() -> impl IntoView {
    let session = Session::get();
    let fraction = Memo::new(move |_| session.step.with(|step| step.as_ref().map_or(0.0, Step::fraction)));
    let quarter = Memo::new(move |_| (fraction.get() * TOLD).floor() as u32);
    Effect::new(move || {
        session.said.set(match quarter.get() {
            // The heading has the focus and says it.
            0 => String::new(),
            n => format!("{} percent done.", f64::from(n) / TOLD * 100.0),
        });
    });
    let what = move || session.step.with(|step| words(step.as_ref()));
    view! {
        <section class="loading">
            <h1 id="loading-title" tabindex="-1">"Reading the recording"</h1>
            <p class="phase">{what}</p>
            <progress max="1" prop:value=fraction aria-label="Progress"></progress>
            <p><button type="button" class="button" on:click=move |_| session.close()>"Cancel"</button></p>
        </section>
    }
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
