//! Pictures of the page over the waterfall, on its time axis.

use crate::app::chart::Axis;
use crate::app::markup::{Markup, follow, live, tag};
use crate::app::state::Session;
use crate::view::filmstrip::slots;
use crate::view::format;
use leptos::prelude::*;

/// The strip; nothing where there are no pictures.
pub fn strip(session: Session, axis: Axis) -> Markup {
    let film = Memo::new(move |_| {
        let (window, (width, _)) = (axis.window.get(), axis.size.get());
        session.work.with(|work| work.as_ref().map(|work| slots(&work.pictures, window, width)).unwrap_or_default())
    });
    follow(move || {
        let wanted: Vec<usize> = film.with(|film| film.iter().map(|slot| slot.picture).collect());
        session.want_pictures(&wanted);
    });
    let has_any =
        Memo::new(move |_| session.work.with(|work| work.as_ref().is_some_and(|work| !work.pictures.is_empty())));
    let pictures = move || {
        film.with(|film| {
            let pictures =
                film.iter().map(|slot| picture(session, slot.picture).style("left", &format!("{}px", slot.x)));
            tag("div.film").attr("role", "group").attr("aria-label", "Screenshots of the page").children(pictures)
        })
    };
    tag("div.over-rows").live_attr("hidden", move || (!has_any.get()).then_some("")).child(live(pictures))
}

/// One picture with its time.
pub fn picture(session: Session, at: usize) -> Markup {
    let ms = session.work.with_untracked(|work| work.as_ref().and_then(|work| work.pictures.get(at).copied()));
    let time = ms.map(format::duration).unwrap_or_default();
    let source = move || {
        session.pictures.with(|known| {
            let found = known.iter().find(|(place, _)| *place as usize == at).map(|(_, base64)| base64);
            found.filter(|base64| !base64.is_empty()).map(|base64| format!("data:image/jpeg;base64,{base64}"))
        })
    };
    let image =
        tag("img").attr("alt", format!("screenshot at {time}")).attr("decoding", "async").live_attr("src", source);
    tag("figure.picture").child(image).child(tag("figcaption").attr("aria-hidden", "true").child(time))
}
