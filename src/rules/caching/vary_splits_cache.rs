//! `vary-splits-cache`: answers of which caches must keep a copy for nearly every visitor.

use crate::http::edge::EdgeStatus;
use crate::http::list;
use crate::page_load::downloads;
use crate::page_load::{Owner, PageLoad};
use crate::recording::{Missing, ResourceKind};
use crate::rules::personal;
use crate::rules::responses::{self, Judged, Response, Shown, Told};
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Outcome, Severity, Topic};
use crate::units::{Bytes, Seconds};

/// From this many bytes on, in the site's own files, it is a warning.
const NOTICEABLE: Bytes = Bytes::kib(100);

/// More names than these multiply to thousands of copies.
const MOST_NAMES: usize = 3;

declare_rule! {
    /// ## In plain words
    /// The server says that these answers depend on what the browser sends with the request, and names something that is
    /// another one for nearly everybody. Caches then keep a copy for each, or do not use what they have.
    ///
    /// ## What it finds
    /// Static files, and documents without a sign of a login, that caches may use for some time and whose `Vary` names
    /// `Cookie`, `User-Agent` or its client hints, addresses or ids of visitors (`X-Forwarded-For` and the like), `Host`, or
    /// more than three headers; and images that the CDN did not have and whose `Vary` names `Accept`. `Vary: *` is another rule's, and so is what the CDN does not keep for it.
    ///
    /// ## Why it matters
    /// Every measuring script changes cookies: with `Vary: Cookie` Chrome and Safari do not use what they have after that.
    /// `User-Agent` has thousands of values, so a CDN seldom has the right copy; the browser itself is not harmed by it.
    ///
    /// ## How to fix it
    /// Name only what makes a difference, mostly `Vary: Accept-Encoding`. For devices use responsive markup or the CDN's
    /// classes of devices; for people with a login let the CDN go by that one cookie.
    ///
    /// ## How savings are estimated
    /// None are claimed. The finding names the bytes of these files.
    ///
    /// ## When to ignore it
    /// On pages that differ between visitors: there `Vary: Cookie` is right.
    ///
    /// ## References
    /// - [RFC 9111 §4.1: Calculating cache keys with Vary](https://www.rfc-editor.org/rfc/rfc9111#section-4.1)
    /// - [RFC 9110 §12.5.5: Vary](https://www.rfc-editor.org/rfc/rfc9110#section-12.5.5)
    pub static VARY_SPLITS_CACHE = {
        id: "vary-splits-cache",
        title: "Answers that caches keep for nearly nobody",
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
    shown.conclude("no answer that caches may keep came over the network", &tell)
}

fn judge(load: &PageLoad<'_>, response: &Response<'_, '_>) -> Judged {
    let (request, resource) = (response.request, response.resource);
    // Where cookies were removed on export, a login cannot be seen.
    let is_known = !load.recording.provenance.missing.contains(&Missing::Cookies);
    let is_document = is_known && resource.kind == ResourceKind::Document && !personal::is_logged_in(request);
    let is_file = downloads::is_static_file(request, resource);
    let policy = response.caching.shared.filter(|policy| policy.storable && Seconds(0) < policy.lifetime);
    if !response.is_download() || !(is_document || is_file) || policy.is_none() {
        return Judged::NotMeant;
    }
    let names: Vec<&str> = list::members(response.header("vary")).collect();
    if names.contains(&"*") {
        return Judged::Fine; // told as a file that must be asked for each time
    }
    let has = |known: &str| names.iter().any(|name| name.eq_ignore_ascii_case(known));
    let starts = |start: &str| {
        let begins = |name: &&str| name.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start));
        names.iter().any(begins)
    };
    let unique = ["x-forwarded-for", "x-real-ip", "x-request-id", "traceparent", "if-none-match", "authorization"];
    let why = match () {
        () if has("cookie") => ": another copy after every change of any cookie",
        () if has("user-agent") => ": another copy for every version of every browser",
        () if starts("sec-ch-") => ": another copy for every kind of browser or screen",
        () if unique.into_iter().any(has) => ": another copy for every visitor",
        () if has("host") => ": the address holds the host already",
        () if has("accept") && is_missed_image(load, response) => {
            ": another copy for every list of formats, and the CDN had none"
        }
        () if MOST_NAMES < names.len() => ": each of so many names multiplies the copies",
        () => return Judged::Fine,
    };
    Judged::Shown(message![response.line("vary"), why])
}

/// Whether it is an image that the CDN did not have.
fn is_missed_image(load: &PageLoad<'_>, response: &Response<'_, '_>) -> bool {
    use EdgeStatus::{Bypass, Dynamic, Expired, Miss};
    let status = load.edge_of(response.request.id()).status;
    response.resource.kind == ResourceKind::Image && matches!(status, Some(Miss | Expired | Bypass | Dynamic))
}

fn tell(shown: &Shown) -> Told {
    let files = shown.counted("answer", "answers");
    Told {
        severity: shown.warning_from(NOTICEABLE),
        customer: message![
            "Caches must keep ",
            files.clone(),
            " (",
            shown.bytes(),
            ") in a copy for nearly every visitor, so they can seldom use what they have."
        ],
        engineer: message![files, " of ", shown.bytes(), " whose Vary names what differs between most requests."],
        fix: message![
            "Name only what makes a difference: ",
            Part::Code("Vary: Accept-Encoding"),
            ". Let the CDN go by one cookie of the login, or by its own classes of devices."
        ],
        savings: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::{Made, MadeRequest};
    use crate::rules::testing::check_rule;

    #[track_caller]
    fn check(vary: &str, expected: &str, make: impl FnOnce(MadeRequest<'_>) -> MadeRequest<'_>) {
        let made = Made::page("https://shop.example/").request("https://shop.example/a.js", |r| {
            let r = r.kind(ResourceKind::Script).bytes(20_000, 19_800, 60_000);
            make(r.response("vary", vary).response("cache-control", "max-age=600"))
        });
        check_rule(&VARY_SPLITS_CACHE, made, expected);
    }

    #[test]
    fn names() {
        check("Cookie", "found", |r| r);
        check("accept-encoding, User-Agent", "found", |r| r);
        check("Sec-CH-UA-Mobile", "found", |r| r);
        check("X-Forwarded-For", "found", |r| r);
        check("a, b, c, d", "found", |r| r);
        check("Accept-Encoding, Accept, Origin", "passed", |r| r);
        check("Accept", "passed", |r| r.kind(ResourceKind::Image).response("x-cache", "HIT"));
        check("Accept", "found", |r| r.kind(ResourceKind::Image).response("x-cache", "MISS"));
        check("*", "passed", |r| r);
        check("Cookie", "not-applicable", |r| r.response("cache-control", "no-store"));
        check("Cookie", "found", |r| r.kind(ResourceKind::Document));
        check("Cookie", "not-applicable", |r| r.kind(ResourceKind::Document).header("cookie", "sid=1"));
        let made = Made::page("https://shop.example/").without(Missing::ResponseHeaders);
        check_rule(&VARY_SPLITS_CACHE, made, "not-checked");
    }
}
