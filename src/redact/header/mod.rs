//! Header lines: the name by dictionary, the value by the grammar of its header, written anew. A header whose grammar is
//! not listed here shows only how long its value is.

mod caching;
mod client;
mod cookies;
mod ids;
mod policy;
mod tokens;

#[cfg(test)]
mod tests;

use crate::redact::clean::Clean;
use crate::redact::placeholder::Kind;
use crate::redact::redactor::CleanHeader;
use crate::redact::{Redactor, Share, date, names, words};

/// How the value of a header is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Grammar {
    CacheControl,
    Date,
    DateOrNumber,
    Number,
    Etags,
    /// Header names, or the words that stand in their place.
    Names,
    /// Words, small numbers, products with their versions; what is neither is masked one by one.
    Words,
    Url,
    /// Origins, `*`, `null`.
    Origins,
    Host,
    MediaType,
    Accept,
    Languages,
    Link,
    Refresh,
    AltSvc,
    ContentSecurityPolicy,
    Disposition,
    ServerTiming,
    SetCookie,
    Cookies,
    Credentials,
    Challenge,
    UserAgent,
    Brands,
    RequestId,
    /// Where a CDN answered from.
    PointOfPresence,
    ClientIp,
    Method,
}

/// Which headers have which grammar, names in lower case.
const GRAMMARS: &[(Grammar, &str)] = &[
    (
        Grammar::CacheControl,
        "cache-control cdn-cache-control cloudflare-cdn-cache-control vercel-cdn-cache-control \
         netlify-cdn-cache-control surrogate-control edge-control pragma strict-transport-security expect-ct",
    ),
    (Grammar::Date, "date last-modified if-modified-since if-unmodified-since sunset memento-datetime"),
    (Grammar::DateOrNumber, "expires retry-after"),
    (
        Grammar::Number,
        "age content-length max-forwards dnt upgrade-insecure-requests sec-gpc rtt downlink dpr sec-ch-dpr width \
         sec-ch-width viewport-width sec-ch-viewport-width sec-ch-viewport-height device-memory sec-ch-device-memory \
         x-runtime x-response-time x-envoy-upstream-service-time x-cache-hits access-control-max-age early-data \
         x-accel-expires x-content-duration x-ratelimit-limit x-ratelimit-remaining ratelimit-limit \
         ratelimit-remaining x-xss-protection x-download-size content-dpr",
    ),
    (Grammar::Etags, "etag if-none-match if-match if-range"),
    (
        Grammar::Names,
        "vary connection trailer access-control-expose-headers access-control-allow-headers \
         access-control-request-headers accept-ch critical-ch accept-ch-lifetime netlify-vary access-control-allow-methods \
         allow",
    ),
    (
        Grammar::Words,
        "content-encoding transfer-encoding accept-encoding te accept-ranges range content-range x-cache cf-cache-status \
         x-cache-status x-vercel-cache x-nextjs-cache x-drupal-cache x-drupal-dynamic-cache x-proxy-cache \
         x-litespeed-cache x-varnish-cache x-rack-cache x-fastcgi-cache x-sucuri-cache cdn-cache server-cache \
         x-check-cacheable x-cache-remote x-cache-lookup x-cdn x-cdn-cache x-edge-cache x-cache-action x-magento-cache-debug \
         x-wp-cache wp-super-cache x-kinsta-cache x-page-cache x-cacheable x-storage-class x-goog-storage-class \
         x-amz-storage-class x-goog-stored-content-encoding x-goog-stored-content-length cache-status proxy-status \
         cf-bgj cf-polished x-akamai-transformed x-azure-cache x-hw-cache x-ac x-iinfo-cache x-dns-prefetch-control \
         x-content-type-options x-frame-options referrer-policy cross-origin-opener-policy \
         cross-origin-embedder-policy cross-origin-resource-policy origin-agent-cluster access-control-allow-credentials \
         access-control-allow-private-network permissions-policy feature-policy document-policy sec-fetch-dest sec-fetch-mode \
         sec-fetch-site sec-fetch-user sec-purpose purpose x-purpose x-moz x-requested-with priority upgrade \
         service-worker service-worker-navigation-preload x-robots-tag x-ua-compatible x-download-options \
         x-permitted-cross-domain-policies keep-alive save-data ect speculation-rules tk expect idempotency \
         no-vary-search clear-site-data supports-loading-mode use-as-dictionary available-dictionary-hint \
         sec-ch-ua-mobile sec-ch-ua-platform sec-ch-prefers-color-scheme sec-ch-prefers-reduced-motion sec-ch-ua-arch \
         sec-ch-ua-bitness content-transfer-encoding x-turbo-charged-by x-fastly-stats x-timer surrogate-capability \
         accept-charset x-firefox-spdy status non-authoritative-reason cross-origin-opener-policy-report-only \
         cross-origin-embedder-policy-report-only sec-fetch-storage-access x-ratelimit-reset sec-websocket-version sec-websocket-extensions mime-version want-digest warning",
    ),
    (
        Grammar::Words,
        "server x-powered-by via x-generator x-aspnet-version x-aspnetmvc-version x-powered-by-plesk x-backend-server \
         x-hosted-by x-host-platform platform x-platform",
    ),
    (
        Grammar::Url,
        "location content-location referer referrer x-original-url x-rewrite-url sourcemap x-sourcemap :path \
         service-worker-allowed x-pjax-url x-amz-website-redirect-location x-forwarded-path",
    ),
    (Grammar::Origins, "origin access-control-allow-origin timing-allow-origin"),
    (Grammar::Host, "host :authority x-forwarded-host"),
    (Grammar::MediaType, "content-type accept-patch accept-post"),
    (Grammar::Accept, "accept"),
    (Grammar::Languages, "accept-language content-language"),
    (Grammar::Link, "link"),
    (Grammar::Refresh, "refresh"),
    (Grammar::AltSvc, "alt-svc"),
    (Grammar::ContentSecurityPolicy, "content-security-policy content-security-policy-report-only"),
    (Grammar::Disposition, "content-disposition"),
    (Grammar::ServerTiming, "server-timing"),
    (Grammar::SetCookie, "set-cookie set-cookie2"),
    (Grammar::Cookies, "cookie cookie2"),
    (Grammar::Credentials, "authorization proxy-authorization"),
    (Grammar::Challenge, "www-authenticate proxy-authenticate"),
    (Grammar::UserAgent, "user-agent"),
    (Grammar::Brands, "sec-ch-ua sec-ch-ua-full-version-list"),
    (
        Grammar::RequestId,
        "cf-ray x-request-id x-correlation-id x-trace-id traceparent x-amzn-requestid x-amz-request-id x-amzn-trace-id \
         x-amz-cf-id x-amz-id-2 x-github-request-id x-fastly-request-id x-akamai-request-id x-azure-ref x-msedge-ref \
         x-vercel-id x-nf-request-id x-b3-traceid x-b3-spanid x-cloud-trace-context x-ms-request-id x-guploader-uploadid \
         x-varnish x-served-by-id request-id x-shopify-stage-request-id x-debug-id paypal-debug-id",
    ),
    (Grammar::PointOfPresence, "x-amz-cf-pop x-served-by x-edge-location cdn-edge x-pop x-server-pop cdn-pop"),
    (
        Grammar::ClientIp,
        "x-forwarded-for x-real-ip true-client-ip cf-connecting-ip x-client-ip x-cluster-client-ip fastly-client-ip \
         x-appengine-user-ip",
    ),
    (Grammar::Method, ":method access-control-request-method x-http-method-override"),
    (Grammar::Words, ":scheme :status x-forwarded-proto x-forwarded-port x-forwarded-ssl"),
];

impl Redactor {
    /// A header line as it may be shown.
    pub(super) fn header_line(&mut self, name: &str, value: &str) -> CleanHeader {
        let lower = name.trim().to_ascii_lowercase();
        let grammar = GRAMMARS.iter().find(|(_, headers)| names::known(headers, &lower).is_some());
        CleanHeader {
            name: self.header_name(&lower, grammar.is_some()),
            value: match grammar {
                Some((grammar, _)) => self.header_value(*grammar, value.trim()),
                None => self.ids.text(Kind::Value, value),
            },
        }
    }

    /// The name of a header, in lower case.
    fn header_name(&mut self, lower: &str, has_grammar: bool) -> Clean {
        if has_grammar || names::known(names::HEADERS, lower).is_some() || words::are_words(without_x(lower), b"-_:.") {
            return Clean::vouched(lower.to_owned());
        }
        self.ids.text(Kind::Name, lower)
    }

    fn header_value(&mut self, grammar: Grammar, value: &str) -> Clean {
        if value.is_empty() {
            return Clean::default();
        }
        let read = match grammar {
            Grammar::CacheControl => Some(self.directives(value)),
            Grammar::Date => self.date(value),
            Grammar::DateOrNumber => tokens::number(value).or_else(|| self.date(value)),
            Grammar::Number => tokens::numbers(value),
            Grammar::Etags => Some(self.etags(value)),
            Grammar::Names => Some(self.name_list(value)),
            Grammar::Words => self.word_list(value),
            Grammar::Url => Some(self.url_text(value)),
            Grammar::Origins => Some(self.origins(value)),
            Grammar::Host if value.contains('@') => None,
            Grammar::Host => self.authority(value),
            Grammar::MediaType => self.media_type(value),
            Grammar::Accept => Some(self.accept(value)),
            Grammar::Languages => client::languages(value, self.share),
            Grammar::Link => Some(self.links(value)),
            Grammar::Refresh => self.refresh(value),
            Grammar::AltSvc => Some(self.alt_svc(value)),
            Grammar::ContentSecurityPolicy => Some(self.content_security_policy(value)),
            Grammar::Disposition => Some(self.disposition(value)),
            Grammar::ServerTiming => Some(self.server_timing(value)),
            Grammar::SetCookie => Some(self.set_cookies(value)),
            Grammar::Cookies => Some(self.cookies(value)),
            Grammar::Credentials => Some(self.credentials(value)),
            Grammar::Challenge => Some(self.challenge(value)),
            Grammar::UserAgent => client::user_agent(value, self.share),
            Grammar::Brands => client::brands(value, self.share),
            Grammar::RequestId => ids::request_id(value, self.share),
            Grammar::PointOfPresence => ids::points_of_presence(value),
            Grammar::ClientIp => self.client_ips(value),
            Grammar::Method => names::known(names::METHODS, value).map(str::to_owned),
        };
        match read {
            Some(read) => Clean::vouched(read),
            None => self.ids.text(Kind::Value, value),
        }
    }

    /// A date, to the second. In public only that there was one.
    pub(super) fn date(&mut self, value: &str) -> Option<String> {
        let date = date::http(value)?;
        Some(match self.share {
            Share::Internal | Share::Vendor => date,
            Share::Public => "‹date›".to_owned(),
        })
    }
}

/// Every header that has a grammar.
#[cfg(test)]
pub(super) fn all_names() -> impl Iterator<Item = &'static str> {
    GRAMMARS.iter().flat_map(|(_, headers)| headers.split_ascii_whitespace())
}

/// The name after the prefix of headers that were no standard (RFC 6648).
fn without_x(name: &str) -> &str {
    match name.get(..2) {
        Some("x-" | "X-") => name.get(2..).unwrap_or_default(),
        _ => name,
    }
}
