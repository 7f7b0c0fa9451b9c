//! What failed: the verdict on a page whose document did not arrive, and what else a page may lack.

use crate::http::cdn::Side;
use crate::http::cdn::failure::{Instead, What};
use crate::page_load::failures::{self, Failure, Harm};
use crate::page_load::{Owner, PageLoad, edge};
use crate::recording::{CompletionState, ErrorKind, Request, RequestId, ResourceKind};
use crate::redact::Clean;
use crate::report::build;
use crate::report::format::{self, stored};
use crate::report::names::Names;
use crate::report::schema::{FindingReport, Verdict};

/// The document did not arrive, or an error did instead.
pub fn document(names: &Names, load: &PageLoad<'_>) -> Option<Verdict> {
    let document = load.request(load.document.request?);
    let url = names.short_url(document.url_text());
    let by_cdn = edge::instead(document).filter(|instead| instead.what != What::Queued);
    let (sentence, owner) = match (document.completion(), document.status()) {
        (CompletionState::Failed(kind), _) => (vec![Clean::from(failure(kind))], failure_owner(kind)),
        (CompletionState::Blocked, _) => {
            let why = "This page could not be loaded: the browser, an extension or a policy blocked it.";
            (vec![Clean::from(why)], Owner::Client)
        }
        (_, Some(status)) => match &by_cdn {
            Some(instead) => by_cdn_words(status, instead),
            None if 400 <= status => {
                let begin = "This page could not be loaded: the server answered with error ";
                (vec![Clean::from(begin), Clean::from(u64::from(status)), Clean::from(".")], Owner::Origin)
            }
            None => return None,
        },
        (_, None) => return None,
    };
    let ms = load.span(document.id()).map(|span| span.end);
    let mut engineer = vec![Clean::from("Document "), url, Clean::from(": ")];
    match (document.status(), document.error()) {
        (_, Some(error)) => engineer.push(names.error(load.recording.text(error))),
        (Some(status), None) => engineer.extend([Clean::from("status "), Clean::from(u64::from(status))]),
        (None, None) => engineer.push(Clean::from("no response")),
    }
    if let Some(ms) = ms {
        engineer.extend([Clean::from(" after "), format::exact_time(ms)]);
    }
    engineer.push(Clean::from("."));
    Some(Verdict {
        sentence: Clean::concat(&sentence),
        engineer: Clean::concat(&engineer),
        owner: (owner != Owner::Unknown).then_some(owner.into()),
        milestone: None,
        ms: ms.map(stored),
    })
}

/// What the CDN sent in the page's place.
fn by_cdn_words(status: u16, instead: &Instead) -> (Vec<Clean>, Owner) {
    let words = match (instead.what, instead.side) {
        (What::Failed, Some(Side::Origin)) => "the CDN got no usable answer from the site's own server",
        (What::Failed, Some(Side::Edge)) => "the CDN or its configuration for this site failed",
        (What::Failed, None) => "the CDN sent an error of its own",
        (What::Challenge, _) => "the CDN's security system sent a robot check instead",
        (What::TooMany, _) => "the CDN refused it, because it was asked for too often",
        (What::Blocked | What::Queued, _) => "the CDN's security system refused it",
    };
    let parts = ["This page could not be loaded: ", words, " (status "].map(Clean::from);
    let words = parts.into_iter().chain([Clean::from(u64::from(status)), Clean::from(").")]).collect();
    (words, owner_instead(instead))
}

/// Who can fix what a CDN answered in the site's place.
fn owner_instead(instead: &Instead) -> Owner {
    match (instead.what, instead.side) {
        (What::Failed, Some(Side::Origin)) => Owner::Origin,
        (What::Failed, None) => Owner::Unknown,
        _ => Owner::Edge,
    }
}

/// The rules whose findings prove failures.
const RULES: [&str; 3] = ["failed-requests", "cdn-error", "cdn-refusal"];

/// What a page may lack because requests failed.
pub struct Lacking {
    /// "3 scripts and 1 data request".
    pub what: Clean,
    /// How many requests.
    pub n_requests: u64,
    /// The most harmful of them.
    pub first: RequestId,
    /// Who can fix that one; `None`: it is not told.
    pub owner: Option<Owner>,
}

impl Lacking {
    /// What is said of it after the time that a load took.
    pub fn sentence(&self) -> [Clean; 3] {
        let so = " failed, so parts of the page may be missing or not work.";
        [Clean::from(" Also, "), self.what.clone(), Clean::from(so)]
    }

    /// The same where that time is nothing to speak of.
    pub fn clause(&self) -> [Clean; 3] {
        let so = " failed: parts of it may be missing or not work";
        [Clean::from(", but "), self.what.clone(), Clean::from(so)]
    }
}

/// `None`: nothing failed that a visitor is likely to miss. Pictures are holes that people see by themselves.
pub fn lacking(load: &PageLoad<'_>) -> Option<Lacking> {
    let mut failures = failures::of(load);
    // Without a status and a named error a request may as well have been given up as the visitor left.
    let is_told = |request: Request<'_>| {
        request.status().is_some() || request.completion() != CompletionState::Failed(ErrorKind::Other)
    };
    failures.retain(|failure| Harm::Function <= failure.harm && is_told(load.request(failure.request)));
    let first = failures.first()?.request;
    let (mut scripts, mut sheets, mut data) = (0, 0, 0);
    for Failure { request, .. } in &failures {
        match load.resource(*request).map(|resource| resource.kind) {
            Some(ResourceKind::Script) => scripts += 1,
            Some(ResourceKind::Stylesheet) => sheets += 1,
            Some(ResourceKind::Fetch | ResourceKind::Xhr | ResourceKind::Preflight) => data += 1,
            _ => {}
        }
    }
    let n_requests = failures.len() as u64;
    let mut kinds = vec![
        (scripts, "script", "scripts"),
        (sheets, "style sheet", "style sheets"),
        (data, "data request", "data requests"),
        (n_requests - scripts - sheets - data, "file", "files"),
    ];
    kinds.retain(|(number, ..)| *number != 0);
    let n_kinds = kinds.len();
    let mut what = Vec::new();
    for (at, (number, one, many)) in kinds.into_iter().enumerate() {
        what.push(Clean::from(match at {
            0 => "",
            _ if at + 1 == n_kinds => " and ",
            _ => ", ",
        }));
        what.push(format::counted(number, one, many));
    }
    let owner = match (load.request(first).completion(), edge::instead(load.request(first))) {
        (CompletionState::Failed(kind), _) if load.request(first).status().is_none_or(|status| status < 400) => {
            failure_owner(kind)
        }
        (_, Some(instead)) => owner_instead(&instead),
        _ => Owner::Origin,
    };
    let owner = (owner != Owner::Unknown).then_some(owner);
    Some(Lacking { what: Clean::concat(&what), n_requests, first, owner })
}

/// "; 13 requests failed that the page may need, first https://…: status 500", the last part as the rule's finding says.
pub fn engineer(names: &Names, load: &PageLoad<'_>, findings: &[FindingReport], lacking: &Lacking) -> Clean {
    let number = format::counted(lacking.n_requests, "request", "requests");
    let mut words = vec![Clean::from("; "), number, Clean::from(" failed that the page may need, first ")];
    words.push(names.short_url(load.request(lacking.first).url_text()));
    let at = build::id(load, lacking.first);
    let found = findings.iter().filter(|finding| RULES.contains(&finding.rule.as_str()));
    let proof = found.flat_map(|finding| &finding.evidence).find(|evidence| evidence.request == at);
    if let Some(proof) = proof {
        words.extend([Clean::from(": "), proof.text.clone()]);
    }
    Clean::concat(&words)
}

fn failure(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::NameNotResolved => "This page could not be loaded: the address of its server was not found.",
        ErrorKind::ConnectionRefused => "This page could not be loaded: its server refused the connection.",
        ErrorKind::ConnectionReset => "This page could not be loaded: the connection broke off.",
        ErrorKind::TimedOut => "This page could not be loaded: its server did not answer in time.",
        ErrorKind::Offline => "This page could not be loaded: the visitor was offline.",
        ErrorKind::Tls => "This page could not be loaded: no encrypted connection could be made to its server.",
        ErrorKind::Policy => "This page could not be loaded: a policy of the web forbade it.",
        ErrorKind::Truncated => "This page arrived in part only: the connection broke off.",
        ErrorKind::Protocol => "This page could not be loaded: its server's answer could not be understood.",
        ErrorKind::TooManyRedirects => "This page could not be loaded: its server redirects in a circle.",
        ErrorKind::Other => "This page could not be loaded.",
    }
}

fn failure_owner(kind: ErrorKind) -> Owner {
    match kind {
        ErrorKind::Offline => Owner::Client,
        ErrorKind::Other | ErrorKind::ConnectionReset => Owner::Unknown,
        _ => Owner::Origin,
    }
}
