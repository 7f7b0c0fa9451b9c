//! Light or dark: what the system says, unless the reader chose.

use crate::app::markup::{Listener, Markup, button, keep};
use crate::app::state::Session;
use crate::view::palette::Theme;
use leptos::prelude::*;

/// Key in the browser's storage. Besides the choice about keys the only thing that Weir stores.
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

/// The button that turns it over.
pub fn toggle(session: Session) -> Markup {
    let changed = session.theme;
    for query in ["(prefers-color-scheme: dark)", FORCED] {
        if let Ok(Some(system)) = window().match_media(query) {
            // Without the event the picture keeps its colors until the next redraw.
            keep(Box::new(Listener::new(system.into(), "change", Box::new(move |_| changed.update(|n| *n += 1)))));
        }
    }
    if let Some(chosen) = stored(KEY) {
        set(&chosen);
    }
    let turn = move || {
        let next = if current() == Theme::Dark { "light" } else { "dark" };
        set(next);
        store(KEY, next);
        changed.update(|n| *n += 1);
    };
    button("button.quiet", "Dark", turn).live_attr("aria-pressed", move || {
        changed.track();
        (current() == Theme::Dark).to_string()
    })
}

/// What was chosen on an earlier visit.
pub fn stored(key: &str) -> Option<String> {
    window().local_storage().ok()??.get_item(key).ok()?
}

/// Keeps a choice. Without storage it lasts as long as the page.
pub fn store(key: &str, value: &str) {
    if let Ok(Some(storage)) = window().local_storage() {
        let _ = storage.set_item(key, value);
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
