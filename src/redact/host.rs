//! Hosts: kept inside the organization and with a vendor, aliased in public.

use std::net::{IpAddr, Ipv6Addr};

use crate::redact::placeholder::Kind;
use crate::redact::{Redactor, Share, names, words};
use crate::text::Untrusted;

/// Longest host name (RFC 1035 §2.3.4) and label.
const LONGEST: usize = 253;
const LONGEST_LABEL: usize = 63;

/// So many letters and digits of a label that are no words are taken for a token of a person or a session, not for a
/// name: previews and tunnels have host names that let everybody in who knows them. CDN names are shorter
/// (`d111111abcdef8.cloudfront.net` has 14).
const OPAQUE_WITH_DIGITS: usize = 16;

/// The same without digits: words in other languages run together are shorter.
const OPAQUE: usize = 24;

/// So many digits in a row are taken for somebody's number: of a telephone (ten and more with the country's code), a
/// card, an account.
const PERSONAL_DIGITS: usize = 10;

/// First labels that tell what a host does and nothing about whose it is: kept in front of an alias.
const ROLES: &str = "\
    account accounts admin api app apps assets auth blog cdn checkout content css data dev docs fonts forum \
    gateway help id images img js login m mail media metrics my news pay search secure shop sso stage staging \
    static store support test video www";

impl Redactor {
    /// A host for inside a URL; nothing if it is none.
    pub(super) fn host_text(&mut self, host: &str) -> Option<String> {
        let host = host.to_ascii_lowercase();
        let host = host.strip_suffix('.').unwrap_or(&host);
        let address = parse_ip(host);
        if address.is_none() && !is_name(host) {
            return None;
        }
        let kept = match self.share {
            Share::Internal | Share::Vendor => true,
            Share::Public => host == "localhost" || is_alias(host) || (self.hosts.is_well_known)(Untrusted::new(host)),
        };
        Some(match (kept, address) {
            (true, Some(IpAddr::V6(address))) => format!("[{address}]"),
            (true, Some(IpAddr::V4(address))) => address.to_string(),
            (true, None) => self.without_opaque_labels(host),
            (false, _) => self.alias(host),
        })
    }

    fn without_opaque_labels(&mut self, host: &str) -> String {
        let labels: Vec<String> = host.split('.').map(|label| self.label_text(label)).collect();
        labels.join(".")
    }

    fn label_text(&mut self, label: &str) -> String {
        if !is_opaque(label) || is_own_label(label) {
            return label.to_owned();
        }
        format!("redacted-a{}-{}", self.ids.number(label), label.len())
    }

    /// `www.site-1.example`. The name `.example` is nobody's (RFC 2606).
    fn alias(&mut self, host: &str) -> String {
        let site = match (self.hosts.site)(host) {
            site if host.ends_with(site) && !site.is_empty() => site,
            _ => host,
        };
        let known = self.sites.iter().position(|known| known == site);
        let at = known.unwrap_or_else(|| {
            self.sites.push(site.to_owned());
            self.sites.len() - 1
        });
        let sub = host.strip_suffix(site).unwrap_or_default().trim_end_matches('.');
        match sub {
            "" => format!("site-{}.example", at + 1),
            _ if names::known(ROLES, sub).is_some() => format!("{sub}.site-{}.example", at + 1),
            _ => format!("redacted-a{}.site-{}.example", self.ids.number(sub), at + 1),
        }
    }

    /// An IP address on its own, with its placeholder.
    pub(super) fn ip_text(&mut self, ip: &str) -> String {
        match (self.share, parse_ip(ip.trim())) {
            (Share::Internal | Share::Vendor, Some(address)) => address.to_string(),
            _ => self.ids.text(Kind::Address, ip).to_string(),
        }
    }
}

/// An IPv4 or IPv6 address, with or without brackets.
pub(super) fn parse_ip(text: &str) -> Option<IpAddr> {
    match text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) {
        Some(inside) => inside.parse::<Ipv6Addr>().ok().map(IpAddr::V6),
        None => text.parse().ok(),
    }
}

/// Whether text has the form of a host name.
fn is_name(host: &str) -> bool {
    let is_label = |label: &str| {
        (1..=LONGEST_LABEL).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    host.len() <= LONGEST && host.split('.').all(is_label)
}

fn is_opaque(label: &str) -> bool {
    if words::are_words(label, b"-_") {
        return false;
    }
    let unknown = || label.split(['-', '_']).filter(|run| !words::are_words(run, b""));
    let least = if unknown().any(|run| run.bytes().any(|b| b.is_ascii_digit())) { OPAQUE_WITH_DIGITS } else { OPAQUE };
    let has_number = label.as_bytes().split(|b| !b.is_ascii_digit()).any(|digits| PERSONAL_DIGITS <= digits.len());
    has_number || is_uuid(label) || least <= unknown().map(str::len).sum()
}

/// 8-4-4-4-12 hexadecimal digits.
pub(super) fn is_uuid(text: &str) -> bool {
    let lengths = [8, 4, 4, 4, 12];
    let mut parts = text.split('-');
    lengths.iter().all(|&length| {
        parts.next().is_some_and(|part| part.len() == length && part.bytes().all(|b| b.is_ascii_hexdigit()))
    }) && parts.next().is_none()
}

/// `redacted-a1-32`.
fn is_own_label(label: &str) -> bool {
    let number = |text: &str| text.len() <= 5 && !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    label.strip_prefix("redacted-a").is_some_and(|rest| rest.split('-').count() <= 2 && rest.split('-').all(number))
}

/// A host that [`Redactor::alias`] made.
fn is_alias(host: &str) -> bool {
    let Some(rest) = host.strip_suffix(".example") else { return false };
    let (sub, site) = match rest.rsplit_once('.') {
        Some((sub, site)) => (Some(sub), site),
        None => (None, rest),
    };
    let number = |text: &str| text.len() <= 5 && !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    site.strip_prefix("site-").is_some_and(number)
        && sub.is_none_or(|sub| names::known(ROLES, sub).is_some() || is_own_label(sub))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redact::redactor::HostKnowledge;

    fn check(share: Share, hosts: &[(&str, Option<&str>)]) {
        let mut redactor = Redactor::new(share).knowing(HostKnowledge {
            is_well_known: |host| host.expose().ends_with(".stripe.com"),
            site: |host| host.rmatch_indices('.').nth(1).map_or(host, |(at, _)| &host[at + 1..]),
        });
        for (host, expected) in hosts {
            let got = redactor.host_text(host);
            assert_eq!(got.as_deref(), *expected, "{host}");
            if let Some(got) = got {
                assert_eq!(redactor.host_text(&got).as_deref(), Some(got.as_str()), "{host} twice");
            }
        }
    }

    #[test]
    fn names_are_kept_for_a_vendor_and_tokens_are_not() {
        check(
            Share::Vendor,
            &[
                ("WWW.Shop-6srvk5.test", Some("www.shop-6srvk5.test")),
                ("assets-bucket.s3.eu-west-1.amazonaws.com", Some("assets-bucket.s3.eu-west-1.amazonaws.com")),
                ("d111111abcdef8.cloudfront.net", Some("d111111abcdef8.cloudfront.net")),
                ("jira-hqdpd.corp.internal", Some("jira-hqdpd.corp.internal")),
                ("10.21.18.65", Some("10.21.18.65")),
                ("[2001:DB8::1]", Some("[2001:db8::1]")),
                ("8739a527-870b-41e4-aeb6-590b4fd3c88f.preview.app", Some("redacted-a1-36.preview.app")),
                ("k3ebqa5nx7ykr8p1gczv.tunnel.test", Some("redacted-a2-20.tunnel.test")),
                ("58348170406923.har", Some("redacted-a3-14.har")),
                ("t-49301234567.shop.test", Some("redacted-a4-13.shop.test")),
                ("build-20261124.shop.test", Some("build-20261124.shop.test")),
                ("a b", None),
                ("café.test", None),
                ("", None),
                ("a..b", None),
                ("x\u{202e}y", None),
            ],
        );
    }

    #[test]
    fn public_shows_only_what_everybody_knows() {
        check(
            Share::Public,
            &[
                ("www.shop.test", Some("www.site-1.example")),
                ("shop.test", Some("site-1.example")),
                ("jira-7.shop.test", Some("redacted-a1.site-1.example")),
                ("cdn.other.test", Some("cdn.site-2.example")),
                ("api.stripe.com", Some("api.stripe.com")),
                ("localhost", Some("localhost")),
                ("10.21.18.65", Some("redacted-a2.site-3.example")),
            ],
        );
    }
}
