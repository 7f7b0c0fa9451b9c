//! `wrong-cors-copy`: copies out of a cache that were made for another site's page.

use crate::http::edge::EdgeStatus;
use crate::page_load::{Owner, PageLoad};
use crate::recording::Missing;
use crate::rules::responses::{self, Judged, Response, Shown, Told};
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Outcome, Severity, Topic};

declare_rule! {
    /// ## In plain words
    /// The CDN handed out a copy that allows another site to use it, not this one. The browser refuses it, and a part of the
    /// page does not work.
    ///
    /// ## What it finds
    /// Answers out of a shared cache (by its status, or an `Age` above 0) whose `Access-Control-Allow-Origin` is neither `*`
    /// nor the request's `Origin`.
    ///
    /// ## Why it matters
    /// It comes and goes with the cache, so it is hard to catch: whoever asks first after the copy expired decides for whom
    /// it works.
    ///
    /// ## How to fix it
    /// Send `Vary: Origin` from the server, or `Access-Control-Allow-Origin: *` where no cookies are needed; then purge.
    ///
    /// ## How savings are estimated
    /// None: this is about breakage.
    ///
    /// ## When to ignore it
    /// If the file was asked for without need of CORS.
    ///
    /// ## References
    /// - [Fetch: CORS protocol and HTTP caches](https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches)
    pub static WRONG_CORS_COPY = {
        id: "wrong-cors-copy",
        title: "Cached copies made for another site",
        topic: Topic::Caching,
        severity: Severity::Serious,
        owner: Owner::Origin,
        needs: [Missing::ResponseHeaders, Missing::RequestHeaders],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let shown = responses::look(load, &|response| judge(load, response));
    shown.conclude("nothing that was asked for across sites came out of a shared cache", &tell)
}

fn judge(load: &PageLoad<'_>, response: &Response<'_, '_>) -> Judged {
    let id = response.request.id();
    let is_aged = response.header("age").any(|age| age.bytes().any(|b| matches!(b, b'1'..=b'9')));
    let was_shared = is_aged || matches!(load.edge_of(id).status, Some(EdgeStatus::Hit | EdgeStatus::Stale));
    let (Some(origin), Some(allowed)) =
        (response.asked("origin").next(), response.header("access-control-allow-origin").next())
    else {
        return Judged::NotMeant;
    };
    if !was_shared || response.is_of_origin(origin) {
        return Judged::NotMeant;
    }
    if matches!(allowed, "*" | "null") || allowed.eq_ignore_ascii_case(origin) {
        return Judged::Fine;
    }
    let line = response.line("access-control-allow-origin");
    Judged::Shown(message![line, ", but ", Part::RequestHeader(id, "origin"), ", from a shared cache"])
}

fn tell(shown: &Shown) -> Told {
    Told {
        severity: Severity::Serious,
        customer: message![
            "The CDN handed out ",
            shown.counted("copy that was", "copies that were"),
            " made for another site. The browser refuses ",
            shown.agreeing("it.", "them.")
        ],
        engineer: message![
            shown.counted("cached response", "cached responses"),
            " with the Access-Control-Allow-Origin of another origin."
        ],
        fix: message![
            "Send ",
            Part::Code("Vary: Origin"),
            ", or ",
            Part::Code("Access-Control-Allow-Origin: *"),
            " where no cookies are needed, and purge these addresses."
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
    fn copies() {
        for (allowed, age, expected) in [
            ("https://other.example", "5", "found"),
            ("https://other.example", "0", "not-applicable"),
            ("https://shop.example", "5", "passed"),
            ("*", "5", "passed"),
        ] {
            let made = Made::page("https://shop.example/").request("https://cdn.example/a.woff2", |r| {
                r.header("origin", "https://shop.example")
                    .response("access-control-allow-origin", allowed)
                    .response("age", age)
            });
            check_rule(&WRONG_CORS_COPY, made, expected);
        }
        let own = Made::page("https://shop.example/").request("https://shop.example/a.woff2", |r| {
            r.header("origin", "https://shop.example")
                .response("access-control-allow-origin", "https://other.example")
                .response("age", "5")
        });
        check_rule(&WRONG_CORS_COPY, own, "not-applicable");
        let made = Made::page("https://shop.example/").without(Missing::RequestHeaders);
        check_rule(&WRONG_CORS_COPY, made, "not-checked");
    }
}
