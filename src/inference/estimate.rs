//! An estimate: a number, its interval, and how both are printed.

use core::fmt;

/// The lower and upper end of the range in which a quantity is expected.
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
fn places(width: f64) -> usize {
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

/// The method behind an interval.
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

/// A point estimate with its interval, their method and the number of units behind them.
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
    /// Creates the estimate from `n` independent units, approximate below 10. An interval without finite ends is dropped.
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

    /// Replaces the interval, or gives the reason why there is none.
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

impl fmt::Display for IntervalMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            IntervalMethod::StudentT => "Student's t",
            IntervalMethod::Expanded => "expanded percentile bootstrap",
            IntervalMethod::Percentile => "percentile bootstrap",
            IntervalMethod::Bca => "BCa bootstrap",
            IntervalMethod::Block => "block bootstrap",
            IntervalMethod::Wilson => "Wilson",
            IntervalMethod::FisherF => "F distribution",
        })
    }
}

/// Prints `0.553 [0.521, 0.584], approximate` in the unit of the quantity, with as many decimals as the interval needs.
///
/// `{:.2}` sets the decimals, `{:+}` writes every sign, and `{:#}` adds level, method and number of units. In milliseconds, per cent or
/// another unit: [`Estimate::ms`], [`Estimate::percent`], [`Estimate::in_unit`].
impl fmt::Display for Estimate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.in_unit(1.0, ""), f)
    }
}

/// An estimate to print in another unit; [`Estimate::in_unit`], [`Estimate::ms`] and [`Estimate::percent`] create it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EstimateInUnit<'a> {
    estimate: Estimate,
    factor: f64,
    unit: &'a str,
    marked: bool,
    interval_shown: bool,
}

impl Estimate {
    /// Prints the estimate times `factor`, followed by the unit.
    ///
    /// ```
    /// use copeak::inference::t_interval;
    /// let lag_s = t_interval(&[0.017, 0.021, 0.019, 0.0202], 0.95)?;
    /// assert_eq!(lag_s.in_unit(1e3, "ms").to_string(), "19.3 ms [16.5, 22.1], approximate");
    /// assert_eq!(format!("{:+.0}", lag_s.ms()), "+19 ms [+17, +22], approximate");
    /// # Ok::<(), copeak::Error>(())
    /// ```
    pub fn in_unit(self, factor: f64, unit: &str) -> EstimateInUnit<'_> {
        EstimateInUnit { estimate: self, factor, unit, marked: true, interval_shown: true }
    }

    /// Prints seconds as milliseconds.
    pub fn ms(self) -> EstimateInUnit<'static> {
        self.in_unit(1e3, "ms")
    }

    /// Prints a fraction as a percentage.
    pub fn percent(self) -> EstimateInUnit<'static> {
        self.in_unit(100.0, "%")
    }
}

impl EstimateInUnit<'_> {
    /// Leaves out the mark of an approximate interval and the reason for a missing one, for lists that state them once.
    #[must_use]
    pub fn unmarked(self) -> Self {
        Self { marked: false, ..self }
    }

    /// Prints `cannot tell` instead of the interval where `hopeless` is true of it: where it spans the whole range of the
    /// quantity.
    #[must_use]
    pub fn cannot_tell_if(self, hopeless: impl FnOnce(Interval) -> bool) -> Self {
        Self { interval_shown: !self.estimate.ci.is_some_and(hopeless), ..self }
    }
}

impl fmt::Display for EstimateInUnit<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { estimate, factor, unit, .. } = *self;
        // As many decimals for all three as the interval needs.
        let finest = estimate.ci.map_or(estimate.value, |ci| ci.width());
        let places = f.precision().unwrap_or_else(|| places(factor * finest));
        let (value, plus) = (factor * estimate.value, f.sign_plus());
        if plus { write!(f, "{value:+.places$}") } else { write!(f, "{value:.places$}") }?;
        if !unit.is_empty() {
            write!(f, " {unit}")?;
        }
        match estimate.ci {
            None => match estimate.why_not.filter(|_| self.marked) {
                Some(why) => write!(f, " (no interval: {why})")?,
                None => f.write_str(" (no interval)")?,
            },
            Some(ci) if self.interval_shown => {
                let ci = ci.scaled(factor);
                if plus { write!(f, " {ci:+.places$}") } else { write!(f, " {ci:.places$}") }?;
                if self.marked && estimate.approximate {
                    f.write_str(", approximate")?;
                }
            }
            Some(_) if self.marked => f.write_str(" (cannot tell: the interval spans everything)")?,
            Some(_) => f.write_str(" (cannot tell)")?,
        }
        if !f.alternate() {
            return Ok(());
        }
        if estimate.ci.is_some() {
            write!(f, " ({:.0} %, {})", 100.0 * estimate.level, estimate.method)?;
        }
        write!(f, ", n {}", estimate.n)?;
        if estimate.autocorrelation > 0.0 {
            write!(f, ", autocorrelation {:.2} allowed for", estimate.autocorrelation)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inference::t_interval;
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

    #[test]
    fn an_interval_without_finite_ends_is_none() {
        let ci = Ok(Interval::new(0.0, f64::INFINITY));
        let found = Estimate::new(1.0, ci, 0.95, 12, IntervalMethod::StudentT);
        assert_eq!((found.ci, found.why_not), (None, Some(NoInterval::Unbounded)));
        assert_eq!(format!("{found:.1}"), "1.0 (no interval: its ends are not finite)");
    }

    #[test]
    fn an_estimate_names_its_unit_and_its_doubt() {
        let lag = t_interval(&[0.017, 0.021, 0.019, 0.0202], 0.95).unwrap();
        assert_eq!(format!("{}", lag.ms()), "19.3 ms [16.5, 22.1], approximate");
        assert_eq!(format!("{:.0}", lag.ms().unmarked()), "19 ms [17, 22]");
        assert_eq!(format!("{lag:#}"), "0.019 [0.017, 0.022], approximate (95 %, Student's t), n 4");
        let hopeless = lag.ms().cannot_tell_if(|ci| ci.width() > 0.0);
        assert_eq!(format!("{hopeless}"), "19.3 ms (cannot tell: the interval spans everything)");
        let few = t_interval(&[0.017], 0.95).unwrap();
        assert_eq!(format!("{}", few.ms()), "17.0 ms (no interval: too few strides)");
    }
}
