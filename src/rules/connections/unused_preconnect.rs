//! `unused-preconnect`: connections opened ahead of time to hosts that were then not asked for anything.

use std::collections::BTreeSet;

use crate::http::url::Url;
use crate::page_load::connections::origin;
use crate::page_load::markup::{self, HintKind};
use crate::page_load::{Owner, PageLoad};
use crate::recording::Missing;
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Evidence, Finding, Outcome, Severity, Topic, why_not};

declare_rule! {
    /// ## In plain words
    /// The page told the browser to get in touch with other servers early, and then asked nothing of them.
    ///
    /// ## What it finds
    /// Hosts that a `<link rel=preconnect>` or `Link` header of the page names and to which the recording has no
    /// request.
    ///
    /// ## Why it matters
    /// Each connection takes round trips, encryption work and power, at the very time when the page's own files are
    /// fetched. Browsers close it again after some seconds.
    ///
    /// ## How to fix it
    /// Remove the hint. If the host is needed only now and then, `rel=dns-prefetch` costs less.
    ///
    /// ## How savings are estimated
    /// None are: connections without a request are not in a HAR.
    ///
    /// ## When to ignore it
    /// If visitors usually need the host soon after what was recorded, or the request is made on some visits only.
    ///
    /// ## References
    /// - [Establish network connections early](https://web.dev/articles/preconnect-and-dns-prefetch)
    /// - [HTML standard: preconnect](https://html.spec.whatwg.org/multipage/links.html#link-type-preconnect)
    pub static UNUSED_PRECONNECT = {
        id: "unused-preconnect",
        title: "Connections opened early and not used",
        topic: Topic::Connections,
        severity: Severity::Notice,
        owner: Owner::Origin,
        needs: [Missing::Document],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let hints = markup::hints(load);
    let asked: BTreeSet<String> =
        load.network().filter_map(|(_, resource)| resource.url.as_ref().and_then(origin)).collect();
    let mut named = BTreeSet::new();
    let mut unused = Vec::new();
    for (at, hint) in hints.iter().enumerate() {
        if hint.kind != HintKind::Preconnect || hint.has_media {
            continue;
        }
        let Some(host) = Url::parse(&hint.url).as_ref().and_then(origin) else { continue };
        let is_used = asked.contains(&host);
        if named.insert(host) && !is_used {
            unused.push(at);
        }
    }
    if named.is_empty() {
        return match load.markup {
            Some(_) => Outcome::NotApplicable("the page names no host to connect to early"),
            None => Outcome::NotChecked(why_not(Missing::Bodies)),
        };
    }
    if unused.is_empty() {
        return Outcome::Passed;
    }
    let hosts = Part::Counted(unused.len() as u64, "server", "servers");
    let evidence = unused.iter().map(|at| Evidence {
        request: load.document.request,
        text: message![Part::Code("preconnect"), " to ", Part::HintOrigin(*at), ", of which nothing was asked"],
    });
    Outcome::found(Finding {
        severity: Severity::Notice,
        owner: None,
        customer: message![
            "The page has the browser get in touch with ",
            hosts.clone(),
            " that it then does not need."
        ],
        engineer: message![
            hosts,
            " of ",
            named.len() as u64,
            " named in preconnect hints got no request in this load."
        ],
        fix: message![
            "Remove these hints, or use ",
            Part::Code("rel=dns-prefetch"),
            " for hosts that are rarely needed."
        ],
        evidence: evidence.collect(),
        savings: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::Made;
    use crate::rules::testing::{check_rule, outcome};

    fn page(html: &str) -> Made {
        Made::page("https://shop.example/")
            .document(|r| r.body(html))
            .request("https://cdn.example/a.js", |r| r.start(20.0))
    }

    #[test]
    fn asked_for_nothing() {
        let html = "<link rel=preconnect href=https://cdn.example><link rel=preconnect href=//unused.example/x>";
        let Outcome::Found(found) = outcome(&UNUSED_PRECONNECT, page(html)) else { panic!() };
        assert_eq!(found[0].evidence[0].text.0[2], Part::HintOrigin(1));
        let by_header = Made::page("https://shop.example/")
            .document(|r| r.response("link", "<https://unused.example>; rel=preconnect"));
        check_rule(&UNUSED_PRECONNECT, by_header, "found");
        // Another port is another connection.
        check_rule(&UNUSED_PRECONNECT, page("<link rel=preconnect href=https://cdn.example:444>"), "found");
    }

    #[test]
    fn near_misses() {
        check_rule(&UNUSED_PRECONNECT, page("<link rel=preconnect href=https://CDN.example:443/>"), "passed");
        check_rule(&UNUSED_PRECONNECT, page("<link rel=dns-prefetch href=https://unused.example>"), "not-applicable");
        let narrow = "<link rel=preconnect href=https://unused.example media='(max-width: 9px)'>";
        check_rule(&UNUSED_PRECONNECT, page(narrow), "not-applicable");
        check_rule(&UNUSED_PRECONNECT, Made::page("https://shop.example/").document(|r| r), "not-checked");
    }
}
