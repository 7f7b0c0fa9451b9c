//! Dragging sideways over a chart marks a stretch of it. Everything that it does can be done by keys and buttons as well.

use crate::app::markup::{Markup, tag};
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, PointerEvent};

/// Pixels that a hand moves without meaning to.
const SHAKY: f64 = 4.0;

/// What is done with a place over an area, in pixels from its left and its top.
type OverPlace = Box<dyn Fn(&Element, f64, f64)>;

/// What comes of pressing and moving.
pub struct Drag {
    /// Pixels from the left of the area to where dragging may begin.
    pub begins: Box<dyn Fn() -> f64>,
    /// A stretch was marked, in pixels from where it may begin.
    pub marked: Box<dyn Fn(f64, f64)>,
    /// Something was pressed and let go at this place.
    pub pressed: Box<dyn Fn(f64, f64)>,
    /// The pointer is over this place, and nothing is marked.
    pub over: OverPlace,
}

/// Listens to the pointer over an area. Fingers scroll instead of marking.
pub fn listen(area: Markup, drag: Drag) -> Markup {
    let range = tag("div.range").attr("hidden", "").attr("aria-hidden", "true");
    let mark = range.element();
    let from: Rc<Cell<Option<f64>>> = Rc::default();
    let drag = Rc::new(drag);
    let (begun, down) = (from.clone(), drag.clone());
    let area = area.on("pointerdown", move |event: PointerEvent| {
        let Some((target, x, _)) = position(&event) else { return };
        if event.button() == 0 && event.pointer_type() != "touch" && (down.begins)() <= x {
            begun.set(Some(x));
            // Without it a drag ends at the edge.
            let _ = target.set_pointer_capture(event.pointer_id());
        }
    });
    let (marked, moved, over) = (mark.clone(), from.clone(), drag.clone());
    let area = area.on("pointermove", move |event: PointerEvent| {
        let Some((target, x, y)) = position(&event) else { return };
        match moved.get() {
            Some(from) if SHAKY < (x - from).abs() => {
                let x = x.max((over.begins)());
                let style = marked.style();
                let _ = style.set_property("left", &format!("{}px", x.min(from)));
                let _ = style.set_property("width", &format!("{}px", (x - from).abs()));
                let _ = marked.remove_attribute("hidden");
            }
            Some(_) => {}
            None => (over.over)(&target, x, y),
        }
    });
    let (unmarked, ended) = (mark.clone(), from.clone());
    let area = area.on("pointerup", move |event: PointerEvent| {
        let Some((_, x, y)) = position(&event) else { return };
        let _ = unmarked.set_attribute("hidden", "");
        let left = (drag.begins)();
        match ended.take() {
            Some(from) if SHAKY < (x - from).abs() => (drag.marked)(from - left, x.max(left) - left),
            _ => (drag.pressed)(x, y),
        }
    });
    area.on("pointercancel", move |_: Event| {
        from.set(None);
        let _ = mark.set_attribute("hidden", "");
    })
    .child(range)
}

/// What was listened to, with the pixels from its left and top.
fn position(event: &PointerEvent) -> Option<(Element, f64, f64)> {
    let target = event.current_target()?.dyn_into::<Element>().ok()?;
    let place = target.get_bounding_client_rect();
    let (x, y) = (f64::from(event.client_x()) - place.left(), f64::from(event.client_y()) - place.top());
    Some((target, x, y))
}
