//! `legacy-font-format`: fonts in formats that WOFF2 makes smaller.

use crate::http::content_coding;
use crate::order::Arrange;
use crate::page_load::{Owner, PageLoad, Resource, downloads};
use crate::recording::{Missing, Request, RequestId, ResourceKind};
use crate::rules::gain;
use crate::rules::rule::declare_rule;
use crate::rules::text::{Part, message};
use crate::rules::{Evidence, Finding, Method, Outcome, Severity, Topic};
use crate::units::{Bytes, Ratio};

/// Below this the gain is a packet or two.
const SMALL: Bytes = Bytes::kib(10);

/// From this many bytes saved on (the lower estimate) it is a warning.
const NOTICEABLE: Bytes = Bytes::kib(50);

/// What WOFF2 saves against WOFF, or against TrueType with gzip, which is what WOFF holds. W3C's evaluation report:
/// 26 % for the median font, more for large ones.
const AGAINST_WOFF: (Ratio, Ratio) = (Ratio(0.20), Ratio(0.35));

/// What WOFF2 saves against TrueType and OpenType as they are: the same on top of zlib's 35 to 55 %.
const AGAINST_RAW: (Ratio, Ratio) = (Ratio(0.45), Ratio(0.65));

declare_rule! {
    /// ## In plain words
    /// Some typefaces come in an old packing. The current one holds the same letters in a quarter to a half less.
    ///
    /// ## What it finds
    /// Fonts of 10 KiB or more over the network in TrueType, OpenType, EOT or WOFF, by media type or file name.
    ///
    /// ## Why it matters
    /// Text waits for fonts, and WOFF2 is understood by every browser since 2018.
    ///
    /// ## How to fix it
    /// Convert to WOFF2 (for example with fonttools or woff2_compress), keep only the characters that the site uses, and
    /// list the WOFF2 file first, or alone, in `src`.
    ///
    /// ## How savings are estimated
    /// Against WOFF 20 to 35 %, against TrueType without compression 45 to 65 %; the lower end is used for the sum.
    /// Time: between none and the receive time of those bytes.
    ///
    /// ## When to ignore it
    /// If the licence of a font forbids conversion, or the browser that made the recording is very old.
    ///
    /// ## References
    /// - [W3C: WOFF 2.0](https://www.w3.org/TR/WOFF2/), [evaluation report](https://www.w3.org/TR/WOFF20ER/)
    /// - [web.dev: Reduce web font size](https://web.dev/articles/reduce-webfont-size)
    pub static LEGACY_FONT_FORMAT = {
        id: "legacy-font-format",
        title: "Fonts in old formats",
        topic: Topic::Fonts,
        severity: Severity::Warning,
        owner: Owner::Origin,
        needs: [Missing::TransferSizes],
        since: "0.1.0",
        check: check,
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Format {
    Woff,
    Raw(&'static str),
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let mut n_fonts = 0_u64;
    let mut old = Vec::new();
    for (request, resource) in load.network() {
        if resource.kind != ResourceKind::Font || !downloads::is_download(request) {
            continue;
        }
        n_fonts += 1;
        let Some(sent) = downloads::sent_body_bytes(request).filter(|sent| SMALL <= *sent) else { continue };
        let Some(format) = format(request, resource) else { continue };
        let coded =
            !content_coding::codings(request.response_header("content-encoding").map(|line| line.expose())).is_empty();
        let (name, (low, high)) = match format {
            Format::Woff => ("WOFF", AGAINST_WOFF),
            Format::Raw(name) if coded => (name, AGAINST_WOFF),
            Format::Raw(name) => (name, AGAINST_RAW),
        };
        let part = |part: Ratio| Bytes((sent.0 as f64 * part.0) as u64);
        old.push((request.id(), name, sent, part(low), part(high)));
    }
    if n_fonts == 0 {
        return Outcome::NotApplicable("no font came over the network");
    }
    if old.is_empty() {
        return Outcome::Passed;
    }
    old.arrange_by_key(|(_, _, _, low, _)| std::cmp::Reverse(*low));
    Outcome::found(finding(load, &old))
}

fn format(request: Request<'_>, resource: &Resource<'_>) -> Option<Format> {
    let media_type = downloads::media_type(request).map(|found| found.essence.to_ascii_lowercase()).unwrap_or_default();
    let extension = resource.url.and_then(|url| url.extension()).map(str::to_ascii_lowercase).unwrap_or_default();
    let has = |word: &str| media_type.contains(word);
    // WOFF2 first: its names hold the others'.
    match () {
        () if has("woff2") || extension == "woff2" => None,
        () if has("woff") || extension == "woff" => Some(Format::Woff),
        () if has("fontobject") || extension == "eot" => Some(Format::Raw("EOT")),
        () if has("otf") || has("opentype") || extension == "otf" => Some(Format::Raw("OpenType")),
        () if has("ttf") || has("truetype") || has("sfnt") || extension == "ttf" => Some(Format::Raw("TrueType")),
        () => None,
    }
}

fn finding(load: &PageLoad<'_>, old: &[(RequestId, &'static str, Bytes, Bytes, Bytes)]) -> Finding {
    let total = old.iter().map(|(_, _, sent, _, _)| *sent).sum::<Bytes>();
    let low = old.iter().map(|(_, _, _, low, _)| *low).sum::<Bytes>();
    let high = old.iter().map(|(_, _, _, _, high)| *high).sum::<Bytes>();
    let saved: Vec<_> = old.iter().map(|(id, _, _, low, _)| (*id, *low)).collect();
    let fonts = Part::Counted(old.len() as u64, "font", "fonts");
    let evidence = old.iter().map(|(id, name, sent, low, high)| Evidence {
        request: Some(*id),
        text: message![*name, ", ", *sent, "; WOFF2 usually saves ", Part::BytesRange(*low, *high)],
    });
    Finding {
        severity: if low < NOTICEABLE { Severity::Notice } else { Severity::Warning },
        owner: gain::owner_of(load, old.iter().map(|(id, ..)| *id)),
        customer: message![
            fonts.clone(),
            " of ",
            total,
            " would be ",
            Part::BytesRange(low, high),
            " smaller in the current font format."
        ],
        engineer: message![fonts, " of ", total, " in a format older than WOFF2."],
        fix: message!["Convert these fonts to WOFF2 and list it first in ", Part::Code("src"), "."],
        evidence: evidence.collect(),
        savings: Some(gain::of_fewer_bytes(load, &saved, Method::Estimated)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::Made;
    use crate::rules::testing::check_rule;

    fn check(expected: &str, address: &str, media_type: &str, bytes: u64) {
        let made = Made::page("https://shop.example/").request(address, |r| {
            r.kind(ResourceKind::Font).response("content-type", media_type).bytes(bytes, bytes, bytes)
        });
        check_rule(&LEGACY_FONT_FORMAT, made, expected);
    }

    #[test]
    fn by_media_type_or_name() {
        check("found", "https://a.example/f", "font/ttf", 40_000);
        check("found", "https://a.example/f.woff", "application/octet-stream", 40_000);
        check("found", "https://a.example/f", "application/x-font-opentype", 40_000);
        check("passed", "https://a.example/f.woff2", "application/octet-stream", 40_000);
        check("passed", "https://a.example/f.woff", "font/woff2", 40_000);
        check("passed", "https://a.example/f.ttf", "font/ttf", 5_000);
        check("not-applicable", "https://a.example/f.ttf", "font/ttf", 0);
        let made = Made::page("https://a.example/").without(Missing::TransferSizes);
        check_rule(&LEGACY_FONT_FORMAT, made, "not-checked");
    }
}
