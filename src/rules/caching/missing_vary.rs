//! `missing-vary`: answers that depend on the request and do not say so.

use crate::http::content_coding;
use crate::http::edge::EdgeStatus;
use crate::http::list;
use crate::order::Arrange;
use crate::page_load::{Owner, PageLoad};
use crate::recording::Missing;
use crate::rules::responses::{self, Judged, Response, Shown, Told};
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Outcome, Severity, Topic};
use crate::units::Seconds;

declare_rule! {
    /// ## In plain words
    /// These answers were made for the browser, or the page, that asked. Caches are not told, and may hand them to somebody
    /// who cannot use them.
    ///
    /// ## What it finds
    /// Answers to GET that shared caches may use for some time and that allow exactly the page that asked
    /// (`Access-Control-Allow-Origin` equal to `Origin`) without `Vary: Origin`, or are packed (`Content-Encoding`) without
    /// `Vary: Accept-Encoding` and no CDN in front that takes care of it; and answers at one address with different `Vary`.
    ///
    /// ## Why it matters
    /// A cache that holds the answer for one site gives it to another one, whose browser refuses it. A packed copy reaches
    /// programs that cannot unpack it.
    ///
    /// ## How to fix it
    /// Send `Vary: Origin`, or `Access-Control-Allow-Origin: *` where no cookies are needed; send `Vary: Accept-Encoding`
    /// with everything that may be packed.
    ///
    /// ## How savings are estimated
    /// None: this is about breakage, which other visitors see.
    ///
    /// ## When to ignore it
    /// If the server allows one fixed origin, or no cache stands in front of it.
    ///
    /// ## References
    /// - [Fetch: CORS protocol and HTTP caches](https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches)
    /// - [RFC 9110 §12.5.5: Vary](https://www.rfc-editor.org/rfc/rfc9110#section-12.5.5)
    pub static MISSING_VARY = {
        id: "missing-vary",
        title: "Answers made for one request that caches give to others",
        topic: Topic::Caching,
        severity: Severity::Warning,
        owner: Owner::Origin,
        needs: [Missing::ResponseHeaders],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let shown = responses::look(load, &|response| judge(load, response));
    let any_shared = shown.files.iter().any(|one| {
        let was_shared = matches!(load.edge_of(one.id).status, Some(EdgeStatus::Hit | EdgeStatus::Stale));
        was_shared && load.request(one.id).request_header("origin").next().is_some()
    });
    let severity = if any_shared { Severity::Warning } else { Severity::Notice };
    shown.conclude("no answer that shared caches may keep came over the network", &|shown| tell(shown, severity))
}

fn judge(load: &PageLoad<'_>, response: &Response<'_, '_>) -> Judged {
    let shared = response.caching.shared.filter(|policy| policy.storable && !policy.asks_always);
    let is_kept = shared.is_some_and(|policy| Seconds(0) < policy.lifetime);
    if !response.is_download() || !is_kept {
        return Judged::NotMeant;
    }
    let varies_by = |name: &str| list::members(response.header("vary")).any(|own| own.eq_ignore_ascii_case(name));
    let id = response.request.id();
    if let (Some(origin), Some(allowed)) =
        (response.asked("origin").next(), response.header("access-control-allow-origin").next())
        && origin == allowed
        && !varies_by("origin")
        && !response.is_of_origin(origin)
    {
        let asked = Part::RequestHeader(id, "origin");
        let allows = response.line("access-control-allow-origin");
        return Judged::Shown(message![allows, " for ", asked, ", ", response.line("vary")]);
    }
    let is_packed = !content_coding::codings(response.header("content-encoding")).is_empty();
    if is_packed && !varies_by("accept-encoding") && load.edge_of(id).vendor.is_none() {
        return Judged::Shown(message![response.line("content-encoding"), ", ", response.line("vary")]);
    }
    if differs_from_earlier(load, response) {
        return Judged::Shown(message![response.line("vary"), "; another answer at this address had another Vary"]);
    }
    Judged::Fine
}

/// Whether an earlier successful answer at the same address named other headers.
fn differs_from_earlier(load: &PageLoad<'_>, response: &Response<'_, '_>) -> bool {
    let request = response.request;
    let names = |lines: Vec<&str>| -> Vec<String> {
        let mut all: Vec<String> = list::members(lines).map(str::to_ascii_lowercase).collect();
        all.arrange();
        all
    };
    let Some(earlier) = load.addresses.latest_before(request.url_text().expose(), request.id()) else { return false };
    let earlier = load.request(earlier);
    let is_same_kind = earlier.status() == request.status() && !earlier.response_headers().is_empty();
    let before = names(earlier.response_header("vary").map(|line| line.expose()).collect());
    is_same_kind && before != names(response.header("vary").collect())
}

fn tell(shown: &Shown, severity: Severity) -> Told {
    let answers = shown.counted("answer was", "answers were");
    Told {
        severity,
        customer: message![
            answers,
            " made for one browser or one page, and caches are not told so. They may hand ",
            shown.agreeing("it", "them"),
            " to somebody who cannot use ",
            shown.agreeing("it.", "them.")
        ],
        engineer: message![
            shown.counted("response", "responses"),
            " that shared caches may reuse although they depend on Origin or Accept-Encoding without naming it in Vary."
        ],
        fix: message![
            "Send ",
            Part::Code("Vary: Origin"),
            " or ",
            Part::Code("Access-Control-Allow-Origin: *"),
            ", and ",
            Part::Code("Vary: Accept-Encoding"),
            " with what is packed."
        ],
        savings: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::{Made, MadeRequest};
    use crate::rules::testing::{check_rule, outcome};

    fn made(make: impl FnOnce(MadeRequest<'_>) -> MadeRequest<'_>) -> Made {
        Made::page("https://shop.example/")
            .request("https://cdn.example/a.json", |r| make(r.response("cache-control", "max-age=600")))
    }

    #[track_caller]
    fn check(expected: &str, make: impl FnOnce(MadeRequest<'_>) -> MadeRequest<'_>) {
        check_rule(&MISSING_VARY, made(make), expected);
    }

    const ORIGIN: &str = "https://shop.example";

    #[test]
    fn what_depends_on_the_request() {
        let acao = "access-control-allow-origin";
        check("found", |r| r.header("origin", ORIGIN).response(acao, ORIGIN));
        check("passed", |r| r.header("origin", ORIGIN).response(acao, "*"));
        check("passed", |r| r.header("origin", ORIGIN).response(acao, ORIGIN).response("vary", "Origin"));
        check("passed", |r| r.header("origin", "https://cdn.example").response(acao, "https://cdn.example"));
        check("found", |r| r.response("content-encoding", "br"));
        check("passed", |r| r.response("content-encoding", "br").response("vary", "accept-encoding"));
        check("passed", |r| r.response("content-encoding", "br").response("cf-ray", "8dd84d62cee41992-FRA"));
        check("not-applicable", |r| r.response("content-encoding", "br").response("cache-control", "private"));
        let hit =
            made(|r| r.header("origin", ORIGIN).response(acao, ORIGIN).response("x-cache", "HIT").response("age", "5"));
        let Outcome::Found(found) = outcome(&MISSING_VARY, hit) else { panic!("nothing found") };
        assert_eq!(found[0].severity, Severity::Warning);
        check_rule(&MISSING_VARY, made(|r| r).without(Missing::ResponseHeaders), "not-checked");
    }

    #[test]
    fn one_address_with_two_rules() {
        let file = "https://cdn.example/a.json";
        let two = |a: &'static str, b: &'static str| {
            [a, b].into_iter().fold(Made::page("https://shop.example/"), |made, vary| {
                made.request(file, |r| r.response("cache-control", "max-age=600").response("vary", vary))
            })
        };
        check_rule(&MISSING_VARY, two("Origin", "Accept-Encoding"), "found");
        check_rule(&MISSING_VARY, two("Origin, a", "A, origin"), "passed");
    }
}
