//! Answers that a CDN made in the site's place because something failed or somebody was to be kept out: what they mean
//! and whose affair they are.

use crate::http::cache_status;
use crate::http::cdn::vendor::holds;
use crate::http::cdn::{Cdn, EdgeStatus, Kind, Side, Vendor};
use crate::http::exchange::Exchange;
use crate::http::structured;

/// What a CDN answered in the site's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instead {
    /// Why.
    pub what: What,
    /// The vendor's own code beside the status.
    pub code: Option<u32>,
    /// In plain words: the end of "the CDN says that …".
    pub meaning: &'static str,
    /// Whose affair; `None`: it does not tell.
    pub side: Option<Side>,
    /// The header line that shows it; `None`: the status or the body does.
    pub told_by: Option<&'static str>,
}

/// Why a CDN answers in the site's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// It, or the server behind it, failed.
    Failed,
    /// The visitor is to show that they are no robot.
    Challenge,
    /// The visitor is kept out.
    Blocked,
    /// The visitor asked too often.
    TooMany,
    /// The visitor is to wait for their turn.
    Queued,
}

/// Reads it; `body`: what is known of the response's body. `None`: the CDN did not answer in the site's place.
pub fn read(exchange: &Exchange<'_>, cdn: &Cdn<'_>, body: Option<&str>) -> Option<Instead> {
    let front = cdn.front().filter(|front| matches!(front.vendor.kind(), Kind::Network | Kind::Cache))?;
    let header = |name: &'static str| exchange.response_header(name).map(|_| name);
    let in_body = |part: &str| body.is_some_and(|body| body.contains(part));
    let refused = |what, told_by| Some(Instead { what, code: None, meaning: "", side: Some(Side::Edge), told_by });
    if let Some(mitigated) = cdn.mitigated {
        let what = if mitigated.eq_ignore_ascii_case("deny") { What::Blocked } else { What::Challenge };
        return refused(what, header("cf-mitigated").or(header("x-vercel-mitigated")));
    }
    if let Some(action) = exchange.response_header("x-amzn-waf-action") {
        let is_test = holds(action, "challenge") || holds(action, "captcha");
        return refused(if is_test { What::Challenge } else { What::Blocked }, header("x-amzn-waf-action"));
    }
    let waits = |cookie: &str| cookie.starts_with("__cfwaitingroom=") && exchange.status == 200;
    let is_page = exchange.response_header("content-type").is_some_and(|kind| holds(kind, "text/html"));
    let made_here = front.status == Some(EdgeStatus::EdgeGenerated);
    if made_here && is_page && exchange.response_lines("set-cookie").any(waits) {
        return refused(What::Queued, header("set-cookie"));
    }
    if let Some(error) = cdn.error {
        let told_by = header("cf-error-type");
        return Some(match error.code {
            1006..=1014 | 1020 => {
                Instead { what: What::Blocked, code: Some(error.code), meaning: "", side: Some(Side::Edge), told_by }
            }
            1015 => {
                Instead { what: What::TooMany, code: Some(error.code), meaning: "", side: Some(Side::Edge), told_by }
            }
            code => Instead {
                what: What::Failed,
                code: Some(code),
                meaning: cloudflare(code),
                side: Some(error.side),
                told_by,
            },
        });
    }
    let failed = |meaning, side, told_by| Some(Instead { what: What::Failed, code: None, meaning, side, told_by });
    if let Some(error) = proxy_error(exchange) {
        let (meaning, side) = proxy_meaning(&error);
        return failed(meaning, side, header("proxy-status"));
    }
    let status = exchange.status;
    let server = exchange.response_header("server").unwrap_or_default();
    match (front.vendor, status) {
        (Vendor::Sucuri, 400..) if header("x-sucuri-block").is_some() => {
            refused(What::Blocked, header("x-sucuri-block"))
        }
        (Vendor::Imperva, 200 | 403) if in_body("_Incapsula_Resource") && in_body("incident_id") => {
            refused(What::Blocked, None)
        }
        (Vendor::Akamai, 403) if holds(server, "akamaighost") => refused(What::Blocked, header("server")),
        (Vendor::Akamai, 500..) if holds(server, "akamaighost") => {
            failed("the server behind it failed, or it itself did", None, header("server"))
        }
        (Vendor::CloudFront, 403) if holds(server, "cloudfront") => refused(What::Blocked, header("server")),
        (Vendor::CloudFront, 502 | 504) if holds(server, "cloudfront") => {
            failed("it got no usable answer from the server behind it", Some(Side::Origin), header("x-cache"))
        }
        (Vendor::CloudFront, 503) if holds(server, "cloudfront") => {
            failed("its code at the edge failed, or it was overloaded", Some(Side::Edge), header("x-cache"))
        }
        (Vendor::Fastly, 500..) if in_body("first byte timeout") || in_body("backend read error") => {
            failed("the server behind it did not answer in time", Some(Side::Origin), None)
        }
        (Vendor::Fastly | Vendor::Varnish, 500..) if in_body("Guru Meditation") => {
            failed("it got no usable answer from the server behind it", None, None)
        }
        (Vendor::Vercel, 400..) if header("x-vercel-error").is_some() => {
            failed("the site's function or its configuration failed", Some(Side::Origin), header("x-vercel-error"))
        }
        (Vendor::AzureFrontDoor, 500..) if front.status == Some(EdgeStatus::Error) => failed(
            "it got no usable answer from the server behind it",
            Some(Side::Origin),
            header("x-azure-externalerror"),
        ),
        // What Cloudflare makes itself has no cache status: a firewall rule, mostly.
        (Vendor::Cloudflare, 403 | 406 | 451) if made_here => refused(What::Blocked, header("cf-ray")),
        (Vendor::Cloudflare, 429) if made_here => refused(What::TooMany, header("cf-ray")),
        _ => None,
    }
}

/// Cloudflare's codes (its documentation, "Cloudflare 5xx errors" and "1xxx errors").
fn cloudflare(code: u32) -> &'static str {
    match code {
        520 => "the server behind it answered with something unusable",
        521 => "the server behind it refused the connection",
        522 => "the server behind it did not accept the connection in time",
        523 => "the server behind it cannot be reached",
        524 => "the server behind it did not answer in time",
        525 => "encryption with the server behind it could not be set up",
        526 => "the certificate of the server behind it is not valid",
        502 | 504 => "it got no usable answer from the server behind it",
        1000 | 1002 => "the site's DNS entry points to an address that is not allowed",
        1001 | 1016 => "the name of the server behind it was not found",
        1033 => "the tunnel to the server behind it is down",
        1101 => "the site's code at the edge (a Worker) failed",
        1102 => "the site's code at the edge (a Worker) exceeded its limits",
        1200 => "too many requests wait for the server behind it",
        _ => "its configuration for this site does not work",
    }
}

fn proxy_error(exchange: &Exchange<'_>) -> Option<String> {
    let text = structured::joined(exchange.response_lines("proxy-status"))?;
    cache_status::parse_proxy_status(&text)?.error
}

/// The types of RFC 9209 §2.3.
fn proxy_meaning(error: &str) -> (&'static str, Option<Side>) {
    let origin = Some(Side::Origin);
    match error {
        _ if error.starts_with("dns_") => ("the name of the server behind it was not found", origin),
        "http_response_timeout" | "connection_timeout" | "connection_read_timeout" => {
            ("the server behind it did not answer in time", origin)
        }
        _ if error.starts_with("connection_") || error.starts_with("destination_") => {
            ("the server behind it could not be reached", origin)
        }
        _ if error.starts_with("tls_") => ("encryption with the server behind it could not be set up", origin),
        _ if error.starts_with("http_response_") => ("the server behind it answered with something unusable", origin),
        _ if error.starts_with("proxy_") => ("it failed itself", Some(Side::Edge)),
        _ => ("something failed", None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::cdn;

    #[track_caller]
    fn check(status: u16, lines: &[(&str, &str)], body: Option<&str>, expected: Option<(What, Option<Side>)>) {
        let exchange = Exchange {
            method: "GET",
            url: "https://a.example/x",
            status,
            request: &[],
            response: lines,
            request_time: None,
            response_time: None,
        };
        let found = read(&exchange, &cdn::read(&exchange), body);
        assert_eq!(found.map(|instead| (instead.what, instead.side)), expected, "{status} {lines:?}");
    }

    const RAY: (&str, &str) = ("cf-ray", "8dd84d62cee41992-FRA");

    #[test]
    fn failures() {
        let origin = Some((What::Failed, Some(Side::Origin)));
        check(522, &[RAY], None, origin);
        check(530, &[RAY, ("cf-error-type", "1101")], None, Some((What::Failed, Some(Side::Edge))));
        // Without the header a gateway failure was passed on from the origin.
        check(502, &[RAY], None, None);
        check(500, &[RAY, ("cf-cache-status", "DYNAMIC")], None, None);
        check(504, &[("server", "CloudFront"), ("x-cache", "Error from cloudfront")], None, origin);
        check(500, &[("server", "Apache"), ("x-amz-cf-id", "x"), ("x-cache", "Error from cloudfront")], None, None);
        check(502, &[("proxy-status", "edge; error=dns_timeout"), ("via", "1.1 edge")], None, origin);
        let fastly = [("x-served-by", "cache-fra-1-FRA"), ("x-cache", "MISS")];
        check(503, &fastly, Some("<h1>Error 503 first byte timeout</h1>"), origin);
        check(503, &fastly, None, None);
    }

    #[test]
    fn refusals() {
        let refused = |what| Some((what, Some(Side::Edge)));
        check(403, &[RAY, ("cf-mitigated", "challenge")], None, refused(What::Challenge));
        check(403, &[RAY], None, refused(What::Blocked));
        check(403, &[RAY, ("cf-cache-status", "DYNAMIC")], None, None);
        check(429, &[RAY, ("cf-error-type", "1015")], None, refused(What::TooMany));
        check(403, &[("server", "AkamaiGHost")], None, refused(What::Blocked));
        check(403, &[("x-vercel-id", "fra1::x"), ("x-vercel-mitigated", "deny")], None, refused(What::Blocked));
        check(202, &[("x-amz-cf-id", "x"), ("x-amzn-waf-action", "challenge")], None, refused(What::Challenge));
        let page = ("content-type", "text/html");
        check(200, &[RAY, page, ("set-cookie", "__cfwaitingroom=x")], None, refused(What::Queued));
        check(403, &[("server", "nginx")], None, None);
        check(200, &[RAY, page], None, None);
    }
}
