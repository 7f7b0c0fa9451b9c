//! Instants as HAR files write them: ISO 8601 in every variant seen, and numbers.

use crate::units::WallTime;

/// An instant, and what had to be assumed to read it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Date {
    pub(super) at: WallTime,
    pub(super) oddity: Option<Oddity>,
}

/// What was odd about a date that could be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Oddity {
    /// No zone: read as UTC.
    NoZone,
    /// A fraction of ".1000", which WebPageTest 17 writes for 999.5 ms and more.
    ThousandMillis,
    /// A number: seconds or milliseconds since 1970.
    Epoch,
}

/// Numbers from here on are milliseconds since 1970 (1973 and later), smaller ones are seconds.
const FIRST_EPOCH_MILLIS: f64 = 1e11;
/// Smaller numbers are no dates: this is 2001 in seconds.
const FIRST_EPOCH_SECONDS: f64 = 1e9;
/// The year 9999, after which no recording will be made.
const LAST_EPOCH_MILLIS: f64 = 253_402_300_800_000.0;

const MILLIS_PER_MINUTE: f64 = 60_000.0;
const MILLIS_PER_DAY: f64 = 86_400_000.0;

/// Reads a number as an instant.
pub(super) fn from_number(number: f64) -> Option<Date> {
    let at = match number {
        _ if (FIRST_EPOCH_MILLIS..LAST_EPOCH_MILLIS).contains(&number) => number,
        _ if (FIRST_EPOCH_SECONDS..FIRST_EPOCH_MILLIS).contains(&number) => number * 1000.0,
        _ => return None,
    };
    Some(Date { at: WallTime(at), oddity: Some(Oddity::Epoch) })
}

/// Reads `2026-03-01T10:00:00.123+01:00` and what tools write instead of it.
pub(super) fn parse(text: &str) -> Option<Date> {
    let text = text.trim();
    if let Ok(number) = text.parse::<f64>() {
        return from_number(number);
    }
    let mut rest = Rest(text.as_bytes());
    let year = rest.digits(4, 4)?.value;
    rest.one_of(b"-/")?;
    let month = rest.digits(1, 2)?.value;
    rest.one_of(b"-/")?;
    let day = rest.digits(1, 2)?.value;
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    rest.one_of(b"Tt ")?;
    let hour = rest.digits(1, 2)?.value;
    rest.one_of(b":")?;
    let minute = rest.digits(2, 2)?.value;
    let second = match rest.one_of(b":") {
        Some(()) => rest.digits(2, 2)?.value,
        None => 0,
    };
    // 24:00 is the end of a day, 60 a leap second.
    if 24 < hour || 59 < minute || 60 < second {
        return None;
    }
    let mut oddity = None;
    let mut fraction_millis = 0.0;
    if rest.one_of(b".,").is_some() {
        let fraction = rest.digits(1, 20)?;
        fraction_millis = fraction.value as f64 / 10_f64.powi(fraction.n_counted) * 1000.0;
        if (fraction.value, fraction.n_counted) == (1000, 4) {
            fraction_millis = 1000.0;
            oddity = Some(Oddity::ThousandMillis);
        }
    }
    rest.spaces();
    let offset_minutes = match rest.zone()? {
        Some(minutes) => minutes,
        None => {
            oddity = Some(Oddity::NoZone);
            0.0
        }
    };
    let seconds = f64::from(hour as u32 * 3600 + minute as u32 * 60 + second as u32);
    let at = days_since_1970(year as i64, month as i64, day as i64) as f64 * MILLIS_PER_DAY
        + seconds * 1000.0
        + fraction_millis
        - offset_minutes * MILLIS_PER_MINUTE;
    // Nothing was recorded before 1970; such a date is a default value.
    (0.0 <= at).then_some(Date { at: WallTime(at), oddity })
}

/// What is left to read.
struct Rest<'a>(&'a [u8]);

struct Digits {
    value: u64,
    /// How many digits went into `value`: the first 15, which is what f64 can hold.
    n_counted: i32,
}

impl Rest<'_> {
    fn one_of(&mut self, wanted: &[u8]) -> Option<()> {
        let (first, rest) = self.0.split_first()?;
        wanted.contains(first).then(|| self.0 = rest)
    }

    fn digits(&mut self, at_least: usize, at_most: usize) -> Option<Digits> {
        let n = self.0.iter().take(at_most).take_while(|byte| byte.is_ascii_digit()).count();
        let (digits, rest) = self.0.split_at_checked(n)?;
        self.0 = rest;
        let counted = digits.iter().take(15);
        let value = counted.clone().fold(0, |value, digit| value * 10 + u64::from(digit - b'0'));
        (at_least <= n).then_some(Digits { value, n_counted: counted.len() as i32 })
    }

    fn spaces(&mut self) {
        self.0 = self.0.trim_ascii_start();
    }

    /// The rest as a zone in minutes east of Greenwich; `Some(None)`: there is none; `None`: it is none.
    fn zone(&mut self) -> Option<Option<f64>> {
        let sign = match self.0 {
            [] => return Some(None),
            [b'Z' | b'z'] | b"UTC" | b"GMT" => return Some(Some(0.0)),
            [b'+', ..] => 1.0,
            [b'-', ..] => -1.0,
            _ => return None,
        };
        self.one_of(b"+-")?;
        let hours = self.digits(1, 2)?.value;
        let has_minutes = self.one_of(b":").is_some() || !self.0.is_empty();
        let minutes = match has_minutes {
            true => self.digits(2, 2)?.value,
            false => 0,
        };
        let is_zone = self.0.is_empty() && hours <= 15 && minutes <= 59;
        is_zone.then_some(Some(sign * (hours * 60 + minutes) as f64))
    }
}

/// Days from 1970-01-01 to a day of the Gregorian calendar. (The 400-year cycle has 146,097 days; counting years from
/// March puts the leap day last.)
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let cycle = year.div_euclid(400);
    let year_of_cycle = year.rem_euclid(400);
    let month_from_march = (month + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    let day_of_cycle = year_of_cycle * 365 + year_of_cycle / 4 - year_of_cycle / 100 + day_of_year;
    cycle * 146_097 + day_of_cycle - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-03-01T10:00:00Z, by `date -d … +%s`.
    const TEN: f64 = 1_772_359_200_000.0;

    #[test]
    fn reads_what_tools_write() {
        let check = |text: &str, millis: f64, oddity: Option<Oddity>| {
            assert_eq!(parse(text), Some(Date { at: WallTime(millis), oddity }), "{text}");
        };
        check("2026-03-01T10:00:00.123Z", TEN + 123.0, None);
        check("2026-03-01T11:00:00.123+01:00", TEN + 123.0, None);
        check("2026-03-01T05:30:00.5-0430", TEN + 500.0, None);
        check("2026-03-01T12:00:00+02", TEN, None);
        check("2026-03-01T10:00:00.1234567+00:00", TEN + 123.4567, None);
        check("2026-03-01T10:00:00,25Z", TEN + 250.0, None);
        check("2026-03-01 10:00:00 UTC", TEN, None);
        check("2026-03-01T10:00Z", TEN, None);
        check("2026-03-01T10:00:00.12Z", TEN + 120.0, None);
        check("2026-03-01T09:59:59.1000+00:00", TEN, Some(Oddity::ThousandMillis));
        check("2026-03-01T10:00:00", TEN, Some(Oddity::NoZone));
        check("1772359200", TEN, Some(Oddity::Epoch));
        check("1772359200000.5", TEN + 0.5, Some(Oddity::Epoch));
        check("1970-01-01T00:00:00Z", 0.0, None);
        check("2000-02-29T00:00:00Z", 951_782_400_000.0, None);
    }

    #[test]
    fn refuses_what_is_no_date() {
        for text in [
            "",
            "NaN-NaN-NaNTNaN:NaN:NaN.NaN+NaN:NaN",
            "2009-16-02T10:00:00Z",
            "2026-03-01",
            "2026-03-01T25:00:00Z",
            "2026-03-01T10:00:00Q",
            "2026-03-01T10:00:00.Z",
            "2026-03-01T10:00:00+99:00",
            "0001-01-01T00:00:00Z",
            "-1",
            "é026",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
