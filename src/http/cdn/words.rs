//! The words in which CDNs and caches tell whether they had a response, in one vocabulary.

/// Whether the edge had the response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EdgeStatus {
    /// From its cache.
    Hit,
    /// It asked the origin.
    Miss,
    /// From its cache although too old.
    Stale,
    /// The origin confirmed what it had.
    Revalidated,
    /// It had the response, but too old, and asked the origin.
    Expired,
    /// Its configuration or the response forbade to use the cache.
    Bypass,
    /// Never a candidate for its cache.
    Dynamic,
    /// Made by the edge itself.
    EdgeGenerated,
    /// A failure page.
    Error,
    /// A cache is there and does not tell.
    Unknown,
}

impl EdgeStatus {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Hit,
        Self::Miss,
        Self::Stale,
        Self::Revalidated,
        Self::Expired,
        Self::Bypass,
        Self::Dynamic,
        Self::EdgeGenerated,
        Self::Error,
        Self::Unknown,
    ];

    /// The word used in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Hit => "hit",
            Self::Miss => "miss",
            Self::Stale => "stale",
            Self::Revalidated => "revalidated",
            Self::Expired => "expired",
            Self::Bypass => "bypass",
            Self::Dynamic => "dynamic",
            Self::EdgeGenerated => "edge-generated",
            Self::Error => "error",
            Self::Unknown => "unknown",
        }
    }

    /// Whether the edge answered without asking the origin.
    pub fn is_from_edge(self) -> bool {
        matches!(self, Self::Hit | Self::Stale | Self::EdgeGenerated)
    }

    /// Whether the origin was asked during the request; `None`: it may have been.
    pub fn asks_origin(self) -> Option<bool> {
        match self {
            Self::Hit | Self::Stale | Self::EdgeGenerated => Some(false),
            Self::Miss | Self::Revalidated | Self::Expired | Self::Bypass | Self::Dynamic => Some(true),
            Self::Error | Self::Unknown => None,
        }
    }
}

/// Longest first word that is looked at, in bytes.
const MAX_WORD: usize = 32;

/// What a vendor's word means in most vendors' mouths: the first word of the text, without regard to case.
pub fn read(said: &str) -> Option<EdgeStatus> {
    let said = said.trim_start_matches([' ', '\t']);
    let end = said.find([' ', ':', ';', ',']).unwrap_or(said.len());
    let word = said.get(..end).filter(|word| word.len() <= MAX_WORD)?;
    let mut lower = [0; MAX_WORD];
    let lower = lower.get_mut(..word.len())?;
    lower.copy_from_slice(word.as_bytes());
    lower.make_ascii_lowercase();
    Some(match &*lower {
        b"hit" | b"tcp_hit" | b"tcp_mem_hit" | b"tcp_ims_hit" | b"tcp_negative_hit" | b"tcp_remote_hit"
        | b"prerender" | b"cached" => EdgeStatus::Hit,
        b"miss" | b"tcp_miss" | b"originshieldhit" | b"scarce" => EdgeStatus::Miss,
        b"stale" | b"updating" | b"hitstale" | b"tcp_refresh_fail_hit" => EdgeStatus::Stale,
        b"revalidated" | b"refreshhit" | b"tcp_refresh_hit" | b"revalidate" => EdgeStatus::Revalidated,
        b"expired" | b"tcp_refresh_miss" | b"tcp_expired_miss" | b"refresh" => EdgeStatus::Expired,
        b"bypass" | b"private_nostore" | b"pass" => EdgeStatus::Bypass,
        b"dynamic" | b"notcacheable" | b"config_nocache" | b"uncacheable" | b"disabled" => EdgeStatus::Dynamic,
        b"none"
        | b"unknown"
        | b"none/unknown"
        | b"n/a"
        | b"constructed"
        | b"redirect"
        | b"functiongeneratedresponse"
        | b"lambdageneratedresponse" => EdgeStatus::EdgeGenerated,
        b"error" | b"limitexceeded" | b"capacityexceeded" | b"tcp_denied" | b"cookie_deny" | b"tcp_cookie_deny" => {
            EdgeStatus::Error
        }
        // Words with an addition: `hit-front`, `hit/10`.
        lower => match lower.iter().position(|b| matches!(b, b'-' | b'/')) {
            Some(end) => return read(word.get(..end)?),
            None => return None,
        },
    })
}

/// Whether the word says that a fresh copy is being fetched in the background.
pub fn is_refreshing(said: &str) -> bool {
    said.trim().eq_ignore_ascii_case("updating")
}

/// The last member of a list: each layer adds its word at the end.
pub fn last(list: &str) -> &str {
    list.rsplit(',').next().unwrap_or(list).trim_matches([' ', '\t'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_words() {
        for (said, expected) in [
            ("HIT", Some(EdgeStatus::Hit)),
            (" hit: 5", Some(EdgeStatus::Hit)),
            ("RefreshHit from cloudfront", Some(EdgeStatus::Revalidated)),
            ("hit-front", Some(EdgeStatus::Hit)),
            ("miss/3", Some(EdgeStatus::Miss)),
            ("-hit", None),
            ("NONE/UNKNOWN", Some(EdgeStatus::EdgeGenerated)),
            ("", None),
            ("hitting", None),
            ("ſtale", None),
            ("a-very-long-word-that-is-none-of-them-at-all", None),
        ] {
            assert_eq!(read(said), expected, "{said}");
        }
        assert_eq!(last("MISS, HIT"), "HIT");
    }
}
