//! A mean over strides whose error has a part that no number of strides makes smaller.

use crate::inference::distribution::{normal_quantile, student_cdf, student_quantile};
use crate::inference::{Estimate, Interval, Strides, effective_size, interval::NoInterval, welch_freedom};
use crate::math::moments;
use crate::{Error, Result};
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// The standard error of a mean lag, in its two parts, and what the first rests on.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct LagError {
    /// From the scatter over strides; `None` where the mean has no interval ([`Estimate::why_not`]).
    pub scatter_s: Option<f64>,
    /// Degrees of freedom of the scatter: independent strides less one.
    pub degrees: f64,
    /// Of delays and clocks: the same in every cycle.
    pub common_s: f64,
}

impl LagError {
    /// Half the width of the mean's interval: Student's t times the scatter and the normal quantile times the common error
    /// add as squares, so it is never narrower than for one of them alone.
    ///
    /// (Satterthwaite's degrees of freedom for the sum decide wrongly in 6.4 % instead of 5 % at 3 strides, simulated.)
    fn reach(&self, level: f64) -> Option<f64> {
        Some(reach((self.scatter_s?, self.degrees), self.common_s, 0.5 + level / 2.0))
    }

    /// Two-sided p of a mean of 0 when this is `value`: 1 less the level at which the interval just touches 0. `None` without
    /// an interval.
    pub(super) fn two_sided(&self, value: f64) -> Option<f64> {
        let (scatter, value) = ((self.scatter_s?, self.degrees), value.abs());
        if value == 0.0 {
            return Some(1.0);
        }
        if self.common_s == 0.0 {
            return Some(if scatter.0 == 0.0 {
                0.0
            } else {
                2.0 * student_cdf(-value / scatter.0, scatter.1)
            });
        }
        // The wider the interval, the smaller its p: halved until the two ends are neighbours, from the small end relative.
        let (mut low, mut high) = (1e-300f64, 1.0f64);
        while high > low * (1.0 + 1e-12) {
            let p = if high > 2.0 * low { (low * high).sqrt() } else { 0.5 * (low + high) };
            if reach(scatter, self.common_s, 1.0 - 0.5 * p) > value { low = p } else { high = p }
        }
        Some(high)
    }
}

/// Of a scatter with its degrees of freedom and a normal error that is known, at a quantile above one half.
fn reach((scatter, degrees): (f64, f64), common: f64, p: f64) -> f64 {
    // No scatter reaches nowhere, also with degrees of freedom that give an infinite quantile.
    let scatter = if scatter == 0.0 { 0.0 } else { student_quantile(p, degrees) * scatter };
    scatter.hypot(if common == 0.0 { 0.0 } else { normal_quantile(p) * common })
}

/// Mean of one value per cycle, NaN where there is none, with the error `common` that all cycles share.
///
/// The interval without common error is that of [`Strides::mean`]. One that is wider than `cycle`, the length of a cycle in
/// the unit of the values, is none: between one and two effective strides Student's t has less than one degree of freedom, and
/// its quantile grows without bound, whereas no time in a cycle can be off by more than the cycle.
pub(super) fn mean(
    values: &[f64],
    strides: &Strides,
    common: f64,
    level: f64,
    cycle: f64,
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
    let found = match error.reach(level) {
        Some(reach) if common > 0.0 => alone.with_interval(Ok(Interval::around(alone.value, reach))),
        _ => alone,
    };
    if found.ci.is_some_and(|ci| ci.width() > cycle) {
        let error = LagError { scatter_s: None, ..error };
        return Ok((found.with_interval(Err(NoInterval::WiderThanCycle)), error));
    }
    Ok((found, error))
}

/// An interval that was made without the common error, made wider by it: on either side the two add as squares.
pub(super) fn widened(estimate: Estimate, common: f64) -> Estimate {
    let most = normal_quantile(0.5 + estimate.level / 2.0) * common;
    let ci = estimate.ci.map(|ci| {
        let value = estimate.value;
        Interval::new(value - (value - ci.low).hypot(most), value + (ci.high - value).hypot(most))
    });
    if common > 0.0 { Estimate { ci, ..estimate } } else { estimate }
}

/// Difference of two means with independent errors: Welch's interval (1947, *Biometrika* 34:28-35), the common error added as
/// a square.
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
    let missing = before.why_not.or(after.why_not).unwrap_or(NoInterval::TooFew);
    let ci = parts.ok_or(missing).map(|(a, b)| {
        let (va, vb) = (a * a, b * b);
        let degrees = welch_freedom([va, vb], [before_error.degrees, after_error.degrees]);
        Interval::around(value, reach(((va + vb).sqrt(), degrees), common, 0.5 + before.level / 2.0))
    });
    let change = Estimate {
        value,
        approximate: before.approximate || after.approximate,
        n: before.n.min(after.n),
        autocorrelation: before.autocorrelation.max(after.autocorrelation),
        ..*after
    };
    Ok(change.with_interval(ci))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inference::t_interval;

    /// A cycle longer than any interval.
    const NEVER: f64 = f64::INFINITY;

    #[test]
    fn without_common_error_it_is_the_stride_mean() {
        let values = [0.02, 0.022, 0.018, 0.021, 0.02];
        let (found, error) = mean(&values, &Strides::ungrouped(5), 0.0, 0.95, NEVER).unwrap();
        assert_eq!(found, t_interval(&values, 0.95).unwrap());
        let reach = student_quantile(0.975, error.degrees) * error.scatter_s.unwrap();
        assert!((found.ci.unwrap().high - found.value - reach).abs() < 1e-15);
    }

    #[test]
    fn a_common_error_is_a_floor() {
        let level = 0.95;
        let wide = |values: &[f64], common| {
            let (found, _) = mean(values, &Strides::ungrouped(values.len()), common, level, NEVER).unwrap();
            found.ci.map(|ci| 0.5 * ci.width())
        };
        let values = [0.02, 0.022, 0.018, 0.021, 0.02];
        assert!(wide(&values, 0.001).unwrap() > wide(&values, 0.0).unwrap());
        // Exact cycles on unsure clocks: 1.96 standard errors of the clocks.
        let exact = wide(&[0.02; 4], 0.003).unwrap();
        assert!((exact - 0.003 * normal_quantile(0.975)).abs() < 1e-12);
        assert_eq!(wide(&[0.02, 0.021], 0.003), None);
    }

    #[test]
    fn an_interval_wider_than_the_cycle_is_none() {
        // 1.2 effective strides.
        let drifting = [10.0, 28.0, 35.0, 43.0].map(|x| x / 64.0);
        let strides = Strides::ungrouped(4);
        let (unlimited, _) = mean(&drifting, &strides, 0.0, 0.95, NEVER).unwrap();
        assert!(unlimited.ci.unwrap().width() > 1e3, "{unlimited}");
        for common in [0.0, 0.01] {
            let (found, error) = mean(&drifting, &strides, common, 0.95, 1.0).unwrap();
            assert_eq!((found.ci, found.why_not), (None, Some(NoInterval::WiderThanCycle)));
            assert_eq!((error.scatter_s, error.two_sided(found.value)), (None, None));
        }
        let slow = mean(&[0.1, 0.2, 0.3, 0.4], &strides, 0.0, 0.95, 1.0).unwrap().0;
        assert_eq!(slow.why_not, Some(NoInterval::TooAlike));
        let few = mean(&[0.1, 0.2], &Strides::ungrouped(2), 0.0, 0.95, 1.0).unwrap().0;
        assert_eq!(few.why_not, Some(NoInterval::TooFew));
    }

    #[test]
    fn welch_of_equal_groups_is_students_pooled() {
        let (a, b) = ([1.0, 2.0, 4.0, 2.0], [3.0, 4.0, 6.0, 4.0]);
        let of = |x: &[f64]| mean(x, &Strides::ungrouped(4), 0.0, 0.95, NEVER).unwrap();
        let ((ea, sa), (eb, sb)) = (of(&a), of(&b));
        let change = difference((&ea, &sa), (&eb, &sb), 0.0).unwrap();
        // Equal variances and sizes: 2 (n - 1) degrees of freedom.
        let se = (2.0 * sa.scatter_s.unwrap().powi(2)).sqrt();
        let reach = student_quantile(0.975, 2.0 * sa.degrees) * se;
        assert!((change.ci.unwrap().low - (2.0 - reach)).abs() < 1e-12);
        let other = mean(&a, &Strides::ungrouped(4), 0.0, 0.9, NEVER).unwrap();
        assert!(difference((&ea, &sa), (&other.0, &other.1), 0.0).is_err());
    }

    #[test]
    fn the_probability_belongs_to_the_interval() {
        let values = [0.01, 0.03, 0.02, 0.04];
        for common in [0.0, 0.0001, 0.002, 0.02] {
            let (found, error) = mean(&values, &Strides::ungrouped(4), common, 0.95, NEVER).unwrap();
            let p = error.two_sided(found.value).unwrap();
            let touching = mean(&values, &Strides::ungrouped(4), common, 1.0 - p, NEVER).unwrap().0;
            assert!(touching.ci.unwrap().low.abs() < 1e-9, "{common}: {p} {touching:?}");
        }
        let of = |scatter_s, common_s| LagError { scatter_s, degrees: 3.0, common_s };
        assert_eq!(of(Some(0.01), 0.01).two_sided(0.0), Some(1.0));
        assert_eq!(of(Some(0.0), 0.0).two_sided(0.1), Some(0.0));
        assert_eq!(of(None, 0.1).two_sided(0.1), None);
        let normal = of(Some(0.0), 0.01).two_sided(0.0196).unwrap();
        assert!((normal - 0.05).abs() < 1e-3, "{normal}");
    }
}
