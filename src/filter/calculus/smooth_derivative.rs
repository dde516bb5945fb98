//! A derivative of a record that carries noise.

use crate::filter::fir::ImpulseResponse;
use crate::filter::{Cascade, CentralDifference, Filter, SecondDifference, ZeroPhase};
use crate::samples::Sample;
use crate::{Rate, Result, SteadyState};
use alloc::vec::Vec;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// Zero-phase low-pass, then the first or second derivative: one filter, whose effect on noise is known.
///
/// A derivative raises noise with its frequency, so without smoothing velocities and accelerations are mostly noise.
/// [`SmoothDerivative::noise_gain`] returns what is left of it: 0.1 degrees of white noise at 250 Hz come out of a 15 Hz
/// low-pass (two poles per pass) as 2.3 degrees/s and 249 degrees/s2, and without it as 17.7 degrees/s and 15,300
/// degrees/s2.
///
/// A low-pass spreads a single wrong sample instead of removing it: see [`crate::filter::SpikeRepair`].
///
/// ```
/// use copeak::{Filter, Rate, filter::SmoothDerivative};
/// let rate = Rate::from_hz(250.0)?;
/// let velocity = SmoothDerivative::velocity(2, 15.0, rate)?;
/// assert_eq!((0.1 * velocity.noise_gain()? * 10.0).round(), 23.0);
/// let angle: Vec<f64> = (0..500).map(|i| 20.0 * (i as f64 * 0.05).sin()).collect();
/// assert!((velocity.apply(&angle)?[251] - 250.0 * (251.0f64 * 0.05).cos()).abs() < 1.0);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SmoothDerivative<P = Cascade> {
    filter: ZeroPhase<P>,
    difference: Difference,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Difference {
    First(CentralDifference),
    Second(SecondDifference),
}

impl SmoothDerivative {
    /// Computes the first derivative behind a Butterworth low-pass of `order` per pass, -3 dB at `cutoff_hz` after both passes.
    ///
    /// # Errors
    /// As [`ZeroPhase::low_pass`].
    pub fn velocity(order: usize, cutoff_hz: f64, rate: Rate) -> Result<Self> {
        Ok(Self::first(ZeroPhase::low_pass(order, cutoff_hz, rate)?, rate))
    }

    /// Computes the second derivative behind a Butterworth low-pass of `order` per pass, -3 dB at `cutoff_hz` after both passes.
    ///
    /// # Errors
    /// As [`ZeroPhase::low_pass`].
    pub fn acceleration(order: usize, cutoff_hz: f64, rate: Rate) -> Result<Self> {
        Ok(Self::second(ZeroPhase::low_pass(order, cutoff_hz, rate)?, rate))
    }
}

impl<P> SmoothDerivative<P> {
    /// Computes the first derivative, in units per second, behind `filter`, which was designed for `rate`.
    pub fn first(filter: ZeroPhase<P>, rate: Rate) -> Self {
        Self { filter, difference: Difference::First(CentralDifference::new(rate)) }
    }

    /// Computes the second derivative, in units per second squared, behind `filter`, which was designed for `rate`.
    pub fn second(filter: ZeroPhase<P>, rate: Rate) -> Self {
        Self { filter, difference: Difference::Second(SecondDifference::new(rate)) }
    }

    /// Returns the low-pass.
    pub fn filter(&self) -> &ZeroPhase<P> {
        &self.filter
    }

    /// Returns the standard deviation of the output for white input noise of standard deviation 1, away from the ends: per second, or
    /// per second squared.
    ///
    /// # Errors
    /// As [`ImpulseResponse::from_filter`].
    pub fn noise_gain(&self) -> Result<f64>
    where
        P: SteadyState<f64>,
    {
        let smooth = ImpulseResponse::from_filter(&self.filter)?;
        Ok(match self.difference {
            Difference::First(first) => smooth.derivative(first.rate()).norm(),
            Difference::Second(second) => {
                let taps = smooth.taps();
                let at = |i: usize| taps.get(i).copied().unwrap_or(0.0);
                let bend = |i: usize| {
                    let before = |k: usize| i.checked_sub(k).map_or(0.0, at);
                    before(2) - 2.0 * before(1) + at(i)
                };
                let power: f64 = (0..taps.len() + 2).map(|i| bend(i).powi(2)).sum();
                power.sqrt() * second.rate().as_hz().powi(2)
            }
        })
    }
}

impl<X: Sample, P: SteadyState<X>> Filter<X> for SmoothDerivative<P> {
    /// The low-pass's own, and the smoothed record.
    type Scratch = (<ZeroPhase<P> as Filter<X>>::Scratch, Vec<X>);

    fn scratch(&self) -> Self::Scratch {
        (self.filter.scratch(), Vec::new())
    }

    /// # Errors
    /// As [`ZeroPhase::apply`](Filter::apply).
    fn check(&self, x: &[X]) -> Result<()> {
        self.filter.check(x)
    }

    fn run(&self, x: &[X], out: &mut [X], scratch: &mut Self::Scratch) {
        let done = self.check_and_run(x, out, scratch);
        debug_assert!(done.is_ok(), "a record that passed the check is not refused");
    }

    fn check_and_run(&self, x: &[X], out: &mut [X], scratch: &mut Self::Scratch) -> Result<()> {
        let (scratch, smooth) = scratch;
        smooth.resize(x.len(), X::ZERO);
        self.filter.check_and_run(x, smooth, scratch)?;
        match self.difference {
            Difference::First(first) => first.run(smooth, out, &mut ()),
            Difference::Second(second) => second.run(smooth, out, &mut ()),
        }
        Ok(())
    }
}

whole_record!([X: Sample, P: SteadyState<X>] SmoothDerivative<P>);
