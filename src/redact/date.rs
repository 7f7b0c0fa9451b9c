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
}
