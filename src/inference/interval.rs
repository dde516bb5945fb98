//! An interval of a quantity, and why there is none.

use core::fmt;

/// Lower and upper end of what a quantity may be.
///
/// Serialises as `[low, high]` (feature `serde`). Prints with as many decimal places as its width needs, or as many as the
/// format asks for.
///
/// ```
/// use copeak::inference::Interval;
/// let lag_s = Interval::around(0.017, 0.003);
/// assert!(lag_s.contains(0.015) && !lag_s.contains(0.0));
/// assert_eq!(format!("{:.3}", lag_s), "[0.014, 0.020]");
/// assert_eq!(format!("{:+}", lag_s.scaled(1e3)), "[+14.0, +20.0]");
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(from = "[f64; 2]", into = "[f64; 2]"))]
#[doc(alias = "ConfidenceInterval")]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Interval {
    /// Creates an interval from its ends.
    pub const fn new(low: f64, high: f64) -> Self {
        Self { low, high }
    }

    /// Creates the interval that reaches as far to either side of a value.
    pub fn around(value: f64, reach: f64) -> Self {
        Self { low: value - reach, high: value + reach }
    }

    /// Returns whether a value lies in the interval, ends included.
    pub fn contains(&self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }

    /// Returns the distance between the ends.
    pub fn width(&self) -> f64 {
        self.high - self.low
    }

    /// Returns the interval in another unit; the lower end stays first when the factor is negative.
    #[must_use]
    pub fn scaled(self, factor: f64) -> Self {
        let (a, b) = (factor * self.low, factor * self.high);
        Self { low: a.min(b), high: a.max(b) }
    }

    /// Returns the part of the interval that lies within another one.
    #[must_use]
    pub fn clamped(self, within: Interval) -> Self {
        Self { low: self.low.max(within.low), high: self.high.min(within.high) }
    }
}

impl From<[f64; 2]> for Interval {
    fn from([low, high]: [f64; 2]) -> Self {
        Self { low, high }
    }
}

impl From<(f64, f64)> for Interval {
    fn from((low, high): (f64, f64)) -> Self {
        Self { low, high }
    }
}

impl From<Interval> for [f64; 2] {
    fn from(interval: Interval) -> Self {
        [interval.low, interval.high]
    }
}

impl From<Interval> for (f64, f64) {
    fn from(interval: Interval) -> Self {
        (interval.low, interval.high)
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places = f.precision().unwrap_or_else(|| places(self.width()));
        let Self { low, high } = self;
        if f.sign_plus() {
            write!(f, "[{low:+.places$}, {high:+.places$}]")
        } else {
            write!(f, "[{low:.places$}, {high:.places$}]")
        }
    }
}

/// Decimal places for numbers that are known to this width.
pub(super) fn places(width: f64) -> usize {
    match width.abs() {
        width if width >= 20.0 => 0,
        width if width >= 2.0 => 1,
        width if width >= 0.2 => 2,
        _ => 3,
    }
}

/// Why an estimate has no interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum NoInterval {
    /// There are too few strides (or other units) for any interval.
    TooFew,
    /// Neighbouring strides resemble each other so much that together they count as no more than one.
    TooAlike,
    /// The interval would be wider than the cycle, so that it excludes no value that the quantity can take.
    WiderThanCycle,
    /// Its ends have no finite value.
    Unbounded,
    /// The value was given, not estimated.
    Given,
}

impl NoInterval {
    /// Returns the reason in words, such as `too few strides`.
    pub fn as_str(self) -> &'static str {
        match self {
            NoInterval::TooFew => "too few strides",
            NoInterval::TooAlike => "neighbouring strides are too alike",
            NoInterval::WiderThanCycle => "wider than the cycle",
            NoInterval::Unbounded => "its ends are not finite",
            NoInterval::Given => "given, not estimated",
        }
    }
}

impl fmt::Display for NoInterval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn decimal_places_follow_the_width() {
        let shown = [0.01, 0.5, 5.0, 500.0].map(|reach| format!("{}", Interval::around(1.0, reach)));
        assert_eq!(shown, ["[0.990, 1.010]", "[0.50, 1.50]", "[-4.0, 6.0]", "[-499, 501]"]);
    }

    #[test]
    fn a_negative_factor_swaps_the_ends() {
        assert_eq!(Interval::new(1.0, 2.0).scaled(-1.0), Interval::new(-2.0, -1.0));
        assert_eq!(Interval::new(-0.5, 0.4).clamped(Interval::new(0.0, 1.0)), Interval::new(0.0, 0.4));
    }
}
