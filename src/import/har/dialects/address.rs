//! Server addresses and connection ids.

use crate::import::har::dialects::{Producer, Seen};
use std::net::IpAddr;

/// `serverIPAddress` as a plain address. Chrome, Playwright and WebPageTest leave IPv6 in brackets, Fiddler its zone,
/// others a port or a list; "" and names of proxies are none.
pub(in crate::import::har) fn server_ip(text: &str) -> Option<String> {
    let first = text.split([',', ' ', '%']).next().unwrap_or_default();
    let bare = match first.strip_prefix('[') {
        Some(bracketed) => bracketed.split(']').next().unwrap_or_default(),
        None => first,
    };
    let address: IpAddr = match (bare.parse(), bare.split_once(':')) {
        (Ok(address), _) => address,
        (Err(_), Some((host, _port))) => host.parse().ok()?,
        (Err(_), None) => return None,
    };
    Some(address.to_string())
}

/// What identifies the connection: `_connectionId` (Chrome), `_socket` (WebPageTest), else `connection` where it is an
/// id and not the server's port. Firefox always writes the server's port there, Chrome since about version 120, Fiddler
/// a pair of ports of its own.
pub(in crate::import::har) fn connection_id<'a>(seen: &Seen<'a>) -> Option<&'a str> {
    let is_id = |id: &&str| !matches!(*id, "" | "0" | "-1" | "undefined");
    if let Some(id) = Some(seen.text(seen.raw.connection_id)).filter(is_id) {
        return Some(id);
    }
    if matches!(seen.producer, Producer::Firefox(_) | Producer::Fiddler) {
        return None;
    }
    let id = Some(seen.text(seen.raw.connection)).filter(is_id)?;
    let is_port =
        matches!(id, "80" | "443" | "8080" | "8443") || written_port(seen.text(seen.raw.request.url)) == Some(id);
    (!is_port).then_some(id)
}

/// The port that an address names.
fn written_port(url: &str) -> Option<&str> {
    let authority = url.split_once("://")?.1.split(['/', '?']).next()?;
    let (_, port) = authority.rsplit_once(':')?;
    (!port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit())).then_some(port)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cleans_addresses() {
        for (text, expected) in [
            ("192.0.2.1", Some("192.0.2.1")),
            ("192.0.2.1:443", Some("192.0.2.1")),
            ("2001:db8::1", Some("2001:db8::1")),
            ("[::1]", Some("::1")),
            ("[::1]:8443", Some("::1")),
            ("fe80::1%7", Some("fe80::1")),
            ("192.0.2.1, 192.0.2.2", Some("192.0.2.1")),
            ("", None),
            ("(proxy)", None),
            ("127.0.0", None),
        ] {
            assert_eq!(server_ip(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn finds_the_port_in_an_address() {
        for (url, expected) in [
            ("https://a.example:18443/x:1", Some("18443")),
            ("http://[::1]/", None),
            ("http://[::1]:81", Some("81")),
            ("https://a.example/", None),
            ("data:text/plain,1", None),
        ] {
            assert_eq!(written_port(url), expected, "{url}");
        }
    }
}
