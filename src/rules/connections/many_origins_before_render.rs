//! `many-origins-before-render`: many hosts had to be connected to before anything appeared.

use crate::order::Arrange;
use std::collections::BTreeMap;

use crate::page_load::connections::origin;
use crate::page_load::{Owner, PageLoad};
use crate::recording::{Missing, RequestId};
use crate::rules::connections::on_the_way;
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Evidence, Finding, Method, Outcome, Savings, Severity, Topic};
use crate::units::Millis;

/// Hosts besides the page's own. Lighthouse and DevTools advise against more than four `preconnect` hints: beyond
/// that, connections compete with each other and can no longer be opened ahead of time.
const MANY: u64 = 4;

/// Milliseconds of set-up on the way to the main milestone from which it is more than a notice: two of the 100 ms
/// steps that people notice (Nielsen, 1993).
const COSTLY: Millis = Millis(200.0);

declare_rule! {
    /// ## In plain words
    /// Before the page appeared, the browser had to get in touch with many different servers. Each first contact costs
    /// time before a single byte of the file arrives.
    ///
    /// ## What it finds
    /// More than four hosts besides the page's own to which a connection was opened (name look-up, TCP, TLS) before the
    /// first paint; where that was not recorded, before `DOMContentLoaded`. It is a warning where set-up on the way to
    /// the main milestone took 200 ms or more, else a notice.
    ///
    /// ## Why it matters
    /// A new connection takes two to three round trips: on a phone network that is a quarter of a second and more for
    /// each host. Over HTTP/2 a file from the page's own host needs none of them.
    ///
    /// ## How to fix it
    /// - Serve fonts, libraries and images from the page's own host or one CDN host.
    /// - Load what is not needed for the first view later (`async`, `defer`, after consent or interaction).
    /// - Use `preconnect` for the two to four hosts that are left.
    ///
    /// ## How savings are estimated
    /// At most the set-up time of these hosts that stands on the way to the main milestone; some contacts may have to
    /// stay, so the lower bound is nothing.
    ///
    /// ## When to ignore it
    /// Hosts whose files load beside the page without holding it back.
    ///
    /// ## References
    /// - [Establish network connections early](https://web.dev/articles/preconnect-and-dns-prefetch)
    /// - [Loading third-party JavaScript](https://web.dev/articles/optimizing-content-efficiency-loading-third-party-javascript)
    /// - [RFC 8446 §2: TLS 1.3 handshake](https://www.rfc-editor.org/rfc/rfc8446#section-2)
    pub static MANY_ORIGINS_BEFORE_RENDER = {
        id: "many-origins-before-render",
        title: "Many hosts contacted before the page appeared",
        topic: Topic::Connections,
        severity: Severity::Warning,
        owner: Owner::Origin,
        needs: [Missing::Phases, Missing::Dates],
        since: "0.1.0",
        check: check,
    }
}

/// The first contact with a host.
struct Contact {
    request: RequestId,
    set_up: Millis,
    is_on_the_way: bool,
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let Some(render) = load.milestones.first_render() else {
        return Outcome::NotChecked("the recording does not tell when the page appeared");
    };
    let way = on_the_way(load);
    let own = load.document.request.and_then(|id| load.resource(id)).and_then(|r| r.url.as_ref().and_then(origin));
    let mut contacts: BTreeMap<String, Contact> = BTreeMap::new();
    for (request, resource) in load.network() {
        let Some(host) = resource.url.as_ref().and_then(origin).filter(|host| Some(host) != own.as_ref()) else {
            continue;
        };
        let leads_to_page = load.document.redirects.contains(&request.id());
        let before = !leads_to_page && load.span(request.id()).is_some_and(|span| span.start < render.ms);
        let phases = request.phases();
        let has_handshake = phases.connect.or(phases.tls).is_some_and(|time| Millis::ZERO < time);
        let Some(set_up) = phases.set_up().filter(|_| before && has_handshake) else { continue };
        let contact = Contact { request: request.id(), set_up, is_on_the_way: way.contains(&request.id()) };
        let first = contacts.entry(host).or_insert(contact);
        if way.contains(&request.id()) && !first.is_on_the_way {
            *first = Contact { request: request.id(), set_up, is_on_the_way: true };
        }
    }
    let mut contacts: Vec<Contact> = contacts.into_values().collect();
    if contacts.len() as u64 <= MANY {
        return Outcome::Passed;
    }
    contacts.arrange_by(|a, b| {
        b.is_on_the_way.cmp(&a.is_on_the_way).then(b.set_up.total_cmp(&a.set_up)).then(a.request.cmp(&b.request))
    });
    Outcome::found(finding(load, &contacts))
}

fn finding(load: &PageLoad<'_>, contacts: &[Contact]) -> Finding {
    let on_the_way: Millis =
        contacts.iter().filter(|contact| contact.is_on_the_way).map(|contact| contact.set_up).sum();
    let n_contacts = contacts.len() as u64;
    let mut engineer = message![
        "Connections to ",
        Part::Counted(n_contacts, "host", "hosts"),
        " besides the page's own were opened before the first paint."
    ];
    if Millis::ZERO < on_the_way {
        engineer.0.extend(message![" Their set-up took ", on_the_way, " of the way to the main milestone."].0);
    }
    Finding {
        severity: if COSTLY <= on_the_way { Severity::Warning } else { Severity::Notice },
        owner: None,
        customer: message![
            "Before the page appeared, the browser had to get in touch with ",
            Part::Counted(n_contacts, "other server", "other servers"),
            ". Each first contact takes time before anything arrives."
        ],
        engineer,
        fix: message![
            "Serve what the first view needs from the page's own host, load the rest later, and use ",
            Part::Code("<link rel=\"preconnect\">"),
            " for the few hosts that are left."
        ],
        evidence: contacts.iter().map(evidence).collect(),
        savings: load.milestones.main().filter(|_| Millis::ZERO < on_the_way).map(|(metric, _)| Savings {
            milestone: Some(metric),
            ms: (Millis::ZERO, on_the_way),
            bytes: Default::default(),
            method: Method::Bound,
        }),
    }
}

fn evidence(contact: &Contact) -> Evidence {
    let held = if contact.is_on_the_way { ", on the way to the main milestone" } else { "" };
    let text = message![contact.set_up, " to set up the connection", held];
    Evidence { request: Some(contact.request), text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::ResourceKind;
    use crate::recording::testing::Made;
    use crate::rules::testing::{check_rule, outcome};

    fn hosts(n: u32, fcp: f64) -> Made {
        let mut made = Made::page("https://shop.example/").document(|r| r.wait(50.0));
        for at in 0..n {
            made = made.request(&format!("https://host{at}.example/x.js"), |r| {
                r.kind(ResourceKind::Script).start(60.0 + f64::from(at)).set_up(5.0, 100.0, 105.0)
            });
        }
        made.milestones(|m| m.first_contentful_paint = Some(Millis(fcp)))
    }

    #[test]
    fn more_than_four_hosts() {
        let Outcome::Found(found) = outcome(&MANY_ORIGINS_BEFORE_RENDER, hosts(5, 500.0)) else { panic!() };
        assert_eq!(found[0].evidence.len(), 5);
        check_rule(&MANY_ORIGINS_BEFORE_RENDER, hosts(4, 500.0), "passed");
    }

    #[test]
    fn near_misses() {
        check_rule(&MANY_ORIGINS_BEFORE_RENDER, hosts(9, 55.0), "passed");
        let unknown = hosts(9, 500.0).milestones(|m| m.first_contentful_paint = None);
        check_rule(&MANY_ORIGINS_BEFORE_RENDER, unknown, "not-checked");
        check_rule(&MANY_ORIGINS_BEFORE_RENDER, hosts(9, 500.0).without(Missing::Phases), "not-checked");
    }
}
