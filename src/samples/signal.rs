//! Samples with the clock they were taken on.

use super::Samples;
use crate::time::TimeSpan;
use crate::{Clock, Error, Real, Result};
use alloc::vec::Vec;

/// A buffer of samples and the clock it was taken on.
///
/// Channels of one recording may have different rates and starts: each carries its own clock, and everything
/// that meets across channels meets in seconds.
///
/// ```
/// use copeak::{Clock, Rate, Signal};
/// let clock = Clock::new(Rate::from_hz(4.0)?, 2.0)?;
/// let ramp = Signal::new(clock, vec![0.0, 1.0, 2.0]);
/// assert_eq!(ramp.value_at(2.125)?, 0.5);
/// assert_eq!(ramp.end_s(), 2.5);
/// assert!(ramp.value_at(2.6).is_err());
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Signal<S = Vec<f64>> {
    clock: Clock,
    samples: S,
}

impl<S> Signal<S> {
    /// `samples` taken on `clock`.
    pub fn new(clock: Clock, samples: S) -> Self {
        Self { clock, samples }
    }

    /// The clock.
    #[inline]
    pub fn clock(&self) -> Clock {
        self.clock
    }

    /// The samples.
    #[inline]
    pub fn samples(&self) -> &S {
        &self.samples
    }

    /// The samples, by value.
    pub fn into_samples(self) -> S {
        self.samples
    }

    /// The same clock over another buffer, which must hold the same instants.
    pub fn with_samples<R>(&self, samples: R) -> Signal<R> {
        Signal { clock: self.clock, samples }
    }
}

impl<S: Samples> Signal<S> {
    /// Time of the first sample.
    #[inline]
    pub fn start_s(&self) -> f64 {
        self.clock.start_s()
    }

    /// Time of the last sample; the start when there is none.
    pub fn end_s(&self) -> f64 {
        self.clock.time_s(self.samples.len().saturating_sub(1) as f64)
    }

    /// Returns the span from the first to the last sample.
    pub fn span(&self) -> TimeSpan {
        TimeSpan { start_s: self.start_s(), end_s: self.end_s() }
    }

    /// Whether the window lies inside the recording (to within a millionth of a sample).
    pub fn covers(&self, start_s: f64, end_s: f64) -> bool {
        let slack = 1e-6 * self.clock.rate().period_s();
        !self.samples.is_empty() && start_s >= self.start_s() - slack && end_s <= self.end_s() + slack
    }

    /// The error for a window that is not covered.
    pub(crate) fn outside(&self, start_s: f64, end_s: f64) -> Error {
        Error::Window { start_s, end_s, first_s: self.start_s(), last_s: self.end_s() }
    }
}

impl<S> Signal<S>
where
    S: Samples,
    S::Item: Real,
{
    /// Adds several signals of one clock, sample by sample: the total force of several plates, for instance. NaN where one of them
    /// is NaN.
    ///
    /// # Errors
    /// [`Error::Missing`] without a signal; [`Error::LengthMismatch`]; [`Error::Undefined`] when their clocks differ.
    ///
    /// ```
    /// use copeak::{Clock, Rate, Signal};
    /// let clock = Clock::from_zero(Rate::from_hz(1000.0)?);
    /// let plates = [vec![0.0, 300.0, 700.0], vec![500.0, 200.0, 0.0]].map(|x| Signal::new(clock, x));
    /// assert_eq!(Signal::sum(&plates)?.samples(), &[500.0, 500.0, 700.0]);
    /// # Ok::<(), copeak::Error>(())
    /// ```
    pub fn sum(signals: &[Signal<S>]) -> Result<Signal> {
        let operation = "adding signals";
        let [first, rest @ ..] = signals else {
            return Err(Error::Missing { operation, what: "a signal" });
        };
        let mut sum: Vec<f64> = first.samples.iter_samples().map(Real::as_f64).collect();
        for signal in rest {
            let right = signal.samples.len();
            if right != sum.len() {
                return Err(Error::LengthMismatch { operation, left: sum.len(), right });
            }
            if signal.clock != first.clock {
                let reason = "the signals are on different clocks";
                return Err(Error::Undefined { quantity: "a sum of signals", reason });
            }
            sum.iter_mut().zip(signal.samples.iter_samples()).for_each(|(sum, x)| *sum += x.as_f64());
        }
        Ok(Signal::new(first.clock, sum))
    }

    /// Value at a time, linear between samples. NaN where a neighbour it needs is NaN.
    ///
    /// # Errors
    /// [`Error::Window`] outside the recording.
    pub fn value_at(&self, time_s: f64) -> Result<S::Item> {
        if !self.covers(time_s, time_s) {
            return Err(self.outside(time_s, time_s));
        }
        let last = self.samples.len() - 1;
        let position = self.clock.position(time_s).clamp(0.0, last as f64);
        let index = (position as usize).min(last);
        let fraction = S::Item::cast(position - index as f64);
        let left = self.samples.sample(index);
        Ok(if fraction == S::Item::cast(0.0) {
            left
        } else {
            left + fraction * (self.samples.sample(index + 1) - left)
        })
    }
}
