//! The report as a file: what leaves, in which form, with what removed.

use crate::app::markup::{Markup, button, live, tag};
use crate::app::result::{Load, part};
use crate::app::state::{Session, Use};
use crate::view::location::Section;
use crate::worker::protocol::{Format, Level};
use leptos::prelude::*;
use web_sys::Event;

/// The section.
pub fn share(session: Session, load: &Load) -> Markup {
    let level = RwSignal::new(Level::default());
    let levels = Level::ALL.map(|one| {
        let choice = tag("input")
            .attr("type", "radio")
            .attr("name", "level")
            .flag("checked", one == Level::default())
            .on("change", move |_: Event| level.set(one));
        tag("label.choice").child(choice).child(tag("span").child(one.name()))
    });
    let what = if load.whole().loads.len() == 1 { "The report" } else { "The report of all page loads" };
    let without = ", without the recording: no bodies, no cookies, no header values that may be secret. What could be \
                   personal in addresses and names is replaced by placeholders, more of it the further the report goes.";
    let levels = tag("fieldset.levels")
        .child(tag("legend").child("With whom will you share it?"))
        .children(levels)
        .child(tag("p.hint").child(live(move || removed(level.get()))));
    part(Section::Share)
        .child(tag("p").child(what).child(without))
        .child(levels)
        .child(tag("ul.formats").children(Format::ALL.map(|format| one(session, level, format))))
}

/// A format with its buttons.
fn one(session: Session, level: RwSignal<Level>, format: Format) -> Markup {
    let said = move || session.exported.get().filter(|(of, _)| *of == format).map(|(_, how)| how);
    let button = |what_for: Use, label: &'static str| {
        button("button.button", label, move || session.export(format, level.get_untracked(), what_for))
            .attr("aria-label", format!("{label} {}", format.name()))
            .live_attr("aria-disabled", move || session.exporting.get().is_some().to_string())
    };
    let actions = tag("div.actions")
        .child(tag("span.hint").attr("aria-hidden", "true").child(live(said)))
        .child(button(Use::Save, "Save"))
        .child(button(Use::Copy, "Copy"));
    let about = tag("div").child(tag("strong").child(format.name())).child(tag("p").child(format.purpose()));
    tag("li").child(about).child(actions)
}

fn removed(level: Level) -> &'static str {
    match level {
        Level::Internal => "Removed: passwords, tokens, session ids, e-mail addresses and the like. Host names stay.",
        Level::Vendor => {
            "Removed: all secrets and e-mail addresses, and the names of your internal hosts and addresses of machines."
        }
        Level::Public => "Removed: all that, names of hosts and machines too, and what tells which site it is.",
    }
}
