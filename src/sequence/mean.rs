//! A mean over strides whose error has a part that no number of strides makes smaller.

use crate::inference::distribution::{normal_quantile, student_cdf, student_quantile};
use crate::inference::{Estimate, Strides, effective_size};
use crate::numeric::moments;
use crate::{Error, Result};
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// From here on Student's t is the normal distribution.
const MANY: f64 = 1e8;

/// The standard error of a mean lag, in its two parts, and what the first rests on.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct LagError {
    /// From the scatter over strides; `None` below 3 strides, or where they move too slowly to tell.
    pub scatter_s: Option<f64>,
    /// Degrees of freedom of the scatter: independent strides less one.
    pub degrees: f64,
    /// Of delays and clocks: the same in every cycle.
    pub common_s: f64,
}

impl LagError {
    /// Both parts together and their degrees of freedom (Welch 1947, Satterthwaite 1946: the scatter's, made larger by the
    /// part that is known).
    pub(super) fn total(&self) -> Option<(f64, f64)> {
        let scatter = self.scatter_s?;
        let share = self.common_s / scatter;
        let degrees =
            if scatter == 0.0 { f64::INFINITY } else { self.degrees * (1.0 + share * share).powi(2) };
        Some((scatter.hypot(self.common_s), degrees))
    }
}

/// Quantile of Student's t, also for so many degrees of freedom that it is the normal's.
pub(super) fn quantile(p: f64, degrees: f64) -> f64 {
    if degrees > MANY { normal_quantile(p) } else { student_quantile(p, degrees) }
}

/// Two-sided probability of a value so many standard errors from 0.
pub(super) fn two_sided(value: f64, (se, degrees): (f64, f64)) -> f64 {
    if se == 0.0 {
        return if value == 0.0 { 1.0 } else { 0.0 };
    }
    2.0 * student_cdf(-(value / se).abs(), degrees.min(MANY))
}

/// Mean of one value per cycle, NaN where there is none, with the error `common` that all cycles share.
///
/// The interval without common error is that of [`Strides::mean`].
pub(super) fn mean(
    values: &[f64],
    strides: &Strides,
    common: f64,
    level: f64,
) -> Result<(Estimate, LagError)> {
    let alone = strides.mean(values, level)?;
    let units = strides.average(values)?;
    let size = effective_size(units.len(), alone.autocorrelation);
    let (_, variance) = moments(&units);
    let known = units.len() >= 3 && (alone.ci.is_some() || variance == 0.0);
    let error = LagError {
        scatter_s: known.then(|| (variance / size).sqrt()),
        degrees: (size - 1.0).max(0.0),
        common_s: common,
    };
    let Some((se, degrees)) = error.total().filter(|_| common > 0.0) else { return Ok((alone, error)) };
    let reach = quantile(0.5 + level / 2.0, degrees) * se;
    Ok((Estimate { ci: Some((alone.value - reach, alone.value + reach)), ..alone }, error))
}

/// An interval that was made without the common error, made wider by it: on either side the two add as squares.
pub(super) fn widened(estimate: Estimate, common: f64) -> Estimate {
    let most = normal_quantile(0.5 + estimate.level / 2.0) * common;
    let ci = estimate.ci.map(|(low, high)| {
        let value = estimate.value;
        (value - (value - low).hypot(most), value + (high - value).hypot(most))
    });
    if common > 0.0 { Estimate { ci, ..estimate } } else { estimate }
}

/// Difference of two means with independent errors (Welch's interval).
pub(super) fn difference(
    (before, before_error): (&Estimate, &LagError),
    (after, after_error): (&Estimate, &LagError),
    common: f64,
) -> Result<Estimate> {
    if before.level != after.level {
        let rule = "the level of the interval it is compared with";
        return Err(Error::Parameter { name: "confidence level", rule, value: after.level });
    }
    let value = after.value - before.value;
    let parts = before_error.scatter_s.zip(after_error.scatter_s);
    let ci = parts.and_then(|(a, b)| {
        let (va, vb) = (a * a, b * b);
        let variance = va + vb + common * common;
        let doubt = va * va / before_error.degrees + vb * vb / after_error.degrees;
        let degrees = if va + vb == 0.0 { f64::INFINITY } else { variance * variance / doubt };
        let reach = quantile(0.5 + before.level / 2.0, degrees) * variance.sqrt();
        reach.is_finite().then_some((value - reach, value + reach))
    });
    Ok(Estimate {
        value,
        ci,
        approximate: before.approximate || after.approximate,
        n: before.n.min(after.n),
        autocorrelation: before.autocorrelation.max(after.autocorrelation),
        ..*after
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inference::t_interval;

    #[test]
    fn without_common_error_it_is_the_stride_mean() {
        let values = [0.02, 0.022, 0.018, 0.021, 0.02];
        let (found, error) = mean(&values, &Strides::singly(5), 0.0, 0.95).unwrap();
        assert_eq!(found, t_interval(&values, 0.95).unwrap());
        let (se, degrees) = error.total().unwrap();
        let reach = student_quantile(0.975, degrees) * se;
        assert!((found.ci.unwrap().1 - found.value - reach).abs() < 1e-15);
    }

    #[test]
    fn a_common_error_is_a_floor() {
        let level = 0.95;
        let wide = |values: &[f64], common| {
            let (found, _) = mean(values, &Strides::singly(values.len()), common, level).unwrap();
            found.ci.map(|(low, high)| 0.5 * (high - low))
        };
        let values = [0.02, 0.022, 0.018, 0.021, 0.02];
        assert!(wide(&values, 0.001).unwrap() > wide(&values, 0.0).unwrap());
        // Exact cycles on unsure clocks: 1.96 standard errors of the clocks.
        let exact = wide(&[0.02; 4], 0.003).unwrap();
        assert!((exact - 0.003 * normal_quantile(0.975)).abs() < 1e-12);
        assert_eq!(wide(&[0.02, 0.021], 0.003), None);
    }

    #[test]
    fn welch_of_equal_groups_is_students_pooled() {
        let (a, b) = ([1.0, 2.0, 4.0, 2.0], [3.0, 4.0, 6.0, 4.0]);
        let of = |x: &[f64]| mean(x, &Strides::singly(4), 0.0, 0.95).unwrap();
        let ((ea, sa), (eb, sb)) = (of(&a), of(&b));
        let change = difference((&ea, &sa), (&eb, &sb), 0.0).unwrap();
        // Equal variances and sizes: 2 (n - 1) degrees of freedom.
        let se = (2.0 * sa.scatter_s.unwrap().powi(2)).sqrt();
        let reach = student_quantile(0.975, 2.0 * sa.degrees) * se;
        assert!((change.ci.unwrap().0 - (2.0 - reach)).abs() < 1e-12);
        let other = mean(&a, &Strides::singly(4), 0.0, 0.9).unwrap();
        assert!(difference((&ea, &sa), (&other.0, &other.1), 0.0).is_err());
    }

    #[test]
    fn the_probability_belongs_to_the_interval() {
        let (found, error) = mean(&[0.01, 0.03, 0.02, 0.04], &Strides::singly(4), 0.002, 0.95).unwrap();
        let total = error.total().unwrap();
        let (low, _) = found.ci.unwrap();
        assert_eq!(two_sided(found.value, total) < 0.05, low > 0.0);
        let at_edge = quantile(0.975, total.1) * total.0;
        assert!((two_sided(at_edge, total) - 0.05).abs() < 1e-9);
        assert_eq!((two_sided(0.0, (0.0, 1.0)), two_sided(0.1, (0.0, 1.0))), (1.0, 0.0));
    }
}
