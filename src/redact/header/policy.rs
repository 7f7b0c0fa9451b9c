//! Headers that hold addresses: Link, Refresh, Alt-Svc, Content-Security-Policy, origins; and media types.

use crate::redact::placeholder::Kind;
use crate::redact::{Redactor, names, words};

/// Directives of Content-Security-Policy.
const POLICY_DIRECTIVES: &str = "\
    default-src script-src script-src-elem script-src-attr style-src style-src-elem style-src-attr img-src font-src \
    connect-src media-src object-src frame-src child-src worker-src manifest-src prefetch-src fenced-frame-src base-uri \
    form-action frame-ancestors navigate-to sandbox report-uri report-to upgrade-insecure-requests \
    block-all-mixed-content require-trusted-types-for trusted-types plugin-types require-sri-for";

/// Keywords and schemes in Content-Security-Policy.
const POLICY_KEYWORDS: &str = "\
    'self' 'none' 'unsafe-inline' 'unsafe-eval' 'unsafe-hashes' 'wasm-unsafe-eval' 'strict-dynamic' 'report-sample' \
    'script' * data: blob: https: http: wss: ws: filesystem: mediastream: about: allow-scripts allow-same-origin \
    allow-forms allow-popups allow-modals allow-downloads default";

/// Protocols of Alt-Svc.
const PROTOCOLS: &str = "h3 h3-29 h3-27 h3-Q050 h3-Q046 h3-Q043 h2 h2c http/1.1 quic hq clear";

/// Parameters of Link that are told, with their values if those are words.
const LINK_PARAMETERS: &str = "rel as type crossorigin fetchpriority media nopush imagesizes integrity hreflang";

impl Redactor {
    /// `<https://shop.test/app.css>; rel=preload; as=style`.
    pub(super) fn links(&mut self, value: &str) -> String {
        let mut all = Vec::new();
        for link in split_links(value) {
            let Some((url, parameters)) = link.trim_start().strip_prefix('<').and_then(|rest| rest.split_once('>'))
            else {
                all.push(self.ids.text(Kind::Value, link).to_string());
                continue;
            };
            let mut cleaned = format!("<{}>", self.url_text(url));
            for parameter in parameters.split(';').map(str::trim) {
                let (name, argument) = parameter.split_once('=').unwrap_or((parameter, ""));
                let Some(name) = names::known(LINK_PARAMETERS, name.trim()) else { continue };
                let argument = argument.trim().trim_matches('"');
                let shown = match name {
                    "type" => names::media_type(argument).unwrap_or_default(),
                    _ if words::are_words(argument, b"- ") => argument.to_owned(),
                    _ => String::new(),
                };
                cleaned.push_str("; ");
                cleaned.push_str(name);
                if !shown.is_empty() {
                    cleaned.push('=');
                    cleaned.push_str(&shown);
                }
            }
            all.push(cleaned);
        }
        all.join(", ")
    }

    /// `5; url=https://shop.test/`.
    pub(super) fn refresh(&mut self, value: &str) -> Option<String> {
        let (seconds, target) = value.split_once([';', ',']).unwrap_or((value, ""));
        let seconds = super::tokens::number(seconds.trim())?;
        let target = target.trim();
        let url = target.get(..4).filter(|start| start.eq_ignore_ascii_case("url=")).and_then(|_| target.get(4..));
        Some(match url {
            Some(url) => format!("{seconds}; url={}", self.url_text(url.trim_matches(['"', '\'']))),
            None => seconds,
        })
    }

    /// `h3=":443"; ma=86400`.
    pub(super) fn alt_svc(&mut self, value: &str) -> String {
        let mut all = Vec::new();
        for service in value.split(',') {
            let mut parts = service.split(';').map(str::trim);
            let first = parts.next().unwrap_or_default();
            let (protocol, authority) = first.split_once('=').unwrap_or((first, ""));
            let Some(protocol) = names::known(PROTOCOLS, protocol) else {
                all.push(self.ids.text(Kind::Value, service.trim()).to_string());
                continue;
            };
            let mut cleaned = protocol.to_owned();
            let authority = authority.trim_matches('"');
            let shown = match authority.strip_prefix(':') {
                Some(port) => port.parse::<u16>().ok().map(|port| format!(":{port}")),
                None => self.authority(authority),
            };
            if let Some(shown) = shown {
                cleaned.push_str(&format!("=\"{shown}\""));
            }
            for part in parts {
                if let Some((name, digits)) = part.split_once('=')
                    && let (Some(name), Some(number)) =
                        (names::known("ma persist", name), super::tokens::number(digits))
                {
                    cleaned.push_str(&format!("; {name}={number}"));
                }
            }
            all.push(cleaned);
        }
        all.join(", ")
    }

    /// Directives and what they allow; nonces and hashes are masked.
    pub(super) fn content_security_policy(&mut self, value: &str) -> String {
        let mut all = Vec::new();
        for directive in value.split(';').map(str::trim).filter(|directive| !directive.is_empty()) {
            let mut parts = directive.split_ascii_whitespace();
            let name = parts.next().unwrap_or_default();
            let Some(name) = names::known(POLICY_DIRECTIVES, name) else {
                all.push(self.ids.text(Kind::Value, directive).to_string());
                continue;
            };
            let mut cleaned = name.to_owned();
            for source in parts {
                let source = self.policy_source(source);
                cleaned.push(' ');
                cleaned.push_str(&source);
            }
            all.push(cleaned);
        }
        all.join("; ")
    }

    fn policy_source(&mut self, source: &str) -> String {
        if let Some(known) = names::known(POLICY_KEYWORDS, source) {
            return known.to_owned();
        }
        if source.contains("://") {
            return self.url_text(&source.replace("://*.", "://")).to_owned();
        }
        let (star, host) = match source.strip_prefix("*.") {
            Some(host) => ("*.", host),
            None => ("", source),
        };
        let is_host = host.contains('.') && !host.starts_with('\'') && !host.contains('/');
        match if is_host { self.authority(host) } else { None } {
            Some(host) => format!("{star}{host}"),
            None if source.starts_with('/') => self.path_and_query(source),
            None => self.ids.url_part(Kind::Value, source).to_string(),
        }
    }

    /// `*`, `null`, or origins.
    pub(super) fn origins(&mut self, value: &str) -> String {
        let all: Vec<String> = value
            .split([',', ' '])
            .map(str::trim)
            .filter(|origin| !origin.is_empty())
            .map(|origin| match origin {
                "*" | "null" => origin.to_owned(),
                _ => self.origin_text(origin),
            })
            .collect();
        all.join(", ")
    }

    /// The media type and its charset.
    pub(super) fn media_type(&mut self, value: &str) -> Option<String> {
        let essence = names::media_type(value)?;
        let charset = value.split(';').skip(1).find_map(|parameter| {
            let (name, charset) = parameter.trim().split_once('=')?;
            let is_charset = name.eq_ignore_ascii_case("charset");
            if is_charset { names::known(names::CHARSETS, charset.trim_matches(['"', '\''])) } else { None }
        });
        Some(match charset {
            Some(charset) => format!("{essence}; charset={charset}"),
            None => essence,
        })
    }

    /// Media types with their weights.
    pub(super) fn accept(&mut self, value: &str) -> String {
        let mut all = Vec::new();
        for range in value.split(',').map(str::trim) {
            let essence = range.split(';').next().unwrap_or_default();
            let shown = match essence {
                "*/*" | "image/*" | "text/*" | "font/*" | "video/*" | "audio/*" | "application/*" => essence.to_owned(),
                _ => match names::media_type(essence) {
                    Some(known) => known,
                    None => self.ids.url_part(Kind::Type, range).to_string(),
                },
            };
            let weight = range.split_once(";q=").and_then(|(_, weight)| super::tokens::number(weight));
            all.push(match weight {
                Some(weight) => format!("{shown};q={weight}"),
                None => shown,
            });
        }
        all.join(", ")
    }

    /// `attachment`, with the file's name if that is made of words.
    pub(super) fn disposition(&mut self, value: &str) -> String {
        let (kind, rest) = value.split_once(';').unwrap_or((value, ""));
        match names::known("inline attachment form-data", kind.trim()) {
            Some(kind) if rest.trim().is_empty() => kind.to_owned(),
            Some(kind) => format!("{kind}; {}", self.ids.text(Kind::File, rest.trim())),
            None => self.ids.text(Kind::Value, value).to_string(),
        }
    }
}

/// Commas separate links, but may stand in an address too.
fn split_links(value: &str) -> Vec<&str> {
    let (mut all, mut start, mut in_address) = (Vec::new(), 0, false);
    for (at, byte) in value.bytes().enumerate() {
        match byte {
            b'<' => in_address = true,
            b'>' => in_address = false,
            b',' if !in_address => {
                all.push(value.get(start..at).unwrap_or_default());
                start = at + 1;
            }
            _ => {}
        }
    }
    all.push(value.get(start..).unwrap_or_default());
    all
}
