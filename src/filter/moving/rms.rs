//! The moving root mean square.

use super::sums::{Sums, SumsScratch};
use super::{Trailing, moving};
use crate::filter::edge::{self, Edge, Ends, Periodic, windowed};
use crate::filter::late::{CentredState, Slide, TrailingState};
use crate::filter::whole::{Filter, whole_record};
use crate::samples::Sample;
use crate::{Flush, GroupDelay, Rate, Real, Result, Stage};
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// The root mean square of a window around each sample: the amplitude of an oscillation, an EMG's envelope.
///
/// About zero, not about the mean: take an offset away first. Windows, ends, streaming and costs are those of
/// [`super::MovingMean`]; squares are summed in `f64`, each window's from scratch, so no window is ever negative or
/// haunted by a burst that has passed. A usual window for the EMG of moving muscle is 25 ms; an onset found on the
/// envelope moves with the window.
///
/// ```
/// use copeak::{Filter, Rate, filter::MovingRms};
/// let rate = Rate::from_hz(1000.0)?;
/// let wave: Vec<f64> = (0..1000).map(|i| (i as f64 * 0.5 * std::f64::consts::PI).cos()).collect();
/// let envelope = MovingRms::lasting(0.101, rate)?.apply(&wave)?;
/// assert!((envelope[500] - 0.5f64.sqrt()).abs() < 0.01);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[doc(alias("envelope", "moving_rms"))]
pub struct MovingRms {
    window: usize,
    edge: Edge,
}

/// What a moving root mean square remembers of its window.
#[derive(Debug, Clone, PartialEq)]
pub struct RmsWindow(Sums<f64>);

impl Slide<f64> for RmsWindow {
    #[inline]
    fn push(&mut self, slot: Option<f64>) {
        self.0.push(slot.map(|x| x * x));
    }
    #[inline]
    fn value(&self, held: usize) -> f64 {
        (self.0.value(held) * (1.0 / held as f64)).sqrt()
    }
}

moving!([X: Real] MovingRms, "a moving root mean square", RmsWindow, |window| RmsWindow(Sums::new(window)), SumsScratch<f64>);

impl MovingRms {
    fn over<X: Real>(&self, ends: Ends, x: &[X], out: &mut [X], scratch: &mut SumsScratch<f64>) {
        let full = 1.0 / self.window as f64;
        let share = |held| if held == self.window { full } else { 1.0 / held as f64 };
        scratch.run(self.window, ends, x, out, |x| x * x, |sum, held| (sum * share(held)).sqrt());
    }

    fn memory(&self) -> SumsScratch<f64> {
        SumsScratch::new()
    }
}
