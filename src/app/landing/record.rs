//! How to record a page load: four steps for each browser.

use crate::app::markup::{Markup, tag};

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
pub fn how_to_record() -> Markup {
    let first = "Open the developer tools first, then reload: what happened before they were open is not recorded.";
    let browsers = BROWSERS.iter().map(|browser| {
        let steps = browser.steps.iter().map(|step| tag("li").child(*step));
        tag("details")
            .attr("name", "browser")
            .child(tag("summary").child(browser.name))
            .child(tag("ol").children(steps))
    });
    tag("section.record")
        .attr("aria-labelledby", "record-title")
        .child(tag("h2#record-title").child("How do I record one?"))
        .child(tag("p").child(first))
        .child(tag("div.browsers").children(browsers))
}
