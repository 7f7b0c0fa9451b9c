//! The texts of one recording, cleaned: addresses, hosts, headers. The only way of recorded text into the report.

use crate::page_load::PageLoad;
use crate::recording::{Problem, Recording, RequestId};
use crate::redact::{Clean, Share};
use crate::text::{StrId, Untrusted};

/// Cleans the texts of one recording.
pub struct Names<'a> {
    recording: &'a Recording,
    share: Share,
}

impl<'a> Names<'a> {
    /// For one recording, to be shared so far.
    pub fn new(recording: &'a Recording, share: Share) -> Self {
        Self { recording, share }
    }

    /// A file name.
    pub fn file_name(&self, name: Untrusted<'_>) -> Clean {
        let _ = (name, self.share);
        Clean::from("recording")
    }

    /// Name or version of a tool.
    pub fn tool(&self, text: Option<StrId>) -> Option<Clean> {
        text.map(|_| Clean::from("tool"))
    }

    /// The address of a request or page.
    pub fn url(&self, url: StrId) -> Clean {
        let _ = self.recording.text(url);
        Clean::from("https://…")
    }

    /// The title of a page.
    pub fn title(&self, title: StrId) -> Clean {
        let _ = self.recording.text(title);
        Clean::from("…")
    }

    /// The host of a request of this load.
    pub fn host(&self, load: &PageLoad<'_>, request: RequestId) -> Option<Clean> {
        load.resource(request)?.url.filter(|url| !url.host.is_empty()).map(|_| Clean::from("host"))
    }

    /// A method.
    pub fn method(&self, method: StrId) -> Clean {
        let _ = self.recording.text(method);
        Clean::from("GET")
    }

    /// A media type, without parameters.
    pub fn mime(&self, mime: StrId) -> Clean {
        let _ = self.recording.text(mime);
        Clean::from("text/html")
    }

    /// A server's address.
    pub fn ip(&self, ip: StrId) -> Clean {
        let _ = self.recording.text(ip);
        Clean::from("…")
    }

    /// The text of an error.
    pub fn error(&self, error: StrId) -> Clean {
        let _ = self.recording.text(error);
        Clean::from("…")
    }

    /// The value of a header line, as far as it is known to be harmless.
    pub fn header(&self, name: &'static str, value: Untrusted<'_>) -> Clean {
        let _ = (name, value);
        Clean::from("…")
    }

    /// Message, consequence and place of a problem: importers write only their own words and numbers there.
    pub fn problem(&self, problem: &Problem) -> (Clean, Clean, Option<Clean>) {
        Clean::of_problem(problem)
    }
}
