//! Request ids, by which a vendor finds the request in its logs, and where a CDN answered from. Each in its exact form.

use crate::redact::Share;
use crate::redact::host::is_uuid;

/// The id if it has the form of one, as it is. Not in public.
pub(super) fn request_id(value: &str, share: Share) -> Option<String> {
    if share == Share::Public {
        return ray(value).map(|(_, place)| format!("…-{place}"));
    }
    // A number alone may be that of a card.
    let has_letter = value.bytes().any(|b| b.is_ascii_alphabetic());
    let has_form = is_uuid(value)
        || ray(value).is_some()
        || is_traceparent(value)
        || is_amazon_trace(value)
        || is_github(value)
        || is_hex(value, 16) || is_hex(value, 32) || is_hex(value, 40) || is_hex(value, 8)
        // CloudFront: 54 characters of base64url and two equals signs.
        || value.strip_suffix("==").is_some_and(|id| id.len() == 54 && id.bytes().all(is_base64url))
        // S3: 16 capitals and digits.
        || value.len() == 16 && value.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        // Netlify: a ULID (Crockford's base32).
        || value.len() == 26 && value.starts_with("01") && value.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    (has_form && has_letter).then(|| value.to_owned())
}

/// Codes of CDN sites: `FRA50-C1` (CloudFront), `cache-fra-eddf8230123-FRA` (Fastly). Only the place is kept.
pub(super) fn points_of_presence(value: &str) -> Option<String> {
    let all: Option<Vec<String>> = value.split(',').map(|name| point_of_presence(name.trim())).collect();
    all.map(|all| all.join(", "))
}

fn point_of_presence(name: &str) -> Option<String> {
    let is_place = |text: &str| text.len() == 3 && text.bytes().all(|b| b.is_ascii_uppercase());
    if let Some(rest) = name.strip_prefix("cache-") {
        let place = rest.rsplit('-').next().filter(|place| is_place(place))?;
        return Some(format!("cache-{place}"));
    }
    let (place, rest) = name.split_at_checked(3)?;
    let (number, cell) = rest.split_once('-').unwrap_or((rest, ""));
    let digits = |text: &str| text.len() <= 3 && text.bytes().all(|b| b.is_ascii_digit());
    let is_cell =
        cell.is_empty() || cell.strip_prefix(['C', 'P']).is_some_and(|number| !number.is_empty() && digits(number));
    (is_place(place) && digits(number) && is_cell).then(|| name.to_owned())
}

/// Cloudflare: 16 hexadecimal digits and the airport.
fn ray(value: &str) -> Option<(&str, &str)> {
    let (id, place) = value.split_once('-')?;
    (is_hex(id, 16) && place.len() == 3 && place.bytes().all(|b| b.is_ascii_uppercase())).then_some((id, place))
}

/// W3C Trace Context: `00-<32 hex>-<16 hex>-<2 hex>`.
fn is_traceparent(value: &str) -> bool {
    let lengths = [2, 32, 16, 2];
    let mut parts = value.split('-');
    lengths.iter().all(|&length| parts.next().is_some_and(|part| is_hex(part, length))) && parts.next().is_none()
}

/// AWS X-Ray: `Root=1-<8 hex>-<24 hex>`.
fn is_amazon_trace(value: &str) -> bool {
    value
        .strip_prefix("Root=1-")
        .and_then(|rest| rest.split_once('-'))
        .is_some_and(|(a, b)| is_hex(a, 8) && is_hex(b, 24))
}

/// GitHub: five groups of four to eight capitals and digits.
fn is_github(value: &str) -> bool {
    let is_group = |part: &str| {
        (4..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
    };
    value.split(':').count() == 5 && value.split(':').all(is_group)
}

fn is_hex(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

fn is_base64url(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}
