//! Why a cache in front of the server did not answer by itself: what an exchange tells, and where it does not tell,
//! what is left.

use crate::http::cache_status;
use crate::http::cdn::vendor::is_edge_cookie;
use crate::http::cdn::{Cdn, EdgeStatus, Layer, Vendor, status_header};
use crate::http::exchange::{Exchange, Facts};
use crate::http::freshness::{Basis, Cache, Policy, Refusal};
use crate::http::list;
use crate::http::structured;
use crate::http::targeted;
use crate::http::url::Url;
use crate::units::Seconds;

/// Why the cache did not answer by itself, or with an old copy only.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reasons {
    /// What the exchange proves, the decisive one first. Each is enough.
    pub told: Vec<Reason>,
    /// What it may be as well, the likeliest first. It is all there is where nothing is told.
    pub possible: Vec<Cause>,
}

/// A cause and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Reason {
    pub cause: Cause,
    pub proof: Proof,
}

/// Where a cause can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// In the response's header of this name.
    Response(&'static str),
    /// In the request's header of this name.
    Request(&'static str),
    /// In the request's first line or the status.
    FirstLine,
}

macro_rules! causes {
    ($($(#[doc = $doc:expr])+ $name:ident: $text:literal,)+) => {
        /// Why a cache did not answer by itself.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Cause { $($(#[doc = $doc])+ $name,)+ }

        impl Cause {
            /// In plain words, as the end of a sentence that says where it stands.
            pub fn text(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }
        }
    };
}

causes! {
    /// RFC 9111 §3.
    Method: "only answers to GET and HEAD are kept",
    /// RFC 9111 §5.2.2.5.
    NoStore: "no-store forbids every cache to keep it",
    /// RFC 9111 §5.2.2.7.
    Private: "private forbids shared caches to keep it",
    /// RFC 9111 §5.2.2.4 and a lifetime of 0.
    AsksAlways: "its lifetime is over at once, so that the origin is asked for each visitor",
    /// RFC 9111 §7.3 and the vendors' defaults.
    SetCookie: "it sets a cookie, and this cache keeps nothing that does",
    /// RFC 9111 §3.5.
    Authorization: "it was asked for with credentials, and nothing in the answer releases it for others",
    /// RFC 9111 §4.1.
    VaryAlways: "with Vary: * no stored copy answers another request",
    /// RFC 9111 §4.1.
    Variants: "for each combination of these request headers there is a copy of its own, or none",
    /// The same, where it is not certain.
    OtherVariant: "a copy for other values of the headers that Vary names",
    /// RFC 9111 §3, RFC 9110 §15.1.
    Status: "answers with this status are not kept, or only briefly",
    /// Cloudflare's limit outside of Enterprise.
    TooLarge: "it is larger than this cache keeps",
    /// RFC 9110 §14.
    Part: "only a part of it was asked for",
    /// RFC 9211 §2.2, `fwd=request`.
    Demanded: "the request itself demands a fresh answer",
    /// Cloudflare keeps files by their extension.
    NotByDefault: "this CDN keeps only certain file extensions unless a rule says otherwise, and this is none of them",
    /// The status says so.
    Configured: "the CDN's configuration says not to keep it",
    /// Its copy was too old.
    Expired: "its copy was past its lifetime",
    /// RFC 5861 §3.
    Refreshing: "it answers with the old copy while it fetches a fresh one",
    /// RFC 5861 §4.
    OriginFailed: "the origin did not answer, so it took the old copy",
    /// A cache between edge and origin had it.
    RegionalHit: "a larger cache of the CDN, farther away, had it",
    /// RFC 9211 §2.2, `fwd=uri-miss`.
    NotStored: "no copy was there",
    /// The usual cause of a miss.
    FirstVisit: "the first request for it at this place since it was published, purged or pushed out by others",
    /// RFC 9111 §2, the cache key.
    Address: "an address that is not asked for twice: the query is part of what the cache looks for",
    /// Nothing says how long.
    NoLifetime: "no lifetime in its headers, so that the CDN's own setting decides",
    /// Headers that the CDN takes away.
    HiddenHeader: "a header meant for the CDN alone, which it removes (no recording shows it)",
    /// A rule for cookies.
    Cookies: "a rule that passes on requests with cookies, or an answer that set one",
    /// Settings.
    Rule: "a rule or default of the CDN for this path",
    /// Cloudflare's development mode, page rules of level Bypass.
    SwitchedOff: "caching switched off (development mode)",
    /// A setting against the header.
    ShortSetting: "a setting of the CDN that is shorter than the headers",
    /// Invalidations that keep the copy.
    Purged: "a purge that only marks copies as old",
}

/// Seconds. Below a day a lifetime explains by itself why a copy was too old; above, something else may have made it so.
const SHORT: Seconds = Seconds::days(1);

/// Bytes. What Cloudflare keeps at most on its smaller plans (its documentation, "Default cache behavior").
const CLOUDFLARE_LIMIT: u64 = 512 << 20;

/// Why the layer nearest to the visitor did not answer by itself. Empty: it did, or it does not tell.
pub fn explain(exchange: &Exchange<'_>, cdn: &Cdn<'_>) -> Reasons {
    let mut reasons = Reasons::default();
    let Some(front) = cdn.front() else { return reasons };
    let status = match front.status {
        None | Some(EdgeStatus::Hit | EdgeStatus::EdgeGenerated | EdgeStatus::Error | EdgeStatus::Unknown) => {
            return reasons;
        }
        Some(status) => status,
    };
    let by_status = status_header(exchange, front.vendor).map_or(Proof::FirstLine, Proof::Response);
    if status == EdgeStatus::Stale {
        stale(&mut reasons, exchange, front, by_status);
        return reasons;
    }
    if front.shield.is_some_and(|shield| shield.status.is_some_and(EdgeStatus::is_from_edge))
        || cdn.layers.iter().skip(1).any(|layer| layer.status == Some(EdgeStatus::Hit))
    {
        reasons.told(Cause::RegionalHit, by_status);
    }
    let says_itself = cache_status(&mut reasons, exchange);
    if status == EdgeStatus::Dynamic && front.vendor != Vendor::Cloudflare {
        reasons.told(Cause::Configured, by_status);
    }
    if status == EdgeStatus::Dynamic && front.vendor == Vendor::Cloudflare && !is_kept_by_default(exchange.url) {
        reasons.told(Cause::NotByDefault, Proof::FirstLine);
    }
    forbidden(&mut reasons, exchange, front, status);
    if reasons.told.is_empty() {
        left(&mut reasons, exchange, front.vendor, status);
    } else if says_itself && reasons.told.first().is_some_and(|reason| reason.cause == Cause::NotStored) {
        reasons.possible(Cause::FirstVisit);
        by_key(&mut reasons, exchange, front.vendor);
    }
    reasons
}

impl Reasons {
    /// The decisive cause, if one is told.
    pub fn first(&self) -> Option<Cause> {
        self.told.first().map(|reason| reason.cause)
    }

    /// Whether nothing is told and nothing left to say.
    pub fn is_empty(&self) -> bool {
        self.told.is_empty() && self.possible.is_empty()
    }

    fn told(&mut self, cause: Cause, proof: Proof) {
        if !self.told.iter().any(|reason| reason.cause == cause) {
            self.told.push(Reason { cause, proof });
        }
    }

    fn possible(&mut self, cause: Cause) {
        if !self.possible.contains(&cause) {
            self.possible.push(cause);
        }
    }
}

fn stale(reasons: &mut Reasons, exchange: &Exchange<'_>, front: &Layer<'_>, by_status: Proof) {
    let policy = Policy::of(exchange, Cache::Shared);
    match front.vendor {
        _ if front.refreshes => reasons.told(Cause::Refreshing, by_status),
        // They have another word for refreshing.
        Vendor::Cloudflare | Vendor::Akamai => reasons.told(Cause::OriginFailed, by_status),
        _ if Seconds(0) < policy.stale_while_revalidate && policy.stale_if_error == Seconds(0) => {
            reasons.told(Cause::Refreshing, Proof::Response("cache-control"));
        }
        _ => {
            reasons.possible(Cause::Refreshing);
            reasons.possible(Cause::OriginFailed);
        }
    }
}

/// What the nearest cache says by RFC 9211; whether it says anything.
fn cache_status(reasons: &mut Reasons, exchange: &Exchange<'_>) -> bool {
    let text = structured::joined(exchange.response_lines("cache-status"));
    let members = text.as_deref().and_then(cache_status::parse).unwrap_or_default();
    let cause = match members.last().and_then(|member| member.forward.as_deref()) {
        Some("uri-miss") => Cause::NotStored,
        Some("vary-miss") => Cause::Variants,
        Some("request") => Cause::Demanded,
        Some("bypass") => Cause::Configured,
        Some("method") => Cause::Method,
        Some("partial") => Cause::Part,
        Some(_) | None => return false,
    };
    reasons.told(cause, Proof::Response("cache-status"));
    true
}

/// What forbids to keep the response, or to use a copy without asking.
fn forbidden(reasons: &mut Reasons, exchange: &Exchange<'_>, front: &Layer<'_>, status: EdgeStatus) {
    let vendor = front.vendor;
    if !matches!(exchange.method, "GET" | "HEAD") {
        return reasons.told(Cause::Method, Proof::FirstLine);
    }
    let facts = Facts::of(exchange);
    let targeted = targeted::select(exchange, Some(vendor.name()));
    let (line, said) = match &targeted {
        Some((field, said)) => (field.name, said),
        None => ("cache-control", &facts.directives),
    };
    let policy = Policy::by(exchange, &facts, said, Cache::Shared, targeted.is_none());
    // What browsers are told says nothing of what these do unless they are told by the same line.
    let is_for_browsers = targeted.is_none() && keeps_by_other_rules(vendor);
    if said.no_store && !said.must_understand && (targeted.is_some() || vendor != Vendor::Akamai) {
        reasons.told(Cause::NoStore, Proof::Response(line));
    }
    if said.private_wholly && (targeted.is_some() || vendor != Vendor::Akamai) {
        reasons.told(Cause::Private, Proof::Response(line));
    }
    let sets_cookie = exchange.response_lines("set-cookie").any(|cookie| !is_edge_cookie(cookie));
    if sets_cookie && keeps_no_cookies(vendor) {
        reasons.told(Cause::SetCookie, Proof::Response("set-cookie"));
    }
    if facts.varies_always {
        reasons.told(Cause::VaryAlways, Proof::Response("vary"));
    }
    // CloudFront keeps them by the credentials, if its configuration lets it see them at all.
    if policy.refusal == Some(Refusal::Authorization) && vendor != Vendor::CloudFront {
        reasons.told(Cause::Authorization, Proof::Request("authorization"));
    }
    if vendor == Vendor::Akamai && varies_by_more(exchange) {
        reasons.told(Cause::Variants, Proof::Response("vary"));
    }
    let length = exchange.response_header("content-length").and_then(|length| length.trim().parse::<u64>().ok());
    if vendor == Vendor::Cloudflare && length.is_some_and(|length| CLOUDFLARE_LIMIT < length) {
        reasons.told(Cause::TooLarge, Proof::Response("content-length"));
    }
    if policy.refusal == Some(Refusal::NotAllowed) {
        reasons.told(Cause::Status, Proof::FirstLine);
    }
    let lifetime_line = if policy.basis == Basis::Expires { "expires" } else { line };
    let is_said = matches!(policy.basis, Basis::MaxAge | Basis::SMaxAge | Basis::Expires);
    let is_over = said.no_cache || is_said && policy.lifetime == Seconds(0);
    match policy.storable && is_over {
        true if is_for_browsers => reasons.possible(Cause::AsksAlways),
        true => reasons.told(Cause::AsksAlways, Proof::Response(lifetime_line)),
        false => {}
    }
    if matches!(status, EdgeStatus::Expired | EdgeStatus::Revalidated) && reasons.told.is_empty() {
        let by_line = is_said && !is_for_browsers;
        let is_short = by_line && policy.lifetime < SHORT;
        reasons.told(Cause::Expired, if by_line { Proof::Response(lifetime_line) } else { Proof::FirstLine });
        if !is_short {
            reasons.possible(Cause::ShortSetting);
            reasons.possible(Cause::Purged);
        }
    }
    if reasons.told.is_empty() && policy.basis == Basis::Nothing {
        reasons.possible(Cause::NoLifetime);
    }
}

/// Nothing forbids it: what can still have been the cause.
fn left(reasons: &mut Reasons, exchange: &Exchange<'_>, vendor: Vendor, status: EdgeStatus) {
    match status {
        EdgeStatus::Dynamic => {
            reasons.possible(Cause::Rule);
            reasons.possible(Cause::SwitchedOff);
        }
        EdgeStatus::Bypass => {
            if hides_a_header(vendor) {
                reasons.possible(Cause::HiddenHeader);
            }
            reasons.possible(Cause::Rule);
            reasons.possible(Cause::Cookies);
        }
        _ => {
            // What nothing says how long to keep is more likely never kept.
            reasons.possible.insert(0, Cause::FirstVisit);
            by_key(reasons, exchange, vendor);
            if exchange.status == 206 {
                reasons.possible(Cause::Part);
            }
            if !matches!(exchange.status, 200 | 203 | 206 | 301 | 308) {
                reasons.possible(Cause::Status);
            }
            if matches!(vendor, Vendor::Vercel | Vendor::Netlify) {
                reasons.possible(Cause::HiddenHeader);
            }
            // These call what they may not keep a miss as well.
            if matches!(vendor, Vendor::CloudFront | Vendor::Fastly | Vendor::GoogleCloudCdn | Vendor::KeyCdn) {
                reasons.possible(Cause::Rule);
            }
        }
    }
}

/// What may make the cache look for another copy than the one that it has.
fn by_key(reasons: &mut Reasons, exchange: &Exchange<'_>, vendor: Vendor) {
    // Bunny ignores the query and `Vary` unless told otherwise (its documentation, "Vary Cache").
    if vendor == Vendor::Bunny {
        return;
    }
    if Url::parse(exchange.url).is_some_and(|url| url.query.is_some_and(|query| !query.is_empty())) {
        reasons.possible(Cause::Address);
    }
    if varies_by_more(exchange) {
        reasons.possible(Cause::OtherVariant);
    }
}

/// Whether `Vary` names more than what all caches can handle.
fn varies_by_more(exchange: &Exchange<'_>) -> bool {
    let mut names = exchange.response_lines("vary").flat_map(|line| list::members([line]));
    names.any(|name| name != "*" && !name.eq_ignore_ascii_case("accept-encoding"))
}

/// Whether the vendor keeps no answer with `Set-Cookie` unless told to, by its documentation.
fn keeps_no_cookies(vendor: Vendor) -> bool {
    matches!(
        vendor,
        Vendor::Cloudflare
            | Vendor::Fastly
            | Vendor::Varnish
            | Vendor::NginxCache
            | Vendor::GoogleCloudCdn
            | Vendor::Vercel
            | Vendor::KeyCdn
    )
}

/// Whether the vendor keeps files by other lifetimes than those that it tells browsers: its own settings, or a header
/// that it removes.
fn keeps_by_other_rules(vendor: Vendor) -> bool {
    matches!(vendor, Vendor::Vercel | Vendor::Netlify | Vendor::Akamai | Vendor::Fastly)
}

/// Whether the vendor removes the header that is meant for it alone.
fn hides_a_header(vendor: Vendor) -> bool {
    matches!(vendor, Vendor::Cloudflare | Vendor::Akamai | Vendor::Fastly | Vendor::Vercel | Vendor::Netlify)
}

/// Extensions that Cloudflare keeps by default (its documentation, "Default cache behavior", 2026).
const KEPT_EXTENSIONS: &str = " 7z avi avif apk bin bmp bz2 class css csv doc docx dmg ejs eot eps exe flac gif gz ico \
     iso jar jpg jpeg js mid midi mkv mp3 mp4 ogg otf pdf pict pls png ppt pptx ps rar svg svgz swf tar tif tiff ttf \
     webm webp woff woff2 xls xlsx zip zst ";

/// Whether Cloudflare keeps files with this address's extension without a rule.
pub fn is_kept_by_default(url: &str) -> bool {
    let extension = Url::parse(url).and_then(|url| url.extension()).map(str::to_ascii_lowercase);
    extension.is_some_and(|extension| KEPT_EXTENSIONS.split(' ').any(|known| known == extension))
}

#[cfg(test)]
mod tests;
