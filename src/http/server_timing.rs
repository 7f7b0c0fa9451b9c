//! `Server-Timing` (W3C Server Timing): the server's own account of where its time went.

/// One metric of a `Server-Timing` header.
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct ServerTiming<'a> {
    pub name: &'a str,
    /// Milliseconds.
    pub duration: Option<f64>,
    /// Without quotes; escapes are left as they are.
    pub description: Option<&'a str>,
}

/// The metrics of one header value, in order. What cannot be read is left out (W3C Server Timing §3.2: parsing never
/// fails).
pub fn parse(value: &str) -> impl Iterator<Item = ServerTiming<'_>> {
    split(value, ',').filter_map(|metric| {
        let mut parts = split(metric, ';').map(str::trim);
        let name = parts.next().filter(|name| !name.is_empty())?;
        let mut timing = ServerTiming { name, duration: None, description: None };
        for part in parts {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            let value = value.trim().trim_matches('"');
            if key.trim().eq_ignore_ascii_case("dur") {
                let duration = value.parse::<f64>().ok().filter(|ms| ms.is_finite() && 0.0 <= *ms);
                timing.duration = timing.duration.or(duration);
            } else if key.trim().eq_ignore_ascii_case("desc") {
                timing.description = timing.description.or(Some(value));
            }
        }
        Some(timing)
    })
}

/// Splits at a separator outside quotes.
fn split(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    let mut escaped = false;
    text.split(move |c| {
        let outside = !quoted && c == separator;
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ => {}
        }
        outside
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(value: &str, expected: &[(&str, Option<f64>, Option<&str>)]) {
        let found: Vec<_> = parse(value).map(|metric| (metric.name, metric.duration, metric.description)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn metrics_are_read() {
        check(
            "miss, db;dur=53, app;dur=47.2",
            &[("miss", None, None), ("db", Some(53.0), None), ("app", Some(47.2), None)],
        );
        check(r#"customView; desc="a, b; c" ;dur = 5"#, &[("customView", Some(5.0), Some("a, b; c"))]);
        check("a;dur=-1, ;dur=3, b;dur=x;dur=2", &[("a", None, None), ("b", Some(2.0), None)]);
        check("", &[]);
    }
}
