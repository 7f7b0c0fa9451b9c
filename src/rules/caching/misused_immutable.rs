//! `misused-immutable`: files called unchangeable under addresses that stay.

use crate::http::cache_control::CacheControl;
use crate::http::url::Url;
use crate::page_load::caching::is_versioned_address;
use crate::page_load::{Lifetime, Owner, PageLoad};
use crate::recording::{Missing, ResourceKind};
use crate::rules::responses::{self, Judged, Response, Shown, Told};
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Outcome, Severity, Topic};
use crate::units::Seconds;

/// With less the promise is not meant.
const SHORT: Seconds = Seconds::days(1);

declare_rule! {
    /// ## In plain words
    /// The server promises that these files never change, but their address says nothing of their content. After a release
    /// visitors keep the old file and cannot even get the new one by reloading.
    ///
    /// ## What it finds
    /// Answers over the network with `immutable` whose address holds no digit at all (no hash, no version, no date), or
    /// whose lifetime is less than a day. It is a warning for pages.
    ///
    /// ## Why it matters
    /// Firefox and Safari do not ask about such files even when the user reloads. Chrome does not know the word.
    ///
    /// ## How to fix it
    /// Send `immutable` only with a hash of the content in the file's name. For other names send `Cache-Control: no-cache`
    /// and an `ETag`, or a short lifetime.
    ///
    /// ## How savings are estimated
    /// None: this is about old content.
    ///
    /// ## When to ignore it
    /// If the file is replaced under a new name when it changes, although the name does not look like it.
    ///
    /// ## References
    /// - [RFC 8246: HTTP immutable responses](https://www.rfc-editor.org/rfc/rfc8246)
    pub static MISUSED_IMMUTABLE = {
        id: "misused-immutable",
        title: "Files called unchangeable that will change",
        topic: Topic::Caching,
        severity: Severity::Warning,
        owner: Owner::Origin,
        needs: [Missing::ResponseHeaders],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let shown = responses::look(load, &judge);
    let is_page = |id| load.resource(id).is_some_and(|resource| resource.kind == ResourceKind::Document);
    let any_page = shown.files.iter().any(|one| !one.third_party && is_page(one.id));
    let severity = if any_page { Severity::Warning } else { Severity::Notice };
    shown.conclude("no answer is called immutable", &|shown| tell(shown, severity))
}

fn judge(response: &Response<'_, '_>) -> Judged {
    let control = CacheControl::parse(response.header("cache-control"));
    if !response.is_download() || !control.has("immutable") {
        return Judged::NotMeant;
    }
    let Some(Lifetime::Explicit(lifetime)) = response.caching.lifetime else { return Judged::Fine };
    let is_plain = response.resource.url.is_some_and(|url| is_plain(&url));
    let why = match () {
        () if is_plain && response.resource.kind == ResourceKind::Document => ": this is a page, which will change",
        () if is_plain => ": the address says nothing of the content",
        () if lifetime < SHORT => ": the lifetime says that it may change soon",
        () => return Judged::Fine,
    };
    Judged::Shown(message![response.line("cache-control"), why])
}

/// Whether nothing in the address can be a version: file name, folder above it, query.
fn is_plain(url: &Url<'_>) -> bool {
    let parts = url.path.rsplit('/').take(2).chain(url.query);
    let has_digit = |part: &str| part.bytes().any(|b| b.is_ascii_digit());
    !is_versioned_address(url) && !parts.into_iter().any(has_digit)
}

fn tell(shown: &Shown, severity: Severity) -> Told {
    Told {
        severity,
        customer: message![
            shown.counted("file is", "files are"),
            " declared unchangeable, but ",
            shown.agreeing("its address stays", "their addresses stay"),
            " the same when you release: visitors cannot get the new version."
        ],
        engineer: message![
            shown.counted("response", "responses"),
            " with immutable and an address without a version, or a short lifetime."
        ],
        fix: message![
            "Put a content hash into the names, or send ",
            Part::Code("Cache-Control: no-cache"),
            " instead of ",
            Part::Code("immutable"),
            "."
        ],
        savings: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::Made;
    use crate::rules::testing::{check_rule, outcome};

    fn made(address: &str, line: &str, kind: ResourceKind) -> Made {
        Made::page("https://shop.example/").request(&format!("https://shop.example/{address}"), |r| {
            r.kind(kind).response("cache-control", line).bytes(20_000, 19_800, 60_000)
        })
    }

    #[test]
    fn promises() {
        const YEAR: &str = "public, max-age=31536000, immutable";
        let (script, page) = (ResourceKind::Script, ResourceKind::Document);
        let rule = &MISUSED_IMMUTABLE;
        check_rule(rule, made("app.js", YEAR, script), "found");
        check_rule(rule, made("app.3f2a.js", YEAR, script), "passed");
        check_rule(rule, made("app.js?v=3", YEAR, script), "passed");
        check_rule(rule, made("app.3f9a2b1c.js", "max-age=600, immutable", script), "found");
        check_rule(rule, made("app.3f9a2b1c.js", "immutable", script), "passed");
        check_rule(rule, made("app.js", "max-age=600", script), "not-applicable");
        for (kind, expected) in [(script, Severity::Notice), (page, Severity::Warning)] {
            let Outcome::Found(found) = outcome(rule, made("x", YEAR, kind)) else { panic!("nothing found") };
            assert_eq!(found[0].severity, expected);
        }
        check_rule(rule, Made::page("https://shop.example/").without(Missing::ResponseHeaders), "not-checked");
    }
}
