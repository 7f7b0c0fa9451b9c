//! Whether the page used a file, as the browser's own work shows it.

use crate::page_load::{PageLoad, Work};
use crate::recording::{RequestId, ResourceKind};
use crate::units::Millis;

/// Chrome calls a preload unused if nothing used it within 3 seconds after the load event.
const LONG_ENOUGH: Millis = Millis(3_000.0);

/// Whether the browser used a file while the load was recorded: painted a picture, parsed a style sheet, ran a script,
/// asked for a font. `None`: the recording does not tell of this kind, or ends too soon.
pub fn is_used(load: &PageLoad<'_>, id: RequestId) -> Option<bool> {
    let work = Work::of(load)?;
    if load.since_start(work.span.end) < load.milestones.load?.ms + LONG_ENOUGH {
        return None;
    }
    let url = load.request(id).url();
    let facts = &load.recording.timeline.facts;
    let has_event = |name: &str| load.recording.strings.find(name).is_some();
    // What work names: style sheets that were parsed, scripts that ran.
    let is_named = || work.all.sites.iter().any(|site| site.url == Some(url));
    match load.resource(id)?.kind {
        // Pictures are recorded with the category that has tasks, so none means that none was painted.
        ResourceKind::Image if !facts.images.is_empty() || has_event("RunTask") => {
            Some(load.request(id).is_lcp() || facts.images.iter().any(|image| image.url == url))
        }
        ResourceKind::Stylesheet if has_event("ParseAuthorStyleSheet") => Some(is_named()),
        ResourceKind::Script if has_event("EvaluateScript") => Some(is_named()),
        ResourceKind::Font if !facts.fonts.is_empty() => Some(facts.fonts.iter().any(|font| font.url == Some(url))),
        _ => None,
    }
}
