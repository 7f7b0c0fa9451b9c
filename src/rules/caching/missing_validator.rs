//! `missing-validator`: static files that will expire and then cannot be asked about, only downloaded again.

use crate::page_load::{Lifetime, Owner, PageLoad, downloads};
use crate::recording::Missing;
use crate::rules::gain;
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Finding, Outcome, Severity, Topic};
use crate::units::{Bytes, Seconds};

/// With this lifetime and more the file is replaced under a new name, or evicted, before it expires.
const LONG: Seconds = Seconds::days(180);

/// Below this asking costs about as much as downloading.
const SMALL: Bytes = Bytes::kib(5);

declare_rule! {
    /// ## In plain words
    /// When the time for which a browser may keep these files is over, it cannot ask the server "has it changed?",
    /// because the files carry no mark to ask with. It must download them whole.
    ///
    /// ## What it finds
    /// Scripts, style sheets, fonts, pictures, media and manifests of 5 KiB or more that came over the network with
    /// status 200, may be stored, live less than 180 days and have neither `ETag` nor `Last-Modified`.
    ///
    /// ## Why it matters
    /// With a validator an expired file costs a few hundred bytes and a round trip (`304 Not Modified`); without one it
    /// costs the whole file, changed or not.
    ///
    /// ## How to fix it
    /// Let the server send `ETag` or `Last-Modified` (web servers do by default for files; proxies and compression
    /// modules sometimes remove them).
    ///
    /// ## How savings are estimated
    /// None are claimed for this load. The finding names the bytes of these files: what a visitor who comes back after
    /// they expired downloads again although nothing changed.
    ///
    /// ## When to ignore it
    /// If the file's name changes with its content and its lifetime is about to be made long.
    ///
    /// ## References
    /// - [RFC 9110 §8.8: Validator fields](https://www.rfc-editor.org/rfc/rfc9110#section-8.8)
    /// - [RFC 9111 §4.3: Validation](https://www.rfc-editor.org/rfc/rfc9111#section-4.3)
    /// - [MDN: ETag](https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/ETag)
    pub static MISSING_VALIDATOR = {
        id: "missing-validator",
        title: "Static files that cannot be revalidated",
        topic: Topic::Caching,
        severity: Severity::Notice,
        owner: Owner::Origin,
        needs: [Missing::ResponseHeaders],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let (n_static, files) = gain::uncached(load, |request, _, caching| {
        let text = match caching.lifetime? {
            Lifetime::Explicit(lifetime) if lifetime < LONG => {
                message!["neither ETag nor Last-Modified; expires after ", lifetime]
            }
            Lifetime::None | Lifetime::Unsaid => message!["neither ETag nor Last-Modified, and no lifetime"],
            Lifetime::Explicit(_) | Lifetime::Heuristic(_) | Lifetime::NotStorable => return None,
        };
        let is_large = SMALL <= downloads::sent_bytes(request)?;
        // A date in another form is sent back as it stands, and `unreadable-header` tells of it.
        let has_validator = caching.has_validator || request.response_header("last-modified").next().is_some();
        (is_large && !has_validator).then_some(text)
    });
    if n_static == 0 {
        return Outcome::NotApplicable("no static file came over the network");
    }
    if files.is_empty() {
        return Outcome::Passed;
    }
    let total = files.iter().map(|one| one.sent).sum::<Bytes>();
    let n_files = Part::Counted(files.len() as u64, "file", "files");
    Outcome::found(Finding {
        severity: Severity::Notice,
        owner: gain::owner_of_headers(&files),
        customer: message![
            "When ",
            n_files.clone(),
            " (",
            total,
            Part::agreeing(
                files.len(),
                ") expires, browsers must download it whole, even if nothing changed.",
                ") expire, browsers must download them whole, even if nothing changed."
            ),
        ],
        engineer: message![n_files, " of ", total, " with a lifetime under ", LONG, " and no validator."],
        fix: message!["Send ", Part::Code("ETag"), " or ", Part::Code("Last-Modified"), " with these files."],
        savings: None,
        evidence: gain::uncached_evidence(files),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::ResourceKind;
    use crate::recording::testing::{Made, MadeRequest};
    use crate::rules::testing::check_rule;

    fn check(expected: &str, sent: u64, make: impl FnOnce(MadeRequest<'_>) -> MadeRequest<'_>) {
        let made = Made::page("https://shop.example/")
            .document(|r| r)
            .request("https://shop.example/a.js", |r| make(r.kind(ResourceKind::Script).bytes(sent, sent, sent)));
        check_rule(&MISSING_VALIDATOR, made, expected);
    }

    #[test]
    fn cannot_be_asked_about() {
        check("found", 20_000, |r| r.response("cache-control", "max-age=600"));
        check("passed", 20_000, |r| r.response("cache-control", "max-age=600").response("etag", "\"1\""));
        let odd = "Fri, 21 Jan 2022 16:19:15 UTC";
        check("passed", 20_000, |r| r.response("cache-control", "max-age=600").response("last-modified", odd));
        check("passed", 20_000, |r| r.response("cache-control", "max-age=31536000"));
        check("passed", 20_000, |r| r.response("cache-control", "no-store"));
        check("passed", 1_000, |r| r.response("cache-control", "max-age=600"));
        let made = Made::page("https://shop.example/").without(Missing::ResponseHeaders);
        check_rule(&MISSING_VALIDATOR, made, "not-checked");
    }
}
