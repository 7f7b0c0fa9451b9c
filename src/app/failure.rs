//! When nothing could be opened: what was found, what to do. Never an empty page.

use crate::app::intake;
use crate::app::landing::record::HowToRecord;
use crate::app::state::Session;
use crate::worker::protocol::Failure;
use leptos::prelude::*;

/// The screen.
#[component]
pub fn Error(failure: Failure) -> impl IntoView {
    let session = Session::get();
    view! {
        <section class="failure">
            <h1 id="error-title" tabindex="-1">{failure.what}</h1>
            <p class="advice">{failure.advice}</p>
            <p class="actions">
                <button type="button" class="button primary" on:click=move |_| intake::pick()>"Choose another file…"</button>
                <button type="button" class="button" on:click=move |_| session.close()>"Back to the start"</button>
            </p>
        </section>
        <HowToRecord/>
    }
}
