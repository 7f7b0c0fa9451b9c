//! `private-static-file`: files that are the same for everybody, but that only browsers may keep.

use crate::page_load::{Lifetime, Owner, PageLoad, downloads};
use crate::recording::Missing;
use crate::rules::personal;
use crate::rules::responses::{self, Judged, Response, Shown, Told};
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Outcome, Severity, Topic, gain};

declare_rule! {
    /// ## In plain words
    /// These files are marked as one visitor's own, though they seem to be the same for everybody. So no server close to
    /// the visitors may keep them, and every first visit gets them from the home server.
    ///
    /// ## What it finds
    /// The site's own scripts, style sheets, fonts, pictures, media and manifests that came over the network with status
    /// 200, a lifetime, and `Cache-Control: private` without the name of a field.
    ///
    /// Left out: files with something of one person about them (a cookie set, credentials, the address of an account; a
    /// login's cookie sent for a name without a content hash), those that say `public` or `s-maxage` as well (see
    /// `invalid-cache-header`), and those that come through a CDN, which goes by settings of its own (see
    /// `edge-cache-bypass`).
    ///
    /// ## Why it matters
    /// Browsers keep such files as well as others, but a CDN, today's or a future one, may not. It asks the home server for
    /// each visitor anew.
    ///
    /// ## How to fix it
    /// Send `public` in the place of `private` for files that are the same for everybody.
    ///
    /// ## How savings are estimated
    /// None are claimed: without a CDN there is nothing to gain.
    ///
    /// ## When to ignore it
    /// Pictures and scripts that are made for one visitor.
    ///
    /// ## References
    /// - [RFC 9111 §5.2.2.7: private](https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2.7)
    pub static PRIVATE_STATIC_FILE = {
        id: "private-static-file",
        title: "Static files that only browsers may keep",
        topic: Topic::Caching,
        severity: Severity::Notice,
        owner: Owner::Origin,
        needs: [Missing::ResponseHeaders],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let shown = responses::look(load, &|response| judge(load, response));
    shown.conclude("no static file of the site's own came over the network", &tell)
}

fn judge(load: &PageLoad<'_>, response: &Response<'_, '_>) -> Judged {
    let (request, caching) = (response.request, response.caching);
    if !downloads::is_static_file(request, response.resource) || gain::has_others_headers(response.resource) {
        return Judged::NotMeant;
    }
    let has_lifetime = matches!(caching.lifetime, Some(Lifetime::Explicit(_) | Lifetime::Heuristic(_)));
    // A CDN goes by settings of its own, and of one that does not keep it `edge-cache-bypass` tells.
    let is_told = load.edge_of(request.id()).layer.is_some();
    let says_public = response.header("cache-control").any(|line| {
        let line = line.to_ascii_lowercase();
        line.contains("public") || line.contains("s-maxage")
    });
    let sends_login = !caching.is_versioned && personal::sent_cookies(request).any(personal::is_session);
    let is_personal = personal::is_authorized(request)
        || response.has("set-cookie")
        || sends_login
        || response.resource.url.is_some_and(|url| personal::is_personal_address(&url));
    if !caching.is_private || !has_lifetime || is_told || says_public || is_personal {
        return Judged::Fine;
    }
    Judged::Shown(message![response.line("cache-control"), ": no shared cache may keep it"])
}

fn tell(shown: &Shown) -> Told {
    let files = shown.counted("file", "files");
    Told {
        severity: Severity::Notice,
        customer: message![
            files.clone(),
            " (",
            shown.bytes(),
            ") may be kept by the visitor's browser only, although nothing shows that ",
            shown.agreeing("it is", "they are"),
            " made for one visitor."
        ],
        engineer: message![files, " of a static kind, ", shown.bytes(), ", with private: a CDN may not keep them."],
        fix: message![
            "Send ",
            Part::Code("public"),
            " in the place of ",
            Part::Code("private"),
            " for files that are the same for all visitors."
        ],
        savings: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::ResourceKind;
    use crate::recording::testing::{Made, MadeRequest};
    use crate::rules::testing::check_rule;

    #[track_caller]
    fn check(expected: &str, url: &str, line: &str, make: impl FnOnce(MadeRequest<'_>) -> MadeRequest<'_>) {
        let made =
            Made::page("https://shop.example/").document(|r| r.response("cache-control", line)).request(url, |r| {
                make(r.kind(ResourceKind::Script).bytes(20_000, 19_800, 60_000).response("cache-control", line))
            });
        check_rule(&PRIVATE_STATIC_FILE, made, expected);
    }

    #[test]
    fn private_files_and_near_misses() {
        const FILE: &str = "https://shop.example/a.js";
        const LINE: &str = "private, max-age=86400";
        check("found", FILE, LINE, |r| r);
        check("passed", FILE, "max-age=86400", |r| r);
        check("passed", FILE, "private=\"set-cookie\", max-age=86400", |r| r);
        check("passed", FILE, "private, no-store", |r| r);
        check("passed", FILE, "private, no-cache", |r| r);
        check("passed", FILE, "private, public, max-age=60", |r| r);
        check("passed", FILE, LINE, |r| r.response("set-cookie", "a=b"));
        check("passed", FILE, LINE, |r| r.header("authorization", "Bearer x"));
        check("passed", FILE, LINE, |r| r.header("cookie", "session=x"));
        check("found", "https://shop.example/a.3f2c81ab9d.js", LINE, |r| r.header("cookie", "session=x"));
        check("passed", "https://shop.example/account/a.js", LINE, |r| r);
        check("passed", FILE, LINE, |r| r.response("cf-ray", "x-FRA").response("cf-cache-status", "BYPASS"));
        check("not-applicable", "https://fonts.googleapis.com/css?family=x", LINE, |r| {
            r.kind(ResourceKind::Stylesheet)
        });
        // Its image service says `private` to those behind it and goes by its own settings.
        check("passed", FILE, LINE, |r| r.response("server", "Akamai Image Manager"));
        check("not-applicable", "https://shop.example/data?callback=x1", LINE, |r| r);
        check("not-applicable", "https://connect.facebook.net/sdk.js", LINE, |r| r);
        check("not-applicable", FILE, LINE, |r| r.kind(ResourceKind::Fetch));
        let made = Made::page("https://shop.example/").without(Missing::ResponseHeaders);
        check_rule(&PRIVATE_STATIC_FILE, made, "not-checked");
    }
}
