//! The mean over strides, its t-interval, and the interval of a proportion.

use super::checked_level;
use super::distribution::{normal_quantile, student_quantile};
use super::estimate::{Estimate, Interval, IntervalMethod, NoInterval};
use crate::math::moments;
use crate::{Error, Result};
use alloc::vec::Vec;
use core::ops::Range;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// Steps grouped into strides, the unit of inference.
///
/// Left and right steps are two populations, so intervals treat a stride as one unit: two steps that follow each
/// other directly, on opposite sides, are averaged. Pairs are formed from the first step on; a step whose partner is
/// missing (rejected, not recorded, or taken already) is a unit of one: dropping it would lose a fifth of the data where three to six
/// steps are usable, and keeping it makes intervals wider, never narrower. For steps found in a recording:
/// [`Steps::strides`](crate::stride::Steps::strides).
///
/// ```
/// use copeak::inference::Strides;
/// // The fourth step does not follow the third: a step between them was rejected.
/// let follows = [true, true, false, true];
/// let strides = Strides::paired(5, |i| follows[i]);
/// assert_eq!(strides.iter().collect::<Vec<_>>(), [0..2, 2..3, 3..5]);
/// assert_eq!(strides.average(&[1.0, 3.0, 5.0, 6.0, 8.0])?, [2.0, 5.0, 7.0]);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Strides {
    /// First step of each unit, and the number of steps at the end.
    bounds: Vec<usize>,
}

impl Strides {
    /// Groups `steps` steps in time order. `with_next(i)` returns whether steps `i` and `i + 1` make a stride; it is called, from the
    /// first step on, for each step that is not part of a stride yet. The other steps are units of one.
    pub fn paired(steps: usize, with_next: impl Fn(usize) -> bool) -> Self {
        let mut bounds = Vec::with_capacity(steps / 2 + 2);
        let mut i = 0;
        while i < steps {
            bounds.push(i);
            i += if i + 1 < steps && with_next(i) { 2 } else { 1 };
        }
        bounds.push(steps);
        Self { bounds }
    }

    /// Makes each value a unit, for values that are one per stride already.
    pub fn ungrouped(count: usize) -> Self {
        Self { bounds: (0..=count).collect() }
    }

    /// Returns the number of units.
    pub fn len(&self) -> usize {
        self.bounds.len() - 1
    }

    /// Returns whether there is no unit.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the number of steps.
    pub fn steps(&self) -> usize {
        self.bounds[self.len()]
    }

    /// Returns the steps of one unit, one or two.
    ///
    /// # Panics
    /// When `unit` is not below [`Strides::len`], as indexing does.
    pub fn get(&self, unit: usize) -> Range<usize> {
        self.bounds[unit]..self.bounds[unit + 1]
    }

    /// Iterates over the steps of each unit, in time order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Range<usize>> + '_ {
        (0..self.len()).map(|unit| self.get(unit))
    }

    /// Averages one value per step to one value per unit. NaN marks a step without a value: the unit is then the mean of its
    /// other step, and a unit without any value is left out.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] unless there is one value per step; [`Error::NonFinite`] for an infinite value.
    pub fn average(&self, values: &[f64]) -> Result<Vec<f64>> {
        let operation = "averaging steps to strides";
        if values.len() != self.steps() {
            return Err(Error::LengthMismatch { operation, left: self.steps(), right: values.len() });
        }
        if let Some(index) = values.iter().position(|v| v.is_infinite()) {
            return Err(Error::NonFinite { operation, index });
        }
        Ok(self.iter().filter_map(|unit| mean_of_present(&values[unit])).collect())
    }

    /// Estimates the mean of one value per step, with a t-interval that counts strides (see [`t_interval`]).
    ///
    /// The estimate is the mean over steps; NaN marks a step without a value, which is left out.
    ///
    /// # Errors
    /// As [`Strides::average`]; [`Error::TooFew`] when no step has a value, [`Error::Parameter`] for a level outside
    /// (0, 1).
    pub fn mean(&self, values: &[f64], level: f64) -> Result<Estimate> {
        let level = checked_level(level)?;
        let units = self.average(values)?;
        match mean_of_present(values) {
            Some(value) => Ok(around(value, &units, level)),
            None => {
                Err(Error::TooFew { operation: "a mean over strides", unit: "strides", needed: 1, got: 0 })
            }
        }
    }
}

fn mean_of_present(values: &[f64]) -> Option<f64> {
    let present = || values.iter().filter(|v| !v.is_nan());
    let count = present().count();
    (count > 0).then(|| present().sum::<f64>() / count as f64)
}

/// Returns the autocorrelation of neighbouring values that their mean has to allow for, in [0, 0.9].
///
/// The lag-1 autocorrelation r1 corrected for its small-sample bias to first order, r1 + (1 + 3 r1)/n (Kendall
/// 1954), clipped: a negative value is not used to narrow an interval. 0 for fewer than 2 values and for constant ones.
///
/// ```
/// use copeak::inference::autocorrelation;
/// assert_eq!(autocorrelation(&[1.0, -1.0, 1.0, -1.0, 1.0, -1.0]), 0.0);
/// assert_eq!(autocorrelation(&[1.0, 2.0, 3.0, 4.0]), 0.25 + 1.75 / 4.0);
/// ```
pub fn autocorrelation(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    let (mean, variance) = moments(values);
    let spread = variance * (n - 1.0);
    if values.len() < 2 || spread.is_nan() || spread <= 0.0 {
        return 0.0;
    }
    let r1 = values.windows(2).map(|w| (w[0] - mean) * (w[1] - mean)).sum::<f64>() / spread;
    (r1 + (1.0 + 3.0 * r1) / n).clamp(0.0, 0.9)
}

/// Returns the number of independent values that are worth `n` values of this autocorrelation, n (1 - r)/(1 + r).
///
/// ```
/// assert_eq!(copeak::inference::effective_size(10, 0.25), 6.0);
/// ```
pub fn effective_size(n: usize, autocorrelation: f64) -> f64 {
    n as f64 * (1.0 - autocorrelation) / (1.0 + autocorrelation)
}

/// Estimates the mean of values that are one per stride, with its t-interval.
///
/// SE = s/sqrt(n_eff) with [`effective_size`], and n_eff - 1 degrees of freedom. There is no interval below 3 values, nor
/// where the values change so slowly that n_eff is not above 1. It is marked approximate below 10 values. For an n_eff between 1
/// and 2, with less than one degree of freedom, it is so wide that it excludes hardly anything.
///
/// ```
/// use copeak::inference::t_interval;
/// let lag = t_interval(&[20.0, 22.0, 18.0, 20.0], 0.95)?;
/// assert_eq!(lag.value, 20.0);
/// assert!(lag.approximate);
/// assert!(lag.ci.is_some_and(|ci| ci.low > 17.0 && ci.high < 23.0));
/// assert_eq!(t_interval(&[20.0, 22.0], 0.95)?.ci, None);
/// # Ok::<(), copeak::Error>(())
/// ```
///
/// # Errors
/// [`Error::TooFew`] without a value, [`Error::NonFinite`], [`Error::Parameter`] for a level outside (0, 1).
pub fn t_interval(values: &[f64], level: f64) -> Result<Estimate> {
    let operation = "a mean over strides";
    let level = checked_level(level)?;
    if values.is_empty() {
        return Err(Error::TooFew { operation, unit: "strides", needed: 1, got: 0 });
    }
    if let Some(index) = values.iter().position(|v| !v.is_finite()) {
        return Err(Error::NonFinite { operation, index });
    }
    Ok(around(moments(values).0, values, level))
}

/// Estimates `value` with the t-interval of `units` around it.
fn around(value: f64, units: &[f64], level: f64) -> Estimate {
    let n = units.len();
    let r = autocorrelation(units);
    let size = effective_size(n, r);
    let variance = moments(units).1;
    let reach = if variance == 0.0 {
        0.0
    } else {
        student_quantile(0.5 + level / 2.0, size - 1.0) * (variance / size).sqrt()
    };
    let ci = match n {
        ..3 => Err(NoInterval::TooFew),
        _ if !reach.is_finite() => Err(NoInterval::TooAlike),
        _ => Ok(Interval::around(value, reach)),
    };
    Estimate { autocorrelation: r, ..Estimate::new(value, ci, level, n, IntervalMethod::StudentT) }
}

/// Estimates a proportion, with Wilson's score interval.
///
/// Wilson (1927), *J Am Stat Assoc* 22:209-212,
/// [doi:10.1080/01621459.1927.10502953](https://doi.org/10.1080/01621459.1927.10502953).
///
/// ```
/// use copeak::inference::wilson;
/// let order = wilson(5, 5, 0.95)?;
/// assert_eq!(order.value, 1.0);
/// assert!(order.ci.is_some_and(|ci| ci.low > 0.56 && ci.low < 0.57 && ci.high == 1.0));
/// # Ok::<(), copeak::Error>(())
/// ```
///
/// # Errors
/// [`Error::TooFew`] without trials; [`Error::Parameter`] for more successes than trials or a level outside (0, 1).
#[doc(alias = "proportion_ci")]
#[doc(alias = "proportion_confint")]
pub fn wilson(successes: usize, trials: usize, level: f64) -> Result<Estimate> {
    let level = checked_level(level)?;
    if trials == 0 {
        return Err(Error::TooFew { operation: "a proportion", unit: "trials", needed: 1, got: 0 });
    }
    if successes > trials {
        return Err(Error::Parameter {
            name: "successes",
            rule: "at most the number of trials",
            value: successes as f64,
        });
    }
    let (k, n) = (successes as f64, trials as f64);
    let z = normal_quantile(0.5 + level / 2.0);
    let centre = (k + z * z / 2.0) / (n + z * z);
    let reach = z / (n + z * z) * (k * (n - k) / n + z * z / 4.0).sqrt();
    // At the ends the formula gives exactly 0 or 1, which rounding must not change.
    let low = if successes == 0 { 0.0 } else { centre - reach };
    let high = if successes == trials { 1.0 } else { centre + reach };
    Ok(Estimate::new(k / n, Ok(Interval::new(low, high)), level, trials, IntervalMethod::Wilson))
}

#[cfg(test)]
mod tests {
    use super::super::draw::Draws;
    use super::*;
    use alloc::vec::Vec;

    #[test]
    fn a_missing_value_equals_a_missing_step() {
        let strides = Strides::paired(4, |_| true);
        let with_nan = strides.mean(&[1.0, 2.0, f64::NAN, f64::NAN], 0.95).unwrap();
        let without = Strides::paired(2, |_| true).mean(&[1.0, 2.0], 0.95).unwrap();
        assert_eq!(with_nan, without);
        assert_eq!(strides.mean(&[1.0, 2.0, f64::NAN, 6.0], 0.95).unwrap().value, 3.0);
    }

    #[test]
    fn means_refuse_values_that_do_not_fit() {
        let strides = Strides::ungrouped(2);
        assert!(matches!(strides.mean(&[1.0], 0.95), Err(Error::LengthMismatch { left: 2, right: 1, .. })));
        assert!(matches!(strides.mean(&[f64::NAN; 2], 0.95), Err(Error::TooFew { .. })));
        assert!(matches!(strides.mean(&[1.0, f64::INFINITY], 0.9), Err(Error::NonFinite { index: 1, .. })));
        assert!(Strides::ungrouped(0).is_empty() && Strides::paired(0, |_| true).is_empty());
    }

    #[test]
    fn no_value_nan_and_a_level_of_one_are_refused() {
        assert!(matches!(t_interval(&[], 0.95), Err(Error::TooFew { needed: 1, got: 0, .. })));
        assert!(matches!(t_interval(&[1.0, f64::NAN], 0.95), Err(Error::NonFinite { index: 1, .. })));
        assert!(matches!(t_interval(&[1.0], 1.0), Err(Error::Parameter { .. })));
        assert_eq!(t_interval(&[2.0; 5], 0.95).unwrap().ci, Some(Interval::around(2.0, 0.0)));
    }

    /// Share of the intervals given that hold the true mean 0, and of sessions that get none, for first-order autoregressive strides.
    fn coverage(n: usize, rho: f64, sessions: usize) -> (f64, f64) {
        let mut draws = Draws::new(n as u64);
        let (mut held, mut given) = (0, 0);
        for _ in 0..sessions {
            let mut x = draws.normal();
            let values: Vec<f64> = (0..n)
                .map(|_| {
                    let now = x;
                    x = rho * x + (1.0 - rho * rho).sqrt() * draws.normal();
                    now
                })
                .collect();
            if let Some(ci) = t_interval(&values, 0.95).unwrap().ci {
                given += 1;
                held += usize::from(ci.contains(0.0));
            }
        }
        (held as f64 / given as f64, 1.0 - given as f64 / sessions as f64)
    }

    #[test]
    fn the_interval_holds_its_level() {
        for n in [3, 5, 10, 25, 50] {
            let (share, without) = coverage(n, 0.0, 2000);
            assert!((if n < 10 { 0.90 } else { 0.92 }..=0.98).contains(&share), "{n}: {share}");
            assert!(without <= 0.08, "{n}: {without}");
        }
        for rho in [0.25, 0.5] {
            let (share, without) = coverage(25, rho, 2000);
            assert!(share >= 0.88 && without <= 0.08, "rho {rho}: {share} {without}");
        }
    }

    #[test]
    fn no_trials_and_more_successes_than_trials_are_refused() {
        assert!(matches!(wilson(0, 0, 0.95), Err(Error::TooFew { .. })));
        assert!(matches!(wilson(2, 1, 0.95), Err(Error::Parameter { name: "successes", .. })));
    }

    #[test]
    fn wilson_is_symmetric() {
        let (a, b) = (wilson(3, 17, 0.9).unwrap().ci.unwrap(), wilson(14, 17, 0.9).unwrap().ci.unwrap());
        assert!((a.low + b.high - 1.0).abs() < 1e-15 && (a.high + b.low - 1.0).abs() < 1e-15);
        assert_eq!(wilson(0, 4, 0.95).unwrap().ci.unwrap().low, 0.0);
    }
}
