//! `distant-edge`: the CDN answered from a place far away from the visitor.

use crate::http::cdn::Vendor;
use crate::page_load::attribution::RoundTrips;
use crate::page_load::{Owner, PageLoad, Throttling, delivery};
use crate::recording::Missing;
use crate::rules::cdn::is_much_shorter;
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::vendors;
use crate::rules::{Evidence, Finding, Method, Outcome, Savings, Severity, Topic, gain};
use crate::units::{Bytes, Millis};

/// Milliseconds of round trip to the edge: light in glass travels 10,000 km there and back in that time, and places of
/// CDNs are some 10 to 30 ms from most people.
const FAR: Millis = Millis(100.0);

/// Answers from the edge. Of fewer, one slow handshake makes the figure.
const FEWEST: u64 = 3;

declare_rule! {
    /// ## In plain words
    /// The site uses a network of servers all over the world (a CDN), but this visitor was served from one of its places
    /// far away.
    ///
    /// ## What it finds
    /// A CDN in front of the site's own host with three or more answers, 100 ms or more away (round trip by handshakes,
    /// or by the CDN's own measure), while another host in the same recording is less than half as far: so it is not the
    /// visitor's line. The place is named by the vendor's code where headers tell it. Whether that place is on another
    /// continent is not looked up.
    ///
    /// ## Why it matters
    /// Every request pays the way, hits as well; connections pay it two to three times.
    ///
    /// ## How to fix it
    /// - Ask the CDN's support with the request ids: routing between the visitor's provider and the CDN may be wrong.
    /// - Check whether the plan covers places near these visitors.
    ///
    /// ## How savings are estimated
    /// At least nothing, at most the difference between this way and the shortest one in this recording.
    ///
    /// ## When to ignore it
    /// If the recording was made through a VPN or a company's proxy in another country.
    ///
    /// ## References
    /// - [Cloudflare: CF-Ray](https://developers.cloudflare.com/fundamentals/reference/cloudflare-ray-id/)
    /// - [CloudFront: price classes](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/PriceClass.html)
    pub static DISTANT_EDGE = {
        id: "distant-edge",
        title: "The CDN answered from far away",
        topic: Topic::Cdn,
        severity: Severity::Warning,
        owner: Owner::Edge,
        needs: [Missing::ResponseHeaders, Missing::Phases],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    if matches!(load.throttling, Throttling::Yes(_)) {
        return Outcome::NotApplicable("the network was throttled, so that distances do not show");
    }
    let round_trips = RoundTrips::of(load);
    let mut hosts = delivery::all(load);
    hosts.retain(|host| host.vendor.is_some() && !load.resource(host.request).is_some_and(gain::is_third_party));
    if hosts.is_empty() {
        return Outcome::NotApplicable("no CDN is recognized in front of the site's own hosts");
    }
    let far = hosts.iter().filter(|host| FEWEST <= host.all.n).find_map(|host| {
        let way = round_trips.distance(load, host.request).filter(|way| FAR <= *way)?;
        let shortest = round_trips.shortest_distance().filter(|shortest| is_much_shorter(*shortest, way))?;
        Some((host, way, shortest))
    });
    let Some((host, way, shortest)) = far else { return Outcome::Passed };
    let id = host.request;
    let title = vendors::title(host.vendor);
    let place = place_header(host.vendor).filter(|name| load.request(id).response_header(name).next().is_some());
    let mut proof = message!["round trip ", way];
    if let Some(name) = place {
        proof.0.extend(message!["; ", Part::ResponseHeader(id, name)].0);
    }
    Outcome::found(Finding {
        severity: Severity::Warning,
        owner: None,
        customer: message![
            "The site was delivered by ",
            title,
            " from a place that is ",
            way,
            " away, although other servers are much nearer to this visitor."
        ],
        engineer: message![
            Part::Host(id),
            " through ",
            title,
            ": round trip ",
            way,
            " to the edge; the shortest way in this recording is ",
            shortest,
            "."
        ],
        fix: message![
            "Check that the plan covers places near these visitors, and hand the request ids to the CDN's support: routing \
             may be wrong."
        ],
        evidence: vec![Evidence { request: Some(id), text: proof }],
        savings: load.milestones.main().map(|(metric, _)| Savings {
            milestone: Some(metric),
            ms: (Millis::ZERO, (way - shortest).at_least_zero()),
            bytes: Bytes::default(),
            method: Method::Bound,
        }),
    })
}

/// The header in which a CDN tells where its edge stands.
fn place_header(vendor: Option<Vendor>) -> Option<&'static str> {
    Some(match vendor? {
        Vendor::Cloudflare => "cf-ray",
        Vendor::CloudFront => "x-amz-cf-pop",
        Vendor::Fastly => "x-served-by",
        Vendor::Vercel => "x-vercel-id",
        Vendor::Bunny | Vendor::Edgio => "server",
        Vendor::KeyCdn => "x-edge-location",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::Made;
    use crate::rules::testing::check_rule;

    fn made(way: f64, other: f64, header: (&str, &str)) -> Made {
        let made = Made::page("https://shop.example/").document(|r| r);
        let made = (0..3).fold(made, |made, at| {
            made.request(&format!("https://cdn.shop.example/{at}.js"), |r| {
                let r = r.set_up(0.0, way, way).wait(way + 20.0).response(header.0, header.1);
                r.response("cf-cache-status", "HIT")
            })
        });
        made.request("https://other.example/x.js", |r| r.set_up(0.0, other, other).wait(other + 5.0))
    }

    #[test]
    fn distance() {
        let ray = ("cf-ray", "8dd84d62cee41992-SYD");
        check_rule(&DISTANT_EDGE, made(150.0, 20.0, ray), "found");
        check_rule(&DISTANT_EDGE, made(99.0, 20.0, ray), "passed");
        // The line itself is slow.
        check_rule(&DISTANT_EDGE, made(150.0, 90.0, ray), "passed");
        check_rule(&DISTANT_EDGE, Made::page("https://shop.example/").document(|r| r), "not-applicable");
        check_rule(&DISTANT_EDGE, made(150.0, 20.0, ray).without(Missing::Phases), "not-checked");
    }
}
