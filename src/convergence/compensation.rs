//! Whether contributors cover for each other from step to step, and how evenly they share the load.

use super::DriveGrid;
use super::maximum::largest;
use crate::inference::draw::Draws;
use crate::inference::permutation_p;
use crate::{Error, Result};
use alloc::{vec, vec::Vec};
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// How contributions vary together over steps.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Compensation {
    /// Variance of the sum over the sum of the variances: 1 when contributors vary independently, below 1 when one
    /// makes up for another, above 1 when they rise and fall together.
    pub variance_ratio: f64,
    /// Synergy index dV = (V_UCM - V_ORT)/(V_TOT/k), in [-k, k/(k - 1)]; positive: contributors cover for each other.
    pub delta_v: f64,
    /// dV on Fisher's z scale, 0 where contributors vary independently; `None` at the ends of its range.
    pub z0: Option<f64>,
}

/// Contributions `a[step][contributor]`, already weighted, taken apart along their sum and across it
/// (Latash, Scholz & Schoner 2007; variances with divisor n - 1).
///
/// ```
/// use copeak::convergence::compensation;
/// // What one gives less, the other gives more.
/// let cover = compensation(&[[1.0, 3.0], [2.0, 2.0], [3.0, 1.0]])?;
/// assert_eq!((cover.variance_ratio, cover.delta_v, cover.z0), (0.0, 2.0, None));
/// let independent = compensation(&[[1.0, 1.0], [3.0, 1.0], [1.0, 3.0], [3.0, 3.0]])?;
/// assert!(independent.delta_v.abs() < 1e-15 && independent.z0.is_some_and(|z| z.abs() < 1e-15));
/// # Ok::<(), copeak::Error>(())
/// ```
///
/// # Errors
/// [`Error::TooFew`] below two steps or two contributors; [`Error::LengthMismatch`] when steps differ in length;
/// [`Error::NonFinite`]; [`Error::Constant`] when no contributor varies.
#[doc(alias = "uncontrolled manifold")]
pub fn compensation<R: AsRef<[f64]>>(a: &[R]) -> Result<Compensation> {
    let operation = "compensation between contributors";
    let k = a.first().map_or(0, |step| step.as_ref().len());
    for (unit, got) in [("steps", a.len()), ("contributors", k)] {
        if got < 2 {
            return Err(Error::TooFew { operation, unit, needed: 2, got });
        }
    }
    for (j, step) in a.iter().enumerate() {
        let step = step.as_ref();
        if step.len() != k {
            return Err(Error::LengthMismatch { operation, left: k, right: step.len() });
        }
        if let Some(i) = step.iter().position(|v| !v.is_finite()) {
            return Err(Error::NonFinite { operation, index: j * k + i });
        }
    }
    let columns: Vec<Vec<f64>> = (0..k).map(|i| a.iter().map(|step| step.as_ref()[i]).collect()).collect();
    of_columns(&columns).ok_or(Error::Constant { operation })
}

/// `None` when nothing varies.
fn of_columns(columns: &[Vec<f64>]) -> Option<Compensation> {
    let k = columns.len() as f64;
    let sums: Vec<f64> =
        (0..columns[0].len()).map(|j| columns.iter().map(|column| column[j]).sum()).collect();
    let total: f64 = columns.iter().map(|column| variance(column)).sum();
    if total.is_nan() || total <= 0.0 {
        return None;
    }
    let of_sum = variance(&sums);
    // Along the unit vector of the sum its variance is that of the sum over k.
    let orthogonal = of_sum / k;
    let within = (total - orthogonal) / (k - 1.0);
    let delta_v = (within - orthogonal) / (total / k);
    let (low, high) = (k + delta_v, k / (k - 1.0) - delta_v);
    let inside = low > 1e-12 * k && high > 1e-12 * k;
    let z0 = inside.then(|| 0.5 * (low / high).ln() - 0.5 * (k - 1.0).ln());
    Some(Compensation { variance_ratio: of_sum / total, delta_v, z0 })
}

fn variance(values: &[f64]) -> f64 {
    crate::math::moments(values).1
}

/// [`Compensation`] of a session, against steps whose contributions were exchanged at random.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct SessionCompensation {
    /// As observed.
    pub observed: Compensation,
    /// dV less the mean dV of the surrogates.
    pub excess: f64,
    /// Probability of a dV this large when contributors vary independently (the +1 rule).
    pub p: f64,
}

impl DriveGrid {
    /// Phase of the grid at which the mean over steps of the weighted sum is largest: the session's own phase.
    pub fn session_phase(&self) -> usize {
        let mut sum = vec![0.0; self.phases()];
        for j in 0..self.steps() {
            super::drives::add_scaled(&mut sum, &self.total(j), 1.0);
        }
        largest(sum.into_iter()).0
    }

    /// Weighted contributions at the session's phase, `[step][contributor]`. One phase serves all steps: taking each
    /// step at its own maximum would make compensation out of nothing.
    pub fn contributions(&self) -> Vec<Vec<f64>> {
        let at = self.session_phase();
        (0..self.steps())
            .map(|j| (0..self.contributors()).map(|i| self.weights()[i] * self.row(j, i)[at]).collect())
            .collect()
    }

    /// Whether contributors cover for each other from step to step, against `surrogates` sessions in which each
    /// contributor's steps are permuted.
    ///
    /// # Errors
    /// As [`compensation`]; [`Error::Parameter`] for no surrogates.
    pub fn compensation(&self, surrogates: usize, seed: u64) -> Result<SessionCompensation> {
        let a = self.contributions();
        let observed = compensation(&a)?;
        if surrogates == 0 {
            return Err(Error::Parameter { name: "surrogates", rule: "at least 1", value: 0.0 });
        }
        let mut columns: Vec<Vec<f64>> =
            (0..self.contributors()).map(|i| a.iter().map(|step| step[i]).collect()).collect();
        let mut draws = Draws::new(seed);
        let values: Vec<f64> = (0..surrogates)
            .filter_map(|_| {
                columns.iter_mut().for_each(|column| draws.shuffle(column));
                of_columns(&columns).map(|surrogate| surrogate.delta_v)
            })
            .collect();
        let excess = observed.delta_v - values.iter().sum::<f64>() / values.len() as f64;
        Ok(SessionCompensation { observed, excess, p: permutation_p(observed.delta_v, values) })
    }

    /// Each contributor's share of the mean sum at the session's phase; `None` unless that sum is above 0.
    pub fn shares(&self) -> Option<Vec<f64>> {
        let a = self.contributions();
        let sums: Vec<f64> = (0..self.contributors()).map(|i| a.iter().map(|step| step[i]).sum()).collect();
        let total: f64 = sums.iter().sum();
        (total > 0.0).then(|| sums.iter().map(|sum| sum / total).collect())
    }
}

/// Pielou's evenness of shares: 1 when all are equal, towards 0 when one has it all; `None` below two shares, when one
/// is negative or when they do not sum to more than 0.
///
/// ```
/// use copeak::convergence::evenness;
/// assert_eq!(evenness(&[0.5, 0.5]), Some(1.0));
/// assert_eq!(evenness(&[1.0, 0.0]), Some(0.0));
/// assert_eq!(evenness(&[1.5, -0.5]), None);
/// ```
///
/// Pielou (1966), *J Theor Biol* 13:131-144,
/// [doi:10.1016/0022-5193(66)90013-0](https://doi.org/10.1016/0022-5193(66)90013-0).
#[doc(alias = "pielou")]
pub fn evenness(shares: &[f64]) -> Option<f64> {
    let total: f64 = shares.iter().sum();
    let refused = shares.len() < 2 || shares.iter().any(|&s| s.is_nan() || s < 0.0) || total <= 0.0;
    (!refused).then(|| {
        let entropy: f64 = shares.iter().filter(|s| **s > 0.0).map(|s| -(s / total) * (s / total).ln()).sum();
        entropy / (shares.len() as f64).ln()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_of_the_range() {
        let k = 3.0;
        let together = compensation(&[[1.0; 3], [2.0; 3], [4.0; 3]]).unwrap();
        assert!((together.variance_ratio - k).abs() < 1e-14 && (together.delta_v + k).abs() < 1e-14);
        assert_eq!(together.z0, None);
    }

    #[test]
    fn independent_contributors_are_rarely_called_compensating() {
        let mut draws = Draws::new(8);
        let alarms = (0..400)
            .filter(|_| {
                let y = (0..10 * 3 * 4).map(|_| 5.0 + draws.normal()).collect();
                DriveGrid::new(3, 4, y).unwrap().compensation(199, 1).unwrap().p <= 0.05
            })
            .count();
        assert!((5..=35).contains(&alarms), "{alarms} of 400");
    }

    #[test]
    fn bad_input_is_named() {
        assert!(matches!(compensation::<[f64; 2]>(&[]), Err(Error::TooFew { unit: "steps", .. })));
        assert!(matches!(compensation(&[[1.0], [2.0]]), Err(Error::TooFew { unit: "contributors", .. })));
        assert!(matches!(compensation(&[[1.0, 2.0]; 3]), Err(Error::Constant { .. })));
        assert!(matches!(compensation(&[vec![1.0, 2.0], vec![1.0]]), Err(Error::LengthMismatch { .. })));
        let nan = compensation(&[[1.0, 2.0], [1.0, f64::NAN]]);
        assert!(matches!(nan, Err(Error::NonFinite { index: 3, .. })));
        assert_eq!(evenness(&[]), None);
    }
}
