//! Statistics of a window that moves along the record.

use crate::filter::Filter;
use crate::filter::moving::Edge;
use crate::filter::state::{CentredState, TrailingState};
use crate::filter::window::{Ends, Periodic, Slide, Trailing, held};
use crate::samples::Sample;
use crate::{Flush, GroupDelay, Rate, Real, Result, Stage};
use alloc::vec;
use alloc::vec::Vec;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// The mean of a window around each sample.
///
/// The window has an odd number of samples, so that its middle is one; past the ends it finds what [`Edge`] defines, by
/// default nothing: it takes the samples that are there. Equals `scipy.ndimage.uniform_filter1d` in its modes, and
/// pandas' `rolling(window, center=True, min_periods=1).mean()` by default. Every output is a sum of its own samples,
/// none is ever subtracted from a running sum: a record of 1e6 samples on an offset of 1e9 is as exact at its end as at
/// its beginning. Sums are kept in `f64`; `f32` samples are rounded once, at the end.
///
/// As a [`Stage`] it runs half a window late, (window - 1)/2 samples, and [`crate::stage::Collect`] of it is bit for
/// bit the whole-record form. [`MovingMean::trailing`] is the causal form.
///
/// # Costs and limitations
/// Linear in the record, the same for every window. In a stream one sample in every window's length costs as much as a
/// window, the others a few additions. A NaN or infinite sample is refused; in a stream it makes every output NaN or
/// infinite whose window holds it, and no other.
///
/// ```
/// use copeak::{Filter, filter::MovingMean};
/// assert_eq!(MovingMean::new(3)?.apply(&[1.0, 2.0, 6.0, 1.0])?, [1.5, 3.0, 3.0, 3.5]);
/// assert!(MovingMean::new(4).is_err()); // no middle sample
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[doc(alias("uniform_filter1d", "rolling", "movmean", "boxcar"))]
pub struct MovingMean {
    window: usize,
    edge: Edge,
}

/// Window of a moving mean over a stream.
#[derive(Debug, Clone, PartialEq)]
pub struct MeanWindow<W>(Sums<W>);

impl<W: Sample<Wide = W>> Slide<W> for MeanWindow<W> {
    #[inline]
    fn push(&mut self, slot: Option<W>) {
        self.0.push(slot);
    }
    #[inline]
    fn value(&self, held: usize) -> W {
        self.0.value(held).scaled(1.0 / held as f64)
    }
}

moving!([X: Sample] MovingMean, "a moving mean", MeanWindow<X::Wide>, |window| MeanWindow(Sums::new(window)), SumsScratch<X::Wide>);

impl MovingMean {
    fn over<X: Sample>(&self, ends: Ends, x: &[X], out: &mut [X], scratch: &mut SumsScratch<X::Wide>) {
        let full = 1.0 / self.window as f64;
        let share = |held| if held == self.window { full } else { 1.0 / held as f64 };
        scratch.run(self.window, ends, x, out, |x| x, |sum, held| sum.scaled(share(held)));
    }

    fn memory<W: Sample<Wide = W>>(&self) -> SumsScratch<W> {
        SumsScratch::new()
    }
}

/// The root mean square of a window around each sample: the amplitude of an oscillation, an EMG's envelope.
///
/// About zero, not about the mean: take an offset away first. Windows, ends, streaming and costs are those of
/// [`crate::filter::MovingMean`]; squares are summed in `f64`, each window's from scratch, so no window is ever negative or
/// haunted by a burst that has passed. A usual window for the EMG of moving muscle is 25 ms; an onset found on the
/// envelope moves with the window.
///
/// ```
/// use copeak::{Filter, Rate, filter::MovingRms};
/// let rate = Rate::from_hz(1000.0)?;
/// let wave: Vec<f64> = (0..1000).map(|i| (i as f64 * 0.5 * std::f64::consts::PI).cos()).collect();
/// let envelope = MovingRms::from_seconds(0.101, rate)?.apply(&wave)?;
/// assert!((envelope[500] - 0.5f64.sqrt()).abs() < 0.01);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[doc(alias("envelope", "moving_rms"))]
pub struct MovingRms {
    window: usize,
    edge: Edge,
}

/// Window of a moving root mean square over a stream.
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

/// Sums of the last `window` slots, empty ones as zero.
///
/// The slots are cut into blocks of one window. A window then is the end of one block and the beginning of the next:
/// the sums of all ends are made when a block is full, the sum of the beginning grows by one sample at a time (van Herk
/// 1992, doi:10.1016/0167-8655(92)90069-C, and Gil & Werman 1993, doi:10.1109/34.211471, for maxima). So every sum is
/// made of its own samples, and nothing is ever subtracted.
#[derive(Debug, Clone, PartialEq)]
struct Sums<W> {
    /// Of the block before, from each place on.
    ends: Vec<W>,
    /// The block that is filling.
    block: Vec<W>,
    beginning: W,
    filled: usize,
}

impl<W: Sample<Wide = W>> Sums<W> {
    fn new(window: usize) -> Self {
        Self { ends: vec![W::ZERO; window], block: vec![W::ZERO; window], beginning: W::ZERO, filled: 0 }
    }
}

impl<W: Sample<Wide = W>> Slide<W> for Sums<W> {
    #[inline]
    fn push(&mut self, slot: Option<W>) {
        let x = slot.unwrap_or(W::ZERO);
        self.block[self.filled] = x;
        self.beginning = self.beginning + x;
        self.filled += 1;
        if self.filled == self.block.len() {
            let mut sum = W::ZERO;
            for (end, x) in self.ends.iter_mut().zip(&self.block).rev() {
                sum = sum + *x;
                *end = sum;
            }
            self.beginning = W::ZERO;
            self.filled = 0;
        }
    }

    #[inline]
    fn value(&self, _held: usize) -> W {
        self.ends[self.filled] + self.beginning
    }
}

/// Blocks summed side by side, so that the additions of one need not wait for each other.
const TOGETHER: usize = 4;

/// Slots worked on at once, so that they stay in the cache.
const AT_ONCE: usize = 4096;

/// Scratch memory of a moving sum of a whole record.
#[derive(Debug, Clone, PartialEq)]
pub struct SumsScratch<W> {
    slots: Vec<W>,
    ends: Vec<W>,
}

impl<W: Sample<Wide = W>> SumsScratch<W> {
    fn new() -> Self {
        Self { slots: Vec::new(), ends: Vec::new() }
    }

    /// `flush` of the sum and the number of samples of every centred window: bit for bit as [`Sums`] over a stream.
    fn run<X: Sample<Wide = W>>(
        &mut self,
        window: usize,
        ends: Ends,
        x: &[X],
        out: &mut [X],
        map: impl Fn(W) -> W,
        flush: impl Fn(W, usize) -> W,
    ) {
        // A record of few windows has no use for more memory than one.
        if x.len() < window * TOGETHER {
            self.run_of::<X, 1>(window, ends, x, out, map, flush);
        } else {
            self.run_of::<X, TOGETHER>(window, ends, x, out, map, flush);
        }
    }

    fn run_of<X: Sample<Wide = W>, const J: usize>(
        &mut self,
        window: usize,
        ends: Ends,
        x: &[X],
        out: &mut [X],
        map: impl Fn(W) -> W,
        flush: impl Fn(W, usize) -> W,
    ) {
        let half = window / 2;
        let run = window * J;
        let chunk = run * (AT_ONCE / run).max(1);
        self.slots.resize(chunk + window, W::ZERO);
        self.ends.resize(run, W::ZERO);
        for (c, out) in out.chunks_mut(chunk).enumerate() {
            let first = c * chunk;
            // Whole blocks; what lies past the last window is never read into an output.
            let slots = &mut self.slots[..out.len().next_multiple_of(run) + window];
            let used = out.len() + window - 1;
            ends.fill(x, first as isize - half as isize, &mut slots[..used]);
            slots[used..].fill(W::ZERO);
            slots[..used].iter_mut().for_each(|x| *x = map(*x));
            for (slots, (k, out)) in
                slots.windows(run + window).step_by(run).zip(out.chunks_mut(run).enumerate())
            {
                let first = first + k * run;
                // Away from the record's ends every window is full, and nothing has to be counted.
                if first >= half && first + run + half <= x.len() {
                    sums::<W, J>(slots, window, &mut self.ends, |i, sum| {
                        if let Some(out) = out.get_mut(i) {
                            *out = X::narrow(flush(sum, window));
                        }
                    });
                } else {
                    sums::<W, J>(slots, window, &mut self.ends, |i, sum| {
                        if let Some(out) = out.get_mut(i) {
                            *out = X::narrow(flush(sum, held(ends, first + i, half, x.len())));
                        }
                    });
                }
            }
        }
    }
}

/// The sums of the windows that begin in the first `J` blocks of `slots`.
#[inline]
fn sums<W: Sample, const J: usize>(
    slots: &[W],
    window: usize,
    ends: &mut [W],
    mut each: impl FnMut(usize, W),
) {
    let blocks: [&[W]; J] = core::array::from_fn(|b| &slots[b * window..][..window]);
    let next: [&[W]; J] = core::array::from_fn(|b| &slots[(b + 1) * window..][..window]);
    let mut sum = [W::ZERO; J];
    for (p, place) in ends.chunks_exact_mut(J).enumerate().rev() {
        for b in 0..J {
            sum[b] = sum[b] + blocks[b][p];
            place[b] = sum[b];
        }
    }
    sum = [W::ZERO; J];
    for (p, end) in ends.chunks_exact(J).enumerate() {
        for b in 0..J {
            each(b * window + p, end[b] + sum[b]);
            sum[b] = sum[b] + next[b][p];
        }
    }
}
