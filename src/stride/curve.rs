//! Curves on a common time base: time normalisation, also through several events, and their mean.

use crate::format::{count, number};
use crate::math::moments;
use crate::time::TimeSpan;
use crate::{Error, Real, Result, Samples, Signal};
use alloc::vec::Vec;
use core::fmt;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// Largest number of points of a curve: far more than a recording resolves.
const MOST_POINTS: usize = 10_000_000;

/// Normalises time: returns the piece of `signal` in `window` on `points` evenly spaced points from 0 to 100 % inclusive, linear
/// between samples; 101 points are usual. A point next to a NaN sample is NaN.
///
/// Equals `numpy.interp(numpy.linspace(start_s, end_s, points), times, samples)`.
///
/// ```
/// use copeak::{Clock, Rate, Signal, stride::normalize, time::TimeSpan};
/// let ramp = Signal::new(Clock::from_zero(Rate::from_hz(4.0)?), vec![0.0, 1.0, 2.0, 3.0]);
/// let quarters = normalize(&ramp, TimeSpan { start_s: 0.25, end_s: 0.5 }, 5)?;
/// assert_eq!(quarters, [1.0, 1.25, 1.5, 1.75, 2.0]);
/// # Ok::<(), copeak::Error>(())
/// ```
///
/// # Errors
/// [`Error::TooFew`] below two points; [`Error::Parameter`] above 10,000,000; [`Error::NotRising`] for a window that does not end
/// after it starts (or is NaN); [`Error::Window`] when it leaves the signal.
#[doc(alias("interp", "time normalization"))]
pub fn normalize<S>(signal: &Signal<S>, window: TimeSpan, points: usize) -> Result<Vec<S::Item>>
where
    S: Samples,
    S::Item: Real,
{
    checked_points(points)?;
    let TimeSpan { start_s, end_s } = window;
    if start_s >= end_s || start_s.is_nan() || end_s.is_nan() {
        return Err(Error::NotRising { operation: "time normalisation", index: 1 });
    }
    if !signal.covers(start_s, end_s) {
        return Err(signal.outside(start_s, end_s));
    }
    grid(start_s, end_s, points).map(|t| signal.value_at(t)).collect()
}

/// Samples one cycle of a signal at the phases m/M of its window, where M is the length of `out`: the end point, which is the start of
/// the next cycle, is excluded. Linear between samples, without allocation. A phase next to a NaN sample is NaN.
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
        // The last sample has no neighbour, and at a fraction of 0 none is needed.
        *out = if share == S::Item::cast(0.0) {
            left
        } else {
            left + share * (samples.sample(index + 1) - left)
        };
    }
    Ok(())
}

/// Returns evenly spaced points from start to end, both included.
fn grid(start: f64, end: f64, points: usize) -> impl Iterator<Item = f64> {
    let last = points - 1;
    let step = (end - start) / last as f64;
    (0..points).map(move |i| if i == last { end } else { start + i as f64 * step })
}

/// Checks the number of points of a curve.
fn checked_points(points: usize) -> Result<()> {
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

/// Mean and standard deviation of curves, point by point. With bands and tests between curves: [`ensemble`](crate::ensemble).
///
/// ```
/// use copeak::stride::Ensemble;
/// let both = Ensemble::from_curves(&[vec![1.0, 2.0], vec![3.0, 2.0]])?;
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
    /// Averages curves of equal length.
    ///
    /// # Errors
    /// [`Error::TooFew`] without curves; [`Error::LengthMismatch`]; [`Error::NonFinite`] with the index of the first
    /// curve that holds a NaN or infinite value: leave it out, with a reason, before averaging.
    pub fn from_curves<C: AsRef<[T]>, T: Real>(curves: &[C]) -> Result<Self> {
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

/// Time normalisation through several events of a cycle, linear in time between them.
///
/// With two events this is [`normalize`]. With more, say initial contact, terminal contact and the next initial
/// contact, contact and flight each get a fixed fraction of the points, so that a peak at toe-off is at toe-off in every
/// curve. Curves become more alike and lose their timing: differences in the times of events are removed from them, so
/// never take lags from them.
///
/// Equals `numpy.interp(numpy.interp(numpy.linspace(0, 1, points), at, events_s), times, samples)`.
///
/// ```
/// use copeak::{Clock, Rate, Signal, stride::Landmarks};
/// let ramp = Signal::new(Clock::from_zero(Rate::from_hz(4.0)?), vec![0.0, 1.0, 2.0, 3.0]);
/// // Contact from 0 to 0.25 s goes to the first half, flight until 0.75 s to the second.
/// let halves = Landmarks::new(vec![0.0, 0.5, 1.0], 5)?;
/// assert_eq!(halves.apply(&ramp, &[0.0, 0.25, 0.75])?, [0.0, 0.5, 1.0, 2.0, 3.0]);
/// # Ok::<(), copeak::Error>(())
/// ```
#[doc(alias("registration", "landmark registration"))]
#[derive(Debug, Clone, PartialEq)]
pub struct Landmarks {
    at: Vec<f64>,
    points: usize,
}

impl Landmarks {
    /// Maps the events to these places, from 0 (start) to 1 (end), on a curve of `points` points.
    ///
    /// # Errors
    /// [`Error::TooFew`] below two places or two points; [`Error::NotRising`] unless the places rise;
    /// [`Error::Parameter`] unless they begin at 0 and end at 1, and above 10,000,000 points.
    pub fn new(at: Vec<f64>, points: usize) -> Result<Self> {
        checked_points(points)?;
        rising(&at)?;
        for (value, rule) in [(at[0], "0, the start"), (1.0 - at[at.len() - 1], "1, the end")] {
            if value != 0.0 {
                return Err(Error::Parameter { name: "outer place of a landmark", rule, value });
            }
        }
        Ok(Self { at, points })
    }

    /// Maps the events to the mean of their relative places in these cycles.
    ///
    /// # Errors
    /// [`Error::TooFew`] without cycles, and for cycles or points below two; [`Error::LengthMismatch`] when cycles have
    /// different numbers of events; [`Error::NotRising`] when a cycle's events do not rise (or one is NaN).
    ///
    /// ```
    /// # use copeak::stride::Landmarks;
    /// let mean = Landmarks::from_cycles(&[[0.0, 0.2, 1.0], [2.0, 2.2, 2.5]], 101)?;
    /// assert!((mean.at()[1] - 0.3).abs() < 1e-12);
    /// # Ok::<(), copeak::Error>(())
    /// ```
    pub fn from_cycles<C: AsRef<[f64]>>(cycles_s: &[C], points: usize) -> Result<Self> {
        checked_points(points)?;
        let operation = "the mean places of events";
        let Some(first) = cycles_s.first().map(AsRef::as_ref) else {
            return Err(Error::TooFew { operation, unit: "cycles", needed: 1, got: 0 });
        };
        let mut at = alloc::vec![0.0; first.len()];
        for events in cycles_s.iter().map(AsRef::as_ref) {
            if events.len() != at.len() {
                return Err(Error::LengthMismatch { operation, left: at.len(), right: events.len() });
            }
            rising(events)?;
            let (start, length) = (events[0], events[events.len() - 1] - events[0]);
            at.iter_mut().zip(events).for_each(|(a, t)| *a += (t - start) / length / cycles_s.len() as f64);
        }
        // The mean of ones is 1 up to rounding.
        at[first.len() - 1] = 1.0;
        Self::new(at, points)
    }

    /// Returns the places of the events, from 0 to 1.
    pub fn at(&self) -> &[f64] {
        &self.at
    }

    /// Returns the piece of `signal` between the first and the last event, one event for each place. A point next to a NaN sample is
    /// NaN.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] unless there are as many events as places; [`Error::NotRising`] unless they rise (NaN does not);
    /// [`Error::Window`] when they leave the signal.
    pub fn apply<S>(&self, signal: &Signal<S>, events_s: &[f64]) -> Result<Vec<S::Item>>
    where
        S: Samples,
        S::Item: Real,
    {
        if events_s.len() != self.at.len() {
            let operation = "time normalisation through events";
            return Err(Error::LengthMismatch { operation, left: self.at.len(), right: events_s.len() });
        }
        rising(events_s)?;
        let (start_s, end_s) = (events_s[0], events_s[events_s.len() - 1]);
        if !signal.covers(start_s, end_s) {
            return Err(signal.outside(start_s, end_s));
        }
        let mut piece = 0;
        let time = |place: f64| {
            while piece + 2 < self.at.len() && place >= self.at[piece + 1] {
                piece += 1;
            }
            let (from, to) = (self.at[piece], self.at[piece + 1]);
            let (left, right) = (events_s[piece], events_s[piece + 1]);
            if place >= to { right } else { left + (place - from) / (to - from) * (right - left) }
        };
        grid(0.0, 1.0, self.points).map(time).map(|t| signal.value_at(t)).collect()
    }
}

fn rising(times: &[f64]) -> Result<()> {
    let operation = "time normalisation through events";
    if times.len() < 2 {
        return Err(Error::TooFew { operation, unit: "events", needed: 2, got: times.len() });
    }
    match times.windows(2).position(|w| w[1] <= w[0] || w[0].is_nan() || w[1].is_nan()) {
        Some(i) => Err(Error::NotRising { operation, index: i + 1 }),
        None => Ok(()),
    }
}

impl fmt::Display for Ensemble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "mean of {} of {} points", count(self.n, "curve"), self.mean.len())?;
        match &self.sd {
            Some(sd) => {
                let most = sd.iter().copied().fold(0.0, f64::max);
                write!(f, ", SD at most {} (the curves' unit)", number(most))
            }
            None => f.write_str(", no SD"),
        }
    }
}
