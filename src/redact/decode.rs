//! Undoing encodings, so that the same secret is recognized in each of its spellings.

/// Encodings inside each other are undone this many times.
const DEPTH: usize = 3;

/// Values longer than this are compared as they are.
const LIMIT: usize = 64 * 1024;

/// Shorter text is not tried as base64: too many words would decode to something by accident.
const BASE64_MIN: usize = 16;

/// `text` with percent-encoding and base64 undone, as long as the result is readable text.
pub(super) fn plain(text: &str) -> String {
    let mut plain = text.to_owned();
    if LIMIT < text.len() {
        return plain;
    }
    for _ in 0..DEPTH {
        let unescaped = percent(&plain).or_else(|| base64_text(&plain));
        match unescaped {
            Some(inner) => plain = inner,
            None => break,
        }
    }
    plain
}

/// Percent-decoded, or nothing if there is nothing to decode or the result is not UTF-8.
pub(super) fn percent(text: &str) -> Option<String> {
    if !text.contains('%') {
        return None;
    }
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((&byte, after)) = rest.split_first() {
        let pair = match (byte, after) {
            (b'%', [high, low, ..]) => hex(*high).zip(hex(*low)),
            _ => None,
        };
        match pair {
            Some((high, low)) => {
                decoded.push(high * 16 + low);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                decoded.push(byte);
                rest = after;
            }
        }
    }
    if decoded.len() == bytes.len() {
        return None;
    }
    String::from_utf8(decoded).ok()
}

/// Base64 or base64url of readable text.
fn base64_text(text: &str) -> Option<String> {
    let digits = text.trim_end_matches('=');
    if digits.len() < BASE64_MIN || digits.len() % 4 == 1 {
        return None;
    }
    let mut decoded = Vec::with_capacity(digits.len() * 3 / 4);
    let (mut bits, mut n_bits) = (0u32, 0);
    for byte in digits.bytes() {
        let six = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        bits = (bits << 6 | u32::from(six)) & 0xffff;
        n_bits += 6;
        if 8 <= n_bits {
            n_bits -= 8;
            decoded.push((bits >> n_bits) as u8);
        }
    }
    let decoded = String::from_utf8(decoded).ok()?;
    let readable = decoded.chars().all(|c| !c.is_control() || c == '\n' || c == '\r' || c == '\t');
    readable.then_some(decoded)
}

fn hex(digit: u8) -> Option<u8> {
    (digit as char).to_digit(16).map(|value| value as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes() {
        let check = |text: &str, expected: &str| assert_eq!(plain(text), expected, "{text}");
        check("a%20b", "a b");
        check("a%2520b", "a b");
        check("100%", "100%");
        check("%zz%4", "%zz%4");
        check("%ff", "%ff");
        check("aGVsbG8gd29ybGQgYWdhaW4", "hello world again");
        check("aGVsbG8gd29ybGQgYWdhaW4%3D", "hello world again");
        check("checkout", "checkout");
        check("0123456789abcdef0123456789abcdef", "0123456789abcdef0123456789abcdef");
    }
}
