//! Numbers for people: times, sizes, counts.

/// Below this a time is written in milliseconds, from here on in seconds: "840 ms", "1.2 s".
const SECONDS_FROM: f64 = 1000.0;

/// A time in the unit that reads best: `0.4 ms`, `12 ms`, `1.24 s`, `75 s`.
pub fn duration(ms: f64) -> String {
    match ms.abs() {
        tiny if 0.0 < tiny && tiny < 0.05 => "under 0.1 ms".to_owned(),
        small if small < 9.95 && small != small.round() => format!("{ms:.1} ms"),
        small if small.round() < SECONDS_FROM => format!("{} ms", ms.round()),
        long if long < 9_995.0 => format!("{:.2} s", ms / 1000.0),
        long if long < 99_950.0 => format!("{:.1} s", ms / 1000.0),
        _ => format!("{} s", grouped((ms.abs() / 1000.0).round() as u64)),
    }
}

/// From … to in one unit: `0.6–0.9 s`, `120–340 ms`.
pub fn duration_range(from: f64, to: f64) -> String {
    match (from.round() < to.round(), to.round() < SECONDS_FROM) {
        (false, _) => duration(to),
        (true, true) => format!("{}–{} ms", from.round(), to.round()),
        (true, false) => format!("{:.1}–{:.1} s", from / 1000.0, to / 1000.0),
    }
}

/// A label of the time axis: the unit is that of the step between labels.
pub fn tick(ms: f64, step: f64) -> String {
    match step {
        _ if ms == 0.0 => "0".to_owned(),
        step if step < 1.0 => format!("{ms:.1} ms"),
        step if step < 100.0 => format!("{} ms", ms.round()),
        step if step < 1000.0 => format!("{:.1} s", ms / 1000.0),
        _ => format!("{:.0} s", ms / 1000.0),
    }
}

/// A size in units of 1,000 bytes, as browsers' tools write it: `512 B`, `48.2 KB`, `1.4 MB`.
pub fn bytes(bytes: u64) -> String {
    let value = bytes as f64;
    match value {
        small if small < 1000.0 => format!("{bytes} B"),
        small if small < 99_950.0 => format!("{:.1} KB", value / 1e3),
        small if small < 999_500.0 => format!("{:.0} KB", value / 1e3),
        large if large < 99_950_000.0 => format!("{:.1} MB", value / 1e6),
        large if large < 999_500_000.0 => format!("{:.0} MB", value / 1e6),
        _ => format!("{:.2} GB", value / 1e9),
    }
}

/// A number with a comma between thousands.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at != 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number with its word: "1 request", "1,204 requests".
pub fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(number), if number == 1 { one } else { many })
}

/// A part of a whole in percent without decimals; "under 1%" instead of a zero that is none.
pub fn percent(part: f64, whole: f64) -> String {
    match part / whole * 100.0 {
        share if !share.is_finite() || share <= 0.0 => "0%".to_owned(),
        share if share < 1.0 => "under 1%".to_owned(),
        share => format!("{share:.0}%"),
    }
}

/// An instant in ISO 8601 as `24 Nov 2026, 04:20 UTC`; anything else as it is.
pub fn date(iso: &str) -> String {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let readable = || {
        let (day, time) = iso.strip_suffix('Z')?.split_once('T')?;
        let [year, month, day] = day.split('-').collect::<Vec<_>>().try_into().ok()?;
        let month = MONTHS.get(month.parse::<usize>().ok()?.checked_sub(1)?)?;
        Some(format!("{} {month} {year}, {} UTC", day.trim_start_matches('0'), time.get(..5)?))
    };
    readable().unwrap_or_else(|| iso.to_owned())
}

/// Splits a text of the report at its backticks. `true`: this part is code.
pub fn code_parts(text: &str) -> Vec<(bool, &str)> {
    let is_paired = text.matches('`').count().is_multiple_of(2);
    if !is_paired {
        return vec![(false, text)];
    }
    text.split('`').enumerate().map(|(at, part)| (at % 2 == 1, part)).filter(|(_, part)| !part.is_empty()).collect()
}

/// Host and path in short: what tells requests apart. The host is given only where it differs from the page's.
pub fn short_url(url: &str) -> (&str, &str) {
    let rest = match url.split_once("://") {
        Some((_, rest)) => rest,
        None => return ("", url),
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (host, path) = rest.split_at(end);
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    let before_query = path.split(['?', '#']).next().unwrap_or_default();
    let folder = before_query.trim_end_matches('/').rfind('/').map_or(0, |at| at + 1);
    match path.get(folder..) {
        None | Some("" | "/") => (host, "/"),
        Some(name) => (host, name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times() {
        let check = |ms, expected| assert_eq!(duration(ms), expected);
        check(0.0, "0 ms");
        check(0.04, "under 0.1 ms");
        check(0.44, "0.4 ms");
        check(12.4, "12 ms");
        check(999.4, "999 ms");
        check(999.6, "1.00 s");
        check(4812.0, "4.81 s");
        check(48_120.0, "48.1 s");
        check(4_812_000.0, "4,812 s");
        check(-12.0, "-12 ms");
    }

    #[test]
    fn ranges() {
        let check = |from, to, expected| assert_eq!(duration_range(from, to), expected);
        check(620.0, 890.0, "620–890 ms");
        check(620.0, 1890.0, "0.6–1.9 s");
        check(500.0, 500.2, "500 ms");
    }

    #[test]
    fn sizes() {
        let check = |size, expected| assert_eq!(bytes(size), expected);
        check(0, "0 B");
        check(999, "999 B");
        check(48_212, "48.2 KB");
        check(999_600, "1.0 MB");
        check(1_449_999, "1.4 MB");
        check(2_500_000_000, "2.50 GB");
    }

    #[test]
    fn counts_and_shares() {
        assert_eq!(["1", "999", "1,000", "1,234,567"], [1, 999, 1000, 1_234_567].map(grouped));
        assert_eq!(counted(1, "request", "requests"), "1 request");
        assert_eq!(counted(0, "request", "requests"), "0 requests");
        assert_eq!(percent(1.0, 1000.0), "under 1%");
        assert_eq!(percent(0.0, 0.0), "0%");
        assert_eq!(percent(415.0, 1000.0), "42%");
    }

    #[test]
    fn code_stands_between_backticks() {
        assert_eq!(
            code_parts("Set `a: b` or `c`."),
            [(false, "Set "), (true, "a: b"), (false, " or "), (true, "c"), (false, ".")]
        );
        assert_eq!(code_parts("a ` alone"), [(false, "a ` alone")]);
        assert_eq!(code_parts(""), []);
    }

    #[test]
    fn dates() {
        let check = |iso, expected| assert_eq!(date(iso), expected);
        check("2026-11-04T04:20:00.123Z", "4 Nov 2026, 04:20 UTC");
        check("2026-13-04T04:20:00Z", "2026-13-04T04:20:00Z");
        check("yesterday", "yesterday");
        check("", "");
    }

    #[test]
    fn short_addresses() {
        let check = |url, expected| assert_eq!(short_url(url), expected, "{url}");
        check("https://a.example/", ("a.example", "/"));
        check("https://a.example", ("a.example", "/"));
        check("https://a.example/x/app.js?v=1/2", ("a.example", "app.js?v=1/2"));
        check("https://a.example/x/y/", ("a.example", "y/"));
        check("https://u:p@a.example:8443/?q", ("a.example:8443", "/?q"));
        check("data:image/png;base64,AA", ("", "data:image/png;base64,AA"));
        check("", ("", ""));
    }

    #[test]
    fn ticks() {
        assert_eq!(tick(0.0, 200.0), "0");
        assert_eq!(tick(200.0, 200.0), "0.2 s");
        assert_eq!(tick(20.0, 10.0), "20 ms");
        assert_eq!(tick(4000.0, 2000.0), "4 s");
        assert_eq!(tick(0.5, 0.5), "0.5 ms");
    }
}
