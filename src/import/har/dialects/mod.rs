//! The habits of the tools that write HAR files: who wrote this one, and what its words mean. One function for each
//! quirk, named for it, with the producers and versions that have it.

pub(super) mod address;
pub(super) mod outcome;
pub(super) mod sizes;
pub(super) mod timing;
pub(super) mod words;

use crate::import::har::Draft;
use crate::import::har::raw::{RawEntry, RawTool};
use crate::recording::{HeaderRange, HeaderTable};
use crate::text::{StrId, StrTable};

/// The tools whose habits differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::import::har) enum Producer {
    /// DevTools of Chrome, Edge, Brave, Opera: "WebInspector".
    Chrome,
    /// Firefox's network monitor of this major version (0: not told).
    Firefox(u32),
    /// Safari's Web Inspector.
    Safari,
    Playwright,
    Mitmproxy,
    WebPageTest,
    /// chrome-har: browsertime, puppeteer-har.
    ChromeHar,
    ChromeHarCapturer,
    Charles,
    Fiddler,
    Proxyman,
    HttpToolkit,
    BrowserMob,
    /// newman-trace, dt2har and others that put TLS after connect and add it up.
    TlsOutside,
    #[default]
    Other,
}

impl Producer {
    /// Whether it measures from a proxy's seat, not the browser's.
    pub(in crate::import::har) fn is_proxy(self) -> bool {
        matches!(
            self,
            Self::Mitmproxy | Self::Charles | Self::Fiddler | Self::Proxyman | Self::HttpToolkit | Self::BrowserMob
        )
    }
}

/// Who wrote the file, by its creator. Where that is missing, its extensions speak for Chrome or nobody.
pub(in crate::import::har) fn producer(draft: &Draft) -> Producer {
    let strings = &draft.recording.strings;
    let RawTool { name, version } = draft.log.creator;
    let lower = |id: Option<StrId>| id.map(|id| strings.get(id).expose().to_ascii_lowercase()).unwrap_or_default();
    let name = lower(name);
    let version = lower(version);
    let major = version.split('.').next().and_then(|major| major.parse().ok()).unwrap_or_default();
    const BY_NAME: &[(&str, Producer)] = &[
        ("playwright", Producer::Playwright),
        ("mitmproxy", Producer::Mitmproxy),
        ("mitmdump", Producer::Mitmproxy),
        ("webpagetest", Producer::WebPageTest),
        ("chrome-har-capturer", Producer::ChromeHarCapturer),
        ("chrome har capturer", Producer::ChromeHarCapturer),
        ("chrome-har", Producer::ChromeHar),
        ("browsertime", Producer::ChromeHar),
        ("charles", Producer::Charles),
        ("fiddler", Producer::Fiddler),
        ("proxyman", Producer::Proxyman),
        ("http toolkit", Producer::HttpToolkit),
        ("browsermob", Producer::BrowserMob),
        ("newman", Producer::TlsOutside),
        ("chromebridge", Producer::TlsOutside),
        ("dt2har", Producer::TlsOutside),
        ("webkit web inspector", Producer::Safari),
        ("safari", Producer::Safari),
        ("webinspector", Producer::Chrome),
        ("chrome devtools", Producer::Chrome),
    ];
    if name.starts_with("firefox") {
        return Producer::Firefox(major);
    }
    match BY_NAME.iter().find(|(known, _)| name.contains(known)) {
        Some((_, producer)) => *producer,
        None if name.is_empty() && draft.log.entries.iter().any(has_chrome_extensions) => Producer::Chrome,
        None => Producer::Other,
    }
}

fn has_chrome_extensions(entry: &RawEntry) -> bool {
    entry.resource_type.is_some() && entry.response.transfer_size.is_some() || entry.timings.blocked_queueing.is_some()
}

/// One entry with what is needed to understand it.
pub(in crate::import::har) struct Seen<'a> {
    pub(in crate::import::har) producer: Producer,
    pub(in crate::import::har) raw: &'a RawEntry,
    pub(in crate::import::har) strings: &'a StrTable,
    pub(in crate::import::har) headers: &'a HeaderTable,
    /// Scheme of the address in lower case; empty if it has none.
    pub(in crate::import::har) scheme: String,
}

impl<'a> Seen<'a> {
    /// The text of a handle; empty if there is none.
    pub(in crate::import::har) fn text(&self, id: Option<StrId>) -> &'a str {
        id.map(|id| self.strings.get(id).expose()).unwrap_or_default()
    }

    /// The first value of a header. `name` is in lower case.
    pub(in crate::import::har) fn header(&self, lines: HeaderRange, name: &str) -> Option<&'a str> {
        let name = self.strings.find(name)?;
        let line = self.headers.lines(lines).iter().find(|line| line.name == name)?;
        Some(self.strings.get(line.value).expose())
    }

    /// Status code, if there is one that HTTP could give.
    pub(in crate::import::har) fn status(&self) -> Option<u16> {
        let status = self.raw.response.status.filter(|status| (100.0..1000.0).contains(status))?;
        Some(status as u16)
    }

    /// Whether the network is involved at all.
    pub(in crate::import::har) fn is_inline(&self) -> bool {
        matches!(self.scheme.as_str(), "data" | "blob" | "about" | "javascript" | "filesystem")
    }

    /// Whether the scheme goes without TLS.
    pub(in crate::import::har) fn is_plain(&self) -> bool {
        matches!(self.scheme.as_str(), "http" | "ws")
    }
}

/// The scheme of an address in lower case; empty if there is none.
pub(in crate::import::har) fn scheme(url: &str) -> String {
    let scheme = url.split(':').next().unwrap_or_default();
    let begins_with_letter = scheme.starts_with(|first: char| first.is_ascii_alphabetic());
    let is_scheme = url.len() != scheme.len()
        && begins_with_letter
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'));
    match is_scheme {
        true => scheme.to_ascii_lowercase(),
        false => String::new(),
    }
}
