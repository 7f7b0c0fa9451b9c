//! Where a recording comes from and what it cannot tell.

use crate::text::StrId;
use crate::units::Bytes;

/// A program and its version as recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Tool {
    pub name: Option<StrId>,
    pub version: Option<StrId>,
}

/// One word per importer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum RecordingKind {
    #[default]
    Har,
    ChromeTrace,
    CpuProfile,
}

/// A kind of evidence that a recording may lack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Missing {
    /// No request has response headers.
    ResponseHeaders,
    /// No request has request headers.
    RequestHeaders,
    /// No request is divided into phases.
    Phases,
    /// No usable date, so no order in time.
    Dates,
    /// No sizes of what was transferred.
    TransferSizes,
    /// No response bodies.
    Bodies,
    /// No initiators.
    Initiators,
    /// No priorities.
    Priorities,
    /// No connection ids and no server addresses.
    Connections,
    /// Not known which requests held rendering back.
    RenderBlocking,
    /// No HTTP versions.
    Protocols,
    /// No paint times (FCP, LCP).
    PaintTimes,
    /// No times of DOMContentLoaded and load.
    PageTimes,
    /// Cookie and authorization headers were stripped on export.
    Cookies,
    /// No document request: the recording began after the navigation, or holds only calls of an app.
    Document,
    /// No work of the browser's threads: everything but a trace.
    MainThread,
    /// Nobody counted the document's elements.
    DomSizes,
    /// No times of matching selectors, which Chrome records on request only.
    Selectors,
}

/// Where a recording comes from and what it cannot tell.
#[derive(Clone, Debug, Default)]
pub struct Provenance {
    /// Which importer read it.
    pub kind: RecordingKind,
    /// The tool that wrote the file.
    pub producer: Tool,
    /// The browser it drove or was part of.
    pub browser: Tool,
    /// Length of the text after unpacking.
    pub bytes: Bytes,
    /// Number of events; traces only.
    pub n_events: Option<u64>,
    /// What it was packed in, outermost first ("gzip", "zip", "UTF-16 LE").
    pub containers: Vec<&'static str>,
    /// Whether cookies and authorization were stripped on export (Chrome's "sanitized" HAR).
    pub sanitized: bool,
    /// Whether the tool measured from a proxy's seat, not the browser's.
    pub proxy: bool,
    /// Evidence that is lacking in the whole recording, in the order of [`Missing`].
    pub missing: Vec<Missing>,
}
