//! Sample rates and clocks: the only place where a sample index becomes a time in seconds.

use crate::{Error, Result};
#[cfg(all(feature = "alloc", not(feature = "std")))]
use num_traits::Float as _;

/// A sample rate in hertz: finite and above zero.
///
/// ```
/// use copeak::Rate;
/// let rate = Rate::from_hz(250.0)?;
/// assert_eq!(rate.nyquist_hz(), 125.0);
/// assert!(Rate::from_hz(f64::NAN).is_err());
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Rate(f64);

impl Rate {
    /// Builds a rate of `hz` samples per second.
    ///
    /// # Errors
    /// [`Error::Parameter`] when `hz` is not finite or not above zero.
    pub fn from_hz(hz: f64) -> Result<Self> {
        if hz.is_finite() && hz > 0.0 {
            Ok(Self(hz))
        } else {
            Err(Error::Parameter { name: "sample rate", rule: "finite and above 0 Hz", value: hz })
        }
    }

    /// Returns the rate in hertz.
    #[inline]
    pub fn as_hz(self) -> f64 {
        self.0
    }

    /// Returns the Nyquist frequency, half the rate.
    #[inline]
    pub fn nyquist_hz(self) -> f64 {
        self.0 / 2.0
    }

    /// Returns the seconds from one sample to the next.
    #[inline]
    pub fn period_s(self) -> f64 {
        1.0 / self.0
    }
}

/// A channel's clock: its rate and the time of its first sample, in seconds on the recording's common clock.
///
/// Sample positions are fractional, so an interpolated event keeps its sub-sample time.
///
/// ```
/// use copeak::{Clock, Rate};
/// let clock = Clock::new(Rate::from_hz(250.0)?, 1.0)?;
/// assert_eq!(clock.time_s(62.5), 1.25);
/// assert_eq!(clock.position(1.25), 62.5);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Clock {
    rate: Rate,
    start_s: f64,
}

impl Clock {
    /// Builds a clock of `rate` whose sample 0 is at `start_s`.
    ///
    /// # Errors
    /// [`Error::Parameter`] when `start_s` is not finite.
    pub fn new(rate: Rate, start_s: f64) -> Result<Self> {
        if start_s.is_finite() {
            Ok(Self { rate, start_s })
        } else {
            Err(Error::Parameter { name: "start time", rule: "finite", value: start_s })
        }
    }

    /// Builds a clock that starts at 0 s.
    pub fn from_zero(rate: Rate) -> Self {
        Self { rate, start_s: 0.0 }
    }

    /// Fits a clock to evenly spaced time stamps by least squares, so that times rounded to a few decimals give the exact rate.
    ///
    /// The rate is rounded to the nearest hundredth of a hertz when that moves no time stamp by more than
    /// the scatter of the stamps.
    ///
    /// # Errors
    /// [`Error::TooFew`] below two stamps, [`Error::NonFinite`], [`Error::NotRising`], and [`Error::Parameter`]
    /// when a stamp lies more than half a sample from the even grid (a gap, or an irregular clock).
    #[cfg(feature = "alloc")]
    pub fn from_times(times_s: &[f64]) -> Result<Self> {
        let operation = "reading a clock from time stamps";
        let n = times_s.len();
        if n < 2 {
            return Err(Error::TooFew { operation, unit: "time stamps", needed: 2, got: n });
        }
        if let Some(index) = times_s.iter().position(|t| !t.is_finite()) {
            return Err(Error::NonFinite { operation, index });
        }
        if let Some(i) = times_s.windows(2).position(|w| w[1] <= w[0]) {
            return Err(Error::NotRising { operation, index: i + 1 });
        }
        let middle = (n as f64 - 1.0) / 2.0;
        // Relative to the first stamp: a sum of stamps since 1970 has no digits left for a sample.
        let mean = times_s[0] + times_s.iter().map(|t| t - times_s[0]).sum::<f64>() / n as f64;
        let (mut sxy, mut sxx) = (0.0, 0.0);
        for (i, t) in times_s.iter().enumerate() {
            let d = i as f64 - middle;
            sxy += d * (t - mean);
            sxx += d * d;
        }
        let worst = |period: f64| {
            let start = mean - middle * period;
            times_s.iter().enumerate().map(|(i, t)| (t - start - i as f64 * period).abs()).fold(0.0, f64::max)
        };
        let fitted = sxy / sxx;
        let scatter = worst(fitted);
        if scatter > fitted / 2.0 {
            return Err(Error::Parameter {
                name: "time stamp spacing",
                rule: "even to within half a sample",
                value: scatter,
            });
        }
        let rounded = 1.0 / ((100.0 / fitted).round() / 100.0);
        let tolerance = scatter.max(1e-9 * fitted) * 1.5;
        let period = if rounded.is_finite() && worst(rounded) <= tolerance { rounded } else { fitted };
        let start = mean - middle * period;
        // A start that agrees with the first stamp is that stamp: no 1e-17 s of fitting noise in the output.
        let start = if (start - times_s[0]).abs() <= tolerance { times_s[0] } else { start };
        Self::new(Rate::from_hz(1.0 / period)?, start)
    }

    /// Returns the rate.
    #[inline]
    pub fn rate(&self) -> Rate {
        self.rate
    }

    /// Returns the time of sample 0.
    #[inline]
    pub fn start_s(&self) -> f64 {
        self.start_s
    }

    /// Returns the time of the (fractional) sample `position`.
    #[inline]
    pub fn time_s(&self, position: f64) -> f64 {
        self.start_s + position / self.rate.as_hz()
    }

    /// Returns the span from one sample to another.
    pub fn span(&self, first: usize, last: usize) -> TimeSpan {
        TimeSpan { start_s: self.time_s(first as f64), end_s: self.time_s(last as f64) }
    }

    /// Returns the (fractional) sample position of a time; below 0 before the first sample.
    #[inline]
    pub fn position(&self, time_s: f64) -> f64 {
        (time_s - self.start_s) * self.rate.as_hz()
    }
}

/// A span of time in seconds on the recording's clock.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct TimeSpan {
    /// Its start.
    pub start_s: f64,
    /// Its end.
    pub end_s: f64,
}

impl TimeSpan {
    /// Returns its length in seconds.
    #[inline]
    pub fn duration_s(&self) -> f64 {
        self.end_s - self.start_s
    }

    /// Returns the time that lies in both spans; a span that ends before it starts when there is none.
    #[must_use]
    pub fn intersection(self, other: Self) -> Self {
        Self { start_s: self.start_s.max(other.start_s), end_s: self.end_s.min(other.end_s) }
    }

    /// Returns the span moved by `by_s` seconds.
    #[must_use]
    pub fn moved(self, by_s: f64) -> Self {
        Self { start_s: self.start_s + by_s, end_s: self.end_s + by_s }
    }
}

#[cfg(all(test, feature = "alloc"))]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    #[test]
    fn rounded_time_stamps_give_the_exact_rate() {
        let stamps: Vec<f64> = (0..4500).map(|i| (i as f64 / 150.0 * 1e4).round() / 1e4).collect();
        let clock = Clock::from_times(&stamps).unwrap();
        assert_eq!(clock.rate().as_hz(), 150.0);
        assert_eq!(clock.start_s(), 0.0);
    }

    #[test]
    fn a_rate_that_is_no_round_number_is_kept() {
        let stamps: Vec<f64> = (0..1000).map(|i| 2.0 + i as f64 / 148.1481481).collect();
        let rate = Clock::from_times(&stamps).unwrap().rate().as_hz();
        assert!((rate - 148.1481481).abs() < 1e-9, "{rate}");
    }

    #[test]
    fn stamps_with_a_gap_or_without_order_are_refused() {
        let mut stamps: Vec<f64> = (0..100).map(|i| i as f64 / 100.0).collect();
        stamps.drain(40..60);
        assert!(matches!(Clock::from_times(&stamps), Err(Error::Parameter { .. })));
        assert!(matches!(Clock::from_times(&[0.0, 0.0]), Err(Error::NotRising { index: 1, .. })));
        assert!(matches!(Clock::from_times(&[0.0]), Err(Error::TooFew { .. })));
        assert!(matches!(Clock::from_times(&[0.0, f64::NAN]), Err(Error::NonFinite { .. })));
    }
}
