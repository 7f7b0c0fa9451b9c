//! `shared-private-response`: answers that look like one person's and that caches may hand to others.

use crate::page_load::{Owner, PageLoad};
use crate::recording::{Missing, ResourceKind};
use crate::rules::gain;
use crate::rules::personal;
use crate::rules::responses::{self, Judged, Response, Shown, Told};
use crate::rules::rule::declare_rule;
use crate::rules::security::{SharedUse, shared_use};
use crate::rules::text::{Part, message};
use crate::rules::{Outcome, Severity, Topic};

declare_rule! {
    /// ## In plain words
    /// These answers look as if they were made for one person, yet the CDN and other shared caches may keep them and hand
    /// them to the next visitor.
    ///
    /// ## What it finds
    /// Documents and data of the site's own that were asked for with `Authorization`, or at an address of an account (such
    /// as `/account/` or `/api/me`) with a cookie of a login, and that shared caches may store and use for some time, by
    /// `Cache-Control` or the header meant for CDNs. It is serious if the answer came out of a shared cache.
    ///
    /// ## Why it matters
    /// Somebody may be shown another person's data. Caches do not look at cookies unless they are told to.
    ///
    /// ## How to fix it
    /// Send `Cache-Control: private, no-store` (or `private, no-cache`), and remove what the CDN holds now.
    ///
    /// ## How savings are estimated
    /// None are claimed: this is about privacy.
    ///
    /// ## When to ignore it
    /// If everybody gets the same answer: public data behind a key of the app, a page without anything personal in it.
    ///
    /// ## References
    /// - [RFC 9111 §3.5: Storing responses to authenticated requests](https://www.rfc-editor.org/rfc/rfc9111#section-3.5)
    /// - [RFC 9111 §7.3: Caching of sensitive information](https://www.rfc-editor.org/rfc/rfc9111#section-7.3)
    pub static SHARED_PRIVATE_RESPONSE = {
        id: "shared-private-response",
        title: "Personal answers that shared caches may keep",
        topic: Topic::Security,
        severity: Severity::Serious,
        owner: Owner::Origin,
        needs: [Missing::ResponseHeaders, Missing::RequestHeaders, Missing::Cookies],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let shown = responses::look(load, &judge);
    let any_shared =
        shown.files.iter().any(|one| shared_use(load.request(one.id)).is_some_and(|found| found.was_shared));
    shown.conclude("no personal answer came over the network", &|shown| tell(shown, any_shared))
}

fn judge(response: &Response<'_, '_>) -> Judged {
    use ResourceKind::{Document, Fetch, Xhr};
    let (request, resource) = (response.request, response.resource);
    let is_own = matches!(resource.kind, Document | Fetch | Xhr) && !gain::is_third_party(resource);
    let is_at_account = resource.url.is_some_and(|url| personal::is_personal_address(&url));
    let by_cookie = is_at_account && personal::sent_cookies(request).any(personal::is_session);
    let by_credentials = personal::is_authorized(request);
    if !response.is_download() || !is_own || !(by_cookie || by_credentials) {
        return Judged::NotMeant;
    }
    let Some(SharedUse { lifetime, was_shared, said_by }) = shared_use(request) else { return Judged::NotMeant };
    if lifetime.is_none() && !was_shared {
        return Judged::Fine;
    }
    let mut text = message![
        if by_credentials {
            "asked for with credentials"
        } else {
            "at an address of an account, with a cookie of a login"
        },
        "; ",
        response.line(said_by)
    ];
    if let Some(lifetime) = lifetime {
        text.0.extend(message![": shared caches may use it for everybody for ", lifetime].0);
    }
    if was_shared {
        text.0.extend(message!["; this answer came out of a shared cache"].0);
    }
    Judged::Shown(text)
}

fn tell(shown: &Shown, any_shared: bool) -> Told {
    let answers = shown.counted("answer looks", "answers look");
    Told {
        severity: if any_shared { Severity::Serious } else { Severity::Warning },
        customer: message![
            answers,
            " personal, yet shared caches may store ",
            shown.agreeing("it", "them"),
            " and show ",
            shown.agreeing("it", "them"),
            " to other people."
        ],
        engineer: message![
            shown.counted("response", "responses"),
            " to requests with credentials or a login's cookie may be stored and reused by shared caches."
        ],
        fix: message![
            "Send ",
            Part::Code("Cache-Control: private, no-store"),
            ", and purge these addresses at the CDN now."
        ],
        savings: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::{Made, MadeRequest};
    use crate::rules::testing::{check_rule, outcome};

    fn made(address: &str, make: impl FnOnce(MadeRequest<'_>) -> MadeRequest<'_>) -> Made {
        Made::page("https://shop.example/")
            .document(|r| r)
            .request(&format!("https://shop.example/{address}"), |r| make(r.kind(ResourceKind::Fetch)))
    }

    #[test]
    fn personal_answers() {
        let rule = &SHARED_PRIVATE_RESPONSE;
        let login = |r: &'static str| {
            move |line: &'static str, status: &'static str| {
                made(r, move |r| {
                    r.header("cookie", "PHPSESSID=x").response("cache-control", line).response("x-cache", status)
                })
            }
        };
        check_rule(rule, login("api/me")("public, max-age=600", "MISS"), "found");
        check_rule(rule, login("api/me")("private, max-age=600", "MISS"), "passed");
        check_rule(rule, login("api/me")("no-cache", "MISS"), "passed");
        check_rule(rule, login("api/prices")("public, max-age=600", "MISS"), "not-applicable");
        let Outcome::Found(found) = outcome(rule, login("api/me")("max-age=600", "HIT")) else {
            panic!("nothing found")
        };
        assert_eq!(found[0].severity, Severity::Serious);
        let bearer = |line: &'static str| {
            made("api/x", move |r| r.header("authorization", "Bearer x").response("cache-control", line))
        };
        check_rule(rule, bearer("public, max-age=60"), "found");
        check_rule(rule, bearer("max-age=60"), "passed");
    }

    #[test]
    fn not_checked() {
        let made = || made("api/me", |r| r);
        check_rule(&SHARED_PRIVATE_RESPONSE, made(), "not-applicable");
        check_rule(&SHARED_PRIVATE_RESPONSE, made().without(Missing::Cookies), "not-checked");
    }
}
