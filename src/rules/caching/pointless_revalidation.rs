//! `pointless-revalidation`: static files that the browser had and asked about nevertheless.

use crate::http::browsers::Browser;
use crate::http::cache_control::CacheControl;
use crate::order::Arrange;
use crate::page_load::{Lifetime, Metric, Owner, PageLoad, caching, downloads};
use crate::recording::{RenderBlocking, Request, RequestId, ResourceKind, Source};
use crate::rules::gain;
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Evidence, Finding, Method, Outcome, Savings, Severity, Topic};
use crate::units::{Bytes, Millis, Seconds, TimeSpan};

/// From this many questions on it is a warning, or …
const MANY: usize = 10;

/// … from this long for a file that holds rendering back: about one round trip of a mobile network.
const NOTICEABLE: Millis = Millis(100.0);

/// From this lifetime on, with a versioned address, a file is meant never to be asked about.
const LONG: Seconds = Seconds::days(30);

declare_rule! {
    /// ## In plain words
    /// The browser had these files already but asked the server for each whether it had changed. The answer was "no" every
    /// time, and the page waited for it.
    ///
    /// ## What it finds
    /// Scripts, style sheets, fonts, pictures, media and manifests that were answered with `304 Not Modified`.
    ///
    /// ## Why it matters
    /// A question costs a full round trip and the server's time; only the bytes of the file are spared. For a style sheet
    /// or a script in the head the first render waits for it.
    ///
    /// ## How to fix it
    /// Give the files a name with a content hash and `Cache-Control: public, max-age=31536000, immutable`; then nobody asks
    /// again. For names that stay, a lifetime of an hour and `stale-while-revalidate` moves the question out of the way.
    ///
    /// ## How savings are estimated
    /// Between none and the time in which at least one of these questions was under way.
    ///
    /// ## When to ignore it
    /// A reload by the user makes Firefox and Safari ask again although the files are fresh, unless they are `immutable`;
    /// such questions are told but do not make it a warning. One or two answers of this kind are normal.
    ///
    /// ## References
    /// - [RFC 9110 §15.4.5: 304 Not Modified](https://www.rfc-editor.org/rfc/rfc9110#section-15.4.5)
    /// - [RFC 9111 §4.3: Validation](https://www.rfc-editor.org/rfc/rfc9111#section-4.3)
    /// - [web.dev: Prevent unnecessary network requests with the HTTP Cache](https://web.dev/articles/http-cache)
    pub static POINTLESS_REVALIDATION = {
        id: "pointless-revalidation",
        title: "Unchanged files that were asked about",
        topic: Topic::Caching,
        severity: Severity::Warning,
        owner: Owner::Origin,
        needs: [],
        since: "0.1.0",
        check: check,
    }
}

struct Asked {
    id: RequestId,
    took: Millis,
    span: Option<TimeSpan>,
    blocks: bool,
    third_party: bool,
    /// Whether it was asked about because the user reloaded the page.
    by_reload: bool,
}

fn check(load: &PageLoad<'_>) -> Outcome {
    use ResourceKind::{Font, Image, Manifest, Media, Script, Stylesheet};
    let mut n_static = 0_u64;
    let mut all = Vec::new();
    let document = load.document.request.map(|document| load.request(document));
    // Chrome asks only about the document then.
    let asks_about_all = matches!(caching::browser(load.recording), Some(Browser::Firefox | Browser::Safari));
    let was_reloaded = asks_about_all && document.is_some_and(is_reload);
    for (request, resource) in load.network() {
        if !matches!(resource.kind, Script | Stylesheet | Font | Image | Media | Manifest) {
            continue;
        }
        n_static += 1;
        if request.status() != Some(304) && request.source() != Some(Source::Revalidated) {
            continue;
        }
        let span = load.span(request.id());
        let blocks = resource.blocking.is_some_and(|found| found.how == RenderBlocking::Blocking);
        all.push(Asked {
            id: request.id(),
            took: span.map_or(Millis::ZERO, |span| span.duration()),
            span,
            blocks,
            third_party: gain::is_third_party(resource),
            by_reload: was_reloaded || is_reload(request),
        });
    }
    if n_static == 0 {
        return Outcome::NotApplicable("the recording holds no static file");
    }
    if all.is_empty() {
        return Outcome::Passed;
    }
    all.arrange_by(|a, b| (a.third_party, b.blocks).cmp(&(b.third_party, a.blocks)).then(b.took.total_cmp(&a.took)));
    Outcome::found(finding(load, &all))
}

/// Whether the request asks for something newer than what is there: `Cache-Control: max-age=0`, as on a reload.
fn is_reload(request: Request<'_>) -> bool {
    let mut lines = request.request_header("cache-control");
    lines.any(|line| line.expose().eq_ignore_ascii_case("max-age=0"))
}

/// Whether `immutable` would keep Firefox and Safari from asking on a reload.
fn lacks_immutable(load: &PageLoad<'_>, id: RequestId) -> bool {
    let lines = load.request(id).response_header("cache-control").map(|line| line.expose());
    let is_said = CacheControl::parse(lines).has("immutable");
    load.caching_of(id).is_some_and(|caching| {
        let is_long = matches!(caching.lifetime, Some(Lifetime::Explicit(lifetime)) if LONG <= lifetime);
        is_long && caching.is_versioned && !is_said
    })
}

fn finding(load: &PageLoad<'_>, all: &[Asked]) -> Finding {
    let own: Vec<_> = all.iter().filter(|one| !one.third_party && !one.by_reload).collect();
    let slow_blocker = own.iter().any(|one| one.blocks && NOTICEABLE <= one.took);
    let load_event = load.milestones.load.map(|at| at.ms);
    let spans = all.iter().filter_map(|one| one.span);
    let before_load: Vec<_> = spans.filter(|span| load_event.is_some_and(|at| span.start < at)).collect();
    let most = downloads::busy_time(before_load);
    let any_blocks = all.iter().any(|one| one.blocks);
    let milestone = if any_blocks { Metric::Fcp } else { Metric::Load };
    let files = Part::Counted(all.len() as u64, "file", "files");
    let evidence = all.iter().map(|one| {
        let mut text = message!["answered ", Part::Status(304), " after ", one.took];
        if one.blocks {
            text.0.extend(message!["; the first render waited for it"].0);
        }
        let lifetime = load.caching_of(one.id).and_then(|caching| caching.lifetime);
        if let Some(Lifetime::Explicit(lifetime)) = lifetime {
            text.0.extend(message!["; it could be kept for ", lifetime].0);
        }
        if one.by_reload {
            text.0.extend(message!["; asked about because the page was reloaded"].0);
        }
        if one.by_reload && lacks_immutable(load, one.id) {
            text.0.extend(message![", which ", Part::Code("immutable"), " prevents in Firefox and Safari"].0);
        }
        Evidence { request: Some(one.id), text }
    });
    Finding {
        severity: if MANY <= own.len() || slow_blocker { Severity::Warning } else { Severity::Notice },
        owner: gain::owner_of(load, all.iter().map(|one| one.id)),
        customer: message![
            "The browser had ",
            files.clone(),
            " already, but asked the server about each and was told that nothing had changed."
        ],
        engineer: message![
            files,
            " answered with ",
            Part::Status(304),
            "; in all ",
            most,
            " of waiting for such answers."
        ],
        fix: message![
            "Give them a content hash in the name and ",
            Part::Code("Cache-Control: public, max-age=31536000, immutable"),
            "; give names that stay ",
            Part::Code("Cache-Control: max-age=3600, stale-while-revalidate=86400"),
            "."
        ],
        evidence: evidence.collect(),
        savings: Some(Savings {
            milestone: (Millis::ZERO < most).then_some(milestone),
            ms: (Millis::ZERO, most),
            bytes: Bytes(0),
            method: Method::Bound,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::Made;
    use crate::rules::testing::{check_rule, outcome};

    fn check(expected: &str, kind: ResourceKind, status: u16) {
        let made = Made::page("https://shop.example/")
            .document(|r| r.status(304))
            .request("https://shop.example/a", |r| r.kind(kind).status(status).wait(80.0));
        check_rule(&POINTLESS_REVALIDATION, made, expected);
    }

    #[test]
    fn not_modified() {
        check("found", ResourceKind::Script, 304);
        check("passed", ResourceKind::Script, 200);
        check("not-applicable", ResourceKind::Fetch, 304);
        check_rule(&POINTLESS_REVALIDATION, Made::page("https://shop.example/").document(|r| r), "not-applicable");
    }

    #[test]
    fn reloads_are_no_warning() {
        for (asked, expected) in [("no", Severity::Warning), ("max-age=0", Severity::Notice)] {
            let made = (0..MANY).fold(Made::page("https://shop.example/"), |made, n| {
                made.request(&format!("https://shop.example/{n}.js"), |r| {
                    r.kind(ResourceKind::Script).status(304).header("cache-control", asked)
                })
            });
            let Outcome::Found(found) = outcome(&POINTLESS_REVALIDATION, made) else { panic!("nothing found") };
            assert_eq!(found[0].severity, expected);
        }
    }
}
