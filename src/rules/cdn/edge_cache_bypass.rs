//! `edge-cache-bypass`: static files that the CDN may not keep, or that it never tries to.

use crate::http::cdn::Vendor;
use crate::http::cdn::reason::{Cause, is_kept_by_default};
use crate::page_load::{Owner, PageLoad};
use crate::recording::Missing;
use crate::rules::cdn::{self, Came, File, NOTICEABLE, SEVERAL};
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::vendors::{self, Need};
use crate::rules::{Finding, Message, Outcome, Severity, Topic, reasons};
use crate::units::{Bytes, Millis};

/// Bytes of the site's own files from which it is more than a notice: a tenth of what a median page weighs is some
/// 200 kB, and half of that is felt on a slow line.
const HEAVY: Bytes = Bytes::kib(100);

declare_rule! {
    /// ## In plain words
    /// The site uses a network of servers close to visitors (a CDN), but for some files it only passes requests on: it
    /// has not been told to store them, or what the home server sends with them forbids it. They come the long way for
    /// every visitor.
    ///
    /// ## What it finds
    /// Static files, and public data files, with the status *bypass* or *dynamic*, or that are called a miss although
    /// their headers forbid to keep them. The reason is read from the headers: `no-store`, `private`, a lifetime of
    /// nothing, `Set-Cookie`, `Vary: *`, a request with `Authorization`, the vendor's list of file extensions. Where
    /// they do not tell, what is left is named.
    ///
    /// A finding each for what may not be kept and for what is not tried; and one for a site all of whose files
    /// Cloudflare passes through, even those that it keeps by default: then its caching is off.
    ///
    /// ## Why it matters
    /// Such a file costs the way to the origin and back and the origin's time on every request, and never gets better
    /// with more visitors.
    ///
    /// ## How to fix it
    /// - Send static files with `Cache-Control: public, max-age=…`, without `Set-Cookie` and without `Vary: *`; or a
    ///   header for the CDN alone (`CDN-Cache-Control`, where it knows it).
    /// - Make a cache rule for the path where the CDN keeps only certain extensions.
    /// - Switch development mode off.
    ///
    /// ## How savings are estimated
    /// At most the server time of the slowest of them that was over before the main milestone; at least nothing.
    ///
    /// ## When to ignore it
    /// Files that are made for one visitor (private images, invoices); tests by people who are signed in, if a rule
    /// passes requests with cookies through.
    ///
    /// ## References
    /// - [Cloudflare: default cache behavior](https://developers.cloudflare.com/cache/concepts/default-cache-behavior/)
    /// - [RFC 9111 §3: storing responses in caches](https://www.rfc-editor.org/rfc/rfc9111#section-3)
    /// - [RFC 9213: targeted cache control](https://www.rfc-editor.org/rfc/rfc9213)
    pub static EDGE_CACHE_BYPASS = {
        id: "edge-cache-bypass",
        title: "Static files that the CDN passes through",
        topic: Topic::Cdn,
        severity: Severity::Serious,
        owner: Owner::Origin,
        needs: [Missing::ResponseHeaders],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let mut files = cdn::files(load);
    if files.is_empty() {
        return Outcome::NotApplicable("no static file tells whether a cache in front of the server had it");
    }
    let is_off = is_switched_off(&files);
    files.retain(|file| matches!(file.came, Came::Bypass | Came::Dynamic));
    cdn::weightiest_first(&mut files);
    let (dynamic, forbidden): (Vec<_>, Vec<_>) = files.into_iter().partition(|file| file.came == Came::Dynamic);
    let (off, dynamic): (Vec<_>, Vec<_>) = dynamic.into_iter().partition(|file| is_off && is_cloudflares(file));
    let groups = [(Why::Off, off), (Why::Forbidden, forbidden), (Why::NotTried, dynamic)];
    let found: Vec<_> = groups.iter().filter_map(|(why, files)| finding(load, *why, files)).collect();
    if found.is_empty() { Outcome::Passed } else { Outcome::Found(found) }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Why {
    Off,
    Forbidden,
    NotTried,
}

fn is_cloudflares(file: &File<'_>) -> bool {
    file.edge.vendor == Some(Vendor::Cloudflare)
}

/// Whether Cloudflare passes all of the site's files through, among them several that it keeps by default.
fn is_switched_off(files: &[File<'_>]) -> bool {
    let own = || files.iter().filter(|file| is_cloudflares(file));
    let by_default = own().filter(|file| is_kept_by_default(file.request.url_text().expose())).count();
    SEVERAL <= by_default && own().all(|file| file.came == Came::Dynamic)
}

fn finding(load: &PageLoad<'_>, why: Why, files: &[File<'_>]) -> Option<Finding> {
    let worst = files.first()?;
    let n_files = files.len() as u64;
    let bytes: Bytes = files.iter().map(|file| file.bytes).sum();
    let slowest = files.iter().map(|file| file.server).max_by(Millis::total_cmp).unwrap_or_default();
    let severity = match why {
        _ if bytes < HEAVY && slowest < NOTICEABLE => Severity::Notice,
        Why::Off if !has_cookies(files) => Severity::Serious,
        _ => Severity::Warning,
    };
    let vendor = worst.edge.layer;
    let title = vendors::title(vendor);
    let count = Part::Counted(n_files, "file", "files");
    let (customer, engineer, fix) = match why {
        Why::Off => (
            message![
                "The network of servers close to visitors (",
                title,
                ") stored none of the site's ",
                count,
                ": storing seems to be switched off for the whole site, so everything comes from the home server."
            ],
            message![
                "All static files of the site through ",
                title,
                " are DYNAMIC, even those with extensions that it keeps by default: development mode, or a rule that \
                 bypasses the cache for the whole site",
                if has_cookies(files) { "; these requests carry cookies, for which a rule may do so" } else { "" },
                "."
            ],
            message!["Switch development mode off, and look for a cache rule or page rule that bypasses everything."],
        ),
        Why::Forbidden => (
            message![
                "The server nearby would store ",
                count,
                ", but ",
                Part::agreeing(files.len(), "its answer", "their answers"),
                Part::agreeing(files.len(), " forbids", " forbid"),
                " it, so that every visitor waits for the home server. The slowest took ",
                slowest,
                "."
            ],
            cause(worst, title),
            by_cause(worst),
        ),
        Why::NotTried => (
            message![
                "The server nearby passes requests for ",
                count,
                " straight through to the home server, because it has not been told to store such files. The slowest \
                 took ",
                slowest,
                "."
            ],
            cause(worst, title),
            message!["Tell the CDN to store these paths, if they are the same for everybody."],
        ),
    };
    let need = match why {
        Why::Forbidden => worst.reasons.first().map_or(Need::Eligible, reasons::need),
        Why::Off | Why::NotTried => Need::Eligible,
    };
    let mut fix = fix;
    fix.0.extend(vendors::advice(vendor, need).0);
    Some(Finding {
        severity,
        owner: None,
        customer,
        engineer,
        fix,
        evidence: cdn::evidence(files),
        savings: cdn::savings(load, files),
    })
}

fn has_cookies(files: &[File<'_>]) -> bool {
    files.iter().any(|file| file.request.request_header("cookie").next().is_some())
}

/// The decisive cause of the weightiest file.
fn cause(worst: &File<'_>, title: &'static str) -> Message {
    let mut text = message![title, " passed ", worst.id, " on to the origin: "];
    match (worst.reasons.told.first(), worst.reasons.possible.first()) {
        (Some(reason), _) => text.0.extend(reasons::told(worst.id, reason).0),
        (None, Some(possible)) => {
            text.0.extend(message!["its headers do not tell why; the likeliest cause is ", possible.text()].0);
        }
        (None, None) => text.0.extend(message!["its headers do not tell why"].0),
    }
    text.0.extend(message!["."].0);
    text
}

fn by_cause(worst: &File<'_>) -> Message {
    match worst.reasons.first() {
        Some(Cause::SetCookie) => message!["Send static files without ", Part::Code("Set-Cookie"), "."],
        Some(Cause::VaryAlways) => {
            message![
                "Name in ",
                Part::Code("Vary"),
                " the headers that matter, at best ",
                Part::Code("Accept-Encoding")
            ]
        }
        Some(Cause::Authorization) => message![
            "Ask for static files without ",
            Part::Code("Authorization"),
            ", or release them with ",
            Part::Code("Cache-Control: public"),
            "."
        ],
        Some(_) => message![
            "Send static files with ",
            Part::Code("Cache-Control: public, max-age=31536000, immutable"),
            " if their names change with their content, else with a lifetime for the CDN alone: ",
            vendors::lifetime_line(worst.edge.layer),
            "."
        ],
        None => message!["Look for the rule, the cookie or the CDN-only header that keeps the file out of the cache."],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::ResourceKind;
    use crate::recording::testing::{Made, MadeRequest};
    use crate::rules::testing::{check_rule, outcome};

    fn file(made: Made, name: &str, status: &str, make: impl FnOnce(MadeRequest<'_>) -> MadeRequest<'_>) -> Made {
        made.request(&format!("https://shop.example/{name}"), |r| {
            let r = r.kind(ResourceKind::Script).start(50.0).set_up(1.0, 20.0, 20.0).bytes(5000, 4800, 9000);
            make(r.wait(300.0).response("cf-ray", "8a1b-FRA").response("cf-cache-status", status))
        })
    }

    fn page() -> Made {
        Made::page("https://shop.example/").document(|r| r)
    }

    fn found(made: Made) -> Vec<Finding> {
        match outcome(&EDGE_CACHE_BYPASS, made) {
            Outcome::Found(found) => found,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_forbidden_file_names_the_line_that_forbids_it() {
        let made = file(page(), "a.js", "BYPASS", |r| r.response("cache-control", "private, max-age=600"));
        let found = found(made);
        assert_eq!((found.len(), found[0].severity), (1, Severity::Warning));
        let id = found[0].evidence[0].request.expect("a request");
        assert!(found[0].evidence[0].text.0.contains(&Part::ResponseHeader(id, "cache-control")));
        assert!(found[0].fix.0.contains(&"Cloudflare".into()), "{:?}", found[0].fix);
    }

    #[test]
    fn what_a_cdn_calls_a_miss_but_may_not_keep_is_a_bypass() {
        check_rule(
            &EDGE_CACHE_BYPASS,
            file(page(), "a.js", "MISS", |r| r.response("cache-control", "no-store")),
            "found",
        );
        check_rule(&EDGE_CACHE_BYPASS, file(page(), "a.js", "MISS", |r| r.response("set-cookie", "a=b")), "found");
        check_rule(
            &EDGE_CACHE_BYPASS,
            file(page(), "a.js", "MISS", |r| r.response("set-cookie", "__cf_bm=b")),
            "passed",
        );
    }

    #[test]
    fn one_finding_for_each_kind_of_cause() {
        let made = file(page(), "a.js", "BYPASS", |r| r.response("set-cookie", "a=b"));
        let made = file(made, "b.mjs", "DYNAMIC", |r| r.response("cache-control", "max-age=60"));
        assert_eq!(found(made).len(), 2);
    }

    #[test]
    fn everything_passed_through_is_development_mode() {
        let site = |last: &str| {
            let made = ["a.js", "b.css", "c.mjs"].iter().fold(page(), |made, name| file(made, name, "DYNAMIC", |r| r));
            file(made, "d.js", last, |r| r)
        };
        // Two of the four are kept by default: not yet several.
        let made = file(page(), "a.js", "DYNAMIC", |r| r);
        assert_eq!(found(made)[0].severity, Severity::Warning);
        let found_off = found(site("DYNAMIC"));
        assert_eq!((found_off.len(), found_off[0].severity, found_off[0].evidence.len()), (1, Severity::Serious, 4));
        assert_eq!(found(site("HIT"))[0].severity, Severity::Warning);
    }

    #[test]
    fn near_misses() {
        check_rule(&EDGE_CACHE_BYPASS, file(page(), "a.js", "MISS", |r| r), "passed");
        fn data<'a>(r: MadeRequest<'a>, control: &str) -> MadeRequest<'a> {
            r.kind(ResourceKind::Fetch).response("cache-control", control)
        }
        // Data that nothing releases for others may be one visitor's.
        check_rule(&EDGE_CACHE_BYPASS, file(page(), "me.json", "DYNAMIC", |r| data(r, "private")), "not-applicable");
        check_rule(&EDGE_CACHE_BYPASS, file(page(), "all.json", "DYNAMIC", |r| data(r, "max-age=60")), "found");
        let unknown = file(page(), "a.js", "BYPASS", |r| r).without(Missing::ResponseHeaders);
        check_rule(&EDGE_CACHE_BYPASS, unknown, "not-checked");
    }
}
