//! A number with its interval.

use super::{Interval, NoInterval};

/// Method that made an interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum IntervalMethod {
    /// Student's t on the stride means.
    StudentT,
    /// Percentile bootstrap with tails widened for the sample size.
    Expanded,
    /// Plain percentile bootstrap.
    Percentile,
    /// Bias-corrected and accelerated bootstrap.
    Bca,
    /// Bootstrap over blocks of neighbouring strides.
    Block,
    /// Wilson's score interval of a proportion.
    Wilson,
    /// From quantiles of the F distribution.
    FisherF,
}

/// A point estimate, its interval and what it rests on.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Estimate {
    /// The point estimate.
    pub value: f64,
    /// The interval; `None` for the reason in `why_not`.
    pub ci: Option<Interval>,
    /// Why there is no interval; `None` when there is one.
    #[cfg_attr(feature = "serde", serde(default))]
    pub why_not: Option<NoInterval>,
    /// Confidence level of the interval.
    pub level: f64,
    /// Whether the interval is from too few strides to hold its level: fewer than 10, or fewer than 30 for
    /// the percentile and BCa methods.
    pub approximate: bool,
    /// Number of independent units: strides, unless stated otherwise.
    pub n: usize,
    /// Autocorrelation of neighbouring strides that the interval allows for, in [0, 0.9]; 0 where none is allowed for.
    pub autocorrelation: f64,
    /// Method that made the interval.
    pub method: IntervalMethod,
}

impl Estimate {
    /// From `n` independent units, approximate below 10. An interval without finite ends is none.
    pub(crate) fn new(
        value: f64,
        ci: Result<Interval, NoInterval>,
        level: f64,
        n: usize,
        method: IntervalMethod,
    ) -> Self {
        let plain = Self {
            value,
            ci: None,
            why_not: None,
            level,
            approximate: n < 10,
            n,
            autocorrelation: 0.0,
            method,
        };
        plain.with_interval(ci)
    }

    /// The same with another interval, or with none and the reason.
    pub(crate) fn with_interval(self, ci: Result<Interval, NoInterval>) -> Self {
        let finite = |ci: Interval| {
            if ci.low.is_finite() && ci.high.is_finite() { Ok(ci) } else { Err(NoInterval::Unbounded) }
        };
        let ci = ci.and_then(finite);
        Self { ci: ci.ok(), why_not: ci.err(), ..self }
    }

    /// Returns the estimate with its interval cut to the values that the quantity can take.
    ///
    /// ```
    /// use copeak::inference::{Interval, t_interval};
    /// let share = t_interval(&[0.75, 1.0, 0.25], 0.95)?.within(0.0, 1.0);
    /// assert_eq!(share.ci, Some(Interval::new(0.0, 1.0)));
    /// # Ok::<(), copeak::Error>(())
    /// ```
    #[must_use]
    pub fn within(self, least: f64, most: f64) -> Self {
        let ci = self.ci.map(|ci| ci.clamped(Interval::new(least, most)));
        Self { ci, ..self }
    }

    /// Returns the estimate in another unit: value and interval times a factor.
    ///
    /// ```
    /// use copeak::inference::t_interval;
    /// let ms = t_interval(&[0.020, 0.022, 0.018], 0.95)?.scaled(1e3);
    /// assert!((ms.value - 20.0).abs() < 1e-9 && ms.ci.is_some_and(|ci| ci.low > 15.0 && ci.high < 25.0));
    /// # Ok::<(), copeak::Error>(())
    /// ```
    #[must_use]
    pub fn scaled(self, factor: f64) -> Self {
        Self { value: factor * self.value, ci: self.ci.map(|ci| ci.scaled(factor)), ..self }
    }

    /// Returns whether there is an interval and `value` lies outside of it.
    ///
    /// ```
    /// use copeak::inference::t_interval;
    /// let kappa = t_interval(&[0.5, 0.6, 0.55, 0.45], 0.95)?;
    /// assert!(kappa.excludes(0.0) && !kappa.excludes(0.5));
    /// # Ok::<(), copeak::Error>(())
    /// ```
    pub fn excludes(&self, value: f64) -> bool {
        self.ci.is_some_and(|ci| ci.low > value || ci.high < value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn an_interval_without_finite_ends_is_none() {
        let ci = Ok(Interval::new(0.0, f64::INFINITY));
        let found = Estimate::new(1.0, ci, 0.95, 12, IntervalMethod::StudentT);
        assert_eq!((found.ci, found.why_not), (None, Some(NoInterval::Unbounded)));
        assert_eq!(format!("{found:.1}"), "1.0 (no interval: its ends are not finite)");
    }
}
