//! Uniform, or gathered around a phase named beforehand?

use super::Circular;
use crate::inference::distribution::normal_cdf;
use crate::{Error, Result};
use core::f64::consts::TAU;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// The V-test of phases against one phase.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct VTest {
    /// Sum of the cosines of the distances from that phase: n R cos(mean - phase).
    pub v: f64,
    /// V in standard deviations of what uniform phases give, V sqrt(2/n).
    pub u: f64,
    /// Probability of a V this large when phases are uniform and independent.
    pub p: f64,
}

impl Circular {
    /// Whether phases gather around `phase` (a fraction of the cycle, any number of turns), which must have been named
    /// before the data were seen (Zar, *Biostatistical Analysis*, 5th ed. (2010), section 27.1).
    ///
    /// Stronger than Rayleigh's test when they do. A small p says "not uniform", not "the mean is that phase". The normal
    /// approximation errs on the safe side for few phases. Weights count as repetitions.
    ///
    /// ```
    /// use copeak::synchrony::Circular;
    /// let near_zero = Circular::of(&[0.98, 0.01, 0.05, 0.93, 0.02])?;
    /// assert!(near_zero.v_test(0.0)?.p < 0.01);
    /// assert!(near_zero.v_test(0.5)?.p > 0.99);
    /// # Ok::<(), copeak::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Parameter`] for a phase that is not finite.
    pub fn v_test(&self, phase: f64) -> Result<VTest> {
        if !phase.is_finite() {
            return Err(Error::Parameter { name: "expected phase", rule: "finite", value: phase });
        }
        let v = self.mean.map_or(0.0, |mean| self.weight * self.resultant * (TAU * (mean - phase)).cos());
        let u = v * (2.0 / self.weight).sqrt();
        Ok(VTest { v, u, p: normal_cdf(-u) })
    }
}
