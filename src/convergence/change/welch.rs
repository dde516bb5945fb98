//! Welch's test of two means over strides.

use crate::inference::distribution::{student_cdf, student_quantile};
use crate::inference::{
    Estimate, Interval, autocorrelation, effective_size, interval::IntervalMethod, welch_freedom,
};
use crate::math::moments;
use crate::{Error, Result};
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// A mean with its standard error and degrees of freedom.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mean {
    pub(super) value: f64,
    variance: f64,
    freedom: f64,
    n: usize,
}

/// A change and its two-sided p.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tested {
    pub(super) estimate: Estimate,
    pub(super) p: f64,
}

impl Mean {
    /// Of one value per stride; neighbouring strides may be correlated.
    pub(super) fn of(units: &[f64]) -> Result<Self> {
        let n = units.len();
        if n < 3 {
            let operation = "a change between two sessions";
            return Err(Error::TooFew { operation, unit: "strides with a peak", needed: 3, got: n });
        }
        let (value, variance) = moments(units);
        // Correlated neighbours make the mean less certain. From ten strides the correlation is known too roughly to reduce the
        // degrees of freedom as well: one session in thirty would then show no change of any size.
        let size = effective_size(n, autocorrelation(units));
        Ok(Self { value, variance: variance / size, freedom: (n - 1) as f64, n })
    }

    /// Multiplied by a known factor.
    pub(super) fn scaled(self, factor: f64) -> Self {
        Self { value: factor * self.value, variance: factor * factor * self.variance, ..self }
    }

    /// This minus the other.
    pub(super) fn less(self, other: Self, level: f64) -> Tested {
        tested(
            self.value - other.value,
            [self.variance, other.variance],
            [self.freedom, other.freedom],
            self.n.min(other.n),
            level,
        )
    }

    /// This over the other, minus 1.
    pub(super) fn over(self, other: Self, level: f64) -> Result<Tested> {
        let base = super::relative(other.value)?;
        let ratio = self.value / base;
        let variances = [self.variance / (base * base), ratio * ratio * other.variance / (base * base)];
        let test = tested(ratio - 1.0, variances, [self.freedom, other.freedom], self.n.min(other.n), level);
        Ok(test)
    }
}

/// A difference with the variances and degrees of freedom of its two means (Welch 1947).
pub(super) fn tested(value: f64, variances: [f64; 2], freedoms: [f64; 2], n: usize, level: f64) -> Tested {
    let freedom = welch_freedom(variances, freedoms);
    let error = (variances[0] + variances[1]).sqrt();
    let reach = student_quantile(0.5 + level / 2.0, freedom) * error;
    // Two sessions without any scatter differ with certainty, or not at all.
    let p = if error > 0.0 {
        2.0 * student_cdf(-(value / error).abs(), freedom)
    } else {
        f64::from(u8::from(value == 0.0))
    };
    let ci = Ok(Interval::around(value, reach));
    let estimate = Estimate::new(value, ci, level, n, IntervalMethod::StudentT);
    Tested { estimate, p }
}
