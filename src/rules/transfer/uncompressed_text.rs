//! `uncompressed-text`: text that was sent as it is although browsers take it compressed.

use crate::http::content_coding;
use crate::order::Arrange;
use crate::page_load::{Owner, PageLoad, downloads};
use crate::recording::{Missing, Request, RequestId};
use crate::rules::gain;
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Evidence, Finding, Method, Outcome, Severity, Topic};
use crate::units::{Bytes, Millis, Ratio};

/// Bodies below this fit into one packet (1,460 bytes of payload on Ethernet) with or without compression.
const ONE_PACKET: Bytes = Bytes(1_400);

/// A body sent in less than this part of its decoded size was compressed, whatever its headers say: some tools drop
/// or rewrite `Content-Encoding`.
const SMALLER_THAN_DECODED: f64 = 0.9;

/// From this many bytes saved on (the lower estimate) it is a warning: about 14 packets, more than the first flight of
/// a new connection (10 packets, RFC 6928).
const NOTICEABLE: Bytes = Bytes::kib(20);

/// From this many bytes saved on (the lower estimate) it is serious, if the transfer was also slow.
const HEAVY: Bytes = Bytes::kib(200);

/// What "slow" means there: the time in which those bytes arrived.
const SLOW: Millis = Millis(500.0);

declare_rule! {
    /// ## In plain words
    /// Texts such as scripts, style sheets and data shrink to a third or less when a server packs them, and every
    /// browser unpacks them by itself. These files were sent unpacked, so visitors wait for bytes that carry nothing.
    ///
    /// ## What it finds
    /// Responses over the network whose media type is text, or a binary format that is not compressed in itself (TTF,
    /// BMP, WebAssembly), of 1,400 bytes or more, without `Content-Encoding`. A response whose transferred size is well
    /// below its decoded size counts as compressed even if the header is missing from the recording. Requests that
    /// accept no coding are left out.
    ///
    /// ## Why it matters
    /// On a slow line each kilobyte costs time; on a fast one, a file beyond the first flight of a connection
    /// (about 14 kB) needs further round trips. Style sheets and scripts that hold rendering back make it worse.
    ///
    /// ## How to fix it
    /// Switch compression on at the server or CDN: Brotli or Zstandard where possible, gzip for the rest. Files that
    /// never change are best compressed once at build time with the strongest level. nginx: `gzip_types`,
    /// `brotli_static`; Apache: `mod_brotli`, `AddOutputFilterByType`; CDNs: a compression rule, which often skips
    /// types it does not know, such as `application/json` with a vendor prefix, and responses with
    /// `Cache-Control: no-transform`. Answers that mix secrets with text an attacker controls need care (BREACH).
    ///
    /// ## How savings are estimated
    /// Bytes: what gzip and Brotli usually take away from this kind of file, as a range; the lower end is used for the
    /// sum. Time: between none and the receive time of those bytes as recorded.
    ///
    /// ## When to ignore it
    /// If the file is rarely fetched, is small in the page as a whole, or if the server is the developer's own machine.
    ///
    /// ## References
    /// - [RFC 9110 §8.4: Content-Encoding](https://www.rfc-editor.org/rfc/rfc9110#section-8.4)
    /// - [MDN: Compression in HTTP](https://developer.mozilla.org/docs/Web/HTTP/Guides/Compression)
    /// - [web.dev: Optimize the encoding and transfer size of text-based assets](https://web.dev/articles/optimizing-content-efficiency-optimize-encoding-and-transfer)
    /// - [RFC 6928: the first flight of a connection](https://www.rfc-editor.org/rfc/rfc6928)
    pub static UNCOMPRESSED_TEXT = {
        id: "uncompressed-text",
        title: "Text sent uncompressed",
        topic: Topic::Transfer,
        severity: Severity::Serious,
        owner: Owner::Origin,
        needs: [Missing::ResponseHeaders, Missing::TransferSizes],
        since: "0.1.0",
        check: check,
    }
}

struct Uncompressed {
    id: RequestId,
    decoded: Bytes,
    saved: (Bytes, Bytes),
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let mut n_texts = 0_u64;
    let mut uncompressed = Vec::new();
    for (request, _) in load.network() {
        let (Some(media_type), Some(decoded)) = (downloads::media_type(request), downloads::decoded_bytes(request))
        else {
            continue;
        };
        let is_event_stream = media_type.is("text/event-stream");
        if !downloads::is_download(request) || !media_type.is_compressible() || is_event_stream || decoded < ONE_PACKET
        {
            continue;
        }
        n_texts += 1;
        if is_uncompressed(request, decoded) {
            let (low, high) = content_coding::typical_saving(&media_type);
            uncompressed.push(Uncompressed {
                id: request.id(),
                decoded,
                saved: (part(decoded, low), part(decoded, high)),
            });
        }
    }
    if n_texts == 0 {
        return Outcome::NotApplicable("no text of more than a packet came over the network");
    }
    if uncompressed.is_empty() {
        return Outcome::Passed;
    }
    uncompressed.arrange_by_key(|one| std::cmp::Reverse(one.saved.0));
    Outcome::found(finding(load, &uncompressed))
}

fn is_uncompressed(request: Request<'_>, decoded: Bytes) -> bool {
    if request.response_headers().is_empty() {
        return false;
    }
    let coded = ["content-encoding", "transfer-encoding"]
        .iter()
        .any(|name| !content_coding::codings(request.response_header(name).map(|line| line.expose())).is_empty());
    let accepted = content_coding::accepted(request.request_header("accept-encoding").map(|line| line.expose()));
    let takes_none = accepted.is_said && !(accepted.gzip || accepted.brotli || accepted.zstandard);
    let Some(sent) = downloads::sent_body_bytes(request) else { return false };
    !coded && !takes_none && decoded.0 as f64 * SMALLER_THAN_DECODED <= sent.0 as f64
}

fn part(bytes: Bytes, part: Ratio) -> Bytes {
    Bytes((bytes.0 as f64 * part.0) as u64)
}

fn finding(load: &PageLoad<'_>, uncompressed: &[Uncompressed]) -> Finding {
    let total = uncompressed.iter().map(|one| one.decoded).sum::<Bytes>();
    let low = uncompressed.iter().map(|one| one.saved.0).sum::<Bytes>();
    let high = uncompressed.iter().map(|one| one.saved.1).sum::<Bytes>();
    let saved: Vec<_> = uncompressed.iter().map(|one| (one.id, one.saved.0)).collect();
    let savings = gain::of_fewer_bytes(load, &saved, Method::Estimated);
    let files = Part::Counted(uncompressed.len() as u64, "text file", "text files");
    let severity = match low {
        low if HEAVY <= low && SLOW <= savings.ms.1 => Severity::Serious,
        low if NOTICEABLE <= low => Severity::Warning,
        _ => Severity::Notice,
    };
    let evidence = uncompressed.iter().map(|one| Evidence {
        request: Some(one.id),
        text: message![
            Part::MediaType(one.id),
            ", ",
            one.decoded,
            " sent without Content-Encoding; compression usually takes ",
            Part::BytesRange(one.saved.0, one.saved.1),
            " off"
        ],
    });
    Finding {
        severity,
        owner: gain::owner_of(load, uncompressed.iter().map(|one| one.id)),
        customer: message![
            files.clone(),
            " of ",
            total,
            " came unpacked. Packed, as browsers understand it, ",
            Part::agreeing(uncompressed.len(), "it would be ", "they would be "),
            Part::BytesRange(low, high),
            " smaller."
        ],
        engineer: message![
            files,
            " without Content-Encoding, ",
            total,
            " in all; gzip or Brotli usually save ",
            Part::BytesRange(low, high),
            "."
        ],
        fix: message![
            "Send these responses compressed: ",
            Part::Code("Content-Encoding: br"),
            " or ",
            Part::Code("zstd"),
            " where the request accepts it, else ",
            Part::Code("gzip"),
            ", and with ",
            Part::Code("Vary: Accept-Encoding"),
            "."
        ],
        evidence: evidence.collect(),
        savings: Some(savings),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::{Made, MadeRequest};
    use crate::rules::testing::{check_rule, outcome};

    fn check(expected: &str, make: impl FnOnce(MadeRequest<'_>) -> MadeRequest<'_>) {
        let made = Made::page("https://shop.example/").request("https://shop.example/app.js", |r| {
            make(r.response("content-type", "text/javascript").header("accept-encoding", "gzip, br"))
        });
        check_rule(&UNCOMPRESSED_TEXT, made, expected);
    }

    #[test]
    fn text_without_coding_is_found() {
        check("found", |r| r.bytes(100_200, 100_000, 100_000));
    }

    #[test]
    fn near_misses() {
        check("passed", |r| r.response("content-encoding", "br").bytes(30_000, 29_000, 100_000));
        check("passed", |r| r.response("transfer-encoding", "gzip").bytes(30_000, 29_000, 100_000));
        check("passed", |r| r.bytes(30_000, 29_000, 100_000));
        check("not-applicable", |r| r.bytes(700, 574, 574));
        check("not-applicable", |r| r.bytes(0, 0, 100_000));
        check("not-applicable", |r| r.status(404).bytes(100_200, 100_000, 100_000));
        check("not-applicable", |r| r.response("content-type", "font/woff2").bytes(100_200, 100_000, 100_000));
    }

    #[test]
    fn not_checked_without_headers() {
        let made = Made::page("https://shop.example/").without(Missing::ResponseHeaders);
        check_rule(&UNCOMPRESSED_TEXT, made, "not-checked");
    }

    #[test]
    fn severity_follows_what_is_saved() {
        let severity = |bytes: u64, receive: f64| {
            let made = Made::page("https://shop.example/")
                .milestones(|m| m.load = Some(Millis(9_000.0)))
                .request("https://shop.example/app.js", |r| {
                    r.response("content-type", "text/javascript").receive(receive).bytes(bytes, bytes, bytes)
                });
            match outcome(&UNCOMPRESSED_TEXT, made) {
                Outcome::Found(findings) => findings[0].severity,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(severity(5_000, 1.0), Severity::Notice);
        assert_eq!(severity(100_000, 1.0), Severity::Warning);
        assert_eq!(severity(900_000, 100.0), Severity::Warning);
        assert_eq!(severity(900_000, 3_000.0), Severity::Serious);
    }
}
