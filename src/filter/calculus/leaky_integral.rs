//! The integral of a stream.

use crate::samples::Sample;
use crate::{Error, Flush, GroupDelay, Rate, Result, Stage};
use core::f64::consts::PI;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// The integral by the trapezoid rule, sample by sample, which may forget.
///
/// y(i) = k y(i-1) + g (x(i-1) + x(i)), from y(0) = 0. Without leak k = 1 and g = 1/(2 rate), bit for bit an [`crate::filter::Integral`]
/// from 0, whose drift it has. With a time constant of tau seconds and a = 1/(2 tau rate), k = (1 - a)/(1 + a) and
/// g = 1/(2 rate (1 + a)): what lies long back fades, so an offset b settles at b tau instead of growing indefinitely, and motion
/// slower than 1/(2 pi tau) Hz (there -3 dB and 45 degrees early) is lost.
///
/// Memory is kept in the `f64` of the samples; `f32` samples are rounded once. A NaN stays indefinitely.
///
/// ```
/// use copeak::{Rate, StageExt, filter::LeakyIntegral};
/// let rate = Rate::from_hz(100.0)?;
/// let mut live = LeakyIntegral::from_time_constant_s(0.5, rate)?.stream();
/// let settled = (0..1000).map(|_| live.push(2.0f64)).last();
/// assert!(settled.is_some_and(|y| (y - 1.0).abs() < 1e-6));
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LeakyIntegral {
    rate: Rate,
    keep: f64,
    gain: f64,
}

/// State of a [`LeakyIntegral`]: the last sample and the integral up to it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LeakyIntegralState<W> {
    last: Option<W>,
    sum: W,
}

impl LeakyIntegral {
    /// Creates an integral that forgets nothing.
    pub fn new(rate: Rate) -> Self {
        Self { rate, keep: 1.0, gain: rate.period_s() / 2.0 }
    }

    /// Creates an integral that forgets all but 1/e within `time_constant_s`.
    ///
    /// # Errors
    /// [`Error::Parameter`] when the time constant is not finite or less than a sample period.
    pub fn from_time_constant_s(time_constant_s: f64, rate: Rate) -> Result<Self> {
        let period = rate.period_s();
        if !(time_constant_s >= period && time_constant_s.is_finite()) {
            let (name, rule) = ("time constant", "finite and at least a sample period");
            return Err(Error::Parameter { name, rule, value: time_constant_s });
        }
        let leak = period / (2.0 * time_constant_s);
        Ok(Self { rate, keep: (1.0 - leak) / (1.0 + leak), gain: period / 2.0 / (1.0 + leak) })
    }

    /// Returns the sample rate.
    pub fn rate(&self) -> Rate {
        self.rate
    }
}
impl crate::StageExt for LeakyIntegral {}

impl<X: Sample> Stage<X> for LeakyIntegral {
    type Output = X;
    type State = LeakyIntegralState<X::Wide>;

    fn initial_state(&self) -> Self::State {
        LeakyIntegralState { last: None, sum: X::Wide::ZERO }
    }

    #[inline]
    fn process(&self, state: &mut Self::State, x: X) -> X {
        let x = x.widen();
        if let Some(last) = state.last.replace(x) {
            state.sum = state.sum.scaled(self.keep) + (last + x).scaled(self.gain);
        }
        X::narrow(state.sum)
    }
}

impl<X: Sample> Flush<X> for LeakyIntegral {}

/// 0 without leak; a leak brings slow motion early, so the delay is negative there.
impl GroupDelay for LeakyIntegral {
    fn group_delay(&self, frequency: f64) -> f64 {
        let (k, cos) = (self.keep, (2.0 * PI * frequency).cos());
        if k == 1.0 {
            return 0.0;
        }
        0.5 + k * (cos - k) / (1.0 - 2.0 * k * cos + k * k)
    }
}
