//! Content codings (RFC 9110 §8.4): gzip, Brotli, Zstandard, what is worth compressing and how much that saves.

use crate::http::media_type::{Family, MediaType};
use crate::units::Ratio;

/// A coding of a response body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Coding {
    /// LZ77 with a 32 KiB window (RFC 1952), also as `x-gzip`.
    Gzip,
    /// The same without gzip's frame (RFC 1950).
    Deflate,
    /// Brotli (RFC 7932).
    Brotli,
    /// Zstandard (RFC 8878).
    Zstandard,
    /// Compressed against a dictionary that the browser holds (RFC 9842): `dcb`, `dcz`, older `sbr`, `zst-d`.
    Dictionary,
    /// Something else, which is taken to compress.
    Other,
}

impl Coding {
    /// Whether a younger coding usually makes the same text smaller.
    pub fn is_old(self) -> bool {
        matches!(self, Self::Gzip | Self::Deflate)
    }
}

/// The codings a body was sent in, from the lines of `Content-Encoding` or `Transfer-Encoding`. Empty: none.
pub fn codings<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<Coding> {
    lines.flat_map(|line| line.split(',')).filter_map(|token| coding(token.trim())).collect()
}

fn coding(token: &str) -> Option<Coding> {
    Some(match token.to_ascii_lowercase().as_str() {
        "" | "identity" | "none" | "chunked" | "utf-8" => return None,
        "gzip" | "x-gzip" => Coding::Gzip,
        "deflate" => Coding::Deflate,
        "br" => Coding::Brotli,
        "zstd" => Coding::Zstandard,
        "dcb" | "dcz" | "sbr" | "zst-d" => Coding::Dictionary,
        _ => Coding::Other,
    })
}

/// What a request's `Accept-Encoding` allows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Accepted {
    /// Whether the line was recorded at all.
    pub is_said: bool,
    /// gzip or deflate, or `*`.
    pub gzip: bool,
    /// Brotli.
    pub brotli: bool,
    /// Zstandard.
    pub zstandard: bool,
}

/// Reads the lines of `Accept-Encoding` (RFC 9110 §12.5.3). A weight of 0 forbids.
pub fn accepted<'a>(lines: impl Iterator<Item = &'a str>) -> Accepted {
    let mut accepted = Accepted::default();
    for line in lines {
        accepted.is_said = true;
        for item in line.split(',') {
            let (token, weight) = item.split_once(';').unwrap_or((item, ""));
            let weight = weight.trim().strip_prefix("q=").map_or(1.0, |q| q.trim().parse().unwrap_or(1.0));
            if weight <= 0.0 {
                continue;
            }
            match token.trim().to_ascii_lowercase().as_str() {
                "gzip" | "x-gzip" | "deflate" | "*" => accepted.gzip = true,
                "br" => accepted.brotli = true,
                "zstd" => accepted.zstandard = true,
                _ => {}
            }
        }
    }
    accepted
}

/// The part of an uncompressed body that gzip or Brotli take away, from … to, for bodies of at least some kilobytes.
///
/// The ends are the 10th and 90th percentile of gzip and Brotli responses in public HAR files, rounded (JavaScript:
/// 272 responses, CSS: 56, HTML: 35, JSON: 10, SVG: 8); fonts and WebAssembly, which those files do not hold, follow
/// the W3C WOFF evaluation (zlib on TrueType outlines) and the WebAssembly design papers.
pub fn typical_saving(media_type: &MediaType<'_>) -> (Ratio, Ratio) {
    let (low, high) = match media_type.family() {
        Family::Html => (0.65, 0.84),
        Family::Css => (0.70, 0.87),
        Family::JavaScript => (0.58, 0.80),
        Family::Json | Family::Manifest => (0.68, 0.90),
        Family::Xml => (0.65, 0.90),
        Family::Image if media_type.is("image/svg+xml") => (0.50, 0.70),
        Family::Text | Family::EventStream => (0.50, 0.85),
        Family::Font => (0.35, 0.55),
        Family::Wasm => (0.35, 0.65),
        Family::Image | Family::Media | Family::Other => (0.20, 0.60),
    };
    (Ratio(low), Ratio(high))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_codings() {
        for (line, expected) in [
            ("gzip", vec![Coding::Gzip]),
            ("BR", vec![Coding::Brotli]),
            ("gzip, zstd", vec![Coding::Gzip, Coding::Zstandard]),
            ("identity", vec![]),
            ("chunked", vec![]),
            ("dcb", vec![Coding::Dictionary]),
            ("x-unheard-of", vec![Coding::Other]),
            ("", vec![]),
        ] {
            assert_eq!(codings([line].into_iter()), expected, "{line}");
        }
    }

    #[test]
    fn reads_what_is_accepted() {
        let check = |line: &str, gzip, brotli, zstandard| {
            let expected = Accepted { is_said: true, gzip, brotli, zstandard };
            assert_eq!(accepted([line].into_iter()), expected, "{line}");
        };
        check("gzip, deflate, br, zstd", true, true, true);
        check("gzip;q=1.0, br;q=0", true, false, false);
        check("identity;q=1, *;q=0", false, false, false);
        assert_eq!(accepted(std::iter::empty()), Accepted::default());
    }

    #[test]
    fn savings_are_ranges_of_a_whole() {
        for text in ["text/html", "text/css", "text/javascript", "image/svg+xml", "font/ttf", "image/bmp", "x/y"] {
            let (low, high) = typical_saving(&MediaType::parse(text).expect("a media type"));
            assert!(0.0 < low.0 && low.0 < high.0 && high.0 < 1.0, "{text}");
        }
    }
}
