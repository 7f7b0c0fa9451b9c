//! `missing-cdn`: static files that come from one server far away.

use std::collections::BTreeMap;

use crate::http::url::Url;
use crate::page_load::attribution::RoundTrips;
use crate::page_load::{Owner, PageLoad, Resource, Throttling, downloads};
use crate::recording::{Missing, Request, RequestId};
use crate::rules::cdn::is_much_shorter;
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Evidence, Finding, Method, Outcome, Savings, Severity, Topic, gain};
use crate::units::{Bytes, Millis};

/// Milliseconds of round trip to the server. An edge is some 10 to 30 ms away; below this a CDN gains little.
const FAR: Millis = Millis(80.0);

/// Bytes of static files from there. Of fewer, one slow start is over before distance counts.
const HEAVY: Bytes = Bytes::kib(300);

declare_rule! {
    /// ## In plain words
    /// These files are the same for everybody, yet they come straight from one server far away from the visitor. A
    /// network of servers close to visitors (a CDN) would deliver them faster.
    ///
    /// ## What it finds
    /// A host of the site's own static files with 300 KiB or more of them, a round trip of 80 ms or more, and nothing in
    /// its headers that tells of a CDN or cache. If other hosts are as far, the visitor's own line may be slow, and nothing
    /// is told; nor for servers inside a company, or where the network was throttled.
    ///
    /// ## Why it matters
    /// Each connection takes two to three round trips before its first byte, and large files a round trip for each
    /// doubling of speed.
    ///
    /// ## How to fix it
    /// Put a CDN in front of the static files' host, and send them with a long `Cache-Control` lifetime.
    ///
    /// ## How savings are estimated
    /// At least nothing, at most the difference between this way and the shortest one in this recording.
    ///
    /// ## When to ignore it
    /// If all visitors are near the server and this recording was made far away.
    ///
    /// ## References
    /// - [Content delivery networks](https://web.dev/articles/content-delivery-networks)
    pub static MISSING_CDN = {
        id: "missing-cdn",
        title: "Static files from a distant server",
        topic: Topic::Cdn,
        severity: Severity::Warning,
        owner: Owner::Origin,
        needs: [Missing::ResponseHeaders, Missing::Phases],
        since: "0.1.0",
        check: check,
    }
}

/// The static files of one host.
struct Host {
    first: RequestId,
    bytes: Bytes,
    n_files: u64,
}

fn check(load: &PageLoad<'_>) -> Outcome {
    if matches!(load.throttling, Throttling::Yes(_)) {
        return Outcome::NotApplicable("the network was throttled, so that distances do not show");
    }
    let round_trips = RoundTrips::of(load);
    let mut by_host: BTreeMap<&str, Host> = BTreeMap::new();
    for (request, resource) in load.network() {
        let Some(url) = resource.url.filter(|url| is_plain(load, request, resource, url)) else { continue };
        let host = by_host.entry(url.host).or_insert(Host { first: request.id(), bytes: Bytes(0), n_files: 0 });
        host.bytes += downloads::sent_bytes(request).unwrap_or_default();
        host.n_files += 1;
    }
    if by_host.is_empty() {
        return Outcome::NotApplicable("no static file of the site's own comes without a CDN from the public Internet");
    }
    let far = by_host.into_values().filter(|host| HEAVY <= host.bytes).filter_map(|host| {
        let way = round_trips.distance(load, host.first).filter(|way| FAR <= *way)?;
        let shortest = round_trips.shortest_distance().filter(|shortest| is_much_shorter(*shortest, way))?;
        Some((host, way, shortest))
    });
    match far.max_by_key(|(host, ..)| host.bytes) {
        Some((host, way, shortest)) => Outcome::found(finding(load, &host, way, shortest)),
        None => Outcome::Passed,
    }
}

/// A static file of the site's own from a public host that shows no CDN.
fn is_plain(load: &PageLoad<'_>, request: Request<'_>, resource: &Resource<'_>, url: &Url<'_>) -> bool {
    const INSIDE: [&str; 6] = [".local", ".internal", ".corp", ".lan", ".intranet", ".localhost"];
    let is_inside = !url.host.contains('.') || INSIDE.iter().any(|end| url.host.ends_with(end)) || is_private(url.host);
    let address = request.server_ip().map(|ip| load.recording.text(ip).expose());
    let edge = load.edge_of(request.id());
    downloads::is_static_file(request, resource)
        && !gain::is_third_party(resource)
        && resource.entity.is_none()
        && edge.status.is_none()
        && edge.vendor.is_none()
        && !request.response_headers().is_empty()
        && !is_inside
        && !address.is_some_and(is_private)
}

/// Addresses of private networks (RFC 1918, RFC 4193) and of the own machine.
fn is_private(address: &str) -> bool {
    const STARTS: [&str; 6] = ["10.", "192.168.", "127.", "169.254.", "fd", "::1"];
    let in_172 =
        |rest: &str| rest.split('.').next().and_then(|n| n.parse::<u8>().ok()).is_some_and(|n| (16..32).contains(&n));
    let is_number = address.bytes().all(|b| b.is_ascii_hexdigit() || matches!(b, b'.' | b':' | b'[' | b']'));
    let bare = address.trim_start_matches('[');
    is_number && (STARTS.iter().any(|start| bare.starts_with(start)) || bare.strip_prefix("172.").is_some_and(in_172))
}

fn finding(load: &PageLoad<'_>, host: &Host, way: Millis, shortest: Millis) -> Finding {
    let files = Part::Counted(host.n_files, "file", "files");
    let server = message![Part::ResponseHeader(host.first, "server"), "; round trip ", way];
    Finding {
        severity: Severity::Warning,
        owner: None,
        customer: message![
            files.clone(),
            " (",
            host.bytes,
            ") came directly from one server that is ",
            way,
            " away, although other servers are much nearer."
        ],
        engineer: message![
            Part::Host(host.first),
            ": ",
            files,
            " of ",
            host.bytes,
            " without any sign of a CDN, round trip ",
            way,
            "; the shortest way in this recording is ",
            shortest,
            "."
        ],
        fix: message![
            "Put a CDN in front of this host, and send its files with ",
            Part::Code("Cache-Control: public, max-age=31536000, immutable"),
            " if their names change with their content."
        ],
        evidence: vec![Evidence { request: Some(host.first), text: server }],
        savings: load.milestones.main().map(|(metric, _)| Savings {
            milestone: Some(metric),
            ms: (Millis::ZERO, (way - shortest).at_least_zero()),
            bytes: Bytes::default(),
            method: Method::Bound,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::ResourceKind;
    use crate::recording::testing::Made;
    use crate::rules::testing::check_rule;

    /// A script of `kilobytes` from a host this far away, beside a near one.
    fn made(host: &str, way: f64, kilobytes: u64, header: (&str, &str)) -> Made {
        Made::page(&format!("https://{host}/"))
            .document(|r| r.set_up(0.0, way, way).wait(way + 50.0))
            .request(&format!("https://{host}/a.js"), |r| {
                let r = r.kind(ResourceKind::Script).wait(way + 5.0).response(header.0, header.1);
                r.bytes(kilobytes * 1024, kilobytes * 1024, kilobytes * 3000)
            })
            .request("https://near.example/b.js", |r| r.kind(ResourceKind::Script).set_up(0.0, 15.0, 15.0).wait(30.0))
    }

    #[test]
    fn distance_and_weight() {
        let server = ("server", "nginx");
        check_rule(&MISSING_CDN, made("shop.example", 120.0, 300, server), "found");
        check_rule(&MISSING_CDN, made("shop.example", 120.0, 290, server), "passed");
        check_rule(&MISSING_CDN, made("shop.example", 79.0, 300, server), "passed");
    }

    #[test]
    fn what_is_left_alone() {
        check_rule(&MISSING_CDN, made("shop.example", 120.0, 300, ("cf-ray", "1-FRA")), "not-applicable");
        check_rule(&MISSING_CDN, made("shop.example", 120.0, 300, ("x-cache", "HIT")), "not-applicable");
        check_rule(&MISSING_CDN, made("wiki.internal", 120.0, 300, ("server", "nginx")), "not-applicable");
        check_rule(&MISSING_CDN, made("10.1.2.3", 120.0, 300, ("server", "nginx")), "not-applicable");
        let made = Made::page("https://shop.example/").request("https://shop.example/a.js", |r| {
            r.kind(ResourceKind::Script)
                .set_up(0.0, 120.0, 120.0)
                .wait(130.0)
                .bytes(400_000, 400_000, 900_000)
                .response("server", "x")
        });
        // Nothing shows that the line itself is better.
        check_rule(&MISSING_CDN, made, "passed");
    }
}
