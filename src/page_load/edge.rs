//! What the CDN in front of a server says of a response: [`crate::http::edge`] and [`crate::http::cdn`] asked with a
//! recorded response.

use crate::http::cdn;
use crate::http::cdn::failure::{self, Instead};
use crate::http::cdn::reason::{self, Reasons};
use crate::http::edge::{self, Edge};
use crate::http::freshness::Policy;
use crate::http::judgment;
use crate::page_load::{PageLoad, caching};
use crate::recording::Request;

/// What the headers of all responses of a load say, in the order of its requests.
pub fn derive(load: &PageLoad<'_>) -> Vec<Edge> {
    let of = |id| caching::with_exchange(load.request(id), edge::read).unwrap_or_default();
    load.requests.iter().map(|id| of(*id)).collect()
}

/// Why the cache nearest to the visitor did not answer by itself. Empty: it did, or it does not tell.
pub fn reasons(request: Request<'_>) -> Reasons {
    caching::with_exchange(request, |exchange| reason::explain(exchange, &cdn::read(exchange))).unwrap_or_default()
}

/// What a CDN may do with a response, and the header meant for CDNs that says so; `None`: `Cache-Control` does.
pub fn policy(request: Request<'_>) -> Option<(Option<&'static str>, Policy)> {
    caching::with_exchange(request, |exchange| {
        let judged = judgment::judge(exchange, None);
        (judged.targeted_by, judged.cdn_policy)
    })
}

/// What a CDN answered in the site's place, because something failed or to keep somebody out.
pub fn instead(request: Request<'_>) -> Option<Instead> {
    let body = request.body_text().map(|text| text.expose());
    caching::with_exchange(request, |exchange| failure::read(exchange, &cdn::read(exchange), body))?
}

/// The code of the place where the CDN's edge stands that answered, as the vendor writes it.
pub fn place(request: Request<'_>) -> Option<String> {
    caching::with_exchange(request, |exchange| {
        let cdn = cdn::read(exchange);
        cdn.front().and_then(|front| front.pop).map(str::to_owned)
    })?
}
