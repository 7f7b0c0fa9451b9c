//! Response headers, pasted: what caches make of them, without any recording.

use crate::app::markup::{Markup, fact, group, live, tag};
use crate::app::result::prose_with;
use crate::app::state::Session;
use crate::http;
use crate::redact::originals;
use crate::report::pasted::{self, PastedReport, PastedResponse};
use crate::units::WallTime;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlTextAreaElement};

/// The field and what it says of its text.
pub fn headers(session: Session) -> Markup {
    let field = tag("textarea#headers")
        .attr("rows", "6")
        .attr("spellcheck", "false")
        .attr("autocomplete", "off")
        .attr("aria-describedby", "headers-help")
        .attr("placeholder", "HTTP/2 200\ncache-control: max-age=600\netag: \"a1\"")
        .on("input", move |event: Event| session.headers.set(event_target_value(&event)));
    if let Some(area) = field.element().dyn_ref::<HtmlTextAreaElement>() {
        area.set_value(&session.headers.get_untracked());
    }
    let help = tag("p#headers-help.hint")
        .child("From ")
        .child(tag("code").child("curl -I"))
        .child(" or the browser’s developer tools (copy response headers). They stay on this computer, too.");
    let is_open = !session.headers.read_untracked().is_empty();
    let told = tag("div#headers-told").attr("aria-live", "polite").child(live(move || told(&session.headers.get())));
    tag("details.headers")
        .flag("open", is_open)
        .child(tag("summary").child("Only have response headers? Paste them and read what caches do"))
        .child(tag("label").attr("for", "headers").child("Response headers"))
        .child(help)
        .child(field)
        .child(told)
}

fn told(text: &str) -> Markup {
    if text.trim().is_empty() {
        return group();
    }
    // Without a date in the headers they count as just received.
    let now = WallTime(js_sys::Date::now());
    let PastedReport { responses, notes, originals } = pasted::judge(&http::pasted::read(text), Some(now));
    let notes = notes.iter().map(|note| tag("li").child(prose_with(note, &originals)));
    group().children(responses.iter().map(|one| response(one, &originals))).child(tag("ul.notes").children(notes))
}

fn response(one: &PastedResponse, known: &[(u32, String)]) -> Markup {
    let status = one.status.map(|status| format!("{status} "));
    let address =
        tag("p.eyebrow").child(status).child(one.url.as_ref().map(|url| originals::restore(url.as_str(), known)));
    let facts = one.facts.iter().map(|told| fact(told.name, prose_with(&told.value, known)));
    let mistakes = one.mistakes.iter().map(|mistake| {
        tag("li")
            .child(tag("code").child(originals::restore(mistake.line.as_str(), known)))
            .child(" ")
            .child(tag("span").child(prose_with(&mistake.text, known)))
    });
    let mistakes = (!one.mistakes.is_empty())
        .then(|| group().child(tag("h4").child("Mistakes")).child(tag("ul.evidence").children(mistakes)));
    let assumed = (!one.assumptions.is_empty())
        .then(|| tag("p.hint").child("Taken for granted: ").child(one.assumptions.join("; ")).child("."));
    tag("article.judged")
        .child(address)
        .child(tag("p.customer").child(prose_with(&one.sentence, known)))
        .child(tag("dl.meanings").children(facts))
        .child(mistakes)
        .child(assumed)
}
