//! `shared-library-host`: libraries from a public host, for which the browser needs a connection of its own.

use crate::page_load::{Owner, PageLoad};
use crate::recording::{Missing, ResourceKind};
use crate::rules::responses::{self, Judged, Response, Shown, Told};
use crate::rules::rule::declare_rule;
use crate::rules::text::message;
use crate::rules::{Outcome, Severity, Topic};
use crate::units::Millis;

/// Hosts that give libraries away for all sites.
const HOSTS: [&str; 11] = [
    "ajax.aspnetcdn.com",
    "ajax.googleapis.com",
    "cdn.jsdelivr.net",
    "cdnjs.cloudflare.com",
    "code.jquery.com",
    "esm.sh",
    "maxcdn.bootstrapcdn.com",
    "netdna.bootstrapcdn.com",
    "stackpath.bootstrapcdn.com",
    "unpkg.com",
    "yastatic.net",
];

declare_rule! {
    /// ## In plain words
    /// The page loads libraries from a public host, in the hope that visitors have them already from another site. Browsers
    /// do not share files between sites any more, so this only costs another connection.
    ///
    /// ## What it finds
    /// Scripts, style sheets and fonts from well-known public hosts of libraries for which the browser set up a connection
    /// in this load.
    ///
    /// ## Why it matters
    /// Chrome, Firefox and Safari keep a cache for each site. A file from the site's own host uses the connection that is
    /// there, needs no look-up of another name, and does not fail when the other host does.
    ///
    /// ## How to fix it
    /// Host these files yourself.
    ///
    /// ## How savings are estimated
    /// None are claimed: other files may be what the page waits for. The time that is named is that of the set-up.
    ///
    /// ## When to ignore it
    /// If the connection is there before it is needed (`<link rel=preconnect>`), or the library must come from there.
    ///
    /// ## References
    /// - [Fetch: HTTP cache partitions](https://fetch.spec.whatwg.org/#http-cache-partitions)
    /// - [Chrome: Cache partitioning](https://developer.chrome.com/blog/http-cache-partitioning)
    pub static SHARED_LIBRARY_HOST = {
        id: "shared-library-host",
        title: "Libraries from a host of their own",
        topic: Topic::Connections,
        severity: Severity::Notice,
        owner: Owner::Origin,
        needs: [Missing::Phases],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let shown = responses::look(load, &judge);
    let outcome = shown.conclude("no library came from a public host", &|shown| tell(load, shown));
    match outcome {
        // It is the site that chose the host.
        Outcome::Found(findings) => Outcome::Found(
            findings.into_iter().map(|finding| crate::rules::Finding { owner: None, ..finding }).collect(),
        ),
        other => other,
    }
}

fn judge(response: &Response<'_, '_>) -> Judged {
    let is_library =
        matches!(response.resource.kind, ResourceKind::Script | ResourceKind::Stylesheet | ResourceKind::Font);
    let host = response.resource.url.map(|url| url.host.to_ascii_lowercase()).unwrap_or_default();
    if !is_library || HOSTS.binary_search(&host.as_str()).is_err() {
        return Judged::NotMeant;
    }
    match response.request.phases().set_up().filter(|time| Millis::ZERO < *time) {
        Some(time) => Judged::Shown(message!["setting up the connection took ", time]),
        None => Judged::Fine,
    }
}

fn tell(load: &PageLoad<'_>, shown: &Shown) -> Told {
    let times = shown.files.iter().filter_map(|one| load.request(one.id).phases().set_up());
    let total = times.sum::<Millis>();
    Told {
        severity: Severity::Notice,
        customer: message![
            "Libraries come from ",
            shown.counted("public host", "public hosts"),
            ". Browsers do not share them between sites any more, so this only costs time for connecting (",
            total,
            ")."
        ],
        engineer: message![
            shown.counted("connection", "connections"),
            " set up for public library hosts, ",
            total,
            " of DNS, TCP and TLS; caches are partitioned by site."
        ],
        fix: message!["Host these libraries yourself, on a host that the page is connected to."],
        savings: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::Made;
    use crate::rules::testing::check_rule;

    #[test]
    fn libraries() {
        assert!(HOSTS.is_sorted());
        for (host, set_up, kind, expected) in [
            ("cdnjs.cloudflare.com", 20.0, ResourceKind::Script, "found"),
            ("cdnjs.cloudflare.com", 0.0, ResourceKind::Script, "passed"),
            ("cdnjs.cloudflare.com", 20.0, ResourceKind::Fetch, "not-applicable"),
            ("static.shop.example", 20.0, ResourceKind::Script, "not-applicable"),
        ] {
            let made = Made::page("https://shop.example/").request(&format!("https://{host}/a.js"), |r| {
                r.kind(kind).set_up(set_up, set_up, set_up).response("x", "y")
            });
            check_rule(&SHARED_LIBRARY_HOST, made, expected);
        }
        let made = Made::page("https://shop.example/").without(Missing::Phases);
        check_rule(&SHARED_LIBRARY_HOST, made, "not-checked");
    }
}
