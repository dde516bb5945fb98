//! Time normalisation through several events.

use super::curve::{checked_points, grid};
use crate::{Error, Real, Result, Samples, Signal};
use alloc::vec::Vec;

/// Time normalisation that puts several events of a cycle where they belong: straight pieces of time between them.
///
/// With two events this is [`super::Normalise`]. With more, say initial contact, terminal contact and the next initial
/// contact, contact and flight each get their own share of the points, so that a peak at toe-off is at toe-off in every
/// curve. What is gained in likeness is lost in timing: differences in when an event came are gone from the curves, so
/// lags are never taken from them.
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
    /// Events go to these places, from 0 (start) to 1 (end), on that many points.
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

    /// Events go to the mean of their relative places in these cycles.
    ///
    /// # Errors
    /// [`Error::TooFew`] without cycles, and for cycles or points below two; [`Error::LengthMismatch`] when cycles have
    /// different numbers of events; [`Error::NotRising`] when a cycle's events do not rise (or one is NaN).
    ///
    /// ```
    /// # use copeak::stride::Landmarks;
    /// let mean = Landmarks::mean_of(&[[0.0, 0.2, 1.0], [2.0, 2.2, 2.5]], 101)?;
    /// assert!((mean.at()[1] - 0.3).abs() < 1e-12);
    /// # Ok::<(), copeak::Error>(())
    /// ```
    pub fn mean_of<C: AsRef<[f64]>>(cycles_s: &[C], points: usize) -> Result<Self> {
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
        // The mean of ones is 1 but for rounding.
        at[first.len() - 1] = 1.0;
        Self::new(at, points)
    }

    /// Where the events go.
    pub fn at(&self) -> &[f64] {
        &self.at
    }

    /// The piece of `signal` between the first and the last event, one event for each place. A point next to a NaN sample is
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
