//! The closed vocabularies of the report: the words of its JSON, with the types they mirror.

use serde::{Deserialize, Serialize};

use crate::page_load;
use crate::recording;
use crate::redact;
use crate::rules;

/// Defines a vocabulary of the report from the type it mirrors: each variant with its word in the JSON, and in brackets
/// the variants that the report does not tell apart from it.
macro_rules! vocabulary {
    ($(#[doc = $doc:expr])+ $name:ident from $source:path { $($variant:ident = $word:literal $([$($also:ident),+])?,)+ }) => {
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[allow(missing_docs)] // as in the mirrored type
        pub enum $name {
            $(#[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// All of them, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The word used in the report's JSON.
            pub const fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }

        impl From<$source> for $name {
            fn from(value: $source) -> Self {
                type Source = $source;
                match value {
                    $(Source::$variant $($(| Source::$also)+)? => Self::$variant,)+
                }
            }
        }
    };
}

vocabulary! {
    /// With whom the report may be shared.
    ShareName from redact::Share {
        Internal = "internal",
        Vendor = "vendor",
        Public = "public",
    }
}

vocabulary! {
    /// Who holds a delay or can fix a problem.
    Owner from page_load::Owner {
        Client = "client",
        Network = "network",
        Edge = "edge",
        Origin = "origin",
        ThirdParty = "third-party",
        Unknown = "unknown",
    }
}

vocabulary! {
    /// How a figure was obtained.
    Sure from page_load::Certainty {
        Measured = "measured",
        Derived = "derived",
        Estimated = "estimated",
    }
}

vocabulary! {
    /// The names of the metrics.
    Metric from page_load::Metric {
        Ttfb = "ttfb",
        FirstPaint = "fp",
        Fcp = "fcp",
        Lcp = "lcp",
        Dcl = "dcl",
        Load = "load",
        Tbt = "tbt",
        Cls = "cls",
        Inp = "inp",
        SpeedIndex = "speed_index",
    }
}

vocabulary! {
    /// What a main thread did.
    ActivityName from page_load::main_thread::Activity {
        Script = "script",
        Compile = "compile",
        StyleAndLayout = "style_and_layout",
        Paint = "paint",
        Parse = "parse",
        GarbageCollection = "garbage_collection",
        Other = "other",
    }
}

vocabulary! {
    /// What moved the layout.
    ShiftCause from page_load::layout_shifts::Cause {
        UnsizedImage = "unsized-image",
        WebFont = "web-font",
        Frame = "iframe",
        Animation = "animation",
        InsertedElement = "inserted-element",
    }
}

vocabulary! {
    /// How much a problem of the input matters.
    Level from recording::Level {
        Info = "info",
        Warning = "warning",
        Error = "error",
    }
}

vocabulary! {
    /// First or third party.
    Party from page_load::Party {
        First = "first",
        Third = "third",
    }
}

vocabulary! {
    /// HTTP versions, as ALPN writes them where it does.
    ProtocolName from recording::Protocol {
        Http10 = "http/1.0",
        Http11 = "http/1.1",
        Spdy = "spdy",
        H2 = "h2",
        H3 = "h3",
    }
}

vocabulary! {
    /// What was fetched.
    ResourceType from recording::ResourceKind {
        Document = "document",
        Stylesheet = "stylesheet",
        Script = "script",
        Font = "font",
        Image = "image",
        Media = "media",
        Xhr = "xhr",
        Fetch = "fetch",
        WebSocket = "websocket",
        Manifest = "manifest",
        Ping = "ping",
        Preflight = "preflight",
        Other = "other" [EventSource],
    }
}

vocabulary! {
    /// Chromium's priorities.
    PriorityName from recording::Priority {
        VeryLow = "VeryLow",
        Low = "Low",
        Medium = "Medium",
        High = "High",
        VeryHigh = "VeryHigh",
    }
}

vocabulary! {
    /// Whether a request held rendering back.
    Rendering from recording::RenderBlocking {
        Blocking = "blocking",
        InBodyParserBlocking = "in_body_parser_blocking",
        PotentiallyBlocking = "potentially_blocking",
        NonBlocking = "non_blocking",
    }
}

vocabulary! {
    /// What made the browser ask.
    Initiator from recording::InitiatorKind {
        Parser = "parser",
        Script = "script",
        Preload = "preload",
        Preflight = "preflight",
        Redirect = "redirect",
        Push = "push",
        EarlyHints = "early-hints",
        Other = "other",
    }
}

vocabulary! {
    /// How much a finding weighs; ascending.
    Severity from rules::Severity {
        Notice = "notice",
        Warning = "warning",
        Serious = "serious",
    }
}

vocabulary! {
    /// What a rule is about.
    TopicName from rules::Topic {
        Server = "server",
        Redirects = "redirects",
        Errors = "errors",
        Connections = "connections",
        Rendering = "rendering",
        LargestPaint = "largest-paint",
        Transfer = "transfer",
        Images = "images",
        Fonts = "fonts",
        JavaScript = "javascript",
        MainThread = "main-thread",
        Interaction = "interaction",
        Caching = "caching",
        Cdn = "cdn",
        ThirdParty = "third-party",
        ServiceWorker = "service-worker",
        Security = "security",
        Recording = "recording",
    }
}

vocabulary! {
    /// How savings were reckoned.
    SavingsMethod from rules::Method {
        Measured = "measured",
        Simulated = "simulated",
        Bound = "bound",
        Estimated = "estimated",
    }
}

/// Who answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum SourceName {
    Network,
    MemoryCache,
    DiskCache,
    ServiceWorker,
    Push,
    Revalidated,
}

impl SourceName {
    /// `None`: nobody, the address holds the content itself. Prefetched files lie in the HTTP cache.
    pub const fn of(source: recording::Source) -> Option<Self> {
        Some(match source {
            recording::Source::Network => Self::Network,
            recording::Source::MemoryCache => Self::MemoryCache,
            recording::Source::DiskCache | recording::Source::PrefetchCache => Self::DiskCache,
            recording::Source::ServiceWorker => Self::ServiceWorker,
            recording::Source::Push => Self::Push,
            recording::Source::Revalidated => Self::Revalidated,
            recording::Source::Inline => return None,
        })
    }

    /// The word used in the report's JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Network => "network",
            Self::MemoryCache => "memory-cache",
            Self::DiskCache => "disk-cache",
            Self::ServiceWorker => "service-worker",
            Self::Push => "push",
            Self::Revalidated => "revalidated",
        }
    }
}

/// What a check came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum CheckOutcome {
    Found,
    Passed,
    NotApplicable,
    NotChecked,
}

impl CheckOutcome {
    /// The word used in the report's JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Found => "found",
            Self::Passed => "passed",
            Self::NotApplicable => "not-applicable",
            Self::NotChecked => "not-checked",
        }
    }
}

impl Owner {
    /// The owner in plain words, to stand in a sentence: "… who can fix it: the site's own servers".
    pub const fn plain(self) -> &'static str {
        match self {
            Self::Client => "the visitor's browser",
            Self::Network => "the network",
            Self::Edge => "the CDN's servers",
            Self::Origin => "the site's own servers",
            Self::ThirdParty => "other companies' servers",
            Self::Unknown => "unknown",
        }
    }

    /// The owner as a label of a table or legend.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Client => "Browser",
            Self::Network => "Network",
            Self::Edge => "CDN",
            Self::Origin => "Site's servers",
            Self::ThirdParty => "Third parties",
            Self::Unknown => "Unknown",
        }
    }
}

impl Metric {
    /// The metric's short name, as engineers write it.
    pub const fn short(self) -> &'static str {
        match self {
            Self::Ttfb => "TTFB",
            Self::FirstPaint => "FP",
            Self::Fcp => "FCP",
            Self::Lcp => "LCP",
            Self::Dcl => "DCL",
            Self::Load => "load",
            Self::Tbt => "TBT",
            Self::Cls => "CLS",
            Self::Inp => "INP",
            Self::SpeedIndex => "Speed Index",
        }
    }

    /// The metric in plain words.
    pub const fn plain(self) -> &'static str {
        match self {
            Self::Ttfb => "first answer of the server",
            Self::FirstPaint => "first paint",
            Self::Fcp => "first content on screen",
            Self::Lcp => "main content on screen",
            Self::Dcl => "page structure ready",
            Self::Load => "page and its files loaded",
            Self::Tbt => "time the page could not react",
            Self::Cls => "movement of the layout",
            Self::Inp => "slowest reaction to input",
            Self::SpeedIndex => "speed of filling the screen",
        }
    }
}

impl ActivityName {
    /// As a label.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Script => "running script",
            Self::Compile => "compiling script",
            Self::StyleAndLayout => "style and layout",
            Self::Paint => "painting",
            Self::Parse => "reading HTML and CSS",
            Self::GarbageCollection => "freeing memory",
            Self::Other => "other work",
        }
    }
}

impl Severity {
    /// As a label.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Notice => "Notice",
            Self::Warning => "Warning",
            Self::Serious => "Serious",
        }
    }
}
