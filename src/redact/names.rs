//! Closed lists: names and values that are known, so that showing them tells nothing about anybody.

use crate::redact::words;

/// The word of `list` that equals `text`, not minding case. The words of a list are separated by blanks.
pub(super) fn known(list: &'static str, text: &str) -> Option<&'static str> {
    list.split_ascii_whitespace().find(|entry| entry.eq_ignore_ascii_case(text))
}

/// Request methods (RFC 9110 §9, RFC 5789, RFC 4918).
pub(super) const METHODS: &str = "\
    GET HEAD POST PUT DELETE CONNECT OPTIONS TRACE PATCH PROPFIND PROPPATCH MKCOL COPY MOVE LOCK UNLOCK REPORT \
    SEARCH PURGE QUERY PRI";

/// Types of events that Event Timing measures (W3C Event Timing, section 2.1 "Events exposed").
pub(super) const EVENT_TYPES: &str = "\
    auxclick beforeinput click compositionend compositionstart compositionupdate contextmenu dblclick dragend \
    dragenter dragleave dragover dragstart drop gotpointercapture input keydown keypress keyup lostpointercapture \
    mousedown mouseenter mouseleave mouseout mouseover mouseup pointercancel pointerdown pointerenter pointerleave \
    pointerout pointerover pointerup touchcancel touchend touchstart";

/// Parameter names that are in wide use.
pub(super) const PARAMETERS: &str = "\
    EIO SAMLRequest SAMLResponse RelayState SigAlg Signature X-Amz-Algorithm X-Amz-Credential X-Amz-Date \
    X-Amz-Expires X-Amz-Security-Token X-Amz-Signature X-Amz-SignedHeaders X-Goog-Algorithm X-Goog-Credential \
    X-Goog-Date X-Goog-Expires X-Goog-Signature X-Goog-SignedHeaders AWSAccessKeyId Expires Policy Key-Pair-Id sv se \
    sr sp sig spr access_token acr_values action ajax alt api_key apikey app auto callback cb channel cid client_id \
    client_secret code code_challenge code_challenge_method code_verifier count crop cursor cx cy d data date dclid \
    debug dl dpr dr dt email en end error error_description ev event expires extensions family fbclid fields filter \
    fit fmt force format from fp gclid gtm h hash height hl id id_token id_token_hint jsessionid PHPSESSID sessionid \
    include key kw l label lang language limit loc locale login_hint maxheight maxwidth metadata method mode msclkid \
    name next nonce npa offset op operationName opt order orderby output p page pageSize page_size params path \
    per_page prompt pv q quality query r random redirect redirect_uri ref referrer region resize response_mode \
    response_type return returnTo return_to rnd s scope search section service session_state sid size sort source \
    src start state status subset sz t tag target theme tid time timestamp title to token transport ts type u uid \
    url user utm_campaign utm_content utm_id utm_medium utm_source utm_term v value variables ver version view vp w \
    width x y z _ _ga _gl _rsc";

/// Parameters whose value is a number of pixels, items, percent, pages or seconds.
const NUMBERS: &str = "\
    EIO X-Amz-Expires X-Goog-Expires count dpr h height limit maxheight maxwidth offset page pageSize page_size \
    per_page q quality size w width";

/// A number in a parameter has at most this many digits: more may be an identifier.
const NUMBER_DIGITS: usize = 4;

/// Parameters whose value is a version: numbers and dots.
const VERSIONS: &str = "\
    v ver version";

/// Parameters whose value is a word out of a vocabulary of the program, never of a user.
const WORDS: &str = "\
    X-Amz-Algorithm X-Goog-Algorithm alt auto code_challenge_method crop display en fit fm fmt format grant_type \
    method mode operationName order output prompt response_mode response_type sort subset transport type";

/// Whether a parameter value is of a type that carries nothing of a user.
pub(super) fn is_harmless_value(name: &str, value: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if matches!(value, "true" | "false") {
        return true;
    }
    if known(NUMBERS, name).is_some() {
        return digits(value) && value.len() <= NUMBER_DIGITS
            || value.split_once('.').is_some_and(|(a, b)| digits(a) && digits(b) && value.len() <= NUMBER_DIGITS);
    }
    if known(VERSIONS, name).is_some() {
        let n_digits = value.bytes().filter(u8::is_ascii_digit).count();
        return value.split('.').all(digits) && n_digits <= NUMBER_DIGITS;
    }
    known(WORDS, name).is_some() && value.bytes().any(|b| b.is_ascii_alphabetic()) && words::are_words(value, b"_-")
}

/// Names of headers that are in wide use and not made of words, in their usual spelling.
pub(super) const HEADERS: &str = "\
    Accept-CH Alt-Svc Alt-Used CF-Access-Client-Id CF-Access-Client-Secret CF-Connecting-IP CF-IPCountry CF-RAY DNT DPoP ETag \
    If-None-Match NEL P3P Content-MD5 X-FB-Debug TCN X-LI-UUID X-LI-Pop X-LI-Fabric X-LI-Proto Ocp-Apim-Subscription-Key Sec-CH-UA Sec-CH-UA-Arch Sec-CH-UA-Bitness \
    Sec-CH-UA-Full-Version-List Sec-CH-UA-Mobile Sec-CH-UA-Model Sec-CH-UA-Platform Sec-CH-UA-Platform-Version Sec-GPC \
    Sec-WebSocket-Accept Sec-WebSocket-Key Sec-WebSocket-Protocol TE X-Amz-Cf-Id X-Amz-Cf-Pop X-Amz-Id-2 \
    X-Amz-Security-Token X-Amzn-RequestId X-Goog-Api-Key X-Goog-Hash X-GUploader-UploadID X-MSEdge-Ref X-NF-Request-ID \
    X-QS X-Shopify-Access-Token X-UA-Compatible X-Vault-Token X-XSRF-Token X-CSRF-Token X-Varnish";

/// Names of servers and runtimes that are not made of words.
pub(super) const PRODUCTS: &str = "\
    AkamaiGHost AkamaiNetStorage AmazonS3 ASP.NET BunnyCDN CloudFront cloudflare Cowboy DDoS-Guard ECAcc ECS EdgeCast \
    ESF Express gunicorn GSE gws HAProxy Jetty LiteSpeed Microsoft-IIS Microsoft-HTTPAPI Microsoft-Azure-Application-Gateway \
    Next.js nginx Node.js openresty OpenResty PHP PleskLin PleskWin scaffolding sffe Tengine UploadServer Vercel Varnish \
    W3TC Werkzeug WildFly ZEIT Zope istio-envoy golfe2 Golfe2 tsa_o tsa_b HTTP/1.1 Python Ubuntu Debian CentOS Unix Win64 \
    OpenSSL mod_ssl mod_wsgi mod_perl CPython Pepyaka snooserv ATS Flywheel KeyCDN-Engine StackPath squarespace";

/// Character sets (WHATWG Encoding).
pub(super) const CHARSETS: &str = "\
    utf-8 utf8 utf-16 utf-16le utf-16be iso-8859-1 iso-8859-2 iso-8859-15 us-ascii windows-1250 windows-1251 \
    windows-1252 shift_jis euc-jp euc-kr gb2312 gbk gb18030 big5 koi8-r";

/// Media types that are kept. Of others only the type before the slash is told.
const MEDIA_TYPES: &str = "\
    application/atom+xml application/dash+xml application/font-sfnt application/font-woff application/font-woff2 \
    application/geo+json application/graphql application/graphql-response+json application/grpc application/grpc-web \
    application/grpc-web+proto application/grpc-web-text application/gzip application/importmap+json \
    application/javascript application/json application/json+protobuf application/json5 application/ld+json \
    application/manifest+json application/msgpack application/octet-stream application/ocsp-response application/pdf \
    application/problem+json application/protobuf application/reports+json application/rss+xml application/rtf \
    application/signed-exchange application/vnd.api+json application/vnd.apple.mpegurl application/vnd.ms-excel \
    application/vnd.ms-fontobject application/vnd.google.octet-stream-compressible application/wasm \
    application/x-font-ttf application/x-font-woff application/x-gzip application/x-javascript application/x-mpegurl \
    application/x-ndjson application/x-protobuf application/x-www-form-urlencoded application/x-x509-ca-cert \
    application/xhtml+xml application/xml application/zip application/zstd audio/aac audio/mp4 audio/mpeg audio/ogg \
    audio/wav audio/webm font/collection font/opentype font/otf font/sfnt font/ttf font/woff font/woff2 image/apng \
    image/avif image/bmp image/gif image/heic image/heif image/jpeg image/jpg image/jxl image/png image/svg+xml \
    image/tiff image/vnd.microsoft.icon image/webp image/x-icon model/gltf-binary model/gltf+json \
    multipart/byteranges multipart/form-data multipart/mixed multipart/related multipart/x-mixed-replace \
    text/cache-manifest text/css text/csv text/event-stream text/html text/javascript text/json text/markdown \
    text/plain text/vtt text/x-component text/x-javascript text/xml video/mp2t video/mp4 video/mpeg video/ogg \
    video/quicktime video/webm video/x-flv x-unknown";

/// Types before the slash (IANA, top-level media types).
const TOP_TYPES: &str = "\
    application audio font haptics image message model multipart text video";

/// A media type without parameters: itself if it is listed, `type/…` if only the part before the slash is known.
pub(super) fn media_type(text: &str) -> Option<String> {
    let essence = text.split(';').next().unwrap_or_default().trim();
    if let Some(known) = known(MEDIA_TYPES, essence) {
        return Some(known.to_owned());
    }
    let (top, _) = essence.split_once('/')?;
    known(TOP_TYPES, top).map(|top| format!("{top}/…"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn harmless_values() {
        let check = |name: &str, value: &str, expected: bool| {
            assert_eq!(is_harmless_value(name, value), expected, "{name}={value}");
        };
        check("w", "1280", true);
        check("W", "1280", true);
        check("w", "12801", false);
        check("dpr", "1.5", true);
        check("code", "4711", false);
        check("cb", "true", true);
        check("ver", "3.7.1", true);
        check("v", "20240101", false);
        check("v", "3..1", false);
        check("en", "page_view", true);
        check("en", "jane_haddad", false);
        check("transport", "websocket", true);
        check("format", "4711", false);
        check("q", "shoes", false);
        check("state", "open", false);
        check("operationName", "SubmitForCompletion", true);
    }

    #[test]
    fn media_types() {
        let check = |text: &str, expected: Option<&str>| assert_eq!(media_type(text).as_deref(), expected, "{text}");
        check("Text/HTML; charset=utf-8", Some("text/html"));
        check("application/vnd.acme.secret+json", Some("application/…"));
        check("sekret/x", None);
        check("", None);
    }
}
