//! What was recorded, whatever the tool: the one model everything downstream reads.
//!
//! Only facts of the recording stand here; what follows from them is in `page_load`. "Not recorded" is `None`,
//! never 0 or -1. All instants are offsets from [`Recording::origin`].

pub mod body;
pub mod chunks;
pub mod headers;
pub mod interaction;
pub mod joined;
pub mod layout_shift;
pub mod main_thread;
pub mod page;
pub mod page_facts;
pub mod paint;
pub mod phases;
pub mod problem;
pub mod provenance;
pub mod request;
pub mod screenshot;
pub mod script_text;
#[cfg(test)]
pub mod testing;
pub mod timeline;
pub mod traced_request;
pub mod user_timing;
pub mod words;

pub use body::{Body, BodyId, BodyTable};
pub use chunks::Chunks;
pub use headers::{Header, HeaderRange, HeaderTable};
pub use interaction::Interaction;
pub use joined::{Joined, Part, PartId};
pub use layout_shift::{LayoutChange, LayoutChangeKind, MovedNode, Shift, ShiftWindow};
pub use main_thread::{
    DomSize, ForcedReflow, LONG_TASK, LayoutKind, LayoutWork, MainThread, SelectorCost, Site, SiteId, Slice, SliceId,
    Slices, Thread, ThreadRole,
};
pub use page::{Page, PageId, RecordedMilestones};
pub use page_facts::{FontLoad, MobileCheck, PageFacts, PaintedImage, PreconnectLink, ViewportMeta};
pub use paint::{LargestPaint, LargestPaintParts, PaintKind};
pub use phases::{Phase, Phases};
pub use problem::{Level, Place, Problem};
pub use provenance::{Missing, Provenance, RecordingKind, Tool};
pub use request::{Request, RequestId, RequestRow, RequestTable};
pub use screenshot::Screenshots;
pub use script_text::{ScriptSource, ScriptText};
pub use timeline::{
    Frame, FrameId, Navigation, NavigationId, NavigationKind, NavigationMilestones, Timeline, Viewport,
};
pub use traced_request::{FetchPriority, TracedRequest};
pub use user_timing::{UserTiming, UserTimingKind};
pub use words::{CompletionState, ErrorKind, InitiatorKind, Priority, Protocol, RenderBlocking, ResourceKind, Source};

use crate::text::{StrId, StrTable, Untrusted};
use crate::units::WallTime;

/// One recording: a file (or a member of an archive) as an importer read it.
#[derive(Default)]
pub struct Recording {
    /// All text of the recording.
    pub strings: StrTable,
    /// Requests in the order of their start, entries without a usable date last.
    pub requests: RequestTable,
    /// All header lines.
    pub headers: HeaderTable,
    /// Bodies of HTML, CSS and JavaScript that were kept, bounded.
    pub bodies: BodyTable,
    /// Navigations in the order of their start. At least one if there is any request.
    pub pages: Vec<Page>,
    /// What the browser wrote about its own work, if it did: traces.
    pub timeline: Timeline,
    /// The instant that is offset 0 of every time in this recording; `None` if the recording tells no date.
    pub origin: Option<WallTime>,
    /// Where it comes from and what it cannot tell.
    pub provenance: Provenance,
    /// What was odd in the input, in the order of reading. Of a joined recording: in its parts.
    pub problems: Vec<Problem>,
    /// How it was put together from several recordings, if it was.
    pub joined: Option<Joined>,
}

impl Recording {
    /// The text of a handle.
    pub fn text(&self, id: StrId) -> Untrusted<'_> {
        self.strings.get(id)
    }

    /// One request, to ask it for its facts.
    pub fn request(&self, id: RequestId) -> Request<'_> {
        Request::new(self, id)
    }

    /// All requests in order.
    pub fn all_requests(&self) -> impl Iterator<Item = Request<'_>> {
        (0..self.requests.len()).map(|at| self.request(RequestId(at as u32)))
    }

    /// One page.
    pub fn page(&self, id: PageId) -> Option<&Page> {
        self.pages.get(id.0 as usize)
    }
}
