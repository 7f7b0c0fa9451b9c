//! How to record a page load: four steps for each browser.

use leptos::prelude::*;

struct Browser {
    name: &'static str,
    steps: [&'static str; 4],
}

static BROWSERS: [Browser; 4] = [
    Browser {
        name: "Chrome",
        steps: [
            "Open the page in a new private window, so that extensions and old files play no part.",
            "Press F12 (on a Mac ⌥ ⌘ I) and choose the Network panel.",
            "Reload with Ctrl+R (⌘ R) and wait until the page is done.",
            "Choose the down arrow, “Export HAR (sanitized)…”, and save the file.",
        ],
    },
    Browser {
        name: "Edge",
        steps: [
            "Open the page in a new InPrivate window.",
            "Press F12 and choose the Network tool.",
            "Reload with Ctrl+R and wait until the page is done.",
            "Choose the down arrow, “Export HAR (sanitized)…”, and save the file.",
        ],
    },
    Browser {
        name: "Firefox",
        steps: [
            "Open the page in a new private window.",
            "Press Ctrl+Shift+E (⌥ ⌘ E) for the Network Monitor.",
            "Reload with Ctrl+R (⌘ R) and wait until the page is done.",
            "Choose the gear, then “Save All As HAR”. The file holds cookies: keep it to yourself.",
        ],
    },
    Browser {
        name: "Safari",
        steps: [
            "In Settings, Advanced, turn on “Show features for web developers”.",
            "Open the page in a new private window, press ⌥ ⌘ I and choose Network.",
            "Reload with ⌘ R and wait until the page is done.",
            "Choose Export, and save the file. It holds cookies: keep it to yourself.",
        ],
    },
];

/// The section.
#[component]
pub fn HowToRecord() -> impl IntoView {
    view! {
        <section class="record" aria-labelledby="record-title">
            <h2 id="record-title">"How do I record one?"</h2>
            <p>"Open the developer tools first, then reload: what happened before they were open is not recorded."</p>
            <div class="browsers">
                {BROWSERS.iter().map(|browser| view! {
                    <details name="browser">
                        <summary>{browser.name}</summary>
                        <ol>{browser.steps.map(|step| view! { <li>{step}</li> }).collect_view()}</ol>
                    </details>
                }).collect_view()}
            </div>
        </section>
    }
}
