//! Facts derived for ONE navigation. Pure: same recording, same facts, in the same order. Each file answers one question.
//!
//! Times here are offsets from the navigation's start; in `recording` they are offsets from the recording's origin.

pub mod addresses;
pub mod attribution;
pub mod blocking;
pub mod caching;
pub mod chains;
pub mod clock;
pub mod connections;
pub mod css;
pub mod delivery;
pub mod document;
pub mod document_meta;
pub mod dom_size;
pub mod downloads;
pub mod edge;
pub mod evaluation;
pub mod failures;
pub mod forced_reflow;
pub mod html;
pub mod interactions;
pub mod largest_image;
pub mod layout_shifts;
pub mod long_tasks;
pub mod main_thread;
pub mod markup;
pub mod milestones;
pub mod painted_images;
pub mod parties;
pub mod readiness;
pub mod resources;
pub mod script_texts;
pub mod servers;
pub mod service_worker;
pub mod style_storms;
pub mod styles;
pub mod throttling;
pub mod timers;
pub mod used_files;
pub mod work;

pub use addresses::Addresses;
pub use attribution::{Attribution, AttributionPart, Owner};
pub use blocking::Blocking;
pub use caching::{Caching, Lifetime};
pub use clock::Clocks;
pub use connections::{Connection, Connections};
pub use document::MainDocument;
pub use main_thread::MainThreadWork;
pub use markup::Markup;
pub use milestones::{Certainty, Measured, Metric, Milestones};
pub use parties::Party;
pub use resources::Resource;
pub use servers::Server;
pub use styles::Styles;
pub use throttling::Throttling;
pub use work::Work;

use crate::http::edge::Edge;
use crate::http::url::Url;
use crate::recording::{Page, PageId, Recording, RecordingKind, Request, RequestId};
use crate::text::Untrusted;
use crate::units::{Millis, TimeSpan};

/// A view over one navigation of a recording, with all facts derived for it.
pub struct PageLoad<'a> {
    /// The recording it is part of.
    pub recording: &'a Recording,
    /// Which of its pages.
    pub page: PageId,
    /// Navigation start as an offset from the recording's origin.
    pub navigation_start: Millis,
    /// See [`PageLoad::window`].
    window: TimeSpan,
    /// How much later than that the recorded milestones begin to count.
    pub milestones_shift: Millis,
    /// Its requests in the order of their start; extension traffic and inline URLs included (see [`Resource`]).
    pub requests: Vec<RequestId>,
    /// Its requests by address.
    pub addresses: Addresses,
    /// The document and the redirects before it.
    pub document: MainDocument,
    /// What the document's HTML asks for; `None`: the recording does not hold its HTML.
    pub markup: Option<Markup>,
    /// What each request is; same order as `requests`.
    pub resources: Vec<Resource<'a>>,
    /// What its style sheets ask for, as far as the recording holds their text.
    pub styles: Styles,
    /// What the page's main thread did; `None`: the recording does not hold work of threads.
    pub main_thread: Option<MainThreadWork>,
    /// When the load's milestones were reached.
    pub milestones: Milestones,
    /// Connections: set-up, reuse, queueing.
    pub connections: Connections,
    /// What the CDN in front of the server says of each response; same order as `requests`.
    pub edges: Vec<Edge>,
    /// Whose server answered; same order as `requests`.
    pub servers: Vec<Server>,
    /// Whether the recording's clock and the servers' agree.
    pub clocks: Clocks,
    /// Caching of each response; same order as `requests`.
    pub caching: Vec<Caching>,
    /// Whether the network was slowed down for the recording.
    pub throttling: Throttling,
    /// Whose time it was, up to the main milestone.
    pub attribution: Option<Attribution>,
}

impl<'a> PageLoad<'a> {
    /// All page loads of a recording, in the order of its pages.
    pub fn all(recording: &'a Recording) -> Vec<Self> {
        let mut by_page: Vec<Vec<RequestId>> = vec![Vec::new(); recording.pages.len()];
        for request in recording.all_requests() {
            if let Some(requests) = by_page.get_mut(request.page().0 as usize) {
                requests.push(request.id());
            }
        }
        let pages = by_page.into_iter().enumerate();
        pages.map(|(at, requests)| Self::of_requests(recording, PageId(at as u32), requests)).collect()
    }

    /// Derives all facts of one page. Cost: linear in its requests (times log for sorting).
    pub fn new(recording: &'a Recording, page: PageId) -> Self {
        let requests: Vec<_> = recording.all_requests().filter(|r| r.page() == page).map(Request::id).collect();
        Self::of_requests(recording, page, requests)
    }

    fn of_requests(recording: &'a Recording, page: PageId, requests: Vec<RequestId>) -> Self {
        let addresses = Addresses::of(recording, &requests);
        let document = document::find(recording, page, &requests);
        let start = milestones::navigation_start(recording, page, &requests, &document);
        let mut load = Self {
            recording,
            page,
            navigation_start: start.at,
            window: TimeSpan { start: start.at, end: start.at },
            milestones_shift: start.milestones_shift,
            requests,
            addresses,
            document,
            markup: None,
            resources: Vec::new(),
            styles: Styles::default(),
            main_thread: None,
            milestones: Milestones::default(),
            connections: Connections::default(),
            edges: Vec::new(),
            servers: Vec::new(),
            clocks: Clocks::default(),
            caching: Vec::new(),
            throttling: Throttling::No,
            attribution: None,
        };
        load.window = work::window(&load);
        load.markup = markup::derive(&load);
        load.resources = resources::derive(&load);
        load.styles = styles::derive(&load);
        let blocking = blocking::derive(&load);
        for (resource, blocking) in load.resources.iter_mut().zip(blocking) {
            resource.blocking = blocking;
        }
        load.main_thread = main_thread::derive(&load);
        load.milestones = milestones::derive(&load);
        load.connections = connections::derive(&load);
        load.edges = edge::derive(&load);
        load.servers = servers::derive(&load);
        load.clocks = clock::derive(&load);
        load.caching = caching::derive(&load);
        load.throttling = throttling::of(&load);
        load.attribution = attribution::derive(&load);
        load
    }

    /// Whether this is the load of an address, before or after redirects; fragments do not count.
    pub fn is_of(&self, address: Untrusted<'_>) -> bool {
        fn without_fragment(address: &str) -> &str {
            address.split('#').next().unwrap_or_default()
        }
        let address = without_fragment(address.expose());
        let same = |recorded: Untrusted<'_>| {
            let recorded = without_fragment(recorded.expose());
            recorded == address || Url::parse(recorded).is_some_and(|url| Some(url) == Url::parse(address))
        };
        let page = self.recorded().and_then(|page| page.url).map(|url| self.recording.text(url));
        let documents = self.document.redirects.iter().copied().chain(self.document.request);
        page.is_some_and(same) || documents.into_iter().any(|document| same(self.request(document).url_text()))
    }

    /// Whether the recording shows nothing of it. Traces may show a main thread at work without any request.
    pub fn is_empty(&self) -> bool {
        self.requests.is_empty() && self.recording.provenance.kind == RecordingKind::Har
    }

    /// The page as recorded.
    pub fn recorded(&self) -> Option<&'a Page> {
        self.recording.page(self.page)
    }

    /// Ask one request for its recorded facts.
    pub fn request(&self, id: RequestId) -> Request<'a> {
        self.recording.request(id)
    }

    /// Every request with what it is, in order of start.
    pub fn iter(&self) -> impl Iterator<Item = (Request<'a>, &Resource<'a>)> {
        self.requests.iter().zip(&self.resources).map(|(id, resource)| (self.request(*id), resource))
    }

    /// The same, only those that went or would have gone over the network for the page: HTTP(S) and WebSocket,
    /// no extension traffic, no `data:` and `blob:`.
    pub fn network(&self) -> impl Iterator<Item = (Request<'a>, &Resource<'a>)> {
        self.iter().filter(|(_, resource)| resource.is_network)
    }

    /// What a request of this load is; `None` if it belongs to another load.
    pub fn resource(&self, id: RequestId) -> Option<&Resource<'a>> {
        self.resources.get(self.position(id)?)
    }

    /// Its caching facts; `None` if it belongs to another load.
    pub fn caching_of(&self, id: RequestId) -> Option<&Caching> {
        self.caching.get(self.position(id)?)
    }

    /// What the CDN in front of the server says of its response.
    pub fn edge_of(&self, id: RequestId) -> Edge {
        self.position(id).and_then(|at| self.edges.get(at)).copied().unwrap_or_default()
    }

    /// Whose server answered it.
    pub fn server_of(&self, id: RequestId) -> Server {
        self.position(id).and_then(|at| self.servers.get(at)).copied().unwrap_or(Server::Site)
    }

    /// Its place in `requests`. Requests of a page need not be neighbors, but their ids ascend.
    pub fn position(&self, id: RequestId) -> Option<usize> {
        self.requests.binary_search(&id).ok()
    }

    /// When it starts and ends, from navigation start; `None` where the entry has no usable date.
    pub fn span(&self, id: RequestId) -> Option<TimeSpan> {
        let request = self.request(id);
        let start = request.start()? - self.navigation_start;
        let end = request.end().map_or(start, |end| end - self.navigation_start);
        Some(TimeSpan { start, end })
    }
}
