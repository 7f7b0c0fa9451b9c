//! What happens to the file, and how to check that it is so.

use crate::app::markup::{Listener, Markup, button, live, tag};
use js_sys::{Function, Reflect};
use leptos::prelude::*;
use std::time::Duration;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};

/// The browser reports a refused request a little after it refused it.
const PATIENCE: Duration = Duration::from_millis(500);

/// What came of trying to send something.
#[derive(Clone, PartialEq)]
enum Probe {
    Untried,
    Trying,
    Refused(String),
    Open,
}

/// The line and the panel below it.
pub fn privacy() -> Markup {
    let probe = RwSignal::new(Probe::Untried);
    let result = move || match probe.get() {
        Probe::Untried => String::new(),
        Probe::Trying => "Trying…".to_owned(),
        Probe::Refused(directive) => format!("The browser refused it: the page’s own rule {directive} forbids it."),
        Probe::Open => "The request was not refused. Do not use this copy of Weir.".to_owned(),
    };
    let source = tag("li")
        .child("See the page’s source: its Content-Security-Policy allows no connections once the page has loaded (")
        .child(tag("code").child("connect-src 'none'"))
        .child("). Workers of the page inherit it.");
    let trial = tag("li")
        .child("Let the page try: ")
        .child(button("button.link", "Try to send something", move || try_to_send(probe)))
        .child(tag("output.probe").child(live(result)));
    let ways = tag("ul")
        .child(tag("li").child("Turn the network off and open a file: all works."))
        .child(tag("li").child("Open the developer tools, Network panel, and open a file here: no request appears."))
        .child(source)
        .child(trial);
    let promise = tag("p")
        .child(tag("strong").child("Your file stays on this computer. "))
        .child("This page cannot send anything: its own rules forbid it, and it works with the network unplugged.");
    tag("div.privacy").child(promise).child(tag("details").child(tag("summary").child("How to check")).child(ways))
}

/// Asks for an address that does not exist, without any data. The browser must refuse before it looks for it.
fn try_to_send(probe: RwSignal<Probe>) {
    probe.set(Probe::Trying);
    let refused = move |event: web_sys::Event| {
        let directive = Reflect::get(&event, &"effectiveDirective".into()).ok().and_then(|name| name.as_string());
        probe.set(Probe::Refused(directive.unwrap_or_default()));
    };
    let listener = Listener::new(window().into(), "securitypolicyviolation", Box::new(refused));
    if let Ok(fetch) = method(&window(), "fetch")
        && let Ok(promise) = fetch.call1(&window(), &JsValue::from("https://weir.invalid/"))
        && let Ok(catch) = method(&promise, "catch")
    {
        // Else the browser would report a rejection that nobody handles.
        let ignore = Closure::once_into_js(|_: JsValue| {});
        let _ = catch.call1(&promise, &ignore);
    }
    set_timeout(
        move || {
            drop(listener);
            if probe.get_untracked() == Probe::Trying {
                probe.set(Probe::Open);
            }
        },
        PATIENCE,
    );
}

fn method(of: &JsValue, name: &str) -> Result<Function, JsValue> {
    Reflect::get(of, &name.into())?.dyn_into()
}
