//! Whether the page used a file, as the browser's own work shows it.

use std::collections::HashSet;

use crate::page_load::{PageLoad, Work};
use crate::recording::{RequestId, ResourceKind};
use crate::text::StrId;
use crate::units::Millis;

/// Chrome calls a preload unused if nothing used it within 3 seconds after the load event.
const LONG_ENOUGH: Millis = Millis(3_000.0);

/// What the browser used while a load was recorded.
pub struct UsedFiles {
    /// What work names: style sheets that were parsed, scripts that ran.
    named: HashSet<StrId>,
    /// Pictures that were painted.
    painted: HashSet<StrId>,
    /// Fonts that were asked for.
    fonts: HashSet<StrId>,
}

impl UsedFiles {
    /// `None`: no work is recorded, or the recording ends too soon after the load event.
    pub fn of(load: &PageLoad<'_>) -> Option<Self> {
        let work = Work::of(load)?;
        if load.since_start(work.span.end) < load.milestones.load?.ms + LONG_ENOUGH {
            return None;
        }
        let facts = &load.recording.timeline.facts;
        Some(Self {
            named: work.all.sites.iter().filter_map(|site| site.url).collect(),
            painted: facts.images.iter().map(|image| image.url).collect(),
            fonts: facts.fonts.iter().filter_map(|font| font.url).collect(),
        })
    }

    /// Whether it used a file: painted a picture, parsed a style sheet, ran a script, asked for a font. `None`: the
    /// recording does not tell of this kind.
    pub fn is_used(&self, load: &PageLoad<'_>, id: RequestId) -> Option<bool> {
        let request = load.request(id);
        let has_event = |name: &str| load.recording.strings.find(name).is_some();
        match load.resource(id)?.kind {
            // Pictures are recorded with the category that has tasks, so none means that none was painted.
            ResourceKind::Image if !self.painted.is_empty() || has_event("RunTask") => {
                Some(request.is_lcp() || self.painted.contains(&request.url()))
            }
            ResourceKind::Stylesheet if has_event("ParseAuthorStyleSheet") => Some(self.named.contains(&request.url())),
            ResourceKind::Script if has_event("EvaluateScript") => Some(self.named.contains(&request.url())),
            ResourceKind::Font if !load.recording.timeline.facts.fonts.is_empty() => {
                Some(self.fonts.contains(&request.url()))
            }
            _ => None,
        }
    }
}
