//! Requests as columns: one `Vec` a fact, [`RequestId`] as row number, [`Request`] to ask one row.

use crate::recording::words::{
    CompletionState, InitiatorKind, Priority, Protocol, RenderBlocking, ResourceKind, Source,
};
use crate::recording::{Body, HeaderRange, PageId, Phases, Recording};
use crate::text::{StrId, Untrusted};
use crate::units::{Bytes, Millis};

/// Handle of a request: its row in `Recording::requests`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(pub u32);

/// Defines the row (what an importer fills in) and the table of columns (what is kept) from one list.
macro_rules! columns {
    ($($(#[doc = $doc:expr])+ $name:ident: $type:ty,)+) => {
        /// All facts of one request, as an importer hands them over.
        #[derive(Clone, Debug)]
        pub struct RequestRow {
            $($(#[doc = $doc])+ pub $name: $type,)+
        }

        /// All requests, a column for each fact. All columns have the same length.
        #[derive(Default)]
        pub struct RequestTable {
            $($name: Vec<$type>,)+
        }

        impl RequestTable {
            /// Adds a request at the end.
            pub fn push(&mut self, row: RequestRow) -> RequestId {
                let id = RequestId(self.len() as u32);
                $(self.$name.push(row.$name);)+
                id
            }

            /// All facts of one request together; `None` if the handle is not of this table.
            pub fn row(&self, id: RequestId) -> Option<RequestRow> {
                let at = id.0 as usize;
                Some(RequestRow { $($name: self.$name.get(at)?.clone(),)+ })
            }
        }

        impl<'a> Request<'a> {
            $($(#[doc = $doc])+ pub fn $name(self) -> $type {
                #[allow(clippy::indexing_slicing)] // handles are only made by `push`
                self.recording.requests.$name[self.at()]
            })+
        }
    };
}

columns! {
    /// The address as recorded, without fragment.
    url: StrId,
    /// The method in upper case as recorded, `GET` if the recording names none.
    method: StrId,
    /// The page it belongs to.
    page: PageId,
    /// Position in the file, from 0.
    entry: u32,
    /// Start as an offset from the recording's origin; `None`: the entry has no usable date.
    start: Option<Millis>,
    /// From start to the last byte from the network; `None`: not recorded or still under way.
    duration: Option<Millis>,
    /// How the duration divides. All `None` if it was recorded undivided.
    phases: Phases,
    /// The part of `phases.queued` (of the whole duration, if that is undivided) in which the browser itself held the
    /// request back (Chromium `_blocked_queueing`).
    held_back: Option<Millis>,
    /// The part of `phases.queued` spent on a proxy (Chromium `_blocked_proxy`).
    proxy: Option<Millis>,
    /// Status code; `None` without a response.
    status: Option<u16>,
    /// How it ended.
    completion: CompletionState,
    /// HTTP version.
    protocol: Option<Protocol>,
    /// Media type as recorded, parameters included.
    mime_type: Option<StrId>,
    /// Kind as the tool recorded it; what follows from the media type is in `page_load::resources`.
    recorded_kind: Option<ResourceKind>,
    /// Final priority.
    priority: Option<Priority>,
    /// Priority at first.
    initial_priority: Option<Priority>,
    /// Whether it held rendering back, as recorded by the browser.
    render_blocking: Option<RenderBlocking>,
    /// Who answered.
    source: Option<Source>,
    /// Whether a service worker of the page handled it (`source` says what it answered with).
    via_service_worker: bool,
    /// Time it took to start and reach the service worker (Chromium `_workerReady - _workerStart`).
    worker_startup: Option<Millis>,
    /// Time the service worker took to answer (Chromium `_workerRespondWithSettled - _workerFetchStart`).
    worker_response: Option<Millis>,
    /// Whether this is the service worker's own fetch, not the page's.
    from_service_worker: bool,
    /// Bytes on the wire for the response, headers included; 0 for an answer from a cache.
    transfer_bytes: Option<Bytes>,
    /// The body as sent, encoded.
    body_bytes: Option<Bytes>,
    /// The body decoded.
    decoded_bytes: Option<Bytes>,
    /// Request headers on the wire, or their text if that is all that is known.
    request_header_bytes: Option<Bytes>,
    /// The request's own body.
    request_body_bytes: Option<Bytes>,
    /// Request headers.
    request_headers: HeaderRange,
    /// Response headers.
    response_headers: HeaderRange,
    /// What was learnt of the response body.
    body: Body,
    /// Target of a redirect, as recorded or from `Location`, possibly relative.
    redirect_to: Option<StrId>,
    /// Connection id, unique per connection where recorded; ports are not ids and not kept.
    connection: Option<StrId>,
    /// Server address, cleaned of brackets, zone and port.
    server_ip: Option<StrId>,
    /// What made the browser ask.
    initiator: Option<InitiatorKind>,
    /// URL of the document, style sheet or script that asked, without fragment.
    initiator_url: Option<StrId>,
    /// Line in it, counted from 1.
    initiator_line: Option<u32>,
    /// Whether a `<link rel=preload>` asked for it.
    preloaded: bool,
    /// Text of the error as recorded.
    error: Option<StrId>,
    /// Number of WebSocket or EventSource messages recorded.
    messages: Option<u32>,
    /// Whether the tool marked it as the LCP resource (browsertime `_isLCP`).
    is_lcp: bool,
}

impl RequestTable {
    /// How many requests there are.
    pub fn len(&self) -> usize {
        self.url.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.url.is_empty()
    }
}

/// One request of a recording, to ask for its facts. Handles come from the same recording.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    recording: &'a Recording,
    id: RequestId,
}

impl<'a> Request<'a> {
    pub(super) fn new(recording: &'a Recording, id: RequestId) -> Self {
        Self { recording, id }
    }

    /// Its handle.
    pub fn id(self) -> RequestId {
        self.id
    }

    /// Its recording.
    pub fn recording(self) -> &'a Recording {
        self.recording
    }

    /// The address as text.
    pub fn url_text(self) -> Untrusted<'a> {
        self.recording.text(self.url())
    }

    /// The method as text.
    pub fn method_text(self) -> Untrusted<'a> {
        self.recording.text(self.method())
    }

    /// End as an offset from the recording's origin, the last byte from the network.
    pub fn end(self) -> Option<Millis> {
        Some(self.start()? + self.duration()?)
    }

    /// Values of a response header, in wire order. `name` is in lower case.
    pub fn response_header(self, name: &str) -> impl Iterator<Item = Untrusted<'a>> + use<'a> {
        self.header(self.response_headers(), name)
    }

    /// Values of a request header, in wire order. `name` is in lower case.
    pub fn request_header(self, name: &str) -> impl Iterator<Item = Untrusted<'a>> + use<'a> {
        self.header(self.request_headers(), name)
    }

    fn header(self, range: HeaderRange, name: &str) -> impl Iterator<Item = Untrusted<'a>> + use<'a> {
        let recording = self.recording;
        let name = recording.strings.find(name);
        let lines = recording.headers.lines(range).iter();
        lines.filter(move |line| Some(line.name) == name).map(|line| recording.text(line.value))
    }

    /// The kept text of its body.
    pub fn body_text(self) -> Option<Untrusted<'a>> {
        self.body().kept.map(|id| self.recording.bodies.text(id))
    }

    /// The row number. Handles are only made by `RequestTable::push`.
    fn at(self) -> usize {
        self.id.0 as usize
    }
}
