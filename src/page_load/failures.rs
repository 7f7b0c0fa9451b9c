//! Requests that failed, and how much a page misses them.

use std::cmp::Reverse;

use crate::order::Arrange;
use crate::page_load::{PageLoad, Resource};
use crate::recording::{CompletionState, RenderBlocking, Request, RequestId, ResourceKind};

/// How much a failure matters, least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Harm {
    /// Nobody sees it: beacons, icons, advertising and measuring.
    Background,
    /// A hole on the page.
    Content,
    /// Something may not work.
    Function,
    /// The page comes late, broken or not at all.
    Page,
}

/// A request that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Failure {
    pub request: RequestId,
    pub harm: Harm,
}

/// The failed requests of a load, the most harmful first. What the page itself gave up, and what an extension or the
/// browser's own settings blocked, did not fail.
pub fn of(load: &PageLoad<'_>) -> Vec<Failure> {
    let mut failures = Vec::new();
    for (request, resource) in load.network() {
        if is_failure(request) {
            failures.push(Failure { request: request.id(), harm: harm(load, request, resource) });
        }
    }
    failures.arrange_by_key(|failure| (Reverse(failure.harm), failure.request));
    failures
}

fn is_failure(request: Request<'_>) -> bool {
    match request.completion() {
        CompletionState::Failed(_) => true,
        // An error is one whether or not its body was read.
        CompletionState::Finished | CompletionState::Unfinished => request.status().is_some_and(|status| 400 <= status),
        CompletionState::Cancelled | CompletionState::Blocked => false,
    }
}

fn harm(load: &PageLoad<'_>, request: Request<'_>, resource: &Resource<'_>) -> Harm {
    use ResourceKind::{Fetch, Font, Manifest, Ping, Preflight, Script, Stylesheet, Xhr};
    if load.document.request == Some(request.id()) {
        return Harm::Page;
    }
    if resource.is_product_of_others() || is_icon(resource) || is_sign_in(request) {
        return Harm::Background;
    }
    let blocks = resource.blocking.is_some_and(|blocking| blocking.how == RenderBlocking::Blocking);
    match resource.kind {
        _ if blocks => Harm::Page,
        Script | Stylesheet | Fetch | Xhr | Preflight | Font | ResourceKind::Document => Harm::Function,
        Ping | Manifest => Harm::Background,
        _ => Harm::Content,
    }
}

/// Browsers ask for these by themselves.
fn is_icon(resource: &Resource<'_>) -> bool {
    let name = resource.url.and_then(|url| url.file_name()).unwrap_or_default();
    name.eq_ignore_ascii_case("favicon.ico") || name.to_ascii_lowercase().starts_with("apple-touch-icon")
}

/// A challenge is the first half of signing in (RFC 9110 §11.6.1).
fn is_sign_in(request: Request<'_>) -> bool {
    matches!(request.status(), Some(401 | 407))
}
