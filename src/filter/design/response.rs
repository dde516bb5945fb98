//! The impulse response of whatever stands between a raw channel and the curve that is analysed.

use crate::filter::ZeroPhase;
use crate::{Error, Rate, Result, SteadyState};
use alloc::vec;
use alloc::vec::Vec;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// The tail that is cut off holds less than this part of the response's energy.
const NEGLIGIBLE: f64 = 1e-24;
/// The longest response that is computed.
const LONGEST: usize = 1 << 22;

/// The response to a single sample of 1, over time before and after it.
///
/// Taps run over lags from `-lead` on; unit: output per unit of input. Far from the ends of a record, filtering is
/// convolution with these taps.
///
/// ```
/// use copeak::{Rate, filter::ZeroPhase, filter::fir::ImpulseResponse};
/// let rate = Rate::from_hz(200.0)?;
/// let smooth = ImpulseResponse::from_filter(&ZeroPhase::low_pass(2, 20.0, rate)?)?;
/// let middle = smooth.lead();
/// assert_eq!(smooth.taps()[middle - 3], smooth.taps()[middle + 3]); // zero phase: symmetric
/// let velocity = smooth.derivative(rate);
/// assert_eq!(velocity.taps()[velocity.lead()], 0.0);
/// assert!(velocity.slope_norm() > smooth.slope_norm());
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ImpulseResponse {
    taps: Vec<f64>,
    lead: usize,
}

impl ImpulseResponse {
    /// Computes the response of a zero-phase filter, symmetric about lag 0.
    ///
    /// Exact up to a tail of less than 1e-24 of its energy.
    ///
    /// # Errors
    /// [`Error::Undefined`] when the response has not died away after four million samples.
    pub fn from_filter<P: SteadyState<f64>>(filter: &ZeroPhase<P>) -> Result<Self> {
        let stage = filter.stage();
        let forward = causal(stage)?;
        // The backward pass over it gives the lags up to 0; the others mirror them.
        let n = forward.len();
        let mut state = stage.initial_state();
        let mut half = Vec::with_capacity(2 * n);
        let quiet = core::iter::repeat_n(0.0, n);
        stage.process_block(&mut state, forward.into_iter().rev().chain(quiet), |y| half.push(y));
        half.drain(..n - 1);
        let mirrored = half.iter().skip(1).rev().chain(&half).copied().collect();
        Ok(Self { taps: mirrored, lead: half.len() - 1 })
    }

    /// Returns the response of no filter: a raw channel is the curve itself.
    pub fn identity() -> Self {
        Self { taps: vec![1.0], lead: 0 }
    }

    /// Returns the response of this followed by a central-difference derivative at `rate`, per second.
    #[must_use]
    pub fn derivative(&self, rate: Rate) -> Self {
        let taps = self.difference().map(|d| d * rate.as_hz()).collect();
        Self { taps, lead: self.lead + 1 }
    }

    /// Returns the response of this followed by the second difference at `rate`, per second squared.
    #[must_use]
    pub fn second_derivative(&self, rate: Rate) -> Self {
        let taps = self.second_difference().map(|d| d * rate.as_hz() * rate.as_hz()).collect();
        Self { taps, lead: self.lead + 1 }
    }

    /// Returns the taps, from lag `-lead` on.
    pub fn taps(&self) -> &[f64] {
        &self.taps
    }

    /// Returns the number of taps before lag 0.
    pub fn lead(&self) -> usize {
        self.lead
    }

    /// Returns the largest lag, before or after, beyond which less than a ten-thousandth of the energy lies.
    pub fn reach(&self) -> usize {
        let energy: f64 = self.taps.iter().map(|g| g * g).sum();
        let mut beyond = 0.0;
        let longest = self.lead.max(self.taps.len() - 1 - self.lead);
        let at = |i: Option<usize>| i.and_then(|i| self.taps.get(i)).map_or(0.0, |g| g * g);
        let outside = |lag: &usize| {
            beyond += at(self.lead.checked_sub(*lag)) + at(self.lead.checked_add(*lag));
            beyond >= 1e-4 * energy
        };
        (1..=longest).rev().find(outside).unwrap_or(0)
    }

    /// Returns the standard deviation of the output for white input of standard deviation 1.
    pub fn norm(&self) -> f64 {
        self.taps.iter().map(|g| g * g).sum::<f64>().sqrt()
    }

    /// Returns the standard deviation of the output's slope *per sample* (central difference) for white input of standard
    /// deviation 1: the || g' || of [`crate::filter::conditioning::TimingNoise`].
    pub fn slope_norm(&self) -> f64 {
        self.difference().map(|d| d * d).sum::<f64>().sqrt()
    }

    /// Returns the standard deviation of the output's second difference, x(i-1) - 2 x(i) + x(i+1), for white input of standard
    /// deviation 1.
    pub fn bend_norm(&self) -> f64 {
        self.second_difference().map(|b| b * b).sum::<f64>().sqrt()
    }

    /// Covariance of two outputs `lag` samples apart for white input of standard deviation 1.
    pub fn autocovariance(&self, lag: usize) -> f64 {
        self.taps.iter().zip(self.taps.iter().skip(lag)).map(|(a, b)| a * b).sum()
    }

    /// Mean square that white input of variance 1 loses on its way, sum of (delta - h)^2.
    pub fn removed_power(&self) -> f64 {
        let residual = |(i, h): (usize, &f64)| if i == self.lead { 1.0 - h } else { -h };
        self.taps.iter().enumerate().map(residual).map(|r| r * r).sum()
    }

    /// Second differences of the taps, one more at either end.
    fn second_difference(&self) -> impl Iterator<Item = f64> + '_ {
        let taps = |i: usize| self.taps.get(i).copied().unwrap_or(0.0);
        let before = move |i: usize, by: usize| i.checked_sub(by).map_or(0.0, taps);
        (0..self.taps.len() + 2).map(move |i| taps(i) - 2.0 * before(i, 1) + before(i, 2))
    }

    /// Central differences of the taps, one more at either end.
    fn difference(&self) -> impl Iterator<Item = f64> + '_ {
        let taps = |i: usize| self.taps.get(i).copied().unwrap_or(0.0);
        (0..self.taps.len() + 2).map(move |i| {
            let before = if i < 2 { 0.0 } else { taps(i - 2) };
            0.5 * (taps(i) - before)
        })
    }
}

/// The stage's own response, forwards from rest, until the rest of it is negligible.
fn causal<P: SteadyState<f64>>(stage: &P) -> Result<Vec<f64>> {
    let mut state = stage.initial_state();
    let mut taps = vec![stage.process(&mut state, 1.0)];
    let mut energy = taps[0] * taps[0];
    let mut quiet = 0;
    // Quiet for as long as it has sounded: a slowly decaying oscillation is not mistaken for its end.
    while quiet <= taps.len() / 2 {
        let y = stage.process(&mut state, 0.0);
        taps.push(y);
        energy += y * y;
        quiet = if y * y * taps.len() as f64 <= NEGLIGIBLE * energy { quiet + 1 } else { 0 };
        if taps.len() > LONGEST || !y.is_finite() {
            return Err(Error::Undefined {
                quantity: "an impulse response",
                reason: "it does not die away within four million samples",
            });
        }
    }
    Ok(taps)
}
