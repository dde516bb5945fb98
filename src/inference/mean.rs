//! The mean over strides and its t-interval.

use super::distribution::student_quantile;
use super::{Estimate, Interval, IntervalMethod, NoInterval, checked_level};
use crate::math::moments;
use crate::{Error, Result};
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// Autocorrelation of neighbouring values that their mean has to allow for, in [0, 0.9].
///
/// The lag-1 autocorrelation r1 with its small-sample bias taken out to first order, r1 + (1 + 3 r1)/n (Kendall
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

/// Number of independent values worth `n` values of that autocorrelation: n (1 - r)/(1 + r).
///
/// ```
/// assert_eq!(copeak::inference::effective_size(10, 0.25), 6.0);
/// ```
pub fn effective_size(n: usize, autocorrelation: f64) -> f64 {
    n as f64 * (1.0 - autocorrelation) / (1.0 + autocorrelation)
}

/// Mean of values that are one per stride, with its t-interval.
///
/// SE = s/sqrt(n_eff) with [`effective_size`], and n_eff - 1 degrees of freedom. Without interval below 3 values, and
/// where the values move so slowly that n_eff is not above 1; marked approximate below 10. Between 1 and 2, with less than
/// one degree of freedom, it is so wide that it says: cannot tell.
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

/// Degrees of freedom of a difference of two means with these variances and degrees of freedom (Welch 1947, *Biometrika*
/// 34:28-35; Satterthwaite 1946); of two without any variance, those of both.
pub(crate) fn welch_freedom(variances: [f64; 2], freedoms: [f64; 2]) -> f64 {
    let variance = variances[0] + variances[1];
    let squares = variances[0] * variances[0] / freedoms[0] + variances[1] * variances[1] / freedoms[1];
    if squares > 0.0 { variance * variance / squares } else { freedoms[0] + freedoms[1] }
}

/// The interval of `units` laid around `value`.
pub(super) fn around(value: f64, units: &[f64], level: f64) -> Estimate {
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

#[cfg(test)]
mod tests {
    use super::super::draw::Draws;
    use super::*;
    use alloc::vec::Vec;

    #[test]
    fn bad_input_is_named() {
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
}
