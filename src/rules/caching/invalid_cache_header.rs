//! `invalid-cache-header`: `Cache-Control` lines that contradict themselves or that caches cannot read.

use crate::http::cache_control::{CacheControl, Delta};
use crate::page_load::{Owner, PageLoad};
use crate::recording::Missing;
use crate::rules::gain::{self, Uncached};
use crate::rules::rule::declare_rule;
use crate::rules::text::{Message, Part, message};
use crate::rules::{Finding, Outcome, Severity, Topic};
use crate::units::Seconds;

declare_rule! {
    /// ## In plain words
    /// The instruction that tells browsers how long to keep these files is misspelt or says two opposite things. Browsers
    /// then do what they think best, which is seldom what was meant.
    ///
    /// ## What it finds
    /// `Cache-Control` of scripts, style sheets, fonts, pictures, media and manifests with a member that is no directive
    /// (semicolons between directives, for example), a `max-age` that is no number or is quoted, `max-age` twice with
    /// different values, or a lifetime together with `no-cache` or `no-store`. `max-age=0` beside those is usual and
    /// harmless.
    ///
    /// ## Why it matters
    /// Caches should take an unreadable lifetime for none (RFC 9111 §4.2.1), and they differ in what they make of the
    /// rest: what works in one browser or CDN does not in the next.
    ///
    /// ## How to fix it
    /// Send one `Cache-Control` line with the directives that are meant, separated by commas, numbers without quotes. Two
    /// values usually come from two places, the application and a proxy in front of it: let one of them speak.
    ///
    /// ## How savings are estimated
    /// None are claimed: what is lost depends on what each cache makes of the line.
    ///
    /// ## When to ignore it
    /// Files of other companies.
    ///
    /// ## References
    /// - [RFC 9111 §5.2: Cache-Control](https://www.rfc-editor.org/rfc/rfc9111#section-5.2)
    /// - [RFC 9111 §4.2.1: Calculating freshness lifetime](https://www.rfc-editor.org/rfc/rfc9111#section-4.2.1)
    /// - [MDN: Cache-Control](https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Cache-Control)
    pub static INVALID_CACHE_HEADER = {
        id: "invalid-cache-header",
        title: "Cache instructions that cannot be followed",
        topic: Topic::Caching,
        severity: Severity::Notice,
        owner: Owner::Origin,
        needs: [Missing::ResponseHeaders],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let (n_static, files) = gain::uncached(load, |request, _, _| {
        let control = CacheControl::parse(request.response_header("cache-control").map(|line| line.expose()));
        let mut text = message![Part::ResponseHeader(request.id(), "cache-control"), ": "];
        text.0.extend(fault(&control)?.0);
        Some(text)
    });
    if n_static == 0 {
        return Outcome::NotApplicable("no static file came over the network");
    }
    if files.is_empty() {
        return Outcome::Passed;
    }
    Outcome::found(finding(load, files))
}

fn fault(control: &CacheControl<'_>) -> Option<Message> {
    let lifetime = control.seconds("max-age");
    let has_lifetime = matches!(lifetime, Some(Delta::Valid(seconds)) if Seconds(0) < seconds);
    Some(match () {
        () if lifetime == Some(Delta::Invalid) => message![Part::Code("max-age"), " is no number of seconds"],
        () if control.has_conflict("max-age") => {
            message![Part::Code("max-age"), " stands there twice with different values"]
        }
        () if has_lifetime && control.has("no-store") => message!["a lifetime, and ", Part::Code("no-store")],
        () if has_lifetime && control.has_unqualified("no-cache") => {
            message!["a lifetime, and ", Part::Code("no-cache")]
        }
        () if control.get("max-age").is_some_and(|directive| directive.quoted) => {
            message![Part::Code("max-age"), " is quoted, which several caches do not read"]
        }
        () if 0 < control.n_malformed => message!["a part of it is no directive"],
        () => return None,
    })
}

fn finding(load: &PageLoad<'_>, files: Vec<Uncached>) -> Finding {
    let n_files = Part::Counted(files.len() as u64, "file", "files");
    Finding {
        severity: Severity::Notice,
        owner: gain::owner_of(load, files.iter().map(|one| one.id)),
        customer: message![
            "For ",
            n_files.clone(),
            " the instruction how long to keep ",
            Part::agreeing(files.len(), "it", "them"),
            " is misspelt or contradicts itself, so browsers guess."
        ],
        engineer: message![n_files, " with a Cache-Control that is malformed or contradicts itself."],
        fix: message![
            "Send one line, such as ",
            Part::Code("Cache-Control: public, max-age=31536000, immutable"),
            ", from one place."
        ],
        savings: None,
        evidence: gain::uncached_evidence(files),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::ResourceKind;
    use crate::recording::testing::Made;
    use crate::rules::testing::check_rule;

    #[test]
    fn lines() {
        for (line, expected) in [
            ("max-age=one-year, public", "found"),
            ("max-age=\"31536000\"", "found"),
            ("max-age=60, max-age=3600", "found"),
            ("no-cache, public, max-age=31536000", "found"),
            ("public; max-age=60", "found"),
            ("public, max-age=31536000, immutable", "passed"),
            ("no-cache, no-store, max-age=0, must-revalidate", "passed"),
            ("max-age=60, no-cache=\"set-cookie\"", "passed"),
        ] {
            let made = Made::page("https://shop.example/").request("https://shop.example/a.js", |r| {
                r.kind(ResourceKind::Script).response("cache-control", line).bytes(9_000, 9_000, 9_000)
            });
            check_rule(&INVALID_CACHE_HEADER, made, expected);
        }
        let made = Made::page("https://shop.example/").without(Missing::ResponseHeaders);
        check_rule(&INVALID_CACHE_HEADER, made, "not-checked");
        check_rule(&INVALID_CACHE_HEADER, Made::page("https://shop.example/"), "not-applicable");
    }
}
