//! Numbers for people, in American style: times, sizes. Everything is [`Clean`], as it holds our own words only.

use crate::redact::Clean;
use crate::units::{Bytes, Millis, Ratio, Seconds};

/// Times below this are shown with one decimal to engineers; above, a tenth of a millisecond is noise.
const FINE: Millis = Millis(10.0);

/// Below this, a size is told in bytes.
const KILOBYTE: u64 = 1_000;

/// Below this, a size is told in KB (1,000 bytes, as networks and browsers' panels count).
const MEGABYTE: u64 = 1_000_000;

/// Below this, a size is told in MB.
const GIGABYTE: u64 = 1_000_000_000;

/// A whole number with thousands separated: `1,234,567`.
pub fn grouped(number: u64) -> Clean {
    if number < 1_000 {
        return Clean::from(number);
    }
    let rest = number % 1_000;
    let zeros = if rest < 10 {
        "00"
    } else if rest < 100 {
        "0"
    } else {
        ""
    };
    Clean::concat(&[grouped(number / 1_000), Clean::from(","), Clean::from(zeros), Clean::from(rest)])
}

/// Whole milliseconds without unit, for tables: `2,310`.
pub fn whole(time: Millis) -> Clean {
    bare_time(Millis(finite(time.0).round()))
}

/// A time for engineers: `2,310 ms`, below 10 ms with a decimal: `3.4 ms`.
pub fn exact_time(time: Millis) -> Clean {
    Clean::concat(&[bare_time(time), Clean::from(" ms")])
}

/// From … to, for engineers: `620–890 ms`, `up to 890 ms`.
pub fn exact_time_range(from: Millis, to: Millis) -> Clean {
    let (low, high) = (bare_time(from), bare_time(to));
    if low == high {
        return exact_time(to);
    }
    if low.as_str() == "0" {
        return Clean::concat(&[Clean::from("up to "), exact_time(to)]);
    }
    Clean::concat(&[low, Clean::from("–"), high, Clean::from(" ms")])
}

/// A time for everybody: `4.8 seconds`.
pub fn plain_time(time: Millis) -> Clean {
    if Millis::ZERO < time && tenths(time).as_str() == "0.0" {
        return Clean::from("less than 0.1 seconds");
    }
    Clean::concat(&[tenths(time), Clean::from(second_word(time))])
}

/// From … to, for everybody: `0.6 to 0.9 seconds`, `up to 0.9 seconds`.
pub fn plain_time_range(from: Millis, to: Millis) -> Clean {
    let (low, high) = (tenths(from), tenths(to));
    if low == high || high.as_str() == "0.0" {
        return plain_time(to);
    }
    if low.as_str() == "0.0" {
        return Clean::concat(&[Clean::from("up to "), plain_time(to)]);
    }
    Clean::concat(&[low, Clean::from(" to "), high, Clean::from(" seconds")])
}

/// A size for engineers: `1,234,567 bytes`.
pub fn exact_size(size: Bytes) -> Clean {
    Clean::concat(&[grouped(size.0), Clean::from(if size.0 == 1 { " byte" } else { " bytes" })])
}

/// A size for everybody: `512 bytes`, `340 KB`, `1.2 MB`.
pub fn plain_size(size: Bytes) -> Clean {
    // Rounding must not make "1,000 KB" of 999,999 bytes, so the unit is chosen by the rounded figure.
    let kilobytes = (size.0 + KILOBYTE / 2) / KILOBYTE;
    if size.0 < KILOBYTE {
        exact_size(size)
    } else if kilobytes < MEGABYTE / KILOBYTE {
        Clean::concat(&[Clean::from(kilobytes), Clean::from(" KB")])
    } else if size.0 < GIGABYTE - MEGABYTE / 20 {
        Clean::concat(&[Clean::number(size.0 as f64 / MEGABYTE as f64, 1), Clean::from(" MB")])
    } else {
        Clean::concat(&[Clean::number(size.0 as f64 / GIGABYTE as f64, 1), Clean::from(" GB")])
    }
}

/// From … to, for everybody: `0.8 MB to 1.2 MB`.
pub fn plain_size_range(from: Bytes, to: Bytes) -> Clean {
    range(plain_size(from), plain_size(to))
}

/// From … to, for engineers.
pub fn exact_size_range(from: Bytes, to: Bytes) -> Clean {
    range(exact_size(from), exact_size(to))
}

/// A lifetime or age in the unit that reads best: `7 days`, `10 minutes`, `90 seconds`.
pub fn lifetime(seconds: Seconds) -> Clean {
    /// Average length of a Gregorian year, in days; `max-age=31536000` is to read "1 year".
    const YEAR: u64 = 365 * 86_400;
    let units = [(YEAR, "year", "years"), (86_400, "day", "days"), (3_600, "hour", "hours"), (60, "minute", "minutes")];
    for (length, one, many) in units {
        if seconds.0 < length {
            continue;
        }
        // Two units or more are told as a decimal ("2.5 days"), one and a bit in the next smaller unit ("90 minutes").
        if seconds.0.is_multiple_of(length) {
            return counted(seconds.0 / length, one, many);
        }
        if 2 * length <= seconds.0 {
            let figure = Clean::number(seconds.0 as f64 / length as f64, 1);
            return Clean::concat(&[figure, Clean::from(" "), Clean::from(many)]);
        }
    }
    counted(seconds.0, "second", "seconds")
}

/// A number with its word.
pub fn counted(number: u64, one: &'static str, many: &'static str) -> Clean {
    Clean::concat(&[grouped(number), Clean::from(" "), Clean::from(if number == 1 { one } else { many })])
}

/// A part of a whole: `42%`; below 1% with a decimal.
pub fn percent(ratio: Ratio) -> Clean {
    let value = finite(ratio.0 * 100.0);
    let decimals = usize::from(0.0 < value && value < 1.0);
    Clean::concat(&[Clean::number(value, decimals), Clean::from("%")])
}

/// Milliseconds rounded to microseconds, as the report stores them: sums of tenths would else show 17 digits.
pub fn stored(time: Millis) -> f64 {
    let rounded = (finite(time.0) * 1_000.0).round() / 1_000.0;
    rounded + 0.0 // −0 becomes 0
}

fn range(low: Clean, high: Clean) -> Clean {
    if low == high {
        return high;
    }
    Clean::concat(&[low, Clean::from(" to "), high])
}

fn bare_time(time: Millis) -> Clean {
    let time = Millis(finite(time.0));
    if time < Millis::ZERO {
        return Clean::concat(&[Clean::from("−"), bare_time(Millis(-time.0))]);
    }
    if time < FINE && time.0.fract() != 0.0 {
        return Clean::number(time.0, 1);
    }
    grouped(time.0.round() as u64)
}

fn tenths(time: Millis) -> Clean {
    Clean::number(finite(time.0).max(0.0) / 1_000.0, 1)
}

fn second_word(time: Millis) -> &'static str {
    match tenths(time).as_str() {
        "1.0" => " second",
        _ => " seconds",
    }
}

fn finite(value: f64) -> f64 {
    if value.is_finite() { value } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(clean: Clean, expected: &str) {
        assert_eq!(clean.as_str(), expected);
    }

    #[test]
    fn numbers_are_grouped() {
        check(grouped(0), "0");
        check(grouped(999), "999");
        check(grouped(1_000), "1,000");
        check(grouped(1_023_004), "1,023,004");
        check(grouped(u64::MAX), "18,446,744,073,709,551,615");
    }

    #[test]
    fn times() {
        check(exact_time(Millis(2310.4)), "2,310 ms");
        check(exact_time(Millis(3.44)), "3.4 ms");
        check(exact_time(Millis(3.0)), "3 ms");
        check(exact_time(Millis(-12.0)), "−12 ms");
        check(exact_time(Millis(f64::NAN)), "0 ms");
        check(exact_time_range(Millis(620.0), Millis(890.0)), "620–890 ms");
        check(exact_time_range(Millis(620.1), Millis(620.2)), "620 ms");
        check(exact_time_range(Millis(0.0), Millis(890.0)), "up to 890 ms");
        check(plain_time(Millis(4812.0)), "4.8 seconds");
        check(plain_time(Millis(1004.0)), "1.0 second");
        check(plain_time(Millis(412.0)), "0.4 seconds");
        check(plain_time(Millis(12.0)), "less than 0.1 seconds");
        check(plain_time(Millis(0.0)), "0.0 seconds");
        check(plain_time_range(Millis(620.0), Millis(890.0)), "0.6 to 0.9 seconds");
        check(plain_time_range(Millis(0.0), Millis(890.0)), "up to 0.9 seconds");
        check(plain_time_range(Millis(610.0), Millis(620.0)), "0.6 seconds");
    }

    #[test]
    fn sizes() {
        check(plain_size(Bytes(1)), "1 byte");
        check(plain_size(Bytes(999)), "999 bytes");
        check(plain_size(Bytes(340_200)), "340 KB");
        check(plain_size(Bytes(999_999)), "1.0 MB");
        check(plain_size(Bytes(1_234_567)), "1.2 MB");
        check(plain_size(Bytes(999_999_999)), "1.0 GB");
        check(exact_size(Bytes(1_234_567)), "1,234,567 bytes");
        check(plain_size_range(Bytes(800_000), Bytes(1_200_000)), "800 KB to 1.2 MB");
    }

    #[test]
    fn lifetimes() {
        check(lifetime(Seconds(0)), "0 seconds");
        check(lifetime(Seconds(1)), "1 second");
        check(lifetime(Seconds(90)), "90 seconds");
        check(lifetime(Seconds(600)), "10 minutes");
        check(lifetime(Seconds(5400)), "90 minutes");
        check(lifetime(Seconds::days(7)), "7 days");
        check(lifetime(Seconds(216_000)), "2.5 days");
        check(lifetime(Seconds(31_536_000)), "1 year");
    }
}
