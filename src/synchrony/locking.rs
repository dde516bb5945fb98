//! Locking: the constancy of the distance between two phases from cycle to cycle, whatever that distance is.

use super::Circular;
use crate::inference::distribution::student_quantile;
use crate::inference::{
    Estimate, Interval, Strides, autocorrelation, checked_level, effective_size,
    interval::{IntervalMethod, NoInterval},
};
use crate::math::{difference, moments};
use crate::{Error, Result};
use alloc::vec::Vec;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

const OPERATION: &str = "locking of a pair";

/// A scatter below this is rounding noise.
const LEAST_SCATTER: f64 = 1e-15;

/// Locking of two contributors: the constancy of the lag between them over N cycles, as pairwise phase consistency,
/// (N r^2 - 1)/(N - 1) (Vinck et al. 2010, doi:10.1016/j.neuroimage.2010.01.073). Unlike r itself it does not grow when cycles are
/// few.
///
/// ```
/// use copeak::synchrony::Locking;
/// let pair = Locking::of(&[0.25, 0.5, 0.75], &[0.375, 0.625, 0.875])?;
/// assert!((pair.value - 1.0).abs() < 1e-12 && pair.lag.is_some_and(|lag| (lag - 0.125).abs() < 1e-12));
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
#[doc(alias = "ppc")]
pub struct Locking {
    /// Pairwise phase consistency: 1 locked, 0 the expectation without locking.
    pub value: f64,
    /// Mean phase by which the second comes after the first, in [0, 1); `None` without a preferred one.
    pub lag: Option<f64>,
    /// Number of cycles in which both have a phase.
    pub n: usize,
}

impl Locking {
    /// Measures the locking of two contributors. `a` and `b` hold one phase per cycle, as fractions of it; a cycle in which
    /// either is NaN is left out.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`]; [`Error::TooFew`] below two cycles; [`Error::NonFinite`] for an infinite phase.
    pub fn of(a: &[f64], b: &[f64]) -> Result<Self> {
        let lags = lags(a, b)?;
        let n = lags.len();
        let lag = Circular::of(&lags)?;
        let count = n as f64;
        let value = (count * lag.resultant * lag.resultant - 1.0) / (count - 1.0);
        Ok(Self { value, lag: lag.mean, n })
    }

    /// Estimates the locking of two contributors, with its interval: Student's t on the jackknife's pseudo-values of
    /// -ln(1 - locking), whose scatter no longer depends on the locking. The ends are transformed back and lie within
    /// -1/(n - 1) and 1.
    ///
    /// The phases are one per cycle, with [`Strides::ungrouped`], or one per step: the value is then that of all steps, and
    /// the jackknife leaves out one stride after the other.
    ///
    /// Cycles that resemble those before them count for less. The pseudo-values vary with the squares of the lags' distances
    /// from their mean, and squares of a series correlate by the square of its autocorrelation
    /// ([`autocorrelation`](crate::inference::autocorrelation)).
    ///
    /// Of 95 % intervals, 0.95-0.97 hold the truth for 4 to 25 independent cycles (wrapped normal lags of SD 0.01 and 0.1 of a
    /// cycle), 0.91-0.96 where neighbouring lags correlate by 0.5, 0.90-0.97 where locking is weak or absent; of bootstrap
    /// intervals (expanded percentile) 0.67-0.83 for 4 or 5 firmly locked cycles. Whether there is *any* locking is a question
    /// for Rayleigh's test of the lags, not for this interval. There is no interval below 3 cycles; with 3 it spans nearly the
    /// whole range; where the lags drift there may be none (up to 8 % of sessions of 4 to 8 cycles).
    ///
    /// ```
    /// use copeak::{inference::Strides, synchrony::Locking};
    /// let arm = [0.20, 0.22, 0.19, 0.21, 0.20, 0.23];
    /// let leg = [0.71, 0.72, 0.70, 0.70, 0.72, 0.74];
    /// let pair = Locking::interval(&arm, &leg, &Strides::ungrouped(6), 0.95)?;
    /// assert!(pair.value > 0.99 && pair.ci.is_some_and(|ci| ci.low > 0.9 && ci.high < 1.0));
    /// // Steps of both sides, two to a stride.
    /// let over_strides = Locking::interval(&arm, &leg, &Strides::paired(6, |_| true), 0.95)?;
    /// assert_eq!((over_strides.n, over_strides.value), (3, pair.value));
    /// # Ok::<(), copeak::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Locking::of`]; [`Error::LengthMismatch`] also unless `strides` has one step per phase; [`Error::Parameter`] for a
    /// level outside (0, 1).
    pub fn interval(a: &[f64], b: &[f64], strides: &Strides, level: f64) -> Result<Estimate> {
        let level = checked_level(level)?;
        let Self { value, n: steps, lag } = Self::of(a, b)?;
        if strides.steps() != a.len() {
            return Err(Error::LengthMismatch {
                operation: OPERATION,
                left: strides.steps(),
                right: a.len(),
            });
        }
        let units: Vec<Unit> =
            strides.iter().filter_map(|unit| Unit::of(&a[unit.clone()], &b[unit], lag)).collect();
        let (y, x) = units.iter().fold((0.0, 0.0), |(y, x), unit| (y + unit.y, x + unit.x));
        let n = units.len();
        let count = n as f64;
        let firm = |value: f64| -(1.0 - value).max(LEAST_SCATTER).ln();
        let all = firm(value);
        let pseudo: Vec<f64> = units
            .iter()
            .map(|unit| {
                let (square, left) = ((x - unit.x).powi(2) + (y - unit.y).powi(2), steps as f64 - unit.steps);
                // One step alone has no pair.
                let without = if left > 1.0 { (square - left) / (left * (left - 1.0)) } else { value };
                count * all - (count - 1.0) * firm(without)
            })
            .collect();
        let distances: Vec<f64> = units.iter().map(|unit| unit.distance).collect();
        let autocorrelation = autocorrelation(&distances).powi(2);
        let size = effective_size(n, autocorrelation);
        let interval = || {
            let reach = student_quantile(0.5 + 0.5 * level, size - 1.0) * (moments(&pseudo).1 / size).sqrt();
            let ci = Interval::new(1.0 - (reach - all).exp(), 1.0 - (-reach - all).exp());
            ci.clamped(Interval::new(-1.0 / (steps as f64 - 1.0), 1.0))
        };
        let ci = match n {
            ..3 => Err(NoInterval::TooFew),
            _ if size <= 1.0 => Err(NoInterval::TooAlike),
            _ => Ok(interval()),
        };
        let estimate = Estimate::new(value, ci, level, n, IntervalMethod::StudentT);
        Ok(Estimate { autocorrelation, ..estimate })
    }
}

/// The lags of one stride: the sum of their vectors, their number, and their mean distance from the mean lag in cycles.
struct Unit {
    x: f64,
    y: f64,
    steps: f64,
    distance: f64,
}

impl Unit {
    fn of(a: &[f64], b: &[f64], mean: Option<f64>) -> Option<Self> {
        let mut unit = Self { x: 0.0, y: 0.0, steps: 0.0, distance: 0.0 };
        for lag in a.iter().zip(b).map(|(a, b)| b - a).filter(|lag| !lag.is_nan()) {
            let (sin, cos) = (core::f64::consts::TAU * lag).sin_cos();
            unit.x += cos;
            unit.y += sin;
            unit.steps += 1.0;
            unit.distance += difference(lag, mean.unwrap_or(0.0));
        }
        unit.distance /= unit.steps;
        (unit.steps > 0.0).then_some(unit)
    }
}

/// Returns the lag in each cycle that has both phases.
fn lags(a: &[f64], b: &[f64]) -> Result<Vec<f64>> {
    if a.len() != b.len() {
        return Err(Error::LengthMismatch { operation: OPERATION, left: a.len(), right: b.len() });
    }
    let lags: Vec<f64> = a.iter().zip(b).map(|(a, b)| b - a).filter(|lag| !lag.is_nan()).collect();
    if lags.len() < 2 {
        return Err(Error::TooFew { operation: OPERATION, unit: "cycles", needed: 2, got: lags.len() });
    }
    Ok(lags)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inference::draw::Draws;

    #[test]
    fn without_locking_it_is_zero_on_average() {
        let mut draws = Draws::new(5);
        let sessions = 4000;
        let mean = (0..sessions)
            .map(|_| {
                let phases: Vec<f64> = (0..5).map(|_| draws.uniform()).collect();
                Locking::of(&[0.0; 5], &phases).unwrap().value
            })
            .sum::<f64>()
            / f64::from(sessions);
        assert!(mean.abs() < 0.02, "{mean}");
    }

    /// Wrapped normal lags: the population's locking is exp(-(2 pi sd)^2).
    #[test]
    fn the_interval_holds_its_level() {
        for (n, sd, least) in [
            (4, 0.02, 0.92),
            (6, 0.05, 0.92),
            (6, 0.15, 0.92),
            (12, 0.1, 0.92),
            (25, 0.02, 0.92),
            (50, 0.1, 0.92),
            (25, 9.0, 0.89),
        ] {
            let mut draws = Draws::new(n as u64);
            let truth = (-(core::f64::consts::TAU * sd).powi(2)).exp();
            let sessions = 2000;
            let (mut held, mut given) = (0, 0);
            for _ in 0..sessions {
                let lags: Vec<f64> = (0..n).map(|_| 0.3 + sd * draws.normal()).collect();
                if let Some(ci) =
                    Locking::interval(&alloc::vec![0.0; n], &lags, &Strides::ungrouped(n), 0.95).unwrap().ci
                {
                    given += 1;
                    held += i32::from(ci.contains(truth));
                }
            }
            let (coverage, given) =
                (f64::from(held) / f64::from(given), f64::from(given) / f64::from(sessions));
            assert!((least..=0.98).contains(&coverage), "{n} cycles, SD {sd}: {coverage}");
            assert!(given > 0.9, "{n} cycles, SD {sd}: {given} have one");
        }
    }

    #[test]
    fn equal_lags_have_a_locking_of_one_and_two_cycles_no_interval() {
        let same = Locking::interval(&[0.1; 5], &[0.4; 5], &Strides::ungrouped(5), 0.95).unwrap();
        assert!((same.value - 1.0).abs() < 1e-12);
        assert!(same.ci.is_some_and(|ci| ci.low > 1.0 - 1e-12 && ci.high <= 1.0), "{same:?}");
        assert_eq!(Locking::interval(&[0.1; 2], &[0.4, 0.5], &Strides::ungrouped(2), 0.95).unwrap().ci, None);
        assert!(Locking::interval(&[0.1; 3], &[0.4; 3], &Strides::ungrouped(3), 0.0).is_err());
    }

    #[test]
    fn missing_cycles_are_left_out() {
        let pair = Locking::of(&[0.1, f64::NAN, 0.3, 0.2], &[0.2, 0.2, 0.4, f64::NAN]).unwrap();
        assert_eq!(pair.n, 2);
        assert!(matches!(Locking::of(&[0.1, f64::NAN], &[0.1, 0.2]), Err(Error::TooFew { got: 1, .. })));
        assert!(matches!(Locking::of(&[0.1], &[]), Err(Error::LengthMismatch { .. })));
        assert!(matches!(Locking::of(&[0.1, f64::INFINITY], &[0.1, 0.2]), Err(Error::NonFinite { .. })));
    }
}
