//! The moving mean.

use super::sums::{Sums, SumsScratch};
use super::{Trailing, moving};
use crate::filter::edge::{self, Edge, Ends, Periodic, windowed};
use crate::filter::late::{CentredState, Slide, TrailingState};
use crate::filter::whole::{Filter, whole_record};
use crate::samples::Sample;
use crate::{Flush, GroupDelay, Rate, Result, Stage};

/// The mean of a window around each sample.
///
/// The window has an odd number of samples, so that its middle is one; past the ends it finds what [`Edge`] says, by
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

/// What a moving mean remembers of its window.
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
