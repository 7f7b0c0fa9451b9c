//! `legacy-http-version`: hosts that serve many files over HTTP/1.1.

use crate::order::Arrange;
use std::collections::BTreeMap;

use crate::page_load::connections::{origin, used_transport};
use crate::page_load::{Owner, PageLoad};
use crate::recording::{Missing, Protocol, RequestId};
use crate::rules::gain;
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Evidence, Finding, Outcome, Severity, Topic};

/// Requests to one host. Up to six can be under way at once over HTTP/1.1; Lighthouse's `uses-http2` also asks for at
/// least six files of a host.
const WORTH_TELLING: u64 = 6;

/// Connections to one host. Six is the browsers' limit; twice as many say that the host closes them after use, so that
/// each request pays for a handshake.
const MANY_CONNECTIONS: u64 = 12;

declare_rule! {
    /// ## In plain words
    /// The server uses an old version of HTTP in which every connection carries one file at a time. Newer versions send
    /// everything side by side.
    ///
    /// ## What it finds
    /// Hosts that answered six or more requests of this load over HTTP/1.0 or HTTP/1.1. It is a notice, because the
    /// time it costs is told by another rule where it shows (requests that queued); it becomes a warning where twelve
    /// or more connections to one host were opened. Servers on the own machine do not count.
    ///
    /// ## Why it matters
    /// Six connections need six handshakes and start slowly six times; a seventh request waits. Headers are sent in
    /// full each time.
    ///
    /// ## How to fix it
    /// - Switch on HTTP/2 (nginx `http2 on`, Apache `Protocols h2 http/1.1`) or put a CDN in front, which speaks HTTP/2
    ///   and HTTP/3.
    /// - Browsers speak HTTP/2 only over HTTPS: a site without it needs a certificate first.
    /// - Keep connections open (`Connection: keep-alive`, a timeout of some seconds at least).
    ///
    /// ## How savings are estimated
    /// They are not: what would have been gained depends on the line and on the server. Waits for a free connection are
    /// counted by the rule on queued requests.
    ///
    /// ## When to ignore it
    /// Development servers; a proxy or security program on the visitor's machine that speaks HTTP/1.1 by itself.
    ///
    /// ## References
    /// - [RFC 9113: HTTP/2](https://www.rfc-editor.org/rfc/rfc9113)
    /// - [RFC 9114: HTTP/3](https://www.rfc-editor.org/rfc/rfc9114)
    /// - [Use HTTP/2 (Lighthouse)](https://developer.chrome.com/docs/lighthouse/best-practices/uses-http2)
    pub static LEGACY_HTTP_VERSION = {
        id: "legacy-http-version",
        title: "Files served over HTTP/1.1",
        topic: Topic::Connections,
        severity: Severity::Warning,
        owner: Owner::Origin,
        needs: [Missing::Protocols],
        since: "0.1.0",
        check: check,
    }
}

/// One host that speaks HTTP/1.
struct Host {
    requests: Vec<RequestId>,
    n_connections: u64,
    protocol: Protocol,
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let mut hosts: BTreeMap<String, Host> = BTreeMap::new();
    let mut n_known = 0;
    for (request, resource) in load.network() {
        let Some(url) = resource.url.filter(|url| !is_local(url.host)) else { continue };
        let (Some(origin), Some(protocol)) = (origin(&url), request.protocol()) else { continue };
        if !used_transport(request) {
            continue;
        }
        n_known += 1;
        if matches!(protocol, Protocol::Http10 | Protocol::Http11) && request.status() != Some(101) {
            let host = hosts.entry(origin).or_insert(Host { requests: Vec::new(), n_connections: 0, protocol });
            host.requests.push(request.id());
            host.protocol = host.protocol.min(protocol);
        }
    }
    for connection in &load.connections.all {
        if let Some(host) = hosts.get_mut(&connection.origin) {
            host.n_connections += 1;
        }
    }
    let mut hosts: Vec<Host> = hosts.into_values().filter(|host| WORTH_TELLING <= host.requests.len() as u64).collect();
    hosts.arrange_by(|a, b| b.requests.len().cmp(&a.requests.len()).then(a.requests.cmp(&b.requests)));
    match hosts.first().and_then(|host| Some((host, *host.requests.first()?))) {
        Some((worst, first)) => Outcome::found(finding(load, worst, first, &hosts)),
        None if n_known == 0 => Outcome::NotApplicable("no request went over the network to another machine"),
        None => Outcome::Passed,
    }
}

/// Servers on the own machine: Lighthouse leaves them out, too.
fn is_local(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.starts_with("127.") || host == "::1"
}

fn finding(load: &PageLoad<'_>, worst: &Host, first: RequestId, hosts: &[Host]) -> Finding {
    let opened_often = hosts.iter().any(|host| MANY_CONNECTIONS <= host.n_connections);
    let n_requests = hosts.iter().map(|host| host.requests.len() as u64).sum();
    let is_plain = load.resource(first).and_then(|r| r.url).is_some_and(|url| !url.is_secure());
    let mut fix = message!["Switch on HTTP/2 (better still HTTP/3) for ", Part::Host(first), "."];
    if is_plain {
        fix.0.extend(message![" Browsers speak it only over HTTPS, so HTTPS comes first."].0);
    }
    Finding {
        severity: if opened_often { Severity::Warning } else { Severity::Notice },
        owner: gain::owner_of(load, hosts.iter().flat_map(|host| host.requests.iter().copied())),
        customer: message![
            "A server speaks an old version of HTTP, in which files stand in line. ",
            Part::Counted(n_requests, "file", "files"),
            " came that way."
        ],
        engineer: message![
            Part::Host(first),
            " answered ",
            Part::Counted(worst.requests.len() as u64, "request", "requests"),
            " over ",
            worst.protocol,
            " on ",
            Part::Counted(worst.n_connections, "connection", "connections"),
            "."
        ],
        fix,
        evidence: hosts.iter().filter_map(evidence).collect(),
        savings: None,
    }
}

fn evidence(host: &Host) -> Option<Evidence> {
    let first = *host.requests.first()?;
    let text = message![
        Part::Host(first),
        ": ",
        Part::Counted(host.requests.len() as u64, "request", "requests"),
        " over ",
        host.protocol,
        ", ",
        Part::Counted(host.n_connections, "connection", "connections")
    ];
    Some(Evidence { request: Some(first), text })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::Made;
    use crate::rules::testing::{check_rule, outcome};

    fn files(host: &str, n: u32, protocol: Protocol, set_up: bool) -> Made {
        let mut made = Made::page("https://shop.example/").document(|r| r);
        for at in 0..n {
            made = made.request(&format!("https://{host}/{at}.js"), |r| {
                let r = r.start(f64::from(at) * 20.0).change(|row| row.protocol = Some(protocol));
                if set_up { r.set_up(1.0, 5.0, 5.0) } else { r }
            });
        }
        made
    }

    #[test]
    fn six_files_are_worth_telling() {
        let Outcome::Found(found) = outcome(&LEGACY_HTTP_VERSION, files("a.example", 6, Protocol::Http11, false))
        else {
            panic!()
        };
        assert_eq!(found[0].severity, Severity::Notice);
        let closing = files("a.example", 12, Protocol::Http11, true);
        let Outcome::Found(found) = outcome(&LEGACY_HTTP_VERSION, closing) else { panic!() };
        assert_eq!(found[0].severity, Severity::Warning);
    }

    #[test]
    fn near_misses() {
        check_rule(&LEGACY_HTTP_VERSION, files("a.example", 5, Protocol::Http11, false), "passed");
        check_rule(&LEGACY_HTTP_VERSION, files("a.example", 20, Protocol::H2, false), "passed");
        check_rule(&LEGACY_HTTP_VERSION, files("localhost", 20, Protocol::Http11, false), "passed");
        check_rule(&LEGACY_HTTP_VERSION, Made::page("https://shop.example/"), "not-applicable");
        let unknown = files("a.example", 9, Protocol::Http11, false).without(Missing::Protocols);
        check_rule(&LEGACY_HTTP_VERSION, unknown, "not-checked");
    }
}
