//! `endless-redirect`: permanent redirects that browsers remember for ever.

use crate::http::url::Url;
use crate::page_load::document::redirect_target;
use crate::page_load::{Owner, PageLoad};
use crate::recording::{Missing, Request};
use crate::rules::responses::{self, Judged, Response, Shown, Told};
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Outcome, Severity, Topic};

declare_rule! {
    /// ## In plain words
    /// These permanent redirects name no end. Browsers remember them for as long as they like, so a mistake in them can
    /// hardly be undone for people who were there once.
    ///
    /// ## What it finds
    /// Answers 301 and 308 of the site's own to GET without `Cache-Control` and `Expires`. Redirects to the same address
    /// with HTTPS, or with and without `www.`, are meant for ever and left out.
    ///
    /// ## Why it matters
    /// Chrome and Firefox keep such redirects until their cache is cleared, Safari for a year, and do not ask again.
    ///
    /// ## How to fix it
    /// Send `Cache-Control: max-age=86400` with them: a day is long enough to spare the detour.
    ///
    /// ## How savings are estimated
    /// None: this is a risk, not a cost.
    ///
    /// ## When to ignore it
    /// If the old address will never be used for anything else.
    ///
    /// ## References
    /// - [RFC 9110 §15.4.2: 301 Moved Permanently](https://www.rfc-editor.org/rfc/rfc9110#section-15.4.2)
    /// - [RFC 9111 §4.2.2: Calculating heuristic freshness](https://www.rfc-editor.org/rfc/rfc9111#section-4.2.2)
    pub static ENDLESS_REDIRECT = {
        id: "endless-redirect",
        title: "Redirects that browsers remember for ever",
        topic: Topic::Redirects,
        severity: Severity::Notice,
        owner: Owner::Origin,
        needs: [Missing::ResponseHeaders],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let shown = responses::look(load, &judge);
    if !shown.files.is_empty() && !shown.has_own() {
        return Outcome::Passed; // what other companies do with their addresses is their risk
    }
    shown.conclude("there is no permanent redirect", &tell)
}

fn judge(response: &Response<'_, '_>) -> Judged {
    let is_permanent = matches!(response.request.status(), Some(301 | 308));
    if !is_permanent || !response.is_get() {
        return Judged::NotMeant;
    }
    if response.has("cache-control") || response.has("expires") || is_canonical(response.request) {
        return Judged::Fine;
    }
    let status = response.request.status().unwrap_or_default();
    Judged::Shown(message![Part::Status(status), " with ", response.line("cache-control"), " and no Expires"])
}

/// Whether it leads to the same address with HTTPS, or with or without `www.`.
fn is_canonical(request: Request<'_>) -> bool {
    let Some(target) = redirect_target(request) else { return false };
    let (Some(from), Some(to)) = (Url::parse(request.url_text().expose()), Url::parse(&target)) else { return false };
    let host = |url: &Url<'_>| url.host.to_ascii_lowercase().trim_start_matches("www.").to_owned();
    host(&from) == host(&to) && from.path_and_query() == to.path_and_query()
}

fn tell(shown: &Shown) -> Told {
    Told {
        severity: Severity::Notice,
        customer: message![
            shown.counted("redirect is", "redirects are"),
            " remembered by browsers without end and can hardly be taken back."
        ],
        engineer: message![
            shown.counted("permanent redirect", "permanent redirects"),
            " without Cache-Control and Expires: kept for ever in Chrome and Firefox, for a year in Safari."
        ],
        fix: message!["Send ", Part::Code("Cache-Control: max-age=86400"), " with permanent redirects."],
        savings: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::Made;
    use crate::rules::testing::check_rule;

    #[test]
    fn redirects() {
        for (status, to, line, expected) in [
            (301, "https://shop.example/new", None, "found"),
            (308, "/new", None, "found"),
            (301, "/new", Some("max-age=86400"), "passed"),
            (301, "https://www.shop.example/old", None, "passed"),
            (302, "/new", None, "not-applicable"),
        ] {
            let made = Made::page("https://shop.example/").document(|r| r).request("http://shop.example/old", |r| {
                let r = r.status(status).response("location", to);
                match line {
                    Some(line) => r.response("cache-control", line),
                    None => r,
                }
            });
            check_rule(&ENDLESS_REDIRECT, made, expected);
        }
        let made = Made::page("https://shop.example/").without(Missing::ResponseHeaders);
        check_rule(&ENDLESS_REDIRECT, made, "not-checked");
    }
}
