//! Locking: whether two phases keep the same distance from cycle to cycle, whatever that distance is.

use super::Circular;
use crate::{Error, Result};
use alloc::vec::Vec;

/// How firmly two contributors are locked.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Locking {
    /// Pairwise phase consistency: 1 locked, 0 to be expected without any locking.
    pub value: f64,
    /// Mean phase by which the second comes after the first, in [0, 1); `None` without a preferred one.
    pub lag: Option<f64>,
    /// Number of cycles in which both have a phase.
    pub n: usize,
}

/// Pairwise phase consistency of two contributors over N cycles, (N r^2 - 1)/(N - 1) (Vinck et al. 2010,
/// doi:10.1016/j.neuroimage.2010.01.073), which unlike r itself does not grow when cycles are few.
///
/// `a` and `b` hold one phase per cycle as fractions of it; a cycle in which either is NaN is left out.
///
/// ```
/// use copeak::synchrony::locking;
/// let pair = locking(&[0.25, 0.5, 0.75], &[0.375, 0.625, 0.875])?;
/// assert!((pair.value - 1.0).abs() < 1e-12 && pair.lag.is_some_and(|lag| (lag - 0.125).abs() < 1e-12));
/// # Ok::<(), copeak::Error>(())
/// ```
///
/// # Errors
/// [`Error::LengthMismatch`]; [`Error::TooFew`] below two cycles; [`Error::NonFinite`] for an infinite phase.
#[doc(alias = "ppc")]
pub fn locking(a: &[f64], b: &[f64]) -> Result<Locking> {
    let operation = "locking of a pair";
    if a.len() != b.len() {
        return Err(Error::LengthMismatch { operation, left: a.len(), right: b.len() });
    }
    let lags: Vec<f64> = a.iter().zip(b).map(|(a, b)| b - a).filter(|lag| !lag.is_nan()).collect();
    let n = lags.len();
    if n < 2 {
        return Err(Error::TooFew { operation, unit: "cycles", needed: 2, got: n });
    }
    let lag = Circular::of(&lags)?;
    let count = n as f64;
    let value = (count * lag.resultant * lag.resultant - 1.0) / (count - 1.0);
    Ok(Locking { value, lag: lag.mean, n })
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
                locking(&[0.0; 5], &phases).unwrap().value
            })
            .sum::<f64>()
            / f64::from(sessions);
        assert!(mean.abs() < 0.02, "{mean}");
    }

    #[test]
    fn missing_cycles_are_left_out() {
        let pair = locking(&[0.1, f64::NAN, 0.3, 0.2], &[0.2, 0.2, 0.4, f64::NAN]).unwrap();
        assert_eq!(pair.n, 2);
        assert!(matches!(locking(&[0.1, f64::NAN], &[0.1, 0.2]), Err(Error::TooFew { got: 1, .. })));
        assert!(matches!(locking(&[0.1], &[]), Err(Error::LengthMismatch { .. })));
        assert!(matches!(locking(&[0.1, f64::INFINITY], &[0.1, 0.2]), Err(Error::NonFinite { .. })));
    }
}
