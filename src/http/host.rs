//! Host names in one spelling: lower case, without a dot at the end, in ASCII (RFC 5890 A-labels by RFC 3492).

/// The canonical spelling of a host. Not a check: an impossible name stays as it is, in lower case.
pub fn canonical(host: &str) -> String {
    let host = host.strip_suffix('.').unwrap_or(host);
    if host.is_ascii() {
        return host.to_ascii_lowercase();
    }
    // The mapping of UTS #46 is left out but for lower case: recordings hold names that a browser has mapped.
    let labels: Vec<_> = host.to_lowercase().split(['.', '。']).map(to_ascii).collect();
    labels.join(".")
}

fn to_ascii(label: &str) -> String {
    match label.is_ascii() {
        true => label.to_owned(),
        false => punycode(label).map_or_else(|| label.to_owned(), |encoded| format!("xn--{encoded}")),
    }
}

/// The longest label of DNS (RFC 1035 §2.3.4), in characters; the encoder below is quadratic, so it needs a bound.
const MAX_LABEL: usize = 63;

/// RFC 3492 §5, parameters of Punycode.
const BASE: u32 = 36;
const T_MIN: u32 = 1;
const T_MAX: u32 = 26;
const SKEW: u32 = 38;
const DAMP: u32 = 700;
const INITIAL_BIAS: u32 = 72;
const INITIAL_N: u32 = 128;

/// RFC 3492 §6.3. `None`: too long.
fn punycode(label: &str) -> Option<String> {
    let points: Vec<u32> = label.chars().map(u32::from).collect();
    if MAX_LABEL < points.len() {
        return None;
    }
    let mut encoded: String = label.chars().filter(char::is_ascii).collect();
    let n_basic = encoded.len() as u32;
    let mut handled = n_basic;
    if 0 < n_basic {
        encoded.push('-');
    }
    let (mut n, mut delta, mut bias) = (INITIAL_N, 0_u32, INITIAL_BIAS);
    while (handled as usize) < points.len() {
        let next = points.iter().copied().filter(|point| n <= *point).min()?;
        delta = delta.checked_add((next - n).checked_mul(handled + 1)?)?;
        n = next;
        for &point in &points {
            if point < n {
                delta = delta.checked_add(1)?;
            }
            if point == n {
                push_number(&mut encoded, delta, bias);
                bias = adapt(delta, handled + 1, handled == n_basic);
                delta = 0;
                handled += 1;
            }
        }
        delta = delta.checked_add(1)?;
        n += 1;
    }
    Some(encoded)
}

fn push_number(encoded: &mut String, mut number: u32, bias: u32) {
    let mut k = BASE;
    loop {
        let threshold = k.saturating_sub(bias).clamp(T_MIN, T_MAX);
        if number < threshold {
            encoded.push(digit(number));
            return;
        }
        encoded.push(digit(threshold + (number - threshold) % (BASE - threshold)));
        number = (number - threshold) / (BASE - threshold);
        k += BASE;
    }
}

/// RFC 3492 §5: letters first, then digits.
fn digit(value: u32) -> char {
    match value as u8 {
        value @ 0..26 => char::from(b'a' + value),
        value => char::from(b'0' + (value - 26) % 10),
    }
}

/// RFC 3492 §6.1.
fn adapt(delta: u32, n_points: u32, first: bool) -> u32 {
    let mut delta = if first { delta / DAMP } else { delta / 2 };
    delta += delta / n_points;
    let mut k = 0;
    while (BASE - T_MIN) * T_MAX / 2 < delta {
        delta /= BASE - T_MIN;
        k += BASE;
    }
    k + (BASE - T_MIN + 1) * delta / (delta + SKEW)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names and encodings from RFC 3492 §7.1 and the public suffix list's tests.
    #[test]
    fn canonical_names() {
        for (host, expected) in [
            ("WWW.Example.COM.", "www.example.com"),
            ("xn--85x722f.xn--55qx5d.cn", "xn--85x722f.xn--55qx5d.cn"),
            ("食狮.公司.cn", "xn--85x722f.xn--55qx5d.cn"),
            ("Bücher.example", "xn--bcher-kva.example"),
            ("他们为什么不说中文", "xn--ihqwcrb4cv8a8dqg056pqjye"),
            ("安室奈美恵-with-super-monkeys", "xn---with-super-monkeys-pc58ag80a8qai00g7n9n"),
            ("ひとつ屋根の下2", "xn--2-u9tlzr9756bt3uc0v"),
            ("", ""),
        ] {
            assert_eq!(canonical(host), expected, "{host}");
        }
        let long = "é".repeat(5000);
        assert_eq!(canonical(&long), long);
    }
}
