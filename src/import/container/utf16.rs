//! UTF-16 → UTF-8, as PowerShell's `>` makes necessary.

use crate::import::container::Oddity;
use crate::import::source::Window;
use std::io::{self, Read};

/// How many units are decoded at a time.
const UNITS_AT_A_TIME: usize = 16 * 1024;

/// A UTF-16 text, read as UTF-8.
pub(super) struct Utf16<R> {
    input: Window<R>,
    unit: fn([u8; 2]) -> u16,
    /// What is decoded; the first `n_given` bytes were read.
    decoded: String,
    n_given: usize,
    /// The first half of a character of two units.
    high_surrogate: Option<u16>,
    n_lone_surrogates: u64,
    has_half_unit: bool,
}

impl<R: Read> Utf16<R> {
    /// A text of units that are made of two bytes by `unit`.
    pub(super) fn new(input: Window<R>, unit: fn([u8; 2]) -> u16) -> Self {
        Self {
            input,
            unit,
            decoded: String::new(),
            n_given: 0,
            high_surrogate: None,
            n_lone_surrogates: 0,
            has_half_unit: false,
        }
    }

    pub(super) fn into_oddities(self) -> Vec<Oddity> {
        let mut oddities = Vec::new();
        if 0 < self.n_lone_surrogates {
            oddities.push(Oddity::LoneSurrogates(self.n_lone_surrogates));
        }
        if self.has_half_unit {
            oddities.push(Oddity::HalfUnit);
        }
        oddities
    }

    /// Decodes more. `false` means that the text has ended.
    fn decode_more(&mut self) -> io::Result<bool> {
        let Self { input, unit, decoded, high_surrogate, n_lone_surrogates, .. } = self;
        let (pairs, half) = input.at_least(2)?.as_chunks::<2>();
        let n_units = pairs.len().min(UNITS_AT_A_TIME);
        if n_units == 0 {
            self.has_half_unit |= !half.is_empty();
            if high_surrogate.take().is_some() {
                *n_lone_surrogates += 1;
                decoded.push(char::REPLACEMENT_CHARACTER);
                return Ok(true);
            }
            return Ok(false);
        }
        for pair in pairs.iter().take(n_units) {
            let unit = unit(*pair);
            if let Some(high) = high_surrogate.take() {
                if let Some(Ok(character)) = char::decode_utf16([high, unit]).next() {
                    decoded.push(character);
                    continue;
                }
                *n_lone_surrogates += 1;
                decoded.push(char::REPLACEMENT_CHARACTER);
            }
            match char::from_u32(u32::from(unit)) {
                Some(character) => decoded.push(character),
                None if unit < 0xDC00 => *high_surrogate = Some(unit),
                None => {
                    *n_lone_surrogates += 1;
                    decoded.push(char::REPLACEMENT_CHARACTER);
                }
            }
        }
        input.consume(n_units * 2);
        Ok(true)
    }
}

impl<R: Read> Read for Utf16<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.n_given == self.decoded.len() {
            self.decoded.clear();
            self.n_given = 0;
            if !self.decode_more()? {
                return Ok(0);
            }
        }
        let n = self.decoded.as_bytes().get(self.n_given..).unwrap_or_default().read(out)?;
        self.n_given += n;
        Ok(n)
    }
}
