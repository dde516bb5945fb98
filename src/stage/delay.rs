//! Delay of a stage's output.

use super::{Map, Then};

/// Delay of a stage's output.
///
/// A stage with `Option` outputs counts from the sample an output *belongs to*, so the delay includes the wait:
/// the central difference at sample i comes out at sample i + 1, a delay of 1.
///
/// ```
/// use copeak::{GroupDelay, Rate, filter::Butterworth};
/// let rate = Rate::from_hz(200.0)?;
/// let live = Butterworth::low_pass(2, 20.0, rate)?.cascade()?;
/// // Frequencies far below the cut-off are delayed by 11 ms, those near it by a little more.
/// assert_eq!((1e3 * live.group_delay_s(0.0, rate)).round(), 11.0);
/// # Ok::<(), copeak::Error>(())
/// ```
#[doc(alias = "group_delay")]
pub trait GroupDelay {
    /// Returns the delay, in samples, of the envelope of a narrow band around `frequency` (cycles per sample, from 0 to
    /// 0.5). For a stage that is not linear: the distance, in samples, from the middle of its window to the latest sample.
    fn group_delay(&self, frequency: f64) -> f64;

    /// Returns the delay in seconds, for samples at `rate` and a frequency in hertz.
    fn group_delay_s(&self, frequency_hz: f64, rate: crate::Rate) -> f64 {
        self.group_delay(frequency_hz / rate.as_hz()) / rate.as_hz()
    }
}

impl<P: GroupDelay + ?Sized> GroupDelay for &P {
    fn group_delay(&self, frequency: f64) -> f64 {
        (**self).group_delay(frequency)
    }
}

/// The delays add up.
impl<A: GroupDelay, B: GroupDelay> GroupDelay for Then<A, B> {
    fn group_delay(&self, frequency: f64) -> f64 {
        self.0.group_delay(frequency) + self.1.group_delay(frequency)
    }
}

/// The delays add up.
impl<P: GroupDelay, const N: usize> GroupDelay for [P; N] {
    fn group_delay(&self, frequency: f64) -> f64 {
        self.iter().map(|stage| stage.group_delay(frequency)).sum()
    }
}

/// A map has no state and so no delay.
impl<F> GroupDelay for Map<F> {
    fn group_delay(&self, _frequency: f64) -> f64 {
        0.0
    }
}
