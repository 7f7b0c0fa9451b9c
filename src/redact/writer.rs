//! [`CleanWriter`]: sentences out of our own words, numbers and clean text.

use crate::redact::clean::Clean;

/// Puts clean text together piece by piece.
#[derive(Clone, Debug, Default)]
pub struct CleanWriter(String);

impl CleanWriter {
    /// Our own words.
    pub fn words(&mut self, words: &'static str) -> &mut Self {
        self.0.push_str(words);
        self
    }

    /// Clean text.
    pub fn clean(&mut self, text: &Clean) -> &mut Self {
        self.0.push_str(text.as_str());
        self
    }

    /// A number with `decimals` digits after the point and commas between thousands: `2,310.5`. What is not a number
    /// is written as `–`.
    pub fn number(&mut self, value: f64, decimals: usize) -> &mut Self {
        if !value.is_finite() {
            self.0.push('–');
            return self;
        }
        let text = format!("{value:.decimals$}");
        let (sign, digits) = match text.strip_prefix('-') {
            Some(digits) => ("-", digits),
            None => ("", text.as_str()),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        if digits.bytes().any(|b| b.is_ascii_digit() && b != b'0') {
            self.0.push_str(sign);
        }
        for (at, digit) in whole.chars().enumerate() {
            if 0 < at && (whole.len() - at).is_multiple_of(3) {
                self.0.push(',');
            }
            self.0.push(digit);
        }
        if !fraction.is_empty() {
            self.0.push('.');
            self.0.push_str(fraction);
        }
        self
    }

    /// A whole number with commas between thousands.
    pub fn count(&mut self, number: u64) -> &mut Self {
        self.number(number as f64, 0)
    }

    /// What was written.
    pub fn finish(&self) -> Clean {
        Clean::vouched(self.0.clone())
    }

    /// Whether nothing was written.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        let check = |value: f64, decimals: usize, expected: &str| {
            assert_eq!(CleanWriter::default().number(value, decimals).finish().as_str(), expected);
        };
        check(0.0, 0, "0");
        check(-0.2, 0, "0");
        check(999.0, 0, "999");
        check(2310.46, 1, "2,310.5");
        check(-1_234_567.0, 0, "-1,234,567");
        check(f64::NAN, 0, "–");
    }

    #[test]
    fn pieces() {
        let text = CleanWriter::default().words("took ").count(12).words(" ").clean(&Clean::from("ms")).finish();
        assert_eq!(text.as_str(), "took 12 ms");
    }
}
