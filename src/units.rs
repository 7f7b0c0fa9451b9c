//! Quantities with their unit in the type. Formatting for people lives in `view::format`.

use std::iter::Sum;
use std::ops::{Add, AddAssign, Mul, Sub};

/// A duration or an offset from the recording's origin, in milliseconds. May be negative as an offset.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Millis(pub f64);

/// A number of bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bytes(pub u64);

/// A duration in whole seconds, as HTTP headers count it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seconds(pub u64);

/// A part of a whole: 0 is nothing of it, 1 is all of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Ratio(pub f64);

/// An instant of the world's clock: milliseconds since 1970-01-01T00:00:00Z, as the recording tells it.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct WallTime(pub f64);

/// A stretch of time between two offsets from the same origin. `start <= end`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TimeSpan {
    /// Where it begins.
    pub start: Millis,
    /// Where it ends, not before `start`.
    pub end: Millis,
}

impl Millis {
    /// No time at all.
    pub const ZERO: Self = Self(0.0);

    /// The later of two.
    pub fn max(self, other: Self) -> Self {
        Self(self.0.max(other.0))
    }

    /// The earlier of two.
    pub fn min(self, other: Self) -> Self {
        Self(self.0.min(other.0))
    }

    /// Negative durations do not exist: they count as none.
    pub fn at_least_zero(self) -> Self {
        Self(self.0.max(0.0))
    }

    /// Whether this is a number that can be reckoned with.
    pub fn is_finite(self) -> bool {
        self.0.is_finite()
    }

    /// Order for sorting; the values here are finite by construction, NaN would come last.
    pub fn total_cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl Add for Millis {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Millis {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Mul<f64> for Millis {
    type Output = Self;
    fn mul(self, factor: f64) -> Self {
        Self(self.0 * factor)
    }
}

impl AddAssign for Millis {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl Sum for Millis {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::ZERO, |a, b| a + b)
    }
}

impl Bytes {
    /// `n` × 1,024 bytes.
    pub const fn kib(n: u64) -> Self {
        Self(n * 1024)
    }

    /// What is left after taking `other` away; never below zero.
    pub fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Add for Bytes {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl AddAssign for Bytes {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sum for Bytes {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self(0), |a, b| a + b)
    }
}

impl Seconds {
    /// `n` days of 86,400 seconds.
    pub const fn days(n: u64) -> Self {
        Self(n * 86_400)
    }
}

impl TimeSpan {
    /// How long it lasts.
    pub fn duration(self) -> Millis {
        self.end - self.start
    }

    /// Whether the two have an instant in common that is more than a touching edge.
    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }
}
