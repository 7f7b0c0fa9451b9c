//! Dates: read to the second, written anew.

use crate::redact::clean::Clean;
use crate::units::WallTime;

/// Year 9999 in milliseconds; later instants have no ISO form of four digits.
const LAST: f64 = 253_402_300_799_999.0;

/// `2026-01-31T12:00:00Z`. Nothing for instants before 1970 or after 9999.
pub(super) fn iso(time: WallTime) -> Option<Clean> {
    if !(0.0..=LAST).contains(&time.0) {
        return None;
    }
    let seconds = (time.0 / 1000.0) as i64;
    let (year, month, day) = civil(seconds.div_euclid(86_400));
    let of_day = seconds.rem_euclid(86_400);
    let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    Some(Clean::vouched(format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")))
}

/// A date of HTTP in any of its three forms (RFC 9110 §5.6.7), as IMF-fixdate: `Sun, 06 Nov 1994 08:49:37 GMT`. The day
/// of the week is reckoned, not copied.
pub(super) fn http(text: &str) -> Option<String> {
    let parts: Vec<&str> = text.split([' ', ',', '-']).filter(|part| !part.is_empty()).collect();
    let (day, month, year, time) = match parts.as_slice() {
        [_, month, day, time, year] if time.contains(':') => (day, month, year, time),
        [_, day, month, year, time] | [_, day, month, year, time, "GMT" | "UTC"] => (day, month, year, time),
        _ => return None,
    };
    let month = MONTHS.iter().position(|name| name == month)? as i64 + 1;
    let day = in_range(day, 1, 31)?;
    let year = match (year.len(), in_range(year, 0, 9999)?) {
        (2, year) if year < 70 => year + 2000,
        (2, year) => year + 1900,
        (4, year) if (1900..=2999).contains(&year) => year,
        _ => return None,
    };
    let mut clock = time.split(':');
    let (hour, minute) = (in_range(clock.next()?, 0, 23)?, in_range(clock.next()?, 0, 59)?);
    let second = in_range(clock.next()?, 0, 60)?;
    if clock.next().is_some() {
        return None;
    }
    let weekday = WEEKDAYS.get((days(year, month, day) + 4).rem_euclid(7) as usize)?;
    let month = MONTHS.get(month as usize - 1)?;
    Some(format!("{weekday}, {day:02} {month} {year:04} {hour:02}:{minute:02}:{second:02} GMT"))
}

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const WEEKDAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

fn in_range(digits: &str, least: i64, most: i64) -> Option<i64> {
    if 4 < digits.len() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok().filter(|number| (least..=most).contains(number))
}

/// Year, month, day → days since 1970-01-01 (H. Hinnant, the inverse of [`civil`]).
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let shifted_month = if 2 < month { month - 3 } else { month + 9 };
    let day_of_year = (153 * shifted_month + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// Days since 1970-01-01 → year, month, day (H. Hinnant, "chrono-compatible low-level date algorithms").
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_iso() {
        let check = |ms: f64, expected: Option<&str>| {
            assert_eq!(iso(WallTime(ms)).as_ref().map(Clean::as_str), expected);
        };
        check(0.0, Some("1970-01-01T00:00:00Z"));
        check(1_767_225_600_000.0, Some("2026-01-01T00:00:00Z"));
        check(951_827_696_999.0, Some("2000-02-29T12:34:56Z"));
        check(-1.0, None);
        check(f64::NAN, None);
        check(f64::INFINITY, None);
    }

    #[test]
    fn reads_the_dates_of_http() {
        let check = |text: &str, expected: Option<&str>| assert_eq!(http(text).as_deref(), expected, "{text}");
        let expected = Some("Sun, 06 Nov 1994 08:49:37 GMT");
        check("Sun, 06 Nov 1994 08:49:37 GMT", expected);
        check("Sunday, 06-Nov-94 08:49:37 GMT", expected);
        check("Sun Nov  6 08:49:37 1994", expected);
        check("hunter2, 06 Nov 1994 08:49:37 GMT", expected);
        check("Tue, 01 Oct 2024 10:00:00 GMT", Some("Tue, 01 Oct 2024 10:00:00 GMT"));
        check("Sun, 06 Nov 1994 08:49:37 hunter2", None);
        check("Sun, 06 Nov 123456 08:49:37 GMT", None);
        check("Sun, 99 Nov 1994 08:49:37 GMT", None);
        check("tomorrow", None);
    }
}
