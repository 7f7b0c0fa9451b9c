//! What caches make of a response, as the report tells it: the same as `weir cache` answers, at the recording's own time
//! of that response.

use crate::http::browsers::{Lifetime, Reuse, Verdict};
use crate::http::cdn::EdgeStatus;
use crate::http::cdn::reason::{self, Reason};
use crate::http::freshness::Basis;
use crate::http::judgment::{self, Judgment, Use};
use crate::page_load::{PageLoad, caching};
use crate::recording::Request;
use crate::redact::Clean;
use crate::report::delivery;
use crate::report::format::stored;
use crate::report::names::Names;
use crate::report::schema::{BrowserReport, BrowsersReport, CacheReport, CacheUse, CdnReport, LifetimeReport};
use crate::report::words::{Audience, text};
use crate::rules::reasons;
use crate::text::Untrusted;
use crate::units::Millis;

/// `None` where no response headers were recorded.
pub fn report(names: &Names, load: &PageLoad<'_>, request: Request<'_>) -> Option<CacheReport> {
    caching::with_exchange_of(load, request, |exchange| {
        let judgment = judgment::judge(exchange, None);
        let browsers = &judgment.browsers;
        let why = reason::explain(exchange, &judgment.cdn);
        let told = |told: &Reason| text(names, load, &reasons::told(request.id(), told), Audience::Engineer);
        let reasons = why.told.iter().map(told).collect();
        let possible = why.possible.iter().map(|cause| Clean::from(cause.text())).collect();
        CacheReport {
            private: cache(&judgment.private),
            shared: Some(cache(&judgment.shared)),
            cdn: CdnReport { reasons, possible, ..cdn(names, &judgment) },
            browsers: Some(BrowsersReport {
                chrome: browser(&browsers.chrome),
                firefox: browser(&browsers.firefox),
                safari: browser(&browsers.safari),
            }),
            vary_matches: None,
            updated: None,
        }
    })
}

fn cache(cache: &Use) -> CacheUse {
    let policy = &cache.policy;
    CacheUse {
        storable: Some(policy.storable),
        lifetime_s: policy.storable.then_some(policy.lifetime.0),
        heuristic: Some(policy.storable && policy.basis == Basis::Heuristic),
        age_s: Some(cache.age.0.round() / 1000.0),
        fresh: Some(cache.is_fresh),
        must_revalidate: Some(policy.must_revalidate),
        reusable: Some(cache.is_reusable),
        stale_while_revalidate_s: Some(policy.stale_while_revalidate.0),
        stale_if_error_s: Some(policy.stale_if_error.0),
        why: Some(Clean::from(cache.why)),
    }
}

fn cdn(names: &Names, judgment: &Judgment<'_>) -> CdnReport {
    let front = judgment.cdn.front();
    let policy = &judgment.cdn_policy;
    let ms = |ms: Option<f64>| ms.map(|ms| stored(Millis(ms)));
    CdnReport {
        vendor: front.map(|front| Clean::from(front.vendor.name())),
        status: front.and_then(|front| front.status).map(|status: EdgeStatus| Clean::from(status.word())),
        storable: Some(policy.storable),
        lifetime_s: policy.storable.then_some(policy.lifetime.0),
        must_revalidate: Some(policy.must_revalidate),
        pop: front.and_then(|front| front.pop).and_then(|pop| names.place(Untrusted::new(pop))),
        edge_ms: ms(judgment.cdn.edge_ms),
        origin_ms: ms(judgment.cdn.origin_ms),
        why: Some(Clean::from(judgment.why_cdn())),
        behind: delivery::behind(names, &judgment.cdn),
        reasons: Vec::new(),
        possible: Vec::new(),
    }
}

fn browser(verdict: &Verdict) -> BrowserReport {
    BrowserReport {
        stored: verdict.stored,
        lifetime_s: match verdict.lifetime {
            Lifetime::Seconds(seconds) => Some(LifetimeReport::Seconds(seconds as u64)),
            Lifetime::Forever => Some(LifetimeReport::Word(Clean::from("infinite"))),
            Lifetime::Unknown => None,
        },
        reuse: verdict.reuse.map(Reuse::word).map(Clean::from),
    }
}
