//! The verdict on a page whose document did not arrive.

use crate::page_load::{Owner, PageLoad};
use crate::recording::{CompletionState, ErrorKind};
use crate::redact::Clean;
use crate::report::format::{self, stored};
use crate::report::names::Names;
use crate::report::schema::Verdict;

/// The document did not arrive, or an error did instead.
pub fn document(names: &Names, load: &PageLoad<'_>) -> Option<Verdict> {
    let document = load.request(load.document.request?);
    let url = names.url(document.url_text());
    let (sentence, owner) = match (document.completion(), document.status()) {
        (CompletionState::Failed(kind), _) => (vec![Clean::from(failure(kind))], failure_owner(kind)),
        (CompletionState::Blocked, _) => {
            let why = "This page could not be loaded: the browser, an extension or a policy blocked it.";
            (vec![Clean::from(why)], Owner::Client)
        }
        (_, Some(status @ 400..)) => {
            let begin = "This page could not be loaded: the server answered with error ";
            (vec![Clean::from(begin), Clean::from(u64::from(status)), Clean::from(".")], Owner::Origin)
        }
        _ => return None,
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
