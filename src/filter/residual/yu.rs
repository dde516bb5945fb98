//! The cut-off after Yu and colleagues.

use super::spread;
use crate::filter::{Filter, ZeroPhase};
use crate::{Error, Rate, Real, Result, Samples};
use alloc::vec::Vec;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// What [`yu_cutoff`] found.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct YuCutoff {
    /// The cut-off in hertz.
    pub cutoff_hz: f64,
    /// The first estimate, from the sample rate alone, in hertz.
    pub first_hz: f64,
    /// What the filter at the first estimate removes, as a part of the record's spread: root mean square over standard deviation.
    pub relative_residual: f64,
    /// Change of the cut-off, as a part of it, when the relative residual is 10 % smaller.
    pub sensitivity: f64,
}

/// The cut-off that serves *second derivatives* best, from sample rate and noise (Yu, Gabriel, Noble & An 1999, *J Appl Biomech*
/// 15:318-329, [doi:10.1123/jab.15.3.318](https://doi.org/10.1123/jab.15.3.318)): a second opinion beside
/// [`super::ResidualAnalysis`].
///
/// First estimate f1 = 0.071 r - 0.00003 r^2 from the rate r in hertz; then, with e the percentage of the record's standard deviation
/// that a zero-phase low-pass at f1 (two poles per pass) removes, f2 = 0.06 r - 0.000022 r^2 + 5.95/e.
///
/// **Regressions, not laws**: they were fitted to knee angles of normal gait with noise added, and the procedure is the paper's as its
/// abstract tells it; the five coefficients are as later papers quote them, and were not checked against the print. Beyond
/// some 300 Hz the first one already lies above what running needs (19 Hz), and for small noise the last term goes without bound.
///
/// ```
/// use copeak::{Rate, filter::yu_cutoff};
/// let rate = Rate::from_hz(100.0)?;
/// let x: Vec<f64> = (0..500).map(|i| 30.0 * (i as f64 * 0.06).sin() + 0.5 * ((i * 7 % 5) as f64 - 2.0)).collect();
/// let found = yu_cutoff(&x, rate)?;
/// assert!((found.first_hz - 6.8).abs() < 1e-12);
/// assert!(found.cutoff_hz > 5.78);
/// # Ok::<(), copeak::Error>(())
/// ```
///
/// # Errors
/// As [`ZeroPhase::apply`](Filter::apply); [`Error::Constant`]; [`Error::Undefined`] when an estimate does not lie between 0 Hz and the
/// Nyquist frequency: the rate is too high for the regression (above 2366 Hz), or the record has next to no noise.
pub fn yu_cutoff<S>(x: &S, rate: Rate) -> Result<YuCutoff>
where
    S: Samples + ?Sized,
    S::Item: Real,
{
    let r = rate.as_hz();
    let undefined = |reason| Error::Undefined { quantity: "a cut-off after Yu", reason };
    let first_hz = 0.071 * r - 0.000_03 * r * r;
    if first_hz <= 0.0 {
        return Err(undefined("the sample rate lies beyond the regression"));
    }
    let x: Vec<f64> = x.iter_samples().map(Real::as_f64).collect();
    let smooth = ZeroPhase::low_pass(2, first_hz, rate)?.apply(&x)?;
    if x.iter().all(|v| *v == x[0]) {
        return Err(Error::Constant { operation: "a cut-off after Yu" });
    }
    let square: f64 = x.iter().zip(&smooth).map(|(x, y)| (x - y).powi(2)).sum();
    let relative_residual = (square / x.len() as f64).sqrt() / spread(&x);
    let second = |residual: f64| 0.06 * r - 0.000_022 * r * r + 5.95 / (100.0 * residual);
    let cutoff_hz = second(relative_residual);
    if !(cutoff_hz > 0.0 && cutoff_hz < rate.nyquist_hz()) {
        return Err(undefined("the record has next to no noise, or the rate lies beyond the regression"));
    }
    let sensitivity = second(0.9 * relative_residual) / cutoff_hz - 1.0;
    Ok(YuCutoff { cutoff_hz, first_hz, relative_residual, sensitivity })
}
