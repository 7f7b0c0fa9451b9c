//! URLs as recorded: split tolerantly, never refused for being odd.
//!
//! Recordings hold relative addresses, IPv6 hosts without brackets, raw spaces and megabytes of `data:`; all of them
//! must be split somehow. What browsers do with odd input (WHATWG URL) is followed where it costs little; the
//! resolver is RFC 3986 §5.2.

use std::net::Ipv6Addr;

/// An address in parts. Everything borrows from the recorded text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Url<'a> {
    /// In lower or upper case as recorded, without the colon; empty for `//host/path` and `host:8080/path`.
    pub scheme: &'a str,
    /// Without user name, brackets and port; empty for `data:` and the like.
    pub host: &'a str,
    /// Written port, else the scheme's default.
    pub port: Option<u16>,
    /// From the first slash to the query; for `data:` and the like everything after the colon.
    pub path: &'a str,
    /// After the question mark.
    pub query: Option<&'a str>,
}

impl<'a> Url<'a> {
    /// Splits an address. `None`: it is relative or empty, so there is no telling where it leads.
    pub fn parse(text: &'a str) -> Option<Self> {
        let text = trim(text);
        if let Some(rest) = text.strip_prefix("//") {
            return Self::hierarchical("", rest);
        }
        let (scheme, rest) = split_scheme(text)?;
        if is_port_and_path(rest) && default_port(scheme).is_none() {
            return Self::hierarchical("", text);
        }
        if is_special(scheme) {
            // Browsers accept any number of slashes or backslashes here, none included.
            return Self::hierarchical(scheme, rest.trim_start_matches(['/', '\\']));
        }
        match rest.strip_prefix("//") {
            Some(rest) if is_opaque(scheme) => Some(Self::opaque(scheme, rest)),
            Some(rest) => Self::hierarchical(scheme, rest).or(Some(Self::opaque(scheme, rest))),
            None => Some(Self::opaque(scheme, rest)),
        }
    }

    fn opaque(scheme: &'a str, path: &'a str) -> Self {
        Self { scheme, host: "", port: None, path, query: None }
    }

    /// `rest` begins with the authority.
    fn hierarchical(scheme: &'a str, rest: &'a str) -> Option<Self> {
        let (authority, rest) = split_before(rest, |c| matches!(c, '/' | '\\' | '?' | '#'));
        let (host, port) = split_authority(authority);
        if host.is_empty() && !scheme.eq_ignore_ascii_case("file") {
            return None;
        }
        let (rest, _fragment) = split_before(rest, |c| c == '#');
        let (path, query) = split_before(rest, |c| c == '?');
        let port = port.or_else(|| default_port(scheme));
        Some(Self { scheme, host, port, path, query: query.strip_prefix('?') })
    }

    /// `scheme://host:port` in lower case without the scheme's default port: what RFC 6454 calls an origin.
    /// For addresses without a host: the scheme and a colon.
    pub fn origin(&self) -> String {
        if self.host.is_empty() {
            return format!("{}:", self.scheme.to_ascii_lowercase());
        }
        let mut origin = String::with_capacity(self.scheme.len() + self.host.len() + 9);
        origin.push_str(&self.scheme.to_ascii_lowercase());
        origin.push_str("://");
        let brackets = self.host.contains(':');
        origin.push_str(if brackets { "[" } else { "" });
        origin.push_str(&self.host.to_ascii_lowercase());
        origin.push_str(if brackets { "]" } else { "" });
        match self.port {
            Some(port) if default_port(self.scheme) != Some(port) => origin.push_str(&format!(":{port}")),
            _ => {}
        }
        origin
    }

    /// What follows the last slash of the path; `None`: nothing does, or the address has no path of segments.
    pub fn file_name(&self) -> Option<&'a str> {
        if self.host.is_empty() && !self.scheme.eq_ignore_ascii_case("file") {
            return None;
        }
        let name = self.path.rsplit(['/', '\\']).next().unwrap_or_default();
        (!name.is_empty() && name.len() < self.path.len()).then_some(name)
    }

    /// What follows the last dot of the file name, if it looks like an extension: up to 8 letters and digits.
    pub fn extension(&self) -> Option<&'a str> {
        let (stem, extension) = self.file_name()?.rsplit_once('.')?;
        let plausible =
            (1..=MAX_EXTENSION).contains(&extension.len()) && extension.bytes().all(|b| b.is_ascii_alphanumeric());
        (plausible && !stem.is_empty()).then_some(extension)
    }

    /// Whether the scheme encrypts: `https` or `wss`.
    pub fn is_secure(&self) -> bool {
        ["https", "wss"].iter().any(|scheme| self.scheme.eq_ignore_ascii_case(scheme))
    }

    /// Whether it leads over the network: HTTP, WebSocket, or a host without a scheme.
    pub fn is_network(&self) -> bool {
        !self.host.is_empty() && (self.scheme.is_empty() || default_port(self.scheme).is_some())
    }

    /// Whether the scheme is that of a browser extension.
    pub fn is_extension(&self) -> bool {
        EXTENSION_SCHEMES.iter().any(|scheme| self.scheme.eq_ignore_ascii_case(scheme))
    }

    /// Path and query.
    pub fn path_and_query(&self) -> String {
        match self.query {
            Some(query) => format!("{}?{query}", self.path),
            None => self.path.to_owned(),
        }
    }
}

/// The address that `reference` means when it stands in a document or response at `base` (RFC 3986 §5.2).
/// Characters that browsers would escape (spaces, quotes, beyond ASCII) are escaped; line breaks and tabs go.
/// A `base` that is itself relative gives the reference back.
pub fn resolve(base: &str, reference: &str) -> String {
    let reference = escape(trim(reference));
    let base = trim(base);
    let to = Reference::split(&reference);
    if to.scheme.is_some() {
        return to.with_path(remove_dot_segments(to.path));
    }
    let from = Reference::split(base);
    if from.scheme.is_none() {
        return reference;
    }
    if to.authority.is_some() {
        return Reference { scheme: from.scheme, ..to }.with_path(remove_dot_segments(to.path));
    }
    if to.path.is_empty() {
        let query = to.query.or(from.query);
        return Reference { query, fragment: to.fragment, ..from }.with_path(from.path.to_owned());
    }
    let path = if to.path.starts_with('/') {
        remove_dot_segments(to.path)
    } else {
        remove_dot_segments(&merge(&from, to.path))
    };
    Reference { query: to.query, fragment: to.fragment, ..from }.with_path(path)
}

/// One spelling for all spellings of an address: scheme and host in lower case, default port and fragment left out,
/// escapes as browsers write them. For comparing only.
pub fn canonical(text: &str) -> String {
    let text = without_fragment(trim(text));
    match Url::parse(text) {
        Some(url) if !url.host.is_empty() => {
            let mut all = url.origin();
            let path = escape(url.path);
            all.push_str(if path.is_empty() { "/" } else { &path });
            if let Some(query) = url.query {
                all.push('?');
                all.push_str(&escape(query));
            }
            all
        }
        _ => text.to_owned(),
    }
}

/// Whether two addresses mean the same resource: fragments and spelling do not count.
pub fn same_resource(a: &str, b: &str) -> bool {
    let (a, b) = (without_fragment(a), without_fragment(b));
    a == b || canonical(a) == canonical(b)
}

/// The address up to its fragment. `data:` addresses are left alone: a raw `#` in them is common.
pub fn without_fragment(text: &str) -> &str {
    if text.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:")) {
        return text;
    }
    split_before(text, |c| c == '#').0
}

/// The longest file extension in use on the web is `webmanifest`, which is no kind of its own here; 8 letters are
/// enough for `woff2`, `geojson` and content hashes stay out.
const MAX_EXTENSION: usize = 8;

/// Schemes under which browsers serve the files of their extensions.
const EXTENSION_SCHEMES: [&str; 6] = [
    "chrome-extension",
    "moz-extension",
    "safari-web-extension",
    "safari-extension",
    "ms-browser-extension",
    "extension",
];

/// Port of a scheme that goes over the network.
fn default_port(scheme: &str) -> Option<u16> {
    let all = [("http", 80), ("https", 443), ("ws", 80), ("wss", 443)];
    all.into_iter().find_map(|(name, port)| scheme.eq_ignore_ascii_case(name).then_some(port))
}

/// Schemes whose slashes browsers do not insist on (WHATWG URL "special scheme", without `file`).
fn is_special(scheme: &str) -> bool {
    default_port(scheme).is_some()
}

/// Schemes that hold no host even when slashes follow.
fn is_opaque(scheme: &str) -> bool {
    ["data", "blob", "about", "javascript", "filesystem"].iter().any(|name| scheme.eq_ignore_ascii_case(name))
}

/// Without the white space and control characters that browsers strip from both ends.
fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c <= ' ')
}

fn split_scheme(text: &str) -> Option<(&str, &str)> {
    // The longest registered scheme has 36 characters; a bound keeps long relative addresses from being searched.
    let head = text.as_bytes().iter().take(64);
    let colon = head.take_while(|b| !matches!(b, b'/' | b'?' | b'#')).position(|b| *b == b':')?;
    let (scheme, rest) = text.split_at_checked(colon)?;
    let starts = scheme.starts_with(|c: char| c.is_ascii_alphabetic());
    let plausible = scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'));
    (starts && plausible).then_some((scheme, rest.get(1..)?))
}

/// Whether what follows a colon is a port, as in `localhost:8080/x`.
fn is_port_and_path(rest: &str) -> bool {
    let (port, _) = split_before(rest, |c| matches!(c, '/' | '?' | '#'));
    !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok()
}

fn split_authority(authority: &str) -> (&str, Option<u16>) {
    let host_and_port = authority.rsplit_once('@').map_or(authority, |(_, after)| after);
    if let Some(inside) = host_and_port.strip_prefix('[') {
        let (host, after) = inside.split_once(']').unwrap_or((inside, ""));
        return (host, after.strip_prefix(':').and_then(|port| port.parse().ok()));
    }
    let Some((host, port)) = host_and_port.rsplit_once(':') else { return (host_and_port, None) };
    if !host.contains(':') {
        return (host, port.parse().ok());
    }
    // An IPv6 address without brackets, as mitmproxy writes it. The last group is a port if it can be one and what
    // stands before it is an address by itself.
    let is_port = 2 <= port.len() && port.bytes().all(|b| b.is_ascii_digit());
    match port.parse() {
        Ok(number) if is_port && host.parse::<Ipv6Addr>().is_ok() => (host, Some(number)),
        _ => (host_and_port, None),
    }
}

/// Splits before the first character that `stop` names.
fn split_before(text: &str, stop: impl Fn(char) -> bool) -> (&str, &str) {
    let at = text.find(stop).unwrap_or(text.len());
    text.split_at_checked(at).unwrap_or((text, ""))
}

/// The five parts of RFC 3986 §3.
#[derive(Clone, Copy)]
struct Reference<'a> {
    scheme: Option<&'a str>,
    authority: Option<&'a str>,
    path: &'a str,
    query: Option<&'a str>,
    fragment: Option<&'a str>,
}

impl<'a> Reference<'a> {
    fn split(text: &'a str) -> Self {
        let (text, fragment) = split_before(text, |c| c == '#');
        let (text, query) = split_before(text, |c| c == '?');
        let (scheme, rest) = match split_scheme(text) {
            Some((scheme, rest)) => (Some(scheme), rest),
            None => (None, text),
        };
        let (authority, path) = match rest.strip_prefix("//") {
            Some(rest) => {
                let (authority, path) = split_before(rest, |c| c == '/');
                (Some(authority), path)
            }
            None => (None, rest),
        };
        Self { scheme, authority, path, query: query.strip_prefix('?'), fragment: fragment.strip_prefix('#') }
    }

    /// RFC 3986 §5.3.
    fn with_path(self, path: String) -> String {
        let mut all = String::new();
        if let Some(scheme) = self.scheme {
            all.push_str(scheme);
            all.push(':');
        }
        if let Some(authority) = self.authority {
            all.push_str("//");
            all.push_str(authority);
        }
        all.push_str(&path);
        for (mark, part) in [('?', self.query), ('#', self.fragment)] {
            if let Some(part) = part {
                all.push(mark);
                all.push_str(part);
            }
        }
        all
    }
}

/// RFC 3986 §5.2.3.
fn merge(base: &Reference<'_>, path: &str) -> String {
    match base.path.rfind('/') {
        None if base.authority.is_some() => format!("/{path}"),
        None => path.to_owned(),
        Some(slash) => format!("{}{path}", base.path.get(..=slash).unwrap_or_default()),
    }
}

/// RFC 3986 §5.2.4.
fn remove_dot_segments(path: &str) -> String {
    if !path.contains('.') {
        return path.to_owned();
    }
    let absolute = path.starts_with('/');
    let mut kept: Vec<&str> = Vec::new();
    let mut open_end = false;
    for segment in path.strip_prefix('/').unwrap_or(path).split('/') {
        open_end = matches!(segment, "." | "..");
        match segment {
            "." => {}
            ".." => {
                kept.pop();
            }
            _ => kept.push(segment),
        }
    }
    let mut all = String::with_capacity(path.len());
    all.push_str(if absolute { "/" } else { "" });
    all.push_str(&kept.join("/"));
    if open_end && !kept.is_empty() {
        all.push('/');
    }
    all
}

/// Escapes what browsers escape in paths and queries; what is escaped already stays.
fn escape(text: &str) -> String {
    let mut all = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\t' | '\r' | '\n' => {}
            ' ' | '"' | '<' | '>' | '\0'..='\x1f' | '\x7f'.. => {
                let mut bytes = [0; 4];
                for byte in c.encode_utf8(&mut bytes).bytes() {
                    all.push_str(&format!("%{byte:02X}"));
                }
            }
            _ => all.push(c),
        }
    }
    all
}

#[cfg(test)]
mod tests;
