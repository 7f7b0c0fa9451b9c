//! Focus and scrolling: elements by their ids.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{FocusOptions, HtmlElement, ScrollIntoViewOptions, ScrollLogicalPosition};

/// Moves the focus to an element.
pub fn focus(id: &str) {
    if let Some(element) = element(id) {
        let _ = element.focus();
    }
}

/// Moves the focus without scrolling.
pub fn focus_quietly(id: &str) {
    if let Some(element) = element(id) {
        let options = FocusOptions::new();
        options.set_prevent_scroll(true);
        let _ = element.focus_with_options(&options);
    }
}

/// Scrolls an element to the top of the view, at once: whoever uses the keyboard would wait for anything smoother.
pub fn scroll_to(id: &str) {
    scroll_by(id, ScrollLogicalPosition::Start);
}

pub(super) fn scroll_by(id: &str, to: ScrollLogicalPosition) {
    if let Some(element) = element(id) {
        let options = ScrollIntoViewOptions::new();
        options.set_block(to);
        element.scroll_into_view_with_scroll_into_view_options(&options);
    }
}

/// Runs when what was set is in the document.
pub fn after_paint(run: impl FnOnce() + 'static) {
    frame(Box::new(run));
}

#[inline(never)]
fn frame(run: Box<dyn FnOnce()>) {
    request_animation_frame(run);
}

fn element(id: &str) -> Option<HtmlElement> {
    document().get_element_by_id(id)?.dyn_into().ok()
}
