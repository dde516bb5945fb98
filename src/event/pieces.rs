//! Stretches of a sensor's channels without gaps, low-passed, for the detectors that look for shapes.

use super::foot::stretches;
use crate::filter::{Filter, ZeroPhase};
use crate::time::TimeSpan;
use crate::{Clock, Error, Real, Result, Samples, Signal};
use alloc::vec::Vec;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// Lowest rate at which a shape as short as a contact is resolved.
const LOWEST_HZ: f64 = 100.0;
/// Shortest stretch: one stride.
const SHORTEST_S: f64 = 0.5;

/// One stretch without a gap.
pub(super) struct Piece<const N: usize> {
    /// Index of its first sample in the record.
    pub(super) first: usize,
    /// The channels, low-passed.
    pub(super) channels: [Vec<f64>; N],
}

impl<const N: usize> Piece<N> {
    /// Returns start and end on the clock.
    pub(super) fn span(&self, clock: Clock) -> TimeSpan {
        clock.span(self.first, self.first + self.channels[0].len() - 1)
    }
}

/// Cuts channels of one clock at their gaps and low-passes them forwards and backwards; pieces shorter than half a second are
/// left out.
///
/// Errors: [`Error::LengthMismatch`], [`Error::Undefined`] on different clocks, [`Error::Parameter`] below 100 Hz,
/// [`Error::NonFinite`] on an infinite sample or where no sample has all channels, [`Error::TooFew`] when no stretch lasts
/// half a second, [`Error::Cutoff`].
pub(super) fn pieces<const N: usize, S>(
    signals: [&Signal<S>; N],
    cutoff_hz: f64,
    operation: &'static str,
) -> Result<Vec<Piece<N>>>
where
    S: Samples,
    S::Item: Real,
{
    let clock = signals[0].clock();
    let left = signals[0].samples().len();
    for signal in &signals[1..] {
        let right = signal.samples().len();
        if right != left {
            return Err(Error::LengthMismatch { operation, left, right });
        }
        if signal.clock() != clock {
            let reason = "its channels are on different clocks";
            return Err(Error::Undefined { quantity: "a contact", reason });
        }
    }
    let rate = clock.rate();
    if rate.as_hz() < LOWEST_HZ {
        let value = rate.as_hz();
        return Err(Error::Parameter { name: "sample rate", rule: "at least 100 Hz", value });
    }
    let filter = ZeroPhase::low_pass(2, cutoff_hz, rate)?;
    let at = |channel: usize, i: usize| signals[channel].samples().sample(i).as_f64();
    if let Some(index) = (0..left).find(|&i| (0..N).any(|c| at(c, i).is_infinite())) {
        return Err(Error::NonFinite { operation, index });
    }
    let whole = stretches(left, |i| (0..N).all(|c| at(c, i).is_finite()));
    if whole.is_empty() && left > 0 {
        return Err(Error::NonFinite { operation, index: 0 });
    }
    let needed = (SHORTEST_S * rate.as_hz()).ceil() as usize;
    let got = whole.iter().map(|s| s.1 - s.0).max().unwrap_or(0);
    if got < needed {
        return Err(Error::TooFew { operation, unit: "samples in a row", needed, got });
    }
    let long = whole.into_iter().filter(|s| s.1 - s.0 >= needed);
    long.map(|(first, end)| {
        let mut channels = [const { Vec::new() }; N];
        for (c, channel) in channels.iter_mut().enumerate() {
            let raw: Vec<f64> = (first..end).map(|i| at(c, i)).collect();
            *channel = filter.apply(&raw)?;
        }
        Ok(Piece { first, channels })
    })
    .collect()
}
