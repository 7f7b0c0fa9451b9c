//! Caches that sites run themselves, hosting platforms, gateways and storage, and what can be told of a layer that
//! nobody knows.

use crate::http::cache_status;
use crate::http::cdn::words::{self, EdgeStatus};
use crate::http::cdn::{Kind, Layer, Vendor};
use crate::http::exchange::Exchange;
use crate::http::structured;

/// What the layer's headers say.
pub fn layer<'a>(vendor: Vendor, exchange: &Exchange<'a>) -> Layer<'a> {
    let header = |name: &str| exchange.response_header(name);
    let word = |names: &[&str]| names.iter().find_map(|name| words::read(header(name)?));
    let refreshes = |names: &[&str]| names.iter().any(|name| header(name).is_some_and(words::is_refreshing));
    let said_by = |names: &[&str]| Layer { refreshes: refreshes(names), ..Layer::new(vendor, word(names)) };
    match vendor {
        Vendor::Varnish => Layer::new(
            vendor,
            match header("x-varnish") {
                // Of each node two ids: the second is the request that filled its cache.
                Some(ids) if words::last(ids).contains(' ') => Some(EdgeStatus::Hit),
                Some(_) => Some(EdgeStatus::Miss),
                None => None,
            },
        ),
        Vendor::NginxCache => said_by(&["x-proxy-cache", "x-cache-status", "x-nginx-cache", "x-fastcgi-cache"]),
        Vendor::Squid => {
            let (did, had) = (word(&["x-cache"]), word(&["x-cache-lookup"]));
            let expired = did == Some(EdgeStatus::Miss) && had == Some(EdgeStatus::Hit);
            Layer::new(vendor, if expired { Some(EdgeStatus::Expired) } else { did })
        }
        Vendor::TrafficServer => Layer::new(vendor, traffic_server(exchange)),
        Vendor::Souin => Layer::new(vendor, by_cache_status(exchange)),
        Vendor::ModCache => said_by(&["x-cache"]),
        Vendor::Kong => match header("x-cache-status") {
            Some(_) => said_by(&["x-cache-status"]),
            None => Layer::new(vendor, Some(EdgeStatus::Dynamic)),
        },
        Vendor::FlyIo => {
            let region = header("fly-request-id").and_then(|id| id.rsplit_once('-')).map(|(_, region)| region);
            Layer::new(vendor, Some(EdgeStatus::Dynamic)).at(region)
        }
        Vendor::WpEngine => said_by(&["x-cache"]),
        Vendor::Kinsta => said_by(&["x-kinsta-cache"]),
        Vendor::PlatformSh => said_by(&["x-platform-cache"]),
        Vendor::SiteGround => said_by(&["x-proxy-cache", "sg-f-cache"]),
        Vendor::GithubPages => said_by(&["x-proxy-cache"]),
        Vendor::LiteSpeed => said_by(&["x-litespeed-cache"]),
        Vendor::Drupal => said_by(&["x-drupal-cache", "x-drupal-dynamic-cache"]),
        Vendor::Magento => said_by(&["x-magento-cache-debug"]),
        Vendor::NextJs => said_by(&["x-nextjs-cache"]),
        Vendor::RackCache => said_by(&["x-rack-cache"]),
        Vendor::Flywheel => said_by(&["x-cache"]),
        Vendor::GoogleCloudStorage => {
            let kept = age(exchange).is_some_and(|age| 0 < age);
            Layer::new(vendor, Some(if kept { EdgeStatus::Hit } else { EdgeStatus::Dynamic }))
        }
        _ if matches!(vendor.kind(), Kind::Gateway | Kind::Storage) => Layer::new(vendor, Some(EdgeStatus::Dynamic)),
        _ => Layer::new(vendor, None),
    }
}

/// Somebody is there whom no header names: a bare `X-Cache`, `Age`, `Via` or `Cache-Status`.
pub fn unknown<'a>(exchange: &Exchange<'a>) -> Option<Layer<'a>> {
    let status = generic(exchange);
    let shows = status.is_some() || ["age", "via"].iter().any(|name| exchange.response_header(name).is_some());
    shows.then(|| Layer::new(Vendor::UnknownProxy, status))
}

/// What headers that belong to no vendor say of the nearest layer.
pub fn generic(exchange: &Exchange<'_>) -> Option<EdgeStatus> {
    let said = by_cache_status(exchange).filter(|status| *status != EdgeStatus::Unknown);
    let word = |name| exchange.response_header(name).and_then(|said| words::read(words::last(said)));
    let said = said.or_else(|| word("x-cache")).or_else(|| word("cdn-cache"));
    // Only a cache gives a response an age. None at all says nothing: it may just have been filled.
    said.or_else(|| age(exchange).filter(|age| 0 < *age).map(|_| EdgeStatus::Hit))
}

fn by_cache_status(exchange: &Exchange<'_>) -> Option<EdgeStatus> {
    let text = structured::joined(exchange.response_lines("cache-status"))?;
    cache_status::parse(&text).as_deref().and_then(cache_status::verdict)
}

fn age(exchange: &Exchange<'_>) -> Option<u64> {
    exchange.response_header("age")?.trim().parse().ok()
}

/// Apache Traffic Server's codes in brackets, `[cHs f ]`: the letter behind `c` is the cache's (its documentation, "Via
/// header").
fn traffic_server(exchange: &Exchange<'_>) -> Option<EdgeStatus> {
    let via = exchange.response_lines("via").last()?;
    let (_, codes) = via.rsplit_once('[')?;
    let (_, codes) = codes.split_once('c')?;
    match codes.chars().next()? {
        'H' | 'R' => Some(EdgeStatus::Hit),
        'M' | ' ' => Some(EdgeStatus::Miss),
        'S' => Some(EdgeStatus::Stale),
        _ => None,
    }
}
