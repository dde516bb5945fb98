//! Vector coding: the direction in which two joint angles move together.

use crate::samples::first_non_finite;
use crate::{Error, Result, Samples};
use alloc::vec::Vec;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

const OPERATION: &str = "the coupling angle";

/// Below this length of the mean vector its direction is rounding noise.
const NO_DIRECTION: f64 = 1e-12;

/// Coupling angles of two joints or segments: the direction from each sample to the next in the plane of the proximal angle
/// (horizontal) and the distal angle (vertical), in degrees, in [0, 360) (Needham, Naemi & Chockalingam 2014,
/// doi:10.1016/j.jbiomech.2013.12.032).
///
/// | bin | degrees | they move | more |
/// |---|---|---|---|
/// | 0, 4 | 0-45, 180-225 | in phase | the proximal |
/// | 1, 5 | 45-90, 225-270 | in phase | the distal |
/// | 2, 6 | 90-135, 270-315 | in anti-phase | the distal |
/// | 3, 7 | 135-180, 315-360 | in anti-phase | the proximal |
///
/// In the first four bins the distal angle rises. Both angles must be in one unit; noise dominates wherever both are nearly
/// constant.
///
/// ```
/// use copeak::synchrony::CouplingAngles;
/// let hip = [0.0, 10.0, 20.0, 20.0];
/// let knee = [0.0, 10.0, 0.0, 5.0];
/// let coupling = CouplingAngles::of(&hip, &knee)?;
/// assert_eq!(coupling.degrees[0], 45.0);
/// assert_eq!(coupling.bins(), [0, 1, 1, 0, 0, 0, 0, 1]);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[doc(alias = "vector_coding")]
#[non_exhaustive]
pub struct CouplingAngles {
    /// One less than there are samples; NaN where neither angle changes.
    pub degrees: Vec<f64>,
}

/// Coupling angles of several cycles of one length.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct CouplingCycles {
    /// Circular mean over cycles, in [0, 360); NaN where there is none.
    pub mean_deg: Vec<f64>,
    /// Coupling angle variability over cycles, the angular deviation sqrt(2 (1 - r)) in degrees: 0 to 81.03; NaN where no cycle
    /// moves.
    pub variability_deg: Vec<f64>,
    /// Number of cycles.
    pub n: usize,
}

impl CouplingAngles {
    /// Computes the angles from those of a proximal and a distal joint or segment.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`], [`Error::TooFew`] below two samples, [`Error::NonFinite`].
    pub fn of<S: Samples<Item = f64> + ?Sized>(proximal: &S, distal: &S) -> Result<Self> {
        let (proximal, distal) = (proximal.to_slice(), distal.to_slice());
        let (left, right) = (proximal.len(), distal.len());
        if left != right {
            return Err(Error::LengthMismatch { operation: OPERATION, left, right });
        }
        if left < 2 {
            return Err(Error::TooFew { operation: OPERATION, unit: "samples", needed: 2, got: left });
        }
        if let Some(index) = first_non_finite(&proximal[..]).or(first_non_finite(&distal[..])) {
            return Err(Error::NonFinite { operation: OPERATION, index });
        }
        let angle = |(p, d): (&[f64], &[f64])| {
            let (across, up) = (p[1] - p[0], d[1] - d[0]);
            if across == 0.0 && up == 0.0 { f64::NAN } else { full_turn(up.atan2(across).to_degrees()) }
        };
        Ok(Self { degrees: proximal.windows(2).zip(distal.windows(2)).map(angle).collect() })
    }

    /// Returns the circular mean of all samples, in [0, 360); `None` where they cancel out or nothing moves.
    pub fn mean_deg(&self) -> Option<f64> {
        mean_and_length(self.degrees.iter().copied()).and_then(|(mean, _)| mean)
    }

    /// Counts the angles in each eighth of the turn, from 0 degrees on.
    pub fn bins(&self) -> [usize; 8] {
        let mut bins = [0; 8];
        for degrees in self.degrees.iter().filter(|d| !d.is_nan()) {
            bins[((degrees / 45.0) as usize).min(7)] += 1;
        }
        bins
    }
}

impl CouplingCycles {
    /// Computes mean and variability over cycles at each sample. A cycle that does not move at a sample is left out there.
    ///
    /// # Errors
    /// [`Error::TooFew`] below two cycles, [`Error::LengthMismatch`].
    pub fn of(cycles: &[CouplingAngles]) -> Result<Self> {
        let n = cycles.len();
        let length = super::common_length(OPERATION, cycles.iter().map(|cycle| cycle.degrees.len()))?;
        let (mean_deg, variability_deg) = (0..length)
            .map(|t| match mean_and_length(cycles.iter().map(|cycle| cycle.degrees[t])) {
                Some((mean, length)) => {
                    (mean.unwrap_or(f64::NAN), (2.0 * (1.0 - length)).sqrt().to_degrees())
                }
                None => (f64::NAN, f64::NAN),
            })
            .unzip();
        Ok(Self { mean_deg, variability_deg, n })
    }
}

/// Returns the direction and the length of the mean vector of the angles that are not NaN; `None` without any.
fn mean_and_length(degrees: impl Iterator<Item = f64>) -> Option<(Option<f64>, f64)> {
    let (mut x, mut y, mut count) = (0.0, 0.0, 0usize);
    for degrees in degrees.filter(|d| !d.is_nan()) {
        let (sin, cos) = degrees.to_radians().sin_cos();
        (x, y, count) = (x + cos, y + sin, count + 1);
    }
    (count > 0).then(|| {
        let length = (x.hypot(y) / count as f64).min(1.0);
        ((length > NO_DIRECTION).then(|| full_turn(y.atan2(x).to_degrees())), length)
    })
}

/// An angle in [0, 360).
fn full_turn(degrees: f64) -> f64 {
    let turned = degrees - 360.0 * (degrees / 360.0).floor();
    if turned < 360.0 { turned } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn angles_fall_into_eight_bins() {
        // One step in the middle of each eighth.
        for (bin, turn) in (0..8).zip([22.5f64, 67.5, 112.5, 157.5, 202.5, 247.5, 292.5, 337.5]) {
            let (sin, cos) = turn.to_radians().sin_cos();
            let coupling = CouplingAngles::of(&[0.0, cos], &[0.0, sin]).unwrap();
            assert!((coupling.degrees[0] - turn).abs() < 1e-12);
            assert_eq!(coupling.bins()[bin], 1);
        }
        assert_eq!(full_turn(-1e-20), 0.0);
        // A boundary belongs to the bin above it.
        assert_eq!(CouplingAngles::of(&[0.0, 1.0], &[0.0, 1.0]).unwrap().bins()[1], 1);
        assert_eq!(CouplingAngles::of(&[0.0, 1.0], &[0.0, 0.0]).unwrap().bins()[0], 1);
    }

    #[test]
    fn means_go_the_short_way_round() {
        let cycle = |degrees: f64| CouplingAngles { degrees: [degrees, f64::NAN].into() };
        let found = CouplingCycles::of(&[cycle(350.0), cycle(20.0)]).unwrap();
        assert!((found.mean_deg[0] - 5.0).abs() < 1e-12);
        let length = 15f64.to_radians().cos();
        assert!((found.variability_deg[0] - (2.0 * (1.0 - length)).sqrt().to_degrees()).abs() < 1e-10);
        assert!(found.mean_deg[1].is_nan() && found.variability_deg[1].is_nan());
        assert!(CouplingCycles::of(&[cycle(0.0), cycle(180.0)]).unwrap().mean_deg[0].is_nan());
    }

    /// `docs/which-index.md` gives these values.
    #[test]
    fn variability_of_unrelated_cycles() {
        for (n, expected) in [(5, 62.0), (10, 68.0)] {
            let mut draws = crate::inference::draw::Draws::new(1);
            let mut row = || (0..4001).map(|_| draws.normal()).collect::<Vec<f64>>();
            let cycles: Vec<CouplingAngles> =
                (0..n).map(|_| CouplingAngles::of(&row(), &row()).unwrap()).collect();
            let found = CouplingCycles::of(&cycles).unwrap().variability_deg;
            let mean = found.iter().sum::<f64>() / found.len() as f64;
            assert!((mean - expected).abs() < 1.0, "{n}: {mean}");
            let bins = cycles[0].bins();
            assert!(bins.iter().all(|bin| (400..600).contains(bin)), "{bins:?}");
        }
    }

    #[test]
    fn uneven_short_or_nan_angles_are_refused_and_still_ones_have_none() {
        let still = CouplingAngles::of(&[1.0; 4], &[2.0; 4]).unwrap();
        assert!(still.degrees.iter().all(|d| d.is_nan()) && still.mean_deg().is_none());
        assert_eq!(still.bins(), [0; 8]);
        assert!(matches!(CouplingAngles::of(&[0.0][..], &[0.0]), Err(Error::TooFew { .. })));
        assert!(matches!(CouplingAngles::of(&[0.0, 1.0][..], &[0.0]), Err(Error::LengthMismatch { .. })));
        let nan = [0.0, f64::NAN];
        assert!(matches!(CouplingAngles::of(&[0.0, 1.0], &nan), Err(Error::NonFinite { index: 1, .. })));
        assert!(matches!(CouplingCycles::of(&[still]), Err(Error::TooFew { needed: 2, .. })));
    }
}
