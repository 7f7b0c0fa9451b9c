//! Lists that take one stop of the Tab key: arrows move within them.

use crate::app::markup::Markup;
use js_sys::{Array, Function, Reflect};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent, Node};

/// Makes the elements of a list that `items` selects one stop. Those that come later count as well.
pub fn roving(list: Markup, items: &'static str) -> Markup {
    let element = list.element();
    for (at, item) in all(&element, items).into_iter().enumerate() {
        item.set_tab_index(if at == 0 { 0 } else { -1 });
    }
    list.on("keydown", move |event: KeyboardEvent| {
        if event.ctrl_key() || event.alt_key() || event.meta_key() {
            return;
        }
        let all = all(&element, items);
        let focused = document().active_element();
        let Some(at) = all.iter().position(|item| item.is_same_node(focused.as_ref().map(AsRef::<Node>::as_ref)))
        else {
            return;
        };
        let to = match event.key().as_str() {
            "ArrowDown" | "ArrowRight" => at + 1,
            "ArrowUp" | "ArrowLeft" => at.wrapping_sub(1),
            "Home" => 0,
            "End" => all.len() - 1,
            _ => return,
        };
        event.prevent_default();
        if let Some(next) = all.get(to) {
            for item in &all {
                item.set_tab_index(-1);
            }
            next.set_tab_index(0);
            let _ = next.focus();
        }
    })
}

fn all(list: &HtmlElement, items: &str) -> Vec<HtmlElement> {
    let found = Reflect::get(list, &"querySelectorAll".into()).and_then(JsCast::dyn_into::<Function>);
    let found = found.and_then(|find| find.call1(list, &items.into()));
    let found = found.map(|found| Array::from(&found)).unwrap_or_default();
    found.iter().map(JsCast::unchecked_into).collect()
}
