//! The CDNs: how each tells whether it had the response, and where it stands. The vocabulary is the vendors' own
//! documentation's, where there is any.

use crate::http::cache_status;
use crate::http::cdn::timing::Timings;
use crate::http::cdn::vendor::{holds, starts};
use crate::http::cdn::words::{self, EdgeStatus};
use crate::http::cdn::{Cdn, CdnError, Layer, Shield, Side, Vendor};
use crate::http::exchange::Exchange;
use crate::http::structured;

/// What the vendor's headers say.
pub fn layer<'a>(vendor: Vendor, exchange: &Exchange<'a>, timings: &Timings<'a>) -> Layer<'a> {
    let header = |name: &str| exchange.response_header(name);
    let word = |name| header(name).and_then(|said| words::read(words::last(said)));
    let plain =
        |name| Layer { refreshes: header(name).is_some_and(words::is_refreshing), ..Layer::new(vendor, word(name)) };
    match vendor {
        Vendor::Cloudflare => cloudflare(exchange, timings),
        Vendor::Akamai => akamai(exchange, timings),
        Vendor::Sucuri if header("x-sucuri-block").is_some() => Layer::new(vendor, Some(EdgeStatus::EdgeGenerated)),
        Vendor::Sucuri => plain("x-sucuri-cache"),
        Vendor::CloudFront => cloudfront(exchange, timings),
        Vendor::AzureFrontDoor => azure(exchange),
        Vendor::GoogleCloudCdn => {
            let said = word("cdn_cache_status").or_else(|| word("cdn-cache-status"));
            let place = header("cdn_cache_id").or_else(|| header("cdn-cache-id"));
            Layer::new(vendor, said).at(place.and_then(|id| id.split('-').next()))
        }
        Vendor::Vercel => vercel(exchange),
        Vendor::Netlify => netlify(exchange),
        Vendor::Fastly => fastly(exchange),
        Vendor::Bunny => {
            let place = header("server").and_then(|server| server.strip_prefix("BunnyCDN-"));
            plain("cdn-cache").at(place.and_then(|place| place.rsplit_once('-')).map(|(place, _)| place))
        }
        Vendor::KeyCdn => plain("x-cache").at(header("x-edge-location")),
        Vendor::Cdn77 => plain("x-77-cache").at(header("x-77-pop")),
        Vendor::Gcore => plain("cache").at(header("x-id").and_then(|id| id.split('-').next())),
        Vendor::Edgio => plain("x-cache").at(header("server").and_then(|server| {
            let (_, place) = server.split_once('(')?;
            place.split(['/', ')']).next()
        })),
        Vendor::StackPath => plain("x-cache"),
        Vendor::TencentEdgeOne => plain("eo-cache-status"),
        Vendor::Tencent => tencent(header("x-cache-lookup")),
        Vendor::Alibaba => {
            // The second word is the more exact one.
            let exact = header("x-cache").and_then(|said| said.split_once(' ')).and_then(|(_, said)| words::read(said));
            Layer::new(vendor, exact.or_else(|| word("x-cache")))
        }
        Vendor::Huawei => Layer::new(
            vendor,
            match header("x-hcs-proxy-type") {
                Some("1") => Some(EdgeStatus::Hit),
                Some("0") => Some(EdgeStatus::Miss),
                _ => None,
            },
        ),
        // They do not tell (Imperva), or only among other things that nobody documents.
        _ => Layer::new(vendor, None),
    }
}

/// What only the nearest layer tells.
pub fn details<'a>(cdn: &mut Cdn<'a>, front: Layer<'a>, exchange: &Exchange<'a>, timings: &Timings<'a>) {
    let header = |name: &str| exchange.response_header(name);
    let number =
        |name| header(name).and_then(|text| text.parse::<f64>().ok()).filter(|ms| ms.is_finite() && 0.0 <= *ms);
    let from_edge = front.status.is_some_and(EdgeStatus::is_from_edge);
    // What the origin's part of a hit took is told again from the request that filled the cache.
    let unless_replayed = |ms: Option<f64>| ms.filter(|ms| !from_edge || *ms == 0.0);
    match front.vendor {
        Vendor::Cloudflare => {
            cdn.edge_ms = timings.cf_edge;
            cdn.origin_ms = unless_replayed(timings.cf_origin);
            cdn.mitigated = header("cf-mitigated");
            cdn.error = cloudflare_error(exchange);
            cdn.internal = cloudflare_service(exchange.url);
        }
        Vendor::CloudFront => {
            cdn.origin_ms = unless_replayed(timings.upstream);
            cdn.edge_total_ms = timings.downstream;
        }
        Vendor::Fastly => {
            cdn.edge_total_ms = header("x-timer").and_then(|timer| {
                let (_, elapsed) = timer.rsplit_once(",VE")?;
                elapsed.trim().parse().ok().filter(|ms: &f64| ms.is_finite())
            })
        }
        Vendor::Vercel => cdn.mitigated = header("x-vercel-mitigated"),
        Vendor::Kong => {
            cdn.origin_ms = number("x-kong-upstream-latency");
            cdn.edge_ms = number("x-kong-proxy-latency");
        }
        Vendor::Envoy => cdn.origin_ms = number("x-envoy-upstream-service-time"),
        _ => {
            cdn.edge_ms = timings.edge;
            cdn.origin_ms = unless_replayed(timings.origin);
        }
    }
}

fn cloudflare<'a>(exchange: &Exchange<'a>, timings: &Timings<'a>) -> Layer<'a> {
    let said = exchange.response_header("cf-cache-status");
    let ray = exchange.response_header("cf-ray");
    let status = match said.map(|said| words::read(said).unwrap_or(EdgeStatus::Unknown)).or(timings.status) {
        _ if cloudflare_error(exchange).is_some() => EdgeStatus::Error,
        Some(status) => status,
        // Without the header the response was made by Cloudflare itself, if it was Cloudflare that answered.
        None if ray.is_some() => EdgeStatus::EdgeGenerated,
        None => EdgeStatus::Unknown,
    };
    let place = ray.and_then(|ray| ray.rsplit_once('-')).map(|(_, place)| place);
    Layer { refreshes: said.is_some_and(words::is_refreshing), ..Layer::new(Vendor::Cloudflare, Some(status)) }
        .at(place)
}

/// 520–526 are failures of the server behind it, 530 and the four-digit codes of the edge's configuration.
fn cloudflare_error(exchange: &Exchange<'_>) -> Option<CdnError> {
    let said = exchange.response_header("cf-error-type").map(|said| said.trim().parse().ok());
    let (code, side) = match (said, exchange.status) {
        (_, status @ 520..=526) => (u32::from(status), Side::Origin),
        (Some(Some(code)), _) => (code, Side::Edge),
        (_, status @ 530) => (u32::from(status), Side::Edge),
        // Gateway failures that carry the header are made by the edge, which did not reach the origin.
        (Some(None), status @ (502 | 504)) => (u32::from(status), Side::Origin),
        (Some(None), status) => (u32::from(status), Side::Edge),
        (None, _) => return None,
    };
    Some(CdnError { code, side })
}

/// What lies below `/cdn-cgi/`.
fn cloudflare_service(url: &str) -> Option<&'static str> {
    const SERVICES: [(&str, &str); 11] = [
        ("rum", "rum"),
        ("challenge-platform", "challenge"),
        ("image", "image-resizing"),
        ("imagedelivery", "images"),
        ("zaraz", "zaraz"),
        ("mirage", "mirage"),
        ("speculation", "speed-brain"),
        ("trace", "trace"),
        ("access", "access"),
        ("styles", "error-page"),
        ("scripts", "script"),
    ];
    let (_, below) = url.split_once("/cdn-cgi/")?;
    if below.contains("rocket-loader") {
        return Some("rocket-loader");
    }
    if below.contains("email-decode") {
        return Some("email-decode");
    }
    let first = below.split(['/', '?', '#']).next().unwrap_or_default();
    let known = SERVICES.iter().find(|(name, _)| first == *name);
    Some(known.map_or("other", |(_, service)| service))
}

fn akamai<'a>(exchange: &Exchange<'a>, timings: &Timings<'a>) -> Layer<'a> {
    let header = |name: &str| exchange.response_header(name);
    let parent = |list: &str| list.split(',').nth(1).and_then(words::read);
    let said = header("akamai-cache-status");
    let status = said.and_then(words::read).or_else(|| header("x-cache").and_then(words::read)).or(timings.status);
    let never = header("x-check-cacheable").is_some_and(|said| said.eq_ignore_ascii_case("no"));
    let status = status.or(never.then_some(EdgeStatus::Dynamic));
    let shield = said.and_then(parent).or_else(|| header("x-cache-remote").and_then(words::read));
    Layer {
        shield: shield.map(|status| Shield { status: Some(status), pop: None }),
        ..Layer::new(Vendor::Akamai, status)
    }
}

fn cloudfront<'a>(exchange: &Exchange<'a>, timings: &Timings<'a>) -> Layer<'a> {
    let said = exchange.response_header("x-cache").filter(|said| holds(said, "cloudfront"));
    let shield_hit = said.is_some_and(|said| starts(said, "originshieldhit"))
        || timings.hit_layer.is_some_and(|layer| layer.eq_ignore_ascii_case("origin shield"));
    // Of two CloudFronts in a row the last word is the nearer one's.
    let status = said.and_then(|said| words::read(words::last(said))).or(timings.status);
    let place = exchange.response_header("x-amz-cf-pop").or(timings.pop);
    Layer {
        shield: shield_hit.then_some(Shield { status: Some(EdgeStatus::Hit), pop: None }),
        ..Layer::new(Vendor::CloudFront, status)
    }
    .at(place.map(words::last).and_then(|place| place.get(..IATA)))
}

/// Letters of an airport's code.
const IATA: usize = 3;

fn azure<'a>(exchange: &Exchange<'a>) -> Layer<'a> {
    let said = exchange.response_header("x-cache");
    let remote = said.is_some_and(|said| starts(said, "tcp_remote_hit"));
    let status = if remote { Some(EdgeStatus::Miss) } else { said.and_then(words::read) };
    let failed = exchange.response_header("x-azure-externalerror").is_some_and(|said| said != "0");
    // `Ref A: … Ref B: FRAEDGE1234 Ref C: …`
    let place = exchange.response_header("x-msedge-ref").and_then(|reference| {
        let (_, rest) = reference.split_once("Ref B: ")?;
        rest.split_once("EDGE").map(|(place, _)| place)
    });
    Layer {
        shield: remote.then_some(Shield { status: Some(EdgeStatus::Hit), pop: None }),
        ..Layer::new(Vendor::AzureFrontDoor, if failed { Some(EdgeStatus::Error) } else { status })
    }
    .at(place)
}

fn vercel<'a>(exchange: &Exchange<'a>) -> Layer<'a> {
    let said = exchange.response_header("x-vercel-cache");
    let status = match said {
        _ if exchange.response_header("x-vercel-mitigated").is_some() => Some(EdgeStatus::EdgeGenerated),
        _ if exchange.response_header("x-vercel-error").is_some() => Some(EdgeStatus::Error),
        // Deleted by its tag and made anew while the visitor waited.
        Some(said) if said.eq_ignore_ascii_case("revalidated") => Some(EdgeStatus::Miss),
        Some(said) => words::read(said),
        None => None,
    };
    let id = exchange.response_header("x-vercel-id");
    let mut segments = id.into_iter().flat_map(|id| id.split("::"));
    let (place, region, rest) = (segments.next(), segments.next(), segments.next());
    Layer {
        origin_region: region.filter(|_| rest.is_some()),
        refreshes: status == Some(EdgeStatus::Stale),
        ..Layer::new(Vendor::Vercel, status)
    }
    .at(place)
}

fn netlify<'a>(exchange: &Exchange<'a>) -> Layer<'a> {
    let text = structured::joined(exchange.response_lines("cache-status"));
    let members = text.as_deref().and_then(cache_status::parse).unwrap_or_default();
    let of = |name: &str| members.iter().find(|member| holds(&member.cache, name)).map(|member| member.verdict());
    let durable = of("netlify durable");
    Layer {
        shield: durable.map(|status| Shield { status: Some(status), pop: None }),
        ..Layer::new(Vendor::Netlify, of("netlify edge").or_else(|| cache_status::verdict(&members)))
    }
}

fn fastly<'a>(exchange: &Exchange<'a>) -> Layer<'a> {
    let header = |name: &str| exchange.response_header(name);
    let place = |node: &'a str| node.rsplit('-').next().map(str::trim).filter(|place| place.len() == IATA);
    let nodes = header("x-served-by").unwrap_or_default();
    let said = header("x-cache").unwrap_or_default();
    let status = match words::read(words::last(said)) {
        // It calls what may not be kept a miss as well.
        Some(EdgeStatus::Miss) if may_not_be_kept(exchange) => Some(EdgeStatus::Bypass),
        status => status,
    };
    let shield = nodes.split_once(',').map(|(first, _)| Shield {
        status: said.split_once(',').and_then(|(first, _)| words::read(first)),
        pop: place(first),
    });
    Layer { shield, ..Layer::new(Vendor::Fastly, status) }.at(place(words::last(nodes)))
}

fn may_not_be_kept(exchange: &Exchange<'_>) -> bool {
    let forbids = |line: &str| holds(line, "private") || holds(line, "no-store");
    let has_own = exchange.response_header("surrogate-control").is_some();
    !matches!(exchange.method, "GET" | "HEAD")
        || exchange.response_header("set-cookie").is_some()
        || (!has_own && exchange.response_lines("cache-control").any(forbids))
}

fn tencent<'a>(said: Option<&'a str>) -> Layer<'a> {
    let said = said.unwrap_or_default();
    let upstream = starts(said, "hit from upstream");
    let status = match said {
        _ if upstream || starts(said, "cache miss") => Some(EdgeStatus::Miss),
        _ if starts(said, "cache hit") || starts(said, "hit from") => Some(EdgeStatus::Hit),
        _ => None,
    };
    Layer {
        shield: upstream.then_some(Shield { status: Some(EdgeStatus::Hit), pop: None }),
        ..Layer::new(Vendor::Tencent, status)
    }
}
