//! `weak-text-compression`: text that was compressed, but less than the browser would have taken.

use crate::http::content_coding::{self, Coding};
use crate::http::media_type::{Family, MediaType};
use crate::order::Arrange;
use crate::page_load::{Owner, PageLoad, downloads};
use crate::recording::{Missing, Request, RequestId};
use crate::rules::gain;
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Evidence, Finding, Method, Outcome, Severity, Topic};
use crate::units::{Bytes, Ratio};

/// Below this a better coding saves a packet or two.
const SMALL: Bytes = Bytes::kib(10);

/// What Brotli saves compared with gzip, from … to, of the gzipped size. Akamai's figures for the median: 14 % for
/// JavaScript, 17 % for CSS, 21 % for HTML; the lower end allows for fast levels chosen for answers made on the fly.
const YOUNGER_CODING: (Ratio, Ratio) = (Ratio(0.05), Ratio(0.20));

/// HTML, CSS and JavaScript that keep more than this part of their size were packed badly: nine of ten in public
/// recordings keep less than 0.42.
const POOR: Ratio = Ratio(0.6);

/// What such text usually keeps; see `content_coding::typical_saving`.
const USUAL: Ratio = Ratio(0.4);

/// A body that is not even 2 % smaller on the wire is taken for two records of one number, not for compression.
const SAME_NUMBER: Ratio = Ratio(0.98);

/// Less than this in all is not worth a notice.
const LITTLE: Bytes = Bytes::kib(5);

declare_rule! {
    /// ## In plain words
    /// These texts were packed before sending, but with an older or hasty method. The visitor's browser understands a
    /// better one, so the same files could be a little smaller.
    ///
    /// ## What it finds
    /// Two things among text responses of 10 KiB or more on the wire: those sent with gzip or deflate although the
    /// request accepts Brotli or Zstandard; and HTML, CSS or JavaScript that keeps more than 60 % of its size when
    /// compressed.
    ///
    /// ## Why it matters
    /// Brotli makes scripts and style sheets some 15 % smaller than gzip. That is a small gain for each file, but it
    /// costs nothing but a setting. A poor ratio has other causes: the fastest compression level, pictures or fonts
    /// embedded as base64, or content that is random in itself.
    ///
    /// ## How to fix it
    /// Compress files that do not change at build time, with Brotli level 11, and let the server send the packed copy.
    /// For answers made on the fly use Zstandard or Brotli at level 4 or 5. Take embedded base64 data out into files of
    /// their own.
    ///
    /// ## How savings are estimated
    /// 5 to 20 % of the bytes sent with gzip or deflate (published comparisons of Brotli with gzip); for poor ratios, the
    /// difference to the usual 40 %. The lower end is used for the sum. Time: between none and the receive time of those
    /// bytes.
    ///
    /// ## When to ignore it
    /// If uncompressed-text or a larger finding stands in the same report, do that first. Servers between the site and
    /// the recording (a company proxy, a debugging proxy) recompress with gzip.
    ///
    /// ## References
    /// - [RFC 7932: Brotli](https://www.rfc-editor.org/rfc/rfc7932), [RFC 8878: Zstandard](https://www.rfc-editor.org/rfc/rfc8878)
    /// - [MDN: Content-Encoding](https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Content-Encoding)
    /// - [Akamai: Understanding Brotli's potential](https://www.akamai.com/blog/performance/understanding-brotlis-potential)
    pub static WEAK_TEXT_COMPRESSION = {
        id: "weak-text-compression",
        title: "Text compressed less than possible",
        topic: Topic::Transfer,
        severity: Severity::Notice,
        owner: Owner::Origin,
        needs: [Missing::ResponseHeaders, Missing::TransferSizes],
        since: "0.1.0",
        check: check,
    }
}

struct Weak {
    id: RequestId,
    sent: Bytes,
    saved: (Bytes, Bytes),
    why: Why,
}

enum Why {
    OldCoding(&'static str),
    PoorRatio(Ratio),
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let mut n_coded = 0_u64;
    let mut weak = Vec::new();
    for (request, _) in load.network() {
        let (Some(media_type), Some(sent)) = (downloads::media_type(request), downloads::sent_body_bytes(request))
        else {
            continue;
        };
        let codings = content_coding::codings(request.response_header("content-encoding").map(|line| line.expose()));
        let is_text = media_type.is_compressible() && !codings.is_empty();
        if !downloads::is_download(request) || !is_text || sent < SMALL {
            continue;
        }
        n_coded += 1;
        weak.extend(weakness(request, &media_type, &codings, sent));
    }
    if n_coded == 0 {
        return Outcome::NotApplicable("no larger compressed text came over the network");
    }
    let low = weak.iter().map(|one| one.saved.0).sum::<Bytes>();
    if low < LITTLE {
        return Outcome::Passed;
    }
    weak.arrange_by_key(|one| std::cmp::Reverse(one.saved.0));
    Outcome::found(finding(load, &weak))
}

fn weakness(request: Request<'_>, media_type: &MediaType<'_>, codings: &[Coding], sent: Bytes) -> Option<Weak> {
    let of_sent = |part: f64| Bytes((sent.0 as f64 * part) as u64);
    let kept = downloads::decoded_bytes(request).map(|decoded| Ratio(sent.0 as f64 / decoded.0.max(1) as f64));
    let is_plain = matches!(media_type.family(), Family::Html | Family::Css | Family::JavaScript);
    if let Some(kept) = kept.filter(|kept| is_plain && POOR < *kept && *kept < SAME_NUMBER) {
        let high = 1.0 - USUAL.0 / kept.0;
        return Some(Weak {
            id: request.id(),
            sent,
            saved: (of_sent(high / 2.0), of_sent(high)),
            why: Why::PoorRatio(kept),
        });
    }
    if kept.is_some_and(|kept| SAME_NUMBER <= kept) {
        return None;
    }
    let accepted = content_coding::accepted(request.request_header("accept-encoding").map(|line| line.expose()));
    let better = match accepted {
        _ if accepted.brotli && accepted.zstandard => "br and zstd",
        _ if accepted.brotli => "br",
        _ if accepted.zstandard => "zstd",
        _ => return None,
    };
    codings.iter().all(|coding| coding.is_old()).then(|| Weak {
        id: request.id(),
        sent,
        saved: (of_sent(YOUNGER_CODING.0.0), of_sent(YOUNGER_CODING.1.0)),
        why: Why::OldCoding(better),
    })
}

fn finding(load: &PageLoad<'_>, weak: &[Weak]) -> Finding {
    let sent = weak.iter().map(|one| one.sent).sum::<Bytes>();
    let low = weak.iter().map(|one| one.saved.0).sum::<Bytes>();
    let high = weak.iter().map(|one| one.saved.1).sum::<Bytes>();
    let saved: Vec<_> = weak.iter().map(|one| (one.id, one.saved.0)).collect();
    let files = Part::Counted(weak.len() as u64, "text file", "text files");
    let evidence = weak.iter().map(|one| Evidence {
        request: Some(one.id),
        text: match one.why {
            Why::OldCoding(better) => message![
                Part::ResponseHeader(one.id, "content-encoding"),
                ", ",
                one.sent,
                "; the request also accepts ",
                better
            ],
            Why::PoorRatio(kept) => message![
                Part::ResponseHeader(one.id, "content-encoding"),
                ", but ",
                one.sent,
                " on the wire are ",
                kept,
                " of the decoded size"
            ],
        },
    });
    Finding {
        severity: Severity::Notice,
        owner: gain::owner_of(load, weak.iter().map(|one| one.id)),
        customer: message![
            files.clone(),
            " of ",
            sent,
            " could be ",
            Part::BytesRange(low, high),
            " smaller with a better packing."
        ],
        engineer: message![
            files,
            " of ",
            sent,
            " in all use gzip although the request accepts a younger coding, or keep more than ",
            POOR,
            " of their size."
        ],
        fix: message![
            "Precompress static text with Brotli level 11; use ",
            Part::Code("zstd"),
            " or ",
            Part::Code("br"),
            " at a middle level for answers made on the fly."
        ],
        evidence: evidence.collect(),
        savings: Some(gain::of_fewer_bytes(load, &saved, Method::Estimated)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::Made;
    use crate::rules::testing::check_rule;

    fn check(expected: &str, accepts: &str, coding: &str, sent: u64, decoded: u64) {
        let made = Made::page("https://shop.example/").request("https://shop.example/app.js", |r| {
            r.response("content-type", "text/javascript")
                .response("content-encoding", coding)
                .header("accept-encoding", accepts)
                .bytes(sent + 200, sent, decoded)
        });
        check_rule(&WEAK_TEXT_COMPRESSION, made, expected);
    }

    #[test]
    fn gzip_for_a_browser_that_takes_brotli() {
        check("found", "gzip, deflate, br, zstd", "gzip", 200_000, 600_000);
        check("passed", "gzip, deflate", "gzip", 200_000, 600_000);
        check("passed", "gzip, deflate, br", "br", 200_000, 600_000);
        check("passed", "gzip, deflate, br", "gzip", 20_000, 60_000);
        check("not-applicable", "gzip, br", "gzip", 5_000, 15_000);
    }

    #[test]
    fn poor_ratio() {
        check("found", "gzip, br", "br", 200_000, 250_000);
        check("passed", "gzip, br", "br", 200_000, 400_000);
        check("passed", "gzip, br", "gzip", 200_000, 200_000);
    }

    #[test]
    fn not_checked_without_sizes() {
        let made = Made::page("https://shop.example/").without(Missing::TransferSizes);
        check_rule(&WEAK_TEXT_COMPRESSION, made, "not-checked");
    }
}
