//! `token-in-cacheable-url`: secrets in addresses whose answers caches may keep.

use crate::http::url::Url;
use crate::page_load::{Owner, PageLoad};
use crate::recording::Missing;
use crate::rules::gain;
use crate::rules::responses::{self, Judged, Response, Shown, Told};
use crate::rules::rule::declare_rule;
use crate::rules::security::shared_use;
use crate::rules::text::{Part, message};
use crate::rules::{Outcome, Severity, Topic};
use crate::units::Seconds;

/// Shorter lifetimes are left out: the address is forgotten soon.
const LONG: Seconds = Seconds(3_600);

/// Characters. Shorter values are no secrets.
const SHORT: usize = 12;

/// Names of parameters that hold a secret of one visitor. Keys of apps and signatures of CDNs are for all.
const NAMES: [&str; 9] =
    ["token", "access_token", "auth_token", "id_token", "session", "sessionid", "session_id", "jwt", "password"];

/// Parameters beside which a token is the CDN's own signature.
const SIGNED: [&str; 7] =
    ["signature", "x-amz-signature", "x-goog-signature", "expires", "policy", "key-pair-id", "hdnts"];

declare_rule! {
    /// ## In plain words
    /// A secret stands in the address of these answers, and shared caches may keep the answer under that address for a long
    /// time. Whoever learns the address, from a log for example, gets the answer.
    ///
    /// ## What it finds
    /// Answers of the site's own to GET with a parameter such as `token` or `session_id` (12 characters and more) in the
    /// query that shared caches may use for more than an hour. Signed addresses of CDNs are left out.
    ///
    /// ## Why it matters
    /// Addresses stand in logs, in caches and in `Referer`; a header does not.
    ///
    /// ## How to fix it
    /// Send the secret in a header such as `Authorization`, and the answer with `Cache-Control: private`.
    ///
    /// ## How savings are estimated
    /// None are claimed.
    ///
    /// ## When to ignore it
    /// If the parameter is no secret, or the address is made to be handed on (an invitation, a download link).
    ///
    /// ## References
    /// - [RFC 9111 §7.3: Caching of sensitive information](https://www.rfc-editor.org/rfc/rfc9111#section-7.3)
    /// - [OWASP: Information exposure through query strings](https://owasp.org/www-community/vulnerabilities/Information_exposure_through_query_strings_in_url)
    pub static TOKEN_IN_CACHEABLE_URL = {
        id: "token-in-cacheable-url",
        title: "Secrets in addresses that caches keep",
        topic: Topic::Security,
        severity: Severity::Warning,
        owner: Owner::Origin,
        needs: [Missing::ResponseHeaders],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let shown = responses::look(load, &judge);
    shown.conclude("no address that was asked for holds a token", &tell)
}

fn judge(response: &Response<'_, '_>) -> Judged {
    let has_token = response.resource.url.is_some_and(|url| has_token(&url));
    if !response.is_get() || !has_token || gain::is_third_party(response.resource) {
        return Judged::NotMeant;
    }
    match shared_use(response.request).and_then(|found| Some((found.lifetime?, found.said_by))) {
        Some((lifetime, said_by)) if LONG < lifetime => {
            Judged::Shown(message!["a secret in the query; ", response.line(said_by), ": kept for ", lifetime])
        }
        _ => Judged::Fine,
    }
}

fn has_token(url: &Url<'_>) -> bool {
    let pairs = || url.query.into_iter().flat_map(|query| query.split('&')).filter_map(|pair| pair.split_once('='));
    let is_any = |name: &str, known: &[&str]| known.iter().any(|known| name.eq_ignore_ascii_case(known));
    let is_signed = pairs().any(|(name, _)| is_any(name, &SIGNED));
    !is_signed && pairs().any(|(name, value)| is_any(name, &NAMES) && SHORT <= value.len())
}

fn tell(shown: &Shown) -> Told {
    Told {
        severity: Severity::Warning,
        customer: message![
            shown.counted("address holds", "addresses hold"),
            " a secret, and caches may keep the answer under it for a long time."
        ],
        engineer: message![
            shown.counted("response", "responses"),
            " with a token in the query that shared caches may reuse for more than ",
            LONG,
            "."
        ],
        fix: message![
            "Send the secret as ",
            Part::Code("Authorization"),
            " header, and the answer with ",
            Part::Code("Cache-Control: private, no-store"),
            "."
        ],
        savings: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::Made;
    use crate::rules::testing::check_rule;

    #[test]
    fn addresses() {
        for (query, line, expected) in [
            ("token=0123456789abcdef", "max-age=86400", "found"),
            ("token=0123456789abcdef", "max-age=600", "passed"),
            ("token=0123456789abcdef", "private, max-age=86400", "passed"),
            ("token=short", "max-age=86400", "not-applicable"),
            ("token=0123456789abcdef&Expires=1", "max-age=86400", "not-applicable"),
            ("v=0123456789abcdef", "max-age=86400", "not-applicable"),
        ] {
            let made = Made::page("https://shop.example/")
                .document(|r| r)
                .request(&format!("https://shop.example/f?{query}"), |r| r.response("cache-control", line));
            check_rule(&TOKEN_IN_CACHEABLE_URL, made, expected);
        }
        let made = Made::page("https://shop.example/").without(Missing::ResponseHeaders);
        check_rule(&TOKEN_IN_CACHEABLE_URL, made, "not-checked");
    }
}
