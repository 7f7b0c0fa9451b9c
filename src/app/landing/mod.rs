//! Nothing is open yet: what Weir does, the ways in, what happens to the file.

mod check;
mod headers;
pub mod record;

use crate::app::intake;
use crate::app::markup::{Markup, button, group, tag};
use crate::app::state::{Chosen, Session};
use js_sys::{Array, Uint8Array};
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
pub fn landing(session: Session) -> Markup {
    let drop = tag("div.drop")
        .child(tag("p.drop-title").child("Drop a HAR file or a Chrome performance trace – or both"))
        .child(
            tag("p.actions")
                .child(button("button.button.primary", "Choose files…", intake::pick))
                .child(tag("span.or").child("or paste with Ctrl+V")),
        )
        .child(tag("p.hint").child(".har, .json, also in .gz or .zip, of any size"));
    let examples = EXAMPLES.iter().map(|example| {
        let open = move || session.open(Vec::from_iter(chosen(example)), None);
        tag("li").child(button("button.link", example.title, open).attr("data-example", example.name))
    });
    let examples = tag("div.examples")
        .child(tag("span#examples-title").child("Or try an example:"))
        .child(tag("ul").attr("aria-labelledby", "examples-title").children(examples));
    let lead = "Weir reads a recording of a page load and says in one sentence what made it slow, who can fix it, and \
                by about how much.";
    let hero = tag("section.hero")
        .child(tag("h1").child("Why is this page slow?"))
        .child(tag("p.lead").child(lead))
        .child(drop)
        .child(examples)
        .child(headers::headers(session))
        .child(check::privacy());
    group().child(hero).child(record::how_to_record())
}

/// All examples, as files.
pub fn examples() -> Vec<Chosen> {
    EXAMPLES.iter().filter_map(chosen).collect()
}

fn chosen(example: &Example) -> Option<Chosen> {
    let blob = Blob::new_with_u8_array_sequence(&Array::of1(&Uint8Array::from(example.file))).ok()?;
    Some(Chosen { name: example.name.to_owned(), blob })
}
