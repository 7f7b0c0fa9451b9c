//! Whose server a host of another domain is. Its name does not tell where no known company stands behind it: the site's
//! own CDN may have any name, and so may a small company whose script the page embeds.

use std::collections::BTreeMap;

use crate::http::host;
use crate::page_load::{PageLoad, Party, Resource, downloads};
use crate::recording::RequestId;

/// Whose server answers, as far as the recording tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Server {
    /// The site's: by its name ([`Party::First`]), or most likely, because it does nothing but serve the page's files.
    Site,
    /// Another company's.
    Others,
    /// One or the other: files come from a CDN, which may serve either.
    Untold,
}

/// Files. What a page embeds from another company is one or two files in its own HTML, which fetch the rest themselves.
const OWN_FILES: u32 = 3;

/// What a host of unknown owner did in a load.
#[derive(Default)]
struct Host {
    /// Files that the page itself, or something of its own site, asked for.
    n_files: u32,
    /// Whether it did something else than serve files: data, frames, counting pixels, redirects.
    does_more: bool,
    /// Whether a CDN's network answers there.
    is_cdn: bool,
}

/// Whose server answered each request, in the order of the load's requests.
pub fn derive(load: &PageLoad<'_>) -> Vec<Server> {
    let mut hosts: BTreeMap<String, Host> = BTreeMap::new();
    for (request, resource) in load.network() {
        let Some(name) = unknown(resource) else { continue };
        let host = hosts.entry(name).or_default();
        if !downloads::is_file(request, resource) || resource.redirected_to.is_some() {
            host.does_more = true;
        } else if by_site(load, resource) {
            host.n_files += 1;
        }
        host.is_cdn |= load.edge_of(request.id()).vendor.is_some();
    }
    let judge = |resource: &Resource<'_>| match unknown(resource).map(|name| hosts.get(&name)) {
        None if resource.party == Party::First => Server::Site,
        Some(Some(host)) if !host.does_more && OWN_FILES <= host.n_files => Server::Site,
        Some(Some(host)) if !host.does_more && host.is_cdn => Server::Untold,
        _ => Server::Others,
    };
    load.resources.iter().map(judge).collect()
}

/// The host of another domain behind which no known company stands.
fn unknown(resource: &Resource<'_>) -> Option<String> {
    let url = resource.url.filter(|_| resource.is_network)?;
    (resource.party == Party::Third && resource.entity.is_none()).then(|| host::canonical(url.host))
}

fn by_site(load: &PageLoad<'_>, resource: &Resource<'_>) -> bool {
    let is_own = |id: RequestId| load.resource(id).is_some_and(|by| by.party == Party::First);
    resource.initiator.is_some_and(is_own)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::{Made, MadeRequest};
    use crate::recording::{InitiatorKind, ResourceKind};

    const PAGE: &str = "https://shop.example/";

    /// Whose the last request's server is.
    #[track_caller]
    fn check(expected: Server, made: Made) {
        let recording = made.recording();
        let load = &PageLoad::all(&recording)[0];
        assert_eq!(load.servers.last(), Some(&expected));
    }

    fn page() -> Made {
        Made::page(PAGE).document(|r| r)
    }

    fn file<'a>(r: MadeRequest<'a>, by: &str) -> MadeRequest<'a> {
        r.kind(ResourceKind::Script).start(10.0).bytes(5_000, 5_000, 5_000).initiator(InitiatorKind::Parser, by)
    }

    fn files(n: u32, by: &str) -> Made {
        let add = |made: Made, n| made.request(&format!("https://cdn.example/{n}.js"), |r| file(r, by));
        (0..n).fold(page(), add)
    }

    #[test]
    fn a_host_that_only_serves_the_pages_files_is_the_sites() {
        check(Server::Site, page());
        check(Server::Site, files(3, PAGE));
        check(Server::Others, files(2, PAGE));
        check(Server::Others, files(3, "https://widget.test/w.js"));
        let data = files(3, PAGE).request("https://cdn.example/api", |r| file(r, PAGE).kind(ResourceKind::Fetch));
        check(Server::Others, data);
        check(Server::Others, files(3, PAGE).request("https://connect.facebook.net/sdk.js", |r| file(r, PAGE)));
    }

    #[test]
    fn a_cdn_with_few_files_may_be_anybodys() {
        let at_cdn = |kind| {
            page().request("https://files.example/a.js", |r| file(r, PAGE).kind(kind).response("cf-ray", "x-FRA"))
        };
        check(Server::Untold, at_cdn(ResourceKind::Script));
        check(Server::Others, at_cdn(ResourceKind::Ping));
    }
}
