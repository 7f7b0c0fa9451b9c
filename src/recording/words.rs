//! The closed vocabularies of a request: what kind it is, where it came from, how it ended.

/// What was fetched, in the words of Chromium's `ResourceType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)] // the names are the field's own
pub enum ResourceKind {
    Document,
    Stylesheet,
    Script,
    Font,
    Image,
    Media,
    Xhr,
    Fetch,
    EventSource,
    WebSocket,
    Manifest,
    Ping,
    Preflight,
    Other,
}

/// HTTP version a response came over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum Protocol {
    Http10,
    Http11,
    Spdy,
    H2,
    H3,
}

/// Chromium's net priority, the final one unless a field says "initial".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum Priority {
    VeryLow,
    Low,
    Medium,
    High,
    VeryHigh,
}

/// Chromium's `renderBlocking` of a request, as browsertime, WebPageTest and traces record it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum RenderBlocking {
    Blocking,
    InBodyParserBlocking,
    PotentiallyBlocking,
    NonBlocking,
}

/// Who answered the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// A server, over the network.
    Network,
    /// The browser's memory cache.
    MemoryCache,
    /// The browser's disk cache.
    DiskCache,
    /// The browser's prefetch cache.
    PrefetchCache,
    /// A service worker of the page.
    ServiceWorker,
    /// HTTP/2 server push.
    Push,
    /// The browser's cache, after the server said 304.
    Revalidated,
    /// No transport at all: `data:`, `blob:`, `about:`.
    Inline,
}

/// How the request ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CompletionState {
    /// A response arrived whole, whatever its status.
    #[default]
    Finished,
    /// No response, or one that broke off.
    Failed(ErrorKind),
    /// The page or the user gave it up.
    Cancelled,
    /// The browser, an extension or a policy forbade it.
    Blocked,
    /// Still under way when the recording stopped.
    Unfinished,
}

/// Why a request failed, as far as the recording tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum ErrorKind {
    NameNotResolved,
    ConnectionRefused,
    ConnectionReset,
    TimedOut,
    Offline,
    Tls,
    /// Refused by CORS, CORP, mixed content or another policy of the web.
    Policy,
    /// The body ended before its announced length.
    Truncated,
    Protocol,
    TooManyRedirects,
    Other,
}

/// What made the browser ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum InitiatorKind {
    Parser,
    Script,
    Preload,
    Preflight,
    Redirect,
    Push,
    EarlyHints,
    Other,
}
