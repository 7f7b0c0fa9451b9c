//! `page-under-file-address`: pages that a CDN keeps because their address looks like a file's.

use crate::http::edge::EdgeStatus;
use crate::http::media_type::{self, Family};
use crate::page_load::{Owner, PageLoad, downloads};
use crate::recording::Missing;
use crate::rules::gain;
use crate::rules::personal;
use crate::rules::responses::{self, Judged, Response, Shown, Told};
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Outcome, Severity, Topic};

declare_rule! {
    /// ## In plain words
    /// The CDN took these answers for files because of the end of their address and keeps them, but they are pages or data.
    /// An attacker can use that to get at other people's pages.
    ///
    /// ## What it finds
    /// Answers of the site's own with status 200 and the media type of HTML or JSON under an address that ends like a style
    /// sheet, script, picture, font or film, and that came out of the CDN's cache. It is a warning where the path is one of
    /// an account, or the request carried a login's cookie; else it is most likely an error page with the wrong status.
    ///
    /// ## Why it matters
    /// Many CDNs keep files by the end of their address. If the server answers `/account/x.css` with the account page, the
    /// CDN keeps that page, and whoever asks for the address next is shown it (web cache deception).
    ///
    /// ## How to fix it
    /// Answer unknown addresses with 404, send personal pages with `Cache-Control: private, no-store`, and let the CDN keep
    /// only answers whose media type fits the address (Cloudflare: Cache Deception Armor).
    ///
    /// ## How savings are estimated
    /// None are claimed.
    ///
    /// ## When to ignore it
    /// If the page under this address is the same for everybody.
    ///
    /// ## References
    /// - [Cloudflare: Cache Deception Armor](https://developers.cloudflare.com/cache/cache-security/cache-deception-armor/)
    /// - [PortSwigger: Web cache deception](https://portswigger.net/web-security/web-cache-deception)
    pub static PAGE_UNDER_FILE_ADDRESS = {
        id: "page-under-file-address",
        title: "Pages kept by the CDN as if they were files",
        topic: Topic::Security,
        severity: Severity::Warning,
        owner: Owner::Origin,
        needs: [Missing::ResponseHeaders],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let shown = responses::look(load, &|response| judge(load, response));
    let is_personal = |id| {
        let at_account = load.resource(id).and_then(|resource| resource.url);
        at_account.is_some_and(|url| personal::is_personal_address(&url)) || personal::is_logged_in(load.request(id))
    };
    let any_personal = shown.files.iter().any(|one| is_personal(one.id));
    let severity = if any_personal { Severity::Warning } else { Severity::Notice };
    shown.conclude("nothing came out of a CDN's cache under the address of a file", &|shown| tell(shown, severity))
}

fn judge(load: &PageLoad<'_>, response: &Response<'_, '_>) -> Judged {
    use Family::{Css, Font, Html, Image, JavaScript, Json, Media};
    let extension = response.resource.url.and_then(|url| url.extension());
    let expected = extension.and_then(media_type::family_of_extension);
    let looks_like_file = matches!(expected, Some(Css | JavaScript | Image | Font | Media));
    let is_own = response.is_get() && !gain::is_third_party(response.resource);
    if !looks_like_file || !is_own || response.request.status() != Some(200) {
        return Judged::NotMeant;
    }
    if load.edge_of(response.request.id()).status != Some(EdgeStatus::Hit) {
        return Judged::NotMeant;
    }
    let family = downloads::media_type(response.request).map(|media_type| media_type.family());
    match family {
        Some(Html | Json) => {
            Judged::Shown(message![response.line("content-type"), " under the address of a file, from the CDN's cache"])
        }
        _ => Judged::Fine,
    }
}

fn tell(shown: &Shown, severity: Severity) -> Told {
    Told {
        severity,
        customer: message![
            "The CDN keeps ",
            shown.counted("page", "pages"),
            " as if ",
            shown.agreeing("it were a file", "they were files"),
            ", because of the end of the address. Attackers can abuse this."
        ],
        engineer: message![
            shown.counted("response", "responses"),
            " of HTML or JSON under a file's extension, answered by the CDN's cache: web cache deception is possible."
        ],
        fix: message![
            "Answer such addresses with 404, send pages with ",
            Part::Code("Cache-Control: private, no-store"),
            ", and let the CDN compare media type and extension."
        ],
        savings: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::Made;
    use crate::rules::testing::{check_rule, outcome};

    fn made(address: &str, media_type: &str, status: &str) -> Made {
        Made::page("https://shop.example/").document(|r| r).request(&format!("https://shop.example/{address}"), |r| {
            r.response("content-type", media_type).response("x-cache", status)
        })
    }

    #[test]
    fn pages_as_files() {
        let rule = &PAGE_UNDER_FILE_ADDRESS;
        check_rule(rule, made("x.css", "text/html", "HIT"), "found");
        check_rule(rule, made("x.css", "text/css", "HIT"), "passed");
        check_rule(rule, made("x.css", "text/html", "MISS"), "not-applicable");
        check_rule(rule, made("x", "text/html", "HIT"), "not-applicable");
        for (address, expected) in [("x.js", Severity::Notice), ("account/x.js", Severity::Warning)] {
            let Outcome::Found(found) = outcome(rule, made(address, "text/html", "HIT")) else {
                panic!("nothing found")
            };
            assert_eq!(found[0].severity, expected);
        }
        check_rule(rule, Made::page("https://shop.example/").without(Missing::ResponseHeaders), "not-checked");
    }
}
