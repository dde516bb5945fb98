//! Compensation between contributors from step to step, and the evenness of their shares.

use super::DriveGrid;
use super::coincidence::largest;
use crate::inference::draw::Draws;
use crate::inference::permutation_p;
use crate::{Error, Result};
use alloc::{vec, vec::Vec};
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// Covariation of contributions over steps.
#[doc(alias = "uncontrolled manifold")]
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Compensation {
    /// Variance of the sum over the sum of the variances: 1 when contributors vary independently, below 1 when one
    /// compensates for another, above 1 when they covary.
    pub variance_ratio: f64,
    /// Synergy index dV = (V_UCM - V_ORT)/(V_TOT/k), in [-k, k/(k - 1)]; positive: contributors compensate for each other.
    pub delta_v: f64,
    /// dV on Fisher's z scale, 0 where contributors vary independently; `None` at the ends of its range.
    pub z0: Option<f64>,
}

impl Compensation {
    /// Splits the variance of contributions `a[step][contributor]`, already weighted, along their sum and orthogonal to it
    /// (Latash, Scholz & Schoner 2007; variances with divisor n - 1).
    ///
    /// ```
    /// use copeak::convergence::compensation::Compensation;
    /// // What one contributes less, the other contributes more.
    /// let full = Compensation::from_contributions(&[[1.0, 3.0], [2.0, 2.0], [3.0, 1.0]])?;
    /// assert_eq!((full.variance_ratio, full.delta_v, full.z0), (0.0, 2.0, None));
    /// let none = Compensation::from_contributions(&[[1.0, 1.0], [3.0, 1.0], [1.0, 3.0], [3.0, 3.0]])?;
    /// assert!(none.delta_v.abs() < 1e-15 && none.z0.is_some_and(|z| z.abs() < 1e-15));
    /// # Ok::<(), copeak::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::TooFew`] below two steps or two contributors; [`Error::LengthMismatch`] when steps differ in length;
    /// [`Error::NonFinite`]; [`Error::Constant`] when no contributor varies.
    pub fn from_contributions<R: AsRef<[f64]>>(a: &[R]) -> Result<Self> {
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
        let columns: Vec<Vec<f64>> =
            (0..k).map(|i| a.iter().map(|step| step.as_ref()[i]).collect()).collect();
        of_columns(&columns).ok_or(Error::Constant { operation })
    }
}

/// Returns `None` when nothing varies.
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

/// [`Compensation`] of a session, compared with surrogates whose contributions were permuted over steps.
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
    /// Returns the phase index at which the mean over steps of the weighted sum is largest: the session's phase.
    pub fn session_phase(&self) -> usize {
        let mut sum = vec![0.0; self.phases()];
        for j in 0..self.steps() {
            super::drive_grid::add_scaled(&mut sum, &self.total(j), 1.0);
        }
        largest(sum.into_iter()).0
    }

    /// Returns the weighted contributions at the session's phase, `[step][contributor]`. One phase serves all steps: taking each
    /// step at its own maximum would produce spurious compensation.
    pub fn contributions(&self) -> Vec<Vec<f64>> {
        let at = self.session_phase();
        (0..self.steps())
            .map(|j| (0..self.contributors()).map(|i| self.weights()[i] * self.row(j, i)[at]).collect())
            .collect()
    }

    /// Returns each contributor's share of the mean sum at the session's phase; `None` unless that sum is above 0.
    pub fn shares(&self) -> Option<Vec<f64>> {
        let a = self.contributions();
        let sums: Vec<f64> = (0..self.contributors()).map(|i| a.iter().map(|step| step[i]).sum()).collect();
        let total: f64 = sums.iter().sum();
        (total > 0.0).then(|| sums.iter().map(|sum| sum / total).collect())
    }

    /// Returns Pielou's evenness of the [`shares`](Self::shares): 1 when all are equal, 0 when one has everything; `None`
    /// below two contributors, when a share is negative or when there are no shares.
    ///
    /// ```
    /// use copeak::convergence::DriveGrid;
    /// let equal = DriveGrid::from_steps(&[vec![[0.0, 2.0], [0.0, 2.0]]])?;
    /// assert_eq!(equal.evenness(), Some(1.0));
    /// let one = DriveGrid::from_steps(&[vec![[0.0, 2.0], [0.0, 0.0]]])?;
    /// assert_eq!(one.evenness(), Some(0.0));
    /// # Ok::<(), copeak::Error>(())
    /// ```
    ///
    /// Pielou (1966), *J Theor Biol* 13:131-144,
    /// [doi:10.1016/0022-5193(66)90013-0](https://doi.org/10.1016/0022-5193(66)90013-0).
    #[doc(alias = "pielou")]
    pub fn evenness(&self) -> Option<f64> {
        self.shares().and_then(|shares| evenness(&shares))
    }
}

/// Tests whether contributors compensate for each other from step to step, against surrogates in which each contributor's
/// steps are permuted.
///
/// ```
/// use copeak::convergence::DriveGrid;
/// use copeak::convergence::compensation::CompensationTest;
/// // At the common peak, one contributes less when the other contributes more.
/// let step = |a: f64| vec![[0.0, 4.0 + a], [0.0, 4.0 - a]];
/// let drives = DriveGrid::from_steps(&[step(0.5), step(-1.0), step(1.5), step(0.1), step(-0.7), step(-0.4)])?;
/// let found = CompensationTest::new(1).test(&drives)?;
/// assert!(found.observed.delta_v > 1.9 && found.p < 0.05);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CompensationTest {
    seed: u64,
    surrogates: usize,
}

impl CompensationTest {
    /// Creates a test with 999 surrogates.
    pub fn new(seed: u64) -> Self {
        Self { seed, surrogates: 999 }
    }

    /// Sets the number of surrogates, at least 1.
    #[must_use]
    pub fn surrogates(self, surrogates: usize) -> Self {
        Self { surrogates, ..self }
    }

    /// Tests the contributions at the session's phase ([`DriveGrid::contributions`]).
    ///
    /// # Errors
    /// As [`Compensation::from_contributions`]; [`Error::Parameter`] without surrogates.
    pub fn test(&self, drives: &DriveGrid) -> Result<SessionCompensation> {
        let a = drives.contributions();
        let observed = Compensation::from_contributions(&a)?;
        if self.surrogates == 0 {
            return Err(Error::Parameter { name: "surrogates", rule: "at least 1", value: 0.0 });
        }
        let mut columns: Vec<Vec<f64>> =
            (0..drives.contributors()).map(|i| a.iter().map(|step| step[i]).collect()).collect();
        let mut draws = Draws::new(self.seed);
        let values: Vec<f64> = (0..self.surrogates)
            .filter_map(|_| {
                columns.iter_mut().for_each(|column| draws.shuffle(column));
                of_columns(&columns).map(|surrogate| surrogate.delta_v)
            })
            .collect();
        let excess = observed.delta_v - values.iter().sum::<f64>() / values.len() as f64;
        Ok(SessionCompensation { observed, excess, p: permutation_p(observed.delta_v, values) })
    }
}

/// `None` below two shares, when one is negative or when they do not sum to more than 0.
fn evenness(shares: &[f64]) -> Option<f64> {
    let total: f64 = shares.iter().sum();
    let refused = shares.len() < 2 || shares.iter().any(|&s| s.is_nan() || s < 0.0) || total <= 0.0;
    (!refused).then(|| {
        let entropy: f64 = shares.iter().filter(|s| **s > 0.0).map(|s| -(s / total) * (s / total).ln()).sum();
        entropy / (shares.len() as f64).ln()
    })
}

#[cfg(test)]
mod tests {
    use super::super::drive_grid::GridShape;
    use super::*;

    #[test]
    fn equal_contributions_have_the_smallest_delta_v() {
        let k = 3.0;
        let together = Compensation::from_contributions(&[[1.0; 3], [2.0; 3], [4.0; 3]]).unwrap();
        assert!((together.variance_ratio - k).abs() < 1e-14 && (together.delta_v + k).abs() < 1e-14);
        assert_eq!(together.z0, None);
    }

    #[test]
    fn independent_contributors_are_rarely_called_compensating() {
        let mut draws = Draws::new(8);
        let alarms = (0..400)
            .filter(|_| {
                let y = (0..10 * 3 * 4).map(|_| 5.0 + draws.normal()).collect();
                let drives = DriveGrid::from_shape(GridShape { contributors: 3, phases: 4 }, y).unwrap();
                CompensationTest::new(1).surrogates(199).test(&drives).unwrap().p <= 0.05
            })
            .count();
        assert!((5..=35).contains(&alarms), "{alarms} of 400");
    }

    #[test]
    fn contributions_that_cannot_vary_together_are_errors() {
        fn of<R: AsRef<[f64]>>(a: &[R]) -> Result<Compensation> {
            Compensation::from_contributions(a)
        }
        assert!(matches!(of::<[f64; 2]>(&[]), Err(Error::TooFew { unit: "steps", .. })));
        assert!(matches!(of(&[[1.0], [2.0]]), Err(Error::TooFew { unit: "contributors", .. })));
        assert!(matches!(of(&[[1.0, 2.0]; 3]), Err(Error::Constant { .. })));
        assert!(matches!(of(&[vec![1.0, 2.0], vec![1.0]]), Err(Error::LengthMismatch { .. })));
        let nan = of(&[[1.0, 2.0], [1.0, f64::NAN]]);
        assert!(matches!(nan, Err(Error::NonFinite { index: 3, .. })));
        assert_eq!((evenness(&[]), evenness(&[1.5, -0.5])), (None, None));
    }
}
