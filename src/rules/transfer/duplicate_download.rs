//! `duplicate-download`: the same bytes fetched more than once in one load.

use crate::order::Arrange;
use std::collections::HashMap;

use crate::http::cache_control::CacheControl;
use crate::http::list;
use crate::page_load::caching::visits::bypasses_caches;
use crate::page_load::{Owner, PageLoad, Resource, downloads, script_texts};
use crate::recording::{Missing, Request, RequestId, ResourceKind};
use crate::rules::gain;
use crate::rules::rule::declare_rule;
use crate::rules::text::{Message, Part, message};
use crate::rules::{Evidence, Finding, Method, Outcome, Severity, Topic};
use crate::units::Bytes;

/// Smaller bodies may be equal by chance or by being a standard pixel, and cost less than the words about them.
const SMALL: Bytes = Bytes::kib(2);

/// From this many bytes sent for nothing on, in files that are code, style or fonts, it is a warning.
const NOTICEABLE: Bytes = Bytes::kib(10);

declare_rule! {
    /// ## In plain words
    /// The same file was downloaded more than once while this page loaded. The second time brought nothing new.
    ///
    /// ## What it finds
    /// Two or more whole downloads over the network, in one load, of the same address with the same content, or of
    /// different addresses with byte-for-byte the same content (2 KiB or more). Ranges, a service worker's own fetches
    /// and answers from caches do not count; data that a script asks for repeatedly counts only if each answer was
    /// the same. With the browser's cache switched off the same address twice says nothing, and is left out.
    ///
    /// ## Why it matters
    /// The bytes compete with those the visitor waits for. Scripts that arrive twice often run twice.
    ///
    /// ## How to fix it
    /// Same address twice: a `<link rel=preload>` whose `as`, `crossorigin` or media does not match the later use is
    /// not reused; fonts always need `crossorigin`. `Vary` values that differ between the two requests, `no-store`, or
    /// two requests at the same moment with different credentials have the same effect. Different addresses: serve each
    /// file from one address, and let two packages share one copy of a library.
    ///
    /// ## How savings are estimated
    /// Bytes of all downloads after the first. Time: between none and the receive time of those bytes.
    ///
    /// ## When to ignore it
    /// Pictures that are equal by accident of content (placeholders), or answers that are polled on purpose.
    ///
    /// ## References
    /// - [Fetch standard: preloaded resources and when they match](https://html.spec.whatwg.org/multipage/links.html#link-type-preload)
    /// - [web.dev: Preload critical assets](https://web.dev/articles/preload-critical-assets)
    /// - [MDN: rel=preload, CORS-enabled fetches](https://developer.mozilla.org/docs/Web/HTML/Reference/Attributes/rel/preload#cors-enabled_fetches)
    pub static DUPLICATE_DOWNLOAD = {
        id: "duplicate-download",
        title: "Files downloaded twice",
        topic: Topic::Transfer,
        severity: Severity::Warning,
        owner: Owner::Origin,
        needs: [Missing::TransferSizes],
        since: "0.1.0",
        check: check,
    }
}

struct Copies {
    first: RequestId,
    /// Downloads after the first, with their size.
    again: Vec<(RequestId, Bytes)>,
    same_address: bool,
    /// Whether the files are pictures or data, where equal content is often meant.
    is_soft: bool,
    one_preloaded: bool,
    /// Why a second download from the same address could not be spared, as far as the headers tell.
    why: Option<Message>,
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let mut n_downloads = 0_u64;
    let mut all: Vec<Copies> = Vec::new();
    let texts = script_texts::hashes(load);
    let mut by_address: HashMap<_, usize> = HashMap::new();
    let mut by_content: HashMap<(u64, ResourceKind, Option<Bytes>), usize> = HashMap::new();
    for (request, resource) in load.network() {
        let Some(sent) = downloads::sent_bytes(request) else { continue };
        if !is_whole_download(request) {
            continue;
        }
        n_downloads += 1;
        // Some tools put one placeholder in the place of many bodies: kind and size must agree as well.
        let decoded = downloads::decoded_bytes(request);
        let hash = request.body().hash.or_else(|| texts.get(&request.url()).copied().flatten());
        let hash = hash.filter(|_| SMALL <= decoded.unwrap_or_default());
        let content = hash.map(|hash| (hash, resource.kind, decoded));
        let same_address = by_address.get(&request.url()).copied();
        let same_content = content.and_then(|content| by_content.get(&content).copied());
        let known = match (same_address, same_content) {
            // With the cache switched off everything comes as often as it is asked for.
            (Some(_), _) if bypasses_caches(request) => None,
            // Where the recorder counts bytes and counted none, another request was served along.
            (Some(at), _) if was_served_along(load, all.get(at), request) => continue,
            (Some(at), _) if is_same(load, all.get(at), request, resource) => Some((at, true)),
            (_, Some(at)) => Some((at, false)),
            _ => None,
        };
        match known.and_then(|(at, same_address)| Some((all.get_mut(at)?, same_address))) {
            Some((copies, same_address)) => {
                copies.again.push((request.id(), sent));
                copies.same_address |= same_address;
                copies.one_preloaded |= request.preloaded();
                copies.why = copies
                    .why
                    .take()
                    .or_else(|| why_again(load.request(copies.first), request).filter(|_| same_address));
            }
            None => {
                by_address.insert(request.url(), all.len());
                content.map(|content| by_content.insert(content, all.len()));
                all.push(Copies {
                    first: request.id(),
                    again: Vec::new(),
                    same_address: false,
                    is_soft: is_soft(resource.kind),
                    one_preloaded: request.preloaded(),
                    why: None,
                });
            }
        }
    }
    if n_downloads < 2 {
        return Outcome::NotApplicable("fewer than two files came over the network");
    }
    all.retain(|copies| SMALL <= copies.wasted());
    if all.is_empty() {
        return Outcome::Passed;
    }
    // Code, styles and fonts first; then by bytes.
    all.arrange_by_key(|copies| (copies.is_soft && !copies.same_address, std::cmp::Reverse(copies.wasted())));
    Outcome::found(finding(load, &all))
}

fn is_whole_download(request: Request<'_>) -> bool {
    let is_get = request.method_text().expose() == "GET";
    is_get && downloads::is_download(request) && request.status() != Some(206)
}

fn was_served_along(load: &PageLoad<'_>, copies: Option<&Copies>, request: Request<'_>) -> bool {
    let counts = |request: Request<'_>| request.transfer_bytes().is_some_and(|bytes| Bytes(0) < bytes);
    copies.is_some_and(|copies| counts(load.request(copies.first))) && !counts(request)
}

/// Whether a second answer from the same address is the same file: by content where bodies were recorded, else by
/// size, and never by address alone for data, which may have changed.
fn is_same(load: &PageLoad<'_>, copies: Option<&Copies>, request: Request<'_>, resource: &Resource<'_>) -> bool {
    let Some(first) = copies.map(|copies| load.request(copies.first)) else { return false };
    match (first.body().hash, request.body().hash) {
        (Some(a), Some(b)) => a == b,
        _ => {
            let is_file = !matches!(resource.kind, ResourceKind::Xhr | ResourceKind::Fetch | ResourceKind::Document);
            is_file && downloads::decoded_bytes(first) == downloads::decoded_bytes(request)
        }
    }
}

/// What kept the browser from using what it had: another mode (Fetch: CORS), a header named in `Vary`, `no-store`.
fn why_again(first: Request<'_>, again: Request<'_>) -> Option<Message> {
    let asked = |request: Request<'_>, name: &str| {
        request.request_header(name).next().map(|line| line.expose().to_ascii_lowercase())
    };
    let modes = asked(first, "sec-fetch-mode").zip(asked(again, "sec-fetch-mode"));
    let origins = (asked(first, "origin").is_some(), asked(again, "origin").is_some());
    if modes.as_ref().is_some_and(|(one, other)| one != other) || modes.is_none() && origins.0 != origins.1 {
        return Some(message!["; once across origins (CORS) and once not: ", Part::Code("crossorigin"), " differs"]);
    }
    let vary = first.response_header("vary").map(|line| line.expose());
    if list::members(vary)
        .any(|name| asked(first, &name.to_ascii_lowercase()) != asked(again, &name.to_ascii_lowercase()))
    {
        return Some(message!["; the requests differ in what ", Part::ResponseHeader(first.id(), "vary"), " names"]);
    }
    let control = CacheControl::parse(first.response_header("cache-control").map(|line| line.expose()));
    control
        .has("no-store")
        .then(|| message!["; ", Part::ResponseHeader(first.id(), "cache-control"), " forbids to keep it"])
}

fn is_soft(kind: ResourceKind) -> bool {
    !matches!(kind, ResourceKind::Script | ResourceKind::Stylesheet | ResourceKind::Font | ResourceKind::Document)
}

impl Copies {
    fn wasted(&self) -> Bytes {
        self.again.iter().map(|(_, bytes)| *bytes).sum()
    }

    fn evidence(&self) -> Evidence {
        let times = Part::Counted(self.again.len() as u64 + 1, "time", "times");
        let mut text = match self.same_address {
            true => message!["downloaded ", times, ", ", self.wasted(), " more than once"],
            false => {
                message!["the same content came ", times, " under different addresses, ", self.wasted(), " too much:"]
            }
        };
        if self.same_address && self.one_preloaded {
            text.0.extend(message!["; one of them by a preload that was not reused"].0);
        }
        if let Some(why) = &self.why {
            text.0.extend(why.0.iter().cloned());
        }
        if !self.same_address {
            for (id, _) in self.again.iter().take(MOST_NAMED) {
                text.0.extend(message![" ", *id].0);
            }
        }
        Evidence { request: Some(self.first), text }
    }
}

/// Copies named in one row of evidence; a row of dozens would not be read.
const MOST_NAMED: usize = 3;

fn finding(load: &PageLoad<'_>, all: &[Copies]) -> Finding {
    let saved: Vec<_> = all.iter().flat_map(|copies| copies.again.iter().copied()).collect();
    let wasted = all.iter().map(Copies::wasted).sum::<Bytes>();
    let hard = all.iter().filter(|copies| !copies.is_soft).map(Copies::wasted).sum::<Bytes>();
    let files = Part::Counted(all.len() as u64, "file was", "files were");
    let fix: Message = match all.iter().any(|copies| copies.same_address && copies.one_preloaded) {
        true => message![
            "Make each preload match its use: same address, right ",
            Part::Code("as"),
            ", and ",
            Part::Code("crossorigin"),
            " for fonts and module scripts."
        ],
        false => message!["Ask for each file once, from one address, with the same credentials mode each time."],
    };
    Finding {
        severity: if hard < NOTICEABLE { Severity::Notice } else { Severity::Warning },
        owner: gain::owner_of(load, all.iter().map(|copies| copies.first)),
        customer: message![files.clone(), " downloaded more than once, ", wasted, " for nothing."],
        engineer: message![
            files,
            " fetched over the network again with the same content in one load: ",
            Part::Counted(saved.len() as u64, "download", "downloads"),
            " and ",
            wasted,
            " too much."
        ],
        fix,
        evidence: all.iter().map(Copies::evidence).collect(),
        savings: Some(gain::of_fewer_bytes(load, &saved, Method::Bound)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::ScriptText;
    use crate::recording::testing::{Made, MadeRequest};
    use crate::rules::testing::{check_rule, outcome};

    fn two(
        a: &str,
        b: &str,
        one: impl FnOnce(MadeRequest<'_>) -> MadeRequest<'_>,
        other: impl FnOnce(MadeRequest<'_>) -> MadeRequest<'_>,
    ) -> Made {
        Made::page("https://shop.example/").request(a, one).request(b, other)
    }

    fn script<'a>(r: MadeRequest<'a>, text: &str) -> MadeRequest<'a> {
        let n = text.len() as u64;
        r.kind(ResourceKind::Script).bytes(n + 100, n, n).body(text)
    }

    const A: &str = "https://shop.example/a.js";
    const B: &str = "https://cdn.example/b.js";

    #[test]
    fn same_address_and_same_content() {
        let long = "x".repeat(20_000);
        check_rule(&DUPLICATE_DOWNLOAD, two(A, A, |r| script(r, &long), |r| script(r, &long)), "found");
        check_rule(&DUPLICATE_DOWNLOAD, two(A, B, |r| script(r, &long), |r| script(r, &long)), "found");
        let made = two(
            A,
            A,
            |r| r.kind(ResourceKind::Font).bytes(9_000, 8_900, 8_900),
            |r| r.kind(ResourceKind::Font).bytes(9_000, 8_900, 8_900),
        );
        check_rule(&DUPLICATE_DOWNLOAD, made, "found");
    }

    #[test]
    fn texts_that_a_trace_holds() {
        let made = |texts: &'static [(&str, u64)]| {
            fn unread(r: MadeRequest<'_>) -> MadeRequest<'_> {
                r.kind(ResourceKind::Script).bytes(20_100, 20_000, 20_000)
            }
            two(A, B, unread, unread).change(|recording| {
                for (url, hash) in texts {
                    let url = recording.strings.intern(url);
                    let legacy = Default::default();
                    recording.timeline.script_texts.push(ScriptText {
                        url,
                        n_units: 20_000,
                        hash: *hash,
                        legacy,
                        sources: None,
                    });
                }
            })
        };
        check_rule(&DUPLICATE_DOWNLOAD, made(&[(A, 1), (B, 1)]), "found");
        check_rule(&DUPLICATE_DOWNLOAD, made(&[(A, 1), (B, 2)]), "passed");
        // Which of them came with this request is not known.
        check_rule(&DUPLICATE_DOWNLOAD, made(&[(A, 1), (A, 2), (B, 1)]), "passed");
    }

    #[test]
    fn reasons() {
        let long = "x".repeat(20_000);
        for (header, value, line, expected) in [
            ("sec-fetch-mode", "cors", ("x", "y"), "; once across origins (CORS) and once not: "),
            ("accept", "text/css", ("vary", "Accept"), "; the requests differ in what "),
            ("x", "y", ("cache-control", "no-store"), "; "),
        ] {
            let made = two(
                A,
                A,
                |r| script(r, &long).header("sec-fetch-mode", "no-cors").response(line.0, line.1),
                |r| {
                    let mode = if header == "sec-fetch-mode" { value } else { "no-cors" };
                    script(r, &long).header("sec-fetch-mode", mode).header(header, value)
                },
            );
            let Outcome::Found(found) = outcome(&DUPLICATE_DOWNLOAD, made) else { panic!("nothing found") };
            assert!(found[0].evidence[0].text.0.contains(&Part::Text(expected)), "{expected}");
        }
    }

    #[test]
    fn near_misses() {
        let (long, other) = ("x".repeat(20_000), "y".repeat(20_000));
        check_rule(&DUPLICATE_DOWNLOAD, two(A, B, |r| script(r, &long), |r| script(r, &other)), "passed");
        check_rule(&DUPLICATE_DOWNLOAD, two(A, A, |r| script(r, &long), |r| script(r, &other)), "passed");
        check_rule(&DUPLICATE_DOWNLOAD, two(A, B, |r| script(r, "tiny"), |r| script(r, "tiny")), "passed");
        let from_cache = two(A, A, |r| script(r, &long), |r| script(r, &long).bytes(0, 0, 20_000));
        check_rule(&DUPLICATE_DOWNLOAD, from_cache, "not-applicable");
        // Recorded without a byte of its own: it was served by the download that was under way.
        let along = two(
            A,
            A,
            |r| script(r, &long).bytes(9_000, 8_900, 20_000),
            |r| {
                script(r, &long).change(|row| {
                    row.transfer_bytes = None;
                    row.body_bytes = Some(Bytes(8_900));
                })
            },
        );
        check_rule(&DUPLICATE_DOWNLOAD, along, "passed");
        let worker = two(A, A, |r| script(r, &long), |r| script(r, &long).change(|row| row.from_service_worker = true));
        check_rule(&DUPLICATE_DOWNLOAD, worker, "not-applicable");
        let switched_off = two(
            A,
            A,
            |r| script(r, &long),
            |r| script(r, &long).header("cache-control", "no-cache").header("pragma", "no-cache"),
        );
        check_rule(&DUPLICATE_DOWNLOAD, switched_off, "passed");
        let polled = two(
            A,
            A,
            |r| r.kind(ResourceKind::Fetch).bytes(9_000, 8_900, 8_900),
            |r| r.kind(ResourceKind::Fetch).bytes(9_000, 8_900, 8_900),
        );
        check_rule(&DUPLICATE_DOWNLOAD, polled, "passed");
    }

    #[test]
    fn equal_pictures_are_a_notice() {
        let long = "x".repeat(20_000);
        let made =
            two(A, B, |r| script(r, &long).kind(ResourceKind::Image), |r| script(r, &long).kind(ResourceKind::Image));
        match outcome(&DUPLICATE_DOWNLOAD, made) {
            Outcome::Found(findings) => assert_eq!(findings[0].severity, Severity::Notice),
            other => panic!("{other:?}"),
        }
    }
}
