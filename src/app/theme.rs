//! Light or dark: what the system says, unless the reader chose.

use crate::view::palette::Theme;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;

/// Key in the browser's storage. The only thing that Weir stores.
const KEY: &str = "weir-theme";

/// The media query for colors that are the system's own.
const FORCED: &str = "(forced-colors: active)";

/// Which theme is in force; follows the system's and the toggle.
pub fn current() -> Theme {
    let chosen = document().document_element().and_then(|root| root.get_attribute("data-theme"));
    match chosen.as_deref() {
        Some("dark") => Theme::Dark,
        Some("light") => Theme::Light,
        _ if system_is_dark() => Theme::Dark,
        _ => Theme::Light,
    }
}

/// Whether colors are the system's own ("high contrast").
pub fn is_forced() -> bool {
    matches(FORCED)
}

/// The signal that says the theme may have changed.
#[derive(Clone, Copy)]
pub struct Changed(pub RwSignal<u32>);

/// The button that turns it over.
#[component]
pub fn Toggle() -> impl IntoView {
    let changed = RwSignal::new(0);
    provide_context(Changed(changed));
    let on_change = Closure::<dyn FnMut()>::new(move || changed.update(|n| *n += 1));
    for query in ["(prefers-color-scheme: dark)", FORCED] {
        if let Ok(Some(system)) = window().match_media(query) {
            // Without the event the picture keeps its colors until the next redraw.
            let _ = system.add_event_listener_with_callback("change", on_change.as_ref().unchecked_ref());
        }
    }
    on_change.forget();
    if let Ok(Some(chosen)) = storage_get() {
        set(&chosen);
    }
    let is_dark = move || {
        changed.track();
        current() == Theme::Dark
    };
    let turn = move |_| {
        let next = if current() == Theme::Dark { "light" } else { "dark" };
        set(next);
        if let Ok(Some(storage)) = window().local_storage() {
            // Without storage the choice lasts as long as the page.
            let _ = storage.set_item(KEY, next);
        }
        changed.update(|n| *n += 1);
    };
    view! {
        <button type="button" class="quiet" aria-pressed=move || is_dark().to_string() on:click=turn>"Dark"</button>
    }
}

fn storage_get() -> Result<Option<String>, wasm_bindgen::JsValue> {
    match window().local_storage()? {
        Some(storage) => storage.get_item(KEY),
        None => Ok(None),
    }
}

fn set(theme: &str) {
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("data-theme", if theme == "dark" { "dark" } else { "light" });
    }
}

fn system_is_dark() -> bool {
    matches("(prefers-color-scheme: dark)")
}

fn matches(query: &str) -> bool {
    window().match_media(query).ok().flatten().is_some_and(|list| list.matches())
}
