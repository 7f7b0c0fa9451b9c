//! `stale-copy-after-failure`: the origin did not answer, so the CDN sent an old copy.

use crate::http::cdn::reason::Cause;
use crate::http::edge::EdgeStatus;
use crate::page_load::{Owner, PageLoad, edge};
use crate::recording::Missing;
use crate::rules::responses::{self, Judged, Response, Shown, Told};
use crate::rules::rule::declare_rule;
use crate::rules::text::message;
use crate::rules::{Outcome, Severity, Topic, reasons};

declare_rule! {
    /// ## In plain words
    /// The home server did not answer the CDN in time, so the CDN delivered an older copy. Visitors were protected, but
    /// something is wrong at home.
    ///
    /// ## What it finds
    /// Responses whose CDN says that it used a copy past its lifetime because asking the origin failed: Cloudflare's
    /// `STALE`, Akamai's `HitStale` and `TCP_REFRESH_FAIL_HIT`. An old copy that is sent while a fresh one is fetched
    /// (`UPDATING`, `stale-while-revalidate`) is as it should be and not told.
    ///
    /// ## Why it matters
    /// The next visitor at a place without such a copy gets an error.
    ///
    /// ## How to fix it
    /// Look into the origin's log at that minute: overload, a deployment, a firewall that keeps the CDN out.
    ///
    /// ## How savings are estimated
    /// None: the visitor did not wait for it.
    ///
    /// ## When to ignore it
    /// During a planned maintenance.
    ///
    /// ## References
    /// - [Cloudflare: cache responses](https://developers.cloudflare.com/cache/concepts/cache-responses/)
    /// - [RFC 5861 §4: stale-if-error](https://www.rfc-editor.org/rfc/rfc5861#section-4)
    pub static STALE_COPY_AFTER_FAILURE = {
        id: "stale-copy-after-failure",
        title: "Old copies because the origin did not answer",
        topic: Topic::Cdn,
        severity: Severity::Warning,
        owner: Owner::Origin,
        needs: [Missing::ResponseHeaders],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let judge = |response: &Response<'_, '_>| {
        let id = response.request.id();
        let found = load.edge_of(id);
        match found.status {
            None => Judged::NotMeant,
            Some(EdgeStatus::Stale) => {
                let why = edge::reasons(response.request);
                let failed = why.first() == Some(Cause::OriginFailed);
                if failed { Judged::Shown(reasons::evidence(id, &found, &why)) } else { Judged::Fine }
            }
            Some(_) => Judged::Fine,
        }
    };
    responses::look(load, &judge).conclude("no response tells of a cache in front of the server", &tell)
}

fn tell(shown: &Shown) -> Told {
    Told {
        severity: Severity::Warning,
        customer: message![
            "The home server did not answer, so the CDN delivered older copies of ",
            shown.counted("file", "files"),
            ". Visitors were protected this time."
        ],
        engineer: message![
            shown.counted("response", "responses"),
            " served stale because the CDN could not refresh ",
            shown.agreeing("it", "them"),
            " from the origin."
        ],
        fix: message!["Look into the origin's log and firewall at that minute: why did it not answer the CDN?"],
        savings: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::Made;
    use crate::rules::testing::check_rule;

    #[test]
    fn statuses() {
        let made = |status: &str| {
            Made::page("https://shop.example/")
                .document(|r| r.response("cf-ray", "1-FRA").response("cf-cache-status", status))
        };
        check_rule(&STALE_COPY_AFTER_FAILURE, made("STALE"), "found");
        check_rule(&STALE_COPY_AFTER_FAILURE, made("UPDATING"), "passed");
        check_rule(&STALE_COPY_AFTER_FAILURE, made("HIT"), "passed");
        check_rule(&STALE_COPY_AFTER_FAILURE, Made::page("https://shop.example/").document(|r| r), "not-applicable");
        check_rule(&STALE_COPY_AFTER_FAILURE, made("STALE").without(Missing::ResponseHeaders), "not-checked");
    }
}
