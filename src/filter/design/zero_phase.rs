//! Forwards and backwards over a whole record.

use crate::filter::{Band, Butterworth, Cascade, Filter};
use crate::samples::{Sample, first_non_finite};
use crate::{Error, Rate, Result, SteadyState};
use alloc::vec::Vec;
use core::cell::Cell;
use lanes::{Buffers, Lanes};

mod lanes;

const OPERATION: &str = "zero-phase filtering";

/// A filter run forwards and then backwards, so that no frequency is delayed.
///
/// The everyday constructors ([`ZeroPhase::low_pass`] and its siblings) design for the two passes: "20 Hz" means -3 dB
/// at 20 Hz *after both*. [`ZeroPhase::single_pass_cutoff`] runs a given filter twice as it stands, which squares its gain
/// (-6 dB at its cut-off); that form equals SciPy's `sosfiltfilt`.
///
/// Ends: the record is extended at both ends by its own point reflection (odd extension) over 3 (1 + total order)
/// samples, and each pass starts as if its first sample had lasted indefinitely. A record must be longer than that.
/// `f32` samples are filtered in `f64` by the everyday constructors; the result of the first pass is kept in the
/// samples' own type.
///
/// # Costs and limitations
/// Each pass reads and writes the record once; above the output it needs the two extensions only. A NaN or infinite
/// sample is refused: in a recursive filter it would reach every sample. A filter moves the peak of a skew pulse (a low-pass
/// at 15 Hz by up to 4.5 ms), and no standard error contains that.
///
/// ```
/// use copeak::{Filter, Rate, filter::{Butterworth, ZeroPhase}};
/// let rate = Rate::from_hz(200.0)?;
/// let x: Vec<f64> = (0..400).map(|i| (i as f64 * 0.05).sin()).collect();
///
/// let smooth = ZeroPhase::low_pass(2, 20.0, rate)?.apply(&x)?;
/// assert_eq!(smooth.len(), 400);
///
/// let scipy = ZeroPhase::single_pass_cutoff(Butterworth::low_pass(2, 20.0, rate)?.cascade()?);
/// assert!(scipy.apply(&x[..9]).is_err()); // 3 (1 + 2) samples are too short
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[doc(alias = "filtfilt")]
#[doc(alias = "sosfiltfilt")]
pub struct ZeroPhase<P = Cascade> {
    stage: P,
    baseline_only: bool,
}

/// Scratch memory of a [`crate::filter::ZeroPhase`] filter.
#[derive(Debug, Clone, PartialEq)]
pub struct ZeroPhaseScratch<X, S> {
    /// The memory of the stage, and what the first pass gives over the extension after the record.
    plain: (S, Vec<X>),
    /// One per thread.
    buffers: Vec<Buffers>,
}

impl ZeroPhase {
    /// Creates a Butterworth low-pass of `order` per pass whose gain is -3 dB at `cutoff_hz` after both passes.
    ///
    /// # Errors
    /// As [`Butterworth::low_pass`], [`Butterworth::for_passes`] and [`Butterworth::iter`].
    pub fn low_pass(order: usize, cutoff_hz: f64, rate: Rate) -> Result<Self> {
        Self::butterworth(order, Band::Low(cutoff_hz), rate)
    }

    /// Creates a Butterworth high-pass, -3 dB at `cutoff_hz` after both passes.
    ///
    /// # Errors
    /// As [`ZeroPhase::low_pass`].
    pub fn high_pass(order: usize, cutoff_hz: f64, rate: Rate) -> Result<Self> {
        Self::butterworth(order, Band::High(cutoff_hz), rate)
    }

    /// Creates a Butterworth band-pass, -3 dB at both cut-offs after both passes.
    ///
    /// # Errors
    /// As [`ZeroPhase::low_pass`].
    pub fn band_pass(order: usize, low_hz: f64, high_hz: f64, rate: Rate) -> Result<Self> {
        Self::butterworth(order, Band::Pass(low_hz, high_hz), rate)
    }

    /// Creates a Butterworth band-stop, -3 dB at both cut-offs after both passes.
    ///
    /// # Errors
    /// As [`ZeroPhase::low_pass`].
    pub fn band_stop(order: usize, low_hz: f64, high_hz: f64, rate: Rate) -> Result<Self> {
        Self::butterworth(order, Band::Stop(low_hz, high_hz), rate)
    }

    /// Creates a Butterworth filter of `order` per pass, -3 dB at the cut-offs of `band` after both passes.
    ///
    /// # Errors
    /// As [`ZeroPhase::low_pass`].
    pub fn butterworth(order: usize, band: Band, rate: Rate) -> Result<Self> {
        Ok(Self::single_pass_cutoff(Butterworth::new(order, band, rate)?.for_passes(2)?.cascade()?))
    }
}

impl<P> ZeroPhase<P> {
    /// Runs `stage` as it stands, forwards and backwards: SciPy's `sosfiltfilt`.
    pub fn single_pass_cutoff(stage: P) -> Self {
        Self { stage, baseline_only: false }
    }

    /// Returns the filter that is run twice.
    pub fn stage(&self) -> &P {
        &self.stage
    }

    /// Uses the instructions that every machine of the target has, even where better ones could be chosen at run time
    /// (feature `simd`). Bit for bit the same result: this is for measuring what the choice gains.
    #[must_use]
    pub fn baseline_only(self) -> Self {
        Self { baseline_only: true, ..self }
    }

    /// Returns the number of samples by which each end is extended; a record must be longer than this.
    #[doc(alias = "padlen")]
    pub fn pad_len<X>(&self) -> usize
    where
        P: SteadyState<X>,
    {
        3 * (1 + self.stage.order())
    }
}

impl<P> ZeroPhase<P> {
    fn long_enough<X>(&self, x: &[X]) -> Result<()>
    where
        P: SteadyState<X>,
    {
        let needed = self.pad_len() + 1;
        if x.len() < needed {
            return Err(Error::TooFew { operation: OPERATION, unit: "samples", needed, got: x.len() });
        }
        Ok(())
    }
}

impl<X: Sample, P: SteadyState<X>> Filter<X> for ZeroPhase<P> {
    type Scratch = ZeroPhaseScratch<X, P::State>;

    fn scratch(&self) -> Self::Scratch {
        ZeroPhaseScratch {
            plain: (self.stage.initial_state(), Vec::with_capacity(self.pad_len())),
            buffers: Vec::new(),
        }
    }

    /// # Errors
    /// [`Error::TooFew`] when `x` is not longer than [`ZeroPhase::pad_len`]; [`Error::NonFinite`] with the index of
    /// the first sample that is NaN or infinite.
    fn check(&self, x: &[X]) -> Result<()> {
        self.long_enough(x)?;
        all_finite(x)
    }

    fn run(&self, x: &[X], out: &mut [X], scratch: &mut Self::Scratch) {
        match Lanes::new(self) {
            Some(lanes) if lanes.serve(x) => {
                let done = lanes.filter(&[x], &mut [out], &mut scratch.buffers);
                debug_assert!(done.is_ok(), "a record that passed the check is not refused");
            }
            _ => filter_plainly(&self.stage, self.pad_len(), x, out, &mut scratch.plain),
        }
    }

    /// The lanes detect whether every sample was finite: nothing is read twice.
    fn check_and_run(&self, x: &[X], out: &mut [X], scratch: &mut Self::Scratch) -> Result<()> {
        match Lanes::new(self) {
            Some(lanes) if lanes.serve(x) => {
                self.long_enough(x)?;
                lanes.filter(&[x], &mut [out], &mut scratch.buffers)
            }
            _ => {
                self.check(x)?;
                filter_plainly(&self.stage, self.pad_len(), x, out, &mut scratch.plain);
                Ok(())
            }
        }
    }

    fn run_channels(&self, x: &[&[X]], out: &mut [&mut [X]], scratch: &mut Self::Scratch) -> Result<()> {
        let Some(lanes) = Lanes::new(self) else {
            return x.iter().zip(out).try_for_each(|(x, out)| self.check_and_run(x, out, scratch));
        };
        x.iter().try_for_each(|x| self.long_enough(x))?;
        lanes.filter(x, out, &mut scratch.buffers)
    }
}

fn all_finite<X: Sample>(x: &[X]) -> Result<()> {
    match first_non_finite(x) {
        Some(index) => Err(Error::NonFinite { operation: OPERATION, index }),
        None => Ok(()),
    }
}

whole_record!([X: Sample, P: SteadyState<X>] ZeroPhase<P>);

/// The extensions are never copied into the record: the one before it is computed on the way in, the one after it lives
/// in the scratch.
fn filter_plainly<X: Sample, P: SteadyState<X>>(
    stage: &P,
    extension: usize,
    x: &[X],
    out: &mut [X],
    (state, tail): &mut (P::State, Vec<X>),
) {
    let (first, last) = (x[0], x[x.len() - 1]);
    let before = |i: usize| first + first - x[i];
    let after = |i: usize| last + last - x[x.len() - 1 - i];

    stage.set_steady_state(state, before(extension));
    stage.process_block(state, (1..=extension).rev().map(before), |_| {});
    {
        let mut places = out.iter_mut();
        stage.process_block(state, x.iter().copied(), |y| {
            if let Some(place) = places.next() {
                *place = y;
            }
        });
    }
    tail.clear();
    stage.process_block(state, (1..=extension).map(after), |y| tail.push(y));

    if let Some(level) = tail.last() {
        stage.set_steady_state(state, *level);
    }
    stage.process_block(state, tail.iter().rev().copied(), |_| {});
    let cells = Cell::from_mut(out).as_slice_of_cells();
    let mut places = cells.iter().rev();
    stage.process_block(state, cells.iter().rev().map(Cell::get), |y| {
        if let Some(place) = places.next() {
            place.set(y);
        }
    });
}
