//! What caching did for a load and would do for the next one, as the report tells it.

use crate::page_load::caching::visits::{self, AFTER, ASSUMED, Answered};
use crate::page_load::{Caching, PageLoad};
use crate::redact::Clean;
use crate::report::names::Names;
use crate::report::schema::{AnsweredReport, CachingReport, LaterLoadReport, LaterRequestReport, LoadCachingReport};
use crate::units::Bytes;

/// Of a load; `None`: the recording does not tell of any response what it allows.
pub fn of_load(names: &Names, load: &PageLoad<'_>) -> Option<LoadCachingReport> {
    let all = visits::add_up(load)?;
    Some(LoadCachingReport {
        browser: Clean::from(all.browser.unwrap_or(ASSUMED).name()),
        assumed: all.browser.is_none(),
        answered: answered(names, load),
        requests: all.n_requests,
        first_bytes: names.size(all.first),
        visits: all
            .visits
            .iter()
            .map(|visit| {
                let [from_cache, in_background, confirmed, downloaded] = visit.n;
                LaterLoadReport {
                    after_s: visit.after.0,
                    from_cache,
                    in_background,
                    confirmed,
                    downloaded,
                    bytes: names.size(visit.bytes),
                    saved_bytes: names.size(visit.saved),
                }
            })
            .collect(),
    })
}

fn answered(names: &Names, load: &PageLoad<'_>) -> Vec<AnsweredReport> {
    let mut all = [(0, Bytes(0)); Answered::ALL.len()];
    for (id, caching) in load.requests.iter().zip(&load.caching) {
        let slot = caching.answered.and_then(|answered| all.get_mut(answered as usize));
        let Some((n, bytes)) = slot else { continue };
        *n += 1;
        *bytes += load.request(*id).transfer_bytes().unwrap_or_default();
    }
    let told = Answered::ALL.iter().zip(all).filter(|(_, (n, _))| 0 < *n);
    told.map(|(how, (requests, bytes))| AnsweredReport {
        how: Clean::from(how.word()),
        requests,
        bytes: names.size(bytes),
    })
    .collect()
}

/// Of one response.
pub fn of_response(names: &Names, caching: &Caching) -> CachingReport {
    CachingReport {
        verdict: caching.verdict.map(|verdict| Clean::from(verdict.word())),
        answered: caching.answered.map(|answered| Clean::from(answered.word())),
        validator: Clean::from(caching.validators.word()),
        kept_by: caching.kept_by().map(Clean::from),
        visits: AFTER
            .iter()
            .zip(caching.visits)
            .filter_map(|(after, visit)| {
                let visit = visit?;
                let bytes = visit.bytes.map(|bytes| names.size(bytes));
                Some(LaterRequestReport { after_s: after.0, way: Clean::from(visit.way.word()), bytes })
            })
            .collect(),
    }
}
