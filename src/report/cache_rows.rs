//! The cache table: one row a response, for the page and for CSV. Everything in it stands in the report.

use crate::page_load::caching::visits::AFTER;
use crate::redact::Clean;
use crate::report::schema::{LoadReport, RequestReport};

/// What caches make of one response, column by column.
#[derive(Clone, Copy, Debug)]
pub struct CacheRow<'a> {
    /// The request it answers.
    pub request: &'a RequestReport,
    /// `fresh`, `short-lived`, `guessed`, `stale`, `asks`, `not-kept`, `unsaid`; `None`: no response headers were recorded.
    pub verdict: Option<&'a str>,
    /// How it came: `network`, `bypassed`, `confirmed`, `memory`, `disk`, `prefetch`, `service-worker`, `push`,
    /// `nothing`.
    pub answered: Option<&'a str>,
    /// Seconds; `None`: it may not be kept.
    pub lifetime_s: Option<u64>,
    /// Seconds, on arrival.
    pub age_s: Option<f64>,
    /// Which validators it has, in a word.
    pub validator: &'a str,
    /// `shared`, `private`, `none`.
    pub kept_by: Option<&'a str>,
    /// The CDN nearest to the visitor.
    pub cdn: Option<&'a str>,
    /// What the CDN did, in a word.
    pub cdn_status: Option<&'a str>,
    /// Where the CDN's edge stands.
    pub pop: Option<&'a str>,
    /// What a visitor's browser does with it after an hour, a day, a week.
    pub visits: [Option<&'a str>; AFTER.len()],
    /// Why, in a sentence.
    pub why: Option<&'a str>,
    /// Why the CDN did not answer by itself: what its headers prove, else what is likeliest.
    pub cdn_why: Option<&'a str>,
}

/// The rows of a load: all requests that went, or would have gone, over the network.
pub fn rows(load: &LoadReport) -> impl Iterator<Item = CacheRow<'_>> {
    load.requests.iter().filter(|request| request.network).map(row)
}

/// The row of one request.
pub fn row(request: &RequestReport) -> CacheRow<'_> {
    let caching = request.caching.as_ref();
    let private = request.cache.as_ref().map(|cache| &cache.private);
    let cdn = request.cache.as_ref().map(|cache| &cache.cdn);
    let way = |at: usize| caching.and_then(|caching| caching.visits.get(at)).map(|visit| visit.way.as_str());
    CacheRow {
        request,
        verdict: caching.and_then(|caching| text(&caching.verdict)),
        answered: caching.and_then(|caching| text(&caching.answered)),
        lifetime_s: private.and_then(|cache| cache.lifetime_s),
        age_s: private.and_then(|cache| cache.age_s),
        validator: caching.map_or("", |caching| caching.validator.as_str()),
        kept_by: caching.and_then(|caching| text(&caching.kept_by)),
        cdn: cdn.and_then(|cdn| text(&cdn.vendor)),
        cdn_status: cdn.and_then(|cdn| text(&cdn.status)),
        pop: cdn.and_then(|cdn| text(&cdn.pop)),
        visits: [way(0), way(1), way(2)],
        why: private.and_then(|cache| text(&cache.why)),
        cdn_why: cdn.and_then(|cdn| cdn.reasons.first().or(cdn.possible.first())).map(Clean::as_str),
    }
}

fn text(clean: &Option<Clean>) -> Option<&str> {
    clean.as_ref().map(Clean::as_str)
}
