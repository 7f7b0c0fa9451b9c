//! `invalid-cache-header`: instructions to caches that cannot be read or that contradict each other.

use crate::http::browsers::{Browser, Lifetime};
use crate::http::exchange::Facts;
use crate::http::faults::{self, Fault, Group};
use crate::page_load::{Owner, PageLoad, caching, downloads};
use crate::recording::{Missing, Request};
use crate::rules::gain;
use crate::rules::responses::{self, Judged, Response, Shown, Told};
use crate::rules::rule::declare_rule;
use crate::rules::text::{Message, Part, message};
use crate::rules::{Outcome, Severity, Topic};
use crate::units::{Bytes, Seconds};

/// From this many bytes on, in the site's own files that may otherwise be kept, it is a warning.
const NOTICEABLE: Bytes = Bytes::kib(100);

declare_rule! {
    /// ## In plain words
    /// The instruction that tells browsers how long to keep these files is misspelt or says two opposite things. Browsers
    /// then do what they think best, which is seldom what was meant.
    ///
    /// ## What it finds
    /// `Cache-Control` of GET responses over the network with a member that is no directive (semicolons, misspelt names such
    /// as `max_age`), a time that is no number, is quoted or stands there twice with different values, a lifetime together
    /// with `no-cache` or `no-store`, `private` together with `public` or `s-maxage`, `stale-while-revalidate` together
    /// with what forbids it; and `Pragma: no-cache` beside a lifetime, which all browsers obey. `no-cache, no-store,
    /// max-age=0, must-revalidate` says the same four times and is harmless.
    ///
    /// ## Why it matters
    /// Caches should take an unreadable lifetime for none (RFC 9111 §4.2.1), and they differ in what they make of the
    /// rest: what works in one browser or CDN does not in the next.
    ///
    /// ## How to fix it
    /// Send one `Cache-Control` line with the directives that are meant, separated by commas, numbers without quotes, and no
    /// `Pragma`. Two values usually come from two places, the application and a proxy in front of it: let one of them speak.
    ///
    /// ## How savings are estimated
    /// None are claimed: what is lost depends on what each cache makes of the line.
    ///
    /// ## When to ignore it
    /// Files of other companies. Vercel, Netlify and Fastly use `stale-while-revalidate` beside `s-maxage`.
    ///
    /// ## References
    /// - [RFC 9111 §5.2: Cache-Control](https://www.rfc-editor.org/rfc/rfc9111#section-5.2)
    /// - [RFC 9111 §4.2.1: Calculating freshness lifetime](https://www.rfc-editor.org/rfc/rfc9111#section-4.2.1)
    /// - [MDN: Cache-Control](https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Cache-Control)
    pub static INVALID_CACHE_HEADER = {
        id: "invalid-cache-header",
        title: "Cache instructions that cannot be followed",
        topic: Topic::Caching,
        severity: Severity::Warning,
        owner: Owner::Origin,
        needs: [Missing::ResponseHeaders],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let shown = responses::look(load, &|response| judge(response, Group::Instruction));
    shown.conclude("no response to a GET came over the network", &|shown| tell(load, shown))
}

/// Looks for mistakes of one kind.
pub(super) fn judge(response: &Response<'_, '_>, group: Group) -> Judged {
    if !response.is_get() {
        return Judged::NotMeant;
    }
    let found = caching::with_exchange(response.request, |exchange| faults::of(exchange, &Facts::of(exchange)));
    let mut of_group = found.unwrap_or_default().into_iter().filter(|fault| fault.group() == group);
    let Some(fault) = of_group.next() else { return Judged::Fine };
    let mut text = message![];
    let mut told = "";
    for fault in [Some(fault), of_group.next()].into_iter().flatten() {
        text.0.extend(message![if told.is_empty() { "" } else { "; " }].0);
        if told != fault.header() {
            text.0.extend(message![response.line(fault.header()), ": "].0);
        }
        told = fault.header();
        text.0.extend(words(fault).0);
    }
    if matches!(fault, Fault::NoSeconds(_) | Fault::Quoted(_) | Fault::Spaced(_) | Fault::Twice(_)) {
        text.0.extend(readings(response.request).0);
    }
    Judged::Shown(text)
}

fn words(fault: Fault) -> Message {
    let [before, code, after] = fault.words();
    let code = if code.is_empty() { Part::Text("") } else { Part::Code(code) };
    message![before, code, after]
}

/// What the browsers make of it, if they differ.
fn readings(request: Request<'_>) -> Message {
    let lifetimes = caching::with_exchange(request, |exchange| {
        let facts = Facts::of(exchange);
        [Browser::Chrome, Browser::Firefox, Browser::Safari].map(|browser| {
            match browser.judge(exchange, &facts, exchange.response_time).lifetime {
                Lifetime::Seconds(seconds) => Some(Seconds(seconds as u64)),
                Lifetime::Forever | Lifetime::Unknown => None,
            }
        })
    });
    match lifetimes {
        Some([Some(chrome), Some(firefox), Some(safari)]) if chrome != firefox || firefox != safari => {
            message!["; Chrome takes it for ", chrome, ", Firefox for ", firefox, ", Safari for ", safari]
        }
        _ => message![],
    }
}

fn tell(load: &PageLoad<'_>, shown: &Shown) -> Told {
    let files = shown.counted("file", "files");
    let is_lost = |one: &&gain::Uncached| {
        load.resource(one.id).is_some_and(|resource| downloads::is_static_file(load.request(one.id), resource))
    };
    let lost = shown.files.iter().filter(|one| !one.third_party).filter(is_lost).map(|one| one.sent).sum::<Bytes>();
    Told {
        severity: if NOTICEABLE <= lost { Severity::Warning } else { Severity::Notice },
        customer: message![
            "For ",
            files.clone(),
            " (",
            shown.bytes(),
            ") the instruction how long to keep ",
            shown.agreeing("it", "them"),
            " is misspelt or contradicts itself; caches may do something else than was meant."
        ],
        engineer: message![
            files,
            ", ",
            shown.bytes(),
            ", with instructions that are malformed or contradict each other."
        ],
        fix: message![
            "Send one line, such as ",
            Part::Code("Cache-Control: public, max-age=31536000, immutable"),
            " for names with a content hash, from one place."
        ],
        savings: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::ResourceKind;
    use crate::recording::testing::{Made, MadeRequest};
    use crate::rules::testing::{check_rule, outcome};

    fn made(make: impl FnOnce(MadeRequest<'_>) -> MadeRequest<'_>) -> Made {
        Made::page("https://shop.example/")
            .request("https://shop.example/a.js", |r| make(r.kind(ResourceKind::Script).bytes(9_000, 9_000, 9_000)))
    }

    #[test]
    fn lines() {
        for (line, expected) in [
            ("max-age=one-year, public", "found"),
            ("max-age=\"31536000\"", "found"),
            ("max-age=60, max-age=3600", "found"),
            ("no-cache, public, max-age=31536000", "found"),
            ("public; max-age=60", "found"),
            ("max_age=60", "found"),
            ("max-age=60, stale-while-revalidate=60, must-revalidate", "found"),
            ("public, max-age=31536000, immutable", "passed"),
            ("no-cache, no-store, max-age=0, must-revalidate", "passed"),
            ("max-age=60, no-cache=\"set-cookie\"", "passed"),
        ] {
            check_rule(&INVALID_CACHE_HEADER, made(|r| r.response("cache-control", line)), expected);
        }
        let pragma = |line| made(|r| r.response("pragma", "no-cache").response("cache-control", line));
        check_rule(&INVALID_CACHE_HEADER, pragma("max-age=600"), "found");
        check_rule(&INVALID_CACHE_HEADER, pragma("no-cache"), "passed");
        let made = Made::page("https://shop.example/").without(Missing::ResponseHeaders);
        check_rule(&INVALID_CACHE_HEADER, made, "not-checked");
        check_rule(&INVALID_CACHE_HEADER, Made::page("https://shop.example/"), "not-applicable");
    }

    #[test]
    fn browsers_differ() {
        let Outcome::Found(found) =
            outcome(&INVALID_CACHE_HEADER, made(|r| r.response("cache-control", "max-age=60, max-age=3600")))
        else {
            panic!("nothing found")
        };
        let seconds: Vec<_> =
            found[0].evidence[0].text.0.iter().filter(|part| matches!(part, Part::Seconds(_))).collect();
        assert_eq!(seconds, [60, 3600, 60].map(|s| Part::Seconds(Seconds(s))).iter().collect::<Vec<_>>());
    }
}
