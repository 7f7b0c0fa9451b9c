//! The texts of the recordings, cleaned for one report: the only way of recorded text into it.

use std::cell::RefCell;

use crate::page_load::{PageLoad, parties};
use crate::recording::{Problem, RequestId};
use crate::redact::redactor::HostKnowledge;
use crate::redact::{Clean, CleanProblem, Redactor, Share};
use crate::text::Untrusted;
use crate::units::{Bytes, WallTime};

/// Characters. An address of more than a line of 80 columns drowns the sentence around it; whole addresses stand in the
/// tables of requests.
const LONGEST_ADDRESS: usize = 80;

/// An address as short as a sentence can bear it.
pub fn short(address: &Clean) -> Clean {
    address.short_address(LONGEST_ADDRESS)
}

/// Cleans all texts of one report, so that the same secret has the same placeholder throughout.
pub struct Names {
    /// The redactor numbers what it removes in the order of asking; a cell, so that closures can ask.
    redactor: RefCell<Redactor>,
}

impl Names {
    /// For one report, to be shared so far.
    pub fn new(share: Share) -> Self {
        let known = HostKnowledge { is_well_known: |host| parties::entity(host).is_some(), site: parties::site };
        Self { redactor: RefCell::new(Redactor::new(share).knowing(known)) }
    }

    /// What the placeholders given so far stand for, see [`Redactor::originals`].
    pub fn originals(&self) -> Vec<(u32, String)> {
        self.redactor.borrow().originals()
    }

    /// A file name.
    pub fn file_name(&self, name: Untrusted<'_>) -> Clean {
        self.redactor.borrow_mut().file_name(name)
    }

    /// The name of a recording tool or browser.
    pub fn tool_name(&self, name: Untrusted<'_>) -> Clean {
        self.redactor.borrow_mut().tool_name(name)
    }

    /// Its version.
    pub fn tool_version(&self, version: Untrusted<'_>) -> Clean {
        self.redactor.borrow_mut().tool_version(version)
    }

    /// The address of a request or page.
    pub fn url(&self, url: Untrusted<'_>) -> Clean {
        self.redactor.borrow_mut().url(url)
    }

    /// Scheme, host and port of an address.
    pub fn origin(&self, url: Untrusted<'_>) -> Clean {
        self.redactor.borrow_mut().origin(url)
    }

    /// The same as short as a sentence can bear it.
    pub fn short_url(&self, url: Untrusted<'_>) -> Clean {
        short(&self.url(url))
    }

    /// The title of a page.
    pub fn title(&self, title: Untrusted<'_>) -> Clean {
        self.redactor.borrow_mut().title(title)
    }

    /// The type of an input event.
    pub fn event_type(&self, name: Untrusted<'_>) -> Clean {
        self.redactor.borrow_mut().event_type(name)
    }

    /// A name in code: a function, an element, a selector.
    pub fn code_name(&self, name: Untrusted<'_>) -> Clean {
        self.redactor.borrow_mut().code_name(name)
    }

    /// The host of a request of this load.
    pub fn host(&self, load: &PageLoad<'_>, request: RequestId) -> Option<Clean> {
        let url = load.resource(request)?.url.filter(|url| !url.host.is_empty())?;
        Some(self.host_name(Untrusted::new(url.host)))
    }

    /// A host.
    pub fn host_name(&self, host: Untrusted<'_>) -> Clean {
        self.redactor.borrow_mut().host(host)
    }

    /// A method.
    pub fn method(&self, method: Untrusted<'_>) -> Clean {
        self.redactor.borrow_mut().method(method)
    }

    /// A media type, without parameters.
    pub fn mime(&self, mime: Untrusted<'_>) -> Clean {
        self.redactor.borrow_mut().mime(mime)
    }

    /// A server's address.
    pub fn ip(&self, ip: Untrusted<'_>) -> Clean {
        self.redactor.borrow_mut().ip(ip)
    }

    /// The text of an error.
    pub fn error(&self, error: Untrusted<'_>) -> Clean {
        self.redactor.borrow_mut().error_text(error)
    }

    /// The value of a header line, as far as it is known to be harmless.
    pub fn header(&self, name: &'static str, value: Untrusted<'_>) -> Clean {
        self.redactor.borrow_mut().header(Untrusted::new(name), value).value
    }

    /// The code of the place where a CDN's edge stands, if it may be told.
    pub fn place(&self, place: Untrusted<'_>) -> Option<Clean> {
        self.redactor.borrow().place(place)
    }

    /// An instant as ISO 8601, if it may be told.
    pub fn wall_time(&self, time: WallTime) -> Option<Clean> {
        self.redactor.borrow_mut().wall_time(time)
    }

    /// A size, as exact as may be told.
    pub fn size(&self, size: Bytes) -> u64 {
        self.redactor.borrow().size(size).0
    }

    /// A problem of a recording.
    pub fn problem(&self, problem: &Problem) -> CleanProblem {
        self.redactor.borrow_mut().problem(problem)
    }
}
