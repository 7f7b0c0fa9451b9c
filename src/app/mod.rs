//! The page. Leptos components that read view models and write signals; the analysis itself runs in the worker.

mod analysis;
mod failure;
mod intake;
mod landing;
mod loading;
mod result;
mod state;
mod theme;
mod waterfall;

use crate::app::state::{Screen, Session};
use leptos::prelude::*;

/// Mounts the page and keeps it mounted.
pub fn mount() {
    leptos::mount::mount_to_body(App);
}

/// The whole page.
#[component]
pub fn App() -> impl IntoView {
    let session = Session::new();
    provide_context(session);
    intake::listen(session);
    Effect::new(move || document().set_title(&session.title()));
    let state = move || session.screen.with(Screen::word);
    view! {
        <a class="skip" href="#main" on:click=move |event| {
            event.prevent_default();
            state::focus("main");
        }>"Skip to content"</a>
        <Header/>
        <main id="main" tabindex="-1" data-state=state>
            {move || match session.screen.get() {
                Screen::Landing => landing::Landing().into_any(),
                Screen::Loading => loading::Loading().into_any(),
                Screen::Error(failure) => view! { <failure::Error failure/> }.into_any(),
                Screen::Result(opened) => view! { <result::Shown opened/> }.into_any(),
            }}
        </main>
        <footer class="foot">
            <p>"Weir " {env!("CARGO_PKG_VERSION")} ". Your recording stays on this computer."</p>
        </footer>
        <p class="unseen" role="status" aria-live="polite">{session.said}</p>
        <intake::Picker/>
        <intake::Overlay/>
    }
}

#[component]
fn Header() -> impl IntoView {
    let session = Session::get();
    let opened = move || session.screen.with(|screen| !matches!(screen, Screen::Landing));
    view! {
        <header class="top">
            <a class="brand" href="#" on:click=move |event| {
                event.prevent_default();
                session.close();
            }>"Weir"</a>
            <span class="grow"></span>
            {move || opened().then(|| view! {
                <button type="button" class="quiet" on:click=move |_| intake::pick()>"Open another…"</button>
            })}
            <theme::Toggle/>
        </header>
    }
}
