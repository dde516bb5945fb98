//! Between the samples: linear, monotone and spline interpolation, and a signal onto another clock.

mod curve;
mod reclock;
mod slopes;

pub use curve::Curve;
pub use reclock::Regrid;
pub(crate) use {curve::hermite, slopes::SlopeScratch};

use crate::samples::{Sample, Samples};
use crate::{Clock, Error, Result};
use alloc::vec::Vec;

const OPERATION: &str = "interpolation";

/// How values between samples come about.
///
/// | here | SciPy | between the knots | slope |
/// |---|---|---|---|
/// | `Linear` | `interp1d`, `numpy.interp` | never beyond its two neighbours | jumps |
/// | `Pchip` | `PchipInterpolator` | never beyond its two neighbours | continuous |
/// | `Cubic` | `CubicSpline` (not-a-knot) | may overshoot | continuous, and the curvature too |
/// | `NaturalCubic` | `CubicSpline(bc_type="natural")` | may overshoot | as `Cubic`, no curvature at the ends |
///
/// `Pchip` is the shape-preserving cubic of Fritsch & Butland (1984, doi:10.1137/0905021): it has a peak only where a
/// sample has one, so it cuts the tops off peaks between samples. `Cubic` gives every cubic back exactly, and is the
/// default. Below four knots it is the parabola through three, or the line through two.
///
/// ```
/// use copeak::filter::Interpolation;
/// let (t, x) = ([0.0, 1.0, 3.0, 4.0], [0.0, 1.0, 27.0, 64.0]);
/// let cube = Interpolation::Cubic.through(&t, &x)?;
/// assert!((cube.at(2.0) - 8.0).abs() < 1e-12);
/// assert!((cube.derivative_at(2.0) - 12.0).abs() < 1e-12);
/// assert!(cube.at(4.1).is_nan()); // nothing is known there
/// assert!((cube.extrapolated_at(5.0) - 125.0).abs() < 1e-11); // unless it is asked for
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
#[doc(alias("interp1d", "CubicSpline", "PchipInterpolator"))]
pub enum Interpolation {
    /// Straight lines.
    Linear,
    /// Shape-preserving cubics: no overshoot.
    Pchip,
    /// The cubic spline whose first two and last two pieces are one cubic each (not-a-knot).
    #[default]
    Cubic,
    /// The cubic spline without curvature at its ends.
    NaturalCubic,
}

impl Interpolation {
    /// The curve through `x` at the times `t`, in O(n).
    ///
    /// `f32` samples give a curve in `f64`.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`]; [`Error::TooFew`] below two knots; [`Error::NonFinite`] with the index of the first
    /// knot whose time or value is NaN or infinite; [`Error::NotRising`] where a time does not come after the one
    /// before it.
    pub fn through<T, S>(self, t: &T, x: &S) -> Result<Curve<<S::Item as Sample>::Wide>>
    where
        T: Samples<Item = f64> + ?Sized,
        S: Samples + ?Sized,
        S::Item: Sample,
    {
        if t.len() != x.len() {
            return Err(Error::LengthMismatch { operation: OPERATION, left: t.len(), right: x.len() });
        }
        let t: Vec<f64> = t.iter_samples().collect();
        if let Some(index) = t.iter().position(|t| !t.is_finite()) {
            return Err(Error::NonFinite { operation: OPERATION, index });
        }
        if let Some(i) = t.windows(2).position(|w| w[1] <= w[0]) {
            return Err(Error::NotRising { operation: OPERATION, index: i + 1 });
        }
        Curve::at_times(self, t, values(x)?)
    }

    /// The curve through samples taken on `clock`, in O(n) and without a search per value.
    ///
    /// # Errors
    /// [`Error::TooFew`] below two samples; [`Error::NonFinite`] with the index of the first that is NaN or infinite.
    pub fn through_samples<S>(self, clock: Clock, x: &S) -> Result<Curve<<S::Item as Sample>::Wide>>
    where
        S: Samples + ?Sized,
        S::Item: Sample,
    {
        Ok(Curve::on_clock(self, clock, values(x)?))
    }
}

/// The samples in double precision; all must be finite, and at least two.
fn values<S>(x: &S) -> Result<Vec<<S::Item as Sample>::Wide>>
where
    S: Samples + ?Sized,
    S::Item: Sample,
{
    if x.len() < 2 {
        return Err(Error::TooFew { operation: OPERATION, unit: "knots", needed: 2, got: x.len() });
    }
    match crate::samples::first_non_finite(x) {
        Some(index) => Err(Error::NonFinite { operation: OPERATION, index }),
        None => Ok(x.iter_samples().map(Sample::widen).collect()),
    }
}

/// Whether some channel is NaN.
#[inline]
pub(super) fn is_missing<X: Sample>(x: X) -> bool {
    (0..X::CHANNELS).any(|i| x.channel(i).is_nan())
}

/// Whether some channel is infinite.
#[inline]
pub(super) fn is_infinite<X: Sample>(x: X) -> bool {
    (0..X::CHANNELS).any(|i| x.channel(i).is_infinite())
}
