//! Which CDNs, caches and platforms there are, and which header lines give them away. Never by addresses: those change
//! hands, and recordings are old.

/// What kind of layer it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A network of edges near the visitors.
    Network,
    /// A cache that the site or somebody on the way runs.
    Cache,
    /// The cache of a hosting platform or framework, at the origin.
    Platform,
    /// Passes requests on and keeps nothing.
    Gateway,
    /// Where files lie.
    Storage,
}

macro_rules! vendors {
    ($($variant:ident $name:literal $kind:ident,)*) => {
        /// A layer in front of a site's servers, or a part of them: those nearest to visitors first.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(missing_docs)]
        pub enum Vendor { $($variant,)* }

        impl Vendor {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The name used in JSON.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// What it is.
            pub fn kind(self) -> Kind {
                match self { $(Self::$variant => Kind::$kind,)* }
            }
        }
    };
}

vendors! {
    Cloudflare "cloudflare" Network,
    Akamai "akamai" Network,
    Imperva "imperva" Network,
    Sucuri "sucuri" Network,
    CloudFront "cloudfront" Network,
    AzureFrontDoor "azure-front-door" Network,
    GoogleCloudCdn "google-cloud-cdn" Network,
    Vercel "vercel" Network,
    Netlify "netlify" Network,
    Fastly "fastly" Network,
    Bunny "bunny" Network,
    KeyCdn "keycdn" Network,
    Cdn77 "cdn77" Network,
    Gcore "gcore" Network,
    StackPath "stackpath" Network,
    Edgio "edgio" Network,
    TencentEdgeOne "tencent-edgeone" Network,
    Tencent "tencent" Network,
    Alibaba "alibaba" Network,
    Wangsu "wangsu" Network,
    Huawei "huawei" Network,
    Baidu "baidu" Network,
    FlyIo "fly.io" Gateway,
    Heroku "heroku" Gateway,
    Render "render" Gateway,
    Railway "railway" Gateway,
    UnknownProxy "unknown-proxy" Cache,
    Squid "squid" Cache,
    TrafficServer "trafficserver" Cache,
    Varnish "varnish" Cache,
    NginxCache "nginx-cache" Cache,
    Souin "souin" Cache,
    ModCache "mod_cache" Cache,
    Kong "kong" Gateway,
    Envoy "envoy" Gateway,
    WpEngine "wp-engine" Platform,
    Kinsta "kinsta" Platform,
    Pantheon "pantheon" Platform,
    PlatformSh "platform.sh" Platform,
    SiteGround "siteground" Platform,
    Flywheel "flywheel" Platform,
    Shopify "shopify" Platform,
    Wix "wix" Platform,
    Squarespace "squarespace" Platform,
    GithubPages "github-pages" Platform,
    LiteSpeed "litespeed" Platform,
    Drupal "drupal" Platform,
    Magento "magento" Platform,
    NextJs "next.js" Platform,
    RackCache "rack-cache" Platform,
    Symfony "symfony" Platform,
    Dispatcher "aem-dispatcher" Platform,
    GoogleCloudStorage "google-cloud-storage" Storage,
    AmazonS3 "amazon-s3" Storage,
    AzureBlob "azure-blob" Storage,
}

/// A set of vendors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Vendors(u64);

// The set holds all of them.
const _: () = assert!(Vendor::ALL.len() <= u64::BITS as usize);

impl Vendors {
    /// Those that the header lines of a response give away.
    pub fn of(lines: &[(&str, &str)]) -> Self {
        let mut found = Self::default();
        for (name, value) in lines {
            mark(&mut found, name, value);
        }
        found
    }

    /// Whether it is among them.
    pub fn has(self, vendor: Vendor) -> bool {
        self.0 & 1 << vendor as u32 != 0
    }

    /// Takes it in.
    pub fn insert(&mut self, vendor: Vendor) {
        self.0 |= 1 << vendor as u32;
    }

    /// Leaves it out.
    pub fn remove(&mut self, vendor: Vendor) {
        self.0 &= !(1 << vendor as u32);
    }

    /// In order.
    pub fn iter(self) -> impl Iterator<Item = Vendor> {
        Vendor::ALL.iter().copied().filter(move |vendor| self.has(*vendor))
    }
}

/// What one header line gives away.
fn mark(found: &mut Vendors, name: &str, value: &str) {
    use Vendor::*;
    let vendor = match name {
        "server" => return by_server(value).into_iter().for_each(|vendor| found.insert(vendor)),
        "via" => return by_via(found, value),
        "server-timing" => return by_server_timing(found, value),
        "set-cookie" => return by_cookie(value).into_iter().for_each(|vendor| found.insert(vendor)),
        "x-cache" if holds(value, "akamai") => Akamai,
        "x-cache" if holds(value, "cloudfront") => CloudFront,
        "x-cdn" if holds(value, "imperva") || holds(value, "incapsula") => Imperva,
        "x-served-by" if starts(value, "cache-") => Fastly,
        "x-via" if holds(value, "cdn cache server") => Wangsu,
        "x-powered-by" if starts(value, "wp engine") => WpEngine,
        "powered-by" if starts(value, "shopify") => Shopify,
        "cache-status" if holds(value, "netlify") => Netlify,
        "cache-status" if holds(value, "souin") => Souin,
        "cf-ray" | "cf-cache-status" | "cf-mitigated" | "cf-error-type" => Cloudflare,
        "akamai-grn" | "akamai-cache-status" | "x-check-cacheable" | "x-cache-remote" | "x-akamai-request-id" => Akamai,
        "x-iinfo" => Imperva,
        "x-sucuri-id" | "x-sucuri-cache" | "x-sucuri-block" => Sucuri,
        "x-amz-cf-id" | "x-amz-cf-pop" => CloudFront,
        "x-azure-ref" | "x-msedge-ref" | "x-azure-externalerror" => AzureFrontDoor,
        "cdn_cache_status" | "cdn-cache-status" => GoogleCloudCdn,
        "x-vercel-id" | "x-vercel-cache" | "x-vercel-mitigated" | "x-vercel-error" => Vercel,
        "x-nf-request-id" => Netlify,
        "x-fastly-request-id" | "x-timer" | "fastly-io-info" => Fastly,
        "cdn-pullzone" | "cdn-requestid" | "cdn-uid" => Bunny,
        "x-edge-location" | "x-shield" => KeyCdn,
        "x-77-cache" | "x-77-pop" | "x-77-age" | "x-77-nzt" => Cdn77,
        "x-id-fe" | "x-cached-since" => Gcore,
        "x-hw" => StackPath,
        "x-llid" => Edgio,
        "eagleid" => Alibaba,
        "eo-log-uuid" | "eo-cache-status" => TencentEdgeOne,
        "x-nws-log-uuid" => Tencent,
        "x-ws-request-id" => Wangsu,
        "x-hcs-proxy-type" => Huawei,
        "ohc-cache-hit" | "ohc-response-time" => Baidu,
        "x-varnish" => Varnish,
        "x-proxy-cache" | "x-cache-status" | "x-nginx-cache" | "x-fastcgi-cache" => NginxCache,
        "x-cache-detail" => ModCache,
        "fly-request-id" => FlyIo,
        "rndr-id" => Render,
        "x-railway-request-id" => Railway,
        "x-cacheable" => WpEngine,
        "x-kinsta-cache" => Kinsta,
        "x-styx-req-id" => Pantheon,
        "x-platform-cache" => PlatformSh,
        "sg-f-cache" => SiteGround,
        "x-shopid" => Shopify,
        "x-wix-request-id" => Wix,
        "x-contextid" => Squarespace,
        "x-github-request-id" => GithubPages,
        "x-litespeed-cache" => LiteSpeed,
        "x-drupal-cache" | "x-drupal-dynamic-cache" => Drupal,
        "x-magento-cache-debug" => Magento,
        "x-nextjs-cache" => NextJs,
        "x-rack-cache" => RackCache,
        "x-symfony-cache" => Symfony,
        "x-dispatcher" => Dispatcher,
        "x-guploader-uploadid" | "x-goog-generation" | "x-goog-storage-class" => GoogleCloudStorage,
        "x-ms-blob-type" => AzureBlob,
        _ => match by_prefix(name) {
            Some(vendor) => vendor,
            None => return,
        },
    };
    found.insert(vendor);
}

fn by_prefix(name: &str) -> Option<Vendor> {
    const PREFIXES: [(&str, Vendor); 9] = [
        ("x-akamai-", Vendor::Akamai),
        ("x-fd-int-", Vendor::AzureFrontDoor),
        ("x-ec-", Vendor::Edgio),
        ("x-swift-", Vendor::Alibaba),
        ("ali-swift-", Vendor::Alibaba),
        ("x-ccdn-", Vendor::Huawei),
        ("x-envoy-", Vendor::Envoy),
        ("x-kong-", Vendor::Kong),
        ("x-fw-", Vendor::Flywheel),
    ];
    PREFIXES.iter().find(|(prefix, _)| name.starts_with(prefix)).map(|(_, vendor)| *vendor)
}

/// By the start of `Server`. nginx and Apache are servers like any other and not told here.
fn by_server(value: &str) -> Option<Vendor> {
    const STARTS: [(&str, Vendor); 28] = [
        ("cloudflare", Vendor::Cloudflare),
        ("akamaighost", Vendor::Akamai),
        ("akamainetstorage", Vendor::Akamai),
        ("akamai image manager", Vendor::Akamai),
        ("sucuri", Vendor::Sucuri),
        ("cloudfront", Vendor::CloudFront),
        ("vercel", Vendor::Vercel),
        ("netlify", Vendor::Netlify),
        ("bunnycdn", Vendor::Bunny),
        ("keycdn", Vendor::KeyCdn),
        ("cdn77", Vendor::Cdn77),
        ("gcore", Vendor::Gcore),
        ("ecs (", Vendor::Edgio),
        ("ecacc (", Vendor::Edgio),
        ("ecd (", Vendor::Edgio),
        ("tengine", Vendor::Alibaba),
        ("tencentedgeone", Vendor::TencentEdgeOne),
        ("edgeone", Vendor::TencentEdgeOne),
        ("fly/", Vendor::FlyIo),
        ("railway", Vendor::Railway),
        ("envoy", Vendor::Envoy),
        ("istio-envoy", Vendor::Envoy),
        ("kong", Vendor::Kong),
        ("squid", Vendor::Squid),
        ("ats/", Vendor::TrafficServer),
        ("uploadserver", Vendor::GoogleCloudStorage),
        ("amazons3", Vendor::AmazonS3),
        ("windows-azure-blob", Vendor::AzureBlob),
    ];
    STARTS.iter().find(|(start, _)| starts(value, start)).map(|(_, vendor)| *vendor)
}

fn by_via(found: &mut Vendors, value: &str) {
    const PARTS: [(&str, Vendor); 9] = [
        ("(cloudfront)", Vendor::CloudFront),
        ("varnish", Vendor::Varnish),
        ("(squid", Vendor::Squid),
        ("apachetrafficserver", Vendor::TrafficServer),
        ("kong/", Vendor::Kong),
        ("vegur", Vendor::Heroku),
        ("heroku-router", Vendor::Heroku),
        ("fly.io", Vendor::FlyIo),
        (" google", Vendor::GoogleCloudCdn),
    ];
    PARTS.iter().filter(|(part, _)| holds(value, part)).for_each(|(_, vendor)| found.insert(*vendor));
}

fn by_server_timing(found: &mut Vendors, value: &str) {
    const PARTS: [(&str, Vendor); 9] = [
        ("cfcachestatus", Vendor::Cloudflare),
        ("cfedge", Vendor::Cloudflare),
        ("cforigin", Vendor::Cloudflare),
        ("cfl4", Vendor::Cloudflare),
        ("ak_p", Vendor::Akamai),
        ("cdn-cache-", Vendor::CloudFront),
        ("cdn-upstream-", Vendor::CloudFront),
        ("cdn-downstream-", Vendor::CloudFront),
        ("cdn-cache;", Vendor::Akamai),
    ];
    PARTS.iter().filter(|(part, _)| holds(value, part)).for_each(|(_, vendor)| found.insert(*vendor));
}

/// Whether an edge or its load balancer sets this cookie after its cache, so that it hinders nothing.
pub fn is_edge_cookie(value: &str) -> bool {
    const OF_BALANCERS: [&str; 10] =
        ["awsalb", "aws-waf", "arraffinity", "gclb", "bigipserver", "ts01", "akacd", "datadome", "_pxhd", "bm_"];
    by_cookie(value).is_some() || OF_BALANCERS.iter().any(|name| starts(value, name))
}

fn by_cookie(value: &str) -> Option<Vendor> {
    const NAMES: [(&str, Vendor); 12] = [
        ("__cf_bm=", Vendor::Cloudflare),
        ("cf_clearance=", Vendor::Cloudflare),
        ("__cflb=", Vendor::Cloudflare),
        ("_cfuvid=", Vendor::Cloudflare),
        ("__cfwaitingroom=", Vendor::Cloudflare),
        ("ak_bmsc=", Vendor::Akamai),
        ("bm_sz=", Vendor::Akamai),
        ("bm_sv=", Vendor::Akamai),
        ("_abck=", Vendor::Akamai),
        ("visid_incap_", Vendor::Imperva),
        ("incap_ses_", Vendor::Imperva),
        ("nlbi_", Vendor::Imperva),
    ];
    NAMES.iter().find(|(name, _)| starts(value, name)).map(|(_, vendor)| *vendor)
}

/// Whether the text starts with these lower-case letters, in either case.
pub fn starts(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|found| found.eq_ignore_ascii_case(start))
}

/// Whether the text holds these lower-case letters anywhere, in either case.
pub fn holds(text: &str, part: &str) -> bool {
    text.as_bytes().windows(part.len()).any(|found| found.eq_ignore_ascii_case(part.as_bytes()))
}
