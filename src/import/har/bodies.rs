//! Bodies as they pass: measured, and kept if rules read their kind.

use crate::import::har::Draft;
use crate::import::har::problems;
use crate::import::har::raw::RawResponse;
use crate::import::har::reader::{Reader, Step, members};
use crate::import::json::{Measured, Result, Token};
use crate::recording::{Body, BodyId};
use std::io::Read;

/// Of one body at most this much text is kept. What rules look for in HTML stands in its head.
const MAX_KEPT_BODY_BYTES: usize = 256 * 1024;
/// Of all bodies together at most this much text is kept.
const MAX_KEPT_BYTES: usize = 16 * 1024 * 1024;

/// Reads `response.content`.
pub(super) fn read_content<R: Read>(r: &mut Reader<R>, draft: &mut Draft, response: &mut RawResponse) -> Result<()> {
    let mut text = std::mem::take(&mut draft.body_text);
    let mut measured = None;
    let mut is_base64 = false;
    // What was kept of the text was chosen for this kind, unless the media type came later.
    let mut mime_is_known = false;
    let mut is_kept_kind = false;
    r.object(|r, key| {
        members!(r, key, {
            "size" => response.content_size = r.number()?,
            "compression" => response.compression = r.number()?,
            "mimeType" => {
                let strings = &mut draft.recording.strings;
                let mime = r.with_text(|text| (is_kept(text), (!text.is_empty()).then(|| strings.intern(text))))?;
                mime_is_known = mime.is_some();
                (is_kept_kind, response.mime_type) = mime.unwrap_or_default();
            },
            "encoding" =>
                is_base64 = r.with_text(|text| text.eq_ignore_ascii_case("base64"))?.unwrap_or_default(),
            "text" => {
                let keep = match mime_is_known && !is_kept_kind {
                    true => 0,
                    false => MAX_KEPT_BODY_BYTES.min(enough_to_overflow(draft)),
                };
                measured = measure(r, keep, &mut text)?;
            },
        })
    })?;
    if let Some(measured) = measured {
        if is_base64 && !measured.base64.valid {
            r.note(&problems::BAD_BASE64);
        }
        let is_base64 = is_base64 && measured.base64.valid;
        let length = if is_base64 { measured.base64.decoded_len } else { measured.decoded_bytes };
        // Chrome writes an empty text where it lost the body, and for the answers of service workers.
        let is_lost = length == 0 && response.content_size.is_some_and(|size| 0.0 < size);
        if !is_lost {
            let kept = match is_kept_kind && 0 < length {
                true => keep(r, draft, &text, is_base64, measured.truncated_keep),
                false => None,
            };
            response.body = Body { hash: Some(measured.hash), recorded_bytes: Some(length), kept };
        }
    }
    draft.body_text = text;
    Ok(())
}

/// Length of the text in `postData`. Its parts of a form are another form of the same.
pub(super) fn measure_post_data<R: Read>(r: &mut Reader<R>) -> Result<Option<u64>> {
    let mut length = None;
    if r.json.peek()? == Token::String {
        let measured = measure(r, 0, &mut String::new())?;
        return Ok(measured.map(|measured| measured.decoded_bytes));
    }
    r.object(|r, key| {
        members!(r, key, {
            "text" => length = measure(r, 0, &mut String::new())?.map(|measured| measured.decoded_bytes),
        })
    })?;
    Ok(length)
}

fn measure<R: Read>(r: &mut Reader<R>, keep: usize, into: &mut String) -> Result<Option<Measured>> {
    match r.json.peek()? {
        Token::String => r.json.measure(keep, into).map(Some),
        _ => r.something_else().map(|()| None),
    }
}

/// How much of a text shows that the whole of it is more than may still be kept, even if it is base64.
fn enough_to_overflow(draft: &Draft) -> usize {
    MAX_KEPT_BYTES.saturating_sub(draft.n_kept_bytes) * 2 + char::MAX.len_utf8()
}

/// Whether rules read bodies of this media type.
fn is_kept(mime_type: &str) -> bool {
    let essence = mime_type.split(';').next().unwrap_or_default().trim();
    let (kind, subtype) = essence.split_once('/').unwrap_or_default();
    let subtype = subtype.to_ascii_lowercase();
    let is_text = ["text", "application"].iter().any(|known| kind.eq_ignore_ascii_case(known));
    is_text
        && matches!(
            subtype.as_str(),
            "html" | "css" | "xhtml+xml" | "javascript" | "ecmascript" | "x-javascript" | "x-ecmascript"
        )
}

fn keep<R: Read>(r: &mut Reader<R>, draft: &mut Draft, text: &str, is_base64: bool, is_cut: bool) -> Option<BodyId> {
    let text = match is_base64 {
        true => String::from_utf8_lossy(&decode_base64(text)).into_owned(),
        false => text.to_owned(),
    };
    if MAX_KEPT_BYTES < draft.n_kept_bytes + text.len() {
        r.note(&problems::BODY_LIMIT);
        return None;
    }
    draft.n_kept_bytes += text.len();
    Some(draft.recording.bodies.keep(text, is_cut))
}

/// Bytes of a text that is known to be base64, in the ordinary or the URL-safe alphabet.
fn decode_base64(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3 + 3);
    let (mut bits, mut n_bits) = (0_u32, 0);
    for byte in text.bytes() {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => continue,
        };
        bits = bits << 6 | u32::from(digit);
        n_bits += 6;
        if 8 <= n_bits {
            n_bits -= 8;
            bytes.push((bits >> n_bits) as u8);
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_base64() {
        // RFC 4648, section 10
        for (text, expected) in [("", ""), ("Zg==", "f"), ("Zm8", "fo"), ("Zm9v\r\nYmFy", "foobar"), ("Pj4-", ">>>")] {
            assert_eq!(decode_base64(text), expected.as_bytes(), "{text}");
        }
    }

    #[test]
    fn keeps_what_rules_read() {
        for (mime, expected) in [
            ("text/html; charset=utf-8", true),
            ("Application/X-JavaScript", true),
            ("text/css", true),
            ("application/json", false),
            ("image/svg+xml", false),
            ("", false),
            ("text/plain", false),
        ] {
            assert_eq!(is_kept(mime), expected, "{mime}");
        }
    }

    #[test]
    fn keeps_no_more_than_it_may() {
        // "<p>" and as many letters as there are, in base64 or not; room for 9 bytes.
        for (content, is_kept) in [
            (r#"{"mimeType": "text/html", "text": "<p>123456"}"#, true),
            (r#"{"mimeType": "text/html", "text": "<p>1234567"}"#, false),
            (r#"{"mimeType": "text/html", "text": "<p>é1234567890123456789"}"#, false),
            (r#"{"mimeType": "text/html", "text": "PHA+MTIzNDU2", "encoding": "base64"}"#, true),
            (r#"{"mimeType": "text/html", "text": "PHA+MTIzNDU2Nw==", "encoding": "base64"}"#, false),
        ] {
            let mut r = Reader::new(crate::import::json::Json::new(content.as_bytes()));
            let mut draft = Draft { n_kept_bytes: MAX_KEPT_BYTES - 9, ..Draft::default() };
            let mut response = RawResponse::default();
            read_content(&mut r, &mut draft, &mut response).unwrap();
            assert_eq!(response.body.kept.is_some(), is_kept, "{content}");
            assert_eq!(r.problems.into_vec().is_empty(), is_kept, "{content}");
        }
    }
}
