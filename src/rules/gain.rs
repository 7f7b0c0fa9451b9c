//! What a fix may gain where many rules reckon alike: sending fewer bytes; and whose files they are.

use crate::order::Arrange;
use std::cmp::Reverse;

use crate::page_load::{Caching, Metric, Owner, PageLoad, Party, Resource, downloads};
use crate::recording::{Request, RequestId, ResourceKind};
use crate::rules::text::{Message, message};
use crate::rules::{Evidence, Method, Savings};
use crate::units::{Bytes, Millis};

/// Savings of sending fewer bytes. `saved` says for each response how many of its bytes would go.
///
/// Time: at least none, since other transfers may have filled the line; at most each response's receive time in
/// proportion to its bytes that go, added up, and no more than the time in which any of them arrived. Only responses
/// that began before the load event count; without a load event no time is claimed.
pub fn of_fewer_bytes(load: &PageLoad<'_>, saved: &[(RequestId, Bytes)], method: Method) -> Savings {
    let bytes = saved.iter().map(|(_, bytes)| *bytes).sum();
    let Some(load_event) = load.milestones.load else {
        return Savings { milestone: None, ms: (Millis::ZERO, Millis::ZERO), bytes, method };
    };
    let mut spans = Vec::new();
    let mut most = Millis::ZERO;
    for (id, gone) in saved {
        let request = load.request(*id);
        let (Some(span), Some(sent)) = (downloads::receive_span(load, request), downloads::sent_bytes(request)) else {
            continue;
        };
        if load_event.ms <= span.start {
            continue;
        }
        most += span.duration() * (gone.0.min(sent.0) as f64 / sent.0 as f64);
        spans.push(span);
    }
    let most = most.min(downloads::busy_time(spans));
    let milestone = (Millis::ZERO < most).then_some(Metric::Load);
    Savings { milestone, ms: (Millis::ZERO, most), bytes, method }
}

/// Whether a file is another company's product.
pub fn is_third_party(resource: &Resource<'_>) -> bool {
    resource.is_product_of_others()
}

/// CDNs on which sites put files of their own; the others in their category serve what they made themselves: fonts,
/// libraries.
const FOR_TENANTS: [&str; 5] = ["Akamai", "Azure Web Services", "Layer0", "LeaseWeb", "Verizon Digital Media CDN"];

/// Whether other people decide on a response's headers: beside others' products this is what public hosts of fonts and
/// libraries serve. That a site uses them is its own affair, their headers are not.
pub fn has_others_headers(resource: &Resource<'_>) -> bool {
    let is_library = resource.party == Party::Third
        && resource.entity.is_some_and(|entity| entity.category == "cdn" && !FOR_TENANTS.contains(&entity.name));
    is_library || is_third_party(resource)
}

/// Categories of companies whose requests only measure or advertise: nobody on the page waits for their answers.
const BACKGROUND: [&str; 4] = ["ad", "analytics", "marketing", "tag-manager"];

/// Whether a request only measures or advertises.
pub fn is_background(resource: &Resource<'_>) -> bool {
    resource.party == Party::Third && resource.entity.is_some_and(|entity| BACKGROUND.contains(&entity.category))
}

/// Who can change all these files, if not the site's own people.
pub fn owner_of(load: &PageLoad<'_>, requests: impl IntoIterator<Item = RequestId>) -> Option<Owner> {
    let mut any = false;
    for id in requests {
        if !load.resource(id).is_some_and(is_third_party) {
            return None;
        }
        any = true;
    }
    any.then_some(Owner::ThirdParty)
}

/// A response that is heavier than a rule's limit.
pub struct Heavy {
    /// The response.
    pub id: RequestId,
    /// On the wire.
    pub sent: Bytes,
    /// As the page saw it.
    pub decoded: Option<Bytes>,
}

/// Responses of one kind over the network, and those of them whose size on the wire or decoded reaches a limit,
/// heaviest first.
pub fn heavy(load: &PageLoad<'_>, kind: ResourceKind, sent_limit: Bytes, decoded_limit: Bytes) -> (u64, Vec<Heavy>) {
    let mut n_all = 0;
    let mut heavy = Vec::new();
    for (request, resource) in load.network() {
        if resource.kind != kind || !downloads::is_download(request) {
            continue;
        }
        let Some(sent) = downloads::sent_bytes(request) else { continue };
        n_all += 1;
        let decoded = downloads::decoded_bytes(request);
        if sent_limit <= sent || decoded.is_some_and(|decoded| decoded_limit <= decoded) {
            heavy.push(Heavy { id: request.id(), sent, decoded });
        }
    }
    heavy.arrange_by_key(|one| Reverse(one.sent));
    (n_all, heavy)
}

/// The evidence of a heavy response: "152 kB on the wire, 611 kB decoded".
pub fn heavy_evidence(one: &Heavy) -> Evidence {
    let text = match one.decoded {
        Some(decoded) => message![one.sent, " on the wire, ", decoded, " decoded"],
        None => message![one.sent, " on the wire"],
    };
    Evidence { request: Some(one.id), text }
}

/// A file that a cache may not keep, or not for long, or cannot ask about.
pub struct Uncached {
    /// The file.
    pub id: RequestId,
    /// What a returning visitor downloads again.
    pub sent: Bytes,
    /// Whether other people's configuration decides.
    pub third_party: bool,
    /// What proves it.
    pub text: Message,
}

/// The static files that came over the network and about which `judge` has something to say: the site's own first,
/// then by size. And how many static files there were.
pub fn uncached(
    load: &PageLoad<'_>,
    judge: impl Fn(Request<'_>, &Resource<'_>, &Caching) -> Option<Message>,
) -> (u64, Vec<Uncached>) {
    let mut n_static = 0;
    let mut uncached = Vec::new();
    for (request, resource) in load.network() {
        if !downloads::is_static_file(request, resource) || request.response_headers().is_empty() {
            continue;
        }
        let Some(caching) = load.caching_of(request.id()) else { continue };
        n_static += 1;
        if let Some(mut text) = judge(request, resource, caching) {
            let sent = downloads::sent_bytes(request).unwrap_or_default();
            if Bytes(0) < sent {
                text.0.extend(message!["; ", sent].0);
            }
            let third_party = has_others_headers(resource);
            uncached.push(Uncached { id: request.id(), sent, third_party, text });
        }
    }
    uncached.arrange_by_key(|one| (one.third_party, Reverse(one.sent)));
    (n_static, uncached)
}

/// Who can change the headers of these files, if not the site's own people.
pub fn owner_of_headers(files: &[Uncached]) -> Option<Owner> {
    files.iter().all(|one| one.third_party).then_some(Owner::ThirdParty)
}

/// The evidence of such files, in their order.
pub fn uncached_evidence(files: Vec<Uncached>) -> Vec<Evidence> {
    files.into_iter().map(|one| Evidence { request: Some(one.id), text: one.text }).collect()
}
