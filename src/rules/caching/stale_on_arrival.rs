//! `stale-on-arrival`: files whose lifetime was over, or half over, when they left the CDN.

use crate::page_load::{Caching, Lifetime, Owner, PageLoad};
use crate::recording::Missing;
use crate::rules::gain::{self, Uncached};
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Finding, Outcome, Severity, Topic};
use crate::units::{Bytes, Seconds};

/// From this many bytes on, in the site's own files that arrive expired, it is a warning.
const NOTICEABLE: Bytes = Bytes::kib(100);

/// What may be kept for so long from its arrival on is not too old, whatever part of its lifetime is over: it is there on
/// the last of the visits that Weir reckons with (`page_load::caching::visits::AFTER`).
const STILL_LONG: Seconds = Seconds::days(7);

/// Ages beyond this are a broken proxy's.
const PLAUSIBLE: Seconds = Seconds::days(3 * 365);

declare_rule! {
    /// ## In plain words
    /// The CDN keeps these files for longer than browsers may. By the time a visitor gets them, the time for which they may
    /// be kept is over, or half of it is.
    ///
    /// ## What it finds
    /// The site's own scripts, style sheets, fonts, pictures, media and manifests that came over the network with status 200, an explicit
    /// lifetime and an `Age` (RFC 9111 §5.1) of at least half of it, unless a week or more is left.
    ///
    /// ## Why it matters
    /// The lifetime counts from the origin's answer, not from the visitor's download. A file that is as old as its
    /// `max-age` is asked for again on the next page, as if nothing had been said.
    ///
    /// ## How to fix it
    /// Give browsers more time than the CDN: a longer `max-age`, and for the edge `s-maxage` or the CDN's own setting. Some
    /// CDNs can send `Age: 0` or a lifetime of their own to browsers.
    ///
    /// ## How savings are estimated
    /// None are claimed for this load. The finding names the bytes of these files: at most what a returning visitor
    /// downloads again.
    ///
    /// ## When to ignore it
    /// If the files change more often than the lifetime says.
    ///
    /// ## References
    /// - [RFC 9111 §4.2.3: Calculating age](https://www.rfc-editor.org/rfc/rfc9111#section-4.2.3)
    /// - [RFC 9213: Targeted HTTP cache control](https://www.rfc-editor.org/rfc/rfc9213)
    pub static STALE_ON_ARRIVAL = {
        id: "stale-on-arrival",
        title: "Files too old when they arrive",
        topic: Topic::Caching,
        severity: Severity::Warning,
        owner: Owner::Edge,
        needs: [Missing::ResponseHeaders],
        since: "0.1.0",
        check: check,
    }
}

/// The lifetime and the age on arrival, if at least half of the lifetime was over then.
fn aged(caching: &Caching) -> Option<(Seconds, Seconds)> {
    let Some(Lifetime::Explicit(lifetime)) = caching.lifetime else { return None };
    let age = caching.browser?.age_on_arrival;
    let is_aged = Seconds(0) < lifetime && lifetime.0 <= age.0.saturating_mul(2) && age < PLAUSIBLE;
    let is_aged = is_aged && lifetime.0.saturating_sub(age.0) < STILL_LONG.0;
    is_aged.then_some((lifetime, age))
}

fn is_over(load: &PageLoad<'_>, one: &Uncached) -> bool {
    load.caching_of(one.id).and_then(aged).is_some_and(|(lifetime, age)| lifetime <= age)
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let (n_static, files) = gain::uncached(load, |request, resource, caching| {
        // Of others' files `short-cache-lifetime` says that they are not kept for long, and why is their affair.
        request.response_header("age").next().filter(|_| !gain::has_others_headers(resource))?;
        let (lifetime, age) = aged(caching)?;
        let mut text = message![Part::ResponseHeader(request.id(), "age"), ": kept for ", lifetime, " in all"];
        text.0.extend(match lifetime <= age {
            true => message![", so it was stale when it arrived"].0,
            false => message![", of which ", age, " had passed on arrival"].0,
        });
        Some(text)
    });
    if n_static == 0 {
        return Outcome::NotApplicable("no static file came over the network");
    }
    if files.is_empty() {
        return Outcome::Passed;
    }
    let total = files.iter().map(|one| one.sent).sum::<Bytes>();
    let n_over = files.iter().filter(|one| is_over(load, one)).count();
    let over = files.iter().filter(|one| !one.third_party && is_over(load, one)).map(|one| one.sent).sum::<Bytes>();
    let n_files = Part::Counted(files.len() as u64, "file", "files");
    Outcome::found(Finding {
        severity: if NOTICEABLE <= over { Severity::Warning } else { Severity::Notice },
        owner: None,
        customer: message![
            n_files.clone(),
            " (",
            total,
            ") ",
            Part::agreeing(files.len(), "was", "were"),
            " so old when the CDN handed ",
            Part::agreeing(files.len(), "it", "them"),
            " out that browsers may keep ",
            Part::agreeing(files.len(), "it", "them"),
            " only half as long as meant, or not at all."
        ],
        engineer: message![
            n_files,
            " of ",
            total,
            " with an Age of half of the lifetime or more; ",
            n_over as u64,
            " of them expired on arrival."
        ],
        fix: message![
            "Let browsers keep them longer than the CDN does: ",
            Part::Code("Cache-Control: public, max-age=31536000, immutable"),
            " for names with a content hash; else a longer ",
            Part::Code("max-age"),
            " than ",
            Part::Code("s-maxage"),
            " or the CDN's own lifetime for the edge."
        ],
        savings: None,
        evidence: gain::uncached_evidence(files),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::ResourceKind;
    use crate::recording::testing::Made;
    use crate::rules::testing::check_rule;

    #[track_caller]
    fn check(line: &str, age: Option<&str>, expected: &str) {
        let made = Made::page("https://shop.example/").request("https://shop.example/a.js", |r| {
            let r = r.kind(ResourceKind::Script).response("cache-control", line).bytes(20_000, 19_800, 60_000);
            match age {
                Some(age) => r.response("age", age),
                None => r,
            }
        });
        check_rule(&STALE_ON_ARRIVAL, made, expected);
    }

    #[test]
    fn ages() {
        check("max-age=3600", Some("5000"), "found");
        check("max-age=3600", Some("3600"), "found");
        check("max-age=3600", Some("1800"), "found");
        check("max-age=3600", Some("1700"), "passed");
        check("max-age=31536000", Some("20000000"), "passed");
        check("max-age=31536000", Some("31500000"), "found");
        check("max-age=3600", None, "passed");
        check("max-age=0", Some("100"), "passed");
        check("no-store, max-age=60", Some("100"), "passed");
        check("max-age=60", Some("1700000000"), "passed");
        let others = Made::page("https://shop.example/").request("https://www.google-analytics.com/ga.js", |r| {
            let r = r.kind(ResourceKind::Script).response("cache-control", "max-age=3600").response("age", "3500");
            r.bytes(20_000, 19_800, 60_000)
        });
        check_rule(&STALE_ON_ARRIVAL, others, "passed");
        check_rule(&STALE_ON_ARRIVAL, Made::page("https://shop.example/"), "not-applicable");
        let made = Made::page("https://shop.example/").without(Missing::ResponseHeaders);
        check_rule(&STALE_ON_ARRIVAL, made, "not-checked");
    }
}
