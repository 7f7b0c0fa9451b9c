//! `recompressed-file`: files that are packed already and were packed once more.

use crate::http::content_coding;
use crate::http::media_type::{Family, MediaType};
use crate::page_load::{Owner, PageLoad, downloads};
use crate::recording::Missing;
use crate::rules::responses::{self, Judged, Response, Shown, Told};
use crate::rules::rule::declare_rule;
use crate::rules::text::message;
use crate::rules::{Outcome, Severity, Topic};
use crate::units::Bytes;

/// Smaller files are pixels that count visits; nothing is gained by leaving them alone.
const SMALL: Bytes = Bytes::kib(1);

declare_rule! {
    /// ## In plain words
    /// Pictures, films and fonts are packed by their nature. These were packed once more on the way, which makes them no
    /// smaller but costs work.
    ///
    /// ## What it finds
    /// Images, audio, video, WOFF fonts and archives over the network with `Content-Encoding`. SVG, ICO, BMP, TTF and OTF
    /// gain by it and are left out.
    ///
    /// ## Why it matters
    /// Server and browser work for nothing; pieces of such a file cannot be asked for (`Range`), and its length is not known
    /// in advance.
    ///
    /// ## How to fix it
    /// Compress by media type: text, SVG, WebAssembly, and fonts that are not WOFF.
    ///
    /// ## How savings are estimated
    /// None are claimed.
    ///
    /// ## When to ignore it
    /// If the file is a text with a wrong label.
    ///
    /// ## References
    /// - [RFC 9110 §8.4: Content-Encoding](https://www.rfc-editor.org/rfc/rfc9110#section-8.4)
    pub static RECOMPRESSED_FILE = {
        id: "recompressed-file",
        title: "Packed files packed once more",
        topic: Topic::Transfer,
        severity: Severity::Notice,
        owner: Owner::Origin,
        needs: [Missing::ResponseHeaders],
        since: "0.1.0",
        check: check,
    }
}

fn check(load: &PageLoad<'_>) -> Outcome {
    let shown = responses::look(load, &judge);
    if !shown.files.is_empty() && !shown.has_own() {
        return Outcome::Passed;
    }
    shown.conclude("no picture, film, font or archive came over the network", &tell)
}

fn judge(response: &Response<'_, '_>) -> Judged {
    let Some(media_type) = downloads::media_type(response.request).filter(|_| response.is_download()) else {
        return Judged::NotMeant;
    };
    let is_archive = ["application/zip", "application/gzip", "application/x-7z-compressed", "application/pdf"]
        .iter()
        .any(|archive| media_type.is(archive));
    let is_packed = matches!(media_type.family(), Family::Image | Family::Media | Family::Font) || is_archive;
    let said = response.header("content-type").next().and_then(MediaType::parse);
    let is_small = downloads::decoded_bytes(response.request).is_some_and(|bytes| bytes < SMALL);
    if !is_packed || is_small || media_type.is_compressible() || said.is_some_and(|said| said.is_compressible()) {
        return Judged::NotMeant;
    }
    match content_coding::codings(response.header("content-encoding")).is_empty() {
        true => Judged::Fine,
        false => Judged::Shown(message![response.line("content-encoding"), " on ", response.line("content-type")]),
    }
}

fn tell(shown: &Shown) -> Told {
    Told {
        severity: Severity::Notice,
        customer: message![
            shown.counted("file", "files"),
            " packed already ",
            shown.agreeing("was", "were"),
            " packed once more without benefit."
        ],
        engineer: message![
            shown.counted("response", "responses"),
            " of a compressed format, ",
            shown.bytes(),
            ", with Content-Encoding."
        ],
        fix: message!["Leave images, films, WOFF fonts and archives out of compression."],
        savings: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::Made;
    use crate::rules::testing::check_rule;

    #[test]
    fn formats() {
        for (media_type, coding, expected) in [
            ("image/webp", Some("gzip"), "found"),
            ("font/woff2", Some("br"), "found"),
            ("application/zip", Some("gzip"), "found"),
            ("image/webp", None, "passed"),
            ("image/svg+xml", Some("gzip"), "not-applicable"),
            ("font/ttf", Some("gzip"), "not-applicable"),
            ("text/css", Some("gzip"), "not-applicable"),
        ] {
            let made = Made::page("https://shop.example/").request("https://shop.example/a", |r| {
                let r = r.response("content-type", media_type);
                match coding {
                    Some(coding) => r.response("content-encoding", coding),
                    None => r,
                }
            });
            check_rule(&RECOMPRESSED_FILE, made, expected);
        }
        let made = Made::page("https://shop.example/").without(Missing::ResponseHeaders);
        check_rule(&RECOMPRESSED_FILE, made, "not-checked");
    }
}
