//! Forwards and backwards over a whole record.

use super::{Band, Butterworth, Cascade};
use crate::samples::{Linear, first_non_finite};
use crate::{Analysis, AnalysisExt, Error, Rate, Result, Samples, SamplesMut, Settle};
use alloc::{vec, vec::Vec};
use core::cell::Cell;

const OPERATION: &str = "zero-phase filtering";

/// A filter run forwards and then backwards, so that no frequency is delayed.
///
/// The everyday constructors ([`ZeroPhase::low_pass`] and its siblings) design for the two passes: "20 Hz" means -3 dB
/// at 20 Hz *after both*. [`ZeroPhase::uncorrected`] runs a given filter twice as it stands, which squares its gain
/// (-6 dB at its cut-off); that form equals SciPy's `sosfiltfilt`.
///
/// Ends: the record is extended at both ends by its own point reflection (odd extension) over 3 (1 + total order)
/// samples, and each pass starts as if its first sample had lasted for ever. A record must be longer than that.
/// `f32` samples are filtered in `f64` by the everyday constructors; the result of the first pass is kept in the
/// samples' own type.
///
/// # Costs and limitations
/// Each pass reads and writes the record once; above the output it needs the two extensions only. A NaN or infinite
/// sample is refused: in a recursive filter it would reach every sample. A filter moves the top of a skew pulse (a low-pass
/// at 15 Hz by up to 4.5 ms), and no standard error contains that.
///
/// ```
/// use copeak::{Rate, filter::{Butterworth, ZeroPhase}};
/// let rate = Rate::hz(200.0)?;
/// let x: Vec<f64> = (0..400).map(|i| (i as f64 * 0.05).sin()).collect();
///
/// let smooth = ZeroPhase::low_pass(2, 20.0, rate)?.apply(&x)?;
/// assert_eq!(smooth.len(), 400);
///
/// let scipy = ZeroPhase::uncorrected(Butterworth::low_pass(2, 20.0, rate)?.cascade()?);
/// assert!(scipy.apply(&x[..9]).is_err()); // 3 (1 + 2) samples are too short
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[doc(alias = "filtfilt")]
#[doc(alias = "sosfiltfilt")]
pub struct ZeroPhase<P = Cascade> {
    stage: P,
}

/// Memory that [`ZeroPhase::apply_into`] uses again from call to call.
#[derive(Debug, Clone, PartialEq)]
pub struct Workspace<X, S> {
    pub(super) state: S,
    /// What the first pass gives over the extension after the record.
    pub(super) tail: Vec<X>,
    /// Stands in for an output that is not one slice.
    pub(super) contiguous: Vec<X>,
}

impl ZeroPhase {
    /// A Butterworth low-pass of `order` per pass whose gain is -3 dB at `cutoff_hz` after both passes.
    ///
    /// # Errors
    /// As [`Butterworth::low_pass`], [`Butterworth::for_passes`] and [`Butterworth::iter`].
    pub fn low_pass(order: usize, cutoff_hz: f64, rate: Rate) -> Result<Self> {
        Self::butterworth(order, Band::Low(cutoff_hz), rate)
    }

    /// A Butterworth high-pass, -3 dB at `cutoff_hz` after both passes.
    ///
    /// # Errors
    /// As [`ZeroPhase::low_pass`].
    pub fn high_pass(order: usize, cutoff_hz: f64, rate: Rate) -> Result<Self> {
        Self::butterworth(order, Band::High(cutoff_hz), rate)
    }

    /// A Butterworth band-pass, -3 dB at both cut-offs after both passes.
    ///
    /// # Errors
    /// As [`ZeroPhase::low_pass`].
    pub fn band_pass(order: usize, low_hz: f64, high_hz: f64, rate: Rate) -> Result<Self> {
        Self::butterworth(order, Band::Pass(low_hz, high_hz), rate)
    }

    /// A Butterworth band-stop, -3 dB at both cut-offs after both passes.
    ///
    /// # Errors
    /// As [`ZeroPhase::low_pass`].
    pub fn band_stop(order: usize, low_hz: f64, high_hz: f64, rate: Rate) -> Result<Self> {
        Self::butterworth(order, Band::Stop(low_hz, high_hz), rate)
    }

    /// A Butterworth filter of `order` per pass, -3 dB at the cut-offs of `band` after both passes.
    ///
    /// # Errors
    /// As [`ZeroPhase::low_pass`].
    pub fn butterworth(order: usize, band: Band, rate: Rate) -> Result<Self> {
        Ok(Self::uncorrected(Butterworth::new(order, band, rate)?.for_passes(2)?.cascade()?))
    }
}

impl<P> ZeroPhase<P> {
    /// `stage` as it stands, forwards and backwards: SciPy's `sosfiltfilt`.
    pub fn uncorrected(stage: P) -> Self {
        Self { stage }
    }

    /// The filter that is run twice.
    pub fn stage(&self) -> &P {
        &self.stage
    }

    /// Samples by which each end is extended; a record must be longer than this.
    #[doc(alias = "padlen")]
    pub fn extension<X>(&self) -> usize
    where
        P: Settle<X>,
    {
        3 * (1 + self.stage.order())
    }

    /// Memory for [`ZeroPhase::apply_into`], enough for records of any length.
    pub fn workspace<X>(&self) -> Workspace<X, P::State>
    where
        P: Settle<X>,
    {
        Workspace {
            state: self.stage.rest(),
            tail: Vec::with_capacity(self.extension()),
            contiguous: Vec::new(),
        }
    }

    /// Filter `x` into a new buffer.
    ///
    /// # Errors
    /// [`Error::TooFew`] when `x` is not longer than [`ZeroPhase::extension`]; [`Error::NonFinite`] with the index of
    /// the first sample that is NaN or infinite.
    pub fn apply<S>(&self, x: &S) -> Result<Vec<S::Item>>
    where
        S: Samples + ?Sized,
        S::Item: Linear,
        P: Settle<S::Item>,
    {
        self.check(x, x.len())?;
        let mut out = vec![S::Item::ZERO; x.len()];
        self.filter(x, &mut out, &mut self.stage.rest(), &mut Vec::new());
        Ok(out)
    }

    /// Filter `x` into `out`.
    ///
    /// Allocates nothing, unless `workspace` was made by a filter of another order or `out` is not one slice (then
    /// only the first time for its length).
    ///
    /// # Errors
    /// As [`ZeroPhase::apply`], and [`Error::LengthMismatch`] when `out` is not as long as `x`; `out` keeps what it
    /// holds.
    pub fn apply_into<S, O>(
        &self,
        x: &S,
        out: &mut O,
        workspace: &mut Workspace<S::Item, P::State>,
    ) -> Result<()>
    where
        S: Samples + ?Sized,
        O: SamplesMut<Item = S::Item> + ?Sized,
        S::Item: Linear,
        P: Settle<S::Item>,
    {
        self.check(x, out.len())?;
        let Workspace { state, tail, contiguous } = workspace;
        if let Some(slice) = out.as_contiguous_mut() {
            self.filter(x, slice, state, tail);
            return Ok(());
        }
        contiguous.resize(x.len(), S::Item::ZERO);
        self.filter(x, contiguous, state, tail);
        contiguous.iter().enumerate().for_each(|(i, y)| out.set(i, *y));
        Ok(())
    }

    /// Whether `x` can be filtered into an output of `room` samples.
    pub(super) fn check<S>(&self, x: &S, room: usize) -> Result<()>
    where
        S: Samples + ?Sized,
        S::Item: Linear,
        P: Settle<S::Item>,
    {
        if x.len() != room {
            return Err(Error::LengthMismatch { operation: OPERATION, left: x.len(), right: room });
        }
        let needed = self.extension() + 1;
        if x.len() < needed {
            return Err(Error::TooFew { operation: OPERATION, unit: "samples", needed, got: x.len() });
        }
        match first_non_finite(x) {
            Some(index) => Err(Error::NonFinite { operation: OPERATION, index }),
            None => Ok(()),
        }
    }

    /// Both passes; `x` is checked and as long as `out`. The extensions are never copied into the record: the one
    /// before it is computed on the way in, the one after it lives in `tail`.
    pub(super) fn filter<S>(&self, x: &S, out: &mut [S::Item], state: &mut P::State, tail: &mut Vec<S::Item>)
    where
        S: Samples + ?Sized,
        S::Item: Linear,
        P: Settle<S::Item>,
    {
        let extension = self.extension();
        let (first, last) = (x.at(0), x.at(x.len() - 1));
        let before = |i: usize| first + first - x.at(i);
        let after = |i: usize| last + last - x.at(x.len() - 1 - i);

        self.stage.settle(state, before(extension));
        self.stage.drive(state, (1..=extension).rev().map(before), |_| {});
        {
            let mut places = out.iter_mut();
            let put = |y| {
                if let Some(place) = places.next() {
                    *place = y;
                }
            };
            match x.as_contiguous() {
                Some(slice) => self.stage.drive(state, slice.iter().copied(), put),
                None => self.stage.drive(state, x.iter_samples(), put),
            }
        }
        tail.clear();
        self.stage.drive(state, (1..=extension).map(after), |y| tail.push(y));

        if let Some(level) = tail.last() {
            self.stage.settle(state, *level);
        }
        self.stage.drive(state, tail.iter().rev().copied(), |_| {});
        let cells = Cell::from_mut(out).as_slice_of_cells();
        let mut places = cells.iter().rev();
        self.stage.drive(state, cells.iter().rev().map(Cell::get), |y| {
            if let Some(place) = places.next() {
                place.set(y);
            }
        });
    }
}

impl<S, P> Analysis<S> for ZeroPhase<P>
where
    S: Samples + ?Sized,
    S::Item: Linear,
    P: Settle<S::Item>,
{
    type Output = Vec<S::Item>;
    fn analyze(&self, input: &S) -> Result<Self::Output> {
        self.apply(input)
    }
}

impl<P> AnalysisExt for ZeroPhase<P> {}
