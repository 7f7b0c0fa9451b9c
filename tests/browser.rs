//! The page's components in a browser: roles, names, states. `cargo test-web`.
#![cfg(target_arch = "wasm32")]

use leptos::prelude::*;
use leptos::task::tick;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Element, HtmlElement};

wasm_bindgen_test_configure!(run_in_browser);

/// The page in an element of its own: all tests of a file share one document.
fn stage() -> (HtmlElement, impl Sized) {
    let stage: HtmlElement = document().create_element("div").expect("an element").unchecked_into();
    document().body().expect("a body").append_child(&stage).expect("a child");
    let handle = weir::app::mount_to(stage.clone());
    (stage, handle)
}

fn find(stage: &HtmlElement, css: &str) -> Element {
    stage.query_selector(css).expect("a selector").unwrap_or_else(|| panic!("no {css}"))
}

fn text(stage: &HtmlElement, css: &str) -> String {
    find(stage, css).text_content().unwrap_or_default()
}

#[wasm_bindgen_test]
async fn landing_says_what_it_is_and_takes_files() {
    let (stage, _handle) = stage();
    tick().await;
    assert_eq!(find(&stage, "main").get_attribute("data-state").as_deref(), Some("landing"));
    assert_eq!(text(&stage, "h1"), "Why is this page slow?");
    let picker = find(&stage, "input[type=file][multiple]");
    assert!(picker.get_attribute("aria-label").is_some_and(|name| !name.is_empty()));
    assert_eq!(stage.query_selector_all("[data-example]").expect("a selector").length(), 3);
    assert_eq!(stage.query_selector_all("details[name=browser] ol li").expect("a selector").length(), 4 * 4);
    assert!(document().title().contains("Weir"));
    stage.remove();
}

#[wasm_bindgen_test]
async fn without_a_worker_the_page_says_so() {
    // The test page has no `<script id=glue>` to make a worker of.
    let (stage, _handle) = stage();
    tick().await;
    find(&stage, "[data-example]").unchecked_into::<HtmlElement>().click();
    tick().await;
    assert_eq!(find(&stage, "main").get_attribute("data-state").as_deref(), Some("error"));
    assert!(text(&stage, "h1").contains("worker"));
    find(&stage, "main .actions .button:not(.primary)").unchecked_into::<HtmlElement>().click();
    tick().await;
    assert_eq!(find(&stage, "main").get_attribute("data-state").as_deref(), Some("landing"));
    stage.remove();
}

#[wasm_bindgen_test]
async fn the_theme_can_be_turned_over() {
    let (stage, _handle) = stage();
    tick().await;
    let toggle = find(&stage, "header button[aria-pressed]").unchecked_into::<HtmlElement>();
    let before = toggle.get_attribute("aria-pressed");
    toggle.click();
    tick().await;
    assert_ne!(toggle.get_attribute("aria-pressed"), before);
    let root = document().document_element().expect("a root");
    assert!(root.get_attribute("data-theme").is_some());
    toggle.click();
    tick().await;
    assert_eq!(toggle.get_attribute("aria-pressed"), before);
    stage.remove();
}

#[wasm_bindgen_test]
async fn every_control_has_a_name() {
    let (stage, _handle) = stage();
    tick().await;
    let controls = stage.query_selector_all("button, input, a, select, summary").expect("a selector");
    for at in 0..controls.length() {
        let control: Element = controls.get(at).expect("a control").unchecked_into();
        let name = control.get_attribute("aria-label").or_else(|| control.text_content()).unwrap_or_default();
        assert!(!name.trim().is_empty(), "{}", control.outer_html());
    }
    stage.remove();
}
