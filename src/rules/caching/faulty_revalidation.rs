//! `faulty-revalidation`: questions whether a file has changed that the server answers badly.

use crate::http::freshness::Basis;
use crate::http::validation::ETag;
use crate::page_load::{Lifetime, Owner, PageLoad, downloads};
use crate::recording::{Missing, Request, RequestId};
use crate::rules::gain;
use crate::rules::responses::{self, Judged, Response, Shown, Told};
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Method, Outcome, Severity, Topic};
use crate::units::{Bytes, Seconds};

/// From this many bytes on that came although nothing had changed it is a warning.
const NOTICEABLE: Bytes = Bytes::kib(50);

/// A copy that lives longer is not asked about often, so it matters little that its life was not renewed.
const SHORT: Seconds = Seconds::days(1);

declare_rule! {
    /// ## In plain words
    /// The browser offered what it had and asked whether that was still good. The server sent the same file once more, or
    /// confirmed it without saying for how long.
    ///
    /// ## What it finds
    /// Requests with `If-None-Match` or `If-Modified-Since` that were answered with status 200 and the same `ETag`, or
    /// without one the same `Last-Modified`; and answers 304 without `Cache-Control` and `Expires` although the same
    /// recording shows the whole answer with an `Expires` less than a day ahead and no `max-age`. A `max-age` stays in the
    /// copy and counts anew from the 304's `Date` (RFC 9111 §3.2); a date stays in the past.
    ///
    /// ## Why it matters
    /// The whole file travels again for nothing. Without a new date in the 304 the copy stays expired, so the browser asks
    /// again on the next page.
    ///
    /// ## How to fix it
    /// Let the server compare the tags and answer 304; mind modules that compress and change the `ETag` on the way. Send the
    /// same `Cache-Control` with a 304 as with a 200.
    ///
    /// ## How savings are estimated
    /// The bytes of the files that came again in this load.
    ///
    /// ## When to ignore it
    /// If a proxy beside the browser (a virus scanner, a recording proxy) takes the answer apart.
    ///
    /// ## References
    /// - [RFC 9110 §13.1.2: If-None-Match](https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2), [§15.4.5: 304 Not Modified](https://www.rfc-editor.org/rfc/rfc9110#section-15.4.5)
    pub static FAULTY_REVALIDATION = {
        id: "faulty-revalidation",
        title: "Unchanged files that were not confirmed properly",
        topic: Topic::Caching,
        severity: Severity::Warning,
        owner: Owner::Origin,
        needs: [Missing::ResponseHeaders, Missing::RequestHeaders],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let shown = responses::look(load, &|response| judge(load, response));
    shown.conclude("the browser asked about nothing that it had", &|shown| tell(load, shown))
}

fn judge(load: &PageLoad<'_>, response: &Response<'_, '_>) -> Judged {
    let asked_with =
        ["if-none-match", "if-modified-since"].into_iter().find(|name| response.asked(name).next().is_some());
    let Some(asked_with) = asked_with.filter(|_| response.is_get()) else { return Judged::NotMeant };
    let id = response.request.id();
    match response.request.status() {
        Some(200) if downloads::is_download(response.request) => match same_validator(response) {
            Some(name) => Judged::Shown(message![
                Part::RequestHeader(id, asked_with),
                " was answered with ",
                Part::Status(200),
                " and the same ",
                response.line(name)
            ]),
            None => Judged::Fine,
        },
        Some(304) => match lifetime_left_out(load, response) {
            Some(lifetime) => Judged::Shown(message![
                Part::Status(304),
                " without Cache-Control and Expires; the whole answer had an Expires ",
                lifetime,
                " ahead, which is not renewed"
            ]),
            None => Judged::Fine,
        },
        _ => Judged::NotMeant,
    }
}

/// The header that proves that nothing had changed.
fn same_validator(response: &Response<'_, '_>) -> Option<&'static str> {
    let tag = response.header("etag").next().map(ETag::parse);
    let offered = response.asked("if-none-match").flat_map(|line| line.split(", "));
    if let Some(tag) = tag {
        let mut offered = offered.map(str::trim).filter(|tag| !tag.is_empty()).map(ETag::parse);
        return offered.any(|offered| offered.matches_weakly(tag)).then_some("etag");
    }
    let modified = response.header("last-modified").next()?;
    response.asked("if-modified-since").any(|since| since == modified).then_some("last-modified")
}

/// The short lifetime of the whole answer that another request of the recording got, if this 304 says none.
fn lifetime_left_out(load: &PageLoad<'_>, response: &Response<'_, '_>) -> Option<Seconds> {
    if response.has("cache-control") || response.has("expires") {
        return None;
    }
    let request = response.request;
    let id = load.addresses.requests_to(request.url_text().expose()).iter().find(|id| is_whole(load.request(**id)))?;
    let whole = load.caching_of(*id)?;
    match whole.lifetime.filter(|_| whole.browser.is_some_and(|policy| policy.basis == Basis::Expires))? {
        Lifetime::Explicit(lifetime) if Seconds(0) < lifetime && lifetime < SHORT => Some(lifetime),
        _ => None,
    }
}

fn is_whole(request: Request<'_>) -> bool {
    request.status() == Some(200) && !request.response_headers().is_empty()
}

fn tell(load: &PageLoad<'_>, shown: &Shown) -> Told {
    let is_again = |id: RequestId| load.request(id).status() == Some(200);
    let again = shown.files.iter().filter(|one| is_again(one.id));
    let saved: Vec<_> = again.clone().map(|one| (one.id, one.sent)).collect();
    let own = again.filter(|one| !one.third_party).map(|one| one.sent).sum::<Bytes>();
    let bytes = saved.iter().map(|(_, bytes)| *bytes).sum::<Bytes>();
    Told {
        severity: if NOTICEABLE <= own { Severity::Warning } else { Severity::Notice },
        customer: message![
            "The browser asked whether ",
            shown.counted("file it had was", "files it had were"),
            " still good. The server sent ",
            shown.agreeing("it", "them"),
            " again or did not say how long ",
            shown.agreeing("it is good.", "they are good.")
        ],
        engineer: message![
            shown.counted("conditional request", "conditional requests"),
            " answered with the same file, ",
            bytes,
            " in all, or with a 304 that renews no lifetime."
        ],
        fix: message![
            "Compare ",
            Part::Code("If-None-Match"),
            " with the ETag and answer 304, with the same ",
            Part::Code("Cache-Control"),
            " as a 200 has."
        ],
        savings: Some(gain::of_fewer_bytes(load, &saved, Method::Bound)).filter(|_| !saved.is_empty()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::{Made, MadeRequest};
    use crate::rules::testing::check_rule;

    const FILE: &str = "https://shop.example/a.js";

    #[track_caller]
    fn check(expected: &str, make: impl FnOnce(MadeRequest<'_>) -> MadeRequest<'_>) {
        let made = Made::page("https://shop.example/").request(FILE, |r| make(r.bytes(60_000, 59_800, 90_000)));
        check_rule(&FAULTY_REVALIDATION, made, expected);
    }

    #[test]
    fn the_same_file_again() {
        check("found", |r| r.header("if-none-match", "\"a\"").response("etag", "\"a\""));
        check("found", |r| r.header("if-none-match", "W/\"a\", \"b\"").response("etag", "\"b\""));
        check("found", |r| r.header("if-modified-since", "x").response("last-modified", "x"));
        check("passed", |r| r.header("if-none-match", "\"a\"").response("etag", "\"b\""));
        check("passed", |r| r.header("if-none-match", "\"a\"").status(304).response("etag", "\"a\""));
        check("not-applicable", |r| r.response("etag", "\"a\""));
        let made = Made::page("https://shop.example/").without(Missing::RequestHeaders);
        check_rule(&FAULTY_REVALIDATION, made, "not-checked");
    }

    #[test]
    fn a_304_that_renews_nothing() {
        const ORIGIN: &str = "Thu, 01 Jan 2026 00:00:00 GMT";
        let made = |whole: (&'static str, &'static str), confirmed: Option<&'static str>| {
            Made::page("https://shop.example/")
                .request(FILE, move |r| r.response("date", ORIGIN).response(whole.0, whole.1).response("etag", "\"a\""))
                .request(FILE, move |r| {
                    let r = r.status(304).header("if-none-match", "\"a\"").response("etag", "\"a\"");
                    match confirmed {
                        Some(line) => r.response("cache-control", line),
                        None => r,
                    }
                })
        };
        let soon = ("expires", "Thu, 01 Jan 2026 01:00:00 GMT");
        check_rule(&FAULTY_REVALIDATION, made(soon, None), "found");
        check_rule(&FAULTY_REVALIDATION, made(soon, Some("max-age=60")), "passed");
        // It stays in the copy and counts from the 304's date.
        check_rule(&FAULTY_REVALIDATION, made(("cache-control", "max-age=60"), None), "passed");
        check_rule(&FAULTY_REVALIDATION, made(("expires", "Sat, 03 Jan 2026 01:00:00 GMT"), None), "passed");
    }
}
