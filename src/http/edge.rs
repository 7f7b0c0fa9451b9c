//! What a response's headers say of the CDN in front of the server: which one, whether it had the response, how long
//! edge and origin took. Only the layer nearest to the client is told. (Deepened by a later issue.)

use crate::http::server_timing;

/// What the headers say.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Edge {
    /// The CDN, in lower case; `None`: none recognized.
    pub vendor: Option<&'static str>,
    /// Whether it had the response; `None`: it does not tell.
    pub status: Option<EdgeStatus>,
    /// Milliseconds that the edge itself took, without its wait for the origin.
    pub edge_ms: Option<f64>,
    /// Milliseconds that the edge waited for the origin, or that the origin says it took.
    pub origin_ms: Option<f64>,
}

/// Whether the edge had the response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EdgeStatus {
    /// From its cache.
    Hit,
    /// It asked the origin.
    Miss,
    /// From its cache although too old.
    Stale,
    /// The origin confirmed what it had.
    Revalidated,
    /// It had the response, but too old, and asked the origin.
    Expired,
    /// Its configuration or the response forbade to use the cache.
    Bypass,
    /// Never a candidate for its cache.
    Dynamic,
    /// Made by the edge itself.
    EdgeGenerated,
    /// A failure page.
    Error,
    /// A cache is there and does not tell.
    Unknown,
}

impl EdgeStatus {
    /// The word used in the report's JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Hit => "hit",
            Self::Miss => "miss",
            Self::Stale => "stale",
            Self::Revalidated => "revalidated",
            Self::Expired => "expired",
            Self::Bypass => "bypass",
            Self::Dynamic => "dynamic",
            Self::EdgeGenerated => "edge-generated",
            Self::Error => "error",
            Self::Unknown => "unknown",
        }
    }

    /// Whether the edge answered without asking the origin.
    pub fn is_from_edge(self) -> bool {
        matches!(self, Self::Hit | Self::Stale | Self::EdgeGenerated)
    }
}

/// Names of `Server-Timing` metrics in which a server tells its own whole time: common frameworks and middlewares.
const WHOLE_TIME: [&str; 6] = ["total", "app", "origin", "backend", "processing", "ttfb"];

/// Reads them. `header` gives the values of a header line by its lower-case name, joined with ", ".
pub fn read(header: &dyn Fn(&str) -> Option<String>) -> Edge {
    let vendor = vendor(header);
    let mut edge = Edge { vendor, status: status(vendor, header), ..Edge::default() };
    let timing = header("server-timing").unwrap_or_default();
    let mut said_by_origin = None;
    for metric in server_timing::parse(&timing) {
        let name = metric.name.to_ascii_lowercase();
        match name.as_str() {
            "cdn-cache" | "cfcachestatus" => {
                edge.status = edge.status.or(metric.description.and_then(word));
            }
            "cfedge" | "edge" => edge.edge_ms = edge.edge_ms.or(metric.duration),
            "cforigin" | "origin" => edge.origin_ms = edge.origin_ms.or(metric.duration),
            // CloudFront: time to the first byte from the origin, and of the whole edge.
            "cdn-upstream-fbl" => edge.origin_ms = edge.origin_ms.or(metric.duration),
            _ => {}
        }
        if WHOLE_TIME.contains(&name.as_str()) {
            said_by_origin = said_by_origin.or(metric.duration);
        }
    }
    if edge.status.is_some_and(EdgeStatus::is_from_edge) {
        edge.origin_ms = None; // replayed from the response that filled the cache
    } else {
        edge.origin_ms = edge.origin_ms.or(said_by_origin);
    }
    edge
}

fn vendor(header: &dyn Fn(&str) -> Option<String>) -> Option<&'static str> {
    let has = |name: &str| header(name).is_some();
    let contains = |name: &str, part: &str| header(name).is_some_and(|value| value.to_ascii_lowercase().contains(part));
    let starts =
        |name: &str, part: &str| header(name).is_some_and(|value| value.to_ascii_lowercase().starts_with(part));
    if has("cf-ray") || has("cf-cache-status") || starts("server", "cloudflare") {
        Some("cloudflare")
    } else if has("x-amz-cf-id") || has("x-amz-cf-pop") || contains("via", "(cloudfront)") {
        Some("cloudfront")
    } else if has("x-azure-ref") {
        Some("azure")
    } else if has("x-vercel-id") || has("x-vercel-cache") {
        Some("vercel")
    } else if has("x-nf-request-id") || starts("server", "netlify") {
        Some("netlify")
    } else if contains("x-served-by", "cache-") || has("x-fastly-request-id") {
        Some("fastly")
    } else if has("akamai-grn") || contains("server-timing", "ak_p") || contains("x-cache", "akamai") {
        Some("akamai")
    } else if starts("server", "bunnycdn") || has("cdn-pullzone") {
        Some("bunny")
    } else if starts("server", "keycdn") {
        Some("keycdn")
    } else if contains("via", "google") {
        Some("google")
    } else {
        None
    }
}

fn status(vendor: Option<&str>, header: &dyn Fn(&str) -> Option<String>) -> Option<EdgeStatus> {
    if vendor == Some("cloudflare") {
        let said = header("cf-cache-status");
        return Some(said.as_deref().and_then(word).unwrap_or(EdgeStatus::EdgeGenerated)).filter(|_| {
            // Without the header the response was made by Cloudflare itself, if it was Cloudflare that answered.
            said.is_some() || header("cf-ray").is_some()
        });
    }
    if let Some(list) = header("cache-status") {
        return list.rsplit(',').next().and_then(cache_status); // the last is nearest to the client (RFC 9211 §2)
    }
    for name in ["x-vercel-cache", "cdn-cache", "akamai-cache-status", "x-cache", "x-cache-status", "x-proxy-cache"] {
        // Each layer adds its word at the end.
        let said = header(name).and_then(|list| list.rsplit(',').next().and_then(word));
        if said.is_some() {
            return said;
        }
    }
    let age = header("age").and_then(|age| age.trim().parse::<u64>().ok());
    match (age, vendor) {
        (Some(1..), _) => Some(EdgeStatus::Hit), // only a cache adds an age
        (_, Some(_)) => Some(EdgeStatus::Unknown),
        _ => None,
    }
}

/// One member of an RFC 9211 `Cache-Status` list.
fn cache_status(member: &str) -> Option<EdgeStatus> {
    let parameters = || member.split(';').skip(1).map(str::trim);
    let forward = parameters().find_map(|parameter| parameter.strip_prefix("fwd="));
    match forward {
        Some("stale") if parameters().any(|parameter| parameter == "fwd-status=304") => Some(EdgeStatus::Revalidated),
        Some("stale") => Some(EdgeStatus::Expired),
        Some("bypass" | "request") => Some(EdgeStatus::Bypass),
        Some("method") => Some(EdgeStatus::Dynamic),
        Some(_) => Some(EdgeStatus::Miss),
        None if parameters().any(|parameter| parameter == "hit") => Some(EdgeStatus::Hit),
        None => None,
    }
}

/// A vendor's word for it.
fn word(said: &str) -> Option<EdgeStatus> {
    let said = said.trim().to_ascii_lowercase();
    let first = said.split([' ', ':']).next().unwrap_or_default();
    match first {
        "hit" | "tcp_hit" | "tcp_mem_hit" | "tcp_ims_hit" | "tcp_remote_hit" | "prerender" => Some(EdgeStatus::Hit),
        "miss" | "tcp_miss" | "originshieldhit" | "scarce" => Some(EdgeStatus::Miss),
        "stale" | "updating" | "hitstale" | "tcp_refresh_fail_hit" => Some(EdgeStatus::Stale),
        "revalidated" | "refreshhit" | "tcp_refresh_hit" | "revalidate" => Some(EdgeStatus::Revalidated),
        "expired" | "tcp_refresh_miss" | "tcp_expired_miss" | "refresh" => Some(EdgeStatus::Expired),
        "bypass" | "private_nostore" | "pass" => Some(EdgeStatus::Bypass),
        "dynamic" | "notcacheable" | "config_nocache" | "uncacheable" => Some(EdgeStatus::Dynamic),
        "none"
        | "none/unknown"
        | "n/a"
        | "constructed"
        | "redirect"
        | "functiongeneratedresponse"
        | "lambdageneratedresponse" => Some(EdgeStatus::EdgeGenerated),
        "error" | "limitexceeded" | "capacityexceeded" | "tcp_denied" => Some(EdgeStatus::Error),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(
        headers: &[(&str, &str)],
        vendor: Option<&str>,
        status: Option<EdgeStatus>,
        ms: (Option<f64>, Option<f64>),
    ) {
        let edge = read(&|name| headers.iter().find(|line| line.0 == name).map(|line| line.1.to_owned()));
        assert_eq!((edge.vendor, edge.status, (edge.edge_ms, edge.origin_ms)), (vendor, status, ms));
    }

    #[test]
    fn vendors_words_are_understood() {
        use EdgeStatus::*;
        let cf = ("cf-ray", "8f00aa-FRA");
        check(&[cf, ("cf-cache-status", "HIT")], Some("cloudflare"), Some(Hit), (None, None));
        check(&[cf], Some("cloudflare"), Some(EdgeGenerated), (None, None));
        check(
            &[cf, ("cf-cache-status", "DYNAMIC"), ("server-timing", "cfEdge;dur=4, cfOrigin;dur=210")],
            Some("cloudflare"),
            Some(Dynamic),
            (Some(4.0), Some(210.0)),
        );
        check(
            &[("x-amz-cf-id", "x"), ("x-cache", "RefreshHit from cloudfront")],
            Some("cloudfront"),
            Some(Revalidated),
            (None, None),
        );
        check(
            &[("x-served-by", "cache-iad-1, cache-fra-2"), ("x-cache", "MISS, HIT")],
            Some("fastly"),
            Some(Hit),
            (None, None),
        );
        check(&[("cache-status", "Origin; fwd=miss, \"Edge\"; hit")], None, Some(Hit), (None, None));
        check(&[("cache-status", "Edge; fwd=stale; fwd-status=304")], None, Some(Revalidated), (None, None));
        check(&[("age", "12")], None, Some(Hit), (None, None));
        check(&[("age", "0")], None, None, (None, None));
        check(&[("server-timing", "db;dur=30, total;dur=95")], None, None, (None, Some(95.0)));
    }

    #[test]
    fn origin_time_of_a_hit_is_a_replay() {
        let headers = [("x-cache", "HIT"), ("server-timing", "edge;dur=2, origin;dur=300")];
        check(&headers, None, Some(EdgeStatus::Hit), (Some(2.0), None));
    }
}
