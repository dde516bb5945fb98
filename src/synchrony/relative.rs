//! Continuous relative phase of two joints or segments.

use super::Analytic;
use crate::{Error, Result, Samples};
use alloc::vec::Vec;
use core::ops::Range;

const OPERATION: &str = "relative phase";

/// Continuous relative phase of two joints or segments over one cycle or record: the phase angle of the proximal minus that
/// of the distal one, in degrees, in (-180, 180]. Positive means that the proximal is ahead; 0 is in phase, 180 in anti-phase.
///
/// It keeps its sign: folding it to [0, 180] would lose which of the two leads, and linear statistics across 180 degrees would be
/// wrong.
///
/// Each curve is centred on its mid-range and given its phase angle by the Hilbert transform (Lamb & Stöckl 2014,
/// doi:10.1016/j.clinbiomech.2014.03.008). The phase angles of curves far from a sine wave advance unevenly, and so does their
/// difference.
///
/// ```
/// use copeak::synchrony::RelativePhase;
/// use std::f64::consts::TAU;
/// let wave = |lag: f64| (0..100).map(|i| (TAU * (i as f64 / 100.0 - lag)).sin()).collect::<Vec<_>>();
/// let relative = RelativePhase::of(&wave(0.0), &wave(0.125))?;
/// assert!(relative.degrees.iter().all(|d| (d - 45.0).abs() < 0.2));
/// assert!((relative.mean_absolute_deg() - 45.0).abs() < 0.2);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[doc(alias = "crp")]
#[non_exhaustive]
pub struct RelativePhase {
    /// One value per sample.
    pub degrees: Vec<f64>,
}

impl RelativePhase {
    /// Computes the relative phase of two unchanged curves: whole cycles, or records whose ends are not needed (see [`Analytic`]).
    ///
    /// # Errors
    /// [`Error::LengthMismatch`], [`Error::TooFew`] without samples, [`Error::NonFinite`].
    pub fn of<S>(proximal: &S, distal: &S) -> Result<Self>
    where
        S: Samples<Item = f64> + ?Sized,
    {
        Self::within(proximal, distal, 0..proximal.len())
    }

    /// Computes the relative phase within a range of two records, with their surroundings as padding; the mid-range is that of the
    /// range.
    ///
    /// # Errors
    /// As [`RelativePhase::of`]; [`Error::TooFew`] for a range that is empty or leaves the record.
    pub fn within<S>(proximal: &S, distal: &S, range: Range<usize>) -> Result<Self>
    where
        S: Samples<Item = f64> + ?Sized,
    {
        if proximal.len() != distal.len() {
            let (left, right) = (proximal.len(), distal.len());
            return Err(Error::LengthMismatch { operation: OPERATION, left, right });
        }
        let proximal = Analytic::centred(proximal, range.clone())?.phase_rad();
        let distal = Analytic::centred(distal, range)?.phase_rad();
        Ok(Self {
            degrees: proximal.iter().zip(&distal).map(|(p, d)| wrapped((p - d).to_degrees())).collect(),
        })
    }

    /// Returns the mean over samples of its absolute value, in [0, 180]: small in phase, large in anti-phase, whichever leads.
    pub fn mean_absolute_deg(&self) -> f64 {
        mean(self.degrees.iter().map(|d| d.abs()))
    }
}

/// Relative phase over several cycles of one length: its mean curve and its variability from cycle to cycle.
///
/// ```
/// use copeak::synchrony::{RelativePhase, cycles::RelativePhaseCycles};
/// use std::f64::consts::TAU;
/// let wave = |lag: f64| (0..100).map(|i| (TAU * (i as f64 / 100.0 - lag)).sin()).collect::<Vec<_>>();
/// let cycles = [0.49, 0.5, 0.51].map(|lag| RelativePhase::of(&wave(0.0), &wave(lag)));
/// let cycles = RelativePhaseCycles::of(&cycles.into_iter().collect::<Result<Vec<_>, _>>()?)?;
/// // Anti-phase: 176.4, 180 and -176.4 degrees are close together.
/// assert!(cycles.mean_absolute_deg() > 179.0 && (cycles.deviation_deg() - 3.6).abs() < 0.1);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct RelativePhaseCycles {
    /// Circular mean over cycles at each sample, in (-180, 180].
    pub mean_deg: Vec<f64>,
    /// Standard deviation over cycles at each sample (divisor n - 1) of the distances from that mean, the
    /// short way round. Equals the plain standard deviation where no cycle crosses 180 degrees.
    pub sd_deg: Vec<f64>,
    /// Number of cycles.
    pub n: usize,
}

impl RelativePhaseCycles {
    /// Summarises at least two cycles.
    ///
    /// # Errors
    /// [`Error::TooFew`] below two cycles, [`Error::LengthMismatch`].
    pub fn of(cycles: &[RelativePhase]) -> Result<Self> {
        let n = cycles.len();
        let length = super::common_length(OPERATION, cycles.iter().map(|cycle| cycle.degrees.len()))?;
        let (mean_deg, sd_deg) = (0..length)
            .map(|t| {
                let at = || cycles.iter().map(move |cycle| cycle.degrees[t]);
                // From the direction of the mean vector to the linear mean of the distances from it, which is the plain mean
                // wherever no cycle crosses 180 degrees.
                let (y, x) =
                    at().map(|d| d.to_radians().sin_cos()).fold((0.0, 0.0), |(y, x), (s, c)| (y + s, x + c));
                let middle = f64::atan2(y, x).to_degrees();
                let shift = mean(at().map(|d| wrapped(d - middle)));
                let squares: f64 = at().map(|d| (wrapped(d - middle) - shift).powi(2)).sum();
                (wrapped(middle + shift), (squares / (n as f64 - 1.0)).sqrt())
            })
            .unzip();
        Ok(Self { mean_deg, sd_deg, n })
    }

    /// Returns the mean absolute relative phase (MARP): the mean over samples of the absolute mean curve, in [0, 180].
    #[doc(alias = "marp")]
    pub fn mean_absolute_deg(&self) -> f64 {
        mean(self.mean_deg.iter().map(|d| d.abs()))
    }

    /// Returns the deviation phase: the mean over samples of the standard deviation over cycles; 0 when all cycles are equal.
    #[doc(alias = "dp")]
    pub fn deviation_deg(&self) -> f64 {
        mean(self.sd_deg.iter().copied())
    }
}

/// An angle in (-180, 180].
fn wrapped(degrees: f64) -> f64 {
    degrees - 360.0 * ((degrees - 180.0) / 360.0).ceil()
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0usize), |(sum, count), value| (sum + value, count + 1));
    sum / count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_turn_is_positive() {
        assert_eq!([180.0, -180.0, 540.0, 181.0, -179.0].map(wrapped), [180.0, 180.0, 180.0, -179.0, -179.0]);
    }

    #[test]
    fn across_half_a_turn_cycles_are_neighbours() {
        let cycle = |degrees: f64| RelativePhase { degrees: [degrees].into() };
        let found = RelativePhaseCycles::of(&[cycle(170.0), cycle(-176.0)]).unwrap();
        assert!((found.mean_deg[0] - 177.0).abs() < 1e-12, "{found:?}");
        assert!((found.sd_deg[0] - 14.0 / 2f64.sqrt()).abs() < 1e-12);
        let found = RelativePhaseCycles::of(&[cycle(10.0), cycle(20.0), cycle(60.0)]).unwrap();
        assert!((found.mean_deg[0] - 30.0).abs() < 1e-12 && (found.sd_deg[0] - 700f64.sqrt()).abs() < 1e-12);
    }

    /// `docs/which-index.md` gives these values.
    #[test]
    fn deviation_of_unrelated_cycles() {
        for (n, expected) in [(5, 81.0), (10, 87.0)] {
            let mut draws = crate::inference::draw::Draws::new(1);
            let mut cycle =
                || RelativePhase { degrees: (0..4000).map(|_| 360.0 * draws.uniform() - 180.0).collect() };
            let cycles: Vec<RelativePhase> = (0..n).map(|_| cycle()).collect();
            let found = RelativePhaseCycles::of(&cycles).unwrap().deviation_deg();
            assert!((found - expected).abs() < 1.0, "{n}: {found}");
            assert!((cycles[0].mean_absolute_deg() - 90.0).abs() < 3.0);
        }
    }

    #[test]
    fn uneven_or_empty_curves_ranges_past_the_end_and_one_cycle_are_refused() {
        assert!(matches!(RelativePhase::of(&[0.0][..], &[0.0, 1.0]), Err(Error::LengthMismatch { .. })));
        assert!(matches!(RelativePhase::of(&[0.0; 0][..], &[]), Err(Error::TooFew { .. })));
        let x = [0.0, 1.0, 0.5];
        assert!(matches!(RelativePhase::within(&x, &x, 1..4), Err(Error::TooFew { needed: 4, .. })));
        let one = RelativePhase::of(&x, &x).unwrap();
        assert_eq!(one.degrees, [0.0; 3]);
        assert!(matches!(RelativePhaseCycles::of(&[one]), Err(Error::TooFew { needed: 2, .. })));
    }
}
