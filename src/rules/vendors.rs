//! How CDNs call the settings that cure what rules find, and where they document them. One line a CDN and need; what
//! the vendors' own documentation calls them (2026).

use crate::http::cdn::Vendor;
use crate::rules::Message;
use crate::rules::text::{Part, message};

/// What is to be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // see `Product`
pub enum Need {
    Lifetime,
    Eligible,
    Key,
    Cookies,
    Variants,
    Tiers,
    Firewall,
}

struct Product {
    vendor: Vendor,
    title: &'static str,
    docs: &'static str,
    /// How long the edge keeps a file.
    lifetime: &'static str,
    /// That the edge keeps it at all.
    eligible: &'static str,
    /// What of the address the edge looks for.
    key: &'static str,
    /// That cookies do not hinder it.
    cookies: &'static str,
    /// What of `Vary` makes a copy of its own.
    variants: &'static str,
    /// A second cache between edge and origin.
    tiers: &'static str,
    /// Where refusals are explained and undone.
    firewall: &'static str,
}

const PRODUCTS: [Product; 12] = [
    Product {
        vendor: Vendor::Cloudflare,
        title: "Cloudflare",
        docs: "https://developers.cloudflare.com/cache/",
        lifetime: "Cache Rules > Edge TTL, or the header above from the origin",
        eligible: "Cache Rules > Eligible for cache; Development Mode off",
        key: "Cache Rules > Cache key > Query string",
        cookies: "Cache Response Rules > strip Set-Cookie, or an Edge TTL that ignores the origin's header",
        variants: "Cache Rules > Vary, Vary for images",
        tiers: "Tiered Cache, Cache Reserve",
        firewall: "Security > Events, by the ray id; then a custom rule with Skip for the path",
    },
    Product {
        vendor: Vendor::Fastly,
        title: "Fastly",
        docs: "https://www.fastly.com/documentation/",
        lifetime: "Surrogate-Control: max-age from the origin, or beresp.ttl in VCL",
        eligible: "cache and request settings or VCL without pass for the path",
        key: "querystring.filter and querystring.sort in vcl_recv",
        cookies: "unset beresp.http.Set-Cookie for static files",
        variants: "normalize the header in vcl_recv",
        tiers: "shielding",
        firewall: "Next-Gen WAF > Requests",
    },
    Product {
        vendor: Vendor::CloudFront,
        title: "CloudFront",
        docs: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/",
        lifetime: "cache policy > minimum and default TTL, or s-maxage from the origin",
        eligible: "a cache policy other than CachingDisabled for the path",
        key: "cache policy > query strings: none, or a list",
        cookies: "cache policy > cookies: none",
        variants: "cache policy > headers: as few as possible",
        tiers: "Origin Shield",
        firewall: "AWS WAF > sampled requests",
    },
    Product {
        vendor: Vendor::Akamai,
        title: "Akamai",
        docs: "https://techdocs.akamai.com/property-mgr/docs",
        lifetime: "Caching behavior > Max-age",
        eligible: "Caching behavior > Cache",
        key: "Cache Key Query Parameters",
        cookies: "Modify Incoming Response Header > remove Set-Cookie",
        variants: "Remove Vary Header",
        tiers: "Tiered Distribution",
        firewall: "Security Center, by the reference number",
    },
    Product {
        vendor: Vendor::AzureFrontDoor,
        title: "Azure Front Door",
        docs: "https://learn.microsoft.com/azure/frontdoor/front-door-caching",
        lifetime: "rule set > Route configuration override > cache duration",
        eligible: "route > Enable caching",
        key: "route > Query string caching behavior",
        cookies: "",
        variants: "",
        tiers: "",
        firewall: "WAF logs, by the tracking reference in x-azure-ref",
    },
    Product {
        vendor: Vendor::GoogleCloudCdn,
        title: "Google Cloud CDN",
        docs: "https://cloud.google.com/cdn/docs/caching",
        lifetime: "s-maxage from the origin; without one, backend > default TTL",
        eligible: "backend > cache mode CACHE_ALL_STATIC",
        key: "backend > cache key > query string list",
        cookies: "",
        variants: "backend > cache key > HTTP headers",
        tiers: "",
        firewall: "Cloud Armor > request logs",
    },
    Product {
        vendor: Vendor::Vercel,
        title: "Vercel",
        docs: "https://vercel.com/docs/caching",
        lifetime: "Vercel-CDN-Cache-Control or s-maxage, from the function or vercel.json",
        eligible: "static output or ISR, or s-maxage from the function",
        key: "",
        cookies: "",
        variants: "",
        tiers: "",
        firewall: "Firewall > bypass rule for the path",
    },
    Product {
        vendor: Vendor::Netlify,
        title: "Netlify",
        docs: "https://docs.netlify.com/platform/caching/",
        lifetime: "Netlify-CDN-Cache-Control, from the function or _headers",
        eligible: "Netlify-CDN-Cache-Control, from the function or the proxied site",
        key: "Netlify-Vary: query=…",
        cookies: "",
        variants: "Netlify-Vary",
        tiers: "durable in Netlify-CDN-Cache-Control",
        firewall: "",
    },
    Product {
        vendor: Vendor::Bunny,
        title: "Bunny",
        docs: "https://docs.bunny.net/cdn",
        lifetime: "Caching > Cache expiration time",
        eligible: "Edge Rules without Bypass Cache; Smart Cache off for the type",
        key: "Caching > Vary Cache > URL query string",
        cookies: "Caching > Strip response cookies",
        variants: "Caching > Vary Cache",
        tiers: "Origin Shield, Perma-Cache",
        firewall: "Shield > event logs",
    },
    Product {
        vendor: Vendor::KeyCdn,
        title: "KeyCDN",
        docs: "https://www.keycdn.com/support",
        lifetime: "zone > Max Expire",
        eligible: "zone > Ignore Cache Control",
        key: "zone > Ignore Query String",
        cookies: "zone > Cache Cookies with Strip Cookies",
        variants: "",
        tiers: "zone > Origin Shield",
        firewall: "",
    },
    Product {
        vendor: Vendor::NginxCache,
        title: "nginx",
        docs: "https://nginx.org/en/docs/http/ngx_http_proxy_module.html",
        lifetime: "proxy_cache_valid where the server sends no lifetime, else proxy_ignore_headers Cache-Control Expires with it",
        eligible: "proxy_cache for the location, no proxy_cache_bypass",
        key: "proxy_cache_key without $args",
        cookies: "proxy_ignore_headers and proxy_hide_header Set-Cookie",
        variants: "proxy_ignore_headers Vary",
        tiers: "",
        firewall: "",
    },
    Product {
        vendor: Vendor::Varnish,
        title: "Varnish",
        docs: "https://varnish-cache.org/docs/",
        lifetime: "beresp.ttl in vcl_backend_response, or s-maxage from the server",
        eligible: "vcl_recv without pass for the path",
        key: "std.querysort in vcl_recv",
        cookies: "unset beresp.http.Set-Cookie",
        variants: "normalize the header in vcl_recv",
        tiers: "",
        firewall: "",
    },
];

fn product(vendor: Option<Vendor>) -> Option<&'static Product> {
    PRODUCTS.iter().find(|product| Some(product.vendor) == vendor)
}

/// What people call it; "the CDN" if it has no line here.
pub fn title(vendor: Option<Vendor>) -> &'static str {
    product(vendor).map_or("the CDN", |product| product.title)
}

/// The header line by which a server gives one CDN a lifetime of its own, here of a day. Few know `CDN-Cache-Control`
/// (RFC 9213); Fastly has `Surrogate-Control`, nginx `X-Accel-Expires`; what `s-maxage` says all shared caches know.
pub fn lifetime_line(vendor: Option<Vendor>) -> Part {
    Part::Code(match vendor {
        Some(Vendor::Cloudflare | Vendor::Vercel | Vendor::Netlify) => "CDN-Cache-Control: max-age=86400",
        Some(Vendor::Fastly) => "Surrogate-Control: max-age=86400",
        Some(Vendor::NginxCache) => "X-Accel-Expires: 86400",
        _ => "Cache-Control: public, max-age=600, s-maxage=86400",
    })
}

/// " In Cloudflare: … (https://…)." Empty where the CDN has no line here.
pub fn advice(vendor: Option<Vendor>, need: Need) -> Message {
    let Some(product) = product(vendor) else { return message![] };
    let setting = match need {
        Need::Lifetime => product.lifetime,
        Need::Eligible => product.eligible,
        Need::Key => product.key,
        Need::Cookies => product.cookies,
        Need::Variants => product.variants,
        Need::Tiers => product.tiers,
        Need::Firewall => product.firewall,
    };
    if setting.is_empty() {
        return message![];
    }
    message![" In ", product.title, ": ", setting, " (", Part::Text(product.docs), ")."]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lifetime_is_told_in_the_header_that_the_cache_knows() {
        for (vendor, header) in [
            (Some(Vendor::Cloudflare), "CDN-Cache-Control"),
            (Some(Vendor::Fastly), "Surrogate-Control"),
            (Some(Vendor::NginxCache), "X-Accel-Expires"),
            (Some(Vendor::Varnish), "s-maxage"),
            (Some(Vendor::CloudFront), "s-maxage"),
            (None, "s-maxage"),
        ] {
            let Part::Code(line) = lifetime_line(vendor) else { panic!() };
            assert!(line.contains(header), "{vendor:?}: {line}");
        }
    }

    #[test]
    fn advice_names_the_setting_and_where_it_is_documented() {
        let Message(parts) = advice(Some(Vendor::CloudFront), Need::Tiers);
        assert!(parts.contains(&"Origin Shield".into()), "{parts:?}");
        assert!(parts.contains(&"https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/".into()));
        assert_eq!(advice(Some(Vendor::Vercel), Need::Key), message![]);
        assert_eq!((advice(None, Need::Tiers), title(None)), (message![], "the CDN"));
        assert_eq!(title(Some(Vendor::AzureFrontDoor)), "Azure Front Door");
    }
}
