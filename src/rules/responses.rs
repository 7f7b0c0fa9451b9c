//! For rules that look at the responses of a load one by one: which of them show a problem, and how that becomes an
//! outcome. Static files of a load have [`crate::rules::gain::uncached`].

use std::cmp::Reverse;

use crate::order::Arrange;
use crate::page_load::caching::Answered;
use crate::page_load::{Caching, Owner, PageLoad, Resource, downloads};
use crate::recording::{Request, RequestId};
use crate::rules::gain::{self, Uncached};
use crate::rules::text::{Message, Part};
use crate::rules::{Evidence, Finding, Outcome, Savings, Severity};
use crate::units::Bytes;

/// What a rule says of one response.
pub enum Judged {
    /// The rule is not about such responses.
    NotMeant,
    /// As it should be.
    Fine,
    /// It shows the problem; what proves it.
    Shown(Message),
}

/// One response with what is known of it.
#[derive(Clone, Copy)]
#[allow(missing_docs)]
pub struct Response<'l, 'a> {
    pub request: Request<'a>,
    pub resource: &'l Resource<'a>,
    pub caching: &'l Caching,
}

/// The responses that show a problem: the site's own first, then by size.
pub struct Shown {
    /// How many the rule is about.
    pub n_meant: u64,
    /// Those that show it.
    pub files: Vec<Uncached>,
}

/// What a finding says; evidence and owner follow from its responses.
#[allow(missing_docs)]
pub struct Told {
    pub severity: Severity,
    pub customer: Message,
    pub engineer: Message,
    pub fix: Message,
    pub savings: Option<Savings>,
}

impl<'a> Response<'_, 'a> {
    /// The values of a response header.
    pub fn header(&self, name: &str) -> impl Iterator<Item = &'a str> {
        self.request.response_header(name).map(|line| line.expose())
    }

    /// Whether it has a response header.
    pub fn has(&self, name: &str) -> bool {
        self.header(name).next().is_some()
    }

    /// The values of a request header.
    pub fn asked(&self, name: &str) -> impl Iterator<Item = &'a str> {
        self.request.request_header(name).map(|line| line.expose())
    }

    /// Whether it was asked for with GET.
    pub fn is_get(&self) -> bool {
        self.request.method_text().expose() == "GET"
    }

    /// Whether it is a whole answer over the network, with a body, to a GET.
    pub fn is_download(&self) -> bool {
        self.is_get() && downloads::is_download(self.request)
    }

    /// Whether this origin is its own: then browsers ask for no permission (Fetch, CORS check).
    pub fn is_of_origin(&self, origin: &str) -> bool {
        self.resource.url.is_some_and(|url| url.origin().eq_ignore_ascii_case(origin))
    }

    /// A response header line as evidence.
    pub fn line(&self, name: &'static str) -> Part {
        Part::ResponseHeader(self.request.id(), name)
    }
}

/// Asks `judge` about all responses that came over the network and of which headers were recorded. What service workers
/// answered is left out: HTTP's rules played no part.
pub fn look<'a>(load: &PageLoad<'a>, judge: &dyn Fn(&Response<'_, 'a>) -> Judged) -> Shown {
    let mut shown = Shown { n_meant: 0, files: Vec::new() };
    for (request, resource) in load.network() {
        let Some(caching) = load.caching_of(request.id()) else { continue };
        let is_from_server =
            matches!(caching.answered, Some(Answered::Network | Answered::Bypassed | Answered::Confirmed));
        if !is_from_server || request.response_headers().is_empty() || request.via_service_worker() {
            continue;
        }
        let text = match judge(&Response { request, resource, caching }) {
            Judged::NotMeant => continue,
            Judged::Fine => None,
            Judged::Shown(text) => Some(text),
        };
        shown.n_meant += 1;
        if let Some(text) = text {
            let sent = downloads::sent_bytes(request).unwrap_or_default();
            shown.files.push(Uncached {
                id: request.id(),
                sent,
                third_party: gain::has_others_headers(resource),
                text,
            });
        }
    }
    shown.files.arrange_by_key(|one| (one.third_party, Reverse(one.sent)));
    shown
}

impl Shown {
    /// Bytes on the wire of all of them.
    pub fn bytes(&self) -> Bytes {
        self.files.iter().map(|one| one.sent).sum()
    }

    /// The same, only the site's own.
    pub fn own_bytes(&self) -> Bytes {
        self.files.iter().filter(|one| !one.third_party).map(|one| one.sent).sum()
    }

    /// Whether one of them is the site's own.
    pub fn has_own(&self) -> bool {
        self.files.iter().any(|one| !one.third_party)
    }

    /// Their number with its word.
    pub fn counted(&self, one: &'static str, many: &'static str) -> Part {
        Part::Counted(self.files.len() as u64, one, many)
    }

    /// "it" or "them", "is" or "are".
    pub fn agreeing(&self, one: &'static str, many: &'static str) -> Part {
        Part::agreeing(self.files.len(), one, many)
    }

    /// A warning for the site's own from this many bytes on, else a notice.
    pub fn warning_from(&self, bytes: Bytes) -> Severity {
        if self.has_own() && bytes <= self.own_bytes() { Severity::Warning } else { Severity::Notice }
    }

    /// The outcome. `nothing`: why the rule does not apply where no response is meant.
    pub fn conclude(self, nothing: &'static str, tell: &dyn Fn(&Self) -> Told) -> Outcome {
        if self.n_meant == 0 {
            return Outcome::NotApplicable(nothing);
        }
        if self.files.is_empty() {
            return Outcome::Passed;
        }
        let Told { severity, customer, engineer, fix, savings } = tell(&self);
        let owner: Option<Owner> = gain::owner_of_headers(&self.files);
        // Nobody here can change what other companies send.
        let severity = if owner.is_some() { Severity::Notice } else { severity };
        let evidence = gain::uncached_evidence(self.files);
        Outcome::found(Finding { severity, owner, customer, engineer, fix, evidence, savings })
    }
}

/// A piece of evidence about one request.
pub fn evidence(id: RequestId, text: Message) -> Evidence {
    Evidence { request: Some(id), text }
}
