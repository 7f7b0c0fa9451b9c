//! `HTTP-date` (RFC 9110 §5.6.7) → seconds since 1970-01-01T00:00:00Z.

/// Reads the three forms of the RFC, without regard to case and to a wrong weekday. `now` (the recording's own time)
/// decides the century of a year in two digits: not more than 50 years ahead of it. Everything else is no date.
pub fn parse(text: &str, now: Option<i64>) -> Option<i64> {
    imf_fixdate(text).or_else(|| rfc850(text, now)).or_else(|| asctime(text))
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`
fn imf_fixdate(text: &str) -> Option<i64> {
    let [weekday, day, month, year, time, zone] = words(text, ' ')?;
    is_weekday(weekday.strip_suffix(',')?, 3)?;
    is_gmt(zone)?;
    seconds(digits(year, 4)?, month_number(month)?, digits(day, 2)?, time_of_day(time)?)
}

/// `Sunday, 06-Nov-94 08:49:37 GMT`
fn rfc850(text: &str, now: Option<i64>) -> Option<i64> {
    let [weekday, date, time, zone] = words(text, ' ')?;
    let [day, month, year] = words(date, '-')?;
    is_weekday(weekday.strip_suffix(',')?, usize::MAX)?;
    let (month, day, time) = (month_number(month)?, digits(day, 2)?, time_of_day(time)?);
    let year = full_year(digits(year, 2)?, now);
    is_gmt(zone)?;
    seconds(year, month, day, time)
}

/// `Sun Nov  6 08:49:37 1994`
fn asctime(text: &str) -> Option<i64> {
    let [weekday, month, rest] = text.splitn(3, ' ').collect::<Vec<_>>().try_into().ok()?;
    is_weekday(weekday, 3)?;
    let (day, rest) = rest.split_at_checked(2)?;
    let day = match day.strip_prefix(' ') {
        Some(day) => digits(day, 1)?,
        None => digits(day, 2)?,
    };
    let [time, year] = words(rest.strip_prefix(' ')?, ' ')?;
    seconds(digits(year, 4)?, month_number(month)?, day, time_of_day(time)?)
}

/// Exactly `N` parts between single separators.
fn words<const N: usize>(text: &str, separator: char) -> Option<[&str; N]> {
    let mut parts = text.split(separator);
    let mut all = [""; N];
    for part in &mut all {
        *part = parts.next()?;
    }
    parts.next().is_none().then_some(all)
}

/// Exactly this many digits.
fn digits(text: &str, n: usize) -> Option<i64> {
    (text.len() == n && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

fn month_number(text: &str) -> Option<i64> {
    let at = MONTHS.iter().position(|month| text.eq_ignore_ascii_case(month))?;
    Some(at as i64 + 1)
}

/// Any weekday will do: a wrong one is tolerated. Its first `n` letters.
fn is_weekday(text: &str, n: usize) -> Option<()> {
    let all = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    all.iter().any(|day| text.eq_ignore_ascii_case(day.get(..n).unwrap_or(day))).then_some(())
}

fn is_gmt(zone: &str) -> Option<()> {
    zone.eq_ignore_ascii_case("GMT").then_some(())
}

/// `08:49:37` → seconds; 60 seconds are a leap second.
fn time_of_day(text: &str) -> Option<i64> {
    let [hour, minute, second] = words(text, ':')?;
    let (hour, minute, second) = (digits(hour, 2)?, digits(minute, 2)?, digits(second, 2)?);
    (hour <= 23 && minute <= 59 && second <= 60).then_some(hour * 3600 + minute * 60 + second)
}

/// RFC 9110 §5.6.7: a date that appears to be more than 50 years in the future means the most recent year in the past
/// with the same two digits.
fn full_year(two_digits: i64, now: Option<i64>) -> i64 {
    let this_year = 1970 + now.unwrap_or_default() / 31_556_952; // mean length of a Gregorian year in seconds
    let year = this_year - this_year.rem_euclid(100) + two_digits;
    if this_year + 50 < year { year - 100 } else { year }
}

/// `None`: no such day.
fn seconds(year: i64, month: i64, day: i64, time_of_day: i64) -> Option<i64> {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let n_days = match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    if !(1..=n_days).contains(&day) || !(1..=9999).contains(&year) {
        return None;
    }
    Some(days_since_epoch(year, month, day) * 86_400 + time_of_day)
}

/// Days of the Gregorian calendar since 1970-01-01, by counting years from March.
fn days_since_epoch(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let months_since_march = (month + 9) % 12;
    let days_before_month = (153 * months_since_march + 2) / 5;
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    365 * year + leap_days + days_before_month + day - 1 - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOV_6_1994: i64 = 784_111_777; // the RFC's example
    const IN_2026: Option<i64> = Some(1_772_366_400);

    #[test]
    fn the_three_forms() {
        for (text, expected) in [
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(NOV_6_1994)),
            ("sun, 06 nov 1994 08:49:37 gmt", Some(NOV_6_1994)),
            ("Sunday, 06-Nov-94 08:49:37 GMT", Some(NOV_6_1994)),
            ("Sun Nov  6 08:49:37 1994", Some(NOV_6_1994)),
            ("Mon, 06 Nov 1994 08:49:37 GMT", Some(NOV_6_1994)),
            ("Thu, 01 Jan 1970 00:00:00 GMT", Some(0)),
            ("Sun, 01 Mar 2026 12:00:00 GMT", Some(1_772_366_400)),
            ("Thu, 29 Feb 2024 23:59:60 GMT", Some(1_709_251_200)),
            ("Fri, 31 Dec 9999 23:59:59 GMT", Some(253_402_300_799)),
            ("Sunday, 06-Nov-77 08:49:37 GMT", Some(NOV_6_1994 - 536_457_600)),
            ("Thu, 30 Feb 2024 00:00:00 GMT", None),
            ("Sun, 06 Nov 1994 24:00:00 GMT", None),
            ("Sun, 06 Nov 1994 08:49:37 UTC", None),
            ("Sun, 06 Nov 1994 08:49:37", None),
            ("Sun, 6 Nov 1994 08:49:37 GMT", None),
            ("Sun, 06 Nov 1994  08:49:37 GMT", None),
            ("06 Nov 1994 08:49:37 GMT", None),
            ("0", None),
            ("-1", None),
            ("", None),
        ] {
            assert_eq!(parse(text, IN_2026), expected, "{text}");
        }
    }
}
