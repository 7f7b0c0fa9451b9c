//! Media types (RFC 9110 §8.3): what a response says it is.

/// A media type in parts. Everything borrows from the recorded text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MediaType<'a> {
    /// `type/subtype` as recorded, without parameters and white space.
    pub essence: &'a str,
    /// What follows the first semicolon.
    parameters: &'a str,
}

/// What browsers would do with a media type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)] // the field's own names
pub enum Family {
    Html,
    Css,
    JavaScript,
    Json,
    Xml,
    Font,
    Image,
    Media,
    Wasm,
    Manifest,
    EventStream,
    Text,
    Other,
}

/// Formats of images, as far as advice differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)] // the field's own names
pub enum ImageFormat {
    Avif,
    Bmp,
    Gif,
    Ico,
    Jpeg,
    JpegXl,
    Png,
    Svg,
    Tiff,
    WebP,
}

impl<'a> MediaType<'a> {
    /// Splits a media type; `None` if there is no `type/subtype`.
    pub fn parse(text: &'a str) -> Option<Self> {
        let (essence, parameters) = text.split_once(';').unwrap_or((text, ""));
        // Servers join repeated lines with a comma; the first one counts here.
        let essence = essence.split(',').next().unwrap_or_default().trim();
        let (kind, subtype) = essence.split_once('/')?;
        (!kind.is_empty() && !subtype.is_empty()).then_some(Self { essence, parameters })
    }

    /// Value of a parameter such as `charset`, without quotes. `name` is in lower case.
    pub fn parameter(&self, name: &str) -> Option<&'a str> {
        self.parameters.split(';').find_map(|parameter| {
            let (key, value) = parameter.split_once('=')?;
            key.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"'))
        })
    }

    /// Whether the essence is this one. `essence` is in lower case.
    pub fn is(&self, essence: &str) -> bool {
        self.essence.eq_ignore_ascii_case(essence)
    }

    /// What it is, by the MIME sniffing standard's groups (§4.6) where they exist.
    pub fn family(&self) -> Family {
        let essence = self.essence.to_ascii_lowercase();
        let (kind, subtype) = essence.split_once('/').unwrap_or_default();
        match (kind, subtype) {
            ("text", "html") | ("application", "xhtml+xml") => Family::Html,
            ("text", "css") => Family::Css,
            ("application" | "text", subtype) if JAVASCRIPT.contains(&subtype) => Family::JavaScript,
            ("application", "manifest+json") | ("text", "cache-manifest") => Family::Manifest,
            ("image", _) => Family::Image,
            ("font", _) => Family::Font,
            ("application", subtype) if subtype.contains("font") => Family::Font,
            ("audio" | "video", _) => Family::Media,
            ("application", "vnd.apple.mpegurl" | "x-mpegurl" | "dash+xml" | "ogg" | "mp4") => Family::Media,
            ("text", "event-stream") => Family::EventStream,
            ("application", "wasm") => Family::Wasm,
            (_, "json") => Family::Json,
            (_, subtype) if subtype.ends_with("+json") => Family::Json,
            ("text" | "application", "xml") => Family::Xml,
            (_, subtype) if subtype.ends_with("+xml") => Family::Xml,
            ("text", _) => Family::Text,
            _ => Family::Other,
        }
    }

    /// Whether people can read it.
    pub fn is_text(&self) -> bool {
        match self.family() {
            Family::Html | Family::Css | Family::JavaScript | Family::Json | Family::Xml => true,
            Family::Manifest | Family::EventStream | Family::Text => true,
            Family::Image => self.is("image/svg+xml"),
            Family::Font | Family::Media | Family::Wasm | Family::Other => false,
        }
    }

    /// Whether `Content-Encoding` is worth its while: text, and binary formats that are not compressed themselves
    /// (the list of Cloudflare and nginx guides: TTF, OTF, EOT, ICO, BMP, wasm). WOFF and the usual images are not.
    pub fn is_compressible(&self) -> bool {
        let raw = ["ttf", "otf", "sfnt", "opentype", "truetype", "fontobject", "bmp", "icon", "wasm", "x-protobuf"];
        let lower = self.essence.to_ascii_lowercase();
        self.is_text() || raw.iter().any(|word| lower.contains(word))
    }

    /// The format of an image.
    pub fn image_format(&self) -> Option<ImageFormat> {
        let (kind, subtype) = self.essence.split_once('/')?;
        if !kind.eq_ignore_ascii_case("image") {
            return None;
        }
        Some(match subtype.to_ascii_lowercase().as_str() {
            "avif" | "avif-sequence" => ImageFormat::Avif,
            "bmp" | "x-ms-bmp" => ImageFormat::Bmp,
            "gif" => ImageFormat::Gif,
            "x-icon" | "vnd.microsoft.icon" | "ico" => ImageFormat::Ico,
            "jpeg" | "jpg" | "pjpeg" => ImageFormat::Jpeg,
            "jxl" => ImageFormat::JpegXl,
            "png" | "apng" | "x-png" => ImageFormat::Png,
            "svg+xml" | "svg" => ImageFormat::Svg,
            "tiff" => ImageFormat::Tiff,
            "webp" => ImageFormat::WebP,
            _ => return None,
        })
    }
}

/// The family that a file extension promises.
pub fn family_of_extension(extension: &str) -> Option<Family> {
    Some(match extension.to_ascii_lowercase().as_str() {
        "html" | "htm" | "xhtml" => Family::Html,
        "css" => Family::Css,
        "js" | "mjs" | "cjs" => Family::JavaScript,
        "json" | "geojson" | "map" => Family::Json,
        "xml" | "rss" | "atom" => Family::Xml,
        "woff" | "woff2" | "ttf" | "otf" | "eot" => Family::Font,
        "png" | "apng" | "jpg" | "jpeg" | "jfif" | "gif" | "webp" | "avif" | "svg" | "ico" | "cur" | "bmp" | "jxl"
        | "tif" | "tiff" => Family::Image,
        "mp4" | "m4v" | "m4a" | "m4s" | "webm" | "ogv" | "ogg" | "oga" | "mp3" | "wav" | "flac" | "aac" | "mov"
        | "m3u8" | "mpd" | "ts" | "vtt" => Family::Media,
        "wasm" => Family::Wasm,
        "txt" | "md" | "csv" => Family::Text,
        _ => return None,
    })
}

/// Subtypes of the MIME sniffing standard's "JavaScript MIME type".
const JAVASCRIPT: [&str; 6] = ["javascript", "x-javascript", "ecmascript", "x-ecmascript", "jscript", "livescript"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families() {
        for (text, family, is_text, compressible) in [
            ("text/html; charset=utf-8", Family::Html, true, true),
            ("TEXT/CSS", Family::Css, true, true),
            ("application/x-javascript", Family::JavaScript, true, true),
            ("text/javascript;charset=utf-8", Family::JavaScript, true, true),
            ("application/ld+json", Family::Json, true, true),
            ("application/manifest+json", Family::Manifest, true, true),
            ("image/svg+xml", Family::Image, true, true),
            ("image/png", Family::Image, false, false),
            ("image/x-icon", Family::Image, false, true),
            ("font/woff2", Family::Font, false, false),
            ("font/ttf", Family::Font, false, true),
            ("application/x-font-woff", Family::Font, false, false),
            ("application/vnd.ms-fontobject", Family::Font, false, true),
            ("application/wasm", Family::Wasm, false, true),
            ("video/mp4", Family::Media, false, false),
            ("application/rss+xml", Family::Xml, true, true),
            ("text/event-stream", Family::EventStream, true, true),
            ("application/octet-stream", Family::Other, false, false),
        ] {
            let media_type = MediaType::parse(text).expect("a media type");
            assert_eq!(media_type.family(), family, "{text}");
            assert_eq!((media_type.is_text(), media_type.is_compressible()), (is_text, compressible), "{text}");
        }
        for text in ["", "x-unknown", "text/", "/html", ";charset=x"] {
            assert_eq!(MediaType::parse(text), None, "{text}");
        }
    }

    #[test]
    fn parameters() {
        let media_type = MediaType::parse("text/html ; Charset=\"UTF-8\"; q=1").expect("a media type");
        assert_eq!(media_type.essence, "text/html");
        assert_eq!(media_type.parameter("charset"), Some("UTF-8"));
        assert_eq!(media_type.parameter("q"), Some("1"));
        assert_eq!(media_type.parameter("x"), None);
    }

    #[test]
    fn image_formats() {
        for (text, format) in [
            ("image/jpeg", Some(ImageFormat::Jpeg)),
            ("image/vnd.microsoft.icon", Some(ImageFormat::Ico)),
            ("image/avif", Some(ImageFormat::Avif)),
            ("text/html", None),
            ("image/unheard-of", None),
        ] {
            assert_eq!(MediaType::parse(text).expect("a media type").image_format(), format, "{text}");
        }
    }
}
