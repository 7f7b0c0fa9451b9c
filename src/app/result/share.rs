//! The report as a file: what leaves, in which form, with what removed.

use crate::app::result::{Heading, Load};
use crate::app::state::{Session, Use};
use crate::view::location::Section;
use crate::worker::protocol::{Format, Level};
use leptos::prelude::*;

/// The section.
#[component]
pub fn Share(load: Load) -> impl IntoView {
    let session = Session::get();
    let level = RwSignal::new(Level::default());
    let n_loads = load.whole().loads.len();
    let levels = Level::ALL.map(|one| {
        view! {
            <label class="choice">
                <input type="radio" name="level" prop:checked=move || level.get() == one on:change=move |_| level.set(one)/>
                <span>{one.name()}</span>
            </label>
        }
    });
    let formats = Format::ALL.map(|format| {
        let button = move |what_for: Use, label: &'static str| {
            view! {
                <button type="button" class="button" aria-label=format!("{label} {}", format.name())
                    aria-disabled=move || session.exporting.get().is_some().to_string()
                    on:click=move |_| session.export(format, level.get_untracked(), what_for)
                >{label}</button>
            }
        };
        view! {
            <li>
                <div><strong>{format.name()}</strong><p>{format.purpose()}</p></div>
                <div class="actions">
                    <span class="hint" aria-hidden="true">{
                        move || session.exported.get().filter(|(of, _)| *of == format).map(|(_, how)| how)
                    }</span>
                    {button(Use::Save, "Save")} {button(Use::Copy, "Copy")}
                </div>
            </li>
        }
    });
    view! {
        <section id="share" class="part" aria-labelledby="share-title">
            <Heading section=Section::Share/>
            <p>
                {if n_loads == 1 { "The report" } else { "The report of all page loads" }}
                ", without the recording: no bodies, no cookies, no header values that may be secret. What could be \
                 personal in addresses and names is replaced by placeholders, more of it the further the report goes."
            </p>
            <fieldset class="levels">
                <legend>"With whom will you share it?"</legend>
                {levels.collect_view()}
                <p class="hint">{move || removed(level.get())}</p>
            </fieldset>
            <ul class="formats">{formats.collect_view()}</ul>
        </section>
    }
    .into_any()
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
