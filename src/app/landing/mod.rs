//! Nothing is open yet: what Weir does, the ways in, what happens to the file.

mod check;
pub mod record;

use crate::app::intake;
use crate::app::state::{Chosen, Session};
use js_sys::{Array, Uint8Array};
use leptos::prelude::*;
use web_sys::Blob;

/// A recording that comes with the page, so that it can be tried without one's own, also from disk.
struct Example {
    name: &'static str,
    title: &'static str,
    file: &'static [u8],
}

/// Made pages with known faults, recorded by Chrome; see `examples/README.md`.
static EXAMPLES: [Example; 3] = [
    Example { name: "slow-server.har.gz", title: "A slow server", file: include_bytes!("examples/slow-server.har.gz") },
    Example {
        name: "third-parties.har.gz",
        title: "Many third parties",
        file: include_bytes!("examples/third-parties.har.gz"),
    },
    Example { name: "fast.har.gz", title: "A fast page", file: include_bytes!("examples/fast.har.gz") },
];

/// The screen.
#[component]
pub fn Landing() -> impl IntoView {
    let session = Session::get();
    view! {
        <section class="hero">
            <h1>"Why is this page slow?"</h1>
            <p class="lead">
                "Weir reads a recording of a page load and says in one sentence what made it slow, who can fix it, and \
                by about how much."
            </p>
            <div class="drop">
                <p class="drop-title">"Drop a HAR file anywhere on this page"</p>
                <p class="actions">
                    <button type="button" class="button primary" on:click=move |_| intake::pick()>"Choose files…"</button>
                    <span class="or">"or paste it with Ctrl+V"</span>
                </p>
                <p class="hint">".har, .json, also in .gz or .zip, of any size"</p>
            </div>
            <div class="examples">
                <span id="examples-title">"Or try an example:"</span>
                <ul aria-labelledby="examples-title">
                    {EXAMPLES.iter().map(|example| view! {
                        <li><button type="button" class="link" data-example=example.name on:click=move |_| {
                            session.open(Vec::from_iter(chosen(example)), None);
                        }>{example.title}</button></li>
                    }).collect_view()}
                </ul>
            </div>
            <check::Privacy/>
        </section>
        <record::HowToRecord/>
    }
}

fn chosen(example: &Example) -> Option<Chosen> {
    let blob = Blob::new_with_u8_array_sequence(&Array::of1(&Uint8Array::from(example.file))).ok()?;
    Some(Chosen { name: example.name.to_owned(), blob })
}
