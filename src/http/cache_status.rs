//! `Cache-Status` (RFC 9211): what each cache on the way says it did. The first member is the cache nearest to the
//! origin, the last the one nearest to the client (§2).

use crate::http::cdn::EdgeStatus;
use crate::http::structured::{self, Bare, Item, Member};

/// One cache's account.
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(missing_docs)]
pub struct CacheStatus {
    /// The cache's name, as it calls itself.
    pub cache: String,
    /// §2.1: answered without asking further.
    pub hit: Option<bool>,
    /// §2.2: why it asked.
    pub forward: Option<String>,
    /// §2.3: the status of the next cache's or the origin's answer.
    pub forward_status: Option<i64>,
    /// §2.4: seconds for which the response is still fresh; negative: stale for so long.
    pub ttl: Option<i64>,
    /// §2.5.
    pub stored: Option<bool>,
    /// §2.6.
    pub collapsed: Option<bool>,
    /// §2.7: the cache key. Some caches write it as a token, though it is defined as a string.
    pub key: Option<String>,
    /// §2.8.
    pub detail: Option<String>,
    /// Whether a parameter of the RFC has a value of another type, which then does not count.
    pub has_invalid: bool,
}

/// Reads a field; `None`: it is invalid or empty.
pub fn parse(text: &str) -> Option<Vec<CacheStatus>> {
    let members = structured::list(text)?;
    let all: Option<Vec<_>> = members.iter().map(|member| member.item().and_then(CacheStatus::of)).collect();
    all.filter(|all| !all.is_empty())
}

/// What the cache nearest to the client did.
pub fn verdict(members: &[CacheStatus]) -> Option<EdgeStatus> {
    members.last().map(CacheStatus::verdict)
}

impl CacheStatus {
    fn of(item: &Item<'_>) -> Option<Self> {
        let mut status = Self { cache: item.value.text()?.to_owned(), ..Self::default() };
        for (name, value) in &item.parameters.0 {
            let text = || value.text().map(str::to_owned);
            let known = match *name {
                "hit" => set(&mut status.hit, value.boolean()),
                "fwd" => set(&mut status.forward, matches!(value, Bare::Token(_)).then(text).flatten()),
                "fwd-status" => set(&mut status.forward_status, value.integer()),
                "ttl" => set(&mut status.ttl, value.integer()),
                "stored" => set(&mut status.stored, value.boolean()),
                "collapsed" => set(&mut status.collapsed, value.boolean()),
                "key" => set(&mut status.key, text()),
                "detail" => set(&mut status.detail, text()),
                _ => true, // extensions are ignored (§2)
            };
            status.has_invalid |= !known;
        }
        Some(status)
    }

    /// What this cache did.
    pub fn verdict(&self) -> EdgeStatus {
        if self.hit == Some(true) {
            return if self.ttl.is_some_and(|ttl| ttl < 0) { EdgeStatus::Stale } else { EdgeStatus::Hit };
        }
        match self.forward.as_deref() {
            Some("stale") if self.forward_status == Some(304) => EdgeStatus::Revalidated,
            Some("stale") => EdgeStatus::Expired,
            Some("bypass" | "request") => EdgeStatus::Bypass,
            Some("method") => EdgeStatus::Dynamic,
            Some("uri-miss" | "vary-miss" | "miss" | "partial") => EdgeStatus::Miss,
            Some(_) | None => EdgeStatus::Unknown,
        }
    }
}

/// Whether the value has the right type. One of another type leaves what was said before.
fn set<T>(field: &mut Option<T>, value: Option<T>) -> bool {
    let is_right = value.is_some();
    if is_right {
        *field = value;
    }
    is_right
}

/// The name of the cache nearest to the origin that had the response.
pub fn upstream_hit(members: &[CacheStatus]) -> Option<&str> {
    let (_, upstream) = members.split_last()?;
    upstream.iter().rev().find(|member| member.hit == Some(true)).map(|member| member.cache.as_str())
}

/// What `Proxy-Status` (RFC 9209 §2) says of the proxy nearest to the client.
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(missing_docs)]
pub struct ProxyStatus {
    /// The proxy's name, as it calls itself.
    pub proxy: String,
    /// §2.1.1: the type of what went wrong, one of §2.3.
    pub error: Option<String>,
    /// §2.1.2.
    pub next_hop: Option<String>,
    /// §2.1.4: the status that it received.
    pub received_status: Option<i64>,
}

/// Reads a `Proxy-Status` field; `None`: it is invalid or empty.
pub fn parse_proxy_status(text: &str) -> Option<ProxyStatus> {
    let members = structured::list(text)?;
    let item = members.last().and_then(Member::item)?;
    let text = |key: &str| item.parameters.get(key).and_then(Bare::text).map(str::to_owned);
    Some(ProxyStatus {
        proxy: item.value.text()?.to_owned(),
        error: text("error"),
        next_hop: text("next-hop"),
        received_status: item.parameters.get("received-status").and_then(Bare::integer),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts() {
        #[track_caller]
        fn check(text: &str, expected: Option<EdgeStatus>) {
            assert_eq!(parse(text).as_deref().and_then(verdict), expected, "{text}");
        }
        check("Edge; hit; ttl=30", Some(EdgeStatus::Hit));
        check("Edge; hit; ttl=-30", Some(EdgeStatus::Stale));
        check("Origin; hit, \"The Edge\"; fwd=vary-miss; stored", Some(EdgeStatus::Miss));
        check("Edge; fwd=stale; fwd-status=304", Some(EdgeStatus::Revalidated));
        check("Edge; fwd=stale; fwd-status=200", Some(EdgeStatus::Expired));
        check("Edge; fwd=request", Some(EdgeStatus::Bypass));
        check("Edge; fwd=method", Some(EdgeStatus::Dynamic));
        check("Edge; fwd=\"miss\"", Some(EdgeStatus::Unknown));
        check("Edge; hit=1; fwd=miss", Some(EdgeStatus::Miss));
        check("Edge", Some(EdgeStatus::Unknown));
        check("Edge; hit,", None);
        check("5; hit", None);
        check("(a b)", None);
        check("", None);
    }

    #[test]
    fn parameters() {
        let all = parse("A; hit, B; fwd=uri-miss; key=k; detail=\"d e\"; ttl=x; collapsed; other=1").expect("a list");
        let expected = CacheStatus {
            cache: "B".to_owned(),
            forward: Some("uri-miss".to_owned()),
            key: Some("k".to_owned()),
            detail: Some("d e".to_owned()),
            collapsed: Some(true),
            has_invalid: true,
            ..CacheStatus::default()
        };
        assert_eq!(all.last(), Some(&expected));
        assert_eq!(upstream_hit(&all), Some("A"));
    }

    #[test]
    fn proxy_status() {
        let text = "a.example, edge; error=http_response_timeout; next-hop=\"10.0.0.1\"; received-status=502";
        let read = parse_proxy_status(text).expect("a list");
        assert_eq!((read.proxy.as_str(), read.error.as_deref()), ("edge", Some("http_response_timeout")));
        assert_eq!((read.next_hop.as_deref(), read.received_status), (Some("10.0.0.1"), Some(502)));
        assert_eq!(parse_proxy_status("edge; error="), None);
    }
}
