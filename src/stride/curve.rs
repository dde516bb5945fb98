//! Curves on a common time base: time normalisation, mean and band.

use crate::math::moments;
use crate::time::TimeSpan;
use crate::{Error, Real, Result, Samples, Signal};
use alloc::vec::Vec;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// Most points of a curve: far more than a recording resolves.
const MOST_POINTS: usize = 10_000_000;

/// Time normalisation: a piece of a signal on evenly spaced points from 0 to 100 % inclusive, linear between samples.
///
/// Equals `numpy.interp(numpy.linspace(start_s, end_s, points), times, samples)`.
///
/// ```
/// use copeak::{Clock, Rate, Signal, stride::Normalise, time::TimeSpan};
/// let ramp = Signal::new(Clock::from_zero(Rate::from_hz(4.0)?), vec![0.0, 1.0, 2.0, 3.0]);
/// let quarters = Normalise { points: 5 }.apply(&ramp, TimeSpan { start_s: 0.25, end_s: 0.5 })?;
/// assert_eq!(quarters, [1.0, 1.25, 1.5, 1.75, 2.0]);
/// # Ok::<(), copeak::Error>(())
/// ```
#[doc(alias("interp", "time normalization"))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Normalise {
    /// How many points, both ends included.
    pub points: usize,
}

impl Default for Normalise {
    /// 101 points: 0 %, 1 %, ..., 100 %.
    fn default() -> Self {
        Self { points: 101 }
    }
}

impl Normalise {
    /// The piece of `signal` in `window`. A point next to a NaN sample is NaN.
    ///
    /// # Errors
    /// [`Error::TooFew`] below two points; [`Error::Parameter`] above 10,000,000; [`Error::NotRising`] for a window that does not end after it starts (or
    /// is NaN); [`Error::Window`] when it leaves the signal.
    pub fn apply<S>(&self, signal: &Signal<S>, window: TimeSpan) -> Result<Vec<S::Item>>
    where
        S: Samples,
        S::Item: Real,
    {
        let operation = "time normalisation";
        checked_points(self.points)?;
        let TimeSpan { start_s, end_s } = window;
        if start_s >= end_s || start_s.is_nan() || end_s.is_nan() {
            return Err(Error::NotRising { operation, index: 1 });
        }
        if !signal.covers(start_s, end_s) {
            return Err(signal.outside(start_s, end_s));
        }
        grid(start_s, end_s, self.points).map(|t| signal.value_at(t)).collect()
    }
}

/// One cycle of a signal on so many phases m/M of its window as `out` has places, the end point, which is the start again,
/// excluded; linear between samples, nothing allocated. A phase next to a NaN sample is NaN.
///
/// ```
/// use copeak::{Clock, Rate, Signal, stride::cycle_into, time::TimeSpan};
/// let ramp = Signal::new(Clock::from_zero(Rate::from_hz(4.0)?), vec![0.0, 1.0, 2.0, 3.0]);
/// let mut phases = [0.0; 4];
/// cycle_into(&ramp, TimeSpan { start_s: 0.25, end_s: 0.5 }, &mut phases)?;
/// assert_eq!(phases, [1.0, 1.25, 1.5, 1.75]);
/// # Ok::<(), copeak::Error>(())
/// ```
///
/// # Errors
/// [`Error::NotRising`] for a window that does not end after it starts (or is NaN); [`Error::Window`] when it leaves the
/// signal.
pub fn cycle_into<S>(signal: &Signal<S>, window: TimeSpan, out: &mut [S::Item]) -> Result<()>
where
    S: Samples,
    S::Item: Real,
{
    let TimeSpan { start_s, end_s } = window;
    if start_s >= end_s || start_s.is_nan() || end_s.is_nan() {
        return Err(Error::NotRising { operation: "a cycle on phases", index: 1 });
    }
    if !signal.covers(start_s, end_s) {
        return Err(signal.outside(start_s, end_s));
    }
    let (samples, last) = (signal.samples(), signal.samples().len() - 1);
    let first = signal.clock().position(start_s);
    let step = (signal.clock().position(end_s) - first) / out.len() as f64;
    for (m, out) in out.iter_mut().enumerate() {
        let position = (first + m as f64 * step).clamp(0.0, last as f64);
        let index = position as usize;
        let share = S::Item::cast(position - index as f64);
        let left = samples.sample(index);
        // The last sample has no neighbour, and a share of none of it is not needed.
        *out = if share == S::Item::cast(0.0) {
            left
        } else {
            left + share * (samples.sample(index + 1) - left)
        };
    }
    Ok(())
}

/// Even points from start to end, both included.
pub(super) fn grid(start: f64, end: f64, points: usize) -> impl Iterator<Item = f64> {
    let last = points - 1;
    let step = (end - start) / last as f64;
    (0..points).map(move |i| if i == last { end } else { start + i as f64 * step })
}

/// A number of points that a curve may have.
pub(super) fn checked_points(points: usize) -> Result<()> {
    let operation = "time normalisation";
    if points < 2 {
        return Err(Error::TooFew { operation, unit: "points", needed: 2, got: points });
    }
    if points > MOST_POINTS {
        let (name, rule) = ("points", "at most 10000000");
        return Err(Error::Parameter { name, rule, value: points as f64 });
    }
    Ok(())
}

/// Mean and standard deviation of curves, point by point.
///
/// ```
/// use copeak::stride::Ensemble;
/// let both = Ensemble::of(&[vec![1.0, 2.0], vec![3.0, 2.0]])?;
/// assert_eq!(both.mean, [2.0, 2.0]);
/// assert_eq!(both.sd.unwrap(), [2.0_f64.sqrt(), 0.0]);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Ensemble {
    /// Mean curve.
    pub mean: Vec<f64>,
    /// Standard deviation with n - 1 in the denominator; `None` for a single curve.
    pub sd: Option<Vec<f64>>,
    /// Number of curves.
    pub n: usize,
}

impl Ensemble {
    /// The ensemble of curves of equal length.
    ///
    /// # Errors
    /// [`Error::TooFew`] without curves; [`Error::LengthMismatch`]; [`Error::NonFinite`] with the index of the first
    /// curve that holds a NaN or infinite value: leave it out, with a reason, before averaging.
    pub fn of<C: AsRef<[T]>, T: Real>(curves: &[C]) -> Result<Self> {
        let operation = "averaging curves";
        let n = curves.len();
        let Some(first) = curves.first() else {
            return Err(Error::TooFew { operation, unit: "curves", needed: 1, got: 0 });
        };
        let length = first.as_ref().len();
        for (index, curve) in curves.iter().map(AsRef::as_ref).enumerate() {
            if curve.len() != length {
                return Err(Error::LengthMismatch { operation, left: length, right: curve.len() });
            }
            if curve.iter().any(|x| !x.is_finite()) {
                return Err(Error::NonFinite { operation, index });
            }
        }
        let mut point = Vec::with_capacity(n);
        let mut at = |i: usize| {
            point.clear();
            point.extend(curves.iter().map(|c| c.as_ref()[i].as_f64()));
            let (mean, variance) = moments(&point);
            (mean, variance.sqrt())
        };
        let (mean, sd): (Vec<f64>, Vec<f64>) = (0..length).map(&mut at).unzip();
        Ok(Self { mean, sd: (n > 1).then_some(sd), n })
    }
}
