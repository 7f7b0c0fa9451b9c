//! `third-party-weight`: what other companies' files cost the page.

use crate::order::Arrange;
use std::collections::BTreeMap;

use crate::page_load::{Owner, PageLoad, downloads};
use crate::recording::RequestId;
use crate::rules::gain;
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Evidence, Finding, Method, Outcome, Savings, Severity, Topic};
use crate::units::{Bytes, Millis, Ratio};

/// Milliseconds on the way to the main milestone. Lighthouse's `third-party-summary` lets third parties block for
/// 250 ms before it complains (`PASS_THRESHOLD_IN_MS`).
const COSTLY: Millis = Millis(250.0);

/// Bytes on the wire: about a fifth of a median page (2.6 MB, HTTP Archive 2024).
const HEAVY: Bytes = Bytes::kib(500);

/// Part of the page's bytes that has to be third parties' as well before their bytes are more than a notice.
const SHARE: f64 = 0.3;

/// Bytes and requests below which third parties are not worth a word, as long as nothing waited for them.
const LIGHT: (Bytes, u64) = (Bytes::kib(100), 10);

declare_rule! {
    /// ## In plain words
    /// Other companies' programs run on this page: measuring, advertising, chat, videos, consent. This is how much of
    /// the page they are, and how long the page waited for them.
    ///
    /// ## What it finds
    /// Requests to known companies other than the site's own (hosting companies and CDNs carry the site's own files and
    /// do not count), by company: number, bytes on the wire, time with at least one request under way, and the time that
    /// lies on the way to the main milestone. It is a warning where that is 250 ms or more, or where third parties send
    /// 500 KiB or more and three tenths of all bytes. Work of their scripts in the browser is not in a HAR.
    ///
    /// ## Why it matters
    /// Each company brings connections, scripts and often further companies. Its outages and slow days are the page's.
    ///
    /// ## How to fix it
    /// - Take stock: who asked for it, who still reads its figures? Remove the rest.
    /// - Load with `async` or `defer`, after consent, or on interaction (a placeholder for videos and chats).
    /// - Serve fonts and libraries from the page's own host.
    ///
    /// ## How savings are estimated
    /// Time: at most what lies on the way to the main milestone. Bytes: all third-party bytes of this load, as an upper
    /// bound.
    ///
    /// ## When to ignore it
    /// What earns the site its money or is required by law; then loading it late is the point, not removing it.
    ///
    /// ## References
    /// - [Third-party JavaScript performance](https://web.dev/articles/optimizing-content-efficiency-loading-third-party-javascript)
    /// - [Reduce the impact of third-party code (Lighthouse)](https://developer.chrome.com/docs/lighthouse/performance/third-party-summary)
    /// - [Third Party Web: who is who](https://www.thirdpartyweb.today/)
    pub static THIRD_PARTY_WEIGHT = {
        id: "third-party-weight",
        title: "Weight of third parties",
        topic: Topic::ThirdParty,
        severity: Severity::Warning,
        owner: Owner::ThirdParty,
        needs: [],
        since: "0.1.0",
        check: check,
    }
}

/// What one company costs.
struct Company {
    first: RequestId,
    n_requests: u64,
    bytes: Bytes,
    busy: Millis,
    /// Part of the way to the main milestone.
    waited: Millis,
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let mut all_bytes = Bytes(0);
    let mut spans = BTreeMap::new();
    let mut companies: BTreeMap<&'static str, Company> = BTreeMap::new();
    for (request, resource) in load.network() {
        let sent = if downloads::is_download(request) { downloads::sent_bytes(request) } else { None };
        all_bytes += sent.unwrap_or_default();
        let Some(entity) = resource.entity.filter(|_| gain::is_third_party(resource)) else { continue };
        let company = companies.entry(entity.name).or_insert(Company {
            first: request.id(),
            n_requests: 0,
            bytes: Bytes(0),
            busy: Millis::ZERO,
            waited: Millis::ZERO,
        });
        company.n_requests += 1;
        company.bytes += sent.unwrap_or_default();
        spans.entry(entity.name).or_insert_with(Vec::new).extend(load.span(request.id()));
    }
    for (name, spans) in spans {
        if let Some(company) = companies.get_mut(name) {
            company.busy = downloads::busy_time(spans);
        }
    }
    for step in load.attribution.iter().flat_map(|attribution| &attribution.path) {
        let entity = step.request.and_then(|id| load.resource(id)).and_then(|resource| resource.entity);
        if let Some(company) = entity.and_then(|entity| companies.get_mut(entity.name)) {
            company.waited += step.span.duration();
        }
    }
    let mut companies: Vec<Company> = companies.into_values().collect();
    companies.arrange_by(|a, b| b.waited.total_cmp(&a.waited).then(b.bytes.cmp(&a.bytes)).then(a.first.cmp(&b.first)));
    let total = Total::of(&companies);
    match companies.first() {
        None => Outcome::NotApplicable("no other company is known to take part in the page"),
        Some(_) if total.is_light() => Outcome::Passed,
        Some(first) => Outcome::found(finding(load, first, &companies, &total, all_bytes)),
    }
}

/// All companies together.
struct Total {
    n_requests: u64,
    bytes: Bytes,
    waited: Millis,
}

impl Total {
    fn of(companies: &[Company]) -> Self {
        Self {
            n_requests: companies.iter().map(|company| company.n_requests).sum(),
            bytes: companies.iter().map(|company| company.bytes).sum(),
            waited: companies.iter().map(|company| company.waited).sum(),
        }
    }

    fn is_light(&self) -> bool {
        self.waited <= Millis::ZERO && self.bytes < LIGHT.0 && self.n_requests < LIGHT.1
    }
}

fn finding(load: &PageLoad<'_>, first: &Company, companies: &[Company], total: &Total, all_bytes: Bytes) -> Finding {
    let share = Ratio(total.bytes.0 as f64 / all_bytes.0.max(1) as f64);
    let is_heavy = HEAVY <= total.bytes && Ratio(SHARE) <= share;
    let n_companies = companies.len() as u64;
    let mut customer = message![
        Part::Counted(n_companies, "other company takes", "other companies take"),
        " part in this page and ",
        Part::agreeing(companies.len(), "sends ", "send "),
        total.bytes,
        " (",
        share,
        " of all)."
    ];
    if Millis::ZERO < total.waited {
        customer.0.extend(
            message![
                Part::agreeing(companies.len(), " The page waited for it for ", " The page waited for them for "),
                total.waited,
                "."
            ]
            .0,
        );
    }
    Finding {
        severity: if COSTLY <= total.waited || is_heavy { Severity::Warning } else { Severity::Notice },
        owner: None,
        customer,
        engineer: message![
            Part::Counted(total.n_requests, "request", "requests"),
            " to ",
            Part::Counted(n_companies, "known third party", "known third parties"),
            ", ",
            total.bytes,
            " on the wire (",
            share,
            "); ",
            total.waited,
            " of the way to the main milestone; first ",
            Part::Party(first.first),
            "."
        ],
        fix: message![
            "Remove what nobody needs; load the rest with ",
            Part::Code("async"),
            " or later, and serve fonts and libraries from the page's own host."
        ],
        evidence: companies.iter().map(evidence).collect(),
        savings: Some(Savings {
            milestone: load.milestones.main().map(|(metric, _)| metric).filter(|_| Millis::ZERO < total.waited),
            ms: (Millis::ZERO, total.waited),
            bytes: total.bytes,
            method: Method::Bound,
        }),
    }
}

fn evidence(company: &Company) -> Evidence {
    let mut text = message![
        Part::Party(company.first),
        ": ",
        Part::Counted(company.n_requests, "request", "requests"),
        ", ",
        company.bytes,
        ", under way for ",
        company.busy
    ];
    if Millis::ZERO < company.waited {
        text.0.extend(message![", ", company.waited, " of it on the way to the main milestone"].0);
    }
    Evidence { request: Some(company.first), text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::ResourceKind;
    use crate::recording::testing::Made;
    use crate::rules::testing::{check_rule, outcome};

    fn tags(host: &str, n: u32, bytes: u64) -> Made {
        let mut made = Made::page("https://shop.example/").document(|r| r.bytes(50_000, 49_000, 200_000));
        for at in 0..n {
            made = made.request(&format!("https://{host}/{at}.js"), |r| {
                r.kind(ResourceKind::Script).start(100.0).wait(50.0).bytes(bytes, bytes, bytes)
            });
        }
        made
    }

    #[test]
    fn bytes_and_share_decide() {
        let of = |made| match outcome(&THIRD_PARTY_WEIGHT, made) {
            Outcome::Found(found) => found[0].severity,
            other => panic!("{other:?}"),
        };
        assert_eq!(of(tags("www.googletagmanager.com", 6, 100_000)), Severity::Warning);
        assert_eq!(of(tags("www.googletagmanager.com", 11, 1_000)), Severity::Notice);
    }

    #[test]
    fn near_misses() {
        check_rule(&THIRD_PARTY_WEIGHT, tags("www.googletagmanager.com", 2, 10_000), "passed");
        // Another domain that nobody knows may be the site's own.
        check_rule(&THIRD_PARTY_WEIGHT, tags("static-of-shop.example", 9, 500_000), "not-applicable");
        check_rule(&THIRD_PARTY_WEIGHT, Made::page("https://shop.example/").document(|r| r), "not-applicable");
    }
}
