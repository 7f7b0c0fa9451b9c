//! What happens to the file, and how to check that it is so.

use js_sys::{Function, Reflect};
use leptos::ev;
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
#[component]
pub fn Privacy() -> impl IntoView {
    let probe = RwSignal::new(Probe::Untried);
    let result = move || match probe.get() {
        Probe::Untried => String::new(),
        Probe::Trying => "Trying…".to_owned(),
        Probe::Refused(directive) => format!("The browser refused it: the page’s own rule {directive} forbids it."),
        Probe::Open => "The request was not refused. Do not use this copy of Weir.".to_owned(),
    };
    view! {
        <div class="privacy">
            <p>
                <strong>"Your file stays on this computer. "</strong>
                "This page cannot send anything: its own rules forbid it, and it works with the network unplugged."
            </p>
            <details>
                <summary>"How to check"</summary>
                <ul>
                    <li>"Turn the network off and open a file: all works."</li>
                    <li>"Open the developer tools, Network panel, and open a file here: no request appears."</li>
                    <li>
                        "See the page’s source: its Content-Security-Policy allows no connections once the page has \
                        loaded (" <code>"connect-src 'none'"</code> "). Workers of the page inherit it."
                    </li>
                    <li>
                        "Let the page try: "
                        <button type="button" class="link" on:click=move |_| try_to_send(probe)>
                            "Try to send something"
                        </button>
                        <output class="probe">{result}</output>
                    </li>
                </ul>
            </details>
        </div>
    }
}

/// Asks for an address that does not exist, without any data. The browser must refuse before it looks for it.
fn try_to_send(probe: RwSignal<Probe>) {
    probe.set(Probe::Trying);
    let refused = ev::Custom::<web_sys::Event>::new("securitypolicyviolation");
    let listener = window_event_listener(refused, move |event| {
        let directive = Reflect::get(&event, &"effectiveDirective".into()).ok().and_then(|name| name.as_string());
        probe.set(Probe::Refused(directive.unwrap_or_default()));
    });
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
            listener.remove();
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
