//! Which requests of a load went to an address.

use std::collections::BTreeMap;

use crate::http::url::{self, Url};
use crate::recording::{Recording, RequestId};

/// The requests of a load by address. Fragments and spelling (case of the host, default port, escapes) do not count.
#[derive(Clone, Debug, Default)]
pub struct Addresses(BTreeMap<String, Vec<RequestId>>);

impl Addresses {
    /// Of these requests, in their order. Addresses without a host (`data:`) are left out: they ask for nothing.
    pub fn of(recording: &Recording, requests: &[RequestId]) -> Self {
        let mut all: BTreeMap<String, Vec<RequestId>> = BTreeMap::new();
        for id in requests {
            let text = recording.request(*id).url_text().expose();
            if Url::parse(text).is_some_and(|url| !url.host.is_empty()) {
                all.entry(url::canonical(text)).or_default().push(*id);
            }
        }
        Self(all)
    }

    /// Those to an address, in order of start.
    pub fn requests_to(&self, address: &str) -> &[RequestId] {
        self.0.get(&url::canonical(address)).map_or(&[], Vec::as_slice)
    }

    /// The last one before another request.
    pub fn latest_before(&self, address: &str, id: RequestId) -> Option<RequestId> {
        let all = self.requests_to(address);
        let n = all.partition_point(|other| *other < id);
        all.get(n.checked_sub(1)?).copied()
    }
}
